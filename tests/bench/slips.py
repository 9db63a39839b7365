"""Wrong answers that are in no catalogue: right ones with one slip, and what they are told.

`python -m tests.bench.slips [LAB ...] [NUMBER [SEED]]` makes slips, so many an exercise (drawn with
the seed) or all, in the right answers of `tests/labs/answers` (what ships is made from the
solutions), marks them, and counts how many get a reason that a learner can act on. Slips that are
right, or that the catalogue knows, do not count. Each is marked in a process of its own, with a
limit of memory and of time: what ends its process is told, as in the jail.
"""

from __future__ import annotations

import ast
import contextlib
import os
import pickle
import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring import slips as authoring
from autograder.authoring.declaration import Exercise, generator, load, names
from autograder.marking.scoring import Asked, Score, asked, score_of
from tests import cohort
from tests.bench import parser
from utils.engine.calling import run_calls
from utils.engine.forbidden import watch
from utils.engine.judging import verdict
from utils.engine.recognise import _is_alike, fingerprint

ANSWERS = Path(__file__).resolve().parents[1] / "labs" / "answers"
SECONDS = 5
MEMORY = 6 << 30  # bytes: a slip may build a layer of a million units
SLOW = 3.0  # deadline of an exercise that builds or trains models: its judges name all they find
# What is no reason: that something is wrong.
BARE = {"value", "nan", "inf", "strange", "error", "shape", "count", "type", "keys", "missed",
        "at the simplest input"}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A right answer with one slip: what it is, and the functions with it."""

    exercise: Exercise
    kind: str
    text: str
    functions: dict[str, Callable]


# --- slips around the answer ----------------------------------------------------------------------


def _array(value: Any) -> Any:
    return np.asarray(value, dtype=float)


def _on_result(change: Callable) -> Callable:
    """Return a slip that changes what the function returns; every part of several."""

    def slip(function: Callable) -> Callable:
        @wraps(function)
        def answer(*args: Any, **kwargs: Any) -> Any:
            value = function(*args, **kwargs)
            if isinstance(value, tuple):
                return tuple(change(part, args) for part in value)
            if isinstance(value, dict):
                return {key: change(part, args) for key, part in value.items()}
            return change(value, args)

        return answer

    return slip


def _rows(args: tuple) -> int:
    return next((len(a) for a in args if isinstance(a, np.ndarray) and a.ndim), 1)


def _where(special: Callable, otherwise: Callable) -> Callable:
    """Return a slip for one kind of input only."""

    def change(value: Any, args: tuple) -> Any:
        return otherwise(value) if any(special(a) for a in args) else value

    return _on_result(change)


def _is(ndim: int, test: Callable) -> Callable:
    return lambda a: isinstance(a, np.ndarray) and a.ndim == ndim and bool(test(a))


def _by_identity(function: Callable) -> Callable:
    remembered: dict[Any, Any] = {}

    @wraps(function)
    def answer(*args: Any) -> Any:
        key = tuple(map(id, args))
        if key not in remembered:
            remembered[key] = (args, function(*args))
        return remembered[key][1]

    return answer


def _one_buffer(function: Callable) -> Callable:
    buffers: dict[Any, Any] = {}

    @wraps(function)
    def answer(*args: Any) -> Any:
        value = function(*args)
        if not isinstance(value, np.ndarray):
            return value
        buffer = buffers.setdefault(value.shape, np.empty(value.shape))
        buffer[...] = value
        return buffer

    return answer


def _first_only(function: Callable) -> Callable:
    kept: list[Any] = []

    @wraps(function)
    def answer(*args: Any) -> Any:
        if not kept:
            kept.append(function(*args))
        return kept[0]

    return answer


def _in_place(function: Callable) -> Callable:
    @wraps(function)
    def answer(*args: Any) -> Any:
        value = function(*args)
        for arg in args:
            if isinstance(arg, np.ndarray) and arg.size:
                arg += 1
                break
        return value

    return answer


AROUND: dict[str, Callable] = {
    "factor 2": _on_result(lambda v, a: 2 * _array(v)),
    "factor -1": _on_result(lambda v, a: -_array(v)),
    "factor 1/m": _on_result(lambda v, a: _array(v) / _rows(a)),
    "factor m": _on_result(lambda v, a: _array(v) * _rows(a)),
    "one too much": _on_result(lambda v, a: _array(v) + 1),
    "rounded to 3": _on_result(lambda v, a: np.round(_array(v), 3)),
    "float32": _on_result(lambda v, a: _array(v).astype(np.float32)),
    "float16": _on_result(lambda v, a: _array(v).astype(np.float16)),
    "decimals cut off": _on_result(lambda v, a: _array(v).astype(int)),
    "logarithm": _on_result(lambda v, a: np.log(np.abs(_array(v)) + 1e-300)),
    "reversed": _on_result(lambda v, a: _array(v)[::-1]),
    "transposed": _on_result(lambda v, a: _array(v).T),
    "a column": _on_result(lambda v, a: _array(v)[..., None]),
    "flat": _on_result(lambda v, a: _array(v).ravel()),
    "total": _on_result(lambda v, a: _array(v).sum()),
    "average": _on_result(lambda v, a: _array(v).mean()),
    "clipped": _on_result(lambda v, a: np.clip(_array(v), 0.1, 0.6)),
    "squeezed": _on_result(lambda v, a: np.squeeze(_array(v))),
    "first row only": _on_result(lambda v, a: np.where(
        np.arange(len(_array(v))).reshape(-1, *[1] * (_array(v).ndim - 1)) == 0, _array(v), 0)),
    "last row lost": _on_result(lambda v, a: _array(v)[:-1]),
    "single row": _where(_is(2, lambda a: len(a) == 1), lambda v: _array(v) * 0),
    "vectors": _where(_is(1, lambda a: True), lambda v: _array(v) + 0.5),
    "two columns": _where(_is(2, lambda a: a.shape[1] == 2), lambda v: 0.7 * _array(v)),
    "integers": _where(_is(1, lambda a: a.dtype.kind == "i"), lambda v: _array(v) + 0.25),
    "negative numbers": _where(lambda a: isinstance(a, np.ndarray) and bool((a < 0).any()),
                               lambda v: np.abs(_array(v)) * 1.5),
    "by identity": _by_identity,
    "one buffer": _one_buffer,
    "first result kept": _first_only,
    "in place": _in_place,
}  # fmt: skip


# --- marking them ---------------------------------------------------------------------------------


def slips(exercise: Exercise, number: int | None = None, seed: int = 0) -> Iterator[Slip]:
    """Yield slips in the right answers to an exercise, `number` of them drawn at random."""
    sources: list[str] = []
    for path in sorted((ANSWERS / exercise.lab).glob("right_*.py")):
        sources += [text for name, text in cohort.sections(path).items() if name == exercise.name]
    made = {slip.source: slip.kind for source in sources for slip in authoring.slips(source)}
    for source in map(ast.unparse, map(ast.parse, sources)):
        made.pop(source, None)
    wanted: list[tuple[str, str]] = [(kind, text) for text, kind in made.items()]
    wanted += [(kind, "") for kind in AROUND]
    if number is not None:
        rng = np.random.default_rng(seed)
        wanted = [wanted[i] for i in rng.permutation(len(wanted))[:number]]
    for kind, text in wanted:
        space = dict(_helpers(exercise))
        with contextlib.suppress(Exception):
            exec(compile(text or exercise.source(), "<cell>", "exec"), space)
            if not text:
                space |= {name: AROUND[kind](space[name]) for name in exercise.functions}
            yield Slip(exercise, kind, text, {name: space[name] for name in exercise.functions})


def _helpers(exercise: Exercise) -> dict[str, Any]:
    right: dict[str, Any] = {"np": np, "__name__": "answers"}
    for other in load(exercise.lab).exercises:
        if other.kind == "function" and other is not exercise:
            right |= other.answers
    return right


@cache
def _asked(lab: str, name: str) -> Asked:
    return asked(load(lab).find(name), generator(b"slips", "ada", lab, name))


class _TooLong(BaseException):
    pass


@contextlib.contextmanager
def _seconds() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 0.2)  # (an answer may catch the first)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def told(slip: Slip) -> Score | None:
    """Mark a slip; None where it is right, or never ends."""
    ex = slip.exercise

    def run(cases: list) -> list:
        with watch(ex.forbids) as guard:
            return [run_calls(slip.functions, case.calls, guard=guard) for case in cases]

    with contextlib.suppress(_TooLong), _seconds():
        result = score_of(_asked(ex.lab, ex.name), run)
        return result if result.points < ex.points else None
    return None


def judged(slip: Slip) -> tuple[Score | None, bool, bool]:
    """Mark a slip in a process of its own: its score, whether it is known, whether falsely."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (4 * SECONDS, 4 * SECONDS))
            result = told(slip)
            known = result is not None and is_known(slip, result)
            out = (result, known, known and is_named_falsely(slip, result))
            with open(write, "wb") as file:
                pickle.dump(out, file)
        os._exit(0)
    os.close(write)
    with open(read, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    dead = Score(slip.exercise.name, 0, slip.exercise.points, [], "Died")
    return pickle.loads(data) if data else (dead, False, False)


def is_known(slip: Slip, result: Score) -> bool:
    """Tell whether a slip is an entry of the catalogue."""
    return result.mistake in {wrong.name for wrong in slip.exercise.wrongs}


def is_named_falsely(slip: Slip, result: Score) -> bool:
    """Tell whether an entry of the catalogue was named that does otherwise on fresh inputs.

    A mistake is named by visible inputs: the fresh ones tell whether that was by chance.
    """
    ex, rng = slip.exercise, np.random.default_rng(7)
    wrong = next(wrong for wrong in ex.wrongs if wrong.name == result.mistake)
    if wrong.finding:
        return False
    cases = [ex.expected(c) for check in ex.checks if check.hidden for c in check.hidden(rng)]
    same = failing = 0
    with contextlib.suppress(_TooLong), _seconds():
        for case in cases:
            own, known = run_calls(slip.functions, case.calls), ex.run(case, wrong)
            if verdict(case, own) is not None:
                failing += 1
                same += _is_alike(case, fingerprint(case, own), fingerprint(case, known))
    return failing > 0 and same == 0


def has_reason(result: Score) -> bool:
    """Tell whether the report names a mistake, or an error with the line that it came from."""
    return result.mistake not in BARE


def exercises(labs: list[str]) -> list[Exercise]:
    """Return the exercises whose answers compute numbers."""
    return [
        ex
        for lab in labs
        for ex in load(lab).exercises
        if ex.kind == "function" and ex.deadline < SLOW
    ]


def main(arguments: list[str] | None = None) -> None:
    """Print how many slips get a reason, exercise by exercise, and those that get none."""
    command = parser(__file__, __doc__)
    command.add_argument("what", nargs="*", metavar="LAB, NUMBER, SEED")
    asked = command.parse_args(arguments).what
    each, seed, *_ = [*(int(a) for a in asked if a.isdigit()), None, None]
    labs = [a for a in asked if not a.isdigit()]
    total, fine, known, falsely = 0, 0, 0, 0
    kinds: Counter[str] = Counter()
    import tensorflow  # noqa: F401  (once for all processes)

    for ex in exercises(labs or names()):
        own = own_fine = 0
        for slip in slips(ex, each, seed or 0):
            result, is_in_catalogue, is_false = judged(slip)
            if result is None:
                continue
            if is_in_catalogue:
                known += 1
                if is_false:
                    falsely += 1
                    print("    FALSE", ex.name, "|", slip.kind, "|", result.mistake, "|", slip.text)
                continue
            own += 1
            own_fine += has_reason(result)
            kinds[result.mistake] += 1
            if not has_reason(result):
                last = slip.text.splitlines()[1:] or [""]
                print(
                    "   ",
                    ex.name,
                    "|",
                    slip.kind,
                    "|",
                    result.mistake,
                    "|",
                    " ; ".join(last)[-220:],
                )
        total, fine = total + own, fine + own_fine
        print(f"{ex.lab} {ex.name}: {own_fine} of {own}", flush=True)
    print(
        f"{fine} of {total} slips get a reason; {known} more are known by name, {falsely} falsely"
    )
    print(kinds.most_common(60))


if __name__ == "__main__":
    main()
