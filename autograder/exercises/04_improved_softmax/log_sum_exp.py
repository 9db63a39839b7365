"""log_sum_exp: ln(sum_j exp(z_j)) over the last axis, without overflow."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import rows

ex = exercise(__name__, points=18, forbids=["logsumexp"])
ex.hints = [
    "You have found the best c for one row. How do you get one for each row of a batch?",
    "Which shape must these c have to be subtracted from Z, row by row, whatever its axes?",
    "The sum has the shape (m,), your c perhaps (m, 1). Which function takes away an axis of length 1?",
]

ex.check(
    "moderate logits",
    [
        case("log_sum_exp", np.array([1.0, 2.0, 0.5])),
        case("log_sum_exp", np.array([[0.5, 1.5], [-2.0, 1.0], [3.0, 2.5]])),
        case("log_sum_exp", np.array([[0.0, -25.0, -30.0], [-1.0, 0.0, 0.5]])),
    ],
    lambda rng: [
        case("log_sum_exp", rng.normal(size=(300, 3))),
        case("log_sum_exp", rng.normal(size=5)),
        case("log_sum_exp", rng.normal(size=(4, 4)) * 3),
        case("log_sum_exp", rng.normal(size=(1, 3))),
        case("log_sum_exp", rng.normal(size=(3, 1))),
        case("log_sum_exp", Layout(rng.normal(size=(2, 5)), "strided")),
        case("log_sum_exp", Layout(rng.normal(size=(3, 2)), "readonly")),
        case("log_sum_exp", rng.normal(size=(3, 4)).astype(np.float32)),
        case("log_sum_exp", np.array([-24.0 - 10 * rng.uniform(), 0.0, -40.0])),
    ],
)
ex.check(
    "large logits, of both signs and far apart",
    [
        case("log_sum_exp", np.array([[1000.0, 1001.0, 998.5], [-1000.0, -1002.0, -1000.5]])),
        case("log_sum_exp", np.array([[9000.0, -9000.0], [-9000.0, -8999.0]])),
        case("log_sum_exp", np.array([700.0, -1.0, -700.0])),
    ],
    lambda rng: [
        case("log_sum_exp", rows(rng, 5, 3, 1e4)),
        case("log_sum_exp", rng.uniform(9990, 10000, size=(3, 4))),
        case("log_sum_exp", rng.uniform(-10000, -9990, size=4)),
        case("log_sum_exp", np.array([[30.0, 0.0, -5.0], [800.0, 799.0, -800.0]])),
        case("log_sum_exp", (rng.uniform(-500, 500, size=(3, 4))).astype(np.float32)),
    ],
    weight=2,
)
ex.check(
    "a row may hold -inf",
    [case("log_sum_exp", np.array([[-np.inf, 2.0, 1.0], [3.0, -np.inf, -np.inf]]))],
    lambda rng: [
        case("log_sum_exp", np.array([-np.inf, 1e4 * rng.uniform(), -3.0])),
        case("log_sum_exp", np.array([[-np.inf, -2000.0], [5.0, 4.0 * rng.uniform()]])),
    ],
)

# fmt: off
ex.mistake("no shift", "exp overflows, and log(0) follows for very negative logits: shift first.",
    ("Z - largest", "Z"), ("np.squeeze(largest, axis=-1) + ", ""))
ex.mistake("maximum not added back", "You took the factor e^c out of the sum. Where did c go?",
    ("np.squeeze(largest, axis=-1) + ", ""))
ex.mistake("maximum subtracted", "The maximum is added back, with a plus sign.",
    ("np.squeeze(largest, axis=-1) + np.log(total)", "np.log(total) - np.squeeze(largest, axis=-1)"))
ex.mistake("minimum as shift", "With the minimum the other exponents become large: use the maximum.",
    ("np.max", "np.min"))
ex.mistake("mean as shift", "The mean leaves large positive exponents: use the maximum.",
    ("np.max", "np.mean"))
ex.mistake("one maximum for all rows", "A row far below the overall maximum is lost: one shift for each row.",
    ("np.max(Z, axis=-1, keepdims=True)", "np.max(Z)"), ("np.squeeze(largest, axis=-1)", "largest"))
ex.mistake("largest absolute value", "The shift must be the maximum itself, with its sign.",
    ("np.max(Z", "np.max(np.abs(Z)"))
ex.mistake("axis 0", "The sum runs over the classes, the last axis.",
    ("axis=-1, keepdims=True", "axis=0"), ("largest), axis=-1", "largest), axis=0"),
    ("np.squeeze(largest, axis=-1)", "largest"))
ex.mistake("rows only", "A single row has no axis 1. Which number names the last axis in both cases?",
    ("axis=-1, keepdims", "axis=1, keepdims"))
ex.mistake("everything summed", "One number for each row, not one for the whole table.",
    ("Z, axis=-1, keepdims=True", "Z"), ("largest), axis=-1", "largest)"),
    ("np.squeeze(largest, axis=-1)", "largest"))
ex.mistake("axis kept", "The result has one axis less than Z.",
    ("largest), axis=-1", "largest), axis=-1, keepdims=True"),
    ("np.squeeze(largest, axis=-1)", "largest"))
ex.mistake("maximum only", "The maximum is close where one logit is far above the others; what do the others add?",
    ("np.squeeze(largest, axis=-1) + np.log(total)", "np.max(Z, axis=-1)"))
ex.mistake("mean of the exponentials", "Sum the exponentials; a mean is smaller by log C.",
    ("np.sum", "np.mean"))
ex.mistake("sum of the logs", "The sum is inside the logarithm.",
    ("np.squeeze(largest, axis=-1) + np.log(total)", "np.sum(Z, axis=-1)"))
ex.mistake("base 2", "The natural logarithm belongs to exp.", ("np.log", "np.log2"))
ex.mistake("logits clipped", "Clipping changes the answer. The shift alone keeps exp in range.",
    ("Z - largest", "np.clip(Z, -500, 500)"), ("np.squeeze(largest, axis=-1) + ", ""))
ex.mistake("epsilon in the log", "After the shift the sum is at least 1: no epsilon is needed.",
    ("np.log(total)", "np.log(total + 1e-5)"))
ex.mistake("shifted in place", "Your function changed its input: `Z = Z - ...`, not `Z -= ...`.",
    ("total =", "Z -= largest\n    total ="), ("Z - largest", "Z"))
