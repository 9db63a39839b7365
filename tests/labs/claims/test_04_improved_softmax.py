"""Is what lab 04 says about numbers true of its own data, seeds and functions?"""

import re

import numpy as np
import pytest

from tests.utils.figures import controls
from utils import reference
from utils.figures import improved_softmax


def test_the_sure_unit_costs_nothing_in_float32():
    """For the score 20: do the two plain forms give 0, and log1p the cost to six digits?"""
    e = np.exp(-np.float32(20))
    assert -np.log(1 / (1 + e)) == 0
    assert np.log(1 + e) == 0
    assert np.log1p(e) == pytest.approx(2.0612e-9, rel=1e-4)
    assert np.log1p(e) == pytest.approx(2e-9, rel=0.05)


def test_what_vanishes_beside_one_is_half_a_gap():
    """Is that 6e-8 in float32 and 1.1e-16 in float64, and twice as close to the left of 1?"""
    for kind, half in ((np.float32, 6e-8), (np.float64, 1.1e-16)):
        gap = np.spacing(kind(1))
        assert float(gap / 2) == pytest.approx(half, rel=0.02)
        assert kind(1) + gap / 2 == 1
        assert kind(1) + gap * kind(0.51) > 1
        assert kind(1) - np.nextafter(kind(1), kind(0)) == gap / 2


@pytest.mark.parametrize(("kind", "size"), [("float16", 12), ("float32", 89), ("float64", 710)])
def test_the_stages_break_at_the_sizes_of_the_text(kind, size):
    """Is the exponential of the largest logit the first number that is not held, at this size?"""
    with np.errstate(all="ignore"):
        held = [np.isfinite(np.exp(np.dtype(kind).type(z))) for z in (size - 1, size)]
    assert held == [True, False]


def test_the_four_edges_of_exp_are_those_of_the_text():
    """Does exp overflow above 88 and 709, and vanish below -103 and -745?"""
    with np.errstate(all="ignore"):
        for kind, over, under in ((np.float32, 88, -103), (np.float64, 709, -745)):
            assert np.isfinite(np.exp(kind(over)))
            assert np.isinf(np.exp(kind(over + 1)))
            assert np.exp(kind(under)) > 0
            assert np.exp(kind(under - 1)) == 0


def test_log_softmax_lies_between_minus_ln_c_and_0():
    """Is the largest entry -ln C for equal logits and 0 for a tower, at the distances of logits?"""
    assert reference.log_softmax(np.zeros(5)) == pytest.approx(-np.log(5) * np.ones(5))
    z = np.array([30.0, -20.0, 4.0])
    assert np.diff(reference.log_softmax(z)) == pytest.approx(np.diff(z))
    assert reference.log_softmax(np.array([100.0, 0.0]))[0] == 0


def test_keras_looks_behind_the_softmax_of_a_model_only():
    """Logits (1000, 0, 3), class 1: what does a softmax model pay, and what plain probabilities?"""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation("softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    logits, y = np.array([[1000.0, 0.0, 3.0]]), np.array([1])
    assert model.evaluate(logits, y, verbose=0) == pytest.approx(1000)
    loss = keras.losses.SparseCategoricalCrossentropy()
    assert float(loss(y, np.array([[1.0, 0.0, 0.0]]))) == pytest.approx(16.118, abs=1e-3)


def test_only_the_cost_from_logits_has_a_gradient():
    """What does GradientTape give for ln of softmax, for the cut-off one, and from the logits?"""
    import tensorflow as tf

    z = tf.Variable([[1000.0, 0.0, 3.0]])
    found = []
    for cost in (
        lambda: -tf.math.log(tf.nn.softmax(z)[0, 1]),
        lambda: -tf.math.log(tf.clip_by_value(tf.nn.softmax(z), 1e-7, 1.0)[0, 1]),
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([1], z)[0],
    ):
        with tf.GradientTape() as tape:
            J = cost()
        found.append(tape.gradient(J, z).numpy()[0])
    assert np.isnan(found[0]).all()
    assert np.array_equal(found[1], [0, 0, 0])
    assert np.array_equal(found[2], [1, -1, 0])


@pytest.mark.parametrize(
    ("spread", "cut", "logarithm"), [(10, "A", "A"), (20, "C", "A"), (105, "C", "D")]
)
def test_the_gradients_fail_where_the_lab_says(spread, cut, logarithm):
    """In float32: is the cut-off gradient 0 from a spread of 16 on, and the other nan past 103?"""
    fig = improved_softmax.gradient_map()
    with fig.hold():
        controls(fig)["scale (largest logit)"].value = 50
        controls(fig)["spread (largest - smallest)"].value = spread
    told = re.search(r"float32: ln of softmax (\S+), clipped at 1e-7 (\S+),", fig.text)
    letters = {"0": "C", "nan": "D"}
    assert letters.get(told[2], "A") == cut
    assert letters.get(told[1], "A") == logarithm


@pytest.mark.slow
def test_only_the_run_that_is_told_the_truth_learns():
    """After 8 of the lab's 15 epochs: does one network read most digits and the other hardly any?

    A run of the first epochs only; the lab's own is twice as long.
    """
    both = improved_softmax.train_both_ways(epochs=8)
    wrong, right = re.search(
        r"from_logits=False ([\d.]+), from_logits=True ([\d.]+) ", both.figure.text
    ).groups()
    assert float(wrong) > 1.5 > 0.6 > float(right)


def test_a_gap_of_2_2_is_a_factor_of_9_and_7_one_of_1100():
    """Are the two factors of the last section those of the exponential?"""
    assert np.exp(2.2) == pytest.approx(9, abs=0.05)
    assert np.exp(7) == pytest.approx(1100, rel=0.01)


@pytest.mark.parametrize(("pixels", "dies"), [(1, None), (16, 3), (255, 1)])
def test_the_plain_run_dies_after_the_steps_the_lab_tells(pixels, dies):
    """At which step does the cost become NaN, for each size of the pixels?"""

    def plain(z):
        grown = np.exp(z)
        return grown / grown.sum(axis=-1, keepdims=True)

    fig = improved_softmax.train_regression(plain)
    controls(fig)["pixels from 0 to"].value = pixels
    assert (f"NaN from step {dies} on" in fig.text) if dies else ("NaN" not in fig.text)
