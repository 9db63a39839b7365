"""Take a submission in: read it, whatever state it is in, and rebuild it on the released lab.

Locked, marked and demo cells come from the release, answers from the learner by their id, and the
learner's own cells stay where they were. What is odd becomes a note in words for the learner: what,
where, and what to do. Only a file that is no notebook at all is refused.
"""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from autograder.marking import names
from autograder.marking.text import fenced, line
from utils.engine.absent import roughly_binds

_KINDS = (
    (b"PK\x03\x04", "a zip archive"), (b"PK\x05\x06", "a zip archive"), (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file (gzip)"), (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"), (b"Rar!", "a rar archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "a text document (RTF)"), (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"version https://git-lfs", "a pointer of git LFS"), (b"bplist", "a web page of Safari"),
)  # fmt: skip
# As some Windows programs save text, by its first two bytes: with a mark of the encoding or not.
_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le",
              b"\0{": "utf-16-be"}  # fmt: skip
# What is more than this is no work of a learner's, and is refused before it costs anything.
MAX_BYTES = 100 * 2**20
MAX_ENTRIES = 2_000_000  # values in the file
MAX_CELLS = 2000
MAX_SOURCE = 500_000  # characters of a cell
MAX_SOURCES = 2_000_000  # of all cells
MAX_NOTES = 20
AGAIN = "Open it in JupyterLab, run your checks there, save it and submit it again."
DOWNLOAD = "Download the notebook itself (File, Download) and submit that."
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

    @cached_property
    def normal(self) -> str:
        """The source as it is compared."""
        return normal(self.source)

    @property
    def untouched(self) -> bool:
        """Whether an answer cell is as it was released."""
        return self.normal == normal(self.released or "")


@dataclass(frozen=True)
class Skeleton:
    """A released lab: its cells, with the hidden lines of the marked ones, and its metadata."""

    lab: str
    cells: tuple[Cell, ...]
    metadata: dict = field(default_factory=dict)

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The statements of cells that are not run as a learner's, whatever their layout."""
        apart = [cell.source for cell in self.cells if cell.kind in ("demo", "marked")]
        parts = (part for source in apart for part in names.statements(source) or ())
        return frozenset(map(names.shape, parts))


@dataclass(frozen=True)
class Submission:
    """A submission on the skeleton of its lab; `notes` tell what was odd about it.

    `excused` names the exercises that it could not have answered.
    """

    lab: str
    cells: list[Cell]
    notes: list[str] = field(default_factory=list)
    missing: frozenset[str] = frozenset()
    excused: tuple[str, ...] = ()

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


def decoded(data: bytes) -> str:
    """Return the text of a notebook file, in whichever encoding it was saved.

    Raises `UnicodeDecodeError`.
    """
    return data.decode(_ENCODINGS.get(data[:2], "utf-8-sig"))


def read(data: bytes, name: str = "the notebook") -> list[dict]:
    """Return the cells of a notebook file, however it was saved; raises `Unreadable`."""
    if len(data) > MAX_BYTES:
        size = len(data) >> 20
        raise Unreadable(f"{name} has {size} MB. Clear its outputs, save it and submit it again.")
    if not data.strip():
        raise Unreadable(f"{name} is empty: no cell arrived. {AGAIN}")
    if what := _other_kind(data):
        raise Unreadable(f"{name} is {what}, not a notebook. {DOWNLOAD}")
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{name} is no notebook: byte {error.start + 1} is not text. {AGAIN}"
        ) from None
    if conflict := re.search(r"^(<{7}|>{7})[^\n]*$", text, re.MULTILINE):
        row = text.count("\n", 0, conflict.start()) + 1
        raise Unreadable(
            f"{name} holds two versions at once: git left the marks of a merge conflict, the first "
            f"in line {row} (`{line(conflict[0].strip(), 30)}`). Keep one version, open it in "
            "JupyterLab, save it and submit it again."
        )
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


def _other_kind(data: bytes) -> str:
    """Say what a file is that is no text of a notebook, "" where it may be one."""
    for start, what in _KINDS:
        if data.startswith(start):
            return what
    head = data[:2000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("<!doctype html", "<html", "<head", "<?xml", "<!--", "<body")):
        return "a web page (HTML)"
    if head.startswith(("import ", "from ", "def ", "# %%", "#!", "# -*-", "#\n", "# in[")):
        return "a Python script"
    return ""


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
    if not isinstance(source, str):
        return ""
    # Half a character is no text for anybody: not for a pipe, a file or a database.
    whole = source if source.isascii() else source.encode("utf-8", "replace").decode()
    return whole.replace("\r\n", "\n").replace("\r", "\n") if "\r" in whole else whole


