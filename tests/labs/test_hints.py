"""Do the checks leave to learners what they are to find?"""

import ast
import re

import pytest

from autograder.authoring import release
from autograder.authoring.declaration import load

LABS = release.labs()[1:]
ASKED = [pytest.param(ex, id=f"{lab}-{ex.name}") for lab in LABS for ex in load(lab).exercises]


def squeezed(text):
    """A text without spaces and without the names that stand before a dot."""
    return re.sub(r"\s+|\bnp\.", "", text)


def pieces(source):
    """The expressions in a right answer that are more than a name: calls, indices, formulas."""
    kinds = (ast.Call, ast.Subscript, ast.BinOp, ast.Compare)
    tree = ast.parse(source)
    found = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, kinds)}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            found.add(f"{node.arg}={ast.unparse(node.value)}")
    return {squeezed(piece) for piece in found}


def displayed(lab):
    """Everything that a learner of a lab can read: text, cells and the docstrings of answers."""
    cells = release.source_notebook(lab).cells
    texts = [c.source for c in cells if not (c.metadata.get("nbgrader") or {}).get("solution")]
    return squeezed("\n".join([*texts, *re.findall(r'"""(.*?)"""', str(cells), re.DOTALL)]))


@pytest.mark.parametrize("ex", [p for p in ASKED if p.values[0].kind == "function"])
def test_what_a_check_says_first_holds_no_piece_of_the_answer(ex):
    """Does no first hint and no report of a mistake spell out what the lab does not display?"""
    text = displayed(ex.lab)
    withheld = [piece for piece in pieces(ex.cell.text) if piece not in text and len(piece) > 4]
    said = [ex.hints[0], *(wrong.hint for wrong in ex.wrongs)]
    assert not [(hint, p) for hint in said for p in withheld if p in squeezed(hint)]
