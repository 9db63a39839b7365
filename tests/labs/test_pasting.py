"""Does what learners receive hold answers that can be pasted?"""

import ast
import contextlib
import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.declaration import generator, load, names
from autograder.marking.scoring import score
from utils.engine.calling import run_calls
from utils.engine.forbidden import watch

ROOT = Path(__file__).resolve().parents[2]
MOST = 10  # of the 100 points of a lab


@cache
def functions():
    """Return the functions of everything that learners receive: name, text, imports of its file."""
    out = []
    for path in sorted((ROOT / "utils").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
        above = "\n".join(map(ast.unparse, imports))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                node.decorator_list = []
                out.append((node.name, ast.unparse(node), above))
    return out


def fits(text, calls):
    """Tell whether a function can be called as an exercise calls it."""
    node = ast.parse(text).body[0]
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    node.returns, node.body = None, [ast.Pass()]
    node.args.defaults = [ast.Constant(0) for _ in node.args.defaults]
    node.args.kw_defaults = [d and ast.Constant(0) for d in node.args.kw_defaults]
    space = {}
    exec(ast.unparse(ast.fix_missing_locations(node)), space)
    signature = inspect.signature(space[node.name])
    for call in calls:
        with contextlib.suppress(TypeError):
            signature.bind(*(call.args or []))
            return True
    return False


def earned(ex, function, text, above):
    """Return the points that a function earns as the answer to an exercise."""
    space = {"np": np}
    try:
        exec(f"{above}\n{text}", space)
    except Exception:
        return 0.0
    answer = space[ast.parse(text).body[0].name]

    def run(cases):
        with watch(ex.forbids) as guard:
            return [run_calls({function: answer}, case.calls, guard=guard) for case in cases]

    return score(ex, run, generator(b"pasted", "", ex.lab, ex.name)).points


def test_the_test_notices_an_answer():
    """Does a function under the name of an exercise, which is right, earn its points?"""
    ex = load("03_softmax").find("softmax")
    assert earned(ex, "softmax", ex.source(), "") == ex.points
    assert fits("def softmax(z): pass", ex.seen[0][0].calls)
    assert not fits("def softmax(self, z): pass", ex.seen[0][0].calls)


@pytest.mark.parametrize("lab", names())
def test_no_function_of_the_package_is_an_answer(lab):
    """Does every function, pasted into every answer cell, earn at most 10 of 100 in a lab?"""
    total, found = 0.0, []
    for ex in load(lab).exercises:
        if ex.kind != "function":
            continue
        calls = [call for cases in ex.seen for case in cases for call in case.calls]
        for function in ex.functions:
            asked = [call for call in calls if call.function == function]
            best = (0.0, "")
            for name, text, above in functions():
                if name == function and fits(text, asked):
                    best = max(best, (earned(ex, function, text, above), name))
            total += best[0]
            found.append((ex.name, function, *best))
    assert total <= MOST, [each for each in found if each[2]]
