"""Is an exercise known by its own declaration, and by all that this refers to?"""

import pytest

from autograder.authoring import declaration, sources

LAB = "99_pattern"
TEXT = """
import numpy as np
from autograder.authoring.declaration import Lab, case
from utils.engine.models import dense

lab = Lab("99_pattern", "A pattern", minutes=1)

SIZE = 3

def _draw(rng):
    return rng.normal(size=SIZE)

ex = lab.exercise("first", points=60)

@ex.right
def double(x):
    return 2 * x

ex.check("one", [case("double", np.array([1.0]))], lambda rng: [case("double", _draw(rng))])

@ex.wrong("triple", "Twice.")
def double(x):
    return 3 * x

ex = lab.exercise("second", points=30)

@ex.right
def quadruple(x):
    return double(double(x))

ex.check("two", [case("quadruple", np.array([1.0]), judge="digits.parts")])

lab.quiz("pattern_1", points=10, right="a", options={"a": "Yes.", "b": "No."}, hint="?")
"""
NAMES = ("first", "second", "pattern_1")


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Return a function that gives the text of each exercise after one replacement."""
    monkeypatch.setattr(declaration, "FOLDER", tmp_path)

    def read(old="", new=""):
        assert old in TEXT
        (tmp_path / f"{LAB}.py").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
        return {name: sources.declared(LAB, name) for name in NAMES}

    return read


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("3 * x", "4 * x", {"first"}),  # a wrong answer
        ("2 * x", "x + x", {"first", "second"}),  # a right answer that another one calls
        ("SIZE = 3", "SIZE = 4", {"first"}),  # what a helper of the hidden cases refers to
        ("np.array([1.0])", "np.array([1.5])", {"first"}),  # a visible case
        ('"No."', '"Never."', {"pattern_1"}),
        ("digits.parts", "digits.order", {"second"}),
        ("SIZE = 3", "SIZE = 3  # a comment", set()),
        ("minutes=1", "minutes=2", set()),
    ],
)
def test_a_change_reaches_the_exercises_that_use_it(texts, old, new, expected):
    """Do the exercises change that say or use what changed, and no others?"""
    before, after = texts(), texts(old, new)
    assert {name for name in NAMES if before[name] != after[name]} == expected


def test_a_judge_named_by_a_case_counts(texts):
    """Does the whole text of a lab's judges belong to the exercises that name them?"""
    judges = (sources.JUDGING / "digits.py").read_text(encoding="utf-8")
    assert [name for name, said in texts().items() if judges in said] == ["second"]


def test_a_file_of_its_own_is_read_with_what_it_imports(tmp_path, monkeypatch):
    """Is an exercise found in a folder of its lab, and a helper in a file beside it?"""
    monkeypatch.setattr(declaration, "FOLDER", tmp_path)
    folder = tmp_path / LAB
    folder.mkdir()
    (folder / "drawing.py").write_text("SIZE = 3\n\ndef draw(rng):\n    return rng.normal(SIZE)\n")
    (folder / "first.py").write_text("from .drawing import draw\n\ncases = draw\n")
    said = "\n".join(sources.declared(LAB, "first"))
    assert "cases = draw" in said
    assert "SIZE = 3" in said


def test_an_exercise_that_nobody_declares_is_named(texts):
    """Is a name without a declaration refused?"""
    texts()
    with pytest.raises(KeyError, match="third"):
        sources.declared(LAB, "third")
