"""The marker's side of the jail: start the template, have learners forked, talk to them.

    with Template() as template:
        with template.learner(cells, forbid={"softmax"}) as learner:
            results = learner.run_cells()
            outcomes = learner.call([Call("softmax", [z])], deadline=2.0)

What a learner's process does wrong ends up in the results; an exception here (`JailError`) means
that the jail itself does not work.
"""

from __future__ import annotations

import contextlib
import json
import math
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from traitlets import Float, Integer
from traitlets.config import Configurable

from utils.engine.calling import Call, Failure, Outcome
from utils.engine.forbidden import FAMILIES

from .bwrap import SCRATCH, JailError, command, environment
from .channel import Channel, Gone, Late, ProtocolError, Tally, TooLarge
from .layers import Layer, layers
from .sound import RETURNED, failure_from_body, outcomes_from_body, texts

__all__ = ["CellResult", "JailError", "Layer", "Learner", "Limits", "Template", "layers"]

START_SECONDS, CONTROL_SECONDS, SEND_SECONDS = 180.0, 60.0, 20.0
REST_SECONDS = 0.5  # for the rest of an answer that begins at its deadline
BATCH = 16  # cases sent at a time


def _limit(kind: type, default: float, text: str) -> Any:
    return kind(default, help=text).tag(config=True)


class Limits(Configurable):
    """What one learner's process may use."""

    cell = _limit(Float, 30.0, "Seconds of processor time that a cell may use.")
    aside = _limit(Float, 5.0, "Seconds of processor time for a cell that no answer is made of.")
    notebook = _limit(
        Float, 120.0, "Seconds of processor time that all cells of a notebook may use together."
    )
    call = _limit(
        Float, 2.0, "Seconds of processor time for a call where its exercise names no deadline."
    )
    wall = _limit(
        Float,
        10.0,
        "How many times as long as its processor time anything may last by the clock on the wall: "
        "for a busy machine, and against what sleeps.",
    )
    submission = _limit(
        Float,
        600.0,
        "Seconds by the clock for all that is run of a submission, in all its processes.",
    )
    grace = _limit(Float, 1.0, "Seconds from a missed deadline until the process is killed.")
    patience = _limit(
        Integer, 3, "Missed deadlines (of `call` seconds) until a function is given up."
    )
    restarts = _limit(Integer, 2, "How often a process that died is started again.")
    cpu = _limit(Integer, 300, "Seconds of processor time for all that is run of a submission.")
    memory = _limit(Integer, 2 << 30, "Bytes of memory, on top of the imported libraries.")
    file_size = _limit(Integer, 64 << 20, "Bytes of the largest file.")
    scratch_size = _limit(Integer, 64 << 20, "Bytes of all files in the scratch folder.")
    output = _limit(Integer, 64 << 10, "Bytes kept of each output stream of a cell.")
    open_files = _limit(Integer, 256, "Files open at a time.")
    threads = _limit(Integer, 256, "Threads (new processes are refused altogether).")

    def to_settings(self) -> dict:
        """Return the limits by name, as the learner's process sets them for itself."""
        return {name: getattr(self, name) for name in self.class_own_traits(config=True)}


class Budget:
    """What the processes of one submission may use together, and what one tells the next.

    `until` is when it ends by the clock, `work` the processor time that is left, `tally` counts
    what they have sent. `endless` holds cells that were stopped at their deadline, with the number
    of statements that they had finished: no later process waits for the next one again. `aside`
    holds cells that no answer is made of.
    """

    def __init__(self, limits: Limits) -> None:
        self.until = time.monotonic() + limits.submission
        self.work = float(limits.cpu)
        self.tally = Tally()
        self.endless: dict[tuple[str, str], int] = {}
        self.aside: frozenset[tuple[str, str]] = frozenset()

    @property
    def left(self) -> float:
        """Seconds that are left, by the clock and of work; none or fewer when they are over."""
        return min(self.until - time.monotonic(), self.work)


