"""Is what lab 07 says about numbers true of its own data, seeds and functions?"""

import re

import numpy as np
import pytest

from tests.labs.claims.text import says
from tests.utils.figures import controls
from utils import reference


def ends(task, hidden, rate=0.2, starts=range(10), steps=400, beta=0.0):
    """Mean cost and share of points right that training of the lab's small network ends with."""
    from utils.figures.backprop import learning

    X, y = learning._TASKS[task]
    found = []
    for start in starts:
        theta = learning.start_of(hidden, start)
        velocity = np.zeros_like(theta)
        for step in range(steps + 1):
            w1, w2, b, v = np.split(theta[:-1], 4)
            Z = X @ np.array([w1, w2]) + b
            out = np.maximum(Z, 0) @ v + theta[-1]
            if step == steps:
                break
            error = 2 * (out - y) / len(y)
            back = np.outer(error, v) * (Z > 0)
            slopes = [*(X.T @ back), back.sum(axis=0), np.maximum(Z, 0).T @ error, [error.sum()]]
            velocity = beta * velocity + np.concatenate(slopes)
            theta = theta - rate * velocity
        found.append((np.mean((out - y) ** 2), np.mean((out > 0.5) == y)))
    return np.array(found)


def test_two_units_find_exclusive_or_from_two_of_ten_starts_and_six_from_all():
    """Are 2 and 10 of ten starts right, one unit never better than three points of four?"""
    says(
        "07_backprop",
        "At most three. One ReLU unit",
        "From two of ten. The others end with three points right",
        "with 6 all ten starts find the answer",
    )
    assert np.sum(ends("exclusive or", 2)[:, 1] == 1) == 2
    assert np.sum(ends("exclusive or", 6)[:, 1] == 1) == 10
    assert ends("exclusive or", 1)[:, 1].max() == 0.75


def test_exclusive_or_is_right_after_about_fifty_steps():
    """Does the first start with four units read all points rightly at step 50?"""
    says("07_backprop", "All four points are right after about 50 steps")
    assert ends("exclusive or", 4, starts=[0], steps=50)[0, 1] == 1


def test_two_moons_are_separated_with_six_units_and_not_at_rate_one():
    """Are all points right at rate 0.2 from the first start, and the cost high at rate 1?"""
    says("07_backprop", "The border bends around both moons. At rate 1 the cost jumps")
    assert ends("two moons", 6, starts=[0])[0, 1] == 1
    assert ends("two moons", 6, rate=1.0, starts=[0])[0, 0] > 0.2


def test_momentum_finds_exclusive_or_from_no_more_starts():
    """Do two units arrive from one or two of ten starts, with betas and rates of several sizes?"""
    says("07_backprop", "From one or two of ten, no more than without momentum")
    for beta, rate in ((0.5, 0.1), (0.9, 0.02), (0.9, 0.1)):
        assert 1 <= np.sum(ends("exclusive or", 2, rate, beta=beta)[:, 1] == 1) <= 2


def test_the_best_step_in_float32_is_about_0_01():
    """Are four or five digits left there, and fewer at steps ten times as large or as small?"""
    says(
        "07_backprop",
        "About 0.01, a thousand times the step for float64",
        "Four or five digits of the slopes are left",
    )
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 4)).astype("float32"), rng.integers(0, 3, 6)
    sizes = [(4, 5), (5,), (5, 3), (3,)]
    theta = np.concatenate([rng.normal(size=s).ravel() for s in sizes]).astype("float32")

    def unpacked(theta):
        cuts = np.cumsum([np.prod(s) for s in sizes])[:-1]
        return [part.reshape(s) for part, s in zip(np.split(theta, cuts), sizes, strict=True)]

    def cost(theta):
        W1, b1, W2, b2 = unpacked(theta)
        Z = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return np.mean(reference.log_sum_exp(Z) - Z[np.arange(6), y])

    exact = np.concatenate([g.ravel() for g in reference.network_gradients(X, y, *unpacked(theta))])
    off = {}
    for eps in (0.1, 0.01, 0.001, 1e-5):
        num = np.zeros_like(theta)
        for i in range(len(theta)):
            step = np.zeros_like(theta)
            step[i] = eps
            num[i] = (cost(theta + step) - cost(theta - step)) / np.float32(2 * eps)
        off[eps] = np.linalg.norm(exact - num) / np.linalg.norm(exact + num)
    assert min(off, key=off.get) == 0.01
    assert 1e-5 < off[0.01] < 1e-4
    assert off[1e-5] > 30 * off[0.01]


