"""Judge what a call did: a case and its outcomes in, nothing or one `Finding` out.

The instant check in the notebook and the marker use the same judges. A judge is named by a text:
"close" is in this module, "training.batches" is the function `batches` of
`utils/engine/judging/training.py`. A judge sees plain data only.
"""

from __future__ import annotations

import builtins
import importlib
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from utils.engine.calling import Call, Failure, Outcome
from utils.engine.plain import SCALARS, Layout, ModelData, Same, bare

# Failures of answers that are not there yet: no input matters.
UNWRITTEN = ("NotImplementedError", "Missing", "NotCallable", "Syntax", "Misnamed")
ENDLESS = ("Timeout", "Stopped")
RTOL, ATOL = 1e-6, 1e-9
_NUMBER = re.compile(r"-?(?:\d[\d.]*(?:e[-+]?\d+)?|inf|nan)")
RTOL_32, ATOL_32 = 1e-4, 1e-6


@dataclass(frozen=True)
class Names:
    """How the statement calls things: the parameters of each function, the parts of its result."""

    parameters: dict[str, list[str]] = field(default_factory=dict)
    results: dict[str, list[str]] = field(default_factory=dict)

    def argument(self, function: str, position: int) -> str:
        """Return the name of an argument, its number where it has none."""
        names = self.parameters.get(function, [])
        return names[position] if position < len(names) else f"argument {position + 1}"

    def part(self, function: str, position: int, count: int) -> str:
        """Return the name of a part of the result, its number where it has none."""
        names = self.results.get(function, [])
        if len(names) == count:
            return names[position]
        return f"part {position + 1} of {count} of the result"


@dataclass(frozen=True)
class Case:
    """Calls to make, how to judge them, and what the right answer returns for each.

    `params` are the judge's own; these are understood for every case: `raises` (the name of the
    exception expected), `quiet` (no NumPy warning allowed), `mutates` (arguments may change).
    """

    calls: list[Call]
    judge: str | Callable = "close"
    params: dict = field(default_factory=dict)
    expect: list = field(default_factory=list)
    names: Names = field(default_factory=Names)


@dataclass(frozen=True)
class Finding:
    """One mistake: what is wrong, in which call, what was expected, what came, what to do next.

    `detail` is the message of the exception behind it, as the answer gave it.
    """

    code: str
    what: str
    call: int = 0
    expected: str = ""
    got: str = ""
    next_step: str = ""
    detail: str = ""


def verdict(case: Case, outcomes: list[Outcome], words: bool = True) -> Finding | None:
    """Return what is wrong with the outcomes of `case`, None if they are right.

    Without `words`, for whom the code is enough, a wrong value is not written out.
    """
    for index, outcome in enumerate(outcomes):
        if outcome.forbidden:
            names = ", ".join(outcome.forbidden)
            return Finding(
                "forbidden",
                f"{names} is called, which this exercise forbids",
                index,
                next_step="Write this step yourself, with NumPy.",
            )
    raises = case.params.get("raises")
    for index, (call, outcome) in enumerate(zip(case.calls, outcomes, strict=True)):
        if raises and index == len(case.calls) - 1:
            if finding := _judge_raise(raises, call, index, outcome):
                return finding
        elif outcome.error is not None:
            return explain_failure(call, index, outcome.error)
        elif outcome.value is None and call.args is not None and not case.params.get("none"):
            return Finding(
                "none",
                f"{call.function} returned None",
                index,
                next_step="Does every path of the function end in `return`?",
            )
    if not raises and (finding := _judged(case, outcomes, words)):
        return finding
    for index, (call, outcome) in enumerate(zip(case.calls, outcomes, strict=True)):
        keeps = not case.params.get("mutates")
        if keeps and (finding := _judge_arguments(case, call, index, outcome)):
            return finding
        if case.params.get("quiet") and outcome.warnings:
            return Finding(
                "warning",
                f"{call.function} gives the right values, but NumPy warns",
                index,
                expected="no warning",
                got=outcome.warnings[0],
                next_step="Find the operation that leaves the range of floats.",
            )
    return None


def _judged(case: Case, outcomes: list[Outcome], words: bool) -> Finding | None:
    """Ask the case's judge. Data so odd that the judge fails on it is a wrong answer, no crash."""
    try:
        if case.judge == "close":
            return close(case, outcomes, words)
        return _judge(case)(case, outcomes)
    except Exception:
        name = case.calls[-1].function
        what = f"{name} returned something that cannot be judged"
        got = show(outcomes[-1].value)
        step = "Compare what you return with what the statement asks for."
        return Finding("strange", what, len(outcomes) - 1, "", got, step)


