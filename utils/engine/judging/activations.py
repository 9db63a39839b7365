"""Judge a ReLU network that should be a given broken line, whatever its weights are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, show

MOST_UNITS = 400
TOLERANCE = 1e-9
NEARLY = 1e-4  # relative: what float32 can do to a right formula


class BrokenLine:
    """The graph of a ReLU network of one input: straight pieces that meet at its kinks.

    Kept in exact fractions: `kinks` in increasing order, and a slope and an intercept for each of
    the `len(kinks) + 1` pieces, from left to right.
    """

    def __init__(self, w: np.ndarray, b: np.ndarray, v: np.ndarray, c: float) -> None:
        units = [tuple(map(Fraction, map(float, unit))) for unit in zip(w, b, v, strict=True)]
        falling = [unit for unit in units if unit[0] < 0]
        slope = sum((out * inner for inner, _, out in falling), Fraction())
        height = sum((out * bias for _, bias, out in falling), Fraction(float(c)))
        height += sum(out * bias for inner, bias, out in units if inner == 0 and bias > 0)
        bends = sorted((-bias / inner, out * abs(inner)) for inner, bias, out in units if inner)
        self.kinks = [place for place, _ in bends]
        self.slopes, self.heights = [slope], [height]
        for place, bend in bends:
            slope, height = slope + bend, height - bend * place
            self.slopes.append(slope)
            self.heights.append(height)

    def at(self, x: float) -> Fraction:
        """Return the exact height of the line over `x`."""
        x = Fraction(x)
        piece = sum(kink < x for kink in self.kinks)
        return self.heights[piece] + self.slopes[piece] * x


def pieces(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge `(w, b, v, c)` from the knots and values of the call: on every knot, straight between.

    Any weights will do. Nothing is asked to the left of the first knot or right of the last.
    """
    call, value = case.calls[-1], outcomes[-1].value
    index, name = len(outcomes) - 1, case.calls[-1].function
    knots, values = (np.asarray(getattr(a, "array", a), dtype=float) for a in call.args)
    if finding := _unusable(value, name, index):
        return finding
    line = BrokenLine(*[np.asarray(part) for part in value])
    allowed = Fraction(TOLERANCE * max(1.0, float(np.max(np.abs(values)))))
    wanted = [Fraction(y) for y in values]
    heights = [line.at(x) for x in knots]
    off = [got - right for got, right in zip(heights, wanted, strict=True)]
    missed = [i for i, distance in enumerate(off) if abs(distance) > allowed]
    if not missed:
        return _between(line, knots, wanted, allowed, name, index)
    expected, got = show(values), show(np.array([float(y) for y in heights]))
    if max(off) - min(off) <= allowed:
        what = f"{name}: the line has the right shape, but lies too {_side(off[0])} by a constant"
        return Finding("offset", what, index, expected, got, "What lifts the whole line?")
    if _slopes_add(knots, wanted, heights, allowed):
        what = f"{name}: from the second piece on, the line is not as steep as it should be"
        step = "Units that are already on keep adding their slope. What is left for the next?"
        return Finding("slopes-add", what, index, expected, got, step)
    what = f"{name}: the network misses {len(missed)} of {len(knots)} points"
    finding = _lost_digits(off, wanted) or _strays(line, knots) or _first_missed(
        missed[0], knots, heights, wanted, value
    )  # fmt: skip
    return Finding(finding[0], what, index, expected, got, finding[1])


def _lost_digits(off: list, wanted: list) -> tuple[str, str] | None:
    """Say that a line misses its points by no more than rounding."""
    size = max(map(abs, wanted))
    if max(map(abs, off)) > NEARLY * size:
        return None
    far = float(max(map(abs, off)))
    return "nearly right", (
        f"It misses them by {far:.1g} at most: the formula is right. Is a step computed in "
        "float32, or rounded? Compute in float64, and return the numbers as they are."
    )


def _strays(line: BrokenLine, knots: np.ndarray) -> tuple[str, str] | None:
    """Say where a line bends that should be straight there: a unit switches on off the knots."""
    places = [Fraction(x) for x in knots]
    near = Fraction(NEARLY) * (places[-1] - places[0])
    for i, kink in enumerate(line.kinks):
        inside = places[0] + near < kink < places[-1] - near
        bend = line.slopes[i + 1] - line.slopes[i]
        if inside and bend and min(abs(kink - x) for x in places) > near:
            return "bends", (
                f"The line bends at x = {float(kink):.6g}, which is no knot. A unit switches on "
                "where w x + b = 0: where should that be?"
            )
    return None


