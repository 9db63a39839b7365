"""Are whole submissions of every lab marked rightly, across the pipe and through nbgrader?"""

import json
from functools import cache

import pytest

from autograder.authoring.declaration import load, names
from autograder.marking import intake, marker
from tests import cohort
from tests.cohort.books import lay_out, nbgrader, rows

pytestmark = [pytest.mark.jail, pytest.mark.slow]
SECRET = b"of the tests"


def marks(lab, sources, template):
    cells = cohort.notebook(lab, sources)["cells"]
    return marker.mark(intake.rebuild(intake.skeleton(lab), cells), "ada", SECRET, template)


@pytest.fixture(scope="module")
def ends(template):
    """Return a function that marks the solution and the release of a lab, each once."""

    @cache
    def both(lab):
        return {
            "solved": marks(lab, cohort.right(lab), template),
            "untouched": marks(lab, {}, template),
        }

    return both


@pytest.mark.parametrize("lab", names())
def test_the_solution_gets_100_and_the_release_0_on_every_cell(lab, ends):
    """Is each marked cell worth its points, and nothing before it is written?"""
    assert {s.exercise: s.points for s in ends(lab)["solved"].scores} == {
        ex.name: ex.points for ex in load(lab).exercises
    }
    assert {s.points for s in ends(lab)["untouched"].scores} == {0}


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("lab", names())
def test_a_differently_written_submission_gets_100(lab, number, template):
    """Does a whole notebook of other right answers lose nothing?"""
    found = marks(lab, cohort.otherwise(lab, number), template)
    assert {s.exercise: s.report for s in found.scores if s.points < s.max_points} == {}


@pytest.mark.parametrize("lab", names())
def test_a_submission_of_wrong_answers_gets_full_marks_nowhere(lab, template):
    """Does every exercise lose points where its answer is wrong?"""
    found = marks(lab, cohort.wrong(lab, 0), template)
    quiz = {ex.name for ex in load(lab).exercises if ex.kind == "quiz"}
    full = {s.exercise for s in found.scores if s.points == s.max_points}
    assert full <= quiz


@pytest.mark.parametrize("lab", names())
def test_nbgrader_writes_the_same_scores_for_every_lab(lab, ends, tmp_path, monkeypatch):
    """Does `nbgrader autograde` store 100 for the solution and 0 for the release?

    What the marker says of the two is known; here it passes through nbgrader. (That nbgrader calls
    the marker as `grade` does is the business of `autograder/course/test_gradebooks`.)
    """
    from nbgrader.converters import Autograde

    monkeypatch.setattr(marker, "mark", lambda _, student, *__: ends(lab)[student])
    files = [
        (student, json.dumps(cohort.notebook(lab, sources)).encode())
        for student, sources in (("solved", cohort.right(lab)), ("untouched", {}))
    ]
    lay_out(tmp_path, files, lab)
    nbgrader(tmp_path, Autograde, lab=lab)
    found = {student: row[1] for student, row in rows(tmp_path, lab).items()}
    assert found == {"solved": 100, "untouched": 0}
