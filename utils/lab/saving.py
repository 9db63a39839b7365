"""What JupyterLab does to a notebook before it writes the file."""

from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"


def tidied(model: dict[str, Any], **_: Any) -> None:
    """Drop what the kernel said about its Python, the state of no widgets, and buttons of checks.

    A lab that was opened and not edited then stays the same file, whoever opened it. Buttons do
    nothing without their kernel: their text stands in the file.
    """
    if model["type"] == "notebook" and model.get("content"):
        for cell in model["content"].get("cells", []):
            for output in cell.get("outputs", []):
                if output.get("metadata", {}).get("labs") == "until saved":
                    output["data"].pop(VIEW, None)
        metadata = model["content"]["metadata"]
        metadata.pop("language_info", None)
        if not any(kind.get("state") for kind in metadata.get("widgets", {}).values()):
            metadata.pop("widgets", None)
