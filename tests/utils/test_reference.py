"""The reference implementations, against formulas written out here."""

import subprocess
import sys

import numpy as np
import pytest

from utils import reference


@pytest.fixture
def case():
    """A batch of softmax regression: X, y, W, b."""
    rng = np.random.default_rng(5)
    X, W, b = rng.normal(size=(7, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)
    return X, rng.integers(4, size=7), W, b


def test_softmax_is_exponentials_over_their_sum():
    """Is softmax right for one row, for a batch, for integers and for huge logits?"""
    z = np.array([[0.0, 1.0, 2.0], [3.0, -1.0, 0.5]])
    e = np.exp(z)
    assert np.allclose(reference.softmax(z), e / e.sum(axis=1, keepdims=True), rtol=1e-12)
    assert np.allclose(reference.softmax(np.array([0, 0])), 0.5)
    assert np.array_equal(reference.stable_softmax(np.array([1e4, 0.0])), [1, 0])


def test_logarithms_match():
    """Are log_softmax and log_sum_exp the logarithms that their names say?"""
    z = np.array([[0.0, 1.0, 2.0]])
    assert np.allclose(reference.log_softmax(z), np.log(reference.softmax(z)))
    assert np.allclose(reference.log_sum_exp(z), np.log(np.exp(z).sum(axis=1)))


def test_sigmoid_is_the_two_class_softmax():
    """Is the sigmoid of z the second share of the logits 0 and z?"""
    assert reference.sigmoid(0.3) == pytest.approx(reference.softmax(np.array([0, 0.3]))[1])


def test_one_hot_refuses_labels_outside():
    """Is a label below 0 or above the last class a ValueError?"""
    assert np.array_equal(reference.one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])
    for label in (-1, 3):
        with pytest.raises(ValueError, match="index"):
            reference.one_hot(np.array([label]), 3)


def test_cross_entropy_has_a_floor():
    """Is the cost the mean of the logarithms, with 1e-12 in place of less?"""
    P = np.array([[0.125, 0.25, 0.625], [1.0, 0.0, 0.0]])
    expected = -(np.log(0.625) + np.log(1e-12)) / 2
    assert reference.cross_entropy(P, np.array([2, 1])) == pytest.approx(expected, rel=1e-12)


def test_the_gradient_is_the_error_carried_back(case):
    """Is the complex-step gradient P - Y carried back, to rounding?"""
    X, y, W, b = case
    error = reference.predict_proba(X, W, b) - np.eye(4)[y]
    dW, db = reference.softmax_gradient(X, y, W, b)
    assert np.allclose(dW, X.T @ error / 7, rtol=1e-10, atol=1e-14)
    assert np.allclose(db, error.mean(axis=0), rtol=1e-10, atol=1e-14)


def test_the_class_is_the_most_probable(case):
    """Does predict name the largest probability?"""
    X, _, W, b = case
    expected = np.argmax(reference.predict_proba(X, W, b), axis=1)
    assert np.array_equal(reference.predict(X, W, b), expected)


def test_importing_the_reference_is_light():
    """Is no library imported before a function needs it?"""
    code = (
        "import sys; import utils.reference, utils.data; "
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_network_has_the_shape_of_the_lab():
    """Has the reference network 25, 15 and 10 units and 2175 numbers to learn?"""
    model = reference.build_softmax_model(64, 10)
    assert [layer.units for layer in model.layers] == [25, 15, 10]
    assert model.count_params() == 2175
