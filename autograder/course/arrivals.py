"""What comes in by nbgrader's exchange, and what goes out: submissions and pages of feedback.

The exchange may be a slow share of the network: it is touched in threads of its own, so that
marking goes on meanwhile, and what fails is tried again. It is looked at again and again, since a
share tells nobody of what another machine writes there; a look that finds the folder unchanged
costs one call of the system.
"""

from __future__ import annotations

import datetime
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import notebook_hash, parse_utc

from autograder.authoring import declaration
from autograder.course import exchange, handed_in
from autograder.course.folders import write
from autograder.course.journal import Journal
from autograder.marking import text

LOOK_SECONDS = 0.25
SURE_SECONDS = 3.0  # a folder that changed so lately may change again within the same tick
LONGEST = 30.0  # of waiting for a submission to be whole, or to be readable
MOST_WAITING = 10  # attempts of one learner at a lab that are taken over before they are marked
ASKEW_SECONDS = 600.0  # that clocks of two machines may differ


@dataclass(frozen=True)
class Exchange:
    """nbgrader's folders for one course."""

    inbound: Path
    feedback: Path

    def publish(self, secret: str, lab: str, page: bytes) -> None:
        """Release a page of feedback, where the learner's Assignment List looks for it."""
        place = self.feedback / f"{notebook_hash(secret=secret, notebook_id=lab)}.html"
        write(place, page, 0o644)


class Taker(threading.Thread):
    """Takes each submission over: a copy into the course's folder, then a line in the journal.

    `arrived` is called after each one, `trouble` with what was wrong with the exchange or the
    disk, "" when all is well again. What was not there at the look before was handed in after that
    look, whatever its own file says: that file is its owner's to write.
    """

    def __init__(
        self,
        inbound: Path,
        journal: Journal,
        arrived: Callable[[], None],
        trouble: Callable[[str], None],
    ) -> None:
        super().__init__(daemon=True, name="taker")
        self.inbound, self.journal = inbound, journal
        self.arrived, self.trouble = arrived, trouble
        self.known = journal.names()
        self.seen: dict[str, float] = {}  # not taken yet: since when
        self.absent: dict[str, float] = {}  # of these, when they were not there yet, by the date
        self.last = 0.0  # when all was listed, by the date
        self.changed, self.since, self.listed = -1, 0.0, 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            try:
                self.look()
                self.trouble("")
            except OSError as error:
                self.trouble(error.strerror or type(error).__name__)
            except Exception as error:  # such as a journal on a full disk
                self.trouble(text.line(error, 100))

    def look(self) -> None:
        """Take over what is there and is not known."""
        changed, now = os.stat(self.inbound).st_mtime_ns, time.monotonic()
        if changed != self.changed:
            self.changed, self.since = changed, now
        if now - self.since < SURE_SECONDS or now - self.listed > LONGEST:
            self.listed, last, self.last = now, self.last, time.time()
            for name in sorted(os.listdir(self.inbound), key=lambda n: n.rsplit("+", 2)[-2:]):
                if name not in self.known and name not in self.seen:
                    self.seen[name], self.absent[name] = now, last
        failed: BaseException | None = None
        waiting = self.journal.waiting() if self.seen else {}
        for name, since in list(self.seen.items()):
            about = whose(name)
            if about and waiting.get(about, 0) >= MOST_WAITING:
                continue
            waiting[about] = waiting.get(about, 0) + 1
            try:
                if self._take(name, patient=now - since < LONGEST):
                    self.known.add(name)
                    del self.seen[name], self.absent[name]
            except Exception as error:  # the others may go well
                failed = error
        if failed is not None:
            raise failed

    def _take(self, name: str, patient: bool) -> bool:
        """Take a submission over; False where it is to be looked at again."""
        source = self.inbound / name
        about = whose(name)
        try:
            mine = about is not None and stat.S_ISDIR(source.lstat().st_mode)
            mine = mine and exchange.made_by(str(source), about[0])
        except FileNotFoundError:  # it was taken away
            mine = False
        if not mine:
            return True  # it is nobody's
        student, lab = about
        # nbgrader writes this file last; who copies by hand may write none.
        if patient and not _has(source / handed_in.SECRET):
            return False
        target = self.journal.folder / name
        new = target.with_name(f".new-{os.getpid()}")
        shutil.rmtree(new, ignore_errors=True)
        try:
            notes = exchange.copy(source, new)
        except (handed_in.Refused, PermissionError) as error:
            notes = [str(error)]
        if patient and (notes or not any(new.iterdir())):  # perhaps it cannot be read yet
            return False
        _date(new, self.absent[name])
        shutil.rmtree(target, ignore_errors=True)  # of a service that was killed just here
        new.rename(target)
        self.journal.add(name, lab, student, time.time())
        self.arrived()
        return True


def whose(name: str) -> tuple[str, str] | None:
    """Return learner and lab of a folder's name in the exchange; None where it is none."""
    parts = name.rsplit("+", 3)
    if len(parts) != 4 or not name.isprintable() or not text.proper(parts[0]):
        return None
    if parts[1] not in declaration.names():
        return None
    return parts[0], parts[1]


def _date(folder: Path, absent: float) -> None:
    """Let a submission be no older than when it was not there yet, whatever it says itself."""
    said, _ = handed_in.timestamp(folder)
    least = datetime.datetime.fromtimestamp(absent, datetime.UTC)
    askew = datetime.timedelta(seconds=ASKEW_SECONDS)
    if absent and (said is None or parse_utc(said).replace(tzinfo=datetime.UTC) < least - askew):
        write(folder / handed_in.TIMESTAMP, f"{least:%Y-%m-%d %H:%M:%S.%f} UTC".encode(), 0o644)


def _has(path: Path) -> bool:
    """Tell whether a regular file is there, with something in it."""
    try:
        about = path.lstat()
    except (FileNotFoundError, PermissionError):
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size > 0
