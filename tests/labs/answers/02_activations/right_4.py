# %% activations
import math


def _logistic(t):
    return 1 / (1 + math.exp(-t)) if t > 0 else math.exp(t) / (1 + math.exp(t))


def sigmoid(z):
    return np.vectorize(_logistic, otypes=[float])(z)


def relu(z):
    return np.clip(z, 0, None)


def linear(z, slope=1):
    return slope * z


# %% slopes
def sigmoid_slope(scores):
    e = np.exp(-np.abs(scores))
    return e / (1 + 2 * e + e * e)


relu_slope = lambda z: (z > 0) * 1  # noqa: E731


# %% choose_output
NAMES = (("binary", "sigmoid"), ("real", "linear"), ("non-negative", "relu"))


def output_activation(target):
    for kind, activation in NAMES:
        if kind == target:
            return activation
    raise ValueError


# %% collapse
def collapse(first_weights, first_bias, second_weights, second_bias):
    extended_first = np.block(
        [
            [first_weights, np.zeros((len(first_weights), 1))],
            [first_bias, np.ones(1)],
        ]
    )
    extended_second = np.vstack([second_weights, second_bias])
    both = extended_first @ extended_second
    return both[:-1], both[-1]


# %% relu_network
def relu_network(x, w, b, v, c):
    scores = np.multiply.outer(w, x) + np.reshape(b, (-1, 1))
    return v @ (scores * (scores > 0)) + c


# %% fit_pieces
def fit_pieces(knots, values):
    # From the right: units with w < 0 are on to the left of their knot.
    slopes = np.diff(values) / np.diff(knots)
    falling = -slopes[::-1]
    v = falling - np.concatenate([[0.0], falling[:-1]])
    scale = 2.0 + np.arange(len(v))
    starts = knots[:0:-1]
    return -scale, scale * starts, v / scale, np.array(values[-1])
