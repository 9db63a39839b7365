"""sgd_step: theta - alpha * grad: the parameters after one step of gradient descent."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import GRAD, SLOPES, TABLE, THETA, pair

ex = exercise(__name__, points=8)
ex.hints = [
    "The gradient points uphill. Which way should the step go?",
    "Compare with the example: is your step wrong in its size, or in its direction?",
    "Does your function return a new array, or does it write into `theta`?",
]

ex.check(
    "one step downhill",
    [case("sgd_step", THETA, GRAD, 0.1), case("sgd_step", GRAD[:2], THETA[:2], 3.0)],
    lambda rng: [
        case("sgd_step", *pair(rng, 5), float(rng.uniform(0.01, 0.5))),
        case("sgd_step", *pair(rng, 1), float(rng.uniform(1, 4))),
        case("sgd_step", *pair(rng, 50, scale=30.0), 0.02),
        case("sgd_step", np.zeros(3), pair(rng, 3)[1], 0.3),
        case("sgd_step", *(a.astype(np.float32) for a in pair(rng, 4)), 0.25),
    ],
)
ex.check(
    "parameters of any shape, the arguments left alone",
    [case("sgd_step", TABLE, SLOPES, 0.2), case("sgd_step", np.array(0.75), np.array(-2.0), 0.3)],
    lambda rng: [
        case("sgd_step", *pair(rng, 3, 3), 0.1),
        case("sgd_step", *pair(rng, 2, 1, 3), 0.4),
        case("sgd_step", *pair(rng), 0.7),
        case("sgd_step", *(Layout(a, "readonly") for a in pair(rng, 4)), 0.05),
        case("sgd_step", *(Layout(a, "strided") for a in pair(rng, 2, 4)), 0.05),
        case("sgd_step", *(Layout(a, "fortran") for a in pair(rng, 4, 3)), 0.05),
    ],
)

STEP = "theta - alpha * grad"

# fmt: off
ex.mistake("uphill", "The gradient points uphill: descend.", (STEP, "theta + alpha * grad"))
ex.mistake("no learning rate", "Scale the gradient by the learning rate alpha.", (STEP, "theta - grad"))
ex.mistake("only the change", "This is the change. Return the parameters after it.",
    (STEP, "-alpha * grad"))
ex.mistake("only the change, uphill", "This is alpha times the gradient: where is theta?",
    (STEP, "alpha * grad"))
ex.mistake("divided by alpha", "A larger learning rate should give a larger step.",
    (STEP, "theta - grad / alpha"))
ex.mistake("theta changed in place", "Return a new array: `theta -= ...` writes into the caller's.",
    ("return theta - alpha * grad", "theta -= alpha * grad\n    return theta"))
ex.mistake("sign of the gradient", "The step is proportional to the gradient, not only its sign.",
    (STEP, "theta - alpha * np.sign(grad)"))
ex.mistake("gradient normalised", "Use the gradient as it is, without dividing by its length.",
    (STEP, "theta - alpha * grad / np.linalg.norm(grad)"))
ex.mistake("multiplied into theta", "Subtract the step from theta rather than scale theta by it.",
    (STEP, "theta * (1 - alpha * grad)"))
ex.mistake("mean gradient", "Each parameter has its own entry of the gradient: no mean.",
    (STEP, "theta - alpha * np.mean(grad)"))
ex.mistake("bracket in the wrong place", "Only the gradient is scaled by alpha, not theta.",
    (STEP, "alpha * (theta - grad)"))
ex.mistake("weight decay", "Nothing pulls theta towards 0 here: only the gradient moves it.",
    (STEP, "(1 - alpha) * theta - alpha * grad"))
ex.mistake("theta and gradient swapped", "The gradient is scaled and subtracted, not theta.",
    (STEP, "grad - alpha * theta"))
ex.mistake("gradient clipped", "Large entries of the gradient count in full: no clipping.",
    (STEP, "theta - alpha * np.clip(grad, -1, 1)"))
ex.mistake("one axis only", "Parameters may have any shape, also () (a single number).",
    (STEP, "np.array([theta[i] - alpha * grad[i] for i in range(len(theta))])"))
ex.mistake("shape flattened", "The result has the shape of theta: do not flatten it.",
    (STEP, "np.ravel(theta) - alpha * np.ravel(grad)"))
