"""Measure marking on submit: `python -m tests.bench.serve [--count 50] [--kill 0]`.

A service with a worker a core marks submissions of 03_softmax: some that come one by one, then
`--count` within ten seconds; then `grade --student` with it and, for comparison, the import of
TensorFlow. With `--kill N` it is killed N times while a second lot comes in, and nothing may be
lost or counted twice.
"""

import contextlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import keys
from tests import cohort
from tests.bench import parser
from tests.cohort import exchanging
from tests.cohort.books import LAB, lay_out, rows


def start(folder, exchange):
    """Start a service."""
    command = [sys.executable, "-m", "autograder", "serve", "--course", str(folder), "--port", "0"]
    environment = os.environ | {"NBGRADER_EXCHANGE": str(exchange)}
    with open(folder / "log", "a") as log:
        return subprocess.Popen(command, cwd=keys.ROOT, env=environment, stderr=log)


def wait(pages, seconds=300.0):
    """Wait until each page is there with points; return when each was seen."""
    seen, until = {}, time.monotonic() + seconds
    while len(seen) < len(pages) and time.monotonic() < until:
        for page in pages:
            if page not in seen and page.exists():
                seen[page] = time.monotonic()
        time.sleep(0.02)
    return seen


def waited(handed, seen):
    """Return the seconds from each submission to its page, sorted."""
    return sorted(seen[page] - at for page, at in handed.items() if page in seen)


def told(what, waits, of):
    median, last = statistics.median(waits), waits[-1]
    near = waits[int(0.95 * (len(waits) - 1))]
    print(f"{what}: {len(waits)} of {of}; median {median:.2f}, 95th {near:.2f}, last {last:.2f} s")


def hand_in(place, files, within):
    """Hand files in, spread over some seconds."""
    handed, begun, files = {}, time.monotonic(), list(files)
    for number, (student, data) in enumerate(files):
        time.sleep(max(0.0, begun + within * number / len(files) - time.monotonic()))
        handed[exchanging.submit(place, student, data)] = time.monotonic()
    return handed


def killed(folder, exchange, place, process, count, times):
    """Kill the service again and again while work comes in; return what went wrong."""
    files = [(f"second-{who}", data) for who, data in cohort.many(LAB, count)]
    handed = {}
    for number in range(times):
        handed |= hand_in(place, files[number::times], 1.0)
        time.sleep(random.uniform(0.0, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = start(folder, exchange)
    seen = wait(list(handed))
    wrong = [f"{len(handed) - len(seen)} without feedback"] * (len(seen) < len(handed))
    with contextlib.closing(sqlite3.connect(folder / "attempts.db")) as db:
        twice = db.execute(
            "SELECT count(*) FROM (SELECT student FROM attempt WHERE student LIKE 'second-%' "
            "GROUP BY student HAVING count(*) > 1)"
        ).fetchone()[0]
        (states,) = db.execute("SELECT count(*) FROM attempt WHERE state != 'over'").fetchone()
    wrong += [f"{twice} counted twice"] * bool(twice)
    book = rows(folder)
    missing = [who for who, _ in files if who not in book]
    wrong += [f"{len(missing)} not in the gradebook"] * bool(missing)
    print(f"killed {times} times, {len(handed)} handed in, {states} open: {wrong or 'all well'}")
    return process


def main(arguments=None):
    """Print the figures."""
    command = parser(__file__, __doc__)
    command.add_argument("--count", type=int, default=50)
    command.add_argument("--alone", type=int, default=12)
    command.add_argument("--kill", type=int, default=0)
    command.add_argument("-v", action="store_true", help="print the log")
    options = command.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder, exchange = Path(name, "course"), Path(name, "exchange")
        place = exchanging.folders(exchange)
        folder.mkdir()
        lay_out(folder, [])
        process = start(folder, exchange)
        first = hand_in(place, [("first", next(cohort.many(LAB, 1))[1])], 0)
        print(f"start to first feedback: {waited(first, wait(list(first)))[0]:.1f} s")
        waits = []
        for who, data in cohort.many(LAB, options.alone):
            handed = hand_in(place, [(f"alone-{who}", data)], 0)
            waits += waited(handed, wait(list(handed)))
        told("alone", sorted(waits), options.alone)
        handed = hand_in(place, cohort.many(LAB, options.count), 10.0)
        told("within 10 s", waited(handed, wait(list(handed))), options.count)
        for what, extra in (("again", ["--force"]), ("unchanged", [])):
            begun = time.monotonic()
            command = [sys.executable, "-m", "autograder", "grade", LAB, "--student", "first"]
            subprocess.run(
                [*command, "--course", str(folder), *extra],
                cwd=keys.ROOT, check=True, capture_output=True,
            )  # fmt: skip
            print(f"grade --student, {what}, with the service: {time.monotonic() - begun:.2f} s")
        if options.kill:
            process = killed(folder, exchange, place, process, options.count, options.kill)
        status = [sys.executable, "-m", "autograder", "serve", "--status", "--course", str(folder)]
        said = subprocess.run(status, cwd=keys.ROOT, capture_output=True, text=True, check=True)
        print(json.dumps(json.loads(said.stdout)["attempts"]))
        process.terminate()
        process.wait(30)
        if options.v:
            print((folder / "log").read_text())


if __name__ == "__main__":
    main()
