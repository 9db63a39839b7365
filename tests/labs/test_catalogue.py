"""Do the checks know right answers from wrong ones? Runs every table of every lab."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring import release
from autograder.authoring.declaration import Exercise, Wrong, generator, load, names
from autograder.marking.scoring import QUICK, Asked, Score, asked, score_of
from tests import cohort
from utils import checks
from utils.engine import fitting, predicting
from utils.engine.calling import Call, run_calls
from utils.engine.forbidden import watch
from utils.engine.judging import Case

ANSWERS = Path(__file__).parent / "answers"
EXERCISES = [ex for lab in names() for ex in load(lab).exercises]
# Exercises with time to train a network take that time here, too.
FUNCTIONS = [
    pytest.param(ex, id=f"{ex.lab}-{ex.name}", marks=[pytest.mark.slow] * (ex.deadline > QUICK))
    for ex in EXERCISES
    if ex.kind == "function"
]
STUDENTS = ["ada", "grace", "emmy"]
SOLVED = [  # (of what trains, `test_marking` and the solved notebooks draw others)
    pytest.param(ex, student, id=f"{of.id}-{student}", marks=of.marks)
    for of in FUNCTIONS
    for ex in of.values
    for student in (STUDENTS[:1] if ex.deadline > QUICK else STUDENTS)
]
STOOD_IN_FOR = [of for of in FUNCTIONS for ex in of.values if ex.oracle != ex.cell.text]
QUIZ = [ex for ex in EXERCISES if ex.kind == "quiz"]
WRONG = [
    pytest.param(ex, wrong, id=f"{of.id}-{wrong.name.replace(' ', '_')}", marks=of.marks)
    for of in FUNCTIONS
    for ex in of.values
    for wrong in ex.wrongs
]
RIGHT = sorted(ANSWERS.glob("*/right_*.py"))
WHOLE = [f"right_{number}" for number in range(1, 6)]  # marked as whole notebooks, too
ROWS = 200  # of hidden examples that a wrong answer trains a network on


def marks(ex: Exercise, namespace: dict, student: str = "ada", ask: Asked | None = None) -> Score:
    def run(cases: list) -> list:
        with watch(ex.forbids) as guard:
            return [run_calls(namespace, case.calls, guard=guard) for case in cases]

    return score_of(ask or asked_of(ex.lab, ex.name, student), run)


@cache
def asked_of(lab: str, name: str, student: str) -> Asked:
    """Return what a student is asked, drawn once: it is the same for whatever is handed in."""
    return asked(load(lab).find(name), generator(b"a secret of the tests", student, lab, name))


@cache
def asked_of_the_wrong(lab: str, name: str) -> Asked:
    """Return what wrong answers are asked: what right ones are, on fewer rows where that trains.

    How well a network reads after a whole training is asked of right answers.
    """
    ask = asked_of(lab, name, "ada")
    if ask.exercise.deadline <= QUICK:
        return ask
    few: dict[int, list[Call]] = {}  # (cases that share their calls share one run)

    def shortened(case: Case) -> Case:
        call, *more = case.calls
        long = any(isinstance(arg, np.ndarray) and len(arg) > ROWS for arg in call.args)
        if more or not long:  # (they are told by their identity)
            return case
        args = [arg[:ROWS] if isinstance(arg, np.ndarray) else arg for arg in call.args]
        return replace(case, calls=few.setdefault(id(case.calls), [replace(call, args=args)]))

    plan = [
        (check, shortened(case) if hidden else case, hidden) for check, case, hidden in ask.plan
    ]
    return Asked(ask.exercise, plan, ask.later)


@cache
def marks_of(lab: str, name: str, number: int) -> Score:
    """Return the score of a wrong answer, worked out once for all tests that look at it."""
    ex = load(lab).find(name)
    return marks(ex, ex.wrongs[number].functions, ask=asked_of_the_wrong(lab, name))


@pytest.fixture
def as_in_the_jail(monkeypatch):
    """Let Keras work as where answers are marked; where it is not imported yet, as it does."""
    if "keras" in sys.modules:
        from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

        monkeypatch.setattr(TensorFlowTrainer, "predict", TensorFlowTrainer.predict)
        monkeypatch.setattr(TensorFlowTrainer, "fit", TensorFlowTrainer.fit)
        predicting.quicken()
        fitting.quicken()


@pytest.mark.usefixtures("as_in_the_jail")
@pytest.mark.parametrize(("ex", "student"), SOLVED)
def test_the_solution_gets_full_marks(ex, student):
    """Does the solution's answer cell earn every point, whatever the hidden inputs?"""
    result = marks(ex, ex.solution, student)
    assert result.points == ex.points, result.report


