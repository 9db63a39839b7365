"""The scenes and figures of lab 05_multilabel, with and without the learner's functions."""

import re

import numpy as np
import pytest

from tests.utils.figures import (
    controls,
    is_stood_in_for,
    moves_without_a_note,
    not_numbers,
    unfinished,
)
from utils import data, reference
from utils.figures import multilabel as figures
from utils.figures.multilabel.scenes import held_back

FIGURES = {
    "some_scenes": (figures.some_scenes, 0),
    "two_heads": (figures.two_heads, 0),
    "loss_curves": (figures.loss_curves, 1),
    "scene_thresholds": (figures.scene_thresholds, 3),
    "threshold_costs": (figures.threshold_costs, 1),
    "trade_off": (figures.trade_off, 1),
    "reliability": (figures.reliability, 0),
    "unseen": (figures.unseen, 0),
}


@pytest.fixture(scope="module")
def results():
    """A stand-in for a trained network whose probabilities are known."""
    rng = np.random.default_rng(7)
    made = figures.Training(lambda X: np.full((len(X), 3), 0.5))
    made.P = np.clip(0.5 + 0.3 * (made.Y - 0.5) + 0.2 * rng.normal(size=made.Y.shape), 0, 0.99)
    made.P_new = np.clip(0.5 + 0.3 * (made.Y_new - 0.5), 0, 1)
    return made


def test_scenes_repeat_with_their_seed():
    """Are the scenes pictures of 256 numbers from 0 to 1, the same for the same seed only?"""
    X, Y = data.scenes(200)
    assert X.shape == (200, 256)
    assert Y.shape == (200, 3)
    assert Y.dtype.kind == "i"
    assert (X.min(), X.max()) == (0.0, 1.0)
    again = data.scenes(200)
    assert np.array_equal(X, again[0])
    assert np.array_equal(Y, again[1])
    assert not np.array_equal(X, data.scenes(200, seed=1)[0])


def test_every_set_of_shapes_occurs():
    """Are there scenes with each of the eight sets of shapes, the empty one included?"""
    _, Y = data.scenes(400)
    assert len(np.unique(Y @ [4, 2, 1])) == 8


def test_a_scene_shows_its_shapes():
    """Without noise: is an empty scene blank, and does each shape leave its own ink?"""
    X, Y = data.scenes(300, noise=0.0)
    assert X[~Y.any(axis=1)].max() == 0
    assert (X[Y.any(axis=1)].sum(axis=1) > 8).all()
    alone = [X[(row == Y).all(axis=1)].mean(axis=0).reshape(16, 16) for row in np.eye(3, dtype=int)]
    triangle_top, triangle_bottom = alone[2][:8].sum(), alone[2][8:].sum()
    assert triangle_bottom > 1.1 * triangle_top
    corners = [ink[[2, 2, -3, -3], [2, -3, 2, -3]].sum() for ink in alone]
    assert corners[1] > corners[0]


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


def test_labels_are_shown_on_request():
    """Are the shapes of a page named only after the box is ticked?"""
    fig = figures.some_scenes()
    assert "labels hidden" in fig.text
    controls(fig)["show labels"].value = True
    (_, Y), _ = held_back()
    assert fig.text.count("nothing") == np.sum(~Y[:10].any(axis=1))


def test_only_softmax_makes_labels_compete():
    """Does raising the circle lower the square under softmax, and not under sigmoid?"""
    fig = figures.two_heads()

    def square(head):
        return float(fig.text.split(head)[1].split("square ")[1].split(",")[0])

    softmax, sigmoid = square("Softmax: "), square("Sigmoid: ")
    controls(fig)["raise the circle by"].value = 4.0
    assert square("Softmax: ") < softmax
    assert square("Sigmoid: ") == sigmoid
    assert "together 1.000. Sigmoid" in fig.text


def test_a_loss_curve_is_the_learners_own():
    """Does a loss without its second half show as it is?"""
    fig = figures.loss_curves(lambda Z, Y: float(np.mean(Y * np.log1p(np.exp(-Z)))))
    controls(fig)["logit z"].value = 3.0
    assert "costs 0.049 if the label is there and 0.000 if it is not" in fig.text
    assert fig.notes == []


