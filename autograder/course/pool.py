"""Worker processes that mark, each with a template of its own, here or on a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from autograder.course.folders import Course
from autograder.course.jobs import Done, Job
from autograder.course.processing import keep, process, produce, take_in
from autograder.course.warm import warm
from autograder.jail.sandbox import JailError, Limits, Template
from autograder.marking import intake
from autograder.marking.marker import Marks

# Beside its own budget: the start of a template, the files, the right answers, a slow machine.
MORE_SECONDS = 300.0


class Pool:
    """Processes that mark, each with a template of its own; one worker is this process itself.

    The order of what `results` yields is the order in which submissions are finished.
    """

    def __init__(
        self, workers: int, course: Course, secret: bytes, jailed: bool, dask: str = ""
    ) -> None:
        self.course, self.secret, self.jailed, self.dask = course, secret, jailed, dask
        self.limits = Limits()
        self.skeletons: dict[str, intake.Skeleton] = {}
        self.workers: list[_Worker] = []
        self.here: Template | None = None
        if workers > 1 and not dask:
            self.workers = [_Worker(self) for _ in range(workers)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.pipe.close()
        until = time.monotonic() + 2
        for worker in self.workers:
            worker.stop(until - time.monotonic())
        if self.here:
            self.here.close()

    def start(self) -> None:
        """Start the template of a pool of one worker; the others have started by themselves."""
        if not self.workers and not self.dask:
            self._template().start()

    def results(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Mark jobs and yield what comes of them. Raises `JailError`."""
        if self.dask:
            return self._distributed(jobs)
        return self._parallel(deque(jobs)) if self.workers else self._serial(jobs)

    def _template(self) -> Template:
        if self.here is None:
            self.here = Template(self.limits, self.jailed)
        self.here.limits = self.limits
        return self.here

    def _serial(self, jobs: Iterable[Job]) -> Iterator[Done]:
        for job in jobs:
            yield process(job, self.course, self.skeletons[job.lab], self.secret, self._template)

    def _distributed(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Have a Dask cluster mark; the files are written here."""
        from distributed import Client, as_completed

        with Client(self.dask) as client:
            waiting = {}
            for job in jobs:
                submission, problem = take_in(job, self.skeletons[job.lab])
                args = (job, submission, problem, self.secret, self._settings(), self.jailed)
                waiting[client.submit(remote, *args, pure=False)] = (job, submission)
            for future, done in as_completed(list(waiting), with_results=True):
                job, submission = waiting.pop(future)
                keep(job, self.course, submission, self.skeletons[job.lab], done)
                yield done

    def _settings(self) -> dict[str, Any]:
        """Return the limits as plain data."""
        return {n: getattr(self.limits, n) for n in Limits.class_own_traits(config=True)}

    def _parallel(self, jobs: deque[Job]) -> Iterator[Done]:
        setup = (self._settings(), self.skeletons)
        for worker in self.workers:
            worker.send(setup)
        tries: dict[str, int] = {}
        while True:
            for worker in self.workers:
                # One job more than it works on, so that it need not wait for this process.
                while jobs and len(worker.jobs) < 2:
                    worker.give(jobs.popleft())
            busy = [worker for worker in self.workers if worker.jobs]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=10.0)
            for worker in busy:
                stuck = time.monotonic() - worker.since > self.limits.submission + MORE_SECONDS
                if worker.pipe not in ready and not stuck:
                    continue
                answer = None if stuck else worker.take()
                if isinstance(answer, str):
                    raise JailError(answer)
                if answer is not None:
                    yield answer
                    continue
                # The worker itself is gone: once more, in a new one.
                job, *rest = worker.jobs
                jobs.extendleft(reversed(rest))
                self._replace(worker).send(setup)
                tries[job.key] = tries.get(job.key, 0) + 1
                if tries[job.key] < 2:
                    jobs.append(job)
                else:
                    problem = "The process that marked it ended twice."
                    marks = Marks(job.lab, job.student, problem=problem)
                    yield Done(marks, {}, job.timestamp)

    def _replace(self, worker: _Worker) -> _Worker:
        worker.stop()
        self.workers.remove(worker)
        self.workers.append(_Worker(self))
        return self.workers[-1]


def remote(
    job: Job,
    submission: intake.Submission | None,
    problem: str,
    secret: bytes,
    limits: dict[str, Any],
    jailed: bool,
) -> Done:
    """Mark in a worker of a Dask cluster, which needs this package and nothing of the course."""

    def work(template: Template) -> Done:
        return produce(job, submission, problem, secret, lambda: template)

    return warm.use(Limits(**limits), jailed, work, idle=60.0)


class _Worker:
    """A process that marks one submission after the other."""

    def __init__(self, pool: Pool) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.jobs: deque[Job] = deque()
        self.since = 0.0
        args = (theirs, pool.course, pool.secret, pool.jailed)
        self.process = context.Process(target=_work, args=args, daemon=True)
        self.process.start()
        theirs.close()

    def send(self, value: Any) -> None:
        with contextlib.suppress(OSError):
            self.pipe.send(value)

    def give(self, job: Job) -> None:
        if not self.jobs:
            self.since = time.monotonic()
        self.jobs.append(job)
        self.send(job)

    def take(self) -> Done | str | None:
        """Return what came of the first of its jobs; None if the process is gone."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, Done):
            self.jobs.popleft()
            self.since = time.monotonic()
        return answer

    def stop(self, seconds: float = 2.0) -> None:
        """End the process; it closes its template when its pipe closes, or dies with it."""
        self.pipe.close()
        self.process.join(max(seconds, 0.0))
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _work(pipe: Connection, course: Course, secret: bytes, jailed: bool) -> None:
    """Be a worker: answer each job with what came of it, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Template(Limits(), jailed) as template:
                limits, skeletons = pipe.recv()
                template.limits = Limits(**limits)
                while True:
                    job = pipe.recv()
                    released = skeletons[job.lab]
                    pipe.send(process(job, course, released, secret, lambda: template))
        except JailError as error:
            pipe.send(str(error))
