"""Make slips: a right answer with one operator, axis, constant or name changed.

From those of each right answer `bake` gets short marks of their outputs (`utils.engine.slips`), so
that an answer with the outputs of a slip is told its kind; the bench marks those of other right
answers. A slip is told by its kind and by parameters near it, never by code.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from autograder.authoring.declaration import Exercise, NumpyModel
from utils.engine import patterns
from utils.engine.calling import run_calls
from utils.engine.facts import FACTS
from utils.engine.judging import Case, Finding, verdict
from utils.engine.recognise import fingerprint, recognise
from utils.engine.slips import NO_NUMBER, mark

MOST_PARAMETERS = 6  # of which each is tried in the place of each other
SLOW = 3.0  # seconds of a deadline: exercises with models have judges that name what they find
VAGUE = ("one kind of input", "a factor for each", "a constant", "wrong for one sign", "NaN",
         "infinite", "some left at 0", "only the", "always the same", "asked elsewhere",
         *FACTS)  # fmt: skip

_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div,),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt), ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
_FUNCTIONS = {"mean": "sum", "sum": "mean", "max": "min", "argmax": "argmin", "maximum": "minimum",
              "minimum": "maximum", "log": "log2", "log1p": "log", "exp": "exp2", "all": "any",
              "zeros": "ones", "ones": "zeros", "sqrt": "square"}  # fmt: skip
# How an argument may enter: the kind of it, how it is told, and what stands for the argument.
_ENTERING = (
    ("sign", "with the other sign", "-{}"),
    ("a square", "squared", "{} ** 2"),
    ("one less it", "as 1 less it", "1 - {}"),
    ("absolute value", "without its sign", "abs({})"),
    ("twice", "twice as large", "2 * {}"),
    ("half", "half as large", "{} / 2"),
    ("exponential", "as its exponential", "np.exp({})"),
    ("logarithm", "as its logarithm", "np.log({})"),
    ("one off", "1 too large", "{} + 1"),
    ("one off", "1 too small", "{} - 1"),
    ("argument left out", "as 1, whatever it is", "1 + 0 * {}"),
    ("argument left out", "as 0, whatever it is", "0 * {}"),
    ("transposed", "with rows and columns exchanged", "{}.T"),
    ("reversed", "in reverse order", "{}[::-1]"),
)
HERE = ast.Expr(ast.Name("_here_", ast.Load()))  # stands for a line of a source
_DROPPED = ("exp", "log", "sqrt", "maximum", "clip", "abs", "square")


@dataclass(frozen=True)
class Slip:
    """A slip: its kind, in a few words, what it is in a sentence, and the source with it."""

    kind: str
    what: str
    source: str


def slips(source: str) -> Iterator[Slip]:
    """Yield `source` with one slip in it, again and again."""
    tree = ast.parse(source)
    parameters = {a.arg for node in ast.walk(tree) if isinstance(node, ast.arguments)
                  for a in node.args}  # fmt: skip
    written, whole = _written(tree), partial(ast.unparse, tree)
    # The commoner kinds first: of two slips with the same numbers, the first one is told.
    for changes in (_changes, partial(_changes_of_names, parameters=parameters)):
        for node, put in _places(tree):
            for kind, what, other in changes(node):
                with contextlib.suppress(Exception):
                    try:
                        put(other)
                        text = written.get(node, whole)()
                    finally:
                        put(node)
                    yield Slip(kind, what + _near(node, parameters), text)
    for function in [n for n in tree.body if isinstance(n, ast.FunctionDef)]:
        for a, b in pairwise([a.arg for a in function.args.args]):
            fresh = ast.parse(source)
            own = next(n for n in fresh.body if getattr(n, "name", "") == function.name)
            for node in ast.walk(own):
                if isinstance(node, ast.arg) and node.arg in (a, b):
                    node.arg = b if node.arg == a else a
            text = f"`{a}` and `{b}` are exchanged"
            yield Slip("parameters swapped", text, ast.unparse(fresh))


def _places(tree: ast.AST) -> list[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Return the nodes of a tree, each with what puts another one in its place."""
    out: list[tuple[ast.AST, Callable[[ast.AST], None]]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                out += [(each, partial(value.__setitem__, i)) for i, each in enumerate(value)]
            else:
                out.append((value, partial(setattr, node, name)))
    return [(node, put) for node, put in out if isinstance(node, ast.AST)]


def _written(tree: ast.AST) -> dict[ast.AST, Callable[[], str]]:
    """Return what writes the tree once a node in it is another: of most, its line alone is new."""
    out: dict[ast.AST, Callable[[], str]] = {}
    for node, put in _places(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)):
            put(HERE)
            around = ast.unparse(tree).split(HERE.value.id)
            put(node)
            out |= dict.fromkeys(ast.walk(node), partial(_between, around, node))
    return out


def _between(around: list[str], line: ast.AST) -> str:
    return ast.unparse(line).join(around)


