"""Write marks into nbgrader's gradebook, the rows that `nbgrader autograde` would write.

The gradebook is opened once for a run. Importing this module imports nbgrader, which takes seconds:
only the one process that writes does.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import math
import sqlite3
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SAWarning
from traitlets.config import Config

from autograder.authoring import declaration, release
from autograder.course import applied, database, tables
from autograder.course.folders import BookError
from autograder.course.handed_in import moment
from autograder.course.policy import Policy
from autograder.course.records import records
from autograder.course.roster import Person
from autograder.marking.marker import Marks
from autograder.marking.record import Record

# Of a submission: timestamp, scores and comments, where there are any.
Rows = tuple[datetime.datetime | None, dict[str, float], dict[str, str]]


class Book:
    """The gradebook at `db_url`; a context manager. `config` is nbgrader's configuration."""

    def __init__(self, db_url: str, config: Config, policy: Policy | None = None) -> None:
        course = config.CourseDirectory.get("course_id", "default_course")
        self.db_url, self.config, self.policy = db_url, config, policy or Policy()
        with explained(db_url):
            self.api = Gradebook(db_url, course)
        self.late = AssignLatePenalties(config=config)
        self.late.init_plugin()
        self.late.log.setLevel(logging.ERROR)
        try:
            with explained(db_url):
                self.api.db.query(Student).first()  # (one of another version fails here)
        except BaseException:
            self.api.close()
            raise

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    def ensure(self, lab: str, migrate: bool = False) -> list[str]:
        """Let the gradebook have the exercises of a lab as it is today; say what was changed.

        One that has none is made. Where it has others and scores in them, `BookError` lists the
        differences; with `migrate`, those are put right after a copy of the gradebook was made.
        """
        try:
            notebook = self.api.find_notebook(lab, lab)
        except MissingEntry:
            self._writable()
            self._generate(lab)
            return []
        found = self.differences(lab)
        if found and notebook.submissions and not migrate:
            listed = "; ".join(found[:8]) + f"; and {len(found) - 8} more" * (len(found) > 8)
            raise BookError(
                f"the gradebook has {lab} as it was before: {listed}. Points would be lost. "
                f"`python -m autograder grade {lab} --migrate` takes the gradebook over to the lab "
                "as it is now, after a copy of it was made; --dry-run beside it only shows what "
                "scores would change"
            )
        if found:
            copy = self._copy() if notebook.submissions else ""
            self._generate(lab, migrate=True)
            return [f"{lab}: {each}" for each in found] + [f"copy made: {copy}"] * bool(copy)
        return []

    def differences(self, lab: str) -> list[str]:
        """Return, in words, how the gradebook's exercises of a lab differ from the lab's."""
        notebook = self.api.find_notebook(lab, lab)
        wanted = {ex.name: float(ex.points) for ex in declaration.load(lab).exercises}
        held = {cell.name: cell.max_score for cell in notebook.grade_cells}
        answers = {f"{name}_answer" for name in wanted}
        other_answers = {cell.name for cell in notebook.solution_cells} != answers
        if held == wanted and not other_answers:
            return []
        scores, by_hand = tables.counts(self.api.db, notebook.grade_cells)
        out = [
            f"{name} is worth {held[name]:g} there, {points:g} in the lab"
            + f" ({by_hand[name]} have points by hand, which stay as they are)"
            * bool(by_hand[name])
            for name, points in wanted.items()
            if name in held and held[name] != points
        ]
        out += [
            f"{name} ({wanted[name]:g} points) is not there" for name in wanted if name not in held
        ]
        for cell in notebook.grade_cells:
            if cell.name not in wanted:
                count = by_hand[cell.name]
                lost = f", {count} of them with points by hand" if count else ""
                out.append(
                    f"{cell.name} is no longer in the lab ({scores[cell.name]} scores{lost})"
                )
        if not out and other_answers:
            out.append("the answer cells have other names")
        return out

    def _generate(self, lab: str, migrate: bool = False) -> None:
        with tempfile.TemporaryDirectory() as folder:
            release.generate(
                {lab: release.source_notebook(lab)}, Path(folder), True, self.db_url, migrate
            )
        self.api.db.expire_all()

    def _copy(self) -> str:
        """Copy the gradebook beside itself; return the name of the copy, "" where it is no file."""
        place = make_url(self.db_url).database
        if not place or not Path(place).is_file():
            return ""
        stamp = f"{datetime.datetime.now():%Y%m%d-%H%M%S}"
        target = Path(place).with_name(f"gradebook-{stamp}.db")
        with (
            contextlib.closing(sqlite3.connect(place)) as here,
            contextlib.closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there)
        return target.name

    def records(self, lab: str, student: str = "") -> list[Record]:
        """Return what the gradebook says of the submissions of a lab."""
        return in_lab_order(self.api.db, lab, student)

    def take_inputs(self, labs: list[str], people: dict[str, Person]) -> None:
        """Take over due dates of the policy and names of the roster."""
        session = self.api.db
        with _one_transaction(session):
            date(self.policy, [self.api.find_assignment(lab) for lab in labs])
            known = {student.id: student for student in self.api.students}
            for person in people.values():
                said = {
                    "first_name": person.first or None, "last_name": person.last or None,
                    "email": person.email or None, "lms_user_id": person.number or None,
                }  # fmt: skip
                there = known.get(person.username)
                if there is None or any(getattr(there, k) != v for k, v in said.items() if v):
                    said = {k: v for k, v in said.items() if v}
                    self.api.update_or_create_student(person.username, **said)
        session.commit()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write what is written inside in one step, at the end."""
        session = self.api.db
        with _one_transaction(session):
            yield
        try:
            session.commit()
        except BaseException:
            session.rollback()
            raise

    def _writable(self) -> None:
        """Raise SQLAlchemy's error where nothing can be written: nbgrader logs it and hides it."""
        self.api.db.rollback()
        with self.api.engine.connect() as connection:
            # (A server has no such lock for all: there it shows that the server answers.)
            lite = connection.dialect.name == "sqlite"
            connection.exec_driver_sql("BEGIN IMMEDIATE" if lite else "SELECT 1")
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
        """Record one submission: its row, a score a marked cell, a comment an answer cell."""
        self.write_all([(marks, comments, timestamp)])

    def write_all(self, entries: list[tables.Entry]) -> None:
        """Record submissions in one step, which is one wait for the disk, all of them or none.

        A score that a person gave stays, and is flagged to be looked at again.
        """
        session = self.api.db
        with _one_transaction(session):
            session.flush()
            for lab in dict.fromkeys(marks.lab for marks, *_ in entries):
                of = tables.lab(session, lab)
                for some in tables.slices([each for each in entries if each[0].lab == lab]):
                    tables.enrol(session, [marks.student for marks, *_ in some])
                    submissions = tables.taken(session, of, some)
                    extend(self.policy, submissions)
                    tables.write(session, of, some, submissions)
                    self._penalise(of, submissions)
            session.expire_all()
        session.commit()

    def write_each(self, entries: list[tables.Entry]) -> list[Exception | None]:
        """Record submissions in one step; where something in it is refused, each by itself.

        Return for each why it could not be written, None where it was. An error that is about all
        of them is raised.
        """
        try:
            self.write_all(entries)
            return [None] * len(entries)
        except Exception as error:
            if concerns_all(error):
                raise
            if len(entries) == 1:
                return [error]
        return [why for each in entries for why in self.write_each([each])]

    def renew_penalties(self, lab: str) -> list[str]:
        """Work late penalties out again by the dates, the policy and the plugin of today.

        Due dates, extensions and penalties may have changed since the work was marked. Return the
        students whose penalty is another now.
        """
        session = self.api.db
        with _one_transaction(session):
            session.flush()
            of = tables.lab(session, lab)
            submissions = tables.submitted(session, of)
            before = {each.id: each.extension for each in submissions}
            extend(self.policy, submissions)
            tables.extend(session, [s for s in submissions if s.extension != before[s.id]])
            changed = self._penalise(of, submissions)
            session.expire_all()
        session.commit()
        return changed

    def _penalise(self, of: tables.Lab, submissions: list[tables.Submitted]) -> list[str]:
        """Write what submissions lose for lateness; return those for whom that is another now."""
        session, wanted, changed = self.api.db, {}, []
        there = tables.penalties(session, of, submissions)
        late = [each for each in submissions if each.id in there and each.late(of)]
        earned = tables.scores(session, of, [there[each.id][0] for each in late])
        for each in submissions:
            notebook, before = there.get(each.id, ("", None))
            score, after = earned.get(notebook), None
            if score is not None:
                args = (of.name, each.student_id, score, each.timestamp, each.due(of))
                after = penalty(self.policy, self.late, *args)
            other = not math.isclose(before or 0.0, after or 0.0, abs_tol=1e-9)
            if other:
                changed.append(each.student_id)
            if other or (before is None) != (after is None):
                wanted[notebook] = after
        tables.penalise(session, wanted)
        return changed


