"""The figures of lab 04_improved_softmax, with and without the learner's functions."""

import re

import numpy as np
import pytest

from tests.utils.figures import controls, is_stood_in_for, picture, unfinished
from utils import reference
from utils.figures import improved_softmax as figures
from utils.figures.improved_softmax import maps


def plain_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def shifted_softmax(z):
    return plain_softmax(z - np.max(z, axis=-1, keepdims=True))


def cost(Z, y):
    shifted = Z - Z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return np.mean(losses)


def broken(*_):
    raise ZeroDivisionError


def misshapen(*_):
    return np.zeros(3)


FIGURES = {
    "number_line": (lambda: figures.number_line(), 0),
    "break_it": (figures.break_it, 0),
    "gradient_map": (figures.gradient_map, 0),
    "probability_map": (
        lambda f=None: figures.probability_map(plain_softmax, f, compare=True),
        1,
    ),
    "cost_map": (figures.cost_map, 2),
    "train_regression": (
        lambda f=None: figures.train_regression(plain_softmax, f, compare=True),
        1,
    ),
    "read_digits": (lambda f=None: figures.read_digits(None, f), 1),
}


def at(fig, scale, spread):
    """The caption of a map with the ring at a scale and a spread."""
    with fig.hold():
        controls(fig)["scale (largest logit)"].value = scale
        controls(fig)["spread (largest - smallest)"].value = spread
    return fig.text


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do the sliders of each figure and its words and pixels go together, without a note?"""
    fig = FIGURES[name][0]()
    words, pixels = fig.text, picture(fig)
    for slider in controls(fig).values():
        if getattr(slider, "index", None) is not None and hasattr(slider, "readout"):
            slider.index = 0
        elif hasattr(slider, "max"):
            slider.value = slider.max if slider.value != slider.max else slider.min
    assert fig.text != words
    assert not np.array_equal(picture(fig), pixels)
    assert fig.notes == []


@pytest.mark.parametrize("wrong", [unfinished, broken, misshapen])
@pytest.mark.parametrize("name", [name for name, (_, count) in FIGURES.items() if count])
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count)


def test_a_small_number_vanishes_beside_1():
    """Is 1 + h stored at the nearest float, and lost below half a gap, as the lab says?"""
    fig = figures.number_line()
    exponent = controls(fig)["h = 10^e, e"]
    exponent.value = -7.3
    assert "(1 + h) - 1 gives 0: off by 100%" in fig.text
    exponent.value = -7.2
    assert "(1 + h) - 1 gives 1.192e-07" in fig.text
    controls(fig)["type"].value = np.float64
    exponent.value = -16.0
    assert "gives 0" in fig.text
    exponent.value = -15.9
    assert "gives 2.22e-16" in fig.text


def test_the_magnifier_finds_the_number():
    """Does the button bring a far smaller h into view?"""
    fig = figures.number_line()
    controls(fig)["type"].value = np.float64
    controls(fig)["magnify 2^k times, k"].value = 40
    controls(fig)["h = 10^e, e"].value = -9.0
    assert "outside the magnifier" in fig.text
    next(c for c in fig.controls.children if "in view" in c.description).click()
    assert "outside the magnifier" not in fig.text


@pytest.mark.parametrize(
    ("scale", "spread", "single", "double"),
    [
        (80, 5, "plain 0.0058998", "plain 0.0058998"),
        (100, 5, "plain nan", "plain 0.0058998"),
        (90, 5, "plain 0;", "plain 0.0058998"),
        (720, 5, "plain nan", "plain nan"),
        (-746, 5, "plain nan", "plain nan"),
        (0, 200, "plain 0;", "plain 1.3839e-87"),
        (0, 800, "plain 0;", "plain 0;"),
    ],
)
def test_the_plain_formula_fails_where_the_lab_says(scale, spread, single, double):
    """Are overflow and underflow where the text puts them, in both precisions?"""
    text = at(figures.probability_map(plain_softmax), scale, spread)
    assert f"float32: {single}" in text
    assert f"float64: {double}" in text


def test_the_map_shows_the_learners_softmax_as_it_is():
    """Does a learner whose function is still the plain one see its NaN, without a note?"""
    fig = figures.probability_map(plain_softmax, plain_softmax, compare=True)
    assert "float64: plain nan, yours nan" in at(fig, 1000, 5)
    fig = figures.probability_map(plain_softmax, shifted_softmax, compare=True)
    assert "float64: plain nan, yours 0.0058998" in at(fig, 1000, 5)
    assert fig.notes == []


def test_the_cost_is_right_from_the_logits_only():
    """Is the cost infinite in two steps and right from the logits, where p rounds to 0?"""
    fig = figures.cost_map(shifted_softmax, cost)
    assert "float64: in two steps inf, from logits 2000; right 2000." in at(fig, 0, 2000)
    assert "float32: in two steps inf, from logits 200;" in at(fig, 0, 200)


@pytest.mark.parametrize("wrong", [unfinished, broken, misshapen])
def test_a_broken_plain_formula_is_noted(wrong):
    """Does a figure of the lab's own cell still show, if that cell was edited?"""
    for make in (figures.probability_map, figures.train_regression):
        assert any("plain_softmax" in note for note in make(wrong).notes)


