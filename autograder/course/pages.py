"""Write the feedback pages of a lab from what the gradebook holds, the results and the work.

A page says at its end what it was made from, so that only those are written that would differ.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder.authoring import declaration
from autograder.course import handed_in, results
from autograder.course.folders import Course, write
from autograder.course.keys import digest
from autograder.course.policy import Policy
from autograder.marking import feedback, intake
from autograder.marking.marker import Marks
from autograder.marking.record import Record

UNREAD = "It has not been marked yet."


def bring_up_to_date(
    course: Course, records: Iterable[Record], rules: Policy, notebook: str = ""
) -> int:
    """Write the pages of submissions that are not as they should be; return how many.

    `notebook` is the text of an autograded notebook that is not yet in its folder.
    """
    count = 0
    for record in records:
        mark = stamp(course, record, rules)
        path = course.feedback(record.student, record.lab) / f"{record.lab}.html"
        if _end(path) != mark:
            _write(course, record, path, page(course, record, rules, notebook))
            count += 1
    return count


def page(course: Course, record: Record, rules: Policy, notebook: str = "") -> str:
    """Return the feedback page of a submission."""
    kept = results.saved(course, record.student, record.lab)
    marks = kept["marks"] if kept else Marks(record.lab, record.student, problem=UNREAD)
    submission = None if marks.problem else _work(course, record, notebook)
    return made(record.lab, submission, marks, record, rules) + stamp(course, record, rules)


def made(
    lab: str, submission: intake.Submission | None, marks: Marks, record: Record, rules: Policy
) -> str:
    """Return the page of marks that may be no kept result."""
    title = declaration.load(lab).title
    return feedback.page(title, submission, marks, record, places(lab), rules.contact, rules.zone)


def stamp(course: Course, record: Record, rules: Policy) -> str:
    """Return a line that names what a page is made from."""
    there = []
    with contextlib.suppress(OSError):
        about = course.result(record.student, record.lab).stat()
        there = [about.st_mtime_ns, about.st_size]
    known = sorted(places(record.lab).items())
    return (
        f"<!-- {digest(repr(record), there, rules.contact, rules.zone.key, _maker(), known)} -->\n"
    )


@cache
def _maker() -> str:
    files = (Path(__file__), Path(feedback.__file__))
    return digest(*(path.read_bytes() for path in files))


def _end(path: Path) -> str:
    """Return the last line of a page."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - 100))
            return file.read().decode("utf-8", "replace").splitlines(keepends=True)[-1]
    except (OSError, IndexError):
        return ""


def _work(course: Course, record: Record, notebook: str = "") -> intake.Submission | None:
    """Read what a learner wrote from the autograded notebook."""
    path = course.autograded(record.student, record.lab) / f"{record.lab}.ipynb"
    try:
        raws = json.loads(notebook or path.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return None
    return intake.Submission(record.lab, [cell for raw in raws if (cell := _cell(raw))])


def _cell(raw: dict) -> intake.Cell | None:
    meta = raw.get("metadata", {}).get("nbgrader") or {}
    source = raw.get("source", "")
    source = source if isinstance(source, str) else "".join(source)
    own = raw.get("id", "").startswith("own-") and raw.get("cell_type") == "code"
    if own or (meta.get("solution") and not meta.get("grade")):
        kind = "own" if own else "answer"
        return intake.Cell(raw["id"], kind, source, meta.get("grade_id", ""))
    return None


@cache
def places(lab: str) -> dict[str, str]:
    """Return by exercise the section of a lab that explains what it is about."""
    out, section = {}, ""
    try:
        cells = intake.released_cells(lab)
    except FileNotFoundError:
        return out
    for cell in cells:
        if cell.kind == "text":
            heads = [line for line in cell.source.splitlines() if line.startswith("## ")]
            section = heads[-1].lstrip("# ") if heads else section
        elif cell.kind == "answer":
            out[cell.name.removesuffix("_answer")] = section
    return out


def _write(course: Course, record: Record, path: Path, made: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # nbgrader wants these two beside a page, to hand it back to the one who handed in.
    folder = course.folder / "submitted" / record.student / record.lab
    for name in (handed_in.TIMESTAMP, handed_in.SECRET):
        with contextlib.suppress(OSError, handed_in.Refused), handed_in.opened(folder) as here:
            write(path.parent / name, handed_in.read(here, name, 10_000), 0o644)
    write(path, made.encode("utf-8", "replace"), 0o644)
