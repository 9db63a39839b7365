"""The judges of lab 08_digits: splits by their properties, networks by their weights."""

import numpy as np
import pytest

from utils import reference
from utils.engine.calling import Call, run_calls
from utils.engine.judging import Case, digits, verdict

X = np.column_stack([np.arange(30) + 0.5, np.arange(30) % 7])
Y = np.arange(30) // 10


def judged(judge, split):
    calls = [Call("shuffle_split", [X, Y, 9, seed]) for seed in (1, 1, 2)]
    case = Case(calls, f"digits.{judge}", {}, [None] * 3)
    finding = verdict(case, run_calls({"shuffle_split": split}, calls))
    return finding and finding.code


@pytest.mark.parametrize("judge", ["parts", "order", "seeds"])
def test_a_library_split_is_right(judge):
    """Does scikit-learn's split pass every judge?"""
    assert judged(judge, reference.shuffle_split) is None


@pytest.mark.parametrize("judge", ["parts", "order", "seeds"])
def test_a_stratified_split_is_right(judge):
    """May a split keep the shares of the classes?"""
    from sklearn.model_selection import train_test_split

    def split(X, y, test_size, seed):
        return train_test_split(X, y, test_size=test_size, random_state=seed, stratify=y)

    assert judged(judge, split) is None


def test_a_changed_row_is_found():
    """Is a row that is none of the given ones named?"""

    def split(X, y, test_size, seed):
        parts = reference.shuffle_split(X, y, test_size, seed)
        return parts[0] / 16, *parts[1:]

    assert judged("parts", split) == "changed"


def test_logits_are_those_of_the_layers():
    """Is there ReLU between the layers, and none behind the last?"""
    W1, b1 = np.array([[1.0, -1.0]]), np.array([0.0, 1.0])
    W2, b2 = np.array([[1.0], [-2.0]]), np.array([0.5])
    got = digits.logits([W1, b1, W2, b2], np.array([[2.0], [-2.0]]))
    assert got.tolist() == [[2.5], [-5.5]]


def test_library_training_passes_the_judge_of_networks():
    """Does scikit-learn's network, trained with its own Adam, count as one that has learned?"""
    rng = np.random.default_rng(0)
    patterns = (rng.random((10, 64)) < 0.3).astype(float)
    y = np.arange(260) % 10
    answers = {"train_numpy_network": reference.train_numpy_network}

    def finding(steps, alpha):
        calls = [Call("train_numpy_network", [patterns[y], y, 8, steps, alpha, 1])]
        case = Case(calls, "digits.learned", {"share": 0.9}, [None])
        return verdict(case, run_calls(answers, calls))

    assert finding(200, 0.02) is None
    assert finding(1, 1e-6) is not None
