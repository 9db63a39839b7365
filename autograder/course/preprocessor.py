"""nbgrader preprocessors, so that `nbgrader autograde` and the Formgrader mark as `grade` does.

In `nbgrader_config.py`, `Intake` comes first of the sanitizing preprocessors and `Mark` takes the
place of nbgrader's `Execute`. `Mark` leaves in each marked cell its score as the cell's value,
which nbgrader's own `SaveAutoGrades` then writes into the gradebook; `Late` takes the place of
`AssignLatePenalties`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor
from traitlets import Bool, Float, Unicode

from autograder.authoring import declaration
from autograder.course import handed_in, lending, plan, policy, processing
from autograder.course.exchange import set_aside
from autograder.course.folders import Course
from autograder.course.gradebook import date, extend, penalty
from autograder.course.jobs import Done, Job
from autograder.course.pool import Setup
from autograder.course.results import save
from autograder.course.secret import course_secret, identity
from autograder.course.warm import warm
from autograder.jail.sandbox import JailError, Limits
from autograder.marking import intake, marker, text


class Intake(NbGraderPreprocessor):
    """Rebuild a submission on the released lab, before anything else looks at it."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the rebuilt notebook; a lab that is not declared here is left as it is."""
        lab = resources["nbgrader"]["notebook"]
        if lab not in declaration.names() or resources["nbgrader"].get("rebuilt"):
            return nb, resources
        released, raws, notes = intake.skeleton(lab), nb.cells, []
        if folder := resources.get("metadata", {}).get("path"):
            there = handed_in.look(Path(folder), lab)
            notes = [*there.notes, *set_aside(Path(folder))]
            if not there.problem:
                raws = intake.read(there.notebook, f"{lab}.ipynb")
        submission = intake.rebuild(released, raws)
        submission.notes.extend(notes)
        return from_dict(intake.to_notebook(submission, released)), resources


class Mark(NbGraderPreprocessor):
    """Run a submission in the jail and mark it, in place of executing it in a kernel."""

    allow_unjailed = Bool(
        False,
        help="Mark even where a layer of the jail is missing (see `python -m autograder doctor`): "
        "learners' code could then read and change what the instructor can.",
    ).tag(config=True)
    course = Unicode(
        "",
        help="The course folder, which holds the course secret; by default the folder that holds "
        "the folder of submissions.",
    ).tag(config=True)
    idle = Float(
        120.0, help="Seconds after which the warm process for learners is ended when unused."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the notebook with reports, scores and outputs in it."""
        about = resources["nbgrader"]
        lab, student = about["notebook"], about["student"]
        if lab not in declaration.names():
            self.log.warning("%s has no marked exercises: nothing is run", lab)
            return nb, resources
        released = intake.skeleton(lab)
        submission = intake.rebuild(released, nb.cells)
        if "autograder" in nb.metadata:  # what was said of the notebook as it was handed in
            submission.notes[:] = nb.metadata["autograder"].get("notes", [])
        excused = tuple(nb.metadata.get("autograder", {}).get("excused", ()))
        submission = replace(submission, excused=excused)
        secret = course_secret(self._course())
        try:
            marks = self._marks(submission, student, secret)
        except JailError as error:
            raise NbGraderException(
                f"{error}\nLearners' code would not be kept apart from this machine. See "
                "`python -m autograder doctor`; `c.Mark.allow_unjailed = True` in "
                "nbgrader_config.py marks all the same."
            ) from None
        for note in marks.notes:
            self.log.warning("%s: %s", text.line(student), text.line(note, 600))
        self.log.info("%s: %s: %g points", text.line(student), lab, marks.points)
        submission.notes[:] = marks.notes
        self._keep(marks, submission)
        outputs = marker.marked_outputs(marks)
        return from_dict(intake.to_notebook(submission, released, outputs)), resources

    def _marks(self, submission: intake.Submission, student: str, secret: bytes) -> marker.Marks:
        """Mark with a running service's warm template, or with one of this process."""
        limits, course = Limits(parent=self), Course(self._course())
        job = Job(student, submission.lab, course.folder, "")
        setup = Setup(course, secret, limits.to_settings(), {})
        try:
            return lending.ask(course, "mark", setup, (job, submission, "")).marks
        except lending.Nobody:
            return warm.use(
                limits,
                not self.allow_unjailed,
                lambda template: marker.mark(submission, student, secret, template),
                self.idle,
            )

    def _keep(self, marks: marker.Marks, submission: intake.Submission) -> None:
        """Keep the result, from which reports and feedback are made, where `grade` keeps it."""
        course = Course(self._course())
        folder = course.submitted(marks.lab).get(marks.student)
        if folder is not None:
            word = identity(course_secret(course.folder))
            job = plan.job(course, marks.lab, marks.student, folder, word)
            save(course, job, Done(marks, processing.comment(submission), job.timestamp))

    def _course(self) -> Path:
        return Path(self.course) if self.course else course_folder(self)


class Late(AssignLatePenalties):
    """Work out what lateness costs, by `course/policy.toml` where that says so."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Write the penalty of a submission into the gradebook."""
        about = resources["nbgrader"]
        rules = policy.read(course_folder(self))
        self.init_plugin()
        with Gradebook(about["db_url"]) as book:
            date(rules, [book.find_assignment(about["assignment"])])
            found = book.find_submission(about["assignment"], about["student"])
            extend(rules, [found])
            book.db.flush()
            for notebook in found.notebooks:
                if notebook.name == about["notebook"]:
                    args = (found.name, found.student_id, notebook.score)
                    args += (found.timestamp, found.duedate)
                    notebook.late_submission_penalty = penalty(rules, self, *args)
            book.db.commit()
        return nb, resources


def course_folder(step: NbGraderPreprocessor) -> Path:
    """Return the course folder: the one that holds the folder of submissions."""
    converter = getattr(step.parent, "parent", None)
    coursedir = getattr(converter, "coursedir", None) or CourseDirectory(config=step.config)
    return Path(coursedir.root, coursedir.submitted_directory).parent
