"""Is what lab 05 says about numbers true of its own data, seeds and functions?"""

import warnings

import numpy as np
import pytest

from tests.labs.claims.text import says
from utils import data, reference


@pytest.fixture(scope="module")
def scene_shares():
    """Share of new scenes completely right: a row for one small, three small, one large network."""
    from utils.figures.multilabel.training import shares_right

    return {examples: shares_right(examples).mean(axis=1) for examples in (150, 500, 1500)}


@pytest.mark.slow
@pytest.mark.parametrize("examples", [150, 500, 1500])
def test_one_large_network_beats_three_small_ones(scene_shares, examples):
    """At equal size, does sharing win for every number of scenes that can be chosen?"""
    says(
        "05_multilabel",
        "At equal size, one network that shares its features (the",
        "lowest row) reads more scenes correctly than three that do not",
        "a few scenes in a hundred fewer than those with three times as many numbers",
    )
    small, three, large = scene_shares[examples]
    assert large > three > small
    assert three - small < 0.04  # "a few scenes in a hundred behind"


@pytest.mark.slow
def test_more_scenes_help_more_than_another_network(scene_shares):
    """Do ten times as many scenes bring over 20 in a hundred, whichever way?"""
    says("05_multilabel", "from 150 to 1500, over 20 scenes in a hundred")
    assert (scene_shares[1500] - scene_shares[150] > 0.2).all()


def test_nearly_all_weights_sit_in_the_first_layer():
    """Are 6425 of 6863 numbers in the first layer of the small network?"""
    says("05_multilabel", "Nearly all of them, 6425 of 6863, sit in the first layer")
    assert 256 * 25 + 25 == 6425
    assert 6425 + 25 * 15 + 15 + 15 * 3 + 3 == 6863


def test_eight_classes_never_read_an_unseen_set_and_three_sigmoids_do():
    """Are 0% and about two in five of the scenes with all shapes right, and the others close?"""
    says(
        "05_multilabel",
        "the softmax reads **none** of these scenes correctly",
        "in about two scenes of five here",
        "there the eight classes are even a little ahead",
    )
    from utils.figures import multilabel

    words = multilabel.unseen().text.split("with all three shapes: ")[1]
    eight, three = ([int(w.rstrip("%")) for w in part.split() if w.endswith("%")]
                    for part in words.split(";"))  # fmt: skip
    assert eight[0] == 0
    assert 33 <= three[0] <= 47
    assert 0 <= eight[1] - three[1] <= 5


def test_the_loss_by_way_of_a_probability_breaks_at_37():
    """Is it 36.04 at 36, infinite from 37 on, and right from the logit?"""
    says(
        "05_multilabel",
        "800 for the last line. But from 37 on it is infinite",
        "At 36 some digits are wrong already: 36.04 instead of 36",
    )
    with np.errstate(divide="ignore"):
        told = {z: float(-np.log(1 - 1 / (1 + np.exp(-z)))) for z in (36.0, 37.0, 800.0)}
    assert f"{told[36.0]:.2f}" == "36.04"
    assert told[37.0] == told[800.0] == np.inf
    assert reference.multilabel_loss(np.array([[800.0]]), np.array([[0]])) == 800


def test_always_absent_is_right_in_sixty_of_a_hundred_labels():
    """Is that the baseline for labels, and every fifth scene empty?"""
    says(
        "05_multilabel",
        '"always absent" gets 60% of the labels right,',
        "and every fifth scene, the empty ones, completely right",
    )
    _, Y = data.scenes()
    assert round(np.mean(Y == 0), 1) == 0.6
    assert round(np.mean(~Y.any(axis=1)), 1) == 0.2


@pytest.fixture(scope="module")
def scene_network():
    """A stand-in for the lab's Keras network of as many epochs.

    Probabilities and labels of the held-back scenes, of new ones, and of those it has studied.
    """
    from utils.figures.multilabel.scenes import mlp

    network = mlp(3).set_params(max_iter=30, learning_rate_init=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes())
    (X, Y), (X_new, Y_new) = data.scenes(400, seed=1), data.scenes(400, seed=2)
    seen = data.scenes()
    pairs = ((X, Y), (X_new, Y_new), seen)
    return [each for X, Y in pairs for each in (network.predict_proba(X), Y)]


def test_the_trained_network_is_too_sure_until_its_logits_are_divided(scene_network):
    """Is it surer than right by about two in a hundred, and the loss lower with smaller logits?"""
    says(
        "05_multilabel",
        "it answers with 95% on average, and 93 of a hundred answers are right",
        "with the right divisor, between 1 and 2",
    )
    P, Y, P_new, Y_new, *_ = scene_network
    p, y = np.clip(np.ravel([P, P_new]), 1e-9, 1 - 1e-9), np.ravel([Y, Y_new])
    sure, right = np.mean(np.maximum(p, 1 - p)), np.mean((p >= 0.5) == y)
    assert 0.01 < sure - right < 0.04
    assert (sure, right) == pytest.approx((0.95, 0.93), abs=0.01)
    z = (np.log(p) - np.log1p(-p))[:, None]
    losses = {t: reference.multilabel_loss(z / t, y[:, None]) for t in (1.0, 1.5, 2.0)}
    assert min(losses, key=losses.get) == 1.5


