"""Can the figures that "Show me" draws show what they say they can?"""

import re

import numpy as np
import pytest

from utils.checks.asking import judge
from utils.checks.baked import load, prepared
from utils.checks.notebook import _figure
from utils.engine.calling import Call
from utils.engine.models import dense
from utils.engine.plain import ModelData
from utils.figures import shown
from utils.figures.softmax import softmax_bars
from utils.trial import _EXERCISE


def calls(lab, function):
    """Return the visible calls of a function with what is expected of each, or of the case."""
    exercises = [_EXERCISE] if lab == "00_start" else load(lab).values()
    found = []
    for exercise in exercises:
        if function not in exercise["functions"]:
            continue
        for _, case in prepared(exercise)[0]:
            expected = case.expect or [None] * len(case.calls)
            pairs = zip(case.calls, expected, strict=True)
            found += [
                (c, case.params if e is None else e) for c, e in pairs if c.function == function
            ]
    return found


BUILT = dense(64, [(25, "relu"), (10, "softmax")])


@pytest.mark.parametrize(
    ("lab", "function", "row"),
    [(*key, row) for key, rows in shown.SHOWN.items() for row in rows],
    ids=lambda part: part.figure if isinstance(part, shown.Shown) else None,
)
def test_an_input_that_fits_is_loaded(lab, function, row):
    """Does each row fit some input of the checks, and are its labels and values the figure's?"""
    found = []
    for call, expected in calls(lab, function):
        models = [arg for arg in call.args or [] if isinstance(arg, ModelData)]
        drawing = shown.find(lab, call, expected, BUILT, {}, models)
        if getattr(drawing, "shown", None) is row:
            found.append(drawing)
    figure = found[-1]()
    values = {c.description: c.value for c in figure.controls.children if hasattr(c, "value")}
    near = 0.3 if row.alike else 1e-6  # where a slider has stops
    assert {k: values[k] for k in found[-1].settings} == pytest.approx(found[-1].settings, near)


def test_a_loaded_figure_is_another_one_than_at_its_begin():
    """Do the settings reach the picture?"""
    call = Call("softmax", [np.array([2.0, -3.0, 1.0])])
    figure = shown.find("03_softmax", call, np.zeros(3), np.ones(3), {})()
    assert "0.7" in figure.text
    assert figure.text != softmax_bars().text


def test_the_entry_that_is_wrong_is_shown():
    """Of several numbers, is the one whose result is furthest off put on the slider?"""
    call = Call("relu", [np.array([-2.0, 5.0, 1.0])])
    draw = shown.find("02_activations", call, np.array([0.0, 5.0, 1.0]), np.zeros(3), {})
    assert "5.0" in draw().text


def test_a_number_beyond_the_slider_has_no_button():
    """Is nothing drawn where the input does not fit?"""
    call = Call("sigmoid", [np.array([30.0])])
    assert shown.find("02_activations", call, np.array([1.0]), np.zeros(1), {}) is None
    assert shown.find("02_activations", Call("collapse", [1]), 1, 2, {}) is None
    assert shown.find("03_softmax", Call("softmax", ["odd"]), 1, 2, {}) is None


def test_the_matrix_of_a_failing_call_marks_the_cells_that_differ():
    """Of labels counted the wrong way round, are exactly those cells marked that are not right?"""
    call = Call("confusion_matrix", [np.array([0, 1, 1]), np.array([1, 1, 0]), 2])
    answers = {"confusion_matrix": lambda y, yhat, n: np.ones((n, n))}
    figure = shown.find("08_digits", call, None, None, answers)()
    assert "In your matrix 1 cell differs" in figure.text


def test_an_order_names_what_is_used_before_it_is_computed():
    """Is the node that comes too early named, and its input?"""
    graph = {"a": ("square", ["x"]), "b": ("relu", ["a"])}
    answers = {"topological_order": lambda graph: ["b", "a"]}
    call = Call("topological_order", [graph])
    figure = shown.find("07_backprop", call, None, None, answers)()
    assert "b uses a, which is not there yet" in figure.text


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_a_graph_that_no_picture_can_hold_has_no_button(shape):
    """Is nothing drawn of a chain of thirty nodes, or of thirty nodes above one another?"""
    graph = {f"n{k + 1}": ("relu", [f"n{k}" if shape == "long" else "n0"]) for k in range(30)}
    call = Call("forward", [graph, {"n0": 1.0}])
    assert shown.find("07_backprop", call, None, None, {}) is None


def visible(lab, function, got=None, after=(), answers=None, pick=0):
    """The figure of a visible call of a function, for what that returned."""
    call, expected = calls(lab, function)[pick]
    return shown.find(lab, call, expected, got, answers or {}, after)()


def test_a_quotient_that_is_not_the_right_one_is_told_beside_the_right_one():
    """Of a gradient that is 2 off in one entry, are both quotients said?"""
    answers = {"gradient_check": lambda f, grad, *more: np.linalg.norm(grad)}
    text = visible("07_backprop", "gradient_check", answers=answers, pick=1).text
    assert "The quotient is 0.1922; yours says 6.164" in text


def test_a_split_marks_rows_with_strange_labels_and_rows_in_both_parts():
    """Is nothing marked of a right split, each wrong label, and a row of both parts twice?"""

    def split(X, y, size, seed):
        order = np.random.default_rng(seed).permutation(len(X))
        return X[order[size:]], X[order[:size]], y[order[size:]], y[order[:size]]

    def leaking(X, y, size, seed):
        X_train, X_test, y_train, y_test = split(X, y, size, seed)
        X_train[0], y_train[0] = X_test[0], y_test[0]
        return X_train, X_test, y_train, y_test

    def strange(X, y, size, seed):
        return *split(X, y, size, seed)[:3], np.full(size, 0)

    said = []
    for answer in (split, leaking, strange):
        figure = visible("08_digits", "shuffle_split", answers={"shuffle_split": answer})
        said.append([int(n) for n in re.findall(r"rows, (\d+) of them marked", figure.text)])
    X, y, size, seed = calls("08_digits", "shuffle_split")[0][0].args
    zeros = int(np.sum(split(X, y, size, seed)[3] == 0))
    assert said == [[0, 0], [1, 1], [0, size - zeros]]


