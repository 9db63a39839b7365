"""Read `course/policy.toml`: due dates, lateness, extensions, weights, what is dropped or excused.

It is looked at on every run, so a change takes effect on the next one without marking again. All
times are of the time zone it names: a day is a day of that calendar, of 23 or 25 hours where the
clocks change. `docs/instructor.md` shows a whole file.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.authoring import declaration
from autograder.course.folders import BookError
from autograder.marking import text

FILE = "policy.toml"
OLDER = ("excuse", "count")
COUNTS = ("last", "best")
UTC = datetime.UTC


@dataclass(frozen=True)
class Late:
    """What lateness costs: `percent` of the points earned for each day begun, up to `most`."""

    grace: datetime.timedelta = datetime.timedelta()
    percent: float = 0.0
    most: float = 100.0


@dataclass(frozen=True)
class More:
    """Time that a learner has more, for one lab or ("") for every one."""

    student: str
    lab: str
    days: float
    hours: float


@dataclass(frozen=True)
class Attempts:
    """How often a learner may have a lab marked on submit, how long apart, and which one counts.

    `most` 0 stands for any number.
    """

    most: int = 0
    apart: datetime.timedelta = datetime.timedelta()
    counts: str = "last"


@dataclass(frozen=True)
class Policy:
    """What a course file says; a course without one has an empty policy."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    contact: str = ""
    due: dict[str, datetime.datetime] = field(default_factory=dict)  # of the zone, without it
    late: dict[str, Late] = field(default_factory=dict)  # by lab; "" for those not named
    more: tuple[More, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    drop: int = 0
    excused: frozenset[tuple[str, str]] = frozenset()  # student and lab
    older: str = "excuse"
    attempts: dict[str, Attempts] = field(default_factory=dict)  # by lab; "" as for `late`
    folder: Path | None = field(default=None, compare=False)  # of the course

    def tries(self, lab: str) -> Attempts:
        """Return how often a lab is marked on submit."""
        return self.attempts.get(lab, self.attempts.get("", Attempts()))

    def weight(self, lab: str) -> float:
        """Return what a lab weighs in the course grade; lab 08 weighs double unless told."""
        return self.weights.get(lab, 2.0 if lab.startswith("08") else 1.0)

    def due_at(self, lab: str) -> datetime.datetime | None:
        """Return when a lab is due, as the gradebook has times: UTC, without a zone."""
        return _utc(self.due[lab], self.zone) if lab in self.due else None

    def extension(self, lab: str, student: str) -> datetime.timedelta | None:
        """Return how much more time a learner has for a lab, None for none."""
        given = [m for m in self.more if m.student == student and m.lab in ("", lab)]
        if lab not in self.due or not given:
            return None
        days, hours = sum(m.days for m in given), sum(m.hours for m in given)
        later = self.due[lab] + datetime.timedelta(days=days)
        until = _utc(later, self.zone) + datetime.timedelta(hours=hours)
        return until - _utc(self.due[lab], self.zone)

    def strangers(self, known: Container[str]) -> list[str]:
        """Return, in words, whom extensions and excuses name who is nobody of those `known`."""
        named = [("extension", each.student) for each in self.more]
        named += [("excused", student) for student, _ in self.excused]
        return [
            f"{FILE}, [[{what}]]: {text.line(who, 60)} is not in the roster and has handed in "
            "nothing; is the username right?"
            for what, who in sorted(set(named))
            if who not in known
        ]

    def rule(self, lab: str) -> Late | None:
        """Return what lateness costs for a lab; None where the file says nothing of it."""
        return self.late.get(lab, self.late.get(""))

    def penalty(
        self, lab: str, earned: float, at: datetime.datetime, due: datetime.datetime
    ) -> float:
        """Return the points that are taken off for lateness; both times are UTC without a zone."""
        rule = self.rule(lab)
        if rule is None or at <= due + rule.grace:
            return 0.0
        percent = min(rule.percent * self.days_late(at, due), rule.most)
        return round(max(earned, 0.0) * percent / 100, 2)

    def days_late(self, at: datetime.datetime, due: datetime.datetime) -> int:
        """Return how many days of the calendar have begun since something was due."""
        there = due.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)
        days = max((at - due).days - 1, 0)
        while _utc(there + datetime.timedelta(days=days), self.zone) < at:
            days += 1
        return days


