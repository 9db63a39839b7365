"""The figures of lab 02_activations, with and without the learner's functions."""

import re

import numpy as np
import pytest

from tests.utils.figures import (
    controls,
    is_stood_in_for,
    moves_without_a_note,
    not_numbers,
    picture,
    shown,
    unfinished,
)
from utils import data, reference
from utils.figures import activations as figures

FIGURES = {
    "three_activations": (figures.three_activations, 5),
    "saturation": (figures.saturation, 4),
    "deep_linear": (figures.deep_linear, 3),
    "relu_workshop": (figures.relu_workshop, 1),
    "dead_unit": (figures.dead_unit, 2),
    "pieces": (figures.pieces, 2),
}


def network(x, w, b, v, c):
    return np.maximum(np.outer(x, w) + b, 0) @ v + c


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do the first slider of each figure and its words and pixels go together, without a note?"""
    moves_without_a_note(FIGURES[name][0])


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count, least=1)


def test_the_three_activations_say_value_and_slope():
    """Are values and slopes those at the slider's score?"""
    fig = figures.three_activations()
    controls(fig)["score z"].value = -2.0
    assert fig.text == (
        "At z = -2.0: sigmoid 0.1192 with slope 0.105; relu 0 with slope 0; linear -2 with slope 1."
    )


def test_a_wrong_slope_is_drawn_as_it_is():
    """Does the learner see what was written, even if it is wrong?"""
    fig = figures.three_activations(sigmoid_slope=lambda z: z * (1 - z))
    controls(fig)["score z"].value = 2.0
    assert "with slope -2" in fig.text
    assert fig.notes == []


def test_the_sigmoid_loses_its_gradient_as_the_lab_says():
    """Is layer 1 of 8 two thousand times behind the last with sigmoid, and level with ReLU?"""
    fig = figures.saturation()
    assert "0.00046 times as much with sigmoid, 0.98 times with ReLU" in fig.text
    at = controls(fig)
    with fig.hold():
        at["layers"].value, at["size of the weights"].value = 8, 4.0
    assert "5.9e+03 with ReLU" in fig.text


def test_saturation_is_measured_with_the_learners_functions():
    """Does a sigmoid with the slope of a line lose nothing?"""
    fig = figures.saturation(sigmoid=np.tanh, sigmoid_slope=np.ones_like)
    assert "0.00046" not in fig.text


def test_the_linear_network_ends_as_the_best_line():
    """Does the collapsed network agree with least squares, and does ReLU do far better?"""
    fig = figures.deep_linear()
    frame = controls(fig)["frame"]
    frame.value = frame.max
    slope, height = np.polyfit(*data.wave(), 1)
    assert f"y = {slope:.3f} x + {height:.3f}" in fig.text
    x, y = data.wave()
    best = np.mean((slope * x + height - y) ** 2)
    assert f"the loss is {best:.3f} with linear layers and 0.00" in fig.text


@pytest.mark.parametrize(
    ("target", "units"),
    [
        ("roof", [(1, 0), (-1, -2), (-1, -4)]),
        ("late start", [(1, -1.5), (-3, -3), (2.5, -4.5)]),
        ("valley", [(-2, 0), (2, -1.5), (1, -4)]),
    ],
)
def test_the_workshop_can_be_solved(target, units):
    """Do the sliders reach every target that is made of three pieces?"""
    fig = figures.relu_workshop(network)
    at = controls(fig)
    at["target"].value = target
    assert "The target is matched" not in fig.text
    with fig.hold():
        for k, (slope, bias) in enumerate(units, start=1):
            at[f"unit {k}: slope v"].value, at[f"unit {k}: bias b"].value = slope, bias
    assert "The target is matched" in fig.text
    assert fig.notes == []


def test_the_bowl_cannot_be_matched():
    """Is there an error left, however the sliders stand, as the lab says?"""
    fig = figures.relu_workshop(network)
    at = controls(fig)
    at["target"].value = "bowl"
    with fig.hold():
        for k, (slope, bias) in enumerate([(-1.5, 0), (1.5, -2), (1.25, -4)], start=1):
            at[f"unit {k}: slope v"].value, at[f"unit {k}: bias b"].value = slope, bias
    error = float(fig.text.split("Error ")[1].rstrip("."))
    assert 0.05 < error < 1


