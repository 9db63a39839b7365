"""Does the desk say how each lab stands?"""

import json
import os

import pytest

from autograder.__main__ import main
from autograder.course import policy, results, standing
from autograder.course.folders import BookError, Course
from autograder.course.jobs import Done, Job
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests.cohort import exchanging
from tests.cohort.books import LAB, course


@pytest.fixture
def desk(tmp_path):
    """A course of three, of whom two handed in and one is marked, and an exchange."""
    place = course(tmp_path, ["amal", "jing"])
    (tmp_path / "roster.csv").write_text("username\namal\njing\nzoe\n")
    (tmp_path / policy.FILE).write_text(f"[labs.{LAB}]\ndue = 2026-03-28T10:00:00\n")
    job = Job("amal", LAB, tmp_path / "submitted/amal" / LAB, "key")
    results.save(place, job, Done(Marks(LAB, "amal", [Score("softmax", 20, 20)]), {}, None))
    return place, exchanging.folders(tmp_path / "exchange")


def of_lab(place, exchange):
    return next(each for each in standing.of(place, exchange / "inbound") if each.lab == LAB)


def test_who_waits_is_to_be_marked_or_is_missing(desk):
    """Are the people of each group named, before and after somebody hands in again?"""
    place, exchange = desk
    told = of_lab(place, exchange)
    assert (told.handed_in, told.people, told.due) == (2, 3, "2026-03-28 10:00")
    assert (told.waiting, told.to_mark, told.missing) == ([], ["jing"], ["zoe"])
    for who in ("amal", "zoe"):
        exchanging.submit(exchange, who, b"{}")
    assert of_lab(place, exchange).waiting == ["amal", "zoe"]
    result = place.result("amal", LAB)
    os.utime(result, (1, 1))  # older than what is in the folder
    assert of_lab(place, exchange).to_mark == ["amal", "jing"]


def test_the_command_says_it_to_people_and_to_programs(desk, capsys, monkeypatch):
    """Is the table a line a lab, and the JSON what the page shows?"""
    place, exchange = desk
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(exchange.parent))
    assert main(["desk", "--course", str(place.folder)]) == 0
    said = capsys.readouterr().out
    assert f"{LAB}, missing: zoe" in said
    assert len([line for line in said.splitlines() if line.startswith("0")]) == 8 + 1
    assert main(["desk", "--course", str(place.folder), "--json"]) == 0
    labs = json.loads(capsys.readouterr().out)["labs"]
    assert [each["lab"] for each in labs if each["to_mark"]] == [LAB]


def test_a_course_that_has_nothing_yet_is_no_error(tmp_path):
    """Is an empty folder eight labs without anybody, and a damaged gradebook still told?"""
    assert [each.handed_in for each in standing.of(Course(tmp_path))] == [0] * 8
    (tmp_path / "gradebook.db").write_text("no database")
    with pytest.raises(BookError):
        standing.of(Course(tmp_path))
