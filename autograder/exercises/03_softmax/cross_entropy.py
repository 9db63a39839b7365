"""cross_entropy: mean of -ln(max(p, 1e-12)), where p is the probability of the true class."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=16)
ex.hints = [
    "Only one entry of each row matters. Which one?",
    "`P[rows, columns]` with two arrays takes one entry for each pair. Which rows, which columns?",
    "Floor, logarithm, mean, minus sign: in which order, from the inside out?",
]
softmax = ex.home.right("softmax")


def _table(rng, m, classes):
    """Return m rows of probabilities."""
    return softmax(rng.normal(size=(m, classes)) * 1.5)


_P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25], [0.05, 0.15, 0.8]])

ex.check(
    "the mean over the examples",
    [
        case("cross_entropy", _P[:3], np.array([0, 2, 0])),
        case("cross_entropy", _P, np.array([1, 2, 1, 0])),
    ],
    lambda rng: [
        case("cross_entropy", _table(rng, 2000, 4), rng.integers(0, 4, size=2000)),
        case("cross_entropy", _table(rng, 6, 300), rng.integers(260, 300, size=6)),
        case("cross_entropy", _table(rng, 1, 3), np.array([1])),
        case("cross_entropy", Layout(_table(rng, 5, 5), "fortran"), rng.integers(0, 5, size=5)),
        case("cross_entropy", _table(rng, 4, 3).astype(np.float32), rng.integers(0, 3, size=4)),
    ],
    weight=2,
)
ex.check(
    "a probability of 0 counts as 1e-12, small ones are kept",
    [
        case("cross_entropy", np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1, 0])),
        case("cross_entropy", np.array([[1.0, 0.0], [1.0, 1e-10]]), np.array([0, 1])),
        case("cross_entropy", np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])),
    ],
    lambda rng: [
        case("cross_entropy", np.array([[0.0, 1.0], [0.3, 0.7]]), np.array([0, 1])),
        case("cross_entropy", np.array([[10.0 ** -rng.uniform(8, 11), 1.0]]), np.array([0])),
        case("cross_entropy", np.array([[0.0, 1.0], [1.0, 1e-14]]), np.array([1, 1]), quiet=True),
    ],
)

COST = "-np.mean(np.log(np.maximum(of_true_class, 1e-12)))"
FLOOR = "np.maximum(of_true_class, 1e-12)"
TRUE = "P[np.arange(len(y)), y]"

# fmt: off
ex.mistake("sum, not mean", "Average over the examples.", ("np.mean", "np.sum"))
ex.mistake("missing minus", "The log of a probability is negative: negate it.", ("-np.mean", "np.mean"))
ex.mistake("one loss an example", "The cost is one number: the mean of these.",
    (COST, "-np.log(np.maximum(of_true_class, 1e-12))"))
ex.mistake("columns instead of entries", "`P[:, y]` takes whole columns. Pick one entry from each row.",
    (TRUE, "P[:, y]"))
ex.mistake("first example only", "`P[0, y]` reads row 0 each time.", (TRUE, "P[0, y]"))
ex.mistake("all classes averaged", "Only the true class of each row enters the cost.", (TRUE, "P"))
ex.mistake("divided by m times C", "The mean is over the m examples, not over all m * C entries.",
    (COST, "-np.sum(np.log(np.maximum(of_true_class, 1e-12))) / P.size"))


@ex.mistake("binary cross-entropy", "The other classes add no term of their own here.")
def cross_entropy(P, y):
    P = np.clip(P, 1e-12, 1 - 1e-12)
    Y = np.eye(P.shape[1])[y]
    return np.mean(np.sum(-Y * np.log(P) - (1 - Y) * np.log(1 - P), axis=1))


ex.mistake("log of the mean", "Take the logarithm of each probability first, then the mean.",
    (COST, "-np.log(np.maximum(np.mean(of_true_class), 1e-12))"))
ex.mistake("base 2", "Use the natural logarithm, np.log.", ("np.log(", "np.log2("))
ex.mistake("base 10", "Use the natural logarithm, np.log.", ("np.log(", "np.log10("))
ex.mistake("no floor", "A probability of 0 gives infinity here. The statement names a floor.",
    (FLOOR, "of_true_class"))
ex.mistake("1e-12 added", "Adding changes every probability a little; take the maximum instead.",
    (FLOOR, "of_true_class + 1e-12"))
ex.mistake("floor of 1e-7", "The floor is 1e-12: 1e-10 is a real probability.", ("1e-12", "1e-7"))
ex.mistake("clipped from above", "A probability of 1 costs 0: only small ones need a floor.",
    (FLOOR, "np.clip(of_true_class, 1e-12, 1 - 1e-7)"))
ex.mistake("largest instead of true", "You used the most probable class, not the true one.",
    (TRUE, "P.max(axis=1)"))
ex.mistake("one minus the probability", "The cost is -log of the probability itself.",
    (COST, "np.mean(1 - of_true_class)"))
