"""Mark on a Dask cluster: submissions and results travel as data, and no file system is shared.

Each worker has this project in the same release and environment, and a template of its own; one
that differs is refused with the reason. Work is given to workers by name, two submissions each, so
that what a worker had can be given to another when it is lost or shows no life. Files, results and
the gradebook are written here.

The course secret travels over TLS only. On an open connection it does not travel at all: workers
must have it in their own environment.
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, TextIO

from autograder.course import keys
from autograder.course import secret as secrets
from autograder.course.folders import BookError, Course
from autograder.course.jobs import Done, Job
from autograder.course.pool import Pool, gone_twice
from autograder.course.processing import keep, produce, take_in
from autograder.course.warm import warm
from autograder.jail.sandbox import JailError, Limits, Template
from autograder.marking import intake

LIFE_SECONDS = 30.0  # without a sign of life, until a worker's work is given to others
FIRST_SECONDS = 60.0  # of waiting for a worker that can be used
CONNECT_SECONDS = 20.0
FETCH_SECONDS = 3.0  # of waiting for what a worker has done, and may have taken with it
AT_ONCE = 2  # submissions a worker, so that it need not wait for this process
TRIES = 3


def remote(
    job: Job,
    submission: intake.Submission | None,
    problem: str,
    word: bytes,
    limits: dict[str, Any],
    jailed: bool,
) -> Done:
    """Mark in a worker, which needs this project and nothing of the course."""
    word = word or os.environb.get(secrets.VARIABLE.encode(), b"")

    def work(template: Template) -> Done:
        return produce(job, submission, problem, word, lambda: template)

    return warm.use(Limits(**limits), jailed, work, idle=300.0)


def passport(labs: list[str]) -> dict[str, str]:
    """Return what a worker marks with, part by part, and the name of the secret it has."""
    out = {"Python": platform.python_version()}
    for name in keys.LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            out[name] = metadata.version(name)
    out["the marking code"] = keys.marker_key()
    for lab in labs:
        out[f"the exercises of {lab}"] = keys.digest(keys.lab_keys(lab))
        out[f"the release of {lab}"] = keys.release_key(lab)
    word = os.environb.get(secrets.VARIABLE.encode())
    return out | {"secret": secrets.identity(word) if word else ""}


@dataclass
class _Worker:
    """A worker of the cluster: whether it may mark, what it has, when it last showed life."""

    asked: Any  # its passport, as a future
    frozen: bool = False
    refused: str | None = None  # why, "" where it may mark, None before it is known
    jobs: dict[str, tuple[Job, Any, Any]] = field(default_factory=dict)  # job, submission, future
    sign: float = 0.0
    since: float = field(default_factory=time.monotonic)

    @property
    def usable(self) -> bool:
        """Whether work can be given to it now."""
        return self.refused == "" and not self.frozen


class Cluster(Pool):
    """The workers of a scheduler, in place of processes here."""

    def __init__(
        self,
        course: Course,
        word: bytes,
        jailed: bool,
        address: str,
        in_the_open: bool,
        out: TextIO | None,
    ) -> None:
        super().__init__(1, course, word, jailed)
        self.address, self.out = address, out
        self.encrypted = address.startswith("tls://")
        if not self.encrypted and not in_the_open:
            raise BookError(
                f"the scheduler {address} is open: whoever reaches it can read submissions and run "
                "code on its workers. Set up TLS and name it tls://..., see deploy/dask/README.md; "
                "or add --open-scheduler where nobody else can reach it"
            )
        self.known: dict[str, _Worker] = {}

    def start(self) -> None:
        """Workers start their templates with their first submission."""

    def marked(self, jobs: Iterable[Job]) -> Iterator[Done | None]:
        """Have the cluster mark; the files are written here."""
        try:
            from distributed import Client, wait
        except ImportError:
            raise BookError(
                'Dask is not installed: python -m pip install "distributed" "cryptography"'
            ) from None
        todo, tries, until = deque(jobs), {}, time.monotonic() + FIRST_SECONDS
        try:
            client = Client(self.address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, RuntimeError) as error:
            raise BookError(f"the scheduler {self.address} cannot be used: {error}") from None
        with client:
            self._say(f"dashboard of the cluster: {client.dashboard_link}")
            while todo or any(worker.jobs for worker in self.known.values()):
                for job in self._look(client):
                    yield from self._again(job, todo, tries)
                usable = [worker for worker in self.known.values() if worker.usable]
                if usable:
                    until = time.monotonic() + FIRST_SECONDS
                elif time.monotonic() > until:
                    raise BookError(self._nobody())
                for name, worker in self.known.items():
                    while worker.usable and todo and len(worker.jobs) < AT_ONCE:
                        self._give(client, name, worker, todo.popleft())
                flying = [f for w in self.known.values() for *_, f in w.jobs.values()]
                asked = [w.asked for w in self.known.values() if w.refused is None]
                with contextlib.suppress(TimeoutError):
                    if flying or asked:
                        wait(flying + asked, timeout=1.0, return_when="FIRST_COMPLETED")
                    else:
                        time.sleep(0.2)
                if client.status != "running":
                    raise BookError(f"the scheduler {self.address} has ended")
                yield from self._done(todo, tries)
                yield None

    def _give(self, client: Any, name: str, worker: _Worker, job: Job) -> None:
        submission, problem = take_in(job, self.skeletons[job.lab])
        word = self.secret if self.encrypted else b""
        args = (job, submission, problem, word, self.setup().limits, self.jailed)
        future = client.submit(remote, *args, pure=False, workers=[name], retries=0)
        worker.jobs[future.key] = (job, submission, future)

    def _done(self, todo: deque[Job], tries: dict[str, int]) -> Iterator[Done]:
        """Write and yield what is marked."""
        for worker in self.known.values():
            for key, (job, submission, future) in list(worker.jobs.items()):
                if not future.done() or worker.frozen:
                    continue
                if future.status != "finished":  # the worker died, or cannot mark
                    error = future.exception() if future.status == "error" else None
                    if isinstance(error, JailError):
                        raise error
                    del worker.jobs[key]
                    yield from self._again(job, todo, tries)
                    continue
                try:
                    done = future.result(FETCH_SECONDS)
                except TimeoutError:  # it may have frozen just now
                    continue
                del worker.jobs[key]
                keep(job, self.course, submission, self.skeletons[job.lab], done)
                yield done

    def _again(self, job: Job, todo: deque[Job], tries: dict[str, int]) -> Iterator[Done]:
        tries[job.key] = tries.get(job.key, 0) + 1
        if tries[job.key] < TRIES:
            todo.appendleft(job)
        else:
            yield gone_twice(job)

    def _look(self, client: Any) -> list[Job]:
        """See which workers there are; return what lost and frozen ones had."""
        back: list[Job] = []
        there = client.scheduler_info(n_workers=-1)["workers"]
        labs = sorted(self.skeletons)
        for name, about in there.items():
            if name not in self.known:
                asked = client.submit(passport, labs, pure=False, workers=[name])
                self.known[name] = _Worker(asked)
            worker = self.known[name]
            if about.get("last_seen", 0.0) != worker.sign:
                worker.sign, worker.since = about.get("last_seen", 0.0), time.monotonic()
            worker.frozen = time.monotonic() - worker.since > LIFE_SECONDS
            if worker.asked.done() and worker.refused is None and not worker.frozen:
                with contextlib.suppress(TimeoutError):
                    worker.refused = self._refused(worker.asked, labs)
                if worker.refused:
                    self._say(f"the worker {name} is refused: {worker.refused}")
            if worker.frozen and worker.jobs:
                self._say(f"the worker {name} shows no life: its work goes to others")
                back += self._taken_back(worker)
        for name in set(self.known) - set(there):
            worker = self.known.pop(name)
            if worker.jobs:
                self._say(f"the worker {name} is lost: its work goes to others")
                back += self._taken_back(worker)
        return back

    def _taken_back(self, worker: _Worker) -> list[Job]:
        for _, _, future in worker.jobs.values():
            future.release()
        jobs = [job for job, _, _ in worker.jobs.values()]
        worker.jobs.clear()
        return jobs

    def _refused(self, asked: Any, labs: list[str]) -> str:
        """Return why a worker may not mark, "" where it may."""
        if asked.status != "finished":
            error = asked.exception() if asked.status == "error" else None
            return f"this project does not run there ({error or 'it ended'})"
        theirs, ours = asked.result(FETCH_SECONDS), passport(labs)
        has, _ = theirs.pop("secret"), ours.pop("secret")
        differ = [name for name in ours if theirs.get(name) != ours[name]]
        if differ:
            named = [n for n in differ if not n.startswith("the ")] or differ
            told = [f"{n} {theirs.get(n, 'none')}, here {ours[n]}" for n in named[:3]]
            return f"it is of another release or environment ({'; '.join(told)})"
        if not self.encrypted and has != secrets.identity(self.secret):
            return (
                f"it has not the course secret, which does not travel in the open: set "
                f"{secrets.VARIABLE} where it runs"
            )
        return ""

    def _nobody(self) -> str:
        why = sorted({w.refused for w in self.known.values() if w.refused})
        said = f": {why[0]}" if why else ""
        return f"no worker of {self.address} can be used{said}"

    def _say(self, what: str) -> None:
        if self.out:
            print(what, file=self.out, flush=True)
