"""conv1d: reLU of the sum of each window of x times each filter, plus bias."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=16, forbids=["convolution"])
ex.hints = [
    "One window first: it has the shape (k,), the filters have (k, F). Which product of the two "
    "gives one number for each filter?",
    "The first window starts at 0, the next at `stride`. What is the last start that fits?",
    "Where is the bias added, before ReLU or after? Does the output have a row for each window?",
]


def _signal(rng, T, k, F):
    return rng.normal(size=T), rng.normal(size=(k, F)), 0.5 * rng.normal(size=F)


def _slide(*args):
    return case("conv1d", *args, largest=True)


_SIGNAL = np.array([1.0, 3.0, 2.0, -1.0, 0.5, 4.0, -2.0, 1.5])
_FILTERS = np.array([[1.0, -0.5, 0.3], [-2.0, 1.5, 0.2], [0.5, 0.75, -1.0]])
_SHIFTS = np.array([0.25, -0.6, 0.1])

ex.check(
    "one filter",
    [
        _slide(_SIGNAL, _FILTERS[:, :1], _SHIFTS[:1]),
        _slide(_SIGNAL[:3], _FILTERS[:, 1:2], _SHIFTS[1:2]),
    ],
    lambda rng: [
        _slide(*_signal(rng, 300, 4, 2)),
        _slide(*_signal(rng, 12, 4, 1)),
        _slide(*_signal(rng, 6, 1, 1)),
        _slide(rng.uniform(1, 2, 5), rng.uniform(1, 2, (5, 1)), rng.normal(size=1)),
    ],
)
ex.check(
    "several filters",
    [_slide(_SIGNAL, _FILTERS, _SHIFTS), _slide(_SIGNAL[::-1].copy(), _FILTERS[:2], -_SHIFTS)],
    lambda rng: [
        _slide(*_signal(rng, 30, 5, 4)),
        _slide(*_signal(rng, 10, 3, 3)),
        _slide(*_signal(rng, 9, 4, 2), 1),
        _slide(*_signal(rng, 7, 1, 5)),
        _slide(*(a.astype(np.float32) for a in _signal(rng, 11, 3, 2))),
        _slide(*(Layout(a, "readonly") for a in _signal(rng, 9, 3, 2))),
        _slide(*(Layout(a, "strided") for a in _signal(rng, 9, 2, 4))),
        _slide(*(Layout(a, "fortran") for a in _signal(rng, 9, 4, 3))),
    ],
)
ex.check(
    "stride",
    [
        _slide(_SIGNAL, _FILTERS, _SHIFTS, 2),
        _slide(_SIGNAL, _FILTERS[:2], _SHIFTS, 3),
        _slide(_SIGNAL[:6], _FILTERS[:2, :2], _SHIFTS[:2], 4),
    ],
    lambda rng: [
        _slide(*_signal(rng, 20, 4, 3), 3),
        _slide(*_signal(rng, 17, 4, 2), 4),
        _slide(*_signal(rng, 21, 5, 2), 2),
        _slide(*_signal(rng, 10, 2, 2), 5),
        _slide(*_signal(rng, 6, 4, 2), 7),
        _slide(*_signal(rng, 5, 5, 3), 2),
    ],
)

OUTPUT = "np.maximum(windows @ w + b, 0)"
STARTS = "range(0, len(x) - k + 1, stride)])"

# fmt: off
ex.mistake("filter flipped", "Multiply the window as it stands: w[0] belongs to the first sample.",
    ("windows @ w", "windows @ w[::-1]"))
ex.mistake("no ReLU", "Negative sums become 0: apply ReLU at the end.", (OUTPUT, "windows @ w + b"))
ex.mistake("no bias", "Each filter has a bias: add it before ReLU.", ("+ b", ""))
ex.mistake("bias after ReLU", "Add the bias first, then apply ReLU.",
    (OUTPUT, "np.maximum(windows @ w, 0) + b"))
ex.mistake("bias subtracted", "The bias is added.", ("w + b", "w - b"))
ex.mistake("bias once for each sample", "Add the bias once to each sum, not to every product.",
    ("w + b", "w + k * b"))
ex.mistake("ReLU on the products", "Sum the products first; ReLU comes at the very end.",
    (OUTPUT, "np.maximum(windows[:, :, None] * w, 0).sum(axis=1) + b"))
ex.mistake("ReLU on the signal", "The signal keeps its negative samples; ReLU acts on the output.",
    (OUTPUT, "np.maximum(windows, 0) @ w + b"))
ex.mistake("absolute values", "ReLU sets negative sums to 0; it does not drop their sign.",
    (OUTPUT, "np.abs(windows @ w + b)"))
ex.mistake("sigmoid", "The activation here is ReLU.", (OUTPUT, "1 / (1 + np.exp(-(windows @ w + b)))"))
ex.mistake("last window missing", "One window more fits: the last one starts at T - k.",
    (STARTS, "range(0, len(x) - k, stride)]).reshape(-1, k)"))
ex.mistake("first window missing", "The first window starts at sample 0.",
    (STARTS, "range(stride, len(x) - k + 1, stride)]).reshape(-1, k)"))
ex.mistake("padded with zeros", "Only windows inside the signal count: no zeros around it.",
    ("k = len(w)", "k = len(w)\n    x = np.concatenate([np.zeros((k - 1) // 2), x, np.zeros(k // 2)])"))
ex.mistake("padded at the end", "Windows that go beyond the end do not count.",
    ("k = len(w)", "k = len(w)\n    x = np.append(x, np.zeros(k - 1))"))
ex.mistake("wraps around", "The signal has an end: windows do not continue at its beginning.",
    ("k = len(w)", "k = len(w)\n    x = np.append(x, x[: k - 1])"))
ex.mistake("stride ignored", "The window moves on by `stride` samples.", ("+ 1, stride)", "+ 1)"))
ex.mistake("windows side by side", "Windows overlap: they start `stride` apart, not k apart.",
    ("+ 1, stride)", "+ 1, k)"))
ex.mistake("gaps inside the window", "stride is between windows; inside one, samples are neighbours.",
    ("start + k]", "start + k * stride : stride]"),
    (STARTS, "range(len(x) - (k - 1) * stride)]).reshape(-1, k)"))
ex.mistake("signal thinned first", "Moving on by `stride` is not skipping samples of the signal.",
    ("k = len(w)", "k, x = len(w), x[::stride]"), (STARTS, "range(0, len(x) - k + 1)]).reshape(-1, k)"))
ex.mistake("too few with a stride", "(T - k)//stride + 1 windows fit: round down, then add 1.",
    (STARTS, "range(0, (len(x) - k + 1) // stride * stride, stride)]).reshape(-1, k)"))
ex.mistake("transposed", "A row for each window, a column for each filter.",
    (OUTPUT, "np.maximum(windows @ w + b, 0).T"))
ex.mistake("first filter only", "Every column of w is a filter: use them all.",
    ("w + b", "w[:, :1] + b[:1]"))
ex.mistake("filters summed", "Each filter gives an output of its own: no sum over filters.",
    (OUTPUT, "np.maximum(windows @ w + b, 0).sum(axis=1)"))
ex.mistake("flat for one filter", "The result has two axes, also with a single filter.",
    (OUTPUT, "np.squeeze(np.maximum(windows @ w + b, 0))"))
ex.mistake("mean over the window", "The products are summed, not averaged.",
    ("windows @ w", "windows @ w / k"))
