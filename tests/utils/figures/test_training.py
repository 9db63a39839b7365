"""The figures of lab 01_training, with and without the learner's functions."""

import numpy as np
import pytest

from tests.utils.figures import (
    controls,
    is_stood_in_for,
    moves_without_a_note,
    not_numbers,
    shown,
    unfinished,
)
from utils import data, reference
from utils.figures import training as figures
from utils.figures.training import networks

FIGURES = {
    "pixels": (figures.pixels, 0),
    "loss_terms": (figures.loss_terms, 1),
    "by_hand": (figures.by_hand, 2),
    "nudge": (figures.nudge, 2),
    "descent": (figures.descent, 1),
    "batch_paths": (figures.batch_paths, 2),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do the first slider of each figure and its words and pixels go together, without a note?"""
    moves_without_a_note(FIGURES[name][0])


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", [name for name, (_, count) in FIGURES.items() if count])
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count)


def test_the_marked_pixel_is_the_one_named():
    """Are row, column and ink those of the chosen pixel of the chosen picture?"""
    fig = figures.pixels()
    with fig.hold():
        controls(fig)["picture"].value, controls(fig)["pixel"].value = 1, 27
    X, y = data.digits_binary()
    assert fig.text == (
        f"Picture 1 is a {y[1]}. Pixel 27 (row 3, column 3, marked) has ink {X[1, 27]:.2f}."
    )


def test_the_best_cost_by_hand_is_kept():
    """Does the figure remember the lowest cost while the sliders move on?"""
    fig = figures.by_hand()
    at = controls(fig)
    with fig.hold():
        at["w0"].value, at["w1"].value, at["b"].value = 2.0, -3.5, 1.5
    X, y = data.digits_two_features()
    best = reference.binary_cross_entropy(y, reference.logistic_unit(X, np.array([2.0, -3.5]), 1.5))
    assert best < 0.2
    at["w0"].value = -5.0
    assert fig.text.endswith(f"Lowest cost so far {best:.3f}.")


@pytest.mark.parametrize(("alpha", "rises"), [(0.1, False), (10.0, False), (100.0, True)])
def test_the_descent_tells_a_learning_rate_that_is_too_large(alpha, rises):
    """Does the cost rise on the way for a large alpha only?"""
    fig = figures.descent()
    controls(fig)["alpha"].value = alpha
    controls(fig)["step"].value = 40
    assert ("rose in 0 of" not in fig.text) == rises


def test_the_descent_walks_with_the_learners_function():
    """Is it the learner's own path that is drawn, wrong direction included?"""

    def uphill(X, y, w, b, alpha, steps):
        _, _, costs = reference.gradient_descent(X, y, w, b, alpha, steps)
        return w - 0.1, b, costs

    fig = figures.descent(uphill)
    controls(fig)["step"].value = 10
    assert "w -4.00, b 3.00" in fig.text
    assert fig.notes == []


def test_batches_count_their_steps():
    """Are there as many steps an epoch as batches, the short one included?"""
    fig = figures.batch_paths(None, reference.minibatches)
    controls(fig)["batch size"].value = 32
    controls(fig)["epoch"].value = 3
    assert "12 steps an epoch. After 3 epochs and 36 steps" in fig.text


@pytest.mark.parametrize(
    "wrong",
    [
        lambda m, size, rng: [np.array([0.5])],
        lambda m, size, rng: [np.array([m])],
        lambda m, size, rng: [],
        lambda m, size, rng: None,
    ],
)
def test_strange_batches_are_noted(wrong):
    """Does the figure draw the reference where the learner's batches cannot be used?"""
    fig = figures.batch_paths(None, wrong)
    assert len(fig.notes) == 1
    assert fig.text == figures.batch_paths().text


def test_one_quiz_curve_jumps_and_one_stays():
    """Do the four curves of the quiz look as its explanations say?"""
    fig = figures.quiz_curves()
    parts = [part.split(": ")[1] for part in fig.text.split(". ")[1:]]
    costs = [np.array(part.rstrip(".").split(", "), dtype=float) for part in parts]
    slow, good, still, jumpy = costs
    assert (np.diff(slow) <= 0).all()
    assert slow[-1] > 0.6
    assert good[-1] < 0.5
    assert (still == still[0]).all()
    assert jumpy.max() > 1.2 * jumpy[0]


def constant_model(p):
    """A stand-in for a trained network that answers p to every picture."""
    return lambda X: np.full((len(X), 1), p)


def test_held_back_pictures_are_read_by_network_and_unit():
    """Are the probabilities those of the two models, and mistakes counted by label?"""
    X, y = data.digits_binary()
    unit = (np.zeros(64), 0.0)
    trained = figures.Trained(constant_model(0.9), unit, X[:80], y[:80], None)
    fig = figures.zero_or_one(trained)
    assert f"a {y[0]}: 0.900 and 0.500" in fig.text


def test_the_unit_goes_on_with_the_reference_where_a_function_fails():
    """Are broken functions noted once each, and training continued without them?"""
    X, y = data.digits_two_features()
    notes = []
    unit = networks._Unit(unfinished, unfinished, X, y, notes.append)
    right = networks._Unit(None, None, X, y, notes.append)
    for _ in range(2):
        unit.epoch()
        right.epoch()
    np.testing.assert_allclose(unit.w, right.w)
    assert unit.b == pytest.approx(right.b)
    assert len(set(notes)) == 2


def test_the_unit_reads_every_picture_once_an_epoch():
    """Does an epoch take one step a batch, and show each example once?"""
    X, y = data.digits_two_features()
    seen = []

    def descent(X, y, w, b, alpha, steps):
        seen.append((len(X), steps))
        return w, b, np.zeros(steps)

    networks._Unit(descent, reference.minibatches, X, y, None).epoch()
    assert seen == [(32, 1)] * 11 + [(8, 1)]


def test_a_small_nudge_agrees_with_the_formula():
    """Are the slopes by nudging and by mean((p - y) x) the same where the nudge is small?"""
    fig = figures.nudge()
    controls(fig)["size of the nudge"].value = 0.001
    pairs = [part.split(" ")[1::2] for part in fig.text.split("formula: ")[1].split("; ")]
    assert [float(a) for a, _ in pairs] == pytest.approx(
        [float(b.rstrip(".")) for _, b in pairs], abs=2e-3
    )


def test_steps_downhill_lower_the_cost():
    """Does the button move all three sliders against the gradient?"""
    fig = figures.nudge()
    costs = [float(fig.text.split()[1].rstrip("."))]
    step = next(c for c in fig.controls.children if c.description == "One step downhill")
    for _ in range(5):
        step.click()
        costs.append(float(fig.text.split()[1].rstrip(".")))
    assert (np.diff(costs) < 0).all()


def test_looking_inside_shows_the_sum_of_the_chosen_unit():
    """Are score and output those of the chosen unit, in each layer?"""
    X, y = data.digits_binary()
    model = reference.build_model(64)
    trained = figures.Trained(model, (np.zeros(64), 0.0), X[:9], y[:9], None)
    fig = figures.look_inside(trained)
    controls(fig)["picture"].value, controls(fig)["unit"].value = 4, 3
    W, b = model.layers[0].get_weights()
    z = float(X[4] @ W[:, 3] + b[3])
    assert f"gets the score {z:.2f}, so its output is {reference.sigmoid(z):.3f}" in fig.text
    with fig.hold():  # the hand opens the unit next to it, arrow keys go from there
        fig._handles["unit"].moved(1.1, -0.5)
    assert "Unit 11 of layer 2" in fig.text
    with fig.hold():
        fig._handles["unit"].keys(1, 0)
    assert "Unit 0 of layer 3" in fig.text
    controls(fig)["layer"].value = 2
    p = np.asarray(model(X[4:5])).item()
    assert "Unit 0 of layer 3 weighs 15 numbers" in fig.text
    assert f"so its output is {p:.3f}. The network says p = {p:.3f}." in fig.text


def test_looking_inside_an_unusual_network_is_noted():
    """Is the reference drawn, with a note, where layers have no bias or are no chain?"""
    import keras

    X, y = data.digits_binary()
    model = keras.Sequential(
        [keras.Input((64,)), keras.layers.Dense(3, use_bias=False), keras.layers.Dense(1)]
    )
    fig = figures.look_inside(figures.Trained(model, None, X[:3], y[:3], None))
    assert len(fig.notes) == 1
    assert "weighs 64 numbers" in fig.text


def test_two_results_stand_one_under_the_other(capsys):
    """Are the learner's numbers printed above those of Keras, and an unfinished answer noted?"""
    figures.beside("predict", lambda: np.array([0.5, 0.25]), (np.array([0.5, 0.25]), 3))
    figures.beside("yours", unfinished, 0.5)
    assert capsys.readouterr().out.split("\n") == [
        "predict  0.50000 0.25000",
        "Keras    0.50000 0.25000   3.00000",
        "Note: finish unfinished to see your own numbers here.",
        "Keras  0.50000",
        "",
    ]


@pytest.mark.slow
def test_networks_train_in_their_figures(monkeypatch):
    """Do both live figures train, replay, and fall back on the reference with a note?"""
    displayed = shown(monkeypatch)
    figures.train_on_plane(unfinished, epochs=3)
    assert displayed[0].text.startswith("Epoch 3: cost 0.")
    assert len(displayed[0].notes) == 1
    trained = figures.train_digits(None, unfinished, None, None, epochs=2)
    assert trained.figure.text.startswith("After epoch 2 the cost is: network 0.")
    assert len(trained.figure.notes) == 1
    assert trained.X.shape == (80, 64)
