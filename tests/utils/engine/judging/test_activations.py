"""The judge of ReLU networks that should be a given line: many are right, none of the wrong."""

import numpy as np
import pytest

from utils.engine.calling import Call, Outcome
from utils.engine.judging import Case
from utils.engine.judging.activations import BrokenLine, pieces
from utils.engine.plain import plain

KNOTS = np.array([-1.0, 0.25, 0.75, 3.0])
VALUES = np.array([0.5, -1.0, 2.0, 2.25])
SLOPES = np.diff(VALUES) / np.diff(KNOTS)
BENDS = np.diff(SLOPES, prepend=0.0)


def judged(value, knots=KNOTS, values=VALUES):
    case = Case([Call("fit_pieces", [knots, values])], "activations.pieces", {}, [None])
    return pieces(case, [Outcome(plain(value))])


def code(value, **points):
    finding = judged(value, **points)
    return finding and finding.code


def from_the_left(scale=1.0):
    w = np.full(3, scale)
    return w, -KNOTS[:-1] * w, BENDS / w, VALUES[0]


def from_the_right():
    bends = np.diff(-SLOPES[::-1], prepend=0.0)
    return -np.ones(3), KNOTS[:0:-1], bends, VALUES[-1]


@pytest.mark.parametrize("scale", [1.0, 3.7, 1e-6, 1e6])
def test_units_may_be_scaled(scale):
    """Is a network right whose w is larger and v smaller by the same factor?"""
    assert judged(from_the_left(scale)) is None


def test_units_may_look_to_the_left():
    """Is a network of units with w < 0 right?"""
    assert judged(from_the_right()) is None


def test_units_may_be_constant_idle_doubled_or_in_any_order():
    """Are units with w = 0, with v = 0, twice the same, and shuffled ones all fine?"""
    w, b, v, c = from_the_left()
    w = np.concatenate([w, w, [0.0, 0.0, 2.0]])
    b = np.concatenate([b, b, [2.0, -5.0, 1.3]])
    v = np.concatenate([v / 2, v / 2, [0.5, 7.0, 0.0]])
    order = np.random.default_rng(0).permutation(len(w))
    assert judged((w[order], b[order], v[order], c - 1.0)) is None


def test_anything_may_happen_outside_the_points():
    """Is a network right that bends left of the first knot and right of the last?"""
    w, b, v, c = from_the_left()
    extra = (np.array([-1.0, 1.0]), np.array([-1.5, -3.5]), np.array([4.0, -9.0]))
    whole = [np.append(a, e) for a, e in zip((w, b, v), extra, strict=True)]
    assert judged((*whole, c)) is None


def test_a_constant_needs_no_unit():
    """Is a network without units right where all values are equal?"""
    empty = np.array([])
    assert judged((empty, empty, empty, 2.0), values=np.full(4, 2.0)) is None
    assert code((empty, empty, empty, 2.0)) == "start"


def test_lists_and_integers_will_do():
    """Are plain lists and whole numbers as good as arrays of floats?"""
    answer = ([1, 1], [-1, -3], [2, -3], 2)
    points = {"knots": np.array([1.0, 3.0, 4.0]), "values": np.array([2.0, 6.0, 5.0])}
    assert judged(answer, **points) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda w, b, v, c: (w, b, v, c + 1e-8), "offset"),
        (lambda w, b, v, c: (w, b, v, 0.0), "offset"),
        (lambda w, b, v, c: (w, b, SLOPES, c), "slopes-add"),
        (lambda w, b, v, c: (w, -b, v, c), "bends"),
        (lambda w, b, v, c: (w[:-1], b[:-1], v[:-1], c), "slope"),
        (lambda w, b, v, c: (w, b + 4, v, c), "start"),
        (lambda w, b, v, c: (w.astype(np.float32), b, v.astype(np.float32), c), "nearly right"),
        (lambda w, b, v, c: (w, b, v), "count"),
        (lambda w, b, v, c: VALUES, "shapes"),
        (lambda w, b, v, c: (w[:, None], b, v, c), "shapes"),
        (lambda w, b, v, c: (w, b, v, np.array([c])), "shapes"),
        (lambda w, b, v, c: (1.0, b, v, c), "shapes"),
        (lambda w, b, v, c: (w, b, v * np.inf, c), "not-finite"),
        (lambda w, b, v, c: (w, b, "v", c), "type"),
        (lambda w, b, v, c: (w, b, [v, 1], c), "type"),
        (lambda w, b, v, c: (*(np.ones(500) for _ in "wbv"), c), "units"),
        (lambda w, b, v, c: "a text", "count"),
    ],
)
def test_a_wrong_network_is_told(change, expected):
    """Is each mistake named for what it is?"""
    assert code(change(*from_the_left())) == expected


def test_a_bend_between_two_points_is_told():
    """Is a network refused that meets all points, but is not straight between two of them?"""
    w, b, v, c = from_the_left()
    tent = np.array([1.0, -2.0, 1.0])  # up from 1, down from 1.5, level again from 2
    whole = (np.append(w, np.ones(3)), np.append(b, [-1.0, -1.5, -2.0]), np.append(v, tent), c)
    assert code(whole) == "bends"


def test_the_exact_line_is_the_network():
    """Does the line agree with the network's own sum, for weights of every sign?"""
    rng = np.random.default_rng(3)
    w, b, v = rng.normal(size=(3, 9))
    w[4] = 0.0
    line = BrokenLine(w, b, v, -0.7)
    for x in rng.normal(size=20) * 4:
        by_hand = sum(o * max(i * x + s, 0) for i, s, o in zip(w, b, v, strict=True)) - 0.7
        assert float(line.at(x)) == pytest.approx(by_hand, abs=1e-12)
