"""confusion: how many images of one class were read as another."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=10)
ex.hints = [
    "Start from a table of zeros. Which two sizes does it have?",
    "Every image adds 1 to one entry. Which row, which column?",
    "Try it on the example. Which cell should each of its four pairs raise by one?",
]


@ex.stand_in("counts may come back as decimals")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    return M


def _labels(rng, m, classes, right=0.5):
    y = rng.integers(0, classes, m)
    return y, np.where(rng.random(m) < right, y, rng.integers(0, classes, m))


_TRUE = np.array([2, 0, 1, 2, 2, 0, 1, 2, 0])
_READ = np.array([2, 1, 1, 0, 0, 0, 2, 2, 1])

ex.check(
    "three classes",
    [case("confusion_matrix", _TRUE, _READ, 3)],
    lambda rng: [
        case("confusion_matrix", *_labels(rng, 80_000, 2, 0.9), 2),
        case("confusion_matrix", *_labels(rng, 25, 3), 3),
        case("confusion_matrix", *_labels(rng, 12, 2), 2),
        case("confusion_matrix", *_labels(rng, 300, 10, 0.9), 10),
    ],
    weight=2,
)
ex.check(
    "classes that never occur, and one image",
    [
        case("confusion_matrix", np.array([3, 1, 3, 3, 1]), np.array([1, 1, 3, 1, 0]), 6),
        case("confusion_matrix", np.array([1]), np.array([2]), 4),
    ],
    lambda rng: [
        case("confusion_matrix", *_labels(rng, 9, 3), int(rng.integers(5, 9))),
        case("confusion_matrix", *_labels(rng, 1, 4), 5),
        case("confusion_matrix", *(Layout(a, "strided") for a in _labels(rng, 14, 4)), 4),
        case("confusion_matrix", *(Layout(a, "readonly") for a in _labels(rng, 14, 4)), 4),
        case("confusion_matrix", *(a.astype(np.int32) + 126 for a in _labels(rng, 14, 4)), 130),
    ],
)

# fmt: off
ex.mistake("transposed", "Rows are the true classes, columns what was read.",
    ("(y, yhat), 1", "(yhat, y), 1"))
ex.mistake("repeats lost", "With `+=` on an index array a pair that occurs twice counts once.",
    ("np.add.at(M, (y, yhat), 1)", "M[y, yhat] += 1"))
ex.mistake("shares of each row", "Counts are asked for, not shares of the row.",
    ("return M", "return M / np.maximum(M.sum(axis=1, keepdims=True), 1)"))
ex.mistake("shares of the whole", "Counts are asked for, not shares of all images.",
    ("return M", "return M / len(y)"))
ex.mistake("mistakes only", "What was read correctly belongs on the diagonal.",
    ("    return", "    np.fill_diagonal(M, 0)\n    return"))
ex.mistake("right ones only", "The mistakes are missing: they fill the table beside the diagonal.",
    ("(y, yhat), 1", "(y[y == yhat], y[y == yhat]), 1"))
ex.mistake("both directions", "Each image counts once, in the row of its true class.",
    ("return M", "return M + M.T"))
ex.mistake("size from the labels",
    "The table has n_classes rows and columns, also for classes not seen.",
    ("M = np", "n_classes = int(max(y.max(), yhat.max())) + 1\n    M = np"))
ex.mistake("classes from 1", "Classes are counted from 0.",
    ("(n_classes, n_classes)", "(n_classes + 1, n_classes + 1)"),
    ("(y, yhat), 1", "(y + 1, yhat + 1), 1"))
ex.mistake("one row of counts", "A table is asked for: which class was read as which?",
    ("return M", "return np.bincount(yhat, minlength=n_classes)"))
ex.mistake("share of right ones", "One number is not enough: count for each pair of classes.",
    ("return M", "return np.mean(y == yhat)"))
ex.mistake("begins at 1", "The table begins with zeros; every image adds 1.", ("np.zeros", "np.ones"))
