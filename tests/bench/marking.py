"""Measure marking: `python -m tests.bench.marking`.

One cohort of 03_softmax (right, wrong, unfinished) is marked by stock nbgrader, by `grade` with one
worker and with all cores, and by the floor (see `floor`); their scores must be equal. Then cohorts
of 10, 100 and 1000 are marked, with memory. `--kill` ends a run of 100 ten times with SIGKILL.
Before that, a dozen of every lab are marked, three of each by stock nbgrader too (`--labs`,
`--beside`).
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from autograder.authoring import declaration
from autograder.course import keys
from autograder.jail.sandbox import Template
from tests import cohort
from tests.bench import parser
from tests.cohort.books import LAB, lay_out, rows

STOCK = """
import sys, time
from pathlib import Path
from nbgrader.converters import Autograde
from tests.cohort.books import nbgrader
folder, lab = Path(sys.argv[1]), sys.argv[2]
nbgrader(folder, stock=True, lab=lab)
started = time.perf_counter()
nbgrader(folder, Autograde, stock=True, lab=lab)
print(time.perf_counter() - started)
"""
MB = 2**20


class Memory(threading.Thread):
    """Watch the memory of a process and of what it started, in MB by role."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.root, self.most, self.over = psutil.Process(pid), {}, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.5):
            try:
                family = [self.root, *self.root.children(recursive=True)]
                for process in family:
                    role = self.role(process)
                    # Private memory: what a template and its forks share is not counted twice.
                    size = process.memory_full_info().uss / MB
                    self.most[role] = max(self.most.get(role, 0.0), size)
            except psutil.Error:
                continue

    def role(self, process):
        line = " ".join(process.cmdline())
        if process == self.root:
            return "writer"
        if "spawn_main" in line:
            return "worker"
        return "template" if "template.main" in line else "other"