def in_lab_order(session: Any, lab: str, student: str = "") -> list[Record]:
    """Return what a gradebook says of the submissions of a lab, exercises in the lab's order."""
    order = {ex.name: n for n, ex in enumerate(declaration.load(lab).exercises)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return [each.in_order(order) for each in records(session, lab, student)]


def penalty(
    policy: Policy,
    late: AssignLatePenalties,
    lab: str,
    student: str,
    score: float,
    at: datetime.datetime | None,
    due: datetime.datetime | None,
) -> float | None:
    """Work out what a notebook loses for lateness, by the policy or nbgrader's plugin."""
    if at is None or due is None or at <= due:
        return None
    if policy.rule(lab):
        return policy.penalty(lab, score, at, due) or None
    seconds = (at - due).total_seconds()
    found = late.plugin_inst.late_submission_penalty(student, score, seconds)
    return found and min(max(found, 0.0), score)


def date(policy: Policy, assignments: Iterable[Any]) -> None:
    """Give labs the due dates of the policy, and take back those that it has no longer."""
    with applied.held(policy) as record:
        for each in assignments:
            due = record.settle(f"due {each.name}", each.duedate, policy.due_at(each.name))
            if each.duedate != due:
                each.duedate = due


def extend(policy: Policy, submissions: Iterable[Any]) -> None:
    """Give learners the time that the policy gives them, and take back what it gives no longer."""
    with applied.held(policy) as record:
        for each in submissions:
            lab, who = each.name, each.student_id
            wanted = policy.extension(lab, who)
            more = record.settle(f"extension {lab} {who}", each.extension or None, wanted)
            if (each.extension or None) != more:
                each.extension = more


@contextlib.contextmanager
def explained(db_url: str) -> Iterator[None]:
    """Raise `BookError`, in words, where the database cannot be used."""
    try:
        yield
    except Exception as raised:
        if (error := of_database(raised)) is None or isinstance(raised, BookError):
            raise
        said = str(error.orig)
        name = make_url(db_url).database or ""
        where = f"the gradebook {name}".rstrip()
        if why := database.why(error, where, name):
            pass
        elif is_locked(error):
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
        elif "disk is full" in said:
            why = f"the disk of {where} is full. Make room"
        elif "unable to open" in said or "readonly" in said:
            why = f"{where} cannot be opened for writing ({said}). Look at who may write there"
        else:
            why = f"{where} cannot be used ({said.splitlines()[0][:200]})"
        raise BookError(
            f"{why}; then run the same command again. Nothing is lost: what is marked is kept, and "
            "is not marked again."
        ) from error


def of_database(error: BaseException | None) -> DBAPIError | None:
    """Return the error of the database behind an error, such as one of nbgrader's in its place."""
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__ or error.__context__
    return error


def concerns_all(error: Exception) -> bool:
    """Tell whether an error is about the database, not about what was to be written into it."""
    behind = of_database(error)
    return behind is not None and not isinstance(behind, DataError | IntegrityError)


def is_locked(error: Exception) -> bool:
    """Tell whether another program holds the database, or its server is away for a moment."""
    behind = of_database(error)
    said = str(getattr(behind, "orig", ""))
    return database.passes(behind) or "is locked" in said or "is busy" in said


@contextlib.contextmanager
def _one_transaction(session: Any) -> Iterator[None]:
    """Let the gradebook's own commits only flush, so that what is inside is written in one step."""
    if "commit" in vars(session):  # part of a greater step
        yield
        return
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
    return (moment(timestamp) if timestamp else None, scores, held)


def address(folder: Path, config: Config) -> str:
    """Return the address of a course folder's gradebook; `config` says that of `course/`."""
    url = f"sqlite:///{folder.resolve()}/gradebook.db"
    own = folder.resolve() == (release.ROOT / "course").resolve()
    return config.CourseDirectory.get("db_url", url) if own else url


def configuration() -> Config:
    """Read `nbgrader_config.py`."""
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(release.ROOT)).load_config()
