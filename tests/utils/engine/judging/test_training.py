"""Are random mini-batches judged by their properties, and trained models by their traces?"""

import numpy as np
import pytest

from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.judging import Case, verdict
from utils.engine.models import dense
from utils.engine.plain import HistoryData, ModelData, Rng


def argsort(m, size, rng):
    order = np.argsort(rng.random(m))
    return np.split(order, range(size, m, size))


def one_by_one(m, size, rng):
    left = list(range(m))
    while left:
        yield [left.pop(int(rng.integers(len(left)))) for _ in range(min(size, len(left)))]


RIGHT = {
    "argsort of random numbers": argsort,
    "drawn one by one, a generator of lists": one_by_one,
    "a table where it divides": lambda m, size, rng: (
        rng.permutation(m).reshape(-1, size) if m % size == 0 else argsort(m, size, rng)
    ),
    "unsigned": lambda m, size, rng: [b.astype(np.uint16) for b in argsort(m, size, rng)],
}


def judged(function, judge, *epochs):
    case = Case([Call("minibatches", list(epoch)) for epoch in epochs], f"training.{judge}")
    return verdict(case, run_calls({"minibatches": function}, case.calls))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_with_every_seed(name):
    """Is chance never held against a right answer, over many seeds?"""
    f = RIGHT[name]
    for seed in range(15):
        rng = Rng(seed)
        assert judged(f, "sizes", (10, 4, rng), (8, 4, rng), (1, 5, rng)) is None
        assert judged(f, "once", (10, 4, rng), (8, 4, rng), (1, 5, rng)) is None
        twice = [(24, 2, r) for r in (rng, Rng(seed, 1), rng, Rng(seed + 99))]
        assert judged(f, "drawn", *twice) is None
        for m, size, epochs in ((3, 2, 100), (4, 3, 160), (12, 5, 200), (90, 8, 20)):
            assert judged(f, "orders", *[(m, size, rng)] * epochs) is None


def riffle(m, size, rng):
    """Shuffle even and odd examples apart from each other."""
    order = np.empty(m, int)
    order[::2], order[1::2] = rng.permutation(np.arange(0, m, 2)), rng.permutation(
        np.arange(1, m, 2)
    )  # fmt: skip
    return np.split(order, range(size, m, size))


def nearly_sorted(m, size, rng):
    """Sort by keys with many ties."""
    return np.split(np.argsort(rng.integers(0, 3, m), kind="stable"), range(size, m, size))


@pytest.mark.parametrize("wrong", [riffle, nearly_sorted])
def test_orders_that_never_occur_are_missed(wrong):
    """Is an order found missing in a large epoch, not only among three examples?"""
    assert judged(wrong, "orders", *[(12, 5, Rng(1))] * 200).code == "orders-missing"


def even(m, size, rng):
    """Draw even permutations only, half of all."""
    order = rng.permutation(m)
    if sum(a > b for i, a in enumerate(order) for b in order[i:]) % 2:
        order[[0, 1]] = order[[1, 0]]
    return np.split(order, range(size, m, size))


def never_as_it_was(m, size, rng):
    """Draw again where the order is 0, 1, 2, ..."""
    while (order := rng.permutation(m)).tolist() == list(range(m)):
        pass
    return np.split(order, range(size, m, size))


@pytest.mark.parametrize(("wrong", "m", "epochs"), [(even, 4, 160), (never_as_it_was, 3, 100)])
def test_half_of_the_orders_of_four_or_one_of_three_is_missed(wrong, m, epochs):
    """Is what leaves orders out found among few examples, seed by seed?"""
    for seed in range(15):
        found = judged(wrong, "orders", *[(m, 2, Rng(seed))] * epochs)
        assert found.code == "orders-missing"


def small_model(rows, after=None):
    """A model whose first weights are 0, or the same after training."""
    weights = [np.zeros((1 + rows, 2)), np.zeros(2), np.array([[2.0], [-1.0]]), np.zeros(1)]
    if after is not None:
        weights[0] = after
    return dense(1 + rows, [(2, "sigmoid"), (1, "sigmoid")], weights=weights)


def traced(first, y, value=None):
    """Judge the traces in first-layer weights."""
    rows = len(y)
    X = np.column_stack([np.ones(rows), np.eye(rows)])
    case = Case(
        [Call("compile_and_fit", [small_model(rows), X, np.array(y), 1])],
        "training.traces",
        {"none": True},
    )
    return verdict(case, [Outcome(value, args_after=[small_model(rows, first), X, np.array(y), 1])])


Y = [1, 0, 1, 0, 1]
GOOD = np.vstack([[0.1, 0.1], *([0.1, -0.1] if label else [-0.1, 0.1] for label in Y)])


def test_a_model_trained_on_all_rows_passes():
    """Do weights that moved for every row, towards its label, pass?"""
    assert traced(GOOD, Y) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda W: W * 0, "untrained"),
        (lambda W: np.vstack([W[:-1], [[0, 0]]]), "rows-missing"),
        (lambda W: -W, "pairs"),
        (lambda W: np.vstack([[[0, 0]], W[1:]]), "rescaled"),
        (lambda W: W * np.nan, "not-finite"),
        (lambda W: W[:-1], "other-model"),
    ],
)
def test_other_traces_are_told_apart(change, code):
    """Is each way to miss rows or labels named?"""
    assert traced(change(GOOD), Y).code == code


def test_rows_held_back_are_told_from_rows_left_out():
    """Does a validation loss in the History name the reason?"""
    history = HistoryData({"loss": [0.7], "val_loss": [0.7]}, [0], {"epochs": 1, "steps": 1})
    assert traced(np.vstack([GOOD[:-1], [[0, 0]]]), Y, history).code == "held-back"


@pytest.mark.parametrize(
    ("value", "steps", "code"),
    [
        (HistoryData({"loss": [1.0] * 3}, [0, 1, 2], {"steps": 2}), 6, None),
        (HistoryData({"loss": [1.0] * 3}, [0, 1, 2], {"steps": 2}), 12, "fitted-twice"),
        (HistoryData({"loss": [1.0]}, [0], {"steps": 2}), 2, "one-epoch"),
        (HistoryData({"loss": [1.0] * 4}, [0, 1, 2, 3], {"steps": 2}), 8, "other-epochs"),
        (HistoryData({}, [], {}), 0, "other-epochs"),
        ({"loss": [1.0] * 3}, 6, "history-dict"),
        ([1.0] * 3, 6, "no-history"),
    ],
)
def test_epochs_are_counted(value, steps, code):
    """Are the epochs of the History counted, and further training found out?"""
    model = small_model(2)
    trained = ModelData(model.inputs, model.layers, model.weights, None, {"steps": steps})
    case = Case([Call("compile_and_fit", [model, None, None, 3])], "training.epochs")
    finding = verdict(case, [Outcome(value, args_after=[trained, None, None, 3])])
    assert (finding.code if finding else None) == code