@pytest.mark.parametrize("ex", STOOD_IN_FOR)
def test_what_stands_in_for_a_solution_returns_the_same(ex):
    """Does a stand-in agree with the solution on every case, but for the kind of number?

    (A float32 has seven digits.)
    """
    rng = generator(b"a secret of the tests", "ada", ex.lab, ex.name)
    for check in ex.checks:
        for case in [*check.visible, *(check.hidden(rng) if check.hidden else [])]:
            solved = run_calls(ex.solution, case.calls)
            for ours, theirs in zip(ex.run(case), solved, strict=True):
                assert ours.error == theirs.error
                single = getattr(theirs.value, "dtype", None) == np.float32
                rtol, atol = (1e-6, 1e-6) if single else (0, 0)
                np.testing.assert_allclose(ours.value, theirs.value, rtol, atol)


@pytest.mark.parametrize("ex", FUNCTIONS)
def test_the_right_answer_stands_in_the_solution_alone(ex):
    """Is the oracle made of the text of the answer cell of the notebook?"""
    cells = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in release.source_notebook(ex.lab).cells
        if "nbgrader" in cell.metadata
    }
    lines = cells[f"{ex.name}_answer"].splitlines()
    kept = [line for line in lines if not line.strip().startswith("### ")]
    assert ex.source() == "\n".join(kept) + "\n"


