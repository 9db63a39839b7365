"""Call an answer and write down what happened: the same code in the notebook and under marking.

Nothing is judged here. `run_calls` returns one `Outcome` a call, and an outcome is plain data.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import Any

import numpy as np

from utils.engine.models import to_keras, to_plain
from utils.engine.plain import (
    MAX_ITEMS,
    SCALARS,
    Layout,
    ModelData,
    NotPlain,
    Result,
    Rng,
    Same,
    Source,
)
from utils.engine.stopping import LEARNERS, Timeout, place

# The function of a call that gives back its argument, a `Result`, as that is by now; of two it
# tells whether they are one object.
KEPT = "="
# What TensorFlow puts around its messages.
_NOISE = re.compile(r"\{\{function_node [^}]*\}\}\s*|\s*\[Op:\w+\](?: name:)?\s*$")
MOST_PRINTED = 2000  # characters of what a call prints
MOST_PLACES = 4  # where a function that was given is called, and the numbers of such a place


@dataclass(frozen=True)
class Call:
    """A call of the learner's `function` with plain `args`; `args=None` reads a variable.

    The function `KEPT` is ours: it looks once more at what an earlier call returned.
    """

    function: str
    args: list | None


@dataclass(frozen=True)
class Failure:
    """Why there is no value: the exception's type and message, and the learner's line.

    Types of our own: "Missing" (no such function), "NotCallable", "NotPlain" (a value that cannot
    be judged), "Timeout", "Stopped" (by the learner), "Died", "Memory", "Protocol".
    """

    type: str
    message: str = ""
    line: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call did: its value or its failure, warnings, and the arguments afterwards.

    `printed` is the beginning of what it printed, where the call was made in this process.
    """

    value: Any = None
    error: Failure | None = None
    warnings: list[str] = field(default_factory=list)
    args_after: list = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    printed: str = ""


class _Printed(io.StringIO):
    """Keeps the beginning of what is printed: a loop may print a million lines."""

    def write(self, text: str) -> int:
        super().write(text[: max(MOST_PRINTED - self.tell(), 0)])
        return len(text)


class _Counted:
    """A function from text that counts its calls, and keeps where the first ones asked for it."""

    def __init__(self, source: Source) -> None:
        self.function = source.function()
        self.calls = 0
        self.at: list[Any] = []

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        if self.calls <= MOST_PLACES:
            with contextlib.suppress(Exception):
                place = np.array(args[0], dtype=float)
                self.at += [place.tolist()] * (place.size <= MOST_PLACES)
        return self.function(*args)


def run_calls(
    namespace: Mapping[str, Any],
    calls: list[Call],
    build_model: Callable[[ModelData], Any] = to_keras,
    guard: Callable[[], contextlib.AbstractContextManager] = contextlib.nullcontext,
) -> list[Outcome]:
    """Make the calls of one case in order and return what each did.

    `guard` is entered around each call of an answer (a deadline, a detector of forbidden calls).
    Printing is kept from the screen. An exception of the answer becomes a `Failure`;
    `KeyboardInterrupt` passes.
    """
    outcomes: list[Outcome] = []
    raw: list[Any] = []
    built: dict[Any, Any] = {}
    for call in calls:
        try:
            args = [_build(arg, built, raw, build_model) for arg in call.args or []]
        except _NoResult:
            outcomes.append(Outcome(error=outcomes[-1].error if outcomes else Failure("Missing")))
            raw.append(None)
            continue
        value, outcome = _run(namespace, call, args, guard)
        raw.append(value)
        outcomes.append(outcome)
    return outcomes


class _NoResult(Exception):
    """What an argument refers to does not exist, since an earlier call failed or changed it."""


def _build(arg: Any, built: dict[Any, Any], raw: list, build_model: Callable) -> Any:
    if type(arg) in SCALARS:  # (most arguments of a graph)
        return arg
    if isinstance(arg, Result):
        value = raw[arg.call] if arg.call < len(raw) else None
        if value is None:
            raise _NoResult
        try:
            return value if arg.item is None else value[arg.item]
        except Exception:
            raise _NoResult from None
    if isinstance(arg, (Rng, Source, ModelData)):
        key = arg if isinstance(arg, Rng) else id(arg)
        if key not in built:
            if isinstance(arg, Rng):
                built[key] = np.random.default_rng(arg.seed)
            elif isinstance(arg, Source):
                built[key] = _Counted(arg)
            else:
                built[key] = build_model(arg)
        return built[key]
    if isinstance(arg, Same):
        key = ("same", arg.key)
        built[key] = _filled(built.get(key), _build(arg.value, built, raw, build_model))
        return built[key]
    if isinstance(arg, Layout):
        return arg.build()
    if isinstance(arg, np.ndarray):
        return arg.copy()
    if isinstance(arg, list):
        return [_build(item, built, raw, build_model) for item in arg]
    if isinstance(arg, tuple):
        return tuple(_build(item, built, raw, build_model) for item in arg)
    if isinstance(arg, dict):
        return {key: _build(item, built, raw, build_model) for key, item in arg.items()}
    return arg


