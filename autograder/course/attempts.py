"""Attempts at a lab: whether one may be marked now, which one counts, what is told of it."""

from __future__ import annotations

import contextlib
import datetime
import shutil
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.authoring import declaration
from autograder.course import handed_in
from autograder.course.folders import Course
from autograder.course.jobs import Done
from autograder.course.journal import MARKED, REFUSED, REPLACED, UNREADABLE, Attempt
from autograder.course.policy import Attempts, Policy
from autograder.marking import feedback
from autograder.marking.record import Part, Record
from autograder.marking.text import html

GO, BEHIND, WAIT = "go", "behind", "wait"


def may(rule: Attempts, attempt: Attempt, others: list[Attempt], now: float) -> tuple[str, float]:
    """Say whether an attempt may be marked now, or what becomes of it; and how long it waits.

    A wait is never longer than the rule's, whatever the clock of this machine was set to.
    """
    if any(each.id < attempt.id and not each.fate for each in others):
        return BEHIND, 0.0
    marked = [each for each in others if each.fate == MARKED]
    if rule.most and len(marked) >= rule.most:
        return REFUSED, 0.0
    apart = rule.apart.total_seconds()
    last = max((each.marked or 0.0 for each in marked), default=None)
    left = 0.0 if last is None else min(apart, last + apart - now)
    if left <= 0:
        return GO, 0.0
    return (REPLACED if any(each.id > attempt.id for each in others) else WAIT), left


def worth(rules: Policy, attempt: Attempt, done: Done) -> float | None:
    """Return the points of an attempt after lateness; None where it could not be marked."""
    if done.marks.problem:
        return None
    points, due = done.marks.points, rules.due_at(attempt.lab)
    if due is None or not done.timestamp:
        return points
    due += rules.extension(attempt.lab, attempt.student) or datetime.timedelta()
    return points - rules.penalty(attempt.lab, points, parse_utc(done.timestamp), due)


def counts(rule: Attempts, attempt: Attempt, points: float | None, others: list[Attempt]) -> bool:
    """Tell whether an attempt is the one that counts, as far as the others are known.

    One that could not be marked takes the place of none that was.
    """
    known = [
        each
        for each in others
        if each.id != attempt.id and each.fate == MARKED and each.points is not None
    ]
    if points is None:
        return not known and not any(each.id > attempt.id and each.counts for each in others)
    if rule.counts == "best":
        return all((points, attempt.id) > (each.points, each.id) for each in known)
    return all(attempt.id > each.id for each in known)


def install(course: Course, lab: str, student: str, folder: Path) -> None:
    """Put the attempt that counts where nbgrader and `grade` look for what was submitted."""
    target = course.folder / "submitted" / student / lab
    new, old = target.with_name(f".new-{lab}"), target.with_name(f".old-{lab}")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(folder, new)
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def key(folder: Path) -> str:
    """Return what names the page of feedback of an attempt in the exchange, "" where it has none.

    nbgrader gives each submission a secret that only the learner and the course know.
    """
    try:
        with handed_in.opened(folder) as here:
            return handed_in.read(here, handed_in.SECRET, 1000).decode()
    except (FileNotFoundError, handed_in.Refused, UnicodeDecodeError):
        return ""


def record(attempt: Attempt, done: Done) -> Record:
    """Return what the gradebook would say of an attempt that does not count."""
    parts = tuple(Part(s.exercise, s.max_points, s.points) for s in done.marks.scores)
    when = parse_utc(done.timestamp) if done.timestamp else None
    return Record(attempt.lab, attempt.student, parts, submitted=when)


# --- what the learner is told ---------------------------------------------------------------------


def standing(rule: Attempts, all_of_them: list[Attempt], attempt: Attempt) -> str:
    """Say which attempt this is, which one counts, and what is left."""
    marked = [each for each in all_of_them if each.fate == MARKED]
    if attempt.fate == UNREADABLE:
        return "It used no attempt." + _left(rule, len(marked))
    number = {each.id: place for place, each in enumerate(marked, 1)}
    said = f"This is attempt {number[attempt.id]}" + f" of {rule.most}" * bool(rule.most) + "."
    said += f" The {rule.counts} one counts"
    chosen = next((each for each in marked if each.counts), None)
    if chosen is not None and chosen.id != attempt.id:
        said += f", which is attempt {number[chosen.id]} with {chosen.points:g} points"
    return said + "." + _left(rule, len(marked))


def _left(rule: Attempts, used: int) -> str:
    left = rule.most - used
    if rule.most and left <= 0:
        return " You have none left."
    apart = _minutes(rule.apart.total_seconds())
    said = f" You have {left} left." if rule.most else ""
    return said + f" The next is marked {apart} after this one at the earliest." * bool(rule.apart)


def waits(rule: Attempts, others: list[Attempt], seconds: float) -> str:
    """Say that an attempt is marked later."""
    return (
        f"Received. It will be marked in {_minutes(seconds)}, since "
        f"{_minutes(rule.apart.total_seconds())} lie between two attempts. If you submit again "
        "before that, the later one is marked in its place."
    ) + _left(Attempts(rule.most), sum(each.fate == MARKED for each in others))


def why_not(rule: Attempts, attempt: Attempt, others: list[Attempt]) -> str:
    """Say why an attempt is not marked."""
    if attempt.fate == REPLACED:
        return "You submitted again before this was marked: the later one takes its place."
    chosen = next((each for each in others if each.counts), None)
    which = f", and one with {chosen.points:g} points counts" if chosen and chosen.points else ""
    return f"Received, and not marked: your {rule.most} attempts at this lab are used{which}."


def notice(attempt: Attempt, said: str) -> str:
    """Return a page that says one thing."""
    title = html(declaration.load(attempt.lab).title)
    return (
        f"{feedback.head(f'{attempt.lab}: feedback')}"
        f'<h1>{title}</h1><p class="note">{html(said)}</p></main></body></html>\n'
    )


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return f"{minutes} minute{'s' * (minutes > 1)}"
    return f"{round(minutes / 60)} hours"
