"""`python -m autograder desk`: how each lab stands, and who is missing.

The same stands in Formgrader under *Desk*, with buttons that run the commands of this package.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from dataclasses import asdict
from pathlib import Path

from autograder.commands import collect
from autograder.course import standing
from autograder.course.folders import Course
from autograder.course.standing import Standing
from autograder.marking import text

ROOT = Path(__file__).resolve().parents[2]


def table(labs: list[Standing]) -> str:
    """Return how the labs stand, a line each, and below it the names that need somebody."""
    head = f"{'lab':<20}{'due':<18}{'handed in':>10}{'waiting':>9}{'to mark':>9}{'mean':>8}"
    lines = [head]
    for each in labs:
        mean = "" if each.mean is None else f"{each.mean:g}"
        count = f"{each.handed_in}/{each.people}" if each.people else f"{each.handed_in}"
        lines.append(
            f"{each.lab:<20}{each.due:<18}{count:>10}{len(each.waiting):>9}"
            f"{len(each.to_mark):>9}{mean:>8}"
        )
    for each in labs:
        for what, who in (
            ("could not be read", each.unreadable),
            ("to be looked at by a person", each.review),
            ("missing", each.missing if each.handed_in else []),
        ):
            if who:
                names = ", ".join(map(text.line, who))
                said = f"{each.lab}, {what}: {names}"
                lines += ["", *textwrap.wrap(said, 78, subsequent_indent="    ")]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print how the labs stand; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder desk", description="How each lab stands, and who is missing."
    )
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument("--json", action="store_true", help="write JSON")
    options = parser.parse_args(arguments)
    inbound = collect.inbound()
    labs = standing.of(Course(options.course), inbound)
    data = {"exchange": inbound.is_dir(), "labs": [asdict(each) for each in labs]}
    print(json.dumps(data) if options.json else table(labs))
    return 0
