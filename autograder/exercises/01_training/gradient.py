"""gradient: gradient of the mean binary cross-entropy of sigmoid(X w + b)."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import ROWS, TARGETS, WEIGHTS, labels, large_unit, problem, unit

ex = exercise(__name__, points=16)
ex.hints = [
    "First the errors, one for each example, (m,). "
    "Which function of yours gives the prediction in them?",
    "Every feature carries the error back to its own weight. "
    "Which product of X, (m, n), and the errors, (m,), has the shape (n,)? (`X.T` swaps the axes.)",
    "The cost is a mean over the examples. Where does that 1/m appear, and in how many places?",
]
ex.results = {"cost_gradient": ["dw", "db"]}


def _sure(rng, m, score):
    """Return a unit that is right about every example, with scores of about `score`."""
    y = labels(rng, m)
    X = np.column_stack([score * (2.0 * y - 1), rng.uniform(-1, 1, (m, 2))])
    return X, y, np.array([1.0, 0.3, -0.2]), 0.25


def _wild(rng, m, n):
    """Return a unit with scores up to 30, and labels."""
    X, w, b = large_unit(rng, m, n)
    return X, labels(rng, m), w, b


ex.check(
    "both gradients, several examples",
    [
        case("cost_gradient", ROWS, TARGETS, WEIGHTS, 0.5, largest=True),
        case("cost_gradient", ROWS[1:, ::-1].copy(), np.array([0.0, 1.0, 0.0]), -WEIGHTS, -0.25,
             largest=True),
    ],
    lambda rng: [
        case("cost_gradient", *problem(rng, 300, 3), largest=True),
        case("cost_gradient", *problem(rng, 7, 3), largest=True),
        case("cost_gradient", *problem(rng, 4, 4), largest=True),
        case("cost_gradient", *problem(rng, 15, 2, 2.0), largest=True),
        case("cost_gradient", rng.normal(size=(6, 3)), labels(rng, 6).astype(float),
             *unit(rng, 1, 3)[1:], largest=True),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "one example, one feature, other memory layouts",
    [case("cost_gradient", ROWS[:1], TARGETS[:1], WEIGHTS, 0.5, largest=True),
     case("cost_gradient", np.array([[0.5], [-2.0], [3.0]]), np.array([0, 0, 1]),
          np.array([0.7]), -0.4, largest=True)],
    lambda rng: [
        case("cost_gradient", *problem(rng, 1, 4), largest=True),
        case("cost_gradient", *problem(rng, 5, 1), largest=True),
        case("cost_gradient", Layout(rng.normal(size=(4, 3)), "fortran"), labels(rng, 4),
             *unit(rng, 1, 3)[1:], largest=True),
        case("cost_gradient", Layout(rng.normal(size=(5, 2)), "readonly"),
             Layout(labels(rng, 5), "readonly"), Layout(rng.normal(size=2), "readonly"), 0.1,
             largest=True),
        case("cost_gradient", Layout(rng.normal(size=(3, 2)), "strided"), labels(rng, 3),
             *unit(rng, 1, 2)[1:], largest=True),
        case("cost_gradient", *(a.astype(np.float32) if i != 1 and isinstance(a, np.ndarray) else a
                                for i, a in enumerate(problem(rng, 6, 3))), largest=True),
    ],
)  # fmt: skip
ex.check(
    "large scores: p - y, without clipping",
    [case("cost_gradient", np.array([[10.0, 1.0], [-9.0, 2.0], [1.0, -1.0]]), np.array([0, 1, 1]),
          np.array([2.0, -1.0]), 1.0, largest=True)],
    lambda rng: [
        case("cost_gradient", np.array([[9.5, -1.0], [rng.normal(), 0.5]]), np.array([0, 1]),
             np.array([2.4, rng.uniform(-1, 1)]), 0.5, largest=True),
        case("cost_gradient", *_wild(rng, 6, 3), largest=True),
        case("cost_gradient", *_sure(rng, 5, 8), largest=True),
        case("cost_gradient", *_sure(rng, 5, 25), largest=True),
    ],
)  # fmt: skip

ERROR = "error = predict(X, w, b) - y"
DW = "X.T @ error / len(y)"

# fmt: off
ex.mistake("not divided by m", "The cost is a mean over m: so is its gradient.",
    ("error / len(y), np.mean", "error, np.sum"))
ex.mistake("dw not divided by m", "The 1/m belongs to dw as well.", (" / len(y)", ""))
ex.mistake("db not divided by m", "The 1/m belongs to db as well.", ("np.mean", "np.sum"))
ex.mistake("divided by m twice", "The 1/m is in there twice.",
    (ERROR, "error = (predict(X, w, b) - y) / len(y)"))
ex.mistake("sign flipped", "The error is p - y, not y - p: the gradient points uphill.",
    ("predict(X, w, b) - y", "y - predict(X, w, b)"))
ex.mistake("labels forgotten", "Without y the error does not contain the right answer.",
    ("predict(X, w, b) - y", "predict(X, w, b)"))
ex.mistake("error from the scores", "The error needs the probabilities, not the scores.",
    ("predict(X, w, b)", "X @ w + b"))
ex.mistake("error from the classes", "The error needs the probabilities, without a threshold.",
    ("predict(X, w, b)", "(predict(X, w, b) >= 0.5)"))
ex.mistake("bias forgotten", "The prediction needs the bias too.", ("(X, w, b)", "(X, w, 0.0)"))
ex.mistake("slope of the sigmoid included",
    "p (1 - p) cancels: with this cost the error is p - y alone.",
    (ERROR, "p = predict(X, w, b)\n    error = (p - y) * p * (1 - p)"))
ex.mistake("gradient of the squared error", "This belongs to the mean squared error.",
    (ERROR, "p = predict(X, w, b)\n    error = 2 * (p - y) * p * (1 - p)"))
ex.mistake("factor 2", "There is no 2 in this gradient: nothing was squared.",
    (ERROR, "error = 2 * (predict(X, w, b) - y)"))
ex.mistake("gradient of the clipped cost", "Use p - y throughout: clipping is for the cost alone.",
    (ERROR, "p = predict(X, w, b)\n    error = np.where((p > 1e-7) & (p < 1 - 1e-7), p - y, 0.0)"))
ex.mistake("dw without X", "Each weight's slope carries its own feature: X is missing in dw.",
    (DW, "np.full(len(w), np.mean(error))"))
ex.mistake("dw is one number", "dw has one entry for each weight: sum over the examples only.",
    (DW, "np.mean(X * error[:, None])"))
ex.mistake("dw over the wrong axis", "dw has one entry for each feature: sum down the columns.",
    (DW, "np.mean(X * error[:, None], axis=1)"))
ex.mistake("dw for each example", "Average the contributions of the examples: dw is (n,).",
    ("X.T @ error", "X * error[:, None]"))
ex.mistake("db for each example", "db is one number: the mean of the errors.",
    ("np.mean(error)", "error"))
ex.mistake("db is the sum of dw", "The bias has no feature: its slope is the mean of the errors.",
    ("np.mean(error)", "np.sum(X.T @ error / len(y))"))
ex.mistake("dw as a column", "dw has the shape of w, (n,).", (DW, "(X.T @ error / len(y))[:, None]"))
ex.mistake("divided by n", "The mean is over the m examples, not over the n features.",
    ("error / len(y), np.mean(error)", "error / X.shape[1], np.sum(error) / X.shape[1]"))
ex.mistake("order swapped", "Return dw first, then db.",
    ("X.T @ error / len(y), np.mean(error)", "np.mean(error), X.T @ error / len(y)"))
ex.mistake("a table of all pairs",
    "A column minus a row gives an m-by-m table: keep both in the shape (m,).",
    ("predict(X, w, b) - y", "predict(X, w, b)[:, None] - y"), ("error / len(y)", "error.mean(axis=1)"))
ex.mistake("dw only", "Return two things: dw and db.", (", np.mean(error)", ""))
