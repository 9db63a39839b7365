"""Does each way of being wrong get its own plain message?"""

import numpy as np
import pytest

from utils.engine.calling import Call, Failure, Outcome, run_calls
from utils.engine.judging import Case, same, show, verdict
from utils.engine.plain import Layout

Z = np.array([[1.0, 2.0], [3.0, 4.0]])


def judged(function, expect=None, args=(Z,), **params):
    calls = [Call("f", list(args))]
    case = Case(calls, "close", params, [np.exp(Z) if expect is None else expect])
    return verdict(case, run_calls({"f": function}, calls))


@pytest.mark.parametrize(
    "function",
    [
        np.exp,
        lambda z: np.exp(z).tolist(),
        lambda z: tuple(tuple(row) for row in np.exp(z)),
        lambda z: np.exp(z) * (1 + 5e-7),
        lambda z: np.asfortranarray(np.exp(z)),
        lambda z: [np.array(row) for row in np.exp(z)],
    ],
)
def test_right_values_pass_in_every_form(function):
    """Is a list as good as an array, and rounding forgiven?"""
    assert judged(function) is None


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda z: None, "none"),
        (lambda z: np.exp(z) * (1 + 3e-6), "value"),
        (lambda z: np.exp(z).ravel(), "shape"),
        (lambda z: np.exp(z)[None], "shape"),
        (lambda z: np.full_like(z, np.nan), "nan"),
        (lambda z: np.exp(z * 1000), "inf"),
        (lambda z: "text", "type"),
        (lambda z: {"a": 1}, "type"),
        (lambda z: z > 0, "bool"),
        (lambda z: np.exp(z, out=z), "mutated"),
        (lambda z: object(), "NotPlain"),
        (lambda z: z.missing, "AttributeError"),
        (lambda: 0, "TypeError"),
        (lambda z: [[1.0], [2.0, 3.0]], "ragged"),
    ],
)
def test_each_mistake_has_its_own_finding(function, code):
    """Is the mistake named by its code, with words and a next step?"""
    finding = judged(function)
    assert finding.code == code
    assert finding.what
    assert finding.next_step


def test_whole_numbers_are_asked_for_where_they_are_expected():
    """Is 1.0 no answer where an int is expected, but 1 fine where a float is?"""
    assert judged(lambda: 1.0, 1, ()).code == "int"
    assert judged(lambda: 1, 1.0, ()) is None
    assert judged(lambda: np.array([1.0]), np.array([1]), ()).code == "int"


def test_parts_of_a_tuple_are_named():
    """Does a wrong second part say so?"""
    finding = judged(lambda: (1.0, 3.0), [1.0, 2.0], ())
    assert "part 2 of 2" in finding.what
    assert judged(lambda: 1.0, [1.0, 2.0], ()).code == "count"


def test_dicts_are_compared_by_name():
    """Are a wrong entry and a wrong name told apart?"""
    assert judged(lambda: {"a": 2.0}, {"a": 1.0}, ()).what == "f: the entry 'a' is not right"
    assert judged(lambda: {"b": 1.0}, {"a": 1.0}, ()).code == "keys"


def test_an_expected_exception():
    """Does only the right exception pass?"""
    for function, code in [(lambda: int("x"), None), (lambda: 1, "no-raise"),
                           (lambda: [][0], "no-raise")]:  # fmt: skip
        finding = judged(function, 0, (), raises="ValueError")
        assert (finding.code if finding else None) == code


def test_an_exception_of_the_expected_kind_is_right():
    """Is NumPy's AxisError the ValueError that it is, and an IndexError not?"""
    assert judged(lambda z: z.sum(axis=7), raises="ValueError") is None
    assert judged(lambda z: z[7], raises="ValueError").code == "no-raise"


def test_quiet_wants_no_warning():
    """Are right values with a warning told apart from wrong ones?"""
    z = np.array([-1.0, 1.0])
    assert judged(lambda z: np.exp(z), np.exp(z), (z,), quiet=True) is None
    finding = judged(lambda z: (np.exp(z + 1e4), np.exp(z))[1], np.exp(z), (z,), quiet=True)
    assert finding.code == "warning"


def test_tiny_probabilities_count():
    """Is a lost 1e-20 an error with `tiny`, and none without?"""
    expected = np.array([1.0, 1e-20])
    assert judged(lambda: np.array([1.0, 0.0]), expected, (), tiny=True).code == "value"
    assert judged(lambda: np.array([1.0, 0.0]), expected, ()) is None


def test_cancelling_entries_are_compared_with_the_largest():
    """Is an error of 1e-8 in an entry of 1e-9 forgiven beside an entry of 1?"""
    expected, got = np.array([1.0, 1e-7]), np.array([1.0, 2e-7])
    assert judged(lambda: got, expected, (), largest=True) is None
    assert judged(lambda: got, expected, (), atol=1e-12) is not None


def test_float32_is_judged_with_its_own_tolerance():
    """Is the tolerance looser exactly where an argument is float32?"""
    z = Z.astype(np.float32)
    assert judged(lambda z: np.exp(z) * (1 + 2e-5), np.exp(Z), (z,)) is None
    assert judged(lambda z: np.exp(z) * (1 + 2e-5), np.exp(Z), (Z,)) is not None


def test_infinite_entries_are_compared():
    """Is -inf expected and got equal, and anything else not?"""
    expected = np.array([-np.inf, 0.0])
    assert judged(lambda: expected.copy(), expected, ()) is None
    assert judged(lambda: np.array([-1e300, 0.0]), expected, ()) is not None
    assert judged(lambda: np.array([np.inf, 0.0]), expected, ()) is not None


def test_a_forbidden_call_is_named():
    """Does the finding say which function was called?"""
    case = Case([Call("f", [])], "close", {}, [1.0])
    finding = verdict(case, [Outcome(error=Failure("ForbiddenCall", "scipy.special.softmax"))])
    assert finding.code == "forbidden"
    assert "scipy.special.softmax" in finding.what


def test_a_read_only_argument_is_shown_by_its_values():
    """Is a laid-out array shown as an array?"""
    assert show(Layout(np.array([1.0, 2.0]), "readonly")) == "[1., 2.]"
    assert "(5, 9), entry [1, 2] is 1" in show(np.ones((5, 9)), (1, 2))


def test_same_is_exact():
    """Does one bit make a difference, and NaN none?"""
    assert same([np.array([np.nan])], [np.array([np.nan])])
    assert not same(np.array([1.0]), np.array([1.0 + 2e-16]))
    assert not same({"a": 1}, {"b": 1})


def test_what_cannot_be_judged_is_wrong_and_no_crash():
    """Does data on which a judge fails cost the points, and not the whole notebook?"""

    def judge(case, outcomes):
        return outcomes[0].value["no such key"]

    case = Case([Call("f", [])], judge, {}, [None])
    assert verdict(case, [Outcome(3.0)]).code == "strange"