def test_counts_are_those_of_the_thresholds(results):
    """Do thresholds of 0 find everything, and how many mistakes are counted at 0.5?"""
    fig = figures.scene_thresholds(training=results)
    Yhat = results.P >= 0.5
    circle = results.Y[:, 0] == 1
    missed, alarms = np.sum(circle & ~Yhat[:, 0]), np.sum(~circle & Yhat[:, 0])
    assert f"circle {np.sum(circle) - missed} found, {missed} missed, {alarms} false" in fig.text
    share = 100 * np.mean(np.all(Yhat == results.Y, axis=1))
    assert f"completely right scenes: {share:.1f}%" in fig.text
    with fig.hold():
        for name in data.SHAPES:
            controls(fig)[f"{name} from"].value = 0.0
    assert fig.text.count(" 0 missed") == 3


def test_thresholds_are_the_learners_own(results):
    """Does the learner's `predict_labels` decide, also if it takes the largest only?"""

    def largest(P, thresholds):
        return np.eye(P.shape[1], dtype=int)[np.argmax(P, axis=1)]

    fig = figures.scene_thresholds(largest, training=results)
    shares = 100 * np.mean(np.all(largest(results.P, 0.5) == results.Y, axis=1))
    assert f"completely right scenes: {shares:.1f}%" in fig.text
    assert fig.notes == []


def test_costs_are_counted(results):
    """Is the total cost of the thresholds chosen lower than that of 0.5, and as computed?"""
    fig = figures.threshold_costs(lambda P, Y, miss, alarm: [0.25, 0.5, 0.75], results)
    with fig.hold():
        controls(fig)["a miss costs"].value = 3
        controls(fig)["a false alarm costs"].value = 2
    said = results.P >= [0.25, 0.5, 0.75]
    cost = 3 * np.sum(~said & (results.Y == 1)) + 2 * np.sum(said & (results.Y == 0))
    assert f"Chosen: circle 0.25, square 0.50, triangle 0.75; total cost {cost}," in fig.text
    assert "2/(2 + 3) = 0.40" in fig.text


def test_only_the_ratio_of_costs_matters(results):
    """Do costs of 2 and 2 choose as 1 and 1 do?"""
    fig = figures.threshold_costs(training=results)
    chosen = []
    for cost in (1, 2):
        with fig.hold():
            controls(fig)["a miss costs"].value = cost
            controls(fig)["a false alarm costs"].value = cost
        chosen.append(fig.text.split("Chosen: ")[1].split(";")[0])
    assert chosen[0] == chosen[1]


def test_precision_and_recall_stand_in_the_table(results):
    """Are both shares those of the counts, and a dash where nothing is said to be present?"""
    fig = figures.scene_thresholds(training=results)
    shown = [text.get_text() for text in fig.canvas.axes[2].texts]
    row = shown[shown.index("circle") + 1 :][:6]
    found, missed, alarms = (int(text) for text in row[:3])
    assert row[4] == f"{found / (found + alarms):.2f}"
    assert row[5] == f"{found / (found + missed):.2f}"
    controls(fig)["circle from"].value = 1.0
    shown = [text.get_text() for text in fig.canvas.axes[2].texts]
    assert shown[shown.index("circle") + 5] == "-"


def test_all_points_of_the_dashed_line_cost_the_same(results):
    """Is the line of equal cost what it says, and does it go through the slider's point?"""
    fig = figures.trade_off(training=results)
    with fig.hold():
        controls(fig)["a miss costs"].value = 4
        controls(fig)["a false alarm costs"].value = 2
    line = next(e for e in fig.canvas.axes[0].lines if e.get_label().startswith("as expensive"))
    alarms, misses = line.get_data()
    total = float(fig.text.split(" cost ")[1].split(";")[0])
    assert np.allclose(4 * misses + 2 * alarms, total)