@dataclass(frozen=True)
class CellResult:
    """What running a cell did."""

    cell_id: str
    stdout: str = ""
    stderr: str = ""
    error: Failure | None = None
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)
    finished: int = 0  # statements


class NeedsFull(Exception):
    """A full template would have to start, and may not: somebody else has one, or will have."""


class Template:
    """Warm processes from which learners are forked; start one for each worker.

    Raises `JailError` where a layer of the jail is missing, unless `jailed` is False. The first is
    a light one (NumPy only), whose forks cost a fraction; the full one, with TensorFlow, grows out
    of it. Who is to stay `light` raises `NeedsFull` instead.
    """

    def __init__(
        self, limits: Limits | None = None, jailed: bool = True, light: bool = False
    ) -> None:
        self.limits = limits or Limits()
        self.jailed, self.light = jailed, light
        self._servers: dict[bool, _Server] = {}

    def begin(self, light: bool = False) -> Template:
        """Start both, or the `light` one only, and wait for neither.

        Who needs the light one only is not kept waiting; the full one starts when it is needed.
        """
        try:
            self._begun(light or self.light)
        except BaseException:
            self.close()
            raise
        return self

    def start(self) -> Template:
        """Start now, rather than for the first learner; return when the full one is ready."""
        try:
            self.begin()._server(light=False)
        except BaseException:
            self.close()
            raise
        return self

    def learner(
        self,
        cells: Iterable[tuple[str, str]],
        forbid: Iterable[str] = frozenset(),
        budget: Budget | None = None,
        light: bool = False,
    ) -> Learner:
        """Return a learner that will run `cells`, without the forbidden families of functions.

        `budget` is what it shares with other processes of the same submission. A `light` one has no
        TensorFlow: who uses it finds it refused.
        """
        forbid = sorted(forbid)
        if unknown := set(forbid) - set(FAMILIES):
            raise ValueError(f"no family of functions: {', '.join(unknown)}")
        light = light or any(FAMILIES[name].without for name in forbid)
        return Learner(self._server(light), list(cells), forbid, self.limits, budget)

    def close_learners(self, learners: Iterable[Learner]) -> None:
        """Kill learners' processes; wait for all of them together, which is quicker."""
        learners = list(learners)
        for learner in learners:
            learner.kill()
        for learner in learners:
            learner.close()

    def close(self) -> None:
        """End the template and every learner's process."""
        for light in sorted(self._servers):  # the full one first
            self._servers[light].close()
        self._servers.clear()

    def _server(self, light: bool) -> _Server:
        return self._begun(light).ready()

    def _begun(self, light: bool) -> _Server:
        if self.light and not light:
            raise NeedsFull
        if self._servers and not all(server.alive() for server in self._servers.values()):
            self.close()
        if True not in self._servers:
            self._servers[True] = _Server(self.jailed)
        if light not in self._servers:
            self._servers[light] = _Server(self.jailed, self._servers[True])
        return self._servers[light]

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.close()


