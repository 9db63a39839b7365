"""An nbgrader preprocessor: say in each stub which exercise it waits for."""

import re
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

STUB = "raise NotImplementedError()"


class NameStubs(NbGraderPreprocessor):
    """Turn nbgrader's stub into `raise NotImplementedError("<lab>: <exercise>")`.

    A quiz answer keeps no stub: its cell is an assignment, and runs. Comes after ClearSolutions.
    """

    def preprocess_cell(self, cell: Any, resources: dict, cell_index: int) -> tuple[Any, dict]:
        """Rewrite the stub of one answer cell."""
        if cell.cell_type != "code" or not is_solution(cell) or is_grade(cell):
            return cell, resources
        name = cell.metadata.nbgrader["grade_id"].removesuffix("_answer")
        lab = resources["nbgrader"]["assignment"]
        if re.search(rf"^answer_{re.escape(name)}\b", cell.source, re.MULTILINE):
            cell.source = re.sub(rf"\n?# YOUR CODE HERE\n{re.escape(STUB)}", "", cell.source)
        cell.source = cell.source.replace(STUB, f'raise NotImplementedError("{lab}: {name}")')
        return cell, resources
