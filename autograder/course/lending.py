"""Ask a running service: to do a run of `grade`, or to mark one submission for nbgrader.

A service listens at a socket in its course folder, which its owner alone can open. What asks has
imported nothing slow; it gets the answer, or what went wrong there, as its own. Where there is no
service, or one of another release, the answer is `Nobody` and it does the work itself.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

from autograder.course import keys
from autograder.course.folders import Course

SOCKET = ".service"


class Nobody(RuntimeError):
    """No service answers; the message says why, where there is one that cannot help."""


@contextlib.contextmanager
def _address(course: Course) -> Iterator[str]:
    """Give the address of a course's socket: the path itself may be too long for one."""
    folder = os.open(course.folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


def ask(
    course: Course, what: str, *args: Any, told: Callable[[str], object] = lambda line: None
) -> Any:  # fmt: skip
    """Have the course's service do something; `told` gets what it says meanwhile.

    Raises `Nobody`, and whatever was raised there.
    """
    try:
        with _address(course) as address:
            pipe = Client(address)
    except OSError:
        raise Nobody("") from None
    with pipe:
        try:
            pipe.send((keys.marker_key(), what, args))
            while True:
                kind, content = pipe.recv()
                if kind == "told":
                    told(content)
                elif kind == "raised":
                    raise content
                else:
                    return content
        except (EOFError, ConnectionError):
            raise Nobody("the service ended in the middle") from None


class Desk(threading.Thread):
    """Where a service is asked; `answer(what, args, tell, gone)` is called in a thread each time.

    It may `tell` lines meanwhile, and `gone()` says whether whoever asked has gone.
    """

    def __init__(self, course: Course, answer: Callable) -> None:
        super().__init__(daemon=True, name="desk")
        self.answer = answer
        self.path = course.folder / SOCKET
        self.path.unlink(missing_ok=True)
        self.place = contextlib.ExitStack()  # its address holds as long as it listens
        self.listener = Listener(self.place.enter_context(_address(course)), backlog=32)
        self.path.chmod(0o600)

    def run(self) -> None:
        while True:
            try:
                pipe = self.listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(pipe,), daemon=True).start()

    def _serve(self, pipe: Connection) -> None:
        with pipe, contextlib.suppress(EOFError, OSError):
            key, what, args = pipe.recv()

            def gone() -> bool:
                try:
                    return pipe.poll() and not pipe.recv()
                except (EOFError, OSError):
                    return True

            try:
                if key != keys.marker_key():
                    raise Nobody(
                        "the running service is of another release of this project: start it anew"
                    )
                found = self.answer(what, args, lambda line: pipe.send(("told", line)), gone)
            except BaseException as error:
                pipe.send(("raised", error))
            else:
                pipe.send(("done", found))

    def close(self) -> None:
        """Answer nobody any more."""
        with contextlib.suppress(OSError):
            self.listener.close()
        self.place.close()
