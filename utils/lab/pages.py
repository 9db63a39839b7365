"""What a notebook needs to become a page: pictures with the words that describe them."""

import html
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode


class Described(Preprocessor):
    """Keep the alternative text of pictures, which the template of JupyterLab drops.

    A picture whose metadata describe it becomes an element of HTML that says the same.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        """Replace the described pictures among the outputs of a cell."""
        for output in cell.get("outputs", []):
            look = output.get("metadata", {}).get("image/png", {})
            if "alt" in look and "image/png" in output.get("data", {}):
                named = {key: look[key] for key in ("alt", "width", "height") if key in look}
                said = " ".join(f'{key}="{html.escape(str(named[key]))}"' for key in named)
                picture = output["data"].pop("image/png")
                output["data"]["text/html"] = f'<img src="data:image/png;base64,{picture}" {said}>'
        return cell, resources
