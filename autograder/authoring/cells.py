"""nbgrader preprocessors: record the cells of a lab though somebody submitted; name a release."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from traitlets import Bool

VERSION = "release"  # of the notebook's metadata
KINDS = ("grade", "solution", "task", "source")


class RecordCells(SaveCells):
    """Write the cells of a release into the gradebook, in place of nbgrader's `SaveCells`.

    nbgrader ends with an error where cells were added or removed and somebody has submitted. This
    leaves the gradebook as it is then, and says so; with `migrate` it takes it over: cells that are
    gone go with their scores, new ones get a place in every submission.
    """

    migrate = Bool(
        False, help="Change the cells of a lab in the gradebook even where submissions exist."
    ).tag(config=True)

    def _create_notebook(self, nb: NotebookNode) -> None:
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            notebook = None
        if notebook is None or not notebook.submissions:
            super()._create_notebook(nb)
        elif self.migrate:
            self._take_over(notebook)
        elif self._changed(notebook):
            self.log.warning(
                "%s is released anew. Somebody has handed it in already, so the gradebook keeps "
                "the exercises and points of before until `python -m autograder grade %s "
                "--migrate` takes it over.",
                self.assignment_id,
                self.assignment_id,
            )

    def _changed(self, notebook: Any) -> bool:
        held = {cell.name: cell.max_score for cell in notebook.grade_cells}
        new = {name: info["max_score"] for name, info in self.new_grade_cells.items()}
        answers = {cell.name for cell in notebook.solution_cells}
        return held != new or answers != set(self.new_solution_cells)

    def _take_over(self, notebook: Any) -> None:
        session = self.gradebook.db
        new = {kind: getattr(self, f"new_{kind}_cells") for kind in KINDS}
        for kind in KINDS:
            for cell in list(getattr(notebook, f"{kind}_cells")):
                if cell.name not in new[kind]:
                    for rows in ("grades", "comments"):
                        for row in getattr(cell, rows, None) or ():
                            session.delete(row)
                    session.flush()
                    session.delete(cell)
        session.flush()
        session.expire_all()
        for kind, cells in new.items():
            record = getattr(self.gradebook, f"update_or_create_{kind}_cell")
            for name, info in cells.items():
                record(name, self.notebook_id, self.assignment_id, **info)
        session.expire_all()
        notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        for submission in notebook.submissions:
            graded = {grade.cell_id for grade in submission.grades}
            said = {comment.cell_id for comment in submission.comments}
            for cell in [*notebook.grade_cells, *notebook.task_cells]:
                if cell.id not in graded:
                    session.add(Grade(cell_id=cell.id, notebook=submission))
            for cell in [*notebook.solution_cells, *notebook.task_cells]:
                if cell.id not in said:
                    session.add(Comment(cell_id=cell.id, notebook=submission))
        session.commit()


class NameRelease(NbGraderPreprocessor):
    """Write into a release which one it is: a digest of its cells. Comes last."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Name a released notebook in its metadata."""
        cells = [[cell.get("id", ""), cell.source] for cell in nb.cells]
        digest = hashlib.sha256(json.dumps(cells).encode()).hexdigest()
        nb.metadata[VERSION] = {"lab": resources["nbgrader"]["assignment"], "version": digest[:12]}
        return nb, resources