def test_the_chosen_threshold_is_never_more_expensive_than_the_slider(results):
    """Does no place of the slider beat the point that choose_thresholds takes?"""
    fig = figures.trade_off(training=results)
    for threshold in np.linspace(0, 1, 11):
        controls(fig)["threshold"].value = threshold
        mine, best = (float(found) for found in re.findall(r"cost (\d+)[;.]", fig.text))
        assert best <= mine


def test_honest_probabilities_lie_on_the_line():
    """Do answers drawn with the probability said give shares close to it, and modest ones not?"""
    made = figures.Training(lambda X: np.full((len(X), 3), 0.5))
    rng = np.random.default_rng(1)
    made.P, made.P_new = rng.uniform(size=made.Y.shape), rng.uniform(size=made.Y.shape)
    made.Y = (rng.uniform(size=made.Y.shape) < made.P).astype(int)
    made.Y_new = (rng.uniform(size=made.Y.shape) < made.P_new).astype(int)
    fig = figures.reliability(made)

    def gap():
        said, share = next(
            e for e in fig.canvas.axes[0].lines if len(e.get_xdata()) == 8
        ).get_data()
        return np.abs(np.subtract(said, share)).max()

    assert gap() < 0.08
    controls(fig)["divide the logits by"].value = 4.0
    assert np.abs(np.subtract(*fig.canvas.axes[0].lines[1].get_data())).max() > 0.2


def test_one_network_and_three_are_compared_at_both_sizes(capsys):
    """Are the three ways there with their numbers of weights, each with its mean?"""
    fig = figures.three_or_one()
    labels = [text.get_text().split("\n")[1] for text in fig.canvas.axes[0].get_yticklabels()]
    assert labels == ["6,863 numbers", "20,493 numbers", "22,833 numbers"]
    assert fig.text.count("(from ") == 3
    words = fig.text
    controls(fig)["scenes to learn from"].value = 150
    assert fig.text != words


def test_references_agree_with_plain_formulas(results):
    """Are loss, labels, scores and thresholds those of the definitions?"""
    Z, Y = np.array([[0.0, 3.0], [800.0, -800.0]]), np.array([[1, 0], [0, 1]])
    expected = (np.log(2) + np.log1p(np.exp(3)) + 1600) / 4
    assert reference.multilabel_loss(Z, Y) == pytest.approx(expected, rel=1e-12)
    P = np.array([[0.3, 0.5], [0.2, 0.9]])
    assert np.array_equal(reference.predict_labels(P, np.array([0.3, 0.9])), [[1, 0], [0, 1]])
    Yhat = np.array([[1, 0], [1, 1]])
    assert reference.label_accuracy(Y, Yhat) == pytest.approx(0.75)
    assert reference.exact_match(Y, Yhat) == 0.5
    P, Y = results.P[:40], results.Y[:40]
    for t, p, y in zip(reference.choose_thresholds(P, Y, 3, 1), P.T, Y.T, strict=True):
        costs = {
            c: 3 * np.sum((p < c) & (y == 1)) + np.sum((p >= c) & (y == 0)) for c in [*p, 1.01]
        }
        assert t == max(c for c in costs if costs[c] == min(costs.values()))


@pytest.mark.slow
def test_training_goes_on_without_an_answer(capsys):
    """Does training begin with the reference, say so, and end with usable probabilities?"""
    training = figures.train_scenes(unfinished, epochs=1)
    assert training.figure.notes == [
        "finish build_multilabel_model to see your own; the reference is drawn instead"
    ]
    assert "After epoch 1 the loss is: training" in training.figure.text
    assert training.P.shape == training.P_new.shape == (400, 3)
    assert 0 <= training.P.min() < training.P.max() <= 1


@pytest.mark.slow
def test_both_heads_give_probabilities(capsys):
    """Is a linear output taken for logits, and a sigmoid one for probabilities?"""
    import keras

    def linear(n_features, n_labels):
        model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(n_labels)])
        model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
        return model

    for build in (linear, reference.build_multilabel_model):
        training = figures.train_scenes(build, epochs=1)
        assert training.figure.notes == []
        out = np.asarray(training.model(training.X), dtype=float)
        expected = reference.sigmoid(out) if build is linear else out
        assert np.allclose(training.P, expected, atol=1e-6)
