"""08_digits: split, build, train and read; the confusion matrix; the same network in NumPy."""

import linecache
from functools import cache

import numpy as np

from autograder.authoring.declaration import Lab, NumpyModel, call, case, case_of, source_of
from utils import data  # loaded, so that the instant check can refuse it
from utils.engine.judging import Case, Finding
from utils.engine.judging import digits as judging
from utils.engine.models import dense
from utils.engine.plain import Layout

lab = Lab("08_digits", "Practice lab: reading hand-written digits", minutes=90)

SPLIT_SEED, HELD_BACK = 4, 450


@cache
def _split():
    """Return the training part and the held-back part: `(X, y), (X_test, y_test)`."""
    X, y = data.digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(X))
    test, train = order[:HELD_BACK], order[HELD_BACK:]
    return (X[train], y[train]), (X[test], y[test])


def _patterns(seed, m):
    """Return made-up pictures of ten classes: each a pattern of its own with a few pixels off."""
    rng = np.random.default_rng(seed)
    patterns = rng.random((10, 64)) < 0.3
    y = rng.permutation(np.arange(m) % 10)
    return (patterns[y] ^ (rng.random((m, 64)) < 0.04)).astype(float), y


# --- shuffle_split --------------------------------------------------------------------------------

ex = lab.exercise(
    "shuffle_split",
    points=12,
    hints=[
        "One random order of the row numbers decides everything. Which method of a NumPy "
        "generator gives one?",
        "Cut that order into two pieces. Where, so that one piece has test_size entries?",
        "`X[order]` and `y[order]` with the same order keep every row with its label.",
    ],
)


@ex.right
def shuffle_split(X, y, test_size, seed):
    """Two parts of one random order: (X_train, X_test, y_train, y_test)."""
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[test]


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
ex.check(
    "both parts in random order",
    [_split_case("order", *_ROWS, 12, 3, 4)],
    _splits("order"),
)
ex.check(
    "the seed decides, and nothing else",
    [_split_case("seeds", *_ROWS, 12, 5, 6)],
    _splits("seeds"),
)


@ex.wrong(
    "not shuffled, the tail held back",
    "The digits may come sorted by label: the tail would hold only some of the classes.",
    finding="unshuffled",
)
def shuffle_split(X, y, test_size, seed):
    return X[:-test_size], X[-test_size:], y[:-test_size], y[-test_size:]


@ex.wrong(
    "cut before shuffling",
    "You shuffle inside the two parts, but which rows are held back is not random.",
    finding="block",
)
def shuffle_split(X, y, test_size, seed):
    rng = np.random.default_rng(seed)
    m = len(X) - test_size
    train, test = rng.permutation(m), m + rng.permutation(test_size)
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "labels not shuffled",
    "X is shuffled and y is not: use the same order for both.",
    finding="labels",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    X = X[order]
    return X[test_size:], X[:test_size], y[test_size:], y[:test_size]