class _World:
    """One bubblewrap, or what stands in for it: a process, its log, and scratch folders."""

    def __init__(self, jailed: bool, control: socket.socket) -> None:
        # Where there is no jail, scratch folders lie in this one; a killed run leaves none behind
        # where there is.
        self.folder = SCRATCH if jailed else tempfile.mkdtemp(prefix="learners-")
        self.jailed, self.log = jailed, tempfile.TemporaryFile()  # noqa: SIM115
        self.process: subprocess.Popen | None = None
        self.listens = False
        try:
            self.process = subprocess.Popen(
                command(control.fileno(), self.folder, jailed),
                pass_fds=[control.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                cwd="/",
                env=environment(self.folder),
                start_new_session=True,
            )
        except (JailError, OSError):
            self.close()
            raise

    def said(self) -> str:
        """Return the end of the log."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace").strip()[-2000:]

    def close(self) -> None:
        """End the process, whose control socket is closed, and with it all that it started."""
        self.log.close()
        if self.process is not None:
            if not self.listens:
                self.process.kill()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not self.jailed:
            shutil.rmtree(self.folder, ignore_errors=True)


class _Server:
    """One template process and the control socket to it."""

    def __init__(self, jailed: bool, out_of: _Server | None = None) -> None:
        """Start the first template of a world, or have one forked `out_of` it."""
        self.lock = threading.Lock()
        self.scratch: dict[int, str] = {}
        self.warm, self.first = False, out_of is None
        self.control, inner = socket.socketpair()
        with inner:
            try:
                self.world = out_of.world if out_of else _World(jailed, inner)
            except (JailError, OSError) as error:
                self.control.close()
                raise JailError(str(error)) from None
            if out_of:
                request = json.dumps({"grow": True}).encode()
                with contextlib.suppress(OSError):  # it has ended: who waits for this one hears why
                    socket.send_fds(out_of.control, [request], [inner.fileno()])

    def ready(self) -> _Server:
        """Wait until it can fork; return it."""
        with self.lock:
            if not self.warm:
                missing = self._reply(START_SECONDS, "the jail does not start")["missing"]
                if missing:
                    self.close()
                    raise JailError(f"the labs cannot import {', '.join(missing)}")
                self.warm = self.world.listens = True
        return self

    def alive(self) -> bool:
        """Return whether it still holds its end of the control socket."""
        if self.control.fileno() < 0:
            return False
        control = select.poll()
        control.register(self.control, select.POLLIN)
        return not control.poll(0) or bool(self.control.recv(1, socket.MSG_PEEK))

    def fork(
        self, settings: dict, loans: socket.socket, tally: Tally | None = None
    ) -> tuple[int, Channel, Clock]:
        """Have a learner's process forked; return its number, the pipe to it, and its clock.

        `loans` is its end of the pipe to the right answers.
        """
        ours, theirs = socket.socketpair()
        Clock.expect(ours)
        channel = Channel(ours, RETURNED, tally, ahead=True)
        folder = self.world.folder
        scratch = folder if self.world.jailed else tempfile.mkdtemp(dir=folder)
        try:
            with theirs, loans:
                request = {"fork": settings | {"scratch": scratch}}
                reply = self._ask(request, [theirs.fileno(), loans.fileno()])
            if "error" in reply:
                raise JailError(f"no process for the learner: {reply['error']}")
            self.scratch[reply["pid"]] = scratch
            clock = Clock(ours)
            try:
                _, word = channel.receive(time.monotonic() + CONTROL_SECONDS)
            except (Late, Gone, ProtocolError) as error:
                word = f"{type(error).__name__} while a learner's process was starting"
            if word != "ready":
                self.end(reply["pid"])
                raise JailError(str(word))
        except BaseException:
            channel.close()
            raise
        return reply["pid"], channel, clock

    def kill(self, pid: int) -> None:
        """Kill a learner's process without waiting for its death."""
        self._ask({"kill": pid})

    def end(self, pid: int) -> int:
        """Kill a learner's process; return its exit status once it is dead."""
        status = self._ask({"end": pid})["status"]
        if (scratch := self.scratch.pop(pid, self.world.folder)) != self.world.folder:
            shutil.rmtree(scratch, ignore_errors=True)
        return status

    def close(self) -> None:
        """End the template, and with it every learner's process that it forked."""
        self.control.close()
        if self.first:
            self.world.close()

    def _ask(self, request: dict, fds: Iterable[int] = ()) -> dict:
        with self.lock:
            try:
                socket.send_fds(self.control, [json.dumps(request).encode()], list(fds))
            except OSError as error:
                raise JailError(f"the template has ended: {error}") from None
            return self._reply(CONTROL_SECONDS, "the template has ended")

    def _reply(self, seconds: float, otherwise: str) -> dict:
        self.control.settimeout(seconds)
        try:
            answer = self.control.recv(1 << 16)
        except OSError:
            answer = b""
        if not answer:
            said = self.world.said()
            self.close()
            raise JailError(f"{otherwise}: {said or 'no answer'}")
        return json.loads(answer)


class Clock:
    """The processor time of a learner's process, as the kernel counts it.

    Asked for before a learner's code runs: the kernel then names, with the first bytes on the pipe,
    the process that sent them. Where a system cannot tell, the clock on the wall stands in for it.
    """

    _WHO = struct.Struct("3i")

    @staticmethod
    def expect(pipe: socket.socket) -> None:
        """Have the kernel name who sends: it does so for what is sent from now on."""
        if sys.platform == "linux":
            pipe.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def __init__(self, pipe: socket.socket) -> None:
        self._clock = time.CLOCK_MONOTONIC
        if sys.platform == "linux":
            pipe.settimeout(CONTROL_SECONDS)
            with contextlib.suppress(OSError):
                size = socket.CMSG_SPACE(self._WHO.size)
                for _, kind, data in pipe.recvmsg(1, size, socket.MSG_PEEK)[1]:
                    named = kind == socket.SCM_CREDENTIALS
                    if named and (pid := self._WHO.unpack(data)[0]) > 0:  # (0 is this process)
                        self._clock = ~pid << 3 | 2  # (as clock_getcpuclockid(3) makes it)
            pipe.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)

    def seconds(self) -> float:
        """Return the processor time so far; infinite once the process is gone."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return math.inf


class _Fallen(Exception):
    """A learner's process is dead, late or babbling; holds the failure to report."""

    def __init__(self, kind: str, message: str = "", slept: bool = False) -> None:
        super().__init__(kind)
        self.failure, self.slept = Failure(kind, message), slept


