"""stable_softmax: softmax along the last axis, of logits of any size."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import rows

ex = exercise(__name__, points=16, forbids=["logsumexp"])
ex.hints = [
    "Add 5 to every logit of a row. What happens to the probabilities?",
    "So you may subtract any number from a row. Which one makes overflow impossible?",
    "Each row has its own maximum. Which argument keeps its shape ready for broadcasting?",
]

ex.check(
    "moderate logits",
    [
        case("stable_softmax", np.array([1.0, 2.0, 0.5]), tiny=True),
        case("stable_softmax", np.array([[0.5, 1.5, -1.0], [-2.0, 1.0, 0.0], [3.0, 2.5, 2.0]])),
        case("stable_softmax", np.array([[60.0, 55.0], [0.0, 30.0]]), tiny=True),
    ],
    lambda rng: [
        case("stable_softmax", rng.normal(size=(300, 3))),
        case("stable_softmax", rng.normal(size=4), tiny=True),
        case("stable_softmax", rng.normal(size=(5, 3)) * 9, tiny=True),
        case("stable_softmax", rng.normal(size=(3, 3))),
        case("stable_softmax", rng.normal(size=(1, 6))),
        case("stable_softmax", rng.integers(-4, 5, size=(3, 4))),
        case("stable_softmax", Layout(rng.normal(size=(4, 2)), "strided")),
        case("stable_softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("stable_softmax", rng.normal(size=(3, 4)).astype(np.float32)),
    ],
)
ex.check(
    "large logits: rows sum to 1, no warnings",
    [
        case("stable_softmax", np.array([1000.0, 1001.0, 1002.0]), tiny=True, quiet=True),
        case(
            "stable_softmax",
            np.array([[-1000.0, 0.0, 995.0, 1000.0], [-9999.0, -9998.0, -9999.5, -9990.0]]),
            tiny=True,
            quiet=True,
        ),
    ],
    lambda rng: [
        case("stable_softmax", rng.uniform(9980, 10000, size=(4, 3)), tiny=True, quiet=True),
        case("stable_softmax", rng.uniform(-10000, -9980, size=(2, 5)), tiny=True, quiet=True),
        case("stable_softmax", rows(rng, 4, 4, 1e4), quiet=True),
        case("stable_softmax", np.full(3, 1e4), quiet=True),
        case("stable_softmax", np.array([[-1e4, 1e4], [700.0, 712.0]]), quiet=True),
    ],
    weight=2,
)

EXP = "np.exp(Z - np.max(Z, axis=-1, keepdims=True))"

# fmt: off
ex.mistake("no shift", "Some exponentials overflow, although only differences count. What can be subtracted first?",
    (EXP, "np.exp(Z)"))
ex.mistake("minimum as shift", "After the minimum is subtracted, all others are above 0. Which c leaves none above it?", ("np.max", "np.min"))
ex.mistake("mean as shift", "The mean leaves exponents of hundreds. Which c leaves none above 0?",
    ("np.max", "np.mean"))
ex.mistake("one maximum for all rows", "A row far below the overall maximum becomes 0/0.",
    ("np.max(Z, axis=-1, keepdims=True)", "np.max(Z)"))
ex.mistake("maximum of each column", "The maximum is taken along the row, the last axis.",
    ("np.max(Z, axis=-1, keepdims=True)", "np.max(Z, axis=0)"))
ex.mistake("axis 0", "You normalised columns. Rows are examples.",
    ("exponentials, axis=-1", "exponentials, axis=0"))
ex.mistake("keepdims missing", "The sum lost its axis and was spread along columns.",
    ("np.sum(exponentials, axis=-1, keepdims=True)", "np.sum(exponentials, axis=-1)"))
ex.mistake("rows only", "A single row has no axis 1. Which number names the last axis in both cases?",
    ("Z, axis=-1", "Z, axis=1"), ("exponentials, axis=-1", "exponentials, axis=1"))
ex.mistake("sum over the whole array", "The whole batch sums to 1; each row should.",
    ("np.sum(exponentials, axis=-1, keepdims=True)", "np.sum(exponentials)"))
ex.mistake("logits clipped", "Clipping makes different logits equal. The shift alone is enough.",
    (EXP, "np.exp(np.clip(Z, -50, 50))"))
ex.mistake("differences clipped", "Small probabilities are real down to 1e-300: do not clip them.",
    (EXP, "np.exp(np.clip(Z - np.max(Z, axis=-1, keepdims=True), -20, 0))"))
ex.mistake("epsilon in the denominator", "After the shift the sum is at least 1: no epsilon.",
    ("np.sum(exponentials, axis=-1, keepdims=True)",
     "(np.sum(exponentials, axis=-1, keepdims=True) + 1e-5)"))
ex.mistake("divided by the maximum", "Dividing changes the gaps between logits; subtracting does not.",
    (EXP, "np.exp(Z / np.max(np.abs(Z), axis=-1, keepdims=True))"))
ex.mistake("logarithms returned", "This is the log-softmax: the probabilities are asked.",
    ("exponentials / np.sum(exponentials, axis=-1, keepdims=True)", "log_softmax(Z)"))


@ex.mistake("NaN replaced", "Hiding NaN does not bring the probabilities back: avoid the overflow.")
def stable_softmax(Z):
    with np.errstate(all="ignore"):
        e = np.exp(Z)
        return np.nan_to_num(e / e.sum(axis=-1, keepdims=True))


ex.mistake("shifted in place", "Your function changed its input: `Z = Z - ...`, not `Z -= ...`.",
    ("exponentials = np.exp(Z - np.max(Z, axis=-1, keepdims=True))",
     "Z -= np.max(Z, axis=-1, keepdims=True).astype(Z.dtype)\n    exponentials = np.exp(Z)"))
