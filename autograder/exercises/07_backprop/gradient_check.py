"""gradient_check: ||grad - num|| / (||grad|| + ||num||), num the central differences of f at theta."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout, Source

ex = exercise(__name__, points=10)
ex.hints = [
    "First the numerical gradient: nudge one entry of a copy of theta at a time, up and down.",
    "`np.linalg.norm` is the length of a vector. How many lengths does the quotient need?",
    "What is 0 / 0, and when does it come up here?",
]


def _form(weights, power=2):
    """The function sum of w_i t_i ** power, and its gradient."""
    text = ", ".join(repr(round(float(w), 3)) for w in weights)
    w = np.array([round(float(w), 3) for w in weights])
    return Source(f"lambda t: np.sum(np.array([{text}]) * t**{power})"), (
        lambda t: power * w * t ** (power - 1)
    )


def _probe(f, grad, theta, *eps):
    return case("gradient_check", f, np.asarray(grad, float), np.asarray(theta, float), *eps)


_QUAD = Source("lambda t: 3 * t[0] ** 2 + t[0] * t[1] - t[2]")
_AT = [1.0, -2.0, 0.5]
_CUBE = Source("lambda t: t[0] ** 3 + 2 * t[1] ** 3")
_WAVE = Source("lambda t: np.sum(np.sin(600 * t))")
_FLAT = Source("lambda t: 5.0 + 0.0 * t[0]")


def _mistaken(rng, n, power=2):
    f, gradient = _form(rng.uniform(0.5, 3, size=n) * rng.choice([-1, 1], size=n), power)
    theta = rng.uniform(0.5, 2, size=n) * rng.choice([-1, 1], size=n)
    grad = gradient(theta)
    grad[rng.integers(n)] *= rng.uniform(1.05, 1.6)
    return f, grad, theta


ex.check(
    "a gradient that is right, and one that is not",
    [
        _probe(_QUAD, [4.0, 1.0, -1.0], _AT),
        _probe(_QUAD, [6.0, 1.0, -1.0], _AT),
        _probe(_QUAD, [-4.0, -1.0, 1.0], _AT),
        _probe(_WAVE, 600 * np.cos(600 * np.array([0.3, -0.2])), [0.3, -0.2]),
    ],
    lambda rng: [
        _probe(*_mistaken(rng, 4)),
        _probe(*_mistaken(rng, 40, 3)),
        _probe(*_mistaken(rng, 1)),
        _probe(_WAVE, 601 * np.cos([180.0, 90.0]), [0.3, 0.15]),
        _probe(_QUAD, [4.0, 1.0, -1.0], _AT),
        _probe(_QUAD, rng.normal(size=3), rng.normal(size=3)),
    ],
    weight=2,
)
ex.check(
    "the step that is asked for",
    [_probe(_CUBE, [3.0, 24.0], [1.0, -2.0], 0.5)],
    lambda rng: [
        _probe(*_mistaken(rng, 3, 3), float(rng.uniform(0.1, 0.5))),
        _probe(_CUBE, [3.0, 6.0], [1.0, 1.0], 0.3),
    ],
)
ex.check(
    "gradients of 0, and very small ones",
    [
        _probe(_FLAT, [0.0, 0.0], [1.0, 2.0]),
        _probe(_FLAT, [3.0, 4.0], [1.0, 2.0]),
        _probe(Source("lambda t: 1e-5 * np.sum(t**2)"), [1e-5, 3e-5], [1.0, 1.0]),
    ],
    lambda rng: [
        _probe(_FLAT, np.zeros(3), rng.normal(size=3)),
        _probe(_FLAT, rng.normal(size=2), rng.normal(size=2)),
        _probe(
            Source("lambda t: 3.14159265e-6 * np.sum(t**3)"), [3e-6, 2e-5, 1e-5], [1.0, -1.0, 0.5]
        ),
    ],
)
ex.check(
    "theta and grad may be read-only",
    [
        case("gradient_check", _QUAD, Layout(np.array([4.0, 1.0, -2.0]), "readonly"),
             Layout(np.array(_AT), "readonly")),
    ],
    lambda rng: [
        case("gradient_check", _QUAD, Layout(rng.normal(size=3), "strided"),
             Layout(rng.normal(size=3), "readonly")),
    ],
)  # fmt: skip

QUOTIENT = "np.linalg.norm(grad - num) / size if size > 0 else 0.0"
SIZE = "np.linalg.norm(grad) + np.linalg.norm(num)"
NUDGE = (
    "step = np.zeros(len(theta))\n        step[i] = eps\n"
    "        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)"
)

# fmt: off
ex.mistake("forward difference", "Central differences: nudge theta up and down.",
    ("(f(theta + step) - f(theta - step)) / (2 * eps)", "(f(theta + step) - f(theta)) / eps"))
ex.mistake("divided by one step", "The two points are two steps apart.", ("(2 * eps)", "eps"))
ex.mistake("brackets missing", "A division by 2, then a product with the step: mind brackets.",
    ("(2 * eps)", "2 * eps"))
ex.mistake("sign flipped", "A rising function has a positive slope.",
    ("f(theta + step) - f(theta - step)", "f(theta - step) - f(theta + step)"))
ex.mistake("all entries nudged together", "Nudge one entry at a time.", ("step[i]", "step[:]"))
ex.mistake("another default step", "Without an eps the step is 1e-5.", ("1e-5", "1e-4"))
ex.mistake("eps ignored", "Use the eps that is given.", ("num = np", "eps = 1e-5\n    num = np"))
ex.mistake("not relative",
    "Divide by the sum of the two lengths: a difference is large or small compared with them.",
    (QUOTIENT, "np.linalg.norm(grad - num)"))
ex.mistake("relative to the larger norm", "Divide by the sum of the two lengths, not by the larger one.",
    (SIZE, "max(np.linalg.norm(grad), np.linalg.norm(num))"))
ex.mistake("relative to the given gradient", "Divide by the sum of both lengths.",
    (" + np.linalg.norm(num)", ""))
ex.mistake("relative to the numerical gradient", "Divide by the sum of both lengths.",
    ("np.linalg.norm(grad) + ", ""))
ex.mistake("norm of the sum", "Take the lengths first, then add: two opposite gradients would cancel.",
    (SIZE, "np.linalg.norm(grad + num)"))
ex.mistake("mean of the norms", "Divide by the sum of the lengths, not by their mean.",
    (SIZE, "(np.linalg.norm(grad) + np.linalg.norm(num)) / 2"))
ex.mistake("product of the norms", "Divide by the sum of the lengths, not by their product.",
    ("(grad) + ", "(grad) * "))
ex.mistake("squared norms", "The length of a vector has a square root.",
    (SIZE, "np.sum(grad**2) + np.sum(num**2)"),
    ("np.linalg.norm(grad - num)", "np.sum((grad - num) ** 2)"))
ex.mistake("absolute values", "The length is the square root of the sum of squares.",
    (SIZE, "np.sum(np.abs(grad)) + np.sum(np.abs(num))"),
    ("np.linalg.norm(grad - num)", "np.sum(np.abs(grad - num))"))
ex.mistake("largest entries", "The length is the root of the sum of squares, not the largest entry.",
    (SIZE, "np.max(np.abs(grad)) + np.max(np.abs(num))"),
    ("np.linalg.norm(grad - num)", "np.max(np.abs(grad - num))"))
ex.mistake("entry by entry", "One quotient of lengths, not a mean of quotients.",
    (QUOTIENT, "np.mean(np.abs(grad - num) / (np.abs(grad) + np.abs(num) + 1e-12))"))
ex.mistake("0 / 0 not caught", "With both gradients 0 this is 0 / 0: the answer there is 0.",
    (" if size > 0 else 0.0", ""))
ex.mistake("1 when both are 0", "Two gradients of 0 agree: the answer is 0.", ("else 0.0", "else 1.0"))
ex.mistake("large guard", "1e-8 is too large beside small gradients: 1e-12 at most.",
    ("size if size > 0 else 0.0", "(size + 1e-8)"))
ex.mistake("small gradients taken for 0", "Small gradients are compared like any others.",
    ("size > 0", "size > 1e-3"))
ex.mistake("True or False", "Return the number; the user of the function decides what is small enough.",
    (QUOTIENT, "bool(np.linalg.norm(grad - num) < 1e-6 * size)"))
ex.mistake("rounded", "Return the number unrounded.",
    (QUOTIENT, "round(float(np.linalg.norm(grad - num) / (size or 1.0)), 4)"))
ex.mistake("angle between the gradients", "Compare the vectors themselves, not only their directions.",
    (QUOTIENT, "1 - grad @ num / (np.linalg.norm(grad) * np.linalg.norm(num) or 1.0)"))
ex.mistake("one minus the agreement", "Return how far they differ: 0 is perfect.",
    (QUOTIENT, "1 - np.linalg.norm(grad - num) / (size or 1.0)"))
ex.mistake("the numerical gradient", "Compare it with grad, and return one number.", (QUOTIENT, "num"))
ex.mistake("theta nudged in place", "Nudge a copy: theta may be read-only, and belongs to the caller.",
    (NUDGE,
     "old = theta[i]\n        theta[i] = old + eps\n        up = f(theta)\n"
     "        theta[i] = old - eps\n        num[i] = (up - f(theta)) / (2 * eps)\n"
     "        theta[i] = old"))
ex.mistake("nudges pile up", "Undo each nudge before the next one: start from theta every time.",
    ("num = np", "moved = np.array(theta)\n    num = np"),
    (NUDGE,
     "moved[i] += eps\n        up = f(moved)\n        moved[i] -= 2 * eps\n"
     "        num[i] = (up - f(moved)) / (2 * eps)"))
