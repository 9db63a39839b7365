"""Do wrong answers that are in no catalogue get a reason that a learner can act on?"""

import numpy as np
import pytest

from autograder.authoring import slips as authoring
from autograder.authoring.declaration import load, names
from tests.bench import slips
from utils.engine.slips import NO_NUMBER

EACH = 3
LEAST = 0.85  # of a sample of 3 an exercise; over 0.9 of all slips in the bench


@pytest.mark.slow
def test_most_slips_in_right_answers_get_a_reason():
    """Is the kind of a mistake told for most right answers with one slip in them?"""
    told = [
        (slip, result)
        for ex in slips.exercises(names())
        for slip in slips.slips(ex, EACH, seed=2)
        if (result := slips.told(slip)) is not None
    ]
    fine = [slips.is_known(slip, result) or slips.has_reason(result) for slip, result in told]
    assert len(fine) > EACH * 20
    assert np.mean(fine) > LEAST


def test_a_slip_is_one_change_that_can_be_read():
    """Is each slip another program, told by its kind and by names of parameters near it?"""
    source = "def f(x, w):\n    return np.sum(x * w, axis=0, keepdims=True) - 1\n"
    made = {slip.source: slip for slip in authoring.slips(source)}
    kinds = {slip.kind for slip in made.values()}
    assert {"operator", "axis missing", "keepdims missing", "constant", "term missing"} <= kinds
    assert any("near `x` and `w`" in slip.what for slip in made.values())
    assert source not in made


def test_marks_of_slips_hold_no_code():
    """Does what ships of a slip consist of words and numbers?"""
    for kind, what, marks in authoring.shipped(load("06_adam").find("momentum_step")):
        assert "=" not in what.replace("keepdims=True", "")
        assert kind
        assert all(m is None or isinstance(m, float) or m == NO_NUMBER for m in marks)


def test_an_argument_that_enters_as_something_else_is_told():
    """Is the square of an input told, where the right formula is written in another way?"""
    from utils import checks

    def stable_softmax(Z):
        e = np.exp(Z**2 - np.max(Z**2, axis=-1, keepdims=True))
        return (e.T / e.T.sum(axis=0)).T

    exercise = checks.load("04_improved_softmax")["stable_softmax"]
    report = checks.judge(exercise, {"stable_softmax": stable_softmax}).report
    assert "`Z` enters squared" in " ".join(report.split())


def test_an_answer_with_a_slip_is_told_its_kind_however_it_is_written():
    """Is a missing term found by the numbers, in a formula of another form?"""
    from utils import checks

    def momentum_step(theta, grad, velocity, alpha, beta):
        new = beta * velocity + 0 * grad
        return theta - alpha * new, new

    exercise = checks.load("06_adam")["momentum_step"]
    report = checks.judge(exercise, {"momentum_step": momentum_step}).report
    assert "Next:" in report
    assert "step by step" not in report
