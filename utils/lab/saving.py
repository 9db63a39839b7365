"""What JupyterLab does to a notebook before it writes the file."""

from typing import Any


def without_versions(model: dict[str, Any], **_: Any) -> None:
    """Drop what the kernel said about its Python, and the state of no widgets.

    A lab that was opened and not edited then stays the same file, whoever opened it.
    """
    if model["type"] == "notebook" and model.get("content"):
        metadata = model["content"]["metadata"]
        metadata.pop("language_info", None)
        if not any(kind.get("state") for kind in metadata.get("widgets", {}).values()):
            metadata.pop("widgets", None)
