"""Build releases: `solutions/<lab>.py` -> source notebook -> nbgrader -> `notebooks/<lab>/`.

The same input gives the same bytes, on every machine: cell ids are derived from what the cells
hold, and computed numbers are shortened (`baking`). A source that does not fit its declaration is
refused with file, line and reason. The visible side of the exercises is baked into `utils/baked/`
in the same run.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.authoring import releases
from autograder.authoring.answers import DeclarationError

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
COURSE = ROOT / "course"
SOURCE = COURSE / "source"
SUMS = COURSE / ".sources.json"
STAMPS = COURSE / ".releases.json"
EXERCISES = ROOT / "autograder" / "exercises"
ANSWERS = ROOT / "tests" / "labs" / "answers"
FILL_IN = "FILL IN"  # stands in a skeleton where an author has to write
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What a release is made by, beside the lab's own files.
TOOLS = (
    "autograder/authoring/release.py",
    "autograder/authoring/browsing.py",
    "autograder/authoring/cells.py",
    "autograder/authoring/stubs.py",
    "autograder/authoring/baking.py",
    "autograder/authoring/answers.py",
    "autograder/authoring/cases.py",
    "autograder/authoring/declaration.py",
    "autograder/authoring/exercise.py",
    "autograder/authoring/numpy_model.py",
    "utils/*.py",
    "utils/checks/*.py",
    "utils/engine/*.py",
    "utils/engine/judging/*.py",
    "nbgrader_config.py",
)


class SourceError(DeclarationError):
    """A lab source that cannot be released; the message names file, line and what to do."""


@dataclass(frozen=True)
class Built:
    """A lab as it is released: the texts of its notebook, its baked checks, its sealed quiz."""

    lab: str
    notebook: str
    baked: str
    sealed: str = ""

    def files(self) -> list[tuple[Path, str]]:
        """Return the files of the release with their texts; the start page has no checks."""
        from autograder.authoring import baking
        from utils.checks import quiz

        pairs = [
            (target(self.lab), self.notebook),
            (baking.path(self.lab), self.baked),
            (quiz.path(self.lab), self.sealed),
        ]
        return [(path, text) for path, text in pairs if text]

    def stale(self) -> list[Path]:
        """Return the written files that are not this release.

        Numbers that another machine computed may differ by what their judges allow.
        """
        from autograder.authoring import baking

        def same(path: Path, text: str) -> bool:
            if not path.exists():
                return False
            written = path.read_text(encoding="utf-8")
            return written == text or (path.suffix == ".json" and baking.agree(written, text))

        return [path for path, text in self.files() if not same(path, text)]


def labs(chosen: Iterable[str] = ()) -> list[str]:
    """Return the names of the labs to release, in teaching order.

    A name may be short ("03"). Raises `SourceError` for an unknown one.
    """
    known = sorted(path.stem for path in SOLUTIONS.glob("[0-9]*.py"))
    out = []
    for name in chosen:
        matches = [lab for lab in known if lab == name or lab.startswith(name + "_")]
        if not matches:
            raise SourceError(f"there is no lab {name!r} in solutions/; there are: {known}")
        out += matches
    return out or known


def unfilled(lab: str) -> list[str]:
    """Return the lines of a lab in which something is left to fill in: file, line, what."""
    files = [SOLUTIONS / f"{lab}.py", *sorted((EXERCISES / lab).glob("*.py"))]
    files += sorted((ANSWERS / lab).glob("*.py"))
    return [
        f"{path.parent.relative_to(ROOT) / path.name if path.is_relative_to(ROOT) else path}, "
        f"line {number}: {FILL_IN}{line.partition(FILL_IN)[2]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FILL_IN in line
    ]


# --- the source notebook --------------------------------------------------------------------------


def source_notebook(lab: str) -> Any:
    """Return the instructor's notebook of a lab, with derived cell ids and fixed metadata.

    A start page without a declaration has no exercises and is taken as it is.
    """
    text = (SOLUTIONS / f"{lab}.py").read_text(encoding="utf-8")
    nb = copy.deepcopy(_parsed(text))
    nb.metadata = type(nb.metadata)({"kernelspec": dict(KERNEL)})
    nb.nbformat, nb.nbformat_minor = 4, 5
    taken: set[str] = set()
    for cell in nb.cells:
        cell.id = _cell_id(lab, cell, taken)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    _validate(lab, nb, _lines(text, len(nb.cells)))
    return nb


@lru_cache(maxsize=16)
def _parsed(text: str) -> Any:
    """Return the notebook of a percent text, which nobody changes: it is read many times a run."""
    import jupytext

    return jupytext.reads(text, fmt="py:percent")


def _lines(text: str, count: int) -> list[int]:
    """Return the line in which each of the `count` cells of a percent notebook begins."""
    heads = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    return [1] * (count - len(heads)) + heads  # what stands before the first head is a cell


def _cell_id(lab: str, cell: Any, taken: set[str]) -> str:
    """Derive a cell's id: its grade id, else a hash of its text, numbered where it repeats."""
    named = cell.metadata.get("nbgrader", {}).get("grade_id")
    digest = hashlib.sha256(f"{lab}\0{cell.source}".encode()).hexdigest()
    base = re.sub(r"[^A-Za-z0-9_-]", "-", named)[:60] if named else digest[:12]
    out, number = base, 1
    while out in taken:
        number += 1
        out = f"{base}-{number}"
    taken.add(out)
    return out


