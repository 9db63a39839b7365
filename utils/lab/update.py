"""Carry a learner's work into a lab that was released anew.

    python -m utils.lab.update 03_softmax          the copy that was fetched
    python -m utils.lab.update path/to/03_softmax.ipynb

The new release comes from the course's exchange, or from `notebooks/` beside `utils`. Answers go to
the exercises whose names they bear; cells of a learner's own, and cells that they changed, stay
below what they stood below. The file as it was is kept beside it. Twice is as good as once.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils import places
from utils.checks.baked import BAKED

COURSE = "neural-networks"


class NotUpdated(Exception):
    """Nothing was changed; the message says why, and what to do."""


@dataclass
class Merged:
    """A notebook of a new release with a learner's work in it, and what is told of it."""

    notebook: Any
    answers: list[str] = field(default_factory=list)
    own: int = 0
    notes: list[str] = field(default_factory=list)


def labs() -> list[str]:
    """Return the names of the labs."""
    return sorted(path.stem for path in BAKED.glob("*.json"))


def lab_of(path: Path) -> str:
    """Return the lab that a notebook is a copy of, by the file's name."""
    for lab in labs():
        if path.stem == lab or path.stem.startswith((f"{lab}-", f"{lab} ", f"{lab}_")):
            return lab
    raise NotUpdated(f"{path.name} is named like no lab. Give it the name it was released under.")


def released(lab: str, besides: Path) -> Path:
    """Return the newest release of a lab in reach, other than the file `besides`."""
    found = [places.ROOT / "notebooks" / lab / f"{lab}.ipynb"]
    if exchange := os.environ.get("NBGRADER_EXCHANGE"):
        found.insert(0, Path(exchange, COURSE, "outbound", lab, f"{lab}.ipynb"))
    for path in found:
        if path.is_file() and path.resolve() != besides.resolve():
            return path
    raise NotUpdated(f"no release of {lab} is in reach. Name its file with --release.")


def grade_id(cell: Any) -> str:
    """Return the name that nbgrader knows a cell by; empty for a cell that it does not know."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_answer(cell: Any) -> bool:
    """Tell whether learners write their answer into this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def as_released(lab: str, cell: Any) -> bool:
    """Tell whether a cell is one of a release, of any version, in which nobody has written.

    A release says it itself: by nbgrader's checksum, or by an id that is made of the cell's text.
    """
    from nbgrader.utils import compute_checksum

    if checksum := cell.metadata.get("nbgrader", {}).get("checksum"):
        return compute_checksum(cell) == checksum
    text = hashlib.sha256(f"{lab}\0{cell.source}".encode()).hexdigest()[:12]
    return re.fullmatch(rf"{text}(-\d+)?", cell.get("id", "")) is not None


def merge(old: Any, new: Any, lab: str) -> Merged:
    """Return the notebook `new` with the work of `old` in it."""
    out = Merged(copy.deepcopy(new))
    cells = out.notebook.cells
    place = {grade_id(cell) or cell.id: number for number, cell in enumerate(cells)}
    texts = {cell.source: number for number, cell in reversed(list(enumerate(cells)))}
    below: dict[int, list[Any]] = {}
    answered: set[str] = set()
    last = -1
    for cell in old.cells:
        name = grade_id(cell)
        here = place.get(name or cell.get("id", ""))
        if here is None and "id" not in cell:  # (a notebook of an older format)
            here = texts.get(cell.source)
        if here is not None:
            last = max(last, here)
            same = cells[here].source == cell.source
            if is_answer(cell) and name not in answered and not as_released(lab, cell):
                answered.add(name)
                cells[here].source, same = cell.source, True
                out.answers.append(name.removesuffix("_answer"))
            if same and cell.cell_type == "code":
                cells[here].outputs = copy.deepcopy(cell.get("outputs", []))
                cells[here].execution_count = cell.get("execution_count")
            if same:
                continue
        if not as_released(lab, cell):
            below.setdefault(last, []).append(cell)
            if is_answer(cell) and here is None:
                exercise = name.removesuffix("_answer")
                out.notes.append(
                    f"{exercise} is no exercise any more: your answer is a plain cell."
                )
    taken = {cell.id for cell in cells}
    for number in sorted(below, reverse=True):
        own = [_own(cell, taken) for cell in below[number]]
        out.own += len(own)
        cells[number + 1 : number + 1] = own
    out.notebook.metadata = copy.deepcopy(old.metadata) | copy.deepcopy(new.metadata)
    out.notes += _differences(old, new, lab, answered)
    return out


