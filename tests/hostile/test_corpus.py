"""Every hostile submission in `corpus/`: does it gain, learn, harm or stop anything?

The first line of an attack names the exercise it is after and what it tries. A function
`evidence()` returns what the attack got hold of; there must be nothing.
"""

import time

import numpy as np
import pytest

from autograder.jail.sandbox import Limits
from utils.engine.calling import Call

from .conftest import CORPUS, SECONDS, processes

ATTACKS = sorted(CORPUS.glob("*.py"))
HONEST = """
import numpy as np
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
Z = np.array([[0.3, -1.2, 2.5], [1.1, 0.4, -0.7]])
E = np.exp(Z)
CASES = {
    "softmax": (Call("softmax", [Z]), E / E.sum(axis=1, keepdims=True)),
    "one_hot": (Call("one_hot", [np.array([3, 0, 2, 2]), 5]), np.eye(5)[[3, 0, 2, 2]]),
}


def exercise_of(path):
    return path.read_text().partition(":")[0].removeprefix("# ")


def right(outcome, expected):
    if outcome.error is not None or outcome.forbidden:
        return False
    try:
        got = np.asarray(outcome.value, dtype=float)
    except (ValueError, TypeError):
        return False
    return got.shape == expected.shape and np.allclose(got, expected)


def test_corpus_is_large_enough():
    """Are there at least forty attacks, each on a known exercise?"""
    assert len(ATTACKS) >= 40
    assert {exercise_of(path) for path in ATTACKS} <= set(CASES)


@pytest.fixture(scope="module")
def neighbour(template):
    """A learner who works in the same template all the while: an hour, on the slowest machine."""
    short, template.limits = template.limits, Limits(submission=3600.0)
    learner = template.learner([("softmax_answer", HONEST)])
    template.limits = short
    with learner:
        yield learner


@pytest.mark.jail
@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_gains_nothing(path, template, neighbour, world):
    """Is the attack without gain, leak and harm, and over in time?"""
    assert right(neighbour.call([CASES["softmax"][0]])[0], CASES["softmax"][1])
    before, started = processes(), time.monotonic()
    name = exercise_of(path)
    call, expected = CASES[name]
    cells = [("before", HONEST), (f"{name}_answer", world.source(path)), ("after", "x = 1")]
    with template.learner(cells, {"softmax"} if name == "softmax" else set()) as learner:
        learner.run_cells()
        outcomes = learner.call_many([[call], [call]])
        leaked = learner.call([Call("evidence", [])])[0].value
    seconds = time.monotonic() - started
    assert not any(right(outcome, expected) for [outcome] in outcomes)
    assert not (isinstance(leaked, list) and leaked)
    assert world.harm() == []
    assert processes() == before
    assert right(neighbour.call([CASES["softmax"][0]])[0], CASES["softmax"][1])
    assert seconds < SECONDS
