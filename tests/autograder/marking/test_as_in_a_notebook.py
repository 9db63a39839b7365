"""Does what passes in the notebook earn its points? Lines, orders, mistakes of real notebooks."""

import json

import pytest

from autograder.authoring.declaration import load
from autograder.jail.sandbox import CellResult, Limits
from autograder.marking import intake, remarks
from autograder.marking.intake import Cell
from autograder.marking.marker import mark, marked_outputs
from autograder.marking.names import aside, bound_again
from tests import cohort
from utils.engine.calling import Failure

LAB = "03_softmax"
FULL = {ex.name: ex.points for ex in load(LAB).exercises}
SPLIT = "def softmax(z):\n    e = np.exp(z) * scale\n    return e / e.sum(axis=-1, keepdims=True)"
PICKED = (
    "def cross_entropy(P, y):\n    p = np.maximum(P[np.arange(len(y)), y], eps)\n"
    "    return np.mean(-np.log(p))"
)


def marks(template, nb, student="ada"):
    """Mark a notebook as it would be handed in."""
    cells = intake.read(json.dumps(nb).encode())
    return mark(intake.rebuild(intake.skeleton(LAB), cells), student, b"tests", template)


def points(marked):
    return {score.exercise: score.points for score in marked.scores}


def report(marked, name):
    return next(score.report for score in marked.scores if score.exercise == name)


def answers(**changes):
    return cohort.notebook(LAB, cohort.right(LAB) | changes)


HOST = [
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import kaggle_secrets",
    "!pip install -q tqdm && nvidia-smi",
    "%pip install tqdm",
    "files = !ls",
    "%matplotlib widget",
    "%matplotlib notebook\n%config InlineBackend.figure_format = 'retina'",
    "%load_ext tensorboard\n%load_ext autoreload\n%autoreload 2",
    "%nosuchmagic on",
    "who = input('your name? ')\nage = int(input())",
    "import asyncio\n\nasync def wait():\n    await asyncio.sleep(0)\n    return 1\n\nawait wait()",
    "import asyncio\nasyncio.get_running_loop()",
    "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.plot([1])\n"
    "plt.show()",
    "from tqdm.notebook import tqdm\nfor _ in tqdm(range(2)): pass",
    "from IPython.display import Markdown, clear_output\ndisplay(Markdown('*x*'))\nclear_output()",
    "import ipywidgets\nipywidgets.interact(print, x=(0, 3))",
    "np.zeros?",
    "import subprocess\nsubprocess.run(['ls'])",
    "1 / 0",
    "exit()",
]


@pytest.mark.jail
@pytest.mark.slow
def test_a_first_line_costs_nothing_but_itself(template):
    """Do all lines below run, in exercises that forbid something and in others, in any cell?"""
    for number, line in enumerate(HOST):
        one_hot = load(LAB).find("one_hot").source()
        nb = answers(softmax=f"{line}\n\nscale = 1.0\n\n{SPLIT}", one_hot=f"{line}\n\n{one_hot}")
        nb["cells"].insert(cohort.place(nb, "cross_entropy"), cohort.code(f"{line}\neps = 1e-12"))
        nb["cells"][cohort.place(nb, "cross_entropy")]["source"] = PICKED
        marked = marks(template, nb, f"student {number}")
        assert points(marked) == FULL, line


@pytest.mark.jail
def test_what_is_skipped_is_told(template):
    """Do the output of the cell and a note say what was not run?"""
    source = load(LAB).find("one_hot").source()
    top = "!pip install -q tqdm\nfrom google.colab import drive\n"
    marked = marks(template, answers(one_hot=top + source))
    shown = json.dumps(marked.outputs)
    assert "skipped when marking: !pip install -q tqdm" in shown
    assert "No module named 'google" in shown
    said = " ".join(marked.notes)
    assert "`!pip install -q tqdm`" in said
    assert "`from google.colab import drive`" in said
    first = marked.scores[0].exercise
    printed = " ".join(marked_outputs(marked)[first][0]["text"].split())
    assert "Note: Installing and shell commands are skipped" in printed


def test_what_many_cells_have_in_common_is_told_once():
    """Are lines for another host, in whatever number of cells, one note of each kind?"""
    missing = Failure("ModuleNotFoundError", "No module named 'google'", "from google import colab")
    cells = [
        (
            Cell(str(i), "own", f"!ls {i}\nfrom google import colab"),
            CellResult(str(i), error=missing),
        )
        for i in range(9)
    ]
    notes = remarks.about(cells)
    assert len(notes) == 2
    assert "`!ls 0` in a cell of your own" in notes[0]
    assert "and 6 more" in notes[0]
    assert notes[1].count("`from google import colab`") == 1


def test_marks_of_a_merge_in_a_cell_are_called_what_they_are():
    """Is a cell with two versions told apart from one with another mistake?"""
    error = Failure("SyntaxError", "invalid syntax (line 1)")
    source = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other"
    cell, result = Cell("1", "answer", source, "one_hot_answer"), CellResult("1", error=error)
    (note,) = remarks.about([(cell, result)])
    assert "merge conflict (`<<<<<<< HEAD`)" in note


@pytest.mark.jail
@pytest.mark.parametrize(
    "below",
    ["eps = 0.1", "del eps", "from numpy import *\neps = 0.5", "for eps in (0.1, 0.5): pass",
     "def cross_entropy(P, y):\n    return 0.0", "%reset -f", "np.log = np.exp"],
)  # fmt: skip
def test_a_name_bound_again_below_costs_no_point(template, below):
    """Is an answer that is right where it stands right, whatever comes after its check?"""
    nb = answers(cross_entropy=f"eps = 1e-12\n\n{PICKED}")
    nb["cells"].append(cohort.code(below))
    marked = marks(template, nb)
    assert points(marked) == FULL
    assert any("cross_entropy was marked as it is at its check" in note for note in marked.notes)


