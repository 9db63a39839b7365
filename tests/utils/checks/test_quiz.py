"""Can who learns alone have a finished quiz explained, and nobody read the answers before?"""

import base64
import json
import shutil

import pytest

from autograder.authoring import declaration
from utils.checks import Check, baked, quiz

LAB = "01_training"
QUESTIONS = [ex for ex in declaration.load(LAB).exercises if ex.kind == "quiz"]


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.chdir(tmp_path)


def answered(chosen):
    """Return the checks of a lab after its quiz was answered."""
    check = Check(LAB)
    for ex, option in zip(QUESTIONS, chosen, strict=False):
        check(ex.name, option)
    return check


def test_right_answers_are_explained_and_counted():
    """Is each told to be right, with its reason, and do they count in the summary?"""
    check = answered(ex.letter for ex in QUESTIONS)
    told = " ".join(repr(check.explain()).split())
    for ex in QUESTIONS:
        assert f"{ex.name}, {ex.letter}) Right. {ex.options[ex.letter]}" in told
    assert "5 of 5 are right: 10 of 10 points." in told
    assert {r[1] for r in check.summary().rows if r[0].split()[1].startswith("training_")} == {
        "2 of 2"
    }


def test_a_wrong_answer_is_explained_without_the_right_one():
    """Is what is said of the chosen option shown, and of no other?"""
    first = QUESTIONS[0]
    wrong = next(option for option in first.options if option != first.letter)
    told = " ".join(repr(answered([wrong, *(ex.letter for ex in QUESTIONS[1:])]).explain()).split())
    assert f"{first.name}, {wrong}) Not this one. {first.options[wrong]}" in told
    assert first.options[first.letter] not in told
    assert "Choose again" in told


def test_nothing_is_explained_before_all_is_answered():
    """Is the question that is still open named?"""
    told = repr(answered([ex.letter for ex in QUESTIONS[:-1]]).explain())
    assert "First answer all questions" in told
    assert QUESTIONS[-1].name in told


def test_no_answer_is_open_in_what_ships():
    """Does the sealed file hold neither a text nor a sign of which option is right?"""
    text = quiz.path(LAB).read_text(encoding="utf-8")
    plain = b"".join(
        base64.b64decode(sealed) for each in json.loads(text).values() for sealed in each.values()
    )
    for ex in QUESTIONS:
        assert len({len(sealed) for sealed in json.loads(text)[ex.name].values()}) == 1
        for explanation in ex.options.values():
            assert explanation[:12].encode() not in plain
    with pytest.raises(ValueError, match=r"."):
        quiz.opened(LAB, QUESTIONS[0].name, "b", json.loads(text)[QUESTIONS[0].name]["a"])


def test_a_course_explains_by_marking(tmp_path, monkeypatch):
    """Does the quiz stay closed on a fetched copy, and where the sealed file is not handed out?"""
    check = answered(ex.letter for ex in QUESTIONS)
    copy = tmp_path / "course" / "work" / LAB
    copy.mkdir(parents=True)
    shutil.copytree(baked.BAKED, tmp_path / "utils" / "baked")
    monkeypatch.setattr(quiz, "BAKED", tmp_path / "utils" / "baked")
    monkeypatch.chdir(copy)
    assert "from a course" in repr(check.explain())
    monkeypatch.chdir(tmp_path)
    assert "are right" in repr(check.explain())
    quiz.path(LAB).unlink()
    assert "your instructor's marking" in repr(check.explain())


def test_a_lab_without_a_quiz_says_so():
    """Is that no error?"""
    assert "has no quiz" in repr(Check("03_softmax").explain())
