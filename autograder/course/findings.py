"""What the records and results of a lab say about its exercises and checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from autograder.authoring import declaration
from autograder.course.folders import Course
from autograder.course.results import saved
from autograder.course.term import Term
from autograder.marking import text
from autograder.marking.marker import Marks, in_words
from autograder.marking.record import Record
from autograder.marking.scoring import Score


@dataclass(frozen=True)
class CheckRow:
    """How the class did on one check: how many it passes, how well it tells learners apart."""

    title: str
    passed: int
    count: int
    discrimination: float | None


@dataclass(frozen=True)
class Row:
    """How the class did on one exercise.

    `share` (the facility) is the part of its points that was earned, `discrimination` the
    correlation of its points with those of all other exercises.
    """

    exercise: str
    points: int
    share: float
    full: int
    none: int
    mistakes: list[tuple[str, int]]
    discrimination: float | None = None
    checks: list[CheckRow] = field(default_factory=list)


@dataclass
class Class:
    """What there is of a lab: records of the gradebook that have scores, and kept results."""

    lab: str
    records: list[Record]
    marks: dict[str, Marks]

    def points(self, exercise: str) -> np.ndarray:
        """Return everybody's points for an exercise."""
        parts = [record.part(exercise) for record in self.records]
        return np.array([part.points if part else 0.0 for part in parts])

    def asked(self, exercise: str) -> np.ndarray:
        """Tell of everybody whether their release asked an exercise: those excused say nothing."""
        scores = [self.score(record, exercise) for record in self.records]
        return np.array([score is None or bool(score.checks) for score in scores], dtype=bool)

    @property
    def totals(self) -> np.ndarray:
        """Everybody's points, lateness taken off."""
        return np.array([record.points for record in self.records])

    def score(self, record: Record, exercise: str) -> Score | None:
        """Return the kept score of an exercise, None where there is none."""
        marks = self.marks.get(record.student)
        return next((s for s in marks.scores if s.exercise == exercise), None) if marks else None


def correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    """Return the correlation of two rows, None where one of them does not vary."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return round(float(np.corrcoef(a, b)[0, 1]), 2)


def rows(group: Class) -> list[Row]:
    """Return one row an exercise, in the order of the lab."""
    earned = np.array([record.earned for record in group.records])
    out = []
    for ex in declaration.load(group.lab).exercises:
        asked = group.asked(ex.name)
        got = group.points(ex.name)[asked]
        others = earned[asked] - got
        scores = [group.score(record, ex.name) for record in group.records]
        common = Counter(in_words(s.mistake) for s in scores if s and s.mistake).most_common()
        judged = np.array([s is not None and bool(s.checks) for s in scores], dtype=bool)
        checks = []
        for check in ex.checks:
            passed = np.array(
                [any(c.title == check.title and c.passed for c in s.checks)
                 for s in scores if s and s.checks], dtype=float,
            )  # fmt: skip
            tells = correlation(passed, others[judged[asked]])
            checks.append(CheckRow(check.title, int(passed.sum()), len(passed), tells))
        out.append(
            Row(
                ex.name,
                ex.points,
                float(got.sum()) / (ex.points * len(got)) if len(got) else 0.0,
                int(np.sum(got >= ex.points)),
                int(np.sum(got == 0)),
                common,
                correlation(got, others),
                checks,
            )
        )
    return out


def gather(course: Course, term: Term, lab: str) -> Class:
    """Return the records of a lab that have scores, with what is kept of their marking."""
    found = [r for (name, _), r in sorted(term.records.items()) if name == lab and r.scored]
    kept = {r.student: saved(course, r.student, lab) for r in found}
    marks = {who: each["marks"] for who, each in kept.items() if each}
    return Class(lab, found, marks)


def aliases(group: Class, hidden: bool) -> dict[str, str]:
    """Return what each learner is called: the username, or a number where names are hidden.

    The numbers are drawn anew each time: whoever has the roster cannot work them out.
    """
    students = sorted(record.student for record in group.records)
    if not hidden:
        return {student: text.cell(student) for student in students}
    order = np.random.default_rng().permutation(len(students))
    return {who: f"learner {order[n] + 1}" for n, who in enumerate(students)}
