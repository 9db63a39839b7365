"""What an exercise is: its right answer, its checks, and its table of mistakes.

A lab is a folder, `autograder/exercises/<lab>/`. Its `__init__.py` holds title, minutes, the order
of the exercises and the quiz; each exercise is a file of its own beside it:

    ex = exercise(__name__, points=20, forbids=["softmax"])
    ex.hints = ["Softmax has two steps. The first makes every score positive. ..."]

    ex.check("a batch", visible=[case("softmax", Z)], hidden=lambda rng: [case("softmax", ...)])

    ex.mistake("axis 0", "You normalised columns. Rows are examples.", ("axis=-1", "axis=0"))

The right answer stands once, in the answer cell of `solutions/<lab>.py`; a mistake is an edit of
it. From a declaration come the instant check (`baking`), the hidden marking (`marker`), and the
tests of both.
"""

from __future__ import annotations

import ast
import hashlib
import hmac
import importlib
import linecache
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from autograder.authoring.answers import (
    ROOT,
    Cell,
    DeclarationError,
    Later,
    answer_cells,
    edited,
    instead,
    place,
)
from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.judging import Case, Names, verdict
from utils.engine.plain import ModelData
from utils.engine.recognise import Known, fingerprint

TOTAL = 100
FOLDER = ROOT / "autograder" / "exercises"


def call(function: str, *args: Any) -> Call:
    """Return a call of the learner's `function`, for `case_of`."""
    return Call(function, list(args))


def case(
    function: str,
    *args: Any,
    judge: str | Callable = "close",
    expect: Any = None,
    raises: type[Exception] | None = None,
    **params: Any,
) -> Case:
    """Return a case of one call; without `expect` the right answer says what is expected.

    `params` go to the judge (`utils.engine.judging`): `rtol`, `atol`, `largest`, `tiny`, `quiet`,
    `mutates` and the judge's own.
    """
    return case_of([call(function, *args)], judge, [expect], raises, **params)


def case_of(
    calls: list[Call],
    judge: str | Callable = "close",
    expect: list | None = None,
    raises: type[Exception] | None = None,
    **params: Any,
) -> Case:
    """Return a case of several calls that share their arguments and results."""
    if raises is not None:
        params["raises"] = raises.__name__
    if any(isinstance(arg, np.generic) for each in calls for arg in each.args or []):
        raise TypeError("an argument that is a NumPy number becomes a float on its way")
    return Case(calls, judge, params, expect or [None] * len(calls))


