"""`python -m autograder grade`: mark what was submitted, keep the gradebook, print the scores."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from autograder.authoring import declaration
from autograder.course import changes, cluster, lending, pages, policy, roster, secret
from autograder.course import plan as planning
from autograder.course.changes import Change
from autograder.course.folders import BookError, Busy, Course, UnknownLab, cores
from autograder.course.jobs import Done
from autograder.course.pool import Pool
from autograder.course.term import lab_named
from autograder.jail.sandbox import JailError, Limits
from autograder.marking import intake, marker, text
from autograder.marking.record import Part, Record

ROOT = Path(__file__).resolve().parents[2]
COHORT = ROOT / "tests" / "cohort"
LOCKED_SECONDS = 20.0  # of waiting for a gradebook that another program holds, over SQLite's own
ALL_MARKED, SOME_NOT, USAGE, STOPPED = 0, 1, 2, 130


class UsageError(ValueError):
    """What was asked for does not exist."""


@dataclass
class Summary:
    """What a run did, for `--json`."""

    labs: list[str]
    marked: int = 0
    unchanged: int = 0
    seconds: float = 0.0
    each: float = 0.0
    stopped: bool = False
    workers: int = 0
    submissions: list[dict] = field(default_factory=list)
    penalties: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    migrated: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # names in the policy that nobody has
    records: list[Record] = field(default_factory=list)
    dry: bool = False

    def add(self, done: Done, fresh: bool | None) -> None:
        """Count one submission, marked now or before; None where it cannot be."""
        marks = done.marks
        self.marked += fresh is True
        self.unchanged += fresh is False
        self.submissions.append(
            {
                "student": marks.student,
                "lab": marks.lab,
                "points": None,
                "exercises": {},
                "mistakes": {s.exercise: s.mistake for s in marks.scores if s.mistake},
                "notes": marks.notes,
                "problem": marks.problem,
                "marked_now": bool(fresh),
                "seconds": round(sum(marks.seconds.values()), 4),
            }
        )

    @property
    def problems(self) -> list[dict]:
        """Return the submissions that could not be marked."""
        return [each for each in self.submissions if each["problem"]]

    @property
    def status(self) -> int:
        """Return the exit status."""
        return STOPPED if self.stopped else SOME_NOT if self.problems else ALL_MARKED

    def take(self, records: list[Record]) -> None:
        """Take the points from what the gradebook says."""
        self.records = records
        by_name = {(record.lab, record.student): record for record in records}
        for each in self.submissions:
            record = by_name.get((each["lab"], each["student"]))
            if record is not None and record.scored:
                each["points"] = record.points
                each["exercises"] = {p.name: p.points for p in record.parts if p.scored}

    def to_dict(self) -> dict:
        """Return the summary as JSON data."""
        ordered = sorted(self.submissions, key=lambda each: (each["lab"], each["student"]))
        return {
            "labs": self.labs,
            "marked": self.marked,
            "unchanged": self.unchanged,
            "problems": len(self.problems),
            "stopped": self.stopped,
            "workers": self.workers,
            "seconds": round(self.seconds, 3),
            "seconds_each": round(self.each, 4),
            "status": self.status,
            "penalties_changed": self.penalties,
            "changes": [change.to_dict() for change in self.changes],
            "dry_run": self.dry,
            "submissions": ordered,
        }


@dataclass(frozen=True)
class Wishes:
    """What a run was asked for, beside its labs."""

    student: str = ""
    workers: int = 0
    force: bool = False
    jailed: bool = True
    scheduler: str = ""
    in_the_open: bool = False
    dry: bool = False
    migrate: bool = False
    new_secret: bool = False


def grade(
    course: Course,
    labs: list[str],
    progress: TextIO | None = None,
    lent: Callable[[Course, bytes], Pool] | None = None,
    **wishes: Any,
) -> Summary:
    """Mark the submissions in a course folder, write its gradebook and the pages of feedback.

    `wishes` are those of `Wishes`, `lent` gives workers that run already. Raises `JailError` where
    learners' code cannot be kept apart, `Busy` where another run is marking, `UsageError` for an
    unknown lab or student, `BookError` where the gradebook, the policy, the roster or the secret
    cannot be used.
    """
    started, wish = time.perf_counter(), Wishes(**wishes)
    labs = labs or [lab for lab in declaration.names() if course.submitted(lab)]
    if not labs:
        raise UsageError(f"nothing is submitted in {course.folder}/submitted")
    summary = Summary(labs, dry=wish.dry)
    with course.locked():
        if wish.dry:
            with changes.rehearsal(course) as copy:
                url = f"sqlite:///{copy.folder}/gradebook.db"
                _grade(copy, labs, summary, wish, progress, url, lent)
        else:
            _grade(course, labs, summary, wish, progress, "", lent)
    summary.seconds = time.perf_counter() - started
    return summary


def _grade(
    course: Course,
    labs: list[str],
    summary: Summary,
    wish: Wishes,
    progress: TextIO | None,
    url: str,
    lent: Callable[[Course, bytes], Pool] | None,
) -> None:
    inputs = policy.read(course.folder), roster.read(course.folder)
    word = secret.course_secret(course.folder, wish.new_secret)
    plan = planning.plan(course, labs, secret.identity(word), wish.student, wish.force)
    if wish.student and not (plan.jobs or plan.held):
        raise UsageError(f"{wish.student} has submitted nothing of {', '.join(labs) or 'any lab'}")
    workers = max(1, min(wish.workers or cores(), len(plan.jobs)))
    summary.workers = workers if plan.jobs else 0
    chosen = list(dict.fromkeys([job.lab for job in plan.jobs] + labs))
    if lent:
        pool = lent(course, word)
    elif wish.scheduler:
        args = (wish.jailed, wish.scheduler, wish.in_the_open, progress)
        pool = cluster.Cluster(course, word, *args)
    else:
        light = not any(marker.needs_full(lab) for lab in {job.lab for job in plan.jobs})
        pool = Pool(workers if plan.jobs else 1, course, word, wish.jailed, light)
    with pool:
        # nbgrader takes seconds to import: meanwhile the templates start. In a thread that
        # Ctrl-C need not wait for.
        gradebook: Future = Future()
        args = (course, chosen, url, gradebook)
        threading.Thread(target=_prepare, args=args, daemon=True).start()
        if plan.jobs:
            pool.start()
        url, config = gradebook.result()
        pool.limits = Limits(config=config)
        pool.skeletons = {lab: intake.skeleton(lab) for lab in chosen}
        _mark_all(url, config, inputs, chosen, plan, pool, summary, wish, progress)


def _prepare(course: Course, labs: list[str], url: str, ready: Future) -> None:
    """Make the gradebook ready for labs; answer with its address and nbgrader's configuration."""
    try:
        from autograder.course.gradebook import Book, address, configuration

        config = configuration()
        url = url or address(course.folder, config)
        _patiently(Book, url, config).api.close()
        for lab in labs:
            intake.skeleton(lab)
        ready.set_result((url, config))
    except BaseException as error:
        ready.set_exception(error)


