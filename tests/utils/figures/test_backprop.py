"""The figures of lab 07_backprop, with and without the learner's functions."""

import warnings

import numpy as np
import pytest

from tests.utils.figures import (
    controls,
    is_stood_in_for,
    moves_without_a_note,
    not_numbers,
    unfinished,
)
from utils import data, reference
from utils.figures import backprop as figures
from utils.figures.backprop import boxes, derivative, gradients, graphs, learning, modes


def tape():
    """Arguments of `witnesses` after the function: a network and its gradients."""
    X, y, parameters = gradients.small_problem(8)
    return X, y, parameters, reference.network_gradients(X, y, *parameters)


FIGURES = {
    "secant": (figures.secant, 1),
    "flow": (figures.flow, 2),
    "cost_of_modes": (figures.cost_of_modes, 2),
    "spiral": (figures.spiral, 1),
    "broken_gradients": (figures.broken_gradients, 2),
    "entry_by_entry": (figures.entry_by_entry, 2),
    "own_engine": (figures.own_engine, 1),
}


# Those that train: how far their first slider is moved.
SHORT = {"spiral": 1, "own_engine": 1}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do the first slider of each figure and its words and pixels go together, without a note?"""
    moves_without_a_note(FIGURES[name][0], to=SHORT.get(name))


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count, least=1, to=SHORT.get(name))


def test_witnesses_note_an_unfinished_function():
    """Does the comparison with the tape stand before network_gradients is written?"""
    assert "finish network_gradients" in figures.witnesses(unfinished, *tape()).notes[0]


def test_witnesses_agree_to_more_than_six_digits():
    """Are formulas, differences and tape within 1e-6 of each other in every gradient?"""
    fig = figures.witnesses(reference.network_gradients, *tape())
    apart = [
        float(word.split(",")[0]) for word in fig.text.replace(";", ",").split() if "e-" in word
    ]
    assert len(apart) == 3
    assert max(apart) < 1e-6


@pytest.mark.parametrize("name", derivative.CURVES)
def test_every_curve_has_its_tangent(name):
    """Do formula and function of a curve agree, and the words with both?"""
    fig = figures.secant()
    controls(fig)["function"].value = name
    f, limits, _ = derivative.CURVES[name]
    assert controls(fig)["x"].min == limits[0]
    x = 0.6
    controls(fig)["x"].value = x
    controls(fig)["step 10 to the"].value = -5
    slope = reference.numerical_derivative(f, x)
    assert np.isclose(derivative.slope_of(f, x), slope)
    assert f"slope {slope:.7f}" in fig.text


@pytest.mark.parametrize("name", graphs.GRAPHS)
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_worksheet_can_be_filled_in(name, direction):
    """Is every right number accepted, and do the words say at the end that all are right?"""
    sheet = figures.worksheet(direction)
    sheet.graph.value = name
    for each, value in sheet.sheet.right.items():
        sheet.boxes[each].value = f"{value:.4f}"
        assert "right" in sheet.verdicts[each].value
    assert "All boxes are right" in sheet.text


def test_a_worksheet_judges_each_box():
    """Is a wrong number told wrong, a small sum accepted, and an emptied box open again?"""
    sheet = figures.worksheet("forward")
    sheet.boxes["s"].value = "6"
    assert "wrong" in sheet.verdicts["s"].value
    assert "s: 6 is not right" in sheet.text
    sheet.boxes["s"].value = "2*3 - 1"
    assert "right" in sheet.verdicts["s"].value
    assert "1 of 5" in sheet.text
    sheet.boxes["s"].value = ""
    assert sheet.verdicts["s"].value.count("right") == 0
    assert "0 of 5" in sheet.text


def test_a_worksheet_steps_in_order_and_starts_again():
    """Does "Next node" fill in the boxes in the order of the pass?"""
    sheet = figures.worksheet("backward")
    press = {b.description: b for b in sheet.controls.children if hasattr(b, "click")}
    for count in range(1, 4):
        press["Next node"].click()
        assert list(sheet.sheet.done) == ["loss", "d", "a"][:count]
    assert sheet.boxes["d"].value == "4"
    press["Start again"].click()
    assert sheet.sheet.done == {}
    assert sheet.boxes["d"].value == ""


def test_next_node_corrects_a_wrong_box():
    """Does a box with a wrong number show the right one once it is ticked as right?"""
    sheet = figures.worksheet("backward")
    press = {b.description: b for b in sheet.controls.children if hasattr(b, "click")}
    sheet.boxes["loss"].value = "7"
    assert "wrong" in sheet.verdicts["loss"].value
    press["Next node"].click()
    assert sheet.boxes["loss"].value == "1"
    assert "right" in sheet.verdicts["loss"].value
    assert "1 of 9 boxes are right" in sheet.text
    sheet.boxes["d"].value = "2*2"
    press["Next node"].click()
    assert sheet.boxes["d"].value == "2*2"


def test_a_hint_stands_beside_the_wrong_box():
    """Is the hint beside the box that is wrong, and gone once it is right?"""
    sheet = figures.worksheet("backward")
    sheet.boxes["w"].value = "-12"
    assert "Look at the sign" in sheet.verdicts["w"].value
    sheet.boxes["w"].value = "12"
    assert "sign" not in sheet.verdicts["w"].value


@pytest.mark.parametrize("name", graphs.GRAPHS)
def test_the_player_plays_to_the_end_of_every_graph(name):
    """Does the clock know the last step of the graph, whichever was chosen before?"""
    fig = figures.flow()
    controls(fig)["graph"].value = name
    step = controls(fig)["step"]
    clock = next(c for c in fig.controls.children if type(c).__name__ == "Play")
    drawn = graphs.GRAPHS[name]
    assert step.max == clock.max == len(drawn.order) + len(drawn.places) + 1
    step.value = step.max
    assert "Done." in fig.text


def test_a_nudge_moves_what_lies_behind_it_by_its_slope():
    """Does nudging w move the loss 12.009 times as far, and is that compared with backward?"""
    fig = figures.flow(reference.forward, reference.backward)
    controls(fig)["nudge by 0.001"].value = "w"
    assert "moves loss by 0.012009, 12.009 times as far; backward says 12." in fig.text
    step = controls(fig)["step"]
    step.value = step.max
    shown = [text.get_text() for text in fig.canvas.axes[0].texts]
    assert shown.count("+0.0030") == 4
    assert "+0.0120" in shown


def test_entries_of_a_product_are_the_slopes_of_a_graph():
    """Are all slopes of the graph of single numbers those of the two products of arrays?"""
    fig = figures.entry_by_entry(reference.forward, reference.backward)
    for kind in ("dW, like W", "dA, like A"):
        controls(fig)["slopes"].value = kind
        assert "All 6 slopes equal the product" in fig.text

    def doubled(graph, values, output):
        return {k: 2 * v for k, v in reference.backward(graph, values, output).items()}

    assert "differ from the product" in figures.entry_by_entry(reference.forward, doubled).text


def engine(forward, backward):
    """The loop that the lab shows, with two functions."""

    def engine_step(graph, examples, parameters, alpha):
        total = dict.fromkeys(parameters, 0.0)
        for example in examples:
            slopes = backward(graph, forward(graph, parameters | example), "cost")
            for name in parameters:
                total[name] += slopes[name] / len(examples)
        return {name: value - alpha * total[name] for name, value in parameters.items()}

    return engine_step


def test_the_engine_takes_the_steps_of_the_network_it_draws():
    """Do forward and backward on the graph give what the complex step gives for the network?"""
    own = figures.own_engine(engine(reference.forward, reference.backward))
    alone = figures.own_engine()
    for fig in (own, alone):
        controls(fig)["frame"].value = 2
    assert own.text == alone.text
    assert own.notes == []


def test_a_wrong_engine_is_seen():
    """Does an engine that climbs make the cost grow in the figure?"""

    def climbing(graph, examples, parameters, alpha):
        right = engine(reference.forward, reference.backward)
        after = right(graph, examples, parameters, alpha)
        return {name: 2 * parameters[name] - after[name] for name in parameters}

    fig = figures.own_engine(climbing)
    start = float(fig.text.split("cost ")[1].split(",")[0])
    controls(fig)["frame"].value = 1
    assert float(fig.text.split("cost ")[1].split(",")[0]) > start
    assert fig.notes == []


def test_the_small_network_is_the_graph_of_its_formula():
    """Does the graph give the output of the arrays, for every size that can be chosen?"""
    rng = np.random.default_rng(2)
    for hidden in (1, 2, 4, 6):
        theta, x = learning.start_of(hidden, 1), rng.normal(size=2)
        values = dict(zip(learning._names(hidden), theta, strict=True))
        values |= {"x1": x[0], "x2": x[1], "minus_target": -1.0}
        out = reference.forward(figures.small_network(hidden), values)
        assert out["out"] == pytest.approx(learning._output(theta, x[None])[0])
        assert out["cost"] == pytest.approx((out["out"] - 1) ** 2)


def test_a_worksheet_works_as_text(capsys):
    """Can the sheet be filled in and read without boxes?"""
    sheet = figures.worksheet("forward")
    sheet.answer("z", 6)
    assert capsys.readouterr().out.startswith("z: right, 6.")
    assert sheet.boxes["z"].value == "6"
    sheet.answer("s", 7)
    sheet.answer("nobody", 7)
    out = capsys.readouterr().out
    assert "s: 7 is not right" in out
    assert "There is no box nobody" in out
    assert "z = w · x                        6" in str(sheet)
    assert "1 of 5 boxes are right." in str(sheet)


@pytest.mark.parametrize(
    ("graph", "name", "number", "words"),
    [
        ("used twice", "a", 3, "used 3 times"),
        ("the neuron", "w", 3, "local slope"),
        ("the neuron", "w", 4, "what arrives"),
        ("the neuron", "w", -12, "sign"),
        ("the neuron", "loss", 4, "if the output moves by 1"),
        ("two ways", "q", 4, "used 2 times"),
    ],
)
def test_a_wrong_slope_earns_the_hint_that_fits(graph, name, number, words):
    """Does the sheet see which mistake a wrong number comes from?"""
    right, said = boxes.Sheet(graphs.GRAPHS[graph], "backward").answer(name, number)
    assert not right
    assert words in said


@pytest.mark.parametrize(
    ("text", "value"), [("2*3", 6), (" -1/4 ", -0.25), ("1,5", 1.5), ("2^3", 8), ("(1+2)×3", 9)]
)
def test_small_sums_are_worked_out(text, value):
    """Are sums accepted as people write them?"""
    assert boxes.calculate(text) == value


@pytest.mark.parametrize(
    "text", ["", "six", "1/0", "9**9**9**9", "__import__('os')", "x", "(-1)**0.5", "1e999", "[1]"]
)
def test_nothing_but_small_sums_is_worked_out(text):
    """Is any other text refused with a ValueError?"""
    with pytest.raises(ValueError, match=r"no number|too large"):
        boxes.calculate(text)


def test_flow_shows_the_numbers_of_the_learner():
    """Does the figure follow a leaf, and draw what the learner's functions return?"""

    def doubled(graph, values, output):
        return {k: 2 * v for k, v in reference.backward(graph, values, output).items()}

    fig = figures.flow(reference.forward, doubled)
    step = controls(fig)["step"]
    step.value = step.max
    assert "w 24" in fig.text
    controls(fig)["leaf w"].value = -1.0
    assert "w 0" in fig.text


