"""Are the minutes that a lab says it takes those that it takes?"""

import re

import pytest

from autograder.authoring import release


def stated(lab):
    """The minutes that a lab says it takes."""
    text = (release.SOLUTIONS / f"{lab}.py").read_text(encoding="utf-8")
    return int(re.search(r"\*\*Time\*\* about (\d+) minutes", text)[1])


def estimated(lab):
    """Minutes for a lab: words at 180 a minute, 1.5 a figure, 0.3 a cell, 6 an exercise, 1 a quiz.

    What stands behind a heading with "optional" is not counted.
    """
    total, optional = 0.0, False
    for cell in release.source_notebook(lab).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.split("\n"):
                if line.startswith("#"):
                    optional = "optional" in line.lower()
                if not optional:
                    total += len(line.split()) / 180
            continue
        marked = (cell.metadata.get("nbgrader") or {}).get("grade")
        if marked:
            total += 1 if float(cell.metadata["nbgrader"]["points"]) <= 2 else 6
        elif not optional:
            total += 1.5 if "figures." in cell.source else 0.3
    return total


@pytest.mark.parametrize("lab", release.labs()[1:])
def test_the_expected_minutes_are_measured(lab):
    """Are the minutes at the top within a tenth of what the text, cells and exercises take?"""
    minutes = estimated(lab)
    assert stated(lab) == pytest.approx(minutes, rel=0.1), (
        f"{lab} takes about {minutes:.0f} minutes: say so in solutions/{lab}.py, in `minutes=` of "
        f"autograder/exercises/{lab}/__init__.py and in the table of README.md"
    )


def test_the_start_page_says_the_same_minutes_and_their_sum():
    """Are those of its table the labs' own, and is the total right to half an hour?"""
    text = (release.SOLUTIONS / "00_start.py").read_text(encoding="utf-8")
    table = {
        number: int(told) for number, told in re.findall(r"# \| (\d\d) [^|]+\| (\d+) \|", text)
    }
    assert table == {lab[:2]: stated(lab) for lab in release.labs()[1:]}
    hours = int(re.search(r"about (\d+) hours", text)[1])
    assert sum(table.values()) / 60 == pytest.approx(hours, abs=0.5)