def normal(source: str) -> str:
    """Return a source as it is compared: without spaces at the ends of lines, or empty ends."""
    return "\n".join(row.rstrip() for row in source.split("\n")).strip("\n")


def _grade_id(raw: dict) -> str:
    metadata = raw.get("metadata")
    meta = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""


def _is_demo(raw: dict) -> bool:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and "demo" in tags


def _last_run(raw: dict) -> str:
    """Return when a cell was last run, as JupyterLab writes it down where that is wished."""
    metadata = raw.get("metadata")
    times = metadata.get("execution") if isinstance(metadata, dict) else None
    values = times.values() if isinstance(times, dict) else ()
    return max((t for t in values if isinstance(t, str) and t[:2] == "20"), default="")


def _asked(released: Skeleton) -> set[str]:
    """Return the names that the checks of a lab ask for."""
    uses: set[str] = set()
    for cell in released.cells:
        if cell.kind == "marked":
            uses |= names.globals_of(cell.source)[1]
    return uses


# --- rebuilding -----------------------------------------------------------------------------------


def rebuild(
    released: Skeleton, raws: Iterable[dict], earlier: Sequence[str] = (), excused: bool = True
) -> Submission:
    """Put the cells of a submission onto the released lab.

    It was made from an earlier release where that did not ask for some exercises, or not so:
    `earlier` names them, and they are `excused` or not.
    """
    cells, notes = _bounded(raws)
    submission = _Rebuilding(released, cells, frozenset(earlier)).run()
    if earlier:
        said = "they are excused: they count like the rest of it" if excused else "they count 0"
        notes.insert(
            0,
            "This was made from an earlier release of the lab, which did not ask for "
            f"{line(', '.join(earlier), 200)} as the lab does now: {said}.",
        )
        submission = replace(submission, excused=tuple(earlier) if excused else ())
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
    def __init__(self, released: Skeleton, raws: list[dict], earlier: frozenset[str]) -> None:
        self.released, self.raws, self.earlier = released, raws, earlier
        self.sources = [_source(raw) for raw in raws]
        self.normal = [normal(source) for source in self.sources]
        self.notes: list[str] = []
        self.place = {cell.name: i for i, cell in enumerate(released.cells) if cell.name}
        self.by_id = {cell.id: i for i, cell in enumerate(released.cells) if not cell.name}
        # Which released cell each cell of the submission is, None for one of the learner's own.
        self.match: list[int | None] = [None] * len(raws)
        self.dropped: set[int] = set()
        self.own: dict[int, list[Cell]] = {}  # the learner's own cells, by the one they follow

    def run(self) -> Submission:
        doubled = self._is_doubled()
        self._match_named(doubled)
        self._match_plain()
        if doubled:
            self._drop_copies()
        taken = {where: i for i, where in enumerate(self.match) if where is not None}
        self._own_cells()
        out, missing = list(self.own.get(-1, [])), set()
        for where, cell in enumerate(self.released.cells):
            if cell.kind == "answer":
                found = where in taken
                source = self.sources[taken[where]] if found else ""
                if normal(source) == cell.normal:
                    source = cell.source
                cell = replace(cell, source=source)
                if not found:
                    missing.add(cell.name)
            out += [cell, *self.own.get(where, [])]
        submission = Submission(self.released.lab, out, self.notes, frozenset(missing))
        self._note_missing(missing, submission)
        return submission

    # --- which cell is which ----------------------------------------------------------------------

    def _is_doubled(self) -> bool:
        """Tell whether the whole notebook is there twice, as editing together can leave it."""
        names = [name for raw in self.raws if (name := _grade_id(raw)) in self.place]
        twice = [name for name in self.place if names.count(name) > 1]
        if len(twice) < 2 or 2 * len(twice) < len(self.place):
            return False
        self.notes.append(
            "The cells of this lab are in the notebook more than once, as editing together can "
            "leave them. Each answer counts once, by its newest filled copy. Delete the copies."
        )
        return True

    def _match_named(self, doubled: bool) -> None:
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
            texts = {i: self.normal[i] for i in places}
            changed = [i for i in places if texts[i] not in ("", cell.normal)]
            chosen = (changed or places)[-1]
            # A second copy that says nothing new must not run after the answer.
            new = {texts[i]: i for i in reversed(changed)} if cell.kind == "answer" else {}
            kept = set(new.values())
            if doubled and changed:
                # Where nobody can tell which is newer, the copies run below the first, and the
                # marker asks each where it stands.
                chosen = changed[0]
                times = {i: _last_run(self.raws[i]) for i in kept}
                if len(kept) > 1 and all(times.values()):
                    chosen, kept = max(kept, key=lambda i: times[i]), set()
            self.match[chosen] = where
            self.dropped.update(i for i in places if i != chosen and i not in kept)
            if texts[chosen] in new and new[texts[chosen]] != chosen:
                self.dropped.add(new[texts[chosen]])
            if len(places) > 1 and cell.kind == "answer" and not doubled:
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
            by_source.setdefault(self.released.cells[where].normal, []).append(where)
        for i, source in enumerate(self.normal):
            if self.match[i] is not None or i in self.dropped:
                continue
            if places := by_source.get(source):
                self.match[i] = places.pop(0)

    def _drop_copies(self) -> None:
        """Leave out, of a notebook that is there twice, what the second copy only repeats."""
        seen = {cell.normal for cell in self.released.cells}
        for i, source in enumerate(self.normal):
            if self.match[i] is None and i not in self.dropped:
                if source in seen:
                    self.dropped.add(i)
                seen.add(source)

    # --- what is the learner's own ----------------------------------------------------------------

    def _own_cells(self) -> None:
        """Put the learner's own cells after the released ones that they follow.

        Code that a learner wrote where code is not run (in a figure's cell, a check's, a text) runs
        as a cell of the learner's own where something uses it.
        """
        before = -1
        elsewhere: list[tuple[int, int, str]] = []  # cell, where to put what of it runs, kind
        for i, raw in enumerate(self.raws):
            where = self.match[i]
            if where is None and i in self.dropped:
                continue
            before = before if where is None else where
            cell = None if where is None else self.released.cells[where]
            kind = "own" if cell is None else cell.kind
            edited = cell is None or self.normal[i] != cell.normal
            is_code = raw.get("cell_type") == "code"
            if kind == "answer" or not edited:
                continue
            if kind == "own" and _is_demo(raw) and is_code:
                kind = "demo"
            if kind in ("own", "code", "text") and is_code:
                self._put(before, i, "own", self.sources[i])
            elif kind in ("own", "code", "text"):
                if kind != "text":
                    self._put(before, i, "own text", self.sources[i])
                elsewhere.append((i, before, "text"))
            elif kind == "marked":
                elsewhere.append((i, before - 1, kind))
            else:
                if where is None:
                    self._put(before, i, "demo", self.sources[i])
                elsewhere.append((i, before, kind))
        self._use(elsewhere)

    def _put(self, after: int, number: int, kind: str, source: str) -> None:
        kept = {"tags": ["demo"]} if kind == "demo" else {}
        cell_type = "markdown" if kind == "own text" else "code"
        if kind == "own text":
            source = fenced(source) if source.strip() else ""
        cell = Cell(f"own-{number + 1}", kind, source, "", kept, None, cell_type)
        self.own.setdefault(after, []).append(cell)

    def _use(self, elsewhere: list[tuple[int, int, str]]) -> None:
        """Run what is used of code that stands where code is not run; tell what became of it."""
        if not elsewhere:
            return
        released = self.released.shapes
        added: dict[int, list[str]] = {}
        for i, _, _ in elsewhere:
            parts = names.statements(self.sources[i])
            added[i] = [p for p in parts or () if names.shape(p) not in released]
        used, bound = self._names()
        gives = {}
        for part in {part for parts in added.values() for part in parts}:
            binds, uses = names.globals_of(part)
            gives[part] = binds if names.defines(part) else binds - bound, uses
        used = names.reached(used, gives.values())
        for i, after, kind in elsewhere:
            self._take(i, after, kind, [p for p in added[i] if gives[p][0] & used], used, bound)

    def _take(
        self, i: int, after: int, kind: str, parts: list[str], used: set[str], bound: set[str]
    ) -> None:
        """Run some statements of a cell as one of the learner's own, with a note."""
        source = self.sources[i]
        head = line(next((row for row in source.split("\n") if row.strip()), ""), 40)
        what = {
            "demo": f"the figure cell that begins `{head}` (such cells are not run when marking)",
            "marked": f"the check cell '{line(_grade_id(self.raws[i]), 60)}' (it was put back)",
            "text": f"the text cell that begins `{head}`",
        }[kind]
        if parts:
            found = sorted(set().union(*(names.globals_of(p)[0] & used for p in parts)))
            self.notes.append(
                f"Code in {what} is used elsewhere, so it ran as a cell of your own: "
                f"{line(', '.join(found[:4]), 80)}. Put it into a code cell of its own."
            )
            number = f"{i + 1}-used"
            cell = Cell(f"own-{number}", "own", "\n\n".join(parts), "", {}, None, "code")
            self._leave(i, after, kind, parts)
            self.own.setdefault(after, []).append(cell)
        elif names.readable(source) is None and roughly_binds(source) & (used - bound):
            found = sorted(roughly_binds(source) & (used - bound))
            self.notes.append(
                f"Code in {what} did not run: it cannot be read as Python. It seems to define "
                f"{line(', '.join(found[:4]), 80)}. Put that into a code cell of its own."
            )

    def _leave(self, i: int, after: int, kind: str, parts: list[str]) -> None:
        """Take out of a learner's own figure or text cell what runs elsewhere now."""
        cells = self.own.get(after, [])
        for at, cell in enumerate(cells):
            if cell.id == f"own-{i + 1}":
                out = set(parts)
                rest = [p for p in names.statements(self.sources[i]) or () if p not in out]
                left = "\n\n".join(rest)
                left = fenced(left) if cell.kind == "own text" else left
                cells[at : at + 1] = [replace(cell, source=left)] if rest else []
                return

    def _names(self) -> tuple[set[str], set[str]]:
        """Return the names that answers are made of, and those that something which runs binds."""
        used, bound = set(_asked(self.released)), set(dir(builtins))
        for i, raw in enumerate(self.raws):
            where = self.match[i]
            cell = None if where is None else self.released.cells[where]
            if cell is None:
                code = raw.get("cell_type") == "code" and not _is_demo(raw)
                if not code or i in self.dropped:
                    continue
            elif cell.kind not in ("answer", "code") or self.normal[i] == cell.normal:
                continue
            binds, uses = names.globals_of(self.sources[i])
            used |= uses
            bound |= binds
        for cell in self.released.cells:
            if cell.kind == "code":
                bound |= names.globals_of(cell.source)[0]
        return used, bound

    def _note_missing(self, missing: set[str], submission: Submission) -> None:
        answers = [cell.name for cell in self.released.cells if cell.kind == "answer"]
        elsewhere = answered_elsewhere(self.released.cells, submission)
        if answers and len(missing) == len(answers):
            self.notes.insert(
                0, f"No answer cell of {self.released.lab} is in this notebook. Is it another "
                f"lab's, or were the cells pasted into a new notebook? What it defines was marked. "
                f"To be sure: {FRESH[0].lower()}{FRESH[1:]}"
            )  # fmt: skip
            return
        for name in answers:
            if name in elsewhere:
                how = "is missing" if name in missing else "is as it was released"
                self.notes.append(
                    f"The answer cell {name!r} {how}: what a cell of your own defines was marked "
                    "in its place."
                )
            elif name in missing and name.removesuffix("_answer") not in self.earlier:
                self.notes.append(
                    f"The answer cell {name!r} is missing, so there is nothing of it to mark. "
                    f"If it was in the lab that you were given: {FRESH[0].lower()}{FRESH[1:]} If "
                    "not, say so to your instructor."
                )


