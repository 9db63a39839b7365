"""local_derivatives: the slopes of one operation, one for each of its inputs."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=12)
ex.hints = [
    "One slope for each input. For a + b and a * b, keep one input as it is and nudge the other.",
    "Your table of symbols above has all of them, except the corner of ReLU, which the "
    "statement decides.",
    "What does your function do with an op that is in no branch? Does it raise a ValueError, "
    "for one input and for two?",
]


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

RELU = "1.0 if a > 0 else 0.0"

# fmt: off
ex.mistake("mul swapped", "The slope of a * b for a is b: nudge a and see what multiplies the nudge.",
    ("[inputs[1], a]", "[a, inputs[1]]"))
ex.mistake("mul as add", "Nudge one factor of 2 * 3: how far does the product move?",
    ("[inputs[1], a]", "[1.0, 1.0]"))
ex.mistake("mul with one slope", "mul has two inputs, so it has two slopes.",
    ("[inputs[1], a]", "[inputs[1]]"))
ex.mistake("add returns its inputs", "Nudge an input of a sum by 1: by how much does the sum move?",
    ("[1.0, 1.0]", "[a, inputs[1]]"))
ex.mistake("add with one slope", "add has two inputs, so it has two slopes.", ("[1.0, 1.0]", "[1.0]"))
ex.mistake("add swapped for mul", "The two-input ops are the wrong way round.",
    ("[1.0, 1.0]", "[inputs[1], a]"), ("[inputs[1], a]", "[1.0, 1.0]"))
ex.mistake("square without 2",
    "The slope of x to the power n is n times x to the power n - 1: the 2 is missing.", ("2 * a", "a"))
ex.mistake("square not differentiated", "This is the square itself. How fast does it grow?",
    ("2 * a", "a**2"))
ex.mistake("square with a slope of 2", "The slope of the square depends on where you stand.",
    ("2 * a", "2.0"))
ex.mistake("relu returns its value", "The slope is 1 where the input is positive, not the value.",
    (RELU, "max(a, 0.0)"))
ex.mistake("relu slope always 1", "ReLU is flat below 0: its slope there is 0.", (RELU, "1.0"))
ex.mistake("relu slope 1 at 0", "This course defines the slope of ReLU at 0 as 0: use x > 0.",
    ("a > 0", "a >= 0"))
ex.mistake("relu slope one half at 0", "This course defines the slope of ReLU at 0 as 0.",
    (RELU, "(np.sign(a) + 1) / 2"))
ex.mistake("relu slope of sign", "Below 0 the slope of ReLU is 0, not -1.", (RELU, "float(np.sign(a))"))
ex.mistake("leaky relu", "Below 0 the slope of ReLU is exactly 0.", ("else 0.0", "else 0.01"))
ex.mistake("relu mask reversed", "The slope is 1 on the positive side.", ("a > 0", "a < 0"))
ex.mistake("relu slope True or False", "Return numbers: convert True and False with float.",
    (RELU, "a > 0"))
ex.mistake("sigmoid value", "This is the sigmoid itself. Its slope is s times (1 - s).",
    ("s * (1 - s)", "s"))
ex.mistake("sigmoid slope on the input", "s (1 - s) uses the output s, not the input.",
    ("s * (1 - s)", "a * (1 - a)"))
ex.mistake("sigmoid without the product", "Two factors: s, and 1 - s.", ("s * (1 - s)", "1 - s"))
ex.mistake("sigmoid twice", "s is the sigmoid of the input; do not take the sigmoid of that again.",
    ("np.exp(-a)", "np.exp(-1 / (1 + np.exp(-a)))"))
ex.mistake("tanh slope for sigmoid", "1 - s**2 is the slope of tanh.", ("s * (1 - s)", "1 - s**2"))
ex.mistake("log value", "This is the logarithm itself. Its slope is 1 over the input.",
    ("1 / a", "np.log(a)"))
ex.mistake("log in base 10", "The logarithm is natural: its slope is 1 over the input.",
    ("1 / a", "1 / (a * np.log(10))"))
ex.mistake("log slope negative", "ln x rises everywhere: its slope is positive.", ("1 / a", "-1 / a"))
ex.mistake("log slope squared", "-1 / x**2 is the slope of 1 / x.", ("1 / a", "-1 / a**2"))
ex.mistake("unknown op gives None", "An op that you do not know must raise a ValueError.",
    ('raise ValueError(f"unknown op {op!r}")', "return None"))
ex.mistake("unknown op gives zeros",
    "An op that you do not know must raise a ValueError, not pass in silence.",
    ('raise ValueError(f"unknown op {op!r}")', "return [0.0] * len(inputs)"))
ex.mistake("KeyError",
    "The statement asks for a ValueError; a missing key of a dict raises another one.",
    ("ValueError", "KeyError"))
ex.mistake("unknown op refused for one input only",
    "Also an unknown op of two inputs must raise a ValueError.",
    ('raise ValueError(f"unknown op {op!r}")',
     'if len(inputs) == 1:\n        raise ValueError(f"unknown op {op!r}")\n    return [1.0, 1.0]'))
ex.mistake("a bare number",
    "Return a list also where there is one slope, so that every op can be used alike.",
    ("[2 * a]", "2 * a"), ("[1.0 if a > 0 else 0.0]", "1.0 if a > 0 else 0.0"),
    ("[s * (1 - s)]", "s * (1 - s)"), ("[1 / a]", "1 / a"))
ex.mistake("sum of the slopes", "Keep the slopes apart, one for each input.", ("[1.0, 1.0]", "2.0"),
    ("[inputs[1], a]", "inputs[1] + a"), ("[2 * a]", "2 * a"),
    ("[1.0 if a > 0 else 0.0]", "1.0 if a > 0 else 0.0"), ("[s * (1 - s)]", "s * (1 - s)"),
    ("[1 / a]", "1 / a"))
ex.mistake("total change", "Return the slopes alone, not slope times input.",
    ("[1.0, 1.0]", "list(inputs)"), ("[inputs[1], a]", "[a * inputs[1]] * 2"), ("2 * a", "2 * a**2"),
    (RELU, "max(a, 0.0)"), ("s * (1 - s)", "a * s * (1 - s)"), ("1 / a", "1.0"))
ex.mistake("the op itself", "These are the values of the ops. What are their slopes?",
    ("[1.0, 1.0]", "[a + inputs[1]]"), ("[inputs[1], a]", "[a * inputs[1]]"), ("2 * a", "a**2"),
    (RELU, "max(a, 0.0)"), ("s * (1 - s)", "s"), ("1 / a", "np.log(a)"))
