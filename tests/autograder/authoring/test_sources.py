"""Is an exercise known by its own declaration, and by all that this refers to?"""

import pytest

from autograder.authoring import declaration, sources

LAB = "99_pattern"
FILES = {
    "__init__": """
from autograder.authoring.declaration import Lab

lab = Lab("99_pattern", "A pattern", minutes=1, order=["first", "second"])
lab.quiz("pattern_1", points=10, right="a", options={"a": "Yes.", "b": "No."}, hint="?")
""",
    "_data": """
SIZE = 3

def draw(rng):
    return rng.normal(size=SIZE)

def other(rng):
    return rng.integers(5)
""",
    "first": """
import numpy as np
from autograder.authoring.declaration import case, exercise
from ._data import draw

ex = exercise(__name__, points=60)
ex.check("one", [case("double", np.array([1.0]))], lambda rng: [case("double", draw(rng))])
ex.mistake("triple", "Twice.", ("2 * x", "3 * x"))
""",
    "second": """
import numpy as np
from autograder.authoring.declaration import case, exercise
from ._data import other

ex = exercise(__name__, points=30)
ex.check("two", [case("quadruple", np.array([2.0]), judge="digits.parts")])
""",
}
NAMES = ("first", "second", "pattern_1")


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Return a function that gives the text of each exercise after one replacement."""
    monkeypatch.setattr(declaration, "FOLDER", tmp_path)
    folder = tmp_path / LAB
    folder.mkdir()

    def read(old="", new=""):
        assert any(old in text for text in FILES.values())
        for name, text in FILES.items():
            (folder / f"{name}.py").write_text(text.replace(old, new), encoding="utf-8")
        return {name: sources.declared(LAB, name) for name in NAMES}

    return read


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("3 * x", "4 * x", {"first"}),  # a mistake
        ("integers(5)", "integers(6)", {"second"}),  # a helper beside the exercise
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


def test_an_exercise_that_nobody_declares_is_named(texts):
    """Is a name without a declaration refused?"""
    texts()
    with pytest.raises(KeyError, match="third"):
        sources.declared(LAB, "third")