def test_a_wrong_class_opens_the_image_it_belongs_to():
    """Of five images with one read wrongly, is that one shown, with both answers?"""
    (_, expected) = calls("08_digits", "read_digits")[0]
    classes, confidence = (np.array(each) for each in expected)
    classes[3] = (classes[3] + 1) % 4
    figure = visible("08_digits", "read_digits", got=[classes, confidence])
    assert figure.controls.children[0].value == 3
    assert f"Yours: class {classes[3]}" in figure.text


def test_mistakes_in_another_order_stand_beside_the_right_order():
    """Are both orders said?"""
    (_, expected) = calls("08_digits", "worst_mistakes")[0]
    right = [int(row) for row in expected]
    text = visible("08_digits", "worst_mistakes", got=right[::-1]).text
    assert f"rows {', '.join(map(str, right))}. Yours: {', '.join(map(str, right[::-1]))}" in text


def test_a_training_says_how_many_images_it_used():
    """Are those of the model that came back counted against the allowance?"""
    model = calls("08_digits", "train_digits")[0][0].args[0]
    after = ModelData(
        model.inputs, model.layers, model.weights, model.loss, {**model.optimizer, "rows": 9000}
    )
    figure = visible("08_digits", "train_digits", after=[after])
    assert "Images used: 9,000 of at most 7,200" in figure.text


def test_a_first_step_that_is_too_long_is_told_in_units_of_the_rate():
    """Of a network whose biases move three times too far, are the steps said?"""

    def far(X, y, hidden, steps, alpha, seed):
        b2 = 3 * alpha * steps * np.where(np.arange(10) % 2, 1.0, -1.0)
        return np.ones((64, hidden)), np.zeros(hidden), np.ones((hidden, 10)), b2

    figure = visible("08_digits", "train_numpy_network", answers={"train_numpy_network": far})
    assert "for your function: -3, 3, -3, 3" in figure.text


def test_a_network_marks_the_layers_that_are_others_than_asked_for():
    """Is the missing layer marked, and the one in its place?"""
    text = visible("08_digits", "build_digits_model", got=BUILT).text
    assert "Marked: layer 2, layer 3." in text
    with pytest.raises(TypeError, match="NoneType"):
        visible("08_digits", "build_digits_model", got="no model")


def test_the_tables_of_lab_05_say_what_is_right_and_what_is_not():
    """Are sums, labels, rows and costs told of an input, and the learner's answer?"""
    said = {
        "kind_of_problem": ("multiclass", "2 of 3 rows add up to 1; yours says multiclass"),
        "predict_labels": (np.ones((4, 3)), "7 of 12 are wrong"),
        "exact_match": (
            0.7,
            "11 of 15 labels are right, and 2 of 5 rows completely. Yours says 0.7",
        ),
        "choose_thresholds": ([0.5, 1.01, 1.01], "lowest cost is 2, at 0.553. Yours is 0.5"),
    }
    for function, (got, words) in said.items():
        pick = int(function == "kind_of_problem")
        assert words in visible("05_multilabel", function, got=got, pick=pick).text


def asked(lab, exercise, **functions):
    """What "Show me" draws for wrong functions of an exercise, as the check asks for it."""
    told = judge(load(lab)[exercise], functions)
    return _figure(lab, told, functions)


def test_a_small_result_is_shown_beside_the_right_one():
    """Of an array that no figure of the lab shows, is each wrong entry named, and no other?"""

    def collapse(W1, b1, W2, b2):
        return W1 @ W2, b1 @ W2 - b2

    text = asked("02_activations", "collapse", collapse=collapse)().text
    assert "b[0] is -0.7, should be 0.7" in text
    assert "W[" not in text


def test_a_table_of_another_shape_says_both_shapes():
    """Is it said of one-hot rows with a column too few?"""

    def one_hot(y, n_classes):
        return np.eye(y.max() + 1)[y]

    text = asked("03_softmax", "one_hot", one_hot=one_hot)().text
    assert text == "the table is 4 x 3, should be 4 x 4."


def test_an_example_that_an_epoch_leaves_out_is_named():
    """Are the indices named that no batch holds?"""

    def minibatches(m, size, rng):
        return [np.arange(m)[:size]]

    text = asked("01_training", "minibatches", minibatches=minibatches)().text
    assert text == "missing: 4, 5, 6, 7, 8, 9."


def test_probabilities_of_a_model_are_shown_below_its_logits():
    """Where logits come back as probabilities, are they framed, and the model's logits above?"""
    answers = {
        "class_probabilities": lambda model, X: np.asarray(model(X)),
        "predicted_classes": lambda model, X: np.argmax(model(X), axis=1),
    }
    drawing = asked("04_improved_softmax", "use_logits", **answers)
    assert [part.name for part in drawing.parts] == ["logits of the model", ""]
    assert drawing.parts[0].mine == drawing.parts[1].mine
    assert "[0, 0] is 1, should be 0.6285" in drawing().text


def test_a_result_of_one_number_or_of_thousands_has_no_table():
    """Is nothing drawn where the report says as much, or where nobody could read it?"""
    for shape in ((), (1,), (2000,), (40, 3), (2, 2, 2)):
        assert (
            shown.find("03_softmax", Call("new", [1]), np.ones(shape), np.ones(shape), {}) is None
        )