@dataclass(frozen=True)
class Check:
    """One step of an exercise: a kind of input, with visible cases and fresh hidden ones."""

    title: str
    visible: list[Case]
    hidden: Callable[[np.random.Generator], list[Case]] | None = None
    weight: float = 1.0
    place: str = ""


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its name, its hint, and the text of an answer cell that makes it."""

    name: str
    hint: str
    source: str
    exercise: Exercise = field(repr=False, compare=False)
    finding: str = ""
    place: str = ""

    @cached_property
    def functions(self) -> dict[str, Callable]:
        """The functions of the wrong answer; raises `DeclarationError` where it is no Python."""
        try:
            return self.exercise.made_of(self.source, f"<{self.exercise.name}: {self.name}>")
        except SyntaxError as error:
            raise DeclarationError(
                f"{self.place}: mistake {self.name!r}: the edited answer is no Python: "
                f"{error.msg}, at `{(error.text or '').strip()}`. Correct the edit."
            ) from None


class NumpyModel:
    """Stands in for a Keras model of dense layers where the marker runs its own answers."""

    _ACTIVATIONS: dict[str, Callable] = {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
        "softmax": lambda z: np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True)),
        "tanh": np.tanh,
    }

    def __init__(self, data: ModelData) -> None:
        self.data = data

    def predict(self, X: np.ndarray, **_: Any) -> np.ndarray:
        """Return the outputs `(m, units)` in float32, as Keras does, rounded once at the end."""
        out = np.asarray(X, dtype=np.float32).astype(float)
        pairs = zip(self.data.weights[::2], self.data.weights[1::2], strict=True)
        for layer, (weights, bias) in zip(self.data.layers, pairs, strict=True):
            out = self._ACTIVATIONS[layer["activation"]](out @ weights + bias)
        return out.astype(np.float32)

    def __call__(self, X: np.ndarray, **_: Any) -> np.ndarray:
        return self.predict(X)

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights, layer by layer."""
        return list(self.data.weights)

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Take other weights, layer by layer."""
        self.data = replace(self.data, weights=list(weights))


@dataclass
class Exercise:
    """One exercise of a lab; built by `Lab.exercise`."""

    lab: str
    name: str
    points: int
    functions: tuple[str, ...] = ()
    kind: str = "function"
    forbids: tuple[str, ...] = ()
    hints: list[str] = field(default_factory=list)
    deadline: float = 2.0
    options: dict[str, str] = field(default_factory=dict)
    letter: str = ""
    checks: list[Check] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)
    home: Lab | None = field(default=None, repr=False, compare=False)
    cell: Cell | None = None
    oracle: str = ""
    place: str = ""
    results: dict[str, list[str]] = field(default_factory=dict)

    def check(
        self,
        title: str,
        visible: list[Case],
        hidden: Callable[[np.random.Generator], list[Case]] | None = None,
        weight: float = 1.0,
    ) -> None:
        """Add a check. A learner earns its weight if all of its cases pass, seen and hidden."""
        self.checks.append(Check(title, visible, hidden, weight, place()))

    def mistake(
        self, name: str, hint: str, *edits: tuple[str, str], function: str = "", finding: str = ""
    ) -> Callable[[Callable], Callable]:
        """Declare a mistake and its hint: `edits` of the right answer, each `(old, new)`.

        Every `old` stands once in the right answer, docstrings aside; all are looked for in the
        answer as it is, before any is made. `function` says in which function to look. Without
        edits this decorates a function that takes the place of the right one, and returns the
        right one: its name goes on to mean that. `finding` names the code of the first finding
        that tells this mistake, where its outputs do not (models).
        Raises `DeclarationError` for an edit that does not apply.
        """
        at = place()

        def declare(source: str) -> None:
            self.wrongs.append(Wrong(name, hint, source, self, finding, at))

        def decorate(function: Callable) -> Callable:
            self._refuse_unknown(function.__name__, at)
            declare(instead(self.oracle, function))
            return self.answers[function.__name__]

        if edits:
            if function:
                self._refuse_unknown(function, at)
            where = f"{at}: mistake {name!r}"
            declare(edited(self.oracle, edits, where, self.cell.place, function))
        return decorate

    def stand_in(self, reason: str) -> Callable[[Callable], Callable]:
        """Judge by another function than the solution's, for a `reason`; mistakes are its edits.

        It comes before the mistakes, and returns on every case what the solution does.
        """
        at = place()
        if not reason:
            raise DeclarationError(f"{at}: say why a stand-in is needed")

        def declare(function: Callable) -> Callable:
            self._refuse_unknown(function.__name__, at)
            self.oracle = instead(self.oracle, function)
            return function

        return declare

    def _refuse_unknown(self, function: str, place: str) -> None:
        if function not in self.functions:
            known = ", ".join(self.functions)
            raise DeclarationError(
                f"{place}: {self.name} asks for no function {function!r}, it asks for: {known}"
            )

    def source(self, wrong: Wrong | None = None) -> str:
        """Return the solution, or a wrong answer, as text for an answer cell."""
        if self.kind == "quiz":
            return f'{self.functions[0]} = "{wrong.name if wrong else self.letter}"'
        return wrong.source if wrong else self.cell.text

    def program(self) -> str:
        """Return the solution with the imports that it needs."""
        needed = "import numpy as np\n" + "import keras\n" * self.needs_keras
        return f"{needed}\n{self.source()}"

    @property
    def needs_keras(self) -> bool:
        """Tell whether the right answer cannot run without Keras."""
        return self.kind == "function" and bool(re.search(r"\bkeras\b", self.oracle))

    def made_of(self, text: str, file: str) -> dict[str, Callable]:
        """Return the functions that are asked for, made of a text beside the lab's solutions."""
        space = dict(self.home.space)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), space)
        return {name: space[name] for name in self.functions}

    @cached_property
    def solution(self) -> dict[str, Callable]:
        """The functions of the solution's answer cell."""
        return {name: self.home.space[name] for name in self.functions}

    @cached_property
    def answers(self) -> dict[str, Callable]:
        """The functions that say what is right: the solution's, or what stands in for them."""
        if self.oracle == self.cell.text:
            return self.solution
        return self.made_of(self.oracle, f"<{self.lab}: {self.name}, stand-in>")

    def run(self, case: Case, wrong: Wrong | None = None) -> list[Outcome]:
        """Return what the right answer, or a wrong one, does on a case."""
        functions = wrong.functions if wrong else self.answers
        return run_calls(functions, case.calls, build_model=NumpyModel)

    def expected(self, case: Case, where: str = "") -> Case:
        """Return the case with what the right answer returns filled in.

        Raises `DeclarationError`, with `where` in it, if the right answer itself fails.
        """
        case = replace(case, names=self.names)
        if case.judge != "close" or any(e is not None for e in case.expect):
            return case
        outcomes = self.run(case)
        raises = case.params.get("raises")
        values = []
        for number, outcome in enumerate(outcomes):
            last = number == len(outcomes) - 1
            if outcome.error is not None and not (last and outcome.error.type == raises):
                error = f"{outcome.error.type}: {outcome.error.message}"
                raise DeclarationError(
                    f"{where or self.place}: the right answer ({self.cell.place}) raises {error}. "
                    "Correct the probe, or the answer."
                )
            values.append(outcome.value)
        return replace(case, expect=values)

    @cached_property
    def names(self) -> Names:
        """What the parameters of each function are called, and the parts of its result.

        The parts are those of `results`, or the names that the right answer returns.
        """
        if self.kind == "quiz":
            return Names()
        tree = ast.parse(self.oracle)
        own = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        parameters = {name: [a.arg for a in own[name].args.args] for name in self.functions}
        results = {name: _returned(own[name]) for name in self.functions} | self.results
        return Names(parameters, {name: parts for name, parts in results.items() if parts})

    @cached_property
    def seen(self) -> list[list[Case]]:
        """The visible cases, check by check, with what is expected."""
        return [
            [
                self.expected(case, f"{check.place}: check {check.title!r}, probe {number}")
                for number, case in enumerate(check.visible, 1)
            ]
            for check in self.checks
        ]

    @cached_property
    def known(self) -> list[Known]:
        """The wrong answers with their fingerprints on the visible cases."""
        return self.known_on([case for cases in self.seen for case in cases])

    def known_on(self, cases: list[Case]) -> list[Known]:
        """Return the wrong answers with their fingerprints on `cases`."""
        return [
            Known(
                w.name, w.hint, [] if w.finding else [self._print(c, w) for c in cases], w.finding
            )
            for w in self.wrongs
        ]

    def _print(self, case: Case, wrong: Wrong) -> list:
        """Return the fingerprint of a wrong answer.

        Where it passes it is told by its types, at most: its numbers are the right ones, but for
        roundings that no two machines share.
        """
        outcomes = self.run(case, wrong)
        if verdict(case, outcomes) is None:
            pairs = zip(outcomes, case.expect, strict=True)
            outcomes = [replace(o, value=_in_kind(o.value, right)) for o, right in pairs]
        return fingerprint(case, outcomes)