def _validate(lab: str, nb: Any, lines: list[int]) -> None:
    from autograder.authoring import declaration

    if left := unfilled(lab):
        raise SourceError("\n  ".join([f"of {lab} this is left to fill in:", *left]))
    declared = declaration.load(lab) if lab in declaration.names() else None
    seen: dict[str, int] = {}
    marked: list[str] = []
    headed: set[str] = set()
    for line, cell in zip(lines, nb.cells, strict=True):
        if cell.cell_type == "markdown" and declared is not None:
            headed |= _validate_headings(lab, line, cell, declared)
        meta = cell.metadata.get("nbgrader")
        where = f"solutions/{lab}.py, line {line}"
        if meta is None:
            if "BEGIN SOLUTION" in cell.source or "BEGIN HIDDEN" in cell.source:
                raise SourceError(
                    f"{where}: a marker stands in a cell without nbgrader metadata. "
                    "Take the line of another answer cell as a pattern."
                )
            continue
        name = meta.get("grade_id", "")
        where = f"{where} ({name or 'no grade_id'})"
        if not name:
            raise SourceError(f"{where}: nbgrader metadata without a grade_id. Name the cell.")
        if name in seen:
            raise SourceError(
                f"{where}: the grade_id is used in line {seen[name]} already. Rename one."
            )
        seen[name] = line
        if declared is None:
            raise SourceError(
                f"{where}: autograder/exercises/{lab}/__init__.py does not exist. Declare the lab."
            )
        if meta.get("grade"):
            _validate_marked(where, cell, meta, declared, seen)
            marked.append(name)
        elif meta.get("solution"):
            _validate_answer(where, cell, name, declared)
    if declared is None:
        return
    missing = [f"{ex.name} ({ex.place})" for ex in declared.exercises if ex.name not in marked]
    if missing:
        raise SourceError(f"solutions/{lab}.py: no marked cell for {', '.join(missing)}")
    for ex in declared.exercises:
        if ex.kind == "function" and ex.name not in headed:
            line = seen[f"{ex.name}_answer"]
            raise SourceError(
                f"solutions/{lab}.py, line {line}: no cell before it is headed "
                f"`### Exercise: {ex.name} ({ex.points} points)`. Write the heading."
            )
    total = sum(ex.points for ex in declared.exercises)
    if total != declaration.TOTAL:
        places = [f"{ex.points:>3} {ex.name} ({ex.place})" for ex in declared.exercises]
        raise SourceError(
            f"{declared.place}: the points of the exercises add up to {total}, not "
            f"{declaration.TOTAL}. Change one where it is declared, in its marked cell and in its "
            + "\n  ".join(["heading:", *places])
        )


