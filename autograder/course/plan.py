"""What a run has to do: submissions compared with the kept results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.authoring import declaration
from autograder.course import keys
from autograder.course.folders import Course, load_submission, timestamp
from autograder.course.jobs import Done, Job
from autograder.course.results import saved, still_valid
from autograder.marking import intake
from autograder.marking.marker import Marks


@dataclass
class Plan:
    """What a run has to do: jobs to mark, and results that hold."""

    jobs: list[Job] = field(default_factory=list)
    held: list[Done] = field(default_factory=list)


def plan(
    course: Course, labs: Iterable[str], secret_name: str, student: str = "", force: bool = False
) -> Plan:
    """Compare the submissions with the kept results."""
    out = Plan()
    for lab in labs:
        for who, folder in course.submitted(lab).items():
            if student and who != student:
                continue
            try:
                data = load_submission(folder, lab)
            except intake.Unreadable:
                data = b""
            key, when = keys.submission_key(lab, who, data, secret_name), timestamp(folder)
            content = None if force else saved(course, who, lab)
            if content is None or content["key"] != key:
                out.jobs.append(Job(who, lab, folder, key, when))
                continue
            marks: Marks = content["marks"]
            kept = still_valid(lab, content) if not marks.problem else {}
            complete = marks.problem or len(kept) == len(declaration.load(lab).exercises)
            if complete and _has_files(course, who, lab, marks):
                out.held.append(Done(marks, content["comments"], when))
            else:
                out.jobs.append(Job(who, lab, folder, key, when, {} if complete else kept))
    return out


def _has_files(course: Course, student: str, lab: str, marks: Marks) -> bool:
    page = course.feedback(student, lab) / f"{lab}.html"
    notebook = course.autograded(student, lab) / f"{lab}.ipynb"
    return page.is_file() and bool(marks.problem or notebook.is_file())