def _own(cell: Any, taken: set[str]) -> Any:
    """Return a cell as one of the learner's own, with an id that no other has."""
    own = copy.deepcopy(cell)
    own.metadata.pop("nbgrader", None)
    base = cell.get("id", "")
    if not base or base in taken:
        base = "own-" + hashlib.sha256(cell.source.encode()).hexdigest()[:12]
    own.id, number = base, 1
    while own.id in taken:
        number += 1
        own.id = f"{base}-{number}"
    taken.add(own.id)
    return own


def _differences(old: Any, new: Any, lab: str, answered: set[str]) -> list[str]:
    """Say what is new in a release, as far as it concerns a learner."""
    notes = []
    before = {grade_id(cell): cell for cell in old.cells if is_answer(cell)}
    for cell in filter(is_answer, new.cells):
        name = grade_id(cell).removesuffix("_answer")
        if grade_id(cell) not in before:
            notes.append(f"{name} is a new exercise.")
            continue
        mine = before[grade_id(cell)]
        stub = mine.metadata["nbgrader"].get("checksum")
        if stub != cell.metadata["nbgrader"].get("checksum") and grade_id(cell) in answered:
            notes.append(f"{name} was released anew: read its statement again.")
            want, have = _signatures(cell.source), _signatures(mine.source)
            for function, arguments in want.items():
                if have.get(function, arguments) != arguments:
                    notes.append(
                        f"{function} takes ({arguments}) now, yours takes ({have[function]})."
                    )
    ids = {cell.get("id") for cell in old.cells}
    fresh = sum(not grade_id(cell) and cell.id not in ids for cell in new.cells)
    if fresh:
        notes.append(f"{fresh} cells of text or figures are new, or written anew.")
    return notes


def _signatures(source: str) -> dict[str, str]:
    """Return the arguments of the functions that a cell defines."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    return {n.name: ast.unparse(n.args) for n in tree.body if isinstance(n, ast.FunctionDef)}


def update(path: Path, release: Path | None = None) -> list[str]:
    """Carry the work in the notebook at `path` into the new release; return what to tell.

    Raises `NotUpdated`.
    """
    import nbformat

    lab = lab_of(path)
    release = release or released(lab, path)
    try:
        old = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise NotUpdated(f"there is no {path}. Fetch the lab first.") from None
    except Exception as error:
        why = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise NotUpdated(f"{path} cannot be read as a notebook ({why}). It is as it was.") from None
    try:
        new = nbformat.read(release, as_version=4)
    except Exception:
        raise NotUpdated(f"the release {release} cannot be read. Tell your instructor.") from None
    merged = merge(old, new, lab)
    if _content(merged.notebook) == _content(old):
        return [f"{path.name} is up to date: nothing was changed."]
    number = 1
    while (kept := path.with_name(f"{path.stem}-kept-{number}.ipynb")).exists():
        number += 1
    kept.write_bytes(path.read_bytes())
    temporary = path.with_name(f".{path.name}.new")
    nbformat.write(merged.notebook, temporary)
    os.replace(temporary, path)
    return [
        f"{path.name} is the new release, with {len(merged.answers)} answers and {merged.own} "
        f"cells of your own in it. As it was, it is kept as {kept.name}.",
        *merged.notes,
        "If it is open, close it and open it again; then run all cells.",
    ]


def _content(notebook: Any) -> list[Any]:
    """Return what makes two notebooks the same: their cells without outputs."""
    leave = ("outputs", "execution_count")
    return [{k: v for k, v in cell.items() if k not in leave} for cell in notebook.cells]


def main(arguments: list[str] | None = None) -> int:
    """Update a notebook; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="update", description="Carry your work into a lab that was released anew."
    )
    parser.add_argument("notebook", help="your copy of a lab, or the lab's name: 03_softmax")
    parser.add_argument("--release", type=Path, help="the new release, where it is not found")
    options = parser.parse_args(arguments)
    path = Path(options.notebook)
    if options.notebook in labs():
        path = places.work() / path / f"{path}.ipynb"
    try:
        print("\n".join(update(path, options.release)))
    except NotUpdated as problem:
        print(f"not updated: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
