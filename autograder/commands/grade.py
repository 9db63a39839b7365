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
from autograder.course import plan as planning
from autograder.course import secret
from autograder.course.folders import BookError, Busy, Course, cores
from autograder.course.jobs import Done
from autograder.course.pool import Pool
from autograder.jail.sandbox import JailError, Limits
from autograder.marking import intake, text

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

    def add(self, done: Done, fresh: bool | None) -> None:
        """Count one submission, marked now or before; None where it cannot be."""
        marks = done.marks
        self.marked += fresh is True
        self.unchanged += fresh is False
        self.submissions.append(
            {
                "student": marks.student,
                "lab": marks.lab,
                "points": None if marks.problem else marks.points,
                "exercises": {s.exercise: s.points for s in marks.scores},
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
            "submissions": ordered,
        }


def grade(
    course: Course,
    labs: list[str],
    student: str = "",
    workers: int = 0,
    force: bool = False,
    jailed: bool = True,
    progress: TextIO | None = None,
    dask: str = "",
) -> Summary:
    """Mark the submissions in a course folder and write its gradebook.

    Raises `JailError` where learners' code cannot be kept apart, `Busy` where another run
    is marking, `UsageError` for an unknown lab or student.
    """
    started = time.perf_counter()
    labs = labs or [lab for lab in declaration.names() if course.submitted(lab)]
    if not labs:
        raise UsageError(f"nothing is submitted in {course.folder}/submitted")
    summary = Summary(labs)
    with course.locked():
        word = secret.course_secret(course.folder)
        plan = planning.plan(course, labs, secret.identity(word), student, force)
        if student and not (plan.jobs or plan.held):
            raise UsageError(f"{student} has submitted nothing of {', '.join(labs) or 'any lab'}")
        workers = max(1, min(workers or cores(), len(plan.jobs)))
        summary.workers = workers if plan.jobs else 0
        chosen = list(dict.fromkeys([job.lab for job in plan.jobs] + labs))
        with Pool(workers if plan.jobs else 1, course, word, jailed, dask) as pool:
            # nbgrader takes seconds to import: meanwhile the templates start. In a thread that
            # Ctrl-C need not wait for.
            gradebook: Future = Future()
            threading.Thread(target=_prepare, args=(course, chosen, gradebook), daemon=True).start()
            if plan.jobs:
                pool.start()
            url, config = gradebook.result()
            pool.limits = Limits(config=config)
            pool.skeletons = {lab: intake.skeleton(lab) for lab in chosen}
            _mark_all(url, config, chosen, plan, pool, summary, progress)
    summary.seconds = time.perf_counter() - started
    return summary


def _prepare(course: Course, labs: list[str], ready: Future) -> None:
    """Make the gradebook ready for labs; answer with its address and nbgrader's configuration."""
    try:
        from autograder.course.gradebook import Book, configuration

        config = configuration()
        url = f"sqlite:///{course.folder.resolve()}/gradebook.db"
        if course.folder.resolve() == (ROOT / "course").resolve():
            url = config.CourseDirectory.get("db_url", url)
        _patiently(Book, url, config).api.close()
        for lab in labs:
            intake.skeleton(lab)
        ready.set_result((url, config))
    except BaseException as error:
        ready.set_exception(error)


def _mark_all(
    url: str,
    config: Any,
    labs: list[str],
    plan: planning.Plan,
    pool: Pool,
    summary: Summary,
    progress: TextIO | None,
) -> None:
    from sqlalchemy.exc import DBAPIError

    from autograder.course.gradebook import Book, explained, rows

    with _patiently(Book, url, config) as book:
        with explained(url):
            for lab in labs:  # (changes the working directory for a moment: not in a thread)
                _patiently(book.ensure, lab)
            recorded = {lab: _patiently(book.recorded, lab) for lab in labs}

        def record(done: Done, fresh: bool) -> None:
            marks, args = done.marks, (done.comments, done.timestamp)
            try:
                if recorded[marks.lab].get(marks.student) != rows(marks, *args):
                    _patiently(book.write, marks, *args)
            except DBAPIError as error:  # this is about all of them
                with explained(url):
                    raise error
            except Exception as error:  # the others' rows can be written all the same
                why = f"{type(error).__name__}: {error}".splitlines()[0]
                problem = f"Marked, but not written into the gradebook ({text.line(why)})."
                done = replace(done, marks=replace(marks, problem=marks.problem or problem))
            summary.add(done, fresh)

        bar = Bar(len(plan.jobs), progress)
        try:
            for done in plan.told:
                summary.add(done, fresh=None)
            for done in plan.held:
                record(done, fresh=False)
            for done in pool.results(plan.jobs):
                record(done, fresh=True)
                bar.step(done)
                summary.each = bar.each
            with explained(url):
                for lab in summary.labs:
                    changed = _patiently(book.renew_penalties, lab)
                    summary.penalties += [(lab, who) for who in changed]
        except KeyboardInterrupt:
            summary.stopped = True
        finally:
            bar.close()


def _patiently(act: Callable, *args: Any) -> Any:
    """Use the gradebook, and wait some time where another program holds it."""
    from autograder.course.gradebook import is_locked

    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            return act(*args)
        except Exception as error:
            if not is_locked(error) or time.monotonic() > until:
                raise


class Bar:
    """A line of progress: how far, how long still, which exercise takes longest."""

    def __init__(self, total: int, out: TextIO | None) -> None:
        self.total, self.out, self.count = total, out, 0
        self.started = self.shown = self.first = time.monotonic()
        self.spent: dict[str, float] = {}
        self.live = bool(out and out.isatty())

    def step(self, done: Done) -> None:
        """Count one marked submission."""
        self.count += 1
        if self.count == 1:
            self.first = time.monotonic()
        for name, seconds in done.marks.seconds.items():
            if name != "cells":
                self.spent[name] = self.spent.get(name, 0.0) + seconds
        now = time.monotonic()
        if self.out and now - self.shown >= (0.1 if self.live else 10.0):
            self.shown = now
            self._write()

    @property
    def each(self) -> float:
        """Return the seconds a submission takes, once the first is done."""
        return (time.monotonic() - self.first) / max(self.count - 1, 1)

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
        passed = time.monotonic() - self.started
        each = self.each if self.count > 1 else passed
        left = each * (self.total - self.count)
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
        rows = [each for each in summary.submissions if each["lab"] == lab]
        if not rows:
            continue
        declared = declaration.load(lab)
        width = max([len(each["student"]) for each in rows] + [7])
        numbers = range(1, len(declared.exercises) + 1)
        legend = [
            f"{n} {ex.name} ({ex.points})"
            for n, ex in zip(numbers, declared.exercises, strict=True)
        ]
        out += [f"{lab}: {declared.title}", *textwrap.wrap(", ".join(legend), 78), ""]
        out.append(f"{'student':<{width}}" + "".join(f"{n:>6}" for n in numbers) + "   total")
        for each in sorted(rows, key=lambda each: each["student"]):
            points = [each["exercises"].get(ex.name) for ex in declared.exercises]
            cells = "".join(f"{'-' if p is None else format(p, 'g'):>6}" for p in points)
            total = "-" if each["problem"] else f"{each['points']:g}"
            out.append(f"{each['student']:<{width}}{cells}{total:>8}")
        out.append("")
    for each in sorted(summary.submissions, key=lambda each: (each["lab"], each["student"])):
        for said in [each["problem"]] * bool(each["problem"]) + each["notes"]:
            who = f"{each['lab']}, {each['student']}"
            out += textwrap.wrap(f"{who}: {text.line(said, 600)}", 78, subsequent_indent="    ")
    return "\n".join(out).rstrip()


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
        "--dask", default="", metavar="ADDRESS", help="mark on the Dask cluster of this scheduler"
    )
    out.add_argument("--force", action="store_true", help="mark again what has not changed")
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
        labs = [_lab(name) for name in options.labs]
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
        summary = grade(
            course,
            labs,
            options.student,
            options.workers,
            options.force,
            not options.allow_unjailed,
            sys.stderr,
            options.dask,
        )
    except (UsageError, Busy, FileNotFoundError) as error:
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
    print(
        f"{', '.join(counts)} in {summary.seconds:.1f} s. Feedback is in {where}/feedback, "
        f"the gradebook is {where}/gradebook.db.",
        file=sys.stderr,
    )
    if summary.penalties:
        who = ", ".join(f"{lab}, {text.line(student)}" for lab, student in summary.penalties[:5])
        more = f" and {len(summary.penalties) - 5} more" * (len(summary.penalties) > 5)
        print(f"Late penalties are as the dates of today say: {who}{more}.", file=sys.stderr)
    if summary.stopped:
        print("Stopped. What is marked is kept; the same command goes on.", file=sys.stderr)


def _lab(name: str) -> str:
    """Return the lab a name or its number means; raises `UsageError`."""
    known = declaration.names()
    found = [lab for lab in known if lab == name or lab.startswith(name + "_")]
    if len(found) != 1:
        raise UsageError(f"there is no lab {name!r}; the labs are: {', '.join(known)}")
    return found[0]


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
