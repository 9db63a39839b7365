"""Is a mistake that is in no catalogue told by its kind, and never by a kind that it is not?"""

import numpy as np
import pytest

from utils.engine import patterns
from utils.engine.calling import Call, run_calls
from utils.engine.judging import Case, Names, verdict
from utils.engine.plain import Layout, Source
from utils.engine.recognise import Known, diagnose, fingerprint

RNG = np.random.default_rng(5)
TABLES = [RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(5, 4))]
NAMES = Names({"f": ["X", "c"]}, {"f": ["total", "parts"]})


def right(X, c):
    return np.exp(X) * c + 0.3


def row_sums(X, c):
    return X.sum(axis=1) * c


def told(answer, expected=right, inputs=None, **params):
    inputs = inputs or [(X, c) for X, c in zip(TABLES, (2.0, 3.0, 0.7), strict=True)]
    cases = []
    for args in inputs:
        plain = [a.array if isinstance(a, Layout) else a for a in args]
        value = expected(*plain)
        value = list(value) if isinstance(value, tuple) else value
        cases.append(Case([Call("f", list(args))], "close", params, [value], NAMES))
    outcomes = [run_calls({"f": answer}, case.calls) for case in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    assert any(findings)
    found = patterns.find(cases, outcomes, findings)
    return found.name if found else None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda X, c: 2 * right(X, c), "a factor 2"),
        (lambda X, c: -right(X, c), "sign"),
        (lambda X, c: right(X, c) / len(X), "divided by the number of rows of `X`"),
        (lambda X, c: right(X, c) * X.shape[1], "a factor: the number of columns of `X`"),
        (lambda X, c: right(X, c) / c, "divided by c"),
        (lambda X, c: right(X, c) - X, "X left out"),
        (lambda X, c: right(X, c) + 0.25, "a constant added"),
        (lambda X, c: np.log(right(X, c)), "the logarithm of it"),
        (lambda X, c: right(X, c).astype(int), "decimals cut off"),
        (lambda X, c: right(X, c).T, "transposed"),
        (lambda X, c: right(X, c)[::-1], "reversed"),
        (lambda X, c: np.round(right(X, c), 3), "rounded"),
        (lambda X, c: right(X, c).astype(np.float32) * np.float32(1 + 3e-6), "float32"),
        (lambda X, c: right(X, c).astype(np.float16), "float16"),
        (lambda X, c: np.clip(right(X, c), 0.9, 1.5), "clipped"),
        (lambda X, c: np.zeros(X.shape), "zeros"),
        (lambda X, c: X, "an argument returned"),
        (lambda X, c: right(X, c)[:, None], "an axis too many"),
        (lambda X, c: right(X, c)[:-1], "last missing"),
        (lambda X, c: right(TABLES[0], 2.0), "always the same"),
        (lambda X, c: right(X, c) * np.eye(1, len(X)).T, "only the first row is right"),
        (lambda X, c: right(X, c) * (X > 0), "some left at 0"),
        (lambda X, c: right(np.abs(X), c), "wrong for one sign"),
        (lambda X, c: right(X, c) * np.arange(2, len(X) + 2)[:, None], "a factor for each row"),
        (lambda X, c: right(X, c) if X.shape[1] > 2 else 5 * X * X, "one kind of input"),
    ],
)
def test_a_kind_of_mistake_is_told_by_its_outputs(answer, name):
    """Is the relation to the right values found, whatever the exercise?"""
    assert told(answer) == name


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda X, c: X.mean(axis=1) * c, "divided by the number of columns of `X`"),
        (lambda X, c: X.sum(axis=0) * c, "the wrong axis"),
        (lambda X, c: X.sum() * c, "sum taken"),
        (lambda X, c: X * c, "sum missing"),
        (lambda X, c: (X.sum(axis=1) * c)[:, None] - np.zeros(len(X)), "broadcast to a table"),
    ],
)
def test_a_wrong_axis_or_sum_is_told_by_the_shape(answer, name):
    """Is it said what the shape that came has to do with the one asked for?"""
    assert told(answer, row_sums) == name


def test_whole_numbers_are_not_joined_by_chance():
    """Is class 0 in place of class 1 not taken for its logarithm, nor 4 in place of 2 for 2²?"""
    classes = lambda X, c: np.ones(len(X), int)  # noqa: E731
    assert "logarithm" not in str(told(lambda X, c: 0 * classes(X, c), classes))
    assert told(lambda X, c: [4] * len(X), lambda X, c: np.full(len(X), 2)) != "the square of it"


def test_parts_in_another_order_are_told():
    """Is it seen that both parts are right, and in whose place each is?"""
    both = lambda X, c: (X * c, X - c)  # noqa: E731
    assert told(lambda X, c: both(X, c)[::-1], both) == "parts swapped"


