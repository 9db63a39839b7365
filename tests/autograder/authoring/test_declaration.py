"""Is a slip of an author refused, with file, line and what to do next?"""

import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.authoring import baking, declaration
from autograder.authoring.answers import ROOT, DeclarationError, answer_cells
from autograder.authoring.declaration import Lab, case

SOLUTION = '''
# %% nbgrader={"grade_id": "double_answer"}
def double(x):
    """Return x + x, which is 2 * x."""
    ### BEGIN SOLUTION
    return np.add(x, x)
    ### END SOLUTION


def halve(x):
    ### BEGIN SOLUTION
    return double(x) / 4
    ### END SOLUTION

# %% [markdown]
# The end.
'''
HERE = r"tests/autograder/authoring/test_declaration\.py, line \d+"
CELL = r"solutions/00_test\.py, line 2"


@pytest.fixture
def ex():
    """An exercise of two functions, with a visible probe of each."""
    ex = Lab("00_test", "A test", 1, ["double"], SOLUTION).exercise("double", points=10)
    ex.check("numbers", [case("double", 3.0), case("halve", 5.0)])
    return ex


def test_the_right_answer_is_the_text_of_the_answer_cell(ex):
    """Are the functions those of the solution, without its marker lines?"""
    assert ex.functions == ("double", "halve")
    assert ex.answers["halve"](3.0) == 1.5
    assert (
        ex.source()
        == SOLUTION.split("\n", 2)[2]
        .split("# %% [m")[0]
        .replace("    ### BEGIN SOLUTION\n", "")
        .replace("    ### END SOLUTION\n", "")
        .strip()
        + "\n"
    )


def test_a_mistake_is_an_edit_of_the_right_answer(ex):
    """Is the text replaced in the answer, whatever a docstring says, and the rest kept?"""
    ex.mistake("thrice", "Twice.", ("np.add(x, x)", "3 * x"))
    ex.mistake("both", "Neither.", ("np.add(x, x)", "x"), ("double(x) / 4", "x"))
    thrice, both = ex.wrongs
    assert thrice.functions["double"](2.0) == 6.0
    assert thrice.functions["halve"](4.0) == 3.0
    assert [both.functions[name](2.0) for name in ex.functions] == [2.0, 2.0]
    assert ex.source(thrice) == ex.source().replace("np.add(x, x)", "3 * x")


def test_an_edit_can_name_its_function(ex):
    """Is a text that stands in two functions found in the one that is meant?"""
    ex.mistake("another name", "Keep it.", ("(x):", "(x, y=1):"), function="halve")
    assert "def double(x):" in ex.wrongs[0].source
    assert "def halve(x, y=1):" in ex.wrongs[0].source


def test_a_mistake_of_another_idea_is_a_function(ex):
    """Does a decorated function take the place of the right one, and leave its name alone?"""

    @ex.mistake("always 0", "It depends on x.")
    def double(x):
        return 0

    assert double is ex.answers["double"]
    assert ex.wrongs[0].functions["double"](2.0) == 0
    assert ex.wrongs[0].functions["halve"](2.0) == 0.0
    assert "def halve(x):\n    return double(x) / 4" in ex.wrongs[0].source


def test_a_stand_in_judges_and_the_solution_is_shown(ex):
    """Is the oracle the stand-in, the source the solution, and a mistake an edit of the former?"""

    @ex.stand_in("a reason")
    def double(x):
        return 2.0 * x

    assert ex.answers["double"](1) == 2.0
    assert "np.add" in ex.source()
    assert "np.add" not in ex.oracle
    ex.mistake("thrice", "Twice.", ("2.0 * x", "3.0 * x"))
    assert ex.wrongs[0].functions["double"](1) == 3.0


@pytest.mark.parametrize(
    ("edits", "function", "reason"),
    [
        ([("np.dot(x, x)", "x")], "", rf"'np.dot\(x, x\)' is not in .*\({CELL}\)\. Copy the text"),
        ([("2 * x", "x")], "", "'2 \\* x' is not in the right answer"),
        ([("return", "x")], "", rf"'return' stands 2 times .*\({CELL}\)\. Take more of the line"),
        ([("return", "return")], "", "replaced by itself: nothing changes"),
        ([("", "x")], "", "'' is not in the right answer"),
        ([("np.add(x, x)", "x"), ("add(x", "x")], "", "two edits overlap"),
        ([("np.add(x, x)", "x")], "halve", "is not in the right answer"),
        ([("x", "y")], "treble", "asks for no function 'treble', it asks for: double, halve"),
    ],
)
def test_an_edit_that_does_not_apply_is_refused(ex, edits, function, reason):
    """Does the message name file, line, mistake and text, and what to do?"""
    with pytest.raises(DeclarationError, match=reason) as caught:
        ex.mistake("thrice", "Twice.", *edits, function=function)
    assert re.match(HERE, str(caught.value))