def _utc(local: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


class _Reader:
    """Take values out of a table of the file, with a message for each that is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def wrong(self, where: str, what: str) -> BookError:
        return BookError(f"{self.path.name}, {where}: {what}")

    def known(self, where: str, table: Any, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.wrong(where, "a table is wanted here")
        if extra := sorted(set(table) - set(keys)):
            raise self.wrong(where, f"{extra[0]!r} is not known here; known: {', '.join(keys)}")
        return table

    def number(self, where: str, table: dict, key: str, otherwise: float, most: float) -> float:
        value = table.get(key, otherwise)
        fine = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not fine or not 0 <= value <= most:
            raise self.wrong(where, f"{key} = {value!r}: a number from 0 to {most:g} is wanted")
        return float(value)

    def text(self, where: str, table: dict, key: str, otherwise: str | None = None) -> str:
        value = table.get(key, otherwise)
        if not isinstance(value, str):
            raise self.wrong(where, f"{key} = ... is wanted here, a text in quotes")
        return value

    def one_of(self, where: str, table: dict, key: str, choices: tuple[str, ...]) -> str:
        value = table.get(key, choices[0])
        if value not in choices:
            wanted = " or ".join(f'"{each}"' for each in choices)
            raise self.wrong(where, f"{key} = {value!r}: {wanted} is wanted")
        return value

    def lab(self, where: str, name: str) -> str:
        known = declaration.names()
        found = [lab for lab in known if lab == name or lab.startswith(f"{name}_")]
        if len(found) != 1:
            raise self.wrong(where, f"there is no lab {name!r}; the labs are: {', '.join(known)}")
        return found[0]

    def rows(self, content: dict, key: str, keys: tuple[str, ...]) -> list[tuple[str, dict]]:
        value = content.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, f"write [[{key}]], with two brackets, above each one")
        places = [f"[[{key}]] number {n}" for n in range(1, len(value) + 1)]
        return [(w, self.known(w, row, keys)) for w, row in zip(places, value, strict=True)]

    def late(self, where: str, table: dict, base: Late) -> Late:
        minutes = base.grace.total_seconds() / 60
        grace = self.number(where, table, "grace_minutes", minutes, 7 * 24 * 60)
        return Late(
            datetime.timedelta(minutes=grace),
            self.number(where, table, "percent_a_day", base.percent, 100),
            self.number(where, table, "percent_at_most", base.most, 100),
        )

    def attempts(self, where: str, table: dict, base: Attempts) -> Attempts:
        most = self.number(where, table, "attempts", base.most, 10_000)
        if most != int(most):
            raise self.wrong(where, f"attempts = {most:g}: a whole number is wanted")
        apart = self.number(
            where, table, "minutes_between", base.apart.total_seconds() / 60, 31 * 24 * 60
        )
        between = datetime.timedelta(minutes=apart)
        counts = self.one_of(where, table, "counts", COUNTS) if "counts" in table else base.counts
        return Attempts(int(most), between, counts)

    def due(self, where: str, value: Any, zone: ZoneInfo) -> datetime.datetime:
        if isinstance(value, str):
            try:
                value = datetime.datetime.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, datetime.datetime):
            raise self.wrong(where, "due: a time such as 2026-03-02T12:00:00 is wanted")
        if value.tzinfo is not None:
            return value.astimezone(zone).replace(tzinfo=None)
        there = value.replace(tzinfo=zone)
        if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != value:
            raise self.wrong(
                where, f"due = {value}: there is no such time in {zone.key}, the clocks go forward"
            )
        return value


LATE = ("grace_minutes", "percent_a_day", "percent_at_most")
ATTEMPTS = ("attempts", "minutes_between", "counts")


def read(folder: Path) -> Policy:
    """Return the policy of a course folder; raises `BookError` where its file is wrong."""
    path = folder / FILE
    reader = _Reader(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Policy(folder=folder)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BookError(f"{path.name} cannot be read: {error}") from None
    keys = ("timezone", "contact", "late", "submit", "labs", "grade", "extension", "excused")
    reader.known("at the top", content, keys)
    name = reader.text("at the top", content, "timezone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise reader.wrong(
            "timezone", f'{name!r} is no time zone; one is written as "Europe/Berlin"'
        ) from None
    base, late = Late(), {}
    if "late" in content:
        late[""] = base = reader.late("[late]", reader.known("[late]", content["late"], LATE), base)
    tries, attempts = Attempts(), {}
    if "submit" in content:
        table = reader.known("[submit]", content["submit"], ATTEMPTS)
        attempts[""] = tries = reader.attempts("[submit]", table, tries)
    due, weights, named = {}, {}, {}
    labs = content.get("labs", {})
    if not isinstance(labs, dict):
        raise reader.wrong("labs", "a table is wanted, such as [labs.03_softmax]")
    for key, table in labs.items():
        where = f"[labs.{key}]"
        reader.known(where, table, ("due", "weight", *LATE, *ATTEMPTS))
        lab = reader.lab(where, key)
        if lab in named:
            raise reader.wrong(where, f"{lab} has a table already: [labs.{named[lab]}]")
        named[lab] = key
        if "due" in table:
            due[lab] = reader.due(where, table["due"], zone)
        if "weight" in table:
            weights[lab] = reader.number(where, table, "weight", 1.0, 1000)
        if set(table) & set(LATE):
            late[lab] = reader.late(where, table, base)
        if set(table) & set(ATTEMPTS):
            attempts[lab] = reader.attempts(where, table, tries)
    grade = reader.known("[grade]", content.get("grade", {}), ("drop", "older_release"))
    drop = reader.number("[grade]", grade, "drop", 0, 20)
    if drop != int(drop):
        raise reader.wrong("[grade]", f"drop = {drop:g}: a whole number is wanted")
    more = []
    for where, row in reader.rows(content, "extension", ("student", "lab", "days", "hours")):
        lab = reader.lab(where, row["lab"]) if row.get("lab") else ""
        if lab and lab not in due:
            raise reader.wrong(where, f"{lab} has no due date: write one under [labs.{lab}]")
        days = reader.number(where, row, "days", 0, 366)
        hours = reader.number(where, row, "hours", 0, 10_000)
        if not days and not hours:
            raise reader.wrong(where, "days = ... or hours = ... is wanted")
        more.append(More(reader.text(where, row, "student"), lab, days, hours))
    excused = {
        (reader.text(where, row, "student"), reader.lab(where, reader.text(where, row, "lab")))
        for where, row in reader.rows(content, "excused", ("student", "lab"))
    }
    return Policy(
        zone,
        reader.text("at the top", content, "contact", ""),
        due,
        late,
        tuple(more),
        weights,
        int(drop),
        frozenset(excused),
        reader.one_of("[grade]", grade, "older_release", OLDER),
        attempts,
        folder,
    )
