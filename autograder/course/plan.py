"""What a run has to do: submissions compared with the kept results."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.authoring import declaration, release, releases
from autograder.course import handed_in, keys, policy
from autograder.course.folders import Course
from autograder.course.jobs import Done, Job
from autograder.course.results import saved, still_valid
from autograder.marking import intake, text
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
    out, older = Plan(), policy.read(course.folder).older
    for lab in labs:
        today = release.target(lab).read_bytes()
        for who, folder in course.submitted(lab).items():
            if student and who != student:
                continue
            try:
                found = compare(course, lab, who, folder, secret_name, force, older, today)
            except Exception:  # whatever it is, it is this submission's: marking it will tell
                found = Job(who, lab, folder, "")
            (out.jobs if isinstance(found, Job) else out.held).append(found)
        for name in course.misnamed(lab) if not student else ():
            problem = (
                "The name of this folder is too long, or has signs that no name here may have "
                "(quotes, <, >, &, a slash). Rename it."
            )
            out.told.append(Done(Marks(lab, text.line(name, 60), problem=problem), {}, None))
    return out


def job(
    course: Course,
    lab: str,
    who: str,
    folder: Path,
    secret_name: str,
    there: handed_in.HandedIn | None = None,
    older: str = "",
    today: bytes = b"",
) -> Job:
    """Return the job to mark a submission as it lies in its folder.

    What is the same for all submissions of a run may be given: `older` of the policy, and the
    release of `today`.
    """
    there = there or handed_in.look(folder, lab)
    excused = (older or policy.read(course.folder).older) == "excuse"
    today = today or release.target(lab).read_bytes()
    data = there.notebook
    with contextlib.suppress(UnicodeDecodeError):  # (then it is unreadable, whatever it was)
        data = intake.decoded(data).encode("utf-8", "replace")
    earlier = releases.earlier((course.folder, release.COURSE), lab, data, today)
    odd = [*there.notes, there.problem, *([f"excused: {excused}", *earlier] if earlier else [])]
    key = keys.submission_key(lab, who, there.notebook, secret_name, odd)
    made_of = keys.made_of(lab, there.notebook, secret_name)
    return Job(
        who,
        lab,
        folder,
        key,
        there.timestamp,
        notes=there.notes,
        made_of=made_of,
        earlier=earlier,
        excused=excused,
    )


def compare(
    course: Course,
    lab: str,
    who: str,
    folder: Path,
    secret_name: str,
    force: bool,
    older: str,
    today: bytes = b"",
) -> Job | Done:
    """Return the kept result of a submission where it holds, else the job to mark it."""
    there = handed_in.look(folder, lab)
    todo = job(course, lab, who, folder, secret_name, there, older, today)
    content = saved(course, who, lab)
    if content is None:
        return todo
    todo = replace(todo, why=_why(content, todo))
    if force:
        return replace(todo, why=todo.why or "marked again on request")
    if content["key"] != todo.key:
        return todo
    marks: Marks = content["marks"]
    kept = still_valid(lab, content) if not marks.problem else {}
    complete = marks.problem or len(kept) == len(declaration.load(lab).exercises)
    there_is = (course.autograded(who, lab) / f"{lab}.ipynb").is_file()
    if complete and (marks.problem or there_is):
        return Done(marks, content["comments"], there.timestamp, content.get("why", ""))
    return replace(todo, kept={} if complete else kept)


def _why(content: dict, todo: Job) -> str:
    """Say why a mark may be another than the kept one."""
    before, now = content.get("made_of", {}), todo.made_of
    out = []
    if content["key"] != todo.key:
        names = {"work": "handed in again", "secret": "another course secret",
                 "release": "the lab was released anew"}  # fmt: skip
        out += [said for part, said in names.items() if before.get(part) != now[part]]
        out = out or ["other files were handed in"]
    was, is_now = content["exercises"], keys.lab_keys(todo.lab)
    changed = [name for name in is_now if was.get(name) != is_now[name]]
    if before.get("marker") != now["marker"]:
        out.append("marking itself was changed")
    elif changed:
        some = ", ".join(changed[:4]) + ", ..." * (len(changed) > 4)
        out.append(f"{some}: the exercise was changed")
    return "; ".join(out)
