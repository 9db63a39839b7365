"""The journal of what was handed in: an SQLite file in which each attempt has one line.

What it says is on the disk before anything follows from it, so a service that is killed at any
moment finds, when it starts again, what it has taken, what is marked, and what is still to be told.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course.folders import Course
from autograder.course.jobs import Done
from autograder.marking.marker import Marks

FILE, FOLDER = "attempts.db", "attempts"
# Taken over; what became of it is known, and has to be told; told.
NEW, KNOWN, OVER = "new", "known", "over"
# What became of it: marked, unreadable, another came in its place, no attempt was left.
MARKED, UNREADABLE, REPLACED, REFUSED = "marked", "unreadable", "replaced", "refused"
_TABLE = """
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, lab TEXT NOT NULL, student TEXT NOT NULL,
    arrived REAL NOT NULL, state TEXT NOT NULL DEFAULT 'new', fate TEXT NOT NULL DEFAULT '',
    counts INTEGER NOT NULL DEFAULT 0, points REAL, marked REAL, told REAL, seconds REAL, done TEXT
);
CREATE INDEX IF NOT EXISTS of_whom ON attempt (student, lab);
CREATE INDEX IF NOT EXISTS by_state ON attempt (state);
"""
_COLUMNS = "id, name, lab, student, arrived, fate, counts, points, marked"


@dataclass(frozen=True)
class Attempt:
    """A line of the journal; `points` are those that would count, after lateness."""

    id: int
    name: str  # of its folder in the exchange, and of its copy
    lab: str
    student: str
    arrived: float
    fate: str = ""
    counts: bool = False
    points: float | None = None
    marked: float | None = None


class Journal:
    """The journal of a course folder; may be used from any thread."""

    def __init__(self, course: Course) -> None:
        self.folder = course.folder / FOLDER
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.lock = threading.Lock()
        self.db = sqlite3.connect(course.folder / FILE, check_same_thread=False, timeout=30.0)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        with self.db:
            self.db.executescript(_TABLE)

    def close(self) -> None:
        self.db.close()

    def _do(self, statement: str, *values: object) -> list:
        with self.lock, self.db:
            return self.db.execute(statement, values).fetchall()

    def names(self) -> set[str]:
        """Return the names of all that was taken."""
        return {name for (name,) in self._do("SELECT name FROM attempt")}

    def add(self, name: str, lab: str, student: str, arrived: float) -> None:
        """Write down that a submission was taken."""
        self._do(
            "INSERT OR IGNORE INTO attempt (name, lab, student, arrived) VALUES (?, ?, ?, ?)",
            *(name, lab, student, arrived),
        )

    def new(self, after: int = 0, most: int = 500) -> list[Attempt]:
        """Return what is to be marked, in the order of its arrival."""
        return self._found("state = 'new' AND id > ? ORDER BY id LIMIT ?", after, most)

    def waiting(self) -> dict[tuple[str, str], int]:
        """Return how many attempts of whom at which lab are to be marked."""
        found = self._do(
            "SELECT student, lab, count(*) FROM attempt WHERE state = 'new' GROUP BY student, lab"
        )
        return {(student, lab): count for student, lab, count in found}

    def known(self) -> list[Attempt]:
        """Return what has to be told still."""
        return self._found("state = 'known' ORDER BY id")

    def of(self, student: str, lab: str) -> list[Attempt]:
        """Return all attempts of somebody at a lab, in order."""
        return self._found("student = ? AND lab = ? ORDER BY id", student, lab)

    def _found(self, which: str, *values: object) -> list[Attempt]:
        rows = self._do(f"SELECT {_COLUMNS} FROM attempt WHERE {which}", *values)
        return [Attempt(*row[:6], bool(row[6]), *row[7:]) for row in rows]

    def decide(
        self, attempt: Attempt, fate: str, now: float, done: Done | None = None
    ) -> None:  # fmt: skip
        """Write down what became of an attempt, with its marks."""
        content, seconds = None, None
        if done:
            content = json.dumps({**asdict(done), "marks": done.marks.to_dict()})
            seconds = sum(done.marks.seconds.values())
        self._do(
            "UPDATE attempt SET state = 'known', fate = ?, marked = ?, seconds = ?, done = ? "
            "WHERE id = ? AND state = 'new'",
            *(fate, now, seconds, content, attempt.id),
        )

    def done(self, attempt: Attempt) -> Done | None:
        """Return the marks of an attempt."""
        ((content,),) = self._do("SELECT done FROM attempt WHERE id = ?", attempt.id)
        if content is None:
            return None
        read = json.loads(content)
        return Done(**{**read, "marks": Marks.from_dict(read["marks"])})

    def count(self, attempt: Attempt, points: float | None, counts: bool) -> None:
        """Write down what an attempt is worth, and that it is the one that counts."""
        with self.lock, self.db:
            if counts:
                self.db.execute(
                    "UPDATE attempt SET counts = 0 WHERE student = ? AND lab = ?",
                    (attempt.student, attempt.lab),
                )
            self.db.execute(
                "UPDATE attempt SET points = ?, counts = ? WHERE id = ?",
                (points, counts, attempt.id),
            )

    def over(self, attempt: Attempt, now: float) -> None:
        """Write down that the learner was told; the marks are kept elsewhere by now."""
        self._do(
            "UPDATE attempt SET state = 'over', told = ?, done = NULL WHERE id = ?",
            *(now, attempt.id),
        )

    def times(self, most: int = 200) -> list[tuple[float, float | None]]:
        """Return of the last that were told how long it took, and the marking alone."""
        return self._do(
            "SELECT told - arrived, seconds FROM attempt WHERE state = 'over' AND fate = 'marked' "
            "ORDER BY told DESC LIMIT ?",
            most,
        )

    def counts(self) -> dict[str, int]:
        """Return how many attempts there are of each state and fate."""
        rows = self._do("SELECT state, fate, count(*) FROM attempt GROUP BY state, fate")
        out: dict[str, int] = {NEW: 0, KNOWN: 0, MARKED: 0, UNREADABLE: 0, REPLACED: 0, REFUSED: 0}
        for state, fate, number in rows:
            for name in (state, fate):
                if name in out:
                    out[name] += number
        return out


def taken(course: Path, names: Iterable[str]) -> set[str]:
    """Return which of some folders of the exchange a service has taken over."""
    if not (course / FILE).is_file():
        return set()
    journal = Journal(Course(course))
    try:
        return journal.names() & set(names)
    finally:
        journal.close()
