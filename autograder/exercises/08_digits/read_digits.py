"""read_digits: read images: (classes (m,) int, confidence (m,)), for a model that gives logits."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import DEEPER, READER, untied

ex = exercise(__name__, points=14, deadline=5)
ex.hints = [
    "Print what the model predicts for two images. What are the rows, what are the columns?",
    "Which function gives the place of the largest number, not the number? Along which axis?",
    "Softmax keeps the order. So which of the probabilities of a row belongs to the class read?",
]
ex.results = {"read_digits": ["classes", "confidence"]}

_LOOSE = {"rtol": 1e-4, "atol": 1e-6}
_IMAGES = np.array(
    [[1.0, 0.5, -1.0], [0.0, 2.0, 1.0], [-1.0, -1.5, 0.0], [2.0, 0.5, 1.5], [0.5, -2.0, -1.0]]
)

ex.check(
    "classes and confidence of a few images",
    [case("read_digits", READER, _IMAGES, **_LOOSE)],
    lambda rng: [
        case("read_digits", READER, untied(rng, READER, 40), **_LOOSE),
        case("read_digits", READER, untied(rng, READER, 7), **_LOOSE),
        case("read_digits", DEEPER, untied(rng, DEEPER, 9), **_LOOSE),
        case("read_digits", READER, untied(rng, READER, 6, 40) / 4, **_LOOSE),
        case("read_digits", DEEPER, untied(rng, DEEPER, 4).astype(np.float32), **_LOOSE),
    ],
    weight=2,
)
ex.check(
    "another network, and one image alone",
    [
        case("read_digits", DEEPER, _IMAGES[::-1].copy(), **_LOOSE),
        case("read_digits", READER, _IMAGES[3:4], **_LOOSE),
    ],
    lambda rng: [
        case("read_digits", DEEPER, untied(rng, DEEPER, 1), **_LOOSE),
        case("read_digits", READER, untied(rng, READER, 1), **_LOOSE),
        case("read_digits", READER, Layout(untied(rng, READER, 5), "readonly"), **_LOOSE),
        case("read_digits", READER, Layout(untied(rng, READER, 5), "fortran"), **_LOOSE),
    ],
)

# fmt: off
ex.mistake("classes from 1", "Classes are counted from 0: the digit 0 is class 0.",
    ("np.argmax(P, axis=1)", "np.argmax(P, axis=1) + 1"))
ex.mistake("down the columns", "One answer for each row: the classes lie along axis 1.",
    ("np.argmax(P, axis=1)", "np.argmax(P, axis=0)"), ("np.max(P, axis=1)", "np.max(P, axis=0)"))
ex.mistake("no axis", "Without an axis argmax looks through the whole table at once.",
    ("np.argmax(P, axis=1)", "np.argmax(P)"), ("np.max(P, axis=1)", "np.max(P)"))
ex.mistake("softmax down the columns", "The probabilities of one image add up to 1: normalise rows.",
    ("Z - Z.max(axis=1, keepdims=True)", "Z"), ("e.sum(axis=1", "e.sum(axis=0"),
    ("np.argmax(P, axis=1), np.max(P, axis=1)",
     "np.argmax(Z, axis=1), P[np.arange(len(Z)), np.argmax(Z, axis=1)]"))
ex.mistake("logit as confidence", "This is the largest logit; a confidence is a probability.",
    ("np.max(P", "np.max(Z"))
ex.mistake("sigmoid as confidence", "Classes compete: softmax over the row, not a sigmoid of one.",
    ("np.max(P, axis=1)", "1 / (1 + np.exp(-Z.max(axis=1)))"))
ex.mistake("softmax twice", "Softmax is applied twice: probabilities are not logits.",
    ("return", "P = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)\n    return"))
ex.mistake("normalised logits", "Exponentiate first, then divide by the sum of the row.",
    ("np.max(P, axis=1)", "Z.max(axis=1) / np.abs(Z).sum(axis=1)"))
ex.mistake("lead over the second", "The lead over the second class is another measure.",
    ("np.max(P, axis=1)", "np.ptp(np.sort(P, axis=1)[:, -2:], axis=1)"))
ex.mistake("doubt, not confidence", "This is the probability of being wrong.",
    ("np.max(P, axis=1)", "1 - np.max(P, axis=1)"))
ex.mistake("least likely class", "argmin finds the class that the network believes in least.",
    ("np.argmax", "np.argmin"), ("np.max", "np.min"))
ex.mistake("confidence first", "Return the classes first, then the confidence.",
    ("np.argmax(P, axis=1), np.max(P, axis=1)", "np.max(P, axis=1), np.argmax(P, axis=1)"))
ex.mistake("all probabilities", "One number for each image: the probability of the class read.",
    ("np.max(P, axis=1)", "P"))
ex.mistake("classes only", "Two things are asked for: the classes and the confidence.",
    (", np.max(P, axis=1)", ""))
ex.mistake("classes as floats", "Class numbers are integers.",
    ("np.argmax(P, axis=1)", "np.argmax(P, axis=1).astype(float)"))
ex.mistake("threshold at one half", "Pick one class for each image; a threshold may pick none, or mark all.",
    ("np.argmax(P, axis=1)", "(P >= 0.5).astype(int)"))
ex.mistake("mean confidence", "Each image has a confidence of its own.",
    ("np.max(P, axis=1)", "np.max(P, axis=1).mean()"))
ex.mistake("scaled again", "The images are scaled already: give them to the model as they are.",
    ("predict(X", "predict(X / 16"))
