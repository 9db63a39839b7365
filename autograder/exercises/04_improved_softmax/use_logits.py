"""use_logits: probabilities and classes from a model of logits."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.models import dense

ex = exercise(__name__, points=10, deadline=5)
ex.hints = [
    "You have a softmax for logits of any size. What is its argument, and which method gives that?",
    "Which function of NumPy gives the position of the largest entry, and along which axis?",
]

# Whole numbers and halves: every way of adding up gives the same logits, to the last bit.
_MODEL = dense(
    2,
    [(3, "linear")],
    weights=[
        np.array([[1.0, -0.5, 0.0], [0.5, 1.0, -1.5]], dtype=np.float32),
        np.array([0.0, 0.5, -0.5], dtype=np.float32),
    ],
)
_BIG = dense(
    2,
    [(4, "relu"), (4, "linear")],
    weights=[
        np.array([[500.0, -500.0, 0.0, 1.0], [0.0, 2.0, 250.0, -1.0]], dtype=np.float32),
        np.array([0.0, 1.0, -1.0, 0.5], dtype=np.float32),
        np.array(
            [[1.0, 1.0, 0.0, -1.0], [2.0, -1.0, 0.5, 0.0], [0.0, 1.0, 1.0, -2.0], [1.0, 0.0, 0, 3]],
            dtype=np.float32,
        ),
        np.array([0.5, 0.0, -1.0, 2.0], dtype=np.float32),
    ],
)
_INPUTS = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, -1.0], [2.0, 0.5]])


def _inputs(rng, m):
    """Return inputs in halves."""
    return rng.integers(-8, 9, size=(m, 2)) / 2


def _untied(rng, model, m):
    """Return inputs in halves for which no two logits of a row are equally large."""
    from autograder.authoring.declaration import NumpyModel

    X = _inputs(rng, 20 * m)
    Z = np.sort(NumpyModel(model).predict(X), axis=1)
    return X[Z[:, -1] > Z[:, -2]][:m]


_LOOSE = {"rtol": 1e-4, "atol": 1e-6}

ex.check(
    "probabilities from logits of any size",
    [
        case("class_probabilities", _MODEL, _INPUTS, **_LOOSE),
        case("class_probabilities", _BIG, _INPUTS, **_LOOSE),
    ],
    lambda rng: [
        case("class_probabilities", _MODEL, _inputs(rng, 40), **_LOOSE),
        case("class_probabilities", _MODEL, _inputs(rng, 7), **_LOOSE),
        case("class_probabilities", _BIG, _inputs(rng, 5), **_LOOSE),
        case("class_probabilities", _MODEL, _inputs(rng, 1), **_LOOSE),
    ],
)
ex.check(
    "classes",
    [case("predicted_classes", _MODEL, _INPUTS), case("predicted_classes", _BIG, _INPUTS[:2])],
    lambda rng: [
        case("predicted_classes", _MODEL, _untied(rng, _MODEL, 40)),
        case("predicted_classes", _MODEL, _untied(rng, _MODEL, 9)),
        case("predicted_classes", _BIG, _untied(rng, _BIG, 4)),
        case("predicted_classes", _MODEL, _untied(rng, _MODEL, 1)),
    ],
)


@ex.stand_in("NumPy's float32 functions give other last digits on another processor")
def class_probabilities(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    return stable_softmax(Z)  # noqa: F821  (of an earlier exercise)


CLASSES = "np.argmax(model.predict(X, verbose=0), axis=1)"

# fmt: off
# class_probabilities
ex.mistake("logits returned", "These are logits: they do not sum to 1. Apply softmax.",
    ("stable_softmax(Z)", "Z"))
ex.mistake("naive softmax", "Logits of a network have no bound: use the stable softmax.",
    ("return stable_softmax(Z)",
     "e = np.exp(model.predict(X, verbose=0))\n    return e / e.sum(axis=1, keepdims=True)"))
ex.mistake("sigmoid of each logit", "Classes compete: softmax along the row, not a sigmoid each.",
    ("stable_softmax(Z)", "1 / (1 + np.exp(-Z))"))
ex.mistake("softmax twice", "Softmax is applied twice.",
    ("stable_softmax(Z)", "stable_softmax(stable_softmax(Z))"))
ex.mistake("softmax down the columns", "Each row should sum to 1.",
    ("stable_softmax(Z)", "stable_softmax(Z.T).T"))
ex.mistake("largest probability only", "One probability for each class: keep the whole row.",
    ("stable_softmax(Z)", "stable_softmax(Z).max(axis=1)"))

# predicted_classes
ex.mistake("argmax down the columns", "One class for each row: which axis holds the classes?", ("axis=1", "axis=0"))
ex.mistake("argmax of everything", "Without an axis, argmax searches the whole table.",
    (", axis=1", ""))
ex.mistake("classes counted from 1", "Classes start at 0.",
    (CLASSES, "np.argmax(model.predict(X, verbose=0), axis=1) + 1"))
ex.mistake("threshold", "Pick one class for each row: the largest.",
    (CLASSES, "(stable_softmax(model.predict(X, verbose=0)) > 0.5).astype(int)"))
ex.mistake("least likely class", "This is the class of the smallest logit.", ("np.argmax", "np.argmin"))
ex.mistake("largest logit returned", "Return its position, not its value.", ("np.argmax", "np.max"))
ex.mistake("classes as floats", "Class numbers are integers.",
    (CLASSES, "np.argmax(model.predict(X, verbose=0), axis=1).astype(float)"))
ex.mistake("rounded probabilities", "Rounding loses the class where no probability reaches 0.5.",
    (CLASSES, "np.round(stable_softmax(model.predict(X, verbose=0)))"))
