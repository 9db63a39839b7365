"""Tell which known mistake an answer makes, from what its calls returned.

A wrong answer is known by its fingerprint: what it returns on the same cases. An answer is
recognised when it fails in the same way on every case that it fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from utils.engine import patterns, slips
from utils.engine.calling import Outcome
from utils.engine.judging import (
    UNWRITTEN,
    Case,
    Finding,
    Tolerance,
    difference,
    same,
    tolerances,
)
from utils.engine.plain import bare

RTOL, ATOL = 1e-6, 1e-12


@dataclass(frozen=True)
class Known:
    """A known wrong answer: its name, the hint it earns, and how it is told.

    `prints` holds one fingerprint a case, in the order of the cases; where `finding` is set, the
    code of the first finding decides instead. `beside`: the hint comes beside what the finding
    says, such as the line that raised.
    """

    name: str
    hint: str
    prints: list = field(default_factory=list)
    finding: str = ""
    beside: bool = False


def fingerprint(case: Case, outcomes: list[Outcome]) -> list:
    """Reduce the outcomes of a case to what tells mistakes apart: plain data."""
    out = []
    for call, outcome in zip(case.calls, outcomes, strict=True):
        changed = [
            place
            for place, (arg, after) in enumerate(
                zip(call.args or [], outcome.args_after, strict=False)
            )
            if isinstance(bare(arg), (np.ndarray, list, dict)) and not same(bare(arg), after)
        ]
        counts = [a["calls"] for a in outcome.args_after if isinstance(a, dict) and "calls" in a]
        error = outcome.error.type if outcome.error else None
        warned = outcome.warnings if case.params.get("quiet") else []
        out.append([error, outcome.value, changed, counts, warned])
    return out


def _number_kind(a: np.ndarray) -> str:
    return "i" if a.dtype.kind in "iu" else a.dtype.kind


def allowed(numbers: np.ndarray) -> np.ndarray:
    """Return how far from `numbers` those of a fingerprint may lie, baked on another machine."""
    return ATOL + RTOL * np.abs(numbers)


def alike(a: Any, b: Any, tolerance: Tolerance | None = None, right: Any = None) -> bool:
    """Tell whether two fingerprints, or parts of them, are equal as closely as values are judged.

    Where both miss the `right` value, they must also lie ten times closer to each other than to
    that: a slip of rounding is no mistake that is as small.
    """
    tolerance = tolerance or Tolerance()
    if isinstance(a, (np.ndarray, float)) or isinstance(b, (np.ndarray, float)):
        return _alike_numbers(a, b, tolerance, right)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        told = isinstance(right, (list, tuple)) and len(right) == len(a)
        rights = right if told else [None] * len(a)
        return len(a) == len(b) and all(
            alike(x, y, tolerance, r) for x, y, r in zip(a, b, rights, strict=True)
        )
    if isinstance(a, dict) and isinstance(b, dict):
        rights = right if isinstance(right, dict) else {}
        return a.keys() == b.keys() and all(alike(a[k], b[k], tolerance, rights.get(k)) for k in a)
    return type(a) is type(b) and a == b


def _alike_numbers(a: Any, b: Any, tolerance: Tolerance, right: Any) -> bool:
    try:
        a, b = np.asarray(a), np.asarray(b)
    except ValueError:
        return False
    if a.shape != b.shape or a.dtype.kind not in "biuf" or b.dtype.kind not in "biuf":
        return False
    if _number_kind(a) != _number_kind(b):
        return False
    if a.size and not tolerance.largest:  # most differ in the first number already
        one, other = float(a.item(0)), float(b.item(0))
        if abs(one - other) > ATOL + tolerance.rtol * max(abs(one), abs(other)):
            return False
    with np.errstate(invalid="ignore", over="ignore"):
        a, b = a.astype(float), b.astype(float)
        distance = np.abs(a - b)
        size = np.maximum(np.abs(a), np.abs(b))
        if tolerance.largest and np.isfinite(size).any():
            size = np.full(size.shape, size[np.isfinite(size)].max())
        near = distance <= ATOL + tolerance.rtol * size
        near &= np.isfinite(a) & np.isfinite(b)
        right = _as_numbers(right)
        if right is not None and right.shape == a.shape and right.size:
            missed = np.abs(a - right)
            near &= (missed <= tolerance.allowed(right)) | (distance <= ATOL + 0.1 * missed)
        return bool(np.all(near | (a == b) | (np.isnan(a) & np.isnan(b))))


def _as_numbers(right: Any) -> np.ndarray | None:
    try:
        array = np.asarray(right)
    except ValueError:
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def _is_alike(case: Case, own: list, known: list) -> bool:
    """Tell whether two fingerprints of a case are alike."""
    for index, (a, b) in enumerate(zip(own, known, strict=True)):
        tolerance = tolerances(case, case.calls[index])
        if not alike(a, b, tolerance, [None, _expected(case, index), None, None, None]):
            return False
    return True


def _fails_alike(case: Case, own: list, known: list) -> bool:
    """Tell whether a known mistake fails a case as this answer does, rather than passes it."""
    return _is_alike(case, own, known) and any(
        error or changed or warned or counts or _misses(case, index, value)
        for index, (error, value, changed, counts, warned) in enumerate(known)
    )


def _belied(cases: list[Case], prints: list, known: list, findings: list) -> bool:
    """Tell whether a known mistake fails where this answer is right: then it is another."""
    return any(
        finding is None and not _is_alike(case, own, wrong) and _is_wrong(case, wrong)
        for case, own, wrong, finding in zip(cases, prints, known, findings, strict=True)
    )


def _is_wrong(case: Case, known: list) -> bool:
    """Tell whether a known mistake certainly fails a case; a judge's own reasons are not asked."""
    if case.params.get("raises"):
        return known[-1][0] is None
    return any(
        error or changed or warned or (_expected(case, i) is not None and _misses(case, i, value))
        for i, (error, value, changed, _, warned) in enumerate(known)
    )