def plain_forward(graph, values):
    """A right forward pass, for the operations that are counted."""
    known = dict(values)
    for name in reference.topological_order(graph):
        op, (a, b) = graph[name]
        known[name] = known[a] + known[b] if op == "add" else known[a] * known[b]
    return known


def plain_backward(graph, values, output):
    """A right backward pass, for the operations that are counted."""
    slopes = dict.fromkeys(values, 0.0) | {output: 1.0}
    for name in reversed(reference.topological_order(graph)):
        op, (a, b) = graph[name]
        slopes[a] += slopes[name] * (1.0 if op == "add" else values[b])
        slopes[b] += slopes[name] * (1.0 if op == "add" else values[a])
    return slopes


@pytest.mark.parametrize("shape", modes._SHAPES)
@pytest.mark.parametrize("functions", [(), (plain_forward, plain_backward)])
def test_counts_grow_as_n_plus_p_and_as_n_times_p(shape, functions):
    """Do the counted operations settle at a constant times N + P, and times N P?"""
    rows = [modes.measure(shape, size, *functions) for size in (32, 64, 128)]
    ahead = [row[3] / (row[0] * row[1]) for row in rows]
    back = [row[4] / (row[0] + row[1]) for row in rows]
    assert np.ptp(ahead) < 0.02 * ahead[-1]
    assert np.ptp(back) < 0.02 * back[-1]
    assert max(row[5] for row in rows) < 1e-9