@pytest.mark.jail
def test_an_answer_written_below_its_check_counts_too(template):
    """Is the end of the notebook asked first, so that what is mended there is right?"""
    nb = answers(cross_entropy="def cross_entropy(P, y):\n    return 0.0")
    nb["cells"].append(cohort.code(f"eps = 1e-12\n\n{PICKED}"))
    marked = marks(template, nb)
    assert points(marked) == FULL
    assert marked.notes == []


@pytest.mark.jail
def test_asking_again_shows_no_hidden_input(template):
    """Does an answer that is asked twice know more, the second time, than the visible inputs?"""
    spy = (
        "seen = []\n\n"
        "def cross_entropy(P, y):\n"
        "    seen.append(len(y))\n"
        "    raise ValueError('calls before: %d' % (len(seen) - 1))"
    )
    nb = answers(cross_entropy=spy)
    nb["cells"].append(cohort.code("print(seen)\nseen = seen + [1]"))
    marked = marks(template, nb)
    visible = sum(len(cases) for cases in load(LAB).find("cross_entropy").seen)
    told = report(marked, "cross_entropy") + json.dumps(marked.outputs)
    assert int(told.split("calls before: ")[1].split()[0]) <= visible
    assert points(marked)["cross_entropy"] == 0


@pytest.mark.parametrize(
    ("above", "below", "again"),
    [
        ("e = 1\ndef f(): return e", "e = 2", {"e"}),
        ("e = 1\ndef f(): return e", "g = 2\nh = e", set()),
        ("import numpy as np\ndef f(): return np.pi", "import numpy as np", set()),
        ("import numpy as np\ndef f(): return np.pi", "import math as np", {"np"}),
        ("def f(x): return max(x)", "max = 3", {"max"}),
        ("t = {}\ndef g(): return t\ndef f(): return g()", "t['a'] = 1", {"t"}),
        ("def f(x):\n    e = x\n    return e", "e = 2", set()),
        ("def f(x): return x", "from os import *", {"f"}),
        ("e = 1\ndef f(): return e", "exec('e = 2')", {"f"}),
        ("t = [1]\ndef f(): return t", "t.clear()", {"t"}),
        ("t = [1]\ndef f(): return t", "random.shuffle(t)", {"t"}),
        ("import numpy as np\ndef f(): return np.pi", "np.random.seed(1)", set()),
    ],
)
def test_what_is_bound_again(above, below, again):
    """Is only what an answer is made of, straight or through others, a reason to ask again?"""
    assert bound_again(["f"], above.split("\n\n"), [below]) == again


@pytest.mark.parametrize(
    ("cell", "is_so"),
    [
        ("while True:\n    pass", True),
        ("import time\nscore = 0\nwhile True:\n    score += f(1)", True),
        ("while True:\n    e += 1", False),
        ("table.append(1)", False),
        ("e.x = 1", False),
        ("exec('e = 2')", False),
        ("while True:\n    pass\n  x", True),
    ],
)
def test_what_no_answer_is_made_of(cell, is_so):
    """Does only a cell that binds and changes nothing of the answers get little time?"""
    sources = ["e, table = 1, []\ndef g(x): return e * x\ndef f(x): return g(x) + table[0]"]
    assert aside(["f"], [*sources, cell]) == [False, is_so]


@pytest.mark.jail
def test_a_last_cell_without_end_costs_little(template, monkeypatch):
    """Is a loop below the answers stopped after a cell's least time, and costs no point?"""
    monkeypatch.setattr(template, "limits", Limits(aside=0.3, cell=1e6, notebook=1e6))
    nb = answers()
    nb["cells"].append(cohort.code("turns = 0\nwhile True:\n    turns += 1"))
    marked = marks(template, nb)
    assert points(marked) == FULL
    assert "took too long" in " ".join(marked.notes)


@pytest.mark.jail
def test_a_syntax_error_is_called_one(template):
    """Are line, place and Python named, in every exercise that the cell would have served?"""
    nb = answers(one_hot='def one_hot(y, n_classes):\n    return f"{", ".join([1])}"')
    nb["cells"].insert(2, cohort.code("eps = 1e-12\n\ndef unused(:\n    pass"))
    nb["cells"][cohort.place(nb, "cross_entropy")]["source"] = PICKED
    nb["cells"][cohort.place(nb, "softmax")]["source"] += "\n  oops"
    marked = marks(template, nb)
    for name in ("one_hot", "cross_entropy", "softmax"):
        told = report(marked, name)
        assert "syntax error: nothing of it ran" in told
        assert "(line " in told
        assert "Python 3." in told
        assert "not defined" not in told
        assert "not written" not in told
    lines = report(marked, "one_hot").splitlines()
    assert any(set(row.strip()) == {"^"} for row in lines)
    assert next(s for s in marked.scores if s.exercise == "one_hot").mistake == "Syntax"
    assert sum("cannot read" in note for note in marked.notes) == 3


@pytest.mark.jail
def test_a_misspelt_name_is_named(template):
    """Is an answer under nearly its name told from one that is not there?"""
    source = load(LAB).find("one_hot").source().replace("def one_hot", "def onehot")
    marked = marks(template, answers(one_hot=source))
    assert "one_hot is not defined, but onehot is" in report(marked, "one_hot")
    assert "Did you mean one_hot?" in report(marked, "one_hot")
