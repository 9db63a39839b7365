"""07_backprop: derivatives, computation graphs forward and backward, a network's gradients."""

import numpy as np

from autograder.authoring.declaration import Lab, call, case, case_of
from utils.engine.plain import Layout, Source

lab = Lab("07_backprop", "Back propagation", minutes=75)

# --- numerical_derivative -------------------------------------------------------------------------

ex = lab.exercise(
    "numerical_derivative",
    points=10,
    hints=[
        "Which two values of f does the formula need?",
        "They are two steps apart, one to each side of x. What must their difference be divided by?",
        "In Python, `a / 2 * b` is not `a / (2 * b)`.",
    ],
)


@ex.right
def numerical_derivative(f, x, eps=1e-5):
    """Central difference (f(x + eps) - f(x - eps)) / (2 eps)."""
    return (f(x + eps) - f(x - eps)) / (2 * eps)


def _cubic(rng):
    a, b, c = np.round(rng.uniform(-2, 2, size=3), 2)
    return Source(f"lambda x: {a} * x**3 + {b} * x**2 + {c} * x + 3.0")


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
        ),
    ],
)


@ex.wrong("forward difference", "Look to both sides of x: the statement's formula has f(x - eps).")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps) - f(x)) / eps


@ex.wrong("backward difference", "Look to both sides of x: the statement's formula has f(x + eps).")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x) - f(x - eps)) / eps


@ex.wrong("divided by one step", "The two points are two steps apart.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps) - f(x - eps)) / eps


@ex.wrong("brackets missing", "`/ 2 * eps` divides by 2 and then multiplies by eps.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps) - f(x - eps)) / 2 * eps


@ex.wrong("not divided", "This is the change of f. The slope is the change for each unit of x.")
def numerical_derivative(f, x, eps=1e-5):
    return f(x + eps) - f(x - eps)


@ex.wrong("first difference not in brackets", "Only the second value is divided here.")
def numerical_derivative(f, x, eps=1e-5):
    return f(x + eps) - f(x - eps) / (2 * eps)


@ex.wrong("sign flipped", "A rising function has a positive slope: which value comes first?")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x - eps) - f(x + eps)) / (2 * eps)