def test_the_part_that_is_wrong_is_named():
    """Does the sentence begin with the name of the part?"""
    value = [1.0, np.array([1.0, 2.0])]
    case = Case([Call("f", [TABLES[0]])], "close", {}, [value], NAMES)
    outcomes = run_calls({"f": lambda X: (1.0, np.array([2.0, 4.0]))}, case.calls)
    finding = verdict(case, outcomes)
    assert finding.what == "f: parts is not right"
    assert patterns.find([case], [outcomes], [finding]).step.startswith("parts: ")


def test_a_mistake_for_one_layout_or_type_is_told():
    """Is it found that only integers, or only one row, go wrong?"""
    ints = [(np.array([[1, 2], [3, 4]]), 2.0), *zip(TABLES, (1.0, 2.0, 3.0), strict=True)]
    assert told(lambda X, c: right(X, c) if X.dtype.kind == "f" else X * X, inputs=ints)
    row = [(TABLES[0][:1], 2.0), (TABLES[0], 3.0), (TABLES[1], 0.5)]
    assert told(lambda X, c: right(X, c) if len(X) > 1 else X * X, inputs=row)


def test_what_has_no_pattern_is_told_none():
    """Is nothing made up for what is no number at all?"""
    assert told(lambda X, c: "text") is None


@pytest.mark.parametrize(
    "odd", [{1: 2}, [[1.0], [2.0, 3.0]], [], "x", 1 + 2, [None], [{}], np.array([]), True]
)
def test_odd_results_break_nothing(odd):
    """Does a result of any plain kind leave the search standing?"""
    told(lambda X, c: odd)


