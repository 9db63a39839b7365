"""Is an answer found out that keeps something between calls, or changes what it was given?"""

from dataclasses import replace

import numpy as np
import pytest

from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.judging import Case, verdict
from utils.engine.judging.state import numbered, probe, refilled, stepwise, turned
from utils.engine.models import dense
from utils.engine.plain import Same, decode, encode

A, B = np.array([1.0, 2.0, 4.0]), np.array([5.0, 3.0, 0.5])


def case(z, expect=None):
    return Case([Call("f", [z])], "close", {}, [2 * z if expect is None else expect])


def found(function, *cases):
    codes = []
    for each in probe(list(cases) or [case(A), case(B)]):
        finding = verdict(each, run_calls({"f": function}, each.calls))
        codes.append(finding.code if finding else None)
    return codes


def by_identity():
    kept = {}
    return lambda z: kept.setdefault(id(z), (z, 2 * z))[1]


def one_buffer():
    buffer = np.empty(3)
    return lambda z: np.multiply(z, 2, out=buffer)


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda z: 2 * z, None),
        (lambda z: (2 * z).tolist(), None),
        (lambda z: iter(2 * z), None),
        (by_identity(), "remembered"),
        (one_buffer(), "kept"),
        (lambda z: 3 * z, "value"),
    ],
)
def test_state_between_calls_is_found(function, code):
    """Are a buffer and a memory by identity told, and an honest answer not?"""
    assert found(function) == [code]


def test_returning_the_argument_itself_is_allowed():
    """Is `linear` right where it returns what it is given?"""
    assert found(lambda z: z, case(A, A), case(B, B)) == [None]


def test_arrays_of_other_shapes_ask_for_the_buffer_alone():
    """Is the first result looked at again where no array can be filled anew?"""
    long = np.arange(5.0)
    assert [each.judge for each in probe([case(A), case(long)])] == ["state.kept", "state.kept"]
    store = np.empty(9)

    def view(z):
        store[: len(z)] = 2 * z
        return store[: len(z)]

    assert found(view, case(A), case(long)) == ["kept", "kept"]


def test_nothing_is_asked_where_nothing_can_be_kept():
    """Are numbers and refusals left alone?"""
    number = Case([Call("f", [3.0])], "close", {}, [6.0])
    other = Case([Call("f", [4.0])], "close", {}, [8.0])
    refusal = Case([Call("f", [A])], "close", {"raises": "ValueError"}, [None])
    assert probe([number, other, refusal]) == []


def test_a_dict_is_filled_anew_too():
    """Is a graph remembered by its identity found out?"""
    first = Case([Call("f", [{"a": 1.0}])], "close", {}, [{"a": 2.0}])
    second = Case([Call("f", [{"b": 3.0}])], "close", {}, [{"b": 6.0}])
    kept = {}

    def remembered(graph):
        return kept.setdefault(id(graph), (graph, {k: 2 * v for k, v in graph.items()}))[1]

    assert found(lambda g: {k: 2 * v for k, v in g.items()}, first, second) == [None]
    assert found(remembered, first, second) == ["remembered"]


def test_a_filled_object_crosses_as_data():
    """Does `Same` survive JSON, inside and out?"""
    back = decode(encode(Same(2, A)))
    assert back.key == 2
    np.testing.assert_array_equal(back.value, A)


@pytest.mark.parametrize("change", ["weights", "layers", "compiled", None])
def test_a_model_that_was_given_is_left_as_it_is(change):
    """Does an answer lose points that sets weights of the model, adds a layer, or compiles it?"""
    given = dense(2, [(3, "relu"), (2, "linear")], seed=1)
    after = dense(2, [(3, "relu"), (2, "linear")], seed=1)
    if change == "weights":
        after.weights[0][0, 0] += 1
    if change == "layers":
        after = dense(2, [(3, "relu"), (2, "linear"), (2, "softmax")], seed=1)
    if change == "compiled":
        after = replace(after, loss={"name": "mse"})
    each = Case([Call("f", [given, A])], "close", {}, [6.0])
    finding = verdict(each, [Outcome(6.0, args_after=[after, A])])
    assert (finding.code if finding else None) == (change and "model-changed")


def by_shape():
    kept = {}
    return lambda z: kept.setdefault(z.shape, 2 * z)


def a_buffer_a_shape():
    buffers = {}
    return lambda z: np.multiply(z, 2, out=buffers.setdefault(z.shape, np.empty(z.shape)))


