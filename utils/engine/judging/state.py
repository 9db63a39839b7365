"""Find answers that keep something from one call to the next: a buffer, or remembered results.

`probe` makes one case of two others: the answer is called with both, the first result is looked at
again, and then one and the same object is given with the contents of the first and of the second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice, pairwise

import numpy as np

from utils.engine.calling import KEPT, Call, Outcome
from utils.engine.judging import Case, Finding, close, same, show, verdict
from utils.engine.plain import ModelData, Result, Same, Source, bare

STATE = ("kept", "remembered")  # the codes of findings that tell of nothing else
MODELS = ("models.model", ".layers")  # how judges end whose calls each build a model
TWICE = "state.own"  # the judge of two calls that each build a model
MOST_ASKED = 8  # cases of a function among which the one is looked for that shows most


def by_function(cases: list[Case]) -> list[list[Case]]:
    """Return the cases of each function, which are asked for their state together."""
    out: dict[str, list[Case]] = {}
    for case in cases:
        out.setdefault(case.calls[0].function, []).append(case)
    return list(out.values())


def probe(cases: list[Case], stepped: Collection[str] = ()) -> list[Case]:
    """Return cases that ask each function of `cases` for its state, as far as two of them allow.

    Two cases of a function are needed, whose expected values differ; for objects that are filled
    anew, their arrays must have the same shapes. What `refilled` shows of the functions that are
    asked so, `stepped`, is not asked again.
    """
    out = []
    for asked in by_function(cases):
        out += _by_other_judges(asked)
        out += _built_twice(asked)
        if asked[0].calls[0].function in stepped:
            continue
        own, valued = list(filter(_plain, asked)), _valued(asked)
        pairs = [(a, b) for a, b in combinations(valued, 2) if not same(a.expect[0], b.expect[0])]
        refillable = [pair for pair in pairs if _refillable(*pair)]
        beside = next((pair for pair in refillable if _alike_beside(*pair)), None)
        refilled = beside or (refillable or [None])[0]
        if refilled:
            out += [_again(*pair) for pair in (_by_place(refillable) or [refilled])]
        elif len(pair := (pairs or [own])[0]) > 1 and not _immutable(pair[0].expect[0]):
            out.append(_kept(*pair[:2]))
        asked = refilled or (pairs or [own])[0][:2]
        moving = sorted(valued, key=_still)
        other = next((pair for case in moving if (pair := _and_turned(case))), None)
        if other and not _immutable(other[0].expect[0]) and not _one_shape(asked):
            out.append(_kept(*other))  # a buffer for each shape is found by one shape twice
    return out


def _by_place(refillable: list[tuple[Case, Case]]) -> list[tuple[Case, Case]]:
    """Return, for each argument, two cases that differ in it alone, where there are such."""
    found: dict[int, tuple[Case, Case]] = {}
    for one, other in refillable:
        pairs = zip(one.calls[0].args, other.calls[0].args, strict=True)
        places = [place for place, pair in enumerate(pairs) if not _alike(*pair)]
        if len(places) == 1 and _fits(*(c.calls[0].args[places[0]] for c in (one, other))):
            found.setdefault(places[0], (one, other))
    return list(found.values())


def _built_twice(cases: list[Case]) -> list[Case]:
    """Return what asks for a model twice: each caller trains a model of its own."""
    own = [c for c in cases if len(c.calls) == 1 and str(c.judge).endswith(MODELS)][-1:]
    return [
        replace(
            case,
            calls=[case.calls[0], case.calls[0], Call(KEPT, [Result(0), Result(1)])],
            judge=TWICE,
            params={},
            expect=[None] * 3,
        )
        for case in own
    ]


def _by_other_judges(cases: list[Case]) -> list[Case]:
    """Return what to ask where results are judged by what they do, not by their numbers."""
    own = [case for case in cases if _is_usual(case) and case.judge != "close"]
    pairs = (pair for pair in combinations(own, 2) if _differ(*pair))
    out = [renewed(*pair) for pair in islice(pairs, 1)]
    several = next((case for case in own if case.calls[0] is not case.calls[-1]), None)
    if several and not any(_plain(case) and case.judge == "close" for case in cases):
        calls = [several.calls[0], several.calls[-1], Call(KEPT, [Result(0)])]
        out.append(replace(several, calls=calls, judge="state.kept", params={}, expect=[None] * 3))
    return out


def turned(cases: list[Case]) -> Iterator[tuple[Case, Case]]:
    """Yield cases of a function, each with its arrays rolled on: the same shapes.

    What the rolled ones should return is not known here.
    """
    close_ = sorted(_valued(cases), key=lambda case: (_still(case), _size(case)))
    return islice(filter(None, map(_and_turned, close_)), MOST_ASKED)


def varied(cases: list[Case]) -> list[tuple[Case, Case]]:
    """Return a case of a function whose results are judged by what they do, with others of it.

    These have all arrays rolled on, those of one argument, and another number. Whether they are
    inputs at all is not known here.
    """
    others = (case for case in cases if case.judge != "close" and _is_usual(case))
    first = next((case for case in others if _and_turned(case)), None)
    if first is None:
        return []
    places = range(len(first.calls[0].args))
    ways = [_and_turned(first, place) for place in (None, *places)]
    ways += [_and_counted(first, place) for place in places]
    return [pair for pair in ways if pair]


def _and_turned(case: Case, only: int | None = None) -> tuple[Case, Case] | None:
    calls = [
        Call(
            call.function,
            [
                _rolled(arg, place) if only in (None, place) else arg
                for place, arg in enumerate(call.args)
            ],
        )
        for call in case.calls
    ]
    other = replace(case, calls=calls, expect=[None] * len(calls))
    return (case, other) if _differ(case, other) else None


def _and_counted(case: Case, place: int) -> tuple[Case, Case] | None:
    """Return a case, and it with another number at a place; None where there is none."""
    number = _other_number(case.calls[0].args[place])
    if number is None or any(isinstance(bare(arg), ModelData) for arg in case.calls[0].args):
        return None
    calls = [Call(c.function, [*c.args[:place], number, *c.args[place + 1 :]]) for c in case.calls]
    return case, replace(case, calls=calls, expect=[None] * len(calls))


def _other_number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value + 1 if isinstance(value, int) else value / 2 or 1.0


def _rolled(arg: object, place: int) -> object:
    """Return an array with its rows moved on, those of each argument by another number.

    Of a model the outputs are. Numbers in increasing order, which an answer may count on, are
    halved instead.
    """
    value = bare(arg)
    if isinstance(value, ModelData) and value.weights:
        moved = [np.roll(w, 1, axis=-1) for w in value.weights[-2:]]
        return replace(value, weights=[*value.weights[:-2], *moved])
    if not isinstance(value, np.ndarray) or not value.ndim:
        return arg
    if (
        value.ndim == 1
        and value.dtype.kind == "f"
        and len(value) > 1
        and np.all(np.diff(value) > 0)
    ):
        return value / 2
    by = 1 + place % max(len(value) - 1, 1)
    return np.concatenate([value[-by:], value[:-by]])


def _still(case: Case) -> int:
    """Rank a case by how little its result may move with its arguments."""
    value = case.expect[0] if case.expect else None
    if value is None or _immutable(value) or (isinstance(value, np.ndarray) and not value.ndim):
        return 2
    return int(isinstance(value, np.ndarray) and same(value[1:], value[:-1]))


def _size(case: Case) -> int:
    return sum(np.size(bare(arg)) for arg in case.calls[0].args if not isinstance(arg, dict))


def stepwise(case: Case, other: Case) -> Case:
    """Return one case that goes from the arguments of one to those of another, one at a time."""
    args, last = [list(map(bare, each.calls[0].args)) for each in (case, other)]
    calls = [Call(case.calls[0].function, list(args))]
    for place, new in enumerate(last):
        if not _alike(args[place], new):
            args[place] = new
            calls.append(Call(case.calls[0].function, list(args)))
    return replace(case, calls=calls, expect=[None] * len(calls))


def numbered(cases: list[Case]) -> list[Case]:
    """Return cases of a function that change its numbers one at a time, and functions.

    The cases with most arguments come first. What is right is not known here.
    """
    own = _valued(cases)
    found = [steps for case in own if (steps := _with_other_numbers(case, own))]
    return sorted(found, key=lambda steps: -len(steps.calls))[:MOST_ASKED]


def _with_other_numbers(case: Case, own: list[Case]) -> Case | None:
    args, calls = list(case.calls[0].args), [case.calls[0]]
    for place, value in enumerate(args):
        other: object = _other_number(value)
        if isinstance(value, Source):
            given = (c.calls[0].args for c in own if _alike_but(place, c, case))
            other = next((each[place] for each in given if each[place] != value), None)
        if other is not None:
            args[place] = other
            calls.append(Call(case.calls[0].function, list(args)))
    if len(calls) == 1 or any(isinstance(bare(arg), ModelData) for arg in args):
        return None
    return replace(case, calls=calls, expect=[None] * len(calls))


def _alike_but(place: int, one: Case, other: Case) -> bool:
    """Tell whether the arguments of two cases have the same shapes, whatever is at a place."""
    pairs = list(zip(one.calls[0].args, other.calls[0].args, strict=False))
    return len(pairs) > place and all(
        _fits(a, b) or (np.ndim(bare(a)) == 0 and type(a) is type(b))
        for i, (a, b) in enumerate(pairs)
        if i != place
    )


def moved(steps: Case) -> int:
    """Return how often the result of a case moves from call to call."""
    return sum(not same(a, b) for a, b in pairwise(steps.expect))


def standing(steps: Case) -> int:
    """Return how many objects of a case do not move its result: of these nothing is shown."""
    return _objects(steps) - moved(steps)


def changes_all(steps: Case) -> bool:
    """Tell whether the steps of a case change each of its objects."""
    return len(steps.calls) > _objects(steps)


def _objects(steps: Case) -> int:
    return sum(map(_fillable, steps.calls[0].args))


def refilled(steps: Case) -> Case:
    """Return a case of `stepwise` that fills the same objects anew, for `fresh`.

    At its end the first result is looked at once more.
    """
    calls = [
        Call(call.function, [_refilled(key, arg) for key, arg in enumerate(call.args)])
        for call in steps.calls
    ]
    calls = [steps.calls[0], *calls, Call(KEPT, [Result(0)])]
    expect = [steps.expect[0], *steps.expect, None]
    return replace(steps, calls=calls, expect=expect, judge="state.fresh")


def renewed(case: Case, other: Case, stays: bool = False) -> Case:
    """Return one case that makes the calls of two with the same objects, for any judge of theirs.

    The second half is wrong where its judge says so and its results are those of the first half:
    then they belong to contents that are no more. With `stays` it is looked whether what the first
    call alone has returned stays as it was.
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
        first, second = outcomes[:count], outcomes[count : 2 * count]
        stale = all(same(a.value, b.value) for a, b in zip(first, second, strict=True))
        finding = verdict(other, second) if stale else None
        if finding is None:
            return _touched(case, *outcomes[2 * count :: 2]) if stays else None
        return _remembered(case.calls[0].function, replace(finding, call=count))

    calls = [*halves[0], *halves[1]]
    if stays:
        calls += [case.calls[0], other.calls[0], Call(KEPT, [Result(len(calls))])]
    return replace(case, calls=calls, judge=judge, expect=[None] * len(calls))


