"""Take a submission in: read it, whatever state it is in, and rebuild it on the released lab.

Locked, marked and demo cells come from the release, answers from the learner by their id, and the
learner's own cells stay where they were. What is odd becomes a note in words for the learner: what,
where, and what to do. Only a file that is no notebook at all is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

MAX_BYTES = 100 * 2**20
AGAIN = "Open it in JupyterLab, run your checks there, save it and submit it again."
FRESH = "Fetch the lab again, paste your answers into it and submit that."


class Unreadable(ValueError):
    """A submission that is no notebook; the message says what is wrong with it and what to do."""


@dataclass(frozen=True)
class Cell:
    """A cell of a lab or of a submission.

    `kind` is "text", "code" (released code that runs), "demo" (never run when marking), "answer",
    "marked", "own" (code of the learner's own) or "own text". `name` is the grade id of a cell
    that has one, `released` the source as released.
    """

    id: str
    kind: str
    source: str
    name: str = ""
    metadata: dict = field(default_factory=dict)
    released: str | None = None
    cell_type: str = "code"

    @property
    def runs(self) -> bool:
        """Whether the cell is run when marking."""
        return self.kind in ("code", "answer", "own")

    @property
    def untouched(self) -> bool:
        """Whether an answer cell is as it was released."""
        return self.source == self.released


@dataclass(frozen=True)
class Skeleton:
    """A released lab: its cells, with the hidden lines of the marked ones, and its metadata."""

    lab: str
    cells: tuple[Cell, ...]
    metadata: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """A submission on the skeleton of its lab; `notes` tell what was odd about it."""

    lab: str
    cells: list[Cell]
    notes: list[str] = field(default_factory=list)
    missing: frozenset[str] = frozenset()

    def answer(self, exercise: str) -> str:
        """Return the source of an exercise's answer cell, empty where it is missing."""
        wanted = f"{exercise}_answer"
        return next((c.source for c in self.cells if c.name == wanted), "")


# --- the skeleton ---------------------------------------------------------------------------------


def released_cells(lab: str) -> tuple[Cell, ...]:
    """Return the cells of a lab as released, without hidden lines.

    Raises `FileNotFoundError` where the lab has not been released.
    """
    from autograder.authoring import release

    path = release.target(lab)
    if not path.is_file():
        raise FileNotFoundError(f"{lab} is not released: run `python -m autograder release {lab}`")
    return tuple(_released(i, raw) for i, raw in enumerate(json.loads(path.read_bytes())["cells"]))


def _released(number: int, raw: dict) -> Cell:
    source, metadata = _source(raw), dict(raw.get("metadata", {}))
    meta, cell_type = metadata.get("nbgrader") or {}, raw.get("cell_type", "code")
    if meta.get("grade"):
        kind = "marked"
    elif meta.get("solution"):
        kind = "answer"
    elif cell_type != "code":
        kind = "text"
    else:
        kind = "demo" if "demo" in metadata.get("tags", []) else "code"
    name = meta.get("grade_id", "")
    return Cell(raw.get("id") or f"cell-{number}", kind, source, name, metadata, source, cell_type)


@cache
def skeleton(lab: str) -> Skeleton:
    """Return the skeleton of a lab: the committed release, with its hidden lines put back.

    Raises `FileNotFoundError` where the lab has not been released.
    """
    from nbformat.notebooknode import from_dict
    from nbgrader.utils import compute_checksum

    from autograder.authoring import release

    cells = released_cells(lab)
    nb = release.source_notebook(lab)
    hidden = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in nb.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    full = []
    for cell in cells:
        if cell.kind == "marked" and cell.name in hidden:
            source = hidden[cell.name]
            raw = {"cell_type": cell.cell_type, "source": source, "metadata": cell.metadata}
            meta = {**cell.metadata["nbgrader"], "checksum": compute_checksum(from_dict(raw))}
            metadata = {**cell.metadata, "nbgrader": meta}
            cell = replace(cell, source=source, released=source, metadata=metadata)
        full.append(cell)
    return Skeleton(lab, tuple(full), dict(nb.metadata))


# --- reading --------------------------------------------------------------------------------------


def read(data: bytes, name: str = "the notebook") -> list[dict]:
    """Return the cells of a notebook file, however it was saved; raises `Unreadable`."""
    if len(data) > MAX_BYTES:
        size = len(data) >> 20
        raise Unreadable(f"{name} has {size} MB. Clear its outputs, save it and submit it again.")
    if not data.strip():
        raise Unreadable(f"{name} is empty: no cell arrived. {AGAIN}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{name} is no notebook: byte {error.start + 1} is not text. {AGAIN}"
        ) from None
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{name} is damaged in line {error.lineno}, column {error.colno} ({error.msg}). "
            f"If JupyterLab does not open it either: {FRESH[0].lower()}{FRESH[1:]}"
        ) from None
    except RecursionError:
        raise Unreadable(f"{name} is nested far too deeply to be a notebook. {FRESH}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"{name} holds data, but no notebook. {FRESH}")
    version = notebook.get("nbformat")
    if version != 4 and ("worksheets" in notebook or "cells" not in notebook):
        notebook = _upgraded(notebook, text, name)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} has no list of cells. {FRESH}")
    return [cell for cell in cells if isinstance(cell, dict)]


