"""Which global names a cell binds and uses, and what of a cell a learner added: by its text alone.

Nothing is run here, and no text of a cell stops, slows down or warns the marker.
"""

from __future__ import annotations

import ast
import contextlib
import re
import symtable
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from typing import Any

LONGEST = 50_000  # characters of a cell that is looked into
SHORT = 4_000  # characters of a cell of which many are remembered
# Lines of IPython's, not Python's; and what may bind any name.
_MAGIC = re.compile(r"^([ \t]*)(?:%|!|\?)[^\n]*|^([ \t]*)[\w.]+\?\??[ \t]*$", re.MULTILINE)
# What IPython makes Python of, or may.
_IPYTHON = re.compile(r"\A\s|^\s*(?:>>>|\.\.\.|In \[|[%!?,;/])|=\s*[%!]|\?\s*$", re.MULTILINE)
_ANYTHING = re.compile(
    r"import[ \t]*\*|^[ \t]*%(?:reset|pylab|run)|\b(?:exec|globals|locals|vars)\(", re.MULTILINE
)


def _remembered(function: Callable) -> Callable:
    """Remember what a function returns for sources, of long ones for a few."""
    short, long = lru_cache(512)(function), lru_cache(50)(function)

    @wraps(function)
    def call(source: str) -> Any:
        return (short if len(source) < SHORT else long)(source)

    return call


Names = frozenset[str]


def reached(used: Iterable[str], about: Iterable[tuple[Names, Names]]) -> set[str]:
    """Return names and what they are made of; `about` tells of code what it binds and uses."""
    waiting: dict[str, list[int]] = {}
    every = []
    for number, (binds, uses) in enumerate(about):
        every.append(uses)
        for name in binds:
            waiting.setdefault(name, []).append(number)
    found, queue, done = set(used), list(used), set()
    while queue:
        for number in waiting.pop(queue.pop(), ()):
            if number not in done:
                done.add(number)
                queue += every[number] - found
                found |= every[number]
    return found


def functions(sources: Iterable[str]) -> set[str]:
    """Return the names of the functions that cells define."""
    pattern = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)
    return {name for source in sources for name in pattern.findall(source)}


def bound_again(names: Iterable[str], above: list[str], below: list[str]) -> set[str]:
    """Return what `names` are made of in the cells above and the cells below bind or change again.

    An import of the same thing under the same name changes nothing. Where a cell below may bind
    anything (`import *`, `%reset`), `names` themselves are returned.
    """
    used = reached(names, map(globals_of, above))
    if any(_ANYTHING.search(source) for source in below):
        return set(names)
    known = {each for source in above for each in _imports(source)}
    modules = {name for name, _ in known}
    out: set[str] = set()
    for source in below:
        same = {name for name, what in _imports(source) if (name, what) in known}
        out |= globals_of(source)[0] & used - (same - _assigned(source))
        out |= _told(source) & used - modules
    return out


def aside(names: Iterable[str], sources: list[str]) -> list[bool]:
    """Tell of each cell whether its text binds and changes nothing that `names` are made of."""
    used = reached(names, map(globals_of, sources))
    return [
        not _ANYTHING.search(source) and not used & (globals_of(source)[0] | _told(source))
        for source in sources
    ]


@_remembered
def _imports(source: str) -> frozenset[tuple[str, str]]:
    """Return the names that import statements bind, each with what it is then."""
    tree = parsed(source)
    out = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            out |= {(a.asname or a.name.partition(".")[0], a.name) for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            out |= {(a.asname or a.name, f"{node.module}:{a.name}") for a in node.names}
    return frozenset(out)


@_remembered
def _assigned(source: str) -> frozenset[str]:
    """Return the names that code binds in other ways than by import statements."""
    tree = parsed(source)
    if tree is None:
        return globals_of(source)[0]
    tree.body = [n for n in tree.body if not isinstance(n, (ast.Import, ast.ImportFrom))]
    return globals_of(ast.unparse(tree))[0]


@_remembered
def _told(source: str) -> frozenset[str]:
    """Return the names in statements such as `table.clear()` and `rng.shuffle(table)`."""
    calls = [
        node.value
        for node in ast.walk(parsed(source) or ast.Module([], []))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    places = [
        place
        for call in calls
        if isinstance(call.func, ast.Attribute)
        for place in (call.func.value, *call.args)
    ]
    return frozenset(place.id for place in places if isinstance(place, ast.Name))


@_remembered
def globals_of(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the global names that code binds or changes, and those that it uses.

    Both are all of its words where it is no plain Python, and hold those of its magics.
    """
    tree = parsed(source)
    try:
        if tree is None:
            raise ValueError
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a learner's code: no matter here
            tables = [symtable.symtable(readable(source), "<cell>", "exec")]
        changed = set(_changed(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = frozenset(re.findall(r"\w+", source))
        return words, words
    magics = "" if readable(source) == source else "\n".join(m[0] for m in _MAGIC.finditer(source))
    words = frozenset(re.findall(r"\w+", magics))
    binds, uses = changed | words, set(words)
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (top or symbol.is_global()):
                uses.add(symbol.get_name())
            bound = symbol.is_assigned() or symbol.is_imported()
            if bound and (top or symbol.is_declared_global()):
                binds.add(symbol.get_name())
    return frozenset(binds), frozenset(uses)


@_remembered
def readable(source: str) -> str | None:
    """Return a cell as Python, with `pass` for magics and shell commands; None if it is none."""
    if len(source) > LONGEST:
        return None
    for text in (source, _MAGIC.sub(r"\1pass", source)):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
            return text
    return None


def unreadable(source: str) -> bool:
    """Tell whether a cell is a syntax error for certain, to IPython as well: it will not run."""
    if readable(source) is not None or len(source) > LONGEST or _IPYTHON.search(source):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return isinstance(error, SyntaxError)
    return False


def parsed(source: str) -> ast.Module | None:
    """Return the statements of a cell without its magics, None where that is no Python."""
    text = readable(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return None if text is None else ast.parse(text)


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield the names in `name[...] = value` and `name.part = value`."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            whole = node
            while isinstance(whole, (ast.Attribute, ast.Subscript)):
                whole = whole.value
            yield from (part.id for part in ast.walk(whole) if isinstance(part, ast.Name))


# --- what was added -------------------------------------------------------------------------------


@_remembered
def statements(source: str) -> tuple[str, ...] | None:
    """Return the statements of a cell as text, decorators included; None where it is no Python.

    What shares a line is one of them.
    """
    if (tree := parsed(source)) is None:
        return None
    rows = readable(source).split("\n")
    spans: list[tuple[int, int]] = []
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        if spans and first <= spans[-1][1]:
            first = spans.pop()[0]
        spans.append((first, node.end_lineno))
    out = ["\n".join(rows[first - 1 : last]) for first, last in spans]
    return tuple(each for each in out if each.strip() != "pass")


@_remembered
def shape(statement: str) -> str:
    """Return what a statement says, whatever its spaces, quotes and comments."""
    tree = parsed(statement)
    return ast.dump(tree) if tree else " ".join(statement.split())


def defines(statement: str) -> bool:
    """Tell whether a statement is a definition or an import: it takes no time to run."""
    tree = parsed(statement)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return bool(tree) and all(isinstance(node, kinds) for node in tree.body)
