"""Worker processes that mark, each with a template of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from autograder.course.folders import Course
from autograder.course.jobs import Done, Job
from autograder.course.processing import FAULT, process, produce
from autograder.jail.sandbox import JailError, Limits, NeedsFull, Template
from autograder.marking import intake
from autograder.marking.marker import Marks

# Beside its own budget: the start of a template, the files, the right answers, a slow machine.
MORE_SECONDS = 300.0
# Results are given to who writes them in runs: a step of a database takes longer than a row in it.
RUN, RUN_SECONDS = 64, 0.5
# How many may wait for a full template before another one starts, which takes as long.
WAITING = 20
FULL = "full"  # tells a worker to start one where it is needed


@dataclass(frozen=True)
class Setup:
    """What workers mark for: a course, its secret, limits as plain data, labs as released."""

    course: Course
    secret: bytes
    limits: dict[str, Any]
    skeletons: dict[str, intake.Skeleton]


# What a worker is asked: to mark a submission in its folder, or one that travels as data.
Order = Job | tuple[Job, intake.Submission | None, str]


class Pool:
    """Processes that mark, each with a template of its own; one worker is this process itself.

    The order of results is the order in which submissions are finished. `light` says that hardly
    any will need a full template, whose start takes as long as marking a dozen: those that do are
    given to one worker, which starts it, and to more of them where they are many.
    """

    def __init__(
        self, workers: int, course: Course, secret: bytes, jailed: bool, light: bool = False
    ) -> None:
        self.course, self.secret, self.jailed, self.light = course, secret, jailed, light
        self.limits = Limits()
        self.skeletons: dict[str, intake.Skeleton] = {}
        self.workers: list[_Worker] = []
        self.aside: deque[Job] = deque()  # what needs a full template
        self.here: Template | None = None
        if workers > 1:
            self.workers = [_Worker(jailed, light) for _ in range(workers)]

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
        if not self.workers:
            self._template().begin(self.light)

    def results(self, jobs: Iterable[Job]) -> Iterator[list[Done]]:
        """Mark jobs and yield what comes of them, in runs. Raises `JailError`."""
        return in_runs(self.marked(jobs))

    def marked(self, jobs: Iterable[Job]) -> Iterator[Done | None]:
        """Mark jobs and yield what comes of them, None now and then where nothing does."""
        return self._parallel(deque(jobs)) if self.workers else self._serial(jobs)

    def _template(self) -> Template:
        if self.here is None:
            self.here = Template(self.limits, self.jailed)
        self.here.limits = self.limits
        return self.here

    def _serial(self, jobs: Iterable[Job]) -> Iterator[Done]:
        for job in jobs:
            yield process(job, self.course, self.skeletons[job.lab], self.secret, self._template)

    def setup(self) -> Setup:
        """Return what workers mark for."""
        limits = {n: getattr(self.limits, n) for n in Limits.class_own_traits(config=True)}
        return Setup(self.course, self.secret, limits, self.skeletons)

    def _parallel(self, jobs: deque[Job]) -> Iterator[Done | None]:
        setup = self.setup()
        for worker in self.workers:
            worker.send(setup)
        tries: dict[str, int] = {}
        while True:
            for worker in self.workers:
                # One job more than it works on, so that it need not wait for this process.
                while len(worker.jobs) < 2 and (job := self._next(worker, jobs)):
                    worker.give(job)
            busy = [worker for worker in self.workers if worker.jobs]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=RUN_SECONDS)
            if not ready:
                yield None
            for worker in busy:
                stuck = time.monotonic() - worker.since > self.limits.submission + MORE_SECONDS
                if worker.pipe not in ready and not stuck:
                    continue
                answer = None if stuck else worker.take()
                if isinstance(answer, str):
                    raise JailError(answer)
                if isinstance(answer, Job):
                    self._put_aside(worker, answer)
                    continue
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
                    yield gone_twice(job)

    def _next(self, worker: _Worker, jobs: deque[Job]) -> Job | None:
        """Return the next job for a worker; what it alone can do comes first."""
        mine = self.aside if self.aside and not worker.light else jobs
        return mine.popleft() if mine else None

    def _put_aside(self, worker: _Worker, job: Job) -> None:
        """Keep what a light worker cannot do; let this one become a full one where that pays."""
        self.aside.append(job)
        full = sum(not each.light for each in self.workers)
        if len(self.aside) > full * WAITING:
            worker.fill()

    def _replace(self, worker: _Worker) -> _Worker:
        worker.stop()
        self.workers.remove(worker)
        self.workers.append(_Worker(self.jailed, worker.light))
        return self.workers[-1]


def in_runs(results: Iterable[Done | None]) -> Iterator[list[Done]]:
    """Yield results in runs, each soon after its first one; what ends them comes after the last."""
    run: list[Done] = []
    until = 0.0
    try:
        for done in results:
            now = time.monotonic()
            if done is not None:
                until = until if run else now + RUN_SECONDS
                run.append(done)
            if run and (len(run) >= RUN or now >= until):
                yield run
                run = []
    except (KeyboardInterrupt, RuntimeError):  # (a jail or a cluster that does not work)
        yield run
        raise
    yield run


def gone_twice(job: Job) -> Done:
    """Return what is told of a submission whose workers have ended."""
    problem = f"{FAULT}: the process that marked it ended twice."
    return Done(Marks(job.lab, job.student, problem=problem), {}, job.timestamp)


class Shared:
    """Workers for all who ask in this process, from any thread; a worker that ends is replaced."""

    def __init__(self, workers: int, jailed: bool) -> None:
        self.jailed, self.count = jailed, workers
        self.free: queue.Queue[_Worker] = queue.Queue()
        self.all: list[_Worker] = []
        self.closed = False
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        worker = _Worker(self.jailed)
        self.all.append(worker)
        self.free.put(worker)

    def ask(self, setup: Setup, order: Order) -> Done:
        """Have a worker mark, when one is free. Raises `JailError`."""
        for _ in range(2):
            answer = self._ask(setup, order)
            if self.closed:
                raise JailError("the workers were stopped")
            if isinstance(answer, str):
                raise JailError(answer)
            if answer is not None:
                return answer
        return gone_twice(order if isinstance(order, Job) else order[0])

    def _ask(self, setup: Setup, order: Order) -> Done | str | None:
        worker = self.free.get()
        answer = None
        try:
            if worker.setup is not setup:
                worker.send(setup)
                worker.setup = setup
            worker.send(order)
            seconds = setup.limits["submission"] + MORE_SECONDS
            with contextlib.suppress(EOFError, OSError):
                answer = worker.pipe.recv() if worker.pipe.poll(seconds) else None
            return answer
        finally:
            if isinstance(answer, Done):
                self.free.put(worker)
            elif not self.closed:
                self.all.remove(worker)
                worker.stop(0.0)
                self._start()

    def close(self) -> None:
        """End the workers, whatever they do; who waits for one gets an error."""
        self.closed = True
        for worker in self.all:
            worker.process.kill()
            worker.process.join()


class _Worker:
    """A process that marks one submission after the other."""

    def __init__(self, jailed: bool, light: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.jobs: deque[Job] = deque()
        self.setup: Setup | None = None
        self.since = 0.0
        self.light = light
        self.process = context.Process(target=_work, args=(theirs, jailed, light), daemon=True)
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

    def fill(self) -> None:
        """Let it start a full template, from now on, where a job needs one."""
        self.light = False
        self.send(FULL)

    def take(self) -> Done | Job | str | None:
        """Return what came of the first of its jobs; None if the process is gone.

        The job itself comes back where it needs a full template, which this one may not start.
        """
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, (Done, Job)):
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


def _work(pipe: Connection, jailed: bool, light: bool) -> None:
    """Be a worker: answer each order with what came of it, until the pipe closes.

    A light one gives back what needs a full template, until it is told to start one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with contextlib.closing(Template(Limits(), jailed, light).begin()) as template:
                while True:
                    order = pipe.recv()
                    if order == FULL:
                        template.light = False
                    elif isinstance(order, Setup):
                        setup = order
                        template.limits = Limits(**setup.limits)
                    elif isinstance(order, Job):
                        released = setup.skeletons[order.lab]
                        args = (order, setup.course, released, setup.secret, lambda: template)
                        try:
                            pipe.send(process(*args))
                        except NeedsFull:
                            pipe.send(order)
                    else:
                        pipe.send(produce(*order, setup.secret, lambda: template))
        except JailError as error:
            pipe.send(str(error))
