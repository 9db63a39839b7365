"""Is a source that does not fit its declaration refused, with file, line and reason?"""

import re
from functools import cache

import pytest

from autograder.authoring import declaration, release
from autograder.authoring.release import SourceError

LAB = "03_softmax"


@cache
def built():
    """Return the release of lab 03."""
    return next(release.build([LAB]))


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """Return a function that releases lab 03 after one replacement in its source."""
    monkeypatch.setattr(release, "SOLUTIONS", tmp_path)
    text = (release.ROOT / "solutions" / f"{LAB}.py").read_text(encoding="utf-8")

    def build(old, new, count=1):
        assert old in text
        (tmp_path / f"{LAB}.py").write_text(text.replace(old, new, count), encoding="utf-8")
        return release.source_notebook(LAB)

    build.text = text
    return build


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    ### BEGIN SOLUTION\n", "", "### BEGIN and ### END SOLUTION"),
        ("### END HIDDEN TESTS", "### END", "needs one line"),
        ('"grade_id": "softmax",', '"grade_id": "soft",', "unknown exercise"),
        ('"grade_id": "one_hot",', '"grade_id": "softmax",', "used in line"),
        ('"points": 20, ', "", "needs points"),
        (
            '"points": 20, ',
            '"points": 21, ',
            "20 in autograder/exercises/03_softmax/softmax.py, line",
        ),
        ('mark("03_softmax", "softmax", softmax)', "mark()", "needs the line"),
        ('check("softmax", softmax)', "pass", "needs the line"),
        ('"grade_id": "softmax_answer"', '"grade_id": "softmax_anser"', "unknown exercise"),
        ('"grade_id": "softmax_answer", ', "", "without a grade_id"),
    ],
)
def test_a_wrong_source_is_refused(edited, old, new, reason):
    """Does the message name the file, the line of the cell and the reason?"""
    with pytest.raises(SourceError, match=reason) as caught:
        edited(old, new)
    line = int(re.search(rf"solutions/{LAB}\.py, line (\d+)", str(caught.value))[1])
    head = edited.text.replace(old, new, 1).splitlines()[line - 1]
    assert head.startswith("# %% nbgrader=")


def test_a_missing_marked_cell_is_refused(edited):
    """Is a lab without one of its exercises refused?"""
    with pytest.raises(
        SourceError,
        match=r"no marked cell for softmax_model \(autograder/exercises/03_softmax/softmax_model",
    ):
        edited(
            '"grade": true, "grade_id": "softmax_model"', '"grade": false, "grade_id": "x_answer"'
        )


def test_points_that_do_not_add_up_are_refused(edited, monkeypatch):
    """Is a lab of 99 points refused, with the places where points are declared?"""
    monkeypatch.setattr(declaration, "TOTAL", 99)
    with pytest.raises(
        SourceError, match=r"03_softmax/__init__\.py, line \d+: .* to 100, not 99"
    ) as caught:
        edited("", "")
    assert re.search(
        r"^ +20 softmax \(autograder/exercises/03_softmax/softmax\.py, line \d+\)$",
        str(caught.value),
        re.MULTILINE,
    )


def test_cell_ids_do_not_depend_on_what_stands_before(edited):
    """Does a new cell leave the ids of all others alone?"""
    before = [cell.id for cell in edited("", "").cells]
    extra = [
        c.id
        for c in edited("# %% [markdown]\n", "# %% [markdown]\n# New.\n\n# %% [markdown]\n").cells
    ]
    assert [i for i in extra if i in before] == before
    assert len(extra) == len(before) + 1


def test_building_twice_gives_the_same_bytes():
    """Is a release a function of its source alone?"""
    assert next(release.build([LAB])) == built()


def test_an_unknown_lab_is_refused_by_name():
    """Does a typing error on the command line name the labs there are?"""
    with pytest.raises(SourceError, match="03_softmax"):
        release.labs(["07_nothing"])


def test_a_notebook_that_somebody_worked_in_is_kept(tmp_path, monkeypatch):
    """Is a learner's work never overwritten by a release?"""
    monkeypatch.setattr(release, "NOTEBOOKS", tmp_path)
    release.write(built())
    path = release.target(LAB)
    path.write_text(built().notebook.replace("# YOUR CODE HERE", "x = 1", 1), encoding="utf-8")
    release.write(built())
    assert path.read_text(encoding="utf-8") == built().notebook
    assert "x = 1" in path.with_name(f"{LAB}-kept-1.ipynb").read_text(encoding="utf-8")


def test_a_stub_names_its_exercise():
    """Does the line that raises say which lab and exercise it waits for?"""
    text = built().notebook
    assert text.count('raise NotImplementedError(\\"03_softmax: softmax\\")') == 1
    assert "NotImplementedError()" not in text
