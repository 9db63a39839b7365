"""The texts of right answers: read from a solution, edited, and where a declaration stands."""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
HERE = str(Path(__file__).parent)
_CELL = re.compile(
    r'^# %% [^\n]*"grade_id": "(?P<name>\w+)_answer"[^\n]*\n(?P<text>.*?)(?=^# %%|\Z)',
    re.MULTILINE | re.DOTALL,
)


class DeclarationError(ValueError):
    """A declaration at fault; the message names file, line and what to do next."""


@dataclass(frozen=True)
class Cell:
    """An answer cell of a solution, without its marker lines, and where it stands.

    Its `code` is compiled with them, so that errors name lines of the file.
    """

    text: str
    file: str
    line: int
    code: CodeType

    @property
    def place(self) -> str:
        """Say where the cell begins."""
        return f"{self.file}, line {self.line}"


def answer_cells(text: str, file: str) -> dict[str, Cell]:
    """Return the answer cells of a percent notebook, by exercise, without their marker lines.

    Raises `DeclarationError` for a cell without markers, and for an id that is used twice;
    `SyntaxError` for what is no Python.
    """
    out: dict[str, Cell] = {}
    for found in _CELL.finditer(text):
        name, line = found["name"], text.count("\n", 0, found.start()) + 1
        begins, ends = (found["text"].count(marker) for marker in MARKERS)
        if not begins or begins != ends:
            raise DeclarationError(
                f"{file}, line {line}: the answer cell of {name!r} needs its solution between the "
                f"lines {MARKERS[0]!r} and {MARKERS[1]!r}"
            )
        if name in out:
            raise DeclarationError(
                f"{file}, line {line}: the id {name}_answer is used in line {out[name].line} too. "
                "Rename one."
            )
        lines = [
            each for each in found["text"].splitlines() if not each.strip().startswith(MARKERS)
        ]
        code = compile("\n" * line + found["text"], file, "exec")
        out[name] = Cell("\n".join(lines).strip() + "\n", file, line, code)
    return out


def edited(
    text: str, edits: tuple[tuple[str, str], ...], where: str, origin: str, function: str = ""
) -> str:
    """Return a text with all edits `(old, new)` made, in `function` alone if it is given.

    Each `old` stands once in the text, docstrings aside; all are looked for before any is made.
    Raises `DeclarationError`, which begins with `where` and names the `origin` of the text.
    """
    start, end = _span(text, function) if function else (0, len(text))
    seen = _without_docstrings(text)
    spans = []
    for old, new in edits:
        count = seen.count(old, start, end) if old else 0
        if old == new:
            raise DeclarationError(f"{where}: {old!r} is replaced by itself: nothing changes")
        if count == 0:
            raise DeclarationError(
                f"{where}: {old!r} is not in the right answer ({origin}). Copy the text from there."
            )
        if count > 1:
            raise DeclarationError(
                f"{where}: {old!r} stands {count} times in the right answer ({origin}). "
                "Take more of the line around the one you mean."
            )
        at = seen.index(old, start, end)
        spans.append((at, at + len(old), new))
    spans.sort()
    for (_, before, _), (after, _, _) in itertools.pairwise(spans):
        if after < before:
            raise DeclarationError(f"{where}: two edits overlap. Make one of them.")
    for at, to, new in reversed(spans):
        text = text[:at] + new + text[to:]
    return text


def instead(text: str, function: Callable) -> str:
    """Return a text in which `function` takes the place of the function of its name."""
    lines = textwrap.dedent(inspect.getsource(function))
    body = lines[re.search(r"^def ", lines, re.MULTILINE).start() :]
    start, end = _span(text, function.__name__)
    after = text[end:]
    return text[:start] + body + ("\n\n" + after if after else "")


def _without_docstrings(text: str) -> str:
    """Return a text of the same length in which nothing of a docstring can be found."""
    return re.sub(r'"""(.*?)"""', lambda found: "\0" * len(found[0]), text, flags=re.DOTALL)


def _span(text: str, function: str) -> tuple[int, int]:
    """Return where a function of the outermost level begins and ends."""
    found = re.search(rf"^def {function}\(.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    return found.span()


class Later:
    """A module that is imported where it is first used: most answers need no Keras."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, item: str) -> Any:
        return getattr(importlib.import_module(self._name), item)


def place() -> str:
    """Say where the declaration stands that is being read: file and line."""
    frame = sys._getframe(1)
    # Nothing is declared in this package, nor in what a dataclass writes for itself ("<string>").
    while frame.f_code.co_filename.startswith((HERE, "<string>")):
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    file = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return f"{file}, line {frame.f_lineno}"
