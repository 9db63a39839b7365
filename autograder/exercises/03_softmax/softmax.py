"""softmax: exp(z_k) / sum_j exp(z_j) along the last axis."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=20, forbids=["softmax"])
ex.hints = [
    "In the cell with three logits softmax is two lines. Which of them has to change for a batch?",
    "`np.sum(table)` adds up everything. Which argument names one axis, and which number the last?",
    "A sum along an axis drops that axis. Which argument of `np.sum` keeps it as length 1, "
    "so that the division broadcasts row by row?",
]

ex.check(
    "one row of scores",
    [
        case("softmax", np.array([2.0, 1.0, -1.0])),
        case("softmax", np.array([0.0, 30.0]), tiny=True),
    ],
    lambda rng: [
        case("softmax", rng.normal(size=rng.integers(2, 7)) * 3, tiny=True),
        case("softmax", rng.integers(-4, 5, size=4)),
        case("softmax", rng.normal(size=1)),
    ],
)
ex.check(
    "a batch, one row an example",
    [
        case("softmax", np.array([[1.0, 2.0, 3.0], [1.0, -1.0, 0.5], [0.0, 4.0, 2.0]])),
        case("softmax", np.array([[3.0, 1.0], [0.5, -0.5], [2.0, 7.0]])),
    ],
    lambda rng: [
        case("softmax", rng.normal(size=(300, 4))),
        case("softmax", rng.normal(size=(5, 3)), tiny=True),
        case("softmax", rng.normal(size=(4, 4)) * 2),
        case("softmax", rng.normal(size=(1, 6))),
        case("softmax", Layout(rng.normal(size=(3, 4)), "strided")),
        case("softmax", Layout(rng.normal(size=(3, 3)), "fortran")),
        case("softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("softmax", rng.integers(-3, 4, size=(3, 5))),
    ],
    weight=2,
)
ex.check(
    "scores up to 50: small probabilities are real",
    [case("softmax", np.array([[50.0, -10.0, 48.0], [-50.0, -45.0, -49.0]]), tiny=True)],
    lambda rng: [
        case("softmax", rng.uniform(-50, 50, size=(6, 4)), tiny=True),
        case("softmax", np.full((2, 3), -50.0) + rng.uniform(0, 2, size=(2, 3)), tiny=True),
        case("softmax", rng.uniform(-20, 20, size=(3, 4)).astype(np.float32)),
    ],
)

EXP = "np.exp(z - np.max(z, axis=-1, keepdims=True))"
SHARES = "exponentials / np.sum(exponentials, axis=-1, keepdims=True)"
SUM = "np.sum(exponentials, axis=-1, keepdims=True)"

# fmt: off
ex.mistake("axis 0", "You normalised columns. Rows are examples: which axis holds the classes?",
    ("exponentials, axis=-1", "exponentials, axis=0"))
ex.mistake("everything along axis 0",
    "The sum runs down the columns. Rows are examples: which axis holds their classes?",
    ("np.max(z, axis=-1, keepdims=True)", "np.max(z, axis=0)"), (SUM, "np.sum(exponentials, axis=0)"))
ex.mistake("sum over the whole array", "The whole batch sums to 1; each row should.",
    ("np.max(z, axis=-1, keepdims=True)", "np.max(z)"), (SUM, "np.sum(exponentials)"))
ex.mistake("keepdims missing", "The sum lost its axis, and broadcasting spread it along columns.",
    (EXP, "np.exp(z)"), (SUM, "np.sum(exponentials, axis=-1)"))
ex.mistake("rows only", "One row of scores has no axis 1. Which number names the last axis in both cases?",
    (EXP, "np.exp(z)"), ("exponentials, axis=-1", "exponentials, axis=1"))
ex.mistake("no exponential", "Exponentiate first, then divide by the row sum.", (EXP, "z"))
ex.mistake("absolute values", "Exponentiate, rather than drop the sign: order must be kept.",
    (EXP, "np.abs(z)"))
ex.mistake("sigmoid", "A sigmoid looks at one score alone. Classes must share a total of 1.",
    (SHARES, "1 / (1 + np.exp(-z))"))
ex.mistake("normalised sigmoids", "Use exp(z) where you use the sigmoid.",
    (EXP, "1 / (1 + np.exp(-z))"))
ex.mistake("not normalised", "These are the exponentials. What must each row be divided by?",
    (SHARES, "np.exp(z)"))
ex.mistake("sign flipped", "The largest score got the smallest probability: check the sign.",
    (EXP, "np.exp(-z)"))
ex.mistake("log of it", "This is the logarithm of softmax. Return the probabilities themselves.",
    (SHARES, "z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))"))
ex.mistake("scores clipped", "Clipping makes different scores equal. Nothing asks for it.",
    (EXP, "np.exp(np.clip(z, -20, 20))"))
ex.mistake("floor added", "Small probabilities are real; do not add to them.", (EXP, "np.exp(z) + 1e-8"))
ex.mistake("epsilon in the denominator", "The sum of exponentials is never 0: no epsilon is needed.",
    (EXP, "np.exp(z)"), (SUM, "(np.sum(exponentials, axis=-1, keepdims=True) + 1e-8)"))
ex.mistake("shifted in place", "Your function changed its input: write `z = z - ...`, not `z -= ...`.",
    ("exponentials = np.exp(z - np.max(z, axis=-1, keepdims=True))",
     "z -= np.max(z, axis=-1, keepdims=True)\n    exponentials = np.exp(z)"))
ex.mistake("rounded", "Return the probabilities unrounded.",
    (SHARES, "np.round(exponentials / np.sum(exponentials, axis=-1, keepdims=True), 4)"))
ex.mistake("hard maximum", "This picks a winner. Softmax gives every class its share.",
    (SHARES, "(z == np.max(z, axis=-1, keepdims=True)).astype(float)"))
ex.mistake("base 2", "The base is e: np.exp, not 2 to the power.",
    (EXP, "2.0 ** np.asarray(z, dtype=float)"))
