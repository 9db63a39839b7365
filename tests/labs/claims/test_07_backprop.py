"""Is what lab 07 says about numbers true of its own data, seeds and functions?"""

import numpy as np
import pytest

from utils import reference


def ends(task, hidden, rate=0.2, starts=range(10), steps=400):
    """Mean cost and share of points right that training of the lab's small network ends with."""
    from utils.figures.backprop import learning

    X, y = learning._TASKS[task]
    found = []
    for start in starts:
        theta = learning.start_of(hidden, start)
        w1, w2, b, v = np.split(theta[:-1], 4)
        W, c = np.array([w1, w2]), theta[-1]
        for _ in range(steps):
            Z = X @ W + b
            out = np.maximum(Z, 0) @ v + c
            error = 2 * (out - y) / len(y)
            back = np.outer(error, v) * (Z > 0)
            W, b = W - rate * X.T @ back, b - rate * back.sum(axis=0)
            v, c = v - rate * np.maximum(Z, 0).T @ error, c - rate * error.sum()
        out = np.maximum(X @ W + b, 0) @ v + c
        found.append((np.mean((out - y) ** 2), np.mean((out > 0.5) == y)))
    return np.array(found)


def test_two_units_find_exclusive_or_from_two_of_ten_starts_and_six_from_all():
    """Are 2 and 10 of ten starts right, one unit never better than three points of four?"""
    assert np.sum(ends("exclusive or", 2)[:, 1] == 1) == 2
    assert np.sum(ends("exclusive or", 6)[:, 1] == 1) == 10
    assert ends("exclusive or", 1)[:, 1].max() == 0.75


def test_exclusive_or_is_right_after_about_fifty_steps():
    """Does the first start with four units read all points rightly at step 50?"""
    assert ends("exclusive or", 4, starts=[0], steps=50)[0, 1] == 1


def test_two_moons_are_separated_with_six_units_and_not_at_rate_one():
    """Are all points right at rate 0.2 from the first start, and the cost high at rate 1?"""
    assert ends("two moons", 6, starts=[0])[0, 1] == 1
    assert ends("two moons", 6, rate=1.0, starts=[0])[0, 0] > 0.2


def test_a_broken_gradient_shows_as_far_as_the_lab_says():
    """Is 1% in one entry 0.002 at m = 6 and 0.0008 at 20, and what is right below 1e-6?"""
    from utils.figures import backprop

    fig = backprop.broken_gradients()
    slider = next(c for c in fig.controls.children if c.description == "examples m")
    results = {}
    for slider.value in (1, 6, 20):
        told = fig.text.split(": ", 1)[1].split(". Plain")[0].split(", ")
        results[slider.value] = {k: float(v) for k, v in (part.rsplit(" ", 1) for part in told)}
    off = "one entry off by 1%"
    assert f"{results[6][off]:.3f}, {results[20][off]:.4f}" == "0.002, 0.0008"
    for m, found in results.items():
        assert max(found["as it is"], found["rounded to float32"]) < 1e-6
        wrong = set(found) - {"as it is", "rounded to float32"}
        hidden = {name for name in wrong if found[name] < 1e-4}
        assert hidden == ({"layer 1 without 1/m", "no 1/m at all"} if m == 1 else set())


def test_a_check_gives_one_third_to_twice_and_to_half_and_one_to_zero():
    """Are 1/3, 1/3, 1, 1 and 1/2 the results for twice, half, flipped, zero and [0, 3]?"""
    theta = np.array([2.0, 1.0])

    def f(t):
        return t[0] ** 2 + 3 * t[1]

    grads = ([8, 6], [2, 1.5], [-4, -3], [0, 0], [0, 3])
    found = [reference.gradient_check(f, np.array(g, dtype=float), theta) for g in grads]
    assert found == pytest.approx([1 / 3, 1 / 3, 1, 1, 1 / 2], abs=1e-8)


def test_a_batch_keeps_more_values_than_there_are_parameters():
    """Are 154 values an image kept, against 2,175 parameters?"""
    assert 64 + 2 * 25 + 2 * 15 + 10 == 154
    assert 65 * 25 + 26 * 15 + 16 * 10 == 2175
    assert 32 * 154 > 2175
