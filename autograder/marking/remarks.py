"""What a learner should know of how the cells ran when marking: notes in words."""

from __future__ import annotations

import platform
import re

from autograder.jail.sandbox import CellResult
from autograder.marking.intake import Cell
from autograder.marking.text import line
from utils.engine.absent import UNREAD

PYTHON = ".".join(platform.python_version_tuple()[:2])
_SHELL = re.compile(
    r"^\s*(?:!.*|%%?(?:bash|sh|script)\b.*|%\s*(?:pip|conda|mamba|uv)\b.*)$", re.MULTILINE
)


def about(cell: Cell, result: CellResult) -> list[str]:
    """Return notes on a cell that was run, before anything was asked of it."""
    where = f"the answer cell '{line(cell.name, 60)}'" if cell.name else "a cell of your own"
    notes = []
    if found := _SHELL.search(cell.source):
        notes.append(
            f"Installing and shell commands are skipped when marking: {_quoted(found[0])} in "
            f"{where}. The lines below it ran."
        )
    error = result.error
    if error is None:
        return notes
    if error.type in UNREAD:
        notes.append(
            f"Python {PYTHON}, which marks, cannot read {where}: {line(error.message, 100)}. "
            "Nothing of that cell ran. If a newer Python reads it, write it so that this one does."
        )
    elif error.type in ("ModuleNotFoundError", "ImportError"):
        notes.append(
            f"{_quoted(error.line)} in {where} failed when marking: {line(error.message, 100)}. "
            "The other lines of the cell ran."
        )
    elif error.type == "Timeout":
        notes.append(f"{where.capitalize()} took too long and was stopped when marking.")
    elif error.type in ("Died", "Protocol"):
        notes.append(f"{where.capitalize()} ended the process when marking: it was left out.")
    return notes


def _quoted(text: str) -> str:
    return f"`{line(' '.join(text.split()), 70)}`"
