"""01_training: a Keras model, the logistic unit, its cost, gradient and descent, mini-batches."""

import numpy as np

from autograder.authoring.declaration import Lab, call, case, case_of
from utils.engine.models import dense
from utils.engine.plain import Layout, Rng

lab = Lab("01_training", "Train a network with TensorFlow", minutes=70)

# --- build_model ----------------------------------------------------------------------------------

ex = lab.exercise(
    "build_model",
    points=10,
    deadline=10,
    hints=[
        "A `keras.Sequential` takes a list. What stands first, before the layers: how does the "
        "model learn that a row of X has n_features entries?",
        "One `keras.layers.Dense` for each number in the statement. Which argument of it names "
        "the activation?",
        "The function ends where `compile` would begin: return the model as it is.",
    ],
)


@ex.right
def build_model(n_features):
    """Dense 25, 15 and 1 units, all sigmoid, for rows of n_features; not compiled."""
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


_LAYERS = [[25, "sigmoid"], [15, "sigmoid"], [1, "sigmoid"]]


def _built(n_features, **more):
    return case("build_model", n_features, judge="models.model", layers=_LAYERS, **more)


ex.check(
    "the layers: 25, 15 and 1 units, all sigmoid",
    [_built(64)],
    lambda rng: [_built(int(rng.integers(2, 40)))],
    weight=3,
)
ex.check(
    "the input is a row of n_features",
    [_built(64, inputs=64)],
    lambda rng: [_built(n, inputs=n) for n in (int(rng.integers(2, 40)),)],
)
ex.check(
    "not compiled yet",
    [_built(2, compiled=False)],
    lambda rng: [_built(int(rng.integers(2, 40)), compiled=False)],
)


@ex.wrong(
    "hidden ReLU",
    "The statement asks for sigmoid in all three layers.",
    finding="hidden-activation",
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong(
    "linear output",
    "Without an activation the last layer gives a raw score: it should give a probability.",
    finding="output-activation",
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1),
        ]
    )


@ex.wrong(
    "order of the layers", "Compare the numbers of units, from the input on.", finding="units"
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong(
    "a layer missing",
    "Three numbers, three dense layers: 25, 15 and 1. The input is none of them.",
    finding="layer-count",
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong(
    "no input shape",
    "Begin with an Input, so that the model can make its weights.",
    finding="inputs",
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong("compiled already", "Leave `compile` to a later step of this lab.", finding="compiled")
def build_model(n_features):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model


@ex.wrong("no biases", "Every unit keeps its bias: leave use_bias alone.", finding="bias")
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid", use_bias=False),
            keras.layers.Dense(15, activation="sigmoid", use_bias=False),
            keras.layers.Dense(1, activation="sigmoid", use_bias=False),
        ]
    )


@ex.wrong(
    "dropout added", "Only the three dense layers belong in this model.", finding="extra-layer"
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong(
    "sigmoid twice",
    "The sigmoid is there twice: as an argument and as a layer of its own.",
    finding="activation-twice",
)
def build_model(n_features):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
            keras.layers.Activation("sigmoid"),
        ]
    )


@ex.wrong("model not returned", "The model is built and lost: return it.", finding="none")
def build_model(n_features):
    import keras

    keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@ex.wrong("a list of layers", "Hand the list to `keras.Sequential`.", finding="NotPlain")
def build_model(n_features):
    import keras

    return [
        keras.layers.Dense(25, activation="sigmoid"),
        keras.layers.Dense(15, activation="sigmoid"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]


# --- sigmoid_unit ---------------------------------------------------------------------------------

ex = lab.exercise(
    "sigmoid_unit",
    points=12,
    hints=[
        "First the scores: each row of X meets w. Which product of (m, n) and (n,) is (m,)?",
        "The bias is added to every score, before anything else happens to them.",
        "The sigmoid of a score z has e to the power -z in its denominator. Mind the parentheses.",
    ],
)


@ex.right
def predict(X, w, b):
    """Probabilities sigmoid(X w + b), one a row."""
    return 1 / (1 + np.exp(-(X @ w + b)))


_X = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [-2.0, 0.25, 1.0], [0.0, 1.0, 3.0]])
_w = np.array([0.8, -0.6, 0.3])
_SQUARE = np.array([[1.0, 4.0], [-2.0, 0.5]])


def _unit(rng, m, n, size=1.0):
    """Return inputs, weights and a bias."""
    return rng.normal(size=(m, n)), size * rng.normal(size=n), float(rng.normal())


def _large(rng, m, n):
    """Return a unit with scores up to 30 in absolute value."""
    X, w, b = rng.uniform(-1, 1, (m, n)), rng.normal(size=n), float(rng.uniform(-2, 2))
    return X, w * (26 / np.abs(X @ w).max()), b


def _single(X, w, b):
    """Return a unit in float32."""
    return X.astype(np.float32), w.astype(np.float32), b


ex.check(
    "probabilities, one for each row",
    [case("predict", _X, _w, 0.5), case("predict", _SQUARE, np.array([0.5, -0.25]), -0.75)],
    lambda rng: [
        case("predict", *_unit(rng, int(rng.integers(2, 9)), int(rng.integers(2, 6)))),
        case("predict", *_unit(rng, 4, 4)),
        case("predict", *_single(*_unit(rng, 5, 3))),
    ],
    weight=2,
)
ex.check(
    "one example, one feature, other memory layouts",
    [case("predict", np.array([[1.5, -0.5]]), np.array([0.4, 1.2]), 0.3),
     case("predict", np.array([[0.5], [-2.0], [3.0]]), np.array([1.5]), -1.0)],
    lambda rng: [
        case("predict", *_unit(rng, 1, 5)),
        case("predict", *_unit(rng, 6, 1)),
        case("predict", *_unit(rng, 1, 1)),
        case("predict", Layout(rng.normal(size=(4, 3)), "fortran"), *_unit(rng, 1, 3)[1:]),
        case("predict", Layout(rng.normal(size=(3, 2)), "strided"), *_unit(rng, 1, 2)[1:]),
        case("predict", Layout(rng.normal(size=(3, 4)), "readonly"),
             Layout(rng.normal(size=4), "readonly"), 0.25),
    ],
)  # fmt: skip
ex.check(
    "scores up to 30 in absolute value",
    [case("predict", np.array([[14.0, 0.5], [-12.0, 1.0], [1.0, 0.0], [-14.0, -2.0]]),
          np.array([2.0, 1.5]), 0.5)],
    lambda rng: [case("predict", *_large(rng, 7, 3)), case("predict", *_large(rng, 3, 2))],
)  # fmt: skip