def _judge(case: Case) -> Callable[[Case, list[Outcome]], Finding | None]:
    return case.judge if callable(case.judge) else _named(case.judge)


def _named(judge: str) -> Callable[[Case, list[Outcome]], Finding | None]:
    module, _, name = judge.rpartition(".")
    if not module:
        return _JUDGES[name]
    return getattr(importlib.import_module(f"utils.engine.judging.{module}"), name)


def known_judge(judge: str) -> bool:
    """Tell whether there is a judge of that name."""
    try:
        return callable(_named(judge))
    except (ImportError, AttributeError, KeyError):
        return False


def explain_failure(call: Call, index: int, error: Failure) -> Finding:
    """Put a failure into words for the learner."""
    name = call.function
    if error.type in ENDLESS and "\n" in error.message:
        return _explain_endless(name, index, error)
    culprit, _, said = error.message.partition(": ")
    python = ".".join(platform.python_version_tuple()[:2])
    known = {
        "NotImplementedError": (f"{name} is not written yet",
                                "Replace the line that raises, and run that cell again."),
        "Missing": (f"{name} is not defined", "Run the cell that defines it, under that name."),
        "Misnamed": (f"{name} is not defined, but {culprit} is",
                     f"Did you mean {name}? Write the name as the statement does."),
        "Syntax": (f"the cell that defines {culprit} has a syntax error: nothing of it ran",
                   f"Mend that line. Python {python} read it; a newer Python may allow more."),
        "NotCallable": (f"{name} is not a function", f"Define it with `def {name}(...)`."),
        "Timeout": (f"{name} took too long and was stopped", "Look for a loop that never ends."),
        "Memory": (f"{name} ran out of memory", "Is an array far larger than its inputs?"),
        "MemoryError": (f"{name} ran out of memory", "Is an array far larger than its inputs?"),
        "RecursionError": (f"{name} calls itself without end", "When should it stop?"),
        "Died": (f"{name} ended the Python process", "An answer only returns or raises."),
        "Protocol": (f"{name} gave an answer that could not be read", "Return plain arrays."),
        "ForbiddenCall": (f"{name} calls {error.message}, which this exercise forbids",
                          "Write this step yourself, with NumPy."),
        "NotPlain": (f"{name} returned {error.message}",
                     "Return numbers, arrays, lists or texts, as the statement says."),
    }  # fmt: skip
    if error.type in known:
        what, step = known[error.type]
        code = "forbidden" if error.type == "ForbiddenCall" else error.type
        got = said if code == "Syntax" else ""
        return Finding(code, what, index, got=got, next_step=step, detail=error.message)
    got = f"{error.type}: {error.message}" if error.message else error.type
    step = f"It came from: {error.line}" if error.line else "Call it by hand with this input."
    if error.type == "InvalidArgumentError" or "tensor" in got.lower():
        step += (
            "\nA TensorFlow tensor is in it, which is no array: np.asarray(t) makes one of it. And "
            "tensors of float32 and of float64 do not mix."
        )
    return Finding(error.type, f"{name} raised an error", index, got=got, next_step=step)


def _explain_endless(name: str, index: int, error: Failure) -> Finding:
    """Say where an answer was when it was stopped, by us or by the learner."""
    seconds, loop, question = error.message.split("\n")
    what = f"you stopped {name}"
    if error.type == "Timeout":
        what = f"{name} did not finish: it was stopped after {seconds} seconds of work"
    got = f"it was at `{error.line}`" if error.line else ""
    if loop and loop != error.line:
        got += f", inside of `{loop}`"
    return Finding(error.type, what, index, got=got, next_step=question)


def _judge_raise(raises: str, call: Call, index: int, outcome: Outcome) -> Finding | None:
    if outcome.error is not None and _is_a(outcome.error.type, raises):
        return None
    if outcome.error is not None and outcome.error.type in UNWRITTEN:
        return explain_failure(call, index, outcome.error)
    got = f"it returned {show(outcome.value)}"
    if outcome.error is not None:
        got = outcome.error.type
        if got == "NotPlain":
            got = f"it returned {outcome.error.message}"
    return Finding(
        "no-raise",
        f"{call.function} must raise {raises} here",
        index,
        expected=raises,
        got=got,
        next_step=f"Test the input first, then `raise {raises}(...)`.",
    )


def _is_a(name: str, wanted: str) -> bool:
    """Tell whether an exception is of the wanted kind: NumPy's AxisError is a ValueError too."""
    kinds = [getattr(builtins, n, getattr(np.exceptions, n, None)) for n in (name, wanted)]
    if not all(isinstance(kind, type) for kind in kinds):
        return name == wanted
    return issubclass(*kinds)