def _first_missed(
    number: int, knots: np.ndarray, heights: list, wanted: list, value: list
) -> tuple[str, str]:
    """Say where a line leaves the points, and what is wrong with the piece before."""
    shown = "The heights above are those at the knots. "
    if number == 0:
        w, b, v, c = (np.asarray(part, dtype=float) for part in value)
        on = int(np.sum((w * knots[0] + b > 1e-9) & (v != 0)))
        told = (
            f"{shown}The first is missed already, where {on} of your {len(w)} units are on: which "
            "should be, and what height do they and c make together?"
            if on
            else f"{shown}The first is missed already. All units are off there, so that c = "
            f"{float(c):.6g} alone makes the height: {float(wanted[0]):.6g} is needed."
        )
        return "start", told
    width = Fraction(knots[number]) - Fraction(knots[number - 1])
    got, right = (float((y[number] - y[number - 1]) / width) for y in (heights, wanted))
    told = f"from there its slope is {got:.6g}, and {right:.6g} is needed."
    return "slope", f"{shown}Up to knot {number} the line is right; {told}"


def _unusable(value: Any, name: str, index: int) -> Finding | None:
    """Say why a result is no network, None if it is one."""
    if isinstance(value, np.ndarray) and value.ndim:
        value = list(value)
    if not isinstance(value, list) or len(value) != 4:
        what = f"{name} should return four things: w, b, v and c"
        return Finding("count", what, index, "(w, b, v, c)", show(value), "See the signature.")
    shapes = []
    for part, label in zip(value, "wbvc", strict=True):
        try:
            array = np.asarray(part)
        except (ValueError, TypeError):
            array = np.asarray(None)
        if array.dtype.kind not in "iuf":
            what = f"{name}: {label} is no array of numbers"
            return Finding("type", what, index, "numbers", show(part), "What type is it?")
        if not np.isfinite(array).all():
            what = f"{name}: {label} holds inf or NaN"
            first = np.flatnonzero(~np.isfinite(array))[0]
            step = f"Entry {first} of {label} is the first: is it a division by a distance of 0?"
            return Finding("not-finite", what, index, "finite numbers", show(part), step)
        shapes.append(array.shape)
    if len(shapes[0]) != 1 or shapes[1] != shapes[0] or shapes[2] != shapes[0] or shapes[3] != ():
        what = f"{name}: the shapes of w, b, v and c do not fit together"
        got = ", ".join(map(str, shapes))
        return Finding("shapes", what, index, "(k,), (k,), (k,), ()", got, _sizes(shapes))
    if shapes[0][0] > MOST_UNITS:
        what = f"{name}: {shapes[0][0]} units are far more than there are points"
        return Finding("units", what, index, next_step="How many slopes are there?")
    return None


def _sizes(shapes: list[tuple]) -> str:
    """Say which of the four parts has a shape of its own."""
    for label, shape in zip("wbv", shapes, strict=False):
        if len(shape) != 1:
            return f"{label} has one entry for each unit, in one row: shape (k,), not {shape}."
    if shapes[3] != ():
        return f"c is one number, the height without any unit: not an array of shape {shapes[3]}."
    counts = [shape[0] for shape in shapes[:3]]
    told = ", ".join(f"{label} has {n}" for label, n in zip("wbv", counts, strict=True))
    return f"Each unit has an entry in w, in b and in v: {told}. Which loop or slice is too short?"


def _between(
    line: BrokenLine, knots: np.ndarray, wanted: list, allowed: Fraction, name: str, index: int
) -> Finding | None:
    """Judge the kinks: on a line that passes through all knots only they can leave the chords."""
    places = [Fraction(x) for x in knots]
    for kink in line.kinks:
        if not places[0] < kink < places[-1]:
            continue
        i = max(j for j in range(len(places) - 1) if places[j] <= kink)
        share = (kink - places[i]) / (places[i + 1] - places[i])
        chord = wanted[i] + share * (wanted[i + 1] - wanted[i])
        if abs(line.at(kink) - chord) > allowed:
            what = f"{name}: all points are met, but the line bends between two of them"
            expected = f"height {float(chord):.8g} over x = {float(kink):.8g}"
            got = f"height {float(line.at(kink)):.8g}"
            return Finding("bends", what, index, expected, got, "Where should a unit switch on?")
    return None


def _side(distance: Fraction) -> str:
    return "high" if distance > 0 else "low"


def _slopes_add(knots: np.ndarray, wanted: list, heights: list, allowed: Fraction) -> bool:
    """Tell whether each piece is as steep as all the right slopes up to it together."""
    total, height, sums = Fraction(), heights[0], [heights[0]]
    for i in range(len(knots) - 1):
        width = Fraction(knots[i + 1]) - Fraction(knots[i])
        total += (wanted[i + 1] - wanted[i]) / width
        height += total * width
        sums.append(height)
    return all(abs(a - b) <= 100 * allowed for a, b in zip(sums, heights, strict=True))
