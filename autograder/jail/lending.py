"""Functions on loan: a right answer that a learner's code may call, and never see.

The right answers are in a process of their own, in which no learner's code ever runs, at the other
end of a second pipe. Values cross as they are (NumPy numbers stay NumPy numbers, tuples tuples); a
function among the arguments stays where it is and is called back; a generator of random numbers
goes with its state and comes back with the new one.
"""

from __future__ import annotations

import builtins
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from utils.engine.models import to_plain
from utils.engine.plain import ModelData, NotPlain, plain

from .channel import Channel

DEEPEST = 8  # lent functions and functions given to them that wait for each other


class Loans:
    """One process's side of the pipe: calls that go out, and calls that come in.

    Frames are `["call", target, arguments]`, answered by `["done", answer]`; a target is the name
    of what is lent from `here`, or the place of a function among the arguments of a call before.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel, self.here = channel, {}
        self.turn, self.open = threading.RLock(), 0

    def function(self, target: str | int) -> Callable:
        """Return a function that runs elsewhere: a lent one by its name, an argument by place."""

        def lent(*args: Any, **kwargs: Any) -> Any:
            return self._out(target, args, kwargs)

        lent.__name__ = str(target)
        return lent

    def answer(self) -> None:
        """Answer the next call that comes in."""
        _, (_, target, packed) = self.channel.receive()
        self.channel.send(0, ["done", self._perform(self.here, target, packed)])

    def _out(self, target: str | int, args: tuple, kwargs: dict) -> Any:
        kept: list[Any] = []
        packed = _pack((args, kwargs), kept)
        stopped = None
        with self.turn, _alarms(signal.SIG_BLOCK):  # a frame is written and read whole
            self.channel.send(0, ["call", target, packed])
            while True:
                _, (kind, *rest) = self.channel.receive()
                if kind == "done":
                    break
                try:
                    with _alarms(signal.SIG_UNBLOCK):
                        where = kept if type(rest[0]) is int else self.here
                        answer = self._perform(where, *rest)
                except BaseException as error:
                    stopped, answer = error, ["error", "TimeoutError", "stopped", []]
                self.channel.send(0, ["done", answer])
        if stopped is not None:
            raise stopped
        how, *what, states = rest[0]
        for generator, state in zip(_generators(kept), states, strict=False):
            generator.bit_generator.state = state
        if how == "error":
            known = getattr(builtins, what[0], None)
            fits = isinstance(known, type) and issubclass(known, Exception)
            raise (known if fits else RuntimeError)(what[1])
        return self._unpack(what[0], [])

    def _perform(self, where: Any, target: str | int, packed: Any) -> list:
        """Call a function that is here for somebody elsewhere; return what to answer."""
        kept: list[Any] = []
        self.open += 1
        try:
            if self.open > DEEPEST:
                raise RecursionError("lent functions that call each other too deeply")
            args, kwargs = self._unpack(packed, kept)
            value = where[target](*args, **kwargs)
            return ["value", _pack(value, []), _states(kept)]
        except NotPlain as error:
            return ["error", "TypeError", str(error), []]
        except Exception as error:
            return ["error", type(error).__name__[:80], str(error)[:300], _states(kept)]
        finally:
            self.open -= 1

    def _unpack(self, data: Any, kept: list) -> Any:
        kind, value = data
        if kind == "list":
            return [self._unpack(item, kept) for item in value]
        if kind == "tuple":
            return tuple(self._unpack(item, kept) for item in value)
        if kind == "dict":
            return {key: self._unpack(item, kept) for key, item in value}
        if kind == "number":
            return value[()]
        if kind == "function":
            return self.function(value)
        if kind == "generator":
            generator = np.random.default_rng(0)
            generator.bit_generator.state = value
            kept.append(generator)
            return generator
        if isinstance(value, ModelData):
            from utils.engine.models import to_keras

            return to_keras(value)
        return value


def _pack(value: Any, kept: list, depth: int = 0) -> list:
    """Write a value so that it arrives as what it is; `kept` holds what stays here."""
    if depth > 5:
        raise NotPlain("a value nested too deeply")
    if isinstance(value, np.generic):
        return ["number", plain(np.asarray(value))]
    if type(value) in (list, tuple):
        kind = "list" if type(value) is list else "tuple"
        return [kind, [_pack(item, kept, depth + 1) for item in value]]
    if type(value) is dict:
        for key in value:
            if type(key) not in (str, int):
                raise NotPlain(f"a dict with a key of type {type(key).__name__}")
        return ["dict", [[key, _pack(item, kept, depth + 1)] for key, item in value.items()]]
    if isinstance(value, np.random.Generator):
        kept.append(value)
        return ["generator", plain(value.bit_generator.state)]
    try:
        return ["plain", to_plain(value)]
    except NotPlain:
        if not callable(value):
            raise
    kept.append(value)
    return ["function", len(kept) - 1]


def _generators(kept: list) -> list[np.random.Generator]:
    return [each for each in kept if isinstance(each, np.random.Generator)]


def _states(kept: list) -> list:
    return [plain(each.bit_generator.state) for each in _generators(kept)]


@contextlib.contextmanager
def _alarms(how: int) -> Iterator[None]:
    """Put off the alarms of deadlines, or let them ring, for a while."""
    before = signal.pthread_sigmask(how, {signal.SIGALRM, signal.SIGPROF})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
