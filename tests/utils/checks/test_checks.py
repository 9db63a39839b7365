"""Does the instant check help a learner, and never show a traceback of ours?"""

import linecache
import signal
import subprocess
import sys

import numpy as np
import pytest
import scipy.special

from autograder.authoring.declaration import load
from autograder.marking.scoring import score
from utils import checks, progress
from utils.checks import Check, CheckFailed, asking
from utils.engine import stopping
from utils.engine.calling import run_calls


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def transposed(z):
    e = np.exp(z)
    return e / e.sum(axis=0, keepdims=True)


def failing(*arguments):
    with pytest.raises(CheckFailed) as caught:
        Check("03_softmax")(*arguments)
    return str(caught.value)


def test_a_right_answer_is_told_that_marking_uses_more(capsys):
    """Does a pass say how many checks, and that there are others?"""
    Check("03_softmax")("softmax", softmax)
    assert capsys.readouterr().out.startswith("3 of 3 visible checks pass; marking uses more.\n")


def refuse(y, n_classes):
    raise ValueError


@pytest.mark.parametrize(
    ("answer", "count"),
    [(lambda y, n: np.eye(n)[y], "1 of 3"), (refuse, "0 of 3")],
    ids=["tests no label", "refuses all"],
)
def test_the_notebook_counts_checks_as_marking_does(answer, count):
    """Is it the checks that are counted, not their inputs, and is refusing everything nothing?"""
    exercise = load("03_softmax").find("one_hot")

    def run(cases):
        return [run_calls({"one_hot": answer}, case.calls) for case in cases]

    marked = score(exercise, run, np.random.default_rng(0))
    told = failing("one_hot", answer)
    assert told.startswith(f"{count} visible checks pass.")
    assert marked.report.startswith(f"{count} checks pass.")


def test_a_pass_says_how_far_the_lab_is_and_what_comes_next(capsys):
    """Is the next exercise that does not pass yet named, and at the end the summing-up?"""
    check = Check("03_softmax")
    check("softmax", softmax)
    said = capsys.readouterr().out
    assert "1 of 6 exercises of this lab pass. Next: `one_hot`." in said
    for name in checks.load("03_softmax"):
        progress.record("03_softmax", name, True)
    check("softmax", softmax)
    assert "6 of 6 exercises of this lab pass. Next: `check.summary()`." in capsys.readouterr().out


def test_a_report_is_in_order():
    """What is wrong, for which input, expected, got, one next step?"""
    lines = failing("softmax", transposed).split("\n")
    heads = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert heads[1:] == ["Wrong", "Input", "Expected", "Got", "Next"]


def test_a_failed_check_is_shown_without_a_traceback():
    """Does a notebook show the report alone?"""
    error = CheckFailed("one\ntwo")
    assert error._render_traceback_() == ["one\ntwo"]


@pytest.mark.parametrize(
    "arguments",
    [("softmax",), ("softmax", softmax, softmax), ("softmaxx", softmax), ("softmax", None)],
)
def test_a_wrong_call_of_the_check_is_explained(arguments):
    """Is a misspelt or incomplete call answered in words?"""
    assert len(failing(*arguments)) > 10


def test_an_unknown_lab_names_the_known_ones():
    """Does the error say which labs there are?"""
    with pytest.raises(ValueError, match="03_softmax"):
        Check("99_nothing")


def test_a_library_softmax_is_refused_under_any_name():
    """Is a forbidden call found through an alias, and allowed again afterwards?"""
    alias = scipy.special.softmax
    report = failing("softmax", lambda z: alias(z, axis=-1))
    assert "scipy.special.softmax, which this exercise" in report
    assert alias(np.zeros(2)).tolist() == [0.5, 0.5]


def test_hints_come_one_by_one_and_start_over(capsys):
    """Is there a next hint on each request?"""
    check = Check("03_softmax")
    for _ in range(4):
        check.hint("softmax")
    out = capsys.readouterr().out
    assert out.count("Hint 1 of 3") == 1
    assert "That was the last" in out


