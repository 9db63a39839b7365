"""Say what kind of mistake an answer makes, from its outputs alone, where no known mistake fits.

`find` looks at all cases together, right ones too: "each number is m times the right one", "only
the last row is wrong", "it goes wrong exactly where z has one row". A pattern is told in sentences
of a fixed stock, with names of the declaration and no number of an input, so that marking may show
it where the inputs are hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np

from utils.engine import facts, traces
from utils.engine.calling import KEPT, Outcome
from utils.engine.facts import Part, Pattern, numbers
from utils.engine.judging import Case, Finding, difference, tolerances
from utils.engine.plain import Layout, ModelData, Source, bare

NEARLY = 1e-4  # relative: what float32 can do to a right formula
# Findings that say already where a result goes wrong.
LOCATED = ("start", "slope", "slopes-add", "bends", "offset", "nearly right")
MANY_ROWS, LARGE = 32, 15.0
MOST_LETTERS = 40
# Relations that join small whole numbers by chance: class 0 is the logarithm of class 1.
CURVED = (
    "the logarithm of it",
    "minus the logarithm of it",
    "the exponential of it",
    "one divided by it",
    "the square of it",
    "the square root of it",
    "it divided by its sum",
)


def find(
    cases: list[Case],
    outcomes: list[list[Outcome]],
    findings: list[Finding | None],
    hidden: bool = False,
    exact: bool = False,
) -> Pattern | None:
    """Return the pattern that all failing cases of a function have in common, None without one.

    Where inputs are `hidden`, no text of theirs is told either. With `exact`, what is only a fact
    about numbers or inputs is not looked for.

    Data so odd that a look at it fails has no pattern.
    """
    try:
        return _find(cases, outcomes, findings, hidden, exact)
    except Exception:
        return None


def _find(
    cases: list[Case],
    outcomes: list[list[Outcome]],
    findings: list[Finding | None],
    hidden: bool,
    exact: bool,
) -> Pattern | None:
    first = next((i for i, finding in enumerate(findings) if finding is not None), None)
    if first is None:
        return None
    function = cases[first].calls[findings[first].call].function
    chosen = [i for i, c in enumerate(cases) if c.calls and c.calls[0].function == function]
    parts = [p for i in chosen for p in _parts(i, cases[i], outcomes[i])]
    own = [p for p in parts if p.case == first and p.wrong]
    where = "" if exact else _where(chosen, cases, findings)
    if hidden and '"' in where:
        where = ""
    pattern = None
    if own and findings[first].code not in ("mutated", "warning", "model-changed"):
        with np.errstate(all="ignore"):
            pattern = None if hidden else _texts(parts)
            pattern = pattern or _swapped(parts) or _nearly(parts)
            for part in own:
                pattern = pattern or _of_label(parts, part, where, hidden)
            if not hidden:
                pattern = pattern or traces.find(cases[first], outcomes[first], findings[first])
            for part in () if exact else own:
                pattern = pattern or _of_facts(parts, part, where, hidden)
    if exact or findings[first].code in LOCATED:
        return pattern
    step = "Which line of yours treats this kind differently?"
    if where and pattern is None:
        return Pattern("one kind of input", f"It goes wrong exactly where {where}. {step}")
    told = pattern is not None and pattern.name != "at the simplest input"
    if told or hidden or not (named := _named(chosen, cases, findings)):
        return pattern
    return Pattern("one kind of input", f"It goes wrong only where {named}, and not always. {step}")


def _of_facts(parts: list[Part], first: Part, where: str, hidden: bool) -> Pattern | None:
    """Look for what can be said of one part where no pattern fits."""
    same = [p for p in parts if p.label == first.label]
    about = f"{first.label}: " if first.label.isidentifier() else ""
    pattern = None if where else facts.find(same, hidden)
    return pattern and Pattern(pattern.name, about + pattern.step)


def _parts(index: int, case: Case, outcomes: list[Outcome]) -> Iterator[Part]:
    """Yield the parts of all values that a case compares."""
    if case.judge not in ("close", "adam.path") or "raises" in case.params:
        return
    for call, expected, outcome in zip(case.calls, case.expect, outcomes, strict=True):
        if expected is None or outcome.error is not None or call.function == KEPT:
            continue
        args = {
            case.names.argument(call.function, i): bare(arg)
            for i, arg in enumerate(call.args or [])
        }
        tolerance = tolerances(case, call)
        pairs = [("", expected, outcome.value)]
        if isinstance(expected, dict):
            keys = sorted(expected, key=str)
            if isinstance(outcome.value, dict) and outcome.value.keys() == expected.keys():
                pairs = [("", [expected[k] for k in keys], [outcome.value[k] for k in keys])]
        elif isinstance(expected, list) and not _is_numbers(expected):
            value, count = outcome.value, len(expected)
            if not isinstance(value, list) and not (isinstance(value, np.ndarray) and value.ndim):
                continue
            if len(value) != count:
                continue
            labels = [case.names.part(call.function, i, count) for i in range(count)]
            pairs = list(zip(labels, expected, list(value), strict=True))
        for label, wanted, got in pairs:
            wrong = difference(wanted, got, tolerance) is not None
            yield Part(index, call.function, label, args, wanted, got, tolerance, wrong)


def _is_numbers(values: list) -> bool:
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)


# --- all parts of the results together ------------------------------------------------------------


def _swapped(parts: list[Part]) -> Pattern | None:
    """The parts of each result are right, in another order."""
    labels = list(dict.fromkeys(p.label for p in parts))
    wrong = {p.case for p in parts if p.wrong}
    if not 2 <= len(labels) <= 4:
        return None
    rows = [[p for p in parts if p.case == i] for i in wrong]
    if any(len(row) != len(labels) for row in rows):
        return None
    for order in permutations(range(len(labels))):
        if order != tuple(sorted(order)) and all(
            part.is_near(row[place].expected)
            for row in rows
            for part, place in zip(row, order, strict=True)
        ):
            names = ", ".join(labels)
            return Pattern("parts swapped", "The right parts come in another order"
                           + (f": return {names}." if "part 1" not in names else "."))  # fmt: skip
    return None


def _texts(parts: list[Part]) -> Pattern | None:
    """The result is a text, and another than it should be, always in the same way."""
    if not all(isinstance(p.expected, str) and isinstance(p.got, str) for p in parts):
        return None
    pairs = {(p.expected, p.got) for p in parts}
    wrong = sorted((e, g) for e, g in pairs if e != g)
    if not wrong:
        return None
    asked = sorted({e for e, _ in pairs})
    if strange := next((g for _, g in wrong if g not in asked), None):
        if len(asked) < 2 or not strange.isprintable() or len(strange) > MOST_LETTERS:
            return None
        words = " or ".join(f'"{word}"' for word in asked)
        step = f'"{strange}" is none of the words that are asked for: write {words}.'
        return Pattern("another word", step)
    if any((g, e) in wrong for e, g in wrong):
        one, other = next((e, g) for e, g in wrong if (g, e) in wrong)
        return Pattern("words exchanged", f'Yours says "{other}" where "{one}" is right, and the '
                       "other way round: are two branches exchanged?")  # fmt: skip
    said = " and ".join(f'"{g}" where "{e}" is right' for e, g in wrong[:2])
    step = f"Yours says {said}: which test tells these apart, and for what is it too weak?"
    return Pattern("another branch", step)


def _nearly(parts: list[Part]) -> Pattern | None:
    """Every wrong number lies within rounding of float32, or is a rounded one."""
    wrong = [p for p in parts if p.wrong]
    pairs = [(numbers(p.expected), numbers(p.got)) for p in wrong]
    if not pairs or any(g is None or e is None or g.shape != e.shape for e, g in pairs):
        return None
    for digits in range(2, 9):
        if all(np.array_equal(np.round(e, digits), g) for e, g in pairs):
            return Pattern("rounded", "These are the right numbers, rounded: return them as they "
                           "are.")  # fmt: skip
    single = ""
    # What was only copied from an argument, such as where a path starts, is not computed.
    computed = [g[(g != e) & np.isfinite(g)] for e, g in pairs]
    with np.errstate(over="ignore"):
        if all(np.array_equal(g, g.astype(np.float32)) for g in computed):
            single = "single"
        if all(np.array_equal(g, g.astype(np.float16)) for g in computed):
            single = "half"
    close_to = 1e-2 if single == "half" else NEARLY
    for part, (expected, got) in zip(wrong, pairs, strict=True):
        size = np.abs(expected)
        if part.tolerance.largest:
            size = np.full(size.shape, size.max(initial=0.0))
        if not (np.abs(got - expected) <= close_to * size + 1e-6 * (size < 1e-3)).all():
            return None
    if single == "half":
        return Pattern("float16", "The formula is right, the numbers are rounded: they come from "
                       "float16, which keeps 3 digits. Compute in float64.")  # fmt: skip
    if single == "single":
        return Pattern("float32", "The formula is right, the numbers are rounded: they come from "
                       "float32, which keeps 7 digits. Compute in float64.")  # fmt: skip
    return Pattern("nearly right", "The first digits are right, the last ones are not: is a step "
                   "computed in float32, rounded, or a small number added?")  # fmt: skip


# --- one part -------------------------------------------------------------------------------------


def _of_label(parts: list[Part], first: Part, where: str, hidden: bool) -> Pattern | None:
    """Look for what the wrong values of one part have in common."""
    same = [p for p in parts if p.label == first.label]
    wrong = [p for p in same if p.wrong]
    about = f"{first.label}: " if first.label.isidentifier() else ""
    pattern = (
        _constant(same)
        or _by_shape(wrong)
        or _by_value(same, wrong, where)
        or facts.explained(wrong)
        or _by_place(wrong)
        or _not_finite(first)
        or _one_part(parts, first)
    )
    return pattern and Pattern(pattern.name, about + pattern.step)


def _constant(same: list[Part]) -> Pattern | None:
    """One and the same result, whatever is given."""
    if len(same) < 2 or all(_equal(p.expected, same[0].expected) for p in same):
        return None
    if not all(_equal(p.got, same[0].got) for p in same):
        return None
    if any((numbers(p.got) is None) != (numbers(p.expected) is None) for p in same):
        return None
    return Pattern("always the same", "The result is the same for every input: compute it from the "
                   "arguments.")  # fmt: skip


def _equal(a: Any, b: Any) -> bool:
    try:
        return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=False)
    except (ValueError, TypeError):
        return False


Guess = tuple[str, str, Callable[[Part], Any]]


def _by_value(same: list[Part], wrong: list[Part], where: str) -> Pattern | None:
    """Look for a simple relation between what came and what was expected."""
    for name, step, guess in _guesses(wrong):
        if not all(_holds(p, guess) for p in wrong):
            continue
        right = [p for p in same if not p.wrong]
        if where and not all(_holds(p, guess) for p in right):
            step = f"{step} It goes wrong exactly where {where}."
        return Pattern(name, step)
    return None


def _holds(part: Part, guess: Callable[[Part], Any]) -> bool:
    try:
        return part.is_near(guess(part))
    except (KeyError, ValueError, TypeError, IndexError):
        return False


def _guesses(wrong: list[Part]) -> Iterator[Guess]:
    def right(part: Part) -> np.ndarray:
        return np.asarray(part.expected, dtype=float)

    yield "zeros", "Every number is 0: the place for the result is never filled.", (
        lambda p: 0 * right(p))  # fmt: skip
    yield "sign", "Each number is the right one with the other sign.", lambda p: -right(p)
    for name, value in wrong[0].args.items():
        if isinstance(value, (np.ndarray, list, float, int)):
            yield "an argument returned", f"This is `{name}` itself, as it was given.", (
                lambda p, name=name: p.args[name])  # fmt: skip
    yield from _factors(wrong, right)
    yield from _sums(wrong, right)
    yield (
        "decimals cut off",
        (
            "The decimals are cut off: an array of ints holds no fractions. Make the buffer with "
            "`np.zeros(shape)`, which is float."
        ),
        lambda p: np.trunc(right(p)),
    )
    for name, function in {
        "the logarithm of it": np.log,
        "minus the logarithm of it": lambda x: -np.log(x),
        "the exponential of it": np.exp,
        "one minus it": lambda x: 1 - x,
        "one divided by it": lambda x: 1 / x,
        "the square of it": np.square,
        "the square root of it": np.sqrt,
        "its absolute value": np.abs,
        "it with negative numbers set to 0": lambda x: np.maximum(x, 0),
        "its sign": np.sign,
        "it divided by its sum": lambda x: x / x.sum(),
        "it minus its mean": lambda x: x - x.mean(),
        "it sorted": np.sort,
        "its running sum": lambda x: np.cumsum(x, axis=0),
    }.items():
        if name in CURVED and all(_is_whole(p.expected) and _is_whole(p.got) for p in wrong):
            continue
        yield name, f"With the right result called r, this is {name}.".replace(" it", " r", 1), (
            lambda p, f=function: f(right(p)))  # fmt: skip
    for axis in (0, 1):
        kind = ("rows", "columns")[axis] if wrong[0].expected is not None else ""
        yield "reversed", f"The right numbers, but the {kind} come in reverse order.", (
            lambda p, a=axis: np.flip(right(p), a))  # fmt: skip
        for shift in (1, -1):
            yield "shifted by one", f"The right numbers, but the {kind} are shifted by one.", (
                lambda p, a=axis, s=shift: np.roll(right(p), s, a))  # fmt: skip
    for shift in (1, -1):
        yield "shifted by one", "The right numbers, but rows and columns are shifted by one.", (
            lambda p, s=shift: np.roll(right(p), (s, s), (0, 1)))  # fmt: skip
    yield "transposed", "Rows and columns are exchanged.", lambda p: right(p).T


def _is_whole(value: Any) -> bool:
    entries = numbers(value)
    return entries is not None and np.array_equal(entries, np.round(entries))


def _sizes(wrong: list[Part]) -> dict[str, Callable[[Part], float]]:
    """Return the sizes that the arguments have: a name, and how to read it."""
    out: dict[str, Callable[[Part], float]] = {}
    for name, value in wrong[0].args.items():
        shape = np.shape(value) if isinstance(value, np.ndarray) else ()
        words = {1: ["entries"], 2: ["rows", "columns"]}.get(len(shape), [])
        for axis, word in enumerate(words):
            if shape[axis] > 1:
                text = f"the number of {word} of `{name}`"
                out[text] = lambda p, n=name, a=axis: np.shape(p.args[n])[a]
        if shape and shape[-1] > 1:
            text = f"the length of the last axis of `{name}`"
            out[text] = lambda p, n=name: np.shape(p.args[n])[-1]
        if len(shape) == 2:
            out[f"the number of all entries of `{name}`"] = lambda p, n=name: np.size(p.args[n])
    return out


def _factors(wrong: list[Part], right: Callable) -> Iterator[Guess]:
    steps = {
        "a factor 2": (2.0, "Each number is twice the right one."),
        "a factor 1/2": (0.5, "Each number is half of the right one."),
        "a factor -2": (-2.0, "Each number is -2 times the right one."),
        "a factor -1/2": (-0.5, "Each number is -1/2 times the right one."),
        "logarithm of base 2": (1 / np.log(2), "The logarithm has base 2: use np.log."),
        "logarithm of base 10": (1 / np.log(10), "The logarithm has base 10: use np.log."),
    }
    for name, (factor, step) in steps.items():
        yield name, step, lambda p, f=factor: f * right(p)
    for sign in (1, -1):
        other = ", with the other sign" if sign < 0 else ""
        for text, size in _sizes(wrong).items():
            yield "a factor: " + text, f"Each number is the right one times {text}{other}.", (
                lambda p, s=size, g=sign: g * s(p) * right(p))  # fmt: skip
            yield "divided by " + text, f"Each number is the right one divided by {text}{other}.", (
                lambda p, s=size, g=sign: g * right(p) / s(p))  # fmt: skip
            for name, step, power in (
                ("the square of a size", f"times the square of {text}", 2),
                ("the square of a size", f"divided by the square of {text}", -2),
                ("the root of a size", f"times the square root of {text}", 0.5),
                ("the root of a size", f"divided by the square root of {text}", -0.5),
            ):
                yield name, f"Each number is the right one {step}{other}.", (
                    lambda p, s=size, g=sign, e=power: g * right(p) * float(s(p)) ** e)  # fmt: skip
            for more in (1, -1):
                step = f"T{text[1:]} is taken as one too many or one too few."
                yield "one off in a size", step, (
                    lambda p, s=size, g=sign, o=more: g * right(p) * s(p) / (s(p) + o))  # fmt: skip
        for name, value in wrong[0].args.items():
            if isinstance(value, (int, float)):
                yield f"a factor {name}", f"Each number is the right one times `{name}`{other}.", (
                    lambda p, n=name, g=sign: g * right(p) * p.args[n])  # fmt: skip
                yield (
                    f"divided by {name}",
                    (f"Each number is the right one divided by `{name}`{other}."),
                    lambda p, n=name, g=sign: g * right(p) / p.args[n],
                )
                for text, change in (
                    (f"1 - {name}", lambda v: 1 - v),
                    (f"{name} squared", lambda v: v * v),
                    (f"the root of {name}", lambda v: np.sqrt(v)),
                ):
                    yield (
                        f"a factor {text}",
                        (f"Each number is the right one times `{text}`{other}."),
                        lambda p, n=name, g=sign, c=change: g * right(p) * c(p.args[n]),
                    )
                    yield (
                        f"divided by {text}",
                        (f"Each number is the right one divided by `{text}`{other}."),
                        lambda p, n=name, g=sign, c=change: g * right(p) / c(p.args[n]),
                    )
            elif isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
                yield f"a factor {name}", f"Each number is the right one times `{name}`{other}.", (
                    lambda p, n=name, g=sign: g * right(p) * p.args[n])  # fmt: skip
    if (factor := _ratio(wrong)) is not None:
        yield "a constant factor", "Each number is the same multiple of the right one.", (
            lambda p: factor * right(p))  # fmt: skip


def _ratio(wrong: list[Part]) -> float | None:
    """Return what multiple of the right numbers the first wrong ones are, if there are several."""
    ratios = []
    for part in wrong:
        expected, got = numbers(part.expected), numbers(part.got)
        if expected is None or got is None or expected.shape != got.shape:
            return None
        used = np.isfinite(got) & (np.abs(expected) > 1e-9)
        ratios += (got[used] / expected[used]).ravel().tolist()
    return ratios[0] if len(ratios) > 1 else None


def _sums(wrong: list[Part], right: Callable) -> Iterator[Guess]:
    for name, value in wrong[0].args.items():
        if not isinstance(value, (np.ndarray, float, int)) or isinstance(value, bool):
            continue
        missing = f"The difference is exactly `{name}`: is it left out?"
        twice = f"The difference is exactly `{name}`: does it come in once too often?"
        yield f"{name} left out", missing, lambda p, n=name: right(p) - p.args[n]
        yield f"{name} too often", twice, lambda p, n=name: right(p) + p.args[n]
        yield f"{name} with the other sign", f"`{name}` comes in with the other sign.", (
            lambda p, n=name: right(p) - 2 * np.asarray(p.args[n]))  # fmt: skip
        yield f"{name} with the other sign", f"`{name}` comes in with the other sign.", (
            lambda p, n=name: right(p) + 2 * np.asarray(p.args[n]))  # fmt: skip
    yield "one too much", "Each number is the right one plus 1.", lambda p: right(p) + 1
    yield "one too little", "Each number is the right one less 1.", lambda p: right(p) - 1
    expected, got = numbers(wrong[0].expected), numbers(wrong[0].got)
    if expected is not None and got is not None and expected.shape == got.shape:
        several = expected.size > 1 or len(wrong) > 1
        if several and np.isfinite(first := (got - expected).ravel()[:1]).all() and first.size:
            step = "Each number differs from the right one by the same amount."
            yield "a constant added", step, lambda p: right(p) + first[0]


# --- shapes ---------------------------------------------------------------------------------------


def _by_shape(wrong: list[Part]) -> Pattern | None:
    """Look for what turns the shape that came into the right one."""
    pairs = [(p, numbers(p.expected), numbers(p.got)) for p in wrong]
    pairs = [(p, e, g) for p, e, g in pairs if e is not None]
    if not pairs or any(g is None for _, _, g in pairs):
        return None
    odd = [(p, e, g) for p, e, g in pairs if e.shape != g.shape]
    if not odd:
        return None

    def all_are(fits: Callable[[np.ndarray, np.ndarray], bool]) -> bool:
        return all(_quietly(fits, e, g) for _, e, g in odd)

    def near(a: np.ndarray, b: np.ndarray) -> bool:
        return np.shape(a) == np.shape(b) and np.allclose(
            a, b, rtol=1e-5, atol=1e-8, equal_nan=True
        )

    if all_are(lambda e, g: e.ndim == 2 and near(g.T, e)):
        return Pattern("transposed", "Rows and columns are exchanged.")
    if all_are(lambda e, g: g.ndim == e.ndim + 1 and 1 in g.shape and near(g.ravel(), e.ravel())):
        step = "The numbers are right, in an array with an axis of length 1 too many: a column of "
        return Pattern("an axis too many", step + "shape (m, 1) is no vector of shape (m,).")
    if all_are(lambda e, g: g.size == e.size and near(g.ravel(), e.ravel())):
        return Pattern("another shape", "The right numbers in another shape: keep the axes.")
    if all_are(lambda e, g: g.ndim == 2 and e.ndim == 1 and g.shape == (e.size, e.size)):
        step = "A vector met a column, and broadcasting made a table of every pair: which of your "
        return Pattern("broadcast to a table", step + "arrays has the shape (m, 1)?")
    for text, reduce in (("mean", np.mean), ("sum", np.sum)):
        for axis in (None, 0, -1):
            if all_are(lambda e, g, f=reduce, a=axis: g.size > e.size and near(f(g, axis=a), e)):
                step = f"These are the single numbers; what is asked for is their {text}."
                return Pattern(f"{text} missing", step)
            if all_are(lambda e, g, f=reduce, a=axis: g.size < e.size and near(g, f(e, axis=a))):
                step = f"This is the {text} of the right numbers: keep them apart."
                return Pattern(f"{text} taken", step)
    for name, step, fits in (
        ("last missing", "The last of the numbers is missing.", lambda e, g: near(e[:-1], g)),
        ("first missing", "The first of the numbers is missing.", lambda e, g: near(e[1:], g)),
        ("one too many", "There is one too many at the end.", lambda e, g: near(g[:-1], e)),
        ("one too many", "There is one too many at the front.", lambda e, g: near(g[1:], e)),
        ("first only", "This is the first of the right numbers alone.", lambda e, g: near(e[0], g)),
        ("last only", "This is the last of the right numbers alone.", lambda e, g: near(e[-1], g)),
    ):
        if all_are(lambda e, g, f=fits: e.ndim > 0 and f(e, g)):
            return Pattern(name, step)
    if all_are(lambda e, g: g.ndim == 0 and e.ndim > 0):
        return Pattern("one number", "A sum, mean or maximum runs over everything: name its axis.")
    return _sizes_told(odd)


def _sizes_told(odd: list[tuple[Part, np.ndarray, np.ndarray]]) -> Pattern | None:
    """Say which sizes of the arguments the axes have, and should have."""
    sizes = _sizes([odd[0][0]])

    def told(which: int) -> str:
        names = []
        for axis in range(odd[0][which].ndim):
            fits = [
                text.removeprefix("the number of ")
                for text, size in sizes.items()
                if all(each[which].ndim > axis and _quietly(
                    lambda e, g, s=size, each=each, a=axis: s(each[0]) == each[which].shape[a],
                    None, None) for each in odd)
            ]  # fmt: skip
            if not fits:
                return ""
            names.append(fits[0])
        return ", ".join(names)

    wanted, came = told(1), told(2)
    if not wanted or not came or wanted == came:
        return None
    step = f"The axes have one entry for each of the {came}; asked for is one for each of the "
    return Pattern("the wrong axis", step + f"{wanted}. Which axis is summed over?")


def _quietly(fits: Callable, e: Any, g: Any) -> bool:
    try:
        return bool(fits(e, g))
    except (ValueError, IndexError, TypeError, KeyError):
        return False


# --- places ---------------------------------------------------------------------------------------


def _by_place(wrong: list[Part]) -> Pattern | None:
    """Look for where in the results the wrong entries are."""
    masks = []
    for part in wrong:
        expected, got = numbers(part.expected), numbers(part.got)
        if expected is None or got is None or expected.shape != got.shape:
            return None
        off = np.abs(got - expected) > part.tolerance.allowed(expected)
        off = np.where(np.isfinite(expected) & np.isfinite(got), off, got != expected)
        masks.append((part, expected, got, off))
    if all(o.ndim > 0 and o.shape[0] > 1 for _, _, _, o in masks):
        for axis, word in ((0, "row"), (1, "column")):
            if any(o.ndim <= axis or o.shape[axis] < 2 for _, _, _, o in masks):
                continue
            word = "entry" if all(o.ndim == 1 for _, _, _, o in masks) else word
            lines = [np.moveaxis(o, axis, 0).reshape(o.shape[axis], -1) for *_, o in masks]
            bad = [line.any(axis=1) for line in lines]
            for name, fits in {
                f"only the first {word} is right": lambda b: not b[0] and b[1:].all(),
                f"only the last {word} is right": lambda b: not b[-1] and b[:-1].all(),
                f"only the first {word} is wrong": lambda b: b[0] and not b[1:].any(),
                f"only the last {word} is wrong": lambda b: b[-1] and not b[:-1].any(),
            }.items():
                if all(fits(b) for b in bad) and any(len(b) > 2 for b in bad):
                    step = (
                        f"{name[0].upper()}{name[1:]}: where do your loop or slice begin and end?"
                    )
                    return Pattern(name, step)
    partly = any((~o).any() for *_, o in masks)
    if partly and all((g[o] == 0).all() and (e[o] != 0).all() for _, e, g, o in masks):
        step = "Some entries are right, the others are still 0: are all of them filled?"
        return Pattern("some left at 0", step)
    return _clipped(masks) or _by_sign(masks) or _by_line(masks)


Masks = list[tuple[Part, np.ndarray, np.ndarray, np.ndarray]]


def _clipped(masks: Masks) -> Pattern | None:
    """All wrong entries have one value, too large or too small, or one of two such."""
    low = np.concatenate([g[o & (g > e)] for _, e, g, o in masks])
    high = np.concatenate([g[o & (g < e)] for _, e, g, o in masks])
    bounds = np.concatenate([np.unique(low), np.unique(high)])
    several = len(low) > len(np.unique(low)) or len(high) > len(np.unique(high))
    fits = len(np.unique(low)) <= 1 and len(np.unique(high)) <= 1 and np.isfinite(bounds).all()
    if not fits or not several or any((o & (g == e)).any() for _, e, g, o in masks):
        return None
    inside = all((g[~o] >= bounds[:1]).all() if len(low) else True for _, _, g, o in masks)
    if not inside:
        return None
    return Pattern("clipped", "All wrong entries have one and the same value: is something "
                   "clipped, or a maximum or minimum taken?")  # fmt: skip


def _by_line(masks: Masks) -> Pattern | None:
    """Each row is a multiple of the right one, or differs from it by a constant; columns too."""
    if any(not np.isfinite(g).all() or not np.isfinite(e).all() for _, e, g, _ in masks):
        return None
    for axis, word in ((-1, "row"), (0, "column")):
        tables = [(e, g) for _, e, g, _ in masks if e.ndim == 2 and e.shape[axis] > 1]
        if axis == -1 and not tables:
            tables = [(e, g) for _, e, g, _ in masks if e.ndim == 1 and e.size > 2]
            word = "result"
        if not tables:
            continue
        if all((np.abs(e) > 1e-12).all() and _is_flat(g / e, axis) for e, g in tables):
            step = f"Each {word} is a multiple of the right one: what must its numbers add up to, "
            return Pattern(f"a factor for each {word}", step + "or be divided by?")
        if all(_is_flat(g - e, axis) for e, g in tables):
            step = f"Each {word} differs from the right one by one number: what is added to it, or "
            return Pattern(f"a constant for each {word}", step + "taken away?")
    return None


def _is_flat(values: np.ndarray, axis: int) -> bool:
    size = np.abs(values).max()
    return bool((np.ptp(values, axis=axis) <= 1e-6 * size).all())


def _by_sign(masks: Masks) -> Pattern | None:
    """Wrong exactly where an argument of the same shape, or the result, has one sign."""
    kinds = {
        "negative": lambda v: v < 0,
        "positive": lambda v: v > 0,
        "0": lambda v: v == 0,
        "not positive": lambda v: v <= 0,
        "not negative": lambda v: v >= 0,
        "not 0": lambda v: v != 0,
    }
    subjects: dict[str, Callable[[Part], Any]] = {
        f"`{name}`": lambda p, n=name: p.args[n] for name in masks[0][0].args
    }
    subjects["the right result"] = lambda p: p.expected
    if not any((~o).any() for *_, o in masks):
        return None
    for subject, read in subjects.items():
        values = [numbers(_got(read, part)) for part, *_ in masks]
        if any(v is None or v.shape != o.shape for v, (*_, o) in zip(values, masks, strict=True)):
            continue
        for kind, is_so in kinds.items():
            if all(np.array_equal(is_so(v), o) for v, (*_, o) in zip(values, masks, strict=True)):
                step = f"It goes wrong exactly in the entries where {subject} is {kind}."
                return Pattern("wrong for one sign", step)
    return None


def _got(read: Callable, part: Part) -> Any:
    try:
        return read(part)
    except KeyError:
        return None


def _one_part(parts: list[Part], first: Part) -> Pattern | None:
    """One part of the result is wrong in some cases, all others are right in all."""
    others = [p for p in parts if p.label not in ("", first.label)]
    if not others or any(p.wrong for p in others):
        return None
    names = list(dict.fromkeys(p.label for p in others))
    rest = " and ".join(f"`{name}`" for name in names) if first.label.isidentifier() else "the rest"
    are = "are" if len(names) > 1 and rest != "the rest" else "is"
    return Pattern("one part", f"This part alone is wrong, {rest} {are} right: look at the line "
                   "that makes it.")  # fmt: skip


def _not_finite(first: Part) -> Pattern | None:
    """NaN or inf in place of numbers."""
    values = numbers(first.got)
    if values is None or np.isfinite(values).all():
        return None
    if np.isnan(values).any():
        return Pattern("NaN", "NaN comes from 0/0, inf - inf, 0 * inf, or the logarithm or root of "
                       "a negative number: which of these can happen here?")  # fmt: skip
    return Pattern("infinite", "inf comes from a division by 0, log(0), or an exponential of more "
                   "than 709: which of these can happen here?")  # fmt: skip


# --- kinds of input -------------------------------------------------------------------------------


def _where(chosen: list[int], cases: list[Case], findings: list[Finding | None]) -> str:
    """Say in which kind of input exactly the failing cases differ from the passing ones."""
    usual = [i for i in chosen if "raises" not in cases[i].params]
    failing = {i for i in usual if findings[i] is not None}
    if not failing or len(failing) == len(usual):
        return ""
    told = [_features(cases[i]) for i in usual]
    for feature in dict.fromkeys(f for features in told for f in features):
        if {i for i, features in zip(usual, told, strict=True) if feature in features} == failing:
            return feature
    return ""


def _named(chosen: list[int], cases: list[Case], findings: list[Finding | None]) -> str:
    """Return the text among the arguments that all failing cases have, and not all passing ones."""
    usual = [i for i in chosen if "raises" not in cases[i].params]
    told = {i: {f for f in _features(cases[i]) if '"' in f} for i in usual}
    failing = [i for i in usual if findings[i] is not None]
    common = set.intersection(*(told[i] for i in failing)) if failing else set()
    passing = [i for i in usual if findings[i] is None]
    return next((f for f in sorted(common) if any(f not in told[i] for i in passing)), "")


def _features(case: Case) -> list[str]:
    """Name what is special about the arguments of a case, the most telling first."""
    call = case.calls[0]
    out: list[str] = []
    for position, arg in enumerate(call.args or []):
        out += _features_of(f"`{case.names.argument(call.function, position)}`", arg)
    return out


def _features_of(name: str, arg: Any) -> list[str]:
    value = bare(arg)
    if isinstance(value, np.ndarray):
        return _features_of_array(name, arg, value)
    if isinstance(value, str):
        return [f'{name} is "{value}"'] if value.isidentifier() and len(value) < 16 else []
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, (int, float)):
        out = [f"{name} is 0"] * (value == 0) + [f"{name} is 1"] * (value == 1)
        out += [f"{name} is negative"] * (value < 0) + [f"{name} is not 1"] * (value != 1)
        return out + [f"{name} is large"] * (abs(value) > LARGE)
    if isinstance(value, dict):
        return _features_of_graph(name, value)
    if isinstance(value, list) and value and _is_numbers(value):
        return _features_of_array(name, arg, np.asarray(value, dtype=float))
    return [f"{name} is a function"] if isinstance(value, (Source, ModelData)) else []


def _features_of_array(name: str, arg: Any, value: np.ndarray) -> list[str]:
    v = value.astype(float)
    rows = value.shape[0] if value.ndim else 1
    told = {
        "is a single number": value.ndim == 0,
        "is one row of numbers, shape (C,)": value.ndim == 1,
        "is a table, with rows and columns": value.ndim == 2,
        "has a single row": value.ndim == 2 and rows == 1,
        "has a single entry": value.ndim == 1 and rows == 1,
        "has more than one row": value.ndim == 2 and rows > 1,
        "has two columns": value.ndim == 2 and value.shape[1] == 2,
        "has more than one column": value.ndim == 2 and value.shape[1] > 1,
        "has a single column": value.ndim == 2 and value.shape[1] == 1,
        "has as many rows as columns": value.ndim == 2 and rows == value.shape[1],
        "has not as many rows as columns": value.ndim == 2 and rows != value.shape[1],
        "holds integers": value.dtype.kind in "iu",
        "is float32": value.dtype == np.float32,
        "is read-only": isinstance(arg, Layout) and arg.kind == "readonly",
        "is laid out in memory in an unusual way": isinstance(arg, Layout),
        "has many rows": value.ndim > 0 and rows > MANY_ROWS,
        "holds infinite numbers": bool(np.isinf(v).any()),
        "holds large numbers": bool((np.abs(v) > LARGE).any()),
        "holds negative numbers": bool((v < 0).any()),
        "holds only negative numbers": bool((v < 0).all()),
        "holds no negative numbers": bool((v >= 0).all()),
        "holds a 0": bool((v == 0).any()),
        "holds only zeros": bool((v == 0).all()),
        "holds equal numbers": len(np.unique(v)) < v.size,
    }
    return [f"{name} {text}" for text, so in told.items() if so]


def _features_of_graph(name: str, graph: dict) -> list[str]:
    """Name what is special about a computation graph, `name -> (op, inputs)`."""
    nodes = [n for n in graph.values() if isinstance(n, (list, tuple)) and len(n) == 2]
    if not nodes or len(nodes) != len(graph):
        return []
    inputs = [list(sources) for _, sources in nodes if isinstance(sources, (list, tuple))]
    used = [source for sources in inputs for source in sources]
    listed = list(graph)
    late = any(
        source in graph and listed.index(source) > listed.index(node)
        for node, (_, sources) in graph.items()
        for source in sources
    )
    told = {
        "uses a name twice in one node": any(len(set(s)) < len(s) for s in inputs),
        "uses a name more than once": len(set(used)) < len(used),
        "lists a node before its inputs": late,
        "has more than 32 nodes": len(graph) > MANY_ROWS,
    }
    out = [f"{name} {text}" for text, so in told.items() if so]
    return out + [f'{name} has the op "{op}"' for op in sorted({str(op) for op, _ in nodes})]
