"""05_multilabel: kinds of problems, the loss of several answers, thresholds and what they cost."""

import numpy as np

from autograder.authoring.declaration import Lab, case
from utils.engine.plain import Layout

lab = Lab("05_multilabel", "Several answers at once", minutes=60)

# --- kind_of_problem ------------------------------------------------------------------------------

ex = lab.exercise(
    "kind_of_problem",
    points=12,
    hints=[
        "How many 1s does a row of one-hot targets have?",
        "Count along the labels of each row. What must hold for every row, not for the average?",
        "Test the input before you count: two dimensions, and no number but 0 and 1.",
    ],
)


@ex.right
def kind_of_problem(targets):
    """ "multiclass" if every row has exactly one 1, else "multilabel"; ValueError if not 0/1, 2-D."""
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


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
        case("kind_of_problem", np.vstack([_hot(rng, 1, 4), np.zeros((1, 4), dtype=int)])),
    ],
)
ex.check(
    "what is no table of 0 and 1 is refused",
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


@ex.wrong("only the first row", "One row is not enough: every row must have exactly one 1.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if targets[0].sum() == 1 else "multilabel"


@ex.wrong("the mean decides", "Two 1s and none also average to one: look at each row.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if targets.sum() == len(targets) else "multilabel"


@ex.wrong("columns counted", "Count along each row: the labels of one example.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=0) == 1).all() else "multilabel"


@ex.wrong("at most one", "A row without a 1 has no class: that is multilabel.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) <= 1).all() else "multilabel"


@ex.wrong("at least one", "Several 1s in a row make it multilabel.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) >= 1).all() else "multilabel"


@ex.wrong("the largest row", "No row above one is not enough: a row without a 1 has no class.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if targets.sum(axis=1).max() == 1 else "multilabel"


@ex.wrong("any row", "One row with a single 1 is not enough: all of them.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).any() else "multilabel"


@ex.wrong("names swapped", "Exactly one 1 a row is multiclass.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return "multilabel" if (targets.sum(axis=1) == 1).all() else "multiclass"


@ex.wrong("input not tested", "What is 0.5, or a 2, or a single row of numbers? Refuse it.")
def kind_of_problem(targets):
    ones = np.atleast_2d(targets).sum(axis=1)
    return "multiclass" if (ones == 1).all() else "multilabel"


@ex.wrong("values not tested", "0.5 and 0.5 also add up to 1: test that all entries are 0 or 1.")
def kind_of_problem(targets):
    if targets.ndim != 2:
        raise ValueError("targets are a table")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("range tested, not the values", "0.5 lies between 0 and 1 and is neither.")
def kind_of_problem(targets):
    if targets.ndim != 2 or targets.min() < 0 or targets.max() > 1:
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("negative numbers let through", "-1 is not 0 or 1 either.")
def kind_of_problem(targets):
    if targets.ndim != 2 or (targets > 1).any() or (targets != np.round(targets)).any():
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("two different values are enough", "0 and 2 are two values as well: test which they are.")
def kind_of_problem(targets):
    if targets.ndim != 2 or len(np.unique(targets)) > 2:
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("both values needed", "A table of nothing but 0s is a table of 0 and 1, too.")
def kind_of_problem(targets):
    if targets.ndim != 2 or set(np.unique(targets)) != {0, 1}:
        raise ValueError("targets are a table of 0 and 1")
    return "multiclass" if (targets.sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("shape not tested", "A single row of numbers is no table: test ndim.")
def kind_of_problem(targets):
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are 0 and 1")
    return "multiclass" if (np.atleast_2d(targets).sum(axis=1) == 1).all() else "multilabel"


@ex.wrong("True and False", "The name is asked: a text.")
def kind_of_problem(targets):
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets are a table of 0 and 1")
    return bool((targets.sum(axis=1) == 1).all())


# --- multilabel_loss ------------------------------------------------------------------------------

ex = lab.exercise(
    "multilabel_loss",
    points=22,
    hints=[
        "Each label is a yes-or-no question of its own. What does one such question cost?",
        "Write -ln(sigmoid(z)) as ln(1 + exp(-z)). For which z does the exponential overflow?",
        "Only exp(-abs(z)) is always safe. max(z, 0) and z * y carry the rest.",
    ],
)


@ex.right
def multilabel_loss(Z, Y):
    """Mean over examples and labels of max(z, 0) - z y + log(1 + exp(-abs(z)))."""
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))


_LOSS = {"rtol": 1e-5}


def _labels(rng, m, k):
    return rng.integers(0, 2, size=(m, k))


_Z = np.array([[2.0, -1.0, 0.5], [-0.3, 1.2, -2.5]])
_Y = np.array([[1, 0, 0], [1, 1, 0]])

ex.check(
    "moderate logits",
    [
        case("multilabel_loss", _Z, _Y, **_LOSS),
        case("multilabel_loss", np.zeros((2, 3)), _Y.astype(float), **_LOSS),
        case("multilabel_loss", np.array([[3.0], [-0.5], [1.0]]), np.array([[1], [1], [0]]),
             **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", rng.normal(size=(5, 3)), _labels(rng, 5, 3), **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 3)) * 4, _labels(rng, 3, 3), **_LOSS),
        case("multilabel_loss", rng.normal(size=(1, 4)), _labels(rng, 1, 4).astype(float), **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(4, 2)), "strided"), _labels(rng, 4, 2),
             **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(4, 3)), "readonly"), _labels(rng, 4, 3),
             **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 4)), Layout(_labels(rng, 3, 4), "strided"),
             **_LOSS),
        case("multilabel_loss", Layout(rng.normal(size=(3, 3)), "fortran"),
             Layout(_labels(rng, 3, 3).astype(float), "readonly"), **_LOSS),
        case("multilabel_loss", rng.normal(size=(3, 2)).astype(np.float32), _labels(rng, 3, 2)),
        case("multilabel_loss", rng.normal(size=(2, 3)).astype(np.float32),
             _labels(rng, 2, 3).astype(np.float32)),
    ],
)  # fmt: skip
ex.check(
    "sure of all three labels at once, rightly and wrongly",
    [
        case("multilabel_loss", np.full((1, 3), 40.0), np.ones((1, 3)), **_LOSS),
        case("multilabel_loss", np.full((1, 3), 40.0), np.array([[1, 0, 1]]), **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", 40.0 * (2 * (Y := _labels(rng, 4, 3)) - 1), Y, **_LOSS),
        case("multilabel_loss", np.full((2, 4), -45.0), np.zeros((2, 4)), **_LOSS),
    ],
)
ex.check(
    "large logits stay finite",
    [
        case("multilabel_loss", np.array([[800.0, -800.0]]), np.array([[0, 1]]), **_LOSS),
        case("multilabel_loss", np.array([[-9000.0, 0.5]]), np.array([[0, 1]]), **_LOSS),
    ],
    lambda rng: [
        case("multilabel_loss", rng.uniform(-1e4, 1e4, (4, 3)), _labels(rng, 4, 3), **_LOSS),
        case("multilabel_loss", np.array([[720.0, -30.0, 1e4]]), np.array([[0, 1, 1]]), **_LOSS),
        case("multilabel_loss", np.array([[9000.0, -0.7, 1.5]]), np.array([[1, 1, 0]]), **_LOSS),
    ],
    weight=2,
)


@ex.wrong(
    "naive sigmoid, then log", "A sigmoid that rounds to 0 or 1 costs infinity: combine both."
)
def multilabel_loss(Z, Y):
    P = 1 / (1 + np.exp(-Z))
    return np.mean(-Y * np.log(P) - (1 - Y) * np.log(1 - P))


@ex.wrong("clipped probabilities", "Clipping at 1e-7 caps each loss at about 16.")
def multilabel_loss(Z, Y):
    P = np.clip(0.5 * (1 + np.tanh(Z / 2)), 1e-7, 1 - 1e-7)
    return np.mean(-Y * np.log(P) - (1 - Y) * np.log(1 - P))


@ex.wrong("epsilon in the log", "The stable form needs no epsilon.")
def multilabel_loss(Z, Y):
    P = 0.5 * (1 + np.tanh(Z / 2))
    return np.mean(-Y * np.log(P + 1e-7) - (1 - Y) * np.log(1 - P + 1e-7))


@ex.wrong("softmax in it", "Labels do not compete: one sigmoid each.")
def multilabel_loss(Z, Y):
    L = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(L) / np.exp(L).sum(axis=1, keepdims=True)
    P = np.clip(P, 1e-15, 1 - 1e-15)
    return np.mean(-Y * np.log(P) - (1 - Y) * np.log(1 - P))


@ex.wrong("categorical cross-entropy", "This makes the labels compete. Use a yes/no loss a label.")
def multilabel_loss(Z, Y):
    L = Z - Z.max(axis=1, keepdims=True)
    L = L - np.log(np.exp(L).sum(axis=1, keepdims=True))
    return np.mean(-np.sum(Y * L, axis=1))


@ex.wrong("positives only", "Absent labels teach too: add the (1 - y) term.")
def multilabel_loss(Z, Y):
    return np.mean(Y * (np.maximum(-Z, 0) + np.log1p(np.exp(-np.abs(Z)))))


@ex.wrong("negatives only", "Present labels teach too: add the y term.")
def multilabel_loss(Z, Y):
    return np.mean((1 - Y) * (np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))))


@ex.wrong("sigmoid twice", "The loss applies the sigmoid itself: give it the logits as they are.")
def multilabel_loss(Z, Y):
    S = 0.5 * (1 + np.tanh(Z / 2))
    return np.mean(np.maximum(S, 0) - S * Y + np.log1p(np.exp(-np.abs(S))))


@ex.wrong("y and 1 - y swapped", "Check which term goes with y.")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * (1 - Y) + np.log1p(np.exp(-np.abs(Z))))


@ex.wrong("sum over the labels", "The mean is over examples and labels.")
def multilabel_loss(Z, Y):
    loss = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    return np.mean(loss.sum(axis=1))


@ex.wrong("sum of everything", "One mean, over examples and labels.")
def multilabel_loss(Z, Y):
    return np.sum(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))


