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
from itertools import islice
from pathlib import Path
from typing import Any

from autograder.marking.text import fenced, line

# What is more than this is no work of a learner's, and is refused before it costs anything.
MAX_BYTES = 100 * 2**20
MAX_ENTRIES = 2_000_000  # values in the file
MAX_CELLS = 2000
MAX_SOURCE = 1_000_000  # characters of a cell
MAX_SOURCES = 8_000_000  # of all cells
MAX_NOTES = 20
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
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_ENTRIES:
        raise Unreadable(f"{name} holds too much. Clear its outputs, save it and submit it again.")
    try:
        notebook = json.loads(text, parse_int=_whole)
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
        notebook = _upgraded(notebook, name)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} has no list of cells. {FRESH}")
    _few(cells, name)
    return [cell for cell in cells if isinstance(cell, dict)]


def _few(cells: list, name: str) -> None:
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"{name} has {len(cells):,} cells, more than {MAX_CELLS:,}. {FRESH}")


def _whole(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 0  # (nothing here counts that far)


def _upgraded(notebook: dict, name: str) -> dict:
    """Bring what marking needs of a notebook of another format to format 4."""
    import nbformat

    sheets = notebook.get("worksheets")
    sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if _is_list(sheets) else []
    lists = [each["cells"] for each in (notebook, *sheets) if _is_list(each.get("cells"))]
    _few([cell for cells in lists for cell in cells], name)
    for cells in lists:
        for cell in cells:
            if isinstance(cell, dict) and cell.get("outputs"):
                cell["outputs"] = []
    try:
        return nbformat.reads(json.dumps(notebook), as_version=4)
    except Exception:
        found = notebook.get("nbformat", "missing")
        found = found if isinstance(found, (int, float, str)) else "no number"
        raise Unreadable(
            f"{name} is no notebook of format 4 (its format is {line(found, 20)}). {AGAIN}"
        ) from None


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _source(raw: dict) -> str:
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    # Half a character is no text for anybody: not for a pipe, a file or a database.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""


def _grade_id(raw: dict) -> str:
    metadata = raw.get("metadata")
    meta = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""


# --- rebuilding -----------------------------------------------------------------------------------


def rebuild(released: Skeleton, raws: Iterable[dict]) -> Submission:
    """Put the cells of a submission onto the released lab."""
    cells, notes = _bounded(raws)
    submission = _Rebuilding(released, cells).run()
    notes = [*submission.notes, *notes]
    more = [f"{len(notes) - MAX_NOTES} more notes of this kind."] * (len(notes) > MAX_NOTES)
    submission.notes[:] = notes[:MAX_NOTES] + more
    return submission


def _bounded(raws: Iterable[dict]) -> tuple[list[dict], list[str]]:
    """Return cells of a size that can be run and shown, and notes on those that had another."""
    cells, notes, room = [], [], MAX_SOURCES
    for number, raw in enumerate(islice(raws, MAX_CELLS), start=1):
        source = _source(raw)
        if len(source) > min(MAX_SOURCE, room):
            notes.append(
                f"Cell {number} of this notebook has {len(source):,} characters, which is too "
                "many: it was left empty. Read large data from a file."
            )
            source = ""
        room -= len(source)
        cells.append({**raw, "source": source})
    return cells, notes


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
                    f"The cell '{line(name, 60)}' is not part of this lab: it ran as a cell of "
                    "your own."
                )
        for name, places in found.items():
            where = self.place[name]
            cell = self.released.cells[where]
            changed = [i for i in places if _source(self.raws[i]) != cell.source]
            chosen = (changed or places)[-1]
            self.match[chosen] = where
            # A second copy that says nothing new must not run after the answer.
            new = set(changed) if cell.kind == "answer" else set()
            drop = [i for i in places if i not in new]
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
            shown = fenced(_source(raw)) if _source(raw).strip() else ""
            return Cell(f"own-{number + 1}", "own text", shown, "", {}, None, "markdown")
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
