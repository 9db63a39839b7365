"""one_hot: row i has a 1 at place y[i] and zeros elsewhere."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=14)
ex.hints = [
    "Start from a table of zeros. What is its shape?",
    "Row i gets its 1 in column y[i]. Which pair of index arrays names all those entries?",
    "A comparison of all of `y` gives True or False for each label. Which function tells "
    "whether any is True?",
]

ex.check(
    "one row an example",
    [case("one_hot", np.array([2, 0, 1, 2]), 4), case("one_hot", np.array([1]), 2)],
    lambda rng: [
        case("one_hot", rng.integers(0, 2, size=600), 3),
        case("one_hot", rng.integers(260, 300, size=7), 300),
        case("one_hot", np.append(rng.integers(0, 3, size=3), 0), 9),
        case("one_hot", rng.integers(0, 10, size=20).astype(np.int32), 10),
        case("one_hot", rng.integers(0, 2, size=30), 2),
        case("one_hot", Layout(rng.integers(0, 3, size=6), "readonly"), 3),
    ],
    weight=2,
)
ex.check(
    "a label that is too large is refused",
    [case("one_hot", np.array([0, 3]), 3, raises=ValueError)],
    lambda rng: [
        case("one_hot", np.array([1, 5 + int(rng.integers(0, 9)), 0]), 4, raises=ValueError)
    ],
)
ex.check(
    "a negative label is refused",
    [case("one_hot", np.array([0, -1, 2]), 3, raises=ValueError)],
    lambda rng: [case("one_hot", np.array([0, -int(rng.integers(2, 5)), 4]), 5, raises=ValueError)],
)

# fmt: off
ex.mistake("labels not tested", "What happens with label 3 of 3 classes, and with label -1?",
    ("np.any((y < 0) | (y >= n_classes))", "False"))
ex.mistake("comparison, labels not tested", "A bad label gives a row of zeros without an error: refuse it.",
    ("np.any((y < 0) | (y >= n_classes))", "False"),
    ("rows[np.arange(len(y)), y] = 1.0", "rows[:] = y[:, None] == np.arange(n_classes)"))
ex.mistake("negative labels pass", "Label -1 is outside 0..C-1 too.",
    ("(y < 0) | (y >= n_classes)", "y >= n_classes"))
ex.mistake("large labels pass", "A label equal to n_classes is one too many.",
    ("y >= n_classes", "y > n_classes"))
ex.mistake("as many columns as the largest label", "The number of columns is n_classes, given.",
    ("(len(y), n_classes)", "(len(y), y.max() + 1)"))
ex.mistake("transposed", "Rows are examples, columns are classes.", ("return rows", "return rows.T"))
ex.mistake("classes counted from 1", "Classes start at 0: label 0 belongs in column 0.",
    ("y] =", "y - 1] ="))
ex.mistake("whole columns set", "`out[:, y] = 1` fills columns. Pair each row with its own label.",
    ("np.arange(len(y))", ":"))
ex.mistake("True and False", "Convert the table of True and False to floats.",
    ("return rows", "return rows == 1"))
ex.mistake("labels clipped", "A wrong label is refused, not moved to the nearest class.",
    ("np.any((y < 0) | (y >= n_classes))", "False"), ("y] =", "np.clip(y, 0, n_classes - 1)] ="))
ex.mistake("IndexError", "The statement asks for a ValueError.", ("ValueError", "IndexError"))
