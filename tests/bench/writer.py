"""Measure the one process that writes: `python -m tests.bench.writer [--sizes 10,100,1000,5000]`.

A run has a marker that answers at once, as many workers seem to together. What is left is what a
single process does with each submission: it must be less than a worker's work on it divided by the
number of workers, and grow neither in time nor in memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

from autograder.commands import grade
from autograder.course import keys, processing
from autograder.course.pool import Pool
from autograder.course.processing import produce
from deploy.scale import plan
from tests import cohort
from tests.cohort.books import LAB, lay_out

WORKERS = 16


class AtOnce(Pool):
    """A pool that marks its first submission, and has the same marks for all others.

    `seconds` is what passes between a result and the wish for the next one.
    """

    def __init__(self, course, secret):
        super().__init__(1, course, secret, jailed=True)
        self.seconds, self.done = 0.0, None

    def results(self, jobs):
        with mock.patch.object(processing, "produce", self.produce):
            for done in super().results(jobs):
                started = time.perf_counter()
                yield done
                self.seconds += time.perf_counter() - started

    def produce(self, job, *args):
        self.done = self.done or produce(job, *args)
        marks = replace(self.done.marks, student=job.student)
        return replace(self.done, marks=marks, timestamp=job.timestamp)


def measure(count):
    """Return what the writer takes for so many submissions of one run, and for none of them."""
    pools = []

    def lent(course, secret):
        pools.append(AtOnce(course, secret))
        return pools[0]

    with tempfile.TemporaryDirectory() as name:
        course = lay_out(Path(name), cohort.many(LAB, count))
        book = course.folder / "gradebook.db"
        empty, before = book.stat().st_size, memory()
        summary = grade.grade(course, [LAB], lent=lent)
        again = grade.grade(course, [LAB])
        assert (summary.marked, again.unchanged) == (count, count)
        return {
            "rows": pools[0].seconds / count, "again": again.seconds,
            "memory": memory() - before, "book": (book.stat().st_size - empty) / count,
        }  # fmt: skip


def memory():
    """Return the most bytes that this process has had."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(arguments=None):
    """Print a row for each size, each measured in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10,100,1000,5000", help="submissions of a run")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    least = min(json.loads(plan.FIGURES.read_text())["labs"].values())
    print(f"\n{LAB}, a marker that answers at once; {WORKERS} workers together would give one of")
    print(f"the quickest lab every {1000 * least / WORKERS:.1f} ms")
    print("  submissions   written, ms each   none changed, s   memory, MB   gradebook, kB each")
    for size in map(int, options.sizes.split(",")):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.writer", "--one", str(size)],
            cwd=keys.ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        got = json.loads(done.stdout.splitlines()[-1])
        print(
            f"  {size:11d}{1000 * got['rows']:19.1f}{got['again']:18.1f}"
            f"{got['memory'] / 2**20:13.0f}{got['book'] / 1024:21.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
