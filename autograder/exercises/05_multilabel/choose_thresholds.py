"""choose_thresholds: the threshold of lowest total cost for each label, the highest such on ties."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=22)
ex.hints = [
    "Take one label alone. For a given threshold, how many misses and how many false alarms are "
    "there?",
    "With the cost of one threshold at hand: which function lists the candidates, each once?",
    "Two thresholds may cost the same: in which order do you try them so that the highest wins?",
]


def _observed(rng, m, k, miss_cost=1, false_alarm_cost=1):
    """Return probabilities of which some are equal, and labels that go with them.

    A mean of costs, or a cost divided by another, is rounded and may break a tie the wrong way.
    So the number of examples is a power of 2, where a mean of counts is exact, and where the two
    costs differ no two thresholds of a label share the lowest cost.
    """
    while True:
        P = rng.integers(1, 23, size=(m, k)) / 23
        Y = (rng.uniform(size=(m, k)) < P).astype(int)
        if miss_cost == false_alarm_cost or not _tied(P, Y, miss_cost, false_alarm_cost):
            return P, Y


def _tied(P, Y, miss_cost, false_alarm_cost):
    for p, y in zip(P.T, Y.T, strict=True):
        said = p >= np.append(np.unique(p), 1.01)[:, None]
        cost = miss_cost * (~said & (y == 1)).sum(1) + false_alarm_cost * (said & (y == 0)).sum(1)
        if np.sum(cost == cost.min()) > 1:
            return True
    return False


def _dear(rng, m, k, miss_cost, false_alarm_cost):
    costs = miss_cost, false_alarm_cost
    return case("choose_thresholds", *_observed(rng, m, k, *costs), *costs)


def _telling(rng, *columns):
    """Return 8 examples in random order; each label is one of `columns`, likeliest first.

    These tell a total cost from its square, from the larger of both costs, and from costs that
    only say which mistake costs more.
    """
    order = rng.permutation(8)
    P = np.arange(12, 4, -1)[:, None] / 16 - np.arange(len(columns)) / 32
    return P[order], np.transpose([[int(c) for c in column] for column in columns])[order]


_OBSERVED = np.array(
    [
        [0.91, 0.2, 0.4],
        [0.625, 0.7, 0.3],
        [0.4, 0.515, 0.8],
        [0.3, 0.1, 0.6],
        [0.1, 0.6, 0.2],
        [0.2, 0.35, 0.5],
        [0.8, 0.4525, 0.9],
        [0.553, 0.8, 0.7],
    ]
)
_PRESENT = np.array(
    [[1, 0, 1], [1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 1, 1], [1, 0, 0]]
)

ex.check(
    "misses and false alarms cost the same",
    [
        case("choose_thresholds", _OBSERVED, _PRESENT, 1.0, 1.0),
        case("choose_thresholds", _OBSERVED[:4, :2], 1 - _PRESENT[:4, :2], 1.0, 1.0),
    ],
    lambda rng: [
        case("choose_thresholds", *_observed(rng, 512, 3), 1.0, 1.0),
        case("choose_thresholds", *_observed(rng, 4, 4), 2, 2),
        case("choose_thresholds", *_telling(rng, "00100101", "00100011"), 1.0, 1.0),
        case("choose_thresholds", *_observed(rng, 64, 2), 1.0, 1.0),
        case("choose_thresholds", (pair := _observed(rng, 8, 3))[0], pair[1].astype(float), 1, 1),
        case("choose_thresholds", *(Layout(a, "readonly") for a in _observed(rng, 8, 3)), 1.0, 1.0),
        case("choose_thresholds", *(Layout(a, "strided") for a in _observed(rng, 8, 2)), 2.0, 2.0),
    ],
)
ex.check(
    "one mistake costs more than the other",
    [
        case("choose_thresholds", _OBSERVED, _PRESENT, 5.0, 1.0),
        case("choose_thresholds", _OBSERVED, _PRESENT, 1.0, 3.0),
    ],
    lambda rng: [
        _dear(rng, 16, 3, 4.0, 1.0),
        _dear(rng, 16, 2, 1, 6),
        _dear(rng, 8, 3, 0.5, 2.5),
        _dear(rng, 8, 2, 3.0, 1.0),
        case("choose_thresholds", *_telling(rng, "00100100", "00011001"), 3.0, 1.0),
        case("choose_thresholds", *_telling(rng, "10110111", "01100011"), 1.0, 3.0),
    ],
)
ex.check(
    "ties, and labels that are never or always present",
    [
        case("choose_thresholds", np.array([[0.2, 0.7], [0.6, 0.3]]), np.array([[0, 1], [0, 1]]),
             1.0, 1.0),
        case("choose_thresholds", np.array([[0.6, 0.3], [0.8, 0.5], [0.2, 0.9], [0.4, 0.7]]),
             np.array([[0, 0], [1, 1], [0, 1], [1, 0]]), 1.0, 1.0),
    ],
    lambda rng: [
        case("choose_thresholds", P := _observed(rng, 8, 2)[0], np.zeros_like(P, dtype=int), 3.0,
             1.0),
        case("choose_thresholds", P := _observed(rng, 8, 2)[0], np.ones_like(P, dtype=int), 1.0,
             2.0),
        case("choose_thresholds", np.array([[0.5], [0.5], [0.5], [0.25]]),
             np.array([[1], [0], [1], [0]]), 1.0, 2.0),
        case("choose_thresholds", np.array([[0.35]]), np.array([[1]]), 1.0, 1.0),
        case("choose_thresholds", np.array([[0.35, 0.0], [0.85, 1.0]]), np.array([[0, 1], [0, 1]]),
             1.0, 4.0),
        case("choose_thresholds", np.array([[0.875], [0.25], [0.5], [0.125]], dtype=np.float32),
             np.array([[1], [0], [1], [0]]), 1.0, 1.0),
    ],
)  # fmt: skip

# fmt: off
ex.mistake("lowest on ties", "Where several thresholds cost the same, return the highest.",
    ("cost <= lowest", "cost < lowest"))
ex.mistake("costs swapped", "A miss is a label that is there and not said; check which cost is whose.",
    ("miss_cost * misses + false_alarm_cost * alarms",
     "false_alarm_cost * misses + miss_cost * alarms"))
ex.mistake("costs ignored", "The two costs differ: count misses and false alarms apart.",
    ("miss_cost * misses + false_alarm_cost * alarms", "misses + alarms"))
ex.mistake("1.01 not tried", "Saying no to everything can be cheapest: try 1.01 as well.",
    ("np.append(np.unique(p), 1.01)", "np.unique(p)"))
ex.mistake("above, not at", "A probability equal to the threshold counts as present.",
    ("p >= threshold", "p > threshold"))


@ex.mistake("one threshold for all labels", "Each label has a threshold of its own.")
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    options = np.append(np.unique(P), 1.01)
    said = options[:, None, None] <= P
    miss, alarm = ~said & (Y == 1), said & (Y == 0)
    cost = miss_cost * miss.sum((1, 2)) + false_alarm_cost * alarm.sum((1, 2))
    return np.full(P.shape[1], options[cost == cost.min()].max())


ex.mistake("a grid of thresholds", "Only observed probabilities and 1.01 are candidates.",
    ("np.append(np.unique(p), 1.01)", "np.linspace(0, 1.01, 102)"))
ex.mistake("most expensive chosen", "Look for the lowest total cost.", ("np.inf", "-np.inf"),
    ("cost <= lowest", "cost >= lowest"))
ex.mistake("misses only", "False alarms cost something as well.", (" + false_alarm_cost * alarms", ""))
ex.mistake("false alarms only", "Misses cost something as well.", ("miss_cost * misses + ", ""))
ex.mistake("shares instead of counts", "Total cost counts the mistakes; shares weigh rare labels up.",
    ("* misses", "* misses / max(np.sum(y == 1), 1)"),
    ("* alarms", "* alarms / max(np.sum(y == 0), 1)"))
ex.mistake("position returned", "Return the threshold itself, not its position.",
    ("chosen.append(best)", "chosen.append(list(np.append(np.unique(p), 1.01)).index(best))"))
ex.mistake("cost returned", "Return the threshold of lowest cost, not the cost.",
    ("append(best)", "append(float(lowest))"))
ex.mistake("always one half", "The thresholds depend on what was observed and on the costs.",
    ("append(best)", "append(0.5)"))
ex.mistake("the cost ratio", "That ratio suits perfect probabilities. Choose by what was observed.",
    ("append(best)", "append(false_alarm_cost / (miss_cost + false_alarm_cost))"))