def _mark_all(
    url: str,
    config: Any,
    inputs: tuple[policy.Policy, dict[str, roster.Person]],
    labs: list[str],
    plan: planning.Plan,
    pool: Pool,
    summary: Summary,
    wish: Wishes,
    progress: TextIO | None,
) -> None:
    from autograder.course.gradebook import Book, explained, rows

    rules, people = inputs
    if people:
        handed_in = (pool.course.submitted(lab) for lab in declaration.names())
        summary.odd = rules.strangers(set(people).union(*handed_in))
    with _patiently(Book, url, config, rules) as book:
        with explained(url):
            for lab in labs:  # (changes the working directory for a moment: not in a thread)
                summary.migrated += _patiently(book.ensure, lab, wish.migrate)
            _patiently(book.take_inputs, labs, people)
            recorded = {lab: _patiently(book.recorded, lab) for lab in labs}
            before = {(lab, r.student): r for lab in labs for r in _patiently(book.records, lab)}
        again: list[tuple] = []  # what was marked before and is another now
        why: dict[tuple[str, str], str] = {}

        def record(ready: list[Done], fresh: bool) -> None:
            entries, refused = [], {}
            for done in ready:
                marks, args = done.marks, (done.comments, done.timestamp)
                key = marks.lab, marks.student
                try:
                    held, wanted = recorded[marks.lab].get(marks.student), rows(marks, *args)
                except Exception as error:
                    refused[key] = error
                    continue
                if held is not None and held[1] not in ({}, wanted[1]):
                    again.append((marks, *args))
                    why[key] = done.why
                elif held != wanted:
                    entries.append((marks, *args))
            with explained(url):
                refused |= _written(book, entries)
            for done in ready:
                error = refused.get((done.marks.lab, done.marks.student))
                summary.add(_unwritten(done, error) if error else done, fresh)

        bar = Bar(len(plan.jobs), progress)
        try:
            for done in plan.told:
                summary.add(done, fresh=None)
            record(plan.held, fresh=False)
            for ready in pool.results(plan.jobs):
                record(ready, fresh=True)
                bar.step(ready)
                summary.each = bar.each
        except KeyboardInterrupt:
            summary.stopped = True
        finally:
            bar.close()
        with explained(url):
            _settle(book, pool.course, again, before, why, summary, progress)