def test_an_edit_that_is_no_python_is_refused(ex):
    """Is the place of the mistake named, rather than a line of the edited text?"""
    ex.mistake("thrice", "Twice.", ("np.add(x, x)", "3 *"))
    with pytest.raises(DeclarationError, match=f"{HERE}: mistake 'thrice': .* no Python"):
        _ = ex.wrongs[0].functions


def test_a_mistake_that_no_probe_notices_is_refused(ex):
    """Is a mistake that is right, or right enough, named before it is released?"""
    ex.mistake("written otherwise", "Fine.", ("np.add(x, x)", "2 * x"))
    with pytest.raises(DeclarationError, match=f"{HERE}: mistake 'written otherwise': it passes"):
        baking.bake(ex.home)


def test_two_mistakes_that_no_probe_tells_apart_are_refused(ex):
    """Are both named, with their lines?"""
    ex.mistake("thrice", "Twice.", ("np.add(x, x)", "3 * x"))
    ex.mistake("twice and once", "Twice.", ("np.add(x, x)", "2 * x + x"))
    with pytest.raises(DeclarationError, match=rf"'twice and once': .*'thrice' \({HERE}\)\. Add"):
        baking.bake(ex.home)


def test_two_mistakes_of_one_finding_are_refused(ex):
    """Does a finding tell one mistake only?"""
    ex.mistake("thrice", "Twice.", ("np.add(x, x)", "3 * x"), finding="value")
    ex.mistake("none", "Twice.", ("np.add(x, x)", "0 * x"), finding="value")
    with pytest.raises(DeclarationError, match="no visible probe tells it from 'thrice'"):
        baking.bake(ex.home)


def test_a_probe_on_which_the_right_answer_fails_is_refused(ex):
    """Are check, probe and answer named, where it raises and where it is judged wrong?"""
    ex.check("texts", [case("halve", 1.0), case("halve", "x")])
    with pytest.raises(DeclarationError, match=rf"{HERE}: check 'texts', probe 2: .*\({CELL}\)"):
        baking.bake(ex.home)
    ex.checks.pop()
    ex.check("given", [case("double", 1.0, expect=3.0)])
    with pytest.raises(DeclarationError, match=f"{HERE}: check 'given', probe 1: .* fails"):
        baking.bake(ex.home)


def test_a_judge_of_its_own_is_for_hidden_cases(ex):
    """Is a function as the judge of a visible case refused?"""
    ex.check("own", [case("double", 1.0, judge=lambda case, outcomes: None)])
    with pytest.raises(DeclarationError, match=f"{HERE}: double: the judge of a visible case"):
        baking.bake(ex.home)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"rtoll": 1e-3}, "the judge of numbers knows no rtoll; it knows: atol, "),
        ({"judge": "closer"}, "there is no judge 'closer'. Judges are"),
        ({"judge": "training.closer"}, "there is no judge 'training.closer'"),
        ({"judge": "trainings.batches"}, "there is no judge 'trainings.batches'"),
    ],
)
def test_a_word_that_no_judge_knows_is_refused(words, reason):
    """Is a slip in a case told where it stands, rather than passed over?"""
    with pytest.raises(DeclarationError, match=f"^{HERE}: {reason}"):
        case("double", 1.0, **words)


def test_a_family_that_does_not_exist_is_refused():
    """Is a misspelt `forbids` told where it stands, with the families there are?"""
    lab = Lab("00_test", "A test", 1, ["double"], SOLUTION)
    with pytest.raises(DeclarationError, match=f"{HERE}: no family .* sofmax; there are: softmax"):
        lab.exercise("double", points=1, forbids=["sofmax"])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    ### BEGIN SOLUTION\n", "", "line 2: the answer cell of 'double' needs its solution"),
        ("### END SOLUTION", "### END", "line 2: .* '### BEGIN SOLUTION' and '### END SOLUTION'"),
        ("# %% [markdown]", '# %% nbgrader={"grade_id": "double_answer"}\n### BEGIN SOLUTION\n'
         "### END SOLUTION\n# %%", r"line 15: the id double_answer is used in line 2 too"),
    ],
)  # fmt: skip
def test_an_answer_cell_at_fault_is_refused(old, new, reason):
    """Are a missing marker and an id that is used twice named, with file and line?"""
    with pytest.raises(DeclarationError, match=rf"^solutions/00_test\.py, {reason}"):
        answer_cells(SOLUTION.replace(old, new, 1), "solutions/00_test.py")


