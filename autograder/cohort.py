"""Mark a cohort: workers mark, one writer keeps the gradebook, nothing is marked twice.

A submission goes through `intake`, `marker` and `feedback` in a worker, which writes the autograded
notebook, the feedback and then the result, each in one step; the gradebook follows in this process.
A run that is killed at any moment is taken up by the next one: a result that is there holds, a
gradebook row that is not as the result says is written.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from autograder import exercise, feedback, intake, keys, marker
from autograder.jail.sandbox import JailError, Limits, Template
from autograder.marker import Marks
from autograder.scoring import Score

BESIDE = ("timestamp.txt", "submission_secret.txt")
STUCK_SECONDS = 1800.0
FAULT = "An error in marking itself"


def cores() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


class Busy(RuntimeError):
    """Another run is marking this course."""


@dataclass(frozen=True)
class Course:
    """The folders of one run of the course, laid out as nbgrader has them."""

    folder: Path

    def submitted(self, lab: str) -> dict[str, Path]:
        """Return the folders of a lab's submissions by student."""
        found = sorted(self.folder.glob(f"submitted/*/{lab}"))
        return {path.parent.name: path for path in found if path.is_dir()}

    def autograded(self, student: str, lab: str) -> Path:
        return self.folder / "autograded" / student / lab

    def feedback(self, student: str, lab: str) -> Path:
        return self.folder / "feedback" / student / lab

    def result(self, student: str, lab: str) -> Path:
        return self.folder / "marks" / lab / f"{student}.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let one run at a time mark this course; raises `Busy`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".marking", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy(f"another run is marking {self.folder}") from None
            yield


