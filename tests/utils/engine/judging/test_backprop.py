"""The judges of lab 07_backprop."""

import numpy as np
import pytest

from utils.engine.calling import Call, Outcome
from utils.engine.judging import Case, verdict
from utils.engine.plain import plain

GRAPH = {"c": ["add", ["b", "a"]], "a": ["mul", ["x", "y"]], "b": ["square", ["a"]]}


def judged(value):
    """The finding on an order of GRAPH, as a learner's answer meets it."""
    case = Case([Call("topological_order", [GRAPH])], "backprop.order", {}, [None])
    return verdict(case, [Outcome(plain(value), args_after=[GRAPH])])


@pytest.mark.parametrize(
    "value", [["a", "b", "c"], ("a", "b", "c"), np.array(["a", "b", "c"]), iter(["a", "b", "c"])]
)
def test_every_sequence_of_names_is_an_order(value):
    """Is an order right as a list, a tuple, an array and an iterator?"""
    assert judged(value) is None


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (["b", "a", "c"], "early", "'b' comes before 'a'"),
        (["a", "b"], "missing", "'c' is not in the list"),
        (["a", "b", "a", "c"], "twice", "'a' is in the list more than once"),
        (["x", "a", "b", "c"], "leaf", "'x' is a leaf"),
        (["a", "b", "d"], "unknown", "no node 'd'"),
        ([["a", "b"], "c"], "type", "no list of names"),
        ("abc", "type", "no list of names"),
        ({"a": 0, "b": 1, "c": 2}, "type", "no list of names"),
    ],
)
def test_a_wrong_order_is_told_by_its_first_mistake(value, code, words):
    """Is the mistake named, with the name of the node it is about?"""
    finding = judged(value)
    assert finding.code == code
    assert words in finding.what


def test_all_orders_of_independent_nodes_are_right():
    """Does the judge accept what the graph leaves open?"""
    graph = {"p": ["square", ["x"]], "q": ["square", ["y"]]}
    case = Case([Call("topological_order", [graph])], "backprop.order", {}, [None])
    for order in (["p", "q"], ["q", "p"]):
        assert verdict(case, [Outcome(order, args_after=[graph])]) is None


@pytest.mark.parametrize(
    ("values", "code", "call"),
    [((2.0, 2.0), None, 0), ((2.0, 4.0), "again", 1), ((4.0, 2.0), "value", 0)],
)
def test_a_second_call_that_differs_is_told_apart(values, code, call):
    """Is something kept from the first call told from a slope that was wrong at once?"""
    calls = [Call("backward", ["u"]), Call("backward", ["u"])]
    case = Case(calls, "backprop.twice", {}, [{"x": 2.0}, {"x": 2.0}])
    finding = verdict(case, [Outcome({"x": value}) for value in values])
    assert (finding and (finding.code, finding.call)) == (code and (code, call))
