"""Marked on submit: from nbgrader's exchange through warm workers to the feedback in the exchange.

One thread takes submissions over (`arrivals`), the workers mark, one thread hands feedback out.
This process writes everything else, one step after the other, and before each step the journal says
what came before. So the service may be killed at any moment: what was not yet taken is still in the
exchange, what is marked is not marked again, what was written is written once more to the same
effect. Nothing waits in memory only, so nothing is turned away for want of room.

Logs and status name attempts by their number in the journal, never a learner.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.commands import grade
from autograder.course import attempts, changes, pages, policy, roster, secret
from autograder.course import plan as planning
from autograder.course.arrivals import Exchange, Taker
from autograder.course.folders import BookError, Busy, Course
from autograder.course.gradebook import Book, address, configuration, explained
from autograder.course.jobs import Done, Job
from autograder.course.journal import MARKED, REFUSED, REPLACED, UNREADABLE, Attempt, Journal
from autograder.course.keys import ROOT, marker_key
from autograder.course.lending import Desk, Nobody
from autograder.course.pool import RUN_SECONDS, Pool, Shared
from autograder.course.processing import FAULT, keep, take_in
from autograder.jail.sandbox import JailError, Limits
from autograder.marking import intake, text

log = logging.getLogger("autograder.serve")
AGAIN_SECONDS = 5.0  # until what failed for another's fault is tried again
LOOK_SECONDS = 2.0  # between looks at the project's own files
MADE_OF = ("autograder/**/*.py", "utils/**/*.py", "notebooks/**/*.ipynb", "nbgrader_config.py")


def files() -> dict[str, tuple[int, int]]:
    """Return the project's files as they are: a service that runs on has read them before."""
    found = (path for pattern in MADE_OF for path in ROOT.glob(pattern))
    return {str(p): (s.st_mtime_ns, s.st_size) for p in found for s in [p.stat()]}


class Lent(Pool):
    """The service's workers, for a run of `grade`; `gone()` says that nobody waits any more."""

    def __init__(self, service: Service, course: Course, word: bytes, gone: Callable) -> None:
        super().__init__(1, course, word, True)
        self.service, self.gone = service, gone

    def start(self) -> None:
        """They have started."""

    def marked(self, jobs: Any) -> Iterator[Done | None]:
        """Mark jobs, beside what comes in."""
        setup, workers = self.setup(), self.service.workers
        ready: queue.SimpleQueue[Future[Done]] = queue.SimpleQueue()
        with ThreadPoolExecutor(workers.count) as threads:
            waiting = [threads.submit(workers.ask, setup, job) for job in jobs]
            for future in waiting:
                future.add_done_callback(ready.put)
            left = len(waiting)
            try:
                while left:
                    future = None
                    with contextlib.suppress(queue.Empty):
                        future = ready.get(timeout=RUN_SECONDS)
                        left -= 1
                    yield future and future.result()
                    if self.gone():
                        raise KeyboardInterrupt
            finally:
                for future in waiting:
                    future.cancel()


