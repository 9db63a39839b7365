"""What several exercises of 03_softmax are asked with."""

import numpy as np

from utils.engine.plain import Layout


def problem(rng, m, n, classes, size=1.0):
    """Return inputs, weights and biases with no two equal logits in a row."""
    return rng.normal(size=(m, n)), size * rng.normal(size=(n, classes)), rng.normal(size=classes)


def close_race(rng, m, gap):
    """Return a problem whose two largest logits lie near 48, `gap` apart in every row."""
    slopes = np.array([[-40.0, 48.0, 48.0 - gap]])
    return rng.uniform(0.98, 1, (m, 1)), slopes, np.array([1.0, 0.5, 0.5])


def readonly(arrays):
    return [Layout(a, "readonly") for a in arrays]


ROWS = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]])

WEIGHTS = np.array([[0.5, -1.0, 0.2], [0.1, 0.8, -0.7]])

BIASES = np.array([0.1, -0.2, 0.3])
