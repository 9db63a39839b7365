"""Does the marker give every answer what it deserves, and nothing for anything else?"""

import json
import time

import pytest

from autograder.authoring.declaration import load
from autograder.commands import doctor
from autograder.jail.sandbox import Limits
from autograder.marking import feedback, intake
from autograder.marking.marker import Marks, mark, marked_outputs, needed
from autograder.marking.names import globals_of, unreadable
from autograder.marking.scoring import CheckScore, Score
from tests import cohort
from tests.cohort.books import record

LAB = "03_softmax"
SECRET = b"tests"
jail = pytest.mark.jail


def marks(template, changes, student="ada"):
    """Mark right answers with changes."""
    return mark(doctor.answered(LAB, cohort.right(LAB) | changes), student, SECRET, template)


def points(marked):
    return {score.exercise: score.points for score in marked.scores}


FULL = {ex.name: ex.points for ex in load(LAB).exercises}


@jail
def test_right_answers_get_full_marks_and_the_untouched_release_none(template):
    """Are the two ends of the scale where they should be, in two processes at most?"""
    marked = marks(template, {})
    assert points(marked) == FULL
    assert marked.points == 100
    assert marked.helped == {}
    untouched = mark(doctor.answered(LAB, {}), "ada", SECRET, template)
    assert untouched.points == 0
    assert all("not written yet" in score.report for score in untouched.scores)


class Watched:
    """A template that remembers which processes were asked for, light ones as True."""

    def __init__(self, template):
        self.template, self.limits, self.light = template, template.limits, []

    def learner(self, cells, forbid, budget, light):
        self.light.append(light)
        return self.template.learner(cells, forbid, budget, light)


@jail
def test_what_needs_no_tensorflow_is_asked_in_a_light_process(template):
    """Does a submission cost one light process, wherever its answers name TensorFlow?"""
    watched = Watched(template)
    source = "import tensorflow as tf\nfrom keras import layers\n" + cohort.right(LAB)["softmax"]
    assert points(marks(watched, {"softmax": source})) == FULL
    assert watched.light == [True]


@jail
@pytest.mark.parametrize(
    ("last", "share"), [("tf.reduce_sum(e, axis=-1, keepdims=True)", 1), ("tf.reduce_sum(e)", 0)]
)
def test_answer_that_uses_tensorflow_is_asked_where_it_is(template, last, share):
    """Is an answer that uses TensorFlow marked as ever, right or wrong, in a call or in a cell?"""
    source = (
        "import numpy as np\nimport tensorflow as tf\nONE = {one}\ndef softmax(z):\n"
        "    z = np.asarray(z, dtype=float)\n"
        f"    e = np.exp(z - z.max(axis=-1, keepdims=True))\n    return (e / {last}).numpy() * ONE"
    )
    for one in ("1", "tf.constant(1.0).numpy()"):
        watched = Watched(template)
        marked = marks(watched, {"softmax": source.format(one=one)})
        score = next(s for s in marked.scores if s.exercise == "softmax")
        assert (score.points == FULL["softmax"]) == bool(share)
        assert score.mistake not in ("forbidden", "ModuleNotFoundError")
        assert watched.light[:2] == [True, False]


@jail
def test_marking_again_gives_the_same(template):
    """Is marking a pure function of submission, student and secret?"""
    wrong = {"softmax": load(LAB).find("softmax").source(load(LAB).find("softmax").wrongs[2])}
    first, again = marks(template, wrong), marks(template, wrong)
    assert first.scores == again.scores
    assert first.outputs == again.outputs


@jail
def test_a_wrong_helper_costs_its_own_points_only(template):
    """Is a later exercise that calls a wrong earlier one marked on its own merits?"""
    ex = load(LAB).find("softmax")
    marked = marks(template, {"softmax": ex.source(ex.wrongs[0])})
    got = points(marked)
    assert got.pop("softmax") < 20
    assert got == {name: most for name, most in FULL.items() if name != "softmax"}
    assert set(marked.helped) == {"softmax_regression", "softmax_gradient"}
    report = next(s.report for s in marked.scores if s.exercise == "softmax_gradient")
    assert "right versions" in report


