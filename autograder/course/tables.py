"""Submissions in the tables of nbgrader's gradebook, read and written in lists.

nbgrader's own objects ask the database again with nearly every step. Here a few statements write
what `nbgrader autograde` would, however many submissions there are. All of it is part of the
session's transaction: nothing is committed.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import func, insert, select, update

from autograder.course.handed_in import moment
from autograder.marking.marker import Marks

MOST = 500  # names in one statement: databases have a limit
# What is to be written of a submission: marks, comments on answer cells, when it was handed in.
Entry = tuple[Marks, dict[str, str | None], str | None]
Said = tuple[dict[str, float], dict[str, str | None]]  # scores by exercise, comments by cell


@dataclass(frozen=True)
class Lab:
    """An assignment in the gradebook: its notebooks, and the cells that have scores and comments.

    `names` are those of the marked notebook's cells; a task of nbgrader's is nothing we mark.
    """

    id: str
    name: str
    due: datetime.datetime | None
    notebook: str
    graded: dict[str, list[str]] = field(default_factory=dict)  # cells by notebook
    commented: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass
class Submitted:
    """A submission as the gradebook has it, `new` where it has not yet; named as nbgrader does."""

    id: str
    name: str  # of the lab
    student_id: str
    timestamp: datetime.datetime | None = None
    extension: datetime.timedelta | None = None
    new: bool = False

    def due(self, of: Lab) -> datetime.datetime | None:
        """Return when it is due, with this learner's extension."""
        return of.due and of.due + (self.extension or datetime.timedelta())

    def late(self, of: Lab) -> bool:
        """Tell whether it was handed in after it was due."""
        due = self.due(of)
        return self.timestamp is not None and due is not None and self.timestamp > due


def slices(rows: list) -> Iterator[list]:
    """Yield a list in parts that one statement can name."""
    return (rows[start : start + MOST] for start in range(0, len(rows), MOST))


def lab(session: Any, name: str) -> Lab:
    """Return what the gradebook knows of a lab. Raises `MissingEntry`."""
    notebooks = session.execute(
        select(Assignment.id, Assignment.duedate, Notebook.id, Notebook.name)
        .join(Notebook, Notebook.assignment_id == Assignment.id)
        .where(Assignment.name == name)
    ).all()
    marked = [row for row in notebooks if row[3] == name]
    if not marked:
        raise MissingEntry(f"No such notebook: {name}/{name}")
    id_, due, notebook_id, _ = marked[0]
    found = Lab(id_, name, due, notebook_id)
    own = BaseCell.__table__.c  # (the class would join the tables of its kinds)
    cells = session.execute(
        select(own.id, own.name, own.type, own.notebook_id).where(
            own.notebook_id.in_([row[2] for row in notebooks])
        )
    )
    for *_, notebook, _ in notebooks:
        found.graded[notebook], found.commented[notebook] = [], []
    for cell, named, kind, notebook in cells:
        if kind != "SolutionCell":
            found.graded[notebook].append(cell)
        if kind != "GradeCell":
            found.commented[notebook].append(cell)
        if kind != "TaskCell" and notebook == found.notebook:
            found.names[cell] = named
    return found


def counts(session: Any, cells: Iterable[GradeCell]) -> tuple[Counter[str], Counter[str]]:
    """Return how many scores cells have by name, and how many of them a person gave."""
    scores: Counter[str] = Counter()
    by_hand: Counter[str] = Counter()
    names = {cell.id: cell.name for cell in cells}
    for cell, some, manual in session.execute(
        select(Grade.cell_id, func.count(), func.count(Grade.manual_score))
        .where(Grade.cell_id.in_(list(names)))
        .group_by(Grade.cell_id)
    ):
        scores[names[cell]], by_hand[names[cell]] = some, manual
    return scores, by_hand


def enrol(session: Any, students: Collection[str]) -> None:
    """Let the gradebook have students."""
    there = set(session.scalars(select(Student.id).where(Student.id.in_(students))))
    if missing := sorted(set(students) - there):
        session.execute(insert(Student), [{"id": student} for student in missing])


def submitted(session: Any, of: Lab, students: Collection[str] | None = None) -> list[Submitted]:
    """Return the submissions of a lab by student, of all or of some `students`."""
    table = SubmittedAssignment
    wanted = select(table.id, table.student_id, table.timestamp, table.extension)
    wanted = wanted.where(table.assignment_id == of.id).order_by(table.student_id)
    if students is not None:
        wanted = wanted.where(table.student_id.in_(students))
    return [Submitted(row[0], of.name, *row[1:]) for row in session.execute(wanted)]


def taken(session: Any, of: Lab, entries: list[Entry]) -> list[Submitted]:
    """Return the submissions of entries, in their order and with their times; some may be new."""
    students = [marks.student for marks, *_ in entries]
    there = {each.student_id: each for each in submitted(session, of, students)}
    out = []
    for marks, _, timestamp in entries:
        each = there.get(marks.student) or Submitted(new_uuid(), of.name, marks.student, new=True)
        if timestamp:
            each.timestamp = moment(timestamp)
        out.append(each)
    return out