def test_one_half_is_close_to_the_best_threshold_for_right_labels(scene_network):
    """Does the best one for each label win under a point over 0.5, on the scenes that chose it?"""
    says("05_multilabel", "For counting right labels, 0.5 is close to the best")
    P, Y, *_ = scene_network
    best = reference.choose_thresholds(P, Y, 1, 1)
    right = [np.mean((t <= P) == Y) for t in (0.5, best)]
    assert 0 <= right[1] - right[0] < 0.01


def test_with_a_hundred_scenes_the_triangle_suffers_least():
    """Are nine in ten triangles read correctly, and about three in four circles and squares?"""
    says(
        "05_multilabel",
        "with 100 scenes nine of ten triangles are still read correctly,",
        "but only about three of four circles and squares",
        "to about 0.01 with 100 scenes",
    )
    from utils.figures.multilabel.scenes import mlp

    network = mlp(0).set_params(max_iter=150, learning_rate_init=0.001, n_iter_no_change=999)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes(100))
    X, Y = data.scenes(2000, seed=5)
    P = network.predict_proba(X)
    right = np.mean((P >= 0.5) == Y, axis=0)
    assert right == pytest.approx([0.74, 0.74, 0.9], abs=0.03)
    assert reference.choose_thresholds(P, Y, 5, 1)[:2] == pytest.approx(0.01, abs=0.01)


@pytest.mark.slow
def test_three_outputs_seldom_compose_a_pair_that_no_scene_has_shown():
    """Are one in five scenes with circle and square right without any, seven in ten with them?"""
    says(
        "05_multilabel",
        "about one such scene in five is completely right,",
        "seven in ten if they were part of the training",
    )
    from utils.figures.multilabel.scenes import mlp

    (X, Y), (X_new, Y_new) = data.scenes(), data.scenes(2000, seed=5)
    pair, new = (np.all(T[:, :2] == 1, axis=1) for T in (Y, Y_new))
    shares = {}
    for name, kept in (("without", ~pair), ("with", pair | ~pair)):
        found = []
        for seed in (0, 1):
            network = mlp(seed).set_params(max_iter=30, learning_rate_init=0.001)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it stops early on purpose
                network.fit(X[kept], Y[kept])
            found.append(np.mean(np.all(network.predict(X_new[new]) == Y_new[new], axis=1)))
        shares[name] = np.mean(found)
    assert shares["without"] == pytest.approx(0.2, abs=0.05)
    assert shares["with"] == pytest.approx(0.7, abs=0.05)


def test_a_miss_of_five_alarms_moves_the_threshold_to_a_sixth():
    """Do yes and no cost the same there on average, and is the dotted line there?"""
    says("05_multilabel", "1/6, or 0.17, is what your guess should be near")
    from utils.figures import multilabel

    p = 1 / 6
    assert 5 * p == pytest.approx(1 - p)
    assert "at 1/(1 + 5) = 0.17." in multilabel.threshold_costs().text


def test_a_weight_in_the_loss_moves_one_half_to_the_threshold_of_its_cost():
    """Is c p / (c p + 1 - p) one half at p = 1/(1 + c), and what the weighted loss is lowest at?"""
    says(
        "05_multilabel",
        r"learn $c\,p / (c\,p + 1 - p)$ in place of $p$,",
        "and that is 0.5 where $p$ was $1/(1 + c)$",
    )
    for c in (2.0, 5.0):
        p = 1 / (1 + c)
        assert c * p / (c * p + 1 - p) == pytest.approx(0.5)
        q = np.linspace(0.001, 0.999, 999)
        for p in (0.1, 0.4):
            lowest = q[np.argmin(-c * p * np.log(q) - (1 - p) * np.log(1 - q))]
            assert lowest == pytest.approx(c * p / (c * p + 1 - p), abs=1e-3)


def test_thresholds_keep_most_of_their_gain_on_new_scenes(scene_network):
    """If a miss costs five, does more than half of the gain over 0.5 survive on new scenes?"""
    says("05_multilabel", "Most of the gain over 0.5 should remain there")
    P, Y, P_new, Y_new, *_ = scene_network
    chosen = reference.choose_thresholds(P, Y, 5, 1)

    def cost(P, Y, t):
        return 5 * np.sum((t > P) & (Y == 1)) + np.sum((t <= P) & (Y == 0))

    gain, kept = (
        cost(P, Y, 0.5) - cost(P, Y, chosen),
        cost(P_new, Y_new, 0.5) - cost(P_new, Y_new, chosen),
    )
    assert gain > 0
    assert kept > gain / 2