def test_a_mistake_that_would_fail_where_an_answer_is_right_is_not_named():
    """Is a known mistake ruled out by a case that it fails and this answer does not?"""
    cases = [Case([Call("f", [x])], "close", {}, [2 * x]) for x in (0.0, 1.0, 4.0)]
    outcomes = [run_calls({"f": lambda x: 2 * x if x < 4 else 16.0}, c.calls) for c in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    made = [run_calls({"f": lambda x: x * x}, case.calls) for case in cases]
    prints = [fingerprint(*each) for each in zip(cases, made, strict=True)]
    square, late = Known("a square", "?", prints), Known("late", "?", [*[[]] * 2, prints[2]])
    late.prints[:2] = [fingerprint(*each) for each in zip(cases[:2], outcomes[:2], strict=True)]
    assert diagnose([square], cases, outcomes, findings).name != "a square"
    assert diagnose([square, late], cases, outcomes, findings).name == "late"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda x: "low" if x > 2 else "high", "words exchanged"),
        (lambda x: "Low" if x < 2 else "high", "another word"),
        (lambda x: "low", "another branch"),
    ],
)
def test_texts_are_told_by_the_words(answer, name):
    """Is it told which words come in place of which, where inputs are shown?"""
    cases = [Case([Call("f", [x])], "close", {}, ["low" if x < 2 else "high"]) for x in (0.0, 1, 4)]
    outcomes = [run_calls({"f": answer}, case.calls) for case in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    assert patterns.find(cases, outcomes, findings).name == name
    hidden = patterns.find(cases, outcomes, findings, hidden=True)
    assert hidden is None or hidden.name != name


def test_a_node_that_is_wrong_beside_right_inputs_is_named():
    """Is the first wrong node of a graph told, forwards by its inputs, backwards by its users?"""
    graph = {"m": ["mul", ["w", "x"]], "s": ["add", ["m", "b"]]}
    forward = {"w": 3.0, "x": 2.0, "b": 1.0, "m": 6.0, "s": 7.0}
    backward = {"s": 1.0, "m": 1.0, "b": 1.0, "w": 2.0, "x": 3.0}
    wrong = {"forward": {"m": 4.0, "s": 5.0}, "backward": {"w": 3.0, "x": 2.0}}
    for right, name in ((forward, "a node of a graph"), (backward, "a node on the way back")):
        change = wrong["forward" if right is forward else "backward"]
        case = Case([Call("f", [graph])], "close", {}, [right])
        outcomes = run_calls({"f": lambda g, r=right, c=change: {**r, **c}}, case.calls)
        found = patterns.find([case], [outcomes], [verdict(case, outcomes)])
        assert found.name == name
        assert "`m`" in found.step
        assert '"mul"' in found.step


def test_the_places_at_which_a_function_is_asked_are_told():
    """Does an answer with no pattern say where it asked the function it was given?"""
    cases = [Case([Call("f", [Source("lambda x: x**3"), x])], "close", {}, [3 * x**2])
             for x in (1.0, 2.0, 0.7)]  # fmt: skip
    asked = [run_calls({"f": lambda f, x: f(1 - x) - f(x + 0.25)}, c.calls) for c in cases]
    findings = [verdict(*each) for each in zip(cases, asked, strict=True)]
    assert "at 0, then 1.25" in patterns.find(cases, asked, findings).step
    assert "1.25" not in str(patterns.find(cases, asked, findings, hidden=True))


def test_rounding_is_no_other_mistake():
    """Is a right formula in float32 not taken for a mistake that is as small as its rounding?"""
    X = TABLES[0]
    expected = np.exp(X)
    case = Case([Call("f", [X])], "close", {"rtol": 1e-9, "atol": 0}, [expected], NAMES)
    slip = Case([Call("f", [X])], "close", {}, [expected + 1e-7], NAMES)
    known = [Known("1e-7 added", "Nothing is added.", [
        fingerprint(slip, run_calls({"f": lambda X: expected + 1e-7}, slip.calls))])]  # fmt: skip
    outcomes = [run_calls({"f": lambda X: expected.astype(np.float32)}, case.calls)]
    assert diagnose(known, [case], outcomes, [verdict(case, outcomes[0])]).name == "float32"
    outcomes = [run_calls({"f": lambda X: expected + 1e-7}, case.calls)]
    assert diagnose(known, [case], outcomes, [verdict(case, outcomes[0])]).name == "1e-7 added"


def test_a_hint_never_comes_from_another_case():
    """Is a known mistake named only where it fails the case that the report shows?"""
    cases = [Case([Call("f", [X, 1.0])], "close", {}, [right(X, 1.0)], NAMES) for X in TABLES]

    def known_wrong(X, c):
        return X * 7

    def other(X, c):
        return np.sin(X) if len(X) == 4 else X * 7

    prints = [fingerprint(c, run_calls({"f": known_wrong}, c.calls)) for c in cases]
    known = [Known("times 7", "Why 7?", prints)]
    outcomes = [run_calls({"f": other}, case.calls) for case in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    found = diagnose(known, cases, outcomes, findings)
    assert found is None or found.name != "times 7"


def test_a_path_in_float32_that_starts_at_an_argument_is_told_as_float32():
    """Are numbers that are only copied no reason to look for another mistake?"""

    def path(X, c):
        return np.concatenate([X, np.float32(X * c + 0.3)])

    def exact(X, c):
        return np.concatenate([X, X * c + 0.3])

    assert told(path, exact, rtol=1e-9) == "float32"


def of_facts(answer, expected, inputs, hidden=False):
    cases = [Case([Call("f", list(a))], "close", {}, [expected(*a)], NAMES) for a in inputs]
    outcomes = [run_calls({"f": answer}, case.calls) for case in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    return patterns.find(cases, outcomes, findings, hidden)


LINES = [(RNG.normal(size=6) * 2, 3.0), (np.array([-1.5, 0.0, 0.4, 2.0, -0.3]), 0.5)]


@pytest.mark.parametrize(
    ("answer", "expected", "name", "step"),
    [
        (lambda X, c: 5 * np.sin(3 * X) + 2 + X**4, lambda X, c: 5 * np.sin(3 * X),
         "all to one side", ""),
        (lambda X, c: c * X, lambda X, c: c * X + np.tanh(X), "one term alone", "`X` times `c`"),
        (lambda X, c: np.tanh(X), lambda X, c: np.tanh(X) - X * X, "a term", "the square of `X`"),
        (lambda X, c: 1 / (1.5 + np.exp(-X)), lambda X, c: 1 / (1 + np.exp(-X)),
         "the order alone is right", "`X` = 0"),
        (lambda X, c: -np.tanh(X) * 2 + c, lambda X, c: np.exp(X), "negative numbers", ""),
        (lambda X, c: np.exp(X) - X, lambda X, c: np.tanh(np.exp(X) - X) / 2, "beyond 1", ""),
        (lambda X, c: abs(X) / 9, lambda X, c: np.exp(X) / np.exp(X).sum(), "the sum missed", ""),
    ],
)  # fmt: skip
def test_what_no_pattern_fits_is_told_by_a_fact(answer, expected, name, step):
    """Is a fact named that is true of every wrong number, with the simplest place?"""
    found = of_facts(answer, expected, LINES)
    assert name in found.name
    assert step in found.step


@pytest.mark.parametrize(
    ("answer", "expected", "name"),
    [
        (lambda X, c: X - 0.01 * X**2, lambda X, c: X - c * X**2, "a fixed number"),
        (
            lambda X, c: _shares(X / np.abs(X).max()),
            lambda X, c: _shares(X),
            "the order in each row",
        ),
    ],
)
def test_tables_are_told_by_their_rows(answer, expected, name):
    """Is a table told whose rows are in order, and a number that stands for an argument?"""
    found = of_facts(answer, expected, [(RNG.normal(size=(3, 4)), 0.7), (RNG.normal(size=4), 2.0)])
    assert found.name == name


def _shares(table):
    return np.exp(table) / np.exp(table).sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda chosen: chosen[[1, 0, 3, 2]], "another order"),
        (lambda chosen: chosen[::2], "some left out"),
        (lambda chosen: [20, *chosen, 21], "some too many"),
        (lambda chosen: [20, chosen[1], 30, chosen[0]], "others chosen"),
    ],
)
def test_numbers_of_rows_are_told_by_what_is_chosen(change, name):
    """Is an answer told whose rows are right, but not their order, or the other way round?"""

    def expected(X, c):
        return np.argsort(X)[: len(X) // 2]

    inputs = [
        (np.array([3.0, 1, 8, 6, 7, 5, 2, 0]), 1.0),
        (np.array([1, 9.0, 4, 3, 8, 7, 0, 5]), 1.0),
    ]
    found = of_facts(lambda X, c: np.array(change(expected(X, c))), expected, inputs)
    assert found.name == name


def test_numbers_that_are_far_off_in_most_places_are_told():
    """Is a quotient in place of a product noticed where some numbers are nearly right?"""
    inputs = [("a cube", x) for x in (2.0, 0.5, 1.0, -1.5)]
    factors = {2.0: 1e6, 0.5: 0.1, 1.0: -3e7, -1.5: 1.1}
    found = of_facts(lambda f, c: c**3 * factors[c], lambda f, c: c**3, inputs)
    assert found.name == "far too large"
    assert "At least half" in found.step


def test_a_kind_of_input_that_some_pass_is_told_by_its_name():
    """Is the text named that all wrong results share, where that text is not always wrong?"""
    inputs = [("add", 1.0), ("tanh", 0.0), ("tanh", 0.4), ("tanh", 2.0), ("add", 0.3)]

    def expected(name, c):
        return np.tanh(c) if name == "tanh" else c + 7.0

    def wrong(name, c):
        return expected(name, {0.4: 1.2, 2.0: 0.4}.get(c, c))

    found = of_facts(wrong, expected, inputs)
    assert 'only where `X` is "tanh"' in found.step


def test_a_fact_about_hidden_inputs_holds_no_number_of_theirs():
    """Is the place left out where inputs are hidden?"""
    shown, hidden = (
        of_facts(lambda X, c: 1 / (1.5 + np.exp(-X)), lambda X, c: 1 / (1 + np.exp(-X)), LINES, h)
        for h in (False, True)
    )
    assert "yours is" in shown.step
    assert shown.step.startswith(hidden.step)
    assert not any(sign.isdigit() for sign in hidden.step)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda X, c: X[:, 0] * c, "fewer axes"),
        (lambda X, c: np.zeros((3, 3)), "another length"),
        (lambda X, c: X @ X.T @ X, "the shape of an argument"),
    ],
)
def test_a_wrong_shape_is_told_by_what_has_it(answer, name):
    """Is a shape that no pattern explains compared with the arguments and the right one?"""
    assert of_facts(answer, lambda X, c: X @ np.ones((3, 2)), [(TABLES[0], 2.0)]).name == name


