"""Judge a split by its properties, and trained networks by their weights.

A split and a training are random, so no single result is expected. What is judged of a network is
computed here from the weights that came back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, show
from utils.engine.plain import Layout, ModelData, bare

ALLOWED = 60  # images that a training may use, for each that is given
PARTS = ("X_train", "X_test", "y_train", "y_test")

# --- shuffle_split --------------------------------------------------------------------------------


def parts(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge each split: sizes, every row once, each with its own label.

    The rows of `X` are all different.
    """
    for index, outcome in enumerate(outcomes):
        _, finding = _read(case, index, outcome)
        if finding:
            return finding
    return None


def order(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that both parts are in random order; the rows given are in the order of their label."""
    rows, finding = _read_all(case, outcomes)
    if finding:
        return finding
    name = case.calls[0].function
    for index, (train, test) in enumerate(rows):
        m = len(train) + len(test)

        def found(code: str, what: str, step: str, index=index, test=test) -> Finding:
            shown = f"rows {show(test)} as the test part"
            return Finding(code, f"{name}: {what}", index, "a random order", shown, step)

        everything = [[*train, *test], [*test, *train]]
        if list(range(m)) in everything:
            step = "The rows come sorted by label: shuffle first."
            return found("unshuffled", "nothing was shuffled", step)
        if set(test) in (set(range(len(test))), set(range(m - len(test), m))):
            step = "Shuffle all of the rows first, then cut."
            return found("block", "the test part is one end of the data", step)
        if _sorted(train) and _sorted(test):
            step = "Chosen at random, but left in the old order: use the shuffled order."
            return found("both-sorted", "both parts are still in the old order", step)
        if _sorted(train):
            step = "Take both parts from one shuffled order."
            return found("train-sorted", "the training part is still in the old order", step)
        if _sorted(test):
            step = "Take both parts from one shuffled order."
            return found("test-sorted", "the test part is still in the old order", step)
    return None


def seeds(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge what the seed decides. The calls: a seed, the same one again, another one."""
    rows, finding = _read_all(case, outcomes)
    if finding:
        return finding
    name, (first, again, other) = case.calls[0].function, rows
    if first != again:
        return Finding(
            "unseeded", f"{name}: the same seed gave two different splits", 1,
            f"rows {show(first[1])} as the test part again", f"rows {show(again[1])}",
            "Draw everything from a generator made from the seed.",
        )  # fmt: skip
    if first == other:
        return Finding(
            "same-for-all", f"{name}: another seed gave the same split", 2, "another split",
            f"rows {show(first[1])} as the test part again", "Where does the seed go?",
        )  # fmt: skip
    return None


def _sorted(rows: list[int]) -> bool:
    return rows == sorted(rows)


def _read_all(case: Case, outcomes: list[Outcome]) -> tuple[list, Finding | None]:
    out = []
    for index, outcome in enumerate(outcomes):
        rows, finding = _read(case, index, outcome)
        if finding:
            return [], finding
        out.append(rows)
    return out, None


def _read(case: Case, index: int, outcome: Outcome) -> tuple[tuple, Finding | None]:
    """Return the row numbers of both parts, or what is wrong with them."""
    name, (X, y, size, *_) = case.calls[index].function, case.calls[index].args
    X = X.array if isinstance(X, Layout) else X
    m, value = len(X), outcome.value

    def wrong(code: str, what: str, expected: str, got: str, step: str) -> tuple[tuple, Finding]:
        return (), Finding(code, f"{name}: {what}", index, expected, got, step)

    try:
        arrays = [np.asarray(part) for part in value] if isinstance(value, list) else []
    except ValueError:
        arrays = []
    if len(arrays) != 4 or any(a.dtype.kind not in "biuf" for a in arrays):
        return wrong("count", "four arrays are asked for", ", ".join(PARTS), show(value),
                     "See the signature.")  # fmt: skip
    got = ", ".join(f"{part} {a.shape}" for part, a in zip(PARTS, arrays, strict=True))
    shapes = [(m - size, *X.shape[1:]), (size, *X.shape[1:]), (m - size,), (size,)]
    expected = ", ".join(f"{part} {shape}" for part, shape in zip(PARTS, shapes, strict=True))
    found = [a.shape for a in arrays]
    if found != shapes:
        if found == [shapes[i] for i in (0, 2, 1, 3)]:
            return wrong("pairs", "the parts come in another order", expected, got,
                         "First both parts of X, then both of y.")  # fmt: skip
        if found == [shapes[i] for i in (1, 0, 3, 2)]:
            return wrong("swapped", "train and test have changed places", expected, got,
                         "test_size is the size of the test part.")  # fmt: skip
        if found[0] == X.shape and found[1] == shapes[1]:
            return wrong("train-is-all", "the training part holds all of the rows", expected, got,
                         "What is in the test part must not be in the training part.")  # fmt: skip
        if found[0][1:] == X.shape[1:] and found[0][0] + found[1][0] < m:
            return wrong("rows-dropped", "some rows are in neither part", expected, got,
                         "Where does one part end, and the other begin?")  # fmt: skip
        return wrong("shapes", "the parts have other shapes", expected, got,
                     "test_size is a number of rows.")  # fmt: skip
    rows = np.vstack(arrays[:2]).astype(float)
    distance = np.abs(rows[:, None, :] - X[None].astype(float)).max(axis=2)
    if distance.min(axis=1).max() > 1e-6 * max(1.0, float(np.abs(X).max())):
        return wrong("changed", "a row is none of the rows of X", "rows of X",
                     show(rows[int(np.argmax(distance.min(axis=1)))]),
                     "Whole rows are moved; nothing in them changes.")  # fmt: skip
    numbers = distance.argmin(axis=1)
    train, test = numbers[: m - size].tolist(), numbers[m - size :].tolist()
    if set(train) & set(test):
        both = sorted(set(train) & set(test))
        return wrong("overlap", "rows are in the training part and in the test part",
                     "no row in both", f"rows {show(both)}",
                     "A test on rows that were studied tests nothing.")  # fmt: skip
    if len(set(numbers.tolist())) < m:
        return wrong("repeated", "a row occurs twice", "each row once", show(np.sort(numbers)),
                     "Draw without replacement.")  # fmt: skip
    if any(a.dtype.kind not in "iu" for a in arrays[2:]):
        return wrong("float-labels", "the labels are no longer whole numbers", "int",
                     str(arrays[2].dtype), "Index y as it is.")  # fmt: skip
    y = y.array if isinstance(y, Layout) else y
    own = y[numbers]
    off = np.flatnonzero(own != np.concatenate(arrays[2:]))
    if not len(off):
        return (train, test), None
    text = f"{len(off)} of {m} rows have the label of another row"
    if not (off < m - size).any():
        return wrong("test-labels", "the test rows have lost their labels", "each its own", text,
                     "One order for X and y, in both parts.")  # fmt: skip
    return wrong("labels", "rows and labels no longer belong together", "each row its own label",
                 text, "Draw one order, and use it for X and for y.")  # fmt: skip


# --- networks -------------------------------------------------------------------------------------


def logits(weights: list, X: np.ndarray) -> np.ndarray:
    """Return the outputs of dense layers `W, b, W, b, ...`, ReLU between them, none at the end."""
    out = np.asarray(X, dtype=float)
    for number in range(0, len(weights), 2):
        out = np.maximum(out, 0) if number else out
        out = out @ np.asarray(weights[number], float) + np.asarray(weights[number + 1], float)
    return out


def cost(weights: list, X: np.ndarray, y: np.ndarray) -> float:
    """Return the mean cross-entropy of the classes `y`."""
    Z = logits(weights, X)
    return float(np.mean(np.logaddexp.reduce(Z, axis=1) - Z[np.arange(len(y)), y]))


def share(weights: list, X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows that are read correctly."""
    return float(np.mean(np.argmax(logits(weights, X), axis=1) == y))


def trained(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the model given was trained, within its allowance of images, and learned."""
    return rules(case, outcomes) or _learned(case, outcomes)


def rules(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the model given was trained, within its allowance of images."""
    before, X, *_ = case.calls[-1].args
    after, index, name = outcomes[-1].args_after[0], len(outcomes) - 1, case.calls[-1].function

    def finding(code: str, what: str, expected: str, got: str, step: str) -> Finding:
        return Finding(code, f"{name}: {what}", index, expected, got, step)

    kept = (
        isinstance(after, ModelData)
        and after.layers == before.layers
        and [w.shape for w in after.weights] == [w.shape for w in before.weights]
    )
    if not kept:
        return finding("other-model", "the layers of the model given have changed", show(before),
                       show(after), "Train the network you are given.")  # fmt: skip
    seen = (after.optimizer or {}).get("rows", 0)
    moved = any(
        not np.array_equal(a, b) for a, b in zip(after.weights, before.weights, strict=True)
    )
    if not moved and seen:
        return finding("another-trained", "another model was trained, not the one given",
                       "new weights", "the old weights",
                       "Nobody keeps what you train inside: train the model given.")  # fmt: skip
    if not moved:
        return finding("untrained", "the weights have not changed", "new weights",
                       "the old weights", "Which method of the model trains it?")  # fmt: skip
    if not all(np.isfinite(w).all() for w in after.weights):
        return finding("not-finite", "weights are no longer finite numbers", "numbers",
                       "NaN or inf", "Are the steps far too large?")  # fmt: skip
    if not seen:
        return finding("set-from-elsewhere", "the weights changed without training", "training",
                       "no gradient passed through a Keras model",
                       "Train by `fit`, or by gradients of the model.")  # fmt: skip
    allowed = ALLOWED * len(X)
    if seen > allowed:
        code = "far-too-many-images" if seen > 1.9 * allowed else "too-many-images"
        return finding(code, "the training used too many images", f"at most {allowed:,}",
                       f"{seen:,}", "How many images does an epoch use?")  # fmt: skip
    return None


def _learned(case: Case, outcomes: list[Outcome]) -> Finding | None:
    before, X, y, *_ = case.calls[-1].args
    after, index, name = outcomes[-1].args_after[0], len(outcomes) - 1, case.calls[-1].function
    first, last = cost(before.weights, X, y), cost(after.weights, X, y)
    if last < 0.9 * first:
        return None

    def finding(code: str, what: str, step: str) -> Finding:
        expected = f"a cost well below {first:.3f}, where it began"
        return Finding(code, f"{name}: {what}", index, expected, f"{last:.3f}", step)

    if not (after.loss or {}).get("from_logits", True):
        return finding("probability-loss", "the loss takes logits for probabilities",
                       "The outputs are logits: tell the loss.")  # fmt: skip
    if len(set(np.argmax(logits(after.weights, X), axis=1).tolist())) <= 2:
        return finding("one-class", "the network gives nearly every image the same answer",
                       "Are the steps far too large?")  # fmt: skip
    if last >= first:
        return finding("worse", "the network reads the images worse than before",
                       "Does each image still have its own label?")  # fmt: skip
    return finding("hardly", "the network has hardly learned anything",
                   "How many steps did it take, and how large?")  # fmt: skip


# --- the network in NumPy -------------------------------------------------------------------------


def network(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge the form of what every call returned: four arrays of finite numbers."""
    for index, (call, outcome) in enumerate(zip(case.calls, outcomes, strict=True)):
        if finding := _form(call.function, index, call.args, outcome.value):
            return finding
    return None


def _form(name: str, index: int, args: list, value: Any) -> Finding | None:
    X, _, hidden = map(bare, args[:3])
    shapes = [(X.shape[1], hidden), (hidden,), (hidden, 10), (10,)]
    expected = ", ".join(f"{n} {s}" for n, s in zip(("W1", "b1", "W2", "b2"), shapes, strict=True))

    def finding(code: str, what: str, got: str, step: str) -> Finding:
        return Finding(code, f"{name}: {what}", index, expected, got, step)

    try:
        arrays = [np.asarray(part) for part in value] if isinstance(value, list) else []
    except ValueError:
        arrays = []
    if len(arrays) != 4 or any(a.dtype.kind not in "iuf" for a in arrays):
        return finding("count", "four arrays are asked for", show(value), "See the signature.")
    found = [a.shape for a in arrays]
    got = ", ".join(map(str, found))
    if found != shapes:
        if found == [shapes[i] for i in (0, 2, 1, 3)]:
            return finding("order", "the arrays come in another order", got, "See the signature.")
        if [s[-1] for s in found] == [s[-1] for s in shapes] and len(found[1]) == 2:
            return finding("row-biases", "the biases have an axis too many", got,
                           "One bias for each unit.")  # fmt: skip
        if found[0] == shapes[0][::-1]:
            return finding("transposed", "the weights are transposed", got,
                           "X @ W1 must be possible.")  # fmt: skip
        if found[0][:1] == shapes[0][:1] and found[0] != shapes[0]:
            return finding("other-hidden", "the hidden layer has another size", got,
                           "It has `hidden` units.")  # fmt: skip
        return finding("shapes", "the shapes are others", got, "See the signature.")
    if not all(np.isfinite(a).all() for a in arrays):
        return finding("not-finite", "the weights hold NaN or inf", "NaN or inf",
                       "Print them after the first step.")  # fmt: skip
    return None


def first_step(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge what a single step shows.

    The calls: one step at a rate, the same again, one step at a larger rate; all the same else. In
    its first step Adam moves every parameter by the rate (where the gradient is not 0), so that
    the difference of the first and the last network is known but for its signs.
    """
    if finding := network(case, outcomes):
        return finding
    name = case.calls[0].function
    first, again, large = [[np.asarray(p, float) for p in o.value] for o in outcomes]
    rate = case.calls[2].args[4] - case.calls[0].args[4]

    def finding(code: str, what: str, expected: str, got: str, step: str, call=2) -> Finding:
        return Finding(code, f"{name}: {what}", call, expected, got, step)

    if any(not np.allclose(a, b, rtol=1e-6, atol=1e-9) for a, b in zip(first, again, strict=True)):
        step = "Draw everything from a generator made from the seed."
        what = "the same seed gave two different networks"
        return finding("unseeded", what, "the same weights", "others", step, 1)
    moves = [np.abs(b - a) / rate for a, b in zip(first, large, strict=True)]
    sizes = np.sort(moves[3])
    expected = f"every entry of b2 moved by {rate:.3g} more"
    got = show((large[3] - first[3]).round(6))
    if sizes[-1] < 1e-9 and max(m.max() for m in moves) > 1e-9:
        return finding("biases-fixed", "b2 does not change", expected, got,
                       "Biases have gradients too.")  # fmt: skip
    if sizes[-1] < 1e-9:
        return finding("rate-ignored", "the rate makes no difference", expected, got,
                       "Where does alpha go?")  # fmt: skip
    if np.ptp(first[0], axis=1).max() < 1e-12:
        step = "Equal units get equal gradients, step after step."
        what = "all hidden units are alike"
        return finding("all-alike", what, "random starting weights", "equal columns of W1", step)
    if moves[0].max() < 1e-9:
        step = "The error goes back through W2 to the hidden layer."
        return finding("hidden-fixed", "W1 does not change", f"{rate:.3g} more", "no change", step)
    if sizes[0] > 0.94 and sizes[-1] < 1.06:
        signs = np.sign(large[3] - first[3])
        if abs(signs.sum()) == len(signs):
            return finding("targets-missing", "all of b2 moves the same way", "some up, some down",
                           got, "What is true must be subtracted from what was said.")  # fmt: skip
        return None
    factor = float(np.median(sizes))
    if np.ptp(sizes) < 0.05 * factor:
        kinds = {3.162: "no-correction", 0.1: "first-moment", 31.62: "second-moment"}
        for size, code in kinds.items():
            if abs(factor - size) < 0.06 * size:
                return finding(code, f"the first step is {factor:.3g} times what it should be",
                               expected, got, "Work out Adam's first step by hand.")  # fmt: skip
        return finding("other-rate", f"the first step is {factor:.3g} times what it should be",
                       expected, got, "Work out Adam's first step by hand.")  # fmt: skip
    if sizes[-1] < 1:
        return finding("not-adam", "steps of plain gradient descent", expected, got,
                       "Adam gives each parameter a step of its own.")  # fmt: skip
    return finding("more-steps", "one step was asked for", expected, got, "Take `steps` steps.")


def learned(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge that the images given are read correctly in the end; param `share` says how many."""
    if finding := network(case, outcomes):
        return finding
    X, y, *_, steps, _, _ = case.calls[-1].args
    got, index = share(outcomes[-1].value, X, y), len(outcomes) - 1
    if got >= case.params["share"]:
        return None
    name = case.calls[-1].function
    code = "uphill" if got < 0.1 else "not-learned"
    return Finding(code, f"{name}: after {steps} steps the network has not learned to read", index,
                   f"at least {case.params['share']:.0%} of the images given read correctly",
                   f"{got:.0%}", "Does the cost fall from step to step?")  # fmt: skip
