"""Measure what isolation costs: `python -m tests.bench.isolation`.

Right answers to 03_softmax are marked by two templates in turn, one whole and one that lacks a
layer, so that a busy machine is as busy for both. Learners' code must never be marked so: the
layers are taken out of the template's program here, not by a switch that marking has.
"""

import statistics
import time
from unittest import mock

import psutil

from autograder.commands import doctor
from autograder.jail import bwrap
from autograder.jail.sandbox import Template
from autograder.marking import marker
from tests import cohort
from tests.bench import parser

LAB = "03_softmax"
TIMES = 15
MAIN = "template.main"
# What is left out, as names in `confine`.
LAYERS = {
    "the list of system calls": ["filter_system_calls"],
    "the limits of the kernel": ["limit_resources"],
    "no capabilities": ["drop_privileges"],
    "hiding /proc": ["hide_proc"],
    "namespaces, folder, hiding /proc": ["unshare", "setns", "mount", "hide_proc"],
}


def changed(code):
    """Start templates whose program runs this first, before there is a learner."""
    return mock.patch.object(bwrap, "_BOOT", bwrap._BOOT.replace(MAIN, code + MAIN))


def without(names):
    """Start templates whose learners' processes leave steps out."""
    return changed("".join(f"template.confine.{name} = lambda *_, **__: None\n" for name in names))


def work(template):
    """Return the processor time so far of this process, a template and its dead learners."""
    total = time.process_time()
    for world in {server.world for server in template._servers.values()}:
        parent = psutil.Process(world.process.pid)
        for process in [parent, *parent.children(recursive=True)]:
            used = process.cpu_times()
            total += used.user + used.system
            # A template waits for its learners; what starts it would count them once more.
            if process != parent or not parent.children():
                total += used.children_user + used.children_system
    return total


class Measured:
    """Marks one submission again and again; keeps seconds by the clock and of work."""

    def __init__(self, template):
        self.template, self.clock, self.work = template, [], []
        self.handed = doctor.answered(LAB, cohort.right(LAB))
        self.turn()  # (the first one loads what all others find)
        self.clock.clear()
        self.work.clear()

    def turn(self):
        """Mark once, as another student each time."""
        started, before = time.perf_counter(), work(self.template)
        name = f"student-{len(self.clock)}"
        assert marker.mark(self.handed, name, b"bench", self.template).points == 100
        self.clock.append(time.perf_counter() - started)
        self.work.append(work(self.template) - before)

    @property
    def figures(self):
        """Milliseconds of work and by the clock, on average and at best."""
        return 1000 * statistics.mean(self.work), 1000 * min(self.clock)


def beside(**changed):
    """Return the figures of a whole jail and of a changed one, marking in turn."""
    names = changed.pop("names", ())
    with Template() as whole, without(names), Template(**changed) as other:
        pair = Measured(whole), Measured(other)
        for _ in range(TIMES):
            for each in pair:
                each.turn()
        return [each.figures for each in pair]


def main(arguments=None):
    """Print what a submission costs with the whole jail and without each layer, and the ratio."""
    parser(__file__, __doc__).parse_args(arguments)
    print(f"\n{LAB}: ms of work a submission, mean of {TIMES}; ms by the clock, the best of them")
    print(f"  {'without':<42}{'whole':>14}{'changed':>16}{'work':>8}{'clock':>8}")
    rows = {name: {"names": names} for name, names in LAYERS.items()}
    rows["any of it (bare fork, no bubblewrap)"] = {"jailed": False}
    for name, changed in rows.items():
        (a, b), (c, d) = beside(**changed)
        figures = f"{a:7.0f}{b:7.0f}{c:9.0f}{d:7.0f}{a / c:8.2f}{b / d:8.2f}"
        print(f"  {name:<42}{figures}", flush=True)


if __name__ == "__main__":
    main()
