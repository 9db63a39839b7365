"""Data of the labs: real digits from scikit-learn, and synthetic sets that a seed repeats exactly.

Every function returns new arrays: change them as you like.
"""

import numpy as np


def digits():
    """The 1,797 scans of hand-written digits bundled with scikit-learn, scaled to [0, 1].

    Returns `X (1797, 64)` float64, each row an 8 by 8 picture, and `y (1797,)` int, the digit.
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / 16.0, y.astype(int)


def digits_binary():
    """Only the zeros and ones among `digits()`: `X (360, 64)`, `y (360,)` int in {0, 1}."""
    X, y = digits()
    keep = y <= 1
    return X[keep], y[keep]


def digits_split(test_size=360, seed=0):
    """`digits()` split into `(X_train, X_test, y_train, y_test)`, each digit in equal shares."""
    from sklearn.model_selection import train_test_split

    X, y = digits()
    return tuple(train_test_split(X, y, test_size=test_size, random_state=seed, stratify=y))


def four_clusters(m=200, seed=0):
    """Four round clouds in the plane that nearly touch: `X (m, 2)` float64, `y (m,)` int."""
    rng = np.random.default_rng(seed)
    centres = np.array([[-2.8, 1.6], [-0.9, -0.2], [1.0, 1.0], [2.4, -1.8]])
    y = rng.permutation(np.arange(m) % 4)
    return centres[y] + rng.normal(scale=0.65, size=(m, 2)), y
