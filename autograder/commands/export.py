"""`python -m autograder export`: the grades of the course as CSV, from nbgrader's gradebook.

One row a student: the points of each lab (late penalties taken off), and the course grade, in which
labs 01 to 07 weigh the same and lab 08 weighs double. A lab that was not handed in counts 0.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TextIO

from autograder.marking import text

ROOT = Path(__file__).resolve().parents[2]


def weight(lab: str) -> int:
    """Return what a lab weighs in the course grade."""
    return 2 if lab.startswith("08") else 1


def course_grade(shares: dict[str, float], labs: list[str]) -> float:
    """Return the weighted mean of the labs' shares of points, in percent."""
    total = sum(weight(lab) for lab in labs)
    earned = sum(weight(lab) * shares.get(lab, 0.0) for lab in labs)
    return round(100 * earned / total, 2) if total else 0.0


def write(db_url: str, labs: list[str], out: TextIO) -> int:
    """Write the table of the gradebook at `db_url`; return how many students it has."""
    from nbgrader.api import Gradebook, MissingEntry

    table = csv.writer(out, lineterminator="\n")
    table.writerow(["student", "last_name", "first_name", *labs, "grade"])
    with Gradebook(db_url) as book:
        points: dict[str, dict[str, float]] = {}
        shares: dict[str, dict[str, float]] = {}
        for lab in labs:
            try:
                submissions = book.find_assignment(lab).submissions
            except MissingEntry:
                continue
            for each in submissions:
                got = each.score - (each.late_submission_penalty or 0)
                points.setdefault(each.student.id, {})[lab] = got
                share = got / each.max_score if each.max_score else 0.0
                shares.setdefault(each.student.id, {})[lab] = share
        students = book.students
        for student in students:
            row = points.get(student.id, {})
            cells = [f"{row[lab]:g}" if lab in row else "" for lab in labs]
            grade = course_grade(shares.get(student.id, {}), labs)
            names = [student.last_name or "", student.first_name or ""]
            table.writerow([*map(text.cell, [student.id, *names]), *cells, f"{grade:g}"])
    return len(students)


def main(arguments: list[str] | None = None) -> int:
    """Write the grades; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder export",
        description="Write the grades of the course as CSV: each lab, and the course grade.",
    )
    parser.add_argument("file", nargs="?", default="-", help="where to; default: standard output")
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    options = parser.parse_args(arguments)
    gradebook = options.course.resolve() / "gradebook.db"
    if not gradebook.is_file():
        print(f"there is no gradebook in {options.course}: mark something first", file=sys.stderr)
        return 1
    from autograder.authoring import declaration
    from autograder.course.gradebook import explained

    url, labs = f"sqlite:///{gradebook}", declaration.names()
    with explained(url):
        if options.file == "-":
            write(url, labs, sys.stdout)
            return 0
        with open(options.file, "w", newline="", encoding="utf-8") as file:
            count = write(url, labs, file)
    print(f"{options.file}: {count} students", file=sys.stderr)
    return 0
