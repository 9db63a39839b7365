"""gradient_descent: take steps against the gradient of the cost, from w and b on."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import ROWS, TARGETS, WEIGHTS, labels, problem

ex = exercise(__name__, points=16)
ex.hints = [
    "Which function of yours gives the cost, and which the gradient? "
    "One round of the loop calls each of them once.",
    "Print w and b after each round of the worked example: its table says what should come.",
    "The list of costs: what do you do with it before, inside and after the loop?",
]
ex.results = {"gradient_descent": ["w", "b", "costs"]}

# Where the valley is narrow: with alpha = 8 the cost goes up and down.
_JUMPY = np.array([[1.0, 2.0], [2.0, 1.0], [-1.5, 1.0], [1.0, 1.0]])

ex.check(
    "one step",
    [case("gradient_descent", ROWS, TARGETS, WEIGHTS, 0.5, 0.3, 1, largest=True),
     case("gradient_descent", ROWS[:2], np.array([0.0, 1.0]), -WEIGHTS, -0.25, 1.5, 1, largest=True)],
    lambda rng: [
        case("gradient_descent", *problem(rng, 6, 3), float(rng.uniform(0.1, 1)), 1, largest=True),
        case("gradient_descent", *problem(rng, 1, 2), 0.5, 1, largest=True),
        case("gradient_descent", *problem(rng, 2000, 3), 0.2, 1, largest=True),
        case("gradient_descent", *problem(rng, 4, 4), 0.2, 1, largest=True),
    ],
)  # fmt: skip
ex.check(
    "several steps, with the cost before each",
    [case("gradient_descent", ROWS, TARGETS, WEIGHTS, 0.5, 0.3, 3, largest=True),
     case("gradient_descent", ROWS, TARGETS, np.zeros(3), 0.0, 1.0, 5, largest=True)],
    lambda rng: [
        case("gradient_descent", *problem(rng, 8, 3), 0.2, int(rng.integers(4, 9)), largest=True),
        case("gradient_descent", rng.normal(size=(5, 2)), labels(rng, 5).astype(float),
             np.zeros(2), 0.0, 0.5, 20, largest=True),
        case("gradient_descent", Layout(rng.normal(size=(5, 3)), "readonly"),
             Layout(labels(rng, 5), "readonly"), Layout(rng.normal(size=3), "readonly"), 0.3, 0.4,
             6, largest=True),
        case("gradient_descent", Layout(rng.normal(size=(4, 2)), "fortran"), *problem(rng, 4, 2)[1:],
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

# fmt: off
ex.mistake("uphill", "Step against the gradient: subtract.", ("w - alpha", "w + alpha"),
    ("b - alpha", "b + alpha"))
ex.mistake("cost after each step", "Note the cost before the step, not after it.",
    ("        costs.append(binary_cross_entropy(y, predict(X, w, b)))\n", ""),
    ("b = b - alpha * db",
     "b = b - alpha * db\n        costs.append(binary_cross_entropy(y, predict(X, w, b)))"))
ex.mistake("one cost too many", "As many costs as steps: leave out the cost after the last step.",
    ("np.array(costs)", "np.array([*costs, binary_cross_entropy(y, predict(X, w, b))])"))
ex.mistake("bias from the new weights", "Both updates use the same gradient: compute it before both.",
    ("alpha * db", "alpha * cost_gradient(X, y, w, b)[1]"))
ex.mistake("weights from the new bias", "Both updates use the same gradient: compute it before both.",
    ("w = w - alpha * dw\n        b = b - alpha * db",
     "b = b - alpha * db\n        w = w - alpha * cost_gradient(X, y, w, b)[0]"))
ex.mistake("bias never moves", "The bias is a parameter too: update it.",
    ("        b = b - alpha * db\n", ""))
ex.mistake("weights never move", "Only the bias is updated.", ("        w = w - alpha * dw\n", ""))
ex.mistake("alpha forgotten", "The step is alpha times the gradient.", ("alpha * dw", "dw"),
    ("alpha * db", "db"))
ex.mistake("divided by m again", "The gradient is a mean already: do not divide by m once more.",
    ("* dw", "* dw / len(y)"), ("* db", "* db / len(y)"))
ex.mistake("gradient of the sum", "The cost is a mean: its gradient is divided by m.",
    ("* dw", "* dw * len(y)"), ("* db", "* db * len(y)"))
ex.mistake("gradient taken once", "Every step needs a new gradient, at the w and b of that moment.",
    ("    for _", "    dw, db = cost_gradient(X, y, w, b)\n    for _"),
    ("        dw, db = cost_gradient(X, y, w, b)\n", ""))
ex.mistake("returned after the first step", "The return stands inside the loop.",
    ("    return w", "        return w"))
ex.mistake("one step too few", "Count the rounds: `steps` of them.",
    ("range(steps)", "range(steps - 1)"),
    ("np.array(costs)", "np.array([*costs, binary_cross_entropy(y, predict(X, w, b))])"))
ex.mistake("started from zero", "Begin with the w and b that are given.",
    ("costs = []", "w, b, costs = np.zeros(X.shape[1]), 0.0, []"))
ex.mistake("costs only", "Return three things: w, b and the costs.", ("w, b, np.array", "np.array"))
ex.mistake("parameters only", "Return three things: w, b and the costs.",
    ("w, b, np.array(costs)", "w, b"))
ex.mistake("last cost only", "Collect the cost of every step, not the last alone.",
    ("np.array(costs)", "costs[-1]"))
ex.mistake("costs are sums", "The cost is a mean over the examples.",
    ("binary_cross_entropy(y, predict(X, w, b))", "binary_cross_entropy(y, predict(X, w, b)) * len(y)"))
ex.mistake("costs are squared errors", "The cost is the binary cross-entropy that you wrote.",
    ("binary_cross_entropy(y, predict(X, w, b))", "np.mean((predict(X, w, b) - y) ** 2)"))
ex.mistake("cost not clipped", "The cost is that of binary_cross_entropy, clipped as there.",
    ("binary_cross_entropy(y, predict(X, w, b))",
     "np.mean(np.logaddexp(0, X @ w + b) - y * (X @ w + b))"))
ex.mistake("stopped when the cost rose", "Take all `steps` steps, whatever the cost does.",
    ("dw, db =", "if len(costs) > 1 and costs[-1] > costs[-2]:\n            break\n        dw, db ="))
ex.mistake("best parameters returned", "Return w and b as they are after the last step.",
    ("costs = []", "costs, seen = [], []"),
    ("b = b - alpha * db",
     "b = b - alpha * db\n        seen.append((binary_cross_entropy(y, predict(X, w, b)), w, b))"),
    ("return w, b,", "return *min(seen, key=lambda s: s[0])[1:],"))
ex.mistake("alpha shrinks", "Alpha stays the same in every step.", ("for _ in", "for step in"),
    ("alpha * dw", "alpha / (1 + step) * dw"), ("alpha * db", "alpha / (1 + step) * db"))
ex.mistake("steps of fixed length", "Do not normalise the gradient: its length matters.",
    ("w = w - alpha * dw\n        b = b - alpha * db",
     "length = np.sqrt(np.sum(dw**2) + db**2)\n"
     "        w, b = w - alpha * dw / length, b - alpha * db / length"))
ex.mistake("order swapped", "Return w first, then b, then the costs.",
    ("w, b, np.array(costs)", "np.array(costs), w, b"))
ex.mistake("weights changed in place", "`w -= ...` changes the caller's array: make a new one.",
    ("w = w - alpha * dw", "w -= alpha * dw"))
