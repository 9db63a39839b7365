"""Is what lab 02 says about numbers true of its own data, seeds and functions?"""

import re
from functools import cache

import numpy as np
import pytest

from tests.labs.claims.text import says
from tests.utils.figures import controls
from utils import data, reference
from utils.figures import activations
from utils.figures.fitting import fit


@cache
def race(activation, optimizer, hidden, seed, epochs=15):
    """Train one network of the race: its losses by epoch, the share read correctly, the moves.

    The moves are those of each layer since the start, a row for each epoch.
    """
    import keras

    X, _, y, _ = data.digits_split()
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(25, activation=activation) for _ in range(hidden)]
    model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10, "softmax")])
    rate = keras.optimizers.SGD(0.1) if optimizer == "sgd" else optimizer
    model.compile(rate, "sparse_categorical_crossentropy")
    start = [layer.get_weights()[0] for layer in model.layers]
    losses, moved = [], []

    def measure(*_):
        losses.append(reference.cross_entropy(np.asarray(model(X)), y))
        moved.append([
            np.sqrt(np.mean((layer.get_weights()[0] - then) ** 2))
            for layer, then in zip(model.layers, start, strict=True)
        ])  # fmt: skip

    each = keras.callbacks.LambdaCallback(on_epoch_end=measure)
    fit(model, X, y, epochs, watch=[each])
    return losses, np.mean(np.asarray(model(X)).argmax(axis=1) == y), np.array(moved)


def test_exp_overflows_from_710_on():
    """Is 709 the last whole number with a finite exponential, so that "nearest ten" is 710?"""
    says(
        "02_activations",
        r"From 710 on, $e^{z}$ is beyond the largest float (about $1.8 \cdot 10^{308}$)",
    )
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0))
        assert np.isinf(np.exp(710.0))


def test_a_sigmoid_layer_loses_a_factor_of_about_three():
    """Is the loss a layer a quarter times the size of the weights, and 2000 over eight layers?"""
    says(
        "02_activations",
        "about 3 with every layer: a quarter from its slope, times 1.4 from the weights",
        "two thousand times less than the last, $10^{-3.3}$",
    )
    fig = activations.saturation()
    assert "size of the weights" in controls(fig)
    ratio = float(re.search(r"that is ([\d.e-]+) times as much with sigmoid", fig.text)[1])
    assert 1 / ratio == pytest.approx(2000, rel=0.2)
    assert np.log10(ratio) == pytest.approx(-3.3, abs=0.05)
    assert ratio ** (-1 / 7) == pytest.approx(1 / (0.25 * 1.4), rel=0.1)


def test_large_weights_let_relu_grow_a_thousandfold():
    """What do weights of size 4 do to eight layers of ReLU, compared with size 1.4?"""
    says(
        "02_activations", "at size 4 and with eight layers it is a thousand times that at size 1.4"
    )
    fig = activations.saturation()
    sizes = []
    for size in (1.4, 4.0):
        controls(fig)["size of the weights"].value = size
        sizes.append(float(re.search(r"with sigmoid, ([\d.e+-]+) with ReLU", fig.text)[1]))
    assert 500 < sizes[1] / sizes[0] < 5000


@pytest.mark.parametrize(("bias", "alive"), [(-5.5, True), (-6.0, False), (-7.0, False)])
def test_the_unit_learns_up_to_a_bias_of_minus_5_5(bias, alive):
    """At which start is the ReLU unit dead?"""
    says("02_activations", "From a bias of -5.5 it still learns")
    fig = activations.dead_unit()
    controls(fig)["bias at the start"].value = bias
    cost, start = (float(part) for part in re.findall(r"\d+\.\d+", fig.text)[-2:])
    assert (cost < start) == alive


def error_by_hand(fig, target, units):
    """The error in the workshop with the given (slope, bias) of each unit."""
    at = controls(fig)
    with fig.hold():
        at["target"].value = target
        for k, (slope, bias) in enumerate(units, 1):
            at[f"unit {k}: slope v"].value, at[f"unit {k}: bias b"].value = slope, bias
    return float(re.search(r"Error ([\d.]+\d)", fig.text)[1])


def test_the_bowl_can_be_beaten_to_0_13_and_no_further_than_0_12():
    """Is 0.12 the best that the sliders allow, to two decimals?"""
    says(
        "02_activations",
        "Try to get the error (the root of the mean squared distance) below 0.13",
        "About 0.12 is the best that these sliders can do: corners at 0, 1.75 and 3.75",
        "with $v$ of $-1.5$, $1.25$ and $1.5$",
    )
    fig = activations.relu_workshop()
    best = [(-1.5, 0.0), (1.25, -1.75), (1.5, -3.75)]
    assert error_by_hand(fig, "bowl", best) == pytest.approx(0.124, abs=1e-3)
    x, (knots, values) = np.linspace(0, 6, 121), activations.TARGETS["bowl"]
    wanted = np.interp(x, knots, values) - values[0]
    corners, lowest = np.arange(0, 6, 0.25), np.inf
    for i, first in enumerate(corners):
        for j, second in enumerate(corners[i + 1 :], i + 1):
            for third in corners[j + 1 :]:
                outputs = np.maximum(x[:, None] - [first, second, third], 0)
                v = np.linalg.lstsq(outputs, wanted, rcond=None)[0]
                lowest = min(lowest, np.sqrt(np.mean((outputs @ v - wanted) ** 2)))
    assert 0.11 < lowest < 0.124


