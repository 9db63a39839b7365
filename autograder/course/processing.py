"""One submission on its way: intake, marking, the files that come of it, the result.

It goes through `intake` and `marker` in a worker, which writes the autograded notebook and then the
result, each in one step; the gradebook follows in the parent process, and the page of feedback,
which is made from what the gradebook then holds.
A run that is killed at any moment is taken up by the next one: a result that is there holds, a
gradebook row that is not as the result says is written.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from typing import Any

from autograder.course import handed_in
from autograder.course.folders import Course, write
from autograder.course.jobs import Done, Job
from autograder.course.results import save
from autograder.jail.sandbox import JailError, NeedsFull, Template
from autograder.marking import intake, marker, text
from autograder.marking.marker import Marks

FAULT = "An error in marking itself"


def process(
    job: Job, course: Course, released: intake.Skeleton, secret: bytes, template: Any
) -> Done:
    """Mark a submission and write its files; `template` is a function that returns a template.

    Whatever its work meets with becomes this submission's problem; only a jail that does not work
    (`JailError`) stops the run. Raises `NeedsFull` where another worker is to mark it.
    """
    submission, problem = take_in(job, released)
    done = produce(job, submission, problem, secret, template)
    try:
        keep(job, course, submission, released, done)
    except OSError as error:
        why = (
            f"Its files cannot be written ({error.strerror}). Nothing of it is kept: make room, or "
        )
        why += "let this folder be written to, then run the same command again."
        done = replace(done, marks=Marks(job.lab, job.student, problem=why))
    except Exception as error:
        done = replace(done, marks=_failed(job, error))
    return done


def take_in(job: Job, released: intake.Skeleton) -> tuple[intake.Submission | None, str]:
    """Return a submission on its release, or what is wrong with it."""
    try:
        there = handed_in.look(job.folder, job.lab)
        if there.problem:
            raise intake.Unreadable(there.problem)
        raws = intake.read(there.notebook, f"{job.lab}.ipynb")
        submission = intake.rebuild(released, raws, job.earlier, job.excused)
        submission.notes.extend(job.notes)
        return submission, ""
    except intake.Unreadable as error:
        return None, str(error)
    except Exception as error:
        return None, _failed(job, error).problem


def produce(
    job: Job, submission: intake.Submission | None, problem: str, secret: bytes, template: Any
) -> Done:
    """Mark a submission, which touches no file: this part can run on another machine."""
    marks = Marks(job.lab, job.student, problem=problem)
    if submission is None:
        return Done(marks, {}, job.timestamp, job.why)
    try:
        try:
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
        except JailError:  # the template may have died: a new one is started, once
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
    except JailError:
        works(template())  # what ends two templates while others do well is this submission
        marks = replace(marks, problem=f"{FAULT}: the process that marked it ended twice.")
    except NeedsFull:
        raise
    except Exception as error:  # a declaration at fault must not end the run
        marks = _failed(job, error)
    comments = {} if marks.problem else comment(submission)
    return Done(marks, comments, job.timestamp, job.why)


def works(template: Template) -> None:
    """Raise `JailError` unless a learner's process can be started."""
    with template.learner([("probe", "1 + 1")]) as learner:
        learner.run_cells()


def keep(
    job: Job,
    course: Course,
    submission: intake.Submission | None,
    released: intake.Skeleton,
    done: Done,
) -> None:
    """Write the files of a submission, and its result when they are there."""
    files: dict[str, bytes] = {}
    with contextlib.suppress(OSError, handed_in.Refused):  # (then its problem is told already)
        files, notes = handed_in.beside(job.folder)
        done.marks.notes.extend(notes)
    _write_autograded(job, course, submission, released, done.marks, files)
    if not done.marks.problem.startswith(FAULT):
        save(course, job, done)


def _failed(job: Job, error: Exception) -> Marks:
    """Return the marks of a submission on which the work itself failed."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Marks(job.lab, job.student, problem=f"{FAULT}: {text.line(what)}")


def comment(submission: intake.Submission) -> dict[str, str | None]:
    """Return nbgrader's automatic comment on each answer cell."""
    answers = [cell for cell in submission.cells if cell.kind == "answer"]
    return {cell.name: "No response." if cell.untouched else None for cell in answers}


def _write_autograded(
    job: Job,
    course: Course,
    submission: intake.Submission | None,
    released: intake.Skeleton,
    marks: Marks,
    files: dict[str, bytes],
) -> None:
    target = course.autograded(job.student, job.lab)
    if submission is None or marks.problem:
        shutil.rmtree(target, ignore_errors=True)
        return
    submission.notes[:] = marks.notes
    notebook = intake.to_notebook(submission, released, marker.marked_outputs(marks))
    content = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    target.mkdir(parents=True, exist_ok=True)
    # As nbgrader does: what was handed in beside the notebook is kept beside it, read-only.
    for name, data in files.items():
        write(target / name, data, 0o444)
    write(target / f"{job.lab}.ipynb", content.encode("utf-8", "replace"), 0o444)
