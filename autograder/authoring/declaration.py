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

import importlib
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from autograder.authoring.answers import ROOT, Cell, DeclarationError, Later, answer_cells, place
from autograder.authoring.cases import Check, Shared, call, case, case_of, generator
from autograder.authoring.exercise import Exercise, Wrong
from autograder.authoring.numpy_model import NumpyModel
from utils.engine.calling import Call
from utils.engine.forbidden import FAMILIES
from utils.engine.judging import Case

__all__ = [
    "Check", "DeclarationError", "Exercise", "Lab", "NumpyModel", "Shared", "Wrong",
    "call", "case", "case_of", "exercise", "generator", "load", "names",
]  # fmt: skip

TOTAL = 100
FOLDER = ROOT / "autograder" / "exercises"


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
            exec(cell.code, space)
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
            others = [
                f"{other.place} ({odd}_answer)"
                for odd, other in self.cells.items()
                if odd not in self.order and "def " in other.text
            ]
            raise DeclarationError(
                f"{at}: solutions/{self.name}.py has no answer cell for {name!r}: no code cell "
                f'with "grade_id": "{name}_answer". '
                + (f"Correct the id in {', '.join(others)}." if others else "Write one.")
            )
        if odd := set(forbids or ()) - set(FAMILIES):
            raise DeclarationError(
                f"{at}: no family of functions is called {', '.join(sorted(odd))}; there are: "
                f"{', '.join(FAMILIES)} (utils/engine/forbidden.py)"
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
    declared = _imported(f"autograder.exercises.{lab}").lab
    files = {path.stem for path in (FOLDER / lab).glob("[!_]*.py")}
    for name in sorted(files ^ set(declared.order)):
        what = "is not in the order of" if name in files else "is missing, though listed in"
        raise DeclarationError(f"autograder/exercises/{lab}/{name}.py {what} {declared.place}")
    for name in declared.order:
        _imported(f"autograder.exercises.{lab}.{name}")
        if name not in declared.declared:
            raise DeclarationError(
                f"autograder/exercises/{lab}/{name}.py does not declare the exercise {name!r}"
            )
    return declared


def _imported(module: str) -> Any:
    """Import a file of declarations; raises `DeclarationError` that names file and line."""
    try:
        return importlib.import_module(module)
    except DeclarationError:
        raise
    except Exception as error:
        said, place = error, module
        frames = traceback.extract_tb(error.__traceback__)
        ours = [(each.filename, each.lineno) for each in frames]
        if isinstance(error, SyntaxError):
            said, ours = error.msg, [(error.filename or "", error.lineno)]
        for name, line in ours:
            path = ROOT / name  # the right answers are compiled under a relative name
            if path.is_relative_to(FOLDER) or path.is_relative_to(ROOT / "solutions"):
                place = f"{path.relative_to(ROOT)}, line {line}"
        raise DeclarationError(
            f"{place}: {type(error).__name__}: {said}. Correct this line."
        ) from error
