"""Are whole submissions of every lab marked rightly, across the pipe and through nbgrader?"""

import json

import pytest

from autograder.authoring.declaration import load, names
from autograder.marking import intake
from autograder.marking.marker import mark
from tests import cohort
from tests.cohort.books import nbgrader, rows

pytestmark = [pytest.mark.jail, pytest.mark.slow]
SECRET = b"of the tests"


def marks(lab, sources, template):
    cells = cohort.notebook(lab, sources)["cells"]
    return mark(intake.rebuild(intake.skeleton(lab), cells), "ada", SECRET, template)


@pytest.mark.parametrize("lab", names())
def test_the_solution_gets_100_and_the_release_0_on_every_cell(lab, template):
    """Is each marked cell worth its points, and nothing before it is written?"""
    solved, untouched = marks(lab, cohort.right(lab), template), marks(lab, {}, template)
    assert {s.exercise: s.points for s in solved.scores} == {
        ex.name: ex.points for ex in load(lab).exercises
    }
    assert {s.points for s in untouched.scores} == {0}


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("lab", names())
def test_a_differently_written_submission_gets_100(lab, number, template):
    """Does a whole notebook of other right answers lose nothing?"""
    found = marks(lab, cohort.otherwise(lab, number), template)
    assert {s.exercise: s.report for s in found.scores if s.points < s.max_points} == {}


@pytest.mark.parametrize("lab", names())
def test_a_submission_of_wrong_answers_gets_full_marks_nowhere(lab, template):
    """Does every exercise lose points where its answer is wrong?"""
    for number in (0, 5):
        found = marks(lab, cohort.wrong(lab, number), template)
        quiz = {ex.name for ex in load(lab).exercises if ex.kind == "quiz"}
        full = {s.exercise for s in found.scores if s.points == s.max_points}
        assert full <= quiz


def test_nbgrader_writes_the_same_scores_for_every_lab(tmp_path):
    """Does `nbgrader autograde` store 100 for the solution and 0 for the release, lab by lab?"""
    from nbgrader.converters import Autograde

    for lab in names():
        files = [
            (student, json.dumps(cohort.notebook(lab, sources)).encode())
            for student, sources in (("solved", cohort.right(lab)), ("untouched", {}))
        ]
        cohort.lay_out(lab, iter(files), tmp_path / "submitted")
        nbgrader(tmp_path, Autograde, lab=lab)
        found = {student: row[1] for student, row in rows(tmp_path, lab).items()}
        assert found == {"solved": 100, "untouched": 0}, lab
