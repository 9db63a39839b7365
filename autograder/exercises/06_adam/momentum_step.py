"""momentum_step: velocity = beta * velocity + grad, then theta = theta - alpha * velocity."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import GRAD, SLOPES, TABLE, THETA, VELOCITY, pair, triple

ex = exercise(__name__, points=14)
ex.hints = [
    "Two lines are enough. Which of them needs the result of the other?",
    "Compare with the example, number by number. Is the velocity right? Then what do the "
    "parameters move along?",
    "Are both results new arrays? And do they come back in the order that is asked for?",
]
ex.results = {"momentum_step": ["theta", "velocity"]}

_DRIFT = np.array([[1.1, -0.4, 0.9], [2.2, -1.6, 0.3]])

ex.check(
    "the first step, from rest",
    [
        case("momentum_step", THETA, GRAD, np.zeros(3), 0.1, 0.9),
        case("momentum_step", GRAD, THETA, np.zeros(3), 2.0, 0.5),
    ],
    lambda rng: [
        case("momentum_step", *pair(rng, 4), np.zeros(4), 0.3, 0.9),
        case("momentum_step", *pair(rng, 1), np.zeros(1), float(rng.uniform(1, 2)), 0.8),
        case("momentum_step", *pair(rng, 6), np.zeros(6), 0.05, float(rng.uniform(0.3, 0.99))),
    ],
)
ex.check(
    "a later step, with a velocity",
    [
        case("momentum_step", THETA, GRAD, VELOCITY, 0.1, 0.9),
        case("momentum_step", GRAD, VELOCITY, THETA, 2.0, 0.5),
    ],
    lambda rng: [
        case("momentum_step", *triple(rng, 50), 0.2, float(rng.uniform(0.3, 0.99))),
        case("momentum_step", *triple(rng, 3), float(rng.uniform(2.2, 4)), 0.9),
        case("momentum_step", pair(rng, 3)[0], np.zeros(3), pair(rng, 3)[0], 0.3, 0.8),
        case("momentum_step", *triple(rng, 3), 0.4, 0.0),
        case("momentum_step", *triple(rng, 3, scale=20.0), 0.01, 0.95),
        case("momentum_step", *(a.astype(np.float32) for a in triple(rng, 4)), 0.25, 0.75),
    ],
    weight=2,
)
ex.check(
    "parameters of any shape, the arguments left alone",
    [
        case("momentum_step", TABLE, SLOPES, _DRIFT, 0.2, 0.7),
        case("momentum_step", np.array(0.75), np.array(-2.0), np.array(1.5), 0.3, 0.6),
    ],
    lambda rng: [
        case("momentum_step", *triple(rng, 3, 3), 0.1, 0.9),
        case("momentum_step", *triple(rng, 2, 2, 2), 0.1, 0.9),
        case("momentum_step", *triple(rng), 0.5, 0.8),
        case("momentum_step", *(Layout(a, "readonly") for a in triple(rng, 3)), 0.1, 0.9),
        case("momentum_step", *(Layout(a, "strided") for a in triple(rng, 2, 3)), 0.1, 0.9),
        case("momentum_step", *(Layout(a, "fortran") for a in triple(rng, 3, 2)), 0.1, 0.9),
    ],
)

RESULT = "theta - alpha * velocity, velocity"

# fmt: off
ex.mistake("uphill", "The velocity gathers gradients, which point uphill: subtract it.",
    ("theta - alpha", "theta + alpha"))
ex.mistake("weighted average", "In this lab the gradient enters in full, without a factor 1 - beta.",
    ("+ grad", "+ (1 - beta) * grad"))
ex.mistake("moved along the old velocity", "Update the velocity first, then move along the new one.",
    ("    velocity = beta * velocity + grad\n", ""),
    (RESULT, "theta - alpha * velocity, beta * velocity + grad"))
ex.mistake("old velocity returned", "The next step needs the new velocity: return that one.",
    ("velocity = beta", "old = velocity\n    velocity = beta"),
    (RESULT, "theta - alpha * velocity, old"))
ex.mistake("alpha inside the velocity", "Here the velocity sums gradients; alpha comes afterwards.",
    ("+ grad", "+ alpha * grad"), ("alpha * velocity", "velocity"))
ex.mistake("negative velocity", "Here the velocity is beta times the old one plus the gradient.",
    ("+ grad", "- alpha * grad"), ("theta - alpha * velocity", "theta + velocity"))
ex.mistake("alpha twice", "The learning rate is in there twice: once is enough.",
    ("+ grad", "+ alpha * grad"))
ex.mistake("Nesterov", "This looks one step ahead (Nesterov). Plain momentum moves along velocity.",
    ("alpha * velocity", "alpha * (grad + beta * velocity)"))
ex.mistake("gradient added again", "The gradient is in the velocity already: do not add it twice.",
    ("alpha * velocity", "alpha * (grad + velocity)"))
ex.mistake("no memory", "The velocity keeps a share beta of what it was.",
    ("    velocity = beta * velocity + grad\n", ""), (RESULT, "theta - alpha * grad, grad"))
ex.mistake("no friction", "Only a share beta of the old velocity is kept.",
    ("beta * velocity", "velocity"))
ex.mistake("beta on the gradient", "beta belongs to the old velocity, not to the gradient.",
    ("beta * velocity + grad", "velocity + beta * grad"))
ex.mistake("beta on both", "beta multiplies the old velocity only, not the sum.",
    ("beta * velocity + grad", "beta * (velocity + grad)"))
ex.mistake("gradient subtracted", "The gradient is added to the velocity; theta then descends.",
    ("+ grad", "- grad"))
ex.mistake("alpha and beta swapped", "Their order is alpha, then beta: which is the learning rate?",
    ("beta * velocity", "alpha * velocity"), ("alpha * velocity", "beta * velocity"))
ex.mistake("no learning rate", "Scale the velocity by alpha before you subtract it.",
    ("alpha * velocity", "velocity"))
ex.mistake("results swapped", "Return the parameters first, then the velocity.",
    (RESULT, "velocity, theta - alpha * velocity"))
ex.mistake("velocity not returned", "Return two things: without the velocity there is no next step.",
    (RESULT, "theta - alpha * velocity"))
ex.mistake("change returned", "The first result is the new theta, not the change.",
    ("theta - alpha", "-alpha"))
ex.mistake("velocity changed in place", "Make a new velocity: the caller's array was overwritten.",
    ("velocity = beta * velocity + grad", "velocity *= beta\n    velocity += grad"))
ex.mistake("theta changed in place", "Return a new theta: the caller's array was overwritten.",
    ("return theta - alpha * velocity, velocity",
     "theta -= alpha * velocity\n    return theta, velocity"))
ex.mistake("everything in place", "Return new arrays: yours share memory with the caller's.",
    ("velocity = beta * velocity + grad", "velocity *= beta\n    velocity += grad"),
    ("return theta - alpha * velocity, velocity",
     "theta -= alpha * velocity\n    return theta, velocity"))
