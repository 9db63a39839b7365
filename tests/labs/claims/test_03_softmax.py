"""Is what lab 03 says about numbers true of its own data, seeds and functions?"""

import re

import numpy as np
import pytest

from tests.labs.claims.text import says
from tests.utils.figures import controls, shown
from utils import data, reference
from utils.figures import softmax
from utils.figures.fitting import fit


def test_ten_sigmoids_claim_from_0_06_to_1_96():
    """Are the extreme sums those of the lab, and are as many digits read correctly both ways?"""
    says("03_softmax", "The ten sums reach from 0.06 to 1.96", "96.7% of those held back")
    fig = softmax.ten_sigmoids()
    buttons = {c.description: c for c in fig.controls.children}
    for name, total in (("Smallest sum", "0.06"), ("Largest sum", "1.96")):
        buttons[name].click()
        assert f"The ten sigmoids add up to {total}" in fig.text
    assert fig.text.endswith("96.7% by the largest sigmoid, 96.7% by softmax.")


def test_the_same_step_costs_six_times_as_much_near_the_bottom():
    """Do 0.9 to 0.8 and 0.2 to 0.1 cost 0.12 and 0.69?"""
    says("03_softmax", "0.12 and 0.69: the same step costs six times as much near the bottom")
    high, low = np.log(0.9 / 0.8), np.log(0.2 / 0.1)
    assert (round(high, 2), round(low, 2)) == (0.12, 0.69)
    assert low / high == pytest.approx(6, abs=0.2)


def test_a_probability_of_a_hundredth_costs_4_61():
    """Is a factor of fifty far less than fifty times as expensive, and a factor of 10 worth 2.3?"""
    says(
        "03_softmax",
        "fifty times less probable costs 4.61, not fifty times as much",
        "Each further factor of 10 adds 2.3",
    )
    cost = [reference.cross_entropy(np.array([[p, 1 - p]]), np.zeros(1, int)) for p in (0.5, 0.01)]
    assert np.round(cost, 2).tolist() == [0.69, 4.61]
    assert np.log(10) == pytest.approx(2.3, abs=0.01)


def test_one_step_gets_70_percent_right_and_forty_get_92():
    """Is it so at the rate that the learner's own loop takes, 0.3?"""
    says("03_softmax", "One step gets 70% of the points right, forty get 92%")
    at = controls(fig := softmax.four_clusters())
    assert at["learning rate"].value == 0.3
    told = {}
    for at["step"].value in (0, 1, 40, 80):
        told[at["step"].value] = fig.text
    assert "cost 1.386" in told[0]
    assert "70% of the points right" in told[1]
    assert "92% of the points right" in told[40]
    assert "94% of the points right" in told[80]  # "from then on hardly a point changes sides"


def test_the_largest_rate_overshoots_first_and_ends_lowest():
    """Is its first step above ln 4, and its cost after 80 steps the lowest of all four?"""
    says(
        "03_softmax",
        "the first one makes the cost *higher* than knowing nothing",
        "after 80 steps that cost is the lowest of all",
    )
    fig = softmax.four_clusters()
    at = controls(fig)
    ends = {}
    for rate in (0.03, 0.3, 3.0, 10.0):
        at["learning rate"].value, at["step"].value = rate, 80
        ends[rate] = float(fig.text.split("cost ")[1].split(",")[0])
    at["step"].value = 1
    assert float(fig.text.split("cost ")[1].split(",")[0]) > np.log(4)
    assert min(ends, key=ends.get) == 10.0
    assert ends[10.0] == pytest.approx(0.119, abs=2e-3)
    assert ends[0.3] == pytest.approx(0.243, abs=2e-3)


@pytest.fixture(scope="module")
def readings():
    """What the lab's network says about the held-back digits, for each of three seeds."""
    import keras

    X, X_test, y, _ = data.digits_split()
    found = []
    for seed in (1, 2, 3):
        keras.utils.set_random_seed(seed)
        model = reference.build_softmax_model(64, 10)
        fit(model, X, y, epochs=40)
        found.append(np.asarray(model(X_test)))
    return found


@pytest.mark.slow
def test_softmax_regression_reads_the_digits_as_well_as_the_network(readings):
    """Do straight borders read 96 to 97%, and the lab's network about 95%, over three seeds?"""
    says(
        "03_softmax",
        "softmax regression reads 96 to 97% of the held-back ones",
        "about 95% of the held-back ones",
    )
    X, X_test, y, y_test = data.digits_split()
    W, b, Y = np.zeros((64, 10)), np.zeros(10), np.eye(10)[y]
    for _ in range(300):
        error = reference.softmax(X @ W + b) - Y
        W, b = W - 3 * X.T @ error / len(y), b - 3 * error.mean(axis=0)
    assert 0.96 <= np.mean(np.argmax(X_test @ W + b, axis=1) == y_test) <= 0.975
    for P in readings:
        assert np.mean(P.argmax(axis=1) == y_test) == pytest.approx(0.95, abs=0.02)


@pytest.mark.slow
def test_the_network_is_often_in_doubt_where_it_is_wrong_but_not_always(readings):
    """Is half of its mistakes below 80%, most of what is right above, and some mistake, too?"""
    says(
        "03_softmax",
        "the network is often in doubt, but not always: in some mistakes it is more than 80% sure",
    )
    y_test = data.digits_split()[3]
    for P in readings:
        sure, wrong = P.max(axis=1), P.argmax(axis=1) != y_test
        assert np.median(sure[wrong]) < 0.8 < np.quantile(sure[~wrong], 0.2)
        assert sure[wrong].max() > 0.8