def test_an_exercise_without_a_place_or_an_answer_is_refused():
    """Are the order of the lab, the declaration and the answer cell held together?"""
    lab = Lab("00_test", "A test", 1, ["double", "treble"], SOLUTION)
    with pytest.raises(DeclarationError, match=rf"{HERE}: 'half' is not in the order .*{HERE}"):
        lab.exercise("half", points=1)
    with pytest.raises(DeclarationError, match=r'no answer cell .*"grade_id": "treble_answer"'):
        lab.exercise("treble", points=1)
    lab.exercise("double", points=1)
    with pytest.raises(DeclarationError, match=f"{HERE}: 'double' is declared twice"):
        lab.exercise("double", points=1)


def test_a_misspelt_answer_cell_is_named_with_its_line():
    """Is an answer cell of no exercise the one whose id is to be corrected?"""
    lab = Lab("00_test", "A test", 1, ["twice"], SOLUTION)
    with pytest.raises(DeclarationError, match=rf"Correct the id in {CELL} \(double_answer\)\.$"):
        lab.exercise("twice", points=1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("return np.add(x, x)", "return np.add(x, x", r"6: SyntaxError: .* Correct this line"),
        ("def halve(x):", "def halve(x=missing):", r"10: NameError: .*missing.* Correct this line"),
    ],
)
def test_a_right_answer_that_does_not_run_is_refused_with_its_line(monkeypatch, old, new, reason):
    """Does the message name the line of the solution, before a mistake is looked for in it?"""

    def declared(module):
        lab = Lab("00_test", "A test", 1, ["double"], SOLUTION.replace(old, new, 1))
        ex = lab.exercise("double", points=10)
        ex.mistake("x alone", "Twice?", ("np.add(x, x)", "x"))
        return lab.space

    importing = SimpleNamespace(import_module=declared)
    monkeypatch.setattr(declaration, "importlib", importing)
    with pytest.raises(DeclarationError, match=rf"^solutions/00_test\.py, line {reason}"):
        declaration._imported("autograder.exercises.00_test")


def test_a_right_option_that_is_not_the_solutions_is_refused():
    """Does the answer to a question of the quiz stand in the solution as well?"""
    solution = (
        SOLUTION
        + """
# %% nbgrader={"grade_id": "quiz_1_answer"}
### BEGIN SOLUTION
answer_quiz_1 = "a"
### END SOLUTION
"""
    )
    lab = Lab("00_test", "A test", 1, ["double"], solution)
    options = {"a": "Yes.", "b": "No."}
    assert lab.quiz("quiz_1", 5, "a", options, hint="?").source() == 'answer_quiz_1 = "a"'
    with pytest.raises(DeclarationError, match=f"{HERE}: the right option of quiz_1 is 'b' here"):
        lab.quiz("quiz_1", 5, "b", options, hint="?")


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (["first", "second"], r"exercises/00_test/second\.py is missing, though listed in"),
        ([], r"exercises/00_test/first\.py is not in the order of"),
    ],
)
def test_files_and_order_of_a_lab_belong_together(tmp_path, monkeypatch, order, reason):
    """Is an exercise's file refused that is missing, or that the lab does not list?"""
    (tmp_path / "00_test").mkdir()
    for name in ("__init__", "first"):
        (tmp_path / "00_test" / f"{name}.py").write_text("")
    lab = Lab("00_test", "A test", 1, order, SOLUTION)
    monkeypatch.setattr(declaration, "FOLDER", tmp_path)
    monkeypatch.setitem(sys.modules, "autograder.exercises.00_test", SimpleNamespace(lab=lab))
    with pytest.raises(DeclarationError, match=reason):
        declaration.load.__wrapped__("00_test")


def test_marking_starts_without_keras():
    """Does a lab whose answers need Keras load, and run what does not, without importing it?"""
    program = (
        "import sys\nfrom autograder.authoring.declaration import load\n"
        "for ex in load('03_softmax').exercises: ex.answers\n"
        "print(sorted({'keras', 'tensorflow', 'jupytext', 'nbgrader'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          cwd=ROOT, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"
    assert np.isfinite(declaration.load("03_softmax").right("softmax")(np.zeros(3))).all()
