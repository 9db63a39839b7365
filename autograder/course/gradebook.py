"""Write marks into nbgrader's gradebook, the rows that `nbgrader autograde` would write.

The gradebook is opened once for a run. Importing this module imports nbgrader, which takes seconds:
only the one process that writes does.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SAWarning
from traitlets.config import Config

from autograder.authoring import release
from autograder.course.folders import BookError
from autograder.marking.marker import Marks

# Of a submission: timestamp, scores and comments, where there are any.
Rows = tuple[datetime.datetime | None, dict[str, float], dict[str, str]]


class Book:
    """The gradebook at `db_url`; a context manager. `config` is nbgrader's configuration."""

    def __init__(self, db_url: str, config: Config) -> None:
        course = config.CourseDirectory.get("course_id", "default_course")
        self.db_url, self.config = db_url, config
        with explained(db_url):
            self.api = Gradebook(db_url, course)
        self.late = AssignLatePenalties(config=config)
        self.late.init_plugin()
        self.late.log.setLevel(logging.ERROR)
        with explained(db_url):
            self._students = {student.id for student in self.api.students}
        self._names: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    def ensure(self, lab: str) -> None:
        """Create the assignment of a lab from its source where the gradebook has none."""
        try:
            self.api.find_notebook(lab, lab)
        except MissingEntry:
            self._writable()
            with tempfile.TemporaryDirectory() as folder:
                release.generate(
                    {lab: release.source_notebook(lab)}, Path(folder), True, self.db_url
                )
            self.api.db.expire_all()

    def _writable(self) -> None:
        """Raise SQLAlchemy's error where nothing can be written: nbgrader logs it and hides it."""
        self.api.db.rollback()
        with self.api.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.rollback()

    def recorded(self, lab: str) -> dict[str, Rows]:
        """Return what the gradebook holds of a lab: timestamp, scores and comments a student."""
        session, out = self.api.db, {}
        submissions = (
            session.query(SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == lab)
        )
        for student, timestamp in submissions:
            out[student] = (timestamp, {}, {})
        for place, table, value in (
            (1, Grade, Grade.auto_score),
            (2, Comment, Comment.auto_comment),
        ):
            rows = (
                session.query(SubmittedAssignment.student_id, BaseCell.name, value)
                .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(table, table.notebook_id == SubmittedNotebook.id)
                .join(BaseCell, BaseCell.id == table.cell_id)
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .filter(Assignment.name == lab)
            )
            for student, name, held in rows:
                if held is not None:
                    out[student][place][name] = held
        session.rollback()
        return out

    def write(self, marks: Marks, comments: dict[str, str | None], timestamp: str | None) -> None:
        """Record one submission: its row, a score a marked cell, a comment an answer cell.

        A score that a person gave stays, and is flagged to be looked at again.
        """
        session = self.api.db
        with _one_transaction(session):
            if marks.student not in self._students:
                self.api.update_or_create_student(marks.student)
            extra = {"timestamp": timestamp} if timestamp else {}
            submission = self.api.update_or_create_submission(marks.lab, marks.student, **extra)
            scores = {score.exercise: float(score.points) for score in marks.scores}
            names = self._cells(marks.lab)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.cell_id not in names:
                        continue
                    grade.auto_score = scores.get(names[grade.cell_id])
                    grade.needs_manual_grade = (
                        grade.manual_score is not None or grade.auto_score is None
                    )
                for comment in notebook.comments:
                    if comment.cell_id in names:
                        comment.auto_comment = comments.get(names[comment.cell_id])
                if notebook.notebook_id == names["notebook"]:
                    notebook.late_submission_penalty = self._penalty(submission, notebook)
        session.commit()
        self._students.add(marks.student)

    def renew_penalties(self, lab: str) -> list[str]:
        """Work late penalties out again by the dates and the plugin of today.

        Due dates, extensions and penalties may have changed since the work was marked. Return the
        students whose penalty is another now.
        """
        session, changed = self.api.db, []
        submissions = (
            session.query(SubmittedAssignment)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == lab)
        )
        penalised = {
            row[0]
            for row in session.query(SubmittedNotebook.assignment_id)
            .filter(SubmittedNotebook.late_submission_penalty.isnot(None))
            .distinct()
        }
        notebook_id = self._cells(lab)["notebook"]
        for submission in submissions.order_by(SubmittedAssignment.student_id).all():
            if submission.total_seconds_late <= 0 and submission.id not in penalised:
                continue
            for notebook in submission.notebooks:
                if notebook.notebook_id != notebook_id:
                    continue
                before = notebook.late_submission_penalty
                with _one_transaction(session):
                    notebook.late_submission_penalty = self._penalty(submission, notebook)
                    after = notebook.late_submission_penalty
                if (before or 0.0) != (after or 0.0):
                    session.commit()
                    changed.append(submission.student_id)
                else:
                    session.rollback()
        return changed

    def _cells(self, lab: str) -> dict[str, str]:
        """Return the names of a lab's cells by their ids, and the id of its notebook."""
        if lab not in self._names:
            notebook = self.api.find_notebook(lab, lab)
            cells = [*notebook.grade_cells, *notebook.solution_cells]
            self._names[lab] = {cell.id: cell.name for cell in cells} | {"notebook": notebook.id}
        return self._names[lab]

    def _penalty(self, submission: Any, notebook: Any) -> float | None:
        notebook.late_submission_penalty = None
        if submission.total_seconds_late <= 0:
            return None
        self.api.db.flush()
        self.api.db.refresh(notebook)
        penalty = self.late.plugin_inst.late_submission_penalty(
            submission.student.id, notebook.score, submission.total_seconds_late
        )
        return penalty and self.late._check_late_penalty(notebook, penalty)


