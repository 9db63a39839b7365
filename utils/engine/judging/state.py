"""Find answers that keep something from one call to the next: a buffer, or remembered results.

`probe` makes one case of two others: the answer is called with both, the first result is looked at
again, and then one and the same object is given with the contents of the first and of the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, islice

import numpy as np

from utils.engine.calling import KEPT, Call, Outcome
from utils.engine.judging import Case, Finding, close, same, show, verdict
from utils.engine.plain import ModelData, Result, Same, bare

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
        refillable = [pair for pair in pairs if _refillable(*pair)]
        refilled = next((pair for pair in refillable if _alike_beside(*pair)), None)
        refilled = refilled or (refillable or [None])[0]
        if refilled:
            out.append(_again(*refilled))
        elif len(pair := (pairs or [own])[0]) > 1 and not _immutable(pair[0].expect[0]):
            out.append(_kept(*pair[:2]))
        asked = refilled or (pairs or [own])[0][:2]
        other = next((pair for case in valued if (pair := _and_turned(case))), None)
        if other and not _immutable(other[0].expect[0]) and not _one_shape(asked):
            out.append(_kept(*other))  # a buffer for each shape is found by one shape twice
        out += _by_other_judges([case for case in cases if case.calls[0].function == name])
    return out


def _by_other_judges(cases: list[Case]) -> list[Case]:
    """Return what to ask where results are judged by what they do, not by their numbers."""
    own = [case for case in cases if _is_usual(case) and case.judge != "close"]
    pairs = (pair for pair in combinations(own, 2) if _differ(*pair))
    out = [renewed(*pair) for pair in islice(pairs, 1)]
    several = next((case for case in own if case.calls[0] is not case.calls[-1]), None)
    if several and not any(map(_plain, cases)):
        calls = [several.calls[0], several.calls[-1], Call(KEPT, [Result(0)])]
        out.append(replace(several, calls=calls, judge="state.kept", params={}, expect=[None] * 3))
    return out


def turned(cases: list[Case]) -> list[tuple[Case, Case]]:
    """Return a case of each function, and it with its arrays rolled on: the same shapes.

    What the second one should return is not known here; nor whether it is an input at all, where
    results are judged by what they do.
    """
    out = []
    for name in dict.fromkeys(case.calls[0].function for case in cases):
        own = [case for case in cases if case.calls[0].function == name]
        for usual in (
            [case for case in own if _plain(case) and case.judge == "close"],
            [case for case in own if _is_usual(case) and case.judge != "close"],
        ):
            out += islice((pair for case in usual if (pair := _and_turned(case))), 1)
    return out


def _and_turned(case: Case) -> tuple[Case, Case] | None:
    calls = [
        Call(call.function, [_rolled(arg, place) for place, arg in enumerate(call.args)])
        for call in case.calls
    ]
    other = replace(case, calls=calls, expect=[None] * len(calls))
    return (case, other) if _differ(case, other) else None


def _rolled(arg: object, place: int) -> object:
    """Return an array with its rows moved on, those of each argument by another number."""
    value = bare(arg)
    rolls = isinstance(value, np.ndarray) and value.ndim
    return np.roll(value, place + 1, axis=0) if rolls else arg


def both(case: Case, other: Case) -> Case:
    """Return one case that makes the calls of two with the same objects, refilled, for `fresh`."""
    calls = [
        Call(each.calls[0].function, [_refilled(key, arg) for key, arg in enumerate(args)])
        for each in (case, other)
        for args in [each.calls[0].args]
    ]
    return replace(case, calls=calls, expect=[*case.expect, *other.expect], judge="state.fresh")


def renewed(case: Case, other: Case) -> Case:
    """Return one case that makes the calls of two with the same objects, for any judge of theirs.

    The second half is wrong where its judge says so and its results are those of the first half:
    then they belong to contents that are no more.
    """
    keys: dict[int, int] = {}
    halves: list[list[Call]] = [[], []]
    for one, two in zip(case.calls, other.calls, strict=True):
        pairs = [
            [Same(keys.setdefault(id(a), len(keys)), value) for value in (a, b)]
            if _fits(a, b)
            else [a, b]
            for a, b in zip(one.args, two.args, strict=True)
        ]
        for half, call, place in ((0, one, 0), (1, two, 1)):
            halves[half].append(Call(call.function, [pair[place] for pair in pairs]))
    count = len(case.calls)

    def judge(_: Case, outcomes: list[Outcome]) -> Finding | None:
        first, second = outcomes[:count], outcomes[count:]
        stale = all(same(a.value, b.value) for a, b in zip(first, second, strict=True))
        finding = verdict(other, second) if stale else None
        if finding is None:
            return None
        return _remembered(case.calls[0].function, replace(finding, call=count))

    calls = [*halves[0], *halves[1]]
    return replace(case, calls=calls, judge=judge, expect=[None] * len(calls))


def _refilled(key: int, arg: object) -> object:
    value = bare(arg)
    return Same(key, value) if isinstance(value, np.ndarray) and value.ndim else arg


def fresh(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the second call has a result of its own, and not that of the first."""
    finding = close(case, outcomes)
    if finding is None or finding.call != 1 or not same(outcomes[1].value, outcomes[0].value):
        return finding
    return _remembered(case.calls[0].function, finding)


def _remembered(name: str, finding: Finding) -> Finding:
    what = f"{name} gives the result of the call before, though the contents are new"
    step = "Compute from the contents in each call: do not remember results by object or shape."
    return Finding("remembered", what, finding.call, finding.expected, finding.got, step)


def _is_usual(case: Case) -> bool:
    """Tell whether a case calls one function for plain data, and leaves its arguments alone."""
    unusual = {"raises", "mutates", "none"} & case.params.keys()
    if not isinstance(case.judge, str) or case.judge.endswith(("models.model", ".layers")):
        return False
    alike = len({call.function for call in case.calls}) == 1
    return alike and all(call.args for call in case.calls) and not unusual


def _plain(case: Case) -> bool:
    """Tell whether a case is a usual one of a single call."""
    return len(case.calls) == 1 and _is_usual(case)


def _differ(case: Case, other: Case) -> bool:
    """Tell whether the objects of a case can be filled with what another has in their place."""
    if [len(c.args) for c in case.calls] != [len(c.args) for c in other.calls]:
        return False
    pairs = [
        pair
        for one, two in zip(case.calls, other.calls, strict=True)
        for pair in zip(one.args, two.args, strict=True)
    ]
    return any(_fits(*pair) and not same(*pair) for pair in pairs)


def _one_shape(asked: Sequence[Case]) -> bool:
    shapes = {str(_shapes(case.expect[0])) for case in asked}
    return len(asked) > 1 and len(shapes) == 1


def _shapes(value: object) -> object:
    return [_shapes(part) for part in value] if isinstance(value, list) else np.shape(value)


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


def _alike_beside(a: Case, b: Case) -> bool:
    """Tell whether two cases differ only in what can be filled anew."""
    pairs = zip(a.calls[0].args, b.calls[0].args, strict=True)
    return all(_fits(one, other) or same(one, other) for one, other in pairs)


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
