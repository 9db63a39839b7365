"""Tell which known mistake an answer makes, from what its calls returned.

A wrong answer is known by its fingerprint: what it returns on the same cases. An answer is
recognised when it fails in the same way on every case that it fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, same
from utils.engine.plain import Layout

RTOL, ATOL = 1e-5, 1e-12


@dataclass(frozen=True)
class Known:
    """A known wrong answer: its name, the hint it earns, and how it is told.

    `prints` holds one fingerprint a case, in the order of the cases; where `finding` is set, the
    code of the first finding decides instead.
    """

    name: str
    hint: str
    prints: list = field(default_factory=list)
    finding: str = ""


def fingerprint(case: Case, outcomes: list[Outcome]) -> list:
    """Reduce the outcomes of a case to what tells mistakes apart: plain data."""
    out = []
    for call, outcome in zip(case.calls, outcomes, strict=True):
        changed = [
            place
            for place, (arg, after) in enumerate(
                zip(call.args or [], outcome.args_after, strict=False)
            )
            if isinstance(arg, (np.ndarray, Layout, list, dict)) and not same(_array(arg), after)
        ]
        counts = [a["calls"] for a in outcome.args_after if isinstance(a, dict) and "calls" in a]
        error = outcome.error.type if outcome.error else None
        warned = outcome.warnings if case.params.get("quiet") else []
        out.append([error, outcome.value, changed, counts, warned])
    return out


def _array(arg: Any) -> Any:
    return arg.array if isinstance(arg, Layout) else arg


def _number_kind(a: np.ndarray) -> str:
    return "i" if a.dtype.kind in "iu" else a.dtype.kind


def allowed(numbers: np.ndarray) -> np.ndarray:
    """Return how far from `numbers` a fingerprint may lie, entry by entry."""
    return ATOL + RTOL * np.abs(numbers)


def alike(a: Any, b: Any) -> bool:
    """Tell whether two fingerprints, or parts of them, are equal up to rounding."""
    if isinstance(a, (np.ndarray, float)) or isinstance(b, (np.ndarray, float)):
        try:
            a, b = np.asarray(a), np.asarray(b)
        except ValueError:
            return False
        if a.shape != b.shape or a.dtype.kind not in "biuf" or b.dtype.kind not in "biuf":
            return False
        if _number_kind(a) != _number_kind(b):
            return False
        with np.errstate(invalid="ignore", over="ignore"):
            a, b = a.astype(float), b.astype(float)
            near = np.abs(a - b) <= allowed(np.maximum(np.abs(a), np.abs(b)))
            near &= np.isfinite(a) & np.isfinite(b)
            return bool(np.all(near | (a == b) | (np.isnan(a) & np.isnan(b))))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def recognise(known: list[Known], prints: list, findings: list[Finding | None]) -> Known | None:
    """Return the known wrong answer that fails as this one does, None if there is none.

    `prints` and `findings` hold one entry a case. An exact match on all cases comes first, then a
    match on every failing case, then on the first failing case where that has a value.
    """
    failing = [i for i, finding in enumerate(findings) if finding is not None]
    if not failing:
        return None
    first = findings[failing[0]]
    for wrong in known:
        if wrong.finding and wrong.finding == first.code:
            return wrong
    if first.code == "forbidden":  # its values may be right: they tell nothing
        return None
    candidates = [wrong for wrong in known if len(wrong.prints) == len(prints)]
    told = [i for i in failing if prints[i][-1][0] is None]
    for chosen in (range(len(prints)), failing, told[:1]):
        for wrong in candidates:
            if len(chosen) and all(alike(prints[i], wrong.prints[i]) for i in chosen):
                return wrong
    return None