def _validate_headings(lab: str, line: int, cell: Any, declared: Any) -> set[str]:
    """Return the exercises that a text cell heads; their points are those of the declaration."""
    out = set()
    for number, text in enumerate(cell.source.splitlines(), line + 1):
        found = re.match(r"#+ Exercise: (\w+) \((\d+) points?\)", text)
        if not found:
            continue
        where = f"solutions/{lab}.py, line {number}"
        try:
            ex = declared.find(found[1])
        except KeyError:
            raise SourceError(
                f"{where}: the heading names {found[1]!r}, which is no exercise of "
                f"{declared.place}. Correct the name."
            ) from None
        if int(found[2]) != ex.points:
            raise SourceError(
                f"{where}: the heading says {found[2]} points, {ex.place} says {ex.points}. "
                "Make them equal."
            )
        out.add(ex.name)
    return out


def _validate_marked(where: str, cell: Any, meta: dict, declared: Any, seen: dict) -> None:
    name, points = meta["grade_id"], meta.get("points")
    try:
        ex = declared.find(name)
    except KeyError:
        raise SourceError(
            f"{where}: unknown exercise; correct the id, or declare it in "
            f"autograder/exercises/{declared.name}/{name}.py"
        ) from None
    if points is None:
        raise SourceError(
            f'{where}: a marked cell needs points: "points": {ex.points} in this line'
        )
    if points != ex.points:
        raise SourceError(
            f"{where}: {points} points here, {ex.points} in {ex.place}. Make them equal."
        )
    if meta.get("solution") or not meta.get("locked"):
        raise SourceError(f'{where}: a marked cell has "locked": true and "solution": false')
    if f"{name}_answer" not in seen:
        raise SourceError(f'{where}: no answer cell before it. Name it "grade_id": "{name}_answer"')
    for marker in ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"):
        if cell.source.count(marker) != 1:
            raise SourceError(f"{where}: it needs one line `{marker}`")
    arguments = ", ".join([f'"{name}"', *ex.functions])
    hidden = f'mark("{declared.name}", {arguments})'
    for wanted in (f"check({arguments})", hidden):
        if wanted not in cell.source:
            raise SourceError(f"{where}: it needs the line `{wanted}`")
    if cell.source.index("check(") > cell.source.index("### BEGIN HIDDEN TESTS"):
        raise SourceError(f"{where}: the check belongs before the hidden lines")


def _validate_answer(where: str, cell: Any, name: str, declared: Any) -> None:
    if not name.endswith("_answer") or name[: -len("_answer")] not in {
        ex.name for ex in declared.exercises
    }:
        raise SourceError(f"{where}: unknown exercise; an answer cell is named <exercise>_answer")
    begins, ends = cell.source.count("### BEGIN SOLUTION"), cell.source.count("### END SOLUTION")
    if not begins or begins != ends:
        raise SourceError(f"{where}: each solution stands between ### BEGIN and ### END SOLUTION")
    if "demo" in cell.metadata.get("tags", []):
        raise SourceError(
            f"{where}: a demo cell is not run when marking, so it cannot hold answers"
        )


# --- nbgrader ---------------------------------------------------------------------------------


def generate(
    sources: dict[str, Any],
    folder: Path,
    record: bool,
    db_url: str = "",
    migrate: bool = False,
) -> dict[str, str]:
    """Run nbgrader's own `generate_assignment` on source notebooks; return the released texts.

    With `record` the assignments are written into the gradebook of the course folder, or into the
    one at `db_url`; those that have submissions and other cells stay there as they are, unless
    `migrate` takes them over.
    """
    import logging

    import nbformat
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    source, release = folder / "source", folder / "release"
    if db_url:
        config.CourseDirectory.db_url = db_url
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.SaveCells.enabled, config.RecordCells.migrate = record, migrate
    out = {}
    for lab, nb in sources.items():
        (source / lab).mkdir(parents=True)
        nbformat.write(nb, source / lab / f"{lab}.ipynb")
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = lab
        app = GenerateAssignment(coursedir=coursedir, config=config, no_database=not record)
        app.log = logging.getLogger("release")
        app.log.setLevel(logging.ERROR)
        app.start()
        out[lab] = (release / lab / f"{lab}.ipynb").read_text(encoding="utf-8").rstrip("\n") + "\n"
    return out


