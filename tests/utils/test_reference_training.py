"""Do the references and the data of lab 01_training mean what the curriculum says?"""

import numpy as np
import pytest

from autograder.authoring.declaration import load
from utils import data, reference

RIGHT = {
    name: answer
    for exercise in load("01_training").exercises
    if exercise.kind == "function"
    for name, answer in exercise.answers.items()
}


@pytest.fixture
def unit():
    rng = np.random.default_rng(5)
    X, w = rng.normal(size=(40, 3)), 3 * rng.normal(size=3)
    return X, rng.integers(0, 2, 40), w, 0.7


def test_probability_and_cost_are_those_of_the_exercises(unit):
    """Do unit and cost agree with the declared answers, clipped ends included?"""
    X, y, w, b = unit
    p = reference.logistic_unit(X, w, b)
    np.testing.assert_allclose(p, RIGHT["predict"](X, w, b), rtol=1e-12)
    p[:2] = 0, 1
    for labels in (y, 1 - y):
        cost = reference.binary_cross_entropy(labels, p)
        assert cost == pytest.approx(RIGHT["binary_cross_entropy"](labels, p))


@pytest.mark.parametrize("size", [1, 30])
def test_gradient_is_that_of_the_exercise(unit, size):
    """Is the complex-step derivative p - y throughout, for large scores too?"""
    X, y, w, b = unit
    mine, right = (f(X, y, size * w, b) for f in (reference.cost_gradient, RIGHT["cost_gradient"]))
    np.testing.assert_allclose(mine[0], right[0], rtol=1e-9, atol=1e-14)
    assert mine[1] == pytest.approx(right[1])


def test_descent_is_that_of_the_exercise(unit):
    """Are parameters and costs the same after several steps, and the arguments untouched?"""
    X, y, w, b = unit
    before = w.copy()
    mine = reference.gradient_descent(X, y, w, b, 0.4, 6)
    right = RIGHT["gradient_descent"](X, y, w, b, 0.4, 6)
    for part, expected in zip(mine, right, strict=True):
        np.testing.assert_allclose(part, expected, rtol=1e-9)
    np.testing.assert_array_equal(w, before)


def test_batches_hold_every_example_once():
    """Are the sizes right, and is every index there once?"""
    batches = reference.minibatches(10, 4, np.random.default_rng(0))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches)) == list(range(10))


def test_two_features_are_scaled_and_nearly_enough():
    """Have both features mean 0 and deviation 1, and does a straight border tell most digits?"""
    X, y = data.digits_two_features()
    assert X.shape == (360, 2)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)
    w, b, _ = RIGHT["gradient_descent"](X, y, np.zeros(2), 0.0, 2.0, 200)
    assert 0.9 < np.mean((RIGHT["predict"](X, w, b) >= 0.5) == y) < 1
