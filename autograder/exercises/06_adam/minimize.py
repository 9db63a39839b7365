"""minimize: the path of Adam from `theta`: (steps + 1, n), the starting point first."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout, Source

ex = exercise(__name__, points=18, forbids=["optimizers"])
ex.hints = [
    "Before the loop: where do the two averages start, and what is the first row of the path?",
    "In each step: the gradient at the present point, then one `adam_step`, whose three "
    "results replace what you had. With which t does the first step run?",
    "A list of points, turned into an array at the end, keeps the path. How many points are "
    "there after `steps` steps?",
]
minimize = ex.home.right("minimize")


def _walk(text, theta, steps, alpha, layout=None):
    """Return the case of one descent; the judge compares the path and counts the calls."""
    expect = minimize(eval(text, {"np": np}), theta, steps, alpha)
    start = Layout(theta, layout) if layout else theta
    arguments = Source(text), start, steps, alpha
    return case("minimize", *arguments, judge="adam.path", expect=expect, count=steps)


def _bowl(rng, n):
    """Return the gradient of a quadratic with its lowest point away from where paths start."""
    slopes = ", ".join(f"{s:.3f}" for s in rng.uniform(0.3, 6.0, n))
    centre = ", ".join(f"{s:.3f}" for s in rng.uniform(-0.5, 0.5, n))
    return f"lambda p: np.array([{slopes}]) * (p - np.array([{centre}]))"


def _start(rng, n):
    return rng.uniform(2.0, 4.0, n) * rng.choice([-1.0, 1.0], n)


_RAVINE = "lambda p: np.array([1.0, 12.0]) * (p - np.array([0.5, -0.25]))"
_WAVES = "lambda p: p / 4 + np.cos(3 * p)"

ex.check(
    "one step",
    [_walk(_RAVINE, np.array([2.0, 1.0]), 1, 0.1), _walk(_WAVES, np.array([-1.5]), 1, 0.5)],
    lambda rng: [
        _walk(_bowl(rng, 3), _start(rng, 3), 1, float(rng.uniform(0.1, 0.9))),
        _walk(_bowl(rng, 1), _start(rng, 1), 1, 0.2),
    ],
)
ex.check(
    "a whole path",
    [
        _walk(_RAVINE, np.array([2.0, 1.0]), 5, 0.3),
        _walk(_WAVES, np.array([-1.5, 0.4, 2.0]), 4, 0.8),
    ],
    lambda rng: [
        _walk(_bowl(rng, 2), _start(rng, 2), 25, 0.2),
        _walk(_bowl(rng, 40), _start(rng, 40), 12, 0.6),
        _walk(_WAVES, _start(rng, 3), 9, 0.4),
        _walk("lambda p: p**3 - p", np.array([float(rng.uniform(1.5, 2.5)), -0.3]), 15, 0.05),
        _walk(_bowl(rng, 3), _start(rng, 3), 6, 0.3, "readonly"),
        _walk(_bowl(rng, 3), _start(rng, 3), 6, 0.3, "strided"),
        _walk("lambda p: 2 * p", _start(rng, 2).astype(np.float32), 4, 0.25),
    ],
    weight=2,
)
ex.check(
    "tiny gradients: eps as in adam_step",
    [_walk("lambda p: 1e-8 * p", np.array([1.0, -3.0, 0.0]), 3, 0.5)],
    lambda rng: [
        _walk(f"lambda p: {rng.uniform(1, 3):.3f}e-8 * (p - 1)", _start(rng, 3), 5, 0.4),
        _walk("lambda p: 0.0 * p", _start(rng, 2), 4, 0.4),
    ],
)

# fmt: off
ex.mistake("starting point missing", "The first row of the path is the starting point.",
    ("[theta]", "[]"))
ex.mistake("last point missing", "The path ends where the last step ends: `steps + 1` points.",
    ("np.array(path)", "np.array(path[:-1])"))
ex.mistake("one step short", "range(1, steps) has one step fewer than `steps`.", ("steps + 1", "steps"))
ex.mistake("one step too many", "The path has `steps + 1` points: one more than steps.",
    ("steps + 1", "steps + 2"))
ex.mistake("only the end", "Return every point on the way, not only the last.",
    ("np.array(path)", "theta"))
ex.mistake("transposed", "One row for each point: the shape is (steps + 1, n).",
    ("np.array(path)", "np.array(path).T"))
ex.mistake("t counted from 0", "The first step has t = 1.", ("range(1, steps + 1)", "range(steps)"))
ex.mistake("t counted from 2", "The first step has t = 1: count it once.",
    ("v, t, alpha", "v, t + 1, alpha"))
ex.mistake("t stays at 1", "t must advance: it counts the steps.", ("v, t, alpha", "v, 1, alpha"))
ex.mistake("t is the number of steps", "t is the number of this step, not of all steps.",
    ("v, t, alpha", "v, steps, alpha"))
ex.mistake("moments forgotten", "Set the averages to 0 once, before the loop; then keep the new ones.",
    ("theta, m, v =", "m, v = np.zeros_like(theta), np.zeros_like(theta)\n        theta, m, v ="))
ex.mistake("v not kept", "adam_step returns m and v: take both along.",
    ("theta, m, v =", "theta, m, _ ="))
ex.mistake("moments swapped", "adam_step returns m before v.", ("theta, m, v =", "theta, v, m ="),
    ("m, v, t", "m, np.abs(v), t"))
ex.mistake("moments start at 1", "Both averages start at 0.",
    ("np.zeros_like(theta), np.zeros_like(theta)", "np.ones_like(theta), np.ones_like(theta)"))
ex.mistake("gradient of the start", "Each step needs the gradient at the present point.",
    ("path =", "start = theta\n    path ="), ("gradient(theta)", "gradient(start)"))
ex.mistake("gradient called once", "The gradient changes along the way: ask for it in each step.",
    ("path =", "grad = gradient(theta)\n    path ="), ("gradient(theta)", "grad"))
ex.mistake("gradient called twice a step", "Call the gradient function once in each step: it may be slow.",
    ("theta, m, v =",
     "if not np.isfinite(gradient(theta)).all():\n            break\n        theta, m, v ="))
ex.mistake("one call too many", "The last point needs no gradient: one call in each step is enough.",
    ("    return", "    gradient(theta)\n    return"))
ex.mistake("alpha not passed on", "Pass alpha on to adam_step: its default is another.",
    ("t, alpha)", "t)"))
ex.mistake("plain gradient descent", "Use Adam for the steps, not plain gradient descent.",
    ("theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)",
     "theta = theta - alpha * gradient(theta)"))
ex.mistake("uphill", "The path climbs: hand over the gradient itself, not its negative.",
    ("gradient(theta)", "-gradient(theta)"))
ex.mistake("one array all along", "Every entry of the list is the same array: append a new one.",
    ("path =", "theta = np.array(theta)\n    path ="), ("theta, m, v =", "theta[:], m, v ="))
ex.mistake("starting point overwritten", "Work on a copy: the caller's starting point has moved.",
    ("[theta]", "[theta.copy()]"), ("theta, m, v =", "theta[:], m, v ="),
    ("append(theta)", "append(theta.copy())"))
ex.mistake("epsilon hat", "This is Adam with another epsilon: use your adam_step.",
    ("theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)",
     "grad = gradient(theta)\n        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2\n"
     "        rate = alpha * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)\n"
     "        theta = theta - rate * m / (np.sqrt(v) + 1e-8)"))
ex.mistake("eps of 1e-7", "All other settings are those of adam_step: eps is 1e-8.",
    ("t, alpha)", "t, alpha, 0.9, 0.999, 1e-7)"))
ex.mistake("no bias correction", "The first steps are too long: this is Adam without correction.",
    ("theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)",
     "grad = gradient(theta)\n        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2\n"
     "        theta = theta - alpha * m / (np.sqrt(v) + 1e-8)"))
ex.mistake("stops when it is flat", "Take all the steps: the path always has `steps + 1` points.",
    ("theta, m, v = adam_step(theta, gradient(theta)",
     "grad = gradient(theta)\n        if np.linalg.norm(grad) < 1e-6:\n            break\n"
     "        theta, m, v = adam_step(theta, grad"))
