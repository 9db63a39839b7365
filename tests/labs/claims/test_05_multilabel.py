"""Is what lab 05 says about numbers true of its own data, seeds and functions?"""

import warnings

import numpy as np
import pytest

from utils import data, reference


@pytest.fixture(scope="module")
def scene_shares():
    """Share of new scenes wholly right of one small, three small and one large network, a row."""
    from utils.figures.multilabel.training import shares_right

    return {examples: shares_right(examples).mean(axis=1) for examples in (150, 500, 1500)}


@pytest.mark.slow
@pytest.mark.parametrize("examples", [150, 500, 1500])
def test_one_large_network_beats_three_small_ones(scene_shares, examples):
    """At equal size, does sharing win for every number of scenes that can be chosen?"""
    small, three, large = scene_shares[examples]
    assert large > three > small
    assert three - small < 0.04  # "a few scenes in a hundred behind"


@pytest.mark.slow
def test_more_scenes_help_more_than_another_network(scene_shares):
    """Do ten times as many scenes bring over 20 in a hundred, whichever way?"""
    assert (scene_shares[1500] - scene_shares[150] > 0.2).all()


def test_nearly_all_weights_sit_in_the_first_layer():
    """Are 6425 of 6863 numbers in the first layer of the small network?"""
    assert 256 * 25 + 25 == 6425
    assert 6425 + 25 * 15 + 15 + 15 * 3 + 3 == 6863


def test_eight_classes_never_read_an_unseen_set_and_three_sigmoids_do():
    """Are 0% and about two in five of the scenes with all shapes right, and the others close?"""
    from utils.figures import multilabel

    words = multilabel.unseen().text.split("with all three shapes: ")[1]
    eight, three = ([int(w.rstrip("%")) for w in part.split() if w.endswith("%")]
                    for part in words.split(";"))  # fmt: skip
    assert eight[0] == 0
    assert 33 <= three[0] <= 47
    assert 0 <= eight[1] - three[1] <= 5


def test_the_loss_by_way_of_a_probability_breaks_at_37():
    """Is it 36.04 at 36, infinite from 37 on, and right from the logit?"""
    with np.errstate(divide="ignore"):
        told = {z: float(-np.log(1 - 1 / (1 + np.exp(-z)))) for z in (36.0, 37.0, 800.0)}
    assert f"{told[36.0]:.2f}" == "36.04"
    assert told[37.0] == told[800.0] == np.inf
    assert reference.multilabel_loss(np.array([[800.0]]), np.array([[0]])) == 800


def test_always_absent_is_right_in_sixty_of_a_hundred_labels():
    """Is that the baseline for labels, and every fifth scene empty?"""
    _, Y = data.scenes()
    assert round(np.mean(Y == 0), 1) == 0.6
    assert round(np.mean(~Y.any(axis=1)), 1) == 0.2


@pytest.fixture(scope="module")
def scene_network():
    """A stand-in for the lab's Keras network of as many epochs: probabilities of unseen scenes."""
    from utils.figures.multilabel.scenes import mlp

    network = mlp(3).set_params(max_iter=30, learning_rate_init=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes())
    (X, Y), (X_new, Y_new) = data.scenes(400, seed=1), data.scenes(400, seed=2)
    return network.predict_proba(X), Y, network.predict_proba(X_new), Y_new


def test_the_trained_network_is_too_sure_until_its_logits_are_divided(scene_network):
    """Is it surer than right by about two in a hundred, and the loss lower with smaller logits?"""
    P, Y, P_new, Y_new = scene_network
    p, y = np.clip(np.ravel([P, P_new]), 1e-9, 1 - 1e-9), np.ravel([Y, Y_new])
    sure, right = np.mean(np.maximum(p, 1 - p)), np.mean((p >= 0.5) == y)
    assert 0.01 < sure - right < 0.04
    z = (np.log(p) - np.log1p(-p))[:, None]
    losses = {t: reference.multilabel_loss(z / t, y[:, None]) for t in (1.0, 1.5, 2.0)}
    assert min(losses, key=losses.get) == 1.5


def test_one_half_is_close_to_the_best_threshold_for_right_labels(scene_network):
    """Does the best one for each label win under a point over 0.5, on the scenes that chose it?"""
    P, Y, *_ = scene_network
    best = reference.choose_thresholds(P, Y, 1, 1)
    right = [np.mean((t <= P) == Y) for t in (0.5, best)]
    assert 0 <= right[1] - right[0] < 0.01


def test_with_a_hundred_scenes_the_triangle_suffers_least():
    """Are nine in ten triangles read rightly, and about three in four circles and squares?"""
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
    from utils.figures import multilabel

    p = 1 / 6
    assert 5 * p == pytest.approx(1 - p)
    assert "at 1/(1 + 5) = 0.17." in multilabel.threshold_costs().text


def test_a_weight_in_the_loss_moves_one_half_to_the_threshold_of_its_cost():
    """Is c p / (c p + 1 - p) one half at p = 1/(1 + c), and what the weighted loss is lowest at?"""
    for c in (2.0, 5.0):
        p = 1 / (1 + c)
        assert c * p / (c * p + 1 - p) == pytest.approx(0.5)
        q = np.linspace(0.001, 0.999, 999)
        for p in (0.1, 0.4):
            lowest = q[np.argmin(-c * p * np.log(q) - (1 - p) * np.log(1 - q))]
            assert lowest == pytest.approx(c * p / (c * p + 1 - p), abs=1e-3)


def test_thresholds_keep_most_of_their_gain_on_new_scenes(scene_network):
    """If a miss costs five, does more than half of the gain over 0.5 survive on new scenes?"""
    P, Y, P_new, Y_new = scene_network
    chosen = reference.choose_thresholds(P, Y, 5, 1)

    def cost(P, Y, t):
        return 5 * np.sum((t > P) & (Y == 1)) + np.sum((t <= P) & (Y == 0))

    gain, kept = (
        cost(P, Y, 0.5) - cost(P, Y, chosen),
        cost(P_new, Y_new, 0.5) - cost(P_new, Y_new, chosen),
    )
    assert gain > 0
    assert kept > gain / 2