def test_the_secant_has_its_digits_where_the_lab_says():
    """Is the error least between 1e-6 and 1e-5, and five digits below that of one side there?"""
    says(
        "07_backprop",
        "Between $10^{-6}$ and $10^{-5}$ both are small",
        "About five digits",
        "One half: the mean of both sides",
    )
    for f, slope, x in ((np.sin, np.cos, 1.0), (np.exp, np.exp, 0.5), (lambda x: x**3, None, 1.0)):
        right = slope(x) if slope else 3.0
        off = {k: abs(reference.numerical_derivative(f, x, 10.0**-k) - right) for k in range(1, 14)}
        assert min(off, key=off.get) in (5, 6)
        one_sided = abs((f(x + 1e-5) - f(x)) / 1e-5 - right)
        assert 4 < np.log10(one_sided / off[5]) < 7
    assert reference.numerical_derivative(lambda x: max(x, 0.0), 0.0) == 0.5


def test_backward_mode_doubles_where_forward_mode_quadruples():
    """When the parameters double, do the counts grow like N times P, and like N + P?"""
    says("07_backprop", "Backward mode doubles, forward mode and nudging quadruple")
    from utils.figures import backprop

    slider, counts = controls(fig := backprop.cost_of_modes())["size"], {}
    for size in range(1, slider.max + 1):
        slider.value = size
        told = fig.text.replace(",", "").split()
        at = [told.index("takes") + 1, told.index("forward") + 2, told.index("backward") + 2]
        P = int(told[told.index("parameters.") - 1])
        counts[P] = np.array([int(told[k]) for k in at])
    doubled = [counts[2 * P] / counts[P] for P in counts if P >= 16 and 2 * P in counts]
    assert len(doubled) >= 2
    for ratio in doubled:
        assert ratio == pytest.approx([4, 4, 2], rel=0.05)


def test_nudging_w_by_a_thousandth_moves_the_loss_by_0_012009():
    """Is the neuron's loss 4 at w = 2, its slope 12, and the change 12.009 times the nudge?"""
    says(
        "07_backprop",
        "Nudging `w` moves the loss by 0.012009: 12.009 times the nudge",
        "by 0.001 raises the loss by about 0.012",
    )
    loss = {w: (max(w * 3 - 1, 0) - 3) ** 2 for w in (2.0, 2.001)}
    assert loss[2.0] == 4
    assert round(loss[2.001] - loss[2.0], 6) == 0.012009


def test_two_units_leave_the_spiral_at_a_cost_near_0_7():
    """Where do the frames end with 2 hidden units?"""
    says("07_backprop", "the cost stays near 0.7")
    from utils.figures import backprop

    def gradients(X, y, W1, b1, W2, b2):
        A = np.maximum(X @ W1 + b1, 0)
        error = (reference.softmax(A @ W2 + b2) - np.eye(3)[y]) / len(y)
        back = (error @ W2.T) * (A > 0)
        return X.T @ back, back.sum(axis=0), A.T @ error, error.sum(axis=0)

    at = controls(fig := backprop.spiral(gradients))
    with fig.hold():
        at["hidden units"].value, at["learning rate"].value, at["frame"].value = 2, 1.0, 50
    assert fig.notes == []
    assert float(re.search(r"cost ([\d.]+\d)", fig.text)[1]) == pytest.approx(0.7, abs=0.05)


