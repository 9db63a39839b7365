"""The figures of lab 03_softmax, with and without the learner's functions."""

import numpy as np
import pytest

from tests.utils.figures import (
    controls,
    first_slider,
    is_stood_in_for,
    moves,
    not_numbers,
    shown,
    unfinished,
)
from utils import data, reference
from utils.figures import softmax as figures

FIGURES = {
    "some_digits": (figures.some_digits, 0),
    "softmax_bars": (figures.softmax_bars, 1),
    "probability_triangle": (figures.probability_triangle, 1),
    "loss_curve": (figures.loss_curve, 1),
    "four_clusters": (figures.four_clusters, 2),
    "logit_pull": (figures.logit_pull, 1),
    "ten_sigmoids": (figures.ten_sigmoids, 1),
    "read_digits": (figures.read_digits, 1),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do the first slider of each figure and its words and pixels go together, without a note?"""
    fig = FIGURES[name][0]()
    slider = first_slider(fig)
    words, pixels = moves(fig, slider, slider.max)
    assert words
    assert pixels or name == "read_digits"
    assert fig.notes == []


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", [name for name, (_, count) in FIGURES.items() if count])
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count)


def test_bars_say_what_they_show():
    """Are exponentials and probabilities those of the logits over the temperature?"""
    fig = figures.softmax_bars()
    at = controls(fig)
    with fig.hold():
        at["logit 0"].value, at["logit 1"].value, at["logit 2"].value = 2.0, 0.0, -2.0
        at["temperature T"].value = 2.0
    assert fig.text == (
        "Exponentials 2.72, 1, 0.368. "
        "Probabilities: class 0 0.665, class 1 0.245, class 2 0.090; they add up to 1.000."
    )


def test_adding_one_to_all_leaves_the_probabilities():
    """Does the button raise every logit by 1 and keep the shares, and stop at the sliders' end?"""
    fig = figures.softmax_bars()
    (button,) = [c for c in fig.controls.children if c.description == "Add 1 to all"]
    shares = fig.text.split("Probabilities")[1]
    for top in (2.0, 3.0, 4.0, 4.0):
        button.click()
        assert controls(fig)["logit 0"].value == top
        assert fig.text.split("Probabilities")[1] == shares


def test_bars_show_a_wrong_softmax_as_it_is():
    """Does the learner see columns that do not add up to 1?"""
    fig = figures.softmax_bars(lambda z: 1 / (1 + np.exp(-z)))
    assert "they add up to 1.500" in fig.text
    assert fig.notes == []


def test_the_triangle_is_honest():
    """Are the corner, the middle and the line where they should be?"""
    fig = figures.probability_triangle()
    at = controls(fig)
    with fig.hold():
        for k in range(3):
            at[f"logit {k}"].value = 0.0
    assert "class 0 0.333, class 1 0.333, class 2 0.333" in fig.text
    at["line of"].value = 2
    assert "The dashed line: logit 2" in fig.text


def test_the_loss_curve_uses_the_learners_function():
    """Is the loss that of the learner, even a wrong one?"""
    fig = figures.loss_curve(lambda P, y: -np.log2(P[0, y[0]]))
    assert "Probability 0.700 for the true class costs 0.515" in fig.text


def test_the_clouds_are_learned():
    """Does the cost start at ln 4 and fall, and the share of right points rise, as the lab says?"""
    fig = figures.four_clusters()
    step = controls(fig)["step"]
    assert "cost 1.386, 25% of the points right" in fig.text
    step.value = 1
    assert "70% of the points right" in fig.text
    step.value = 40
    assert "cost 0.317, 92% of the points right" in fig.text
    controls(fig)["learning rate"].value = 10.0
    step.value = 1
    assert "cost 1.495" in fig.text


def test_the_clouds_follow_the_learners_gradient():
    """Does a gradient of the wrong sign make the cost rise?"""

    def uphill(X, y, W, b):
        dW, db = reference.softmax_gradient(X, y, W, b)
        return -dW, -db

    fig = figures.four_clusters(reference.predict_proba, uphill)
    controls(fig)["step"].value = 5
    cost = float(fig.text.split("cost ")[1].split(",")[0])
    assert cost > np.log(4)
    assert fig.notes == []


def test_the_clouds_follow_the_learners_loop():
    """Are the learner's own states drawn, and is an empty or odd list told and replaced?"""
    X, y = data.four_clusters()
    W, b, states = np.zeros((2, 4)), np.zeros(4), []
    for _ in range(6):
        states.append((W, b))
        dW, db = reference.softmax_gradient(X, y, W, b)
        W, b = W - dW, b - db
    fig = figures.four_clusters(states=states)
    controls(fig)["step"].value = 40
    cost = reference.cross_entropy(reference.predict_proba(X, *states[-1]), y)
    assert f"After step 5: cost {cost:.3f}" in fig.text
    assert fig.notes == []
    for odd in ([], 7, np.ones(3), [1, 2], [(W, b, 3)], [(W.T, b)], [(np.nan * W, b)]):
        fig = figures.four_clusters(states=odd)
        assert len(fig.notes) == 1
        assert "After step 0: cost 1.386" in fig.text


def test_belief_flows_to_the_true_class():
    """Does each step raise the true class's probability and keep the sum of the logits?"""
    fig = figures.logit_pull()
    at = controls(fig)
    (step,) = [c for c in fig.controls.children if c.description == "Step"]
    losses = []
    for _ in range(6):
        losses.append(float(fig.text.split("loss ")[1].split(". ")[0]))
        step.click()
    assert (np.diff(losses) < 0).all()
    assert sum(at[f"logit {k}"].value for k in range(3)) == pytest.approx(3, abs=0.05)


def test_ten_sigmoids_need_not_add_up():
    """Do the two buttons find the pictures on which the ten disagree most with a sum of 1?"""
    fig = figures.ten_sigmoids()
    buttons = {c.description: c for c in fig.controls.children}
    buttons["Largest sum"].click()
    assert "The ten sigmoids add up to 1.9" in fig.text
    buttons["Smallest sum"].click()
    assert "The ten sigmoids add up to 0.0" in fig.text


@pytest.mark.slow
@pytest.mark.parametrize("build", [None, unfinished, lambda n, k: 1])
def test_the_spiral_is_learned_by_the_network_alone(monkeypatch, build):
    """Is the last picture the one after all epochs, and does a broken answer leave a note?"""
    displayed = shown(monkeypatch)
    figures.spiral(build, epochs=8)
    (fig,) = displayed
    assert fig.text.startswith("After epoch 8: softmax regression 57% right, the network ")
    assert len(fig.notes) == (build is not None)


def test_digits_are_read_with_the_given_network():
    """Are the probabilities of the network drawn, and its mistakes counted?"""
    _, _, _, y = data.digits_split()
    fig = figures.read_digits(lambda X: reference.one_hot(np.full(len(X), 7), 10))
    wrong = int(np.sum(y != 7))
    assert f"read as 7 with probability 1.000: {'right' if y[0] == 7 else 'wrong'}" in fig.text
    assert f"{wrong} of 360 held-back digits are read wrong" in fig.text
    controls(fig)["only mistakes"].value = True
    for index in range(5):
        controls(fig)["digit number"].value = index
        assert ": wrong." in fig.text


@pytest.mark.slow
def test_training_shows_an_unfinished_network_with_the_reference(capsys):
    """Does the live curve go on with the reference, say so, and end with a usable network?"""
    training = figures.train_digits(unfinished, epochs=2)
    assert training.figure.notes == [
        "finish build_softmax_model to see your own; the reference is drawn instead"
    ]
    assert "After epoch 2 the loss is: training" in training.figure.text
    assert "at the start: training 2.3" in training.figure.text
    assert "360" in figures.read_digits(training.model).text


@pytest.mark.slow
def test_training_shows_the_learners_network(capsys):
    """Is the network that the learner built the one that is trained?"""
    built = []

    def build(n_features, n_classes):
        built.append(reference.build_softmax_model(n_features, n_classes))
        return built[-1]

    training = figures.train_digits(build, epochs=1)
    assert training.model is built[0]
    assert training.figure.notes == []