@dataclass(frozen=True)
class Job:
    """A submission to be marked: where it is, what names it, and what of it is known already."""

    student: str
    lab: str
    folder: Path
    key: str
    timestamp: str | None = None
    kept: dict[str, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """A marked submission: its marks, the comments on its answer cells, and its time."""

    marks: Marks
    comments: dict[str, str | None]
    timestamp: str | None


def load_submission(job_folder: Path, lab: str) -> bytes:
    """Return the bytes of a submitted notebook; raises `Unreadable` where there is none."""
    path = intake.submission_file(job_folder, lab)
    if path.is_symlink() or not path.is_file():
        others = sorted(p.name for p in job_folder.glob("*.ipynb"))
        found = f"; there is {', '.join(others)}" if others else ""
        raise intake.Unreadable(
            f"There is no {path.name} in this submission{found}. Submit the notebook under the "
            "name it was fetched with."
        )
    return path.read_bytes()


def timestamp(folder: Path) -> str | None:
    """Return when a submission was handed in, as written beside it."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (folder / "timestamp.txt").read_text().strip() or None
    return None


# --- one submission -------------------------------------------------------------------------------


def process(
    job: Job, course: Course, released: intake.Skeleton, secret: bytes, template: Any
) -> Done:
    """Mark a submission and write its files; `template` is a function that returns a template."""
    submission, problem = take_in(job, released)
    done = produce(job, submission, problem, secret, template)
    keep(job, course, submission, released, done)
    return done


def take_in(job: Job, released: intake.Skeleton) -> tuple[intake.Submission | None, str]:
    """Return a submission on its release, or what is wrong with it."""
    try:
        data = load_submission(job.folder, job.lab)
        return intake.rebuild(released, intake.read(data, f"{job.lab}.ipynb")), ""
    except intake.Unreadable as error:
        return None, str(error)


def produce(
    job: Job, submission: intake.Submission | None, problem: str, secret: bytes, template: Any
) -> Done:
    """Mark a submission, which touches no file: this part can run on another machine."""
    marks = Marks(job.lab, job.student, problem=problem)
    if submission is None:
        return Done(marks, {}, job.timestamp)
    try:
        try:
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
        except JailError:  # the template may have died: a new one is started, once
            marks = marker.mark(submission, job.student, secret, template(), job.kept)
    except JailError:
        raise
    except Exception as error:  # a declaration at fault must not end the run
        marks = replace(marks, problem=f"{FAULT}: {type(error).__name__}: {error}")
    comments = {} if marks.problem else comment(submission)
    return Done(marks, comments, job.timestamp)


def keep(
    job: Job,
    course: Course,
    submission: intake.Submission | None,
    released: intake.Skeleton,
    done: Done,
) -> None:
    """Write the files of a submission, and its result when they are there."""
    _write_autograded(job, course, submission, released, done.marks)
    title = exercise.load(job.lab).title
    _write_feedback(job, course, feedback.page(title, submission, done.marks))
    if not done.marks.problem.startswith(FAULT):
        save(course, job, done)


def comment(submission: intake.Submission) -> dict[str, str | None]:
    """Return nbgrader's automatic comment on each answer cell."""
    answers = [cell for cell in submission.cells if cell.kind == "answer"]
    return {cell.name: "No response." if cell.untouched else None for cell in answers}


def _write_autograded(
    job: Job,
    course: Course,
    submission: intake.Submission | None,
    released: intake.Skeleton,
    marks: Marks,
) -> None:
    target = course.autograded(job.student, job.lab)
    if submission is None or marks.problem:
        shutil.rmtree(target, ignore_errors=True)
        return
    notebook = intake.to_notebook(submission, released, marker.marked_outputs(marks))
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    target.mkdir(parents=True, exist_ok=True)
    # As nbgrader does: what was handed in beside the notebook is kept beside it, read-only.
    for path in job.folder.iterdir():
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            write(target / path.name, path.read_bytes(), 0o444)
    write(target / f"{job.lab}.ipynb", text.encode("utf-8", "replace"), 0o444)


def _write_feedback(job: Job, course: Course, page: str) -> None:
    target = course.feedback(job.student, job.lab)
    target.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        if (job.folder / name).is_file():
            write(target / name, (job.folder / name).read_bytes(), 0o644)
    write(target / f"{job.lab}.html", page.encode("utf-8", "replace"), 0o644)


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a file in one step: whoever reads it sees the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    os.replace(temporary, path)


# --- results --------------------------------------------------------------------------------------


def save(course: Course, job: Job, done: Done) -> None:
    """Keep a result; it is there only when the submission's files are."""
    path = course.result(job.student, job.lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "key": job.key,
        "exercises": keys.lab_keys(job.lab),
        "marks": done.marks.to_dict(),
        "comments": done.comments,
    }
    write(path, json.dumps(content).encode("utf-8", "replace"), 0o600)


def saved(course: Course, student: str, lab: str) -> dict | None:
    """Return a kept result, None where there is none that can be read."""
    try:
        content = json.loads(course.result(student, lab).read_bytes())
        content["marks"] = Marks.from_dict(content["marks"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content


def still_valid(lab: str, content: dict) -> dict[str, Score]:
    """Return the scores of a kept result that the declarations of today would give again.

    A changed exercise takes with it the later ones that fell short or were helped: those are
    marked with the right answers of earlier ones in their place.
    """
    now, before, marks = keys.lab_keys(lab), content["exercises"], content["marks"]
    scores = {score.exercise: score for score in marks.scores}
    kept, changed = {}, False
    for ex in exercise.load(lab).exercises:
        score = scores.get(ex.name)
        same = score is not None and before.get(ex.name) == now[ex.name]
        alone = same and score.points == score.max_points and ex.name not in marks.helped
        if same and (not changed or alone or ex.kind == "quiz"):
            kept[ex.name] = score
        changed = changed or not same
    return kept


@dataclass
class Plan:
    """What a run has to do: jobs to mark, and results that hold."""

    jobs: list[Job] = field(default_factory=list)
    held: list[Done] = field(default_factory=list)


def plan(
    course: Course, labs: Iterable[str], secret_name: str, student: str = "", force: bool = False
) -> Plan:
    """Compare the submissions with the kept results."""
    out = Plan()
    for lab in labs:
        for who, folder in course.submitted(lab).items():
            if student and who != student:
                continue
            try:
                data = load_submission(folder, lab)
            except intake.Unreadable:
                data = b""
            key, when = keys.submission_key(lab, who, data, secret_name), timestamp(folder)
            content = None if force else saved(course, who, lab)
            if content is None or content["key"] != key:
                out.jobs.append(Job(who, lab, folder, key, when))
                continue
            marks: Marks = content["marks"]
            kept = still_valid(lab, content) if not marks.problem else {}
            complete = marks.problem or len(kept) == len(exercise.load(lab).exercises)
            if complete and _has_files(course, who, lab, marks):
                out.held.append(Done(marks, content["comments"], when))
            else:
                out.jobs.append(Job(who, lab, folder, key, when, {} if complete else kept))
    return out


def _has_files(course: Course, student: str, lab: str, marks: Marks) -> bool:
    page = course.feedback(student, lab) / f"{lab}.html"
    notebook = course.autograded(student, lab) / f"{lab}.ipynb"
    return page.is_file() and bool(marks.problem or notebook.is_file())


# --- workers --------------------------------------------------------------------------------------


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
                stuck = time.monotonic() - worker.since > STUCK_SECONDS
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
    from autograder.warm import warm

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
