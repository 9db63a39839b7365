"""kind_of_problem: name the kind of problem that a table of targets belongs to."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=12)
ex.hints = [
    "How many 1s does a row of one-hot targets have?",
    "Count along the labels of each row. What must hold for every row, not for the average?",
    "What has to be tested before anything is counted? `targets.ndim` and `np.isin` can help.",
]


def _one_hot(rng, m, k):
    return np.eye(k, dtype=int)[rng.integers(0, k, size=m)]


def _hot(rng, m, k):
    """Return rows of which the first has exactly two 1s, so that no row count gives it away."""
    Y = _one_hot(rng, m, k)
    Y[rng.integers(0, m)] = np.arange(k) < 2
    return Y


ex.check(
    "exactly one 1 in every row, or not",
    [
        case("kind_of_problem", np.array([[0, 1, 0], [1, 0, 0], [0, 1, 0]])),
        case("kind_of_problem", np.array([[1, 0, 0], [0, 1, 1], [1, 0, 0]])),
        case("kind_of_problem", np.array([[0, 1, 1], [1, 0, 0]])),
        case("kind_of_problem", np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])),
    ],
    lambda rng: [
        case("kind_of_problem", _one_hot(rng, 6, 4)),
        case("kind_of_problem", _hot(rng, 5, 4)),
        case("kind_of_problem", np.vstack([_one_hot(rng, 60, 3), _hot(rng, 1, 3)])),
        case("kind_of_problem", _one_hot(rng, 1, 3).astype(float)),
        case("kind_of_problem", np.ones((3, 1), dtype=int)),
        case("kind_of_problem", Layout(_one_hot(rng, 4, 4), "readonly")),
        case("kind_of_problem", Layout(_hot(rng, 4, 3), "strided")),
    ],
    weight=2,
)
ex.check(
    "a row without a 1",
    [
        case("kind_of_problem", np.array([[0, 1, 0], [0, 0, 0]])),
        case("kind_of_problem", np.array([[1, 1, 0], [0, 0, 0]])),
        case("kind_of_problem", np.zeros((2, 2), dtype=int)),
    ],
    lambda rng: [
        case("kind_of_problem", np.vstack([_one_hot(rng, 3, 3), np.zeros((1, 3), dtype=int)])),
        case("kind_of_problem", np.zeros((2, 4))),
        case("kind_of_problem", np.ones((2, 65_537), dtype=int)),  # 1 where a count wraps
        case("kind_of_problem", np.vstack([_hot(rng, 1, 4), np.zeros((1, 4), dtype=int)])),
    ],
)
ex.check(
    "what is not a table of 0 and 1 is refused",
    [
        case("kind_of_problem", np.array([[0, 2, 0], [1, 0, 0]]), raises=ValueError),
        case("kind_of_problem", np.array([[0.5, 0.5], [1.0, 0.0]]), raises=ValueError),
        case("kind_of_problem", np.array([[-1, 1, 1], [1, 0, 0]]), raises=ValueError),
        case("kind_of_problem", np.array([[0, 2], [2, 0]]), raises=ValueError),
        case("kind_of_problem", np.array([0, 1, 0]), raises=ValueError),
    ],
    lambda rng: [
        case("kind_of_problem", np.array([[2, -1], [0, 1]]), raises=ValueError),
        case("kind_of_problem", 3 * _one_hot(rng, 3, 3), raises=ValueError),
        case("kind_of_problem", 2 * _one_hot(rng, 3, 2) - 1, raises=ValueError),
        case("kind_of_problem", np.full((2, 2), 0.5), raises=ValueError),
        case("kind_of_problem", _one_hot(rng, 4, 3) + 1e-3, raises=ValueError),
        case("kind_of_problem", _one_hot(rng, 4, 3)[None], raises=ValueError),
        case("kind_of_problem", rng.integers(0, 2, size=5), raises=ValueError),
    ],
)

NO_TABLE = "not np.isin(targets, (0, 1)).all()"

# fmt: off
ex.mistake("only the first row", "One row is not enough: every row must have exactly one 1.",
    ("(ones == 1).all()", "ones[0] == 1"))
ex.mistake("the mean decides", "Two 1s and none also average to one: look at each row.",
    ("(ones == 1).all()", "ones.mean() == 1"))
ex.mistake("columns counted", "Count along each row: the labels of one example.", ("axis=1", "axis=0"))
ex.mistake("at most one", "A row without a 1 has no class: that is multilabel.",
    ("ones == 1", "ones <= 1"))
ex.mistake("at least one", "Several 1s in a row make it multilabel.", ("ones == 1", "ones >= 1"))
ex.mistake("the largest row", "No row above one is not enough: a row without a 1 has no class.",
    ("(ones == 1).all()", "ones.max() == 1"))
ex.mistake("any row", "One row with a single 1 is not enough: all of them.",
    ("(ones == 1).all()", "(ones == 1).any()"))
ex.mistake("names swapped", "Exactly one 1 a row is multiclass.", ('"multiclass"', '"multilabel"'),
    ('"multilabel"', '"multiclass"'))
ex.mistake("input not tested", "What is 0.5, or a 2, or a single row of numbers? Refuse it.",
    ("targets.ndim != 2 or not np.isin(targets, (0, 1)).all()", "False"),
    ("targets.sum", "np.atleast_2d(targets).sum"))
ex.mistake("values not tested", "0.5 and 0.5 also add up to 1: test that all entries are 0 or 1.",
    (" or not np.isin(targets, (0, 1)).all()", ""))
ex.mistake("range tested, not the values", "0.5 lies between 0 and 1 and is neither.",
    (NO_TABLE, "targets.min() < 0 or targets.max() > 1"))
ex.mistake("negative numbers let through", "-1 is not 0 or 1 either.",
    (NO_TABLE, "(targets > 1).any() or (targets != np.round(targets)).any()"))
ex.mistake("two different values are enough", "0 and 2 are two values as well: test which they are.",
    (NO_TABLE, "len(np.unique(targets)) > 2"))
ex.mistake("both values needed", "A table of nothing but 0s is a table of 0 and 1, too.",
    (NO_TABLE, "set(np.unique(targets)) != {0, 1}"))
ex.mistake("shape not tested", "A single row of numbers is not a table: test ndim.",
    ("targets.ndim != 2 or ", ""), ("targets.sum", "np.atleast_2d(targets).sum"))
ex.mistake("True and False", "Return the name: a text.",
    ('"multiclass" if (ones == 1).all() else "multilabel"', "bool((ones == 1).all())"))