def test_a_broken_gradient_shows_as_far_as_the_lab_says():
    """Is 1% in one entry 0.002 at m = 6 and 0.0008 at 20, and what is right below 1e-6?"""
    says(
        "07_backprop",
        "about 0.002 here, and 0.0008 with 20 examples",
        "a value below $10^{-6}$ is a good sign, and one above $10^{-4}$ means a mistake",
    )
    from utils.figures import backprop

    fig = backprop.broken_gradients()
    slider = next(c for c in fig.controls.children if c.description == "examples m")
    results = {}
    for slider.value in (1, 6, 20):
        told = fig.text.split(": ", 1)[1].split(". Plain")[0].split(", ")
        results[slider.value] = {k: float(v) for k, v in (part.rsplit(" ", 1) for part in told)}
    off = "one entry off by 1%"
    assert results[6]["rounded to float32"] < 1e-7
    assert f"{results[6][off]:.3f}, {results[20][off]:.4f}" == "0.002, 0.0008"
    for m, found in results.items():
        assert max(found["as it is"], found["rounded to float32"]) < 1e-6
        wrong = set(found) - {"as it is", "rounded to float32"}
        hidden = {name for name in wrong if found[name] < 1e-4}
        assert hidden == ({"layer 1 without 1/m", "no 1/m at all"} if m == 1 else set())


def test_a_check_gives_one_third_to_twice_and_to_half_and_one_to_zero():
    """Are 1/3, 1/3, 1, 1 and 1/2 the results for twice, half, flipped, zero and [0, 3]?"""
    says(
        "07_backprop",
        "A flipped sign gives it, and so does a gradient that is all 0",
        "Twice too large gives $1/3$, and so does half as large",
        "For `[0, 3]` it is $4 / (3 + 5) = 0.5$, and for `[-4, -3]` it is 1",
    )
    theta = np.array([2.0, 1.0])

    def f(t):
        return t[0] ** 2 + 3 * t[1]

    grads = ([8, 6], [2, 1.5], [-4, -3], [0, 0], [0, 3])
    found = [reference.gradient_check(f, np.array(g, dtype=float), theta) for g in grads]
    assert found == pytest.approx([1 / 3, 1 / 3, 1, 1, 1 / 2], abs=1e-8)


def test_a_batch_keeps_more_values_than_there_are_parameters():
    """Are 154 values an image kept, against 2,175 parameters?"""
    says("07_backprop", "With large batches there are far more values than parameters")
    assert 64 + 2 * 25 + 2 * 15 + 10 == 154
    assert 65 * 25 + 26 * 15 + 16 * 10 == 2175
    assert 32 * 154 > 2175


def test_backward_through_the_drawn_graphs_gives_what_the_lab_says():
    """Is it 12 for w, 12 = 6 + 3 + 3 for the leaf used twice, 3 for x of two layers, 0 if off?"""
    says(
        "07_backprop",
        "| **12** and 8 |",
        r"receives something only from the first: $2 \cdot 1.5 = 3$",
        "6 from `c = b · a`, and 3 and 3 from the two uses in `b = a + a`: together 12",
    )
    from utils.figures.backprop.graphs import GRAPHS

    slopes = {}
    for name, drawn in GRAPHS.items():
        values = reference.forward(drawn.graph, drawn.leaves)
        slopes[name] = reference.backward(drawn.graph, values, drawn.output)
    assert slopes["the neuron"]["w"] == 12
    assert slopes["the neuron"]["x"] == 8
    a = 3.0
    assert slopes["used twice"]["a"] == (a + a) + a + a == 12
    assert slopes["two layers"]["x"] == 2 * 1.5
    off = slopes["a unit that is off"]
    assert [off[name] for name in "wxbv"] == [0, 0, 0, 0]


def test_the_neuron_turns_round_at_step_6():
    """Do five nodes come forward first, and does the sixth step give the output its slope?"""
    says("07_backprop", "At step 6: five nodes forward")
    from utils.figures import backprop

    at = controls(fig := backprop.flow())
    told = []
    for at["step"].value in (5, 6):
        told.append(fig.text)
    assert "Forward" in told[0]
    assert "Backward" in told[1]