def test_progress_is_remembered_per_exercise():
    """Is a pass noted, and a later failure too?"""
    Check("03_softmax")("softmax", softmax)
    assert progress.read() == {"03_softmax": {"softmax": True}}
    failing("softmax", transposed)
    assert progress.read() == {"03_softmax": {"softmax": False}}


def test_a_broken_progress_file_is_no_error(tmp_path):
    """Does a damaged file count as no progress?"""
    (tmp_path / "progress.json").write_text("{")
    assert progress.read() == {}


def test_marking_gets_the_report_instead_of_an_exception(monkeypatch, capsys):
    """Does nbgrader's autograde run on, so that partial credit is possible?"""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    Check("03_softmax")("softmax", transposed)
    assert "The first that fails" in capsys.readouterr().out
    assert progress.read() == {}


def test_reports_are_at_most_78_wide():
    """Do long inputs and hints fold?"""
    for line in failing("softmax", transposed).split("\n"):
        assert len(line) <= checks.WIDTH


def test_importing_utils_is_light():
    """Do TensorFlow, scikit-learn and pyplot wait until a function needs them?"""
    code = (
        "import sys, utils, utils.checks, utils.figures;"
        "heavy = ('tensorflow', 'keras', 'sklearn', 'matplotlib.pyplot');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from utils.checks import Check; check = Check('03_softmax')", store_history=True)
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True)
"""
STUB = "def {0}(*args):\n    raise NotImplementedError('03_softmax: {0}')"
WRITTEN = (
    "import numpy as np\n"
    "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=-1, keepdims=True)"
)


def notebook(*cells):
    """Return what a notebook shows of these cells."""
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK.format(cells=[*cells, "check('softmax', softmax)"])],
        capture_output=True, text=True, cwd=checks.BAKED.parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_syntax_error_in_the_newest_cell_is_named():
    """Is an older version of an answer not judged in place of one that cannot be read?"""
    broken = WRITTEN.replace("e = np.exp(z)", "e = np.exp(z")
    for before in (STUB.format("softmax"), WRITTEN):
        said = notebook(before, broken)
        assert "the cell that defines softmax has a syntax error: nothing of it ran" in said
        assert "np.exp(z" in said
    assert "3 of 3 visible checks pass" in notebook(broken, WRITTEN)


def test_a_written_answer_that_was_not_run_or_is_misspelt_is_told_so():
    """Is "not written yet" the whole truth only where it is?"""
    said = notebook(STUB.format("softmax"))
    assert "and run that cell again" in " ".join(said.split())
    said = notebook(STUB.format("softmax"), WRITTEN.replace("def softmax", "def sofmax"))
    assert "softmax is not defined, but sofmax is" in said


def made(source, *names):
    """Return functions written in one cell, with a namespace of their own."""
    space, file = {"np": np}, f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)
    return [space[name] for name in names]


REGRESSION = """
def predict_proba(X, W, b):
    return helper(X @ W + b)
def helper(Z):
    return softmax(Z)
def predict(X, W, b):
    return np.argmax(X @ W + b, axis=1)
