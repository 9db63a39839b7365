"""What several exercises of 01_training are asked with."""

import numpy as np

ROWS = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [-2.0, 0.25, 1.0], [0.0, 1.0, 3.0]])

WEIGHTS = np.array([0.8, -0.6, 0.3])


def unit(rng, m, n, size=1.0):
    """Return inputs, weights and a bias."""
    return rng.normal(size=(m, n)), size * rng.normal(size=n), float(rng.normal())


def large_unit(rng, m, n):
    """Return a unit with scores up to 30 in absolute value."""
    X, w, b = rng.uniform(-1, 1, (m, n)), rng.normal(size=n), float(rng.uniform(-2, 2))
    return X, w * (26 / np.abs(X @ w).max()), b


def labels(rng, m):
    """Return m labels, both kinds among them where m allows it."""
    y = rng.integers(0, 2, size=m)
    y[: min(m, 2)] = [1, 0][: min(m, 2)]
    return rng.permutation(y)


TARGETS = np.array([1, 0, 0, 1])


def problem(rng, m, n, size=1.0):
    """Return inputs, labels, weights and a bias."""
    X, w, b = unit(rng, m, n, size)
    return X, labels(rng, m), w, b
