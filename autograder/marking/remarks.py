"""What a learner should know of how the cells ran when marking: notes in words."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable

from autograder.jail.sandbox import CellResult
from autograder.marking.intake import Cell
from autograder.marking.text import line
from utils.engine.absent import UNREAD

MOST_TOLD = 3  # lines of one kind
MOST_CELLS = 20  # that could not be read, took too long or ended the process
PYTHON = ".".join(platform.python_version_tuple()[:2])
_CONFLICT = re.compile(r"^(?:<{7}|>{7})[^\n]*$", re.MULTILINE)
_SHELL = re.compile(
    r"^[ \t]*(?:!.*|%%?(?:bash|sh|script)\b.*|%[ \t]*(?:pip|conda|mamba|uv)\b.*)$", re.MULTILINE
)


def about(cells: Iterable[tuple[Cell, CellResult]]) -> list[str]:
    """Return notes on the cells that were run, before anything was asked of them.

    What many cells have in common, such as lines for another host, is told once.
    """
    skipped, failed, notes = [], [], []
    for cell, result in cells:
        where = f"the answer cell '{line(cell.name, 60)}'" if cell.name else "a cell of your own"
        skipped += [f"{_quoted(found)} in {where}" for found in _SHELL.findall(cell.source)]
        error = result.error
        if error is None:
            continue
        if error.type in UNREAD and (mark := _CONFLICT.search(cell.source)):
            notes.append(
                f"{where[:1].upper()}{where[1:]} holds two versions at once: git left the marks "
                f"of a merge conflict ({_quoted(mark[0])}). Nothing of that cell ran. Keep one "
                "version."
            )
        elif error.type in UNREAD:
            notes.append(
                f"Python {PYTHON}, which marks, cannot read {where}: {line(error.message, 100)}. "
                "Nothing of that cell ran. If a newer Python reads it, write it so that this one "
                "does."
            )
        elif error.type in ("ModuleNotFoundError", "ImportError"):
            failed.append(f"{_quoted(error.line)} in {where} ({line(error.message, 100)})")
        elif error.type == "Timeout":
            notes.append(f"{where.capitalize()} took too long and was stopped when marking.")
        elif error.type in ("Died", "Protocol"):
            notes.append(f"{where.capitalize()} ended the process when marking: it was left out.")
    if len(notes) > MOST_CELLS:
        more = f"{len(notes) - MOST_CELLS} more cells did not run, or not to their end."
        notes[MOST_CELLS:] = [more]
    if skipped:
        notes.append(
            f"Installing and shell commands are skipped when marking: {_several(skipped)}. "
            "The lines below ran."
        )
    if failed:
        notes.append(
            f"An import failed when marking: {_several(failed)}. The other lines of the cell ran."
        )
    return notes


def _several(texts: list[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    texts = list(dict.fromkeys(texts))
    more = f", and {len(texts) - MOST_TOLD} more" if len(texts) > MOST_TOLD else ""
    return ", ".join(texts[:MOST_TOLD]) + more


def _quoted(text: str) -> str:
    return f"`{line(' '.join(text.split()), 70)}`"
