"""A service in a thread, on a course and an exchange of its own, with workers that mark at once."""

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass, replace

from autograder.commands import service
from autograder.course import lending
from autograder.course.processing import produce
from autograder.marking.scoring import Score
from tests.cohort import exchanging, submission
from tests.cohort.books import LAB, lay_out

AMAL = submission(LAB, "amal")  # all right


def marked(order, setup):
    """Mark without running anything: a point for each answer that is there."""
    job, handed_in, problem = order
    done = produce(job, None, problem or "none", b"", None)
    if handed_in is None:
        return done
    filled = [c for c in handed_in.cells if c.kind == "answer" and not c.untouched]
    scores = [Score(c.name.removesuffix("_answer"), 1.0, 14) for c in filled]
    return replace(done, marks=replace(done.marks, problem="", scores=scores))


@dataclass
class Workers:
    """Stand-ins that mark at once, and count."""

    act: object = marked
    count: int = 2
    asked: int = 0
    tried: int = 0  # whether the jail works

    def ask(self, setup, order):
        job = order[0] if isinstance(order, tuple) else order
        self.asked += job.lab == LAB
        self.tried += job.lab != LAB
        return self.act(order, setup)

    def close(self):
        pass


class Running:
    """A service in a thread, on a course and an exchange of its own."""

    def __init__(self, folder, monkeypatch):
        self.place = exchanging.folders(folder / "exchange")
        monkeypatch.setenv("NBGRADER_EXCHANGE", str(folder / "exchange"))
        monkeypatch.setattr(service, "AGAIN_SECONDS", 0.2)
        (folder / "course").mkdir()
        self.course = lay_out(folder / "course", [])
        self.workers = Workers()

    @contextlib.contextmanager
    def serving(self):
        one = service.Service(self.course, self.workers)
        thread = threading.Thread(target=one.run, daemon=True)
        thread.start()
        try:
            until((self.course.folder / lending.SOCKET).exists)
            yield one
        finally:
            one.stop.set()
            thread.join(20)
            assert not thread.is_alive()

    def submit(self, student, data=AMAL):
        return exchanging.submit(self.place, student, data)

    def policy(self, text):
        (self.course.folder / "policy.toml").write_text(f"[submit]\n{text}\n")

    def lines(self):
        with contextlib.closing(sqlite3.connect(self.course.folder / "attempts.db")) as db:
            lines = "SELECT student, state, fate, counts FROM attempt ORDER BY id"
            return db.execute(lines).fetchall()


def until(true, seconds=20.0):
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def says(page, text):
    """Wait until a page is there that says something."""
    until(lambda: page.exists() and text in page.read_text())