def write(session: Any, of: Lab, entries: list[Entry], submissions: list[Submitted]) -> None:
    """Write rows, scores and comments of entries, whose `submissions` `taken` has given.

    A score that a person gave stays, and is flagged to be looked at again.
    """
    said = {}
    for (marks, comments, _), each in zip(entries, submissions, strict=True):
        said[each.id] = {score.exercise: float(score.points) for score in marks.scores}, comments
    if new := [each for each in submissions if each.new]:
        _add(session, of, new, said)
    if known := [each for each in submissions if not each.new]:
        _change(session, of, known, said)


def _add(session: Any, of: Lab, submissions: list[Submitted], said: dict[str, Said]) -> None:
    notebooks, grades, comments = [], [], []
    for each in submissions:
        scores, words = said[each.id]
        for notebook, cells in of.graded.items():
            here = new_uuid()
            notebooks.append({"id": here, "assignment_id": each.id, "notebook_id": notebook})
            for cell in cells:
                score = scores.get(of.names.get(cell, ""))
                grades.append(_grade(score, None) | {"cell_id": cell, "notebook_id": here})
            for cell in of.commented[notebook]:
                word = words.get(of.names.get(cell, ""))
                comments.append({"auto_comment": word, "cell_id": cell, "notebook_id": here})
    rows = [
        {"id": each.id, "assignment_id": of.id, "student_id": each.student_id,
         "timestamp": each.timestamp, "extension": each.extension}
        for each in submissions
    ]  # fmt: skip
    for table, of_them in (
        (SubmittedAssignment, rows), (SubmittedNotebook, notebooks), (Grade, grades),
        (Comment, comments),
    ):  # fmt: skip
        if of_them:
            session.execute(insert(table), of_them)


def _change(session: Any, of: Lab, submissions: list[Submitted], said: dict[str, Said]) -> None:
    _update(session, SubmittedAssignment, [
        {"id": each.id, "timestamp": each.timestamp, "extension": each.extension}
        for each in submissions
    ])  # fmt: skip
    there = penalties(session, of, submissions)
    by_notebook = {notebook: said[id_] for id_, (notebook, _) in there.items()}

    def rows(table: Any, *columns: Any) -> Any:
        # (nbgrader's index finds what belongs to a notebook by its cells.)
        wanted = select(table.id, table.notebook_id, table.cell_id, *columns)
        wanted = wanted.where(table.cell_id.in_(list(of.names)))
        return session.execute(wanted.where(table.notebook_id.in_(list(by_notebook))))

    _update(session, Grade, [
        _grade(by_notebook[notebook][0].get(of.names[cell]), manual) | {"id": id_}
        for id_, notebook, cell, manual in rows(Grade, Grade.manual_score)
    ])  # fmt: skip
    _update(session, Comment, [
        {"id": id_, "auto_comment": by_notebook[notebook][1].get(of.names[cell])}
        for id_, notebook, cell in rows(Comment)
    ])  # fmt: skip


def _grade(score: float | None, manual: float | None) -> dict[str, Any]:
    return {"auto_score": score, "needs_manual_grade": manual is not None or score is None}


def _update(session: Any, table: Any, rows: list[dict]) -> None:
    """Change rows by their ids."""
    if rows:
        session.execute(update(table), rows)


def extend(session: Any, submissions: Iterable[Submitted]) -> None:
    """Write the extensions of submissions that the gradebook has."""
    rows = [{"id": each.id, "extension": each.extension} for each in submissions]
    _update(session, SubmittedAssignment, rows)


def penalties(
    session: Any, of: Lab, submissions: list[Submitted]
) -> dict[str, tuple[str, float | None]]:
    """Return by submission the row of its marked notebook, and what is taken off for lateness."""
    table, out = SubmittedNotebook, {}
    wanted = select(table.assignment_id, table.id, table.late_submission_penalty)
    wanted = wanted.where(table.notebook_id == of.notebook)
    for some in slices(submissions):
        found = session.execute(wanted.where(table.assignment_id.in_([each.id for each in some])))
        out |= {id_: (notebook, penalty) for id_, notebook, penalty in found}
    return out


def scores(session: Any, of: Lab, notebooks: list[str]) -> dict[str, float]:
    """Return what submitted notebooks are worth before lateness, as nbgrader adds it up."""
    out = dict.fromkeys(notebooks, 0.0)
    wanted = select(Grade.notebook_id, func.sum(Grade.score)).group_by(Grade.notebook_id)
    wanted = wanted.where(Grade.cell_id.in_(of.graded[of.notebook]))
    for some in slices(notebooks):
        out |= dict(session.execute(wanted.where(Grade.notebook_id.in_(some))).all())
    return out


def penalise(session: Any, changed: dict[str, float | None]) -> None:
    """Write what is taken off submitted notebooks."""
    rows = [{"id": each, "late_submission_penalty": lost} for each, lost in changed.items()]
    _update(session, SubmittedNotebook, rows)