def entering(source: str) -> Iterator[Slip]:
    """Yield `source` with one argument that enters as something else, in all of its places."""
    tree = ast.parse(source)
    for node in tree.body:
        names = [a.arg for a in node.args.args] if isinstance(node, ast.FunctionDef) else []
        few = len(names) <= MOST_PARAMETERS
        for name in names:
            others = [other for other in names if other != name and few]
            ways = [(kind, what, text.format(name)) for kind, what, text in _ENTERING]
            ways += [("another argument", f"as `{other}`", other) for other in others]
            node.body.insert(0, HERE)
            around = ast.unparse(tree).split(HERE.value.id)
            del node.body[0]
            for kind, what, text in ways:
                changed = _between(around, ast.parse(f"{name} = {text}"))
                yield Slip(kind, f"`{name}` enters {what}", changed)


def _changes_of_names(node: ast.AST, parameters: set[str]) -> Iterator[tuple[str, str, ast.AST]]:
    """Yield slips that put something else where an argument stands, or two of them together."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.MatMult)):
        what = "two things are multiplied that are not, or not so"
        yield "a product", what, _with(node, op=ast.Mult())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield "a sum", "a product is a sum", _with(node, op=ast.Add())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        yield f"{node.func.id} missing", f"`{node.func.id}` is missing in one place", node.args[0]
    if isinstance(node, ast.Call) and node.args:
        minus = ast.UnaryOp(ast.USub(), node.args[0])
        what = "a minus too many, before what a function is given"
        yield "sign", what, _with(node, args=[minus, *node.args[1:]])
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in parameters:
        few = len(parameters) <= MOST_PARAMETERS
        for other in sorted(parameters - {node.id}) if few else ():
            what = f"`{other}` stands where another argument belongs"
            yield "another argument", what, ast.Name(other, ast.Load())
        one = ast.Constant(1)
        yield "a square", "something is squared that is not", ast.BinOp(
            node, ast.Pow(), ast.Constant(2))  # fmt: skip
        yield "one less it", "1 less an argument stands for the argument", ast.BinOp(
            one, ast.Sub(), node)  # fmt: skip
        yield "argument left out", "an argument is left out", one


def _near(node: ast.AST, parameters: set[str]) -> str:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in parameters]
    names = list(dict.fromkeys(names))
    return f", near {' and '.join(f'`{name}`' for name in names[:3])}" if names else ""


def _changes(node: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    """Yield slips at one place of the source: kind, sentence, and what stands there instead."""
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        words = {
            ast.Add: "a plus is a minus", ast.Sub: "a minus is a plus",
            ast.Mult: "a product is a quotient", ast.Div: "a quotient is a product",
            ast.Pow: "a power is a product", ast.FloorDiv: "a whole quotient is a fraction",
            ast.And: "an `and` is an `or`", ast.Or: "an `or` is an `and`",
        }  # fmt: skip
        for other in _OPERATORS.get(type(node.op), ()):
            yield "operator", words[type(node.op)], _with(node, op=other())
    if isinstance(node, ast.BinOp):
        yield from _changes_of_operands(node)
        yield from _changes_of_brackets(node)
    if isinstance(node, ast.Compare):
        for other in _OPERATORS.get(type(node.ops[0]), ()):
            what = "a comparison is another (turned round, or with or without equality)"
            yield "comparison", what, _with(node, ops=[other(), *node.ops[1:]])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", "a minus is missing", node.operand
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for other in {node.value + 1, node.value - 1, node.value * 2} - {node.value}:
            yield "constant", "one of the numbers in the formula is another", ast.Constant(other)
    if isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS:
        other = _FUNCTIONS[node.attr]
        yield "function", f"`{other}` stands for another function", _with(node, attr=other)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose missing", "a transpose is missing", node.value
    if isinstance(node, ast.Call):
        yield from _changes_of_call(node)
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield "parts swapped", "two things are in the wrong order", _with(
            node, elts=node.elts[::-1])  # fmt: skip


def _changes_of_operands(node: ast.BinOp) -> Iterator[tuple[str, str, ast.AST]]:
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
        word = "term" if isinstance(node.op, (ast.Add, ast.Sub)) else "factor"
        yield f"{word} missing", f"a {word} is left out", node.left
        if isinstance(node.op, (ast.Add, ast.Mult)):
            yield f"{word} missing", f"a {word} is left out", node.right
    if isinstance(node.op, ast.Sub):
        what = "a difference is taken the other way round"
        yield "difference turned round", what, _with(node, left=node.right, right=node.left)
    if isinstance(node.op, ast.Pow):
        yield "power missing", "a power is left out", node.left


def _changes_of_brackets(node: ast.BinOp) -> Iterator[tuple[str, str, ast.AST]]:
    """Yield slips that move a term into what stands beside it, or out of a call."""
    if not isinstance(node.op, (ast.Add, ast.Sub)):
        return
    inside = "a term is inside of a bracket or a call that belongs outside"
    called = {
        id(n) for c in ast.walk(node.left) if isinstance(c, ast.Call) for n in ast.walk(c.func)
    }
    for number, part in enumerate(ast.walk(node.left)):
        kind = (ast.Name, ast.BinOp, ast.Call, ast.Attribute, ast.Subscript)
        if number and isinstance(part, kind) and id(part) not in called:
            left = copy.deepcopy(node.left)
            place, put = _places(left)[number - 1]
            if isinstance(getattr(place, "ctx", ast.Load()), ast.Load):
                put(ast.BinOp(place, node.op, node.right))
                yield "a bracket", inside, left


def _changes_of_call(node: ast.Call) -> Iterator[tuple[str, str, ast.AST]]:
    for i, keyword in enumerate(node.keywords):
        others = [k for j, k in enumerate(node.keywords) if j != i]
        if keyword.arg == "keepdims":
            what = "`keepdims=True` is missing"
            yield "keepdims missing", what, _with(node, keywords=others)
        if keyword.arg == "axis":
            what = "an axis is not named"
            yield "axis missing", what, _with(node, keywords=others)
            for axis in (0, 1):
                changed = [*others, ast.keyword("axis", ast.Constant(axis))]
                yield "another axis", "an axis is another", _with(node, keywords=changed)
    for i, arg in enumerate(node.args):
        if isinstance(arg, ast.BinOp) and isinstance(arg.op, (ast.Add, ast.Sub)):
            call = _with(node, args=[*node.args[:i], arg.left, *node.args[i + 1 :]])
            outside = "a term is outside of a call that belongs inside"
            yield "a bracket", outside, ast.BinOp(call, arg.op, arg.right)
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _DROPPED and node.args:
        yield f"{name} missing", f"`{name}` is missing in one place", node.args[0]
    if name == "range":
        last = ast.BinOp(node.args[-1], ast.Sub(), ast.Constant(1))
        what = "a loop ends one step early"
        yield "loop too short", what, _with(node, args=[*node.args[:-1], last])
    if name in ("zeros", "zeros_like"):
        int_ = ast.keyword("dtype", ast.Name("int", ast.Load()))
        what = "an array of ints cuts off the decimals"
        yield "integer buffer", what, _with(node, keywords=[*node.keywords, int_])
    if len(node.args) == 2:
        what = "two arguments of a call are exchanged"
        yield "arguments swapped", what, _with(node, args=node.args[::-1])


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


# --- what ships of them ---------------------------------------------------------------------------


def shipped(ex: Exercise) -> list[list]:
    """Return `[kind, what, marks]` of the slips of an exercise that nothing else would tell.

    Left out are slips that are right, raise, are in the catalogue, or have a pattern.
    """
    if ex.kind != "function" or ex.deadline >= SLOW or ex.needs_keras:
        return []
    cases = [case for cases in ex.seen for case in cases]
    out = []
    sources, taken = set(), set()  # what was tried: other words for it are told no second time
    for slip in itertools.chain(slips(ex.oracle), entering(ex.oracle)):
        if slip.source in sources:
            continue
        sources.add(slip.source)
        if (tried := _tried(ex, slip, cases)) is None:
            continue
        outcomes, findings, marks = tried
        if str(marks) not in taken:
            taken.add(str(marks))
            if not _is_told(ex, cases, outcomes, findings):
                out.append([slip.kind, slip.what, marks])
    return out


def _tried(ex: Exercise, slip: Slip, cases: list[Case]) -> tuple[list, list, list] | None:
    """Return outcomes, findings and marks of a slip; None where it is right or needs no mark.

    The first case that fails is what a report shows: of that there must be a number.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # such as a number that is indexed
            functions = ex.made_of(slip.source, f"<{ex.name}, a slip>")
    except Exception:
        return None
    outcomes, findings, marks = [], [], []
    for case in cases:
        outcomes.append(run_calls(functions, case.calls, build_model=NumpyModel))
        findings.append(verdict(case, outcomes[-1], words=False))
        made = mark(case, outcomes[-1]) if findings[-1] else None
        if not any(findings[:-1]) and (_raised(findings[-1]) or made == NO_NUMBER):
            return None
        marks.append(made)
    return (outcomes, findings, marks) if any(findings) else None


def _raised(finding: Finding | None) -> bool:
    """Tell whether a finding is an exception, by the name that it has."""
    return finding is not None and finding.code[:1].isupper()


def _is_told(ex: Exercise, cases: list[Case], outcomes: list, findings: list) -> bool:
    """Tell whether the catalogue or a pattern says more of a slip than that it is wrong."""
    prints = [fingerprint(*each) for each in zip(cases, outcomes, strict=True)]
    if recognise(ex.known, cases, prints, findings):
        return True
    pattern = patterns.find(cases, outcomes, findings, exact=True)
    return pattern is not None and not pattern.name.startswith(VAGUE)
