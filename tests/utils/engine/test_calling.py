"""Is what an answer did written down faithfully?"""

import sys

import numpy as np
import pytest

from utils.engine.calling import Call, run_calls
from utils.engine.judging import explain_failure
from utils.engine.plain import Result, Rng, Source


def one(function, *args):
    return run_calls({"f": function}, [Call("f", list(args))])[0]


def test_a_value_comes_back():
    """Is the result there, and no failure?"""
    outcome = one(lambda x: x + 1, np.array([1.0]))
    assert outcome.error is None
    np.testing.assert_array_equal(outcome.value, [2.0])


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (sys.exit, "SystemExit"),
        (lambda: object(), "NotPlain"),
        (lambda: [].x, "AttributeError"),
    ],
)
def test_a_failure_is_named(function, kind):
    """Is every exception a failure with its type, `SystemExit` too?"""
    assert one(function).error.type == kind


def test_missing_and_not_callable_are_told_apart():
    """Does the learner read which of the two it is?"""
    missing, number = (run_calls(space, [Call("f", [])])[0] for space in ({}, {"f": 3}))
    assert (missing.error.type, number.error.type) == ("Missing", "NotCallable")


def test_a_changed_argument_is_seen_and_the_caller_keeps_his():
    """Does the answer work on a copy, which comes back?"""
    z = np.array([1.0, -1.0])

    def relu(z):
        z[z < 0] = 0
        return z

    outcome = one(relu, z)
    np.testing.assert_array_equal(z, [1.0, -1.0])
    np.testing.assert_array_equal(outcome.args_after[0], [1.0, 0.0])


def test_numerical_warnings_are_kept_and_deprecations_are_not():
    """Are NumPy's warnings written down even where the answer's caller silenced them?"""
    with np.errstate(all="ignore"):
        outcome = one(lambda z: np.exp(z), np.array([1e4]))
    assert outcome.warnings == ["overflow encountered in exp"]


def test_one_generator_is_shared_within_a_case():
    """Do two calls draw from the same generator?"""
    rng = Rng(3)
    a, b = run_calls({"f": lambda r: r.random()}, [Call("f", [rng]), Call("f", [rng])])
    assert a.value != b.value


def test_calls_of_a_source_function_are_counted():
    """Does the number of calls come back, and where they were made?"""
    outcome = one(lambda f, x: f(x) + f(x), Source("lambda x: x ** 2"), 3.0)
    assert (outcome.value, outcome.args_after[0]) == (18.0, {"calls": 2, "at": [3.0, 3.0]})


def test_a_result_goes_into_the_next_call():
    """Is `Result` the very value, and its absence a failure?"""
    space = {"f": lambda: [1, 2], "g": lambda x: x * 10, "h": lambda: 1 / 0}
    assert run_calls(space, [Call("f", []), Call("g", [Result(0, 1)])])[1].value == 20
    assert run_calls(space, [Call("h", []), Call("g", [Result(0)])])[1].error is not None


def test_printing_is_swallowed(capsys):
    """Does an answer that prints leave the report alone?"""
    one(lambda: print("noise"))
    assert capsys.readouterr().out == ""


def test_a_message_of_tensorflow_says_what_is_wrong_and_no_more():
    """Is what surrounds the message left out, and the next step about tensors?"""

    class InvalidArgumentError(Exception):
        pass

    def mixed(x):
        raise InvalidArgumentError(
            "{{function_node __wrapped__AddV2_device_/job:localhost/device:CPU:0}} cannot compute "
            "AddV2 as input #1 was expected to be a float tensor but is a double tensor [Op:AddV2] "
            "name: "
        )

    error = one(mixed, 1.0).error
    assert error.message.startswith("cannot compute AddV2")
    assert error.message.endswith("a double tensor")
    assert "np.asarray(t)" in explain_failure(Call("f", [1.0]), 0, error).next_step