def test_the_reference_counts_what_the_passes_do():
    """Is the count drawn for somebody who has not written anything the count of a right answer?"""
    for shape in modes._SHAPES:
        counted = modes.measure(shape, 16, plain_forward, plain_backward)
        assert modes.measure(shape, 16)[:5] == counted[:5]


def test_functions_that_hide_their_numbers_are_noted():
    """Is a function that turns everything into plain floats noticed, not counted as free?"""

    def floats(graph, values):
        return plain_forward(graph, dict.fromkeys(values, 1.0))

    fig = figures.cost_of_modes(floats, plain_backward)
    assert "counting with your forward and backward raised" in fig.notes[0]


def test_the_spiral_learns_with_the_learners_gradients():
    """Does the curve come from the function given, and fall?"""
    calls = []

    def counted(*arguments):
        calls.append(1)
        return reference.network_gradients(*arguments)

    fig = figures.spiral(counted)
    controls(fig)["frame"].value = 2
    assert len(calls) >= 48
    assert "after 48 steps" in fig.text
    cost = float(fig.text.split("cost ")[1].split(",")[0])
    assert cost < np.log(3)


def test_broken_gradients_are_told_from_right_ones():
    """Is the right gradient the only one that passes, but for rounding and for one example?"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig = figures.broken_gradients()
    results = dict(
        part.rsplit(" ", 1) for part in fig.text.split(": ", 1)[1].split(". Plain")[0].split(", ")
    )
    fine = {name for name, value in results.items() if float(value) < 1e-6}
    assert fine == {"as it is", "rounded to float32"}
    controls(fig)["examples m"].value = 1
    assert "no 1/m at all 1" in fig.text or "e-1" in fig.text.split("no 1/m at all ")[1][:8]


def test_the_spiral_has_three_equal_arms():
    """Are the data balanced, repeatable and inside the picture?"""
    X, y = data.spiral()
    assert X.shape == (210, 2)
    assert np.bincount(y).tolist() == [70, 70, 70]
    assert np.abs(X).max() < 1.1
    assert np.array_equal(X, data.spiral()[0])


def drawn(name):
    """An exercise's right function, and arguments of it as marking draws them."""
    from autograder.authoring.declaration import load

    ex, rng = load("07_backprop").find(name), np.random.default_rng(3)
    cases = [case for check in ex.checks for case in (*check.visible, *check.hidden(rng))]
    plain = [case.calls[0].args for case in cases if "raises" not in case.params]
    kinds = (np.ndarray, str, list, dict)
    return ex.answers[name], [args for args in plain if all(isinstance(a, kinds) for a in args)]