@jail
def test_right_answers_lent_for_a_second_try_do_not_get_out(template):
    """Can an answer write what it was lent into its feedback?"""
    spy = (
        "def softmax_gradient(X, y, W, b):\n"
        "    raise ValueError('spied ' + repr(softmax.__code__.co_consts))\n"
    )
    marked = marks(template, {"softmax": "def softmax(z):\n    return z", "softmax_gradient": spy})
    assert marked.helped["softmax_gradient"] == ["softmax"]
    score = next(s for s in marked.scores if s.exercise == "softmax_gradient")
    assert score.points == 0
    assert "(None,)" in score.report  # its own code, from the first try
    assert "axis" not in score.report


@jail
def test_an_earlier_answer_of_another_form_costs_the_later_one_nothing(template):
    """Is an answer that stops at tensors of an earlier one, right in itself, asked without them?"""
    lab = "02_activations"
    tensors = "import tensorflow as tf\n\n" + "\n\n".join(
        f"def {name}(z):\n    return tf.cast({right}, tf.float64)"
        for name, right in (
            ("sigmoid", "tf.sigmoid(tf.cast(z, tf.float64))"),
            ("relu", "tf.nn.relu(tf.cast(z, tf.float64))"),
            ("linear", "z"),
        )
    )
    cells = cohort.notebook(lab, cohort.right(lab) | {"activations": tensors})["cells"]
    marked = mark(intake.rebuild(intake.skeleton(lab), cells), "ada", b"tests", template)
    assert marked.points == 100
    assert marked.helped == {"relu_network": ["activations"]}
    assert any("Do yours return NumPy arrays" in note for note in marked.notes)


@jail
def test_hidden_inputs_do_not_get_into_a_report(template):
    """Can an answer keep hidden inputs and show them in its reports, or another's?"""
    spy = (
        "kept = []\n"
        "def one_hot(y, n_classes):\n"
        "    kept.append(len(y))\n"
        "    raise ValueError('calls before: %d' % (len(kept) - 1))\n"
    )
    later = "def cross_entropy(P, y):\n    raise ValueError('calls before: %d' % len(kept))\n"
    marked = marks(template, {"one_hot": spy, "cross_entropy": later})
    ex = load(LAB).find("one_hot")
    visible = sum(len(cases) for cases in ex.seen)
    for score in marked.scores:
        if score.exercise in ("one_hot", "cross_entropy"):
            count = int(score.report.split("calls before: ")[1].split()[0])
            assert count <= visible


@jail
@pytest.mark.parametrize(
    "kind", ["ForbiddenCall", "Leak", "type('K%d' % len(y), (Exception,), {})"]
)
def test_errors_on_hidden_inputs_do_not_tell_them(template, kind):
    """Can an exception on a hidden input, by name or message, carry it into the feedback?"""
    spy = (
        "class ForbiddenCall(Exception): pass\n"
        "class Leak(ForbiddenCall): pass\n"
        "def one_hot(y, n_classes):\n"
        "    if n_classes in (2, 3, 4) and len(y) < 5:\n"
        "        if y.min() < 0 or y.max() >= n_classes:\n"
        "            raise ValueError\n"
        "        return np.eye(n_classes)[y]\n"
        f"    raise {kind}('SECRET%d' % len(y))\n"
    )
    marked = marks(template, {"one_hot": spy})
    score = next(s for s in marked.scores if s.exercise == "one_hot")
    assert 0 <= score.points < 14
    assert "SECRET" not in score.report + score.mistake
    assert score.mistake in ("learnt by heart", "forbidden")