def _misses(case: Case, index: int, value: Any) -> bool:
    """Tell whether a value in a fingerprint is wrong, as far as its grid keeps what is tiny."""
    expected = _expected(case, index)
    if expected is None:
        return True
    right, kept = _as_numbers(expected), np.asarray(value) if _is_float(value) else None
    if right is not None and kept is not None and right.shape == kept.shape:
        with np.errstate(invalid="ignore"):
            value = np.where(np.abs(right - kept) < 0.02 * ATOL, right, kept)
    return difference(expected, value, tolerances(case, case.calls[index])) is not None


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _expected(case: Case, index: int) -> Any:
    return case.expect[index] if index < len(case.expect) else None


def recognise(
    known: list[Known], cases: list[Case], prints: list, findings: list[Finding | None]
) -> Known | None:
    """Return the known wrong answer that fails as this one does, None if there is none.

    `prints` and `findings` hold one entry a case. A known mistake has the outputs of this answer
    on every case, or on every case that fails; and none that is right and would be wrong with it.
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
    fits = [
        wrong
        for wrong in _candidates(known, prints)
        if all(_fails_alike(cases[i], prints[i], wrong.prints[i]) for i in failing)
    ]
    for wrong in fits:
        if all(map(_is_alike, cases, prints, wrong.prints)):
            return wrong
    return next((w for w in fits if not _belied(cases, prints, w.prints, findings)), None)


def recognise_first(
    known: list[Known], cases: list[Case], prints: list, findings: list[Finding | None]
) -> Known | None:
    """Return the one known mistake that explains the first case that fails, which a report shows.

    For an answer with several mistakes. None where that case has no value, or fits several.
    """
    first = next((i for i, finding in enumerate(findings) if finding is not None), None)
    if first is None or prints[first][-1][0] is not None or findings[first].code == "forbidden":
        return None
    fits = [
        wrong
        for wrong in _candidates(known, prints)
        if _fails_alike(cases[first], prints[first], wrong.prints[first])
        and not _belied(cases, prints, wrong.prints, findings)
    ]
    return fits[0] if len({wrong.hint for wrong in fits}) == 1 else None


def diagnose(
    known: list[Known],
    cases: list[Case],
    outcomes: list[list[Outcome]],
    findings: list[Finding | None],
    made: list[list] | None = None,
    hidden: bool = False,
) -> Known | None:
    """Name the mistake of an answer and the hint it earns; None where nothing is known of it.

    Where the inputs are `hidden`, no text of theirs is in the hint.

    A known mistake that explains all failing cases comes first, then a slip of those `made` in the
    right answer, a pattern that the cases have in common, a known mistake that explains the first.
    """
    first = next((finding for finding in findings if finding is not None), None)
    if first is None or first.code in UNWRITTEN:
        return None
    prints = [fingerprint(*each) for each in zip(cases, outcomes, strict=True)]
    if wrong := recognise(known, cases, prints, findings):
        return wrong
    if first.code in ("forbidden", "warning", "Timeout", "Stopped"):  # they say it themselves
        return None
    if slip := slips.find(made or [], cases, outcomes, findings):
        step = f"These are the numbers of a right formula with one slip: {slip[1]}."
        return Known(f"one slip: {slip[0]}", step)
    if pattern := patterns.find(cases, outcomes, findings, hidden):
        raised = any(o.error is not None for o in outcomes[findings.index(first)])
        return Known(pattern.name, pattern.step, beside=raised)
    return recognise_first(known, cases, prints, findings)


def _candidates(known: list[Known], prints: list) -> list[Known]:
    return [wrong for wrong in known if len(wrong.prints) == len(prints)]
