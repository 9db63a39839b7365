"""activations: sigmoid without overflow, ReLU, and a linear unit."""

import numpy as np

from autograder.authoring.declaration import case, exercise

from ._data import shapes

ex = exercise(__name__, points=18)
ex.hints = [
    "All three work entry by entry. NumPy's functions do that by themselves: which of them "
    "compares every entry with 0?",
    "The sigmoid of a very negative score divides by a huge number. Can you write it so that "
    "the exponential is never larger than 1, whatever the sign of z?",
    "exp(-abs(z)) never overflows. With e for it, the sigmoid is 1 / (1 + e) for positive z. "
    "What is it for negative z?",
]


@ex.stand_in("a table of integers may come back as decimals")
def linear(z):
    return 1.0 * z


ex.check(
    "sigmoid, moderate scores",
    [
        case("sigmoid", np.array([-2.0, -0.5, 0.5, 3.0])),
        case("sigmoid", np.array([[-1, 2, 0], [4, -3, 1]])),
        case("sigmoid", np.array(-1.5)),
    ],
    lambda rng: shapes(rng, "sigmoid"),
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
    lambda rng: shapes(rng, "relu", 5.0),
)
ex.check(
    "linear",
    [
        case("linear", np.array([[-1.5, 2.5], [8.0, -0.25]])),
        case("linear", np.array([-3, 0, 5])),
        case("linear", np.array(-2.5)),
    ],
    lambda rng: shapes(rng, "linear", 5.0),
    weight=0.5,
)

SIGMOID = "np.where(z >= 0, 1.0, small) / (1.0 + small)"

# fmt: off
# sigmoid
ex.mistake("naive formula", "exp(1000) overflows. Which exponential is at most 1 there, and which for positive z?",
    (SIGMOID, "1 / (1 + np.exp(-z))"))
ex.mistake("both branches of np.where",
    "np.where computes both sides, and one of them overflows. Can they share an exponential?",
    (SIGMOID, "np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))"))
ex.mistake("e^z above and below", "For large z this is inf / inf. Which exponential is small there?",
    (SIGMOID, "np.exp(z) / (1 + np.exp(z))"))
ex.mistake("scores clipped at 10", "Clipping changed a correct small value. Can the overflow be avoided instead?",
    (SIGMOID, "1 / (1 + np.exp(-np.clip(z, -10, 10)))"))
ex.mistake("scores clipped at 15", "Clipping so early changes values: exp(-18) is a real number.",
    (SIGMOID, "1 / (1 + np.exp(-np.clip(z, -15, 15)))"))
ex.mistake("scores clipped at 20", "Clipping changes values: exp(-30) is a real number, too.",
    (SIGMOID, "1 / (1 + np.exp(-np.clip(z, -20, 20)))"))
ex.mistake("result clipped", "Return the sigmoid as it is: nothing asks for a smallest value.",
    (SIGMOID, "np.clip(np.where(z >= 0, 1.0, small) / (1.0 + small), 1e-7, 1 - 1e-7)"))
ex.mistake("abs without the two signs",
    "This is right for positive z only. Negative z needs its own case.",
    ("np.where(z >= 0, 1.0, small)", "1.0"))
ex.mistake("sign flipped", "Large z should approach 1: check the sign inside the exponential.",
    ("1.0, small)", "small, 1.0)"))
ex.mistake("minus in the denominator", "The denominator is 1 plus the exponential.",
    (SIGMOID, "1 / (1 - np.exp(-z))"))
ex.mistake("tanh", "tanh runs from -1 to 1. The sigmoid runs from 0 to 1.", (SIGMOID, "np.tanh(z)"))
ex.mistake("tanh without halves", "Between tanh and the sigmoid, z is halved too.",
    (SIGMOID, "0.5 * (1 + np.tanh(z))"))
ex.mistake("a step", "The sigmoid is smooth: 0.5 at 0, and never quite 0 or 1 nearby.",
    (SIGMOID, "np.where(z >= 0, 1.0, 0.0)"))
ex.mistake("base 2", "The base is e: np.exp, not 2 to the power.",
    ("np.exp(-np.abs(z))", "2.0 ** -np.abs(z)"))
ex.mistake("only the exponential", "That is the exponential alone. Put it into 1 / (1 + ...).",
    (SIGMOID, "small"))
ex.mistake("filled into an integer array",
    "With integer z, zeros_like makes integers: every entry was cut to 0 or 1.",
    ("return np.where(z >= 0, 1.0, small) / (1.0 + small)",
     "out = np.zeros_like(z)\n    out[...] = np.where(z >= 0, 1.0, small) / (1.0 + small)\n"
     "    return out"))
ex.mistake("math.exp", "math.exp takes one number. np.exp takes arrays of any shape.",
    ("small =", "import math\n\n    small ="), (SIGMOID, "1 / (1 + math.exp(-z))"))
ex.mistake("rounded", "Return the values unrounded.",
    (SIGMOID, "np.round(np.where(z >= 0, 1.0, small) / (1.0 + small), 4)"))