@jail
def test_an_answer_that_remembers_its_first_call_is_found_out(template):
    """Is the first call made once more after the others, and judged anew?"""
    once = (
        "first = []\n"
        "def softmax(z):\n"
        "    e = np.exp(z)\n"
        "    key = z.tobytes()\n"
        "    if key in first:\n"
        "        return e\n"
        "    first.append(key)\n"
        "    return e / e.sum(axis=-1, keepdims=True)\n"
    )
    assert points(marks(template, {"softmax": once}))["softmax"] < 20


@jail
def test_what_is_forbidden_elsewhere_is_allowed_here(template):
    """May the gradient use SciPy's softmax, which other exercises of the lab forbid?"""
    source = (
        "import scipy.special\n"
        "def softmax_gradient(X, y, W, b):\n"
        "    error = scipy.special.softmax(X @ W + b, axis=-1)\n"
        "    error[np.arange(len(y)), y] -= 1\n"
        "    return X.T @ error / len(y), error.mean(axis=0)\n"
    )
    forbidden = "import scipy.special\ndef softmax(z):\n    return scipy.special.softmax(z, -1)"
    got = points(marks(template, {"softmax_gradient": source, "softmax": forbidden}))
    assert got["softmax_gradient"] == 20
    assert got["softmax"] == 0


@jail
def test_an_answer_that_ends_its_process_leaves_the_others_their_points(template):
    """Do the exercises after a crash get what they deserve?"""
    crash = "import os\ndef one_hot(y, n_classes):\n    os._exit(0)"
    got = points(marks(template, {"one_hot": crash}))
    assert got == FULL | {"one_hot": 0}


@jail
def test_an_endless_answer_is_stopped(template):
    """Is a loop without end given up after a few cases, the rest marked?"""
    endless = "def softmax(z):\n    while True:\n        pass"
    old, template.limits = template.limits, Limits(patience=1)
    ex = load(LAB).find("softmax")
    quick, ex.deadline = ex.deadline, 0.3
    try:
        marked = marks(template, {"softmax": endless})
    finally:
        template.limits, ex.deadline = old, quick
    assert points(marked)["softmax"] == 0
    assert points(marked)["cross_entropy"] == 16
    assert "took too long" in marked.scores[0].report


@jail
def test_no_output_changes_a_score(template):
    """Does printing, to either stream, or a number as last value, change nothing?"""
    noisy = (
        "import os, sys, warnings\n"
        "def softmax(z):\n"
        "    print('20.0'); print('x', file=sys.stderr); os.write(2, b'error')\n"
        "    warnings.warn('careful')\n"
        "    e = np.exp(z)\n"
        "    return e / e.sum(axis=-1, keepdims=True)\n"
        "print('to stderr', file=sys.stderr)\n"
        "100"
    )
    marked = marks(template, {"softmax": noisy})
    assert marked.points == 100
    texts = [o for outputs in marked.outputs.values() for o in outputs]
    assert {"output_type": "stream", "name": "stderr", "text": "to stderr\n"} in texts


@jail
def test_kept_scores_are_not_worked_out_again(template):
    """Is only the exercise without a score marked?"""
    full = marks(template, {})
    kept = {s.exercise: s for s in full.scores if s.exercise != "cross_entropy"}
    submission = doctor.answered(LAB, {"cross_entropy": load(LAB).find("cross_entropy").source()})
    marked = mark(submission, "ada", SECRET, template, kept)
    assert marked.points == 100
    assert set(marked.seconds) == {"cells", "cross_entropy"}


