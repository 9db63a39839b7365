"""03_softmax: softmax, one-hot targets, cross-entropy, softmax regression, a Keras model."""

from dataclasses import replace

import numpy as np

from autograder.authoring.declaration import Lab, case
from utils.engine.plain import Layout

lab = Lab("03_softmax", "Multiclass classification and softmax", minutes=60)

# --- softmax --------------------------------------------------------------------------------------

ex = lab.exercise(
    "softmax",
    points=20,
    forbids=["softmax"],
    hints=[
        "Softmax has two steps. The first makes every score positive. Which function does that?",
        "The second step divides. For a batch, which axis holds the classes of one example?",
        "A sum along an axis drops that axis. Which argument of `np.sum` keeps it as length 1, "
        "so that the division broadcasts row by row?",
    ],
)


@ex.right
def softmax(z):
    """Softmax along the last axis: exp(z_j) / sum_k exp(z_k)."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


ex.check(
    "one row of scores",
    [
        case("softmax", np.array([2.0, 1.0, -1.0])),
        case("softmax", np.array([0.0, 30.0]), tiny=True),
    ],
    lambda rng: [
        case("softmax", rng.normal(size=rng.integers(2, 7)) * 3, tiny=True),
        case("softmax", rng.integers(-4, 5, size=4)),
        case("softmax", rng.normal(size=1)),
    ],
)
ex.check(
    "a batch, one row an example",
    [
        case("softmax", np.array([[1.0, 2.0, 3.0], [1.0, -1.0, 0.5], [0.0, 4.0, 2.0]])),
        case("softmax", np.array([[3.0, 1.0], [0.5, -0.5], [2.0, 7.0]])),
    ],
    lambda rng: [
        case("softmax", rng.normal(size=(5, 3)), tiny=True),
        case("softmax", rng.normal(size=(4, 4)) * 2),
        case("softmax", rng.normal(size=(1, 6))),
        case("softmax", Layout(rng.normal(size=(3, 4)), "strided")),
        case("softmax", Layout(rng.normal(size=(3, 3)), "fortran")),
        case("softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("softmax", rng.integers(-3, 4, size=(3, 5))),
    ],
    weight=2,
)
ex.check(
    "scores up to 50: small probabilities are real",
    [case("softmax", np.array([[50.0, -10.0, 48.0], [-50.0, -45.0, -49.0]]), tiny=True)],
    lambda rng: [
        case("softmax", rng.uniform(-50, 50, size=(6, 4)), tiny=True),
        case("softmax", np.full((2, 3), -50.0) + rng.uniform(0, 2, size=(2, 3)), tiny=True),
        case("softmax", rng.uniform(-20, 20, size=(3, 4)).astype(np.float32)),
    ],
)


@ex.wrong("axis 0", "You normalised columns. Rows are examples: which axis holds the classes?")
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@ex.wrong("everything along axis 0", "Both the shift and the sum run down the columns.")
def softmax(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / e.sum(axis=0)


@ex.wrong("sum over the whole array", "The whole batch sums to 1; each row should.")
def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


@ex.wrong("keepdims missing", "The sum lost its axis, and broadcasting spread it along columns.")
def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1)


@ex.wrong("rows only", "One row of scores has no axis 1. The last axis is axis -1 in both cases.")
def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong("no exponential", "Exponentiate first, then divide by the row sum.")
def softmax(z):
    return z / np.sum(z, axis=-1, keepdims=True)


@ex.wrong("absolute values", "Exponentiate, rather than drop the sign: order must be kept.")
def softmax(z):
    return np.abs(z) / np.sum(np.abs(z), axis=-1, keepdims=True)


@ex.wrong("sigmoid", "A sigmoid looks at one score alone. Classes must share a total of 1.")
def softmax(z):
    return 1 / (1 + np.exp(-z))


@ex.wrong("normalised sigmoids", "Use exp(z) where you use the sigmoid.")
def softmax(z):
    s = 1 / (1 + np.exp(-z))
    return s / s.sum(axis=-1, keepdims=True)


@ex.wrong("not normalised", "These are the exponentials. What must each row be divided by?")
def softmax(z):
    return np.exp(z)


@ex.wrong("sign flipped", "The largest score got the smallest probability: check the sign.")
def softmax(z):
    e = np.exp(-z)
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("log of it", "This is the logarithm of softmax. Return the probabilities themselves.")
def softmax(z):
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


@ex.wrong("scores clipped", "Clipping makes different scores equal. Which rule asked for it?")
def softmax(z):
    e = np.exp(np.clip(z, -20, 20))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("floor added", "Small probabilities are real; do not lift them.")
def softmax(z):
    e = np.exp(z) + 1e-8
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("epsilon in the denominator", "The sum of exponentials is never 0: no epsilon is needed.")
def softmax(z):
    e = np.exp(z)
    return e / (e.sum(axis=-1, keepdims=True) + 1e-8)


@ex.wrong(
    "shifted in place", "Your function changed its input: write `z = z - ...`, not `z -= ...`."
)
def softmax(z):
    z -= np.max(z, axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("rounded", "Return the probabilities unrounded.")
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return np.round(e / e.sum(axis=-1, keepdims=True), 4)


@ex.wrong("hard maximum", "This picks a winner. Softmax gives every class its share.")
def softmax(z):
    return (z == np.max(z, axis=-1, keepdims=True)).astype(float)


@ex.wrong("base 2", "The base is e: np.exp, not 2 to the power.")
def softmax(z):
    e = 2.0 ** np.asarray(z, dtype=float)
    return e / e.sum(axis=-1, keepdims=True)


# --- one_hot --------------------------------------------------------------------------------------

ex = lab.exercise(
    "one_hot",
    points=14,
    hints=[
        "Start from a table of zeros. What is its shape?",
        "Row i gets its 1 in column y[i]. Which pair of index arrays names all those entries?",
        "NumPy counts negative indices from the end, so -1 would pass unnoticed. Test the labels "
        "before you use them.",
    ],
)


@ex.right
def one_hot(y, n_classes):
    """One-hot rows: entry (i, j) is 1 where j = y_i, else 0."""
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    out = np.zeros((len(y), n_classes))
    out[np.arange(len(y)), y] = 1
    return out


ex.check(
    "one row an example",
    [case("one_hot", np.array([2, 0, 1, 2]), 4), case("one_hot", np.array([1]), 2)],
    lambda rng: [
        case("one_hot", rng.integers(0, 5, size=7), 5),
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


@ex.wrong("labels not tested", "What happens with label 3 of 3 classes, and with label -1?")
def one_hot(y, n_classes):
    out = np.zeros((len(y), n_classes))
    out[np.arange(len(y)), y] = 1
    return out


@ex.wrong(
    "comparison, labels not tested", "A bad label gives a row of zeros in silence: refuse it."
)
def one_hot(y, n_classes):
    return (y[:, None] == np.arange(n_classes)).astype(float)


@ex.wrong("negative labels pass", "Label -1 is outside 0..C-1 too.")
def one_hot(y, n_classes):
    if y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    return np.eye(n_classes)[y]


@ex.wrong("large labels pass", "A label equal to n_classes is one too many.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() > n_classes:
        raise ValueError("a label lies outside the classes")
    out = np.zeros((len(y), n_classes))
    out[np.arange(len(y)), y] = 1
    return out


@ex.wrong("as many columns as the largest label", "The number of columns is n_classes, given.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    return np.eye(y.max() + 1)[y]


@ex.wrong("transposed", "Rows are examples, columns are classes.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    return np.eye(n_classes)[y].T


@ex.wrong("classes counted from 1", "Classes start at 0: label 0 belongs in column 0.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    return np.eye(n_classes)[y - 1]


@ex.wrong("whole columns set", "`out[:, y] = 1` fills columns. Pair each row with its own label.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    out = np.zeros((len(y), n_classes))
    out[:, y] = 1
    return out


@ex.wrong("True and False", "Convert the table of True and False to floats.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise ValueError("a label lies outside the classes")
    return y[:, None] == np.arange(n_classes)


@ex.wrong("labels clipped", "A wrong label is refused, not moved to the nearest class.")
def one_hot(y, n_classes):
    return np.eye(n_classes)[np.clip(y, 0, n_classes - 1)]


@ex.wrong("IndexError", "The statement asks for a ValueError.")
def one_hot(y, n_classes):
    if y.min() < 0 or y.max() >= n_classes:
        raise IndexError("a label lies outside the classes")
    return np.eye(n_classes)[y]


# --- cross_entropy --------------------------------------------------------------------------------

ex = lab.exercise(
    "cross_entropy",
    points=16,
    hints=[
        "Only one entry of each row matters. Which one?",
        "`np.arange(m)` beside `y` names one entry a row.",
        "A probability of 0 would give log(0). The statement names the smallest value to use.",
    ],
)


@ex.right
def cross_entropy(P, y):
    """Mean of -log(max(p, 1e-12)), p the probability of the true class."""
    p = P[np.arange(len(y)), y]
    return np.mean(-np.log(np.maximum(p, 1e-12)))


def _table(rng, m, classes):
    """Return m rows of probabilities."""
    return softmax(rng.normal(size=(m, classes)) * 1.5)


_P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25], [0.05, 0.15, 0.8]])

ex.check(
    "the mean over the examples",
    [
        case("cross_entropy", _P[:3], np.array([0, 2, 0])),
        case("cross_entropy", _P, np.array([1, 2, 1, 0])),
    ],
    lambda rng: [
        case("cross_entropy", _table(rng, 6, 4), rng.integers(0, 4, size=6)),
        case("cross_entropy", _table(rng, 1, 3), np.array([1])),
        case("cross_entropy", Layout(_table(rng, 5, 5), "fortran"), rng.integers(0, 5, size=5)),
        case("cross_entropy", _table(rng, 4, 3).astype(np.float32), rng.integers(0, 3, size=4)),
    ],
    weight=2,
)
ex.check(
    "a probability of 0 counts as 1e-12, small ones are kept",
    [
        case("cross_entropy", np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1, 0])),
        case("cross_entropy", np.array([[1.0, 0.0], [1.0, 1e-10]]), np.array([0, 1])),
        case("cross_entropy", np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])),
    ],
    lambda rng: [
        case("cross_entropy", np.array([[0.0, 1.0], [0.3, 0.7]]), np.array([0, 1])),
        case("cross_entropy", np.array([[10.0 ** -rng.uniform(8, 11), 1.0]]), np.array([0])),
        case("cross_entropy", np.array([[0.0, 1.0], [1.0, 1e-14]]), np.array([1, 1]), quiet=True),
    ],
)


@ex.wrong("sum, not mean", "Average over the examples.")
def cross_entropy(P, y):
    return np.sum(-np.log(np.maximum(P[np.arange(len(y)), y], 1e-12)))


@ex.wrong("missing minus", "The log of a probability is negative: negate it.")
def cross_entropy(P, y):
    return np.mean(np.log(np.maximum(P[np.arange(len(y)), y], 1e-12)))


@ex.wrong("one loss an example", "The cost is one number: the mean of these.")
def cross_entropy(P, y):
    return -np.log(np.maximum(P[np.arange(len(y)), y], 1e-12))


@ex.wrong("columns instead of entries", "`P[:, y]` takes whole columns. Pick one entry a row.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.maximum(P[:, y], 1e-12)))


@ex.wrong("first example only", "`P[0, y]` reads row 0 each time.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.maximum(P[0, y], 1e-12)))


@ex.wrong("all classes averaged", "Only the true class of each row enters the cost.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.maximum(P, 1e-12)))


@ex.wrong("divided by m times C", "The mean is over the m examples, not over all m * C entries.")
def cross_entropy(P, y):
    return np.sum(-np.log(np.maximum(P[np.arange(len(y)), y], 1e-12))) / P.size


@ex.wrong("binary cross-entropy", "The other classes add no term of their own here.")
def cross_entropy(P, y):
    P = np.clip(P, 1e-12, 1 - 1e-12)
    Y = np.eye(P.shape[1])[y]
    return np.mean(np.sum(-Y * np.log(P) - (1 - Y) * np.log(1 - P), axis=1))


@ex.wrong("log of the mean", "Take the logarithm of each probability first, then the mean.")
def cross_entropy(P, y):
    return -np.log(np.maximum(np.mean(P[np.arange(len(y)), y]), 1e-12))


@ex.wrong("base 2", "Use the natural logarithm, np.log.")
def cross_entropy(P, y):
    return np.mean(-np.log2(np.maximum(P[np.arange(len(y)), y], 1e-12)))


@ex.wrong("base 10", "Use the natural logarithm, np.log.")
def cross_entropy(P, y):
    return np.mean(-np.log10(np.maximum(P[np.arange(len(y)), y], 1e-12)))


@ex.wrong("no floor", "A probability of 0 gives infinity here. The statement names a floor.")
def cross_entropy(P, y):
    return np.mean(-np.log(P[np.arange(len(y)), y]))


@ex.wrong("1e-12 added", "Adding changes every probability a little; take the maximum instead.")
def cross_entropy(P, y):
    return np.mean(-np.log(P[np.arange(len(y)), y] + 1e-12))


@ex.wrong("floor of 1e-7", "The floor is 1e-12: 1e-10 is a real probability.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.maximum(P[np.arange(len(y)), y], 1e-7)))


@ex.wrong("clipped from above", "A probability of 1 costs 0: only small ones need a floor.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.clip(P[np.arange(len(y)), y], 1e-12, 1 - 1e-7)))


@ex.wrong("largest instead of true", "You scored the most probable class, not the true one.")
def cross_entropy(P, y):
    return np.mean(-np.log(np.maximum(P.max(axis=1), 1e-12)))


@ex.wrong("one minus the probability", "The cost is -log of the probability itself.")
def cross_entropy(P, y):
    return np.mean(1 - P[np.arange(len(y)), y])


# --- softmax_regression ---------------------------------------------------------------------------

ex = lab.exercise(
    "softmax_regression",
    points=16,
    forbids=["softmax"],
    hints=[
        "`X` is (m, n) and `W` is (n, C). Which product is (m, C)?",
        "You have written softmax already: call it on the logits.",
        "The class of an example is the position of its largest probability, in its own row.",
    ],
)


@ex.right
def predict_proba(X, W, b):
    """Probabilities softmax(X W + b)."""
    return softmax(X @ W + b)


@ex.right
def predict(X, W, b):
    """Classes: the position of the largest logit in each row."""
    return np.argmax(X @ W + b, axis=1)


def _problem(rng, m, n, classes, size=1.0):
    """Return inputs, weights and biases with no two equal logits in a row."""
    return rng.normal(size=(m, n)), size * rng.normal(size=(n, classes)), rng.normal(size=classes)


def _close_race(rng, m, gap):
    """Return a problem whose two largest logits lie near 48, `gap` apart in every row."""
    slopes = np.array([[-40.0, 48.0, 48.0 - gap]])
    return rng.uniform(0.98, 1, (m, 1)), slopes, np.array([1.0, 0.5, 0.5])


def _readonly(arrays):
    return [Layout(a, "readonly") for a in arrays]


_X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]])
_W = np.array([[0.5, -1.0, 0.2], [0.1, 0.8, -0.7]])
_B = np.array([0.1, -0.2, 0.3])

ex.check(
    "probabilities",
    [case("predict_proba", _X, _W, _B), case("predict_proba", _X[:, ::-1].copy(), 3 * _W, _B - 1)],
    lambda rng: [
        case("predict_proba", *_problem(rng, 5, 3, 4), tiny=True),
        case("predict_proba", *_problem(rng, 1, 6, 2)),
        case("predict_proba", *_problem(rng, 4, 4, 4)),
        case("predict_proba", rng.uniform(-1, 1, (6, 2)), rng.uniform(-20, 20, (2, 5)),
             rng.uniform(-9, 9, 5), tiny=True),
        case("predict_proba", *_close_race(rng, 3, 1.5), tiny=True),
        case("predict_proba", *_readonly(_problem(rng, 3, 2, 3))),
        case("predict_proba", *(a.astype(np.float32) for a in _problem(rng, 3, 2, 3))),
    ],
)  # fmt: skip
ex.check(
    "classes",
    [
        case("predict", _X, _W, np.array([1.9, -0.2, 0.3])),
        case("predict", np.array([[0.2, 0.1]]), np.array([[1.0, -3.0], [0.0, 4.0]]), _B[:2]),
    ],
    lambda rng: [
        case("predict", *_problem(rng, 9, 3, 4)),
        case("predict", *_problem(rng, 1, 2, 3)),
        case("predict", *_problem(rng, 5, 5, 5)),
        case("predict", Layout(rng.normal(size=(6, 4)), "strided"), *_problem(rng, 6, 4, 3)[1:]),
        case("predict", *_close_race(rng, 3, -0.01)),
        case("predict", *_readonly(_problem(rng, 4, 2, 3))),
    ],
)


@ex.wrong("no bias", "Add b to the logits: one number for each class.")
def predict_proba(X, W, b):
    return softmax(X @ W)


@ex.wrong("bias after softmax", "The bias belongs to the logits, before softmax.")
def predict_proba(X, W, b):
    return softmax(X @ W) + b


@ex.wrong("bias subtracted", "The bias is added.")
def predict_proba(X, W, b):
    return softmax(X @ W - b)


@ex.wrong("logits returned", "These are the logits. Which function makes probabilities of them?")
def predict_proba(X, W, b):
    return X @ W + b


@ex.wrong("sigmoid outputs", "One sigmoid a class does not make rows that sum to 1: use softmax.")
def predict_proba(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b)))


@ex.wrong("softmax twice", "Softmax is applied twice, which flattens the probabilities.")
def predict_proba(X, W, b):
    return softmax(softmax(X @ W + b))


@ex.wrong("normalised columns", "Each row should sum to 1, not each column.")
def predict_proba(X, W, b):
    e = np.exp(X @ W + b)
    return e / e.sum(axis=0)


@ex.wrong("argmax down the columns", "One class for each row: which axis holds the classes?")
def predict(X, W, b):
    return np.argmax(X @ W + b, axis=0)


@ex.wrong("argmax of everything", "Without an axis, argmax searches the whole table.")
def predict(X, W, b):
    return np.argmax(X @ W + b)


@ex.wrong("classes counted from 1", "Classes start at 0.")
def predict(X, W, b):
    return np.argmax(X @ W + b, axis=1) + 1


@ex.wrong("bias forgotten in predict", "The bias can change the winner: add it here too.")
def predict(X, W, b):
    return np.argmax(X @ W, axis=1)


@ex.wrong("least probable class", "This is the class of the smallest probability.")
def predict(X, W, b):
    return np.argmin(X @ W + b, axis=1)


@ex.wrong("largest probability returned", "The position of the largest is asked, not its value.")
def predict(X, W, b):
    return np.max(softmax(X @ W + b), axis=1)


@ex.wrong("one-hot classes", "Return the class numbers, shape (m,).")
def predict(X, W, b):
    return np.eye(len(b))[np.argmax(X @ W + b, axis=1)]


@ex.wrong("threshold at one half", "With several classes no probability need reach 0.5.")
def predict(X, W, b):
    return (softmax(X @ W + b) >= 0.5).astype(int)


@ex.wrong("classes as floats", "Class numbers are integers.")
def predict(X, W, b):
    return np.argmax(X @ W + b, axis=1).astype(float)


# --- softmax_gradient -----------------------------------------------------------------------------

ex = lab.exercise(
    "softmax_gradient",
    points=20,
    forbids=["autodiff"],
    hints=[
        "The error of each row is what you predicted less what was true. In which form do both "
        "have the shape (m, C)?",
        "dW has the shape of W, (n, C). Which product of X and the error gives that shape?",
        "The cost is a mean over the examples. Where does that 1/m appear?",
    ],
)


@ex.right
def softmax_gradient(X, y, W, b):
    """Gradient of the mean cost: dW = X^T (P - Y) / m, db = mean of the rows of P - Y."""
    error = softmax(X @ W + b)
    error[np.arange(len(y)), y] -= 1
    error /= len(y)
    return X.T @ error, error.sum(axis=0)


def _labelled(rng, m, n, classes, size=1.0):
    X, W, b = _problem(rng, m, n, classes, size)
    return X, rng.integers(0, classes, size=m), W, b


def _sure(rng, m, score):
    """Return a problem whose true class leads by about `score` in every row."""
    y = rng.integers(0, 3, size=m)
    X = np.eye(3)[y] * score + rng.normal(size=(m, 3))
    return X, y, np.eye(3), 0.3 * rng.normal(size=3)


def _large_features(X, y, W, b):
    """The same logits from features in the thousands: no fixed nudge of W fits these."""
    return 2000 * X, y, W / 2000, b


_Y = np.array([2, 0, 1])

ex.check(
    "both gradients, three examples",
    [case("softmax_gradient", _X, _Y, _W, _B, largest=True)],
    lambda rng: [
        case("softmax_gradient", *_labelled(rng, 7, 3, 4), largest=True),
        case("softmax_gradient", *_labelled(rng, 4, 4, 4), largest=True),
        case("softmax_gradient", *_labelled(rng, 12, 2, 3, 3.0), largest=True),
    ],
    weight=2,
)
ex.check(
    "one example, and large logits",
    [
        case("softmax_gradient", _X[:1], _Y[:1], 9 * _W, _B, largest=True),
        case("softmax_gradient", np.vstack([_X, -_X]), np.array([0, 1, 2, 2, 2, 1]), _W, -_B,
             largest=True),
    ],
    lambda rng: [
        case("softmax_gradient", *_labelled(rng, 1, 5, 3), largest=True),
        case("softmax_gradient", *_labelled(rng, 6, 1, 3), largest=True),
        case("softmax_gradient", *_sure(rng, 5, 12), largest=True),
        case("softmax_gradient", *_sure(rng, 5, 40), largest=True),
        case("softmax_gradient", _close_race(rng, 3, 1.5)[0], np.array([0, 1, 1]),
             *_close_race(rng, 3, 1.5)[1:], largest=True),
        case("softmax_gradient", *_large_features(*_labelled(rng, 6, 3, 4)), largest=True),
        case("softmax_gradient", *_readonly(_labelled(rng, 4, 2, 3)), largest=True),
        case("softmax_gradient", rng.uniform(-1, 1, (5, 2)), rng.integers(0, 3, 5),
             rng.uniform(-20, 20, (2, 3)), rng.uniform(-9, 9, 3), largest=True),
        case("softmax_gradient", Layout(rng.normal(size=(4, 3)), "readonly"),
             *_labelled(rng, 4, 3, 3)[1:], largest=True),
    ],
)  # fmt: skip


@ex.wrong("not divided by m", "The cost is a mean over m: so is its gradient.")
def softmax_gradient(X, y, W, b):
    error = softmax(X @ W + b) - np.eye(len(b))[y]
    return X.T @ error, error.sum(axis=0)


@ex.wrong("db not divided by m", "The 1/m belongs to db as well.")
def softmax_gradient(X, y, W, b):
    error = softmax(X @ W + b) - np.eye(len(b))[y]
    return X.T @ error / len(y), error.sum(axis=0)


@ex.wrong("dW not divided by m", "The 1/m belongs to dW as well.")
def softmax_gradient(X, y, W, b):
    error = softmax(X @ W + b) - np.eye(len(b))[y]
    return X.T @ error, error.mean(axis=0)


@ex.wrong("divided by m twice", "The 1/m is in there twice.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / len(y)
    return X.T @ error / len(y), error.mean(axis=0)


@ex.wrong("sign flipped", "The error is P - Y, not Y - P: the gradient points uphill.")
def softmax_gradient(X, y, W, b):
    error = (np.eye(len(b))[y] - softmax(X @ W + b)) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("one-hot not subtracted", "Subtract the one-hot targets from P.")
def softmax_gradient(X, y, W, b):
    error = softmax(X @ W + b) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("class numbers subtracted", "y holds class numbers: turn them into one-hot rows first.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - y[:, None]) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("error from the logits", "P - Y needs the probabilities, not the logits.")
def softmax_gradient(X, y, W, b):
    error = (X @ W + b - np.eye(len(b))[y]) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("sigmoid outputs", "The probabilities come from softmax.")
def softmax_gradient(X, y, W, b):
    error = (1 / (1 + np.exp(-(X @ W + b))) - np.eye(len(b))[y]) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("bias forgotten", "The logits are X @ W + b: the bias is missing.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W) - np.eye(len(b))[y]) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("db is one number", "db has one entry for each class: sum over the examples only.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / len(y)
    return X.T @ error, error.sum()


@ex.wrong("db over the wrong axis", "Sum down the column of each class: axis 0.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / len(y)
    return X.T @ error, error.sum(axis=1)


@ex.wrong("dW transposed", "dW has the shape of W, (n, C).")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / len(y)
    return error.T @ X, error.sum(axis=0)


@ex.wrong(
    "slope of softmax included", "P (1 - P) cancels: with this cost the error is P - Y alone."
)
def softmax_gradient(X, y, W, b):
    P = softmax(X @ W + b)
    error = (P - np.eye(len(b))[y]) * P * (1 - P) / len(y)
    return X.T @ error, error.sum(axis=0)


@ex.wrong("divided by m times C", "The mean is over the m examples only.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / (len(y) * len(b))
    return X.T @ error, error.sum(axis=0)


@ex.wrong("order swapped", "Return dW first, then db.")
def softmax_gradient(X, y, W, b):
    error = (softmax(X @ W + b) - np.eye(len(b))[y]) / len(y)
    return error.sum(axis=0), X.T @ error


# --- softmax_model --------------------------------------------------------------------------------

ex = lab.exercise(
    "softmax_model",
    points=14,
    deadline=10,
    hints=[
        "A `keras.Sequential` takes a list: an `Input`, then one `Dense` a layer.",
        "How many outputs does a network need that chooses between `n_classes` classes?",
        "Your labels are class numbers, not one-hot rows. Which cross-entropy takes those?",
    ],
)


@ex.right
def build_softmax_model(n_features, n_classes):
    """Dense 25 ReLU, 15 ReLU, softmax output; sparse categorical cross-entropy."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def _model_case(n_features, n_classes, compiled=True):
    params = {
        "inputs": n_features,
        "layers": [[25, "relu"], [15, "relu"], [n_classes, "softmax"]],
    }
    if compiled:
        params["compiled"] = [["softmax", "sparse_categorical_crossentropy", False]]
    return case("build_softmax_model", n_features, n_classes, judge="models.model", **params)


