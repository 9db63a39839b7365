"""02_activations: sigmoid, ReLU, linear; slopes; output layers; collapsing; ReLU networks."""

import numpy as np

from autograder.authoring.declaration import Lab, case
from utils.engine.plain import Layout

lab = Lab("02_activations", "Activation functions", minutes=60)

# --- activations ----------------------------------------------------------------------------------

ex = lab.exercise(
    "activations",
    points=18,
    hints=[
        "All three work entry by entry. NumPy's functions do that by themselves: which of them "
        "compares every entry with 0?",
        "The sigmoid of a very negative score divides by a huge number. Can you write it so that "
        "the exponential is never larger than 1, whatever the sign of z?",
        "exp(-abs(z)) never overflows. With e for it, the sigmoid is 1 / (1 + e) for positive z. "
        "What is it for negative z?",
    ],
)


@ex.right
def sigmoid(z):
    """1 / (1 + exp(-z)), element-wise, without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@ex.right
def relu(z):
    """max(z, 0), element-wise."""
    return np.maximum(z, 0.0)


@ex.right
def linear(z):
    """z itself, as numbers."""
    return 1.0 * z


def _layouts(rng, function, **params):
    """Return one case for each unusual layout of memory, and one read-only."""
    arrays = [rng.normal(size=shape) * 2 for shape in ((3, 4), (4, 3), (5,))]
    kinds = ("strided", "fortran", "readonly")
    return [
        case(function, Layout(a, kind), **params) for a, kind in zip(arrays, kinds, strict=True)
    ]


def _shapes(rng, function, size=3.0, **params):
    """Return cases of every shape and type that the statement names."""
    return [
        case(function, rng.normal(size=int(rng.integers(2, 9))) * size, **params),
        case(function, rng.normal(size=(3, 4)) * size, **params),
        case(function, rng.normal(size=(2, 3, 2)) * size, **params),
        case(function, np.array(-abs(rng.normal()) - 0.1), **params),
        case(function, np.array(rng.normal() + 4), **params),
        case(function, np.array(int(rng.integers(1, 9))), **params),
        case(function, rng.integers(-6, 7, size=6), **params),
        case(function, (rng.normal(size=(3, 3)) * size).astype(np.float32), **params),
        case(function, rng.normal(size=1), **params),
        *_layouts(rng, function, **params),
    ]


ex.check(
    "sigmoid, moderate scores",
    [
        case("sigmoid", np.array([-2.0, -0.5, 0.5, 3.0])),
        case("sigmoid", np.array([[-1, 2, 0], [4, -3, 1]])),
        case("sigmoid", np.array(-1.5)),
    ],
    lambda rng: _shapes(rng, "sigmoid"),
)
ex.check(
    "sigmoid, scores up to 10,000: right, and no warning",
    [
        case("sigmoid", np.array([30.0, -30.0, 18.0, -18.0]), quiet=True),
        case("sigmoid", np.array([[-1000.0, 1000.0], [10_000.0, -2.0]]), quiet=True),
    ],
    lambda rng: [
        case("sigmoid", rng.uniform(-1e4, 1e4, size=9), quiet=True),
        case("sigmoid", rng.uniform(-25, -10, size=(2, 5)), quiet=True),
        case("sigmoid", np.array([[-1e4, 1e4, rng.normal()]]), quiet=True),
        case("sigmoid", np.array([-10_000, 0, 720, 10_000]), quiet=True),
        case("sigmoid", np.array(-1e4), quiet=True),
    ],
)
ex.check(
    "relu",
    [
        case("relu", np.array([[-1.5, 2.5, 8.0], [-0.5, -3.0, 0.25], [-2.0, -1.0, -4.5]])),
        case("relu", np.array([-3, 0, 5, 2])),
        case("relu", np.array(-2.5)),
    ],
    lambda rng: _shapes(rng, "relu", 5.0),
)
ex.check(
    "linear",
    [
        case("linear", np.array([[-1.5, 2.5], [8.0, -0.25]])),
        case("linear", np.array([-3, 0, 5])),
        case("linear", np.array(-2.5)),
    ],
    lambda rng: _shapes(rng, "linear", 5.0),
    weight=0.5,
)


@ex.wrong("naive formula", "exp(1000) overflows. Use exp(-abs(z)), and treat the two signs apart.")
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@ex.wrong(
    "both branches of np.where",
    "np.where computes both sides, and one of them overflows. Use exp(-abs(z)) once.",
)
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@ex.wrong("e^z above and below", "For large z this is inf / inf. Use exp(-abs(z)).")
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


@ex.wrong("scores clipped at 10", "Clipping changed a correct small value. Use exp(-abs(z)).")
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -10, 10)))


@ex.wrong("scores clipped at 15", "Clipping so early changes values: exp(-18) is a real number.")
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -15, 15)))


@ex.wrong("result clipped", "Return the sigmoid as it is: nothing asks for a smallest value.")
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.clip(np.where(z >= 0, 1.0, e) / (1 + e), 1e-7, 1 - 1e-7)


@ex.wrong(
    "abs without the two signs", "This is right for positive z only. Negative z needs its own case."
)
def sigmoid(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@ex.wrong("sign flipped", "Large z should approach 1: check the sign inside the exponential.")
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e, 1.0) / (1 + e)


@ex.wrong("minus in the denominator", "The denominator is 1 plus the exponential.")
def sigmoid(z):
    return 1 / (1 - np.exp(-z))


@ex.wrong("tanh", "tanh runs from -1 to 1. The sigmoid runs from 0 to 1.")
def sigmoid(z):
    return np.tanh(z)


@ex.wrong("tanh without halves", "Between tanh and the sigmoid, z is halved too.")
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z))


@ex.wrong("a step", "The sigmoid is smooth: 0.5 at 0, and never quite 0 or 1 nearby.")
def sigmoid(z):
    return np.where(z >= 0, 1.0, 0.0)


@ex.wrong("base 2", "The base is e: np.exp, not 2 to the power.")
def sigmoid(z):
    e = 2.0 ** (-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@ex.wrong("only the exponential", "That is the exponential alone. Put it into 1 / (1 + ...).")
def sigmoid(z):
    return np.exp(-np.abs(z))


@ex.wrong(
    "filled into an integer array",
    "With integer z, zeros_like makes integers: every entry was cut to 0 or 1.",
)
def sigmoid(z):
    out = np.zeros_like(z)
    e = np.exp(-np.abs(z))
    out[...] = np.where(z >= 0, 1.0, e) / (1 + e)
    return out


@ex.wrong("math.exp", "math.exp takes one number. np.exp takes arrays of any shape.")
def sigmoid(z):
    import math

    return 1 / (1 + math.exp(-z))


@ex.wrong("rounded", "Return the values unrounded.")
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.round(np.where(z >= 0, 1.0, e) / (1 + e), 4)


@ex.wrong("clipped in place", "Your function changed its input: np.clip(..., out=z) writes into z.")
def sigmoid(z):
    if z.dtype.kind == "f":
        np.clip(z, -700, 700, out=z)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@ex.wrong("loop over one axis", "This loop wants one axis. The statement says: any shape.")
def sigmoid(z):
    return np.array([float(1 / (1 + np.exp(-t))) if t > -700 else 0.0 for t in z])


@ex.wrong(
    "max of the whole array", "np.max reduces to one number; np.maximum compares entry by entry."
)
def relu(z):
    return np.maximum(np.max(z), 0.0)


@ex.wrong("np.max(z, 0)", "In np.max(z, 0) the 0 is an axis. np.maximum compares entry by entry.")
def relu(z):
    return np.max(z, 0)


@ex.wrong("Python's max", "max() compares whole arrays. np.maximum compares entry by entry.")
def relu(z):
    return max(0, z)


@ex.wrong(
    "if on an array", "An array has no single sign. np.maximum or np.where decide entry by entry."
)
def relu(z):
    if z > 0:
        return 1.0 * z
    return 0.0


@ex.wrong(
    "negatives set in place",
    "Return a new array: the caller still needs z, so write neither into z nor with out=z.",
)
def relu(z):
    z[z < 0] = 0
    return z


@ex.wrong("absolute value", "Negative entries become 0, they do not change sign.")
def relu(z):
    return 1.0 * np.abs(z)


@ex.wrong("minimum", "Keep the positive part: the larger of z and 0.")
def relu(z):
    return np.minimum(z, 0.0)


@ex.wrong("mirrored", "The sign is wrong inside: this keeps the negative part.")
def relu(z):
    return np.maximum(-z, 0.0)


@ex.wrong("leaky", "That is a leaky ReLU. Here negative entries become exactly 0.")
def relu(z):
    return np.where(z > 0, z, 0.01 * z)


@ex.wrong("slope instead of value", "Where z is positive ReLU is z itself, not 1.")
def relu(z):
    return np.where(z > 0, 1.0, 0.0)


@ex.wrong("capped at 1", "ReLU has no upper limit.")
def relu(z):
    return np.clip(z, 0.0, 1.0)


@ex.wrong("capped at 6", "ReLU has no upper limit.")
def relu(z):
    return np.clip(z, 0.0, 6.0)


@ex.wrong("floor at 1", "The larger of z and 0, not of z and 1.")
def relu(z):
    return np.maximum(z, 1.0)


@ex.wrong("softplus", "log(1 + exp(z)) is the smooth relative of ReLU. ReLU has a corner at 0.")
def relu(z):
    return np.logaddexp(0, z)


@ex.wrong("negatives left out", "z[z > 0] drops entries. The result has the shape of z.")
def relu(z):
    return 1.0 * z[z > 0]


@ex.wrong(
    "decimals lost",
    "np.vectorize took int from its first result, and cut all others. Use 0.0, or np.maximum.",
)
def relu(z):
    return np.vectorize(lambda t: max(0, t))(z)


@ex.wrong("sigmoid of relu", "ReLU alone: no sigmoid on top.")
def relu(z):
    return 1 / (1 + np.exp(-np.maximum(z, 0.0)))


@ex.wrong("slope of linear", "The linear activation is z itself; 1 is its slope.")
def linear(z):
    return np.ones(np.shape(z))


@ex.wrong("linear returns nothing", "The function ends without a return.")
def linear(z):
    z = 1.0 * z


@ex.wrong("linear negates", "The linear activation changes nothing, not even the sign.")
def linear(z):
    return -1.0 * z


@ex.wrong("linear of positives", "Negative scores pass through the linear activation as well.")
def linear(z):
    return np.maximum(z, 0.0)


@ex.wrong(
    "linear sums", "The weighted sum is the layer's work. The activation receives its result z."
)
def linear(z):
    return 1.0 * np.sum(z)


@ex.wrong("linear scaled", "There is no weight in the activation: it returns z itself.")
def linear(z):
    return 0.5 * z


@ex.wrong("linear clipped", "There are no limits in the linear activation.")
def linear(z):
    return np.clip(z, -1.0, 1.0)


@ex.wrong(
    "linear cuts decimals", "Return z unchanged: converting to int loses what is after the point."
)
def linear(z):
    return z.astype(int)


@ex.wrong("linear flattens", "Keep the shape of z.")
def linear(z):
    return 1.0 * z.ravel()


# --- slopes ---------------------------------------------------------------------------------------

ex = lab.exercise(
    "slopes",
    points=14,
    hints=[
        "The slope of the sigmoid can be written with the sigmoid itself: a (1 - a). What is a?",
        "For ReLU, look at the picture: how steep is it left of 0, and right of 0?",
        "At 0 itself the lesson decides: 0. Which of > and >= says so?",
    ],
)


@ex.right
def sigmoid_slope(z):
    """Slope of the sigmoid, a (1 - a) with a = sigmoid(z)."""
    a = sigmoid(z)
    return a * (1 - a)


@ex.right
def relu_slope(z):
    """Slope of ReLU: 1 where z > 0, else 0."""
    return np.where(z > 0, 1.0, 0.0)


ex.check(
    "slope of the sigmoid",
    [
        case("sigmoid_slope", np.array([[-2.0, -0.5], [0.25, 3.0]])),
        case("sigmoid_slope", np.array([-1, 0, 2])),
        case("sigmoid_slope", np.array(1.5)),
    ],
    lambda rng: _shapes(rng, "sigmoid_slope", 2.0),
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
        *(c for c in _shapes(rng, "relu_slope", 2.0) if _no_zero(c)),
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


@ex.wrong("written on z", "a (1 - a) uses the output a = sigmoid(z), not the score z.")
def sigmoid_slope(z):
    return z * (1.0 - z)


@ex.wrong("sigmoid itself", "This is the sigmoid. Its slope is asked.")
def sigmoid_slope(z):
    return sigmoid(z)


@ex.wrong("only 1 - a", "One factor is missing: a (1 - a), or the square in the quotient rule.")
def sigmoid_slope(z):
    return 1 - sigmoid(z)


@ex.wrong("plus instead of minus", "a (1 - a): the slope fades where a comes near 1.")
def sigmoid_slope(z):
    a = sigmoid(z)
    return a * (1 + a)


@ex.wrong("sign of the slope", "The sigmoid rises everywhere: its slope is positive.")
def sigmoid_slope(z):
    a = sigmoid(z)
    return a * (a - 1)


@ex.wrong("slope of tanh", "1 - a**2 belongs to a = tanh(z). For the sigmoid it is a (1 - a).")
def sigmoid_slope(z):
    return 1 - np.tanh(z) ** 2


@ex.wrong("one minus a squared", "1 - a**2 is the rule of tanh. For the sigmoid it is a (1 - a).")
def sigmoid_slope(z):
    return 1 - sigmoid(z) ** 2


@ex.wrong("a squared (1 - a)", "One factor a too many: a (1 - a).")
def sigmoid_slope(z):
    a = sigmoid(z)
    return a * a * (1 - a)


@ex.wrong("sigmoid applied twice", "The sigmoid is applied twice here: use a = sigmoid(z) once.")
def sigmoid_slope(z):
    a = sigmoid(sigmoid(z))
    return a * (1 - a)


@ex.wrong("times z", "The slope with respect to z has no factor z.")
def sigmoid_slope(z):
    a = sigmoid(z)
    return a * (1 - a) * z


@ex.wrong("largest slope everywhere", "0.25 is the slope at 0 only.")
def sigmoid_slope(z):
    return np.full(np.shape(z), 0.25)


@ex.wrong(
    "coarse difference", "A difference with so wide a step is not the slope. Use the formula."
)
def sigmoid_slope(z):
    return (sigmoid(z + 0.01) - sigmoid(z)) / 0.01


@ex.wrong("overflow at -500", "For z = -500 this is inf / inf. Write the slope with the sigmoid.")
def sigmoid_slope(z):
    with np.errstate(all="ignore"):
        return np.exp(-2 * z) / (1 + np.exp(-z)) ** 2 * np.exp(1.0 * z)


@ex.wrong("slope 1 at 0", "This course defines the slope at 0 as 0: use z > 0.")
def relu_slope(z):
    return np.where(z >= 0, 1.0, 0.0)


@ex.wrong("slope one half at 0", "This course defines the slope at 0 as 0, not as the middle.")
def relu_slope(z):
    return np.heaviside(z, 0.5)


@ex.wrong("True and False", "These are True and False. Convert them to numbers.")
def relu_slope(z):
    return z > 0


@ex.wrong("ReLU itself", "This is ReLU. Its slope is 1 or 0.")
def relu_slope(z):
    return np.maximum(z, 0.0)


@ex.wrong("sign", "Left of 0 ReLU is flat: the slope there is 0, not -1.")
def relu_slope(z):
    return 1.0 * np.sign(z)


@ex.wrong("inverted", "The slope is 1 on the right side of 0, not on the left.")
def relu_slope(z):
    return np.where(z < 0, 1.0, 0.0)


@ex.wrong("relu(z) / z", "At 0 this is 0 / 0. Compare with 0 instead of dividing.")
def relu_slope(z):
    with np.errstate(all="ignore"):
        return np.maximum(z, 0) / z


@ex.wrong(
    "slope of linear", "The linear activation has slope 1 everywhere. ReLU is flat left of 0."
)
def relu_slope(z):
    return np.ones(np.shape(z))


@ex.wrong("leaky slope", "Left of 0 the slope of ReLU is exactly 0.")
def relu_slope(z):
    return np.where(z > 0, 1.0, 0.01)


@ex.wrong("if on an array", "An array has no single sign: compare entry by entry.")
def relu_slope(z):
    return 1.0 if z > 0 else 0.0


@ex.wrong("written into z", "Your function changed its input. Make a new array.")
def relu_slope(z):
    z[z <= 0] = 0
    z[z > 0] = 1
    return 1.0 * z


@ex.wrong("slope of the sigmoid", "That is the other slope. ReLU has only the slopes 0 and 1.")
def relu_slope(z):
    a = sigmoid(z)
    return a * (1 - a)


@ex.wrong("slope from 1 on", "ReLU rises as soon as z is positive, not from 1 on.")
def relu_slope(z):
    return np.where(z >= 1, 1.0, 0.0)


# --- choose_output --------------------------------------------------------------------------------

ex = lab.exercise(
    "choose_output",
    points=12,
    hints=[
        "Which of the three functions gives only numbers between 0 and 1? Only numbers from 0 up? "
        "Any number?",
        "A dict from target to activation is one way to write it. What happens when the key is "
        "missing, and which error does the statement ask for?",
    ],
)


@ex.right
def output_activation(target):
    """Activation of the output layer for a kind of target."""
    if target == "binary":
        return "sigmoid"
    if target == "real":
        return "linear"
    if target == "non-negative":
        return "relu"
    raise ValueError(f"no activation is known for the target {target!r}")


for kind, title in (
    ("binary", "a yes-or-no target"),
    ("real", "a target of any sign"),
    ("non-negative", "a target that is never negative"),
):
    ex.check(title, [case("output_activation", kind)])
ex.check(
    "another string is refused",
    [case("output_activation", t, raises=ValueError) for t in ("multiclass", "", "Real")],
    lambda rng: [
        case("output_activation", str(t), raises=ValueError)
        for t in ("relu", "nonnegative", "non-negative real", "bin", "none", " binary",
                  rng.choice(["count", "categorical", "text", "price", "Binary", "BINARY"]))
    ],
    weight=1.5,
)  # fmt: skip
ex.check(
    "a number or None is refused",
    [case("output_activation", t, raises=ValueError) for t in (None, 1, -0.5)],
    lambda rng: [
        case("output_activation", t, raises=ValueError)
        for t in (None, 0, 2, int(rng.integers(3, 99)), float(rng.normal()))
    ],
    weight=1.5,
)


@ex.wrong("real and non-negative swapped", "Which of ReLU and linear can be negative?")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "relu", "non-negative": "linear"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("linear for non-negative", "A linear output can be negative. Which one cannot?")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "linear"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("relu for real", "ReLU never gives a negative number, but a real target may be one.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "relu", "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("sigmoid for non-negative", "The sigmoid stays below 1. A price does not.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "sigmoid"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("relu for binary", "A yes-or-no target wants a probability: between 0 and 1.")
def output_activation(target):
    names = {"binary": "relu", "real": "linear", "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong(
    "linear for binary", "In this lab the output for a binary target is the probability itself."
)
def output_activation(target):
    names = {"binary": "linear", "real": "linear", "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("softmax for binary", "One probability is enough for yes or no.")
def output_activation(target):
    names = {"binary": "softmax", "real": "linear", "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("tanh for real", "tanh stays between -1 and 1. A real target need not.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "tanh", "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("softplus", "Softplus would do, but the statement asks for one of three names.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "softplus"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("None for real", 'Return the name of the activation: the text "linear".')
def output_activation(target):
    names = {"binary": "sigmoid", "real": None, "non-negative": "relu"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("capital letters", "Names in Keras are written in small letters.")
def output_activation(target):
    names = {"binary": "Sigmoid", "real": "Linear", "non-negative": "ReLU"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("the function itself", "Return the name as a text, not the result of the function.")
def output_activation(target):
    names = {"binary": sigmoid, "real": linear, "non-negative": relu}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("everything else is relu", "An unknown target is refused, not guessed: raise ValueError.")
def output_activation(target):
    if target == "binary":
        return "sigmoid"
    if target == "real":
        return "linear"
    return "relu"


@ex.wrong(
    "everything else is linear", "An unknown target is refused, not guessed: raise ValueError."
)
def output_activation(target):
    if target == "binary":
        return "sigmoid"
    if target == "non-negative":
        return "relu"
    return "linear"


@ex.wrong("None for an unknown target", "Returning None hides the mistake: raise ValueError.")
def output_activation(target):
    return {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}.get(target)


@ex.wrong("KeyError", "A missing key raises KeyError. The statement asks for a ValueError.")
def output_activation(target):
    return {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}[target]


@ex.wrong("a message is returned", "A returned text is an answer. An error is raised.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}
    return names.get(target, "ValueError: unknown target")


@ex.wrong("error returned", "Write `raise`, not `return`, in front of ValueError.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}
    return names.get(target, ValueError("unknown target"))


@ex.wrong("TypeError for what is no string", "The statement asks for ValueError in every case.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}
    if not isinstance(target, str):
        raise TypeError("a string, please")
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("lower() of None", 'None has no lower(), and "Real" is another string than "real".')
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}
    if target.lower() not in names:
        raise ValueError(target)
    return names[target.lower()]


@ex.wrong(
    "capitals accepted", 'Only the three strings as written are known. "Real" is another one.'
)
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}
    if str(target).lower() not in names:
        raise ValueError(target)
    return names[str(target).lower()]


@ex.wrong("part of a string", "`in` finds parts of a string too, even the empty one. Use ==.")
def output_activation(target):
    target = str(target)
    if target in "binary":
        return "sigmoid"
    if target in "real":
        return "linear"
    if target in "non-negative":
        return "relu"
    raise ValueError(target)


@ex.wrong("first letters only", "Compare the whole string: other words begin the same way.")
def output_activation(target):
    for start, name in (("b", "sigmoid"), ("r", "linear"), ("n", "relu"), ("m", "softmax")):
        if str(target).startswith(start):
            return name
    raise ValueError(target)


@ex.wrong("numbers stand for targets", "Only the three strings are known: a number is refused.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu", 1: "sigmoid"}
    if target not in names:
        raise ValueError(target)
    return names[target]


@ex.wrong("None means linear", "None is no target: raise ValueError.")
def output_activation(target):
    names = {"binary": "sigmoid", "real": "linear", "non-negative": "relu", None: "linear"}
    if target not in names:
        raise ValueError(target)
    return names[target]


# --- collapse -------------------------------------------------------------------------------------

ex = lab.exercise(
    "collapse",
    points=16,
    hints=[
        "Write the second layer around the first: (X @ W1 + b1) @ W2 + b2. Now multiply out.",
        "Collect the part with X in it: what stands to the right of X?",
        "Everything without X is the new bias. Two terms remain: which of them passes through W2?",
    ],
)


@ex.right
def collapse(W1, b1, W2, b2):
    """(X W1 + b1) W2 + b2 = X (W1 W2) + (b1 W2 + b2)."""
    return W1 @ W2, b1 @ W2 + b2


_W1 = np.array([[1.0, -2.0, 0.5], [0.25, 1.5, -1.0]])
_W2 = np.array([[2.0, -1.0], [0.5, 3.0], [-1.5, 1.0]])
_S1 = np.array([[1.0, 2.0], [-0.5, 3.0]])
_S2 = np.array([[0.5, -1.0], [4.0, 1.5]])


def _stack(rng, n, k, out, first=True, second=True):
    """Return two random linear layers; without `first` or `second` that bias is 0."""
    b1, b2 = rng.normal(size=k), rng.normal(size=out)
    return rng.normal(size=(n, k)), b1 * first, rng.normal(size=(k, out)), b2 * second


ex.check(
    "the weights: both biases are 0",
    [
        case("collapse", _W1, np.zeros(3), _W2, np.zeros(2), largest=True),
        case("collapse", _S1, np.zeros(2), _S2, np.zeros(2), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 4, 3, 2, False, False), largest=True),
        case("collapse", *_stack(rng, 3, 3, 3, False, False), largest=True),
    ],
)
ex.check(
    "the second layer's bias",
    [
        case("collapse", _W1, np.zeros(3), _W2, np.array([0.7, -0.4]), largest=True),
        case("collapse", _S1, np.zeros(2), _S2, np.array([-1.2, 0.3]), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 2, 5, 3, False), largest=True),
        case("collapse", *_stack(rng, 4, 4, 4, False), largest=True),
    ],
)
ex.check(
    "both biases",
    [
        case("collapse", _W1, np.array([1.0, -0.5, 2.0]), _W2, np.array([0.7, -0.4]), largest=True),
        case("collapse", _S1, np.array([0.6, -1.1]), _S2, np.array([-1.2, 0.3]), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 5, 4, 3), largest=True),
        case("collapse", *_stack(rng, 3, 3, 3), largest=True),
        case("collapse", *_stack(rng, 1, 1, 1), largest=True),
        case("collapse", *_stack(rng, 1, 6, 2), largest=True),
        case("collapse", *_stack(rng, 64, 25, 1), largest=True),
        case("collapse", *(a.astype(np.float32) for a in _stack(rng, 3, 4, 2)), largest=True),
        case("collapse", *(Layout(a, "readonly") for a in _stack(rng, 2, 3, 2)), largest=True),
        case("collapse", *(Layout(a, "strided") for a in _stack(rng, 3, 2, 4)), largest=True),
        case("collapse", *(Layout(a, "fortran") for a in _stack(rng, 4, 2, 2)), largest=True),
    ],
    weight=2,
)


@ex.wrong("biases added", "b1 passes through the second layer too: it is multiplied by W2.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, np.resize(b1, len(b2)) + b2


@ex.wrong("b2 forgotten", "The second layer adds its own bias in the end: b2 is missing.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@ex.wrong("b1 forgotten", "Multiply out: b1 meets W2 and does not vanish.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, 1.0 * b2


@ex.wrong("no bias", "The bias is not 0: multiply out (X W1 + b1) W2 + b2.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, np.zeros(len(b2))


@ex.wrong("b1 passed on", "The new bias has one entry for each output of the second layer.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, 1.0 * b1


@ex.wrong(
    "matrices in the wrong order", "X meets W1 first: with rows as examples W1 stands on the left."
)
def collapse(W1, b1, W2, b2):
    if W1.shape[0] != W2.shape[1]:
        raise ValueError("shapes not aligned")
    return W2 @ W1, b1 @ W2 + b2


@ex.wrong("W2 @ b1", "b1 is a row here: b1 @ W2, as X @ W2.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


@ex.wrong("W2 transposed for b1", "b1 goes through W2 just as a row of X W1 does: no transpose.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, (W2.T @ b1)[::-1] + b2


@ex.wrong("entries multiplied", "`*` multiplies entry by entry. Use the matrix product @.")
def collapse(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


@ex.wrong("matrices added", "Layers are applied one after the other: their matrices multiply.")
def collapse(W1, b1, W2, b2):
    return W1 + W2, b1 + b2


@ex.wrong("transposed", "Keep the convention X @ W + b: W has one row for each feature.")
def collapse(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


@ex.wrong("order of the result", "Return W first, then b.")
def collapse(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


@ex.wrong("ReLU in between", "Both layers are linear: nothing happens between them.")
def collapse(W1, b1, W2, b2):
    return np.maximum(W1, 0) @ W2, np.maximum(b1, 0) @ W2 + b2


@ex.wrong("b2 through W2", "b2 is added after W2: it is not multiplied.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, (b1 + np.resize(b2, len(b1))) @ W2


@ex.wrong("bias through both", "b1 is added after W1: only W2 multiplies it.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, np.resize(b1, len(W1)) @ (W1 @ W2) + b2


@ex.wrong("b2 subtracted", "Both biases are added.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 - b2


@ex.wrong("b is one number", "The bias has an entry for each output: do not sum it.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, np.sum(b1 @ W2 + b2)


@ex.wrong("b as a row of a table", "The bias is one-dimensional, (outputs,).")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1[None, :] @ W2 + b2


@ex.wrong("only the weights", "Return the pair (W, b).")
def collapse(W1, b1, W2, b2):
    return W1 @ W2


@ex.wrong("b2 changed in place", "`b2 += ...` changes the caller's b2. Write b1 @ W2 + b2.")
def collapse(W1, b1, W2, b2):
    b2 += b1 @ W2
    return W1 @ W2, b2.copy()


@ex.wrong("second layer returned", "The first layer is missing from the weights.")
def collapse(W1, b1, W2, b2):
    return 1.0 * W2, b1 @ W2 + b2


# --- relu_network ---------------------------------------------------------------------------------

ex = lab.exercise(
    "relu_network",
    points=14,
    hints=[
        "Think of a table with one row for each x and one column for each unit. What stands in it?",
        "`x[:, None] * w` makes that table: entry (i, j) is x[i] * w[j].",
        "Each row of the table of activations becomes one number. Which product with v does that?",
    ],
)


@ex.right
def relu_network(x, w, b, v, c):
    """Sum over the units of v_j max(w_j x + b_j, 0), plus c."""
    return np.maximum(x[:, None] * w + b, 0.0) @ v + c


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
    [
        _net(np.array([-1.0, 0.5, 3.0]), *_NET),
        _net(np.array([2.0]), *_NET),
    ],
    lambda rng: [
        _net(*_units(rng, 4, 4)),
        _net(*_units(rng, 9, 9)),
        _net(*_units(rng, 1, 5)),
    ],
)


@ex.wrong("ReLU forgotten", "Without ReLU the units add up to one straight line.")
def relu_network(x, w, b, v, c):
    return (x[:, None] * w + b) @ v + c


@ex.wrong("ReLU on the output", "ReLU belongs to each hidden unit, not to their sum.")
def relu_network(x, w, b, v, c):
    return np.maximum((x[:, None] * w + b) @ v + c, 0.0)


@ex.wrong("ReLU on both", "The output is linear: no ReLU after the sum.")
def relu_network(x, w, b, v, c):
    return np.maximum(np.maximum(x[:, None] * w + b, 0.0) @ v + c, 0.0)


@ex.wrong("c forgotten", "The output has a bias too: c is missing.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w + b, 0.0) @ v


@ex.wrong("c added for every unit", "c is added once, after the sum over the units.")
def relu_network(x, w, b, v, c):
    return (np.maximum(x[:, None] * w + b, 0.0) * v + c).sum(axis=1)


@ex.wrong("c multiplied", "c is added: it is a bias.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w + b, 0.0) @ v * c


@ex.wrong(
    "each x meets one unit", "Every x goes through every unit: x[:, None] * w is the table of both."
)
def relu_network(x, w, b, v, c):
    return np.maximum(x * w + b, 0.0) * v + c


@ex.wrong("one number for all", "Sum over the units of each x, not over everything.")
def relu_network(x, w, b, v, c):
    return np.sum(np.maximum(x[:, None] * w + b, 0.0) * v) + c


@ex.wrong(
    "sum over the inputs",
    "The table was summed along the inputs: each x keeps a result of its own.",
)
def relu_network(x, w, b, v, c):
    return (np.maximum(x[:, None] * w + b, 0.0) * v).sum(axis=0) + c


@ex.wrong("not summed", "The contributions of the units are added up: shape (m,).")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w + b, 0.0) * v + c


@ex.wrong("mean of the units", "The units are added, not averaged.")
def relu_network(x, w, b, v, c):
    return (np.maximum(x[:, None] * w + b, 0.0) * v).mean(axis=1) + c


@ex.wrong("v inside ReLU", "v weighs the output of a unit: multiply after ReLU.")
def relu_network(x, w, b, v, c):
    return np.maximum((x[:, None] * w + b) * v, 0.0).sum(axis=1) + c


@ex.wrong("v forgotten", "Each unit is weighted with its own v.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w + b, 0.0).sum(axis=1) + c


@ex.wrong("b subtracted", "The score of a unit is w x + b: b is added.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w - b, 0.0) @ v + c


@ex.wrong("b after ReLU", "b shifts the score before ReLU, not the result.")
def relu_network(x, w, b, v, c):
    return (np.maximum(x[:, None] * w, 0.0) + b) @ v + c


@ex.wrong("b forgotten", "Without b all units switch on at x = 0.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w, 0.0) @ v + c


@ex.wrong("w around b", "w (x + b) is not w x + b.")
def relu_network(x, w, b, v, c):
    return np.maximum((x[:, None] + b) * w, 0.0) @ v + c


@ex.wrong("w forgotten", "The score of a unit is w x + b: w is missing.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] + b, 0.0) @ v + c


@ex.wrong("w and v swapped", "w belongs to the score, v to the sum.")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * v + b, 0.0) @ w + c


@ex.wrong("sigmoid units", "The hidden units are ReLU units.")
def relu_network(x, w, b, v, c):
    return 1 / (1 + np.exp(-(x[:, None] * w + b))) @ v + c


@ex.wrong("absolute values", "ReLU, not abs: negative scores give 0.")
def relu_network(x, w, b, v, c):
    return np.abs(x[:, None] * w + b) @ v + c


@ex.wrong("a column", "The result is one-dimensional, (m,).")
def relu_network(x, w, b, v, c):
    return np.maximum(x[:, None] * w + b, 0.0) @ v[:, None] + c


@ex.wrong("last unit left out", "One unit is missing from the sum: check the range of the loop.")
def relu_network(x, w, b, v, c):
    out = np.full(len(x), c)
    for j in range(len(w) - 1):
        out = out + v[j] * np.maximum(w[j] * x + b[j], 0)
    return out


@ex.wrong("only the last unit", "The loop overwrites its result: add to it instead.")
def relu_network(x, w, b, v, c):
    for j in range(len(w)):
        out = v[j] * np.maximum(w[j] * x + b[j], 0) + c
    return out


@ex.wrong("integers", "Collect the sum in floats: an integer array cuts decimals off.")
def relu_network(x, w, b, v, c):
    out = np.zeros(len(x), dtype=int)
    for i in range(len(x)):
        out[i] = np.maximum(x[i] * w + b, 0.0) @ v + c
    return out


# --- fit_pieces -----------------------------------------------------------------------------------

ex = lab.exercise(
    "fit_pieces",
    points=16,
    hints=[
        "Draw the points and join them. What is the slope of each piece?",
        "Let every unit have w = 1. Which b makes a unit switch on exactly at a given knot?",
        "At the first knot all units are still off. Which of (w, b, v, c) must give the height there?",
        "A unit that is on stays on. So a new unit changes the slope: by how much must it, "
        "at each knot between two pieces?",
    ],
)


@ex.right
def fit_pieces(knots, values):
    """One unit with w = 1 for each piece, on from its left knot, adding the change of slope."""
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return np.ones(len(v)), -knots[:-1], v, values[0]


def _line(knots, values):
    """Return a case of `fit_pieces`, judged by what its network does."""
    return case("fit_pieces", knots, values, judge="activations.pieces")


def _points(rng, k, start=0.0, spread=2.0):
    """Return `k` knots at uneven distances and random values."""
    return start + np.cumsum(rng.uniform(0.2, 1.6, size=k)), spread * rng.normal(size=k)


def _fresh(rng, k, start=0.0, spread=2.0):
    return _line(*_points(rng, k, start, spread))


ex.check(
    "two points: one piece",
    [
        _line(np.array([1.0, 3.0]), np.array([2.0, 5.0])),
        _line(np.array([-2.5, -2.0]), np.array([0.7, -1.1])),
    ],
    lambda rng: [_fresh(rng, 2, -1.0), _fresh(rng, 2, 3.0), _fresh(rng, 2, -9.0)],
)
ex.check(
    "three points: the slope changes once",
    [
        _line(np.array([0.5, 1.5, 4.0]), np.array([1.0, 3.0, 2.25])),
        _line(np.array([-3.0, 0.5, 1.0]), np.array([-0.5, 1.6, 2.4])),
    ],
    lambda rng: [_fresh(rng, 3, -2.0), _fresh(rng, 3, 1.0), _fresh(rng, 3, -9.0, 0.3)],
)
ex.check(
    "many points",
    [
        _line(
            np.array([-2.0, -0.75, 0.3, 1.0, 2.5, 3.25]), np.array([1.2, 2.0, -0.4, -0.4, 1.5, 0.1])
        )
    ],
    lambda rng: [
        _fresh(rng, 6, -3.0),
        _fresh(rng, 12, -6.0, 9.0),
        _fresh(rng, 9, 40.0),
        _line(np.cumsum(rng.uniform(0.5, 2, size=5)) - 4, np.full(5, rng.normal())),
        _line(np.linspace(-1, 1, 7), np.linspace(-1, 1, 7) ** 2 * rng.uniform(1, 3)),
        _line(*(Layout(a, "readonly") for a in _points(rng, 5))),
        _line(*(Layout(a, "strided") for a in _points(rng, 6, -4.0))),
    ],
    weight=2,
)


@ex.wrong(
    "slopes instead of their changes",
    "A unit stays on: the next one only adds the change of slope.",
)
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], slopes, values[0]


@ex.wrong("first slope missing", "The first unit brings the slope of the first piece itself.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes)
    return np.ones(len(v)), -knots[1:-1], v, values[0]


@ex.wrong("sign of b", "w x + b is 0 where x = -b: check the sign of b.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), 1.0 * knots[:-1], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("output bias 0", "At the first knot no unit is on yet: c alone gives the height there.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], np.diff(slopes, prepend=0.0), 0.0


@ex.wrong(
    "output bias from the last value", "c is the height at the first knot, where no unit is on."
)
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], np.diff(slopes, prepend=0.0), values[-1]


@ex.wrong("output bias from the mean", "c is the height at the first knot, not the mean height.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], np.diff(slopes, prepend=0.0), np.mean(values)


@ex.wrong(
    "one knot too late", "A piece begins at its left knot: that is where its unit switches on."
)
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[1:], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("halfway between the knots", "The slope changes at a knot, not in the middle of a piece.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    middles = (knots[1:] + knots[:-1]) / 2
    return np.ones(len(slopes)), -middles, np.diff(slopes, prepend=0.0), values[0]


@ex.wrong(
    "distances forgotten", "A slope is rise over run: divide by the distance between the knots."
)
def fit_pieces(knots, values):
    rises = np.diff(values)
    return np.ones(len(rises)), -knots[:-1], np.diff(rises, prepend=0.0), values[0]


@ex.wrong("slopes upside down", "A slope is rise over run, not run over rise.")
def fit_pieces(knots, values):
    with np.errstate(all="ignore"):
        slopes = np.diff(knots) / np.diff(values)
    return np.ones(len(slopes)), -knots[:-1], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("values as output weights", "v holds changes of slope, not heights.")
def fit_pieces(knots, values):
    return np.ones(len(knots)), -knots, 1.0 * values, 0.0


@ex.wrong("rises as output weights", "v holds changes of slope; these are differences of heights.")
def fit_pieces(knots, values):
    return np.ones(len(knots) - 1), -knots[:-1], np.diff(values), values[0]


@ex.wrong("unit weight -1", "With w = -1 a unit is on to the left of its knot: use w = 1.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return -np.ones(len(slopes)), 1.0 * knots[:-1], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("slope in w and v", "The slope is in w and again in v: their product counts.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return np.abs(v), -knots[:-1] * np.abs(v), v, values[0]


@ex.wrong(
    "slope in w, sign lost", "With a negative w the unit is on at the left. Put the sign into v."
)
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return v, -knots[:-1] * v, np.ones(len(v)), values[0]


@ex.wrong("w scaled, b not", "A unit switches on at -b / w: scale b together with w.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return np.full(len(v), 2.0), -knots[:-1], v / 2, values[0]


@ex.wrong("changes without their sign", "Changes of slope can be negative: no abs.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], np.abs(np.diff(slopes, prepend=0.0)), values[0]


@ex.wrong("changes the wrong way round", "The change is the new slope minus the old one.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.append(slopes[0], slopes[:-1] - slopes[1:])
    return np.ones(len(slopes)), -knots[:-1], v, values[0]


@ex.wrong("one straight line", "This joins the first and the last point only.")
def fit_pieces(knots, values):
    slope = (values[-1] - values[0]) / (knots[-1] - knots[0])
    return np.ones(1), -knots[:1], np.array([slope]), values[0]


@ex.wrong("least-squares line", "One line cannot pass through all points: one unit a piece.")
def fit_pieces(knots, values):
    slope, height = np.polyfit(knots - knots[0], values, 1) if len(knots) > 2 else (
        (values[1] - values[0]) / (knots[1] - knots[0]) * 0.9, values[0])  # fmt: skip
    return np.ones(1), -knots[:1], np.array([slope]), height


@ex.wrong("last piece missing", "The last piece needs a unit too: check the range of the loop.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return np.ones(len(v) - 1), -knots[:-2], v[:-1], values[0]


@ex.wrong("bends before the knots", "Right at the points, but the corners lie between them.")
def fit_pieces(knots, values):
    w, b, v, slope, height, start = [], [], [], 0.0, values[0], knots[0]
    for i in range(len(knots) - 1):
        middle = (knots[i] + knots[i + 1]) / 2
        at_middle = height + slope * (middle - start)
        new = (values[i + 1] - at_middle) / (knots[i + 1] - middle)
        w.append(1.0), b.append(-middle), v.append(new - slope)
        slope, height, start = new, values[i + 1], knots[i + 1]
    return np.array(w), np.array(b), np.array(v), values[0]


@ex.wrong("single precision", "float32 keeps seven digits. Stay in float64.")
def fit_pieces(knots, values):
    knots, values = knots.astype(np.float32), values.astype(np.float32)
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=np.float32(0))
    return np.ones(len(v), np.float32), -knots[:-1], v, values[0]


@ex.wrong("rounded", "Return the numbers unrounded: the points are to be met to 1e-9.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.round(np.diff(slopes, prepend=0.0), 2)
    return np.ones(len(v)), -knots[:-1], v, values[0]


@ex.wrong("order of the result", "Return (w, b, v, c) in this order.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    v = np.diff(slopes, prepend=0.0)
    return np.ones(len(v)), v, -knots[:-1], values[0]


@ex.wrong("three of four", "Return four things: w, b, v and c.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return -knots[:-1], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("w as one number", "w has one entry for each unit, even if all are 1.")
def fit_pieces(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return 1.0, -knots[:-1], np.diff(slopes, prepend=0.0), values[0]


@ex.wrong("heights returned", "Return the weights (w, b, v, c), not the heights of the line.")
def fit_pieces(knots, values):
    return 1.0 * values


@ex.wrong("knots shifted in place", "Your function changed its input: `-=` writes into knots.")
def fit_pieces(knots, values):
    first = knots[0]
    slopes = np.diff(values) / np.diff(knots)
    knots -= first
    return np.ones(len(slopes)), -knots[:-1] - first, np.diff(slopes, prepend=0.0), values[0]


# --- quiz -----------------------------------------------------------------------------------------

lab.quiz(
    "activations_1",
    points=2,
    right="b",
    options={
        "a": "1 is the answer if both units were off. The second has the score 2 at x = -2.",
        "b": "The first unit is off (its score is -3), the second gives 2: 0 - 3 * 2 + 1 = -5.",
        "c": "The output weight of the second unit is -3: its 2 counts as -6, not as 6.",
        "d": "That is the sum without ReLU: a unit with a negative score gives 0.",
    },
    hint="Work out the two scores at x = -2 first. Which of the units is on?",
)
lab.quiz(
    "activations_2",
    points=2,
    right="d",
    options={
        "a": "0.25 is the largest slope of one sigmoid. Six of them are passed, one after another.",
        "b": "Slopes along a chain multiply. You added six times 0.25.",
        "c": "Slopes along a chain multiply. You divided 0.25 by 6.",
        "d": "Each sigmoid multiplies by 0.25 at most: 0.25 to the power 6 is about 0.00024.",
    },
    hint="What is the largest value of a (1 - a)? The chain rule multiplies one such factor a layer.",
)
lab.quiz(
    "activations_3",
    points=2,
    right="a",
    options={
        "a": "Left of x = 2 the slope is 1, right of it -2. The unit adds the change: -2 - 1 = -3.",
        "b": "-2 is the new slope. The units that are already on go on adding 1.",
        "c": "-1 is the sum of both slopes. The unit adds new minus old.",
        "d": "3 has the right size. The line turns downwards at x = 2, so the unit takes away.",
    },
    hint="Read two slopes from the picture, just left and just right of x = 2.",
)
lab.quiz(
    "activations_4",
    points=2,
    right="b",
    options={
        "a": "ReLU cannot be negative, but it may well be colder tomorrow.",
        "b": "A change in temperature can be any number, negative too: a linear output.",
        "c": "A sigmoid stays between 0 and 1, whatever the units of the target.",
        "d": "Hidden layers choose by how well they train; the output is chosen by the target.",
    },
    hint="List a few values that the target can take. Which activation can produce all of them?",
)
lab.quiz(
    "activations_5",
    points=2,
    right="c",
    options={
        "a": "3,151 is what the three layers hold together. Linear layers collapse into one.",
        "b": "Units are not parameters. Count the weights and biases of one layer from 10 to 1.",
        "c": "Linear layers collapse into one from 10 inputs to 1 output: 10 weights and 1 bias.",
        "d": "The biases do not vanish: one layer from 10 to 1 has 10 weights and a bias.",
    },
    hint="Which single layer do the three collapse into? Count its weights, then its bias.",
)
