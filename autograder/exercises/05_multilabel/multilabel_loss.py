"""multilabel_loss: mean binary cross-entropy of the logits Z, over examples and labels."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import labels

ex = exercise(__name__, points=22)
ex.hints = [
    "Each label is a yes-or-no question of its own. What does a right answer cost, and a wrong one?",
    "Which of exp(z) and exp(-z) is safe for positive z, which for negative z? How can one formula use both?",
    "At z = 800 and z = -800, for both labels: what is left where the logarithm vanishes?",
]

_LOSS = {"rtol": 1e-5}
_Z = np.array([[2.0, -1.0, 0.5], [-0.3, 1.2, -2.5]])
_Y = np.array([[1, 0, 0], [1, 1, 0]])

ex.check(
    "moderate logits",
    [
        case("multilabel_loss", _Z, _Y, **_LOSS),
        case("multilabel_loss", np.zeros((2, 3)), _Y.astype(float), **_LOSS),
        case("multilabel_loss", np.array([[3.0], [-0.5], [1.0]]), np.array([[1], [1], [0]]),
             **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", rng.normal(size=(700, 3)), labels(rng, 700, 3), **_LOSS),
        case("multilabel_loss", rng.normal(size=(5, 1500)), labels(rng, 5, 1500), **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 3)) * 4, labels(rng, 3, 3), **_LOSS),
        case("multilabel_loss", rng.normal(size=(1, 4)), labels(rng, 1, 4).astype(float), **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(4, 2)), "strided"), labels(rng, 4, 2),
             **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(4, 3)), "readonly"), labels(rng, 4, 3),
             **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 4)), Layout(labels(rng, 3, 4), "strided"),
             **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(3, 3)), "fortran"),
             Layout(labels(rng, 3, 3).astype(float), "readonly"), **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 2)).astype(np.float32), labels(rng, 3, 2)),
        case("multilabel_loss", rng.normal(size=(2, 3)).astype(np.float32),
             labels(rng, 2, 3).astype(np.float32)),
    ],
)  # fmt: skip
ex.check(
    "sure of all three labels at once, rightly and wrongly",
    [
        case("multilabel_loss", np.full((1, 3), 40.0), np.ones((1, 3)), **_LOSS),
        case("multilabel_loss", np.full((1, 3), 40.0), np.array([[1, 0, 1]]), **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", 40.0 * (2 * (Y := labels(rng, 4, 3)) - 1), Y, **_LOSS),
        case("multilabel_loss", np.full((2, 4), -45.0), np.zeros((2, 4)), **_LOSS),
    ],
)
ex.check(
    "large logits stay finite",
    [
        case("multilabel_loss", np.array([[800.0, -800.0]]), np.array([[0, 1]]), **_LOSS),
        case("multilabel_loss", np.array([[-9000.0, 0.5]]), np.array([[0, 1]]), **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", rng.uniform(-1e4, 1e4, (4, 3)), labels(rng, 4, 3), **_LOSS),
        case("multilabel_loss", np.array([[720.0, -30.0, 1e4]]), np.array([[0, 1, 1]]), **_LOSS),
        case("multilabel_loss", np.array([[9000.0, -0.7, 1.5]]), np.array([[1, 1, 0]]), **_LOSS),
    ],
    weight=2,
)

LOSSES = "np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))"

# fmt: off
ex.mistake("naive sigmoid, then log", "A sigmoid that rounds to 0 or 1 costs infinity: combine both.",
    ("losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))",
     "P = 1 / (1 + np.exp(-Z))\n    losses = -Y * np.log(P) - (1 - Y) * np.log(1 - P)"))
ex.mistake("clipped probabilities", "Clipping at 1e-7 caps each loss at about 16.",
    ("losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))",
     "P = np.clip(0.5 * (1 + np.tanh(Z / 2)), 1e-7, 1 - 1e-7)\n"
     "    losses = -Y * np.log(P) - (1 - Y) * np.log(1 - P)"))
ex.mistake("epsilon in the log", "The stable form needs no epsilon.",
    ("losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))",
     "P = 0.5 * (1 + np.tanh(Z / 2))\n"
     "    losses = -Y * np.log(P + 1e-7) - (1 - Y) * np.log(1 - P + 1e-7)"))


@ex.mistake("softmax in it", "Labels do not compete: one sigmoid each.")
def multilabel_loss(Z, Y):
    L = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(L) / np.exp(L).sum(axis=1, keepdims=True)
    P = np.clip(P, 1e-15, 1 - 1e-15)
    return np.mean(-Y * np.log(P) - (1 - Y) * np.log(1 - P))


@ex.mistake("categorical cross-entropy", "This makes the labels compete. Use a yes/no loss a label.")
def multilabel_loss(Z, Y):
    L = Z - Z.max(axis=1, keepdims=True)
    L = L - np.log(np.exp(L).sum(axis=1, keepdims=True))
    return np.mean(-np.sum(Y * L, axis=1))


ex.mistake("positives only", "Absent labels teach too: add the (1 - y) term.",
    (LOSSES, "Y * (np.maximum(-Z, 0) + np.log1p(np.exp(-np.abs(Z))))"))
ex.mistake("negatives only", "Present labels teach too: add the y term.",
    (LOSSES, "(1 - Y) * (np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z))))"))
ex.mistake("sigmoid twice", "The loss applies the sigmoid itself: give it the logits as they are.",
    ("losses =", "Z = 0.5 * (1 + np.tanh(Z / 2))\n    losses ="))
ex.mistake("y and 1 - y swapped", "Check which term goes with y.", ("Z * Y", "Z * (1 - Y)"))
ex.mistake("sum over the labels", "The mean is over examples and labels.",
    ("np.mean(losses)", "np.mean(losses.sum(axis=1))"))
ex.mistake("sum of everything", "One mean, over examples and labels.", ("np.mean", "np.sum"))
ex.mistake("one loss an example", "The cost is one number.",
    ("np.mean(losses)", "np.mean(losses, axis=1)"))
ex.mistake("one loss a label", "The cost is one number: the mean over the labels, too.",
    ("np.mean(losses)", "np.mean(losses, axis=0)"))
ex.mistake("missing minus", "The log of a probability is negative: negate it.", ("np.mean", "-np.mean"))
ex.mistake("absolute value missing", "exp(-z) overflows for very negative z: use exp(-abs(z)).",
    ("np.abs(Z)", "Z"))
ex.mistake("maximum missing", "Without max(z, 0) the loss of a positive logit is too small.",
    ("np.maximum(Z, 0) - Z * Y", "-Z * Y"))
ex.mistake("one-sided form", "Right for moderate z, but exp(-z) overflows for very negative z.",
    (LOSSES, "np.log1p(np.exp(-Z)) + (1 - Y) * Z"))
ex.mistake("base 2", "Use the natural logarithm: a logit of 0 costs ln 2.",
    ("np.mean(losses)", "np.mean(losses) / np.log(2)"))
ex.mistake("exponential instead of its logarithm", "ln(1 + x) is not x: keep the logarithm.",
    ("np.log1p(np.exp(-np.abs(Z)))", "np.exp(-np.abs(Z))"))
ex.mistake("logarithm left out", "An unsure answer costs something, too: ln(1 + exp(-abs(z))).",
    (" + np.log1p(np.exp(-np.abs(Z)))", ""))
ex.mistake("squared error", "The cost is the cross-entropy, not the squared distance.",
    (LOSSES, "(0.5 * (1 + np.tanh(Z / 2)) - Y) ** 2"))
