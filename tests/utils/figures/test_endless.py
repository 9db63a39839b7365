"""Does a figure end, whatever a learner's function does, where it calls one without `fig.own`?"""

import importlib
import inspect
from pathlib import Path

import pytest

from utils import figures
from utils.figures import own

FREE = (None, inspect.Parameter.empty)
FOLDER = Path(figures.__file__).parent


def endless(*_):
    while True:
        pass


@pytest.mark.parametrize(
    "name",
    [
        "training:batch_paths",
        "improved_softmax:train_regression",
        "backprop:flow",
        "backprop:entry_by_entry",
        "backprop:cost_of_modes",
    ],
)
def test_a_figure_ends_with_functions_that_do_not(name, monkeypatch):
    """Does it come to its first picture, and say why it is the reference's?"""
    monkeypatch.setattr(own, "PATIENCE", 0.05)
    module, _, name = name.partition(":")
    module = importlib.import_module(f"utils.figures.{module}")
    figure = getattr(module, name)
    given = [p.name for p in inspect.signature(figure).parameters.values() if p.default in FREE]
    fig = figure(**dict.fromkeys(given, endless))
    assert "did not finish" in " ".join(fig.notes)


def test_learners_code_runs_in_one_place_only():
    """Is what silences a learner's function also what ends it, in every figure?"""
    for path in FOLDER.rglob("*.py"):
        if path.name != "own.py":
            assert "redirect_stdout" not in path.read_text(encoding="utf-8"), path