"""


def test_inputs_are_shown_by_name():
    """Can a learner tell which number is which argument?"""
    (step,) = made("def sgd_step(theta, grad, alpha):\n    return theta", "sgd_step")
    with pytest.raises(CheckFailed) as caught:
        Check("06_adam")("sgd_step", step)
    report = str(caught.value)
    assert all(f"{name} = " in report for name in ("theta", "grad", "alpha"))


def test_an_earlier_answer_that_is_wrong_is_blamed():
    """Is a wrong `softmax` named, rather than `predict_proba` that calls it by another?"""
    wrong = "def softmax(z):\n    return np.exp(z) / np.exp(z).sum()\n"
    report = failing("softmax_regression", *made(wrong + REGRESSION, "predict_proba", "predict"))
    assert "it calls softmax, which does not pass" in report
    assert "the exercise `softmax`" in report


def test_an_earlier_answer_that_is_not_written_is_named():
    """Is "not written yet" said of the function that is not?"""
    stub = 'def softmax(z):\n    raise NotImplementedError("03_softmax: softmax")\n'
    report = failing("softmax_regression", *made(stub + REGRESSION, "predict_proba", "predict"))
    assert "predict_proba calls softmax, which is not written yet" in " ".join(report.split())


def test_a_right_earlier_answer_is_not_blamed():
    """Does the report stay with the answer that is checked?"""
    fine = "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=-1, keepdims=True)\n"
    source = fine + REGRESSION.replace("W + b)\ndef helper", "W)\ndef helper")
    report = failing("softmax_regression", *made(source, "predict_proba", "predict"))
    assert "which does not pass" not in report


def test_what_the_failing_call_prints_is_shown_and_capped():
    """Does `print` help to find a mistake, also from a loop that prints a million lines?"""

    def softmax(z):
        for i in range(100_000):
            print("line", i)
        return z

    report = failing("softmax", softmax)
    assert "Printed:  line 0\n          line 1\n" in report
    assert "          ..." in report
    assert "line 50" not in report


def test_expected_and_got_are_printed_with_digits_that_differ():
    """Can a difference in the eighth digit be seen?"""

    def softmax(z):
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True) + 3e-6

    lines = {line[:8]: line for line in failing("softmax", softmax).split("\n")}
    assert lines["Expected"][10:] != lines["Got:    "][10:]


def test_a_part_of_a_forbidden_function_is_forbidden():
    """Is `np.logaddexp.reduce` called forbidden, rather than an attribute that is missing?"""
    source = "def log_sum_exp(Z):\n    return np.logaddexp.reduce(Z, axis=-1)\n"
    with pytest.raises(CheckFailed, match=r"numpy.logaddexp, which this exercise\s+forbids"):
        Check("04_improved_softmax")("log_sum_exp", *made(source, "log_sum_exp"))


def test_calls_that_disturb_one_another_are_found_in_the_notebook():
    """Is a result that is overwritten by the next call told, where each call alone is right?"""
    source = (
        "kept = {}\n"
        "def cross_entropy(P, y):\n"
        "    p = P[np.arange(len(y)), y]\n"
        "    return kept.setdefault(id(P), (P, np.mean(-np.log(np.maximum(p, 1e-12)))))[1]\n"
    )
    report = failing("cross_entropy", *made(source, "cross_entropy"))
    assert "gives the old result for an object" in " ".join(report.split())


def test_a_right_answer_in_float32_is_told_before_marking(capsys):
    """Is a pass whose digits marking will not accept given a note, and no other?"""
    Check("03_softmax")("softmax", lambda z: softmax(np.asarray(z)).astype(np.float32))
    told = " ".join(capsys.readouterr().out.split())
    assert "3 of 3 visible checks pass" in told
    assert "softmax returns float32, which keeps 7 digits" in told
    Check("03_softmax")("one_hot", _one_hot32)
    assert "float32" not in capsys.readouterr().out


def _one_hot32(y, n_classes):
    y = np.asarray(y)
    if len(y) and (y.min() < 0 or y.max() >= n_classes):
        raise ValueError
    return np.eye(n_classes, dtype=np.float32)[y]


ENDLESS = """
def softmax(z):
    i, total = 0, 0.0
    while i < len(z):
        total += z[i]
    return total
