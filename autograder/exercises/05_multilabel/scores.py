"""scores: two shares of right answers."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import labels

ex = exercise(__name__, points=16)
ex.hints = [
    "Two tables of the same shape: where are they equal? What is the mean of True and False?",
    "For the exact match a row counts only if all of its labels are right. Along which axis?",
]

_TRUE = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]])
_READ = np.array([[1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 0, 0], [0, 1, 1]])


def _pair(rng, m, k, flips):
    """Return labels, and a copy with about a share `flips` of them turned over."""
    Y = labels(rng, m, k)
    return Y, np.where(rng.uniform(size=(m, k)) < flips, 1 - Y, Y)


def _score_cases(name):
    return [
        case(name, _TRUE, _READ),
        case(name, _TRUE[:2, :2], np.array([[1, 0], [1, 0]])),
        case(name, np.array([[1, 0, 0, 0]]), np.array([[0, 0, 0, 0]])),
    ]


def _fresh_scores(name):
    return lambda rng: [
        case(name, *_pair(rng, 34_000, 2, 0.01)),
        case(name, *_pair(rng, 9, 4, 0.15)),
        case(name, *_pair(rng, 3, 3, 0.3)),
        case(name, *(a.astype(float) for a in _pair(rng, 6, 2, 0.3))),
        case(name, (pair := _pair(rng, 5, 3, 0.2))[0].astype(float), pair[1]),
        case(name, *(Layout(a, "readonly") for a in _pair(rng, 8, 3, 0.2))),
        case(name, *_pair(rng, 1, 5, 0.0)),
        case(name, *_pair(rng, 4, 3, 1.0)),
    ]


ex.check("share of right labels", _score_cases("label_accuracy"), _fresh_scores("label_accuracy"))
ex.check(
    "share of completely right rows", _score_cases("exact_match"), _fresh_scores("exact_match")
)

# fmt: off
# label_accuracy
ex.mistake("every label needed", "Say which accuracy: this one counts label by label.",
    ("np.mean(Y == Yhat)", "np.mean(np.all(Y == Yhat, axis=1))"))
ex.mistake("count returned", "Return a share: divide by the number of labels.",
    ("np.mean(Y == Yhat)", "float(np.sum(Y == Yhat))"))
ex.mistake("error rate", "The share that is right, not the share that is wrong.",
    ("np.mean(Y == Yhat)", "np.mean(Y != Yhat)"))
ex.mistake("present labels only", "A label that is rightly absent is right, too.",
    ("np.mean(Y == Yhat)", "np.sum((Y == 1) & (Yhat == 1)) / max(np.sum(Y == 1), 1)"))
ex.mistake("precision", "A label that is rightly absent is right, too.",
    ("np.mean(Y == Yhat)", "np.sum((Y == 1) & (Yhat == 1)) / max(np.sum(Yhat == 1), 1)"))
ex.mistake("overlap of the present", "This leaves out labels that are absent and called absent: they are right, too. All right labels count, absent too.",
    ("np.mean(Y == Yhat)", "np.sum((Y == 1) & (Yhat == 1)) / max(np.sum((Y == 1) | (Yhat == 1)), 1)"))
ex.mistake("one number a label", "One share for the whole table.",
    ("np.mean(Y == Yhat)", "np.mean(Y == Yhat, axis=0)"))
ex.mistake("divided by the examples", "There are m times L labels, not m.",
    ("np.mean(Y == Yhat)", "np.sum(Y == Yhat) / len(Y)"))
ex.mistake("percent", "A share lies between 0 and 1.",
    ("np.mean(Y == Yhat)", "100 * np.mean(Y == Yhat)"))
ex.mistake("found labels of all", "A label that is rightly absent is right, too.",
    ("np.mean(Y == Yhat)", "np.mean(Y * Yhat)"))

# exact_match
ex.mistake("counts compared", "The same number of labels is not the same labels.",
    ("np.all(Y == Yhat, axis=1)", "Y.sum(axis=1) == Yhat.sum(axis=1)"))
ex.mistake("one right label is enough", "A row is right only if all of its labels are.",
    ("np.all", "np.any"))
ex.mistake("whole columns", "An example is a row: which axis holds its labels?", ("axis=1", "axis=0"))
ex.mistake("label accuracy again", "A row with one mistake is not right at all.",
    ("np.mean(np.all(Y == Yhat, axis=1))", "np.mean(Y == Yhat)"))
ex.mistake("all or nothing", "Return the share of rows, not whether all are right.",
    ("np.mean(np.all(Y == Yhat, axis=1))", "float(np.array_equal(Y, Yhat))"))
ex.mistake("rows counted", "Return a share: divide by the number of examples.",
    ("np.mean(np.all(Y == Yhat, axis=1))", "float(np.sum(np.all(Y == Yhat, axis=1)))"))
ex.mistake("rows compared by their largest label", "argmax sees one label of each row. Compare all.",
    ("np.all(Y == Yhat, axis=1)", "np.argmax(Y, axis=1) == np.argmax(Yhat, axis=1)"))
ex.mistake("present labels found", "A label that is wrongly present makes a row wrong, too.",
    ("np.all(Y == Yhat", "np.all((Yhat == 1) | (Y == 0)"))
