"""Measure what each step of speeding up marking buys: `python -m tests.bench.steps [LAB ...]`.

The same submissions are marked with and without one step, in turn, while all else is as it is. What
is told is processor time of this process, the templates and the learners: of each submission the
median, of these the mean; and the median of all pairs' ratios. What concerns full processes is
measured with everything asked in those on both sides: most is asked elsewhere by now.

Marking has no switches for this. A step is left out by putting something else in its place, here or
in a learner's process before that has a cell. The points have to be equal.
"""

import contextlib
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from itertools import chain, cycle
from pathlib import Path
from unittest import mock

from autograder.authoring.declaration import names
from autograder.course import pool
from autograder.course.gradebook import Book, configuration
from autograder.course.processing import comment
from autograder.jail import sandbox
from autograder.jail.sandbox import Template
from autograder.marking import intake, marker
from tests import cohort
from tests.bench import isolation, parser
from tests.bench.exercises import SECRET, Meter
from tests.cohort.books import LAB, gradebook

# Members of the cohort: with `emeka` and `mateo` an answer is wrong that others build on.
MEMBERS = ("amal", "emeka", "bruno", "mateo", "fatima", "lena", "dana", "jing", "kofi", "goran")
# What a template changes in Keras and TensorFlow is left to each learner's process.
BOOT = """
template.MANY = 1
quick = dict(building="quicken", deferred="defer", eager="quicken", fitting="quicken",
             predicting="quicken")
for name, act in quick.items():
    module = getattr(template, name)
    quick[name] = getattr(module, act)
    setattr(module, act, lambda: None)
begin = template.learner.main
def main(shell, pipes, settings, targets):
    exec(settings.pop("without", ""))
    for act in quick.values():
        settings["light"] or act()
    begin(shell, pipes, settings, targets)
template.learner.main = main
"""
UNREHEARSED = "template.rehearsal.rehearse = lambda shell: None\n"
SMALL = "template.huge.collapse = lambda: 0\n"


def small(environment):
    """Have a template's memory in small pages from the start."""
    return lambda home: {k: v for k, v in environment(home).items() if k != "GLIBC_TUNABLES"}


def inside(line):
    """Leave a step out by a line that learners' processes run first."""
    words = {"without": line}
    return (sandbox._Server, "fork", lambda usual: lambda server, settings, *rest: usual(
        server, settings | words, *rest))  # fmt: skip


def one_each(borrow):
    """Have each exercise that borrows right answers begin anew, with a process that lends them."""

    def borrowing(learner, *args):
        learner.close()
        learner._starts_left += 1
        borrow(learner, *args)

    return borrowing


# What is left out: a part of marking, and what makes another one of it.
ALL_IN_FULL = (Template, "learner", lambda usual: lambda *args, light=False: usual(*args[:4]))
STEPS = [
    ("cells that no answer needs do not run", "03 06",
     (marker, "needed", lambda _: lambda handed: [cell for cell in handed.cells if cell.runs])),
    ("what forbids other things shares a process", "03 04",
     (marker, "_joins", lambda _: lambda forbids: False)),
    ("light processes, without TensorFlow", "03 06", ALL_IN_FULL),
    ("one light process for all it can mark", "03 06",
     (marker._Marking, "_is_quiet", lambda _: lambda marking, place: False)),
    ("models are described, not built", "01 03 05",
     (marker, "_heavy", lambda usual: lambda ex: ex.needs_keras or usual(ex))),
    ("models that are given predict in NumPy", "04",
     (marker.described, "knows", lambda _: lambda model: False)),
    ("one process lends all right answers", "03", (sandbox.Learner, "borrow", one_each)),
    ("16 cases are asked at a time", "03", (sandbox, "BATCH", lambda _: 1)),
    ("answers are read ahead", "03",
     (sandbox, "Channel", lambda usual: lambda *args, ahead: usual(*args))),
    ("cells of Python alone are searched for no magics", "03 06",
     inside("del type(shell).transform_cell")),
    ("the reference is destroyed before the fork", "03",
     inside("template.forbid.destroy_reference(targets)")),
    ("checks are read before the fork", "03 06",
     inside("sys.modules['utils.checks.baked'].load.cache_clear()")),
]  # fmt: skip
FULL = [
    ("refusals are written before the fork", "06", inside("targets.refusals.clear()")),
    ("layers' attributes are not searched", "05", inside("del quick['building']")),
    ("variables are made when first used", "05", inside("del quick['deferred']")),
    ("operations run as they are", "01 04", inside("del quick['eager']")),
    ("fit: one pipeline, many steps in one go", "01 08", inside("del quick['fitting']")),
    ("fit: a few steps need no graph", "01", inside("template.fitting.FEW *= 0")),
    ("predict: no pipeline, no traced function", "04", inside("del quick['predicting']")),
]