@ex.wrong(
    "test labels from the old order",
    "The test rows come from the shuffled order; take their labels from there too.",
    finding="test-labels",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[:test_size]


@ex.wrong(
    "test rows studied as well",
    "The training part holds all rows: those held back must leave it.",
    finding="train-is-all",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test = order[:test_size]
    return X[order], X[test], y[order], y[test]


@ex.wrong(
    "two draws",
    "Drawing each part on its own puts some rows into both: cut one order in two.",
    finding="overlap",
)
def shuffle_split(X, y, test_size, seed):
    rng = np.random.default_rng(seed)
    test = rng.permutation(len(X))[:test_size]
    train = rng.permutation(len(X))[test_size:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "test rows drawn with replacement",
    "A row can come up twice here: draw without replacement.",
    finding="repeated",
)
def shuffle_split(X, y, test_size, seed):
    rng = np.random.default_rng(seed)
    test = rng.integers(0, len(X), test_size)
    rest = np.setdiff1d(np.arange(len(X)), test)
    train = rng.permutation(np.resize(rest, len(X) - test_size))
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "training rows in the old order",
    "A mask keeps the old order: index with the shuffled numbers instead.",
    finding="train-sorted",
)
def shuffle_split(X, y, test_size, seed):
    test = np.random.default_rng(seed).permutation(len(X))[:test_size]
    train = np.setdiff1d(np.arange(len(X)), test)
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "test rows in the old order",
    "The test rows are sorted again: leave them in the order drawn.",
    finding="test-sorted",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = np.sort(order[:test_size]), order[test_size:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "chosen at random, not shuffled",
    "A mask chooses rows but leaves both parts sorted: index with the shuffled order.",
    finding="both-sorted",
)
def shuffle_split(X, y, test_size, seed):
    mask = np.zeros(len(X), dtype=bool)
    mask[np.random.default_rng(seed).permutation(len(X))[:test_size]] = True
    return X[~mask], X[mask], y[~mask], y[mask]


@ex.wrong(
    "parts of X and y interleaved",
    "Both parts of X come first, then both parts of y.",
    finding="pairs",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], y[train], X[test], y[test]


@ex.wrong(
    "sizes swapped",
    "test_size rows are to be held back; the training part gets the rest.",
    finding="swapped",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    train, test = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "one row lost",
    "A slice ends before its second number: a row falls between the two parts.",
    finding="rows-dropped",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:test_size], order[test_size + 1 :]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "test_size as a share",
    "Here test_size counts rows; it is not a share of them.",
    finding="shapes",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    cut = len(X) * test_size
    test, train = order[:cut], order[cut:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "seed not used",
    "The generator is made without the seed, so that no split can be repeated.",
    finding="unseeded",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng().permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "one seed for all",
    "A fixed number stands where the seed belongs.",
    finding="same-for-all",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(42).permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[test]


@ex.wrong(
    "shuffled in place",
    "Your function reorders the arrays of its caller: index, or shuffle a copy.",
    finding="mutated",
)
def shuffle_split(X, y, test_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return X[test_size:].copy(), X[:test_size].copy(), y[test_size:].copy(), y[:test_size].copy()


# --- digits_model ---------------------------------------------------------------------------------

ex = lab.exercise(
    "digits_model",
    points=12,
    deadline=10,
    hints=[
        "Three dense layers in a `keras.Sequential`, after an `Input`. How many pixels has an image?",
        "The last layer gives logits. Which activation leaves its sums as they are?",
        "Class numbers as targets, logits as outputs: which loss, and what must it be told?",
    ],
)


@ex.right
def build_digits_model():
    """64 inputs, 25 ReLU, 15 ReLU, 10 linear; Adam, sparse categorical loss from logits."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss)
    return model


_SHAPE = {"inputs": 64, "layers": [[25, "relu"], [15, "relu"], [10, "linear"]]}
_PAIR = {"compiled": [["linear", "sparse_categorical_crossentropy", True]]}
_ADAM = {"optimizers": ["adam", "adamw", "nadam"]}

ex.check(
    "the layers: 25 relu, 15 relu, 10 linear",
    [case("build_digits_model", judge="models.model", **_SHAPE)],
)
ex.check(
    "compiled with the loss from logits, and Adam",
    [case("build_digits_model", judge="models.model", **_SHAPE, **_PAIR, **_ADAM)],
)


@ex.wrong(
    "softmax output",
    "The outputs are to be logits: softmax belongs to the loss, and to reading.",
    finding="output-activation",
)
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@ex.wrong(
    "from_logits forgotten",
    "The outputs are logits, but the loss takes them for probabilities: tell it.",
    finding="logits-missing",
)
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@ex.wrong(
    "loss for one-hot targets",
    "The labels are class numbers; this loss wants one-hot rows.",
    finding="loss",
)
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("gradient descent", "The optimizer asked for is Adam.", finding="optimizer")
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss)
    return model


@ex.wrong(
    "sigmoid hidden layers", "The hidden layers are ReLU layers.", finding="hidden-activation"
)
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("nine or eleven outputs", "There is one output for each of the ten digits.",
          finding="units")  # fmt: skip
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(9),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("a layer missing", "Two hidden layers, 25 and 15, and the output.",
          finding="layer-count")  # fmt: skip
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("dropout added", "Dense layers only: dropout is not asked for.", finding="extra-layer")
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("not compiled", "Compile the model before you return it.", finding="not-compiled")
def build_digits_model():
    import keras

    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )


@ex.wrong("inputs left open", "Say at the top of the list that an image has 64 pixels.",
          finding="inputs")  # fmt: skip
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@ex.wrong("model not returned", "The model is built and lost: return it.", finding="none")
def build_digits_model():
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)


# --- train_digits ---------------------------------------------------------------------------------

ex = lab.exercise(
    "train_digits",
    points=20,
    deadline=90,
    forbids=["datasets"],
    hints=[
        "The model is compiled already: one method does all of the work. Which?",
        "60 epochs over all images use up the allowance exactly. How many steps are that in "
        "batches of 32, and how many in batches of 512?",
        "Adam at 0.001, batches of 32 and 60 epochs are enough for the highest mark.",
    ],
)


@ex.right
def train_digits(model, X, y, seed):
    """Fit for 60 epochs in batches of 32."""
    import keras

    keras.utils.set_random_seed(seed)
    model.fit(X, y, batch_size=32, epochs=60, verbose=0)


def _network(seed):
    return dense(
        64,
        [(25, "relu"), (15, "relu"), (10, "linear")],
        seed=seed,
        loss={"name": "sparse_categorical_crossentropy", "from_logits": True},
        optimizer={"name": "adam", "learning_rate": 0.001, "rows": 0},
    )


_RUN = {"mutates": True, "none": True}


def _real(rng):
    """Return the cases of one training on real digits, under other class numbers.

    The classes are renamed at random, so that weights which were fitted elsewhere read nothing.
    """
    names = rng.permutation(10)
    (X, y), (X_test, y_test) = _split()
    calls = [call("train_digits", _network(int(rng.integers(1 << 30))), X, names[y],
                  int(rng.integers(1000)))]  # fmt: skip

    def reads(case: Case, outcomes: list) -> Finding | None:
        if finding := judging.rules(case, outcomes):
            return finding
        model = NumpyModel(outcomes[-1].args_after[0])
        right = float(np.mean(np.argmax(model.predict(X_test), axis=1) == names[y_test]))
        if right >= case.params["share"]:
            return None
        what = f"{right:.1%} of the held-back digits are read rightly, "
        what += f"{case.params['share']:.0%} are asked for here"
        return Finding("accuracy", what, next_step="Train longer, or in smaller batches.")

    rules = Case(calls, judging.rules, _RUN, [None])
    return [rules, *(Case(calls, reads, _RUN | {"share": s}, [None]) for s in (0.90, 0.92, 0.94))]


class _Shared:
    """Makes the hidden cases of several checks at once, so that they share one run."""

    def __init__(self, make):
        self.make, self.cases = make, []

    def first(self, rng):
        self.cases = self.make(rng)
        return self.cases[:1]

    def later(self, number):
        return lambda _: self.cases[number : number + 1]


_runs = _Shared(_real)

ex.check(
    "the model given is trained, on at most 60 images for each",
    [case("train_digits", _network(1), *_patterns(1, 120), 7, judge="digits.trained", **_RUN)],
    _runs.first,
)
ex.check("90% of the held-back digits are read rightly", [], _runs.later(1), weight=2)
ex.check("92% of the held-back digits are read rightly", [], _runs.later(2))
ex.check("94% of the held-back digits are read rightly", [], _runs.later(3))


@ex.wrong("not trained", "Nothing has trained the model: its weights are the old ones.",
          finding="untrained")  # fmt: skip
def train_digits(model, X, y, seed):
    return model.evaluate(X, y, verbose=0)


@ex.wrong(
    "another model trained",
    "You train a new network and drop it; the one you were given is as it was.",
    finding="another-trained",
)
def train_digits(model, X, y, seed):
    import keras

    copy = keras.models.clone_model(model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    copy.compile(optimizer="adam", loss=loss)
    copy.fit(X, y, batch_size=32, epochs=60, verbose=0)
    return copy


@ex.wrong(
    "100 epochs",
    "Count images, not minutes: an epoch uses each of them once, and 60 epochs are allowed.",
    finding="too-many-images",
)
def train_digits(model, X, y, seed):
    model.fit(X, y, batch_size=32, epochs=100, verbose=0)


@ex.wrong(
    "copies not counted",
    "Shifted or noisy copies are images too: with one copy of each, 30 epochs use the allowance.",
    finding="far-too-many-images",
)
def train_digits(model, X, y, seed):
    rng = np.random.default_rng(seed)
    noisy = X + rng.normal(scale=0.05, size=X.shape)
    model.fit(np.vstack([X, noisy]), np.concatenate([y, y]), batch_size=32, epochs=60, verbose=0)


@ex.wrong(
    "images and labels shuffled apart",
    "Images and labels are shuffled by different orders: each image learns a strange label.",
    finding="worse",
)
def train_digits(model, X, y, seed):
    rng = np.random.default_rng(seed)
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    model.fit(X, y, batch_size=32, epochs=60, verbose=0)


@ex.wrong(
    "steps too small",
    "The learning rate is so small that the network hardly moves in the time it has.",
    finding="hardly",
)
def train_digits(model, X, y, seed):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(1e-5), loss=loss)
    model.fit(X, y, batch_size=32, epochs=60, verbose=0)


@ex.wrong(
    "steps far too large",
    "The learning rate is so large that the first steps switch all units off for good.",
    finding="one-class",
)
def train_digits(model, X, y, seed):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    keras.utils.set_random_seed(seed)
    model.compile(optimizer=keras.optimizers.Adam(100.0), loss=loss)
    model.fit(X, y, batch_size=32, epochs=20, verbose=0)


@ex.wrong(
    "compiled anew without from_logits",
    "You compile again with a loss that takes the logits for probabilities.",
    finding="probability-loss",
)
def train_digits(model, X, y, seed):
    import keras

    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy")
    model.fit(X, y, batch_size=32, epochs=1, verbose=0)
    model.set_weights([w * 1.5 for w in model.get_weights()])


@ex.wrong(
    "weights set from elsewhere",
    "The weights were put in by hand. Train the model itself: `fit`, or its own gradients.",
    finding="set-from-elsewhere",
)
def train_digits(model, X, y, seed):
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])


@ex.wrong(
    "NaN weights",
    "The weights are no longer numbers: plain steps of that size diverge.",
    finding="not-finite",
)
def train_digits(model, X, y, seed):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(1e30), loss=loss)
    model.fit(X, y, batch_size=32, epochs=5, verbose=0)


@ex.wrong(
    "loads digits of its own",
    "Train on the X and y you are given: loading data is forbidden here.",
    finding="forbidden",
)
def train_digits(model, X, y, seed):
    from utils import data

    X, y = data.digits()
    model.fit(X, y, batch_size=32, epochs=30, verbose=0)


# --- read_digits ----------------------------------------------------------------------------------

ex = lab.exercise(
    "read_digits",
    points=14,
    deadline=5,
    hints=[
        "`model.predict(X, verbose=0)` gives the logits, one row an image.",
        "The class read is the position of the largest logit of its row. Which axis is that?",
        "Logits become probabilities by softmax; the confidence is that of the class read.",
    ],
)


@ex.right
def read_digits(model, X):
    """(classes, confidence): the most probable class and its softmax probability."""
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), np.max(P, axis=1)


# Whole numbers and halves: every way of adding up gives the same logits, to the last bit.
_READER = dense(
    3,
    [(4, "linear")],
    weights=[
        np.array([[1.0, -0.5, 0.0, 0.5], [0.5, 1.0, -1.5, 0.0], [-1.0, 0.0, 0.5, 1.0]], np.float32),
        np.array([0.0, 0.5, -0.5, 1.0], np.float32),
    ],
)
_DEEPER = dense(
    3,
    [(3, "relu"), (5, "linear")],
    weights=[
        np.array([[1.0, -1.0, 0.5], [0.5, 1.5, -1.0], [-0.5, 0.0, 1.0]], np.float32),
        np.array([0.5, 0.0, -0.5], np.float32),
        np.array(
            [[1.0, -1.0, 0.0, 0.5, -0.5], [0.0, 1.0, -0.5, -1.0, 0.5], [0.5, 0.0, 1.0, -1.0, -0.5]],
            np.float32,
        ),
        np.array([0.0, 0.5, 0.0, -0.5, 1.0], np.float32),
    ],
)
_LOOSE = {"rtol": 1e-4, "atol": 1e-6}


def _confidences(model, X):
    Z = np.asarray(NumpyModel(model).predict(X), dtype=float)
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    return Z, P / P.sum(axis=1, keepdims=True)


def _untied(rng, model, m, size=6, apart=0.0):
    """Return inputs in halves: no two of the largest logits equal, confidences `apart`."""
    X = rng.integers(-size, size + 1, size=(60 * m, 3)) / 2
    Z, P = _confidences(model, X)
    order = np.sort(Z, axis=1)
    chosen: list[int] = []
    for i in np.flatnonzero(order[:, -1] > order[:, -2]):
        if all(abs(P[i].max() - P[j].max()) > apart for j in chosen) or not apart:
            chosen.append(int(i))
        if len(chosen) == m:
            break
    return X[chosen]


_IMAGES = np.array(
    [[1.0, 0.5, -1.0], [0.0, 2.0, 1.0], [-1.0, -1.5, 0.0], [2.0, 0.5, 1.5], [0.5, -2.0, -1.0]]
)

ex.check(
    "classes and confidence of a few images",
    [case("read_digits", _READER, _IMAGES, **_LOOSE)],
    lambda rng: [
        case("read_digits", _READER, _untied(rng, _READER, 7), **_LOOSE),
        case("read_digits", _DEEPER, _untied(rng, _DEEPER, 9), **_LOOSE),
        case("read_digits", _READER, _untied(rng, _READER, 6, 40) / 4, **_LOOSE),
        case("read_digits", _DEEPER, _untied(rng, _DEEPER, 4).astype(np.float32), **_LOOSE),
    ],
    weight=2,
)
ex.check(
    "another network, and one image alone",
    [
        case("read_digits", _DEEPER, _IMAGES[::-1].copy(), **_LOOSE),
        case("read_digits", _READER, _IMAGES[3:4], **_LOOSE),
    ],
    lambda rng: [
        case("read_digits", _DEEPER, _untied(rng, _DEEPER, 1), **_LOOSE),
        case("read_digits", _READER, _untied(rng, _READER, 1), **_LOOSE),
        case("read_digits", _READER, Layout(_untied(rng, _READER, 5), "readonly"), **_LOOSE),
        case("read_digits", _READER, Layout(_untied(rng, _READER, 5), "fortran"), **_LOOSE),
    ],
)


@ex.wrong("classes from 1", "Classes are counted from 0: the digit 0 is class 0.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1) + 1, np.max(P, axis=1)


@ex.wrong("down the columns", "One answer for each row: the classes lie along axis 1.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=0), np.max(P, axis=0)


@ex.wrong("no axis", "Without an axis argmax looks through the whole table at once.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P), np.max(P)


@ex.wrong("softmax down the columns", "The probabilities of one image add up to 1: normalise rows.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=0, keepdims=True)
    return np.argmax(Z, axis=1), P[np.arange(len(Z)), np.argmax(Z, axis=1)]


@ex.wrong("logit as confidence", "This is the largest logit; a confidence is a probability.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    return np.argmax(Z, axis=1), np.max(Z, axis=1)


@ex.wrong("sigmoid as confidence", "Classes compete: softmax over the row, not a sigmoid of one.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    return np.argmax(Z, axis=1), 1 / (1 + np.exp(-Z.max(axis=1)))


@ex.wrong("softmax twice", "Softmax is applied twice: probabilities are no logits.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    Q = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)
    return np.argmax(Q, axis=1), np.max(Q, axis=1)


@ex.wrong("normalised logits", "Exponentiate first, then divide by the sum of the row.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    return np.argmax(Z, axis=1), Z.max(axis=1) / np.abs(Z).sum(axis=1)


@ex.wrong("lead over the second", "The lead over the second class is another measure.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    S = np.sort(P, axis=1)
    return np.argmax(P, axis=1), S[:, -1] - S[:, -2]


@ex.wrong("doubt, not confidence", "This is the probability of being wrong.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), 1 - np.max(P, axis=1)


@ex.wrong("least likely class", "argmin finds the class that the network believes in least.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmin(P, axis=1), np.min(P, axis=1)


@ex.wrong("confidence first", "Return the classes first, then the confidence.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.max(P, axis=1), np.argmax(P, axis=1)


@ex.wrong("all probabilities", "One number an image: the probability of the class read.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), P


@ex.wrong("classes only", "Two things are asked for: the classes and the confidence.")
def read_digits(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)


@ex.wrong("classes as floats", "Class numbers are integers.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1).astype(float), np.max(P, axis=1)


@ex.wrong(
    "threshold at one half", "Pick one class an image; a threshold may pick none, or mark all."
)
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return (P >= 0.5).astype(int), np.max(P, axis=1)


@ex.wrong("mean confidence", "Each image has a confidence of its own.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), np.max(P, axis=1).mean()


@ex.wrong("scaled again", "The images are scaled already: hand them to the model as they are.")
def read_digits(model, X):
    Z = np.asarray(model.predict(X / 16, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), np.max(P, axis=1)


# --- confusion ------------------------------------------------------------------------------------

ex = lab.exercise(
    "confusion",
    points=10,
    hints=[
        "Start from a table of zeros. Which two sizes has it?",
        "Every image adds 1 to one entry. Which row, which column?",
        "`M[y, yhat] += 1` counts a pair that occurs twice only once. `np.add.at` does not.",
    ],
)


@ex.right
def confusion_matrix(y, yhat, n_classes):
    """Counts: entry [i, j] is how many images of class i were read as j."""
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
        case("confusion_matrix", *(a.astype(np.int32) for a in _labels(rng, 14, 4)), 4),
    ],
)


@ex.wrong("transposed", "Rows are the true classes, columns what was read.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (yhat, y), 1)
    return M


@ex.wrong("repeats lost", "With `+=` on an index array a pair that occurs twice counts once.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    M[y, yhat] += 1
    return M


@ex.wrong("shares of each row", "Counts are asked for, not shares of the row.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    return M / np.maximum(M.sum(axis=1, keepdims=True), 1)


@ex.wrong("shares of the whole", "Counts are asked for, not shares of all images.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    return M / len(y)


@ex.wrong("mistakes only", "What was read rightly belongs on the diagonal.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    np.fill_diagonal(M, 0)
    return M


@ex.wrong("right ones only", "The mistakes are missing: they fill the table beside the diagonal.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y[y == yhat], y[y == yhat]), 1)
    return M


@ex.wrong("both directions", "Each image counts once, in the row of its true class.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    return M + M.T


@ex.wrong(
    "size from the labels", "The table has n_classes rows and columns, also for classes not seen."
)
def confusion_matrix(y, yhat, n_classes):
    n = int(max(y.max(), yhat.max())) + 1
    M = np.zeros((n, n))
    np.add.at(M, (y, yhat), 1)
    return M


@ex.wrong("classes from 1", "Classes are counted from 0.")
def confusion_matrix(y, yhat, n_classes):
    M = np.zeros((n_classes + 1, n_classes + 1))
    np.add.at(M, (y + 1, yhat + 1), 1)
    return M


@ex.wrong("one row of counts", "A table is asked for: which class was read as which?")
def confusion_matrix(y, yhat, n_classes):
    return np.bincount(yhat, minlength=n_classes)


@ex.wrong("share of right ones", "One number is not enough: count for each pair of classes.")
def confusion_matrix(y, yhat, n_classes):
    return np.mean(y == yhat)


@ex.wrong("begins at 1", "The table begins with zeros; every image adds 1.")
def confusion_matrix(y, yhat, n_classes):
    M = np.ones((n_classes, n_classes))
    np.add.at(M, (y, yhat), 1)
    return M


# --- worst_mistakes -------------------------------------------------------------------------------

ex = lab.exercise(
    "worst_mistakes",
    points=12,
    deadline=5,
    hints=[
        "First the mistakes: where do the classes read differ from `y`?",
        "Then their order: `np.argsort` sorts upwards. What must be sorted to get the surest first?",
        "The order of the mistakes is an order *within* them: what turns it into numbers of rows of X?",
    ],
)


@ex.right
def worst_mistakes(model, X, y, k):
    """Indices of the wrongly read examples of highest confidence, most confident first."""
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(-confidence[wrong])][:k]


def _marked_rows(rng, model, m, wrong):
    """Return images whose confidences lie apart, and labels of which `wrong` are not what is read."""
    X = _untied(rng, model, m, 9, apart=0.004)
    _, P = _confidences(model, X)
    y = np.argmax(P, axis=1)
    off = rng.permutation(len(y))[:wrong]
    y[off] = (y[off] + rng.integers(1, P.shape[1], len(off))) % P.shape[1]
    return X, y


_SEEN = _marked_rows(np.random.default_rng(3), _READER, 12, 6)
_FEW = _marked_rows(np.random.default_rng(8), _DEEPER, 9, 3)
_NONE = _marked_rows(np.random.default_rng(5), _READER, 5, 0)

ex.check(
    "the surest mistakes first",
    [case("worst_mistakes", _READER, *_SEEN, 3)],
    lambda rng: [
        case("worst_mistakes", _READER, *_marked_rows(rng, _READER, 16, 8), 4),
        case("worst_mistakes", _DEEPER, *_marked_rows(rng, _DEEPER, 14, 9), 5),
        case("worst_mistakes", _DEEPER, *_marked_rows(rng, _DEEPER, 14, 7), 1),
    ],
    weight=2,
)
ex.check(
    "fewer mistakes than asked for",
    [
        case("worst_mistakes", _DEEPER, *_FEW, 7),
        case("worst_mistakes", _READER, *_NONE, 2),
    ],
    lambda rng: [
        case("worst_mistakes", _READER, *_marked_rows(rng, _READER, 10, 4), 10),
        case("worst_mistakes", _READER, *_marked_rows(rng, _READER, 10, 4), 4),
        case("worst_mistakes", _DEEPER, *_marked_rows(rng, _DEEPER, 6, 0), 3),
        case("worst_mistakes", _DEEPER, *_marked_rows(rng, _DEEPER, 1, 1), 2),
    ],
)


@ex.wrong("least sure first", "The order is upside down: the surest mistake comes first.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(confidence[wrong])][:k]


@ex.wrong("surest last", "The right ones are chosen, but the surest should come first.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(confidence[wrong])][-k:]


@ex.wrong(
    "numbers within the mistakes", "These count within the mistakes; rows of X are asked for."
)
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return np.argsort(-confidence[wrong])[:k]


@ex.wrong("right ones too", "These are the surest of all images; only the wrongly read ones count.")
def worst_mistakes(model, X, y, k):
    _, confidence = read_digits(model, X)
    return np.argsort(-confidence)[:k]


@ex.wrong("right ones instead", "These images are read rightly: `!=`, not `==`.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes == y)
    return wrong[np.argsort(-confidence[wrong])][:k]


@ex.wrong("in the order of the rows", "The mistakes stand in the order of X, not of confidence.")
def worst_mistakes(model, X, y, k):
    classes, _ = read_digits(model, X)
    return np.flatnonzero(classes != y)[:k]


@ex.wrong("sorted again at the end", "The chosen numbers are sorted: keep the order of confidence.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return np.sort(wrong[np.argsort(-confidence[wrong])][:k])


@ex.wrong("all of them", "Only the first k are asked for.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(-confidence[wrong])]


@ex.wrong("one too many", "A slice that ends at k + 1 holds k + 1 entries.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(-confidence[wrong])][: k + 1]


@ex.wrong("confidences returned", "The row numbers are asked for, not their confidences.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return np.sort(confidence[wrong])[::-1][:k]


@ex.wrong("images returned", "The row numbers are asked for, not the images.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return X[wrong[np.argsort(-confidence[wrong])][:k]]


@ex.wrong(
    "ordered by the logit", "The largest logit is no measure of confidence; softmax compares."
)
def worst_mistakes(model, X, y, k):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    wrong = np.flatnonzero(np.argmax(Z, axis=1) != y)
    return wrong[np.argsort(-Z.max(axis=1)[wrong])][:k]


@ex.wrong("ordered by the cost", "This orders by the cost; confidence is that of the class read.")
def worst_mistakes(model, X, y, k):
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    wrong = np.flatnonzero(np.argmax(Z, axis=1) != y)
    return wrong[np.argsort(P[np.arange(len(y)), y][wrong])][:k]


@ex.wrong("padded", "If there are fewer mistakes than k, return those there are.")
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    return np.argsort(-np.where(classes != y, confidence, -1.0))[:k]


@ex.wrong("a mask", "Row numbers are asked for, not True and False.")
def worst_mistakes(model, X, y, k):
    classes, _ = read_digits(model, X)
    return classes != y


# --- numpy_network --------------------------------------------------------------------------------

ex = lab.exercise(
    "numpy_network",
    points=20,
    deadline=60,
    forbids=["tensorflow", "datasets"],
    hints=[
        "Three parts you have written before: random weights, `network_gradients` of lab 07, and "
        "`adam_step` of lab 06 for each of the four arrays.",
        "All units begin alike if the weights begin at 0. How large should random ones be, with 64 "
        "inputs to a unit?",
        "Each of the four arrays has an `m` and a `v` of its own; `t` counts the steps from 1.",
    ],
)


@ex.right
def train_numpy_network(X, y, hidden, steps, alpha, seed):
    """Adam on the mean cross-entropy of a ReLU layer and a softmax output, full batch."""
    rng = np.random.default_rng(seed)
    X, n, C = np.asarray(X, dtype=float), X.shape[1], 10
    theta = [
        rng.normal(size=(n, hidden)) * np.sqrt(2 / n),
        np.zeros(hidden),
        rng.normal(size=(hidden, C)) * np.sqrt(2 / hidden),
        np.zeros(C),
    ]
    m, v = [0 * p for p in theta], [0 * p for p in theta]
    for t in range(1, steps + 1):
        W1, b1, W2, b2 = theta
        Z1 = X @ W1 + b1
        A1 = np.maximum(Z1, 0)
        Z2 = A1 @ W2 + b2
        e = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
        error = e / e.sum(axis=1, keepdims=True)
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        back = (error @ W2.T) * (Z1 > 0)
        gradients = [X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)]
        for i, g in enumerate(gradients):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            step = (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
            theta[i] = theta[i] - alpha * step
    return tuple(theta)


def _gradients(X, y, W1, b1, W2, b2):
    """The gradient of the mean cost, with the error of each example, `(m, ...)` averaged."""
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    e = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    error = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(y)
    back = (error @ W2.T) * (Z1 > 0)
    return [X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)]


def _downhill(case: Case, outcomes: list) -> Finding | None:
    """Judge the direction of the first step, which tells the starting weights as well.

    All rows are alike, so that every batch has the same gradient.
    """
    if finding := judging.network(case, outcomes):
        return finding
    X, y, _, _, small, _ = case.calls[0].args
    large = case.calls[2].args[4]
    one, _, two = [[np.asarray(p, float) for p in o.value] for o in outcomes]
    way = [(b - a) / (large - small) for a, b in zip(one, two, strict=True)]
    start = [a - small * d for a, d in zip(one, way, strict=True)]
    for gradient, moved in zip(_gradients(X, y, *start), way, strict=True):
        clear = np.abs(gradient) > 1e-6
        down = np.all(np.sign(gradient[clear]) == -np.sign(moved[clear]))
        if not down or np.any(np.abs(moved[gradient == 0]) > 0.05):
            return Finding("direction", "the first step does not go down the gradient",
                           next_step="Check the gradients against finite differences.")  # fmt: skip
    return None


def _one_step(X, y, hidden, seed, judge):
    calls = [call("train_numpy_network", X, y, hidden, 1, rate, seed) for rate in
             (0.001, 0.001, 0.003)]  # fmt: skip
    return case_of(calls, judge=judge)


def _forms(rng):
    (X, y), _ = _split()
    seed = int(rng.integers(1000))
    hidden = int(rng.integers(5, 40))
    calls = [call("train_numpy_network", X, y, hidden, 3, 0.01, s) for s in (seed, seed, seed + 1)]
    return [case_of(calls, judge=_seeded)]


def _seeded(case: Case, outcomes: list) -> Finding | None:
    if finding := judging.network(case, outcomes):
        return finding
    W, again, other = [np.asarray(o.value[0], float) for o in outcomes]
    if not np.allclose(W, again, rtol=1e-6, atol=1e-9):
        return Finding("unseeded", "the same seed gave two different networks")
    if np.allclose(W, other):
        return Finding("seed-ignored", "another seed gave the same network")
    return None


def _first_steps(rng):
    (X, y), _ = _split()
    part = rng.permutation(len(X))[:256]
    alike = np.full(300, int(rng.integers(len(X))))
    seeds = [int(seed) for seed in rng.integers(1000, size=2)]
    return [
        _one_step(X[part], y[part], 20, seeds[0], "digits.first_step"),
        _one_step(X[alike], y[alike], 20, seeds[1], _downhill),
    ]


def _trained(rng):
    """Return the cases of one training on real digits, under other class numbers."""
    names = rng.permutation(10)
    (X, y), (X_test, y_test) = _split()
    steps = int(rng.integers(400, 451))
    calls = [call("train_numpy_network", X, names[y], 32, steps, 0.02, int(rng.integers(1000)))]

    def reads(case: Case, outcomes: list) -> Finding | None:
        if finding := judging.network(case, outcomes):
            return finding
        right = judging.share(outcomes[-1].value, X_test, names[y_test])
        if right >= case.params["share"]:
            return None
        what = f"{right:.1%} of the held-back digits are read rightly, "
        what += f"{case.params['share']:.0%} are asked for here"
        return Finding("accuracy", what, next_step="Does the cost fall from step to step?")

    return [Case(calls, reads, {"share": s}, [None]) for s in (0.88, 0.92)]


_PATTERNS = _patterns(2, 256)
_networks = _Shared(_trained)

ex.check(
    "four arrays of the right shapes; the seed decides",
    [],
    _forms,
)
ex.check(
    "one step of Adam",
    [_one_step(*_PATTERNS, 12, 3, "digits.first_step")],
    _first_steps,
)
ex.check(
    "88% of the held-back digits are read rightly",
    [
        case("train_numpy_network", *_PATTERNS, 12, 300, 0.01, 3, judge="digits.learned",
             share=0.9),
    ],
    _networks.first,
    weight=2,
)  # fmt: skip
ex.check("92% of the held-back digits are read rightly", [], _networks.later(1), weight=1)


def _wrong(name, hint, finding, *changes):
    """Declare the right answer with some of its text changed as a wrong one."""
    text = source_of(train_numpy_network, "train_numpy_network")
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{name}: {old!r} does not stand once in the right answer")
        text = text.replace(old, new)
    file = f"<08_digits numpy_network: {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {"np": np, "__name__": __name__}
    exec(compile(text, file, "exec"), space)
    ex.wrong(name, hint, finding=finding)(space["train_numpy_network"])


# fmt: off
_STEP = "step = (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)"
_RETURN = "return tuple(theta)"

_wrong("plain gradient descent", "These are steps of gradient descent: Adam is asked for.",
       "not-adam", (_STEP, "step = g"))
_wrong("no bias correction", "The moments are not corrected: the first steps come out too long.",
       "no-correction", (_STEP, "step = m[i] / (np.sqrt(v[i]) + 1e-8)"))
_wrong("first moment not corrected", "The first moment starts at 0 too: correct it as well.",
       "first-moment", (_STEP, "step = m[i] / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)"))
_wrong("second moment not corrected", "The second moment starts at 0 too: correct it as well.",
       "second-moment", (_STEP, "step = (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i]) + 1e-8)"))
_wrong("steps counted from 0", "t counts from 1: at t = 0 the correction divides by 0.",
       "not-finite", ("range(1, steps + 1)", "range(steps)"))
_wrong("one step too many", "`steps` steps are asked for: where does the loop begin and end?",
       "more-steps", ("range(1, steps + 1)", "range(1, steps + 2)"))
_wrong("biases never change", "The biases keep their first values: they have gradients too.",
       "biases-fixed",
       ("gradients = [X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)]",
        "gradients = [X.T @ back, 0 * theta[1], A1.T @ error, 0 * theta[3]]"))
_wrong("targets not subtracted", "The error is what was said less what is true.",
       "targets-missing", ("        error[np.arange(len(y)), y] -= 1\n", ""))
_wrong("uphill", "The parameters move up the gradient: the cost rises.",
       "uphill", ("theta[i] - alpha * step", "theta[i] + alpha * step"))
_wrong("weights begin at 0", "Weights that begin alike stay alike: draw them at random.",
       "all-alike",
       ("rng.normal(size=(n, hidden)) * np.sqrt(2 / n)", "np.zeros((n, hidden))"),
       ("rng.normal(size=(hidden, C)) * np.sqrt(2 / hidden)", "np.full((hidden, C), 0.1)"))
_wrong("only the output layer learns", "The hidden layer keeps its random weights.",
       "hidden-fixed",
       ("gradients = [X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)]",
        "gradients = [0 * theta[0], 0 * theta[1], A1.T @ error, error.sum(axis=0)]"))
_wrong("one step only", "Only a single step is ever taken, however many are asked for.",
       "not-learned", ("range(1, steps + 1)", "range(1, 2)"))
_wrong("generator without the seed", "The starting weights must come from the seed.",
       "unseeded", ("default_rng(seed)", "default_rng()"))
_wrong("hidden not used", "The hidden layer has another size than `hidden` says.",
       "other-hidden", ("n, C = np.asarray(X, dtype=float), X.shape[1], 10",
                        "n, C, hidden = np.asarray(X, dtype=float), X.shape[1], 10, 25"))
_wrong("biases as rows", "A bias is `(hidden,)`, not `(1, hidden)`.",
       "row-biases", (_RETURN, "return theta[0], theta[1][None], theta[2], theta[3][None]"))
_wrong("weights first", "Return W1, b1, W2, b2, in that order.",
       "order", (_RETURN, "return theta[0], theta[2], theta[1], theta[3]"))
_wrong("weights transposed", "Return W1 as (64, hidden), so that X @ W1 is possible.",
       "transposed", (_RETURN, "return theta[0].T, theta[1], theta[2].T, theta[3]"))
_wrong("cost returned", "The four arrays of the network are asked for.",
       "count", (_RETURN, "return theta[0], theta[1], theta[2]"))
_wrong("rate not used", "A fixed learning rate stands where alpha belongs.",
       "rate-ignored", ("alpha * step", "0.01 * step"))
# fmt: on
