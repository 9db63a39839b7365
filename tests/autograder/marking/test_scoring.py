"""Are points given for what is right, and told to the learner without hidden inputs?"""

import numpy as np
import pytest

from autograder.authoring.declaration import Lab, NumpyModel, case, generator, load
from autograder.marking import incell
from autograder.marking.scoring import Score, score
from utils.engine.calling import run_calls

SOLUTION = """
# %% nbgrader={"grade_id": "double_answer"}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x if isinstance(x, float) else int("x")
    ### END SOLUTION
"""


def lab():
    ex = Lab("00_test", "A test", 1, ["double"], SOLUTION).exercise("double", points=10)
    ex.check("a number", [case("double", 3.0)], lambda rng: [case("double", 12345.678)], weight=3)
    ex.check("refused", [case("double", "x", raises=ValueError)])
    return ex


def marks(ex, function, seed=0):
    def run(cases):
        return [run_calls({"double": function}, c.calls) for c in cases]

    return score(ex, run, np.random.default_rng(seed))


def test_checks_earn_their_weight():
    """Is the share of points the share of weights?"""
    assert marks(lab(), lambda x: 2 * x).points == 7.5


def test_refusing_everything_earns_nothing():
    """Is a check of refusals worth nothing where no value is right?"""
    assert marks(lab(), lambda x: int("x")).points == 0


def test_a_hidden_failure_shows_no_hidden_input():
    """Does the report of a hidden failure keep the input to itself?"""
    result = marks(lab(), lambda x: 6.0 if x == 3.0 else int("x") if x == "x" else 1.0)
    assert result.points == 0
    assert "12345" not in result.report
    assert "fresh inputs" in result.report


def test_an_answer_with_a_memory_is_found():
    """Is a function that is right once, and wrong the second time, not right?"""
    seen = []

    def once(x):
        seen.append(x)
        return 2 * x if seen.count(x) == 1 and x != "x" else int("x")

    assert marks(lab(), once).points < 10


def test_scores_survive_json():
    """Is a score the same after being written and read?"""
    result = marks(lab(), lambda x: 2 * x)
    assert Score.from_dict(result.to_dict()) == result


def test_hidden_inputs_depend_on_secret_student_and_exercise():
    """Is a re-mark reproducible, and one learner's input no help to another?"""
    draws = {
        generator(secret, student, "03_softmax", name).random()
        for secret in (b"a", b"b")
        for student in ("ada", "grace")
        for name in ("softmax", "one_hot")
    }
    assert len(draws) == 8
    again = [generator(b"a", "ada", "03_softmax", "softmax").random() for _ in range(2)]
    assert again[0] == again[1]


@pytest.fixture
def _fresh(monkeypatch):
    monkeypatch.setattr(incell, "_failed", {})


@pytest.mark.usefixtures("_fresh")
def test_a_later_exercise_gets_a_right_helper_in_the_kernel(capsys):
    """Is `predict_proba` marked on its own merits where `softmax` is wrong?"""
    space = {"np": np}
    exec(
        "def softmax(z):\n    return z\n"
        "def predict_proba(X, W, b):\n    return softmax(X @ W + b)\n"
        "def predict(X, W, b):\n    return np.argmax(X @ W + b, axis=1)\n",
        space,
    )
    assert incell.mark("03_softmax", "softmax", space["softmax"]) == 0
    found = incell.mark(
        "03_softmax", "softmax_regression", space["predict_proba"], space["predict"]
    )
    assert found == load("03_softmax").find("softmax_regression").points
    assert space["softmax"](5) == 5
    capsys.readouterr()


@pytest.mark.usefixtures("_fresh")
def test_standard_error_is_swallowed_in_a_marked_cell(capfd):
    """Does a noisy answer leave no byte on standard error?"""
    import os

    def noisy(z):
        os.write(2, b"noise from C\n")
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True)

    assert incell.mark("03_softmax", "softmax", noisy) == 20
    assert capfd.readouterr().err == ""


def test_a_buffer_that_is_returned_again_is_found():
    """Does an answer lose points whose earlier results change with the next call?"""
    ex, buffers = load("03_softmax").find("softmax"), {}

    def softmax(z):
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
        buffer = buffers.setdefault(z.shape, np.empty(z.shape))
        buffer[...] = e / e.sum(axis=-1, keepdims=True)
        return buffer

    def run(cases):
        return [run_calls({"softmax": softmax}, c.calls) for c in cases]

    result = score(ex, run, np.random.default_rng(0))
    assert result.points < ex.points
    assert result.mistake == "keeps something between calls"


def by_identity(function):
    """Return a function that remembers results by the objects it is given."""
    kept = {}

    def answer(*args):
        key = tuple(arg if isinstance(arg, (float, str)) else id(arg) for arg in args)
        return kept.setdefault(key, (args, function(*args)))[1]

    return answer


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        ("02_activations", "fit_pieces"),
        ("04_improved_softmax", "use_logits"),
        ("06_adam", "minimize"),
        ("07_backprop", "backward"),
        ("07_backprop", "local_derivatives"),
        ("07_backprop", "topological_order"),
        ("08_digits", "shuffle_split"),
    ],
)
def test_results_remembered_by_object_are_found_whatever_judges_them(lab, name):
    """Does an answer lose points that gives the old result for an object filled anew?"""
    ex = load(lab).find(name)

    def points(functions):
        def run(cases):
            return [run_calls(functions, c.calls, build_model=NumpyModel) for c in cases]

        return score(ex, run, np.random.default_rng(0)).points

    right = ex.answers
    remembering = {each: by_identity(function) for each, function in right.items()}
    assert (points(right), points(remembering) < ex.points) == (ex.points, True)


