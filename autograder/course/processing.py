"""One submission on its way: intake, marking, the files that come of it, the result.

It goes through `intake`, `marker` and `feedback` in a worker, which writes the autograded notebook,
the feedback and then the result, each in one step; the gradebook follows in the parent process.
A run that is killed at any moment is taken up by the next one: a result that is there holds, a
gradebook row that is not as the result says is written.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import Any

from autograder.authoring import declaration
from autograder.course.folders import Course, load_submission, write
from autograder.course.jobs import Done, Job
from autograder.course.results import save
from autograder.jail.sandbox import JailError
from autograder.marking import feedback, intake, marker
from autograder.marking.marker import Marks

BESIDE = ("timestamp.txt", "submission_secret.txt")
FAULT = "An error in marking itself"


def process(
    job: Job, course: Course, released: intake.Skeleton, secret: bytes, template: Any
) -> Done:
    """Mark a submission and write its files; `template` is a function that returns a template."""
    submission, problem = take_in(job, released)
    done = produce(job, submission, problem, secret, template)
    keep(job, course, submission, released, done)
    return done


def take_in(job: Job, released: intake.Skeleton) -> tuple[intake.Submission | None, str]:
    """Return a submission on its release, or what is wrong with it."""
    try:
        data = load_submission(job.folder, job.lab)
        return intake.rebuild(released, intake.read(data, f"{job.lab}.ipynb")), ""
    except intake.Unreadable as error:
        return None, str(error)


def produce(
    job: Job, submission: intake.Submission | None, problem: str, secret: bytes, template: Any
) -> Done:
    """Mark a submission, which touches no file: this part can run on another machine."""
    marks = Marks(job.lab, job.student, problem=problem)
    if submission is None:
        return Done(marks, {}, job.timestamp)
    try:
        try:
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
        except JailError:  # the template may have died: a new one is started, once
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
    except JailError:
        raise
    except Exception as error:  # a declaration at fault must not end the run
        marks = replace(marks, problem=f"{FAULT}: {type(error).__name__}: {error}")
    comments = {} if marks.problem else comment(submission)
    return Done(marks, comments, job.timestamp)


def keep(
    job: Job,
    course: Course,
    submission: intake.Submission | None,
    released: intake.Skeleton,
    done: Done,
) -> None:
    """Write the files of a submission, and its result when they are there."""
    _write_autograded(job, course, submission, released, done.marks)
    title = declaration.load(job.lab).title
    _write_feedback(job, course, feedback.page(title, submission, done.marks))
    if not done.marks.problem.startswith(FAULT):
        save(course, job, done)


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
) -> None:
    target = course.autograded(job.student, job.lab)
    if submission is None or marks.problem:
        shutil.rmtree(target, ignore_errors=True)
        return
    notebook = intake.to_notebook(submission, released, marker.marked_outputs(marks))
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    target.mkdir(parents=True, exist_ok=True)
    # As nbgrader does: what was handed in beside the notebook is kept beside it, read-only.
    for path in job.folder.iterdir():
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            write(target / path.name, path.read_bytes(), 0o444)
    write(target / f"{job.lab}.ipynb", text.encode("utf-8", "replace"), 0o444)


def _write_feedback(job: Job, course: Course, page: str) -> None:
    target = course.feedback(job.student, job.lab)
    target.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        if (job.folder / name).is_file():
            write(target / name, (job.folder / name).read_bytes(), 0o644)
    write(target / f"{job.lab}.html", page.encode("utf-8", "replace"), 0o644)
