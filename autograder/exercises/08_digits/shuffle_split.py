"""shuffle_split: split rows at random: (X_train, X_test, y_train, y_test)."""

import numpy as np

from autograder.authoring.declaration import call, case_of, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=12)
ex.hints = [
    "One random order of the row numbers decides everything. Which method of a NumPy "
    "generator gives one?",
    "Cut that order into two pieces. Where, so that one piece has test_size entries?",
    "`X[order]` and `y[order]` with the same order keep every row with its label.",
]


def _rows(rng, m, n=2, classes=3):
    """Return rows that are all different, sorted by label as in a file of digits."""
    y = np.sort(np.arange(m) % classes)
    return np.column_stack([np.arange(m) + 0.5, rng.integers(-9, 10, (m, n - 1)) / 2]), y


def _split_case(judge, X, y, test_size, seed, other):
    calls = [call("shuffle_split", X, y, test_size, s) for s in (seed, seed, other)]
    return case_of(calls, judge="digits." + judge)


def _splits(judge):
    def hidden(rng):
        out = []
        for m, size in ((60, 15), (41, 14), (150, 120)):
            seed, other = (int(s) for s in rng.permutation(1000)[:2])
            n, classes = int(rng.integers(2, 6)), int(rng.integers(2, 11))
            X, y = _rows(rng, m, n, classes)
            if m == 41:
                X = Layout(X, ("readonly", "strided", "fortran")[int(rng.integers(3))])
            if m == 60:
                X = X.astype(np.float32)
            out.append(_split_case(judge, X, y, size, seed, other))
        return out

    return hidden


_ROWS = _rows(np.random.default_rng(0), 40)

ex.check(
    "every row in one part, with its own label",
    [_split_case("parts", *_ROWS, 12, 1, 2)],
    _splits("parts"),
    weight=2,
)
ex.check("both parts in random order", [_split_case("order", *_ROWS, 12, 3, 4)], _splits("order"))
ex.check(
    "the seed decides, and nothing else", [_split_case("seeds", *_ROWS, 12, 5, 6)], _splits("seeds")
)

# fmt: off
ex.mistake("not shuffled, the tail held back",
    "The digits may come sorted by label: the tail would hold only some of the classes.",
    ("X[train], X[test], y[train], y[test]",
     "X[:-test_size], X[-test_size:], y[:-test_size], y[-test_size:]"), finding="unshuffled")
ex.mistake("cut before shuffling",
    "You shuffle inside the two parts, but which rows are held back is not random.",
    ("order[:test_size], order[test_size:]",
     "order[order >= len(X) - test_size], order[order < len(X) - test_size]"), finding="block")
ex.mistake("labels not shuffled", "X is shuffled and y is not: use the same order for both.",
    ("y[train], y[test]", "y[test_size:], y[:test_size]"), finding="labels")
ex.mistake("test labels from the old order",
    "The test rows come from the shuffled order; take their labels from there too.",
    ("y[test]", "y[:test_size]"), finding="test-labels")
ex.mistake("test rows studied as well",
    "The training part holds all rows: those held back must leave it.",
    ("X[train], X[test], y[train]", "X[order], X[test], y[order]"), finding="train-is-all")
ex.mistake("two draws", "Drawing each part on its own puts some rows into both: cut one order in two.",
    ("order[test_size:]", "np.random.default_rng(seed + 1).permutation(len(X))[test_size:]"),
    finding="overlap")


@ex.mistake("test rows drawn with replacement",
    "A row can come up twice here: draw without replacement.", finding="repeated")
def shuffle_split(X, y, test_size, seed):
    rng = np.random.default_rng(seed)
    test = rng.integers(0, len(X), test_size)
    rest = np.setdiff1d(np.arange(len(X)), test)
    train = rng.permutation(np.resize(rest, len(X) - test_size))
    return X[train], X[test], y[train], y[test]


ex.mistake("training rows in the old order",
    "A mask keeps the old order: index with the shuffled numbers instead.",
    ("order[test_size:]", "np.sort(order[test_size:])"), finding="train-sorted")
ex.mistake("test rows in the old order",
    "The test rows are sorted again: leave them in the order drawn.",
    ("order[:test_size]", "np.sort(order[:test_size])"), finding="test-sorted")
ex.mistake("chosen at random, not shuffled",
    "A mask chooses rows but leaves both parts sorted: index with the shuffled order.",
    ("order[:test_size], order[test_size:]", "np.sort(order[:test_size]), np.sort(order[test_size:])"),
    finding="both-sorted")
ex.mistake("parts of X and y interleaved", "Both parts of X come first, then both parts of y.",
    ("X[train], X[test], y[train], y[test]", "X[train], y[train], X[test], y[test]"), finding="pairs")
ex.mistake("sizes swapped", "Hold back test_size rows; the training part gets the rest.",
    ("test, train", "train, test"), finding="swapped")
ex.mistake("one row lost", "A slice ends before its second number: a row falls between the two parts.",
    ("[test_size:]", "[test_size + 1 :]"), finding="rows-dropped")
ex.mistake("test_size as a share", "Here test_size counts rows; it is not a share of them.",
    ("test, train =", "test_size = len(X) * test_size\n    test, train ="), finding="shapes")
ex.mistake("seed not used", "The generator is made without the seed, so that no split can be repeated.",
    ("(seed)", "()"), finding="unseeded")
ex.mistake("one seed for all", "A fixed number stands where the seed belongs.", ("(seed)", "(42)"),
    finding="same-for-all")
ex.mistake("shuffled in place",
    "Your function reorders the arrays of its caller: index, or shuffle a copy.",
    ("test, train =", "X[:], y[:] = X[order], y[order]\n    test, train ="), finding="mutated")