def _score(ex, answers):
    def run(cases):
        return [run_calls(answers, c.calls, build_model=NumpyModel) for c in cases]

    return score(ex, run, np.random.default_rng(0))


@pytest.mark.parametrize("known_by", [(0,), (0, 1), (1, 2)])
def test_a_slope_remembered_by_some_arguments_is_found(known_by):
    """Does an answer lose points that gives one slope for one function, or whatever the step is?"""
    ex, kept = load("07_backprop").find("numerical_derivative"), {}

    def numerical_derivative(*args):
        key = tuple(args[i] for i in known_by if i < len(args))
        return kept.setdefault(key, ex.answers[ex.name](*args))

    assert _score(ex, {ex.name: numerical_derivative}).points < ex.points


def _counting(dtype):
    def confusion_matrix(y, yhat, n_classes):
        M = np.zeros((n_classes, n_classes), dtype)
        np.add.at(M, (y, yhat), 1)
        return M.astype(int)

    def label_accuracy(Y, Yhat):
        return float((Yhat == Y).sum(dtype=dtype)) / np.size(Y)

    def exact_match(Y, Yhat):
        return float((Yhat == Y).all(axis=1).sum(dtype=dtype)) / len(Y)

    def kind_of_problem(targets):
        if np.ndim(targets) != 2 or not np.isin(targets, [0, 1]).all():
            raise ValueError
        one = (targets.sum(axis=1, dtype=dtype) == 1).all()
        return "multiclass" if one else "multilabel"

    return locals()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int64"])
@pytest.mark.parametrize(
    ("lab", "name"),
    [("05_multilabel", "kind_of_problem"), ("05_multilabel", "scores"), ("08_digits", "confusion")],
)
def test_counts_in_a_small_type_of_integer_lose_points(lab, name, dtype):
    """Is there an input whose counts wrap in 8 and in 16 bits?"""
    ex, answers = load(lab).find(name), _counting(dtype)
    points = _score(ex, {each: answers[each] for each in ex.functions}).points
    assert (points == ex.points) == (dtype == "int64")


def test_examples_learnt_by_heart_are_told():
    """Is an answer that knows the visible inputs told to compute?"""
    ex = load("06_adam").find("sgd_step")
    known = [(c.calls[0].args, c.expect[0]) for cases in ex.seen for c in cases]

    def sgd_step(*args):
        for given, value in known:
            if all(
                np.array_equal(np.asarray(a), np.asarray(b))
                for a, b in zip(args, given, strict=True)
            ):
                return value
        return np.zeros_like(args[0])

    def run(cases):
        return [run_calls({"sgd_step": sgd_step}, c.calls) for c in cases]

    result = score(ex, run, np.random.default_rng(0))
    assert result.mistake == "learnt by heart"


def test_a_pattern_of_hidden_inputs_shows_no_number_of_theirs():
    """Is a kind of mistake on fresh inputs told without an entry of them?"""
    ex = load("03_softmax").find("cross_entropy")

    def cross_entropy(P, y):
        value = np.mean(-np.log(np.maximum(P[np.arange(len(y)), y], 1e-12)))
        return value * 2 if len(y) > 4 else value

    def run(cases):
        return [run_calls({"cross_entropy": cross_entropy}, c.calls) for c in cases]

    result = score(ex, run, np.random.default_rng(0))
    assert result.mistake == "a factor 2"
    step = result.report.split("Next:")[1]
    assert set("0123456789") & set(step) <= set("2")


def test_a_hidden_text_or_line_is_not_told():
    """Do the words of a hidden input, and the line that raised on it, stay out of the report?"""
    ex = load("02_activations").find("choose_output")
    right = ex.answers["output_activation"]
    seen = {c.calls[0].args[0] for cases in ex.seen for c in cases}

    def output_activation(target):
        if target in seen or not isinstance(target, str):
            return right(target)
        raise KeyError(target)

    def run(cases):
        return [run_calls({"output_activation": output_activation}, c.calls) for c in cases]

    result = score(ex, run, np.random.default_rng(0))
    assert result.points < ex.points
    assert "It came from" not in result.report
    assert '"' not in result.report


def test_lost_digits_are_shown_on_a_visible_input():
    """Is an answer in float32 that fails on hidden inputs alone told which digits differ?"""
    ex = Lab("00_test", "A test", 1, ["double"], SOLUTION).exercise("double", points=10)
    ex.check("numbers", [case("double", 0.1)], lambda rng: [case("double", 12345.678, rtol=1e-9)])
    result = marks(ex, lambda x: float(np.float32(2) * np.float32(x)))
    assert result.mistake == "float32"
    assert "Expected: 0.2\n" in result.report
    assert "Got:      0.200000003" in result.report
    assert "12345" not in result.report


def test_a_wrong_function_costs_the_checks_of_its_own_only():
    """Does a right function keep its points beside a wrong one of the same exercise?"""
    ex = load("03_softmax").find("softmax_regression")

    def predict_proba(X, W, b):
        e = np.exp(X @ W + b - np.max(X @ W + b, axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    answers = {"predict_proba": predict_proba, "predict": lambda *a: predict_proba(*a).max(axis=1)}

    def run(cases):
        return [run_calls(answers, case.calls) for case in cases]

    result = score(ex, run, np.random.default_rng(0))
    assert [check.passed for check in result.checks] == [True, False]
