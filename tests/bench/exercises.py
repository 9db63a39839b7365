"""Where the processor time of marking goes: `python -m tests.bench.exercises [LAB ...]`.

For each lab, the bundled cohort is marked here; the table has a row for each exercise (its calls in
the learners' processes, and what the marker does for it), for starting processes, for cells, for
the files of a submission and its rows in the gradebook; above it is a template's start, once a run.
It is the processor time of this process, the templates and the learners.
"""

import contextlib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from autograder.authoring.declaration import load, names
from autograder.course.folders import Course
from autograder.course.gradebook import Book, configuration
from autograder.course.jobs import Done, Job
from autograder.course.processing import comment, keep
from autograder.jail import sandbox
from autograder.jail.sandbox import Template
from autograder.marking import intake, marker
from tests import cohort
from tests.bench import parser

SECRET = b"of all courses that are measured"


def clock(pid):
    """Return the processor seconds of a process; none once it is gone."""
    with contextlib.suppress(OSError):
        return time.clock_gettime(~pid << 3 | 2)  # (as clock_getcpuclockid(3) makes it)
    return 0.0


class Meter:
    """Adds up the processor time of marking by what it was for."""

    def __init__(self):
        self.spent, self.doing = Counter(), ["rest"]
        self.started = Counter()  # templates' processes by the time they had when they were ready
        self.alive, self.dead = {}, 0.0
        self.start = 0.0
        self.last = self.now()

    def now(self):
        running = sum(each.seconds() for each in self.alive.values())
        templates = sum(map(clock, self.started))
        return time.process_time() + templates + running + self.dead

    def tick(self):
        """Count what has passed for what is being done."""
        now = self.now()
        self.spent[self.doing[-1]] += now - self.last
        self.last = now

    @contextlib.contextmanager
    def on(self, what):
        self.tick()
        self.doing.append(what)
        try:
            yield
        finally:
            self.tick()
            self.doing.pop()

    def watch(self, template):
        """Count the processes of a template that is ready; return its processor time so far."""
        top = psutil.Process(template._server(light=True).world.process.pid)
        for process in [top, *top.children(recursive=True)]:
            self.started[process.pid] = clock(process.pid)
        self.last = self.now()
        return sum(self.started.values())

    @contextlib.contextmanager
    def hooked(self):
        """Measure what the marker does in this context."""
        fork, end = sandbox._Server.fork, sandbox._Server.end
        timed, asked, score_of = marker._Marking._timed, marker.asked, marker.score_of
        meter = self

        def forking(server, *args):
            with meter.on("fork"):
                pid, channel, seconds = fork(server, *args)
                meter.alive[pid] = seconds
                return pid, channel, seconds

        def ending(server, pid):
            with meter.on("end"):
                running = meter.alive.pop(pid)
                worked = running.seconds()
                meter.dead += worked if worked < float("inf") else 0.0
                return end(server, pid)

        def timing(_, what):
            return meter.on(what if what == "cells" else f"{what}: calls")

        def asking(ex, *args):
            with meter.on(f"{ex.name}: judging"):
                return asked(ex, *args)

        def scoring(ask, *args):
            with meter.on(f"{ask.exercise.name}: judging"):
                return score_of(ask, *args)

        sandbox._Server.fork, sandbox._Server.end = forking, ending
        marker._Marking._timed, marker.asked, marker.score_of = timing, asking, scoring
        try:
            yield self
        finally:
            sandbox._Server.fork, sandbox._Server.end = fork, end
            marker._Marking._timed, marker.asked, marker.score_of = timed, asked, score_of


def measure(lab, members, template):
    """Mark members of the cohort of a lab; return the meter and how many were marked."""
    released, count = intake.skeleton(lab), 0
    for ex in load(lab).exercises:
        assert ex.known is not None  # worked out once, as in a long run
        assert ex.seen is not None
    meter = Meter()
    start = meter.watch(template)
    with tempfile.TemporaryDirectory() as name, meter.hooked():
        course = Course(Path(name))
        with Book(f"sqlite:///{name}/gradebook.db", configuration()) as book:
            book.ensure(lab)
            meter.last = meter.now()
            for member in members:
                with contextlib.suppress(intake.Unreadable), meter.on("intake"):
                    data = cohort.submission(lab, member)
                    meter.last = meter.now()  # (what makes a submission up is no marking)
                    submission = intake.rebuild(released, intake.read(data))
                    with meter.on("the rest"):
                        marks = marker.mark(submission, member, SECRET, template)
                    done = Done(marks, comment(submission), None)
                    with meter.on("files"):
                        job = Job(member, lab, course.folder, member)
                        keep(job, course, submission, released, done)
                    with meter.on("gradebook"):
                        book.write(marks, done.comments, None)
                    count += 1
    meter.start = start
    return meter, count


def table(lab, meter, count):
    """Print a row for each exercise, and one for each other part."""
    total = sum(meter.spent.values()) / count
    print(f"\n{lab}: {total:.3f} processor seconds a submission, {count} submissions")
    each = {what: seconds / count for what, seconds in meter.spent.items()}
    for ex in load(lab).exercises:
        calls, judging = (each.pop(f"{ex.name}: {w}", 0.0) for w in ("calls", "judging"))
        print(f"  {ex.name:<28}calls{calls:8.4f}   judging{judging:8.4f}")
    for what, seconds in sorted(each.items(), key=lambda pair: -pair[1]):
        if seconds > 0:
            print(f"  {what:<28}{seconds:13.4f}")


def main(arguments=None):
    """Measure and print."""
    command = parser(__file__, __doc__)
    command.add_argument("labs", nargs="*", metavar="LAB", help="as 03_softmax; all if none")
    labs = command.parse_args(arguments).labs
    found = {}
    with Template() as template:
        for lab in labs or names():
            meter, count = measure(lab, cohort.MEMBERS, template)
            if not found:
                print(f"\na template's start: {meter.start:.1f} processor seconds, once a worker")
            table(lab, meter, count)
            sys.stdout.flush()
            # What a worker does: another process writes the gradebook.
            worked = (each for each in meter.spent.items() if each[0] != "gradebook")
            found[lab] = {what: seconds / count for what, seconds in worked}
    return found


if __name__ == "__main__":
    main()