def test_a_layer_of_two_examples_entry_by_entry_has_27_nodes():
    """Is that the number of nodes of its graph?"""
    says("07_backprop", "27 nodes in all")
    from utils.figures.backprop.gradients import layer_graph

    graph, *_ = layer_graph()
    assert len(graph) == 27


def test_central_differences_agree_to_about_ten_digits():
    """On the problem of the three witnesses: 1e-11 to 1e-9 beside the formulas?"""
    says("07_backprop", "Finite differences agree with both to about 10")
    from utils.figures.backprop.gradients import cost_of, flat

    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(20, 6)), rng.integers(0, 3, size=20)
    parameters = [rng.normal(size=shape) for shape in [(6, 5), (5,), (5, 3), (3,)]]
    cost = cost_of(X, y, [p.shape for p in parameters])
    grad = flat(reference.network_gradients(X, y, *parameters))
    assert 1e-12 < reference.gradient_check(cost, grad, flat(parameters)) < 1e-9


def test_the_examples_of_the_statements_are_right():
    """Do the numbers printed in the statements come from the functions asked for?"""
    says(
        "07_backprop",
        "$(3.375 - 0.125) / 1 = 3.25$",
        r"-0.1373 & 0 \\ -0.2747 & 0",
        r"$2 \cdot 11 \cdot 3 = 66$",
        '`{"a": 4.0, "b": 2.0, "c": 1.0}`;',
        'the slopes of `b` are `{"a": 2.0, "b": 1.0, "c": 0.0}`',
    )
    assert reference.numerical_derivative(lambda x: x**3, 1.0, 0.5) == 3.25
    W1 = np.array([[1, -1], [0.5, -1]])
    W2 = np.array([[0, np.log(3) / 2], [4, 0]])
    x, parameters = np.array([1.0, 2.0]), [W1, np.zeros(2), W2, np.zeros(2)]

    def cost(theta):
        now = [
            theta[a:b].reshape(p.shape)
            for a, b, p in zip(cuts[:-1], cuts[1:], parameters, strict=True)
        ]
        Z = np.maximum(x @ now[0] + now[1], 0) @ now[2] + now[3]
        return reference.log_sum_exp(Z) - Z[1]

    cuts = np.cumsum([0, *(p.size for p in parameters)])
    printed = [-0.1373, 0, -0.2747, 0, -0.1373, 0, 0.5, -0.5, 0, 0, 0.25, -0.25]
    theta = np.concatenate([p.ravel() for p in parameters])
    assert reference.gradient_check(cost, np.array(printed), theta) < 1e-4
    graph = {"b": ("add", ["a", "a"]), "c": ("add", ["b", "b"])}
    values = reference.forward(graph, {"a": 1.0})
    assert reference.backward(graph, values, "c") == {"a": 4.0, "b": 2.0, "c": 1.0}
    assert reference.backward(graph, values, "b") == {"a": 2.0, "b": 1.0, "c": 0.0}
    graph = {"t": ("mul", ["k", "w"]), "s": ("add", ["t", "two"]), "q": ("square", ["s"])}
    values = reference.forward(graph, {"k": 3.0, "w": 3.0, "two": 2.0})
    assert reference.backward(graph, values, "q")["w"] == 66


def test_a_slope_written_out_grows_four_times_where_its_formula_doubles():
    """Of products of 8, 16 and 32 sines: are the counts of SymPy doubled, and quadrupled?"""
    says(
        "07_backprop",
        "Twice the factors make the formula twice as long, and its slope four times",
    )
    x = reference.sympy.Symbol("x")
    products = [
        reference.sympy.prod([reference.sympy.sin(k * x) for k in range(1, n + 1)])
        for n in (8, 16, 32)
    ]
    lengths = np.array([[p.count_ops(), p.diff(x).count_ops()] for p in products], float)
    assert lengths[1:] / lengths[:-1] == pytest.approx(np.array([[2, 4], [2, 4]]), rel=0.1)
