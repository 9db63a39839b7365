"""What a run has to do: submissions compared with the kept results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.authoring import declaration
from autograder.course import handed_in, keys
from autograder.course.folders import Course
from autograder.course.jobs import Done, Job
from autograder.course.results import saved, still_valid
from autograder.marking import text
from autograder.marking.marker import Marks


@dataclass
class Plan:
    """What a run has to do: jobs to mark, results that hold, and what can only be told of."""

    jobs: list[Job] = field(default_factory=list)
    held: list[Done] = field(default_factory=list)
    told: list[Done] = field(default_factory=list)


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
                found = _compare(course, lab, who, folder, secret_name, force)
            except Exception:  # whatever it is, it is this submission's: marking it will tell
                found = Job(who, lab, folder, "")
            (out.jobs if isinstance(found, Job) else out.held).append(found)
        for name in course.misnamed(lab) if not student else ():
            problem = "The name of this folder is too long or no text. Rename it."
            out.told.append(Done(Marks(lab, text.line(name, 60), problem=problem), {}, None))
    return out


def _compare(
    course: Course, lab: str, who: str, folder: Path, secret_name: str, force: bool
) -> Job | Done:
    """Return the kept result of a submission where it holds, else the job to mark it."""
    there = handed_in.look(folder, lab)
    odd = [*there.notes, there.problem]
    key = keys.submission_key(lab, who, there.notebook, secret_name, odd)
    content = None if force else saved(course, who, lab)
    if content is None or content["key"] != key:
        return Job(who, lab, folder, key, there.timestamp, notes=there.notes)
    marks: Marks = content["marks"]
    kept = still_valid(lab, content) if not marks.problem else {}
    complete = marks.problem or len(kept) == len(declaration.load(lab).exercises)
    if complete and _has_files(course, who, lab, marks):
        return Done(marks, content["comments"], there.timestamp)
    kept = {} if complete else kept
    return Job(who, lab, folder, key, there.timestamp, kept, there.notes)


def _has_files(course: Course, student: str, lab: str, marks: Marks) -> bool:
    page = course.feedback(student, lab) / f"{lab}.html"
    notebook = course.autograded(student, lab) / f"{lab}.ipynb"
    return page.is_file() and bool(marks.problem or notebook.is_file())
