"""nbconvert exporters: nbgrader's commands and the Formgrader read and show what `grade` does.

In `nbgrader_config.py`, `Autograded` is the exporter of `Autograde` and `FeedbackPage` that of
`GenerateFeedback`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter, NotebookExporter
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException

from autograder.authoring import declaration
from autograder.course import pages, policy, processing, results
from autograder.course.folders import Course
from autograder.course.gradebook import in_lab_order
from autograder.course.jobs import Done, Job
from autograder.course.secret import course_secret, identity
from autograder.marking import intake
from autograder.marking.marker import Marks


class Autograded(NotebookExporter):
    """Read a submission in whatever state it is; after marking it, bring its page up to date."""

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
        contact = policy.read(course.folder).contact
        return pages.page(course, _record(about), contact), resources


def job_of(course: Course, student: str, lab: str) -> Job:
    """Return a submission as `grade` would mark it."""
    from autograder.course import plan

    word = identity(course_secret(course.folder))
    return plan.job(course, lab, student, course.folder / "submitted" / student / lab, word)


def _show(course: Course, about: dict, notebook: str = "") -> None:
    record = _record(about)
    contact = policy.read(course.folder).contact
    pages.bring_up_to_date(course, [record], contact, notebook)


def _record(about: dict) -> Any:
    with Gradebook(about["db_url"]) as book:
        (record,) = in_lab_order(book.db, about["notebook"], about["student"])
    return record