def _filled(old: Any, new: Any) -> Any:
    """Return the object `old` with the contents of `new`; `new` itself where there is no old."""
    if old is None:
        return new
    if isinstance(old, np.ndarray):
        np.copyto(old, new)
    elif isinstance(old, list):
        old[:] = new
    elif isinstance(old, dict):
        old.clear()
        old.update(new)
    else:
        try:
            old.set_weights(new.get_weights())
        except ValueError:  # an answer has changed its layers
            raise _NoResult from None
    return old


def _run(namespace: Mapping, call: Call, args: list, guard: Callable) -> tuple[Any, Outcome]:
    if call.function == KEPT:
        kept = args[0] if len(args) == 1 else args[0] is args[1]
        return kept, _finish(kept, [], [])
    if call.function not in namespace:
        return None, Outcome(error=Failure("Missing", call.function))
    target = namespace[call.function]
    if call.args is None:
        return target, _finish(target, [], [])
    if not callable(target):
        return None, Outcome(error=Failure("NotCallable", type(target).__name__))
    printed, layers = _Printed(), [_layers(arg) for arg in args]
    with (
        warnings.catch_warnings(record=True) as caught,
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        try:
            with guard():
                value = _drawn(target(*args))
            outcome = _finish(value, args, _texts(caught), layers)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            value, outcome = None, Outcome(error=failure(error), args_after=_after(args, layers))
    text = printed.getvalue()
    return value, replace(outcome, printed=text) if text else outcome


def _drawn(value: Any) -> Any:
    """Return a result that can be looked at twice: iterators are read to their end."""
    if isinstance(value, Iterator):
        return list(islice(value, MAX_ITEMS + 1))
    if type(value) in (list, tuple) and any(isinstance(part, Iterator) for part in value):
        return [_drawn(part) for part in value]
    return value


def _finish(value: Any, args: list, texts: list[str], layers: Sequence = ()) -> Outcome:
    try:
        return Outcome(to_plain(value), warnings=texts, args_after=_after(args, layers))
    except NotPlain as error:
        return Outcome(error=Failure("NotPlain", str(error)), args_after=_after(args, layers))


def _layers(arg: Any) -> int | None:
    """Return how many layers a model has, also those that do nothing; None of anything else."""
    return len(arg.layers) if hasattr(arg, "layers") and hasattr(arg, "predict") else None


def _texts(caught: list) -> list[str]:
    """Name NumPy's numerical warnings; others (deprecations) are no matter of the answer's."""
    return sorted({str(w.message)[:200] for w in caught if issubclass(w.category, RuntimeWarning)})


def _after(args: list, layers: Sequence) -> list:
    """Return the arguments as plain data after a call; None for what does not change.

    A model that has more or fewer than the `layers` of before is told by one more of no kind.
    """
    out = []
    for arg, before in zip_longest(args, layers):
        if isinstance(arg, _Counted):
            out.append({"calls": arg.calls, "at": arg.at})
            continue
        try:
            after = None if isinstance(arg, np.random.Generator) else to_plain(arg)
            if isinstance(after, ModelData) and _layers(arg) != before:
                after = replace(after, layers=[*after.layers, {"kind": "changed"}])
            out.append(after)
        except NotPlain:
            out.append(None)
    return out


def failure(error: BaseException) -> Failure:
    """Describe an exception of the learner's code: type, message and the line it came from."""
    kind = type(error).__name__
    if isinstance(error, ValueError) and not any(
        hasattr(m, kind) for m in (builtins, np.exceptions)
    ):
        kind = "ValueError"  # a kind of the answer's own is as good
    line = ""
    if isinstance(error, SyntaxError) and error.lineno:
        return _unread(kind, error)
    if isinstance(error, Timeout):
        at = place(error)
        return Failure(kind, "\n".join([str(error), at.loop, at.question]), at.line)
    with contextlib.suppress(Exception):
        for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
            if LEARNERS.search(name := frame.f_code.co_filename):
                line = linecache.getline(name, number or 0, frame.f_globals).strip()
                break
    try:
        message = _NOISE.sub("", str(error)[:2000]).strip()[:300]
    except Exception:
        message = ""
    return Failure(str(kind)[:80], message, line[:120])


def _unread(kind: str, error: SyntaxError) -> Failure:
    """Describe a syntax error: where it is, and its line with a caret under the place."""
    text = (error.text or "").rstrip("\n").expandtabs(1)[:100]
    at = min(max((error.offset or 1) - 1, 0), len(text))
    start = len(text) - len(text.lstrip())
    line = f"{text[start:]}\n{' ' * max(at - start, 0)}^" if text.strip() else ""
    return Failure(kind, f"{str(error.msg)[:200]} (line {error.lineno})", line)
