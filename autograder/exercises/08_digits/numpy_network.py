"""numpy_network: the network that reads digits, in NumPy alone."""

import numpy as np

from autograder.authoring.declaration import Shared, call, case, case_of, exercise
from utils.engine.judging import Case, Finding
from utils.engine.judging import digits as judging
from utils.engine.plain import Same

from ._data import patterns, split

ex = exercise(__name__, points=20, deadline=60, forbids=["tensorflow", "datasets"])
ex.hints = [
    "Write it in three parts: the first weights, one step, the loop. Try one step alone: does "
    "`b2` move as in the example?",
    "All units begin alike if the weights begin at 0. How large should random ones be, with 64 "
    "inputs to a unit?",
    "Each of the four arrays has an `m` and a `v` of its own. Which t does the first step have?",
]


def _gradients(X, y, W1, b1, W2, b2):
    """The gradient of the mean cost, with the error of each example, `(m, ...)` averaged."""
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    e = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    error = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(y)
    back = (error @ W2.T) * (Z1 > 0)
    return [X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)]


def _downhill(case: Case, outcomes: list) -> Finding | None:
    """Judge the direction of the first step, which tells the starting weights as well.

    All rows are alike, so that every batch has the same gradient. An answer may look at the images
    in its own way (blur them, or add blurred ones): then ink is where there was none.
    """
    if finding := judging.network(case, outcomes):
        return finding
    X, y, _, _, small, _ = case.calls[0].args
    large = case.calls[2].args[4]
    one, _, two = [[np.asarray(p, float) for p in o.value] for o in outcomes]
    way = [(b - a) / (large - small) for a, b in zip(one, two, strict=True)]
    start = [a - small * d for a, d in zip(one, way, strict=True)]
    on = np.abs(way[2]).max(axis=1) > 0.05
    as_given = np.all(np.abs(way[0][X[0] == 0][:, on]) < 0.05)
    if (_is_down if as_given else _is_roughly_down)(X, y, start, way):
        return None
    return Finding("direction", "the first step does not go down the gradient",
                   next_step="Check the gradients against finite differences.")  # fmt: skip


def _is_down(X, y, start, way):
    """Tell whether every parameter moved against its gradient, and none without one."""
    for gradient, moved in zip(_gradients(X, y, *start), way, strict=True):
        clear = np.abs(gradient) > 1e-6
        down = np.all(np.sign(gradient[clear]) == -np.sign(moved[clear]))
        if not down or np.any(np.abs(moved[gradient == 0]) > 0.05):
            return False
    return True


def _is_roughly_down(X, y, start, way):
    """Tell the same of what holds for every image with this ink, and perhaps more.

    The output of the true class goes up, all others down; a unit that is on moves as its weights
    to the outputs say, where they say it clearly; a unit that is off does not move.
    """
    W1, b1, W2, b2 = way
    outputs = np.where(np.arange(len(b2)) == y[0], 1.0, -1.0)
    on = np.abs(W2).max(axis=1) > 0.05
    if np.any(np.sign(b2) != outputs) or np.any(np.sign(W2[on]) != outputs):
        return False
    if np.any(np.abs(b1[~on]) > 0.05) or np.any(np.abs(W1[:, ~on]) > 0.05):
        return False
    error = _gradients(X, y, *start)[3]
    back, size = start[2] @ error, np.abs(start[2]) @ np.abs(error)
    clear = on & (np.abs(back) > 0.3 * size)
    moved = W1[:, clear]
    return bool(
        np.all(np.sign(b1[clear]) == -np.sign(back[clear]))
        and np.all((np.abs(moved) < 0.05) | (np.sign(moved) == np.sign(b1[clear])))
        and np.all(np.abs(moved[X[0] > 0.05]) > 0.05)
    )


def _one_step(X, y, hidden, seed, judge):
    calls = [call("train_numpy_network", X, y, hidden, 1, rate, seed) for rate in
             (0.001, 0.001, 0.003)]  # fmt: skip
    return case_of(calls, judge=judge)


def _forms(rng):
    (X, y), _ = split()
    seed = int(rng.integers(1000))
    hidden = int(rng.integers(5, 40))
    # The last two: an array that was given before, filled anew, and a copy of it.
    images, seeds = (
        [Same(0, X), X, X, Same(0, X[::-1]), X[::-1]],
        [seed, seed, seed + 1, seed, seed],
    )
    calls = [
        call("train_numpy_network", each, y, hidden, 3, 0.01, s)
        for each, s in zip(images, seeds, strict=True)
    ]
    return [case_of(calls, judge=_seeded)]


def _seeded(case: Case, outcomes: list) -> Finding | None:
    if finding := judging.network(case, outcomes):
        return finding
    W, again, other, refilled, copy = [np.asarray(o.value[0], float) for o in outcomes]
    if not np.allclose(W, again, rtol=1e-6, atol=1e-9):
        return Finding("unseeded", "the same seed gave two different networks")
    if np.allclose(W, other):
        return Finding("seed-ignored", "another seed gave the same network")
    if np.allclose(refilled, W) and not np.allclose(refilled, copy):
        return Finding("remembered", "after new images were put into the same array, the old network came back",
                       next_step="Compute from the contents in each call.")  # fmt: skip
    return None


