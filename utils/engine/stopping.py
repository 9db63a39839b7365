"""Stop an answer that does not end, and say where it was: in which loop, and what nothing changes.

with within(5.0):
    softmax(z)     # raises `Timeout` after five seconds of work, `Stopped` if the learner
                   # presses the notebook's stop button
"""

from __future__ import annotations

import _thread
import ast
import contextlib
import ctypes
import linecache
import re
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

LEARNERS = re.compile(r"ipykernel|ipython-input|<cell")  # the file names of cells
WAITING = 10  # times as long as an answer may work it may wait, as for `time.sleep`


class Timeout(BaseException):
    """Raised in an answer that worked too long; not an `Exception`, so that few catch it."""


class Stopped(Timeout):
    """Raised in an answer that the learner stopped."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `Timeout` inside the body once it has worked for `seconds`, again and again.

    Work is processor time, so that a busy machine stops nobody; by the clock it may last ten times
    as long. Cells run in the main thread, where what waits is interrupted too; controls in another,
    where the body is stopped at its next line of Python.
    """
    main = threading.current_thread() is threading.main_thread()
    with _main(seconds) if main else _elsewhere(seconds):
        yield


@contextlib.contextmanager
def _main(seconds: float) -> Iterator[None]:
    running = True

    def stop(number: int, frame: FrameType | None) -> None:
        if running:
            raise Timeout(f"{seconds:g}") if _watch.late else Stopped

    outer, before = _watch.set(seconds), signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        running = False
        _watch.put(outer)
        with _watch.lock:  # an alarm under way arrives before the handler is another one
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _elsewhere(seconds: float) -> Iterator[None]:
    outer = _watch.set(seconds)
    try:
        yield
    finally:
        try:
            _watch.put(outer)
        finally:  # an alarm under way arrives before this, or not at all
            _watch.put(outer)
            with _watch.lock:
                _raise_in(threading.get_ident(), None)


class _Watch:
    """A thread that looks at the limits of other threads every now and then, while there are any.

    A limit is a pair, of processor time and by the clock.
    """

    def __init__(self) -> None:
        self.limits: dict[int, tuple[float, float]] = {}  # by thread
        self.late = False
        self.lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def set(self, seconds: float) -> tuple[float, float] | None:
        """Set this thread's limit to what is `seconds` from now; return the one before."""
        thread = threading.get_ident()
        with self.lock:
            outer, self.late = self.limits.get(thread), False
            self.limits[thread] = (
                time.process_time() + seconds, time.monotonic() + WAITING * seconds
            )  # fmt: skip
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, daemon=True)
                self._thread.start()
        return outer

    def put(self, limit: tuple[float, float] | None) -> None:
        """Put an earlier limit of this thread, or none, in the place of the last one."""
        with self.lock:
            if limit is None:
                self.limits.pop(threading.get_ident(), None)
            else:
                self.limits[threading.get_ident()] = limit

    def _look(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(0.05)
            now = time.monotonic()
            with self.lock:
                if not self.limits:
                    if now - last > 10:  # calls follow one another; now none has for a while
                        self._thread = None
                        return
                    continue
                last = now
                for thread, limit in list(self.limits.items()):
                    if time.process_time() > limit[0] or now > limit[1]:
                        # Again, since some code catches what stops it.
                        self.limits[thread] = limit[0] + 1.0, limit[1] + 1.0
                        self._stop(thread)

    def _stop(self, thread: int) -> None:
        if thread == threading.main_thread().ident:
            self.late = True
            _interrupt()
        else:
            _raise_in(thread, Timeout)


_watch = _Watch()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Let a thread raise an error at its next line; None takes back what has not arrived."""
    kind = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), kind)


def _interrupt() -> None:
    """Let the main thread's handler of Ctrl-C run, also where it sleeps (not on Windows)."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()


@dataclass(frozen=True)
class Place:
    """Where an answer was: the line, the innermost loop around it, what to ask about the loop."""

    line: str
    loop: str = ""
    question: str = ""


def place(error: BaseException) -> Place:
    """Return where in the learner's cells an answer was stopped."""
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((f for f in reversed(frames) if LEARNERS.search(f.filename)), None)
    if frame is None:
        return Place("")
    lines = linecache.getlines(frame.filename)
    line = (frame.line or "").strip()
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:  # a cell with a magic command
        return Place(line)
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.While, ast.For)) and node.lineno <= frame.lineno <= node.end_lineno
    ]
    # The innermost `while` around the line is the one that may have no end.
    loops = [node for node in inside if isinstance(node, ast.While)] or inside
    if not loops:
        return Place(line, question="Is something called here far larger than its inputs?")
    loop = max(loops, key=lambda node: node.lineno)
    return Place(line, lines[loop.lineno - 1].strip(), _question(loop))


def _question(loop: ast.While | ast.For) -> str:
    if isinstance(loop, ast.For):
        return "How often does that loop run, and what does one round of it cost?"
    if isinstance(loop.test, ast.Constant):
        return "What ends that loop: is its `break` or `return` ever reached?"
    called = {id(node.func) for node in ast.walk(loop.test) if isinstance(node, ast.Call)}
    tested = [n for n in ast.walk(loop.test) if isinstance(n, ast.Name) and id(n) not in called]
    names = list(dict.fromkeys(node.id for node in tested))
    changed = {name for node in loop.body for name in _changed(node)}
    if names and not changed & set(names):
        told = " or ".join(f"`{name}`" for name in names)
        return f"Nothing inside that loop changes {told}: so what should end it?"
    return f"When does `{ast.unparse(loop.test)}` become false?"


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the names that code may change: assigned to, also in part, or with a method called."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            each = each.func.value
        elif not isinstance(getattr(each, "ctx", None), (ast.Store, ast.Del)):
            continue
        while isinstance(each, (ast.Attribute, ast.Subscript)):
            each = each.value
        if isinstance(each, ast.Name):
            yield each.id
