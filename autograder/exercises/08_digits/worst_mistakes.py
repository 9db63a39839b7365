"""worst_mistakes: the rows that were read wrongly with the most confidence."""

import numpy as np

from autograder.authoring.declaration import case, exercise

from ._data import DEEPER, READER, confidences, untied

ex = exercise(__name__, points=12, deadline=5)
ex.hints = [
    "First the mistakes: where do the classes read differ from `y`?",
    "Then their order: `np.argsort` sorts upwards. What must be sorted to get the surest first?",
    "The order of the mistakes is an order *within* them: what turns it into numbers of rows of X?",
]


def _marked_rows(rng, model, m, wrong):
    """Return images whose confidences lie apart, and labels of which `wrong` are not what is read."""
    X = untied(rng, model, m, 9, apart=0.004)
    _, P = confidences(model, X)
    y = np.argmax(P, axis=1)
    off = rng.permutation(len(y))[:wrong]
    y[off] = (y[off] + rng.integers(1, P.shape[1], len(off))) % P.shape[1]
    return X, y


_SEEN = _marked_rows(np.random.default_rng(3), READER, 12, 6)
_FEW = _marked_rows(np.random.default_rng(8), DEEPER, 9, 3)
_NONE = _marked_rows(np.random.default_rng(5), READER, 5, 0)


def _after_many(X, y):
    """Return the same rows after 300 that are read correctly."""
    return np.vstack([*[_NONE[0]] * 60, X]), np.concatenate([*[_NONE[1]] * 60, y])


ex.check(
    "the surest mistakes first",
    [case("worst_mistakes", READER, *_SEEN, 3)],
    lambda rng: [
        case("worst_mistakes", READER, *_after_many(*_marked_rows(rng, READER, 16, 8)), 4),
        case("worst_mistakes", DEEPER, *_marked_rows(rng, DEEPER, 14, 9), 5),
        case("worst_mistakes", DEEPER, *_marked_rows(rng, DEEPER, 14, 7), 1),
    ],
    weight=2,
)
ex.check(
    "fewer mistakes than asked for",
    [case("worst_mistakes", DEEPER, *_FEW, 7), case("worst_mistakes", READER, *_NONE, 2)],
    lambda rng: [
        case("worst_mistakes", READER, *_marked_rows(rng, READER, 10, 4), 10),
        case("worst_mistakes", READER, *_marked_rows(rng, READER, 10, 4), 4),
        case("worst_mistakes", DEEPER, *_marked_rows(rng, DEEPER, 6, 0), 3),
        case("worst_mistakes", DEEPER, *_marked_rows(rng, DEEPER, 1, 1), 2),
    ],
)

SUREST = "wrong[np.argsort(-confidence[wrong])][:k]"

# fmt: off
ex.mistake("least sure first", "The order is upside down: the surest mistake comes first.",
    ("-confidence", "confidence"))
ex.mistake("surest last", "The right ones are chosen, but the surest should come first.",
    ("-confidence", "confidence"), ("[:k]", "[-k:]"))
ex.mistake("numbers within the mistakes", "These count within the mistakes; rows of X are asked for.",
    ("wrong[np.argsort(-confidence[wrong])]", "np.argsort(-confidence[wrong])"))
ex.mistake("right ones too", "These are the surest of all images; only the wrongly read ones count.",
    (SUREST, "np.argsort(-confidence)[:k]"))
ex.mistake("right ones instead", "These images are read correctly: `!=`, not `==`.",
    ("classes != y", "classes == y"))
ex.mistake("in the order of the rows", "The mistakes stand in the order of X, not of confidence.",
    ("[np.argsort(-confidence[wrong])]", ""))
ex.mistake("sorted again at the end", "The chosen numbers are sorted: keep the order of confidence.",
    (SUREST, "np.sort(wrong[np.argsort(-confidence[wrong])][:k])"))
ex.mistake("all of them", "Only the first k are asked for.", ("[:k]", ""))
ex.mistake("one too many", "A slice that ends at k + 1 holds k + 1 entries.", ("[:k]", "[: k + 1]"))
ex.mistake("confidences returned", "The row numbers are asked for, not their confidences.",
    ("wrong[np.argsort(-confidence[wrong])]", "np.sort(confidence[wrong])[::-1]"))
ex.mistake("images returned", "The row numbers are asked for, not the images.",
    (SUREST, "X[wrong[np.argsort(-confidence[wrong])][:k]]"))
ex.mistake("ordered by the logit", "The largest logit is no measure of confidence; softmax compares.",
    ("confidence[wrong]", "model.predict(X, verbose=0).max(axis=1)[wrong]"))
ex.mistake("ordered by the cost", "This orders by the cost; confidence is that of the class read.",
    ("return",
     "Z = model.predict(X, verbose=0)\n"
     "    confidence = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]\n    return"))
ex.mistake("padded", "If there are fewer mistakes than k, return those there are.",
    (SUREST, "np.argsort(-np.where(classes != y, confidence, -1.0))[:k]"))
ex.mistake("a mask", "Row numbers are asked for, not True and False.", (SUREST, "classes != y"))
