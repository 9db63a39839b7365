"""softmax_gradient: gradient of the mean cross-entropy of softmax(X W + b) with true classes y."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import BIASES, ROWS, WEIGHTS, close_race, problem, readonly

ex = exercise(__name__, points=20, forbids=["autodiff"])
ex.hints = [
    "The error of each row is what you predicted minus what was true. In which form do both "
    "have the shape (m, C)?",
    "dW has the shape of W, (n, C). Which product of X and the error gives that shape?",
    "The cost is a mean over the examples. Where does that 1/m appear?",
]
ex.results = {"softmax_gradient": ["dW", "db"]}


def _labelled(rng, m, n, classes, size=1.0):
    X, W, b = problem(rng, m, n, classes, size)
    return X, rng.integers(0, classes, size=m), W, b


def _sure(rng, m, score):
    """Return a problem whose true class leads by about `score` in every row."""
    y = rng.integers(0, 3, size=m)
    X = np.eye(3)[y] * score + rng.normal(size=(m, 3))
    return X, y, np.eye(3), 0.3 * rng.normal(size=3)


def _large_features(X, y, W, b):
    """The same logits from features in the thousands: no fixed nudge of W fits these."""
    return 2000 * X, y, W / 2000, b


_Y = np.array([2, 0, 1])

ex.check(
    "both gradients, three examples",
    [case("softmax_gradient", ROWS, _Y, WEIGHTS, BIASES, largest=True)],
    lambda rng: [
        case("softmax_gradient", *_labelled(rng, 600, 3, 2), largest=True),
        case("softmax_gradient", *_labelled(rng, 40, 3, 300), largest=True),
        case("softmax_gradient", *_labelled(rng, 4, 4, 4), largest=True),
        case("softmax_gradient", *_labelled(rng, 12, 2, 3, 3.0), largest=True),
    ],
    weight=2,
)
ex.check(
    "one example, and large logits",
    [
        case("softmax_gradient", ROWS[:1], np.array([1]), 9 * WEIGHTS, BIASES, largest=True),
        case("softmax_gradient", np.vstack([ROWS, -ROWS]), np.array([0, 1, 2, 2, 2, 1]), WEIGHTS,
             -BIASES, largest=True),
    ],
    lambda rng: [
        case("softmax_gradient", *_labelled(rng, 1, 5, 3), largest=True),
        case("softmax_gradient", *_labelled(rng, 6, 1, 3), largest=True),
        case("softmax_gradient", *_sure(rng, 5, 12), largest=True),
        case("softmax_gradient", *_sure(rng, 5, 40), largest=True),
        case("softmax_gradient", close_race(rng, 3, 1.5)[0], np.array([0, 1, 1]),
             *close_race(rng, 3, 1.5)[1:], largest=True),
        case("softmax_gradient", *_large_features(*_labelled(rng, 6, 3, 4)), largest=True),
        case("softmax_gradient", *readonly(_labelled(rng, 4, 2, 3)), largest=True),
        case("softmax_gradient", rng.uniform(-1, 1, (5, 2)), rng.integers(0, 3, 5),
             rng.uniform(-20, 20, (2, 3)), rng.uniform(-9, 9, 3), largest=True),
        case("softmax_gradient", Layout(rng.normal(size=(4, 3)), "readonly"),
             *_labelled(rng, 4, 3, 3)[1:], largest=True),
    ],
)  # fmt: skip

# fmt: off
ex.mistake("not divided by m", "The cost is a mean over m: so is its gradient.",
    ("error / len(y), np.mean", "error, np.sum"))
ex.mistake("db not divided by m", "The 1/m belongs to db as well.", ("np.mean", "np.sum"))
ex.mistake("dW not divided by m", "The 1/m belongs to dW as well.",
    ("X.T @ error / len(y)", "X.T @ error"))
ex.mistake("divided by m twice", "The 1/m is in there twice.",
    ("error / len(y)", "error / len(y) ** 2"),
    ("np.mean(error, axis=0)", "np.mean(error, axis=0) / len(y)"))
ex.mistake("sign flipped", "The error is P - Y, not Y - P: the gradient points uphill.",
    ("predict_proba(X, W, b) - one_hot(y, len(b))", "one_hot(y, len(b)) - predict_proba(X, W, b)"))
ex.mistake("one-hot not subtracted", "Subtract the one-hot targets from P.",
    (" - one_hot(y, len(b))", ""))
ex.mistake("class numbers subtracted", "y holds class numbers: turn them into one-hot rows first.",
    ("one_hot(y, len(b))", "y[:, None]"))
ex.mistake("error from the logits", "P - Y needs the probabilities, not the logits.",
    ("predict_proba(X, W, b)", "(X @ W + b)"))
ex.mistake("sigmoid outputs", "The probabilities come from softmax.",
    ("predict_proba(X, W, b)", "1 / (1 + np.exp(-(X @ W + b)))"))
ex.mistake("bias forgotten", "The logits are X @ W + b: the bias is missing.",
    ("(X, W, b)", "(X, W, 0)"))
ex.mistake("db is one number", "db has one entry for each class: sum over the examples only.",
    ("np.mean(error, axis=0)", "np.sum(error) / len(y)"))
ex.mistake("db over the wrong axis", "Each class keeps an entry of its own: which axis holds the examples?",
    ("np.mean(error, axis=0)", "np.sum(error, axis=1) / len(y)"))
ex.mistake("dW transposed", "dW has the shape of W, (n, C).", ("X.T @ error", "error.T @ X"))
ex.mistake("slope of softmax included", "P (1 - P) cancels: with this cost the error is P - Y alone.",
    ("error = predict_proba(X, W, b) - one_hot(y, len(b))",
     "P = predict_proba(X, W, b)\n    error = (P - one_hot(y, len(b))) * P * (1 - P)"))
ex.mistake("divided by m times C", "The mean is over the m examples only.",
    ("error / len(y)", "error / error.size"),
    ("np.mean(error, axis=0)", "np.sum(error, axis=0) / error.size"))
ex.mistake("order swapped", "Return dW first, then db.",
    ("X.T @ error / len(y), np.mean(error, axis=0)", "np.mean(error, axis=0), X.T @ error / len(y)"))
