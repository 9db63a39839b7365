"""The promises of the jail: written down, tried from inside, and told when one does not hold."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.commands import doctor, trials
from autograder.course.keys import ROOT
from autograder.jail import promises

THREATS = Path(promises.__file__).with_name("THREATS.md").read_text(encoding="utf-8")
TESTS = Path(__file__).parents[2]


SELF_TEST = """
import json, sys
from autograder.commands import doctor
failed = [test for test in doctor.self_test() if not test[1]]
print(json.dumps([failed, sorted({"tensorflow", "keras"} & set(sys.modules))]))
"""


@pytest.fixture(scope="module")
def examined():
    """What the doctor's self-test found failing in a process of its own, and what that imported."""
    command = [sys.executable, "-c", SELF_TEST]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.jail
def test_every_promise_holds_here(examined):
    """Where the jail's tests run, is nothing got hold of by any trial, and are marks right?"""
    assert examined[0] == []


@pytest.mark.jail
def test_the_marker_never_imports_tensorflow(examined):
    """Does the process that marks, Keras exercises too, stay free of TensorFlow and Keras?"""
    assert examined[1] == []


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