def test_one_network_learns_a_third_of_the_numbers_of_three():
    """Are three networks with one output 20,493 numbers, three times the 6863 of one?"""
    says("05_multilabel", "A third of the numbers")
    three = 3 * (256 * 25 + 25 + 25 * 15 + 15 + 15 * 1 + 1)
    assert three == 20493
    assert 6863 / three == pytest.approx(1 / 3, abs=0.01)


def test_two_shapes_are_in_the_first_scene_of_the_two_heads():
    """Does the figure open with one, which softmax may give one half at most?"""
    says("05_multilabel", "Two shapes are in the first scene.")
    from utils.figures import multilabel
    from utils.figures.multilabel.scenes import held_back

    at = next(c for c in multilabel.two_heads().controls.children if c.description == "scene")
    assert held_back()[0][1][at.value].sum() == 2


def test_an_untrained_network_starts_near_ln_2():
    """Is the loss of the lab's network with random weights about 0.69, from several seeds?"""
    says("05_multilabel", r"The start is near $\ln 2$, knowing nothing")
    from utils.engine.judging.digits import logits
    from utils.engine.models import dense

    X, Y = data.scenes()
    for seed in range(3):
        network = dense(256, [(25, "relu"), (15, "relu"), (3, "linear")], seed=seed)
        loss = reference.multilabel_loss(logits(network.weights, X), Y)
        assert loss == pytest.approx(np.log(2), abs=0.15)


def test_the_held_back_loss_stops_well_above_the_other(scene_network):
    """Is the loss of unseen scenes over three times that of the scenes studied, in the end?"""
    says("05_multilabel", "the held-back loss stops falling well above it")
    P, Y, *_, P_seen, Y_seen = scene_network

    def loss(P, Y):
        p = np.clip(P, 1e-7, 1 - 1e-7)
        return -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))

    assert loss(P, Y) > 3 * loss(P_seen, Y_seen)


@pytest.mark.slow
def test_keras_clips_a_probability_takes_a_logit_for_one_and_looks_behind_a_sigmoid():
    """Is z = 40 for an absent label 16 by its probability, 40 in a model; 0.6 taken for 0.6?"""
    says(
        "05_multilabel",
        "no mistake can cost more than about 16",
        r"the logit 0.6 should cost $\ln (1 + e^{0.6}) \approx 1.04$,",
        "but it was read as the probability 0.6",
    )
    import keras

    loss, absent = keras.losses.BinaryCrossentropy(), np.array([[0.0]])
    p = np.array(keras.ops.sigmoid(np.array([[40.0]])))
    assert float(loss(absent, p)) == pytest.approx(16, abs=0.2)
    assert float(loss(absent, np.array([[0.6]]))) == pytest.approx(-np.log(0.4), abs=1e-3)
    assert np.log1p(np.exp(0.6)) == pytest.approx(1.04, abs=0.005)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile(loss="binary_crossentropy")
    assert model.evaluate(np.array([[40.0]]), absent, verbose=0) == pytest.approx(40)


def test_the_examples_of_the_statements_are_right():
    """Do the numbers printed in the statements come from the functions asked for?"""
    says(
        "05_multilabel",
        "the mean is 1.8709",
        "right, 0.8333, and one of two rows, 0.5",
        "| both mistakes cost 1 | 2 | 1 | 2 | 3 | 2 | 3 |",
        "| a miss costs 5 | 2 | 1 | 6 | 11 | 10 | 15 |",
        "so 0.3 is chosen both times.",
        "If a false alarm costs 5 and a miss 1, it is 0.9: its cost is 2, that of 0.3 is 5",
    )
    Z, Y = np.array([[0.0, 3.0]]), np.array([[1, 0]])
    assert f"{reference.multilabel_loss(Z, Y):.4f}" == "1.8709"
    Y, Yhat = np.array([[1, 0, 1], [0, 1, 0]]), np.array([[1, 0, 1], [0, 1, 1]])
    assert f"{reference.label_accuracy(Y, Yhat):.4f}" == "0.8333"
    assert reference.exact_match(Y, Yhat) == 0.5
    p, y = np.array([[0.9, 0.7, 0.4, 0.3, 0.1]]).T, np.array([[1, 0, 1, 1, 0]]).T
    chosen = [reference.choose_thresholds(p, y, *costs)[0] for costs in ((1, 1), (5, 1), (1, 5))]
    assert chosen == [0.3, 0.3, 0.9]
    said = p.ravel() >= np.array([0.1, 0.3, 0.4, 0.7, 0.9, 1.01])[:, None]
    misses, alarms = np.sum(~said & (y.T == 1), axis=1), np.sum(said & (y.T == 0), axis=1)
    assert (misses + alarms).tolist() == [2, 1, 2, 3, 2, 3]
    assert (5 * misses + alarms).tolist() == [2, 1, 6, 11, 10, 15]
