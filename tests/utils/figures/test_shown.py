"""Can the figures that "Show me" draws show what they say they can?"""

import numpy as np
import pytest

from utils.checks.baked import load, prepared
from utils.engine.calling import Call
from utils.figures import shown
from utils.figures.softmax import softmax_bars
from utils.trial import _EXERCISE


def calls(lab, function):
    """Return the visible calls of a function with what is expected of each."""
    exercises = [_EXERCISE] if lab == "00_start" else load(lab).values()
    return [
        (call, expected)
        for exercise in exercises
        if function in exercise["functions"]
        for _, case in prepared(exercise)[0]
        for call, expected in zip(case.calls, case.expect or [], strict=False)
        if call.function == function
    ]


@pytest.mark.parametrize(
    ("lab", "function", "row"),
    [(*key, row) for key, rows in shown.SHOWN.items() for row in rows],
    ids=lambda part: part.figure if isinstance(part, shown.Shown) else None,
)
def test_an_input_that_fits_is_loaded(lab, function, row):
    """Does each row fit some input of the checks, and are its labels and values the figure's?"""
    found = []
    for call, expected in calls(lab, function):
        drawing = shown.find(lab, call, expected, None, {})
        if drawing is not None and drawing.shown is row:
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