@ex.wrong("one loss an example", "The cost is one number.")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))), axis=1)


@ex.wrong("one loss a label", "The cost is one number: the mean over the labels, too.")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))), axis=0)


@ex.wrong("missing minus", "The log of a probability is negative: negate it.")
def multilabel_loss(Z, Y):
    return -np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))


@ex.wrong("absolute value missing", "exp(-z) overflows for very negative z: use exp(-abs(z)).")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-Z)))


@ex.wrong("maximum missing", "Without max(z, 0) the loss of a positive logit is too small.")
def multilabel_loss(Z, Y):
    return np.mean(np.log1p(np.exp(-np.abs(Z))) - Z * Y)


@ex.wrong("one-sided form", "Right for moderate z, but exp(-z) overflows for very negative z.")
def multilabel_loss(Z, Y):
    return np.mean(np.log1p(np.exp(-Z)) + (1 - Y) * Z)


@ex.wrong("base 2", "Use the natural logarithm: a logit of 0 costs ln 2.")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))) / np.log(2)


@ex.wrong("exponential instead of its logarithm", "ln(1 + x) is not x: keep the logarithm.")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.exp(-np.abs(Z)))


@ex.wrong("logarithm left out", "An unsure answer costs something, too: ln(1 + exp(-abs(z))).")
def multilabel_loss(Z, Y):
    return np.mean(np.maximum(Z, 0) - Z * Y)