def _refilled(key: int, arg: object) -> object:
    return Same(key, bare(arg)) if _fillable(arg) else arg


def _fillable(arg: object) -> bool:
    value = bare(arg)
    return isinstance(value, ModelData) or (isinstance(value, np.ndarray) and value.ndim > 0)


def fresh(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that each call has a result of its own, not that of the call before, and keeps it."""
    finding = close(case, outcomes)
    if finding is None:
        return _touched(case, outcomes[0], outcomes[-1])
    at = finding.call
    if at < 2 or not same(outcomes[at].value, outcomes[at - 1].value):
        return finding
    return _remembered(case.calls[0].function, finding)


def own(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that two calls do not return one and the same model."""
    if outcomes[2].value is not True:
        return None
    name = case.calls[0].function
    what = f"{name} was called twice, and returned one and the same model"
    step = "Build a new model in each call: who trains the one would train the other as well."
    return Finding("kept", what, 1, next_step=step)


def _remembered(name: str, finding: Finding) -> Finding:
    what = f"{name} gives the result of the call before, though what it is given is new"
    step = "Compute from all arguments in each call: do not remember results by some of them."
    return Finding("remembered", what, finding.call, finding.expected, finding.got, step)


def _is_usual(case: Case) -> bool:
    """Tell whether a case calls one function for plain data, and leaves its arguments alone."""
    if not isinstance(case.judge, str) or case.judge.endswith(MODELS):
        return False
    alike = len({call.function for call in case.calls}) == 1
    usual = alike and all(call.args for call in case.calls)
    return usual and {"raises", "mutates", "none"}.isdisjoint(case.params)


def _plain(case: Case) -> bool:
    """Tell whether a case is a usual one of a single call."""
    return len(case.calls) == 1 and _is_usual(case)


def _valued(cases: list[Case]) -> list[Case]:
    """Return the plain cases among some whose results are judged by their values."""
    return [case for case in cases if case.judge == "close" and _plain(case)]


def _differ(case: Case, other: Case) -> bool:
    """Tell whether the objects of a case can be filled with what another has in their place."""
    if [len(c.args) for c in case.calls] != [len(c.args) for c in other.calls]:
        return False
    pairs = [
        pair
        for one, two in zip(case.calls, other.calls, strict=True)
        for pair in zip(one.args, two.args, strict=True)
    ]
    return any(_fits(*pair) and not _alike(*pair) for pair in pairs)


def _alike(one: object, other: object) -> bool:
    """Tell whether two arguments are equal; of models, whether their weights are."""
    models = isinstance(one, ModelData) and isinstance(other, ModelData)
    return same(one.weights, other.weights) if models else same(one, other)


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
    return _touched(case, outcomes[0], outcomes[2])


def _touched(case: Case, first: Outcome, last: Outcome) -> Finding | None:
    """Find that a result is no longer what it was."""
    before, after = first.value, last.value
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
