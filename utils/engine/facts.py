"""What can be said of wrong numbers when no pattern fits: facts that are true of each of them.

A fact compares what came with what was expected, over all cases of a function: a range that is
left, a sum that is missed, an order that is kept, a difference that an argument explains. Its text
holds names of the declaration and, where inputs are not hidden, the simplest place that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from utils.engine.judging import Tolerance

FEW = 4  # numbers: fewer agree by chance
SMALL = 6  # entries of all arguments that are written out
# The names of what is found here, which a mark of a slip says more than.
FACTS = ("one term alone", "a term", "a product", "the sum missed", "negative numbers",
         "positive numbers", "beyond 1", "no whole numbers", "the order", "all to one side",
         "the same in every", "the total", "about a factor", "far too",
         "at the simplest input", "the shape of an argument", "fewer axes", "more axes",
         "another length", "a fixed number", "another order", "some left out", "some too many",
         "others chosen", "the order in each row")  # fmt: skip
FAR = 30.0
MOST = 0.5  # of the wrong numbers
TREND = 0.85  # of a rank correlation


@dataclass(frozen=True)
class Pattern:
    """A kind of mistake: its name in a few words, and a fact and a question for the learner."""

    name: str
    step: str


@dataclass(frozen=True)
class Part:
    """One part of one result: what was expected and what came, and the arguments by name."""

    case: int
    function: str
    label: str
    args: dict[str, Any]
    expected: Any
    got: Any
    tolerance: Tolerance
    wrong: bool

    @cached_property
    def came(self) -> np.ndarray | None:
        """What came as floats, None where it is no array of numbers."""
        return numbers(self.got)

    @cached_property
    def is_finite(self) -> bool:
        """Whether what came are finite numbers."""
        return self.came is not None and bool(np.isfinite(self.came).all())

    @cached_property
    def furthest(self) -> int:
        """The place of the number that is furthest from the expected one, 0 without one."""
        got, right = self.came, numbers(self.expected)
        if right is None or right.shape != got.shape:
            return 0
        with np.errstate(invalid="ignore"):
            return int(np.argmax(np.abs(got - right)))

    def is_near(self, other: Any) -> bool:
        """Tell whether what came is `other`, as closely as values are judged."""
        got, other = self.came, numbers(other)
        if got is None or other is None or got.shape != other.shape:
            return False
        if got.size:  # most guesses fail at one number already
            allowed, one = self.tolerance, other.item(self.furthest)
            size = float(np.abs(other).max()) if allowed.largest else abs(one) + allowed.floor
            if abs(got.item(self.furthest) - one) > 1e-12 + allowed.atol + allowed.rtol * size:
                return False
        with np.errstate(invalid="ignore"):
            near = np.abs(got - other) <= 1e-12 + self.tolerance.allowed(other)
            if self.is_finite:
                return bool(near.all())
            return bool(np.all(near | (got == other) | (np.isnan(got) & np.isnan(other))))


def numbers(value: Any) -> np.ndarray | None:
    """Return a value as an array of floats, None where it is none."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array.astype(float, copy=False) if array.dtype.kind in "biuf" else None


@dataclass(frozen=True)
class _Pair:
    """A wrong part as two arrays of one shape, and which entries are wrong."""

    part: Part
    right: np.ndarray
    got: np.ndarray
    off: np.ndarray


def _pairs(parts: list[Part]) -> list[_Pair]:
    """Return the finite parts as arrays, none at all where one has another shape."""
    out = []
    for part in parts:
        right, got = numbers(part.expected), numbers(part.got)
        if right is None or got is None or right.shape != got.shape or not right.size:
            return []
        if not (np.isfinite(right).all() and np.isfinite(got).all()):
            continue
        off = np.abs(got - right) > part.tolerance.allowed(right)
        out.append(_Pair(part, right, got, off))
    return out


# --- differences that arguments explain -----------------------------------------------------------