def test_twice_the_pieces_leave_a_quarter_of_the_error():
    """Are the errors those that the lab tells?"""
    fig = figures.pieces()
    errors = []
    for points in (9, 17, 33):
        controls(fig)["points"].value = points
        errors.append(float(fig.text.split("largest error ")[1].rstrip(".")))
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_outside_the_points_the_learners_network_is_shown():
    """Does looking outside draw what this network does there?"""
    calls = []

    def fit(knots, values):
        calls.append(len(knots))
        slopes = np.diff(values) / np.diff(knots)
        return np.ones(len(slopes)), -knots[:-1], np.diff(slopes, prepend=0.0), values[0]

    fig = figures.pieces(fit, network)
    before = picture(fig)
    controls(fig)["look outside"].value = True
    assert not np.array_equal(picture(fig), before)
    assert fig.notes == []
    assert calls


def test_the_quiz_line_has_the_slopes_of_the_question():
    """Do the slopes left and right of x = 2 differ by the right answer?"""
    fig = figures.quiz_line()
    line = fig.canvas.axes[0].lines[0]
    slopes = np.diff(line.get_ydata()) / np.diff(line.get_xdata())
    assert slopes[1] - slopes[0] == -3
    assert "3 at x = 2" in fig.text


@pytest.mark.slow
def test_the_race_shows_losses_and_moves(monkeypatch):
    """Is the last picture the one after all epochs, with the loss and the move of both networks?"""
    displayed = shown(monkeypatch)
    figures.race("sigmoid", "relu", hidden_layers=1, epochs=1)
    (fig,) = displayed
    assert fig.text.startswith("sgd, epoch 1, loss: sigmoid 2.")
    assert "; relu " in fig.text
    assert fig.controls.children == ()
    left = fig.canvas.axes[0]
    assert [len(line.get_xdata()) for line in left.lines[1:]] == [2, 2]


@pytest.mark.parametrize(("bias", "learns"), [(-1.0, True), (-7.0, False)])
def test_a_unit_that_is_off_everywhere_stays_dead(bias, learns):
    """Does ReLU learn only where some score is above 0, and does a leaky one come back?"""
    fig = figures.dead_unit()
    at = controls(fig)
    at["bias at the start"].value = bias
    cost, start = (float(part) for part in re.findall(r"\d+\.\d+", fig.text)[-2:])
    assert (cost < start / 4) == learns
    if not learns:
        at["activation"].value = 1
        cost, start = (float(part) for part in re.findall(r"\d+\.\d+", fig.text)[-2:])
        assert cost < start / 4


def test_gradient_descent_tries_from_the_sliders():
    """Does the try start where the learner stands, and say where it ends?"""
    fig = figures.relu_workshop()
    at = controls(fig)
    assert "gradient descent reach" not in fig.text
    at["let gradient descent try from here"].value = True
    first = float(fig.text.split("reach ")[1].rstrip("."))
    at["unit 2: bias b"].value = -1.0
    assert float(fig.text.split("reach ")[1].rstrip(".")) != first


def test_the_zoo_says_what_each_animal_is_for():
    """Are activation and slope those of the chosen name?"""
    fig = figures.zoo()
    at = controls(fig)
    at["activation"].value, at["score z"].value = "GELU", 0.0
    assert fig.text.endswith("at z = 0.0 it gives 0.000 with slope 0.500.")
    at["activation"].value, at["score z"].value = "leaky ReLU", -2.0
    assert fig.text.endswith("at z = -2.0 it gives -0.200 with slope 0.100.")


def test_references_of_the_lab_agree_with_their_formulas():
    """Are the references right at the corner, far out, and for a network of any sign?"""
    z = np.array([-500.0, -1.5, 0.0, 0.25, 500.0])
    assert np.array_equal(reference.relu(z), np.maximum(z, 0))
    assert np.array_equal(reference.relu_slope(z), [0, 0, 0, 1, 1])
    a = reference.sigmoid(z)
    assert np.allclose(reference.sigmoid_slope(z), a * (1 - a), rtol=1e-12, atol=1e-16)
    assert np.array_equal(reference.linear(np.array([1, -2])), [1, -2])
    rng = np.random.default_rng(1)
    w, b, v = rng.normal(size=(3, 7))
    w[2] = 0
    x = rng.normal(size=9) * 3
    assert np.allclose(reference.relu_network(x, w, b, v, 0.3), network(x, w, b, v, 0.3))
    W1, b1, W2, b2 = (rng.normal(size=s) for s in ((4, 3), 3, (3, 2), 2))
    W, b = reference.collapse(W1, b1, W2, b2)
    assert np.allclose(W, W1 @ W2)
    assert np.allclose(b, b1 @ W2 + b2)


def test_the_wave_repeats_with_its_seed():
    """Is the curve's x increasing, and the noise that of the seed?"""
    x, y = data.wave()
    assert x.shape == y.shape == (60,)
    assert np.all(np.diff(x) > 0)
    assert np.array_equal(data.wave()[1], y)
    assert not np.array_equal(data.wave(seed=1)[1], y)