def _judge_arguments(case: Case, call: Call, index: int, outcome: Outcome) -> Finding | None:
    given = case.judge in ("close", "state.again")  # other judges look at models themselves
    for position, (arg, after) in enumerate(zip(call.args or [], outcome.args_after, strict=False)):
        before = bare(arg)
        if isinstance(before, ModelData) and isinstance(after, ModelData):
            if given and (change := _model_change(before, after)):
                return Finding(
                    "model-changed",
                    f"{call.function} changed the model it was given: {change}",
                    index,
                    next_step="Use the model, and leave it as it is: others use it after you.",
                )
        elif isinstance(before, (np.ndarray, dict, list)) and not same(before, after):
            name = case.names.argument(call.function, position)
            return Finding(
                "mutated",
                f"{call.function} changed its argument `{name}`",
                index,
                expected=show(before),
                got=show(after),
                next_step="Work on a copy: the caller still needs the original.",
            )
    return None


def _model_change(before: ModelData, after: ModelData) -> str:
    """Say how a model was changed, "" if it was not."""
    if before.layers != after.layers:
        return f"it had {len(before.layers)} layers, and now has other ones"
    pairs = zip(before.weights, after.weights, strict=False)
    if len(before.weights) != len(after.weights) or not all(same(a, b) for a, b in pairs):
        return "its weights are others now"
    if before.loss is None and after.loss is not None:
        return "it was not compiled, and now it is"
    return ""


def same(a: Any, b: Any) -> bool:
    """Tell whether two plain values are equal to the last bit, NaN equal to NaN."""
    if type(a) in SCALARS and type(b) in SCALARS:  # most parts of a graph are
        return a == b or (a != a and b != b)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape:
            return False
        if a.dtype == b.dtype and a.dtype.kind in "biuf" and a.tobytes() == b.tobytes():
            return True  # (as most are, and this is the quickest way to tell)
        return bool(((a == b) | ((a != a) & (b != b))).all())
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, ModelData):
        return True
    return a == b or (a != a and b != b)


# --- the default judge ----------------------------------------------------------------------------


def close(case: Case, outcomes: list[Outcome], words: bool = True) -> Finding | None:
    """Compare each value with the expected one, within the tolerance of the course.

    Params: `rtol`, `atol`; `largest` (relative to the largest entry, where entries cancel);
    `tiny` (relative down to 1e-30, for probabilities). An expected int wants an int.
    """
    for index, (expected, outcome) in enumerate(zip(case.expect, outcomes, strict=True)):
        if expected is None:
            continue
        call = case.calls[index]
        found = difference(expected, outcome.value, tolerances(case, call))
        if found:
            told = _told(found, call.function, index, case.names) if words else None
            return told or Finding(found.code, "", index)
    return None


class Tolerance(NamedTuple):
    """How far a number may lie from the expected one."""

    rtol: float = RTOL
    atol: float = ATOL
    largest: bool = False
    floor: float = 0.0

    def allowed(self, expected: np.ndarray) -> np.ndarray:
        size = np.abs(expected)
        if self.floor:
            return np.where(size >= self.floor, self.rtol * size, self.rtol * self.floor)
        if self.largest:
            size = size[np.isfinite(size)].max(initial=0.0)
        return self.atol + self.rtol * size


def tolerances(case: Case, call: Call) -> Tolerance:
    """Choose the tolerance of a call: looser where an argument is float32."""
    single = any(getattr(bare(arg), "dtype", None) == np.float32 for arg in call.args or [])
    rtol = case.params.get("rtol", RTOL_32 if single else RTOL)
    atol = case.params.get("atol", ATOL_32 if single else ATOL)
    floor = 1e-30 if case.params.get("tiny") and not single else 0.0
    return Tolerance(rtol, atol, bool(case.params.get("largest")), floor)


@dataclass(frozen=True)
class Difference:
    """Where a value first differs from what was expected: the code, both values, the way there.

    `path` holds the key of each dict on the way, and of each list `(position, count)`.
    """

    code: str
    expected: Any
    got: Any
    path: tuple = ()
    off: np.ndarray | None = None