@pytest.mark.parametrize("name", ["local_derivatives", "forward", "backward", "network_gradients"])
def test_the_reference_is_the_declared_answer(name):
    """Do the library-backed references give what the lab calls right, on drawn problems?"""
    right, problems = drawn(name)
    for args in problems:
        if name == "network_gradients" and (len(args[5]) < 3 or args[0].dtype != float):
            continue  # scikit-learn has no softmax over two classes
        if name == "backward" and len(args[0]) > 30:
            continue  # one pass for each name: slow
        expected, found = right(*args), getattr(reference, name)(*args)
        if isinstance(expected, dict):
            assert expected.keys() == found.keys()
            expected, found = list(expected.values()), [found[key] for key in expected]
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-7, atol=1e-8 * max(1, np.max(np.abs(a))))


def test_a_reference_that_measures_agrees_too():
    """Do the references of numerical_derivative and gradient_check keep their formulas?"""
    assert reference.numerical_derivative(lambda x: x**3, 1.0, 0.5) == pytest.approx(3.25)
    grad, theta = np.array([4.0, 0.0]), np.array([2.0, 1.0])
    assert reference.gradient_check(lambda t: t[0] ** 2 + 3 * t[1], grad, theta) == pytest.approx(
        1 / 3
    )
    assert reference.gradient_check(lambda t: 0.0, np.zeros(2), theta) == 0
    with pytest.raises(ValueError, match="unknown"):
        reference.local_derivatives("cube", [1.0])
    assert reference.topological_order({"b": ("relu", ["a"]), "a": ("log", ["x"])}) == ["a", "b"]