@pytest.mark.usefixtures("as_in_the_jail")
@pytest.mark.parametrize("path", RIGHT, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_right_answer_written_differently_gets_full_marks(path):
    """Does every listed alternative earn every point?

    What trains a network is marked in `test_marking`, with the rest of its notebook.
    """
    namespace = {"np": np, "__name__": "answers"}
    lost = {}
    for name, source in cohort.sections(path).items():
        exec(compile(source, f"<cell {name}>", "exec"), namespace)
        ex = load(path.parent.name).find(name)
        if ex.deadline > QUICK and path.stem in WHOLE:
            continue
        result = marks(ex, namespace)
        if result.points < result.max_points:
            lost[name] = result.report
    assert not lost


@pytest.mark.parametrize("lab", names())
def test_every_lab_has_five_complete_right_answers(lab):
    """Is each exercise answered rightly in at least five ways?"""
    counts = {ex.name: 0 for ex in load(lab).exercises if ex.kind == "function"}
    for path in (ANSWERS / lab).glob("right_*.py"):
        for name in cohort.sections(path):
            counts[name] += 1
    assert not {name: n for name, n in counts.items() if n < 5}


@pytest.mark.usefixtures("as_in_the_jail")
@pytest.mark.parametrize(("ex", "wrong"), WRONG)
def test_a_wrong_answer_loses_points_and_is_recognised(ex: Exercise, wrong: Wrong):
    """Does the wrong answer lose points, and is it told apart from every other one?"""
    result = marks_of(ex.lab, ex.name, ex.wrongs.index(wrong))
    assert result.points < ex.points
    assert result.mistake == wrong.name
    assert wrong.hint.split()[0] in result.report


@pytest.mark.usefixtures("as_in_the_jail")
@pytest.mark.parametrize(("ex", "wrong"), WRONG)
def test_the_instant_check_recognises_the_wrong_answer(ex: Exercise, wrong: Wrong):
    """Does the learner read the hint that belongs to the mistake?"""
    told = checks.judge(checks.load(ex.lab)[ex.name], wrong.functions)
    assert not told.passed
    assert " ".join(wrong.hint.split()) in " ".join(told.report.split())


@pytest.mark.usefixtures("as_in_the_jail")
@pytest.mark.parametrize("ex", FUNCTIONS)
def test_the_instant_check_passes_the_right_answer(ex):
    """Does the right answer pass all visible checks, and is the learner told of more?"""
    told = checks.judge(checks.load(ex.lab)[ex.name], ex.answers)
    assert told.passed, told.report
    assert told.report.endswith("marking uses more.")


class Liar:
    """Equal to everything, ordered before and after everything."""

    def __eq__(self, _):
        return True

    def __hash__(self):
        return 0

    def __array__(self, *_, **__):
        raise TypeError("no array")


def refuse(*_):
    raise ValueError("no")


EMPTY = {
    "raises NotImplementedError": lambda *_: (_ for _ in ()).throw(NotImplementedError("x")),
    "raises ValueError": refuse,
    "returns None": lambda *_: None,
    "returns NaN": lambda *_: float("nan"),
    "returns 0": lambda *_: 0,
    "returns a liar": lambda *_: Liar(),
    "returns a text": lambda *_: "all right",
    "returns an empty list": lambda *_: [],
    "returns an object array": lambda *_: np.array([Liar()], dtype=object),
    "returns a number as the score": lambda *_: 100,
}


@pytest.mark.parametrize("kind", EMPTY)
@pytest.mark.parametrize("ex", FUNCTIONS)
def test_an_empty_answer_gets_nothing(ex, kind):
    """Is a function that does no work worth 0 points?"""
    assert marks(ex, dict.fromkeys(ex.functions, EMPTY[kind])).points == 0


@pytest.mark.parametrize("ex", FUNCTIONS)
def test_a_missing_answer_gets_nothing_and_says_so(ex):
    """Is a deleted function reported by name?"""
    result = marks(ex, {})
    assert result.points == 0
    assert "is not defined" in result.report


@pytest.mark.parametrize("ex", QUIZ, ids=lambda ex: f"{ex.lab}-{ex.name}")
def test_a_quiz_answer_is_marked_by_its_option(ex):
    """Does the right letter earn the points, every other none, and is the choice explained?"""
    for option, explanation in ex.options.items():
        result = marks(ex, {ex.functions[0]: option})
        right = option == ex.letter
        assert result.points == (ex.points if right else 0)
        assert explanation.split()[-1] in result.report
    for value in (None, 1, "z", "", ["a"]):
        assert marks(ex, {ex.functions[0]: value}).points == 0


@pytest.mark.parametrize("lab", names())
def test_points_add_up_to_100(lab):
    """Do the exercises of a lab total 100, its quiz 10 of them where it has one?"""
    declared = load(lab)
    assert sum(ex.points for ex in declared.exercises) == 100
    quiz = [ex for ex in declared.exercises if ex.kind == "quiz"]
    assert not quiz or (sum(ex.points for ex in quiz) == 10 and len(quiz) >= 5)


@pytest.mark.parametrize("lab", names())
def test_baked_checks_hold_no_code(lab):
    """Is neither a right nor a wrong answer shipped with `utils`?"""
    text = (checks.BAKED / f"{lab}.json").read_text(encoding="utf-8")
    assert not re.search(r"\n *def \w+\(|def \w+\(|import numpy", text)


@pytest.mark.parametrize("ex", FUNCTIONS)
def test_reports_fit_the_page(ex):
    """Are the lines of every report at most 78 characters long?"""
    reports = [marks_of(ex.lab, ex.name, number).report for number in range(len(ex.wrongs))]
    assert max(len(line) for report in reports for line in report.split("\n")) <= 78