def _upgraded(notebook: dict, text: str, name: str) -> dict:
    """Bring a notebook of another format to format 4."""
    import nbformat

    try:
        return nbformat.reads(text, as_version=4)
    except Exception:
        found = notebook.get("nbformat", "missing")
        raise Unreadable(
            f"{name} is no notebook of format 4 (its format is {str(found)[:20]}). {AGAIN}"
        ) from None


def _source(raw: dict) -> str:
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _grade_id(raw: dict) -> str:
    metadata = raw.get("metadata")
    meta = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""


# --- rebuilding -----------------------------------------------------------------------------------


def rebuild(released: Skeleton, raws: Iterable[dict]) -> Submission:
    """Put the cells of a submission onto the released lab."""
    return _Rebuilding(released, list(raws)).run()


class _Rebuilding:
    def __init__(self, released: Skeleton, raws: list[dict]) -> None:
        self.released, self.raws = released, raws
        self.notes: list[str] = []
        self.place = {cell.name: i for i, cell in enumerate(released.cells) if cell.name}
        self.by_id = {cell.id: i for i, cell in enumerate(released.cells) if not cell.name}
        # Which released cell each cell of the submission is, None for one of the learner's own.
        self.match: list[int | None] = [None] * len(raws)
        self.dropped: set[int] = set()

    def run(self) -> Submission:
        self._match_named()
        self._match_plain()
        taken = {where: i for i, where in enumerate(self.match) if where is not None}
        own: dict[int, list[Cell]] = {}
        before = -1
        for i, raw in enumerate(self.raws):
            where = self.match[i]
            if where is not None:
                before = where
                cell = self.released.cells[where]
                if cell.kind == "code" and _source(raw).strip() != cell.source.strip():
                    own.setdefault(where, []).append(self._own(i, raw))
            elif i not in self.dropped:
                own.setdefault(before, []).append(self._own(i, raw))
        out, missing = list(own.get(-1, [])), set()
        for where, cell in enumerate(self.released.cells):
            if cell.kind == "answer":
                found = where in taken
                source = _source(self.raws[taken[where]]) if found else ""
                cell = replace(cell, source=source)
                if not found:
                    missing.add(cell.name)
            out += [cell, *own.get(where, [])]
        self._note_missing(missing)
        return Submission(self.released.lab, out, self.notes, frozenset(missing))

    def _match_named(self) -> None:
        found: dict[str, list[int]] = {}
        for i, raw in enumerate(self.raws):
            name = _grade_id(raw)
            if name in self.place:
                found.setdefault(name, []).append(i)
            elif name:
                self.notes.append(
                    f"The cell {name[:60]!r} is not part of this lab: it ran as a cell of your own."
                )
        for name, places in found.items():
            where = self.place[name]
            cell = self.released.cells[where]
            changed = [i for i in places if _source(self.raws[i]) != cell.source]
            chosen = (changed or places)[-1]
            self.match[chosen] = where
            # A second copy that says nothing new must not run after the answer.
            drop = places if cell.kind != "answer" else [i for i in places if i not in changed]
            self.dropped.update(i for i in drop if i != chosen)
            if len(places) > 1 and cell.kind == "answer":
                self.notes.append(
                    f"The answer cell {name!r} is there {len(places)} times: the last one with "
                    "something in it counts. Delete the others."
                )
            if self.raws[chosen].get("cell_type") != "code" and cell.kind == "answer":
                self.notes.append(
                    f"The answer cell {name!r} had been made a text cell: it was read as code. "
                    "Make it a code cell again (key Y)."
                )

    def _match_plain(self) -> None:
        free = set(self.by_id.values())
        for i, raw in enumerate(self.raws):
            where = self.by_id.get(raw.get("id")) if isinstance(raw.get("id"), str) else None
            if self.match[i] is None and i not in self.dropped and where in free:
                self.match[i] = where
                free.discard(where)
        # Some editors give every cell a new id: then the text tells which cell it is.
        by_source: dict[str, list[int]] = {}
        for where in sorted(free):
            by_source.setdefault(self.released.cells[where].source.strip(), []).append(where)
        for i, raw in enumerate(self.raws):
            if self.match[i] is not None or i in self.dropped:
                continue
            if places := by_source.get(_source(raw).strip()):
                self.match[i] = places.pop(0)

    def _own(self, number: int, raw: dict) -> Cell:
        metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
        tags = metadata.get("tags")
        demo = isinstance(tags, list) and "demo" in tags
        kept = {"tags": ["demo"]} if demo else {}
        if raw.get("cell_type") != "code":
            return Cell(f"own-{number + 1}", "own text", _source(raw), "", {}, None, "markdown")
        return Cell(f"own-{number + 1}", "demo" if demo else "own", _source(raw), "", kept)

    def _note_missing(self, missing: set[str]) -> None:
        answers = [cell.name for cell in self.released.cells if cell.kind == "answer"]
        if answers and len(missing) == len(answers):
            self.notes.insert(
                0, f"No answer cell of {self.released.lab} is in this notebook. Is it another "
                f"lab's, or were the cells pasted into a new notebook? What it defines was marked. "
                f"To be sure: {FRESH[0].lower()}{FRESH[1:]}"
            )  # fmt: skip
            return
        for name in answers:
            if name in missing:
                self.notes.append(
                    f"The answer cell {name!r} is missing, so there is nothing of it to mark. "
                    f"Was it deleted, or its content pasted into a new cell? {FRESH}"
                )


# --- writing --------------------------------------------------------------------------------------


def to_notebook(
    submission: Submission, released: Skeleton, outputs: dict[str, list[dict]] | None = None
) -> dict:
    """Return the rebuilt submission as notebook JSON; `outputs` go to the cells by id."""
    cells, outputs, count = [], outputs or {}, 0
    for cell in submission.cells:
        raw: dict[str, Any] = {"cell_type": cell.cell_type, "id": cell.id}
        raw["metadata"], raw["source"] = cell.metadata, cell.source
        if cell.cell_type == "code":
            shown = outputs.get(cell.id, [])
            count += bool(shown)
            raw["execution_count"] = count if shown else None
            raw["outputs"] = [
                {**o, "execution_count": count} if o["output_type"] == "execute_result" else o
                for o in shown
            ]
        cells.append(raw)
    metadata = {**released.metadata, "autograder": {"notes": submission.notes}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def submission_file(folder: Path, lab: str) -> Path:
    """Return the path of a lab's notebook in the folder of a submission."""
    return folder / f"{lab}.ipynb"