def difference(
    expected: Any, got: Any, tolerance: Tolerance, path: tuple = ()
) -> Difference | None:
    """Return the first difference of plain data from what was expected, None where it is right."""
    if isinstance(expected, (bool, str)) or expected is None:
        if type(got) is type(expected) and got == expected:
            return None
        return Difference("value", expected, got, path)
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return Difference("type", expected, got, path)
        if expected.keys() != got.keys():
            return Difference("keys", expected, got, path)
        parts = ((key, expected[key], got[key]) for key in expected)
    elif isinstance(expected, (list, tuple)):
        count = len(expected)
        if isinstance(got, np.ndarray) and got.ndim:
            got = list(got)
        if not isinstance(got, list) or len(got) != count:
            return Difference("count", expected, got, path)
        parts = (((i, count), expected[i], got[i]) for i in range(count))
    else:
        return _difference_of_numbers(np.asarray(expected), got, tolerance, path)
    for step, right, value in parts:
        if found := difference(right, value, tolerance, (*path, step)):
            return found
    return None


def _difference_of_numbers(
    expected: np.ndarray, got: Any, tolerance: Tolerance, path: tuple
) -> Difference | None:
    try:
        values = np.asarray(got)
    except (ValueError, TypeError):
        values = np.asarray(None)
    code, kind = "", values.dtype.kind
    if kind not in "biuf":
        code = "ragged" if _ragged(got) else "type"
    elif values.shape != expected.shape:
        code = "shape"
    elif kind == "b":
        code = "bool"
    elif expected.dtype.kind in "iu" and kind not in "iu" and values.size:
        code = "int"
    if code:
        return Difference(code, expected, got, path)
    values, wanted = values.astype(float, copy=False), expected.astype(float, copy=False)
    equal = values == wanted
    if equal.all():  # (as most are, and this is the quickest way to tell)
        return None
    with np.errstate(invalid="ignore"):
        distance = np.abs(values - wanted)
        near = (distance <= tolerance.allowed(wanted)) & np.isfinite(distance)
    off = ~(equal | near)
    if not off.any():
        return None
    code = "inf" if np.isinf(values[np.isfinite(wanted)]).any() else "value"
    return Difference("nan" if np.isnan(values).any() else code, expected, got, path, off)


def _told(found: Difference, name: str, index: int, names: Names) -> Finding:
    """Put a difference into words."""
    code, expected, got = found.code, found.expected, found.got
    if isinstance(expected, np.ndarray):
        return _told_of_numbers(found, _subject(found, name, names), index)
    if isinstance(expected, dict):
        if code == "type":
            what = f"{name} should return a dict"
            step = "Start from `{}`, and give it one entry for each name."
            return Finding(code, what, index, show(expected), _kind_of(got), step)
        what = f"the dict that {name} returns has other names in it"
        keys = [", ".join(map(str, sorted(d, key=str))) or "none" for d in (expected, got)]
        return Finding(code, what, index, *keys, "One entry for every name, no more.")
    subject = _subject(found, name, names)
    if code == "count":
        own, count = Names() if found.path else names, len(expected)
        parts = [own.part(name, i, count) for i in range(count)]
        told = ", ".join(parts) if "part 1 of" not in parts[0] else f"{count} values"
        step = "Return all of them, in the order of the statement: `return a, b`."
        what = f"{subject} should return {count} things"
        return Finding(code, what, index, told, _kind_of(got), step)
    step = "Which rule of the statement speaks of this input?"
    return Finding(code, f"{subject} is not right", index, show(expected), show(got), step)


def _subject(found: Difference, name: str, names: Names) -> str:
    """Name what differs: the function, and the last step to the part of its result."""
    if not found.path:
        return name
    last = found.path[-1]
    if not isinstance(last, tuple):
        return f"{name}: the entry {last!r}"
    own = names if len(found.path) == 1 else Names()
    return f"{name}: {own.part(name, *last)}"


def _told_of_numbers(found: Difference, subject: str, index: int) -> Finding:
    code, expected, got, off = found.code, found.expected, found.got, found.off
    plainly = {
        "type": ("is no array of numbers", "What does `type(...)` say about what you return?"),
        "bool": ("holds True and False, not numbers", "Convert it."),
        "int": ("should be whole numbers (int)", "Convert it to int."),
    }
    if code == "ragged":
        step = (
            f"Its rows have {_ragged(got)} entries. As many in each are asked for: which are left "
            "out?"
        )
        plainly[code] = "has rows of different lengths", step
    if code == "shape":
        what = f"has the shape {np.shape(got)}, not {expected.shape}"
        plainly[code] = what, "Which axis is lost, or one too many?"
    if code in plainly:
        what, step = plainly[code]
        return Finding(code, f"{subject} {what}", index, show(expected), show(got), step)
    values, wanted = np.asarray(got).astype(float), expected.astype(float)
    with np.errstate(invalid="ignore"):
        distance = np.where(np.isfinite(values), np.abs(values - wanted), np.inf)
    worst = np.unravel_index(int(np.argmax(np.where(off, distance, -1.0))), off.shape)
    shown = apart(expected, values, worst) if code == "value" else None
    right, came = shown or (show(expected, worst), show(got, worst))
    step = "Print each step for this input: which one is not what you expect?"
    if _is_easy(wanted):
        step = "Work this input out by hand, and compare step by step."
    what, step = {
        "nan": ("holds NaN (not a number)", "Where does 0/0 or inf - inf arise?"),
        "inf": ("holds inf", "Which operation overflows, or divides by 0?"),
        "value": ("is not right", step),
    }[code]
    return Finding(code, f"{subject} {what}", index, right, _starred(came, off), step)


