"""slopes: the slopes of sigmoid and ReLU."""

import numpy as np

from autograder.authoring.declaration import case, exercise

from ._data import shapes

ex = exercise(__name__, points=14)
ex.hints = [
    "Which function of yours gives a? Call it once, keep the result, and use it twice.",
    "A comparison gives True and False for each entry. How do they become 1.0 and 0.0?",
    "At 0 the slope of ReLU is 0 here. Which of > and >= gives that?",
]

ex.check(
    "slope of the sigmoid",
    [
        case("sigmoid_slope", np.array([[-2.0, -0.5], [0.25, 3.0]])),
        case("sigmoid_slope", np.array([-1, 0, 2])),
        case("sigmoid_slope", np.array(1.5)),
    ],
    lambda rng: shapes(rng, "sigmoid_slope", 2.0),
    weight=2,
)
ex.check(
    "slope of the sigmoid, scores up to 500",
    [case("sigmoid_slope", np.array([-500.0, -12.0, 12.0, 500.0, -1.0]))],
    lambda rng: [
        case("sigmoid_slope", rng.uniform(-500, 500, size=(4, 3))),
        case("sigmoid_slope", rng.uniform(-15, 15, size=8)),
        case("sigmoid_slope", np.array([500, -500, 1])),
    ],
    weight=0.5,
)
ex.check(
    "slope of ReLU away from 0",
    [
        case("relu_slope", np.array([[-2.0, -0.5, 0.25], [3.0, 0.01, -700.0]])),
        case("relu_slope", np.array([-3, 4, 2])),
        case("relu_slope", np.array(2.5)),
    ],
    lambda rng: [
        *(c for c in shapes(rng, "relu_slope", 2.0) if _no_zero(c)),
        case("relu_slope", rng.uniform(-500, 500, size=(2, 4))),
        case("relu_slope", np.array([1e-9, -1e-9])),
    ],
    weight=2,
)
ex.check(
    "slope of ReLU at 0 is 0",
    [case("relu_slope", np.array([-1.5, 0.0, 2.0])), case("relu_slope", np.array([[0, 3], [-1, 0]]))],
    lambda rng: [
        case("relu_slope", np.array([[0.0, rng.normal(), -0.0, 2 * rng.normal()]])),
        case("relu_slope", np.array(0.0)),
        case("relu_slope", rng.integers(-1, 2, size=9)),
    ],
)  # fmt: skip


def _no_zero(c):
    """Tell whether no entry of the argument is 0."""
    (arg,) = c.calls[0].args
    return np.all(np.asarray(getattr(arg, "array", arg)) != 0)


STEP = "np.where(z > 0, 1.0, 0.0)"

# fmt: off
# sigmoid_slope
ex.mistake("written on z", "This uses the score z where the output a = sigmoid(z) belongs.",
    ("a * (1 - a)", "z * (1.0 - z)"))
ex.mistake("sigmoid itself", "This is the sigmoid. You need its slope.", ("a * (1 - a)", "a"))
ex.mistake("only 1 - a", "One factor is missing: at z = 0 the slope is 0.25.",
    ("a * (1 - a)", "1 - a"))
ex.mistake("plus instead of minus", "The slope fades where a comes near 1, and yours grows there.",
    ("a * (1 - a)", "a * (1 + a)"))
ex.mistake("sign of the slope", "The sigmoid rises everywhere: its slope is positive.",
    ("a * (1 - a)", "a * (a - 1)"))
ex.mistake("slope of tanh", "1 - a**2 belongs to a = tanh(z). What gives 0.25 at a = 0.5?",
    ("a * (1 - a)", "1 - np.tanh(z) ** 2"))
ex.mistake("one minus a squared", "1 - a**2 is the rule of tanh. What gives 0.25 at a = 0.5?",
    ("a * (1 - a)", "1 - a**2"))
ex.mistake("a squared (1 - a)", "One factor a too many: at a = 0.5 the slope is 0.25.", ("a * (1 - a)", "a * a * (1 - a)"))
ex.mistake("sigmoid applied twice", "The sigmoid is applied twice here: use a = sigmoid(z) once.",
    ("sigmoid(z)\n", "sigmoid(sigmoid(z))\n"))
ex.mistake("times z", "The slope with respect to z has no factor z.",
    ("a * (1 - a)", "a * (1 - a) * z"))
ex.mistake("largest slope everywhere", "0.25 is the slope at 0 only.",
    ("a * (1 - a)", "np.full(np.shape(z), 0.25)"))
ex.mistake("coarse difference", "A difference with so wide a step is not the slope. Look for a formula in a.",
    ("a * (1 - a)", "(sigmoid(z + 0.01) - a) / 0.01"))
ex.mistake("overflow at -500", "For z = -500 this is inf / inf. Write the slope with the sigmoid.",
    ("a = sigmoid(z)\n    return a * (1 - a)",
     'with np.errstate(all="ignore"):\n'
     "        return np.exp(-2 * z) / (1 + np.exp(-z)) ** 2 * np.exp(1.0 * z)"))

# relu_slope
ex.mistake("slope 1 at 0", "This course defines the slope at 0 as 0. Is 0 on the right side of your comparison?",
    (STEP, "np.where(z >= 0, 1.0, 0.0)"))
ex.mistake("slope one half at 0", "This course defines the slope at 0 as 0, not as the middle.",
    (STEP, "np.heaviside(z, 0.5)"))
ex.mistake("True and False", "These are True and False. Convert them to numbers.", (STEP, "z > 0"))
ex.mistake("ReLU itself", "This is ReLU. Its slope is 1 or 0.", (STEP, "np.maximum(z, 0.0)"))
ex.mistake("sign", "Left of 0 ReLU is flat: the slope there is 0, not -1.", (STEP, "1.0 * np.sign(z)"))
ex.mistake("inverted", "The slope is 1 on the right side of 0, not on the left.",
    (STEP, "np.where(z < 0, 1.0, 0.0)"))
ex.mistake("relu(z) / z", "At 0 this is 0 / 0. Compare with 0 instead of dividing.",
    ("return np.where(z > 0, 1.0, 0.0)",
     'with np.errstate(all="ignore"):\n        return np.maximum(z, 0) / z'))
ex.mistake("slope of linear", "The linear activation has slope 1 everywhere. ReLU is flat left of 0.",
    (STEP, "np.ones(np.shape(z))"))
ex.mistake("leaky slope", "Left of 0 the slope of ReLU is exactly 0.",
    (STEP, "np.where(z > 0, 1.0, 0.01)"))
ex.mistake("if on an array", "An array has no single sign: compare entry by entry.",
    (STEP, "1.0 if z > 0 else 0.0"))
ex.mistake("written into z", "Your function changed its input. Make a new array.",
    ("return np.where(z > 0, 1.0, 0.0)", "z[z <= 0] = 0\n    z[z > 0] = 1\n    return 1.0 * z"))
ex.mistake("slope of the sigmoid", "That is the other slope. ReLU has only the slopes 0 and 1.",
    ("return np.where(z > 0, 1.0, 0.0)", "a = sigmoid(z)\n    return a * (1 - a)"))
ex.mistake("slope from 1 on", "ReLU rises as soon as z is positive, not from 1 on.",
    (STEP, "np.where(z >= 1, 1.0, 0.0)"))
