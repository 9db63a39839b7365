"""Does nbgrader mark through the same marker, with one warm process for a whole run?"""

import threading
import time

import pytest
from nbformat.notebooknode import from_dict
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from autograder.course import preprocessor
from autograder.course import warm as warming
from autograder.course.preprocessor import Intake, Mark
from autograder.jail.sandbox import JailError, Limits
from autograder.marking import intake
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests import cohort
from tests.cohort.books import LAB

RESOURCES = {"nbgrader": {"notebook": LAB, "assignment": LAB, "student": "ada"}}


class Counted:
    """A template that counts how often one was started and closed."""

    started = closed = 0

    def __init__(self, limits, jailed):
        self.limits, self.jailed = limits, jailed
        Counted.started += 1

    def close(self):
        Counted.closed += 1


@pytest.fixture
def warm(monkeypatch):
    Counted.started = Counted.closed = 0
    fresh = warming.Warm()
    monkeypatch.setattr(warming, "Template", Counted)
    monkeypatch.setattr(preprocessor, "warm", fresh)
    yield fresh
    fresh.close()


def notebook(**answers):
    return from_dict(cohort.notebook(LAB, answers))


def test_one_template_serves_a_whole_run_and_ends_when_idle(warm):
    """Is it started once, from any thread, and not left behind?"""
    for _ in range(3):
        warm.use(Limits(), True, lambda template: None, idle=30)
    thread = threading.Thread(target=warm.use, args=(Limits(), True, str, 0.05))
    thread.start()
    thread.join()
    assert Counted.started == 1
    until = time.monotonic() + 5
    while not Counted.closed and time.monotonic() < until:
        time.sleep(0.02)
    assert Counted.closed == 1
    warm.use(Limits(), True, str, 30)
    warm.use(Limits(cell=5), True, str, 30)
    assert (Counted.started, Counted.closed) == (3, 2)


def test_configuration_reaches_the_jail(warm, monkeypatch, tmp_path):
    """Are limits and `allow_unjailed` taken from nbgrader's configuration?"""
    config = Config()
    config.Mark.allow_unjailed = True
    config.Mark.course = str(tmp_path)
    config.Limits.cell = 7.0
    seen = []

    def mark(submission, student, secret, template):
        seen.append((student, template.jailed, template.limits.cell, len(secret)))
        return Marks(LAB, student, [Score("softmax", 5.0, 20, report="said")])

    monkeypatch.setattr(preprocessor.marker, "mark", mark)
    monkeypatch.delenv("NEURAL_LABS_SECRET", raising=False)
    nb, _ = Mark(config=config).preprocess(notebook(), RESOURCES)
    assert seen == [("ada", False, 7.0, 64)]
    cell = next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "softmax")
    assert cell.outputs[0].text == "said\n"
    assert cell.outputs[1].data["text/plain"] == "5.0"


def test_without_a_jail_nbgrader_refuses(warm, monkeypatch, tmp_path):
    """Does nbgrader's log say what is missing, and how to mark all the same?"""

    def mark(*_):
        raise JailError("bubblewrap (bwrap) is not installed")

    monkeypatch.setattr(preprocessor.marker, "mark", mark)
    config = Config()
    config.Mark.course = str(tmp_path)
    with pytest.raises(NbGraderException, match=r"(?s)bwrap.*allow_unjailed"):
        Mark(config=config).preprocess(notebook(), RESOURCES)


def test_every_option_has_a_help_text():
    """Does `nbgrader autograde --help-all` explain our traits?"""
    for kind in (Mark, Limits):
        for name, trait in kind.class_own_traits(config=True).items():
            assert len(trait.help) > 20, name


def test_intake_comes_first_and_keeps_its_notes():
    """Does nbgrader's sanitizing see a notebook that is whole, and the notes travel on?"""
    nb = notebook(softmax="answer")
    del nb.cells[cohort.place(nb, "one_hot")]
    out, _ = Intake().preprocess(nb, RESOURCES)
    assert [c.id for c in out.cells] == [c.id for c in intake.skeleton(LAB).cells]
    assert "one_hot_answer" in out.metadata.autograder.notes[0]


def test_an_unknown_lab_is_left_alone(warm):
    """Is a notebook that has no exercises passed through?"""
    nb = from_dict({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    resources = {"nbgrader": {"notebook": "00_start", "assignment": "x", "student": "ada"}}
    for step in (Intake(), Mark()):
        assert step.preprocess(nb, resources)[0] is nb
    assert Counted.started == 0
