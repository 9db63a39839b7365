"""Benches take minutes: do they tell what they measure, and can steps be left out as they say?"""

import runpy
import sys
from pathlib import Path

import pytest

from autograder.marking import marker
from tests.bench import exercises, steps

BENCHES = sorted(Path(steps.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", [p for p in BENCHES if p.stem != "__init__"], ids=lambda p: p.stem)
def test_a_bench_asked_for_help_measures_nothing(path, monkeypatch, capsys):
    """Does each bench print how it is called, and end?"""
    monkeypatch.setattr(sys, "argv", [str(path), "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    said = capsys.readouterr().out
    assert not ended.value.code
    assert said.startswith(f"usage: python -m tests.bench.{path.stem} ".replace(".__main__", ""))


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step[0])
def test_what_a_step_is_left_out_of_is_there(step):
    """Does marking still have the part that stands for a step?"""
    place, name, _ = step[2]
    usual = getattr(place, name)
    with steps.instead(*step[2]):
        assert getattr(place, name) is not usual


def test_the_table_of_exercises_changes_nothing_of_marking():
    """Does marking have all that the table watches, and is it as it was afterwards?"""
    watched = [(marker, "asked"), (marker, "score_of"), (marker._Marking, "_timed")]
    usual = [getattr(*part) for part in watched]
    with exercises.Meter().hooked():
        assert all(getattr(*part) is not one for part, one in zip(watched, usual, strict=True))
    assert [getattr(*part) for part in watched] == usual
