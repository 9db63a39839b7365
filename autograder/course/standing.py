"""How each lab of a course stands: handed in, waiting, to be marked, missing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.authoring import declaration
from autograder.course import handed_in, policy, roster, term
from autograder.course.folders import BookError, Course
from autograder.course.term import Term
from autograder.marking import text


@dataclass(frozen=True)
class Standing:
    """How a lab stands; lists are of usernames, `mean` is of those who have a score."""

    lab: str
    title: str
    due: str = ""
    people: int = 0
    handed_in: int = 0
    waiting: list[str] = field(default_factory=list)  # in the exchange, newer than what is here
    to_mark: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)  # a person has to look at it
    missing: list[str] = field(default_factory=list)
    late: int = 0
    mean: float | None = None
    most: float = 0.0


def of(course: Course, inbound: Path | None = None) -> list[Standing]:
    """Return how the labs stand; `inbound` is where the exchange has what is handed in."""
    rules, people = policy.read(course.folder), roster.read(course.folder)
    try:
        whole = term.read(course.folder)
    except BookError:
        if (course.folder / "gradebook.db").exists():
            raise
        whole = Term([], rules, people)
    arrived = _arrived(inbound)
    return [_lab(course, whole, lab, arrived.get(lab, {})) for lab in declaration.names()]


def _lab(course: Course, whole: Term, lab: str, arrived: dict[str, str]) -> Standing:
    declared = declaration.load(lab)
    submitted = course.submitted(lab)
    records = {who: r for (name, who), r in whole.records.items() if name == lab}
    scored = [record for record in records.values() if record.scored]
    due = whole.rules.due.get(lab)
    return Standing(
        lab,
        declared.title,
        f"{due:%Y-%m-%d %H:%M}" if due else "",
        len(whole.people),
        len(submitted),
        sorted(who for who, at in arrived.items() if at > _collected(submitted.get(who))),
        sorted(who for who, folder in submitted.items() if not _marked(course, who, lab, folder)),
        sorted(who for who, record in records.items() if not record.scored),
        sorted(r.student for r in scored if any(part.review for part in r.parts)),
        sorted(
            who
            for who in whole.people
            if who not in submitted and whole.state(lab, who) == "missing"
        ),
        sum(bool(record.late) for record in scored),
        round(sum(r.points for r in scored) / len(scored), 1) if scored else None,
        float(sum(ex.points for ex in declared.exercises)),
    )


def _arrived(inbound: Path | None) -> dict[str, dict[str, str]]:
    """Return by lab and username when the newest work in an exchange was handed in."""
    out: dict[str, dict[str, str]] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(inbound) if inbound else ():
            parts = name.split("+")
            if len(parts) >= 3 and text.proper(parts[0]):
                known = out.setdefault(parts[1], {})
                known[parts[0]] = max(known.get(parts[0], ""), parts[2])
    return out


def _collected(folder: Path | None) -> str:
    """Return when the work in a folder was handed in, as the exchange writes it; "" for none."""
    if folder is None:
        return ""
    with contextlib.suppress(OSError, handed_in.Refused), handed_in.opened(folder) as here:
        said = handed_in.read(here, handed_in.TIMESTAMP, handed_in.MOST_TIMESTAMP)
        return said.decode("utf-8", "replace").strip()
    return ""


def _marked(course: Course, who: str, lab: str, folder: Path) -> bool:
    """Tell whether there is a result that is newer than what came into a folder."""
    try:
        result = course.result(who, lab).stat().st_mtime
    except OSError:
        return False
    return all(at <= result for at in _came(folder))


def _came(folder: Path) -> Iterable[float]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            # (of when it came here: a copied file keeps the time of its content)
            yield entry.stat(follow_symlinks=False).st_ctime