def ours(folder, workers, *options, lab=LAB, watch=False, force=True):
    """Run `grade` on a course folder; return its summary, and if watched the memory by role."""
    target = folder / "summary.json"
    command = [sys.executable, "-m", "autograder", "grade", lab, "--course", str(folder)]
    command += ["--workers", str(workers), "--json", str(target), *options]
    command += ["--force"] * force
    process = subprocess.Popen(
        command, cwd=keys.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    memory = Memory(process.pid) if watch else None  # (watching takes time of its own)
    _, said = process.communicate()
    if memory:
        memory.over.set()
    if process.returncode:
        raise RuntimeError(said)
    return json.loads(target.read_text()), memory and memory.most


def by_stock(folder, lab=LAB):
    """Mark a course folder by stock nbgrader; return seconds, and points as `scores` does."""
    done = subprocess.run(
        [sys.executable, "-c", STOCK, str(folder), lab],
        capture_output=True, text=True, check=True, cwd=keys.ROOT,
        env={**os.environ, "PYTHONPATH": str(keys.ROOT)},
    )  # fmt: skip
    held = {who: {n: s for n, s, _ in row[4]} for who, row in rows(folder, lab).items()}
    return float(done.stdout.split()[-1]), held


def template_start():
    """Seconds that a template takes to start, alone."""
    started = time.perf_counter()
    with Template():
        return time.perf_counter() - started


def scores(summary):
    """Return the points by student and exercise."""
    return {each["student"]: each["exercises"] for each in summary["submissions"]}


def side_by_side(count, stock_count):
    """Mark one cohort in four ways; print the table, return whether the bars are reached."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = list(cohort.many(LAB, count))
        cores = len(os.sched_getaffinity(0))
        many, _ = ours(lay_out(folder / "many", files).folder, cores)
        one, _ = ours(lay_out(folder / "one", files).folder, 1)
        place = lay_out(folder / "floor", files).folder
        floor = json.loads(
            subprocess.run(
                [sys.executable, "-m", "tests.bench.floor", LAB, str(place)],
                capture_output=True, text=True, check=True, cwd=keys.ROOT,
            ).stdout
        )  # fmt: skip
        equal = [scores(many) == scores(one), scores(one) == floor["scores"]]
        print(f"\n{LAB}: {count} submissions, {cores} cores; seconds a submission")
        stock = None
        if stock_count:
            place = lay_out(folder / "stock", files[:stock_count]).folder
            seconds, held = by_stock(place)
            stock = seconds / stock_count
            equal.append(all(held[who] == scores(one)[who] for who in held))
        lines = [
            ("stock nbgrader autograde", stock),
            ("grade, one worker", one["seconds_each"]),
            (f"grade, {cores} workers", many["seconds_each"]),
            ("the floor, one process", floor["each"]),
        ]
        for what, seconds in lines:
            if seconds is not None:
                gain = f"{stock / seconds:8.1f} times stock" if stock else ""
                print(f"  {what:<26}{seconds:8.3f}  {seconds / floor['each']:6.2f} floors{gain}")
        starts = many["seconds"] - many["seconds_each"] * (count - 1)
        print(f"  start, once a run: {starts:.1f} s; of a template alone: {template_start():.1f} s")
        print(f"  scores equal: {'yes' if all(equal) else 'NO'}", flush=True)
        good = all(equal) and one["seconds_each"] <= floor["each"]
        return good and (stock is None or stock / many["seconds_each"] >= 200)


def lab_by_lab(labs, count, stock_count):
    """Mark submissions of labs, the first ones by stock nbgrader too; print the table."""
    cores = len(os.sched_getaffinity(0))
    print(f"\n  seconds a submission     stock   {cores} workers    times   points")
    for lab in labs:
        with tempfile.TemporaryDirectory() as name:
            files = list(cohort.many(lab, count))
            done, _ = ours(lay_out(Path(name, "ours"), files, lab).folder, cores, lab=lab)
            place = lay_out(Path(name, "stock"), files[:stock_count], lab).folder
            seconds, held = by_stock(place, lab)
            got = scores(done)
            equal = "equal" if all(held[who] == got[who] for who in held) else "OTHERS"
            each, stock = done["seconds_each"], seconds / stock_count
            print(f"  {lab:<22}{stock:8.2f}{each:12.3f}{stock / each:9.0f}   {equal}", flush=True)


def growing(sizes):
    """Mark larger and larger cohorts, and run again; print seconds, memory and the gradebook."""
    print("\n  submissions   seconds each   run, s   none changed, s   book, kB each   memory, MB:")
    print(f"{'':72}writer  worker  template")
    cores = len(os.sched_getaffinity(0))
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = lay_out(Path(name), cohort.many(LAB, size)).folder
            empty = (folder / "gradebook.db").stat().st_size
            done, most = ours(folder, cores, watch=True)
            again, _ = ours(folder, cores, force=False)
            book = ((folder / "gradebook.db").stat().st_size - empty) / size / 1024
            memory = [most.get(role, 0.0) for role in ("writer", "worker", "template")]
            print(
                f"  {size:11d}{done['seconds_each']:15.3f}{done['seconds']:9.1f}"
                f"{again['seconds']:18.2f}{book:16.1f}"
                f"{memory[0]:8.0f}{memory[1]:8.0f}{memory[2]:10.0f}",
                flush=True,
            )


def killed(size=100, times=10):
    """Kill a run at random moments; return whether the gradebook is that of a calm run."""
    with tempfile.TemporaryDirectory() as name:
        files = list(cohort.many(LAB, size))
        calm = lay_out(Path(name, "calm"), files).folder
        ours(calm, len(os.sched_getaffinity(0)))
        folder = lay_out(Path(name, "killed"), files).folder
        command = [sys.executable, "-m", "autograder", "grade", LAB, "--course", str(folder)]
        draw, moments = random.Random(7), []
        for turn in range(times):
            process = subprocess.Popen(
                command, cwd=keys.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            before = len(list(folder.glob("marks/*/*.json")))
            wanted = before + draw.randrange(size // times + 1) if turn else 0
            while process.poll() is None and len(list(folder.glob("marks/*/*.json"))) < wanted:
                time.sleep(0.005)
            time.sleep(draw.random() * 0.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
            moments.append(len(list(folder.glob("marks/*/*.json"))))
        done = subprocess.run(
            [*command, "--json", str(folder / "last.json")], cwd=keys.ROOT, capture_output=True
        )
        last = json.loads((folder / "last.json").read_text())
        same = done.returncode == 0 and rows(folder) == rows(calm)
        print(f"\n  killed after {moments} of {size}; then {last['marked']} marked")
        print(f"  gradebook as of a calm run: {'yes' if same else 'NO'}", flush=True)
        return same


def main(arguments=None):
    """Measure and print; return whether the bars are reached."""
    command = parser(__file__, __doc__)
    add_options(command)
    return measure(command.parse_args(arguments))


def add_options(command):
    """Have a command line ask for the sizes of what is measured."""
    command.add_argument("--count", type=int, default=24, help="submissions marked in four ways")
    command.add_argument("--stock", type=int, default=24, help="how many of them by stock nbgrader")
    command.add_argument("--sizes", default="10,100,1000", help="sizes of growing cohorts")
    command.add_argument("--labs", type=int, default=12, help="submissions of every lab")
    command.add_argument(
        "--beside", type=int, default=3, help="how many of those by stock nbgrader"
    )
    command.add_argument("--only", default="", help="such labs, by their numbers: 05,06,08")
    command.add_argument("--kill", action="store_true", help="kill a run ten times as well")


def measure(options):
    """Measure and print; return whether the bars are reached."""
    good = True
    if options.count:
        good = side_by_side(options.count, min(options.stock, options.count))
    if options.labs:
        wanted = tuple(options.only.split(","))
        labs = [lab for lab in declaration.names() if lab.startswith(wanted)]
        lab_by_lab(labs, options.labs, options.beside)
    if options.sizes:
        growing([int(size) for size in options.sizes.split(",")])
    if options.kill:
        good = killed() and good
    return good


if __name__ == "__main__":
    sys.exit(not main())
