"""The trial of the start page: does it show what a lab's exercise is like?"""

import numpy as np
import pytest

from utils import trial
from utils.checks import CheckFailed


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.mark.parametrize("double", [lambda x: 2 * x, lambda x: x + x, lambda x: np.multiply(x, 2)])
def test_twice_x_passes(double, capsys):
    """Does every right answer pass?"""
    trial.Trial()("double", double)
    assert "2 of 2 visible checks pass" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("double", "hint"),
    [
        (lambda x: x + 2, "You added 2."),
        (lambda x: x**2, "You squared it"),
        (lambda x: x, "came back as it was"),
    ],
)
def test_a_wrong_answer_is_recognised(double, hint):
    """Does the report name input, expected and got, and the mistake?"""
    with pytest.raises(CheckFailed) as told:
        trial.Trial()("double", double)
    report = " ".join(str(told.value).split())
    for part in ("3", "Expected", hint):
        assert part in report


def test_hints_go_from_a_question_to_a_pointer(capsys):
    """Are there three hints, the first one a question, before they start over?"""
    check = trial.Trial()
    for _ in range(4):
        check.hint("double")
    told = capsys.readouterr().out
    assert told.startswith("Hint 1 of 3: What is twice 3?")
    assert "That was the last of 3 hints" in told


def test_the_figure_draws_the_learners_function():
    """Is the point on the learner's own graph, and on the right one where nothing is written?"""

    def unwritten(x):
        raise NotImplementedError("00_start: double")

    assert trial.figure(lambda x: x + 2).text == "double(1.5) is 3.5."
    fig = trial.figure(unwritten)
    assert fig.text == "double(1.5) is 3."
    assert len(fig.notes) == 1
