"""Is what lab 08 says about numbers true of its own data, seeds and functions?"""

import warnings

import numpy as np
import pytest

from utils import data, reference


@pytest.fixture(scope="module")
def reading():
    """A stand-in for the lab's network, of its size, steps and three parts: scikit-learn's."""
    from sklearn.neural_network import MLPClassifier

    rest, X_test, y_rest, y_test = reference.shuffle_split(*data.digits(), 360, 1)
    X, X_val, y, y_val = reference.shuffle_split(rest, y_rest, 360, 2)
    network = MLPClassifier((25, 15), batch_size=32, alpha=0, max_iter=1, random_state=1,
                            warm_start=True, n_iter_no_change=99)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(X, y)
        begin = [W.copy() for W in network.coefs_]
        network = network.set_params(max_iter=59)
        network.fit(X, y)
    return network, begin, (X, y), (X_val, y_val), (X_test, y_test)


def test_the_three_parts_are_1077_360_and_360(reading):
    """Does splitting 360 off twice leave 1,077, and make 34 steps an epoch?"""
    _, _, *parts = reading
    assert [len(y) for _, y in parts] == [1077, 360, 360]
    assert int(np.ceil(1077 / 32)) == 34


def test_the_last_360_sorted_digits_are_all_8s_and_9s_and_six_7s():
    """How many can a network that never saw an 8 or a 9 get right: 6 of 360, 1.7%?"""
    counts = np.bincount(np.sort(data.digits()[1])[-360:], minlength=10)
    assert counts[:7].sum() == 0
    assert counts[7] == 6
    assert round(100 * 6 / 360, 1) == 1.7


def test_weights_move_about_as_far_as_the_lab_says(reading):
    """Are the means 0.1 to 0.35 from the start, and the busiest about 1?"""
    network, begin, *_ = reading
    moved = [np.abs(W - W0) for W, W0 in zip(network.coefs_, begin, strict=True)]
    assert all(0.1 < m.mean() < 0.35 for m in moved)
    assert 0.6 < max(m.max() for m in moved) < 1.6


def test_confidence_and_mistakes_are_as_the_lab_says(reading):
    """Is p over 0.99 for two in three, and are most mistakes among the fifty least sure?"""
    network, _, _, (X, y), _ = reading
    P = network.predict_proba(X)
    confidence, wrong = P.max(axis=1), P.argmax(axis=1) != y
    assert 0.55 < np.mean(confidence > 0.99) < 0.8
    assert 0.08 < np.mean(confidence < 0.9) < 0.18
    assert 0.02 < np.mean(wrong) < 0.07
    assert wrong[np.argsort(confidence)[:50]].sum() > wrong.sum() / 2
    losses = -np.log(P[np.arange(len(y)), y])
    assert losses[wrong].sum() > losses.sum() / 2


def test_images_of_one_digit_grow_alike_from_layer_to_layer(reading):
    """Does the lead in likeness of one digit over different digits grow with every layer?"""
    network, _, _, (X, y), _ = reading
    now, leads = X, []
    same = (y[:, None] == y) & ~np.eye(len(y), dtype=bool)
    for number, (W, b) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        now = np.maximum(now @ W + b, 0) if number < 2 else now @ W + b
        unit = now / np.linalg.norm(now, axis=1, keepdims=True)
        alike = unit @ unit.T
        leads.append(alike[same].mean() - alike[y[:, None] != y].mean())
    assert leads == sorted(leads)


def test_about_two_thirds_of_the_first_layer_are_on_for_a_digit(reading):
    """Is it between one half and four fifths?"""
    network, _, _, (X, _), _ = reading
    on = np.mean(X @ network.coefs_[0] + network.intercepts_[0] > 0)
    assert 0.5 < on < 0.8


def test_an_empty_page_is_read_with_little_confidence(reading):
    """Is it below one half: rather this than the other nine, and not by much?"""
    assert reading[0].predict_proba(np.zeros((1, 64))).max() < 0.5


def test_97_percent_of_360_has_a_standard_error_of_0_9_points():
    """Is it 0.9?"""
    assert round(100 * np.sqrt(0.97 * 0.03 / 360), 1) == 0.9


@pytest.fixture(scope="module")
def started():
    """Validation share by size of the starting weights and steps, mean of three seeds."""
    from utils.figures.digits import experiments
    from utils.figures.digits.in_numpy import read_rightly

    (X, y), (X_val, y_val), _ = experiments.parts()
    return {
        (size, steps): np.mean([
            read_rightly(experiments.from_size(X, y, 32, steps, 0.02, seed, size), X_val, y_val)
            for seed in range(3)
        ])
        for size in (0.0, 0.01, 0.18, 0.5, 1.0, 5.0, 20.0)
        for steps in (10, 100, 300)
    }  # fmt: skip


@pytest.mark.slow
def test_the_size_of_the_first_weights_matters_as_the_lab_says(started):
    """Is 0 guessing, small to 0.5 alike after 100 steps, 0.18 best after 10, large ones worse?"""
    assert max(started[0.0, steps] for steps in (10, 100, 300)) < 0.15
    middle = [started[size, 100] for size in (0.01, 0.18, 0.5)]
    assert np.ptp(middle) < 0.03
    assert started[0.18, 10] > max(started[0.01, 10], started[0.5, 10]) + 0.05
    assert min(middle) > started[1.0, 100] > started[5.0, 100] > started[20.0, 100]
    assert started[5.0, 300] > started[5.0, 100]
    assert started[20.0, 300] < 0.7


@pytest.mark.slow
def test_twice_the_digits_stands_out_and_half_the_rate_does_not():
    """Is the gain of 800 digits larger than both spreads, a change of the rate smaller?"""
    from utils.figures import digits

    tried = {
        "as it was": {}, "half the rate": {"alpha": 0.01}, "twice the units": {"hidden": 64},
        "twice the digits": {"digits": 800},
    }  # fmt: skip
    told = digits.changes(None, tried).text.split(": ", 1)[1].rstrip(".").split("; ")
    numbers = {
        name: (float(line.split()[-6]), float(line.split()[-1]))
        for name, line in zip(tried, told, strict=True)
    }
    mean, spread = numbers["as it was"]
    assert abs(numbers["half the rate"][0] - mean) < spread
    assert abs(numbers["twice the units"][0] - mean) < 1.5 * spread
    assert numbers["twice the digits"][0] - mean > spread + numbers["twice the digits"][1]


@pytest.mark.slow
def test_the_winner_keeps_a_small_part_of_its_lead():
    """Over four splits: is the lead over a point on validation, and under half of that on test?"""
    from utils.figures.digits import experiments
    from utils.figures.digits.in_numpy import read_rightly

    leads = []
    for split in range(1, 5):
        (X, y), *held = experiments.parts(split)
        shares = np.array([
            [read_rightly(reference.train_numpy_network(X, y, 32, 40, 0.02, seed), *part)
             for part in held]
            for seed in range(20)
        ])  # fmt: skip
        leads.append(shares[np.argmax(shares[:, 0])] - shares.mean(axis=0))
    on_validation, on_test = np.mean(leads, axis=0)
    assert on_validation > 0.01
    assert on_test < on_validation / 2
