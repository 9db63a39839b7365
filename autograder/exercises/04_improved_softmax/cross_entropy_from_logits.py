"""cross_entropy_from_logits: mean of lse(z) - z_y over the examples."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import rows

ex = exercise(__name__, points=20, forbids=["logsumexp", "losses"])
ex.hints = [
    "The cost of one example is minus the log-probability of its true class. Do you need the "
    "probability itself?",
    "You can compute all log-probabilities without overflow already. Pick one entry from each row.",
    "The cost is one number, a mean over the examples, and never negative.",
]

_Z = np.array([[2.0, 1.0, -1.0], [0.5, -0.5, 3.0], [1.0, 1.5, 0.0]])

ex.check(
    "moderate logits",
    [
        case("cross_entropy_from_logits", _Z, np.array([0, 1, 2])),
        case("cross_entropy_from_logits", np.vstack([_Z, 2 * _Z[:1]]), np.array([1, 2, 1, 2])),
    ],
    lambda rng: [
        case("cross_entropy_from_logits", 3 * rng.normal(size=(2000, 3)), rng.integers(0, 3, 2000)),
        case("cross_entropy_from_logits", rng.normal(size=(6, 300)), rng.integers(260, 300, 6)),
        case("cross_entropy_from_logits", rng.normal(size=(3, 3)), rng.integers(0, 3, 3)),
        case("cross_entropy_from_logits", rng.normal(size=(1, 5)), rng.integers(0, 5, 1)),
        case("cross_entropy_from_logits", Layout(rng.normal(size=(4, 3)), "fortran"),
             rng.integers(0, 3, 4).astype(np.int32)),
        case("cross_entropy_from_logits", Layout(rng.normal(size=(4, 3)), "readonly"),
             rng.integers(0, 3, 4)),
        case("cross_entropy_from_logits", rng.normal(size=(5, 2)).astype(np.float32),
             rng.integers(0, 2, 5)),
    ],
)  # fmt: skip
ex.check(
    "large logits: right where the two-step version is not",
    [
        case("cross_entropy_from_logits", np.array([[1000.0, 0.0]]), np.array([1])),
        case(
            "cross_entropy_from_logits",
            np.array([[1000.0, 0.0, 990.0], [-1000.0, -1003.0, -1001.0]]),
            np.array([0, 1]),
        ),
        case("cross_entropy_from_logits", np.array([[40.0, 0.0, 1.0]]), np.array([0])),
    ],
    lambda rng: [
        case("cross_entropy_from_logits", rows(rng, 5, 3, 1e4), rng.integers(0, 3, 5)),
        case("cross_entropy_from_logits", rng.uniform(9990, 10000, (4, 4)), rng.integers(0, 4, 4)),
        case("cross_entropy_from_logits", rng.uniform(-10000, -9990, (2, 3)), np.array([2, 0])),
        case("cross_entropy_from_logits", np.array([[800.0, -800.0], [0.0, 760.0]]),
             np.array([1, 0])),
        case("cross_entropy_from_logits",
             np.array([[-60.0, 900.0, 900.0 - rng.uniform()], [0.0, -742.3, -0.5]]),
             np.array([0, 1])),
        case("cross_entropy_from_logits", np.array([[9900.0, 50 * rng.uniform(), -9900.0]]),
             np.array([2])),
    ],
    weight=2,
)  # fmt: skip

COST = "np.mean(log_sum_exp(Z) - of_true_class)"

# fmt: off
ex.mistake("two steps, naive", "The logarithm of softmax can be simplified first: which two terms remain?",
    ("of_true_class = Z[",
     "P = np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)\n    of_true_class = P["),
    (COST, "np.mean(-np.log(of_true_class))"))
ex.mistake("two steps, stable softmax", "A probability that rounds to 0 costs infinity: stay in logs.",
    ("= Z[", "= stable_softmax(Z)["), (COST, "np.mean(-np.log(of_true_class))"))
ex.mistake("epsilon in the log", "With an epsilon no loss can be above 16.",
    ("= Z[", "= stable_softmax(Z)["), (COST, "np.mean(-np.log(of_true_class + 1e-7))"))
ex.mistake("probability clipped", "With clipping at 1e-12 no loss can be above 28.",
    ("= Z[", "= stable_softmax(Z)["), (COST, "np.mean(-np.log(np.maximum(of_true_class, 1e-12)))"))
ex.mistake("softmax twice", "These are already probabilities: the loss takes the logits.",
    ("= Z[", "= log_softmax(stable_softmax(Z))["), (COST, "np.mean(-of_true_class)"))
ex.mistake("sum, not mean", "Average over the examples.", ("np.mean", "np.sum"))
ex.mistake("missing minus", "The log of a probability is negative: negate it.",
    ("log_sum_exp(Z) - of_true_class", "of_true_class - log_sum_exp(Z)"))
ex.mistake("columns instead of entries", "`Z[:, y]` takes whole columns. Pick one entry from each row.",
    (COST, "np.mean(-log_softmax(Z)[:, y])"))
ex.mistake("one loss an example", "The cost is one number: the mean of these.",
    (COST, "log_sum_exp(Z) - of_true_class"))
ex.mistake("all classes averaged", "Only the true class of each row enters the cost.",
    (COST, "np.mean(-log_softmax(Z))"))
ex.mistake("divided by m times C", "The mean is over the m examples only.",
    (COST, "np.sum(log_sum_exp(Z) - of_true_class) / Z.size"))
ex.mistake("base 2", "Use the natural logarithm.",
    (COST, "np.mean(log_sum_exp(Z) - of_true_class) / np.log(2)"))
ex.mistake("largest logit for the sum", "The maximum is only near the log-sum-exp: use the whole sum.",
    ("log_sum_exp(Z)", "np.max(Z, axis=1)"))
ex.mistake("largest instead of true", "You scored the most likely class, not the true one.",
    ("- of_true_class", "- np.max(Z, axis=1)"))
ex.mistake("true logit alone", "The cost also depends on the other logits: the log-sum-exp is missing.",
    (COST, "-np.mean(of_true_class)"))
ex.mistake("maximum not added back", "Something was subtracted from the logits. Where does it come back?",
    ("log_sum_exp(Z)", "log_sum_exp(Z - np.max(Z, axis=1, keepdims=True))"))
ex.mistake("logits changed in place", "`Z -= ...` changes the caller's Z: make a new array.",
    ("of_true_class =", "Z -= np.max(Z, axis=1, keepdims=True)\n    of_true_class ="))
