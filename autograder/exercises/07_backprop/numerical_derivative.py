"""numerical_derivative: central difference (f(x + eps) - f(x - eps)) / (2 eps). Returns a number."""

import numpy as np

from autograder.authoring.declaration import call, case, case_of, exercise
from utils.engine.plain import Source

ex = exercise(__name__, points=10)
ex.hints = [
    "Which two values of f does the slope need?",
    "They are two steps apart, one to each side of x. What must their difference be divided by?",
    "In Python, `a / 2 * b` is not `a / (2 * b)`.",
]


def _cubic(rng):
    a, b, c = np.round(rng.uniform(-2, 2, size=3), 2)
    return Source(f"lambda x: {a} * x**3 + {b} * x**2 + {c} * x + 3.0")


def _one_function(f, *places):
    """Ask for one and the same function at several places."""
    return case_of([call("numerical_derivative", f, float(x)) for x in places])


ex.check(
    "the slope of smooth curves, with the default step",
    [
        case("numerical_derivative", Source("lambda x: x**3"), 2.0),
        case("numerical_derivative", Source("lambda x: np.exp(-2 * x)"), -0.5),
        case("numerical_derivative", Source("lambda x: np.sin(600 * x)"), 0.3),
    ],
    lambda rng: [
        case("numerical_derivative", _cubic(rng), float(rng.uniform(-2, 2))),
        case("numerical_derivative", _cubic(rng), float(rng.uniform(-2, 2))),
        case(
            "numerical_derivative",
            Source(f"lambda x: np.cos({rng.uniform(500, 700):.3f} * x)"),
            float(rng.uniform(0.1, 1)),
        ),
        case("numerical_derivative", Source("lambda x: 4.0"), float(rng.normal())),
        case("numerical_derivative", Source("lambda x: np.exp(-2 * x)"), float(rng.uniform(1, 2))),
        case("numerical_derivative", Source("lambda x: np.sin(500 * x)"), float(rng.uniform(2, 4))),
        _one_function(_cubic(rng), *rng.uniform(-2, 2, size=3)),
    ],
    weight=2,
)
ex.check(
    "the step that is asked for",
    [
        case("numerical_derivative", Source("lambda x: x**3"), 1.0, 0.5),
        case("numerical_derivative", Source("lambda x: np.exp(x)"), 0.0, 1.0),
    ],
    lambda rng: [
        case("numerical_derivative", _cubic(rng), float(rng.normal()), float(rng.uniform(0.1, 1))),
        case("numerical_derivative", Source("lambda x: x**3"), 4.0, float(rng.uniform(1.2, 3))),
        case("numerical_derivative", Source("lambda x: np.exp(x)"), float(rng.normal()), 0.01),
    ],
    weight=2,
)
ex.check(
    "a function with a corner, for one number at a time",
    [
        case("numerical_derivative", Source("lambda x: x if x > 0 else 0.0"), 0.0),
        case("numerical_derivative", Source("lambda x: x if x > 0 else -3 * x"), 0.25, 0.5),
    ],
    lambda rng: [
        case(
            "numerical_derivative",
            Source(f"lambda x: {rng.uniform(1, 4):.3f} * x if x > 1 else 1.0 - x"),
            1.0 + float(rng.uniform(-0.2, 0.2)),
            0.5,
        )
    ],
)

SLOPE = "(f(x + eps) - f(x - eps)) / (2 * eps)"

# fmt: off
ex.mistake("forward difference", "Look to both sides of x: where is the step to the left?",
    (SLOPE, "(f(x + eps) - f(x)) / eps"))
ex.mistake("backward difference", "Look to both sides of x: where is the step to the right?",
    (SLOPE, "(f(x) - f(x - eps)) / eps"))
ex.mistake("divided by one step", "The two points are two steps apart.", ("(2 * eps)", "eps"))
ex.mistake("brackets missing", "A division by 2, then a product with the step: mind brackets.",
    ("(2 * eps)", "2 * eps"))
ex.mistake("not divided", "This is the change of f. The slope is the change for each unit of x.",
    (SLOPE, "f(x + eps) - f(x - eps)"))
ex.mistake("first difference not in brackets", "Only the second value is divided here.",
    (SLOPE, "f(x + eps) - f(x - eps) / (2 * eps)"))
ex.mistake("sign flipped", "A rising function has a positive slope: which value comes first?",
    (SLOPE, "(f(x - eps) - f(x + eps)) / (2 * eps)"))
ex.mistake("half steps", "The formula steps a whole eps to each side.",
    (SLOPE, "(f(x + eps / 2) - f(x - eps / 2)) / eps"))
ex.mistake("two steps forward", "The formula takes one step to each side, not two forward.",
    (SLOPE, "(f(x + 2 * eps) - f(x)) / (2 * eps)"))
ex.mistake("eps ignored", "Use the eps that is given: another caller asks for another step.",
    (SLOPE, "(f(x + 1e-5) - f(x - 1e-5)) / 2e-5"))
ex.mistake("step too small", "With a step this small only rounding errors are left; the default is 1e-5.",
    ("1e-5", "1e-13"))
ex.mistake("default step too large", "The curve bends within this step; the default is 1e-5.",
    ("1e-5", "1e-2"))
ex.mistake("second derivative", "This measures the bend. The slope needs two values of f only.",
    (SLOPE, "(f(x + eps) - 2 * f(x) + f(x - eps)) / eps**2"))
ex.mistake("step relative to x", "The step is eps itself, whatever x is.",
    ("return", "eps = eps * max(1.0, abs(x)) if x else eps / 10\n    return"))
ex.mistake("mean of the values", "Subtract the two values, do not add them.",
    ("f(x + eps) - f", "f(x + eps) + f"))
ex.mistake("value and slope", "Return the slope alone.",
    (SLOPE, "f(x), (f(x + eps) - f(x - eps)) / (2 * eps)"))
ex.mistake("rounded", "Return the number unrounded.",
    (SLOPE, "round(float((f(x + eps) - f(x - eps)) / (2 * eps)), 3)"))
ex.mistake("four points", "A better formula than the one asked for: use two values of f only.",
    (SLOPE, "(8 * (f(x + eps) - f(x - eps)) - f(x + 2 * eps) + f(x - 2 * eps)) / (12 * eps)"))
