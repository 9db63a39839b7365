"""Is work marked on a cluster once, whatever becomes of its workers, and by none that differs?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed.security import Security

from autograder.course import cluster
from autograder.course.cluster import Cluster
from autograder.course.folders import BookError, Course
from autograder.course.jobs import Job
from autograder.course.keys import ROOT
from autograder.marking import intake
from tests.cohort import lay_out, submission

LAB = "03_softmax"
WORD = b"a word that travels"
# Loaded into a worker: it marks at once, saying who it is, and after some time where it has to.
MARKS = """
import os, time
from pathlib import Path
from dataclasses import replace
from autograder.course import cluster, processing
from autograder.marking.marker import Marks
from autograder.course.jobs import Done
from autograder.course.keys import digest

def produce(job, submission, problem, word, template):
    begun = Path(os.environ["BEGUN"])
    begun.touch()
    time.sleep(float(os.environ["SECONDS"]))
    notes = [os.environ["NAME"], word.decode()]
    return Done(Marks(job.lab, job.student, notes=notes), {}, None)

cluster.produce = produce
cluster.warm.use = lambda limits, jailed, work, idle: work(None)
if os.environ["NAME"] == "older":
    cluster.keys.marker_key = lambda: "another"
"""


class Cast:
    """A scheduler and workers as processes of their own, over TLS."""

    def __init__(self, folder):
        self.folder, self.started = folder, []
        security = Security.temporary()
        names = {"ca-file": "tls_ca_file", "cert": "tls_scheduler_cert", "key": "tls_scheduler_key"}
        self.environment = os.environ | {"PYTHONPATH": str(ROOT)}
        prefix = "DASK_DISTRIBUTED__COMM__TLS__"
        for name, attribute in names.items():
            path = folder / f"{name}.pem"
            path.write_text(getattr(security, attribute))
            if name == "ca-file":
                self.environment[f"{prefix}CA_FILE"] = str(path)
                continue
            for role in ("SCHEDULER", "WORKER", "CLIENT"):
                self.environment[f"{prefix}{role}__{name.upper()}"] = str(path)
        self.preload = folder / "marks.py"
        self.preload.write_text(MARKS)
        contact = folder / "scheduler.json"
        self.start("scheduler", "--scheduler-file", contact, "--protocol", "tls", "--port", "0",
                   "--no-dashboard", "--host", "127.0.0.1")  # fmt: skip
        deadline = time.monotonic() + 60
        while not contact.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        from distributed.utils import json

        self.address = json.loads(contact.read_text())["address"]

    def start(self, what, *options, **environment):
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *map(str, options)]
        with open(self.folder / "log", "a") as log:
            process = subprocess.Popen(
                command, env=self.environment | environment, stdout=log, stderr=log, cwd=self.folder
            )
        self.started.append(process)
        return process

    def worker(self, name, seconds=0.05):
        begun = self.folder / f"begun-{name}"
        process = self.start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--preload", self.preload, "--host", "127.0.0.1",
            NAME=name, SECONDS=str(seconds), BEGUN=str(begun),
        )  # fmt: skip
        return process, begun

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cast(tmp_path_factory):
    """A scheduler; what a test starts beside it ends with the module."""
    with pytest.MonkeyPatch.context() as patch:
        found = Cast(tmp_path_factory.mktemp("cluster"))
        for name, value in found.environment.items():
            if name.startswith("DASK_"):
                patch.setenv(name, value)
        import dask.config

        dask.config.refresh()
        yield found
        found.end()
    dask.config.refresh()


def jobs(folder, count):
    data = submission(LAB, "amal")
    lay_out(LAB, [(f"s{n}", data) for n in range(count)], folder / "submitted")
    course = Course(folder)
    return course, [Job(who, LAB, at, who) for who, at in course.submitted(LAB).items()]


def marking(course, address, out=None):
    pool = Cluster(course, WORD, True, address, False, out)
    pool.skeletons = {LAB: intake.skeleton(LAB)}
    return pool


@pytest.mark.slow
def test_lost_and_frozen_workers_lose_nothing_and_another_release_marks_nothing(
    cast, tmp_path, monkeypatch, capsys
):
    """With one worker killed, one frozen and one that differs: is each submission there once?"""
    monkeypatch.setattr(cluster, "LIFE_SECONDS", 3.0)
    killed, at_killed = cast.worker("killed", 60)
    frozen, at_frozen = cast.worker("frozen", 60)
    cast.worker("older")
    course, todo = jobs(tmp_path, 8)
    found, harmed = [], set()
    pool = marking(course, cast.address, sys.stderr)
    look = pool._look

    def looks(*args):
        back = look(*args)
        for process, begun, how in (
            (killed, at_killed, signal.SIGKILL), (frozen, at_frozen, signal.SIGSTOP)
        ):  # fmt: skip
            if begun.exists() and how not in harmed:
                process.send_signal(how)
                harmed.add(how)
                if len(harmed) == 2:
                    cast.worker("whole")
        return back

    monkeypatch.setattr(pool, "_look", looks)
    for ready in pool.results(todo):
        found += [(done.marks.student, done.marks.notes) for done in ready]
    assert sorted(who for who, _ in found) == [f"s{n}" for n in range(8)]
    assert {tuple(notes) for _, notes in found} == {("whole", WORD.decode())}
    said = capsys.readouterr().err
    assert "is lost: its work goes to others" in said
    assert "shows no life: its work goes to others" in said
    assert "is refused: it is of another release or environment" in said
    assert all((course.result(who, LAB)).is_file() for who, _ in found)


def test_an_open_scheduler_is_refused(tmp_path):
    """Is nothing sent without TLS, unless told otherwise?"""
    with pytest.raises(BookError, match="is open: whoever reaches it"):
        marking(Course(tmp_path), "tcp://127.0.0.1:1")


def test_a_scheduler_that_is_not_there_is_told_in_words(tmp_path, cast, monkeypatch):
    """Does the message name it?"""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    pool = marking(Course(tmp_path), "tls://127.0.0.1:1")
    with pytest.raises(BookError, match="cannot be used"):
        list(pool.results([Job("ada", LAB, Path(), "")]))


class Asked:
    """A worker's passport, as a future."""

    status = "finished"

    def __init__(self, **other):
        self.other = other

    def result(self, timeout):
        return cluster.passport([LAB]) | self.other


@pytest.mark.parametrize(
    ("other", "said"),
    [({"numpy": "1.0"}, "numpy 1.0, here"), ({"the marking code": "x"}, "the marking code x"),
     ({f"the exercises of {LAB}": "x"}, "the exercises of"), ({}, "has not the course secret")],
)  # fmt: skip
def test_a_worker_that_differs_is_refused_with_the_reason(tmp_path, other, said):
    """Are environment, code, exercises and, in the open, the secret compared?"""
    pool = Cluster(Course(tmp_path), WORD, True, "tcp://there", True, None)
    assert said in pool._refused(Asked(**other), [LAB])
    named = {"secret": cluster.secrets.identity(WORD)}
    assert pool._refused(Asked(**named), [LAB]) == ""