def _in_kind(value: Any, right: Any) -> Any:
    """Return `value`, which is as good as `right`, with the floats of `right`."""
    if right is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return float(right)
    if isinstance(right, dict):
        return {key: _in_kind(value[key], right[key]) for key in right}
    if isinstance(right, (list, tuple)):
        parts = [_in_kind(v, r) for v, r in zip(value, right, strict=True)]
        return np.array(parts, value.dtype) if isinstance(value, np.ndarray) else parts
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.asarray(right).astype(value.dtype)
    return value


@dataclass
class Lab:
    """A lab: its name (of folder and files everywhere), title, minutes, order of its exercises.

    The right answers come from the answer cells of `solutions/<name>.py`, or of the text
    `solution`.
    """

    name: str
    title: str
    minutes: int
    order: list[str]
    solution: str = field(default="", repr=False)
    declared: dict[str, Exercise] = field(default_factory=dict)
    quizzes: list[Exercise] = field(default_factory=list)
    place: str = field(default_factory=place)

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises in their order, then the quiz."""
        return [self.declared[name] for name in self.order if name in self.declared] + self.quizzes

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """The answer cells of the solution, by exercise."""
        file = f"solutions/{self.name}.py"
        return answer_cells(self.solution or (ROOT / file).read_text(encoding="utf-8"), file)

    @cached_property
    def space(self) -> dict[str, Any]:
        """The names that all answer cells of the solution make together, run in their order."""
        space: dict[str, Any] = {"np": np, "keras": Later("keras"), "__name__": "solutions"}
        for cell in self.cells.values():
            exec(compile("\n" * (cell.line - 1) + cell.text, cell.file, "exec"), space)
        return space

    def exercise(
        self,
        name: str,
        points: int,
        forbids: list[str] | None = None,
        deadline: float = 2.0,
    ) -> Exercise:
        """Add an exercise. `deadline` is the time for one case under marking, in seconds."""
        at = place()
        if name not in self.order:
            raise DeclarationError(
                f"{at}: {name!r} is not in the order of the lab ({self.place}). Add it there."
            )
        if name in self.declared:
            raise DeclarationError(f"{at}: {name!r} is declared twice in {self.name}")
        if name not in self.cells:
            raise DeclarationError(
                f"{at}: solutions/{self.name}.py has no answer cell for {name!r}: no code cell "
                f'with "grade_id": "{name}_answer"'
            )
        cell = self.cells[name]
        ex = Exercise(
            self.name,
            name,
            points,
            tuple(re.findall(r"^def ([a-zA-Z]\w*)", cell.text, re.MULTILINE)),
            forbids=tuple(forbids or ()),
            deadline=deadline,
            home=self,
            cell=cell,
            oracle=cell.text,
            place=at,
        )
        self.declared[name] = ex
        return ex

    def quiz(
        self, name: str, points: int, right: str, options: dict[str, str], hint: str
    ) -> Exercise:
        """Add a quiz question `answer_<name>`; `options` maps each letter to its explanation."""
        variable = f"answer_{name}"
        cell = self.cells.get(name)
        if cell and f'{variable} = "{right}"' not in cell.text:
            raise DeclarationError(
                f"{place()}: the right option of {name} is {right!r} here, another one in "
                f"{cell.place}. Make them equal."
            )
        ex = Exercise(self.name, name, points, (variable,), "quiz", hints=[hint], options=options)
        ex.letter, ex.home, ex.place = right, self, place()
        self.quizzes.append(ex)
        seen = Case([Call(variable, None)], "quiz.option", {"options": sorted(options)}, [None])
        hidden = Case([Call(variable, None)], "quiz.right", {"right": right}, [None])
        ex.check("the answer is one of the options", [seen], lambda _: [hidden])
        return ex

    def behind(self, texts: list[str]) -> list[str]:
        """Return the answer cells whose functions the texts name, straight or by another one."""
        reached: dict[str, str] = {}
        todo = list(texts)
        while todo:
            words = set(re.findall(r"\w+", todo.pop()))
            for ex in self.declared.values():
                if ex.name not in reached and words & set(ex.functions):
                    reached[ex.name] = ex.cell.text
                    todo.append(ex.cell.text)
        return [reached[name] for name in sorted(reached)]

    def right(self, function: str) -> Callable:
        """Return a function of the solution, for cases that are built with it."""
        return self.space[function]

    def find(self, name: str) -> Exercise:
        """Return an exercise by name; raises `KeyError`."""
        for ex in self.exercises:
            if ex.name == name:
                return ex
        raise KeyError(f"{self.name} has no exercise {name!r}")


def exercise(
    module: str, points: int, forbids: list[str] | None = None, deadline: float = 2.0
) -> Exercise:
    """Add the exercise that a file declares, named as the file: `module` is its `__name__`."""
    package, _, name = module.rpartition(".")
    return sys.modules[package].lab.exercise(name, points, forbids, deadline)


def _returned(function: ast.FunctionDef) -> list[str]:
    """Return the names in the last `return a, b` of a function, [] where they are no names."""
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    parts = returns[-1].elts if returns and isinstance(returns[-1], ast.Tuple) else []
    return [p.id for p in parts] if all(isinstance(p, ast.Name) for p in parts) else []


# --- loading --------------------------------------------------------------------------------------


def names() -> list[str]:
    """Return the names of all labs, in teaching order."""
    return sorted(path.parent.name for path in FOLDER.glob("[0-9]*/__init__.py"))


@cache
def load(lab: str) -> Lab:
    """Return the declaration of a lab, exercise by exercise.

    Raises `ValueError` for an unknown lab and `DeclarationError` for a file of an exercise that
    is missing, or that the lab does not list.
    """
    if lab not in names():
        raise ValueError(f"there is no lab {lab!r}; the labs are: {', '.join(names())}")
    declared = importlib.import_module(f"autograder.exercises.{lab}").lab
    files = {path.stem for path in (FOLDER / lab).glob("[!_]*.py")}
    for name in sorted(files ^ set(declared.order)):
        what = "is not in the order of" if name in files else "is missing, though listed in"
        raise DeclarationError(f"autograder/exercises/{lab}/{name}.py {what} {declared.place}")
    for name in declared.order:
        importlib.import_module(f"autograder.exercises.{lab}.{name}")
        if name not in declared.declared:
            raise DeclarationError(
                f"autograder/exercises/{lab}/{name}.py does not declare the exercise {name!r}"
            )
    return declared


def generator(
    secret: bytes, student: str, lab: str, exercise: str, work: str = ""
) -> np.random.Generator:
    """Return the generator of an exercise's hidden inputs: HMAC-SHA256(secret, who and what).

    `work` is a digest of what was handed in, so that what one marking asked tells nothing about
    the next, unless nothing has changed.
    """
    message = "\0".join((student, lab, exercise, work)).encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
