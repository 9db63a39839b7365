"""Measure what isolation costs: `python -m tests.bench.isolation`.

Right answers to 03_softmax are marked by templates that lack one layer each, by the whole jail and
by none. Learners' code must never be marked so: the layers are taken out of the template's program
here, not by a switch that marking has.
"""

import contextlib
import statistics
import time

from autograder.commands import doctor
from autograder.jail import bwrap
from autograder.jail.sandbox import Template
from autograder.marking import marker
from tests import cohort

LAB = "03_softmax"
TIMES = 15
MAIN = "template.main"
# What is left out, as names in `confine`.
LAYERS = {
    "the list of system calls": ["filter_system_calls"],
    "the limits of the kernel": ["limit_resources"],
    "no capabilities": ["drop_privileges"],
    "a /proc of its own": ["mount_proc"],
    "namespaces, folder and /proc of its own": ["unshare", "setns", "mount", "mount_proc"],
}


@contextlib.contextmanager
def without(names):
    """Start templates whose learners' processes leave steps out."""
    usual = bwrap._BOOT
    left = "".join(f"template.confine.{name} = lambda *_, **__: None\n" for name in names)
    bwrap._BOOT = usual.replace(MAIN, left + MAIN)
    try:
        yield
    finally:
        bwrap._BOOT = usual


def seconds(jailed=True, names=()):
    """Return the seconds of a submission and of a bare learner's process: medians."""
    handed = doctor.answered(LAB, cohort.right(LAB))
    with without(names), Template(jailed=jailed) as template:
        marking, starting = [], []
        for turn in range(TIMES + 1):
            started = time.perf_counter()
            marks = marker.mark(handed, f"student-{turn}", b"bench", template)
            marking.append(time.perf_counter() - started)
            assert marks.points == 100
            started = time.perf_counter()
            with template.learner([("a", "x = 1")]) as learner:
                learner.run_cells()
            starting.append(time.perf_counter() - started)
        return statistics.median(marking[1:]), statistics.median(starting[1:])


def main():
    """Print milliseconds a submission and a process, with and without each layer."""
    print(f"\n{LAB}: milliseconds a submission, a process; medians of {TIMES}")
    whole = seconds()
    rows = [("everything", whole)]
    rows += [(f"without {what}", seconds(names=names)) for what, names in LAYERS.items()]
    rows.append(("nothing (bare fork, no bubblewrap)", seconds(jailed=False)))
    for name, (marking, starting) in rows:
        change = 1000 * (marking - whole[0])
        print(f"  {name:<48}{1000 * marking:8.1f}{1000 * starting:8.1f}{change:+8.1f}", flush=True)


if __name__ == "__main__":
    main()
