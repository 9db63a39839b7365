"""Mark an exercise inside the kernel: the hidden lines of a marked cell, for stock nbgrader.

The marker does not use this (it marks across a pipe, see `marker`); an instructor without it gets
the same scores for honest submissions. The last line of a marked cell is `mark(...)`, whose value,
a number, nbgrader takes as the score.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from typing import Any

from autograder.authoring.declaration import Exercise, generator, load
from autograder.marking.scoring import Score, form_matters, score
from utils.engine.calling import Outcome, run_calls
from utils.engine.fitting import quickened
from utils.engine.forbidden import watch
from utils.engine.judging import Case

_failed: dict[str, list[Exercise]] = {}


def mark(lab: str, name: str, *answers: Any) -> float:
    """Return the points of exercise `name`, print the report.

    An exercise that builds on an earlier one is marked again with the right helper where the
    earlier answer was not fully right, or may return another form; the better score counts.
    """
    exercise = load(lab).find(name)
    namespace = dict(zip(exercise.functions, answers, strict=True))
    with _quiet():
        result = _score(exercise, namespace)
        tries = [_failed.get(lab, [])]
        if form_matters(result):
            all_of_them = load(lab).exercises
            tries.append(
                [e for e in all_of_them[: all_of_them.index(exercise)] if e.kind == "function"]
            )
        for right in filter(None, tries):
            if result.points < exercise.points and exercise.kind == "function":
                with _helpers(answers, right):
                    result = max(result, _score(exercise, namespace), key=lambda s: s.points)
    if result.points < exercise.points and exercise.kind == "function":
        _failed.setdefault(lab, []).append(exercise)
    print(result.report)
    return float(result.points)


def _score(exercise: Exercise, namespace: dict[str, Any]) -> Score:
    def run(cases: list[Case]) -> list[list[Outcome]]:
        with watch(exercise.forbids) as guard, quickened():
            return [run_calls(namespace, case.calls, guard=guard) for case in cases]

    secret = os.environb.get(b"NEURAL_LABS_SECRET", b"in the kernel")
    return score(exercise, run, generator(secret, "", exercise.lab, exercise.name))


@contextlib.contextmanager
def _helpers(answers: tuple, failed: list[Exercise]) -> Iterator[None]:
    """Give the answers' module the right answers of the exercises that failed, for a while."""
    spaces = [f.__globals__ for f in answers if hasattr(f, "__globals__")]
    right = {name: f for ex in failed for name, f in ex.answers.items()}
    before = [{name: space[name] for name in right if name in space} for space in spaces]
    for space in spaces:
        space.update(right)
    try:
        yield
    finally:
        for space, old in zip(spaces, before, strict=True):
            for name in right:
                space.pop(name, None)
            space.update(old)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Swallow standard error, file descriptor included: to nbgrader a byte of it is 0 points."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(null)