class Learner:
    """A learner's process, started when first needed and again (a few times) when it dies.

    What ends a process (a call, a cell) is reported as failed and not tried again; the cells
    before it are run again in the new process.
    """

    def __init__(
        self,
        server: _Server,
        cells: list[tuple[str, str]],
        forbid: list[str],
        limits: Limits,
        budget: Budget | None = None,
    ) -> None:
        self._server, self._cells, self._limits = server, cells, limits
        self._budget = budget or Budget(limits)
        self._settings = limits.to_settings() | {"forbid": forbid}
        self._results: dict[int, CellResult] = {}
        self._fatal: set[int] = set()
        self._borrowed: list[str] = []
        self._right: Learner | None = None
        self._loans: socket.socket | None = None
        self._started = 0.0
        self._next = 0
        self._pid = 0
        self._starts_left = 1 + limits.restarts
        self._time_left = limits.notebook
        self._wall_left = limits.wall * limits.notebook
        self._channel: Channel | None = None
        self._clock: Clock | None = None

    def run_cells(self) -> list[CellResult]:
        """Run the cells in order; a cell that fails does not stop the next."""
        with contextlib.suppress(_Fallen):
            self._ready()
        lost = CellResult("", error=Failure("Died", "earlier cells ended the process too often"))
        return [
            self._results.get(i, CellResult(name, error=lost.error))
            for i, (name, _) in enumerate(self._cells)
        ]

    def borrow(self, names: Iterable[str], sources: str) -> None:
        """Have functions that `sources` define stand where the learner has its own.

        They run in another process; nothing of their source is ever in this one.
        """
        self._borrowed = list(dict.fromkeys([*self._borrowed, *names]))
        self._sources, self._fresh = sources, True

    def call(self, calls: list[Call], deadline: float | None = None) -> list[Outcome]:
        """Make the calls of one case; return one outcome a call, whatever happens."""
        return self.call_many([calls], deadline)[0]

    def call_many(
        self, cases: list[list[Call]], deadline: float | None = None
    ) -> list[list[Outcome]]:
        """Make the calls of several cases, each within `deadline` seconds, in one go.

        Missed deadlines count by the processor time they took, or by the clock where the process
        slept: what waits for ever is given up at once.
        """
        seconds = self._limits.call if deadline is None else deadline
        wall = self._limits.wall * seconds
        done: list[list[Outcome]] = []
        lost, patience = 0.0, max(seconds, self._limits.patience * self._limits.call)
        while len(done) < len(cases):
            rest = cases[len(done) :][:BATCH]
            try:
                if lost >= patience:
                    raise _Fallen("Timeout", "earlier calls took too long")
                self._ready()
                body = [[[call.function, call.args] for call in calls] for calls in rest]
                started, late = self._clock.seconds(), 0
                number = self._send(["calls", body, seconds, wall])
                for calls in rest:
                    body = self._receive(number, seconds, wall)
                    done.append(self._sound(outcomes_from_body, body, len(calls)))
                    if any(o.error and o.error.type == "Timeout" for o in done[-1]):
                        late += 1
                        slept = self._clock.seconds() - started < late * seconds / 2
                        lost += wall if slept else seconds
                    if lost >= patience and len(done) < len(cases):
                        self._end()  # (it is at work on the next already)
                        break
            except _Fallen as fallen:
                if fallen.failure.type == "Timeout":
                    lost += wall if fallen.slept else seconds
                done.append([Outcome(error=fallen.failure) for _ in cases[len(done)]])
        return done

    def kill(self) -> None:
        """Kill the process; `close` waits for its death."""
        if self._channel is not None:
            self._server.kill(self._pid)

    def close(self) -> None:
        """Kill the process and wait until it and all it started are dead."""
        self._end()

    def __enter__(self) -> Learner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ready(self) -> None:
        """Have a process in which all cells have run; raises `_Fallen` where there is none."""
        while True:
            if self._channel is None:
                self._start()
            try:
                while self._next < len(self._cells):
                    self._run_cell(self._next)
                    self._next += 1
                if self._fresh and self._borrowed:
                    self._lend()
                    self._order("borrow", self._borrowed)
                self._fresh = False
                return
            except _Fallen as fallen:
                if self._next >= len(self._cells):
                    raise
                name = self._cells[self._next][0]
                self._results[self._next] = CellResult(name, error=fallen.failure)
                self._fatal.add(self._next)

    def _start(self) -> None:
        if self._budget.left <= 0:
            raise _Fallen("Timeout", "the time for the whole submission is over")
        if self._budget.tally.over:
            raise _Fallen("Protocol", "the submission has sent too much")
        if self._starts_left <= 0:
            raise _Fallen("Died", "the process ended too often")
        self._starts_left -= 1
        self._end()
        self._settings["cpu"] = min(self._limits.cpu, math.ceil(self._budget.work))
        self._loans, theirs = socket.socketpair()
        try:
            forked = self._server.fork(self._settings, theirs, self._budget.tally)
        except BaseException:
            self._end()
            raise
        self._pid, self._channel, self._clock = forked
        self._started = time.monotonic()
        self._next, self._fresh = 0, True

    def _lend(self) -> None:
        """Have a process of the right answers that lends what is borrowed, and nothing else."""
        try:
            if self._right is None:
                cells = [("right answers", self._sources)]
                self._right = Learner(self._server, cells, [], self._limits, self._budget)
                self._right._serve(self._loans)
            self._right._order("lend", self._borrowed)
        except _Fallen:
            self._end()  # whoever babbled on that pipe until its other end fell
            raise

    def _serve(self, loans: socket.socket) -> None:
        """Be the process of right answers for the process at the other end of `loans`."""
        self._started = time.monotonic()
        self._pid, self._channel, self._clock = self._server.fork(self._settings, loans)
        self._run_cell(0)

    def _run_cell(self, index: int) -> None:
        if index in self._fatal:
            return
        name, source = cell = self._cells[index]
        most = self._budget.endless.get(cell)
        limit = self._limits.aside if cell in self._budget.aside else self._limits.cell
        seconds = min(limit, self._time_left)
        wall = min(self._limits.wall * seconds, self._wall_left)
        if seconds <= 0 or wall <= 0:
            raise _Fallen("Timeout", "the time for the whole notebook is over")
        worked, started = self._clock.seconds(), time.monotonic()
        try:
            body = self._receive(self._send(["cell", source, seconds, wall, most]), seconds, wall)
        except _Fallen as fallen:
            if fallen.failure.type == "Timeout":
                self._budget.endless.setdefault(cell, 0)
            raise
        finally:
            passed = time.monotonic() - started
            self._time_left -= min(self._clock.seconds() - worked, passed, seconds)
            self._wall_left -= passed
        result = self._sound(_cell_result, name, body)
        if result.error and result.error.type == "Timeout":
            self._budget.endless.setdefault(cell, result.finished)
        self._results.setdefault(index, result)

    def _order(self, kind: str, *rest: Any) -> None:
        seconds = self._limits.cell
        self._receive(self._send([kind, *rest]), seconds, self._limits.wall * seconds)

    def _send(self, body: list) -> int:
        """Send a request to a process that has nothing to say yet."""
        number = secrets.randbits(48)
        try:
            if self._budget.left <= 0:
                raise Late
            if not self._channel.silent():
                raise ProtocolError("an answer without a question")
            self._channel.send(number, body, time.monotonic() + SEND_SECONDS)
        except TooLarge:
            raise _Fallen("Died", "far too much was sent to the process") from None
        except (ProtocolError, Late, Gone) as error:
            raise self._fallen(error) from None
        return number

    def _receive(self, number: int, seconds: float, wall: float) -> Any:
        """Return the answer to a request that may take `seconds` of work, `wall` by the clock."""
        end = min(time.monotonic() + wall + self._limits.grace, self._budget.until)
        try:
            self._wait(seconds + self._limits.grace, end)
            now = time.monotonic()  # the rest of a frame has to follow its beginning
            got, body = self._channel.receive(min(now + SEND_SECONDS, max(end, now + REST_SECONDS)))
            if got != number:
                raise ProtocolError("an answer to another question")
        except (ProtocolError, Late, Gone) as error:
            raise self._fallen(error) from None
        return body

    def _wait(self, seconds: float, end: float) -> None:
        """Wait for the first bytes of an answer; raises `Late`."""
        if self._channel.held:
            return
        until = self._clock.seconds() + seconds
        left = seconds
        pipe = select.poll()
        pipe.register(self._channel.socket, select.POLLIN)
        while not pipe.poll(1000 * left):
            late, slept = self._clock.seconds() >= until, time.monotonic() >= end
            if late or slept:
                raise Late(slept and not late)
            left = max(min(until - self._clock.seconds(), end - time.monotonic()), 0.01)

    def _sound(self, read: Any, *args: Any) -> Any:
        try:
            return read(*args)
        except (ValueError, TypeError, LookupError) as error:
            raise self._fallen(ProtocolError(str(error))) from None

    def _fallen(self, error: Exception) -> _Fallen:
        status = self._end()
        if isinstance(error, Late):
            return _Fallen("Timeout", slept=error.args == (True,))
        if isinstance(error, ProtocolError):
            return _Fallen("Protocol", str(error))
        return _Fallen("Died", signal.Signals(-status).name if status < 0 else "")

    def _end(self) -> int:
        if self._right is not None:
            self._right.close()
            self._right = None
        if self._loans is not None:
            self._loans.close()
            self._loans = None
        if self._channel is None:
            return 0
        self._budget.work -= min(self._clock.seconds(), time.monotonic() - self._started)
        self._channel.close()
        self._channel = None
        return self._server.end(self._pid)


def _cell_result(name: str, body: Any) -> CellResult:
    stdout, stderr, error, seconds, refused, finished = body
    if type(stdout) is not str or type(stderr) is not str or type(seconds) is not float:
        raise TypeError("a strange result of a cell")
    if not math.isfinite(seconds):
        raise ValueError("a strange time")
    if type(finished) is not int:
        raise TypeError("a strange number of statements")
    error = error and failure_from_body(error)
    return CellResult(name, stdout, stderr, error, seconds, texts(refused), finished)
