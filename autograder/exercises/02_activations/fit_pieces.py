"""fit_pieces: a ReLU network through given points, straight between them."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=16)
ex.hints = [
    "Draw the points and join them. What is the slope of each piece?",
    "Let every unit have w = 1. Which b makes a unit switch on exactly at a given knot?",
    "At the first knot all units are still off. Which of (w, b, v, c) must give the height there?",
    "A unit that is on stays on. So a new unit changes the slope: by how much must it, "
    "at each knot between two pieces?",
]


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
        _fresh(rng, 40, -20.0),
        _fresh(rng, 9, 40.0),
        _line(np.cumsum(rng.uniform(0.5, 2, size=5)) - 4, np.full(5, rng.normal())),
        _line(np.linspace(-1, 1, 7), np.linspace(-1, 1, 7) ** 2 * rng.uniform(1, 3)),
        _line(*(Layout(a, "readonly") for a in _points(rng, 5))),
        _line(*(Layout(a, "strided") for a in _points(rng, 6, -4.0))),
    ],
    weight=2,
)

CHANGES = "np.diff(slopes, prepend=0.0)"

# fmt: off
ex.mistake("slopes instead of their changes",
    "A unit that is on stays on. What is left for the next one to add?", (CHANGES, "slopes"))
ex.mistake("first slope missing", "The first unit brings the slope of the first piece itself.",
    ("np.ones(len(slopes))", "np.ones(len(slopes) - 1)"), ("knots[:-1]", "knots[1:-1]"),
    ("slopes, prepend=0.0", "slopes"))
ex.mistake("sign of b", "For which x is w x + b equal to 0? Check the sign of b.",
    ("-knots[:-1]", "1.0 * knots[:-1]"))
ex.mistake("output bias 0", "At the first knot no unit is on yet: c alone gives the height there.",
    ("values[0]", "0.0"))
ex.mistake("output bias from the last value", "c is the height at the first knot, where no unit is on.",
    ("values[0]", "values[-1]"))
ex.mistake("output bias from the mean", "c is the height at the first knot, not the mean height.",
    ("values[0]", "np.mean(values)"))
ex.mistake("one knot too late", "A piece begins at its left knot: that is where its unit switches on.",
    ("knots[:-1]", "knots[1:]"))
ex.mistake("halfway between the knots", "The slope changes at a knot, not in the middle of a piece.",
    ("-knots[:-1]", "-(knots[1:] + knots[:-1]) / 2"))
ex.mistake("distances forgotten", "A slope is the difference of heights divided by the distance between the knots.",
    (" / np.diff(knots)", ""))
ex.mistake("slopes upside down", "A slope is the difference of heights divided by the distance, not the reverse.",
    ("np.diff(values) / np.diff(knots)", "np.diff(knots) / np.diff(values)"))
ex.mistake("values as output weights", "v holds changes of slope, not heights.",
    ("w, b, v, values[0]", "np.ones(len(knots)), -knots, 1.0 * values, 0.0"))
ex.mistake("rises as output weights", "v holds changes of slope; these are differences of heights.",
    (CHANGES, "np.diff(values)"))
ex.mistake("unit weight -1", "With w = -1 a unit is on to the left of its knot: use w = 1.",
    ("np.ones", "-np.ones"), ("-knots[:-1]", "1.0 * knots[:-1]"))
ex.mistake("slope in w and v", "The slope is in w and again in v: their product counts.",
    ("w, b, v, values[0]", "np.abs(v), b * np.abs(v), v, values[0]"))
ex.mistake("slope in w, sign lost",
    "With a negative w the unit is on at the left. Put the sign into v.",
    ("w, b, v, values[0]", "v, b * v, w, values[0]"))
ex.mistake("w scaled, b not", "A unit switches on at -b / w: scale b together with w.",
    ("w, b, v, values[0]", "2 * w, b, v / 2, values[0]"))
ex.mistake("changes without their sign", "Changes of slope can be negative: no abs.",
    (CHANGES, "np.abs(np.diff(slopes, prepend=0.0))"))
ex.mistake("changes the wrong way round", "The change is the new slope minus the old one.",
    (CHANGES, "np.append(slopes[0], slopes[:-1] - slopes[1:])"))
ex.mistake("one straight line", "This joins the first and the last point only.",
    ("return w, b, v, values[0]",
     "slope = (values[-1] - values[0]) / (knots[-1] - knots[0])\n"
     "    return w[:1], b[:1], np.array([slope]), values[0]"))


@ex.mistake("least-squares line", "One line cannot pass through all points: one unit for each piece.")
def fit_pieces(knots, values):
    slope, height = np.polyfit(knots - knots[0], values, 1) if len(knots) > 2 else (
        (values[1] - values[0]) / (knots[1] - knots[0]) * 0.9, values[0])  # fmt: skip
    return np.ones(1), -knots[:1], np.array([slope]), height


ex.mistake("last piece missing", "The last piece needs a unit too: check the range of the loop.",
    ("w, b, v, values[0]", "w[:-1], b[:-1], v[:-1], values[0]"))


@ex.mistake("bends before the knots", "Right at the points, but the corners lie between them.")
def fit_pieces(knots, values):
    w, b, v, slope, height, start = [], [], [], 0.0, values[0], knots[0]
    for i in range(len(knots) - 1):
        middle = (knots[i] + knots[i + 1]) / 2
        at_middle = height + slope * (middle - start)
        new = (values[i + 1] - at_middle) / (knots[i + 1] - middle)
        w.append(1.0), b.append(-middle), v.append(new - slope)
        slope, height, start = new, values[i + 1], knots[i + 1]
    return np.array(w), np.array(b), np.array(v), values[0]


ex.mistake("single precision", "float32 keeps seven digits. Stay in float64.",
    ("slopes = ", "knots, values = knots.astype(np.float32), values.astype(np.float32)\n    slopes = "),
    ("np.ones(len(slopes))", "np.ones(len(slopes), np.float32)"),
    ("prepend=0.0", "prepend=np.float32(0)"))
ex.mistake("rounded", "Return the numbers unrounded: the line must pass through the points to 1e-9.",
    (CHANGES, "np.round(np.diff(slopes, prepend=0.0), 2)"))
ex.mistake("order of the result", "Return (w, b, v, c) in this order.", ("w, b, v,", "w, v, b,"))
ex.mistake("three of four", "Return four things: w, b, v and c.", ("w, b, v,", "b, v,"))
ex.mistake("w as one number", "w has one entry for each unit, even if all are 1.",
    ("w, b, v,", "1.0, b, v,"))
ex.mistake("heights returned", "Return the weights (w, b, v, c), not the heights of the line.",
    ("w, b, v, values[0]", "1.0 * values"))
ex.mistake("knots shifted in place", "Your function changed its input: `-=` writes into knots.",
    ("return", "knots -= knots[0]\n    return"))
