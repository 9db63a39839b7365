"""Do imports lead one way, from the commands down to the jail, and never in a circle?"""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each may import those to its right; the commands and nbgrader's hidden lines come in at the door.
STREET = ("door", "commands", "course", "marking", "exercises", "authoring", "jail", "setup")


def modules():
    """Return every module of `autograder` and `utils` with its file."""
    found = {}
    for package in ("autograder", "utils"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


FILES = modules()


def imports(name):
    """Return the modules that a module names in its import statements, wherever they stand."""
    package = name if FILES[name].stem == "__init__" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            named = [f"{base}.{each.name}" for each in node.names]
        else:
            continue
        for each in named:
            while each and each not in FILES:
                each = each.rpartition(".")[0]
            found |= {each} - {"", name}
    return found


@cache
def graph():
    """Return by module what it imports: read when a test asks, and not by whoever collects it."""
    return {name: imports(name) for name in FILES}


def stands(module):
    """Return the part of the street in which a module of `autograder` stands."""
    part = (module.split(".") + [""])[1]
    return part if part in STREET else "door"


def test_the_autograder_is_a_street_that_leads_one_way():
    """Does no part import one that stands before it?"""
    arrows = {
        (stands(name), stands(other))
        for name, others in graph().items()
        for other in others
        if name.startswith("autograder") and other.startswith("autograder")
    }
    assert len(arrows) > 8
    assert not {(a, b) for a, b in arrows if STREET.index(a) > STREET.index(b)}
    assert {b for a, b in arrows if a == "jail"} == {"jail"}


@pytest.mark.parametrize("below", ["utils", "utils.engine"])
def test_what_lies_below_knows_nothing_of_what_stands_on_it(below):
    """Do learners' tools import nothing of the instructors', and the engine nothing of both?"""
    inside = [name for name in FILES if name == below or name.startswith(below + ".")]
    assert len(inside) > 10
    out = {(n, o) for n in inside for o in graph()[n] if not (o + ".").startswith(below + ".")}
    assert not out


def test_no_modules_import_each_other_in_a_circle():
    """Is there an order in which every module comes after those it imports?"""
    assert len(list(TopologicalSorter(graph()).static_order())) == len(FILES)


def test_every_part_says_what_belongs_in_it():
    """Has each package a docstring?"""
    packages = [path for path in FILES.values() if path.stem == "__init__"]
    assert len(packages) > 10
    assert not [p for p in packages if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
