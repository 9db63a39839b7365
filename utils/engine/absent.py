"""Why is an answer not there? "Not defined" and "not written" are often not the whole truth.

Its cell may have a syntax error, so that nothing of it ran; its name may be misspelt. The notebook
and the marker ask here.
"""

from __future__ import annotations

import ast
import difflib
import functools
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from utils.engine.calling import Failure, Outcome, failure

UNREAD = ("SyntaxError", "IndentationError", "TabError")
_BINDS = re.compile(
    r"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=]*)?=(?!=)"
    r"|[ \t]*import[ \t]+(\w+)|[ \t]*(?:from[ \t].*)?import\b.*?\b(\w+)[ \t]*(?:#.*)?$"
)
_LONG = 200  # characters of a row that are looked at: what they cost grows with their square
_NAME = re.compile(r"name '(\w+)' is not defined")


def roughly_binds(source: str) -> set[str]:
    """Return the names that code binds, as far as can be told of code that nobody can read."""
    found = (_BINDS.match(row[:_LONG]) for row in source.split("\n"))
    return {name for each in found if each for name in each.groups() if name}


def unread_cells(sources: Iterable[str], wanted: Iterable[str]) -> dict[str, Failure]:
    """Return those of the `wanted` names whose newest definition has a syntax error.

    `sources` are cells as they were run, oldest first; each name comes with its error.
    """
    unread: dict[str, Failure] = {}
    names = "|".join(map(re.escape, wanted))
    pattern = re.compile(
        rf"^[ \t]*(?:async[ \t]+)?def[ \t]+({names})\b|^({names})[ \t]*=(?!=)", re.M
    )
    for source in sources:
        if not (found := {name for names in pattern.findall(source) for name in names if name}):
            continue
        try:
            compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except SyntaxError as error:
            unread |= dict.fromkeys(found, failure(error))
        except (ValueError, RecursionError, MemoryError):
            continue
        else:
            unread = {name: why for name, why in unread.items() if name not in found}
    return unread


def explained(
    outcome: Outcome,
    function: str,
    unread: Mapping[str, Failure],
    defined: Iterable[str] = (),
) -> Outcome:
    """Return the outcome of a call of `function`, with the reason why something is not there.

    `unread` maps names to the syntax errors of the cells that would define them; `defined` are the
    names of functions that are there and belong to no exercise. The failure becomes one of the
    types "Syntax" and "Misnamed", whose message begins with the name in question.
    """
    error = outcome.error
    if error is None or error.type not in ("Missing", "NotImplementedError", "NameError"):
        return outcome
    told = _NAME.search(error.message)
    name = told[1] if error.type == "NameError" and told else function
    if name in unread:
        return replace(outcome, error=Failure("Syntax", syntax(name, unread[name])))
    if error.type == "NameError":
        return outcome
    if near := difflib.get_close_matches(function, list(defined), 1, 0.8):
        return replace(outcome, error=Failure("Misnamed", near[0]))
    return outcome


def syntax(name: str, why: Failure) -> str:
    """Return the message of a "Syntax" failure: what is not there, the error, its line, a caret."""
    return f"{name}: {why.message}\n{why.line}".rstrip("\n")


class Syntax(Exception):
    """Raised by what stands in for a function whose newest cell has a syntax error."""


class Misnamed(Exception):
    """Raised by what stands in for a function that is there under nearly its name."""


def present(wanted: list[str], answers: Iterable[Any], others: Iterable[str]) -> list[Any]:
    """Return the answers to an exercise as the notebook around says they are.

    A function whose newest cell has a syntax error is an older one: in its place stands one that
    says so. One that is not written, beside a function of nearly its name, names that. `others` are
    the functions of all exercises. Outside of IPython the answers are returned as they are.

    Raises `Syntax` for a variable whose newest cell has a syntax error.
    """
    shell = _shell()
    if shell is None:
        return list(answers)
    unread = unread_cells(shell.user_ns.get("In", ()), wanted)
    spare = sorted(_own(shell) - set(others))
    for name, answer in zip(wanted, answers, strict=True):
        if name in unread and not callable(answer):
            raise Syntax(_unread_cell(name, unread[name]))
    return [
        _stand_in(Syntax(syntax(name, unread[name]))) if name in unread
        else _naming(answer, near[0])
        if (near := difflib.get_close_matches(name, spare, 1, 0.8)) and callable(answer)
        else answer
        for name, answer in zip(wanted, answers, strict=True)
    ]  # fmt: skip


def _own(shell: Any) -> set[str]:
    """Return the names of what was defined in the notebook itself."""
    spaces = shell.user_ns.items()
    return {name for name, each in spaces if getattr(each, "__module__", "") == "__main__"}


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def _stand_in(error: Exception) -> Callable:
    def answer(*_: Any, **__: Any) -> Any:
        raise error

    return answer


def _naming(function: Callable, other: str) -> Callable:
    @functools.wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except NotImplementedError:
            raise Misnamed(other) from None

    return answer


# --- a cell of the lab that finds nothing ---------------------------------------------------------

_OF_A_LAB = re.compile(r"^(?:\w+ = )?(?:check|figures)\b[.(]", re.M)
AGAIN = "choose Run, Run All Above Selected Cell, then run this cell again."


def listen(shell: Any = None) -> None:
    """Let a cell of a lab that meets a name which is not there be answered in a sentence.

    That happens after a restart, which forgets everything, and below a cell that did not run.
    """
    shell = shell or _shell()
    if hasattr(shell, "kernel") and not shell.custom_exceptions:
        shell.set_custom_exc((NameError,), _answered)


def _answered(
    shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None
) -> None:
    cells = list(shell.user_ns.get("In", ()))
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    in_cell = trace is not None and trace.tb_frame.f_code.co_name.startswith("<")
    if cells and in_cell and error.name and _OF_A_LAB.search(cells[-1]):
        told = why_absent(error.name, cells[:-1], _own(shell))
        shell._showtraceback(kind, error, [told])
    else:
        shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset)


def why_absent(name: str, cells: list[str], defined: Iterable[str] = ()) -> str:
    """Say why a name is not there, by the cells that have run, and what to run.

    `defined` are the names of the learner's own functions.
    """
    if why := unread_cells(cells, [name]).get(name):
        return _unread_cell(name, why)
    if near := difflib.get_close_matches(name, list(defined), 1, 0.8):
        return (
            f"{name} is not there, but {near[0]} is. Is that the name you meant? Write it as the "
            "statement does, run that cell again, then this one."
        )
    if not any("Check(" in cell for cell in cells):
        why = "is not known: after a restart Python has forgotten every cell. To go on,"
    else:
        why = "is not there yet: the cell that sets it has not run. Run it, or"
    return f"{name} {why} {AGAIN}"


def _unread_cell(name: str, why: Failure) -> str:
    return (
        f"{name} is not set: its cell has a syntax error, so nothing of it ran "
        f"({why.message}). Mend that cell and run it, then run this one again."
    )
