"""`python -m autograder report LAB`: what to teach again.

For each exercise the share of its points that the class earned, how many got all of them, and the
commonest first mistakes by name.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.authoring import declaration
from autograder.course.folders import Course
from autograder.course.results import saved
from autograder.marking import text
from autograder.marking.marker import Marks, in_words

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Row:
    """How the class did on one exercise."""

    exercise: str
    points: int
    share: float
    full: int
    none: int
    mistakes: list[tuple[str, int]]


def rows(lab: str, marks: list[Marks]) -> list[Row]:
    """Return one row an exercise, in the order of the lab."""
    out = []
    for ex in declaration.load(lab).exercises:
        scores = [s for each in marks for s in each.scores if s.exercise == ex.name]
        earned = sum(s.points for s in scores)
        common = Counter(in_words(s.mistake) for s in scores if s.mistake).most_common()
        out.append(
            Row(
                ex.name,
                ex.points,
                earned / (ex.points * len(scores)) if scores else 0.0,
                sum(s.points == s.max_points for s in scores),
                sum(s.points == 0 for s in scores),
                common,
            )
        )
    return out


def read(course: Course, lab: str) -> list[Marks]:
    """Return the kept marks of a lab."""
    found = (saved(course, who, lab) for who in course.submitted(lab))
    return [each["marks"] for each in found if each is not None and not each["marks"].problem]


def table(lab: str, marks: list[Marks], most: int = 3) -> str:
    """Return the report: exercises with the smallest share first."""
    lines = [f"{lab}: {len(marks)} submissions", ""]
    for row in sorted(rows(lab, marks), key=lambda row: row.share):
        bar = "#" * round(20 * row.share)
        lines.append(
            f"{row.exercise:<24} {bar:<20} {100 * row.share:3.0f}% of the points, "
            f"{row.full} full, {row.none} none"
        )
        for name, count in row.mistakes[:most]:
            lines.append(f"    {count:>4}  {text.line(name)}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the report of labs; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder report",
        description="What to teach again: each exercise's share of points, commonest mistakes.",
    )
    parser.add_argument("labs", nargs="+", metavar="LAB", help="such as 03_softmax")
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument("--most", type=int, default=3, help="mistakes to show for each exercise")
    parser.add_argument("--json", action="store_true", help="write JSON")
    options = parser.parse_args(arguments)
    course, out = Course(options.course), {}
    for lab in options.labs:
        if lab not in declaration.names():
            known = ", ".join(declaration.names())
            print(f"there is no lab {lab!r}; the labs are: {known}", file=sys.stderr)
            return 2
        marks = read(course, lab)
        if not marks:
            print(f"{lab}: nothing is marked in {course.folder}", file=sys.stderr)
            return 1
        out[lab] = [asdict(row) for row in rows(lab, marks)]
        if not options.json:
            print(table(lab, marks, options.most))
    if options.json:
        print(json.dumps(out, indent=1))
    return 0
