"""Bake the visible side of a lab into data that ships with `utils`.

A baked lab holds the visible probes, what the right answer returns for them, and the fingerprints
of the wrong answers: outputs, never code.

The same declaration gives the same bytes on every machine. Matrix products and functions such as
`tanh` differ in the last of their 16 digits between processors, BLAS kernels and library versions,
and where terms cancel, in earlier ones. So a computed number is stored on the coarsest decimal
grid whose step is at most 1% of what judging allows around it: nine significant digits where
1e-6 is allowed, eight in a fingerprint (1e-5), and nothing beyond a hundredth of the absolute
tolerance. No verdict depends on the rest. Of the 25,000 numbers of this course, nine sets of
kernels compute 1,300 differently, by 0.04 steps all together: so that is the chance that one lies
that near the middle between two grid points. Where it happens, `agree` still takes both for the
same. float32 has too few digits for this: what is expected of an answer in float32 is computed in
float64. Arguments are what was declared and keep all their digits.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring import slips
from autograder.authoring.answers import DeclarationError
from autograder.authoring.declaration import Exercise, Lab
from utils.checks import BAKED, quiz, read_case
from utils.engine import recognise
from utils.engine.judging import Case, tolerances, verdict
from utils.engine.plain import array_from_json, encode
from utils.engine.recognise import alike

SHARE = 0.01  # of what is allowed: the largest step between stored numbers
FINER = Decimal("1e-4")  # of a step: still some thousand times what kernels differ
EXACT = Context(prec=400)
LAST_DIGITS = 1e-12  # relative: how far inputs may differ that another machine drew
Allowed = Callable[[np.ndarray], np.ndarray]


def bake(lab: Lab) -> str:
    """Return the baked lab as JSON text.

    Raises `DeclarationError` for a visible case whose judge is a function of its own (only judges
    of `utils.engine.judging` reach the learner), for one on which the right answer fails, for a
    mistake that no visible case notices, and for two that none tells apart.
    """
    exercises = [_exercise(ex) for ex in lab.exercises]
    data = {"lab": lab.name, "title": lab.title, "minutes": lab.minutes, "exercises": exercises}
    return (
        json.dumps(data, allow_nan=False, separators=(",", ":")).replace('{"name"', '\n{"name"')
        + "\n"
    )


def agree(one: str, other: str) -> bool:
    """Tell whether two baked labs say the same.

    Computed numbers may differ by what judging allows, inputs in their last digits; all else is
    equal.
    """
    try:
        labs = [json.loads(text) for text in (one, other)]
        computed = [list(_computed(lab)) for lab in labs]
    except (ValueError, KeyError, TypeError):  # another layout, or no baked lab at all
        return False
    return (
        _same(*labs, lambda numbers: LAST_DIGITS * np.abs(numbers))
        and len(computed[0]) == len(computed[1])
        and all(_same(a, b, allowed) for (a, allowed), (b, _) in zip(*computed, strict=True))
    )


def sealed(lab: Lab) -> str:
    """Return what is said of each option of the lab's quiz, sealed, as JSON text; "" without one.

    All options of a question are as long as the longest, so that no length tells them apart.
    """
    data = {}
    for ex in (ex for ex in lab.exercises if ex.kind == "quiz"):
        texts = {o: "+-"[o != ex.letter] + text for o, text in ex.options.items()}
        size = max(len(text.encode()) for text in texts.values())
        data[ex.name] = {
            o: quiz.seal(lab.name, ex.name, o, text + " " * (size - len(text.encode())))
            for o, text in texts.items()
        }
    return json.dumps(data, indent=1) + "\n" if data else ""


def path(lab: str) -> Path:
    """Return where the baked data of a lab lives."""
    return BAKED / f"{lab}.json"


def _exercise(ex: Exercise) -> dict:
    known = [] if ex.kind == "quiz" else ex.known
    _prove(ex)
    return {
        "name": ex.name,
        "kind": ex.kind,
        "points": ex.points,
        "deadline": ex.deadline,
        "functions": list(ex.functions),
        "forbids": list(ex.forbids),
        "hints": list(ex.hints),
        "parameters": ex.names.parameters,
        "results": ex.names.results,
        "checks": [
            {
                "title": check.title,
                "weight": check.weight,
                "cases": [_case(ex, case) for case in cases],
            }
            for check, cases in zip(ex.checks, ex.seen, strict=True)
        ],
        "wrong": [
            {
                "name": k.name,
                "hint": k.hint,
                "finding": k.finding,
                "prints": _shorten(encode(k.prints), recognise.allowed),
            }
            for k in known
        ],
        "slips": slips.shipped(ex),
    }


def _prove(ex: Exercise) -> None:
    """Refuse probes that the right answer fails, and mistakes that the probes do not tell.

    What needs Keras is not run here: the tests of the labs run it.
    """
    if ex.kind == "function" and not ex.needs_keras:
        for check, cases in zip(ex.checks, ex.seen, strict=True):
            for number, case in enumerate(cases, 1):
                if finding := verdict(case, ex.run(case)):
                    raise DeclarationError(
                        f"{check.place}: check {check.title!r}, probe {number}: the right answer "
                        f"({ex.cell.place}) fails: {finding.what}. Correct the probe or the answer."
                    )
        for wrong in ex.wrongs:
            cases = [case for cases in ex.seen for case in cases]
            fails = (verdict(case, ex.run(case, wrong), words=False) for case in cases)
            if not wrong.finding and not any(fails):
                raise DeclarationError(
                    f"{wrong.place}: mistake {wrong.name!r}: it passes all visible probes of "
                    f"{ex.name}. Is it right? If not, add a probe on which it fails."
                )
    pairs = zip(ex.wrongs, ex.known, strict=True)
    for (first, a), (second, b) in itertools.combinations(pairs, 2):
        if a.finding == b.finding and all(map(alike, a.prints, b.prints)):
            raise DeclarationError(
                f"{second.place}: mistake {second.name!r}: no visible probe tells it from "
                f"{first.name!r} ({first.place}). Add one on which the two differ."
            )


def _case(ex: Exercise, case: Case) -> dict:
    if not isinstance(case.judge, str):
        raise DeclarationError(
            f"{ex.place}: {ex.name}: the judge of a visible case is one of utils.engine.judging, "
            "by name. Give the case to the hidden ones, or the judge to the engine."
        )
    return {
        "calls": [
            {"function": c.function, "args": None if c.args is None else encode(c.args)}
            for c in case.calls
        ],
        "judge": case.judge,
        "params": encode(case.params),
        "expect": [
            _shorten(encode(value), tolerances(case, call).allowed)
            for call, value in zip(case.calls, case.expect, strict=True)
        ],
    }


# --- numbers --------------------------------------------------------------------------------------


def _computed(lab: dict) -> Iterator[tuple[Any, Allowed]]:
    """Take what was computed out of a baked lab, each with what judging allows around it."""
    for exercise in lab["exercises"]:
        for data in [case for check in exercise["checks"] for case in check["cases"]]:
            case = read_case(data)
            for call, value in zip(case.calls, data.pop("expect"), strict=True):
                yield value, tolerances(case, call).allowed
        for wrong in exercise["wrong"]:
            yield wrong.pop("prints"), recognise.allowed
        for slip in exercise["slips"]:
            yield slip.pop(), lambda marks: 1e-7 + 1e-6 * np.abs(marks)


def _each(array: dict, allowed: Allowed) -> list[float]:
    """Return what is allowed around each entry of an array in JSON."""
    numbers = array_from_json(array | {"dtype": "float64"})
    return np.broadcast_to(allowed(numbers), numbers.shape).ravel().tolist()


def _shorten(data: Any, allowed: Allowed) -> Any:
    """Return JSON data with every float on its grid."""
    if isinstance(data, float):
        return _on_grid(data, float(allowed(np.array(data))))
    if isinstance(data, list):
        return [_shorten(item, allowed) for item in data]
    if not isinstance(data, dict):
        return data
    if "$array" in data:
        pairs = zip(data["$array"], _each(data, allowed), strict=True)
        entries = [_on_grid(x, each) if isinstance(x, float) else x for x, each in pairs]
        return data | {"$array": entries}
    return {key: _shorten(item, allowed) for key, item in data.items()}


def _on_grid(value: float, allowed: float) -> float:
    """Return the nearest of the numbers a power of ten apart, at most `SHARE` of `allowed`.

    Arguments are short decimals, so a product of them can lie half way between two: it is rounded
    to a grid `FINER` first, where all kernels agree that it does, and then as all such are.
    """
    if not allowed or not math.isfinite(allowed):
        return value
    step = Decimal(1).scaleb(Decimal(SHARE * allowed).adjusted())
    near = Decimal(value).quantize(step * FINER, context=EXACT)
    return float(near.quantize(step, context=EXACT)) + 0.0  # (no -0.0)


def _same(a: Any, b: Any, allowed: Allowed) -> bool:
    """Tell whether JSON data are equal, floats as far as `allowed`."""
    pairs = itertools.zip_longest(_leaves(a, allowed), _leaves(b, allowed), fillvalue=(None, 0.0))
    return all(
        type(x) is type(y) and (x == y or (isinstance(x, float) and abs(x - y) <= size))
        for (x, size), (y, _) in pairs
    )


def _leaves(data: Any, allowed: Allowed) -> Iterator[tuple[Any, float]]:
    """Take JSON data apart, in order: each leaf with what is allowed around it."""
    if isinstance(data, float):
        yield data, float(allowed(np.array(data)))
    elif isinstance(data, list):
        yield len(data), 0.0
        for item in data:
            yield from _leaves(item, allowed)
    elif isinstance(data, dict) and "$array" in data:
        yield [data["shape"], data["dtype"]], 0.0
        yield from zip(data["$array"], _each(data, allowed), strict=True)
    elif isinstance(data, dict):
        yield list(data), 0.0
        for item in data.values():
            yield from _leaves(item, allowed)
    else:
        yield data, 0.0