@contextlib.contextmanager
def explained(db_url: str) -> Iterator[None]:
    """Raise `BookError`, in words, where the database cannot be used."""
    try:
        yield
    except Exception as raised:
        if (error := _of_database(raised)) is None or isinstance(raised, BookError):
            raise
        said = str(error.orig)
        where = f"the gradebook {make_url(db_url).database or ''}".rstrip()
        if is_locked(error):
            why = (
                f"{where} is in use by another program, such as a Formgrader or a database "
                "browser. Close it there, or wait"
            )
        elif "no such column" in said or "no such table" in said or "has no column" in said:
            why = (
                f"{where} was made by another version of nbgrader ({said}). Make a copy of it, "
                f"then run `nbgrader db upgrade --CourseDirectory.db_url={db_url}`"
            )
        elif "not a database" in said or "malformed" in said or "corrupt" in said:
            why = (
                f"{where} is damaged ({said}). Put a backup in its place; without one, move it "
                "away: a new one is made from what is marked, without what people entered by hand "
                "(due dates, extensions, scores of their own)"
            )
        elif "unable to open" in said or "readonly" in said:
            why = f"{where} cannot be opened for writing ({said}). Look at who may write there"
        else:
            why = f"{where} cannot be used ({said.splitlines()[0][:200]})"
        raise BookError(
            f"{why}; then run the same command again. Nothing is lost: what is marked is kept, and "
            "is not marked again."
        ) from error


def _of_database(error: BaseException | None) -> DBAPIError | None:
    """Return the error of the database behind an error, such as one of nbgrader's in its place."""
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__ or error.__context__
    return error


def is_locked(error: Exception) -> bool:
    """Tell whether another program holds the database."""
    said = str(getattr(_of_database(error), "orig", ""))
    return "is locked" in said or "is busy" in said


@contextlib.contextmanager
def _one_transaction(session: Any) -> Iterator[None]:
    """Let the gradebook's own commits only flush, so that a submission is written in one step."""
    session.commit = session.flush
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, about its autoflush
            yield
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.commit


def rows(marks: Marks, comments: dict[str, str | None], timestamp: str | None) -> Rows:
    """Return what the gradebook should hold of a submission, to compare with `recorded`."""
    scores = {score.exercise: float(score.points) for score in marks.scores}
    held = {name: text for name, text in comments.items() if text is not None}
    return (parse_utc(timestamp) if timestamp else None, scores, held)


def configuration() -> Config:
    """Read `nbgrader_config.py`."""
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(release.ROOT)).load_config()
