"""Measure the one process that writes: `python -m tests.bench.writer [--sizes 10,100,1000,5000]`.

A run has a marker that answers at once, as many workers seem to together. What is left is what a
single process does with each submission, rows while they are marked and a page when all are: it
must be less than a worker's work on it divided by the number of workers, and grow neither in time
nor in memory. At the end, 16 processes take as long as the quickest lab for each of 500
submissions: does the writer keep up with them?
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

from autograder.commands import grade
from autograder.course import keys, pool, processing, results
from autograder.course.jobs import Done, Job
from autograder.course.pool import Pool, Setup
from deploy.scale import plan
from tests import cohort
from tests.bench import parser
from tests.cohort.books import LAB, lay_out

WORKERS = 16


class AtOnce(Pool):
    """A pool that marks its first submission, and has the same marks for all others."""

    def __init__(self, course, secret):
        super().__init__(1, course, secret, jailed=True)
        self.done = None

    def marked(self, jobs):
        with mock.patch.object(processing, "produce", self.produce):
            yield from super().marked(jobs)

    def produce(self, job, *args):
        self.done = self.done or produce(job, *args)
        return as_if(self.done, job)


produce = processing.produce


def as_if(done, job):
    """Return marks as if they were those of a job."""
    marks = replace(done.marks, student=job.student)
    return replace(done, marks=marks, timestamp=job.timestamp)


def slowly(seconds, pipe, jailed, light):
    """Be a worker that sleeps, and has the marks of the first result for all."""
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            return
        if isinstance(order, Setup):
            setup = order
            kept = results.saved(setup.course, "student-0000", LAB)
            first = Done(kept["marks"], kept["comments"], None)
        elif isinstance(order, Job):
            begun = time.monotonic()
            released = setup.skeletons[LAB]
            submission, _ = processing.take_in(order, released)
            done = as_if(first, order)
            processing.keep(order, setup.course, submission, released, done)
            time.sleep(max(0.0, seconds + begun - time.monotonic()))
            pipe.send(done)


class Clock:
    """Adds up the seconds that a run spends in some of its functions."""

    def __init__(self, *places):
        self.seconds = {}
        self.patches = [mock.patch.object(of, name, self.timed(of, name)) for of, name in places]

    def timed(self, of, name):
        act = getattr(of, name)

        def timed(*args, **words):
            started = time.perf_counter()
            try:
                return act(*args, **words)
            finally:
                taken = time.perf_counter() - started
                self.seconds[name] = self.seconds.get(name, 0.0) + taken

        return timed

    def __enter__(self):
        for patch in self.patches:
            patch.start()
        return self.seconds

    def __exit__(self, *_):
        for patch in self.patches:
            patch.stop()


def measure(count):
    """Return what the writer takes for so many submissions of one run, and for none of them."""
    with tempfile.TemporaryDirectory() as name:
        course = lay_out(Path(name), cohort.many(LAB, count))
        book = course.folder / "gradebook.db"
        empty, before = book.stat().st_size, memory()
        with Clock((grade, "_written"), (grade, "_settle")) as seconds:
            summary = grade.grade(course, [LAB], lent=AtOnce)
        again = grade.grade(course, [LAB])
        kept = sum(
            path.stat().st_size
            for folder in ("feedback", "autograded", "marks", "submitted")
            for path in (course.folder / folder).rglob("*")
            if path.is_file()
        )
        assert (summary.marked, again.unchanged) == (count, count)
        return {
            "rows": seconds["_written"] / count, "pages": seconds["_settle"] / count,
            "again": again.seconds,
            "memory": memory() - before, "book": (book.stat().st_size - empty) / count,
            "kept": kept / count,
        }  # fmt: skip


def beside(seconds, count=500):
    """Return the seconds a submission of a run with workers that take so long, and the writer's."""
    with tempfile.TemporaryDirectory() as name:
        course = lay_out(Path(name), cohort.many(LAB, count))
        grade.grade(course, [LAB], student="student-0000")
        with (
            mock.patch.object(pool, "_work", partial(slowly, seconds)),
            Clock((grade, "_written")) as spent,
        ):
            summary = grade.grade(course, [LAB], workers=WORKERS)
        assert (summary.marked, summary.unchanged) == (count - 1, 1)
        return {"each": summary.each, "rows": spent["_written"] / count}


def memory():
    """Return the most bytes that this process has had."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def apart(*options):
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.writer", *map(str, options)],
        cwd=keys.ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main(arguments=None):
    """Print a row for each size, each measured in a process of its own."""
    command = parser(__file__, __doc__)
    command.add_argument("--sizes", default="10,100,1000,5000", help="submissions of a run")
    command.add_argument("--run", type=int, default=pool.RUN, help="most results written at a time")
    command.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    command.add_argument("--beside", type=float, default=0.0, help=argparse.SUPPRESS)
    options = command.parse_args(arguments)
    pool.RUN = options.run
    if options.one or options.beside:
        print(json.dumps(measure(options.one) if options.one else beside(options.beside)))
        return
    least = min(json.loads(plan.FIGURES.read_text())["labs"].values())
    print(f"\n{LAB}, a marker that answers at once; {WORKERS} workers together would give one of")
    print(f"the quickest lab every {1000 * least / WORKERS:.1f} ms")
    print("  submissions   ms each: rows  pages   none changed, s   memory, MB   book, kB each")
    for size in map(int, options.sizes.split(",")):
        got = apart("--one", size, "--run", options.run)
        print(
            f"  {size:11d}{1000 * got['rows']:16.1f}{1000 * got['pages']:7.1f}{got['again']:18.1f}"
            f"{got['memory'] / 2**20:13.0f}{got['book'] / 1024:17.1f}",
            flush=True,
        )
    got = apart("--beside", least)
    print(
        f"  beside {WORKERS} processes that take {1000 * least:.0f} ms each: one every "
        f"{1000 * got['each']:.1f} ms, {1000 * got['rows']:.1f} of them for rows"
    )


if __name__ == "__main__":
    main()
