"""The same attacks as whole submissions: not one point, and an honest neighbour's marks as ever."""

import time

import pytest

from autograder.authoring import declaration
from autograder.commands import doctor
from autograder.marking import marker

from .conftest import SECONDS, processes
from .test_corpus import ATTACKS, exercise_of

LAB = "03_softmax"


def marked(template, sources):
    return marker.mark(doctor.answered(LAB, sources), "student", b"secret", template)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_earns_nothing(path, template, world):
    """Does the submission get 0 points, in time, without harm, and with nobody left behind?"""
    before, started = processes(), time.monotonic()
    marks = marked(template, {exercise_of(path): world.source(path)})
    assert {score.exercise: score.points for score in marks.scores if score.points} == {}
    assert not marks.problem
    assert world.harm() == []
    assert processes() == before
    assert time.monotonic() - started < SECONDS


@pytest.mark.jail
def test_right_answers_after_all_attacks(template):
    """Does an honest submission, marked by the same template, still get full marks?"""
    lab = declaration.load(LAB)
    template.limits.call, template.limits.cell, template.limits.notebook = 2.0, 30.0, 60.0
    marks = marked(template, {ex.name: ex.source() for ex in lab.exercises})
    assert marks.points == declaration.TOTAL
