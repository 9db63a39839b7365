"""Measure the desk after marking: `python -m tests.bench.pages [--count 1000] [--course FOLDER]`.

`--count` submissions of 03_softmax are marked, of all kinds. Then, as commands that an instructor
types: all feedback pages written anew (`grade`, which marks nothing), the report with its plots,
an export, and the pairs of answers alike. With `--course` what is marked is kept there, and used
again. The first two have a limit of 60 s together.
"""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course.folders import Course
from autograder.course.keys import ROOT
from tests import cohort
from tests.bench import parser
from tests.cohort.books import LAB, lay_out

LIMIT = 60.0


def timed(*arguments: str) -> tuple[float, float]:
    """Run a command; return its seconds, and those of processor time."""

    def work() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    started, before = time.perf_counter(), work()
    command = [sys.executable, "-m", "autograder", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise AssertionError(f"{arguments}: {done.returncode}\n{done.stderr}")
    return time.perf_counter() - started, work() - before


def main(arguments: list[str] | None = None) -> bool:
    """Print the figures; return whether the limit is kept."""
    command = parser(__file__, __doc__)
    command.add_argument("--count", type=int, default=1000)
    command.add_argument("--course", type=Path)
    options = command.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = options.course or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        where = ("--course", str(folder))
        if len(Course(folder).submitted(LAB)) != options.count:
            folder.mkdir(exist_ok=True)
            lay_out(folder, cohort.many(LAB, options.count))
        seconds, work = timed("grade", LAB, *where)
        print(f"{'marking, where needed':24}{seconds:7.1f} s, {work:7.1f} s of work", flush=True)
        shutil.rmtree(folder / "feedback")
        whole = 0.0
        for what, counts, command in (
            ("all feedback pages", True, ("grade", LAB)),
            ("report", True, ("report", LAB, "--html")),
            ("nothing has changed", False, ("grade", LAB)),
            ("export", False, ("export", str(folder / "grades.csv"))),
            ("answers alike", False, ("similar", LAB)),
        ):
            seconds, work = timed(*command, *where)
            whole += seconds * counts
            print(f"{what:24}{seconds:7.1f} s, {work:7.1f} s of work", flush=True)
        pages = len(list(folder.glob(f"feedback/*/{LAB}/{LAB}.html")))
        print(f"feedback and report of {pages}: {whole:.1f} s, limit {LIMIT:g} s")
        return whole < LIMIT and pages == options.count


if __name__ == "__main__":
    sys.exit(not main())
