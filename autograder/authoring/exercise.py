"""An exercise: its right answer, its checks, and its mistakes with their fingerprints."""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder.authoring.answers import Cell, DeclarationError, edited, instead, place
from autograder.authoring.cases import Check
from autograder.authoring.numpy_model import NumpyModel
from utils.engine.calling import Outcome, run_calls
from utils.engine.judging import Case, Names, verdict
from utils.engine.recognise import Known, fingerprint


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
    home: Any = field(default=None, repr=False, compare=False)  # its `Lab`
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
        if case.judge != "close" or any(e is not None for e in case.expect):
            return replace(case, names=self.names)
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
        return replace(case, expect=values, names=self.names)

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
        if verdict(case, outcomes, words=False) is None:
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


def _returned(function: ast.FunctionDef) -> list[str]:
    """Return the names in the last `return a, b` of a function, [] where they are no names."""
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    parts = returns[-1].elts if returns and isinstance(returns[-1], ast.Tuple) else []
    return [p.id for p in parts] if all(isinstance(p, ast.Name) for p in parts) else []
