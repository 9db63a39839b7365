"""What an exercise is: its right answer, its checks, and its catalogue of wrong answers.

A lab is declared once, in `autograder/exercises/<lab>.py`:

    lab = Lab("03_softmax", title="Multiclass classification and softmax", minutes=60)
    ex = lab.exercise("softmax", points=20, forbids=["softmax"], hints=["..."])

    @ex.right
    def softmax(z): ...

    ex.check("a batch", visible=[case("softmax", Z)], hidden=lambda rng: [case("softmax", ...)])

    @ex.wrong("axis 0", "You normalised columns. Rows are examples.")
    def softmax(z): ...

From a declaration come the instant check (`baking`), the hidden marking (`marker`), and the tests
of both. The decorators return the right function, so that a name in the module always means it.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.judging import Case
from utils.engine.plain import ModelData
from utils.engine.recognise import Known, fingerprint

TOTAL = 100
FOLDER = Path(__file__).resolve().parents[1] / "exercises"


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


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its name, the functions that differ from the right ones, its hint."""

    name: str
    hint: str
    functions: dict[str, Callable]
    finding: str = ""


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
        """Return the outputs `(m, units)` in float32, as Keras does."""
        out = np.asarray(X, dtype=np.float32)
        pairs = zip(self.data.weights[::2], self.data.weights[1::2], strict=True)
        for layer, (weights, bias) in zip(self.data.layers, pairs, strict=True):
            out = self._ACTIVATIONS[layer["activation"]](out @ weights + bias).astype(np.float32)
        return out

    def __call__(self, X: np.ndarray, **_: Any) -> np.ndarray:
        return self.predict(X)

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights, layer by layer."""
        return list(self.data.weights)


@dataclass
class Exercise:
    """One exercise of a lab; built by `Lab.exercise` and filled by its decorators."""

    lab: str
    name: str
    points: int
    functions: tuple[str, ...] = ()
    kind: str = "function"
    forbids: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    deadline: float = 2.0
    options: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def right(self, function: Callable) -> Callable:
        """Declare a right function; its name is part of the contract with the learner."""
        self.answers[function.__name__] = function
        self.functions = tuple(self.answers)
        return function

    def check(
        self,
        title: str,
        visible: list[Case],
        hidden: Callable[[np.random.Generator], list[Case]] | None = None,
        weight: float = 1.0,
    ) -> None:
        """Add a check. A learner earns its weight if all of its cases pass, seen and hidden."""
        self.checks.append(Check(title, visible, hidden, weight))

    def wrong(
        self, name: str, hint: str, *more: Callable, finding: str = ""
    ) -> Callable[[Callable], Callable]:
        """Declare a wrong function and its hint; `more` holds further functions that differ.

        `finding` names the code of the first finding that tells this mistake, where its outputs
        do not (models). The decorator returns the right function of that name.
        """

        def declare(function: Callable) -> Callable:
            functions = {f.__name__: f for f in (*more, function)}
            self.wrongs.append(Wrong(name, hint, functions, finding))
            return self.answers.get(function.__name__, function)

        return declare

    def source(self, wrong: Wrong | None = None) -> str:
        """Return the source of the right answer, or of a wrong one, as text for an answer cell."""
        if self.kind == "quiz":
            return f'{self.functions[0]} = "{wrong.name if wrong else self.answers["right"]}"'
        functions = self.answers | (wrong.functions if wrong else {})
        return "\n\n".join(source_of(functions[name], name) for name in functions)

    def run(self, case: Case, wrong: Wrong | None = None) -> list[Outcome]:
        """Return what the right answer, or a wrong one, does on a case."""
        functions = self.answers | (wrong.functions if wrong else {})
        return run_calls(functions, case.calls, build_model=NumpyModel)

    def expected(self, case: Case) -> Case:
        """Return the case with what the right answer returns filled in.

        Raises `ValueError` where the right answer itself fails.
        """
        if case.judge != "close" or any(e is not None for e in case.expect):
            return case
        outcomes = self.run(case)
        raises = case.params.get("raises")
        values = []
        for number, outcome in enumerate(outcomes):
            last = number == len(outcomes) - 1
            if outcome.error is not None and not (last and outcome.error.type == raises):
                error = outcome.error
                raise ValueError(f"{self.lab}: {self.name}: the right answer raises {error}")
            values.append(outcome.value)
        return Case(case.calls, case.judge, case.params, values)

    @cached_property
    def seen(self) -> list[list[Case]]:
        """The visible cases, check by check, with what is expected."""
        return [[self.expected(case) for case in check.visible] for check in self.checks]

    @cached_property
    def known(self) -> list[Known]:
        """The wrong answers with their fingerprints on the visible cases."""
        return self.known_on([case for cases in self.seen for case in cases])

    def known_on(self, cases: list[Case]) -> list[Known]:
        """Return the wrong answers with their fingerprints on `cases`."""
        return [
            Known(
                w.name,
                w.hint,
                [] if w.finding else [fingerprint(c, self.run(c, w)) for c in cases],
                w.finding,
            )
            for w in self.wrongs
        ]


@dataclass
class Lab:
    """A lab: its name (the file stem everywhere), title, expected minutes and exercises."""

    name: str
    title: str
    minutes: int
    exercises: list[Exercise] = field(default_factory=list)

    def exercise(
        self,
        name: str,
        points: int,
        forbids: list[str] | None = None,
        hints: list[str] | None = None,
        deadline: float = 2.0,
    ) -> Exercise:
        """Add an exercise. `deadline` is the time for one case under marking, in seconds."""
        ex = Exercise(
            self.name,
            name,
            points,
            forbids=tuple(forbids or ()),
            hints=tuple(hints or ()),
            deadline=deadline,
        )
        self.exercises.append(ex)
        return ex

    def quiz(
        self, name: str, points: int, right: str, options: dict[str, str], hint: str
    ) -> Exercise:
        """Add a quiz question `answer_<name>`; `options` maps each letter to its explanation."""
        variable = f"answer_{name}"
        ex = Exercise(self.name, name, points, (variable,), "quiz", hints=(hint,), options=options)
        ex.answers["right"] = right
        self.exercises.append(ex)
        seen = Case([Call(variable, None)], "quiz.option", {"options": sorted(options)}, [None])
        hidden = Case([Call(variable, None)], "quiz.right", {"right": right}, [None])
        ex.check("the answer is one of the options", [seen], lambda _: [hidden])
        return ex

    def find(self, name: str) -> Exercise:
        """Return an exercise by name; raises `KeyError`."""
        for ex in self.exercises:
            if ex.name == name:
                return ex
        raise KeyError(f"{self.name} has no exercise {name!r}")


def source_of(function: Callable, name: str) -> str:
    """Return the source of a function without decorators, renamed to `name`."""
    text = textwrap.dedent(inspect.getsource(function))
    text = text[re.search(r"^def |^class ", text, re.MULTILINE).start() :]
    return text.replace(f"def {function.__name__}(", f"def {name}(", 1)


def names() -> list[str]:
    """Return the names of all labs, in teaching order."""
    return sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))


@cache
def load(lab: str) -> Lab:
    """Return the declaration of a lab; raises `ValueError` for an unknown one."""
    if lab not in names():
        raise ValueError(f"there is no lab {lab!r}; the labs are: {', '.join(names())}")
    return importlib.import_module(f"autograder.exercises.{lab}").lab


def generator(secret: bytes, student: str, lab: str, exercise: str) -> np.random.Generator:
    """Return the generator of an exercise's hidden inputs: HMAC-SHA256(secret, who and what)."""
    message = "\0".join((student, lab, exercise)).encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