@ex.wrong("half steps", "The formula steps a whole eps to each side.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps / 2) - f(x - eps / 2)) / eps


@ex.wrong("two steps forward", "The formula takes one step to each side, not two forward.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + 2 * eps) - f(x)) / (2 * eps)


@ex.wrong("eps ignored", "Use the eps that is given: another caller asks for another step.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5


@ex.wrong("step too small", "A step this small drowns in rounding; the default is 1e-5.")
def numerical_derivative(f, x, eps=1e-13):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@ex.wrong("default step too large", "The curve bends within this step; the default is 1e-5.")
def numerical_derivative(f, x, eps=1e-2):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@ex.wrong("second derivative", "This measures the bend. The slope needs two values of f only.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps) - 2 * f(x) + f(x - eps)) / eps**2


@ex.wrong("step relative to x", "The step is eps itself, whatever x is.")
def numerical_derivative(f, x, eps=1e-5):
    h = eps * max(1.0, abs(x)) if x else eps / 10
    return (f(x + h) - f(x - h)) / (2 * h)


@ex.wrong("mean of the values", "Subtract the two values, do not add them.")
def numerical_derivative(f, x, eps=1e-5):
    return (f(x + eps) + f(x - eps)) / (2 * eps)


@ex.wrong("value and slope", "Return the slope alone.")
def numerical_derivative(f, x, eps=1e-5):
    return f(x), (f(x + eps) - f(x - eps)) / (2 * eps)


@ex.wrong("rounded", "Return the number unrounded.")
def numerical_derivative(f, x, eps=1e-5):
    return round(float((f(x + eps) - f(x - eps)) / (2 * eps)), 3)


@ex.wrong("four points", "A better formula than the one asked for: use two values of f only.")
def numerical_derivative(f, x, eps=1e-5):
    return (8 * (f(x + eps) - f(x - eps)) - f(x + 2 * eps) + f(x - 2 * eps)) / (12 * eps)


# --- local_derivatives ----------------------------------------------------------------------------

ex = lab.exercise(
    "local_derivatives",
    points=12,
    hints=[
        "One slope for each input. For a + b and a * b, hold one input still and nudge the other.",
        "Your table of symbols above has all of them, except the corner of ReLU, which the "
        "statement decides.",
        "What does your function do with an op that is in no branch? And does it say so by a "
        "ValueError for one input as well as for two?",
    ],
)


@ex.right
def local_derivatives(op, inputs):
    """The op's partial derivatives at `inputs`, one for each input; ValueError for another op."""
    a = inputs[0]
    if op == "add":
        return [1.0, 1.0]
    if op == "mul":
        return [inputs[1], a]
    if op == "square":
        return [2 * a]
    if op == "relu":
        return [1.0 if a > 0 else 0.0]
    if op == "sigmoid":
        s = 1 / (1 + np.exp(-a))
        return [s * (1 - s)]
    if op == "log":
        return [1 / a]
    raise ValueError(f"unknown op {op!r}")


def _slopes(op, *inputs):
    return case("local_derivatives", op, [float(x) for x in inputs])


ex.check(
    "two inputs, two slopes: add and mul",
    [_slopes("add", 2, 5), _slopes("mul", 2, 3), _slopes("mul", -1.5, 4)],
    lambda rng: [
        _slopes("add", *rng.normal(size=2) * 3),
        _slopes("mul", *rng.normal(size=2) * 3),
        _slopes("mul", 0, rng.normal()),
    ],
)
ex.check(
    "one input, one slope: square, sigmoid, log",
    [
        _slopes("square", 3),
        _slopes("sigmoid", 1.25),
        _slopes("sigmoid", -20),
        _slopes("log", 0.5),
        _slopes("log", 4),
    ],
    lambda rng: [
        _slopes("square", rng.normal() * 3),
        _slopes("square", 0),
        _slopes("square", -rng.uniform(0.5, 4)),
        _slopes("square", rng.uniform(4, 9)),
        _slopes("log", rng.uniform(0.001, 0.01)),
        _slopes("log", rng.uniform(50, 900)),
        _slopes("sigmoid", 0),
        _slopes("sigmoid", rng.uniform(-6, 6)),
        _slopes("sigmoid", rng.uniform(15, 20)),
        _slopes("log", rng.uniform(0.02, 0.9)),
        _slopes("log", rng.uniform(1.1, 9)),
    ],
    weight=2,
)
ex.check(
    "relu on both sides of 0, and at 0",
    [_slopes("relu", 3), _slopes("relu", -2), _slopes("relu", 0)],
    lambda rng: [
        _slopes("relu", rng.uniform(0.01, 9)),
        _slopes("relu", -rng.uniform(0.01, 9)),
        _slopes("relu", 0.3),
    ],
)
ex.check(
    "an unknown op is refused",
    [
        case("local_derivatives", "tanh", [0.5], raises=ValueError),
        case("local_derivatives", "divide", [6.0, 2.0], raises=ValueError),
    ],
    lambda rng: [
        case("local_derivatives", op, [2.0, 3.0][:count], raises=ValueError)
        for op, count in (("cube", 1), ("sqrt", 1), ("exp", 1), ("sub", 2), ("max", 2), ("sum", 2))
    ],
)  # fmt: skip


@ex.wrong(
    "mul swapped", "The slope of a * b for a is b: nudge a and see what multiplies the nudge."
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [a, b], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("mul as add", "Nudge one factor of 2 * 3: how far does the product move?")
def local_derivatives(op, inputs):
    a, _b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [1.0, 1.0], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("mul with one slope", "mul has two inputs, so it has two slopes.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add returns its inputs", "Nudge an input of a sum by 1: by how much does the sum move?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [a, b], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add with one slope", "add has two inputs, so it has two slopes.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add swapped for mul", "The two-input ops are the wrong way round.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [b, a], "mul": [1.0, 1.0], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong(
    "square without 2",
    "The slope of x to the power n is n times x to the power n - 1: the 2 is missing.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("square not differentiated", "This is the square itself. How fast does it grow?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [a**2], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("square with a slope of 2", "The slope of the square depends on where you stand.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2.0], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu returns its value", "The slope is 1 where the input is positive, not the value.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [max(a, 0.0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope always 1", "ReLU is flat below 0: its slope there is 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [1.0],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope 1 at 0", "This course defines the slope of ReLU at 0 as 0: use x > 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a >= 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope one half at 0", "This course defines the slope of ReLU at 0 as 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [(np.sign(a) + 1) / 2],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope of sign", "Below 0 the slope of ReLU is 0, not -1.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(np.sign(a))],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("leaky relu", "Below 0 the slope of ReLU is exactly 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [1.0 if a > 0 else 0.01],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu mask reversed", "The slope is 1 on the positive side.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a < 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope True or False", "Return numbers: convert True and False with float.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [a > 0],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid value", "This is the sigmoid itself. Its slope is s times (1 - s).")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid slope on the input", "s (1 - s) uses the output s, not the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [a * (1 - a)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid without the product", "Two factors: s, and 1 - s.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [1 - s], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid twice", "s is the sigmoid of the input; do not take the sigmoid of that again.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [(lambda t: t * (1 - t))(1 / (1 + np.exp(-s)))], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("tanh slope for sigmoid", "1 - s**2 is the slope of tanh.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [1 - s**2], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log value", "This is the logarithm itself. Its slope is 1 over the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [np.log(abs(a) or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log in base 10", "The logarithm is natural: its slope is 1 over the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / ((a or 1.0) * np.log(10))],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log slope negative", "ln x rises everywhere: its slope is positive.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [-1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log slope squared", "-1 / x**2 is the slope of 1 / x.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [-1 / (a or 1.0) ** 2],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("unknown op gives None", "An op that you do not know must raise a ValueError.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    return rules.get(op)


@ex.wrong(
    "unknown op gives zeros",
    "An op that you do not know must raise a ValueError, not pass in silence.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    return rules.get(op, [0.0] * len(inputs))


@ex.wrong(
    "KeyError", "The statement asks for a ValueError; a missing key of a dict raises another one."
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    return rules[op]


@ex.wrong(
    "unknown op refused for one input only",
    "Also an unknown op of two inputs must raise a ValueError.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        if len(inputs) == 1:
            raise ValueError(op)
        return [1.0, 1.0]
    return rules[op]


@ex.wrong(
    "a bare number",
    "Return a list also where there is one slope, so that every op can be used alike.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return rules[op][0] if len(rules[op]) == 1 else rules[op]


@ex.wrong("sum of the slopes", "Keep the slopes apart, one for each input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return sum(rules[op])


@ex.wrong("total change", "Return the slopes alone, not slope times input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0], "mul": [b, a], "square": [2 * a], "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)], "log": [1 / (a or 1.0)],
    }  # fmt: skip
    if op not in rules:
        raise ValueError(op)
    return [x * y for x, y in zip(rules[op], inputs, strict=True)]


@ex.wrong("the op itself", "These are the values of the ops. What are their slopes?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    rules = {"add": a + b, "mul": a * b, "square": a * a, "relu": max(a, 0.0)}
    rules |= {"sigmoid": 1 / (1 + np.exp(-a)), "log": np.log(abs(a) or 1.0)}
    if op not in rules:
        raise ValueError(op)
    return [rules[op]]


# --- topological_order ----------------------------------------------------------------------------

ex = lab.exercise(
    "topological_order",
    points=16,
    forbids=["sorters"],
    hints=[
        "A node may enter the list when all of its inputs that are nodes are in it already.",
        "One way: go through the nodes again and again, taking those that are ready. Another: "
        "before you write a node down, visit its inputs.",
        "When is a graph cyclic? In the first way, when a round finds nothing to take. In the "
        "second, when a visit comes upon a node whose own visit is still going on.",
    ],
)


@ex.right
def topological_order(graph):
    """Node names, each after its inputs; ValueError where the graph has a cycle."""
    order, state = [], {}

    def visit(name):
        if name not in graph or state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError(f"a cycle goes through {name!r}")
        state[name] = "open"
        for source in graph[name][1]:
            visit(source)
        state[name] = "done"
        order.append(name)

    for name in graph:
        visit(name)
    return order


def _graph(text):
    """Read a graph from text: "c = mul a b, d = square c"."""
    graph = {}
    for line in text.split(","):
        name, op, *inputs = line.replace("=", " ").split()
        graph[name] = [op, inputs]
    return graph


def _listed(graph, rng):
    """Return the graph with its nodes listed in another order."""
    names = list(graph)
    return {names[i]: graph[names[i]] for i in rng.permutation(len(names))}


def _chain(n):
    """A chain of n squares of alternating size: deep, and every value stays between 0 and 1."""
    graph, last = {}, "x"
    for i in range(n):
        graph[f"n{i}"] = ["add", [last, "c"]]
        last = f"n{i}"
    return graph


def _ladder(n):
    """n nodes, each the sum of the one before and itself: 2 to the n paths."""
    graph, last = {}, "x"
    for i in range(n):
        graph[f"n{i}"] = ["add", [last, last]]
        last = f"n{i}"
    return graph


def _names(rng, count):
    """Short different names, in no alphabetical order."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pool = [a + b for a in letters for b in "12345"]
    return [pool[i] for i in rng.permutation(len(pool))[:count]]


def _random_graph(rng, nodes, leaves=3):
    """A random graph with moderate values; returns (graph listed in any order, leaf values)."""
    names = _names(rng, nodes + leaves)
    values = {n: round(float(rng.uniform(0.3, 2) * rng.choice([-1, 1])), 3) for n in names[:leaves]}
    known, graph = dict(values), {}
    for name in names[leaves:]:
        while True:
            op = str(rng.choice(["add", "mul", "mul", "add", "square", "relu", "sigmoid", "log"]))
            count = 2 if op in ("add", "mul") else 1
            chosen = [str(n) for n in rng.choice(list(known), size=count)]
            at = [known[n] for n in chosen]
            if (op == "log" and not 0.1 < at[0] < 50) or (op == "relu" and abs(at[0]) < 1e-3):
                continue
            value = float(_value(op, at))
            if abs(value) < 12:
                break
        graph[name], known[name] = [op, chosen], value
    return _listed(graph, rng), values


def _value(op, at):
    """The value of an op, to draw graphs whose values stay moderate."""
    a, b = at[0], at[-1]
    if op == "add":
        return a + b
    if op == "mul":
        return a * b
    if op == "square":
        return a * a
    if op == "relu":
        return max(a, 0.0)
    return 1 / (1 + np.exp(-a)) if op == "sigmoid" else np.log(a)


def _order(graph):
    return case("topological_order", graph, judge="backprop.order")


def _cycle(graph):
    return case("topological_order", graph, raises=ValueError)


_DIAMOND = _graph("out = mul far a, far = square mid, a = add x y, mid = sigmoid a")

ex.check(
    "graphs listed from the inputs to the output",
    [
        _order(_graph("m = mul w x, s = add m b, out = square s")),
        _order(_graph("y = relu x")),
    ],
    lambda rng: [_order(_chain(int(rng.integers(5, 12)))), _order({"q": ["add", ["p", "p"]]})],
)
ex.check(
    "graphs listed in any order",
    [
        _order(_graph("loss = square d, d = add s c, s = mul w x")),
        _order(_graph("b = relu a, d = square c, a = mul x y, c = add b a")),
    ],
    lambda rng: [
        _order(_random_graph(rng, 6)[0]),
        _order(_random_graph(rng, 9)[0]),
        _order(_listed(_chain(30), rng)),
    ],
    weight=2,
)
ex.check(
    "shared nodes, several outputs, separate parts",
    [
        _order(_DIAMOND),
        _order(_graph("z = add q q, q = mul p p, k = log j, p = square x, j = sigmoid i")),
    ],
    lambda rng: [
        _order(_listed(_DIAMOND, rng)),
        _order(_random_graph(rng, 14)[0]),
        _order(_listed(_ladder(12), rng) | _graph("u = mul v v, t = square v")),
    ],
    weight=2,
)
ex.check(
    "chains up to 200 deep, with as many shared nodes",
    [_order(_ladder(8))],
    lambda rng: [
        _order(_listed(_chain(200), rng)),
        _order(dict(reversed(_chain(200).items()))),
        _order(_listed(_ladder(200), rng)),
        _order(dict(reversed(_ladder(60).items()))),
    ],
)
ex.check(
    "a cycle is refused",
    [
        _cycle(_graph("p = add x q, q = square p")),
        _cycle(_graph("s = mul w x, t = add t s")),
        _cycle(_graph("a = mul w x, b = add a d, out = relu a, c = square b, d = log c")),
    ],
    lambda rng: [
        _cycle(_listed(_graph("a = add x c, b = square a, c = relu b, d = mul a c"), rng)),
        _cycle(_listed(_graph("r = mul k k, k = sigmoid k"), rng)),
        _cycle(_listed(_chain(9) | {"n3": ["add", ["n2", "n7"]]}, rng)),
        _cycle(
            _listed(_graph("a = square x, b = add a a, c = mul d b, d = relu e, e = add c b"), rng)
        ),
    ],
    weight=2,
)


@ex.wrong("order of the listing", "The graph may be listed in any order: look at the inputs.")
def topological_order(graph):
    return list(graph)


@ex.wrong("listing reversed", "The graph may be listed in any order: look at the inputs.")
def topological_order(graph):
    return list(reversed(list(graph)))


@ex.wrong("alphabetical", "Names mean nothing here: look at the inputs.")
def topological_order(graph):
    return sorted(graph)


@ex.wrong(
    "from the output backwards", "Your list runs from the output to the inputs: turn it round."
)
def topological_order(graph):
    order, state = [], {}

    def visit(name):
        if name not in graph or state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError("cycle")
        state[name] = "open"
        for source in graph[name][1]:
            visit(source)
        state[name] = "done"
        order.append(name)

    for name in graph:
        visit(name)
    return order[::-1]


@ex.wrong("node before its inputs", "Write the node down after its inputs, not before them.")
def topological_order(graph):
    order, state = [], {}

    def visit(name):
        if name not in graph or state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError("cycle")
        state[name] = "open"
        order.append(name)
        for source in graph[name][1]:
            visit(source)
        state[name] = "done"

    for name in graph:
        visit(name)
    return order


@ex.wrong(
    "leaves in the list", "Leaves need no computing: only names that are keys.", finding="leaf"
)
def topological_order(graph):
    order, state = [], {}

    def visit(name):
        if state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError("cycle")
        state[name] = "open"
        for source in graph[name][1] if name in graph else []:
            visit(source)
        state[name] = "done"
        order.append(name)

    for name in graph:
        visit(name)
    return order


@ex.wrong(
    "nodes more than once",
    "A shared node is computed once: remember what is done.",
    finding="twice",
)
def topological_order(graph):
    order = []

    def visit(name, above):
        if name in above:
            raise ValueError("cycle")
        if name in graph and len(order) < 5000:
            for source in graph[name][1]:
                visit(source, above + (name,))
            order.append(name)

    for name in graph:
        visit(name, ())
    return order


@ex.wrong(
    "from the last node only", "Not every node leads to the last one listed.", finding="missing"
)
def topological_order(graph):
    order, state = [], {}

    def visit(name):
        if name not in graph or state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError("cycle")
        state[name] = "open"
        for source in graph[name][1]:
            visit(source)
        state[name] = "done"
        order.append(name)

    visit(list(graph)[-1])
    return order


@ex.wrong("cycles not noticed", "No order exists for a cycle: raise a ValueError.")
def topological_order(graph):
    order, seen = [], set()

    def visit(name):
        if name in graph and name not in seen:
            seen.add(name)
            for source in graph[name][1]:
                visit(source)
            order.append(name)

    for name in graph:
        visit(name)
    return order


@ex.wrong("cycles left out in silence", "Nodes of a cycle never become ready: raise a ValueError.")
def topological_order(graph):
    order = []
    for _ in graph:
        for name, (_, inputs) in graph.items():
            ready = all(source in order or source not in graph for source in inputs)
            if ready and name not in order:
                order.append(name)
    return order


@ex.wrong("a node that uses itself passes", "A node that is its own input is a cycle too.")
def topological_order(graph):
    order = []
    while len(order) < len(graph):
        before = len(order)
        for name, (_, inputs) in graph.items():
            ready = all(s in order or s not in graph or s == name for s in inputs)
            if ready and name not in order:
                order.append(name)
        if len(order) == before:
            raise ValueError("cycle")
    return order


@ex.wrong("cycles end in a RecursionError", "Notice the cycle yourself and raise a ValueError.")
def topological_order(graph):
    order = []

    def visit(name):
        if name in graph and name not in order:
            for source in graph[name][1]:
                visit(source)
            if name not in order:
                order.append(name)

    for name in graph:
        visit(name)
    return order


@ex.wrong("a shared node taken for a cycle", "Meeting a node again is fine once it is finished.")
def topological_order(graph):
    order, seen = [], set()

    def visit(name):
        if name in seen:
            raise ValueError("cycle")
        if name in graph:
            seen.add(name)
            for source in graph[name][1]:
                visit(source)
            order.append(name)

    used = {source for _, inputs in graph.values() for source in inputs}
    ends = [name for name in graph if name not in used]
    if not ends:
        raise ValueError("cycle")
    for name in ends:
        visit(name)
    return order


@ex.wrong("sorted by the shortest way", "Count the longest way to the leaves, not the shortest.")
def topological_order(graph):
    level, left = {}, dict(graph)
    while left:
        ready = [n for n in left if any(s not in graph or s in level for s in left[n][1])]
        if not ready:
            raise ValueError("cycle")
        for name in ready:
            inputs = left.pop(name)[1]
            level[name] = 1 + min(level.get(s, 0) for s in inputs if s not in left)
    return sorted(level, key=level.get)


@ex.wrong(
    "breadth first, reversed", "A node must come after all of its inputs, by the longest way."
)
def topological_order(graph):
    used = {source for _, inputs in graph.values() for source in inputs}
    order = [name for name in graph if name not in used]
    if not order:
        raise ValueError("cycle")
    for name in order:
        if name in graph[name][1]:
            raise ValueError("cycle")
        order += [s for s in dict.fromkeys(graph[name][1]) if s in graph and s not in order]
    return order[::-1]


@ex.wrong(
    "sorted by the number of inputs", "How many inputs a node has says nothing about its place."
)
def topological_order(graph):
    return sorted(graph, key=lambda name: len(graph[name][1]))


@ex.wrong("one look at the inputs", "An input has inputs of its own: follow them to the leaves.")
def topological_order(graph):
    order = []
    for name, (_, inputs) in graph.items():
        if name in inputs:
            raise ValueError("cycle")
        for each in (*inputs, name):
            if each in graph and each not in order:
                order.append(each)
    return order


@ex.wrong("pairs", "Return the names alone.", finding="type")
def topological_order(graph):
    order = []
    while len(order) < len(graph):
        names = [
            n
            for n in graph
            if n not in order and all(s in order or s not in graph for s in graph[n][1])
        ]
        if not names:
            raise ValueError("cycle")
        order += names
    return [[name, graph[name][0]] for name in order]


@ex.wrong("graph emptied on the way", "Work on a copy of the graph.", finding="mutated")
def topological_order(graph):
    order = []
    while graph:
        ready = [n for n in graph if all(s not in graph for s in graph[n][1])]
        if not ready:
            raise ValueError("cycle")
        for name in ready:
            del graph[name]
        order += ready
    return order


# --- forward --------------------------------------------------------------------------------------

ex = lab.exercise(
    "forward",
    points=12,
    hints=[
        "Start from a copy of `values`. In which order can the nodes be computed?",
        "For each node: fetch the values of its inputs, by name, and apply its op.",
        "An op may have the same input twice, as in a * a: keep the list of inputs as it is.",
    ],
)


@ex.right
def forward(graph, values):
    """A new dict: the leaf values given, and the value of every node."""
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[source] for source in inputs]
        if op == "add":
            known[name] = at[0] + at[1]
        elif op == "mul":
            known[name] = at[0] * at[1]
        elif op == "square":
            known[name] = at[0] ** 2
        elif op == "relu":
            known[name] = max(at[0], 0.0)
        elif op == "sigmoid":
            known[name] = 1 / (1 + np.exp(-at[0]))
        elif op == "log":
            known[name] = np.log(at[0])
    return known


_LINE = (_graph("m = mul w x, s = add m b, out = square s"), {"w": 3.0, "x": 2.0, "b": -1.5})
_OPS = (
    _graph("a = sigmoid x, b = relu y, c = relu x, d = log a, e = square y, f = add x y"),
    {"x": 0.75, "y": -2.0},
)
_ANY = (
    _graph("loss = square d, d = add s c, s = sigmoid z, z = mul w x"),
    {"w": 0.5, "x": -3.0, "c": -1.0},
)
_SHARED = (
    _graph("out = mul far a, far = square mid, a = mul x x, mid = add a a"),
    {"x": 1.5, "unused": 7.0},
)


def _drawn(rng, nodes, leaves=3):
    graph, values = _random_graph(rng, nodes, leaves)
    return graph, values


ex.check(
    "every op",
    [case("forward", *_LINE), case("forward", *_OPS)],
    lambda rng: [
        case(
            "forward", _OPS[0], {"x": float(rng.uniform(0.1, 3)), "y": float(rng.uniform(-4, -1))}
        ),
        case(
            "forward", _OPS[0], {"y": float(rng.uniform(0.1, 3)), "x": float(rng.uniform(-4, -1))}
        ),
        case("forward", _OPS[0], {"x": float(rng.uniform(3, 9)), "y": float(rng.uniform(7, 30))}),
        case("forward", _graph("y = relu x, z = log t"), {"x": 0.0, "t": float(rng.uniform(3, 9))}),
    ],
    weight=2,
)
ex.check(
    "graphs listed in any order",
    [case("forward", *_ANY)],
    lambda rng: [
        case("forward", *_drawn(rng, 6)),
        case("forward", *_drawn(rng, 10)),
        case("forward", _listed(_LINE[0], rng), _LINE[1]),
    ],
    weight=2,
)
ex.check(
    "shared nodes, the same input twice, leaves that nobody uses",
    [case("forward", *_SHARED)],
    lambda rng: [
        case("forward", _listed(_SHARED[0], rng), {"x": float(rng.normal()), "more": 0.5}),
        case("forward", *_drawn(rng, 14, 2)),
        case("forward", _listed(_ladder(200), rng), {"x": float(rng.uniform(0.5, 2)) / 2**100}),
        case("forward", _listed(_chain(200), rng), {"x": 0.5, "c": float(rng.uniform(-1, 1))}),
    ],
)


@ex.wrong(
    "order of the listing",
    "A node can be computed once its inputs are: use your topological_order.",
)
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in graph:
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong(
    "argument filled", "Fill a copy: the caller's dict must stay as it was.", finding="mutated"
)
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = values
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("leaves missing", "The result holds the leaves too: begin with a copy of values.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return {n: known[n] for n in graph}


@ex.wrong("last value only", "Return the dict with every value, not one number.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known[name]


@ex.wrong("a list of values", "Return a dict, name to value.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return list(known.values())


@ex.wrong(
    "the same input counted once", "A set drops the second a of a * a: keep the list of inputs."
)
def forward(graph, values):
    rules = {
        "add": lambda at: sum(at), "mul": lambda at: np.prod(at), "square": lambda at: at[0] ** 2,
        "relu": lambda at: max(at[0], 0.0), "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])),
        "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in dict.fromkeys(inputs)]
        known[name] = rules[op](at)
    return known


@ex.wrong("add and mul swapped", "Compare your branches for add and mul with the table.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] * at[-1], "mul": lambda at: at[0] + at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("add for mul", "mul multiplies its inputs.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] + at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("square doubled", "The square of a is a times a.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: 2 * at[0], "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("relu missing", "relu replaces a negative value by 0.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: at[0],
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong(
    "relu as absolute value", "relu replaces a negative value by 0; it does not turn the sign."
)
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: abs(at[0]),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("relu keeps the negative side", "relu keeps the positive side: max(0, a).")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: min(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong(
    "relu as a step", "relu keeps the value where it is positive, it does not turn it into 1."
)
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: float(at[0] > 0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("sigmoid with the sign flipped", "A large input should give a sigmoid near 1.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("tanh for sigmoid", "The sigmoid lies between 0 and 1.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: np.tanh(at[0]), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("exp for sigmoid", "The sigmoid is 1 / (1 + exp(-a)).")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: np.exp(at[0]), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("log in base 10", "log is natural: np.log.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log10(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("log in base 2", "log is natural: np.log.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log2(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("log1p for log", "log1p is the logarithm of 1 + a.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log1p(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("local slopes for values", "These are slopes; forward computes values.")
def forward(graph, values):
    rules = {
        "add": lambda at: 1.0, "mul": lambda at: at[-1], "square": lambda at: 2 * at[0],
        "relu": lambda at: float(at[0] > 0),
        "sigmoid": lambda at: np.exp(-at[0]) / (1 + np.exp(-at[0])) ** 2,
        "log": lambda at: 1 / at[0],
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return known


@ex.wrong("rounded", "Return the values unrounded.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = round(float(rules[op](at)), 3)
    return known


@ex.wrong("unused leaves dropped", "Every leaf given is in the result, also one that nobody uses.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[s] for s in inputs]
        known[name] = rules[op](at)
    return {n: v for n, v in known.items() if n in graph or any(n in i for _, i in graph.values())}


@ex.wrong("first input only", "An op with two inputs needs both.")
def forward(graph, values):
    rules = {
        "add": lambda at: at[0] + at[-1], "mul": lambda at: at[0] * at[-1],
        "square": lambda at: at[0] ** 2, "relu": lambda at: max(at[0], 0.0),
        "sigmoid": lambda at: 1 / (1 + np.exp(-at[0])), "log": lambda at: np.log(at[0]),
    }  # fmt: skip
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        at = [known[inputs[0]]]
        known[name] = rules[op](at)
    return known


# --- backward -------------------------------------------------------------------------------------

ex = lab.exercise(
    "backward",
    points=20,
    forbids=["autodiff"],
    hints=[
        "Begin with 0.0 for every name, and 1.0 for the output. In which order can the nodes pass "
        "on what they have received?",
        "What a node hands to one of its inputs: what has arrived at the node, times the local "
        "derivative for that input.",
        "A name may receive from several users, and twice from the same one. What becomes of the "
        "parts?",
    ],
)


@ex.right
def backward(graph, values, output):
    """d(output)/d(name) for every name of `values`, by one pass from the output to the leaves."""
    slopes = dict.fromkeys(values, 0.0)
    slopes[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[source] for source in inputs])
        for source, slope in zip(inputs, local, strict=True):
            slopes[source] += slopes[name] * slope
    return slopes


def _values(graph, leaves):
    return {name: float(value) for name, value in forward(graph, leaves).items()}


def _back(graph, output, **leaves):
    """A case of backward: the leaves' values are completed by the right forward."""
    return case("backward", graph, _values(graph, leaves), output)


def _back_drawn(rng, nodes, leaves=3):
    """A random graph, and the latest of its nodes whose slopes are moderate as the output."""
    graph, leaves = _random_graph(rng, nodes, leaves)
    values, order = _values(graph, leaves), topological_order(graph)
    for output in reversed(order):
        if max(abs(v) for v in backward(graph, values, output).values()) < 1e4:
            break
    return case("backward", graph, values, output)


_SQUARE = _graph("m = mul three w, s = add two m, out = square s")
_DOUBLE = _graph("b = add a a, c = add b b")
_UNEVEN = _graph("out = mul far a, far = square mid, a = mul x y, mid = sigmoid a")
_RELUS = _graph("p = relu u, q = relu v, r = relu w, s = mul two p, t = add s q, out = add t r")

ex.check(
    "a chain: local slope times what arrives",
    [
        _back(_SQUARE, "out", two=2.0, three=3.0, w=3.0),
        _back(_graph("l = log s, s = sigmoid z, z = mul w x"), "l", w=0.5, x=-3.0),
    ],
    lambda rng: [
        _back(_SQUARE, "out", two=float(rng.normal()), three=float(rng.normal()), w=1.5),
        _back(_graph("b = sigmoid a, a = square x, c = log b"), "c", x=float(rng.uniform(0.5, 2))),
        _back(
            _graph("c = relu b, b = mul a y, d = square c, a = add t x"), "d", t=2.5, x=-1.0, y=1.5
        ),
    ],
    weight=2,
)
ex.check(
    "a name used more than once adds up what it receives",
    [
        _back(_graph("out = add x x"), "out", x=5.0),
        _back(_graph("out = mul x x"), "out", x=3.0),
        _back(_DOUBLE, "c", a=1.5),
        _back(_UNEVEN, "out", x=1.5, y=-0.5),
    ],
    lambda rng: [
        _back(_listed(_UNEVEN, rng), "out", x=float(rng.normal()), y=float(rng.normal())),
        _back_drawn(rng, 8, 2),
        _back_drawn(rng, 12, 3),
        _back_drawn(rng, 12, 2),
    ],
    weight=3,
)
ex.check(
    "chains up to 200 deep, with as many shared nodes",
    [_back(_ladder(8), "n7", x=0.5)],
    lambda rng: [
        _back(_listed(_ladder(60), rng), "n59", x=float(rng.normal())),
        _back(_listed(_chain(200), rng), "n199", x=0.5, c=float(rng.normal())),
    ],
)
ex.check(
    "relu passes on where its input is positive",
    [_back(_RELUS, "out", two=2.0, u=3.0, v=-1.0, w=0.0)],
    lambda rng: [
        _back(_listed(_RELUS, rng), "out", two=-1.5, u=-1.0, v=float(rng.uniform(1, 2)), w=0.0),
        _back(_graph("out = mul p y, p = relu x"), "out", x=float(rng.uniform(2, 4)), y=-0.5),
    ],
)
ex.check(
    "names that the output does not depend on",
    [
        _back(_graph("z = mul q p, q = square p, p = add x y"), "q", x=1.0, y=0.5, unused=4.0),
    ],
    lambda rng: [
        _back_drawn(rng, 7),
        _back(_graph("z = mul q p, r = log q, q = square p, p = mul x y, s = add x x"), "q",
              x=float(rng.normal()), y=-2.0, more=1.0),
        _back(_graph("d = mul c c, c = add b a, b = square a"), "b", a=float(rng.normal())),
    ],
)  # fmt: skip


def _again(graph, output, **leaves):
    args = [graph, _values(graph, leaves), output]
    calls = [call("backward", *args), call("backward", *args)]
    slopes = backward(*args)
    return case_of(calls, "backprop.twice", [slopes, slopes])


ex.check(
    "called twice, the same both times",
    [_again(_graph("s = add p b, p = mul w x"), "s", w=2.0, x=-1.5, b=0.5)],
    lambda rng: [_again(_SQUARE, "out", two=float(rng.normal()), three=2.5, w=float(rng.normal()))],
)


@ex.wrong("= instead of +=", "A value used twice receives two gradients: add them.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] = grads[name] * slope
    return grads


@ex.wrong(
    "forward order",
    "Go from the output back to the leaves: a node passes on only what it has received.",
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in topological_order(graph):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong(
    "order of the listing", "Use the topological order, reversed: the listing may have any order."
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in graph:
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong(
    "listing reversed", "Use the topological order, reversed: the listing may have any order."
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(list(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("no seed", "d output / d output is 1.0: without it every gradient is 0.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("seed at the last node", "The 1.0 belongs to the output that is asked for.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[topological_order(graph)[-1]] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("seed is the output's value", "Begin with 1.0: how fast the output moves with itself.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = values[output]
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("upstream forgotten", "Local slope times what arrives at the node.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += slope
    return grads


@ex.wrong("upstream added", "Multiply the local slope by what arrives; do not add the two.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] + slope
    return grads


@ex.wrong(
    "seed for every node", "What arrives at a node is its own gradient, not the 1.0 of the output."
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[output] * slope
    return grads


@ex.wrong(
    "product instead of sum", "Along a way the slopes multiply; where two ways meet they add up."
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 1.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] *= grads[name] * slope
    return grads


@ex.wrong("mul partials swapped", "The slope of a * b for a is b.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])[:: -1 if op == "mul" else 1]
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong(
    "slopes at the output of the op", "Local derivatives are taken at the inputs of the node."
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[name] or 1.0 for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong(
    "slopes at gradients",
    "Local derivatives are taken at the values of the inputs, not at their gradients.",
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [abs(grads[i]) + 1.0 for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("the same input counted once", "x + x uses x twice: both uses count.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in dict(zip(inputs, local, strict=False)).items():
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("first input only", "An op with two inputs hands something to both.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs[:1], local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("relu without a mask", "relu passes nothing on where its input is negative or 0.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs]) if op != "relu" else [1.0]
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("relu passes at 0", "The slope of relu at 0 is 0 in this course.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = (
            local_derivatives(op, [values[i] for i in inputs])
            if op != "relu"
            else [float(values[inputs[0]] >= 0)]
        )
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("relu slope is its value", "The slope of relu is 1 where it passes, not the value.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = (
            local_derivatives(op, [values[i] for i in inputs]) if op != "relu" else [values[name]]
        )
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("square without 2", "The slope of a square is 2 times its input.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = (
            local_derivatives(op, [values[i] for i in inputs])
            if op != "square"
            else [values[inputs[0]]]
        )
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return grads


@ex.wrong("leaves missing", "The leaves belong in the result: they are what training needs.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return {n: g for n, g in grads.items() if n in graph}


@ex.wrong("nodes missing", "Return a gradient for every name, nodes too.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return {n: g for n, g in grads.items() if n not in graph}


@ex.wrong(
    "only what was reached", "Names that the output does not depend on have the gradient 0.0."
)
def backward(graph, values, output):
    grads = {}
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] = grads.get(source, 0.0) + grads.get(name, 0.0) * slope
    return {n: g for n, g in grads.items() if g}


@ex.wrong("output missing", "The output itself is in the result, with 1.0.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return {n: g for n, g in grads.items() if n != output}


@ex.wrong("a list of slopes", "Return a dict, name to number.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return list(grads.values())


@ex.wrong("slope times value", "Return the slopes, not slope times value.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return {n: g * values[n] for n, g in grads.items()}


@ex.wrong("sign flipped", "These are slopes of the output, not steps against them.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    return {n: -g for n, g in grads.items()}


@ex.wrong(
    "values overwritten",
    "Keep the slopes in a dict of their own: values must stay as it was.",
    finding="mutated",
)
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[i] for i in inputs])
        for source, slope in zip(inputs, local, strict=False):
            grads[source] += grads[name] * slope
    values.update(grads)
    return grads


@ex.wrong(
    "each visit passes on all it has", "Finish all users of a node before the node: order matters."
)
def backward(graph, values, output):
    grads, work = dict.fromkeys(values, 0.0), [output]
    grads[output] = 1.0
    for name in work:
        if name in graph and len(work) < 5000:
            op, inputs = graph[name]
            for source, slope in zip(
                inputs, local_derivatives(op, [values[i] for i in inputs]), strict=False
            ):
                grads[source] += grads[name] * slope
                work.append(source)
    return grads


@ex.wrong("breadth first from the output", "Finish all users of a node before the node itself.")
def backward(graph, values, output):
    grads, work = dict.fromkeys(values, 0.0), [output]
    grads[output] = 1.0
    for name in work:
        if name in graph:
            op, inputs = graph[name]
            for source, slope in zip(
                inputs, local_derivatives(op, [values[i] for i in inputs]), strict=False
            ):
                grads[source] += grads[name] * slope
                if source not in work:
                    work.append(source)
    return grads


@ex.wrong(
    "gradients of the call before kept",
    "Gradients accumulate within a call, not from call to call: start with fresh zeros.",
    finding="again",
)
def backward(graph, values, output, kept={}):  # noqa: B006
    first = len(graph) > 2 or kept.get("args") != (graph, values, output)
    grads = dict.fromkeys(values, 0.0) if first else dict(kept["grads"])
    grads[output] = 1.0
    fresh = dict.fromkeys(values, 0.0)
    fresh[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        for source, slope in zip(
            inputs, local_derivatives(op, [values[i] for i in inputs]), strict=False
        ):
            fresh[source] += fresh[name] * slope
            grads[source] += fresh[name] * slope
    kept.clear()
    if first:
        kept.update(args=(graph, values, output), grads=dict(grads))
    return grads


@ex.wrong("one way only", "Every way from a name to the output counts: add them up.")
def backward(graph, values, output):
    grads = dict.fromkeys(values, 0.0)
    grads[output] = 1.0
    done = set()
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        for source, slope in zip(
            inputs, local_derivatives(op, [values[i] for i in inputs]), strict=False
        ):
            if source not in done and grads[name]:
                grads[source] = grads[name] * slope
                done.add(source)
    return grads


# --- network_gradients ----------------------------------------------------------------------------

ex = lab.exercise(
    "network_gradients",
    points=20,
    forbids=["autodiff", "finite_differences"],
    hints=[
        "Forward first, keeping Z1, A1 and the probabilities. The error at the logits is what the "
        "network said less what it should have said, over m.",
        "Each dW has the shape of its W: which product of the layer's input and its error has it? "
        "And each db adds up the rows of the error.",
        "Through the second layer the error goes back by W2, transposed; through the ReLU it "
        "passes where Z1 > 0.",
    ],
)


@ex.right
def network_gradients(X, y, W1, b1, W2, b2):
    """Gradients (dW1, db1, dW2, db2) of the mean cross-entropy: ReLU layer, softmax output."""
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    error = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(y)), y] -= 1
    error /= len(y)
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


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
        _gradients(*_network(rng, 5, 2, 8, 3)),
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


@ex.wrong("not divided by m", "The cost is a mean over m: so is its gradient.")
def network_gradients(X, y, W1, b1, W2, b2):
    len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = P - np.eye(len(b2))[y]
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("divided by m twice", "The 1/m is in there twice.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden / m, hidden.mean(axis=0), A1.T @ error / m, error.mean(axis=0)


@ex.wrong(
    "divided by m twice in the weights",
    "The 1/m is in the error already: the weights need no other.",
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden / m, hidden.sum(axis=0), A1.T @ error / m, error.sum(axis=0)


@ex.wrong("biases not divided by m", "The 1/m belongs to the biases as well.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, m * hidden.sum(axis=0), A1.T @ error, m * error.sum(axis=0)


@ex.wrong("weights not divided by m", "The 1/m belongs to the weights as well.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return m * X.T @ hidden, hidden.sum(axis=0), m * A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "first layer not divided by m",
    "The 1/m travels back with the error: the first layer has it too.",
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return m * X.T @ hidden, m * hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "first layer divided by m twice",
    "The 1/m travels back with the error: do not divide the first layer again.",
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden / m, hidden.mean(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("divided by m times C", "The mean is over the m examples only.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / (m * len(b2))
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("one-hot not subtracted", "The gradient of the loss at the logits is p minus one-hot.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = P / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("class numbers subtracted", "y holds class numbers: turn them into one-hot rows first.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - y[:, None]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("sign flipped", "The error is P - Y, not Y - P: the gradient points uphill.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (np.eye(len(b2))[y] - P) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "slope of softmax included",
    "With cross-entropy the slope of softmax cancels: the error is P - Y alone.",
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) * P * (1 - P) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("error from the logits", "P - Y needs the probabilities, not the logits.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    E / E.sum(axis=1, keepdims=True)
    error = (Z2 - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("sigmoid outputs", "The output layer is a softmax: its probabilities share one unit.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    np.exp(Z2 - Z2.max())
    P = 1 / (1 + np.exp(-Z2))
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("softmax down the columns", "Rows are examples: normalise along the classes.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=0, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("softmax over the whole batch", "Each row of probabilities sums to 1, not the batch.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum()
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("no mask", "Back through the ReLU: the error passes only where Z1 > 0.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = error @ W2.T
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "mask by the gradient", "Mask by Z1 of the forward pass, not by the sign of what comes back."
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = np.maximum(error @ W2.T, 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("mask lets 0 pass", "The slope of ReLU at 0 is 0: Z1 > 0.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 >= 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("mask reversed", "The error passes where the unit was on.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 <= 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("times Z1 instead of a mask", "The slope of ReLU is 1 or 0, not the score.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * A1
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "slope of a sigmoid in the hidden layer", "The hidden layer is ReLU: its slope is 1 or 0."
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * A1 * (1 - A1)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("mask in the weights only", "db1 goes through the ReLU as well.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, (error @ W2.T).sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("relu missing in the forward pass", "The hidden layer's outputs are max(Z1, 0).")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = Z1
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("sigmoid in the hidden layer", "The hidden layer is ReLU.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * A1 * (1 - A1)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("W2 not transposed", "Back through a layer goes by its weights transposed.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("dW2 from Z1", "The second layer's input is A1: after the ReLU.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), Z1.T @ error, error.sum(axis=0)


@ex.wrong("dW2 from X", "The second layer's input is A1, not X.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), X.T @ error, error.sum(axis=0)


@ex.wrong("dW1 from A1", "The first layer's input is X.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return A1.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("dW1 from the output error", "The first layer gets the error that came back through W2.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    (error @ W2.T) * (Z1 > 0)
    return X.T @ error, error.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("weights transposed", "Each dW has the shape of its W.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return hidden.T @ X, hidden.sum(axis=0), error.T @ A1, error.sum(axis=0)


@ex.wrong("biases over the wrong axis", "Sum the error over the examples: axis 0.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=1), A1.T @ error, error.sum(axis=1)


@ex.wrong(
    "biases are single numbers",
    "A bias has one gradient for each unit: sum over the examples only.",
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(), A1.T @ error, error.sum()


@ex.wrong("biases keep an axis", "The gradient of a bias has the shape of the bias.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return (
        X.T @ hidden,
        hidden.sum(axis=0, keepdims=True),
        A1.T @ error,
        error.sum(axis=0, keepdims=True),
    )


@ex.wrong("biases are means", "The 1/m is in the error already: sum the rows.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.mean(axis=0), A1.T @ error, error.mean(axis=0)


@ex.wrong("b1 forgotten", "The hidden scores are X @ W1 + b1.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("b2 forgotten", "The logits are A1 @ W2 + b2.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("order swapped", "Return dW1, db1, dW2, db2 in this order.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return A1.T @ error, error.sum(axis=0), X.T @ hidden, hidden.sum(axis=0)


@ex.wrong("weights first, then biases", "Return dW1, db1, dW2, db2 in this order.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, A1.T @ error, hidden.sum(axis=0), error.sum(axis=0)


@ex.wrong("error not masked by example", "Every example has its own mask.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1.mean(axis=0) > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("second layer already updated", "Take both gradients before either layer moves.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ (W2 - 0.1 * A1.T @ error).T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong(
    "W1 also on the way back", "Back through one layer at a time: the error at Z1 needs W2 only."
)
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0) * np.abs(W1).sum(axis=0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("clipped probabilities", "P - Y throughout: nothing is clipped.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = np.clip(E / E.sum(axis=1, keepdims=True), 1e-3, 1)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return X.T @ hidden, hidden.sum(axis=0), A1.T @ error, error.sum(axis=0)


@ex.wrong("the cost is returned too", "Return the four gradients alone.")
def network_gradients(X, y, W1, b1, W2, b2):
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    E = np.exp(Z2 - Z2.max())
    P = E / E.sum(axis=1, keepdims=True)
    error = (P - np.eye(len(b2))[y]) / m
    hidden = (error @ W2.T) * (Z1 > 0)
    return (
        -np.mean(np.log(P[np.arange(m), y])),
        X.T @ hidden,
        hidden.sum(axis=0),
        A1.T @ error,
        error.sum(axis=0),
    )


@ex.wrong("finite differences", "Nudging every weight is forbidden here, slow, and not exact.")
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


# --- gradient_check -------------------------------------------------------------------------------

ex = lab.exercise(
    "gradient_check",
    points=10,
    hints=[
        "First the numerical gradient: nudge one entry of a copy of theta at a time, up and down.",
        "The Euclidean norm of a vector is `np.linalg.norm`. The result is a quotient of one norm "
        "and the sum of two.",
        "What is 0 / 0, and when does it come up here?",
    ],
)


@ex.right
def gradient_check(f, grad, theta, eps=1e-5):
    """||grad - num|| / (||grad|| + ||num||), num the central differences of f at theta."""
    num = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = np.linalg.norm(grad) + np.linalg.norm(num)
    return float(np.linalg.norm(grad - num) / total) if total else 0.0


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
        _probe(*_mistaken(rng, 3, 3)),
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


@ex.wrong("forward difference", "Central differences: nudge theta up and down.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta)) / eps
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("divided by one step", "The two points are two steps apart.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / eps
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("brackets missing", "`/ 2 * eps` divides by 2 and then multiplies by eps.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / 2 * eps
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("sign flipped", "A rising function has a positive slope.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta - step) - f(theta + step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("all entries nudged together", "Nudge one entry at a time.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[:] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("another default step", "Without an eps the step is 1e-5.")
def gradient_check(f, grad, theta, eps=1e-4):
    num = np.array([(f(theta + e) - f(theta - e)) / (2 * eps) for e in eps * np.eye(len(theta))])
    total = np.linalg.norm(grad) + np.linalg.norm(num)
    return np.linalg.norm(grad - num) / total if total else 0.0


@ex.wrong("eps ignored", "Use the eps that is given.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    eps = 1e-5
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong(
    "not relative",
    "Divide by the sum of the two norms: a difference is large or small beside them.",
)
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    norm(grad) + norm(num)
    return float(norm(grad - num))


@ex.wrong(
    "relative to the larger norm", "Divide by the sum of the two norms, not by the larger one."
)
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = max(norm(grad), norm(num))
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("relative to the given gradient", "Divide by the sum of both norms.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("relative to the numerical gradient", "Divide by the sum of both norms.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("norm of the sum", "Take the norms first, then add: two opposite gradients would cancel.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad + num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("mean of the norms", "Divide by the sum of the norms, not by their mean.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = (norm(grad) + norm(num)) / 2
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("product of the norms", "Divide by the sum of the norms, not by their product.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) * norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("squared norms", "The Euclidean norm has a square root.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), lambda v: np.sum(v**2)
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("absolute values", "The norm is Euclidean: square root of the sum of squares.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), lambda v: np.sum(np.abs(v))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("largest entries", "The norm is Euclidean, not the largest entry.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), lambda v: np.max(np.abs(v))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 0.0


@ex.wrong("entry by entry", "One quotient of norms, not a mean of quotients.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    norm(grad) + norm(num)
    return float(np.mean(np.abs(grad - num) / (np.abs(grad) + np.abs(num) + 1e-12)))


@ex.wrong("0 / 0 not caught", "With both gradients 0 this is 0 / 0: the answer there is 0.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(np.divide(norm(grad - num), total))


@ex.wrong("1 when both are 0", "Two gradients of 0 agree: the answer is 0.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total else 1.0


@ex.wrong("large guard", "A guard of 1e-8 drowns small gradients: 1e-12 at most.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / (total + 1e-8))


@ex.wrong("small gradients taken for 0", "Small gradients are compared like any others.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(norm(grad - num) / total) if total > 1e-3 else 0.0


@ex.wrong("True or False", "Return the number; what is small enough is for the reader to say.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return bool(norm(grad - num) < 1e-6 * total)


@ex.wrong("rounded", "Return the number unrounded.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return round(float(norm(grad - num) / (total or 1.0)), 4)


@ex.wrong(
    "angle between the gradients", "Compare the vectors themselves, not only their directions."
)
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    norm(grad) + norm(num)
    return float(1 - grad @ num / (norm(grad) * norm(num) or 1.0))


@ex.wrong("one minus the agreement", "Return how far they differ: 0 is perfect.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    total = norm(grad) + norm(num)
    return float(1 - norm(grad - num) / (total or 1.0))


@ex.wrong("the numerical gradient", "Compare it with grad, and return one number.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, norm = np.zeros(len(theta)), np.linalg.norm
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    norm(grad) + norm(num)
    return num


@ex.wrong(
    "theta nudged in place", "Nudge a copy: theta may be read-only, and belongs to the caller."
)
def gradient_check(f, grad, theta, eps=1e-5):
    num = np.zeros(len(theta))
    for i in range(len(theta)):
        old = theta[i]
        theta[i] = old + eps
        up = f(theta)
        theta[i] = old - eps
        num[i] = (up - f(theta)) / (2 * eps)
        theta[i] = old
    total = np.linalg.norm(grad) + np.linalg.norm(num)
    return float(np.linalg.norm(grad - num) / total) if total else 0.0


@ex.wrong("nudges pile up", "Undo each nudge before the next one: start from theta every time.")
def gradient_check(f, grad, theta, eps=1e-5):
    num, moved = np.zeros(len(theta)), np.array(theta)
    for i in range(len(theta)):
        moved[i] += eps
        up = f(moved)
        moved[i] -= 2 * eps
        num[i] = (up - f(moved)) / (2 * eps)
    total = np.linalg.norm(grad) + np.linalg.norm(num)
    return float(np.linalg.norm(grad - num) / total) if total else 0.0