class Table:
    """Measures steps, and prints a row for each."""

    def __init__(self, options):
        self.labs = [lab for lab in names() if not options.labs or lab in options.labs]
        self.members, self.seconds = MEMBERS[: options.count], options.seconds
        self.meter, self.equal = Meter(), True
        head = f"lab{'without':>10}{'with':>9}{'ratio':>7}"
        print(f"\n  {'processor seconds a submission':<50}{head}  pairs, points")

    def row(self, what, lab, without, held, ratio, told=""):
        figures = f"{without:10.4f}{held:9.4f}{ratio:7.2f}"
        print(f"  {what:<50}{lab[:2]:<3}{figures}  {told}", flush=True)

    def compare(self, what, labs, *sides):
        """Mark in turn without a step and with it: a template, and what stands in for parts."""
        for lab in (lab for lab in self.labs if lab[:2] in labs.split()):
            released, pairs, equal = intake.skeleton(lab), defaultdict(list), True
            # (The first one, which has no answers, loads what all others find.)
            for turn, member in enumerate(chain(["hanna"], cycle(self.members))):
                handed = intake.rebuild(released, intake.read(cohort.submission(lab, member)))
                got = {}
                for side in (0, 1) if turn % 2 else (1, 0):
                    got[side] = self.marked(handed, member, *sides[side])
                if turn == 0:
                    continue
                pairs[member].append((got[0][0], got[1][0]))
                equal = equal and got[0][1] == got[1][1]
                if sum(map(sum, chain(*pairs.values()))) > self.seconds:
                    break
            self.equal = self.equal and equal
            medians = [map(statistics.median, zip(*each, strict=True)) for each in pairs.values()]
            seconds = map(statistics.mean, zip(*medians, strict=True))
            ratio = statistics.median(one / other for one, other in chain(*pairs.values()))
            told = f"{turn:6}  {'equal' if equal else 'OTHERS'}"
            self.row(what, lab, *seconds, ratio, told)

    def marked(self, handed, member, template, *parts):
        """Return the processor seconds that marking takes, and the points it gives."""
        with contextlib.ExitStack() as stack:
            for part in parts:
                stack.enter_context(instead(*part))
            before = self.meter.now()
            marks = marker.mark(handed, member, SECRET, template)
            return self.meter.now() - before, tuple(each.points for each in marks.scores)


def instead(place, name, make):
    """Put what `make` makes of a part of marking in its place."""
    return mock.patch.object(place, name, make(getattr(place, name)))


def written(template, run, count=256):
    """Return the processor seconds that a row in the gradebook takes, so many in one step."""
    handed = intake.rebuild(intake.skeleton(LAB), intake.read(cohort.submission(LAB, "amal")))
    marks, comments = marker.mark(handed, "amal", SECRET, template), comment(handed)
    rows = [(replace(marks, student=f"student-{n}"), comments, None) for n in range(count)]
    with (
        tempfile.TemporaryDirectory() as name,
        Book(gradebook(Path(name)), configuration()) as book,
    ):
        book.write_all(rows[:1])  # (which loads what all others find)
        started = time.process_time()
        for first in range(0, count, run):
            book.write_all(rows[first : first + run])
        return (time.process_time() - started) / count


def main(arguments=None):
    """Print the table; return whether no step changes a point."""
    command = parser(__file__, __doc__)
    command.add_argument("labs", nargs="*", metavar="LAB", help="as 03_softmax; all if none")
    command.add_argument(
        "--count", type=int, default=3, help="submissions of each lab (at most 10)"
    )
    command.add_argument("--seconds", type=float, default=2.0, help="of a processor, for each row")
    table = Table(command.parse_args(arguments))
    with contextlib.ExitStack() as stack:
        stack.enter_context(isolation.changed(BOOT))
        template = stack.enter_context(contextlib.closing(Template().begin(light=True)))
        light = table.meter.watch(template)
        whole = table.meter.watch(template.start())
        stack.enter_context(table.meter.hooked())
        for what, labs, step in STEPS:
            table.compare(what, labs, (template, step), (template,))
        for what, labs, step in FULL:
            sides = (template, ALL_IN_FULL, step), (template, ALL_IN_FULL)
            table.compare(f"{what} (full)", labs, *sides)
        with isolation.changed(UNREHEARSED):
            other = stack.enter_context(contextlib.closing(Template().begin(light=True)))
        table.meter.watch(other)
        table.compare("what all do is rehearsed before the fork", "03 06", (other,), (template,))
        with isolation.changed(SMALL), instead(sandbox, "environment", small):
            other = stack.enter_context(Template())
        table.meter.watch(other)
        table.compare("memory is in huge pages", "06", (other,), (template,))
        sides = (other, ALL_IN_FULL), (template, ALL_IN_FULL)
        table.compare("memory is in huge pages (full)", "06", *sides)
        one, many = written(template, 1), written(template, pool.RUN)
        table.row(f"results are written {pool.RUN} at a time", LAB, one, many, one / many)
    table.row("a worker's start: light alone where that will do", "", whole, light, whole / light)
    return table.equal


if __name__ == "__main__":
    sys.exit(not main())
