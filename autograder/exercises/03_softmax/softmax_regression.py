"""softmax_regression: probabilities and classes of a linear model."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import BIASES, ROWS, WEIGHTS, close_race, problem, readonly

ex = exercise(__name__, points=16, forbids=["softmax"])
ex.hints = [
    "`X` is (m, n) and `W` is (n, C). Which product is (m, C)?",
    "You have written softmax already: call it on the logits.",
    "Which function of NumPy gives the position of the largest entry, and along which axis?",
]

ex.check(
    "probabilities",
    [
        case("predict_proba", ROWS, WEIGHTS, BIASES),
        case("predict_proba", ROWS[:, ::-1].copy(), 3 * WEIGHTS, BIASES - 1),
    ],
    lambda rng: [
        case("predict_proba", *problem(rng, 300, 3, 4)),
        case("predict_proba", *problem(rng, 5, 3, 4), tiny=True),
        case("predict_proba", *problem(rng, 1, 6, 2)),
        case("predict_proba", *problem(rng, 4, 4, 4)),
        case("predict_proba", rng.uniform(-1, 1, (6, 2)), rng.uniform(-20, 20, (2, 5)),
             rng.uniform(-9, 9, 5), tiny=True),
        case("predict_proba", *close_race(rng, 3, 1.5), tiny=True),
        case("predict_proba", *readonly(problem(rng, 3, 2, 3))),
        case("predict_proba", *(a.astype(np.float32) for a in problem(rng, 3, 2, 3))),
    ],
)  # fmt: skip
ex.check(
    "classes",
    [
        case("predict", ROWS, WEIGHTS, np.array([1.9, -0.2, 0.3])),
        case("predict", np.array([[0.2, 0.1]]), np.array([[1.0, -3.0], [0.0, 4.0]]), BIASES[:2]),
    ],
    lambda rng: [
        case("predict", *problem(rng, 300, 3, 4)),
        case("predict", *problem(rng, 60, 3, 300)),
        case("predict", *problem(rng, 1, 2, 3)),
        case("predict", *problem(rng, 5, 5, 5)),
        case("predict", Layout(rng.normal(size=(6, 4)), "strided"), *problem(rng, 6, 4, 3)[1:]),
        case("predict", *close_race(rng, 3, -0.01)),
        case("predict", *readonly(problem(rng, 4, 2, 3))),
    ],
)

CLASSES = "np.argmax(X @ W + b, axis=1)"

# fmt: off
# predict_proba
ex.mistake("no bias", "Add b to the logits: one number for each class.",
    ("softmax(X @ W + b)", "softmax(X @ W)"))
ex.mistake("bias after softmax", "The bias belongs to the logits, before softmax.",
    ("softmax(X @ W + b)", "softmax(X @ W) + b"))
ex.mistake("bias subtracted", "The bias is added.", ("softmax(X @ W + b)", "softmax(X @ W - b)"))
ex.mistake("logits returned", "These are the logits. Which function makes probabilities of them?",
    ("softmax(X @ W + b)", "X @ W + b"))
ex.mistake("sigmoid outputs", "One sigmoid for each class does not make rows that sum to 1: use softmax.",
    ("softmax(X @ W + b)", "1 / (1 + np.exp(-(X @ W + b)))"))
ex.mistake("softmax twice", "Softmax is applied twice, which flattens the probabilities.",
    ("softmax(X @ W + b)", "softmax(softmax(X @ W + b))"))
ex.mistake("normalised columns", "Each row should sum to 1, not each column.",
    ("return softmax(X @ W + b)", "e = np.exp(X @ W + b)\n    return e / e.sum(axis=0)"))

# predict
ex.mistake("argmax down the columns", "One class for each row: which axis holds the classes?",
    ("axis=1", "axis=0"))
ex.mistake("argmax of everything", "Without an axis, argmax searches the whole table.",
    (", axis=1", ""))
ex.mistake("classes counted from 1", "Classes start at 0.",
    (CLASSES, "np.argmax(X @ W + b, axis=1) + 1"))
ex.mistake("bias forgotten in predict", "The bias can change the winner: add it here too.",
    (CLASSES, "np.argmax(X @ W, axis=1)"))
ex.mistake("least probable class", "This is the class of the smallest probability.",
    ("np.argmax", "np.argmin"))
ex.mistake("largest probability returned", "Return the position of the largest, not its value.",
    (CLASSES, "np.max(softmax(X @ W + b), axis=1)"))
ex.mistake("one-hot classes", "Return the class numbers, shape (m,).",
    (CLASSES, "np.eye(len(b))[np.argmax(X @ W + b, axis=1)]"))
ex.mistake("threshold at one half", "With several classes no probability has to reach 0.5.",
    (CLASSES, "(softmax(X @ W + b) >= 0.5).astype(int)"))
ex.mistake("classes as floats", "Class numbers are integers.",
    (CLASSES, "np.argmax(X @ W + b, axis=1).astype(float)"))
