"""Course folders with submissions, marked by nbgrader itself, and what is in their gradebooks.

nbgrader takes seconds to import: what is used of it is imported where it is used. It also takes
seconds to make a gradebook: one is made, and copied.
"""

import contextlib
import logging
import sqlite3
import tempfile
import warnings
from functools import cache
from pathlib import Path

from autograder.course.folders import Course
from autograder.marking.record import Part, Record
from tests import cohort

LAB = "03_softmax"
LIGHT = "06_adam"  # a lab that is marked without TensorFlow: its templates start in a second
SECRET = b"of all courses in these tests"


def course(folder, students, lab=LAB):
    """Lay out a course folder with members of the bundled cohort; all use one secret."""
    files = ((student, cohort.submission(lab, student)) for student in students)
    return lay_out(folder, files, lab)


def lay_out(folder, files, lab=LAB):
    """Lay out a course folder with files by student."""
    cohort.lay_out(lab, files, Path(folder) / "submitted")
    (folder / ".secret").write_bytes(SECRET)
    gradebook(folder, lab)
    return Course(folder)


def gradebook(folder, lab=LAB):
    """Put a gradebook that knows the lab and no student into a folder; return its address."""
    (folder / "gradebook.db").write_bytes(_new_gradebook(lab))
    return f"sqlite:///{folder}/gradebook.db"


@cache
def _new_gradebook(lab):
    from autograder.course.gradebook import Book, configuration

    with tempfile.TemporaryDirectory() as folder:
        with Book(f"sqlite:///{folder}/gradebook.db", configuration()) as book:
            book.ensure(lab)
        return Path(folder, "gradebook.db").read_bytes()


def rows(folder, lab=LAB):
    """Return what a gradebook holds, without its random ids."""
    from nbgrader.api import Gradebook

    out = {}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for submission in book.find_assignment(lab).submissions:
            notebook = submission.notebooks[0]
            out[submission.student.id] = (
                submission.timestamp,
                submission.score,
                submission.needs_manual_grade,
                notebook.late_submission_penalty,
                sorted((g.name, g.auto_score, g.needs_manual_grade) for g in notebook.grades),
                sorted((c.name, c.auto_comment) for c in notebook.comments),
            )
    return out


def refuse(place, student):
    """Let the database refuse the rows of a student."""
    with contextlib.closing(sqlite3.connect(place)) as book:
        book.execute(
            "CREATE TRIGGER no BEFORE INSERT ON submitted_assignment "
            f"WHEN NEW.student_id = '{student}' BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )


def record(marks, **said):
    """Return what a gradebook would say of marks."""
    parts = tuple(Part(s.exercise, s.max_points, s.points) for s in marks.scores)
    return Record(marks.lab, marks.student, parts, **said)


def nbgrader(folder, *converters, stock=False, lab=LAB):
    """Run nbgrader's converters on a course folder, `stock` without anything of ours."""
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    from autograder.course.gradebook import Book, configuration

    config = configuration()
    url = f"sqlite:///{folder}/gradebook.db"
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = url
    for step in ("source", "submitted", "autograded", "feedback"):
        config.CourseDirectory[f"{step}_directory"] = step
    if stock:
        for ours in ("sanitize_preprocessors", "autograde_preprocessors", "exporter_class"):
            config.Autograde.pop(ours)
    with Book(url, config) as book:
        book.ensure(lab)
    for converter in converters:
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = lab
        app = converter(coursedir=coursedir, config=config)
        app.log = logging.getLogger("nbgrader")
        app.log.setLevel(logging.CRITICAL)
        with warnings.catch_warnings(), contextlib.suppress(NbGraderException):
            warnings.simplefilter("ignore")  # nbgrader's own
            app.start()  # raises at the end where a submission is damaged