def _settle(
    book: Any,
    course: Course,
    again: list[tuple],
    before: dict[tuple[str, str], Record],
    why: dict[tuple[str, str], str],
    summary: Summary,
    progress: TextIO | None,
) -> None:
    """Write what changes scores that were given already, having told it; then the pages."""
    told: list[Change] = []

    def write() -> list[Record]:
        with book.together():
            book.write_all(again)
            late = [(lab, who) for lab in summary.labs for who in book.renew_penalties(lab)]
            after = [record for lab in summary.labs for record in book.records(lab)]
            summary.penalties, summary.changes = late, changes.found(before, after, why)
            if progress and summary.changes and summary.changes != told:
                told[:] = summary.changes
                print(changes.told(told, summary.dry), file=progress, flush=True)
        return after

    after = _patiently(write)
    summary.take(after)
    if not summary.dry:
        changes.keep(course, summary.changes)
    pages.bring_up_to_date(course, after, book.policy)


def _written(book: Any, entries: list[tuple]) -> dict[tuple[str, str], Exception]:
    """Write into the gradebook all that is ready, in one step; return what could not be, and why.

    What is refused of one submission keeps no other from being written.
    """
    found = _patiently(book.write_each, entries) if entries else []
    return {
        (entry[0].lab, entry[0].student): error
        for entry, error in zip(entries, found, strict=True)
        if error is not None
    }


def _unwritten(done: Done, error: Exception) -> Done:
    why = f"{type(error).__name__}: {error}".splitlines()[0]
    problem = f"Marked, but not written into the gradebook ({text.line(why)})."
    return replace(done, marks=replace(done.marks, problem=done.marks.problem or problem))


def _patiently(act: Callable, *args: Any) -> Any:
    """Use the gradebook, and wait while another program holds it or its server is away."""
    from autograder.course.gradebook import is_locked

    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            return act(*args)
        except Exception as error:
            if not is_locked(error) or time.monotonic() > until:
                raise
            time.sleep(0.1)


class Bar:
    """A line of progress: how far, how long still, which exercise takes longest."""

    def __init__(self, total: int, out: TextIO | None) -> None:
        self.total, self.out, self.count, self.in_first = total, out, 0, 0
        self.started = self.shown = self.first = time.monotonic()
        self.spent: dict[str, float] = {}
        self.live = bool(out and out.isatty())

    def step(self, ready: list[Done]) -> None:
        """Count a run of marked submissions."""
        self.count += len(ready)
        if self.count == len(ready):
            self.first, self.in_first = time.monotonic(), len(ready)
        for done in ready:
            for name, seconds in done.marks.seconds.items():
                if name != "cells":
                    self.spent[name] = self.spent.get(name, 0.0) + seconds
        now = time.monotonic()
        if self.out and now - self.shown >= (0.1 if self.live else 10.0):
            self.shown = now
            self._write()

    @property
    def each(self) -> float:
        """Return the seconds a submission takes: of those after the first run, which waited."""
        if self.count > self.in_first:
            return (time.monotonic() - self.first) / (self.count - self.in_first)
        return (time.monotonic() - self.started) / max(self.count, 1)

    def close(self) -> None:
        """End the line."""
        if self.out and self.total:
            self._write()
            if self.live:
                self.out.write("\n")

    def line(self) -> str:
        """Return the line of progress."""
        width = 24
        full = width * self.count // max(self.total, 1)
        left = self.each * (self.total - self.count)
        text = f"[{'#' * full}{'.' * (width - full)}] {self.count} of {self.total}"
        if self.count < self.total and self.count:
            text += f", {int(left) // 60}:{int(left) % 60:02d} left"
        if self.spent:
            name = max(self.spent, key=self.spent.get)
            text += f", slowest: {name} ({self.spent[name] / self.count:.2f} s)"
        return text

    def _write(self) -> None:
        self.out.write(f"\r\x1b[K{self.line()}" if self.live else self.line() + "\n")
        self.out.flush()


