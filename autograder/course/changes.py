"""What a run does to scores that were given already: told before it is written, and kept.

`course/history.jsonl` has a line for each change of a score.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course.folders import Course
from autograder.marking import text
from autograder.marking.record import Record

FILE = "history.jsonl"
MOST_TOLD = 40
DATES = "due dates, extensions, the policy or points by hand were changed"


@dataclass(frozen=True)
class Change:
    """A score that is another now: from what to what, exercise by exercise, and why."""

    lab: str
    student: str
    before: float | None
    after: float | None
    exercises: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    penalty: tuple[float, float] = (0.0, 0.0)
    why: str = ""

    def to_dict(self) -> dict:
        """Return the change as JSON data."""
        return asdict(self)

    @property
    def line(self) -> str:
        """The change in words."""
        parts = [f"{name} {shown(a)} -> {shown(b)}" for name, (a, b) in self.exercises.items()]
        if self.penalty[0] != self.penalty[1]:
            parts.append(f"off for lateness {self.penalty[0]:g} -> {self.penalty[1]:g}")
        what = f" ({', '.join(parts)})" if parts else ""
        why = f": {self.why}" if self.why else ""
        who = f"{self.lab}, {text.line(self.student, 60)}"
        return f"{who}: {shown(self.before)} -> {shown(self.after)}{what}{why}"


def shown(points: float | None) -> str:
    """Return points in words."""
    return "no score" if points is None else f"{points:g}"


def found(
    before: dict[tuple[str, str], Record], after: list[Record], why: dict[tuple[str, str], str]
) -> list[Change]:
    """Compare records; those that had no score before are no change."""
    out = []
    for new in after:
        key = (new.lab, new.student)
        old = before.get(key)
        if old is None or not old.scored:
            continue
        names = dict.fromkeys([*(p.name for p in old.parts), *(p.name for p in new.parts)])
        pairs = {name: (_points(old, name), _points(new, name)) for name in names}
        pairs = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        penalty = (old.penalty, new.penalty)
        if not pairs and penalty[0] == penalty[1]:
            continue
        reason = why.get(key) or (DATES if not pairs else "marked again")
        totals = (_total(old), _total(new))
        out.append(Change(new.lab, new.student, *totals, pairs, penalty, reason))
    return out


def _points(record: Record, name: str) -> float | None:
    part = record.part(name)
    return part.points if part and part.scored else None


def _total(record: Record) -> float | None:
    return record.points if record.scored else None


def told(changes: list[Change], dry: bool = False) -> str:
    """Return the changes as lines of a terminal."""
    one = len(changes) == 1
    count = f"{len(changes)} score{'' if one else 's'} that had been given"
    lines = [f"{count} {'would change' if dry else 'changes' if one else 'change'}:"]
    for change in changes[:MOST_TOLD]:
        lines += textwrap.wrap(change.line, 78, initial_indent="  ", subsequent_indent="      ")
    if len(changes) > MOST_TOLD:
        lines.append(f"  and {len(changes) - MOST_TOLD} more (all of them: --json)")
    return "\n".join(lines)


def keep(course: Course, changes: list[Change]) -> None:
    """Add changes to the history of the course."""
    if not changes:
        return
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"time": now, **change.to_dict()}) + "\n" for change in changes]
    descriptor = os.open(course.folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "a", encoding="utf-8") as file:
        file.writelines(lines)


def history(course: Course, lab: str = "") -> list[dict]:
    """Return the kept changes, oldest first, of one lab where named."""
    out = []
    with contextlib.suppress(OSError):
        for line in (course.folder / FILE).read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                each = json.loads(line)
                if not lab or each.get("lab") == lab:
                    out.append(each)
    return out


@contextlib.contextmanager
def rehearsal(course: Course) -> Iterator[Course]:
    """Give a course folder that stands in for one, so that a run changes nothing.

    Submissions are those of the course, results and notebooks are linked, the gradebook is copied.
    """
    with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=course.folder) as place:
        folder = Path(place)
        for name in ("submitted", "releases"):
            if (course.folder / name).is_dir():
                (folder / name).symlink_to((course.folder / name).resolve())
        for name in ("marks", "autograded"):
            if (course.folder / name).is_dir():
                shutil.copytree(course.folder / name, folder / name, copy_function=_link)
        for name in ("gradebook.db", ".secret", "policy.toml", "applied.json", "roster.csv"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(course.folder / name, folder / name)
        yield Course(folder)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