class Service:
    """Marks what comes in for a course with `workers`, until `stop` is set."""

    def __init__(self, course: Course, workers: Shared) -> None:
        self.course, self.started, self.stop = course, time.time(), threading.Event()
        self.files = files()
        marker_key()
        self.config = configuration()
        self.word = secret.course_secret(course.folder)
        self.rules = policy.read(course.folder)
        self.journal = Journal(course)
        settings = self.config
        root = Path(settings.Exchange.root, settings.CourseDirectory.course_id)
        self.exchange = Exchange(root / "inbound", root / "feedback")
        self.workers = workers
        self.pool = Pool(1, course, self.word, True)  # (marks nothing itself)
        self.pool.limits = Limits(config=self.config)
        self.setup = self.pool.setup()
        self.inbox: queue.Queue = queue.Queue()
        self.outbox: queue.Queue = queue.Queue()
        self.busy: dict[int, Attempt] = {}
        self.broken: dict[int, Attempt] = {}
        self.untold: dict[int, Attempt] = {a.id: a for a in self.journal.known()}
        self.waiting: dict[int, tuple[Attempt, float]] = {}  # until when, by the steady clock
        self.not_before = 0.0
        self.book: Book | None = None
        self.trouble: dict[str, str] = {}
        self.faults = self.runs = self.beat = 0

    # --- the loop ---------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve. Raises `JailError` where the jail does not work here."""
        taker = Taker(
            self.exchange.inbound,
            self.journal,
            lambda: self.inbox.put(None),
            lambda said: self._troubled("exchange", said),
        )
        self.threads = ThreadPoolExecutor(2 * self.workers.count)
        desk = Desk(self.course, self._answer)
        try:
            self._try_jail()
            for each in (taker, desk, threading.Thread(target=self._hand_out, daemon=True)):
                each.start()
            looked = time.monotonic()
            while not self.stop.is_set():
                with contextlib.suppress(queue.Empty):
                    while True:  # all that is there, then what follows from it
                        message = self.inbox.get(timeout=0.0 if self.beat else 0.25)
                        self.beat = 1
                        if message is not None:
                            message()
                self.beat = 0
                self._safely(self._admit)
                if time.monotonic() - looked > LOOK_SECONDS:
                    looked = time.monotonic()
                    if self.changed():
                        log.info("the project's files have changed: starting anew")
                        self.stop.set()
        finally:
            desk.close()
            taker.over.set()
            self.threads.shutdown(wait=False, cancel_futures=True)
            self.outbox.put(None)
            self.workers.close()
            self._close_book()

    def changed(self) -> bool:
        """Tell whether the project is another than the one that runs here."""
        with contextlib.suppress(OSError):
            return files() != self.files
        return False

    def _try_jail(self) -> None:
        """Have a worker show that it can start; it says so by marking nothing."""
        job = Job("nobody", "none", Path(), "")
        self.workers.ask(self.setup, (job, None, "nothing to mark"))

    def _safely(self, act: Callable, *args: Any) -> Any:
        """Act; what a database, a disk or another run is to blame for is tried again later."""
        if time.monotonic() < self.not_before:
            return None
        try:
            found = act(*args)
        except Busy:
            self._later("another run is marking", 0.5)
        except BookError as error:
            self._close_book()
            self._later(str(error).partition(";")[0])
        except Exception as error:
            self._close_book()
            self._later(f"{type(error).__name__}: {text.line(error, 100)}")
        else:
            self._troubled("course", "")
            return found
        return None

    def _later(self, why: str, seconds: float = 0.0) -> None:
        self._troubled("course", why)
        self.not_before = time.monotonic() + (seconds or AGAIN_SECONDS)

    def _troubled(self, what: str, said: str) -> None:
        if self.trouble.get(what, "") != said:
            self.trouble[what] = said
            (log.warning if said else log.info)("%s: %s", what, said or "well again")

    # --- what comes in ----------------------------------------------------------------------------

    def _admit(self) -> None:
        """Have marked what may be marked now, and tell what is known."""
        for attempt in list(self.untold.values()):
            self._each(self._tell, attempt)
        now, room = time.monotonic(), 2 * self.workers.count - len(self.busy)
        after = 0
        while room > 0 and (found := self.journal.new(after)):
            for attempt in found:
                after = attempt.id
                _, until = self.waiting.get(attempt.id, (None, 0.0))
                if room > 0 and until <= now and attempt.id not in self.busy | self.broken:
                    room -= bool(self._each(self._begin, attempt))

    def _each(self, act: Callable, attempt: Attempt) -> Any:
        """Act for one attempt: what is wrong with it alone holds up no other."""
        try:
            return act(attempt)
        except (Busy, BookError, OSError, sqlite3.Error):  # about all of them
            raise
        except Exception as error:
            self.faults += 1
            self.broken[attempt.id] = self.untold.pop(attempt.id, attempt)
            log.error("attempt %d is left until the next start: %r", attempt.id, type(error))
            return False

    def _begin(self, attempt: Attempt) -> bool:
        """Have an attempt marked, or say why not now or not at all."""
        with contextlib.suppress(BookError):  # (a wrong one: that of before holds)
            self.rules = policy.read(self.course.folder)
        others = self.journal.of(attempt.student, attempt.lab)
        rule = self.rules.tries(attempt.lab)
        verdict, seconds = attempts.may(rule, attempt, others, time.time())
        if verdict == attempts.BEHIND:
            for each in others:  # one that waits is looked at again: now another is behind it
                if each.id < attempt.id:
                    self.waiting.pop(each.id, None)
            return False
        if self.waiting.pop(attempt.id, None) and verdict == attempts.WAIT:
            verdict = attempts.GO  # it has waited, whatever the clock says
        if verdict == attempts.WAIT:
            self.waiting[attempt.id] = (attempt, time.monotonic() + seconds)
            said = attempts.waits(rule, others, seconds)
            self._publish(attempt, attempts.notice(attempt, said), None)
            return False
        if verdict in (REPLACED, REFUSED):
            self._decided(attempt, verdict)
            return False
        found = planning.compare(
            *(self.course, attempt.lab, attempt.student, self.journal.folder / attempt.name),
            *(secret.identity(self.word), False, self.rules.older),
        )
        if isinstance(found, Done):
            self._decided(attempt, UNREADABLE if found.marks.problem else MARKED, found)
            return False
        if attempt.lab not in self.pool.skeletons:
            self.pool.skeletons[attempt.lab] = intake.skeleton(attempt.lab)
        self.busy[attempt.id] = attempt
        self.threads.submit(self._mark, attempt, found)
        return True

    def _mark(self, attempt: Attempt, job: Job) -> None:
        """Mark, in a thread that waits for a worker."""
        try:
            submission, problem = take_in(job, self.pool.skeletons[job.lab])
            done = self.workers.ask(self.setup, (job, submission, problem))
        except BaseException as error:
            failure = error
            self.inbox.put(lambda: self._failed(attempt, failure))
        else:
            self.inbox.put(lambda: self._marked(attempt, done))

    def _marked(self, attempt: Attempt, done: Done) -> None:
        del self.busy[attempt.id]
        if done.marks.problem.startswith(FAULT):
            self.faults += 1
            log.error("attempt %d could not be marked: a fault of the marking itself", attempt.id)
        self._decided(attempt, UNREADABLE if done.marks.problem else MARKED, done)

    def _failed(self, attempt: Attempt, error: BaseException) -> None:
        del self.busy[attempt.id]
        if isinstance(error, JailError):
            log.error("%s", error)
        self._later(f"{type(error).__name__}: {text.line(error, 100)}")

    def _decided(self, attempt: Attempt, fate: str, done: Done | None = None) -> None:
        self._safely(self._decide, attempt, fate, done)

    def _decide(self, attempt: Attempt, fate: str, done: Done | None) -> None:
        self.journal.decide(attempt, fate, time.time(), done)
        seconds = sum(done.marks.seconds.values()) if done else 0.0
        log.info("attempt %d of %s: %s, %.2f s", attempt.id, attempt.lab, fate, seconds)
        attempt = replace(attempt, fate=fate)
        self.untold[attempt.id] = attempt
        self._each(self._tell, attempt)

    # --- what follows from it ---------------------------------------------------------------------

    def _tell(self, attempt: Attempt) -> None:
        """Write what an attempt gave into the gradebook, if it counts, and hand out its page."""
        folder = self.journal.folder / attempt.name
        rule = self.rules.tries(attempt.lab)
        done = self.journal.done(attempt)
        others = self.journal.of(attempt.student, attempt.lab)
        if done is None:
            page = attempts.notice(attempt, attempts.why_not(rule, attempt, others))
        else:
            with self.course.locked():
                page = self._write(attempt, others, folder, done)
        del self.untold[attempt.id]
        self._publish(attempt, page, lambda: self.journal.over(attempt, time.time()))

    def _write(self, attempt: Attempt, others: list[Attempt], folder: Path, done: Done) -> str:
        rule, lab, who = self.rules.tries(attempt.lab), attempt.lab, attempt.student
        released = intake.skeleton(lab)
        job = planning.job(
            self.course, lab, who, folder, secret.identity(self.word), older=self.rules.older
        )
        job = replace(job, why=done.why)
        submission, _ = take_in(job, released)
        points = attempts.worth(self.rules, attempt, done)
        counts = attempts.counts(rule, attempt, points, others)
        said = ""
        if counts:
            attempts.install(self.course, lab, who, folder)
            keep(job, self.course, submission, released, done)
            record = self._record(lab, who, done)
        else:
            record = attempts.record(attempt, done)
        self.journal.count(attempt, points, counts)
        said = attempts.standing(rule, self.journal.of(who, lab), attempt)
        marks = replace(done.marks, notes=[said, *done.marks.notes])
        work = None if marks.problem else submission
        return pages.made(lab, work, marks, record, self.rules)

    def _record(self, lab: str, who: str, done: Done) -> Any:
        """Write into the gradebook; return what it says then. Raises `BookError`."""
        url = address(self.course.folder, self.config)
        with explained(url):
            if self.book is None:
                self.book = Book(url, self.config)
            book, book.policy = self.book, self.rules
            book.api.db.expire_all()
            book.ensure(lab)
            people = roster.read(self.course.folder)
            book.take_inputs([lab], {who: people[who]} if who in people else {})
            before = {(lab, each.student): each for each in book.records(lab, who)}
            book.write(done.marks, done.comments, done.timestamp)
            after = book.records(lab, who)
        found = changes.found(before, after, {(lab, who): done.why or "handed in again"})
        changes.keep(self.course, found)
        pages.bring_up_to_date(self.course, after, self.rules)
        return after[0]

    def _close_book(self) -> None:
        book, self.book = self.book, None
        with contextlib.suppress(Exception):
            if book:
                book.api.close()

    def _publish(self, attempt: Attempt, page: str, then: Callable | None) -> None:
        self.outbox.put((attempt, page, then))

    def _hand_out(self) -> None:
        """Release pages into the exchange, in a thread of its own; what fails is tried again."""
        while (item := self.outbox.get()) is not None:
            attempt, page, then = item
            while not self.stop.is_set():
                try:
                    key = attempts.key(self.journal.folder / attempt.name)
                    if key:
                        content = page.encode("utf-8", "replace")
                        self.exchange.publish(key, attempt.lab, content)
                    if then:
                        then()
                    self._troubled("feedback", "")
                    break
                except Exception as error:
                    self._troubled("feedback", text.line(error, 100))
                    self.stop.wait(1.0)

    # --- who asks ---------------------------------------------------------------------------------

    def _answer(self, what: str, args: tuple, tell: Callable, gone: Callable) -> Any:
        """Do what another process asks for."""
        if what == "status":
            return self.status()
        if self.changed():
            raise Nobody("the project's files have changed since the service started")
        if what == "mark":
            setup, order = args
            same = (setup.secret, setup.limits) == (self.word, self.setup.limits)
            return self.workers.ask(self.setup if same else setup, order)
        if what == "grade":
            return self._in_turn(lambda: self._grade(*args, tell, gone))
        raise Nobody(f"the service does not know {what!r}")

    def _in_turn(self, act: Callable) -> Any:
        """Act in the thread that writes, in its turn."""
        ready: queue.Queue = queue.Queue()

        def do() -> None:
            try:
                ready.put((True, act()))
            except BaseException as error:
                ready.put((False, error))

        self.inbox.put(do)
        fine, found = ready.get()
        if not fine:
            raise found
        return found

    def _grade(self, labs: list[str], wishes: dict, tell: Callable, gone: Callable) -> Any:
        self.runs += 1
        log.info("a run of grade")
        self._close_book()  # (this run opens its own)

        class Line:
            """What a run prints, handed to whoever waits for it."""

            def write(self, said: str) -> None:
                tell(said)

            def flush(self) -> None:
                pass

            def isatty(self) -> bool:
                return False

        def lent(course: Course, word: bytes) -> Lent:
            return Lent(self, course, word, gone)

        return grade.grade(self.course, labs, Line(), lent=lent, **wishes)

    def status(self) -> dict[str, Any]:
        """Return how the service is doing: numbers, and no learner's data."""
        times = self.journal.times()
        waits = sorted(wait for wait, _ in times)
        marking = [seconds for _, seconds in times if seconds is not None]
        return {
            "release": marker_key()[:12],
            "process": os.getpid(),
            "up_seconds": round(time.time() - self.started),
            "workers": self.workers.count,
            "being_marked": len(self.busy),
            "waiting_for_their_time": len(self.waiting),
            "attempts": self.journal.counts(),
            "seconds_to_feedback": {
                "of": len(waits),
                "median": round(statistics.median(waits), 2) if waits else None,
                "95th": round(waits[int(0.95 * (len(waits) - 1))], 2) if waits else None,
                "longest": round(waits[-1], 2) if waits else None,
            },
            "seconds_of_marking": round(statistics.fmean(marking), 3) if marking else None,
            "left_aside": len(self.broken),
            "faults_of_marking": self.faults,
            "runs_of_grade": self.runs,
            "trouble": {what: said for what, said in self.trouble.items() if said},
        }
