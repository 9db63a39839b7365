"""Benches take minutes: do they tell what they measure, when they are asked?"""

import runpy
import sys
from pathlib import Path

import pytest

from tests import bench

BENCHES = sorted(Path(bench.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", [p for p in BENCHES if p.stem != "__init__"], ids=lambda p: p.stem)
def test_a_bench_asked_for_help_measures_nothing(path, monkeypatch, capsys):
    """Does each bench print how it is called, and end?"""
    monkeypatch.setattr(sys, "argv", [str(path), "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    said = capsys.readouterr().out
    assert not ended.value.code
    assert said.startswith(f"usage: python -m tests.bench.{path.stem} ".replace(".__main__", ""))
