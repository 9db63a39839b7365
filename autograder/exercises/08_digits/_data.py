"""What several exercises of 08_digits are asked with."""

from functools import cache

import numpy as np

from autograder.authoring.declaration import NumpyModel
from utils import data
from utils.engine.models import dense

SPLIT_SEED, HELD_BACK = 4, 450


@cache
def split():
    """Return the training part and the held-back part: `(X, y), (X_test, y_test)`."""
    X, y = data.digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(X))
    test, train = order[:HELD_BACK], order[HELD_BACK:]
    return (X[train], y[train]), (X[test], y[test])


def patterns(seed, m):
    """Return made-up pictures of ten classes: each a pattern of its own with a few pixels off."""
    rng = np.random.default_rng(seed)
    patterns = rng.random((10, 64)) < 0.3
    y = rng.permutation(np.arange(m) % 10)
    return (patterns[y] ^ (rng.random((m, 64)) < 0.04)).astype(float), y


# Whole numbers and halves: every way of adding up gives the same logits, to the last bit.
READER = dense(
    3,
    [(4, "linear")],
    weights=[
        np.array([[1.0, -0.5, 0.0, 0.5], [0.5, 1.0, -1.5, 0.0], [-1.0, 0.0, 0.5, 1.0]], np.float32),
        np.array([0.0, 0.5, -0.5, 1.0], np.float32),
    ],
)

DEEPER = dense(
    3,
    [(3, "relu"), (5, "linear")],
    weights=[
        np.array([[1.0, -1.0, 0.5], [0.5, 1.5, -1.0], [-0.5, 0.0, 1.0]], np.float32),
        np.array([0.5, 0.0, -0.5], np.float32),
        np.array(
            [[1.0, -1.0, 0.0, 0.5, -0.5], [0.0, 1.0, -0.5, -1.0, 0.5], [0.5, 0.0, 1.0, -1.0, -0.5]],
            np.float32,
        ),
        np.array([0.0, 0.5, 0.0, -0.5, 1.0], np.float32),
    ],
)


def confidences(model, X):
    Z = np.asarray(NumpyModel(model).predict(X), dtype=float)
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    return Z, P / P.sum(axis=1, keepdims=True)


def untied(rng, model, m, size=6, apart=0.0):
    """Return inputs in halves: no two of the largest logits equal, confidences `apart`."""
    X = rng.integers(-size, size + 1, size=(60 * m, 3)) / 2
    Z, P = confidences(model, X)
    order = np.sort(Z, axis=1)
    chosen: list[int] = []
    for i in np.flatnonzero(order[:, -1] > order[:, -2]):
        if all(abs(P[i].max() - P[j].max()) > apart for j in chosen) or not apart:
            chosen.append(int(i))
        if len(chosen) == m:
            break
    return X[chosen]
