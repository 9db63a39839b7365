"""Can the figures that "Show me" draws show what they say they can?"""

import importlib

import numpy as np
import pytest

from utils.checks.baked import load, prepared
from utils.engine.calling import Call
from utils.figures import shown
from utils.trial import _EXERCISE


def calls(lab, function):
    """Return the visible calls of a function with what is expected of each."""
    exercises = [_EXERCISE] if lab == "00_start" else load(lab).values()
    return [
        (call, expected)
        for exercise in exercises
        if function in exercise["functions"]
        for _, case in prepared(exercise)[0]
        for call, expected in zip(case.calls, case.expect, strict=True)
        if call.function == function
    ]


@pytest.mark.parametrize(("lab", "function"), shown.SHOWN)
def test_an_input_that_fits_is_loaded(lab, function):
    """Does each row fit some input of the checks, and are its labels and values the figure's?"""
    drawn = []
    for call, expected in calls(lab, function):
        row = shown.SHOWN[lab, function]
        settings = row.settings(call.args, expected, None)
        draw = shown.find(lab, call, expected, None, {})
        assert (settings is None) == (draw is None)
        if draw and not drawn:
            figure = draw()
            drawn.append(figure)
            values = {
                c.description: c.value for c in figure.controls.children if hasattr(c, "value")
            }
            assert {k: values[k] for k in settings} == pytest.approx(settings)
            module, _, name = row.figure.partition(":")
            assert figure.text != getattr(importlib.import_module(module), name)().text
    assert drawn


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