def _is_easy(wanted: np.ndarray) -> bool:
    """Tell whether a person can be asked to work a result out: a few short numbers."""
    return wanted.size <= 4 and bool(np.all(np.round(wanted, 2) == wanted))


def _ragged(got: Any) -> str:
    """Return how long the rows of a list are that is no table, "" where that is not so."""
    if not isinstance(got, list) or not all(isinstance(row, (list, np.ndarray)) for row in got):
        return ""
    sizes = [np.size(row) for row in got]
    return ", ".join(map(str, sizes[:4])) if len(set(sizes)) > 1 else ""


def apart(expected: np.ndarray, got: np.ndarray, worst: tuple | None) -> tuple[str, str] | None:
    """Write two arrays with as many digits as their worst entry needs to show a difference."""
    if worst is None or not np.isfinite([expected[worst], got[worst]]).all():
        return None
    pair = float(expected[worst]), float(got[worst])
    for digits in range(6, 18):
        one, other = (f"{number:.{digits}g}" for number in pair)
        if one != other:
            digits = min(digits + 1, 17)
            return show(expected, worst, digits), show(got, worst, digits)
    return None


def _starred(text: str, off: np.ndarray) -> str:
    """Put a star behind the wrong entries of a small array that was written out."""
    numbers = list(_NUMBER.finditer(text))
    if not text.startswith("[") or len(numbers) != off.size or off.all():
        return text
    for number, wrong in reversed(list(zip(numbers, off.ravel(), strict=True))):
        if wrong:
            text = f"{text[: number.end()]}*{text[number.end() :]}"
    return f"{text}   (* wrong)"


def _kind_of(value: Any) -> str:
    """Say what a value of the wrong kind is: its kind, and the value where it is short."""
    kinds = {list: "a list or tuple", dict: "a dict", str: "a text", ModelData: "a model"}
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else f"one number, {show(value)}"
    if isinstance(value, (bool, int, float)):
        return f"one number, {show(value)}"
    if isinstance(value, list):
        return f"{len(value)} things: {show(value)}"
    return f"{kinds.get(type(value), type(value).__name__)}: {show(value)}"


def show(value: Any, worst: tuple | None = None, digits: int = 0) -> str:
    """Write plain data for a person, on a few short lines; large arrays by their worst entry.

    `digits` is the number of significant digits where the usual number shows no difference.
    """
    if isinstance(value, (list, tuple)) and all(isinstance(v, (int, float)) for v in value):
        value = np.asarray(value) if value else value
    if isinstance(value, np.ndarray):
        if value.size <= 16 and not digits > 7:
            return np.array2string(value, precision=6, separator=", ", max_line_width=60)
        entry = ""
        if worst is not None:
            place = ", ".join(str(int(i)) for i in worst)
            entry = f"entry [{place}] is " if place else ""
            entry += f"{value[worst]:.{max(digits, 8)}g}"
        if value.ndim == 0:
            return entry or f"{value[()]:.10g}"
        return f"an array of shape {value.shape}{entry and ', ' + entry}"
    if isinstance(value, float):
        return f"{value:.{max(digits, 10)}g}"
    if isinstance(value, list):
        text = "[" + ", ".join(show(v) for v in value[:6]) + (", ..." if value[6:] else "") + "]"
    elif isinstance(value, (Layout, Same)):
        return show(bare(value))
    elif isinstance(value, ModelData):
        text = " - ".join(
            f"{d.get('units', d['kind'])} {d.get('activation', '')}" for d in value.layers
        )
        text = f"a model ({text})"
    elif hasattr(value, "text"):
        text = value.text
    elif hasattr(value, "seed"):
        text = f"np.random.default_rng({value.seed})"
    else:
        text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


_JUDGES: dict[str, Callable] = {"close": close}