def explained(wrong: list[Part]) -> Pattern | None:
    """Return the product of arguments that is all there is, is missing, or comes in too often."""
    pairs = _pairs(wrong)
    if not pairs or sum(p.right.size for p in pairs) < FEW:
        return None
    rights = np.concatenate([p.right.ravel() for p in pairs])
    gots = np.concatenate([p.got.ravel() for p in pairs])
    allowed = np.concatenate(
        [np.broadcast_to(p.part.tolerance.allowed(p.right), p.right.shape).ravel() for p in pairs]
    )
    features = list(_features([p.part for p in pairs]))
    if not features:
        return None
    table = np.array([values for _, values in features])
    varied = np.ptp(table, axis=1) > 1e-9 * np.abs(table).max(axis=1)
    alone = np.all(np.abs(gots - table) <= allowed, axis=1)
    terms = _multiples(gots - rights, table, allowed)
    bases = [
        (base, _multiples(gots - start, table, allowed))
        for base, start in _arguments([p.part for p in pairs])
    ]
    products = np.full(len(table), np.nan)
    if np.all(rights != 0):
        products = _multiples(gots / rights, table, allowed / abs(rights))
    for i, (text, _) in enumerate(features):
        if not varied[i]:
            continue
        if alone[i]:
            return Pattern("one term alone", f"This is {text}, and nothing more: what is missing?")
        if np.isfinite(terms[i]):
            how = {1.0: "", -1.0: ", with a minus"}.get(round(terms[i], 9), ", times a number")
            step = f"The difference to the right numbers is {text}{how}: where does that come in?"
            return Pattern("a term", step)
        for base, factors in bases:
            if np.isfinite(factors[i]):
                step = f"This is {base} and a fixed number times {text}: what stands there instead?"
                return Pattern("a fixed number", step)
        if np.isfinite(products[i]):
            step = (
                f"Each number is the right one times a multiple of {text}: where does that come in?"
            )
            return Pattern("a product", step)
    return None