def table(summary: Summary) -> str:
    """Return the scores as a table for each lab, and below it what should be looked at."""
    out = []
    for lab in summary.labs:
        told = sorted(each["student"] for each in summary.submissions if each["lab"] == lab)
        records = {r.student: r for r in summary.records if r.lab == lab and r.student in told}
        if not told:
            continue
        declared = declaration.load(lab)
        width = max([len(student) for student in told] + [7])
        numbers = range(1, len(declared.exercises) + 1)
        legend = [
            f"{n} {ex.name} ({ex.points})"
            for n, ex in zip(numbers, declared.exercises, strict=True)
        ]
        out += [f"{lab}: {declared.title}", *textwrap.wrap(", ".join(legend), 78), ""]
        out.append(f"{'student':<{width}}" + "".join(f"{n:>6}" for n in numbers) + "   total")
        for student in told:
            record = records.get(student, Record(lab, student))
            parts = [record.part(ex.name) for ex in declared.exercises]
            cells = "".join(f"{_points(p) if p and p.scored else '-':>6}" for p in parts)
            total = f"{record.points:g}" if record.scored else "-"
            late = f"  ({record.penalty:g} off, late)" * bool(record.penalty)
            out.append(f"{student:<{width}}{cells}{total:>8}{late}")
        if any(p.manual is not None or p.extra for r in records.values() for p in r.parts):
            out.append("* with points that a person gave")
        out.append("")
    for each in sorted(summary.submissions, key=lambda each: (each["lab"], each["student"])):
        for said in [each["problem"]] * bool(each["problem"]) + each["notes"]:
            who = f"{each['lab']}, {each['student']}"
            out += textwrap.wrap(f"{who}: {text.line(said, 600)}", 78, subsequent_indent="    ")
    return "\n".join(out).rstrip()


def _points(part: Part) -> str:
    return f"{part.points:g}" + "*" * (part.manual is not None or bool(part.extra))


# --- the command ----------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    out = argparse.ArgumentParser(
        prog="python -m autograder grade",
        description="Mark submitted labs, write the gradebook and the feedback.",
        epilog="Exit status: 0 all marked, 1 some could not be marked or written down, 2 wrong "
        "usage, 130 stopped by Ctrl-C (the next run goes on from there).",
    )
    out.add_argument("labs", nargs="*", metavar="LAB", help="such as 03_softmax; default: all")
    out.add_argument("--student", default="", help="mark the work of this student only")
    out.add_argument("--workers", type=int, default=0, help="processes; default: one a core")
    out.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="mark on the Dask cluster of this scheduler, such as tls://host:8786",
    )
    out.add_argument(
        "--open-scheduler",
        action="store_true",
        help="use a scheduler without TLS; the course secret does not travel then",
    )
    out.add_argument(
        "--local", action="store_true", help="mark here, even while a service runs for this course"
    )
    out.add_argument("--force", action="store_true", help="mark again what has not changed")
    out.add_argument(
        "--dry-run",
        action="store_true",
        help="write nothing: only say whose score would change, from what to what, and why",
    )
    out.add_argument(
        "--migrate",
        action="store_true",
        help="take the gradebook over to the exercises and points of the lab as it is now",
    )
    out.add_argument(
        "--new-secret",
        action="store_true",
        help="make another course secret where it is lost; everything is marked again",
    )
    out.add_argument(
        "--json", metavar="FILE", help="write a summary as JSON; - for standard output"
    )
    out.add_argument(
        "--allow-unjailed",
        action="store_true",
        help="mark even where a layer of the jail is missing; see `python -m autograder doctor`",
    )
    out.add_argument(
        "--course", type=Path, default=ROOT / "course", help="the course folder; default: course/"
    )
    out.add_argument("--demo", action="store_true", help="mark the bundled cohort, in course/demo")
    out.add_argument(
        "--mine", action="store_true", help="mark the labs you work on here, in course/mine"
    )
    return out