@ex.wrong(
    "scores returned", "These are the scores. Which function turns a score into a share of 1?"
)
def predict(X, w, b):
    return X @ w + b


@ex.wrong("no bias", "Add b to every score before the sigmoid.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(X @ w)))


@ex.wrong(
    "minus on one term only",
    "The minus sign must reach the bias too: put the whole score in parentheses.",
)
def predict(X, w, b):
    return 1 / (1 + np.exp(-X @ w + b))


@ex.wrong("bias after the sigmoid", "The bias belongs to the score, inside the sigmoid.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(X @ w))) + b


@ex.wrong("sign flipped", "A large score should give a probability near 1: check the sign.")
def predict(X, w, b):
    return 1 / (1 + np.exp(X @ w + b))


@ex.wrong("parentheses missing", "Division comes before addition: 1 / 1 + ... is not a fraction.")
def predict(X, w, b):
    return 1 / 1 + np.exp(-(X @ w + b))


@ex.wrong("exponential only", "This is the exponential of the score; the sigmoid divides it.")
def predict(X, w, b):
    return np.exp(X @ w + b)


@ex.wrong("tanh", "The hyperbolic tangent runs from -1 to 1; a probability from 0 to 1.")
def predict(X, w, b):
    return np.tanh(X @ w + b)


@ex.wrong("classes returned", "Return the probabilities, without a threshold.")
def predict(X, w, b):
    return (X @ w + b >= 0).astype(float)


@ex.wrong("softmax over the examples", "Each example has its own yes or no: they share nothing.")
def predict(X, w, b):
    e = np.exp(X @ w + b)
    return e / e.sum()


@ex.wrong("column", "The result has one axis, (m,), not two.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(X @ w.reshape(-1, 1) + b)))


@ex.wrong("sum of everything", "One score for each row: sum over the features only.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(np.sum(X * w) + b)))


@ex.wrong("no sum", "X * w has one entry a feature: the score is their sum along the row.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(X * w + b)))


@ex.wrong("sum down the columns", "Rows are examples: sum along the row, not down the column.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(np.sum(X * w, axis=0) + b)))


@ex.wrong("bias in every term", "The bias is added once to each score, not once a feature.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-np.sum(X * w + b, axis=1)))


@ex.wrong("mean in place of the sum", "A score is the sum of the products, not their mean.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-(np.mean(X * w, axis=1) + b)))


@ex.wrong("scores clipped", "Clipping changed correct values: scores up to 30 need none.")
def predict(X, w, b):
    return 1 / (1 + np.exp(-np.clip(X @ w + b, -10, 10)))


@ex.wrong("rounded", "Return the probabilities unrounded.")
def predict(X, w, b):
    return np.round(1 / (1 + np.exp(-(X @ w + b))), 3)


# --- binary_cross_entropy -------------------------------------------------------------------------

ex = lab.exercise(
    "binary_cross_entropy",
    points=14,
    hints=[
        "What does one example cost if its label is 1? And if it is 0? Each label switches one "
        "of two terms on and the other off.",
        "Clip the probabilities first, then use the clipped ones in both terms. "
        "Which NumPy function moves values into a range?",
        "One number comes out. The minus sign, and the mean: is each there once?",
    ],
)


@ex.right
def binary_cross_entropy(y, p):
    """Mean of -(y ln p + (1 - y) ln(1 - p)), p clipped to [1e-7, 1 - 1e-7]."""
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def _labels(rng, m):
    """Return m labels, both kinds among them where m allows it."""
    y = rng.integers(0, 2, size=m)
    y[: min(m, 2)] = [1, 0][: min(m, 2)]
    return rng.permutation(y)


def _answers(rng, m):
    return rng.uniform(0.02, 0.98, size=m)


ex.check(
    "the mean over the examples",
    [
        case("binary_cross_entropy", np.array([1, 0, 1]), np.array([0.8, 0.3, 0.4])),
        case("binary_cross_entropy", np.array([1.0, 0.0, 0.0, 1.0, 0.0]),
             np.array([0.9, 0.6, 0.05, 0.35, 0.2])),
    ],
    lambda rng: [
        case("binary_cross_entropy", _labels(rng, 7), _answers(rng, 7)),
        case("binary_cross_entropy", _labels(rng, 12).astype(float), _answers(rng, 12)),
        case("binary_cross_entropy", Layout(_labels(rng, 5), "readonly"),
             Layout(_answers(rng, 5), "readonly")),
        case("binary_cross_entropy", _labels(rng, 6).astype(np.int32),
             Layout(_answers(rng, 6), "strided")),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "one example; labels all alike",
    [case("binary_cross_entropy", np.array([0]), np.array([0.7])),
     case("binary_cross_entropy", np.array([1.0, 1.0]), np.array([0.25, 0.6]))],
    lambda rng: [
        case("binary_cross_entropy", np.array([1]), _answers(rng, 1)),
        case("binary_cross_entropy", np.array([0.0]), _answers(rng, 1)),
        case("binary_cross_entropy", np.zeros(4, dtype=int), _answers(rng, 4)),
        case("binary_cross_entropy", np.ones(3), _answers(rng, 3)),
    ],
)  # fmt: skip
ex.check(
    "probabilities of 0 and 1 are clipped, small ones are kept",
    [
        case("binary_cross_entropy", np.array([1, 0, 1]), np.array([0.0, 0.5, 0.9])),
        case("binary_cross_entropy", np.array([0, 1, 0]), np.array([1.0, 0.6, 0.2])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([3e-7, 0.4])),
        case("binary_cross_entropy", np.array([0, 1]), np.array([1 - 4e-7, 0.7])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([1.0, 0.0])),
    ],
    lambda rng: [
        case("binary_cross_entropy", np.array([1.0, 0.0, 1.0]), np.array([0.0, 1.0, rng.random()])),
        case("binary_cross_entropy", np.array([1, 0]), np.array([10.0 ** -rng.uniform(8, 12), 0.3])),
        case("binary_cross_entropy", np.array([0, 1]), np.array([1 - 1e-10, rng.uniform(0.2, 0.9)])),
        case("binary_cross_entropy", np.array([1, 0]),
             np.array([10.0 ** -rng.uniform(3, 6), 1 - 10.0 ** -rng.uniform(3, 6)])),
    ],
)  # fmt: skip


@ex.wrong("sum, not mean", "Average over the examples.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("missing minus", "The log of a probability is negative: negate it.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("minus on one term only", "The minus sign belongs to both terms.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("one loss an example", "The cost is one number: the mean of these.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("labels swapped", "Label 1 wants p near 1: check which term goes with y.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean((1 - y) * np.log(p) + y * np.log(1 - p))


@ex.wrong("ones only", "Examples with label 0 cost something too: the second term is missing.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p))


@ex.wrong("zeros only", "Examples with label 1 cost something too: the first term is missing.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean((1 - y) * np.log(1 - p))


@ex.wrong("second term without its switch", "ln(1 - p) counts for label 0 only: what switches it?")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + np.log(1 - p))


@ex.wrong("a mean for each label", "One mean over all m examples, whatever their labels.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    ones = np.log(p[y == 1])
    zeros = np.log(1 - p[y == 0])
    return -(ones.mean() if ones.size else 0) - (zeros.mean() if zeros.size else 0)


@ex.wrong("halved", "A mean over m has no further factor 2.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) / 2


@ex.wrong("arguments swapped", "The labels come first, then the probabilities.")
def binary_cross_entropy(p, y):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("squared error", "This is the squared error: the cost here uses the logarithm.")
def binary_cross_entropy(y, p):
    return np.mean((p - y) ** 2)


@ex.wrong("absolute error", "This is the distance from the label: the cost uses its logarithm.")
def binary_cross_entropy(y, p):
    return np.mean(np.abs(p - y))


@ex.wrong("share of mistakes", "Do not decide yet: the cost depends on the probability itself.")
def binary_cross_entropy(y, p):
    return np.mean((p >= 0.5) != (y == 1))


@ex.wrong("log of the mean", "Take the logarithm of each probability first, then the mean.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.log(np.mean(y * p + (1 - y) * (1 - p)))


@ex.wrong("base 2", "Use the natural logarithm, np.log.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log2(p) + (1 - y) * np.log2(1 - p))


@ex.wrong("base 10", "Use the natural logarithm, np.log.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))


@ex.wrong("not clipped", "A probability of exactly 0 or 1 gives ln 0: clip first.")
def binary_cross_entropy(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("small ones clipped only", "Clip p to both ends: a cost of exactly 0 does not occur.")
def binary_cross_entropy(y, p):
    return -np.mean(np.log(np.maximum(np.where(y == 1, p, 1 - p), 1e-7)))


@ex.wrong("clipped from below only", "1 - p can be 0 as well: clip on both sides.")
def binary_cross_entropy(y, p):
    p = np.maximum(p, 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("clipped from above only", "p itself can be 0: clip on both sides.")
def binary_cross_entropy(y, p):
    p = np.minimum(p, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("1e-7 added", "Adding changes every probability a little; clip instead.")
def binary_cross_entropy(y, p):
    return -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


@ex.wrong("clipped at 1e-12", "The statement names 1e-7.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("clipped at 1e-15", "The statement names 1e-7.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("clipped at 1e-5", "The statement names 1e-7: 1e-6 is a real probability.")
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-5, 1 - 1e-5)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("infinities replaced", "Clip the probability; do not repair the result.")
def binary_cross_entropy(y, p):
    with np.errstate(all="ignore"):
        losses = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return np.mean(np.nan_to_num(losses, nan=0.0, posinf=0.0))


@ex.wrong(
    "a table of all pairs",
    "A column beside a row gives an m-by-m table: keep both in the shape (m,).",
)
def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7).reshape(-1, 1)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@ex.wrong("clipped in place", "Your function changed its input: clip into a new array.")
def binary_cross_entropy(y, p):
    p[:] = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# --- gradient -------------------------------------------------------------------------------------

ex = lab.exercise(
    "gradient",
    points=16,
    hints=[
        "For each example the error is what was predicted less what was true. "
        "You have a function for the prediction.",
        "Every feature carries the error back to its own weight. "
        "Which product of X, (m, n), and the errors, (m,), has the shape (n,)?",
        "The cost is a mean over the examples. Where does that 1/m appear, and in how many places?",
    ],
)


@ex.right
def cost_gradient(X, y, w, b):
    """Gradient of the mean cost: dw = X^T (p - y) / m, db = mean(p - y)."""
    error = predict(X, w, b) - y
    return X.T @ error / len(y), np.mean(error)


_y = np.array([1, 0, 0, 1])


def _fit(rng, m, n, size=1.0):
    """Return inputs, labels, weights and a bias."""
    X, w, b = _unit(rng, m, n, size)
    return X, _labels(rng, m), w, b


def _sure(rng, m, score):
    """Return a unit that is right about every example, with scores of about `score`."""
    y = _labels(rng, m)
    X = np.column_stack([score * (2.0 * y - 1), rng.uniform(-1, 1, (m, 2))])
    return X, y, np.array([1.0, 0.3, -0.2]), 0.25


def _wild(rng, m, n):
    """Return a unit with scores up to 30, and labels."""
    X, w, b = _large(rng, m, n)
    return X, _labels(rng, m), w, b


ex.check(
    "both gradients, several examples",
    [
        case("cost_gradient", _X, _y, _w, 0.5, largest=True),
        case("cost_gradient", _X[1:, ::-1].copy(), np.array([0.0, 1.0, 0.0]), -_w, -0.25,
             largest=True),
    ],
    lambda rng: [
        case("cost_gradient", *_fit(rng, 7, 3), largest=True),
        case("cost_gradient", *_fit(rng, 4, 4), largest=True),
        case("cost_gradient", *_fit(rng, 15, 2, 2.0), largest=True),
        case("cost_gradient", rng.normal(size=(6, 3)), _labels(rng, 6).astype(float),
             *_unit(rng, 1, 3)[1:], largest=True),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "one example, one feature, other memory layouts",
    [case("cost_gradient", _X[:1], _y[:1], _w, 0.5, largest=True),
     case("cost_gradient", np.array([[0.5], [-2.0], [3.0]]), np.array([0, 0, 1]),
          np.array([0.7]), -0.4, largest=True)],
    lambda rng: [
        case("cost_gradient", *_fit(rng, 1, 4), largest=True),
        case("cost_gradient", *_fit(rng, 5, 1), largest=True),
        case("cost_gradient", Layout(rng.normal(size=(4, 3)), "fortran"), _labels(rng, 4),
             *_unit(rng, 1, 3)[1:], largest=True),
        case("cost_gradient", Layout(rng.normal(size=(5, 2)), "readonly"),
             Layout(_labels(rng, 5), "readonly"), Layout(rng.normal(size=2), "readonly"), 0.1,
             largest=True),
        case("cost_gradient", Layout(rng.normal(size=(3, 2)), "strided"), _labels(rng, 3),
             *_unit(rng, 1, 2)[1:], largest=True),
        case("cost_gradient", *(a.astype(np.float32) if i != 1 and isinstance(a, np.ndarray) else a
                                for i, a in enumerate(_fit(rng, 6, 3))), largest=True),
    ],
)  # fmt: skip
ex.check(
    "large scores: p - y, without clipping",
    [case("cost_gradient", np.array([[10.0, 1.0], [-9.0, 2.0], [1.0, -1.0]]), np.array([0, 1, 1]),
          np.array([2.0, -1.0]), 1.0, largest=True)],
    lambda rng: [
        case("cost_gradient", np.array([[9.5, -1.0], [rng.normal(), 0.5]]), np.array([0, 1]),
             np.array([2.4, rng.uniform(-1, 1)]), 0.5, largest=True),
        case("cost_gradient", *_wild(rng, 6, 3), largest=True),
        case("cost_gradient", *_sure(rng, 5, 8), largest=True),
        case("cost_gradient", *_sure(rng, 5, 25), largest=True),
    ],
)  # fmt: skip


@ex.wrong("not divided by m", "The cost is a mean over m: so is its gradient.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error, np.sum(error)


@ex.wrong("dw not divided by m", "The 1/m belongs to dw as well.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error, np.mean(error)


@ex.wrong("db not divided by m", "The 1/m belongs to db as well.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error / len(y), np.sum(error)


@ex.wrong("divided by m twice", "The 1/m is in there twice.")
def cost_gradient(X, y, w, b):
    error = (predict(X, w, b) - y) / len(y)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("sign flipped", "The error is p - y, not y - p: the gradient points uphill.")
def cost_gradient(X, y, w, b):
    error = y - predict(X, w, b)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("labels forgotten", "Without y this does not know what it should have said.")
def cost_gradient(X, y, w, b):
    p = predict(X, w, b)
    return X.T @ p / len(y), np.mean(p)


@ex.wrong("error from the scores", "The error needs the probabilities, not the scores.")
def cost_gradient(X, y, w, b):
    error = X @ w + b - y
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("error from the classes", "The error needs the probabilities, without a threshold.")
def cost_gradient(X, y, w, b):
    error = (predict(X, w, b) >= 0.5) - y
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("bias forgotten", "The prediction needs the bias too.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, 0.0) - y
    return X.T @ error / len(y), np.mean(error)


@ex.wrong(
    "slope of the sigmoid included",
    "p (1 - p) cancels: with this cost the error is p - y alone.",
)
def cost_gradient(X, y, w, b):
    p = predict(X, w, b)
    error = (p - y) * p * (1 - p)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("gradient of the squared error", "This belongs to the mean squared error.")
def cost_gradient(X, y, w, b):
    p = predict(X, w, b)
    error = 2 * (p - y) * p * (1 - p)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("factor 2", "There is no 2 in this gradient: nothing was squared.")
def cost_gradient(X, y, w, b):
    error = 2 * (predict(X, w, b) - y)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("gradient of the clipped cost", "Use p - y throughout: clipping is for the cost alone.")
def cost_gradient(X, y, w, b):
    p = predict(X, w, b)
    error = np.where((p > 1e-7) & (p < 1 - 1e-7), p - y, 0.0)
    return X.T @ error / len(y), np.mean(error)


@ex.wrong("dw without X", "Each weight's slope carries its own feature: X is missing in dw.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return np.full(len(w), np.mean(error)), np.mean(error)


@ex.wrong("dw is one number", "dw has one entry for each weight: sum over the examples only.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return np.mean(X * error[:, None]), np.mean(error)


@ex.wrong("dw over the wrong axis", "dw has one entry a feature: sum down the columns.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return np.mean(X * error[:, None], axis=1), np.mean(error)


@ex.wrong("dw for each example", "Average the contributions of the examples: dw is (n,).")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X * error[:, None] / len(y), np.mean(error)


@ex.wrong("db for each example", "db is one number: the mean of the errors.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error / len(y), error


@ex.wrong("db is the sum of dw", "The bias has no feature: its slope is the mean of the errors.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    dw = X.T @ error / len(y)
    return dw, dw.sum()


@ex.wrong("dw as a column", "dw has the shape of w, (n,).")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error[:, None] / len(y), np.mean(error)


@ex.wrong("divided by n", "The mean is over the m examples, not over the n features.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return X.T @ error / X.shape[1], np.sum(error) / X.shape[1]


@ex.wrong("order swapped", "Return dw first, then db.")
def cost_gradient(X, y, w, b):
    error = predict(X, w, b) - y
    return np.mean(error), X.T @ error / len(y)


@ex.wrong(
    "a table of all pairs",
    "A column less a row gives an m-by-m table: keep both in the shape (m,).",
)
def cost_gradient(X, y, w, b):
    table = predict(X, w, b)[:, None] - y
    return X.T @ table.mean(axis=1), np.mean(table)


@ex.wrong("dw only", "Return two things: dw and db.")
def cost_gradient(X, y, w, b):
    return X.T @ (predict(X, w, b) - y) / len(y)


# --- gradient_descent -----------------------------------------------------------------------------

ex = lab.exercise(
    "gradient_descent",
    points=16,
    hints=[
        "One round of the loop: the cost as it stands, then the gradient, then the step. "
        "In which order, and how many rounds?",
        "Take both parts of the gradient before you change either parameter.",
        "`w -= ...` changes the array that the caller gave you; `w = w - ...` makes a new one.",
    ],
)


@ex.right
def gradient_descent(X, y, w, b, alpha, steps):
    """Return w, b and the cost before each of `steps` steps against the gradient."""
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


# Where the valley is narrow: with alpha = 8 the cost goes up and down.
_JUMPY = np.array([[1.0, 2.0], [2.0, 1.0], [-1.5, 1.0], [1.0, 1.0]])

ex.check(
    "one step",
    [case("gradient_descent", _X, _y, _w, 0.5, 0.3, 1, largest=True),
     case("gradient_descent", _X[:2], np.array([0.0, 1.0]), -_w, -0.25, 1.5, 1, largest=True)],
    lambda rng: [
        case("gradient_descent", *_fit(rng, 6, 3), float(rng.uniform(0.1, 1)), 1, largest=True),
        case("gradient_descent", *_fit(rng, 1, 2), 0.5, 1, largest=True),
        case("gradient_descent", *_fit(rng, 4, 4), 0.2, 1, largest=True),
    ],
)  # fmt: skip
ex.check(
    "several steps, with the cost before each",
    [case("gradient_descent", _X, _y, _w, 0.5, 0.3, 3, largest=True),
     case("gradient_descent", _X, _y, np.zeros(3), 0.0, 1.0, 5, largest=True)],
    lambda rng: [
        case("gradient_descent", *_fit(rng, 8, 3), 0.2, int(rng.integers(4, 9)), largest=True),
        case("gradient_descent", rng.normal(size=(5, 2)), _labels(rng, 5).astype(float),
             np.zeros(2), 0.0, 0.5, 20, largest=True),
        case("gradient_descent", Layout(rng.normal(size=(5, 3)), "readonly"),
             Layout(_labels(rng, 5), "readonly"), Layout(rng.normal(size=3), "readonly"), 0.3, 0.4,
             6, largest=True),
        case("gradient_descent", Layout(rng.normal(size=(4, 2)), "fortran"), *_fit(rng, 4, 2)[1:],
             0.1, 4, largest=True),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "steps that are too large, and certain mistakes",
    [case("gradient_descent", _JUMPY, np.array([1, 0, 1, 0]), np.array([0.5, 1.0]), 0.2, 8.0, 7,
          largest=True),
     case("gradient_descent", np.array([[9.0, 1.0], [-1.0, 0.5]]), np.array([0, 1]),
          np.array([2.2, 0.5]), 0.5, 0.05, 3, largest=True)],
    lambda rng: [
        case("gradient_descent", np.array([[8.5, rng.uniform(-1, 1)], [1.0, -1.0]]),
             np.array([0, 1]), np.array([2.3, 0.4]), 0.6, 0.04, 4, largest=True),
        case("gradient_descent", _JUMPY, np.array([1, 0, 1, 0]), np.array([0.5, 1.0]),
             float(rng.uniform(0.1, 0.3)), float(rng.uniform(7.8, 8.2)), 6, largest=True),
    ],
)  # fmt: skip


@ex.wrong("uphill", "Step against the gradient: subtract.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w + alpha * dw, b + alpha * db
    return w, b, costs


@ex.wrong("cost after each step", "Note the cost before the step, not after it.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
    return w, b, costs


@ex.wrong("one cost too many", "As many costs as steps: the cost after the last one is not asked.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = [binary_cross_entropy(y, predict(X, w, b))]
    for _ in range(steps):
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
    return w, b, np.array(costs)


@ex.wrong("bias from the new weights", "Both updates use one gradient, taken before either.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        w = w - alpha * cost_gradient(X, y, w, b)[0]
        b = b - alpha * cost_gradient(X, y, w, b)[1]
    return w, b, costs


@ex.wrong("weights from the new bias", "Both updates use one gradient, taken before either.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        b = b - alpha * cost_gradient(X, y, w, b)[1]
        w = w - alpha * cost_gradient(X, y, w, b)[0]
    return w, b, costs


@ex.wrong("bias never moves", "The bias is a parameter too: update it.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        w = w - alpha * cost_gradient(X, y, w, b)[0]
    return w, b, costs


@ex.wrong("weights never move", "Only the bias is updated.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        b = b - alpha * cost_gradient(X, y, w, b)[1]
    return w, b, costs


@ex.wrong("alpha forgotten", "The step is alpha times the gradient.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - dw, b - db
    return w, b, costs


@ex.wrong("divided by m again", "The gradient is a mean already: do not divide by m once more.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw / len(y), b - alpha * db / len(y)
    return w, b, costs


@ex.wrong("gradient of the sum", "The cost is a mean: its gradient is divided by m.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw * len(y), b - alpha * db * len(y)
    return w, b, costs


@ex.wrong("gradient taken once", "Every step needs the gradient of where you are then.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    dw, db = cost_gradient(X, y, w, b)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


@ex.wrong("returned after the first step", "The return stands inside the loop.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = []
    for _ in range(steps):
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
        return w, b, np.array(costs)


@ex.wrong("one step too few", "Count the rounds: `steps` of them.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = [binary_cross_entropy(y, predict(X, w, b))]
    for _ in range(1, steps):
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
    return w, b, np.array(costs)


@ex.wrong("started from zero", "Begin with the w and b that are given.")
def gradient_descent(X, y, w, b, alpha, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


@ex.wrong("costs only", "Return three things: w, b and the costs.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return costs


@ex.wrong("parameters only", "Return three things: w, b and the costs.")
def gradient_descent(X, y, w, b, alpha, steps):
    for _ in range(steps):
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b


@ex.wrong("last cost only", "Collect the cost of every step, not the last alone.")
def gradient_descent(X, y, w, b, alpha, steps):
    cost = 0.0
    for _ in range(steps):
        cost = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, cost


@ex.wrong("costs are sums", "The cost is a mean over the examples.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b)) * len(y)
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


@ex.wrong("costs are squared errors", "The cost is the binary cross-entropy that you wrote.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = np.mean((predict(X, w, b) - y) ** 2)
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


@ex.wrong("cost not clipped", "The cost is that of binary_cross_entropy, clipped as there.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        z = X @ w + b
        costs[step] = np.mean(np.logaddexp(0, z) - y * z)
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


@ex.wrong("stopped when the cost rose", "Take all `steps` steps, whatever the cost does.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = []
    for _ in range(steps):
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
        if len(costs) > 1 and costs[-1] > costs[-2]:
            break
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return w, b, np.array(costs)


@ex.wrong("best parameters returned", "Return w and b as they are after the last step.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs, best = np.zeros(steps), (np.inf, w, b)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
        best = min(best, (binary_cross_entropy(y, predict(X, w, b)), w, b), key=lambda t: t[0])
    return best[1], best[2], costs


@ex.wrong("alpha shrinks", "Alpha stays the same in every step.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        rate = alpha / (1 + step)
        w, b = w - rate * dw, b - rate * db
    return w, b, costs


@ex.wrong("steps of fixed length", "Do not normalise the gradient: its length matters.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        length = np.sqrt(np.sum(dw**2) + db**2)
        w, b = w - alpha * dw / length, b - alpha * db / length
    return w, b, costs


@ex.wrong("order swapped", "Return w first, then b, then the costs.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w, b = w - alpha * dw, b - alpha * db
    return costs, w, b


@ex.wrong("weights changed in place", "`w -= ...` changes the caller's array: make a new one.")
def gradient_descent(X, y, w, b, alpha, steps):
    costs = np.zeros(steps)
    for step in range(steps):
        costs[step] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w -= alpha * dw
        b -= alpha * db
    return w, b, costs


# --- minibatches ----------------------------------------------------------------------------------

ex = lab.exercise(
    "minibatches",
    points=12,
    hints=[
        "A shuffled epoch is one permutation of the numbers 0 to m - 1. "
        "Which method of rng draws a permutation?",
        "Cut the permutation from the front: where does each batch begin?",
        "A slice that reaches past the end of an array is simply shorter.",
    ],
)


@ex.right
def minibatches(m, batch_size, rng):
    """Cut a random permutation of range(m) into batches; the last may be short."""
    order = rng.permutation(m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


def _epochs(property_, *epochs):
    """Return a case of several epochs, each (m, batch_size, rng)."""
    return case_of([call("minibatches", *e) for e in epochs], judge=f"training.{property_}")


def _shape_cases(property_, rng):
    """Return epochs of many sizes, also of one example and of one batch."""
    m, seed = int(rng.integers(9, 40)), int(rng.integers(1 << 30))
    pairs = [(m, 4), (m, int(rng.integers(2, 9))), (12, 6), (7, 1), (1, 1), (1, 5), (5, 5), (4, 9)]
    return [_epochs(property_, (*pair, Rng(seed + i))) for i, pair in enumerate(pairs)]


def _drawing(m, size, seed):
    """Return two generators of one seed, the first of them again, and one of another seed."""
    first = Rng(seed)
    return _epochs("drawn", *((m, size, r) for r in (first, Rng(seed, 1), first, Rng(seed + 1))))


ex.check(
    "batches of batch_size, the last possibly short",
    [
        _epochs("sizes", *((10, 4, Rng(seed)) for seed in range(4))),
        _epochs("sizes", (8, 4, Rng(4))),
        _epochs("sizes", (3, 8, Rng(5))),
    ],
    lambda rng: _shape_cases("sizes", rng),
)
ex.check(
    "every example once",
    [_epochs("once", *((11, 3, Rng(seed)) for seed in range(6)))],
    lambda rng: _shape_cases("once", rng),
)
ex.check(
    "drawn from the generator given",
    [_drawing(24, 2, 7)],
    lambda rng: [_drawing(30, 5, int(rng.integers(1 << 30))),
                 _drawing(26, 13, int(rng.integers(1 << 30)))],
)  # fmt: skip
ex.check(
    "every order is possible",
    [_epochs("orders", *[(3, 2, Rng(8))] * 100)],
    lambda rng: [
        _epochs("orders", *[(4, int(rng.integers(2, 4)), Rng(int(rng.integers(1 << 30))))] * 400),
        _epochs("orders", *[(12, 5, Rng(int(rng.integers(1 << 30))))] * 200),
        _epochs("orders", *[(90, 8, Rng(int(rng.integers(1 << 30))))] * 20),
    ],
)


@ex.wrong("not shuffled", "The order is 0, 1, 2, ...: draw it from rng.", finding="in-order")
def minibatches(m, batch_size, rng):
    return [np.arange(m)[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "last batch dropped", "The last batch may be short, but it exists.", finding="last-dropped"
)
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(m // batch_size)]


@ex.wrong(
    "empty batch at the end", "Where m is a multiple, no batch is left over.", finding="empty-batch"
)
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    count = m // batch_size + 1
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(count)]


@ex.wrong(
    "batches of equal size", "All batches but the last have batch_size examples.", finding="uneven"
)
def minibatches(m, batch_size, rng):
    return np.array_split(rng.permutation(m), -(-m // batch_size))


@ex.wrong(
    "size taken for the number", "batch_size is the size of a batch, not the number of batches.",
    finding="size-for-count",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    return np.array_split(rng.permutation(m), batch_size)


@ex.wrong("last batch filled up", "The last batch may be short.", finding="last-padded")
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    order = np.resize(order, -(-m // batch_size) * batch_size)
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


@ex.wrong(
    "short batch first", "Cut from the front, so that the last is short.", finding="short-first"
)
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    starts = range(m % batch_size, m, batch_size)
    head = [order[: m % batch_size]] if m % batch_size else []
    return head + [order[start : start + batch_size] for start in starts]


@ex.wrong("not cut", "This is the order; cut it into batches.", finding="not-cut")
def minibatches(m, batch_size, rng):
    return rng.permutation(m)


@ex.wrong("one batch only", "Where are the other batches? One epoch is all of them.",
          finding="one-batch")  # fmt: skip
def minibatches(m, batch_size, rng):
    return [rng.permutation(m)[:batch_size]]


@ex.wrong(
    "drawn with replacement", "An epoch visits every example once: draw a permutation.",
    finding="repeats-within",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    order = rng.integers(0, m, size=m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "each batch drawn anew",
    "Batches drawn one by one overlap: draw one permutation for the epoch.",
    finding="repeats-across",
)
def minibatches(m, batch_size, rng):
    sizes = [min(batch_size, m - start) for start in range(0, m, batch_size)]
    return [rng.choice(m, size, replace=False) for size in sizes]


@ex.wrong("indices from 1", "Examples are numbered from 0.", finding="from-one")
def minibatches(m, batch_size, rng):
    order = rng.permutation(m) + 1
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong("float indices", "An index is an int.", finding="float-indices")
def minibatches(m, batch_size, rng):
    order = rng.permutation(m).astype(float)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "masks", "Give the indices of a batch, not True and False for every row.", finding="masks"
)
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    return [np.isin(np.arange(m), order[i : i + batch_size]) for i in range(0, m, batch_size)]


@ex.wrong("columns", "A batch has one axis, (size,).", finding="column")
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)[:, None]
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "another generator", "np.random has a generator of its own: use the rng you are given.",
    finding="other-generator",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    order = np.random.permutation(m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "a generator of a fixed seed", "A new generator of a fixed seed repeats itself: use rng.",
    finding="same-for-every-seed",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    order = np.random.default_rng(0).permutation(m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "started again every epoch", "Two epochs from one rng must differ: let it go on.",
    finding="same-every-epoch",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    import copy

    order = copy.deepcopy(rng).permutation(m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "batches shuffled, not examples",
    "Neighbours stay together for ever: shuffle the examples, then cut.",
    finding="blocks",
)
def minibatches(m, batch_size, rng):
    batches = [np.arange(m)[start : start + batch_size] for start in range(0, m, batch_size)]
    return [batches[i] for i in rng.permutation(len(batches))]


@ex.wrong(
    "shuffled inside fixed batches", "The same examples always meet: shuffle all, then cut.",
    finding="fixed-batches",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    return [
        rng.permutation(np.arange(start, min(start + batch_size, m)))
        for start in range(0, m, batch_size)
    ]


@ex.wrong("sorted batches", "Leave each batch in the order in which it was drawn.",
          finding="sorted-batches")  # fmt: skip
def minibatches(m, batch_size, rng):
    order = rng.permutation(m)
    return [np.sort(order[start : start + batch_size]) for start in range(0, m, batch_size)]


@ex.wrong("circle begun elsewhere", "Where it begins is random, the order is not.",
          finding="rotation")  # fmt: skip
def minibatches(m, batch_size, rng):
    order = np.roll(np.arange(m), rng.integers(m))
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "no example keeps its place", "A random order may leave an example where it was.",
    finding="never-in-place",
)  # fmt: skip
def minibatches(m, batch_size, rng):
    order = np.arange(m)
    for i in range(m - 1, 0, -1):
        j = rng.integers(0, i)
        order[[i, j]] = order[[j, i]]
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


@ex.wrong(
    "a single swap", "Many orders never occur: draw a whole permutation.", finding="orders-missing"
)
def minibatches(m, batch_size, rng):
    order = np.arange(m)
    i, j = rng.integers(0, m, size=2)
    order[[i, j]] = order[[j, i]]
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]


# --- compile_and_fit ------------------------------------------------------------------------------

ex = lab.exercise(
    "compile_and_fit",
    points=10,
    deadline=20,
    hints=[
        "Two calls of the model's own methods: one tells it what to lower, one does the work.",
        "The output is one probability, the label 0 or 1. Which cross-entropy is that?",
        "`fit` returns what you are asked to return, and takes the number of epochs by name.",
    ],
)


@ex.right
def compile_and_fit(model, X, y, epochs):
    """Compile with binary cross-entropy, fit on all rows, return the History."""
    import keras

    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy())
    return model.fit(X, y, epochs=epochs, verbose=0)


def _training(rows, epochs, seed):
    """Return the call that trains a small model; see `training.traces` for what its rows are."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), np.eye(rows)])
    y = rng.permutation(np.arange(rows) % 2)
    weights = [
        np.zeros((1 + rows, 3)),
        rng.uniform(-0.5, 0.5, 3),
        rng.permutation([-2.5, 2.0, 3.0])[:, None],
        rng.uniform(-0.2, 0.2, 1),
    ]
    layers = [(3, "sigmoid"), (1, "sigmoid")]
    model = dense(1 + rows, layers, weights=[w.astype(np.float32) for w in weights])
    return [call("compile_and_fit", model, X, y, epochs)]


_RUN = _training(40, 3, 3)  # three checks judge this one run
_PAIR = {
    "argument": 0,
    "layers": [[3, "sigmoid"], [1, "sigmoid"]],
    "compiled": [["sigmoid", "binary_crossentropy", False]],
}

ex.check(
    "compiled with binary cross-entropy",
    [case_of(_RUN, judge="training.compiled", none=True, mutates=True, **_PAIR)],
    weight=2,
)
ex.check(
    "as many epochs as asked, and the History returned",
    [case_of(_RUN, judge="training.epochs", mutates=True)],
    lambda rng: [
        case_of(
            _training(int(rng.integers(6, 12)), int(rng.integers(4, 7)), int(rng.integers(1000))),
            judge="training.epochs",
            mutates=True,
        )
    ],
)
ex.check(
    "fitted on all rows, each with its own label",
    [case_of(_RUN, judge="training.traces", none=True)],
    lambda rng: [
        case_of(_training(40, 1, int(rng.integers(1000))), judge="training.traces", none=True)
    ],
    weight=2,
)


@ex.wrong(
    "squared error", "The targets are yes or no: binary cross-entropy.",
    finding="loss-mean_squared_error",
)  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="mse")
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong(
    "sparse categorical loss",
    "That loss chooses between several outputs; this model has one probability.",
    finding="InvalidArgumentError",
)
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong(
    "categorical loss",
    "With a single output, that loss is 0 whatever the model says: it cannot learn.",
    finding="loss-categorical_crossentropy",
)
def compile_and_fit(model, X, y, epochs):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.compile(optimizer="adam", loss="categorical_crossentropy")
        return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong(
    "from_logits with sigmoid",
    "The output is already a probability; from_logits=True says it is not.",
    finding="logits-twice",
)
def compile_and_fit(model, X, y, epochs):
    import keras

    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("sum, not mean", "Leave the loss its mean over the examples.", finding="reduction")
def compile_and_fit(model, X, y, epochs):
    import keras

    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(reduction="sum"))
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("not compiled", "Before `fit` comes `compile`, with a loss.", finding="ValueError")
def compile_and_fit(model, X, y, epochs):
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("another model trained", "Train the model you are given, not a copy.",
          finding="not-compiled")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    import keras

    copy = keras.models.clone_model(model)
    copy.compile(optimizer="adam", loss="binary_crossentropy")
    return copy.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("compiled twice", "What counts is the loss that the training lowered: compile once, first.",
          finding="compiled-again")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="mse")
    history = model.fit(X, y, epochs=epochs, verbose=0)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return history


@ex.wrong("epochs ignored", "Without `epochs`, `fit` runs once over the data.", finding="one-epoch")
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, y, verbose=0)


@ex.wrong("epochs fixed", "The number of epochs is an argument.", finding="other-epochs")
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, y, epochs=10, verbose=0)


@ex.wrong("fitted twice", "Each call of `fit` trains: call it once and keep what it returns.",
          finding="fitted-twice")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(X, y, epochs=epochs, verbose=0)
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("history dict", "Return the History itself, not the dict inside it.",
          finding="history-dict")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, y, epochs=epochs, verbose=0).history


@ex.wrong("model returned", "Return what `fit` returns, not the model.", finding="model-returned")
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(X, y, epochs=epochs, verbose=0)
    return model


@ex.wrong("costs returned", "Return the History itself, not its list of losses.",
          finding="no-history")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, y, epochs=epochs, verbose=0).history["loss"]


@ex.wrong("nothing returned", "`fit` returns the History: pass it on.", finding="none")
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong(
    "a share held back", "Train on all of the data: hold nothing back here.", finding="held-back"
)
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, y, epochs=epochs, validation_split=0.2, verbose=0)


@ex.wrong("some rows only", "Train on all rows of X.", finding="rows-missing")
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X[:32], y[:32], epochs=epochs, verbose=0)


@ex.wrong("inputs shuffled alone", "One permutation for both: row i of X goes with entry i of y.",
          finding="pairs")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model.fit(X, 1 - y, epochs=epochs, verbose=0)


@ex.wrong("inputs standardised", "Fit on X as it is: new images will not be standardised.",
          finding="rescaled")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
    return model.fit(X, y, epochs=epochs, verbose=0)


@ex.wrong("inputs changed in place", "The caller still needs X as it was: work on a copy.",
          finding="mutated")  # fmt: skip
def compile_and_fit(model, X, y, epochs):
    model.compile(optimizer="adam", loss="binary_crossentropy")
    X *= 0.5
    return model.fit(X, y, epochs=epochs, verbose=0)


# --- quiz -----------------------------------------------------------------------------------------

lab.quiz(
    "training_1",
    points=2,
    right="c",
    options={
        "a": "The numbers of units are part of the layers: they are fixed when the model is built, "
        "in step 1.",
        "b": "The epochs are an argument of `fit`, step 3: the same compiled model can be trained "
        "for 5 epochs today and 50 tomorrow.",
        "c": "`compile` settles what is to be lowered (the loss) and how (the optimizer). It neither "
        "builds nor trains.",
        "d": "The weights get their first values when the model is built, and better ones from "
        "`fit`. `compile` does not touch them.",
    },
    hint="Go through the three steps: build, compile, fit. What would you have to repeat if you "
    "changed each of these?",
)
lab.quiz(
    "training_2",
    points=2,
    right="b",
    options={
        "a": "0.734 is the sum of the two losses, 0.223 + 0.511. The cost is their mean.",
        "b": "The losses are -ln 0.8 = 0.223 and -ln(1 - 0.4) = 0.511; their mean is 0.367.",
        "c": "1.263 arises if the labels are swapped: -ln 0.2 and -ln 0.4. Label 1 uses ln p, "
        "label 0 uses ln(1 - p).",
        "d": "0.112 is the mean of the two losses' first terms, -y ln p, alone. The example with "
        "label 0 costs -ln(1 - 0.4) too.",
    },
    hint="Write down the loss of each example first. Which of the two logarithms does each label "
    "switch on?",
)
lab.quiz(
    "training_3",
    points=2,
    right="d",
    options={
        "a": "Curve A falls a little in every step and is still on its way: alpha is too small.",
        "b": "Curve B falls fast and settles: that is a good alpha.",
        "c": "Curve C stays at ln 2 = 0.693, the cost of saying 0.5 to everything: its steps have "
        "no effect at all, as with alpha = 0.",
        "d": "Curve D jumps up and down, above where it started: each step leaps across the valley, "
        "so alpha is too large.",
    },
    hint="A step that is too long lands on the other slope of the valley, higher than before. What "
    "would the cost do then?",
)
lab.quiz(
    "training_4",
    points=2,
    right="a",
    options={
        "a": "360 / 32 = 11.25, so an epoch has 11 full batches and a short one of 8: 12 updates, "
        "and 120 in ten epochs.",
        "b": "110 would forget the short batch: 11 full ones hold 352 images, and 8 are left over.",
        "c": "10 would be one update an epoch, as with a single batch of all 360 images.",
        "d": "3600 would be one update for each image, as with batch_size=1.",
    },
    hint="How many batches does one epoch have, the short one included?",
)
lab.quiz(
    "training_5",
    points=2,
    right="b",
    options={
        "a": "0.5 comes from stepping uphill. The slope is (0.5 - 0) * 4 = 2, and the step goes "
        "against it.",
        "b": "p = 0.5, so the slope is (0.5 - 0) * 4 = 2, and w becomes 0 - 0.25 * 2 = -0.5.",
        "c": "-2.0 forgets alpha: the slope is 2, but the step is alpha times that.",
        "d": "-0.125 forgets the input: the slope of w is the error times x, and x is 4.",
    },
    hint="At w = 0 and b = 0 the score is 0. What is p then, and the error p - y?",
)
