"""07_backprop: derivatives, computation graphs forward and backward, a network's gradients."""

import numpy as np

from autograder.exercise import Lab, call, case, case_of
from utils.plain import Layout, Source

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
        case("numerical_derivative", Source("lambda x: np.sin(40 * x)"), 0.3),
    ],
    lambda rng: [
        case("numerical_derivative", _cubic(rng), float(rng.uniform(-2, 2))),
        case("numerical_derivative", _cubic(rng), float(rng.uniform(-2, 2))),
        case(
            "numerical_derivative",
            Source(f"lambda x: np.cos({rng.uniform(25, 40):.3f} * x)"),
            float(rng.uniform(0.1, 1)),
        ),
        case("numerical_derivative", Source("lambda x: 4.0"), float(rng.normal())),
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
        case("numerical_derivative", _cubic(rng), float(rng.normal()), float(rng.uniform(0.1, 2))),
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
        case("local_derivatives", str(rng.choice(["cube", "sqrt", "exp"])), [2.0], raises=ValueError),
        case("local_derivatives", str(rng.choice(["sub", "max", "power"])), [2.0, 3.0],
             raises=ValueError),
    ],
)  # fmt: skip


@ex.wrong(
    "mul swapped", "The slope of a * b for a is b: nudge a and see what multiplies the nudge."
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [a, b],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("mul as add", "Nudge one factor of 2 * 3: how far does the product move?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [1.0, 1.0],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("mul with one slope", "mul has two inputs, so it has two slopes.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add returns its inputs", "Nudge an input of a sum by 1: by how much does the sum move?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [a, b],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add with one slope", "add has two inputs, so it has two slopes.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("add swapped for mul", "The two-input ops are the wrong way round.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [b, a],
        "mul": [1.0, 1.0],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
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
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("square not differentiated", "This is the square itself. How fast does it grow?")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [a**2],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("square with a slope of 2", "The slope of the square depends on where you stand.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2.0],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu returns its value", "The slope is 1 where the input is positive, not the value.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [max(a, 0.0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope always 1", "ReLU is flat below 0: its slope there is 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [1.0],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope 1 at 0", "This course defines the slope of ReLU at 0 as 0: use x > 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a >= 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope one half at 0", "This course defines the slope of ReLU at 0 as 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [(np.sign(a) + 1) / 2],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope of sign", "Below 0 the slope of ReLU is 0, not -1.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(np.sign(a))],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("leaky relu", "Below 0 the slope of ReLU is exactly 0.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [1.0 if a > 0 else 0.01],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu mask reversed", "The slope is 1 on the positive side.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a < 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("relu slope True or False", "Return numbers: convert True and False with float.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [a > 0],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid value", "This is the sigmoid itself. Its slope is s times (1 - s).")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid slope on the input", "s (1 - s) uses the output s, not the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [a * (1 - a)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid without the product", "Two factors: s, and 1 - s.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [1 - s],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("sigmoid twice", "s is the sigmoid of the input; do not take the sigmoid of that again.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [(lambda t: t * (1 - t))(1 / (1 + np.exp(-s)))],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("tanh slope for sigmoid", "1 - s**2 is the slope of tanh.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [1 - s**2],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log value", "This is the logarithm itself. Its slope is 1 over the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [np.log(abs(a) or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log in base 10", "The logarithm is natural: its slope is 1 over the input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / ((a or 1.0) * np.log(10))],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log slope negative", "ln x rises everywhere: its slope is positive.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [-1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("log slope squared", "-1 / x**2 is the slope of 1 / x.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [-1 / (a or 1.0) ** 2],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op]


@ex.wrong("unknown op gives None", "An op that you do not know must raise a ValueError.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    return rules.get(op)


@ex.wrong(
    "unknown op gives zeros",
    "An op that you do not know must raise a ValueError, not pass in silence.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    return rules.get(op, [0.0] * len(inputs))


@ex.wrong(
    "KeyError", "The statement asks for a ValueError; a missing key of a dict raises another one."
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    return rules[op]


@ex.wrong(
    "unknown op refused for one input only",
    "Also an unknown op of two inputs must raise a ValueError.",
)
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
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
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return rules[op][0] if len(rules[op]) == 1 else rules[op]


@ex.wrong("sum of the slopes", "Keep the slopes apart, one for each input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
    if op not in rules:
        raise ValueError(op)
    return sum(rules[op])


@ex.wrong("total change", "Return the slopes alone, not slope times input.")
def local_derivatives(op, inputs):
    a, b = inputs[0], inputs[-1]
    s = 1 / (1 + np.exp(-a))
    rules = {
        "add": [1.0, 1.0],
        "mul": [b, a],
        "square": [2 * a],
        "relu": [float(a > 0)],
        "sigmoid": [s * (1 - s)],
        "log": [1 / (a or 1.0)],
    }
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
    values = {n: round(float(rng.uniform(0.3, 2)) * rng.choice([-1, 1]), 3) for n in names[:leaves]}
    known, graph = dict(values), {}
    for name in names[leaves:]:
        while True:
            op = str(rng.choice(["add", "mul", "mul", "add", "square", "relu", "sigmoid", "log"]))
            count = 2 if op in ("add", "mul") else 1
            chosen = [str(n) for n in rng.choice(list(known), size=count)]
            at = [known[n] for n in chosen]
            if op == "log" and not 0.1 < at[0] < 50 or op == "relu" and abs(at[0]) < 1e-3:
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