def notebook(lab: str) -> str:
    """Return the text of a release, built from `solutions/` and looked through for answers."""
    with tempfile.TemporaryDirectory() as folder:
        text = generate({lab: source_notebook(lab)}, Path(folder), record=False)[lab]
    _leaks(lab, text)
    return text


def renew_source(lab: str) -> str:
    """Write the instructor's notebook of a lab anew; edits of it are kept, and told."""
    import nbformat

    text = nbformat.writes(source_notebook(lab)).rstrip("\n") + "\n"
    path, said = SOURCE / lab / f"{lab}.ipynb", ""
    sums: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        sums = json.loads(SUMS.read_text())
    there = path.read_bytes() if path.exists() else None
    edited = there and hashlib.sha256(there).hexdigest()
    if there not in (None, text.encode()) and lab in sums and sums[lab] != edited:
        kept = COURSE / "kept" / f"{lab}-{edited[:8]}.ipynb"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(there)
        said = (
            f"{path.relative_to(ROOT)} had been edited. Labs are built from solutions/{lab}.py: "
            f"edit that. The edited notebook is kept as {kept.relative_to(ROOT)}"
        )
    if there != text.encode():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sums[lab] = hashlib.sha256(text.encode()).hexdigest()
    SUMS.parent.mkdir(exist_ok=True)
    new = SUMS.with_name(f"{SUMS.name}.{os.getpid()}")
    new.write_text(json.dumps(sums, indent=1, sort_keys=True))
    new.replace(SUMS)
    return said


def _leaks(lab: str, text: str) -> None:
    """Refuse a release that still holds an answer, a hidden line, an output or a path."""
    for found in ("BEGIN SOLUTION", "HIDDEN TESTS", "from autograder", str(ROOT)):
        if found in text:
            raise SourceError(f"notebooks/{lab}: the release still holds {found!r}")
    for cell in json.loads(text)["cells"]:
        if cell.get("outputs") or cell.get("execution_count"):
            raise SourceError(f"notebooks/{lab}: the release holds an output")


def build(chosen: list[str], record: bool = False) -> Iterator[Built]:
    """Build the releases of the labs `chosen`, in memory; the start page is no assignment."""
    import nbformat

    from autograder.authoring import baking, declaration

    sources = {lab: source_notebook(lab) for lab in chosen}
    assignments = {lab: nb for lab, nb in sources.items() if lab in declaration.names()}
    with tempfile.TemporaryDirectory() as folder:
        released = generate(assignments, Path(folder), record) if assignments else {}
    for lab, nb in sources.items():
        text = released.get(lab) or nbformat.writes(nb).rstrip("\n") + "\n"
        _leaks(lab, text)
        declared = declaration.load(lab) if lab in declaration.names() else None
        baked, sealed = (baking.bake(declared), baking.sealed(declared)) if declared else ("", "")
        yield Built(lab, text, baked, sealed)
    if record:
        for lab in assignments:
            if said := renew_source(lab):
                print(said)


# --- writing --------------------------------------------------------------------------------------


def target(lab: str) -> Path:
    """Return where the release of a lab is written; the start page stands at the top."""
    from autograder.authoring import declaration

    return NOTEBOOKS / f"{lab}.ipynb" if lab not in declaration.names() else (
        NOTEBOOKS / lab / f"{lab}.ipynb"
    )  # fmt: skip