def answered_elsewhere(released: Iterable[Cell], submission: Submission) -> set[str]:
    """Return the answer cells without an answer whose functions a learner's own cells define."""
    written = names.functions(cell.source for cell in submission.cells if cell.kind == "own")
    blank = {
        cell.name for cell in submission.cells
        if cell.kind == "answer" and (cell.untouched or not cell.source.strip())
    }  # fmt: skip
    return {
        cell.name
        for cell in released
        if cell.name in blank and (asked := names.functions([cell.source])) and asked <= written
    }


def filled(released: Skeleton, raws: list[dict]) -> int:
    """Return how many answers of a lab a notebook holds, in their cells or in others."""
    stubs = {cell.name: cell.normal for cell in released.cells if cell.kind == "answer"}
    known = {cell.normal for cell in released.cells}
    asked, count = _asked(released), 0
    for raw in raws:
        source = normal(_source(raw))
        if (name := _grade_id(raw)) in stubs:
            count += source not in ("", stubs[name])
        elif raw.get("cell_type") == "code" and source not in known and not _is_demo(raw):
            count += bool(names.functions([source]) & asked)
    return count


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
    about = {"notes": submission.notes, "excused": list(submission.excused)}
    metadata = {**released.metadata, "autograder": about}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def submission_file(folder: Path, lab: str) -> Path:
    """Return the path of a lab's notebook in the folder of a submission."""
    return folder / f"{lab}.ipynb"
