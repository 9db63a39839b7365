"""`python -m autograder export`: the grades of the course, from nbgrader's gradebook.

One row a learner, sorted by name: the points of each lab, lateness taken off, and the course grade.
`--format canvas` and `--format moodle` write what those systems import. Work that is missing or
could not be read has no points, which is another thing than 0.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

from autograder.course.folders import BookError, write
from autograder.course.roster import Person
from autograder.course.term import Term, read
from autograder.marking import text
from autograder.marking.record import Record

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("csv", "canvas", "moodle")
MOODLE_MOST = 100  # the highest grade that its importer takes as it is set up at first


def ordered(term: Term) -> list[Person]:
    """Return the people by their last names."""
    return sorted(
        term.people.values(), key=lambda p: (p.last.casefold(), p.first.casefold(), p.username)
    )


def plain(term: Term) -> list[list[str]]:
    """Return the table for people: what is missing is empty, what was not readable is named."""
    out = [["student", "last_name", "first_name", "email", *term.labs, "grade", "open"]]
    for person in ordered(term):
        states = {lab: term.state(lab, person.username) for lab in term.labs}
        left = [f"{lab} {state}" for lab, state in states.items() if state == "unreadable"]
        out.append(
            [
                *map(text.cell, (person.username, person.last, person.first, person.email)),
                *(_points(term, lab, person, excused="excused") for lab in term.labs),
                f"{term.grade(person.username):g}",
                "; ".join(left),
            ]
        )
    return out


def canvas(term: Term) -> list[list[str]]:
    """Return the table that Canvas imports: its five columns, the points possible, `EX`."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *term.labs]
    out = [head, ["    Points Possible", "", "", "", "", *(f"{term.most[x]:g}" for x in term.labs)]]
    for p in ordered(term):
        name = f"{p.last}, {p.first}" if p.last or p.first else p.username
        out.append(
            [
                *map(text.cell, (name, p.canvas, p.number, p.username, p.section)),
                *(_points(term, lab, p, excused="EX") for lab in term.labs),
            ]
        )
    return out


def moodle(term: Term) -> list[list[str]]:
    """Return the table that Moodle imports: who it is; feedback only beside a grade.

    Columns that some people have nothing in are left out: in a row without a name Moodle's importer
    goes on with the person of the row before.
    """
    people = ordered(term)
    named = {
        "Username": [p.username for p in people],
        "ID number": [p.number for p in people],
        "Email address": [p.email for p in people],
    }
    named = {title: said for title, said in named.items() if all(said)}
    columns = [c for lab in term.labs for c in (lab, f"{lab} feedback")]
    out = [[*named, "First name", "Last name", *columns]]
    for n, p in enumerate(people):
        row = [*map(text.cell, (*(said[n] for said in named.values()), p.first, p.last))]
        for lab in term.labs:
            points = _points(term, lab, p, excused="")
            record = term.record(lab, p.username)
            row += [points, text.cell(_said(record)) if points and record else ""]
        out.append(row)
    return out


def warnings(term: Term, kind: str) -> list[str]:
    """Return what an importer would stumble over."""
    out, people = [], term.people.values()
    if kind != "moodle":
        return out
    if not all(p.email for p in people) and not all(p.number for p in people):
        out.append(
            "Some have no email and some no ID number, by which Moodle knows people, so the file "
            "has neither column: complete one of them in roster.csv."
        )
    above = [r for r in term.records.values() if r.scored and r.points > MOODLE_MOST]
    if above:
        out.append(
            f"{len(above)} grades are above {MOODLE_MOST}, which Moodle refuses with the whole "
            "file unless its site allows unlimited grades."
        )
    return out


def _points(term: Term, lab: str, person: Person, excused: str) -> str:
    state = term.state(lab, person.username)
    if state != "scored":
        return excused if state == "excused" else ""
    return f"{term.record(lab, person.username).points:g}"


def _said(record: Record) -> str:
    """Return what a person wrote, exercise by exercise, and what lateness cost."""
    out = [f"{part.name}: {part.comment}" for part in record.parts if part.comment]
    if record.penalty:
        out.append(f"{record.penalty:g} points off for lateness")
    return "; ".join(out)


def table(term: Term, kind: str = "csv") -> str:
    """Return the grades of a term as the text of a CSV file."""
    out = io.StringIO()
    rows = {"csv": plain, "canvas": canvas, "moodle": moodle}[kind](term)
    csv.writer(out, lineterminator="\r\n" if kind == "canvas" else "\n").writerows(rows)
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write the grades; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder export",
        description="Write the grades of the course as CSV: each lab, and the course grade.",
    )
    parser.add_argument("file", nargs="?", default="-", help="where to; default: standard output")
    parser.add_argument("--format", choices=FORMATS, default="csv", help="for which system")
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    options = parser.parse_args(arguments)
    term = read(options.course)
    for line in warnings(term, options.format):
        print(line, file=sys.stderr)
    content = table(term, options.format)
    if options.file == "-":
        print(content, end="")
        return 0
    try:
        write(Path(options.file).absolute(), content.encode("utf-8"), 0o600)
    except OSError as error:
        raise BookError(f"{options.file} cannot be written ({error.strerror})") from None
    people = len(term.people)
    print(f"{options.file}: {people} students, {len(term.labs)} labs", file=sys.stderr)
    return 0