def test_the_one_part_that_is_wrong_is_told_beside_results_without_parts():
    """Do cases that judge a whole path say nothing of the parts of single steps?"""
    steps = [
        Case([Call("f", [X, 2.0])], "close", {}, [[right(X, 2.0), row_sums(X, 2.0)]], NAMES)
        for X in TABLES
    ]
    path = Case([Call("g", [TABLES[0]])], "close", {}, [TABLES[0] + 1], NAMES)
    path = Case([Call("f", [1.0, 2.0]), *path.calls], "close", {}, [None, *path.expect], NAMES)
    answers = {
        "f": lambda X, c: (right(X, c) ** 1.01, row_sums(X, c) if np.ndim(X) else X),
        "g": lambda X: X**3,
    }
    cases = [*steps, path]
    outcomes = [run_calls(answers, case.calls) for case in cases]
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    assert patterns.find(cases, outcomes, findings).name == "one part"


def test_more_than_one_column_is_a_kind_of_input():
    """Is an answer told that is right for one column alone?"""
    inputs = [(TABLES[0][:, :n], 2.0) for n in (1, 1, 2, 3)]
    noise = np.random.default_rng(3).normal(size=(4, 3))

    def one_alone(X, c):
        return right(X, c) + (X.shape[1] > 1) * noise[:, : X.shape[1]]

    assert told(one_alone, inputs=inputs) == "one kind of input"