_layers = _model_case(64, 10, compiled=False)

ex.check(
    "the layers: 25 relu, 15 relu, softmax",
    [_layers],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)), compiled=False)],
)
ex.check(
    "compiled with the loss that fits",
    [replace(_model_case(64, 10), calls=_layers.calls)],  # one model for both checks
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)))],
)


@ex.wrong(
    "linear output",
    "The last layer gives probabilities here: activation softmax.",
    finding="output-activation",
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="linear"),
        ]
    )
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam"
    )
    return model


@ex.wrong(
    "no hidden activation",
    "Hidden layers without an activation collapse into one linear layer.",
    finding="hidden-activation",
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="linear"),
            keras.layers.Dense(15, activation="linear"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "units swapped",
    "Compare the numbers of units with the statement, layer by layer.",
    finding="units",
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "a layer missing", "Three dense layers: 25, 15 and one unit a class.", finding="layer-count"
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "one-hot loss", "Your labels are class numbers: the sparse loss takes those.", finding="loss"
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    return model


@ex.wrong(
    "from_logits with softmax",
    "Your output is already a probability; from_logits=True says it is not.",
    finding="logits-twice",
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam"
    )
    return model


@ex.wrong(
    "not compiled",
    "Call model.compile(loss=...) before you return the model.",
    finding="not-compiled",
)
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    return model


@ex.wrong("no input shape", "Begin the list with keras.Input((n_features,)).", finding="inputs")
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


@ex.wrong("model not returned", "The model is built and lost: return it.", finding="none")
def build_softmax_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
