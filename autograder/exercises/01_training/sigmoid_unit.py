"""sigmoid_unit: sigmoid(X w + b): the probability for each row of X."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import ROWS, WEIGHTS, large_unit, unit

ex = exercise(__name__, points=12)
ex.hints = [
    "First the scores: each row of X is multiplied by w. Which product of (m, n) and (n,) is (m,)?",
    "Print the scores of the worked example: which two numbers should come, bias included?",
    "`@` and `np.exp` take all rows at once. Mind the parentheses: what belongs to the minus sign?",
]

_SQUARE = np.array([[1.0, 4.0], [-2.0, 0.5]])


def _single(X, w, b):
    """Return a unit in float32."""
    return X.astype(np.float32), w.astype(np.float32), b


ex.check(
    "probabilities, one for each row",
    [case("predict", ROWS, WEIGHTS, 0.5), case("predict", _SQUARE, np.array([0.5, -0.25]), -0.75)],
    lambda rng: [
        case("predict", *unit(rng, 300, 3)),
        case("predict", *unit(rng, int(rng.integers(2, 9)), int(rng.integers(2, 6)))),
        case("predict", *unit(rng, 4, 4)),
        case("predict", *_single(*unit(rng, 5, 3))),
    ],
    weight=2,
)
ex.check(
    "one example, one feature, other memory layouts",
    [case("predict", np.array([[1.5, -0.5]]), np.array([0.4, 1.2]), 0.3),
     case("predict", np.array([[0.5], [-2.0], [3.0]]), np.array([1.5]), -1.0)],
    lambda rng: [
        case("predict", *unit(rng, 1, 5)),
        case("predict", *unit(rng, 6, 1)),
        case("predict", *unit(rng, 1, 1)),
        case("predict", Layout(rng.normal(size=(4, 3)), "fortran"), *unit(rng, 1, 3)[1:]),
        case("predict", Layout(rng.normal(size=(3, 2)), "strided"), *unit(rng, 1, 2)[1:]),
        case("predict", Layout(rng.normal(size=(3, 4)), "readonly"),
             Layout(rng.normal(size=4), "readonly"), 0.25),
    ],
)  # fmt: skip
ex.check(
    "scores up to 30 in absolute value",
    [case("predict", np.array([[14.0, 0.5], [-12.0, 1.0], [1.0, 0.0], [-14.0, -2.0]]),
          np.array([2.0, 1.5]), 0.5)],
    lambda rng: [case("predict", *large_unit(rng, 7, 3)), case("predict", *large_unit(rng, 3, 2))],
)  # fmt: skip

SIGMOID = "1 / (1 + np.exp(-(X @ w + b)))"

# fmt: off
ex.mistake("scores returned", "These are the scores. Which function turns a score into a probability?",
    (SIGMOID, "X @ w + b"))
ex.mistake("no bias", "Add b to every score before the sigmoid.", ("(X @ w + b)", "(X @ w)"))
ex.mistake("minus on one term only",
    "The minus sign must reach the bias too: put the whole score in parentheses.",
    ("-(X @ w + b)", "-X @ w + b"))
ex.mistake("bias after the sigmoid", "The bias belongs to the score, inside the sigmoid.",
    (SIGMOID, "1 / (1 + np.exp(-(X @ w))) + b"))
ex.mistake("sign flipped", "A large score should give a probability near 1: check the sign.",
    ("-(X @ w + b)", "X @ w + b"))
ex.mistake("parentheses missing", "Division comes before addition: 1 / 1 + ... is not a fraction.",
    (SIGMOID, "1 / 1 + np.exp(-(X @ w + b))"))
ex.mistake("exponential only", "This is the exponential of the score; the sigmoid also needs a division.",
    (SIGMOID, "np.exp(X @ w + b)"))
ex.mistake("tanh", "The hyperbolic tangent runs from -1 to 1; a probability from 0 to 1.",
    (SIGMOID, "np.tanh(X @ w + b)"))
ex.mistake("classes returned", "Return the probabilities, without a threshold.",
    (SIGMOID, "(X @ w + b >= 0).astype(float)"))
ex.mistake("softmax over the examples", "Each example has its own yes or no: they share nothing.",
    ("return 1 / (1 + np.exp(-(X @ w + b)))", "e = np.exp(X @ w + b)\n    return e / e.sum()"))
ex.mistake("column", "The result has one axis, (m,), not two.", ("X @ w", "X @ w.reshape(-1, 1)"))
ex.mistake("sum of everything", "One score for each row: sum over the features only.",
    ("X @ w", "np.sum(X * w)"))
ex.mistake("no sum", "X * w has one entry for each feature: the score is their sum along the row.",
    ("X @ w", "X * w"))
ex.mistake("sum down the columns", "Rows are examples: sum along the row, not down the column.",
    ("X @ w", "np.sum(X * w, axis=0)"))
ex.mistake("bias in every term", "The bias is added once to each score, not once for each feature.",
    ("(X @ w + b)", "np.sum(X * w + b, axis=1)"))
ex.mistake("mean in place of the sum", "A score is the sum of the products, not their mean.",
    ("X @ w", "np.mean(X * w, axis=1)"))
ex.mistake("scores clipped", "Clipping changed correct values: scores up to 30 need no clipping.",
    ("-(X @ w + b)", "-np.clip(X @ w + b, -10, 10)"))
ex.mistake("rounded", "Return the probabilities unrounded.",
    (SIGMOID, "np.round(1 / (1 + np.exp(-(X @ w + b))), 3)"))