"""


def test_an_endless_loop_is_stopped_with_its_line(monkeypatch):
    """Does the report name the loop, its line, and what nothing in it changes?"""
    monkeypatch.setattr(asking, "patience", lambda _: 0.2)
    before = signal.getsignal(signal.SIGINT)
    report = " ".join(failing("softmax", *made(ENDLESS, "softmax")).split())
    assert "softmax did not finish: it was stopped after 0.2 seconds of work" in report
    assert "`while i < len(z):`" in report
    assert "Nothing inside that loop changes `i` or `z`" in report
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("loop", "question"),
    [
        ("while True:\n        z = z + 1", "is its `break` or `return` ever reached?"),
        ("while z[0] != -1:\n        z = z + 1.5", "When does `z[0] != -1` become false?"),
        ("for i in range(10**9):\n        z = z + 1", "How often does that loop run"),
    ],
)
def test_the_question_fits_the_loop(monkeypatch, loop, question):
    """Is a loop without a condition, one that never becomes false, and one too long told apart?"""
    monkeypatch.setattr(asking, "patience", lambda _: 0.2)
    source = f"def softmax(z):\n    {loop}\n    return z\n"
    assert question in " ".join(failing("softmax", *made(source, "softmax")).split())


def test_an_answer_that_sleeps_is_stopped_by_the_clock(monkeypatch):
    """Is waiting without work limited too?"""
    monkeypatch.setattr(asking, "patience", lambda _: 0.05)
    monkeypatch.setattr(stopping, "WAITING", 4)
    source = "import time\ndef softmax(z):\n    time.sleep(60)\n"
    assert "did not finish" in failing("softmax", *made(source, "softmax"))


def test_the_stop_button_names_the_line():
    """Does stopping a slow answer end in a report, and in no internals?"""
    source = "def softmax(z):\n    while True:\n        stop()\n"
    (slow,) = made(source, "softmax")
    slow.__globals__["stop"] = lambda: signal.raise_signal(signal.SIGINT)
    report = failing("softmax", slow)
    assert "you stopped softmax" in report
    assert "while True:" in report


def test_only_the_learners_own_catching_is_outlasted(monkeypatch):
    """Is a loop that catches everything stopped, too?"""
    monkeypatch.setattr(asking, "patience", lambda _: 0.2)
    source = (
        "def softmax(z):\n    while True:\n        try:\n            z = z + 1\n"
        "        except:\n            return z\n"
    )
    assert "Wrong:" in failing("softmax", *made(source, "softmax"))


def test_a_summary_counts_points_and_says_what_they_are_worth():
    """Is each exercise there with its points by the visible checks, and is marking told apart?"""
    check = Check("03_softmax")
    check("softmax", softmax)
    with pytest.raises(CheckFailed):
        check("one_hot", lambda y, n: np.eye(n)[y])
    told = check.summary()
    points = {row[0].split()[1]: row[1] for row in told.rows}
    assert points["softmax"] == "20 of 20"
    assert 0 < float(points["one_hot"].split()[0]) < float(points["one_hot"].split()[2])
    assert told.passed == ["softmax"]
    assert "fresh inputs, drawn for you" in repr(told)


def test_a_summary_says_nothing_while_nbgrader_marks(monkeypatch):
    """Is no check run twice, and no number left that could be taken for a score?"""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert Check("03_softmax").summary() is None


def test_a_summary_asks_what_the_notebook_holds_by_now():
    """Are answers taken that were written after their check, and none without one missed?"""
    said = notebook(STUB.format("softmax"), WRITTEN, "print(check.summary().passed)")
    assert "['softmax']" in said


def test_wrong_entries_are_marked():
    """Does a star stand behind the entries that are wrong, and behind no other?"""

    def sigmoid(z):
        return (1 + np.tanh(np.asarray(z) / 2)) / 2

    def relu(z):
        return np.where(np.asarray(z) < -2, z, np.maximum(z, 0))

    def linear(z):
        return z

    with pytest.raises(CheckFailed) as caught:
        Check("02_activations")("activations", sigmoid, relu, linear)
    report = str(caught.value)
    assert "-3*" in report.replace(". *", "*").replace(".*", "*")
    assert "-4.5*" in report
    assert report.count("*") == 3
    assert "(* wrong)" in report


def test_a_warning_is_told_as_what_it_is():
    """Is a right value with a warning beside another mistake not explained by the sizes of both?"""
    with pytest.raises(CheckFailed) as caught:
        Check("02_activations")(
            "activations", lambda z: 1 / (1 + np.exp(-z)), lambda z: np.abs(z), lambda z: z
        )
    assert "leaves the range of floats" in " ".join(str(caught.value).split())
