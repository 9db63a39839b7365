"""The data of the labs."""

import subprocess
import sys

import numpy as np

from utils import data


def test_digits_are_scaled_pictures():
    """Are there 1,797 pictures of 64 numbers from 0 to 1, with integer labels 0 to 9?"""
    X, y = data.digits()
    assert X.shape == (1797, 64)
    assert X.dtype == float
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert y.dtype.kind == "i"
    assert np.array_equal(np.unique(y), np.arange(10))


def test_digits_are_those_of_scikit_learn():
    """Are the shipped pictures, labels and the split those that scikit-learn gives?"""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    np.testing.assert_array_equal(data.digits()[0], X / 16)
    np.testing.assert_array_equal(data.digits()[1], y)
    wanted = train_test_split(X / 16, y, test_size=360, random_state=0, stratify=y)
    for found, right in zip(data.digits_split(), wanted, strict=True):
        np.testing.assert_array_equal(found, right)


def test_digits_are_read_without_scikit_learn():
    """Does a fresh process get pictures and split without importing scikit-learn?"""
    code = "import sys; from utils import data; data.digits_split(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sklearn" not in done.stdout.split()


def test_binary_digits_are_zeros_and_ones():
    """Are all zeros and ones there, and nothing else?"""
    X, y = data.digits_binary()
    assert X.shape == (360, 64)
    assert np.array_equal(np.unique(y), [0, 1])


def test_the_split_is_disjoint_and_complete():
    """Is each digit on one side of the split, every time the same one?"""
    X_train, X_test, y_train, y_test = data.digits_split()
    assert len(X_test) == len(y_test) == 360
    together = np.sort(np.vstack([X_train, X_test]) @ np.arange(1, 65.0) ** 2)
    assert np.allclose(together, np.sort(data.digits()[0] @ np.arange(1, 65.0) ** 2))
    assert len(y_train) == 1437
    assert np.array_equal(data.digits_split()[1], X_test)
    assert not np.array_equal(data.digits_split(seed=1)[1], X_test)


def test_four_clusters_repeat_with_their_seed():
    """Are the clouds equally many, shuffled, and the same for the same seed only?"""
    X, y = data.four_clusters()
    assert X.shape == (200, 2)
    assert np.array_equal(np.bincount(y), [50] * 4)
    assert np.any(np.diff(y) < 0)
    assert np.array_equal(X, data.four_clusters()[0])
    assert not np.array_equal(X, data.four_clusters(seed=1)[0])


def test_data_are_the_callers_own():
    """May a learner write into what a function returned?"""
    X, _ = data.digits()
    X[:] = 7
    assert data.digits()[0].max() == 1.0
