"""predict_labels: 1 where a probability is at least its threshold, else 0."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=16)
ex.hints = [
    "Compare `P` with one number and print the result. What kind of entries does the result have?",
    "Broadcasting compares a table (m, L) with a row (L,), or with one number, just as well.",
    "Which comparison holds where both sides are equal? What turns True and False into 1 and 0?",
]

_P = np.array([[0.9, 0.8, 0.1], [0.3, 0.5, 0.25], [0.05, 0.2, 0.3], [0.6, 0.75, 0.95]])

ex.check(
    "one threshold for all labels",
    [case("predict_labels", _P, 0.6), case("predict_labels", _P[:3], 0.28)],
    lambda rng: [
        case("predict_labels", rng.uniform(size=(300, 3)), 0.45),
        case("predict_labels", rng.uniform(size=(5, 4)), float(rng.uniform(0.3, 0.6))),
        case("predict_labels", rng.uniform(size=(1, 3)), 0.4),
        case("predict_labels", rng.uniform(size=(3, 3)), 0.5),
        case("predict_labels", Layout(rng.uniform(size=(4, 2)), "strided"), 0.55),
        case("predict_labels", Layout(rng.uniform(size=(5, 3)), "readonly"), 0.45),
        case("predict_labels", rng.integers(0, 9, size=(4, 3)).astype(np.float32) / 8, 0.55),
    ],
)
ex.check(
    "a threshold for each label",
    [
        case("predict_labels", _P, np.array([0.2, 0.7, 0.27])),
        case("predict_labels", _P[:3], np.array([0.1, 0.6, 0.2])),
    ],
    lambda rng: [
        case("predict_labels", rng.uniform(size=(6, 4)), rng.uniform(0.2, 0.8, 4)),
        case("predict_labels", rng.uniform(size=(3, 3)), rng.uniform(0.2, 0.8, 3)),
        case("predict_labels", rng.uniform(size=(1, 2)), rng.uniform(0.2, 0.8, 2)),
        case("predict_labels", rng.uniform(size=(6, 1)), rng.uniform(0.2, 0.8, 1)),
        case(
            "predict_labels",
            Layout(rng.uniform(size=(4, 3)), "fortran"),
            Layout(rng.uniform(0.2, 0.8, 3), "strided"),
        ),
    ],
)
ex.check(
    "exactly at the threshold counts as present",
    [case("predict_labels", _P, np.array([0.3, 0.5, 0.25])), case("predict_labels", _P, 0.5)],
    lambda rng: [
        case("predict_labels", P := rng.integers(0, 9, size=(6, 3)) / 8, P[0].copy()),
        case("predict_labels", np.array([[0.25, 0.5, 0.75]]), 0.25),
        case("predict_labels", np.array([[1.0, 0.0], [0.5, 1.0]]), np.array([1.01, 0.0])),
    ],
)

LABELS = "(P >= thresholds).astype(int)"

# fmt: off
ex.mistake("argmax", "Several labels can be on; compare each with its threshold.",
    (LABELS, "np.eye(P.shape[1], dtype=int)[np.argmax(P, axis=1)]"))
ex.mistake("class numbers", "One row of 0 and 1 for each example, not the largest label's number.",
    (LABELS, "np.argmax(P, axis=1)"))
ex.mistake("above, not at", "A probability equal to the threshold counts as present.",
    ("P >= thresholds", "P > thresholds"))
ex.mistake("always 0.5", "The thresholds are given: use them.", ("P >= thresholds", "P >= 0.5"))
ex.mistake("rounded", "np.round compares with 0.5: use the thresholds given.",
    ("(P >= thresholds)", "np.round(P)"))
ex.mistake("True and False", "Convert the table of True and False to whole numbers.",
    (LABELS, "P >= thresholds"))
ex.mistake("floats", "Whole numbers are asked: ints.", ("astype(int)", "astype(float)"))
ex.mistake("comparison turned round", "1 means present: the probability is the larger one.",
    ("P >= thresholds", "P <= thresholds"))
ex.mistake("first threshold for all", "Every label has a threshold of its own.",
    ("P >= thresholds", "P >= np.ravel(thresholds)[0]"))
ex.mistake("thresholds averaged", "Every label has a threshold of its own.",
    ("P >= thresholds", "P >= np.mean(thresholds)"))
ex.mistake("thresholds down the rows", "Thresholds belong to the columns, the labels.",
    ("P >= thresholds", "P >= np.resize(thresholds, (len(P), 1))"))
ex.mistake("vector only", "The threshold may also be a single number.",
    ("P >= thresholds", "P >= [thresholds[j] for j in range(P.shape[1])]"))
ex.mistake("probabilities kept", "Return 1 where the label is present, not its probability.",
    (LABELS, "np.where(P >= thresholds, P, 0)"))
ex.mistake("changed in place", "Return a new table; the caller still needs the probabilities.",
    ("return (P >= thresholds).astype(int)", "P[...] = P >= thresholds\n    return P.astype(int)"))
