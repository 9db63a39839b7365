"""The whole term from the gradebook: everybody's records, what counts, the course grade."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring import declaration
from autograder.course import policy, roster
from autograder.course.folders import BookError, UnknownLab
from autograder.course.policy import Policy
from autograder.course.roster import Person
from autograder.marking.record import Record


def lab_named(name: str) -> str:
    """Return the lab that a name or its number means; raises `UnknownLab`."""
    known = declaration.names()
    found = [lab for lab in known if lab == name or lab.startswith(f"{name}_")]
    if len(found) != 1:
        raise UnknownLab(f"there is no lab {name!r}; the labs are: {', '.join(known)}")
    return found[0]


@dataclass
class Term:
    """Records by lab and learner, the rules of the course and its people."""

    labs: list[str]  # that count: handed in by somebody, or due
    rules: Policy
    people: dict[str, Person]
    records: dict[tuple[str, str], Record] = field(default_factory=dict)  # by lab and student
    most: dict[str, float] = field(default_factory=dict)  # points of a lab
    due: dict[str, datetime.datetime] = field(default_factory=dict)  # UTC, without a zone
    now: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    )

    def record(self, lab: str, student: str) -> Record | None:
        """Return what the gradebook says of a learner's work, None where there is none."""
        return self.records.get((lab, student))

    def state(self, lab: str, student: str) -> str:
        """Say what there is: "excused", "missing", "unreadable" (no score yet) or "scored"."""
        if (student, lab) in self.rules.excused:
            return "excused"
        record = self.record(lab, student)
        if record is None:
            return "missing"
        return "scored" if record.scored else "unreadable"

    def may_still(self, lab: str, student: str) -> bool:
        """Tell whether a learner who handed nothing in has time left for a lab."""
        if lab not in self.due or self.state(lab, student) != "missing":
            return False
        more = self.rules.extension(lab, student) or datetime.timedelta()
        return self.now < self.due[lab] + more

    def grade(self, student: str) -> float:
        """Return the course grade in percent: the weighted mean of the labs that count.

        Excused labs and those that may still be handed in are left out, then the lowest ones that
        the policy drops. What else is missing, or was not readable, counts 0 until it is there.
        """
        labs = [
            lab
            for lab in self.labs
            if self.state(lab, student) != "excused" and not self.may_still(lab, student)
        ]
        shares = {lab: self._share(lab, student) for lab in labs}
        dropped = sorted(labs, key=lambda lab: (shares[lab], lab))[: self.rules.drop]
        kept = [lab for lab in labs if lab not in dropped or len(labs) <= self.rules.drop]
        total = sum(self.rules.weight(lab) for lab in kept)
        earned = sum(self.rules.weight(lab) * shares[lab] for lab in kept)
        return round(100 * earned / total, 2) if total else 0.0

    def _share(self, lab: str, student: str) -> float:
        record = self.record(lab, student)
        return record.points / record.most if record and record.most else 0.0


def read(folder: Path) -> Term:
    """Read the term of a course folder; raises `BookError` where something cannot be used."""
    from autograder.course.gradebook import address, configuration, explained

    rules, people = policy.read(folder), roster.read(folder)
    config = configuration()
    url = address(folder, config)
    place = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:") and not place.is_file():
        raise BookError(f"there is no gradebook in {folder}: mark something first")
    with explained(url):
        return _read(url, rules, people)


def _read(url: str, rules: Policy, people: dict[str, Person]) -> Term:
    from nbgrader.api import Gradebook

    from autograder.course.gradebook import in_lab_order

    with Gradebook(url) as book:
        there = {each.name: each.duedate for each in book.assignments}
        students: dict[str, Any] = {
            s.id: Person(
                s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or ""
            )
            for s in book.students
        }
        term = Term([], rules, {})
        for lab in declaration.names():
            if lab not in there:
                continue
            found = in_lab_order(book.db, lab)
            due = rules.due_at(lab) or there[lab]
            if not found and not (due and due < term.now):
                continue
            if due:
                term.due[lab] = due
            term.labs.append(lab)
            term.most[lab] = float(sum(ex.points for ex in declaration.load(lab).exercises))
            term.records.update({(lab, record.student): record for record in found})
        # Who is on no roster any more counts while there is work of theirs: nothing is dropped.
        there = {student for _, student in term.records}
        term.people = {s: p for s, p in students.items() if s in there or not people} | people
    return term