@pytest.mark.parametrize(
    ("function", "code"), [(lambda z: 2 * z, None), (a_buffer_a_shape(), "kept")]
)
def test_a_buffer_for_each_shape_is_found_where_no_two_cases_have_one_shape(function, code):
    """Is a case asked for twice, with other contents, where nothing else has its shape?"""
    assert code in found(function, case(A), case(B[:2]))


def without(place):
    kept = {}

    def function(z, c, n):
        key = [str(each) for i, each in enumerate((z, c, n)) if i != place]
        return kept.setdefault(str(key), c * z + n)

    return function


@pytest.mark.parametrize(
    ("function", "code"),
    [(lambda z, c, n: c * z + n, None), (without(1), "remembered"), (without(2), "remembered")],
)
def test_results_remembered_without_a_number_are_found(function, code):
    """Is an answer found out that does not look at one of the numbers it is given again?"""
    each = Case([Call("f", [A, 0.5, 3])], "close", {}, [0.5 * A + 3])
    [steps] = numbered([each])
    assert [call.args[1:] for call in steps.calls] == [[0.5, 3], [0.25, 3], [0.25, 4]]
    steps = refilled(replace(steps, expect=[0.5 * A + 3, 0.25 * A + 3, 0.25 * A + 4]))
    finding = verdict(steps, run_calls({"f": function}, steps.calls))
    assert (finding.code if finding else None) == code


def by_one_of_two():
    kept = {}
    return lambda z, w: kept.setdefault((id(w), z.tobytes()), (w, 2 * z + w))[1]


def test_results_remembered_by_a_graph_alone_are_found():
    """Are two cases taken, where there are such, that differ in the one argument alone?"""
    kept = {}

    def remembered(graph, leaves):
        return kept.setdefault((id(graph), str(leaves)), (graph, [*graph, *leaves]))[1]

    one, two, leaves = {"a": 1.0}, {"b": 1.0}, {"x": 2.0}
    cases = [
        Case([Call("f", [graph, values])], "close", {}, [[*graph, *values]])
        for graph, values in ((one, {"y": 2.0}), (two, leaves), (one, leaves))
    ]
    assert "remembered" in found(remembered, *cases)
    assert set(found(lambda graph, values: [*graph, *values], *cases)) == {None}


def stepped(function, *args):
    """Return what is found where the arguments change one at a time, in the same objects."""
    one, other = next(turned([Case([Call("f", list(args))], "close", {}, [args[0]])]))
    steps = stepwise(one, other)
    right = [2 * call.args[0] + sum(call.args[1:]) for call in steps.calls]
    asked = refilled(replace(steps, expect=right))
    finding = verdict(asked, run_calls({"f": function}, asked.calls))
    return finding and finding.code


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda z: 2 * z, None),
        (by_shape(), "remembered"),
        (by_identity(), "remembered"),
        (a_buffer_a_shape(), "kept"),
    ],
)
def test_results_remembered_by_shape_or_object_are_found(function, code):
    """Is the same object, with its contents moved on, given a result of its own, to keep?"""
    assert stepped(function, B) == code


@pytest.mark.parametrize(
    ("function", "code"), [(lambda z, w: 2 * z + w, None), (by_one_of_two(), "remembered")]
)
def test_results_remembered_by_one_of_several_objects_are_found(function, code):
    """Is it seen that only the contents of the second argument are not looked at?"""
    assert stepped(function, B, np.array([3.0, 1.0, 2.0])) == code


def test_what_may_have_to_increase_still_does():
    """Are knots, which must increase, moved to others that do, and labels to labels?"""
    knots, labels = np.array([-1.0, 0.5, 2.0]), np.array([0, 1, 2])
    _, other = next(turned([Case([Call("f", [knots, labels])], "close", {}, [knots])]))
    assert np.all(np.diff(other.calls[0].args[0]) > 0)
    assert sorted(other.calls[0].args[1]) == [0, 1, 2]


@pytest.mark.parametrize("anew", [True, False])
def test_one_model_returned_twice_is_found(anew):
    """Does each caller get a model of its own?"""
    kept = object()
    function = (lambda n: object()) if anew else (lambda n: kept)
    (asked,) = probe([Case([Call("f", [3])], "models.model", {}, [None])])
    *_, alike = run_calls({"f": function}, asked.calls)
    finding = verdict(asked, [Outcome(0), Outcome(0), alike])  # as data, two models may be equal
    assert (finding and finding.code) == (None if anew else "kept")
