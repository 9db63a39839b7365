"""Judge mini-batches by their properties, and a trained model by the traces its rows leave.

A mini-batch function is random, so no single result is expected: what is judged are sizes, that
every example comes once, where the randomness comes from, and that no order is left out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, models, show
from utils.engine.plain import HistoryData, ModelData

# --- mini-batches ---------------------------------------------------------------------------------


def sizes(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge the form of each epoch: 1-D arrays of ints, all of `batch_size` but the last."""
    for index, outcome in enumerate(outcomes):
        batches, finding = _read(case, index, outcome)
        if finding or (finding := _judge_sizes(case, index, batches)):
            return finding
    return None


def once(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that each epoch holds each of 0, ..., m - 1 exactly once."""
    found: list[Finding] = []
    for index, outcome in enumerate(outcomes):
        batches, finding = _read(case, index, outcome)
        if finding:
            return finding
        if finding := _judge_once(case, index, batches):
            found.append(finding)
    telling = [f for f in found if f.code == "repeats-within"]
    return (telling or found or [None])[0]


def drawn(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge where the order comes from.

    The calls: two generators of one seed, the first of them again, a generator of another seed.
    """
    orders, finding = _orders(case, outcomes)
    if finding:
        return finding
    name, first = case.calls[0].function, orders[0]
    shown = show(np.array(first))
    if all(order == list(range(len(order))) for order in orders):
        what, step = "the examples come in the order 0, 1, 2, ...", "Draw the order from rng."
        return Finding("in-order", f"{name}: {what}", 0, "a random order", shown, step)
    if orders[1] != first:
        what = f"{name}: generators of the same seed gave different orders"
        step = "Draw from the generator you are given, from no other."
        return Finding("other-generator", what, 1, shown, show(np.array(orders[1])), step)
    if orders[3] == first:
        what = f"{name}: generators of different seeds gave the same order"
        step = "Draw from the generator you are given."
        return Finding("same-for-every-seed", what, 3, "another order", shown, step)
    if orders[2] == first:
        what = f"{name}: two epochs from one generator have the same order"
        step = "Let rng go on: do not copy or reseed it."
        return Finding("same-every-epoch", what, 2, "another order", shown, step)
    return None


def orders(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that no order is left out, over many epochs from one generator.

    Up to m = 3 every order must occur, of the 24 of m = 4 all but four: what leaves some out leaves
    out half or more, but for some that m = 3 shows, and in 160 epochs chance misses five twice in a
    trillion classes. Beyond that every example must be seen at every place, and neighbours must be
    neither sorted nor consecutive more often than chance has it.
    """
    seen, finding = _orders(case, outcomes)
    if finding:
        return finding
    name, m = case.calls[0].function, len(seen[0])
    size = case.calls[0].args[1]
    table = np.array(seen)
    spared = 4 if m == 4 else 0
    if m <= 4 and len({tuple(order) for order in seen}) >= math.factorial(m) - spared:
        return None
    steps = np.diff(table, axis=1)
    if m > 4:
        everywhere = (
            all(len(set(column)) == m for column in table.T) if len(seen) > 12 * m else True
        )
        rising, beside = np.mean(steps > 0), np.mean(np.abs(steps) == 1)
        if everywhere and 0.4 < rising < 0.6 and beside < 0.35:
            return None
    code, what, step = _pattern(table, size)
    got = f"{len({tuple(order) for order in seen})} different orders in {len(seen)} epochs"
    return Finding(code, f"{name}: {what}", 0, "every order of the examples", got, step)


def _pattern(table: np.ndarray, size: int) -> tuple[str, str, str]:
    """Say what many orders of the same examples have in common: code, fact, next step."""
    m = table.shape[1]
    parts = [table[:, i : i + size] for i in range(0, m, size)]
    if (table == np.arange(m)).all():
        return "in-order", "the examples come in the order 0, 1, 2, ...", "Draw it from rng."
    if (table == table[0]).all():
        return "same-every-epoch", "every epoch has the same order", "Let rng go on."
    if size > 1 and all((np.diff(part, axis=1) > 0).all() for part in parts):
        return "sorted-batches", "each batch is sorted", "Leave the drawn order as it is."
    if (table != np.arange(m)).all():
        step = "A random permutation may leave an example where it is."
        return "never-in-place", "no example ever keeps its place", step
    if ((table - table[:, :1]) % m == np.arange(m)).all():
        step = "Where an order begins is not all that may vary."
        return "rotation", "every order is the same circle, begun elsewhere", step
    if size < m and all((np.sort(p, axis=1) == np.sort(p[0])).all() for p in parts):
        step = "Shuffle all examples first, then cut."
        return "fixed-batches", "the same examples always share a batch", step
    return "orders-missing", "some orders never occur", "Is every permutation possible?"


def _orders(case: Case, outcomes: list[Outcome]) -> tuple[list[list[int]], Finding | None]:
    """Read every epoch as one list of indices, each example once."""
    out = []
    for index, outcome in enumerate(outcomes):
        batches, finding = _read(case, index, outcome)
        finding = finding or _judge_sizes(case, index, batches) or _judge_once(case, index, batches)
        if finding:
            return [], finding
        out.append([int(i) for batch in batches for i in batch])
    return out, None


def _read(case: Case, index: int, outcome: Outcome) -> tuple[list[np.ndarray], Finding | None]:
    """Read one epoch as a list of 1-D arrays of ints, or say what it is instead."""
    name, value = case.calls[index].function, outcome.value

    def wrong(code: str, what: str, step: str) -> tuple[list, Finding]:
        return [], Finding(code, f"{name}: {what}", index, "a sequence of arrays of indices",
                           show(value), step)  # fmt: skip

    if isinstance(value, np.ndarray) and value.ndim:
        value = list(value)
    if not isinstance(value, list):
        return wrong("not-batches", "this is no sequence of batches", "See the example.")
    if not value:
        return wrong("no-batches", "there is no batch at all", "See the example.")
    batches = []
    for part in value:
        try:
            batch = np.asarray(part)
        except ValueError:
            return wrong("not-batches", "a batch is no array of indices", "See the example.")
        if batch.dtype.kind not in "biuf":
            return wrong("not-batches", "a batch is no array of indices", "See the example.")
        if batch.ndim == 0:
            return wrong("not-cut", "these are single indices, not batches", "Cut them up.")
        if batch.ndim > 1:
            return wrong("column", "a batch has more than one axis", "Each batch is (size,).")
        if batch.dtype.kind == "b":
            return wrong("masks", "a batch holds True and False", "Give the indices themselves.")
        if batch.dtype.kind == "f" and batch.size:
            return wrong("float-indices", "the indices are floats", "An index is an int.")
        batches.append(batch.astype(int))
    return batches, None


def _judge_sizes(case: Case, index: int, batches: list[np.ndarray]) -> Finding | None:
    name, (m, size) = case.calls[index].function, case.calls[index].args[:2]
    wanted = [size] * (m // size) + ([m % size] if m % size else [])
    got = [len(batch) for batch in batches]
    if got == wanted:
        return None

    def finding(code: str, what: str, step: str) -> Finding:
        return Finding(code, f"{name}: {what}", index, f"sizes {wanted}", f"sizes {got}", step)

    if 0 in got:
        return finding("empty-batch", "there is an empty batch", "Where does the last one begin?")
    if m % size and got == wanted[:-1]:
        return finding("last-dropped", "the last batch is missing", "It may be short, but exists.")
    if got == [size] * len(wanted):
        return finding("last-padded", "the last batch is too long", "It may be short.")
    if len(got) == 1:
        return finding("one-batch", "there is only one batch", "Cut the order into pieces.")
    runs = all((np.diff(batch) == 1).all() for batch in batches)
    if sorted(got) == sorted(wanted):
        if runs and sum(got) == m:
            step = "Shuffle the examples, then cut: not the batches."
            return finding("blocks", "the batches are shuffled, not the examples", step)
        return finding("short-first", "the short batch is not the last", "Cut from the front.")
    if len(got) == size and len(wanted) != size:
        step = "batch_size is the size of a batch, not their number."
        return finding("size-for-count", f"there are {size} batches", step)
    if len(got) == len(wanted) and sum(got) == m:
        step = "All batches but the last have batch_size examples."
        return finding("uneven", "the batches have other sizes", step)
    return finding("sizes", "the batches have other sizes", "See the example.")


def _judge_once(case: Case, index: int, batches: list[np.ndarray]) -> Finding | None:
    name, m = case.calls[index].function, case.calls[index].args[0]
    together = np.concatenate(batches)
    if np.array_equal(np.sort(together), np.arange(m)):
        return None

    def finding(code: str, what: str, step: str) -> Finding:
        return Finding(
            code, f"{name}: {what}", index, f"0 to {m - 1}, each once", show(together), step
        )

    if np.array_equal(np.sort(together), np.arange(1, m + 1)):
        return finding("from-one", "the indices begin at 1", "Examples are numbered from 0.")
    if together.min() < 0 or together.max() >= m:
        return finding("out-of-range", "an index is outside 0 to m - 1", "Which rows are there?")
    if any(len(set(batch.tolist())) < len(batch) for batch in batches):
        return finding("repeats-within", "an example occurs twice in a batch",
                       "An epoch visits every example once.")  # fmt: skip
    if len(set(together.tolist())) < len(together):
        return finding("repeats-across", "an example occurs in two batches",
                       "One permutation for the epoch, cut into batches.")  # fmt: skip
    return finding("examples-missing", "some examples are missing", "Are all batches there?")


# --- a trained model ------------------------------------------------------------------------------


def compiled(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge how the model given was compiled; params as in `models.model`, `argument` 0."""
    finding = models.model(case, outcomes)
    data = outcomes[-1].args_after[0] if outcomes[-1].args_after else None
    if (
        finding is None
        and not data.optimizer.get("steps", 1)
        and _moved(case.calls[-1].args[0], data)
    ):
        what = f"{case.calls[-1].function}: the model was compiled again after it was trained"
        return Finding(
            "compiled-again", what, len(outcomes) - 1, next_step="First compile, then fit."
        )
    if finding is None or finding.code != "loss" or not isinstance(data, ModelData):
        return finding
    code = f"loss-{data.loss['name']}"
    return Finding(
        code, finding.what, finding.call, finding.expected, finding.got, finding.next_step
    )


def _moved(before: ModelData, after: ModelData) -> bool:
    return any(not np.array_equal(a, b) for a, b in zip(before.weights, after.weights, strict=True))


def epochs(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the `History` of as many epochs as asked came back, and that no more ran."""
    name, value, asked = case.calls[-1].function, outcomes[-1].value, case.calls[-1].args[3]
    index = len(outcomes) - 1

    def finding(code: str, what: str, expected: str, got: str, step: str) -> Finding:
        return Finding(code, f"{name}: {what}", index, expected, got, step)

    if not isinstance(value, HistoryData):
        kind = {dict: "history-dict", ModelData: "model-returned"}.get(type(value), "no-history")
        got = {"history-dict": "a dict", "model-returned": "a model"}.get(kind, show(value))
        return finding(kind, "this is not the History", "the History", got,
                       "Return what `fit` returns.")  # fmt: skip
    done = max(len(value.epochs), *(len(v) for v in value.history.values() if _is_list(v)), 0)
    if done != asked:
        code = "one-epoch" if done == 1 else "other-epochs"
        step = "Pass `epochs` on to `fit`."
        return finding(code, "another number of epochs", f"{asked}", f"{done}", step)
    model = outcomes[-1].args_after[0]
    steps = value.params.get("steps")
    taken = (model.optimizer or {}).get("steps") if isinstance(model, ModelData) else None
    if steps and taken is not None and taken > asked * steps:
        return finding("fitted-twice", "the model was trained more than once",
                       f"{asked * steps} steps", f"{taken} steps", "Call `fit` once.")  # fmt: skip
    return None


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, np.ndarray))


def traces(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that every row took part, with its own label.

    Column 0 of `X` is 1 in every row and column `1 + i` only in row i; their weights start at 0.
    So the weights of column `1 + i` move if and only if row i is used, and in a direction that
    tells its label.
    """
    name, index = case.calls[-1].function, len(outcomes) - 1
    before, _, y, _ = case.calls[-1].args
    after, value = outcomes[-1].args_after[0], outcomes[-1].value

    def finding(code: str, what: str, got: str, step: str) -> Finding:
        return Finding(code, f"{name}: {what}", index, f"all {len(y)} rows used", got, step)

    same_shapes = isinstance(after, ModelData) and [w.shape for w in after.weights] == [
        w.shape for w in before.weights
    ]
    if not same_shapes:
        return finding("other-model", "the model given was replaced", "another model",
                       "Train the model you are given.")  # fmt: skip
    first = np.asarray(after.weights[0], dtype=float)
    if not np.isfinite(first).all():
        return finding("not-finite", "the weights are no longer finite numbers", "NaN or inf",
                       "Fit on X as it is.")  # fmt: skip
    moved = np.abs(first).max(axis=1) > 0
    if not moved.any():
        return finding("untrained", "the weights did not change", "no row used", "Call `fit`.")
    if not moved[1:].all():
        rows = ", ".join(str(i) for i in np.flatnonzero(~moved[1:]))
        seen = value.history if isinstance(value, HistoryData) else {}
        held = any(str(key).startswith("val_") for key in seen)
        return finding("held-back" if held else "rows-missing", "not all rows were trained on",
                       f"rows {rows} left no trace", "Fit on all of X and y.")  # fmt: skip
    if not moved[0]:
        return finding("rescaled", "X was changed before the fit",
                       "the column of ones left no trace", "Fit on X as it is.")  # fmt: skip
    out = np.asarray(before.weights[2], dtype=float)
    agree = np.mean((first[1:] @ out.sum(axis=1) > 0) == (np.asarray(y) > 0.5))
    calm = np.abs(after.weights[2] - out).max() < 1  # wilder steps may turn a direction around
    if calm and agree < 0.8:
        return finding("pairs", "rows were trained with the labels of other rows",
                       f"{agree:.0%} of the rows moved towards their own label",
                       "Keep row i of X with entry i of y.")  # fmt: skip
    return None
