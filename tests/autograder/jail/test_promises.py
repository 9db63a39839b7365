"""The promises of the jail: written down, tried from inside, and told when one does not hold."""

import re
from pathlib import Path

import pytest

from autograder.commands import doctor, trials
from autograder.jail import promises

THREATS = Path(promises.__file__).with_name("THREATS.md").read_text(encoding="utf-8")
TESTS = Path(__file__).parents[2]


@pytest.mark.jail
def test_every_promise_holds_here(template):
    """Where the jail's tests run, is nothing got hold of by any trial?"""
    tried = [*promises.trials(template), *trials.trials(template)]
    assert {name: what for name, holds, what in tried if not holds} == {}


@pytest.mark.jail
def test_a_promise_that_does_not_hold_is_told(template, monkeypatch):
    """Is what a trial got hold of named, and a trial that could not be made no promise kept?"""
    broken = {
        "open": promises._from_inside(promises.Promise("open", "attempt('a folder', os.getcwd)")),
        "failing": promises._from_inside(promises.Promise("failing", "1 / 0")),
    }
    monkeypatch.setattr(promises, "ALL", broken)
    found = {name: (holds, what) for name, holds, what in promises.trials(template)}
    assert found["open"] == (False, "a folder")
    assert found["failing"][0] is False
    assert "ZeroDivisionError" in found["failing"][1]


def test_the_table_of_promises_is_that_of_the_doctor():
    """Does THREATS.md name each promise that is tried, and each test it points to exist?"""
    rows = re.findall(r"^\| (.*?) \|", THREATS.partition("## What it costs")[0], re.M)
    named = [re.match(r"\*\*([^*]+)\*\*", row) for row in rows[2:]]
    assert {row[1] for row in named} == {*promises.ALL, *trials.ALL, doctor.LINKS}
    for path in re.findall(r"`(\w+/test_\w+)`", THREATS):
        found = TESTS / f"{path}.py", TESTS / "autograder" / f"{path}.py"
        assert any(place.is_file() for place in found), path
    corpus = {path.stem for path in (TESTS / "hostile" / "corpus").glob("*.py")}
    for name in re.findall(r"`corpus/(\w+)`", THREATS):
        assert name in corpus or any(each.startswith(name.rstrip("_")) for each in corpus), name