def write(built: Built) -> list[Path]:
    """Write what changed of a release; a notebook that somebody worked in is kept beside it."""
    changed = []
    for path, text in built.files():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if path.suffix == ".ipynb" and path.exists() and _worked_in(path):
            kept = next(
                p
                for n in range(1, 1000)
                if not (p := path.with_name(f"{path.stem}-kept-{n}.ipynb")).exists()
            )
            shutil.copy2(path, kept)
            print(f"{path.name} holds answers of somebody: kept as {kept.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        changed.append(path)
    for path, text in built.files():
        if path.suffix == ".ipynb":
            releases.keep(COURSE, built.lab, text.encode())
    return changed


def _worked_in(path: Path) -> bool:
    """Tell whether an answer cell differs from what was released."""
    import nbformat
    from nbgrader.utils import compute_checksum

    try:
        nb = nbformat.read(path, as_version=4)
    except Exception:
        return True
    answers = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("solution")]
    return any(c.metadata.nbgrader.get("checksum") != compute_checksum(c) for c in answers)


def stamp(lab: str) -> str:
    """Return a digest of everything that a release is made of, and of the release itself."""
    digest = hashlib.sha256()
    patterns = [f"solutions/{lab}.py", f"autograder/exercises/{lab}/*.py", *TOOLS,
                f"notebooks/{lab}/{lab}.ipynb", f"notebooks/{lab}.ipynb",
                f"utils/baked/{lab}.json", f"utils/baked/{lab}.sealed",
                f"course/source/{lab}/{lab}.ipynb"]  # fmt: skip
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def table(chosen: list[str]) -> str:
    """Return the table of points: a row an exercise, and each lab's share of the course grade."""
    from autograder.authoring import declaration

    known = declaration.names()
    weights = {lab: 2 if lab.startswith("08") else 1 for lab in known}
    rows = []
    for lab in (lab for lab in chosen if lab in known):
        declared = declaration.load(lab)
        share = 100 * weights[lab] / sum(weights.values())
        rows.append(f"{lab}: {declared.title} ({declared.minutes} minutes, {share:.0f}% of grade)")
        rows += [f"    {ex.name:<28}{ex.points:>4}" for ex in declared.exercises]
        rows.append(f"    {'total':<28}{sum(ex.points for ex in declared.exercises):>4}")
    return "\n".join(rows)


def main(arguments: list[str] | None = None) -> int:
    """Release labs; with `--check` only tell whether the committed releases are up to date."""
    parser = argparse.ArgumentParser(prog="python -m autograder release", description=main.__doc__)
    parser.add_argument("labs", nargs="*", metavar="LAB", help="such as 03_softmax; default: all")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 on a difference"
    )
    parser.add_argument("--force", action="store_true", help="build even what is up to date")
    parser.add_argument("--quiet", action="store_true", help="do not print the table of points")
    options = parser.parse_args(arguments)
    try:
        return _check(labs(options.labs)) if options.check else _release(options)
    except (SourceError, ValueError) as error:
        print(f"not released: {error}", file=sys.stderr)
        return 1


def _check(chosen: list[str]) -> int:
    stale = []
    for built in build(chosen):
        stale += [str(path.relative_to(ROOT)) for path in built.stale()]
    for name in stale:
        print(f"{name} is not what its source gives: run `make release`", file=sys.stderr)
    if not stale:
        print(f"{len(chosen)} releases are up to date")
    return bool(stale)


def _release(options: argparse.Namespace) -> int:
    chosen = labs(options.labs)
    stamps = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
    todo = [lab for lab in chosen if options.force or stamps.get(lab) != stamp(lab)]
    for built in build(todo, record=True) if todo else ():
        changed = write(built)
        what = ", ".join(str(p.relative_to(ROOT)) for p in changed) or "no change"
        print(f"{built.lab}: {what}")
    for lab in todo:
        stamps[lab] = stamp(lab)
    if todo:
        STAMPS.parent.mkdir(exist_ok=True)
        STAMPS.write_text(json.dumps(stamps, indent=1, sort_keys=True))
    else:
        print("all releases are up to date")
    if not options.quiet:
        print(table(chosen))
    return 0