def test_verdicts():
    """Are a right value, a rough one, a lost one and NaN told apart?"""
    values = np.array([1.00001, 1.01, 0.0, np.inf, np.nan])
    assert maps._judge(values, np.ones(5)).tolist() == [0, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("kind", "size", "stage"),
    [
        ("float16", 11, None),
        ("float16", 12, "exp of class 0"),
        ("float32", 88, None),
        ("float32", 89, "exp of class 0"),
        ("float64", 709, None),
        ("float64", 710, "exp of class 0"),
    ],
)
def test_softmax_breaks_at_the_exponential_first(kind, size, stage):
    """Is the first number that a float cannot hold the one that is named, at each edge?"""
    fig = figures.break_it()
    control = controls(fig)
    types = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
    with fig.hold():
        control["type"].value, control["size of the logits"].value = types[kind], size
    wanted = f"{kind} breaks first at {stage}: inf" if stage else f"{kind} holds every number"
    assert wanted in fig.text


def test_the_shift_saves_all_but_the_cost():
    """Without overflow, is the first thing to break the logarithm of a probability of 0?"""
    fig = figures.break_it()
    control = controls(fig)
    with fig.hold():
        control["subtract the largest logit first"].value, control["size of the logits"].value = (
            True,
            5000,
        )
    assert "float32 breaks first at -ln p of class 1: inf" in fig.text
    assert fig.text.endswith("The costs should be 0, 2500, 5000.")


def test_only_the_logits_give_a_gradient_everywhere():
    """Are the three gradients of the map those that TensorFlow computes for the same logits?"""
    fig = figures.gradient_map()
    told = at(fig, 1000, 1000)
    assert "float32: ln of softmax nan, clipped at 1e-7 0, from logits -1; right -1." in told
    at(fig, 1000, 10)
    found = re.search(r"float64: ln of softmax ([-.\d]+), .* from logits ([-.\d]+);", fig.text)
    assert found[1] == found[2]


@pytest.mark.parametrize(
    ("pixels", "words"),
    [(1, "plain: cost 1.18"), (16, "plain: NaN from step 3 on"), (255, "plain: NaN from step 1")],
)
def test_the_plain_run_dies_as_the_lab_says(pixels, words):
    """Does the run survive small pixels only, while a shifted softmax survives all?"""
    fig = figures.train_regression(plain_softmax, shifted_softmax, compare=True)
    controls(fig)["pixels from 0 to"].value = pixels
    assert words in fig.text
    read = int(fig.text.split("yours: ")[1].split(", ")[1].split("%")[0])
    assert read >= 90


def test_digits_are_read_with_the_given_network():
    """Are the logits those of the network, and the probabilities those of the learner?"""

    def model(X):
        return np.tile(np.arange(10.0), (len(X), 1))

    fig = figures.read_digits(model, lambda model, X: reference.softmax(model(X)))
    assert "class 9: logit 9.00, probability 0.632" in fig.text
    controls(fig)["only mistakes"].value = True
    assert "is a 9." not in fig.text
    fig = figures.read_digits(model, lambda model, X: np.full((len(X), 10), 0.25))
    assert "probability 0.250" in fig.text


@pytest.mark.slow
def test_only_the_loss_that_knows_of_logits_learns(capsys):
    """Does the run with from_logits=False stay near equal shares, and the other one learn?"""
    training = figures.train_both_ways(epochs=4)
    silent, told = re.findall(r"from_logits=\w+ ([\d.]+)", training.figure.text)[:2]
    assert float(silent) > 1.8
    assert float(told) < 1.2


@pytest.mark.slow
def test_training_shows_an_unfinished_network_with_the_reference(capsys):
    """Does the live curve go on with the reference, say so, and end with a usable network?"""
    training = figures.train_digits(unfinished, epochs=1)
    assert training.figure.notes == [
        "finish build_logits_model to see your own; the reference is drawn instead"
    ]
    assert "After epoch 1 the cost is: training" in training.figure.text
    assert "360" in figures.read_digits(training.model).text