def main(arguments: list[str] | None = None) -> int:
    """Mark; return the exit status."""
    options = parser().parse_args(arguments)
    try:
        labs = [lab_named(name) for name in options.labs]
        if options.workers < 0:
            raise UsageError("--workers takes a number from 1")
        folder = options.course.resolve()
        if options.demo:
            labs = labs or ["03_softmax"]
            folder = demo(labs, folder / "demo")
        elif options.mine:
            folder = mine(labs or declaration.names(), folder, folder / "mine")
        elif not folder.is_dir():
            raise UsageError(f"{folder} is no folder")
        course = Course(folder)
        missing = [lab for lab in labs if not course.submitted(lab)]
        if missing:
            raise UsageError(f"nothing is submitted of {', '.join(missing)} in {folder}/submitted")
        summary = _served_or_here(
            course,
            labs,
            options.local,
            {
                "student": options.student,
                "workers": options.workers,
                "force": options.force,
                "jailed": not options.allow_unjailed,
                "scheduler": options.scheduler,
                "in_the_open": options.open_scheduler,
                "dry": options.dry_run,
                "migrate": options.migrate,
                "new_secret": options.new_secret,
            },
        )
    except (UsageError, UnknownLab, Busy, FileNotFoundError) as error:
        print(f"not marked: {error}", file=sys.stderr)
        return USAGE
    except BookError as error:
        print("\n".join(textwrap.wrap(f"not finished: {error}", 78)), file=sys.stderr)
        return SOME_NOT
    except JailError as error:
        print(
            f"not marked: {error}\nLearners' code would not be kept apart from this machine. See "
            "`python -m autograder doctor`; --allow-unjailed marks all the same.",
            file=sys.stderr,
        )
        return SOME_NOT
    except KeyboardInterrupt:
        print("stopped before anything was marked", file=sys.stderr)
        return STOPPED
    report(summary, course, options.json)
    expected = options.demo and not summary.stopped
    return ALL_MARKED if expected else summary.status


def _served_or_here(
    course: Course, labs: list[str], local: bool, wishes: dict[str, Any]
) -> Summary:
    """Have the course's running service do it, which is warm; without one, do it here."""
    if not local and not wishes["scheduler"]:
        try:
            return lending.ask(course, "grade", labs, wishes, told=sys.stderr.write)
        except lending.Nobody as why:
            if str(why):
                print(f"{why}; marked without it", file=sys.stderr)
    return grade(course, labs, sys.stderr, **wishes)


def report(summary: Summary, course: Course, target: str | None) -> None:
    """Print the scores, or write them as JSON."""
    content = json.dumps(summary.to_dict(), indent=1)
    if target == "-":
        print(content)
    else:
        print(table(summary))
        if target:
            Path(target).write_text(content + "\n", encoding="utf-8")
    counts = [f"{summary.marked} marked", f"{summary.unchanged} unchanged"]
    if summary.problems:
        counts.append(f"{len(summary.problems)} could not be marked")
    where = os.path.relpath(course.folder)
    kept = (
        "Nothing was written: this was a rehearsal."
        if summary.dry
        else f"Feedback is in {where}/feedback."
    )
    print(f"{', '.join(counts)} in {summary.seconds:.1f} s. {kept}", file=sys.stderr)
    for line in summary.migrated:
        print(f"gradebook: {line}", file=sys.stderr)
    for line in summary.odd:
        print(line, file=sys.stderr)
    if summary.stopped:
        print("Stopped. What is marked is kept; the same command goes on.", file=sys.stderr)


def demo(labs: list[str], folder: Path) -> Path:
    """Put the bundled cohort into a course folder and return that."""
    module = importlib.import_module("tests.cohort")
    shutil.rmtree(folder / "submitted", ignore_errors=True)
    for lab in labs:
        module.write(lab, folder / "submitted")
    return folder


def mine(labs: list[str], course: Path, folder: Path) -> Path:
    """Put the learner's own copies, fetched or in `notebooks`, into a course folder; return that.

    For who learns alone and has this repository: marked as an instructor would mark them.
    """
    shutil.rmtree(folder / "submitted", ignore_errors=True)
    for lab in labs:
        places = (course / "work", ROOT / "notebooks")
        copies = [path for each in places if (path := each / lab / f"{lab}.ipynb").is_file()]
        if copies:
            target = folder / "submitted" / "you" / lab
            target.mkdir(parents=True)
            shutil.copy(copies[0], target)
    return folder