def test_only_code_that_answers_build_on_is_run():
    """Are released demonstrations left out, and what answers use kept, at any distance?"""
    cells = [
        intake.Cell("a", "code", "import numpy as np"),
        intake.Cell("b", "code", "data = np.ones(3)"),
        intake.Cell("c", "code", "half = data / 2"),
        intake.Cell("d", "code", "print(data)"),
        intake.Cell("e", "code", "data[0] = 5"),
        intake.Cell("f", "code", "unused = np.zeros(9)"),
        intake.Cell("g", "answer", "def f(unused):\n    return half * unused", "f_answer"),
        intake.Cell("h", "demo", "slow()"),
        intake.Cell("i", "answer", "def g(unused)\n    return unused", "g_answer"),
    ]
    chosen = needed(intake.Submission("lab", cells))
    assert [cell.id for cell in chosen] == ["a", "b", "c", "e", "g", "i"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [("def f(x)\n    return x", True), ("a = (\n%time", False), ("a = !ls (", False),
     ("  a = 1\n  b = a", False), (">>> a = 1", False), ("f?", False), ("/f a", False),
     ("a = 1", False), ("[" * 60_000, False)],
    ids=range(9),
)  # fmt: skip
def test_a_syntax_error_is_one_to_ipython_too(source, expected):
    """Is what IPython may make Python of, or nobody looked into, never called unreadable?"""
    assert unreadable(source) is expected


@pytest.mark.parametrize(
    ("source", "binds", "uses"),
    [
        ("import a.b, c as d\nfrom e import f", {"a", "d", "f"}, set()),
        ("def g(x):\n    y = x\n    return z(y)", {"g"}, {"z"}),
        ("def g():\n    global h\n    h = 1", {"g", "h"}, set()),
        ("[i for i in j]", set(), {"j"}),
        ("k.l = 1", {"k"}, {"k"}),
        ("%matplotlib inline\nm = 1", {"matplotlib", "inline", "m"}, {"matplotlib", "inline"}),
        ("n[f(x)].o = 1", {"n"}, {"n", "f", "x"}),
    ],
)  # fmt: skip
def test_names_that_code_binds_and_uses(source, binds, uses):
    """Are global names told from local ones, and strange code taken at its worst?"""
    assert globals_of(source) == (binds, uses)


@pytest.mark.parametrize(
    "source",
    ["-" * 10**6 + "1", "[" * 10**5, "a+" * 10**6 + "a", "not " * 10**5 + "a", "*a," * 10**6,
     "\x00", "\ud800", "'\\d' is 1"],
    ids=range(8),
)  # fmt: skip
def test_looking_into_code_survives_all_of_it(source):
    """Does no text of a cell stop, slow down or warn the marker itself?"""
    started = time.perf_counter()
    globals_of(source)
    assert time.perf_counter() - started < 3


def test_marks_survive_json():
    """Can marks be kept in a file and read back?"""
    ex = load(LAB).exercises[0]
    score = Score(ex.name, 5.0, 20, [CheckScore("a", True, 1.0)])
    one = Marks(LAB, "ada", [score], {"x": []}, ["note"], {"cells": 0.1}, {}, "")
    assert Marks.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_a_marked_cell_holds_its_score_the_way_nbgrader_reads_it():
    """Does nbgrader's own reading of the outputs give exactly the marker's points?"""
    from nbformat.notebooknode import from_dict
    from nbgrader.utils import determine_grade

    for value in (0.0, 7.5, 13.33, 20.0):
        one = Marks(LAB, "ada", [Score("softmax", value, 20, report="r")])
        meta = {"grade": True, "solution": False, "points": 20, "grade_id": "softmax"}
        cell = {"cell_type": "code", "metadata": {"nbgrader": meta},
                "outputs": marked_outputs(one)["softmax"]}  # fmt: skip
        assert determine_grade(from_dict(cell)) == (value, 20)


def test_feedback_escapes_what_a_learner_wrote():
    """Is a learner's markup shown as text, and no hidden line shown?"""
    nasty = "<script>alert(1)</script>"
    nb = cohort.notebook(LAB, {"softmax": nasty})
    nb["cells"].append(cohort.code(nasty))
    submission = intake.rebuild(intake.skeleton(LAB), nb["cells"])
    one = Marks(LAB, nasty, [Score("softmax", 0.0, 20, report=nasty)], notes=[nasty])
    page = feedback.page("Softmax", submission, one, record(one))
    assert nasty not in page
    assert page.count("&lt;script&gt;") == 5
    assert "HIDDEN" not in page
    assert "autograder" not in page
