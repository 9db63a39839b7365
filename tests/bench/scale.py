"""Measure what a plan for many learners needs: `python -m tests.bench.scale [--write]`.

Processor seconds of a worker a submission, lab by lab; the start of a worker; what the one process
that writes has with a submission alone, measured with a marker that answers at once; memory of a
worker and of a learner at work; what a submission leaves on the disk. `--write` puts them where
`deploy/scale/plan.py` reads them, and the plan's table into the README there.

`--real 100` compares the queue of the plan with a real service instead: so many submissions come as
before a deadline, in a minute.
"""

import contextlib
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

from autograder.jail.sandbox import Template
from deploy.scale import plan
from tests import cohort
from tests.bench import exercises, parser, serve, writer
from tests.cohort import exchanging
from tests.cohort.books import LAB, lay_out

AT_WORK = "import numpy, matplotlib.pyplot, ipywidgets, ipykernel, tensorflow, keras"


def private(process):
    """Bytes of a process and of all it started; what forks share is counted once."""
    family = [process, *process.children(recursive=True)]
    total = 0
    for each in family:
        with contextlib.suppress(psutil.Error):
            total += each.memory_full_info().pss
    return total


def learner():
    """Bytes of one more learner at work: a kernel with TensorFlow, and the server's part of it.

    What is mapped from files is shared with the others at work, so two are started.
    """
    code = f"{AT_WORK}\nprint('ready', flush=True)\ninput()"
    server = "from jupyterlab.labapp import LabApp\nprint('ready', flush=True)\ninput()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    total = 0
    for each in (code, server):
        command = [sys.executable, "-c", each]
        with (
            subprocess.Popen(command, text=True, **pipes) as other,
            subprocess.Popen(command, text=True, **pipes) as process,
        ):
            other.stdout.readline()
            process.stdout.readline()
            total += psutil.Process(process.pid).memory_full_info().uss
            other.communicate("\n")
            process.communicate("\n")
    return total


def start():
    """Processor seconds until a worker can mark anything, and bytes of it with its templates."""
    with Template() as template:
        world = template._server(light=True).world
        seconds = exercises.Meter().watch(template)
        return seconds, private(psutil.Process(world.process.pid))


def measure():
    """Return the figures."""
    found = exercises.main([])
    seconds, memory = start()
    # A service writes each submission by itself, and its files too.
    written = writer.apart("--one", 300, "--run", 1)
    alone = written["rows"] + written["pages"] + found[LAB]["files"]
    return {
        "labs": {lab: round(sum(parts.values()), 3) for lab, parts in found.items()},
        "start": round(seconds, 1), "writer": round(alone, 4),
        "worker": round(memory), "learner": learner(), "kept": round(written["kept"]),
        "row": round(written["book"]),
    }  # fmt: skip


def into_readme(figures):
    """Write the table of the plan for 10,000 learners anew."""
    path, wish, rows = plan.FIGURES.with_name("README.md"), plan.parser().parse_args([]), ""
    for lab in figures["labs"]:
        got = plan.evening(lab, figures, wish)
        rows += f"| {lab} | {got['seconds']:.2f} | {got['workers']} "
        rows += f"| {got['near']:.1f} s | {got['last']:.1f} s |\n"
    rule = "| --- | --- | --- | --- | --- |\n"
    before, _, rest = path.read_text(encoding="utf-8").partition(rule)
    path.write_text(before + rule + rows + rest[rest.index("\n\n") + 1 :], encoding="utf-8")


def real(count, seconds=60.0):
    """Have a service mark what comes as before a deadline; print its waits and the plan's."""
    cores = len(os.sched_getaffinity(0))
    coming = plan.arrivals(count, random.Random(0), last=0.75 * seconds, before=0.25 * seconds)
    coming = [at - coming[0] for at in coming]
    with tempfile.TemporaryDirectory() as name:
        folder, exchange = Path(name, "course"), Path(name, "exchange")
        place = exchanging.folders(exchange)
        folder.mkdir()
        lay_out(folder, [])
        process = serve.start(folder, exchange)
        try:
            files = list(cohort.many(LAB, count))
            alone = []
            for number in range(12):  # the first ones start the templates
                handed = serve.hand_in(place, [(f"alone-{number}", files[number][1])], 0)
                alone += serve.waited(handed, serve.wait(list(handed)))
            handed, begun = {}, time.monotonic()
            seen = {}
            watching = threading.Thread(target=lambda: seen.update(_watch(handed, count)))
            watching.start()
            for at, (student, data) in zip(coming, files, strict=True):
                time.sleep(max(0.0, begun + at - time.monotonic()))
                page = exchanging.submit(place, student, data)
                handed[page] = time.monotonic()
            watching.join()
            waits = serve.waited(handed, seen)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    service = sorted(alone[4:])[len(alone[4:]) // 2]
    played = sorted(plan.queue(coming, [service] * count, cores))
    print(
        f"\n{count} submissions of {LAB} in {seconds:.0f} s, {cores} workers, {service:.2f} s alone"
    )
    for what, each in (("real", waits), ("the plan's queue", played)):
        waited = (plan.near(each, part) for part in (0.5, 0.95, 1.0))
        print(f"  {what:<17} median {{:6.2f}}  95 % {{:6.2f}}  last {{:6.2f}} s".format(*waited))


def _watch(handed, count, seconds=300.0):
    """Wait for as many pages as will be handed in; return when each was seen."""
    seen, until = {}, time.monotonic() + seconds
    while len(seen) < count and time.monotonic() < until:
        for page in list(handed):
            if page not in seen and page.exists():
                seen[page] = time.monotonic()
        time.sleep(0.02)
    return seen


def main(arguments=None):
    """Do what is asked."""
    command = parser(__file__, __doc__)
    command.add_argument("--write", action="store_true")
    command.add_argument("--real", type=int, default=0)
    options = command.parse_args(arguments)
    if options.real:
        real(options.real)
        return
    figures = measure()
    print(json.dumps(figures, indent=1))
    if options.write:
        plan.FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        into_readme(figures)


if __name__ == "__main__":
    main()