@pytest.mark.slow
def test_the_spiral_leaves_softmax_regression_at_57_percent(monkeypatch):
    """How much of the spiral do straight borders get right, and how much the network?"""
    says("03_softmax", "Softmax regression stays at 57% of the points, however long it trains")
    displayed = shown(monkeypatch)
    for seed in (1, 2):
        softmax.spiral(seed=seed)
        told = re.search(r"regression (\d+)% right, the network (\d+)%", displayed[-1].text)
        assert int(told[1]) == 57
        assert int(told[2]) >= 97


def test_disjoint_round_clouds_can_be_split_by_straight_borders():
    """Do linear scores split many round clouds that do not touch, however they lie?"""
    says(
        "03_softmax",
        "Round clouds of one class each that do not overlap can always be split that way",
    )
    rng = np.random.default_rng(0)
    centres = np.zeros((0, 2))
    while len(centres) < 40:
        centre = rng.uniform(-10, 10, 2)
        if len(centres) == 0 or np.hypot(*(centres - centre).T).min() > 2:
            centres = np.vstack([centres, centre])
    y = np.arange(4000) % 40
    angle, radius = rng.uniform(0, 2 * np.pi, 4000), np.sqrt(rng.uniform(0, 1, 4000))
    X = centres[y] + (radius * [np.cos(angle), np.sin(angle)]).T
    scores = X @ centres.T - (centres**2).sum(axis=1) / 2
    assert np.array_equal(np.argmax(scores, axis=1), y)


def test_sgd_lowers_the_loss_of_the_network_more_slowly():
    """Is the loss after five epochs higher with "sgd" than with "adam"?"""
    says("03_softmax", 'With `"sgd"` the loss falls more slowly')
    import keras

    X, _, y, _ = data.digits_split()
    losses = {}
    for name in ("sgd", "adam"):
        keras.utils.set_random_seed(1)
        model = reference.build_softmax_model(64, 10)
        model.compile(name, "sparse_categorical_crossentropy")
        losses[name] = fit(model, X, y, epochs=5).history["loss"][-1]
    assert losses["sgd"] > 2 * losses["adam"]


def test_where_three_sigmoids_say_mine_softmax_gives_each_a_third():
    """Of the largest sum: three of 0.6 and more, a third each? Of the smallest: who is chosen?"""
    says("03_softmax", "once it gives each of three a third")
    from utils.figures.softmax import digits

    X, X_kept, y, _ = data.digits_split()
    V, c = digits._trained(X, y, reference.sigmoid)
    W, b = digits._trained(X, y, reference.softmax)
    apart, P = reference.sigmoid(X_kept @ V + c), reference.softmax(X_kept @ W + b)
    most, least = apart.sum(axis=1).argmax(), apart.sum(axis=1).argmin()
    three = np.argsort(-apart[most])[:3]
    assert apart[most, three].min() > 0.6
    assert P[most, three] == pytest.approx([1 / 3] * 3, abs=0.05)
    assert apart[least].max() < 0.05 < 0.4 < P[least].max()


def test_nudged_logits_have_the_slopes_p_minus_y():
    """Are they 0.125, -0.75 and 0.625, which add up to 0?"""
    says("03_softmax", "$(0.125, -0.75, 0.625)$", "the three changes add up to 0")
    z, loss = np.log([1.0, 2.0, 5.0]), lambda z: reference.log_sum_exp(z) - z[1]
    moves = 1e-6 * np.eye(3)
    slopes = [(loss(z + move) - loss(z - move)) / 2e-6 for move in moves]
    assert slopes == pytest.approx([0.125, -0.75, 0.625], abs=1e-6)


def test_the_worked_examples_of_lab_03_are_right():
    """Are the numbers in the statements those of the functions?"""
    says("03_softmax", "$(0.2119, 0.2119, 0.5761)$", "The mean is 0.9281", "= 529$", "2175",
         r"$e^{-1} \approx 0.368$ cost exactly 1",
         "a million numbers instead of fifty billion")  # fmt: skip
    softmax_of = reference.softmax(np.array([1.0, 1.0, 2.0]))
    assert softmax_of == pytest.approx([0.2119, 0.2119, 0.5761], abs=5e-5)
    P = np.array([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]])
    assert reference.cross_entropy(P, np.array([2, 1])) == pytest.approx(0.9281, abs=5e-5)
    assert [reference.build_softmax_model(*n).count_params() for n in ((2, 4), (64, 10))] == [
        529,
        2175,
    ]
    assert -np.log(0.368) == pytest.approx(1, abs=1e-3)
    assert 10**6 * 50_000 == 50 * 10**9


@pytest.mark.slow
def test_the_network_does_better_on_digits_it_has_studied(readings):
    """Is its cost on held-back digits twice that of the others, and did it begin near ln 10?"""
    says("03_softmax", "In the end the network does better on digits it has studied")
    import keras

    X, _, y, y_test = data.digits_split()
    for seed, P in zip((1, 2, 3), readings, strict=True):
        assert reference.cross_entropy(P, y_test) > 0.1
        keras.utils.set_random_seed(seed)
        untrained = np.asarray(reference.build_softmax_model(64, 10)(X))
        assert np.log(10) - 0.02 < reference.cross_entropy(untrained, y) < np.log(10) + 0.15


def test_each_loss_refuses_the_target_of_the_other():
    """Is it a ValueError that speaks of the rank, both times?"""
    says("03_softmax", "A `ValueError` both times, about the *rank*")
    import keras

    P = np.array([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]])
    sparse = keras.losses.SparseCategoricalCrossentropy()
    categorical = keras.losses.CategoricalCrossentropy()
    for loss, target in ((categorical, [2, 1]), (sparse, [[0, 0, 1], [0, 1, 0]])):
        with pytest.raises(ValueError, match="rank"):
            loss(np.array(target), P)
