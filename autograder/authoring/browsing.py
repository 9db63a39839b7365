"""An nbgrader preprocessor: an unfinished lab can be read to its end."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

TAG = "raises-exception"  # Jupyter's own name for it, known to JupyterLab and nbclient


class BrowseOn(NbGraderPreprocessor):
    """Let "Run All" of a released lab go on behind a check that fails, and show every figure.

    The error stays where it is, in red, and Validate and autograde count it as before.
    """

    def preprocess_cell(self, cell: Any, resources: dict, cell_index: int) -> tuple[Any, dict]:
        """Tag one code cell."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and TAG not in tags:
            cell.metadata["tags"] = [*tags, TAG]
        return cell, resources
