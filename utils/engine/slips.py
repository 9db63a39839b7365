"""Know a slip by its numbers: a right formula with one operator, axis or constant changed.

What ships of a slip is a mark for each case that it fails: one number, a weighted sum of all that
the case returns, or `NO_NUMBER` where it raises, has another shape, or holds NaN. An answer with
the same marks makes the same slip, whatever it is written like.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, difference, tolerances

NO_NUMBER = "?"
AGREE, GRID = 2e-7, 1e-8  # of the sum of sizes: how closely a mark is met, and written


def mark(case: Case, outcomes: list[Outcome]) -> float | str:
    """Return the mark of what a case returned."""
    found = _weighed(case, outcomes)
    if found is None or not found[1]:
        return NO_NUMBER
    return round(found[0], math.ceil(-math.log10(GRID * found[1])))


def find(
    slips: list[list],
    cases: list[Case],
    outcomes: list[list[Outcome]],
    findings: list[Finding | None],
) -> tuple[str, str] | None:
    """Return the kind of the slip with these outputs, and what it is; None if there is none."""
    failing = [i for i, finding in enumerate(findings) if finding is not None]
    found = {i: _weighed(cases[i], outcomes[i]) for i in failing}
    if not failing or found[failing[0]] is None:
        return None
    for kind, what, marks in slips:
        if [i for i, m in enumerate(marks) if m is not None] != failing:
            continue
        if all(_is_met(marks[i], found[i]) for i in failing):
            return kind, what
    return None


def _is_met(made: float | str, found: tuple[float, float] | None) -> bool:
    if found is None or made == NO_NUMBER:
        return found is None and made == NO_NUMBER
    return abs(found[0] - made) <= AGREE * found[1]


def _weighed(case: Case, outcomes: list[Outcome]) -> tuple[float, float] | None:
    """Return the weighted sum of all numbers that a case returned, and that of their sizes.

    An infinity that is right counts as one.
    """
    if case.judge not in ("close", "adam.path") or "raises" in case.params:
        return None
    numbers: list[float] = []
    for call, expected, outcome in zip(case.calls, case.expect, outcomes, strict=True):
        if outcome.error is not None:
            return None
        told = difference(expected, outcome.value, tolerances(case, call))
        if told is not None and told.code != "value":
            return None
        try:
            for part in _parts(outcome.value):
                numbers += np.asarray(part, dtype=float).ravel().tolist()
        except (ValueError, TypeError):
            return None
    weights = _weights(len(numbers))
    values = np.nan_to_num(np.asarray(numbers), nan=np.nan, posinf=1.0, neginf=-1.0)
    if not len(values) or np.isnan(values).any():
        return None
    return float(weights @ values), float(weights @ np.abs(values))


@lru_cache(64)
def _weights(count: int) -> np.ndarray:
    return 1 + np.random.default_rng(count).random(count)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (value[key] for key in sorted(value, key=str))
    elif isinstance(value, list):
        yield from value
    else:
        yield value