@ex.wrong("squared error", "The cost is the cross-entropy, not the squared distance.")
def multilabel_loss(Z, Y):
    return np.mean((0.5 * (1 + np.tanh(Z / 2)) - Y) ** 2)


# --- multilabel_model -----------------------------------------------------------------------------

ex = lab.exercise(
    "multilabel_model",
    points=12,
    deadline=10,
    hints=[
        "Should the outputs compete? Which activation treats each output alone?",
        "Each output answers yes or no. Which loss belongs to a yes-or-no question?",
        "Either the output is a probability, or the loss is told that it gets logits; not both.",
    ],
)


@ex.right
def build_multilabel_model(n_features, n_labels):
    """Dense 25 ReLU, 15 ReLU, linear outputs; binary cross-entropy from logits."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


def _model_case(n_features, n_labels, units_only=False):
    layers = [[25, "relu"], [15, "relu"], [n_labels, "linear"]]
    pairs = [["linear", "binary_crossentropy", True], ["sigmoid", "binary_crossentropy", False]]
    judge = "multilabel.layers" if units_only else "models.model"
    params = {"inputs": n_features, "layers": layers, "compiled": pairs}
    return case("build_multilabel_model", n_features, n_labels, judge=judge, **params)


ex.check(
    "the layers: 25 relu, 15 relu, one output a label that does not compete",
    [_model_case(64, 3, units_only=True)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(2, 8)), units_only=True)],
)
ex.check(
    "compiled with a yes-or-no loss that fits the outputs",
    [_model_case(64, 3)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(2, 8)))],
)


@ex.wrong(
    "softmax outputs",
    "Labels do not compete: one sigmoid each, or linear outputs; no softmax.",
    finding="output-activation",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="softmax"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "categorical loss",
    "Several labels can be on: use the loss of a yes-or-no question for each.",
    finding="loss",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong(
    "from_logits forgotten",
    "Outputs are raw scores; tell the loss: from_logits=True.",
    finding="logits-missing",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "sigmoid and from_logits",
    "The output is a probability already; from_logits=True says it is not.",
    finding="logits-twice",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="sigmoid"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong(
    "no hidden activation",
    "Hidden layers want ReLU; without any activation they collapse into one.",
    finding="hidden-activation",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="linear"),
            keras.layers.Dense(15, activation="linear"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong("one output only", "One output for each label: n_labels units.", finding="units")
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(1, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong(
    "a layer missing", "Three dense layers: 25, 15 and one unit a label.", finding="layer-count"
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong(
    "not compiled", "Call model.compile(loss=...) before you return it.", finding="not-compiled"
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    return model


@ex.wrong("model not returned", "The model is built and lost: return it.", finding="none")
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")


@ex.wrong(
    "no input shape",
    "The model takes rows of n_features numbers, and should know it: an Input comes first.",
    finding="inputs",
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer="adam")
    return model


@ex.wrong(
    "summed loss", "The cost is a mean: leave `reduction` at its default.", finding="reduction"
)
def build_multilabel_model(n_features, n_labels):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum"), optimizer="adam"
    )
    return model


# --- predict_labels -------------------------------------------------------------------------------

ex = lab.exercise(
    "predict_labels",
    points=16,
    hints=[
        "Each probability is compared with its own threshold. No label looks at another.",
        "Broadcasting compares a table (m, L) with a row (L,), or with one number, just as well.",
        "The statement says what happens at exactly the threshold, and asks for whole numbers.",
    ],
)


@ex.right
def predict_labels(P, thresholds):
    """1 where the probability reaches its threshold, else 0: integers, (m, L)."""
    return (P >= thresholds).astype(int)


_P = np.array([[0.9, 0.8, 0.1], [0.3, 0.5, 0.25], [0.05, 0.2, 0.3], [0.6, 0.75, 0.95]])

ex.check(
    "one threshold for all labels",
    [case("predict_labels", _P, 0.6), case("predict_labels", _P[:3], 0.28)],
    lambda rng: [
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


@ex.wrong("argmax", "Several labels can be on; compare each with its threshold.")
def predict_labels(P, thresholds):
    return np.eye(P.shape[1], dtype=int)[np.argmax(P, axis=1)]


@ex.wrong("class numbers", "One row of 0 and 1 for each example, not the largest label's number.")
def predict_labels(P, thresholds):
    return np.argmax(P, axis=1)


@ex.wrong("above, not at", "A probability equal to the threshold counts as present.")
def predict_labels(P, thresholds):
    return (P > thresholds).astype(int)


@ex.wrong("always 0.5", "The thresholds are given: use them.")
def predict_labels(P, thresholds):
    return (P >= 0.5).astype(int)


@ex.wrong("rounded", "np.round compares with 0.5: use the thresholds given.")
def predict_labels(P, thresholds):
    return np.round(P).astype(int)


@ex.wrong("True and False", "Convert the table of True and False to whole numbers.")
def predict_labels(P, thresholds):
    return P >= thresholds


@ex.wrong("floats", "Whole numbers are asked: ints.")
def predict_labels(P, thresholds):
    return (P >= thresholds).astype(float)


@ex.wrong("comparison turned round", "1 means present: the probability is the larger one.")
def predict_labels(P, thresholds):
    return (P <= thresholds).astype(int)


@ex.wrong("first threshold for all", "Every label has a threshold of its own.")
def predict_labels(P, thresholds):
    return (P >= np.ravel(thresholds)[0]).astype(int)


@ex.wrong("thresholds averaged", "Every label has a threshold of its own.")
def predict_labels(P, thresholds):
    return (P >= np.mean(thresholds)).astype(int)


@ex.wrong("thresholds down the rows", "Thresholds belong to the columns, the labels.")
def predict_labels(P, thresholds):
    t = np.resize(np.asarray(thresholds, dtype=float), len(P))
    return (P >= t[:, None]).astype(int)


@ex.wrong("vector only", "The threshold may also be a single number.")
def predict_labels(P, thresholds):
    out = np.zeros(P.shape, dtype=int)
    for j in range(P.shape[1]):
        out[:, j] = P[:, j] >= thresholds[j]
    return out


@ex.wrong("probabilities kept", "Return 1 where the label is present, not its probability.")
def predict_labels(P, thresholds):
    return np.where(P >= thresholds, P, 0)


@ex.wrong("changed in place", "Return a new table; the caller still needs the probabilities.")
def predict_labels(P, thresholds):
    out = (P >= thresholds).astype(int)
    P[...] = out
    return out


# --- scores ---------------------------------------------------------------------------------------

ex = lab.exercise(
    "scores",
    points=16,
    hints=[
        "Two tables of the same shape: where are they equal? What is the mean of True and False?",
        "For the exact match a row counts only if all of its labels are right. Along which axis?",
    ],
)


@ex.right
def label_accuracy(Y, Yhat):
    """Share of the labels that are right."""
    return np.mean(Y == Yhat)


@ex.right
def exact_match(Y, Yhat):
    """Share of the examples whose labels are all right."""
    return np.mean(np.all(Y == Yhat, axis=1))


_TRUE = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]])
_READ = np.array([[1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 0, 0], [0, 1, 1]])


def _pair(rng, m, k, flips):
    """Return labels, and a copy with about a share `flips` of them turned over."""
    Y = _labels(rng, m, k)
    return Y, np.where(rng.uniform(size=(m, k)) < flips, 1 - Y, Y)


def _score_cases(name):
    return [
        case(name, _TRUE, _READ),
        case(name, _TRUE[:2, :2], np.array([[1, 0], [1, 0]])),
        case(name, np.array([[1, 0, 0, 0]]), np.array([[0, 0, 0, 0]])),
    ]


def _fresh_scores(name):
    return lambda rng: [
        case(name, *_pair(rng, 9, 4, 0.15)),
        case(name, *_pair(rng, 3, 3, 0.3)),
        case(name, *(a.astype(float) for a in _pair(rng, 6, 2, 0.3))),
        case(name, (pair := _pair(rng, 5, 3, 0.2))[0].astype(float), pair[1]),
        case(name, *(Layout(a, "readonly") for a in _pair(rng, 8, 3, 0.2))),
        case(name, *_pair(rng, 1, 5, 0.0)),
        case(name, *_pair(rng, 4, 3, 1.0)),
    ]


ex.check("share of right labels", _score_cases("label_accuracy"), _fresh_scores("label_accuracy"))
ex.check("share of wholly right rows", _score_cases("exact_match"), _fresh_scores("exact_match"))


@ex.wrong("every label needed", "Say which accuracy: this one counts label by label.")
def label_accuracy(Y, Yhat):
    return np.mean(np.all(Y == Yhat, axis=1))


@ex.wrong("count returned", "A share is asked: divide by the number of labels.")
def label_accuracy(Y, Yhat):
    return float(np.sum(Y == Yhat))


@ex.wrong("error rate", "The share that is right, not the share that is wrong.")
def label_accuracy(Y, Yhat):
    return np.mean(Y != Yhat)


@ex.wrong("present labels only", "A label that is rightly absent is right, too.")
def label_accuracy(Y, Yhat):
    return np.sum((Y == 1) & (Yhat == 1)) / max(np.sum(Y == 1), 1)


@ex.wrong("precision", "A label that is rightly absent is right, too.")
def label_accuracy(Y, Yhat):
    return np.sum((Y == 1) & (Yhat == 1)) / max(np.sum(Yhat == 1), 1)


@ex.wrong(
    "overlap of the present", "This is the Jaccard index. All right labels count, absent too."
)
def label_accuracy(Y, Yhat):
    return np.sum((Y == 1) & (Yhat == 1)) / max(np.sum((Y == 1) | (Yhat == 1)), 1)


@ex.wrong("one number a label", "One share for the whole table.")
def label_accuracy(Y, Yhat):
    return np.mean(Y == Yhat, axis=0)


@ex.wrong("divided by the examples", "There are m times L labels, not m.")
def label_accuracy(Y, Yhat):
    return np.sum(Y == Yhat) / len(Y)


@ex.wrong("percent", "A share lies between 0 and 1.")
def label_accuracy(Y, Yhat):
    return 100 * np.mean(Y == Yhat)


@ex.wrong("found labels of all", "A label that is rightly absent is right, too.")
def label_accuracy(Y, Yhat):
    return np.mean(Y * Yhat)


@ex.wrong("counts compared", "The same number of labels is not the same labels.")
def exact_match(Y, Yhat):
    return np.mean(Y.sum(axis=1) == Yhat.sum(axis=1))


@ex.wrong("one right label is enough", "A row is right only if all of its labels are.")
def exact_match(Y, Yhat):
    return np.mean(np.any(Y == Yhat, axis=1))


@ex.wrong("whole columns", "An example is a row: which axis holds its labels?")
def exact_match(Y, Yhat):
    return np.mean(np.all(Y == Yhat, axis=0))


@ex.wrong("label accuracy again", "A row with one mistake is not right at all.")
def exact_match(Y, Yhat):
    return np.mean(Y == Yhat)


@ex.wrong("all or nothing", "The share of rows is asked, not whether all are right.")
def exact_match(Y, Yhat):
    return float(np.array_equal(Y, Yhat))


@ex.wrong("rows counted", "A share is asked: divide by the number of examples.")
def exact_match(Y, Yhat):
    return float(np.sum(np.all(Y == Yhat, axis=1)))


@ex.wrong("rows compared by their largest label", "argmax sees one label of each row. Compare all.")
def exact_match(Y, Yhat):
    return np.mean(np.argmax(Y, axis=1) == np.argmax(Yhat, axis=1))


@ex.wrong("present labels found", "A label that is wrongly present makes a row wrong, too.")
def exact_match(Y, Yhat):
    return np.mean(np.all((Yhat == 1) | (Y == 0), axis=1))


# --- choose_thresholds ----------------------------------------------------------------------------

ex = lab.exercise(
    "choose_thresholds",
    points=22,
    hints=[
        "Take one label alone. For a given threshold, how many misses and how many false alarms "
        "are there?",
        "Only the observed probabilities change anything, and 1.01, which says no to everything.",
        "Two thresholds may cost the same: in which order do you try them so that the highest wins?",
    ],
)


@ex.right
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    """For each label the threshold of lowest cost, the highest such: (L,)."""
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        candidates = np.append(np.unique(p), 1.01)
        said = p >= candidates[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(candidates[cost == cost.min()].max())
    return np.array(best)


def _observed(rng, m, k, miss_cost=1, false_alarm_cost=1):
    """Return probabilities of which some are equal, and labels that go with them.

    A mean of costs, or a cost divided by another, is rounded and may break a tie the wrong way.
    So the number of examples is a power of 2, where a mean of counts is exact, and where the two
    costs differ no two thresholds of a label share the lowest cost.
    """
    while True:
        P = rng.integers(1, 23, size=(m, k)) / 23
        Y = (rng.uniform(size=(m, k)) < P).astype(int)
        if miss_cost == false_alarm_cost or not _tied(P, Y, miss_cost, false_alarm_cost):
            return P, Y


def _tied(P, Y, miss_cost, false_alarm_cost):
    for p, y in zip(P.T, Y.T, strict=True):
        said = p >= np.append(np.unique(p), 1.01)[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        if np.sum(cost == cost.min()) > 1:
            return True
    return False


def _dear(rng, m, k, miss_cost, false_alarm_cost):
    costs = miss_cost, false_alarm_cost
    return case("choose_thresholds", *_observed(rng, m, k, *costs), *costs)


def _telling(rng, *columns):
    """Return 8 examples in random order; each label is one of `columns`, likeliest first.

    These tell a total cost from its square, from the larger of both costs, and from costs that
    only say which mistake is the dearer one.
    """
    order = rng.permutation(8)
    P = np.arange(12, 4, -1)[:, None] / 16 - np.arange(len(columns)) / 32
    return P[order], np.transpose([[int(c) for c in column] for column in columns])[order]


_OBSERVED = np.array(
    [
        [0.91, 0.2, 0.4],
        [0.625, 0.7, 0.3],
        [0.4, 0.515, 0.8],
        [0.3, 0.1, 0.6],
        [0.1, 0.6, 0.2],
        [0.2, 0.35, 0.5],
        [0.8, 0.4525, 0.9],
        [0.553, 0.8, 0.7],
    ]
)
_PRESENT = np.array(
    [[1, 0, 1], [1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 1, 1], [1, 0, 0]]
)

ex.check(
    "misses and false alarms cost the same",
    [
        case("choose_thresholds", _OBSERVED, _PRESENT, 1.0, 1.0),
        case("choose_thresholds", _OBSERVED[:4, :2], 1 - _PRESENT[:4, :2], 1.0, 1.0),
    ],
    lambda rng: [
        case("choose_thresholds", *_observed(rng, 16, 3), 1.0, 1.0),
        case("choose_thresholds", *_observed(rng, 4, 4), 2, 2),
        case("choose_thresholds", *_telling(rng, "00100101", "00100011"), 1.0, 1.0),
        case("choose_thresholds", *_observed(rng, 32, 2), 1.0, 1.0),
        case("choose_thresholds", (pair := _observed(rng, 8, 3))[0], pair[1].astype(float), 1, 1),
        case("choose_thresholds", *(Layout(a, "readonly") for a in _observed(rng, 8, 3)), 1.0, 1.0),
        case("choose_thresholds", *(Layout(a, "strided") for a in _observed(rng, 8, 2)), 2.0, 2.0),
    ],
)
ex.check(
    "one mistake is dearer than the other",
    [
        case("choose_thresholds", _OBSERVED, _PRESENT, 5.0, 1.0),
        case("choose_thresholds", _OBSERVED, _PRESENT, 1.0, 3.0),
    ],
    lambda rng: [
        _dear(rng, 16, 3, 4.0, 1.0),
        _dear(rng, 16, 2, 1, 6),
        _dear(rng, 8, 3, 0.5, 2.5),
        _dear(rng, 8, 2, 3.0, 1.0),
        case("choose_thresholds", *_telling(rng, "00100100", "00011001"), 3.0, 1.0),
        case("choose_thresholds", *_telling(rng, "10110111", "01100011"), 1.0, 3.0),
    ],
)
ex.check(
    "ties, and labels that are never or always present",
    [
        case("choose_thresholds", np.array([[0.2, 0.7], [0.6, 0.3]]), np.array([[0, 1], [0, 1]]),
             1.0, 1.0),
        case("choose_thresholds", np.array([[0.6, 0.3], [0.8, 0.5], [0.2, 0.9], [0.4, 0.7]]),
             np.array([[0, 0], [1, 1], [0, 1], [1, 0]]), 1.0, 1.0),
    ],
    lambda rng: [
        case("choose_thresholds", P := _observed(rng, 8, 2)[0], np.zeros_like(P, dtype=int), 3.0,
             1.0),
        case("choose_thresholds", P := _observed(rng, 8, 2)[0], np.ones_like(P, dtype=int), 1.0,
             2.0),
        case("choose_thresholds", np.array([[0.5], [0.5], [0.5], [0.25]]),
             np.array([[1], [0], [1], [0]]), 1.0, 2.0),
        case("choose_thresholds", np.array([[0.35]]), np.array([[1]]), 1.0, 1.0),
        case("choose_thresholds", np.array([[0.35, 0.0], [0.85, 1.0]]), np.array([[0, 1], [0, 1]]),
             1.0, 4.0),
        case("choose_thresholds", np.array([[0.875], [0.25], [0.5], [0.125]], dtype=np.float32),
             np.array([[1], [0], [1], [0]]), 1.0, 1.0),
    ],
)  # fmt: skip


@ex.wrong("lowest on ties", "Where several thresholds cost the same, the highest is asked.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(options[np.argmin(cost)])
    return np.array(best)


@ex.wrong(
    "costs swapped", "A miss is a label that is there and not said; check which cost is whose."
)
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p >= options[:, None]
        cost = false_alarm_cost * (~said & (y == 1)).sum(1) + miss_cost * (said & (y == 0)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("costs ignored", "The two costs differ: count misses and false alarms apart.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        wrong = ((p >= options[:, None]) != (y == 1)).sum(1)
        best.append(options[wrong == wrong.min()].max())
    return np.array(best)


@ex.wrong("1.01 not tried", "Saying no to everything can be cheapest: try 1.01 as well.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.unique(p)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("above, not at", "A probability equal to the threshold counts as present.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p > options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("one threshold for all labels", "Each label has a threshold of its own.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    options = np.append(np.unique(P), 1.01)
    said = options[:, None, None] <= P
    miss, alarm = ~said & (Y == 1), said & (Y == 0)
    cost = miss_cost * miss.sum((1, 2)) + false_alarm_cost * alarm.sum((1, 2))
    return np.full(P.shape[1], options[cost == cost.min()].max())


@ex.wrong("a grid of thresholds", "Only observed probabilities and 1.01 are candidates.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.linspace(0, 1.01, 102)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("dearest chosen", "The lowest total cost is asked.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(options[cost == cost.max()].max())
    return np.array(best)


@ex.wrong("misses only", "False alarms cost something as well.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        cost = miss_cost * ((p < options[:, None]) & (y == 1)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("false alarms only", "Misses cost something as well.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        cost = false_alarm_cost * ((p >= options[:, None]) & (y == 0)).sum(1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong(
    "shares instead of counts", "Total cost counts the mistakes; shares weigh rare labels up."
)
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said, there = p >= options[:, None], max((y == 1).sum(), 1)
        cost = miss_cost * (~said & (y == 1)).sum(1) / there
        cost = cost + false_alarm_cost * (said & (y == 0)).sum(1) / max((y == 0).sum(), 1)
        best.append(options[cost == cost.min()].max())
    return np.array(best)


@ex.wrong("position returned", "The threshold itself is asked, not its position.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(len(cost) - 1 - np.argmin(cost[::-1]))
    return np.array(best)


@ex.wrong("cost returned", "The threshold of lowest cost is asked, not the cost.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = []
    for p, y in zip(P.T, Y.T, strict=True):
        options = np.append(np.unique(p), 1.01)
        said = p >= options[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        best.append(float(cost.min()))
    return np.array(best)


@ex.wrong("always one half", "The thresholds depend on what was observed and on the costs.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    return np.full(P.shape[1], 0.5)


@ex.wrong("the cost ratio", "That ratio suits perfect probabilities. Choose by what was observed.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    return np.full(P.shape[1], false_alarm_cost / (miss_cost + false_alarm_cost))