def _first_steps(rng):
    (X, y), _ = split()
    part = rng.permutation(len(X))[:256]
    alike = np.full(300, int(rng.integers(len(X))))
    seeds = [int(seed) for seed in rng.integers(1000, size=2)]
    return [
        _one_step(X[part], y[part], 20, seeds[0], "digits.first_step"),
        _one_step(X[alike], y[alike], 20, seeds[1], _downhill),
    ]


def _trained(rng):
    """Return the cases of one training on real digits, under other class numbers."""
    names = rng.permutation(10)
    (X, y), (X_test, y_test) = split()
    steps = int(rng.integers(400, 451))
    calls = [call("train_numpy_network", X, names[y], 32, steps, 0.02, int(rng.integers(1000)))]

    def reads(case: Case, outcomes: list) -> Finding | None:
        if finding := judging.network(case, outcomes):
            return finding
        right = judging.share(outcomes[-1].value, X_test, names[y_test])
        if right >= case.params["share"]:
            return None
        what = f"{right:.1%} of the held-back digits are read correctly, "
        what += f"{case.params['share']:.0%} are asked for here"
        return Finding("accuracy", what, next_step="Does the cost fall from step to step?")

    return [Case(calls, reads, {"share": s}, [None]) for s in (0.88, 0.92)]


_PATTERNS = patterns(2, 256)
_networks = Shared(_trained)

ex.check("four arrays of the right shapes; the seed decides", [], _forms)
ex.check("one step of Adam", [_one_step(*_PATTERNS, 12, 3, "digits.first_step")], _first_steps)
ex.check(
    "88% of the held-back digits are read correctly",
    [
        case("train_numpy_network", *_PATTERNS, 12, 300, 0.01, 3, judge="digits.learned",
             share=0.9),
    ],
    _networks.first,
    weight=2,
)  # fmt: skip
ex.check("92% of the held-back digits are read correctly", [], _networks.later(1), weight=1)

# fmt: off
ex.mistake("plain gradient descent", "These are steps of gradient descent: Adam is asked for.",
    ("corrected[0] / (np.sqrt(corrected[1]) + 1e-8)", "g"), finding="not-adam")
ex.mistake("no bias correction", "The averages m and v are not corrected: the first steps are too long.",
    (" / (1 - 0.9**t)", ""), (" / (1 - 0.999**t)", ""), finding="no-correction")
ex.mistake("first moment not corrected", "m starts at 0 too: correct it as well.",
    (" / (1 - 0.9**t)", ""), finding="first-moment")
ex.mistake("second moment not corrected", "v starts at 0 too: correct it as well.",
    (" / (1 - 0.999**t)", ""), finding="second-moment")
ex.mistake("steps counted from 0", "t counts from 1: at t = 0 the correction divides by 0.",
    ("range(1, steps + 1)", "range(steps)"), finding="not-finite")
ex.mistake("one step too many", "`steps` steps are asked for: where does the loop begin and end?",
    ("range(1, steps + 1)", "range(1, steps + 2)"), finding="more-steps")
ex.mistake("biases never change", "The biases keep their first values: they have gradients too.",
    ("back.sum(axis=0)", "0 * b1"), ("error.sum(axis=0)", "0 * b2"), finding="biases-fixed")
ex.mistake("targets not subtracted", "The error is what was said minus what is true.", (" - Y)", ")"),
    finding="targets-missing")
ex.mistake("uphill", "The parameters move up the gradient: the cost rises.",
    ("theta[i] - alpha", "theta[i] + alpha"), finding="uphill")
ex.mistake("weights begin at 0", "Weights that begin alike stay alike: draw them at random.",
    ("rng.normal(size=(n, hidden)) * np.sqrt(2 / n)", "np.zeros((n, hidden))"),
    ("rng.normal(size=(hidden, 10)) * np.sqrt(2 / hidden)", "np.full((hidden, 10), 0.1)"),
    finding="all-alike")
ex.mistake("only the output layer learns", "The hidden layer keeps its random weights.",
    ("X.T @ back, back.sum(axis=0)", "0 * W1, 0 * b1"), finding="hidden-fixed")
ex.mistake("one step only",
    "After all its steps it can hardly read: are all of them taken, from weights that begin small?",
    ("range(1, steps + 1)", "range(1, 2)"), finding="not-learned")
ex.mistake("generator without the seed", "The starting weights must come from the seed.",
    ("default_rng(seed)", "default_rng()"), finding="unseeded")
ex.mistake("hidden not used", "The hidden layer has another size than `hidden` says.",
    ("n = X.shape[1]", "n, hidden = X.shape[1], 25"), finding="other-hidden")
ex.mistake("biases as rows", "A bias is `(hidden,)`, not `(1, hidden)`.",
    ("tuple(theta)", "theta[0], theta[1][None], theta[2], theta[3][None]"), finding="row-biases")
ex.mistake("weights first", "Return W1, b1, W2, b2, in that order.",
    ("tuple(theta)", "theta[0], theta[2], theta[1], theta[3]"), finding="order")
ex.mistake("weights transposed", "Return W1 as (64, hidden), so that X @ W1 is possible.",
    ("tuple(theta)", "theta[0].T, theta[1], theta[2].T, theta[3]"), finding="transposed")
ex.mistake("cost returned", "The four arrays of the network are asked for.",
    ("tuple(theta)", "theta[0], theta[1], theta[2]"), finding="count")
ex.mistake("rate not used", "Another alpha gives the same weights: is it used, in every step?",
    ("alpha * corrected", "0.01 * corrected"), finding="rate-ignored")
