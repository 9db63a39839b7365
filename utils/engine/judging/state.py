"""Find answers that keep something from one call to the next: a buffer, or remembered results.

`probe` makes one case of two others: the answer is called with both, the first result is looked at
again, and then one and the same object is given with the contents of the first and of the second.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from utils.engine.calling import KEPT, Call, Outcome
from utils.engine.judging import Case, Finding, close, same, show
from utils.engine.plain import ModelData, Result, Same

STATE = ("kept", "remembered")  # the codes of findings that tell of nothing else


def probe(cases: list[Case]) -> list[Case]:
    """Return cases that ask each function of `cases` for its state, as far as two of them allow.

    Two cases of a function are needed, whose expected values differ; for objects that are filled
    anew, their arrays must have the same shapes.
    """
    out = []
    for name in dict.fromkeys(case.calls[0].function for case in cases):
        own = [case for case in cases if _plain(case) and case.calls[0].function == name]
        valued = [case for case in own if case.judge == "close"]
        pairs = [(a, b) for a, b in combinations(valued, 2) if not same(a.expect[0], b.expect[0])]
        refilled = next((pair for pair in pairs if _refillable(*pair)), None)
        if refilled:
            out.append(_again(*refilled))
        elif len(pair := (pairs or [own])[0]) > 1 and not _immutable(pair[0].expect[0]):
            out.append(_kept(*pair[:2]))
    return out


def _plain(case: Case) -> bool:
    """Tell whether a case is one call for plain data, which leaves its arguments alone."""
    unusual = {"raises", "mutates", "none"} & case.params.keys()
    if not isinstance(case.judge, str) or case.judge.endswith(("models.model", ".layers")):
        return False
    return len(case.calls) == 1 and bool(case.calls[0].args) and not unusual


def _immutable(value: object) -> bool:
    return isinstance(value, (bool, int, float, str))


def _refillable(a: Case, b: Case) -> bool:
    return any(
        _fits(one, other) for one, other in zip(a.calls[0].args, b.calls[0].args, strict=False)
    ) and len(a.calls[0].args) == len(b.calls[0].args)


def _fits(one: object, other: object) -> bool:
    """Tell whether an object that holds `one` can be filled with `other`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.ndim > 0 and one.shape == other.shape and one.dtype == other.dtype
    if isinstance(one, ModelData):
        return one.layers == other.layers and bool(one.weights)
    return isinstance(one, (dict, list))


def _kept(a: Case, b: Case) -> Case:
    calls = [a.calls[0], b.calls[0], Call(KEPT, [Result(0)])]
    return replace(a, calls=calls, judge="state.kept", params={}, expect=[None] * 3)


def _again(a: Case, b: Case) -> Case:
    first, second = [], []
    for key, (one, other) in enumerate(zip(a.calls[0].args, b.calls[0].args, strict=True)):
        fits = _fits(one, other)
        first.append(Same(key, one) if fits else one)
        second.append(Same(key, other) if fits else other)
    name = a.calls[0].function
    calls = [a.calls[0], b.calls[0], Call(KEPT, [Result(0)]), Call(name, first), Call(name, second)]
    expect = [a.expect[0], b.expect[0], None, a.expect[0], b.expect[0]]
    params = {k: v for k, v in {**a.params, **b.params}.items() if k != "quiet"}
    return replace(a, calls=calls, judge="state.again", params=params, expect=expect)


def kept(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the first result is still what it was, after another call."""
    before, after = outcomes[0].value, outcomes[2].value
    if same(before, after):
        return None
    name = case.calls[0].function
    what = f"{name} was called twice, and the second call changed the result of the first"
    step = "Make a new array in each call: a result that was returned is never touched again."
    return Finding("kept", what, 0, show(before), show(after), step)


def again(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge as `kept` does, and that the same object with other contents gets its own result."""
    finding = close(case, outcomes)
    if finding is None or finding.call > 1:
        finding = kept(case, outcomes) or finding
    if finding is None or finding.call != 4 or not same(outcomes[4].value, outcomes[3].value):
        return finding
    name = case.calls[0].function
    what = f"{name} gives the old result for an object whose contents are new"
    step = "Compute from the contents in each call: do not remember results by object or `id`."
    return Finding("remembered", what, 4, finding.expected, finding.got, step)
