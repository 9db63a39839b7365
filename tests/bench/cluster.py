"""Measure marking on a Dask cluster: `python -m tests.bench.cluster [--count 48] [--kill]`.

The same submissions of 03_softmax are marked by the local pool and by as many workers of a real
scheduler, in turn, three times; seconds a submission once both mark, and whether the gradebooks
hold the same rows. With `--kill` a worker is killed in the middle of one more run.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import keys
from autograder.course import secret as secrets
from tests import cohort
from tests.bench import parser
from tests.bench.marking import LAB, ours
from tests.cohort.books import SECRET, lay_out, rows


@contextlib.contextmanager
def cluster(folder, workers):
    """Start a scheduler and workers; yield its address and the workers' processes."""
    contact = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(keys.ROOT), secrets.VARIABLE: SECRET.decode()}
    started = []

    def start(what, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        with open(folder / f"{what}.log", "a") as log:
            started.append(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
            )

    try:
        start("scheduler", "--scheduler-file", str(contact), "--port", "0", "--no-dashboard",
              "--host", "127.0.0.1")  # fmt: skip
        while not contact.exists():
            time.sleep(0.05)
        address = json.loads(contact.read_text())["address"]
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                  "--host", "127.0.0.1")  # fmt: skip
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def main(arguments=None):
    """Print the table; return whether the cluster reaches 0.9 of the pool's throughput."""
    command = parser(__file__, __doc__)
    command.add_argument("--count", type=int, default=48)
    command.add_argument("--kill", action="store_true")
    options = command.parse_args(arguments)
    cores = len(os.sched_getaffinity(0))
    files = list(cohort.many(LAB, options.count))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here, there = (lay_out(folder / each, files).folder for each in ("here", "there"))
        each = {"local pool": [], "cluster": []}
        with cluster(folder, cores) as (address, workers):
            on = ["--scheduler", address, "--open-scheduler"]
            ours(there, cores, *on)  # templates start
            for _ in range(3):
                each["local pool"].append(ours(here, cores)[0]["seconds_each"])
                each["cluster"].append(ours(there, cores, *on)[0]["seconds_each"])
            equal = rows(here) == rows(there)
            if options.kill:
                script = f"sleep 8; kill -9 {workers[0].pid}"
                killer = subprocess.Popen(["sh", "-c", script])
                ours(there, cores, *on)
                killer.wait()
                workers[0].wait()
                equal &= rows(here) == rows(there)
    pool, dask = (statistics.median(found) for found in each.values())
    print(f"{LAB}: {options.count} submissions, {cores} workers; seconds a submission")
    for what, found in each.items():
        print(f"  {what:<12}", *(f"{seconds:.3f}" for seconds in found))
    print(f"  throughput {pool / dask:.2f} of the pool's, gradebooks equal: {equal}")
    return equal and pool / dask >= 0.9


if __name__ == "__main__":
    sys.exit(not main())
