"""Read the gradebook: what it says of every submission of a lab, in a few queries.

Everything that shows a score (the printed table, feedback, report, exports) takes it from here.
"""

from __future__ import annotations

from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.marking.record import Part, Record


def records(session: Any, lab: str, student: str = "") -> list[Record]:
    """Return the records of a lab's submissions, by student; of one student where named.

    `session` is a database session of nbgrader's gradebook.
    """
    of_lab = [Assignment.name == lab]
    if student:
        of_lab.append(SubmittedAssignment.student_id == student)
    submissions = (
        session.query(
            *(SubmittedAssignment.id, SubmittedAssignment.timestamp, SubmittedAssignment.extension),
            *(Student.id, Student.first_name, Student.last_name, Student.email),
            *(Student.lms_user_id, Assignment.duedate),
        )
        .join(Student, Student.id == SubmittedAssignment.student_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(*of_lab)
        .order_by(SubmittedAssignment.student_id)
        .all()
    )

    def cells(table: Any, *columns: Any) -> Any:
        return (
            session.query(SubmittedNotebook.assignment_id, BaseCell.name, *columns)
            .join(table, table.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == table.cell_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(*of_lab)
        )

    said: dict[tuple[str, str], str] = {}
    for submission, name, text in cells(Comment, Comment.manual_comment):
        if text and text.strip():
            said[submission, name.removesuffix("_answer")] = text.strip()
    parts: dict[str, list[Part]] = {}
    own = GradeCell.__table__  # (the class would join its base once more)
    graded = cells(
        Grade, own.c.max_score, Grade.auto_score, Grade.manual_score, Grade.extra_credit,
        Grade.needs_manual_grade,
    ).join(own, own.c.id == BaseCell.id)  # fmt: skip
    for submission, name, *values in graded:
        parts.setdefault(submission, []).append(
            Part(name, *values, comment=said.get((submission, name), ""))
        )
    late = (
        session.query(SubmittedNotebook.assignment_id, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(*of_lab)
    )
    penalties: dict[str, float] = {}
    for submission, penalty in late:
        penalties[submission] = penalties.get(submission, 0.0) + (penalty or 0.0)
    out = []
    for submission, timestamp, extension, student_id, *about, due in submissions:
        if due is not None and extension is not None:
            due += extension
        out.append(
            Record(
                lab,
                student_id,
                tuple(sorted(parts.get(submission, ()), key=lambda part: part.name)),
                *(each or "" for each in about),
                timestamp,
                due,
                penalties.get(submission, 0.0),
            )
        )
    return out