def _multiples(values: np.ndarray, table: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return the number that `values` are as many times each row of a table, NaN without one."""
    rows, sizes = np.arange(len(table)), np.abs(table)
    largest = np.argmax(sizes, axis=1)
    factors = values[largest] / table[rows, largest]
    fits = np.all(np.abs(values - factors[:, None] * table) <= 2 * allowed, axis=1)
    fits &= (np.abs(factors) >= 1e-9) & (np.sum(sizes > 1e-9, axis=1) >= FEW)
    return np.where(fits, factors, np.nan)


def _features(parts: list[Part]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield products of the arguments, entry by entry of the results: a text and all values."""
    atoms: dict[str, list[np.ndarray]] = {}
    for name in parts[0].args:
        values = [_spread(part, name) for part in parts]
        if all(v is not None for v in values):
            atoms[f"`{name}`"] = values
            if all(np.ndim(part.args[name]) == 0 for part in parts):
                atoms[f"`1 - {name}`"] = [1 - v for v in values]
    for text, values in list(atoms.items()):
        yield text, np.concatenate(values)
    for (one, a), (two, b) in combinations_with_replacement(atoms.items(), 2):
        text = f"the square of {one}" if one == two else f"{one} times {two}"
        yield text, np.concatenate([x * y for x, y in zip(a, b, strict=True)])


def _arguments(parts: list[Part]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays among the arguments that have a number for each entry of the results."""
    for name, value in parts[0].args.items():
        values = [_spread(part, name) for part in parts]
        if np.ndim(value) and all(v is not None for v in values):
            yield f"`{name}`", np.concatenate(values)


def _spread(part: Part, name: str) -> np.ndarray | None:
    """Return an argument at each entry of the result, None where it has none there."""
    value, shape = numbers(part.args.get(name)), np.shape(part.expected)
    if value is None or value.ndim not in (0, len(shape)):
        return None
    if value.ndim and value.shape != shape:
        return None
    return value.ravel() if value.ndim else np.full(shape, value).ravel()


# --- facts ----------------------------------------------------------------------------------------


def find(same: list[Part], hidden: bool) -> Pattern | None:
    """Return what is true of the right values of one part and not of those that came."""
    if found := _members([p for p in same if p.wrong]):
        return found
    wrong = _pairs([p for p in same if p.wrong])
    rights = [numbers(p.expected) for p in same]
    rights = [r for r in rights if r is not None]
    if not wrong or not rights:
        return _shape([p for p in same if p.wrong])
    place = "" if hidden else _simplest(wrong)
    found = (
        _alike(wrong)
        or _left(wrong, rights)
        or _total(wrong)
        or _roughly(wrong)
        or _order(wrong)
        or _order_in_rows(wrong)
        or _one_sided(wrong)
        or _roughly(wrong, MOST)
    )
    if found is None:
        return Pattern("at the simplest input", place.strip()) if place else None
    return Pattern(found.name, found.step + place)


def _alike(wrong: list[_Pair]) -> Pattern | None:
    """Find results that hold one and the same number, where the right ones vary."""
    several = [p for p in wrong if p.right.size > 1 and np.ptp(p.right) > 0]
    if several and all(np.ptp(p.got) == 0 for p in several):
        step = "All numbers of a result are equal: which argument plays no part in yours?"
        return Pattern("the same in every entry", step)
    return None


def _total(wrong: list[_Pair]) -> Pattern | None:
    """Find counts that do not add up to the number of what is counted."""
    for name, value in wrong[0].part.args.items():
        if not isinstance(value, np.ndarray) or value.ndim != 1:
            continue
        sizes = [np.size(p.part.args.get(name)) for p in wrong]
        counted = [p.right.sum() == n for p, n in zip(wrong, sizes, strict=True)]
        kept = [p.got.sum() == n for p, n in zip(wrong, sizes, strict=True)]
        if wrong[0].right.size > 1 and all(counted) and not any(kept):
            step = f"All together must be the number of entries of `{name}`; yours are not."
            return Pattern("the total missed", step)
    return None


def _roughly(wrong: list[_Pair], share: float = 1.0) -> Pattern | None:
    """Find numbers that are about a factor of the right ones, or larger or smaller by far.

    `share` of them at least: where not all are, the text says so.
    """
    pairs = [(p.got[p.off], p.right[p.off]) for p in wrong]
    got, right = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
    used = np.abs(right) > 1e-9
    if used.sum() < 2 or (share == 1.0 and not used.all()):
        return None
    ratios = got[used] / right[used]
    who = "The numbers" if share == 1.0 else "At least half of the wrong numbers"

    def enough(so: np.ndarray) -> bool:
        return bool(so.sum() >= max(2, share * len(right)))

    for factor, word in ((2, "twice"), (0.5, "half"), (-1, "minus"), (-0.5, "minus half")):
        if enough(np.abs(ratios - factor) < 0.01):
            return Pattern("about a factor", f"{who} are about {word} the right ones.")
    for far, so in (("large", np.abs(ratios) > FAR), ("small", np.abs(ratios) < 1 / FAR)):
        if enough(so):
            step = f"{who} are far too {far}: is a product a quotient, or a step left out?"
            return Pattern(f"far too {far}", step)
    return None


def _left(wrong: list[_Pair], rights: list[np.ndarray]) -> Pattern | None:
    """Find what holds for every right result here, and not for these."""
    every, got = np.concatenate([r.ravel() for r in rights]), np.concatenate(
        [p.got.ravel() for p in wrong]
    )  # fmt: skip
    slack = 1e-6 * max(1.0, np.abs(every).max())
    for axis, word in ((-1, "row"), (0, "column")):
        tables = [p for p in wrong if p.right.ndim >= (1 if axis == -1 else 2)]
        wanted = tables and all(_sums(p.right, axis) for p in tables)
        if wanted and not all(_sums(p.got, axis) for p in tables):
            return Pattern("the sum missed", f"Each {word} must add up to 1; yours do not.")
    if (every >= 0).all() and (got < -slack).any():
        step = (
            "None of the right numbers here is negative; some of yours are. Which sign is turned?"
        )
        return Pattern("negative numbers", step)
    if (every <= 0).all() and (got > slack).any():
        step = (
            "None of the right numbers here is positive; some of yours are. Which sign is turned?"
        )
        return Pattern("positive numbers", step)
    if (every <= 1).all() and (every >= -1).all() and (np.abs(got) > 1 + slack).any():
        step = (
            "No right number here is larger than 1; some of yours are: what is not divided, or not "
        )
        return Pattern("beyond 1", step + "turned into a share?")
    if (every == np.round(every)).all() and (np.abs(got - np.round(got)) > slack).any():
        return Pattern("no whole numbers", "The right numbers are whole; some of yours are not.")
    return None


def _sums(table: np.ndarray, axis: int) -> bool:
    return table.shape[axis] > 1 and bool(np.allclose(table.sum(axis=axis), 1.0, atol=1e-6))


def _order(wrong: list[_Pair]) -> Pattern | None:
    """Find results whose order is right, or turned round, though their sizes are not."""
    ranked = [p for p in wrong if p.right.size >= FEW and len(np.unique(p.right)) == p.right.size]
    if not ranked:
        return None
    found = {np.sign(_rank_correlation(p.right, p.got)) for p in ranked
             if abs(_rank_correlation(p.right, p.got)) > 1 - 1e-9}  # fmt: skip
    if len(found) != 1 or len(ranked) != sum(
        abs(_rank_correlation(p.right, p.got)) > 1 - 1e-9 for p in ranked
    ):
        return None
    if found == {-1.0}:
        step = "Yours are largest where the right numbers are smallest: is a sign or a quotient "
        return Pattern("the order turned round", step + "turned round?")
    step = "The order of the numbers is right, their sizes are not: is a function left out or put "
    return Pattern(
        "the order alone is right", f"{step}in, a base, a power, or a scale?{_side(wrong)}"
    )


def _order_in_rows(wrong: list[_Pair]) -> Pattern | None:
    """Find tables in each row of which the order is right, though the sizes are not."""
    tables = [p for p in wrong if p.right.ndim and p.right.shape[-1] > 1]
    rows = [
        pair
        for p in tables
        for pair in zip(*(np.reshape(a, (-1, a.shape[-1])) for a in (p.right, p.got)), strict=True)
    ]
    told = [pair for pair in rows if len(np.unique(pair[0])) == len(pair[0])]
    if len(tables) < len(wrong) or sum(len(right) > 2 for right, _ in told) < 2:
        return None
    if any(_rank_correlation(*pair) < 1 - 1e-9 for pair in told):
        return None
    step = "In each row the order of the numbers is right, their sizes are not: what are they "
    return Pattern("the order in each row", step + "made of, before they are divided?")


def _one_sided(wrong: list[_Pair]) -> Pattern | None:
    """Find results that are all too large, or all too small."""
    if side := _side(wrong):
        return Pattern("all to one side", side.strip() + _trend(wrong))
    return None


def _side(wrong: list[_Pair]) -> str:
    above = [bool((p.got > p.right)[p.off].all()) for p in wrong]
    below = [bool((p.got < p.right)[p.off].all()) for p in wrong]
    outside = [bool((np.abs(p.got) > np.abs(p.right))[p.off].all()) for p in wrong]
    inside = [bool((np.abs(p.got) < np.abs(p.right))[p.off].all()) for p in wrong]
    words = {"large": above, "small": below, "far from 0": outside, "near to 0": inside}
    fits = [word for word, so in words.items() if all(so)]
    if not fits or sum(int(p.off.sum()) for p in wrong) < 2:
        return ""
    return f" Every wrong number is too {fits[0]}."


def _trend(wrong: list[_Pair]) -> str:
    """Say how the distance from what is right grows with an argument of the same shape."""
    for name in wrong[0].part.args:
        values = [_spread(p.part, name) for p in wrong]
        if any(v is None for v in values):
            continue
        size = np.abs(np.concatenate(values))
        far = np.concatenate([np.abs(p.got - p.right).ravel() for p in wrong])
        if len(np.unique(size)) < FEW:
            continue
        correlation = _rank_correlation(size, far)
        if abs(correlation) > TREND:
            where = "the larger" if correlation > 0 else "the nearer to 0"
            return f" The difference grows {where} `{name}` is."
    return ""


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    ranks = [np.argsort(np.argsort(v.ravel(), kind="stable")) for v in (a, b)]
    if a.size < 2 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def _simplest(wrong: list[_Pair]) -> str:
    """Name the wrong number whose arguments are the simplest to work out by hand."""
    best: tuple[float, str] | None = None
    for pair in wrong:
        args = {name: numbers(value) for name, value in pair.part.args.items()}
        if any(value is None for value in args.values()):
            continue
        shape = pair.right.shape
        if all(value.ndim == 0 or value.shape == shape for value in args.values()):
            for place in np.argwhere(pair.off)[:100]:
                at = tuple(place)
                inputs = {n: float(v[at] if v.ndim else v) for n, v in args.items()}
                told = ", ".join(f"`{name}` = {value:.6g}" for name, value in inputs.items())
                best = _simpler(best, sum(map(_effort, inputs.values())), told,
                                pair.right[at], pair.got[at])  # fmt: skip
        elif sum(v.size for v in args.values()) <= SMALL and pair.right.size == 1:
            told = ", ".join(f"`{n}` = {np.array2string(v, precision=6, separator=', ')}"
                             for n, v in args.items())  # fmt: skip
            effort = sum(_effort(x) for v in args.values() for x in v.ravel())
            best = _simpler(best, 3 * effort, told, pair.right.ravel()[0], pair.got.ravel()[0])
    return f" Work it out by hand {best[1]}." if best else ""


def _simpler(best: tuple | None, effort: float, told: str, right: float, got: float) -> tuple:
    text = f"where {told}: right is {right:.6g}, yours is {got:.6g}"
    return (effort, text) if best is None or effort < best[0] else best


def _effort(value: float) -> float:
    """Tell how much work a number is by hand: 0 and 1 are the least."""
    if value in (0.0, 1.0):
        return 1.0 + value
    return 2.5 + abs(value) / 100 + 2.0 * (value != round(value)) + 0.5 * (value < 0)


# --- what is chosen -------------------------------------------------------------------------------


def _members(wrong: list[Part]) -> Pattern | None:
    """Say of chosen row numbers, each of them once, whether they or only their order are others."""
    pairs = [[np.asarray(v) for v in (p.expected, p.got)] for p in wrong]
    if not pairs or any(a.ndim != 1 for pair in pairs for a in pair):
        return None
    if any(right.dtype.kind != "i" or got.dtype.kind not in "if" for right, got in pairs):
        return None
    chosen = [tuple(a.tolist() for a in pair) for pair in pairs]
    if any(len(set(values)) < len(values) for values, _ in chosen):
        return None
    if max(len(right) for right, _ in chosen) < 2:
        return None
    if all(sorted(right) == sorted(got) for right, got in chosen):
        return Pattern("another order", "The right numbers, in another order: by what are they "
                       "sorted, and from which end?")  # fmt: skip
    if all(set(got) <= set(right) for right, got in chosen):
        return Pattern("some left out", "What is there is right, and some are left out.")
    if all(set(got) >= set(right) for right, got in chosen):
        return Pattern("some too many", "The right ones are there, and some that should not be.")
    if all(len(right) == len(got) for right, got in chosen):
        return Pattern("others chosen", "As many as there should be, but others: by what are they "
                       "chosen, and what do the numbers count?")  # fmt: skip
    return None


# --- shapes ---------------------------------------------------------------------------------------


def _shape(wrong: list[Part]) -> Pattern | None:
    """Say what is wrong with a shape, by the arguments that have it."""
    for part in wrong:
        right, got = numbers(part.expected), numbers(part.got)
        if right is None or got is None or right.shape == got.shape:
            continue
        given = {name: np.shape(value) for name, value in part.args.items()}
        like = [name for name, shape in given.items() if shape and shape == got.shape]
        if like:
            step = f"The result has the shape of `{like[0]}`: which step brings in the other axes?"
            return Pattern("the shape of an argument", step)
        if got.ndim != right.ndim:
            kind = "fewer" if got.ndim < right.ndim else "more"
            step = f"The result has {kind} axes than asked for. Print the shape after each step: "
            return Pattern(f"{kind} axes", step + "where does the number of axes change?")
        axes = [i for i in range(got.ndim) if got.shape[i] != right.shape[i]]
        told = ", ".join(
            f"axis {i} has length {got.shape[i]} in place of {right.shape[i]}" for i in axes
        )
        return Pattern(
            "another length", f"In the result, {told}: which slice, loop or sum makes it?"
        )
    return None