def test_gradient_descent_ends_where_the_lab_says():
    """From the start of the sliders: near on the roof, stuck elsewhere; from good corners, near."""
    says(
        "02_activations",
        "It nearly matches the roof (0.04). On the others it ends between 0.2 and 0.35",
        "From there it gets down to 0.06",
    )
    fig = activations.relu_workshop()
    at = controls(fig)
    at["let gradient descent try from here"].value = True

    def reached():
        return float(fig.text.split("reach ")[1].rstrip("."))

    found = {}
    for target in activations.TARGETS:
        at["target"].value = target
        found[target] = reached()
    assert found.pop("roof") == pytest.approx(0.04, abs=5e-3)
    assert 0.2 < min(found.values()) <= max(found.values()) < 0.35
    error_by_hand(fig, "valley", [(0.5, 0.0), (0.5, -1.5), (-1.0, -4.0)])
    assert reached() == pytest.approx(0.06, abs=6e-3)


def test_half_the_distance_is_a_quarter_of_the_error():
    """Is the factor about 4 from 9 to 17 points, and from 17 to 33?"""
    says("02_activations", "About 4: half the distance, a quarter of the error")
    fig = activations.pieces()
    errors = []
    for points in (9, 17, 33):
        controls(fig)["points"].value = points
        errors.append(float(fig.text.split("error ")[1].rstrip(".")))
    assert np.array(errors[:-1]) / errors[1:] == pytest.approx([4, 4], rel=0.2)


@pytest.mark.slow
def test_under_gradient_descent_the_deep_sigmoid_network_stays():
    """Does layer 1 move hundreds of times less, in the end fifty times, and learn nothing?"""
    says(
        "02_activations",
        "in the end its layer 1 has moved about fifty times less than its last layer",
        "(after the first epoch it was hundreds of times less)",
        "The ReLU network begins to learn after one or two epochs, and all its layers move alike",
    )
    for seed in (0, 1):
        losses, share, moved = race("sigmoid", "sgd", 5, seed)
        assert losses[-1] == pytest.approx(np.log(10), abs=0.01)
        assert share < 0.12
        assert moved[0, -1] / moved[0, 0] > 300
        assert moved[-1, -1] / moved[-1, 0] == pytest.approx(50, rel=0.3)
        losses, _, moved = race("relu", "sgd", 5, seed)
        assert losses[0] > 2.1 > losses[1]
        assert losses[-1] < 0.2
        assert moved[-1].max() / moved[-1].min() < 3


@pytest.mark.slow
def test_under_adam_every_layer_moves_and_the_sigmoid_is_still_behind():
    """Does layer 1 move as far as the last in epoch 1, and is the loss 1.8 against 0.1 at 15?"""
    says(
        "02_activations",
        "after five to ten epochs the sigmoid network begins to learn",
        "a loss of 1.8 after 15 epochs, against 0.1",
    )
    for seed in (0, 1):
        losses, _, moved = race("sigmoid", "adam", 5, seed)
        assert moved[0, 0] > 0.8 * moved[0, -1]
        assert losses[4] > 2.25 > losses[9]
        assert losses[14] == pytest.approx(1.8, abs=0.1)
        assert race("relu", "adam", 5, seed)[0][-1] < 0.15


@pytest.mark.slow
def test_with_one_hidden_layer_relu_still_wins():
    """Are the losses about 0.7 and 0.14 after 15 epochs, with 90 and 97% read correctly?"""
    says(
        "02_activations",
        "the losses are about 0.7 and 0.14, and 90 and 97% of the digits are read correctly",
    )
    for seed in (0, 1):
        losses, share, _ = race("sigmoid", "sgd", 1, seed)
        assert losses[-1] == pytest.approx(0.7, abs=0.05)
        assert share == pytest.approx(0.9, abs=0.015)
        losses, share, _ = race("relu", "sgd", 1, seed)
        assert losses[-1] == pytest.approx(0.14, abs=0.02)
        assert share == pytest.approx(0.97, abs=0.015)


@pytest.mark.slow
def test_five_linear_layers_lead_for_five_epochs():
    """Is the linear network ahead of ReLU after one epoch and after five?"""
    says("02_activations", "The linear network wins these first epochs")
    for seed in (0, 1):
        linear, relu = race("linear", "sgd", 5, seed, 5)[0], race("relu", "sgd", 5, seed)[0]
        assert linear[0] < relu[0]
        assert linear[4] < relu[4]


