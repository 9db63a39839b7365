"""nbconvert exporters: nbgrader's commands and the Formgrader read and show what `grade` does.

In `nbgrader_config.py`, `Autograded` is the exporter of `Autograde` and `FeedbackPage` that of
`GenerateFeedback`.
"""

from __future__ import annotations

import contextlib
import glob
import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter, NotebookExporter
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.log import get_logger

from autograder.authoring import declaration
from autograder.course import exchange, pages, policy, processing, results
from autograder.course.folders import BookError, Course
from autograder.course.gradebook import Book, explained, in_lab_order
from autograder.course.jobs import Done, Job
from autograder.course.secret import course_secret, identity
from autograder.marking import intake
from autograder.marking.marker import Marks


class Autograded(NotebookExporter):
    """Read a submission in whatever state it is; after marking it, bring its page up to date."""

    def __init__(self, *args: Any, **words: Any) -> None:
        """Let a run begin with the penalties of today: nbgrader skips what is marked already.

        And with all work: nbgrader looks for names that end in `.ipynb`, and for no others.
        """
        super().__init__(*args, **words)
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is not None and coursedir.assignment_id in declaration.names():
            _renew_penalties(coursedir, self.config)
            _find_work(coursedir, getattr(self.parent, "assignments", {}))

    def from_file(
        self, file_stream: Any, resources: dict | None = None, **words: Any
    ) -> tuple[str, dict]:
        """Convert a notebook file; one that is none ends in the sentence that `grade` says."""
        about, lab = resources["nbgrader"], resources["nbgrader"]["notebook"]
        sanitizing = getattr(self.parent, "_sanitizing", False)
        if lab not in declaration.names():
            return super().from_file(file_stream, resources, **words)
        folder = Path(resources["metadata"]["path"]).resolve()
        course = Course(folder.parents[2])
        if not sanitizing:
            out = super().from_file(file_stream, resources, **words)
            _show(course, about, out[0])
            return out
        student = about["student"]
        job = job_of(course, student, lab)
        released = intake.skeleton(lab)
        submission, problem = processing.take_in(job, released)
        if submission is None:
            results.save(course, job, Done(Marks(lab, student, problem=problem), {}, job.timestamp))
            _show(course, about)
            raise NbGraderException(f"{student}: {problem}")
        about["rebuilt"] = True
        return self.from_notebook_node(
            from_dict(intake.to_notebook(submission, released)), resources, **words
        )


class FeedbackPage(Exporter):
    """The page of feedback that `grade` writes, made from the gradebook as it is now."""

    file_extension = ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **_: Any
    ) -> tuple[str, dict]:
        """Return the page of an autograded notebook."""
        _, resources = super().from_notebook_node(nb, resources)
        about = resources["nbgrader"]
        course = Course(Path(resources["metadata"]["path"]).resolve().parents[2])
        rules = policy.read(course.folder)
        return pages.page(course, _record(about), rules), resources


def job_of(course: Course, student: str, lab: str) -> Job:
    """Return a submission as `grade` would mark it."""
    from autograder.course import plan

    word = identity(course_secret(course.folder))
    return plan.job(course, lab, student, course.folder / "submitted" / student / lab, word)


def _find_work(coursedir: CourseDirectory, found: dict[str, list[str]]) -> None:
    """Add to the folders that nbgrader has `found` those with work under a name it passes over."""
    submitted, lab = coursedir.submitted_directory, coursedir.assignment_id
    for folder in glob.glob(coursedir.format_path(submitted, coursedir.student_id, lab)):
        if folder not in found and exchange.name_work(Path(folder), lab):
            found[folder] = [os.path.join(folder, f"{lab}.ipynb")]


def _renew_penalties(coursedir: CourseDirectory, config: Config) -> None:
    """Work out late penalties by the dates of today, and show those that are others now."""
    lab = coursedir.assignment_id
    course = Course(Path(coursedir.root, coursedir.submitted_directory).parent)
    try:
        rules = policy.read(course.folder)
    except BookError as error:
        get_logger().error(str(error))
        raise NbGraderException(str(error)) from None
    # (A gradebook without the lab has no penalty; one that cannot be used is told of later.)
    with (
        contextlib.suppress(MissingEntry, BookError),
        explained(coursedir.db_url),
        Book(coursedir.db_url, config, rules) as book,
    ):
        book.take_inputs([lab], {})
        changed = set(book.renew_penalties(lab))
        shown = [record for record in book.records(lab) if record.student in changed]
        pages.bring_up_to_date(course, shown, rules)


def _show(course: Course, about: dict, notebook: str = "") -> None:
    record = _record(about)
    pages.bring_up_to_date(course, [record], policy.read(course.folder), notebook)


def _record(about: dict) -> Any:
    with Gradebook(about["db_url"]) as book:
        (record,) = in_lab_order(book.db, about["notebook"], about["student"])
    return record
