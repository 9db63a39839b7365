"""binary_cross_entropy: mean of -(y ln p + (1 - y) ln(1 - p)), with p clipped to [1e-7, 1 - 1e-7]."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import labels

ex = exercise(__name__, points=14)
ex.hints = [
    "What does one example cost if its label is 1? And if it is 0? Each label switches one "
    "of two terms on and the other off.",
    "Clip the probabilities first, then use the clipped ones in both terms. "
    "Which NumPy function moves values into a range?",
    "The result is one number. Do the minus sign and the mean each occur once?",
]


def _answers(rng, m):
    return rng.uniform(0.02, 0.98, size=m)


ex.check(
    "the mean over the examples",
    [
        case("binary_cross_entropy", np.array([1, 0, 1]), np.array([0.8, 0.3, 0.4])),
        case("binary_cross_entropy", np.array([1.0, 0.0, 0.0, 1.0, 0.0]),
             np.array([0.9, 0.6, 0.05, 0.35, 0.2])),
    ],
    lambda rng: [
        case("binary_cross_entropy", labels(rng, 2000), _answers(rng, 2000)),
        case("binary_cross_entropy", labels(rng, 7), _answers(rng, 7)),
        case("binary_cross_entropy", labels(rng, 12).astype(float), _answers(rng, 12)),
        case("binary_cross_entropy", Layout(labels(rng, 5), "readonly"),
             Layout(_answers(rng, 5), "readonly")),
        case("binary_cross_entropy", labels(rng, 6).astype(np.int32),
             Layout(_answers(rng, 6), "strided")),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "one example; labels all alike",
    [case("binary_cross_entropy", np.array([0]), np.array([0.7])),
     case("binary_cross_entropy", np.array([1.0, 1.0]), np.array([0.25, 0.6]))],
    lambda rng: [
        case("binary_cross_entropy", np.array([1]), _answers(rng, 1)),
        case("binary_cross_entropy", np.array([0.0]), _answers(rng, 1)),
        case("binary_cross_entropy", np.zeros(4, dtype=int), _answers(rng, 4)),
        case("binary_cross_entropy", np.ones(3), _answers(rng, 3)),
    ],
)  # fmt: skip
ex.check(
    "probabilities of 0 and 1 are clipped, small ones are kept",
    [
        case("binary_cross_entropy", np.array([1, 0, 1]), np.array([0.0, 0.5, 0.9])),
        case("binary_cross_entropy", np.array([0, 1, 0]), np.array([1.0, 0.6, 0.2])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([3e-7, 0.4])),
        case("binary_cross_entropy", np.array([0, 1]), np.array([1 - 4e-7, 0.7])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([1.0, 0.0])),
    ],
    lambda rng: [
        case("binary_cross_entropy", np.array([1.0, 0.0, 1.0]), np.array([0.0, 1.0, rng.random()])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([10.0 ** -rng.uniform(8, 12), 0.3])),
        case("binary_cross_entropy", np.array([0, 1]), np.array([1 - 1e-10, rng.uniform(0.2, 0.9)])),
        case("binary_cross_entropy", np.array([1, 0]),
             np.array([10.0 ** -rng.uniform(3, 6), 1 - 10.0 ** -rng.uniform(3, 6)])),
    ],
)  # fmt: skip

COST = "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))"

# fmt: off
ex.mistake("sum, not mean", "Average over the examples.", ("np.mean", "np.sum"))
ex.mistake("missing minus", "The log of a probability is negative: negate it.", ("-np.mean", "np.mean"))
ex.mistake("minus on one term only", "The minus sign belongs to both terms.",
    (COST, "np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))"))
ex.mistake("one loss an example", "The cost is one number: the mean of these.", ("-np.mean(y", "-(y"))
ex.mistake("labels swapped", "Label 1 needs p near 1: check which term is multiplied by y.",
    (COST, "-np.mean((1 - y) * np.log(p) + y * np.log(1 - p))"))
ex.mistake("ones only", "Examples with label 0 cost something too: the second term is missing.",
    (" + (1 - y) * np.log(1 - p)", ""))
ex.mistake("zeros only", "Examples with label 1 cost something too: the first term is missing.",
    ("y * np.log(p) + ", ""))
ex.mistake("second term without its switch", "ln(1 - p) counts for label 0 only: what switches it?",
    ("(1 - y) * ", ""))
ex.mistake("a mean for each label", "One mean over all m examples, whatever their labels.",
    (COST, "-sum(np.mean(ln) for ln in (np.log(p[y == 1]), np.log(1 - p[y == 0])) if ln.size)"))
ex.mistake("halved", "A mean over m has no further factor 2.", ("np.log(1 - p))", "np.log(1 - p)) / 2"))
ex.mistake("arguments swapped", "The labels come first, then the probabilities.", ("(y, p)", "(p, y)"))
ex.mistake("squared error", "This is the squared error: the cost here uses the logarithm.",
    ("p = np.clip(p, 1e-7, 1 - 1e-7)\n    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
     "return np.mean((p - y) ** 2)"))
ex.mistake("absolute error", "This is the distance from the label: the cost uses its logarithm.",
    ("p = np.clip(p, 1e-7, 1 - 1e-7)\n    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
     "return np.mean(np.abs(p - y))"))
ex.mistake("share of mistakes", "Do not decide yet: the cost depends on the probability itself.",
    (COST, "np.mean((p >= 0.5) != (y == 1))"))
ex.mistake("log of the mean", "Take the logarithm of each probability first, then the mean.",
    (COST, "-np.log(np.mean(y * p + (1 - y) * (1 - p)))"))
ex.mistake("base 2", "Use the natural logarithm, np.log.", ("np.log(p)", "np.log2(p)"),
    ("np.log(1 - p)", "np.log2(1 - p)"))
ex.mistake("base 10", "Use the natural logarithm, np.log.", ("np.log(p)", "np.log10(p)"),
    ("np.log(1 - p)", "np.log10(1 - p)"))
ex.mistake("not clipped", "A probability of exactly 0 or 1 gives ln 0: clip first.",
    ("p = np.clip(p, 1e-7, 1 - 1e-7)\n    return", "return"))
ex.mistake("small ones clipped only", "Clip p to both ends: a cost of exactly 0 does not occur.",
    ("p = np.clip(p, 1e-7, 1 - 1e-7)\n    return", "return"),
    (COST, "-np.mean(np.log(np.maximum(np.where(y == 1, p, 1 - p), 1e-7)))"))
ex.mistake("clipped from below only", "1 - p can be 0 as well: clip on both sides.",
    ("np.clip(p, 1e-7, 1 - 1e-7)", "np.maximum(p, 1e-7)"))
ex.mistake("clipped from above only", "p itself can be 0: clip on both sides.",
    ("np.clip(p, 1e-7, 1 - 1e-7)", "np.minimum(p, 1 - 1e-7)"))
ex.mistake("1e-7 added", "Adding changes every probability a little; clip instead.",
    ("p = np.clip(p, 1e-7, 1 - 1e-7)\n    return", "return"), ("np.log(p)", "np.log(p + 1e-7)"),
    ("np.log(1 - p)", "np.log(1 - p + 1e-7)"))
ex.mistake("clipped at 1e-12", "The statement names 1e-7.", ("1e-7, 1 - 1e-7", "1e-12, 1 - 1e-12"))
ex.mistake("clipped at 1e-15", "The statement names 1e-7.", ("1e-7, 1 - 1e-7", "1e-15, 1 - 1e-15"))
ex.mistake("clipped at 1e-5", "The statement names 1e-7: 1e-6 is a real probability.",
    ("1e-7, 1 - 1e-7", "1e-5, 1 - 1e-5"))


@ex.mistake("infinities replaced", "Clip the probability; do not repair the result.")
def binary_cross_entropy(y, p):
    with np.errstate(all="ignore"):
        losses = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return np.mean(np.nan_to_num(losses, nan=0.0, posinf=0.0))


ex.mistake("a table of all pairs",
    "A column beside a row gives an m-by-m table: keep both in the shape (m,).",
    ("1 - 1e-7)", "1 - 1e-7).reshape(-1, 1)"))
ex.mistake("clipped in place", "Your function changed its input: clip into a new array.",
    ("p = np.clip", "p[:] = np.clip"))