def test_the_slopes_at_0_4_and_8_are_those_of_the_text():
    """Is the sigmoid's 0.25, 0.018 and 0.0003, and the tenth power of 0.25 a millionth?"""
    says("02_activations", "from 0.25 to 0.018, and to 0.0003", "is about a millionth")
    assert np.round(reference.sigmoid_slope(np.array([0.0, 4.0])), 3).tolist() == [0.25, 0.018]
    assert round(float(reference.sigmoid_slope(np.array(8.0))), 4) == 0.0003
    assert pytest.approx(1e-6, rel=0.05) == 0.25**10


def test_the_slopes_of_the_table_are_those_measured():
    """Does nudging the sigmoid at outputs of 0.1 to 0.9 give the five slopes of the table?"""
    says("02_activations", "| slope there | 0.09 | 0.1875 | 0.25 | 0.1875 | 0.09 |")
    a, nudge = np.array([0.1, 0.25, 0.5, 0.75, 0.9]), 1e-6
    z = np.log(a / (1 - a))
    measured = (reference.sigmoid(z + nudge) - reference.sigmoid(z - nudge)) / (2 * nudge)
    assert measured == pytest.approx(np.array([0.09, 0.1875, 0.25, 0.1875, 0.09]), abs=1e-6)


def test_depth_matters_from_five_layers_on_and_large_weights_do_not_end_it():
    """Is layer 1 half the last of two layers, a fiftieth of that of five; and at size 4?"""
    says("02_activations", "With two layers hardly, with five or more very much",
         "They soften the shrinking with the sigmoid but do not end it")  # fmt: skip
    fig = activations.saturation()
    at, shares = controls(fig), {}
    for layers, size in ((2, 1.4), (5, 1.4), (8, 1.4), (8, 4.0)):
        at["layers"].value, at["size of the weights"].value = layers, size
        told = re.search(r"that is ([\d.e-]+) times as much with sigmoid, ([\d.]+)", fig.text)
        shares[layers, size] = float(told[1])
        assert float(told[2]) == pytest.approx(1, abs=0.35)  # ReLU: the layers stay level
    assert shares[2, 1.4] > 0.4
    assert shares[5, 1.4] < 0.02
    assert shares[8, 1.4] < 0.01 < shares[8, 4.0] < 0.1


def test_a_dead_unit_learns_with_a_slope_on_the_left():
    """Does the leaky ReLU lower the cost from a bias of -7, where ReLU cannot?"""
    says("02_activations", "the unit comes back to life")
    fig = activations.dead_unit()
    costs = {}
    for name, kind in (("ReLU", 0), ("leaky ReLU", 1)):
        controls(fig)["activation"].value = kind
        costs[name] = [float(n) for n in re.findall(r"(\d+\.\d+)", fig.text)[-2:]]
    assert costs["ReLU"][0] == costs["ReLU"][1]
    assert costs["leaky ReLU"][0] < 0.5 * costs["leaky ReLU"][1]


def test_the_deep_linear_network_finds_the_best_line_after_80_steps():
    """Is its loss by then the least that a line can have, 0.430, and does ReLU end at 0.006?"""
    says(
        "02_activations", "After about 80 steps", "a loss of 0.430", "down to 0.006", "321 numbers"
    )
    x, y = data.wave()
    line = np.polyfit(x, y, 1)
    least = np.mean((np.polyval(line, x) - y) ** 2)
    fig = activations.deep_linear()
    losses = {}
    for frame in (12, 20, 60):
        controls(fig)["frame"].value = frame
        losses[4 * frame] = [float(n) for n in re.findall(r"(\d\.\d{3}) with", fig.text)]
    assert least == pytest.approx(0.430, abs=5e-4)
    assert losses[48][0] > least + 0.01
    assert losses[80][0] == losses[240][0] == 0.430
    assert losses[240][1] == 0.006
    assert (1 + 1) * 16 + (16 + 1) * 16 + (16 + 1) == 321


def test_the_plain_sigmoid_is_right_at_minus_1000_and_warns():
    """Does 1 / (1 + e^1000) give 0 by way of inf, with a warning, and another way nan?"""
    says("02_activations", "it gives the right 0, but by way of `inf` and with a warning")
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert 1 / (1 + np.exp(np.array(1000.0))) == 0
    with np.errstate(all="ignore"):
        assert np.isnan(np.exp(np.array(1000.0)) / (1 + np.exp(np.array(1000.0))))


def test_tanh_is_a_stretched_sigmoid_and_three_points_can_share_a_unit():
    """Are the answers to "what to try next" right?"""
    says(
        "02_activations",
        r"$\tanh(z) = 2\,\sigma(2 z) - 1$",
        "meets the height of the first point before it gets there",
    )
    z = np.linspace(-4, 4, 9)
    assert np.tanh(z) == pytest.approx(2 * reference.sigmoid(2 * z) - 1)
    one = [np.array([part]) for part in (1.0, -1.5, 2.0)]  # through (0, 1), (2, 2), (3, 4)
    assert reference.relu_network(np.array([0.0, 2.0, 3.0]), *one, 1.0).tolist() == [1, 2, 4]