ex.mistake("clipped in place", "Your function changed its input: np.clip(..., out=z) writes into z.",
    ("small =", 'if z.dtype.kind == "f":\n        np.clip(z, -700, 700, out=z)\n    small ='))
ex.mistake("loop over one axis", "This loop works for one axis only. The statement says: any shape.",
    (SIGMOID, "np.array([float(1 / (1 + np.exp(-t))) if t > -700 else 0.0 for t in z])"))

# relu
ex.mistake("max of the whole array",
    "np.max reduces to one number. What compares entry by entry?",
    ("np.maximum(z, 0.0)", "np.maximum(np.max(z), 0.0)"))
ex.mistake("np.max(z, 0)", "In np.max(z, 0) the 0 is an axis. What compares entry by entry?",
    ("np.maximum(z, 0.0)", "np.max(z, 0)"))
ex.mistake("Python's max", "max() compares whole arrays. Which function of NumPy goes entry by entry?",
    ("np.maximum(z, 0.0)", "max(0, z)"))
ex.mistake("if on an array",
    "An array has no single sign. What decides entry by entry?",
    ("return np.maximum(z, 0.0)", "if z > 0:\n        return 1.0 * z\n    return 0.0"))
ex.mistake("negatives set in place",
    "Return a new array: the caller still needs z, so write neither into z nor with out=z.",
    ("return np.maximum(z, 0.0)", "z[z < 0] = 0\n    return z"))
ex.mistake("absolute value", "Negative entries become 0, they do not change sign.",
    ("np.maximum(z, 0.0)", "1.0 * np.abs(z)"))
ex.mistake("minimum", "Keep the positive part: the larger of z and 0.",
    ("np.maximum(z, 0.0)", "np.minimum(z, 0.0)"))
ex.mistake("mirrored", "The sign is wrong inside: this keeps the negative part.",
    ("np.maximum(z, 0.0)", "np.maximum(-z, 0.0)"))
ex.mistake("leaky", "That is a leaky ReLU. Here negative entries become exactly 0.",
    ("np.maximum(z, 0.0)", "np.where(z > 0, z, 0.01 * z)"))
ex.mistake("slope instead of value", "Where z is positive ReLU is z itself, not 1.",
    ("np.maximum(z, 0.0)", "np.where(z > 0, 1.0, 0.0)"))
ex.mistake("capped at 1", "ReLU has no upper limit.", ("np.maximum(z, 0.0)", "np.clip(z, 0.0, 1.0)"))
ex.mistake("capped at 6", "ReLU has no upper limit.", ("np.maximum(z, 0.0)", "np.clip(z, 0.0, 6.0)"))
ex.mistake("floor at 1", "The larger of z and 0, not of z and 1.",
    ("np.maximum(z, 0.0)", "np.maximum(z, 1.0)"))
ex.mistake("softplus", "log(1 + exp(z)) is the smooth relative of ReLU. ReLU has a corner at 0.",
    ("np.maximum(z, 0.0)", "np.logaddexp(0, z)"))
ex.mistake("negatives left out", "z[z > 0] drops entries. The result has the shape of z.",
    ("np.maximum(z, 0.0)", "1.0 * z[z > 0]"))
ex.mistake("decimals lost",
    "np.vectorize took int from its first result, and cut all others. Use 0.0.",
    ("np.maximum(z, 0.0)", "np.vectorize(lambda t: max(0, t))(z)"))
ex.mistake("sigmoid of relu", "ReLU alone: no sigmoid on top.",
    ("np.maximum(z, 0.0)", "1 / (1 + np.exp(-np.maximum(z, 0.0)))"))

# linear
ex.mistake("slope of linear", "The linear activation is z itself; 1 is its slope.",
    ("1.0 * z", "np.ones(np.shape(z))"))
ex.mistake("linear returns nothing", "The function ends without a return.",
    ("return 1.0 * z", "z = 1.0 * z"))
ex.mistake("linear negates", "The linear activation changes nothing, not even the sign.",
    ("1.0 * z", "-1.0 * z"))
ex.mistake("linear of positives", "Negative scores pass through the linear activation as well.",
    ("1.0 * z", "np.maximum(z, 0.0)"))
ex.mistake("linear sums", "The weighted sum is the layer's work. The activation receives its result z.",
    ("1.0 * z", "1.0 * np.sum(z)"))
ex.mistake("linear scaled", "There is no weight in the activation: it returns z itself.",
    ("1.0 * z", "0.5 * z"))
ex.mistake("linear clipped", "There are no limits in the linear activation.",
    ("1.0 * z", "np.clip(z, -1.0, 1.0)"))
ex.mistake("linear cuts decimals",
    "Return z unchanged: converting to int loses what is after the point.",
    ("1.0 * z", "z.astype(int)"))
ex.mistake("linear flattens", "Keep the shape of z.", ("1.0 * z", "1.0 * z.ravel()"))
