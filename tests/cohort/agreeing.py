"""Whether all that shows a grade shows the same one: each place read as its reader would."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

# Runs a command of the desk, such as ("export", "grades.csv"); returns what it printed.
Command = Callable[..., str]
Points = dict[str, float | None]  # by student; None where there is no score


def gradebook(folder: Path, lab: str) -> Points:
    """Return the points as nbgrader itself works them out."""
    from nbgrader.api import Gradebook

    out: Points = {}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for each in book.find_assignment(lab).submissions:
            grades = [grade for notebook in each.notebooks for grade in notebook.grades]
            off = sum(notebook.late_submission_penalty or 0 for notebook in each.notebooks)
            scored = any(g.auto_score is not None or g.manual_score is not None for g in grades)
            out[each.student.id] = round(max(each.score - off, 0), 2) if scored else None
    return out


def table(printed: str) -> Points:
    """Return the totals of the table that `grade` prints."""
    out: Points = {}
    head, *rest = printed.partition("\nstudent ")[2].splitlines()
    columns = len(head.split())  # (numbers of exercises and the total)
    for line in rest:
        said = line.replace("*", "").split()
        if len(said) <= columns or not re.fullmatch(r"-|[\d.]+", said[columns]):
            break
        out[said[0]] = _number(said[columns])
    return out


def pages(folder: Path, lab: str) -> Points:
    """Return the points on the feedback pages, at their head and below their table alike."""
    out: Points = {}
    for path in folder.glob(f"feedback/*/{lab}/{lab}.html"):
        content = path.read_text(encoding="utf-8")
        head = re.search(r'class="sum"><strong>([\d.]+)</strong>', content)
        foot = re.search(r'<tfoot>.*?<th class="n">([^<]*)</th>', content)
        points = float(head[1]) if head else None
        if _number(foot[1]) != points:
            raise AssertionError(f"{path}: {points} at its head, {foot[1]} below the table")
        out[path.parents[1].name] = points
    return out


def sheet(path: Path, student: str, points: str) -> Points:
    """Return a column of points of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[student]]
    return {row[student].lstrip("'"): _number(row[points]) for row in rows}


def _number(said: str) -> float | None:
    return float(said) if re.fullmatch(r"[\d.]+", said) else None


def shown(folder: Path, lab: str, printed: str, command: Command) -> dict[str, Points]:
    """Return everybody's points by the place that shows them; `printed` is the table of `grade`."""
    reports = folder / "reports"
    reports.mkdir(exist_ok=True)
    command("report", lab, "--html")
    out = {
        "gradebook": gradebook(folder, lab),
        "table": table(printed),
        "page": pages(folder, lab),
        "report": sheet(reports / f"{lab}.csv", "student", "points"),
    }
    for kind, column in (("csv", "student"), ("canvas", "SIS Login ID"), ("moodle", "Username")):
        file = reports / f"grades-{kind}.csv"
        command("export", str(file), "--format", kind)
        out[kind] = sheet(file, column, lab)
    return out


def differences(places: dict[str, Points], expected: Points) -> list[str]:
    """Say who is shown other points anywhere than the gradebook's or the expected ones.

    Where there is no score, a place may leave the learner out.
    """
    out = []
    for student in sorted({who for points in places.values() for who in points} | set(expected)):
        found = {place: points.get(student) for place, points in places.items()}
        if student in expected:
            found["expected"] = expected[student]
        values = [value for value in found.values() if value is not None]
        if values and (len(values) < len(found) or max(values) - min(values) > 0.005):
            out.append(f"{student}: " + ", ".join(f"{k} {v}" for k, v in found.items()))
    return out
