"""The learner's process: gives up its rights, runs the cells, answers calls.

Once a cell has run, nothing in this process is to be trusted: what it sends is checked by the
marker, and what it should have stopped, the marker stops by killing it.
"""

from __future__ import annotations

import _signal
import contextlib
import fcntl
import gc
import os
import random
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from utils.engine.calling import Call, Failure, Outcome, failure, run_calls

from . import confine, forbid, shell
from .channel import Channel
from .lending import Loans
from .sound import failure_to_body, outcomes_to_body

OUT, ERR, CHANNEL, LOANS = 1, 2, 3, 4


class Timeout(BaseException):
    """Raised inside a learner's code when its time is over."""


def main(shell: Any, pipes: list[socket.socket], settings: dict, targets: forbid.Targets) -> None:
    """Be the learner's process from the fork to the end; never returns.

    `pipes` are those to the marker and to the process of the right answers.
    """
    channel = Channel(pipes[0])
    try:
        enclose(pipes, settings)
        channel, loans = (Channel(socket.socket(fileno=fd)) for fd in (CHANNEL, LOANS))
        how = {name: settings[name] for name in ("jailed", "light")}
        forbid.destroy(targets, settings["forbid"], **how)
        renounce(settings)
        gc.enable()
        random.seed(0)  # (a fork seeds it anew)
        channel.send(0, "ready")
        Service(channel, loans, shell, settings, targets.seen).serve()
    except BaseException as error:
        with contextlib.suppress(BaseException):
            channel.send(0, f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


def enclose(pipes: list[socket.socket], settings: dict) -> None:
    """Keep two pipes and a scratch folder: no other file, process or queue is in sight."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()  # signals to a group, or to who started it, reach this process alone
    scratch = settings["scratch"]
    if settings["jailed"]:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        confine.unshare(confine.CLONE_NEWNS | confine.CLONE_NEWIPC)
        flags = confine.MS_NOSUID | confine.MS_NODEV | confine.MS_NOEXEC
        size = f"size={settings['scratch_size']},nr_inodes=4096,mode=700"
        confine.mount("none", scratch, "tmpfs", flags, size)
    os.chdir(scratch)
    os.environ["HOME"] = scratch
    null = os.open(os.devnull, os.O_RDONLY)
    files = [os.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600) for name in "oe"]
    for name in "oe":
        os.unlink(name)
    # Copies that lie above all targets, so that none is closed before it is in its place.
    kept = [
        fcntl.fcntl(fd, fcntl.F_DUPFD, 16)
        for fd in (null, *files, *map(socket.socket.fileno, pipes))
    ]
    for source, target in zip(kept, (0, OUT, ERR, CHANNEL, LOANS), strict=True):
        os.dup2(source, target)
    os.closerange(LOANS + 1, 1024)


def renounce(settings: dict) -> None:
    """Give up what the process could still do; from here on there is no way back."""
    strict = settings["jailed"]
    with contextlib.nullcontext() if strict else contextlib.suppress(OSError, AttributeError):
        confine.limit_resources(settings)
        if strict:
            confine.hide_proc(settings["threads"])
        confine.drop_privileges()
        confine.filter_system_calls()


class Service:
    """Runs cells and calls for the marker, one request after the other."""

    def __init__(
        self, channel: Channel, loans: Channel, shell: Any, settings: dict, seen: list[str]
    ) -> None:
        self.channel, self.shell, self.seen = channel, shell, seen
        self.output, self.loans = settings["output"], Loans(loans)
        self.shell.stop = (Timeout,)

    def serve(self) -> None:
        """Answer requests until the marker closes its end."""
        while True:
            number, (kind, *rest) = self.channel.receive()
            for reply in getattr(self, "on_" + kind)(*rest):
                try:
                    self.channel.send(number, reply)
                except (TypeError, ValueError):
                    failed = Outcome(error=Failure("NotPlain", "a value that is far too large"))
                    self.channel.send(number, outcomes_to_body([failed] * len(reply)))

    def on_cell(self, source: str, seconds: float, wall: float, most: int | None) -> Iterator[list]:
        """Run a cell, at most so many statements of it.

        Answer with what it printed, its error, its time, what was refused, how many it finished.
        """
        self.seen.clear()
        self.shell.finished, self.shell.most = 0, most
        started = time.monotonic()
        try:
            with time_limit(seconds, wall):
                result = self.shell.run_cell(source, store_history=False)
                error = result.error_before_exec or result.error_in_exec
                shell.tidy()
        except BaseException as raised:
            error = raised
        error = failure_to_body(error and failure(error))
        out, err = self._printed(OUT), self._printed(ERR)
        passed = time.monotonic() - started
        yield [out, err, error, passed, list(self.seen), self.shell.finished]

    def on_borrow(self, names: list[str]) -> Iterator[None]:
        """Put right answers, which run elsewhere, into the learner's namespace."""
        self.shell.user_ns.update({name: self.loans.function(name) for name in names})
        yield None

    def on_lend(self, names: list[str]) -> Iterator[None]:
        """Be the process of right answers: lend those of `names`, until the marker says more."""
        self.loans.here = {name: self.shell.user_ns[name] for name in names}
        yield None
        ours, theirs = self.channel.socket, self.loans.channel.socket
        while ours not in select.select([ours, theirs], [], [])[0]:
            self.loans.answer()

    def on_calls(self, cases: list, seconds: float, wall: float) -> Iterator[list]:
        """Answer every case with its outcomes."""
        for case in cases:
            self.seen.clear()
            calls = [Call(function, args) for function, args in case]
            outcomes = run_calls(self.shell.user_ns, calls, guard=Deadline(seconds, wall))
            if self.seen:
                outcomes = [replace(o, forbidden=list(self.seen)) for o in outcomes]
            yield outcomes_to_body(outcomes)

    def _printed(self, fd: int) -> str:
        """Return what was written to a stream since the last cell, up to the limit."""
        with contextlib.suppress(BaseException):
            (sys.stdout if fd == OUT else sys.stderr).flush()
        size = os.fstat(fd).st_size
        text = os.pread(fd, self.output, 0).decode("utf-8", "replace")
        os.ftruncate(fd, 0)
        return text + f"\n[{size - self.output} more bytes]" * (size > self.output)


class Deadline:
    """A time that several pieces of code share, one after the other."""

    def __init__(self, seconds: float, wall: float) -> None:
        self.work = time.process_time() + seconds
        self.end = time.monotonic() + wall

    def __call__(self) -> contextlib.AbstractContextManager:
        """Return a context in which the code inside has what is left."""
        return time_limit(self.work - time.process_time(), self.end - time.monotonic())


@contextlib.contextmanager
def time_limit(seconds: float, wall: float) -> Iterator[None]:
    """Raise `Timeout` in the code inside after `seconds` of processor time, or `wall` seconds.

    Processor time is that of all threads of this process, so that a busy machine costs nobody a
    point; what sleeps or waits is stopped by the clock on the wall. Code that does not listen is
    killed by the marker.
    """
    active = True

    def ring(*_: object) -> None:
        if active:
            raise Timeout("stopped at its deadline")

    timers = ((signal.ITIMER_PROF, seconds), (signal.ITIMER_REAL, wall))
    # (`signal.signal` looks for the handler before in an enum, which takes longer than all else.)
    _signal.signal(_signal.SIGPROF, ring)
    _signal.signal(_signal.SIGALRM, ring)
    try:
        for timer, left in timers:
            signal.setitimer(timer, max(left, 1e-3))
        yield
    finally:
        active = False
        for timer, _ in timers:
            signal.setitimer(timer, 0)
