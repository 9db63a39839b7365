"""`python -m autograder report LAB`: what to teach again.

For each exercise the share of its points that the class earned, how many got all of them, how well
it tells learners apart, and the commonest first mistakes by name. `--html` writes it as one page
with plots, and a CSV file beside it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from dataclasses import asdict
from pathlib import Path

from autograder.authoring import declaration
from autograder.course import term as terms
from autograder.course.findings import Class, aliases, gather, rows
from autograder.course.folders import BookError, Course, write
from autograder.course.term import Term, lab_named
from autograder.marking import text
from autograder.marking.marker import in_words

ROOT = Path(__file__).resolve().parents[2]


def table(group: Class, most: int = 3) -> str:
    """Return the report: exercises with the smallest share first."""
    lines = [f"{group.lab}: {len(group.records)} submissions with scores", ""]
    for row in sorted(rows(group), key=lambda row: row.share):
        bar = "#" * round(20 * row.share)
        lines.append(
            f"{row.exercise:<24} {bar:<20} {100 * row.share:3.0f}% of the points, "
            f"{row.full} full, {row.none} none"
        )
        for name, count in row.mistakes[:most]:
            lines.append(f"    {count:>4}  {text.line(name)}")
    return "\n".join(lines)


def spreadsheet(group: Class, names: dict[str, str]) -> str:
    """Return a row a learner: points, checks passed and first mistake of each exercise."""
    declared = declaration.load(group.lab).exercises
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    titles = ("points", "checks", "first mistake")
    heads = [f"{ex.name}: {title}" for ex in declared for title in titles]
    sheet.writerow(["student", "points", "of", "off for lateness", *heads])
    for record in sorted(group.records, key=lambda record: names[record.student]):
        row = [names[record.student], f"{record.points:g}", f"{record.most:g}"]
        row.append(f"{record.penalty:g}")
        for ex in declared:
            part, score = record.part(ex.name), group.score(record, ex.name)
            row.append(f"{part.points:g}" if part and part.scored else "")
            row.append(f"{sum(c.passed for c in score.checks)}" if score and score.checks else "")
            row.append(text.cell(in_words(score.mistake)) if score else "")
        sheet.writerow(row)
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Print the report of labs; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder report",
        description="What to teach again: each exercise's share of points, commonest mistakes.",
    )
    parser.add_argument("labs", nargs="+", metavar="LAB", help="such as 03_softmax, or 03")
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument("--most", type=int, default=3, help="mistakes to show for each exercise")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument(
        "--html", action="store_true", help="write reports/<lab>.html and .csv in the course folder"
    )
    parser.add_argument("--hide-names", action="store_true", help="call learners by numbers")
    options = parser.parse_args(arguments)
    labs = [lab_named(name) for name in options.labs]
    course, term, out = Course(options.course), terms.read(options.course), {}
    for lab in labs:
        group = gather(course, term, lab)
        if not group.records:
            print(f"{lab}: nothing is marked in {course.folder}", file=sys.stderr)
            return 1
        out[lab] = [asdict(row) for row in rows(group)]
        if options.html:
            _write(course, term, group, options.hide_names)
        elif not options.json:
            print(table(group, options.most))
    if options.json:
        print(json.dumps(out, indent=1))
    return 0


def _write(course: Course, term: Term, group: Class, hidden: bool) -> None:
    from autograder.commands import report_page

    names = aliases(group, hidden)
    place = course.folder / "reports"
    page = report_page.page(course, term, group, rows(group), names, hidden)
    try:
        place.mkdir(exist_ok=True)
        for ending, content in (("html", page), ("csv", spreadsheet(group, names))):
            write(place / f"{group.lab}.{ending}", content.encode("utf-8", "replace"), 0o600)
    except OSError as error:
        raise BookError(f"{place} cannot be written ({error.strerror})") from None
    print(f"{place / group.lab}.html, and {group.lab}.csv beside it")
