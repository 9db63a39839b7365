"""relu_network: sum over the units j of v_j max(w_j x + b_j, 0), plus c."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=14)
ex.hints = [
    "Think of a table with one row for each x and one column for each unit. What stands in it?",
    "A column times a row makes such a table: entry (i, j) is x[i] * w[j]. How does x become one?",
    "Each row of the table of activations becomes one number. Which product with v does that?",
]


def _net(*args):
    """Return a case of `relu_network`; the units may cancel, so the largest output counts."""
    return case("relu_network", *args, largest=True)


def _units(rng, m, k):
    """Return `m` inputs and a random network of `k` hidden units."""
    return (rng.normal(size=m) * 2, *rng.normal(size=(3, k)), float(rng.normal()))


_NET = (np.array([1.0, -2.0, 0.5]), np.array([0.5, 1.0, -1.5]), np.array([2.0, 1.0, -3.0]), 0.25)

ex.check(
    "one hidden unit",
    [
        _net(np.array([-3.0, 0.5, 2.0, 4.0]), np.array([2.0]), np.array([-3.0]),
             np.array([-1.5]), 0.75),
    ],
    lambda rng: [
        _net(*_units(rng, 6, 1)),
        _net(rng.normal(size=5), np.array([-1.5]), np.array([0.3]),
             np.array([rng.normal()]), -2.0),
        _net(*_units(rng, 1, 1)),
    ],
)  # fmt: skip
ex.check(
    "several units",
    [
        _net(np.array([-2.0, -0.75, 0.0, 1.0, 5.0]), *_NET),
        _net(np.array([1.5, -1.0]), np.tile(_NET[0], 2), np.arange(6) - 2.5,
             np.array([1.0, -1.0, 0.5, 2.0, -0.25, 0.75]), -1.25),
    ],
    lambda rng: [
        _net(*_units(rng, 300, 4)),
        _net(*_units(rng, 7, 3)),
        _net(*_units(rng, 3, 8)),
        _net(*(a.astype(np.float32) for a in _units(rng, 5, 4)[:4]), 0.5),
        _net(*(Layout(a, "readonly") for a in _units(rng, 4, 3)[:4]), -0.5),
        _net(*(Layout(a, "strided") for a in _units(rng, 4, 3)[:4]), 1.5),
    ],
    weight=2,
)  # fmt: skip
ex.check(
    "as many units as inputs, and one input",
    [_net(np.array([-1.0, 0.5, 3.0]), *_NET), _net(np.array([2.0]), *_NET)],
    lambda rng: [_net(*_units(rng, 4, 4)), _net(*_units(rng, 9, 9)), _net(*_units(rng, 1, 5))],
)

OUTPUT = "relu(scores) @ v + c"

# fmt: off
ex.mistake("ReLU forgotten", "Without ReLU the units add up to one straight line.",
    ("relu(scores)", "scores"))
ex.mistake("ReLU on the output", "ReLU belongs to each hidden unit, not to their sum.",
    (OUTPUT, "relu(scores @ v + c)"))
ex.mistake("ReLU on both", "The output is linear: no ReLU after the sum.",
    (OUTPUT, "relu(relu(scores) @ v + c)"))
ex.mistake("c forgotten", "The output has a bias too: c is missing.", ("+ c", ""))
ex.mistake("c added for every unit", "c is added once, after the sum over the units.",
    (OUTPUT, "(relu(scores) * v + c).sum(axis=1)"))
ex.mistake("c multiplied", "c is added: it is a bias.", ("+ c", "* c"))
ex.mistake("each x meets one unit",
    "Every x goes through every unit. Which shape must x have, so that x * w is a table?", ("x[:, None]", "x"),
    ("relu(scores) @ v", "relu(scores) * v"))
ex.mistake("one number for all", "Sum over the units of each x, not over everything.",
    (OUTPUT, "np.sum(relu(scores) * v) + c"))
ex.mistake("sum over the inputs",
    "The table was summed along the inputs: each x keeps a result of its own.",
    (OUTPUT, "(relu(scores) * v).sum(axis=0) + c"))
ex.mistake("not summed", "The contributions of the units are added up: shape (m,).",
    ("relu(scores) @ v", "relu(scores) * v"))
ex.mistake("mean of the units", "The units are added, not averaged.",
    (OUTPUT, "(relu(scores) * v).mean(axis=1) + c"))
ex.mistake("v inside ReLU", "v weighs the output of a unit: multiply after ReLU.",
    (OUTPUT, "relu(scores * v).sum(axis=1) + c"))
ex.mistake("v forgotten", "Each unit is weighted with its own v.",
    ("relu(scores) @ v", "relu(scores).sum(axis=1)"))
ex.mistake("b subtracted", "The score of a unit is w x + b: b is added.", ("* w + b", "* w - b"))
ex.mistake("b after ReLU", "b shifts the score before ReLU, not the result.", ("* w + b", "* w"),
    ("relu(scores)", "(relu(scores) + b)"))
ex.mistake("b forgotten", "Without b all units switch on at x = 0.", ("+ b", ""))
ex.mistake("w around b", "w (x + b) is not w x + b.", ("x[:, None] * w + b", "(x[:, None] + b) * w"))
ex.mistake("w forgotten", "The score of a unit is w x + b: w is missing.", ("* w", ""))
ex.mistake("w and v swapped", "w belongs to the score, v to the sum.", ("* w", "* v"), ("@ v", "@ w"))
ex.mistake("sigmoid units", "The hidden units are ReLU units.", ("relu(scores)", "sigmoid(scores)"))
ex.mistake("absolute values", "ReLU, not abs: negative scores give 0.",
    ("relu(scores)", "np.abs(scores)"))
ex.mistake("a column", "The result is one-dimensional, (m,).", ("@ v", "@ v[:, None]"))
ex.mistake("last unit left out", "One unit is missing from the sum: check the range of the loop.",
    ("relu(scores) @ v", "relu(scores)[:, :-1] @ v[:-1]"))
ex.mistake("only the last unit", "The loop overwrites its result: add to it instead.",
    ("relu(scores) @ v", "relu(scores)[:, -1] * v[-1]"))
ex.mistake("integers", "Collect the sum in floats: an integer array cuts decimals off.",
    (OUTPUT, "(relu(scores) @ v + c).astype(int)"))
