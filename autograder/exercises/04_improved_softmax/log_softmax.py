"""log_softmax: z_k - lse(z) along the last axis: the logarithm of softmax."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import rows

ex = exercise(__name__, points=16, forbids=["logsumexp"])
ex.hints = [
    "What is ln(e^5)? So what is the first of the two terms, for every entry of Z?",
    "You have written the other one already.",
    "Z has the shape (m, C), the log-sum-exp (m,). Which shape must it have to be subtracted "
    "row by row? (`a[..., np.newaxis]` adds an axis at the end.)",
]

ex.check(
    "moderate logits",
    [
        case("log_softmax", np.array([1.0, 2.0, 0.5])),
        case("log_softmax", np.array([[0.5, 1.5, -1.0], [-2.0, 1.0, 0.0], [3.0, 2.5, 2.0]])),
    ],
    lambda rng: [
        case("log_softmax", rng.normal(size=(300, 3))),
        case("log_softmax", rng.normal(size=4)),
        case("log_softmax", rng.normal(size=(5, 3))),
        case("log_softmax", rng.normal(size=(3, 3)) * 4),
        case("log_softmax", rng.normal(size=(1, 6))),
        case("log_softmax", Layout(rng.normal(size=(4, 2)), "fortran")),
        case("log_softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("log_softmax", rng.normal(size=(3, 4)).astype(np.float32)),
    ],
)
ex.check(
    "large logits: finite, however unlikely the class",
    [
        case("log_softmax", np.array([[1000.0, 0.0, 990.0], [-1000.0, -1001.0, 3.0]])),
        case("log_softmax", np.array([40.0, 39.5, -900.0])),
    ],
    lambda rng: [
        case("log_softmax", rows(rng, 4, 3, 1e4)),
        case("log_softmax", rng.uniform(9990, 10000, size=(3, 3))),
        case("log_softmax", rng.uniform(-10000, -9995, size=3)),
        case("log_softmax", np.array([[800.0, 0.0], [0.0, 50.0 * rng.uniform(0.9, 1)]])),
        case("log_softmax", np.array([[900.0, 900.0 - rng.uniform(), -60.0], [-742.3, 0.0, -0.5]])),
        case("log_softmax", np.array([-9900.0, 50 * rng.uniform(), 9900.0])),
    ],
    weight=2,
)
ex.check(
    "-inf stays -inf",
    [case("log_softmax", np.array([[-np.inf, 2.0, 1.0], [3.0, -np.inf, 2.5]]))],
    lambda rng: [case("log_softmax", np.array([1e4 * rng.uniform(), -np.inf, 9.0]))],
)

ANSWER = "Z - log_sum_exp(Z)[..., np.newaxis]"

# fmt: off
ex.mistake("log of the naive softmax", "log(softmax) can be simplified: which two terms remain?",
    ("return Z - log_sum_exp(Z)[..., np.newaxis]",
     "e = np.exp(Z)\n    return np.log(e / e.sum(axis=-1, keepdims=True))"))
ex.mistake("log of the stable softmax", "A probability of 1e-400 rounds to 0, and its log to -inf.",
    (ANSWER, "np.log(np.exp(Z - log_sum_exp(Z)[..., np.newaxis]))"))
ex.mistake("epsilon in the log", "An epsilon limits how unlikely a class may be: leave it out.",
    (ANSWER, "np.log(np.exp(Z - log_sum_exp(Z)[..., np.newaxis]) + 1e-7)"))
ex.mistake("probability clipped", "Clipping limits how unlikely a class may be.",
    (ANSWER, "np.log(np.maximum(np.exp(Z - log_sum_exp(Z)[..., np.newaxis]), 1e-12))"))


@ex.mistake("zeros patched", "Do not compute the probability: then no zero has to be repaired.")
def log_softmax(Z):
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    e = np.exp(shifted)
    P = e / e.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.where(P > 0, np.log(P), shifted)


ex.mistake("sign flipped", "A log-probability is at most 0: which term is subtracted?",
    (ANSWER, "log_sum_exp(Z)[..., np.newaxis] - Z"))
ex.mistake("plus", "The log-sum-exp is subtracted: a quotient becomes a difference.",
    ("Z - log", "Z + log"))
ex.mistake("shift only", "After the shift by the maximum, the logarithm of the sum is still missing.",
    ("log_sum_exp(Z)[..., np.newaxis]", "np.max(Z, axis=-1, keepdims=True)"))
ex.mistake("maximum counted twice", "Subtract the log-sum-exp from Z itself, not from Z - max.",
    (ANSWER, "Z - log_sum_exp(Z)[..., np.newaxis] - np.max(Z, axis=-1, keepdims=True)"))
ex.mistake("maximum forgotten", "Z and the sum must have the same shift: one of them has none.",
    (ANSWER, "Z - np.log(np.exp(Z - Z.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))"))
ex.mistake("broadcast along columns", "NumPy matches a vector (m,) with the columns. Which shape matches the rows?",
    ("[..., np.newaxis]", ""))
ex.mistake("axis 0", "You normalised columns: rows are examples.", (ANSWER, "Z - log_sum_exp(Z.T)"))
ex.mistake("everything normalised together", "Each row has a log-sum-exp of its own.",
    (ANSWER, "Z - log_sum_exp(Z.ravel())"))
ex.mistake("probabilities returned", "These are the probabilities: return their logarithm.",
    (ANSWER, "np.exp(Z - log_sum_exp(Z)[..., np.newaxis])"))
ex.mistake("log of the logits", "The logarithm of e^z is z: nothing is left to do to it.",
    ("return Z", 'with np.errstate(all="ignore"):\n        return np.log(np.abs(Z))'))
ex.mistake("changed in place", "Work on `Z - ...`; `Z -= ...` changes the caller's array.",
    ("return Z - log_sum_exp(Z)[..., np.newaxis]",
     "Z -= log_sum_exp(Z)[..., np.newaxis]\n    return Z"))
ex.mistake("base 2", "Use the natural logarithm.",
    (ANSWER, "(Z - log_sum_exp(Z)[..., np.newaxis]) / np.log(2)"))
