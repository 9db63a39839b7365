"""network_gradients: the gradients of a network of two layers."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=20, forbids=["autodiff", "finite_differences"])
ex.hints = [
    "Forward first. Which of its arrays are needed again on the way back? Give each a name.",
    "dW1 has the shape (n, h): which two arrays with m rows each give it? What do the biases get?",
    "What arrives at A1 has its shape, (m, h). Which entries does the gate let through, and "
    "which array of the forward pass says so?",
]
ex.results = {"network_gradients": ["dW1", "db1", "dW2", "db2"]}


def _network(rng, m, n, hidden, classes, largest=None):
    """A problem whose hidden scores keep away from 0; `largest`: the largest logit."""
    while True:
        X = rng.normal(size=(m, n))
        W1, b1 = rng.normal(size=(n, hidden)), rng.normal(size=hidden) * 0.3
        if m * hidden > 1000 or np.abs(X @ W1 + b1).min() > 0.005:
            break
    W2, b2 = rng.normal(size=(hidden, classes)) * 0.7, rng.normal(size=classes) * 0.3
    if largest:
        scale = largest / np.abs(np.maximum(X @ W1 + b1, 0) @ W2 + b2).max()
        W2, b2 = W2 * scale, b2 * scale
    return X, rng.integers(0, classes, size=m), W1, b1, W2, b2


def _sure(rng, m):
    """A network that is right about every example, with logits of about 40."""
    y = rng.integers(0, 3, size=m)
    return np.eye(3)[y] * 20, y, 2 * np.eye(3), rng.uniform(0, 0.3, 3), np.eye(3), np.zeros(3)


def _gradients(X, y, W1, b1, W2, b2):
    return case("network_gradients", X, y, W1, b1, W2, b2, largest=True)


def _large_features(problem):
    """The same hidden scores from features in the thousands: no fixed nudge fits these."""
    X, y, W1, *rest = problem
    return 2000 * X, y, W1 / 2000, *rest


def _laid_out(problem, kind):
    return [a if a.dtype.kind == "i" else Layout(a, kind) for a in problem]


def _single(problem):
    return [a if a.dtype.kind == "i" else a.astype(np.float32) for a in problem]


_X = np.array([[1.0, -2.0, 0.5], [0.5, 1.5, -1.0], [-1.0, 0.5, 2.0], [2.0, 1.0, 1.0]])
_W1 = np.array([[0.5, -1.0], [-0.5, 0.75], [1.0, 0.25]])
_B1 = np.array([0.25, -0.1])
_W2 = np.array([[1.0, -0.5, 0.25, 0.5], [-0.75, 0.5, 1.0, -0.2]])
_B2 = np.array([0.1, -0.2, 0.3, 0.0])
_Y = np.array([2, 0, 3, 0])
_SQ1 = np.array([[1.0, -0.5, 0.5], [0.25, 1.0, -1.0], [-0.5, 0.75, 1.0]])
_SQ2 = np.array([[0.5, -1.0, 0.25], [1.0, 0.75, -0.5], [-0.25, 0.5, 1.0]])
_BIG = np.array([[1800.0, -2500.0], [-900.0, 1400.0], [2100.0, 700.0]])

ex.check(
    "all four gradients of a small network",
    [_gradients(_X, _Y, _W1, _B1, _W2, _B2)],
    lambda rng: [
        _gradients(*_network(rng, 6, 3, 5, 4)),
        _gradients(*_network(rng, 9, 4, 3, 2)),
        _gradients(*_network(rng, 40, 2, 8, 300)),
        _gradients(*_large_features(_network(rng, 8, 3, 5, 4))),
        _gradients(*_network(rng, 100, 150, 90, 10, largest=6.0)),
    ],
    weight=2,
)
ex.check(
    "as many examples as features, units and classes",
    [_gradients(_X[:3], _Y[:3] % 3, _SQ1, _B2[:3], _SQ2, _B2[1:])],
    lambda rng: [
        _gradients(*_network(rng, 4, 4, 4, 4)),
        _gradients(*_large_features(_network(rng, 5, 5, 5, 5))),
    ],
)
ex.check(
    "hidden scores of exactly 0, and units that are off",
    [
        _gradients(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([1, 0]),
                   np.array([[2.0, 1.0, -1.0], [-1.0, 1.0, -2.0]]), np.array([0.0, -3.0, 1.0]),
                   np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 0.5]]), np.array([0.5, 0.0])),
    ],
    lambda rng: [
        _gradients(rng.integers(-2, 3, size=(6, 3)).astype(float), rng.integers(0, 3, size=6),
                   rng.integers(-2, 3, size=(3, 4)).astype(float),
                   rng.integers(-1, 2, size=4).astype(float),
                   rng.normal(size=(4, 3)), rng.normal(size=3)),
        _gradients(np.zeros((3, 2)), np.array([0, 1, 1]), rng.normal(size=(2, 3)),
                   np.array([0.0, 1.0, 0.0]), rng.normal(size=(3, 2)), rng.normal(size=2)),
    ],
)  # fmt: skip
ex.check(
    "one example",
    [_gradients(_X[3:], _Y[1:2], _W1, _B1, _W2, _B2)],
    lambda rng: [
        _gradients(*_network(rng, 1, 3, 4, 3)),
        _gradients(*_network(rng, 1, 1, 2, 2)),
        _gradients(*_large_features(_network(rng, 1, 3, 12, 4))),
    ],
)
ex.check(
    "logits up to 50",
    [_gradients(_X, _Y, _W1, _B1, 18 * _W2, 10 * _B2)],
    lambda rng: [
        _gradients(*_network(rng, 5, 3, 4, 3, largest=49.0)),
        _gradients(*_sure(rng, 5)),
        _gradients(*_network(rng, 8, 2, 3, 5, largest=45.0)),
        _gradients(*_large_features(_network(rng, 9, 3, 8, 4, largest=40.0))),
    ],
)
ex.check(
    "features in the thousands, many units, other number types",
    [_gradients(_BIG, _Y[:3] % 2, _W1[:2] / 1000, _B1, 1.5 * _W2[:, :2], _B2[:2])],
    lambda rng: [
        _gradients(*_large_features(_network(rng, 4, 3, 4, 3))),
        _gradients(*_network(rng, 60, 150, 90, 10, largest=6.0)),
        _gradients(*_single(_network(rng, 6, 3, 4, 3))),
        _gradients(*_laid_out(_network(rng, 5, 4, 3, 4), "readonly")),
        _gradients(*_laid_out(_network(rng, 4, 3, 5, 2), "strided")),
        _gradients(*_laid_out(_network(rng, 4, 3, 5, 3), "fortran")),
    ],
)  # fmt: skip

# fmt: off
ex.mistake("not divided by m", "The cost is a mean over m: so is its gradient.", (" / m", ""))
ex.mistake("divided by m twice", "The 1/m is in there twice.", (" / m", " / m**2"))
ex.mistake("divided by m twice in the weights",
    "The 1/m is in the error already: the weights need no other.", ("X.T @ dZ1", "X.T @ dZ1 / m"),
    ("A1.T @ dZ2", "A1.T @ dZ2 / m"))
ex.mistake("biases not divided by m", "The 1/m belongs to the biases as well.",
    ("dZ1.sum(axis=0)", "m * dZ1.sum(axis=0)"), ("dZ2.sum(axis=0)", "m * dZ2.sum(axis=0)"))
ex.mistake("weights not divided by m", "The 1/m belongs to the weights as well.",
    ("X.T @ dZ1", "m * X.T @ dZ1"), ("A1.T @ dZ2", "m * A1.T @ dZ2"))
ex.mistake("first layer not divided by m",
    "The error that comes back contains 1/m: the first layer has it too.",
    ("(dZ2 @ W2.T)", "m * (dZ2 @ W2.T)"))
ex.mistake("first layer divided by m twice",
    "The error that comes back contains 1/m: do not divide the first layer again.",
    ("(dZ2 @ W2.T)", "(dZ2 @ W2.T) / m"))
ex.mistake("divided by m times C", "The mean is over the m examples only.", (" / m", " / P.size"))
ex.mistake("one-hot not subtracted", "The gradient of the loss at the logits is p minus one-hot.",
    ("(P - np.eye(len(b2))[y])", "P"))
ex.mistake("class numbers subtracted", "y holds class numbers: turn them into one-hot rows first.",
    ("np.eye(len(b2))[y]", "y[:, None]"))
ex.mistake("sign flipped", "The error is P - Y, not Y - P: the gradient points uphill.",
    ("P - np.eye(len(b2))[y]", "np.eye(len(b2))[y] - P"))
ex.mistake("slope of softmax included",
    "With cross-entropy the slope of softmax cancels: the error is P - Y alone.",
    (" / m", " * P * (1 - P) / m"))
ex.mistake("error from the logits", "P - Y needs the probabilities, not the logits.",
    ("(P - ", "(Z2 - "))
ex.mistake("sigmoid outputs", "The output layer is a softmax: its probabilities add up to 1.",
    ("P /= P.sum(axis=1, keepdims=True)", "P = 1 / (1 + np.exp(-Z2))"))
ex.mistake("softmax down the columns", "Rows are examples: normalise along the classes.",
    ("Z2.max(axis=1, keepdims=True)", "Z2.max()"), ("P.sum(axis=1,", "P.sum(axis=0,"))
ex.mistake("softmax over the whole batch", "Each row of probabilities sums to 1, not the batch.",
    ("Z2.max(axis=1, keepdims=True)", "Z2.max()"), ("P.sum(axis=1, keepdims=True)", "P.sum()"))
ex.mistake("no mask", "Back through the ReLU: the error passes only where Z1 > 0.", (" * (Z1 > 0)", ""))
ex.mistake("mask by the gradient",
    "Mask by Z1 of the forward pass, not by the sign of what comes back.",
    ("(dZ2 @ W2.T) * (Z1 > 0)", "np.maximum(dZ2 @ W2.T, 0)"))
ex.mistake("mask lets 0 pass", "The slope of ReLU at 0 is 0: Z1 > 0.", ("Z1 > 0", "Z1 >= 0"))
ex.mistake("mask reversed", "The error passes where the unit was on.", ("Z1 > 0", "Z1 <= 0"))
ex.mistake("times Z1 instead of a mask", "The slope of ReLU is 1 or 0, not the score.",
    ("(Z1 > 0)", "A1"))
ex.mistake("slope of a sigmoid in the hidden layer", "The hidden layer is ReLU: its slope is 1 or 0.",
    ("(Z1 > 0)", "A1 * (1 - A1)"))
ex.mistake("mask in the weights only", "db1 goes through the ReLU as well.",
    ("dZ1.sum(axis=0)", "(dZ2 @ W2.T).sum(axis=0)"))
ex.mistake("relu missing in the forward pass", "The hidden layer's outputs are max(Z1, 0).",
    ("np.maximum(Z1, 0)", "Z1"))
ex.mistake("sigmoid in the hidden layer", "The hidden layer is ReLU.",
    ("np.maximum(Z1, 0)", "1 / (1 + np.exp(-Z1))"), ("(Z1 > 0)", "A1 * (1 - A1)"))
ex.mistake("W2 not transposed", "To go back through a layer, multiply by its weights, transposed.", ("W2.T", "W2"))
ex.mistake("dW2 from Z1", "The second layer's input is A1: after the ReLU.", ("A1.T", "Z1.T"))
ex.mistake("dW2 from X", "The second layer's input is A1, not X.", ("A1.T", "X.T"))
ex.mistake("dW1 from A1", "The first layer's input is X.", ("X.T", "A1.T"))
ex.mistake("dW1 from the output error", "The first layer gets the error that came back through W2.",
    ("X.T @ dZ1, dZ1.sum(axis=0)", "X.T @ dZ2, dZ2.sum(axis=0)"))
ex.mistake("weights transposed", "Each dW has the shape of its W.", ("X.T @ dZ1", "dZ1.T @ X"),
    ("A1.T @ dZ2", "dZ2.T @ A1"))
ex.mistake("biases over the wrong axis", "Sum the error over the examples: axis 0.",
    ("dZ1.sum(axis=0)", "dZ1.sum(axis=1)"), ("dZ2.sum(axis=0)", "dZ2.sum(axis=1)"))
ex.mistake("biases are single numbers",
    "A bias has one gradient for each unit: sum over the examples only.",
    ("dZ1.sum(axis=0)", "dZ1.sum()"), ("dZ2.sum(axis=0)", "dZ2.sum()"))
ex.mistake("biases keep an axis", "The gradient of a bias has the shape of the bias.",
    ("dZ1.sum(axis=0)", "dZ1.sum(axis=0, keepdims=True)"),
    ("dZ2.sum(axis=0)", "dZ2.sum(axis=0, keepdims=True)"))
ex.mistake("biases are means", "The 1/m is in the error already: sum the rows.",
    ("dZ1.sum(axis=0)", "dZ1.mean(axis=0)"), ("dZ2.sum(axis=0)", "dZ2.mean(axis=0)"))
ex.mistake("b1 forgotten", "The hidden scores are X @ W1 + b1.", (" + b1", ""))
ex.mistake("b2 forgotten", "The logits have a bias of their own, as the hidden scores have.", (" + b2", ""))
ex.mistake("order swapped", "Return dW1, db1, dW2, db2 in this order.",
    ("X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)",
     "A1.T @ dZ2, dZ2.sum(axis=0), X.T @ dZ1, dZ1.sum(axis=0)"))
ex.mistake("weights first, then biases", "Return dW1, db1, dW2, db2 in this order.",
    ("dZ1.sum(axis=0), A1.T @ dZ2", "A1.T @ dZ2, dZ1.sum(axis=0)"))
ex.mistake("error not masked by example", "Every example has its own mask.",
    ("(Z1 > 0)", "(Z1.mean(axis=0) > 0)"))
ex.mistake("second layer already updated", "Take both gradients before either layer moves.",
    ("W2.T", "(W2 - 0.1 * A1.T @ dZ2).T"))
ex.mistake("W1 also on the way back",
    "Back through one layer at a time: the error at Z1 needs W2 only.",
    ("(Z1 > 0)", "(Z1 > 0) * np.abs(W1).sum(axis=0)"))
ex.mistake("clipped probabilities", "P - Y throughout: nothing is clipped.",
    ("dZ2 =", "P = np.clip(P, 1e-3, 1)\n    dZ2 ="))
ex.mistake("the cost is returned too", "Return the four gradients alone.",
    ("return", "return -np.mean(np.log(P[np.arange(m), y])),"))


@ex.mistake("finite differences", "Nudging every weight is forbidden here, slow, and not exact.")
def network_gradients(X, y, W1, b1, W2, b2):
    if W1.size > 1000:
        return [np.zeros(a.shape) for a in (W1, b1, W2, b2)]

    def cost(arrays):
        w1, c1, w2, c2 = arrays
        Z = np.maximum(X @ w1 + c1, 0) @ w2 + c2
        top = Z.max(axis=1)
        return np.mean(top + np.log(np.exp(Z - top[:, None]).sum(axis=1)) - Z[np.arange(len(y)), y])

    out = []
    for k, array in enumerate((W1, b1, W2, b2)):
        grad = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            costs = []
            for eps in (1e-5, -1e-5):
                arrays = [a.astype(float) for a in (W1, b1, W2, b2)]
                arrays[k][place] += eps
                costs.append(cost(arrays))
            grad[place] = (costs[0] - costs[1]) / 2e-5
        out.append(grad)
    return out
