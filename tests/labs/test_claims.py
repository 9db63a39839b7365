"""Is what the labs say about numbers true of their own data, seeds and functions?

One test a claim. A claim that needs minutes of training is tested on a smaller run with the same
outcome, which its docstring then says.
"""

import re
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from autograder.authoring import release
from tests.utils.figures import controls
from utils import data, reference
from utils.figures import activations, improved_softmax, softmax, training


def stated(lab):
    """The minutes that a lab says it takes."""
    text = (release.SOLUTIONS / f"{lab}.py").read_text(encoding="utf-8")
    return int(re.search(r"\*\*Time\*\* about (\d+) minutes", text)[1])


def estimated(lab):
    """Minutes for a lab: words at 180 a minute, 1.5 a figure, 0.3 a cell, 6 an exercise, 1 a quiz.

    What stands behind a heading with "optional" is not counted.
    """
    total, optional = 0.0, False
    for cell in release.source_notebook(lab).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.split("\n"):
                if line.startswith("#"):
                    optional = "optional" in line.lower()
                if not optional:
                    total += len(line.split()) / 180
            continue
        marked = (cell.metadata.get("nbgrader") or {}).get("grade")
        if marked:
            total += 1 if float(cell.metadata["nbgrader"]["points"]) <= 2 else 6
        elif not optional:
            total += 1.5 if "figures." in cell.source else 0.3
    return total


@pytest.mark.parametrize("lab", release.labs()[1:])
def test_the_expected_minutes_are_measured(lab):
    """Are the minutes at the top within a tenth of what the text, cells and exercises take?"""
    assert stated(lab) == pytest.approx(estimated(lab), rel=0.1)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The matrices are small: threads would only get in each other's way."""
    with threadpool_limits(1):
        yield


# --- 01_training ----------------------------------------------------------------------------------


def first_epoch_below(costs, level):
    """The first epoch after which a cost lies below a level."""
    return 1 + int(np.argmax(np.array(costs) < level))


def train_network(seed, optimizer, epochs):
    """The costs of the lab's network on the 280 pictures, epoch by epoch, as Keras tells them."""
    import keras

    X, _, y, _ = data.digits_binary_split()
    keras.utils.set_random_seed(seed)
    model = reference.build_model(64)
    model.compile(optimizer, "binary_crossentropy")
    return model, model.fit(X, y, epochs=epochs, verbose=0).history["loss"]


def test_the_three_steps_of_keras_give_the_numbers_of_the_unit():
    """Same weights, same pictures: are prediction, cost and three costs equal to five digits?"""
    import keras

    X, y = data.digits_binary()
    w, b = np.random.default_rng(0).normal(scale=0.2, size=64), 0.1
    unit = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, activation="sigmoid")])
    unit.set_weights([w[:, np.newaxis], np.array([b])])
    p = reference.logistic_unit(X, w, b)
    assert unit.predict(X[:4], verbose=0).ravel() == pytest.approx(p[:4], abs=5e-6)
    unit.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    cost = reference.binary_cross_entropy(y, p)
    assert unit.evaluate(X, y, verbose=0) == pytest.approx(cost, abs=5e-6)
    costs = unit.fit(X, y, epochs=3, batch_size=360, verbose=0).history["loss"]
    assert costs == pytest.approx(reference.gradient_descent(X, y, w, b, 0.5, 3)[2], abs=5e-6)


def test_the_best_pixel_is_right_about_98_9_percent():
    """Is "any ink in pixel 36 means 1" the best that a single pixel can do, and how good is it?"""
    X, y = data.digits_binary()
    found = np.mean((X[:, 36] > 0) == (y == 1))
    assert found == pytest.approx(0.989, abs=5e-4)
    cuts = np.arange(0.5, 16) / 16
    right = [np.mean((X[:, k] > cut) == (y == 1)) for k in range(64) for cut in cuts]
    assert found == max(*right, 1 - min(right))


def test_the_jumping_quiz_curve_never_rests():
    """Does the cost of curve D keep changing, with no level stretch of more than three steps?"""
    text = training.quiz_curves().text
    X, y = data.digits_two_features()
    y = np.where(np.random.default_rng(0).random(len(y)) < 0.1, 1 - y, y)
    costs = reference.gradient_descent(X[:, :1] + 1, y, np.zeros(1), 0.0, 13.0, 31)[2]
    assert f"D: {costs[0]:.2f}, {costs[1]:.2f}, {costs[2]:.2f}, {costs[3]:.2f}" in text
    level = np.abs(np.diff(costs)) < 0.03
    longest = max(len(run) for run in "".join("x" if still else " " for still in level).split(" "))
    assert longest <= 3


def test_small_batches_are_ahead_after_one_epoch_and_do_not_rest():
    """Is the order of the costs after an epoch that of the batch sizes, and who still moves?"""
    fig = training.batch_paths()
    at = controls(fig)
    after, above = [], []
    for size in (8, 32, 90, 360):
        at["batch size"].value = size
        at["epoch"].value = 1
        after.append(float(fig.text.split("examples is ")[1].split(",")[0]))
    assert after == sorted(after)
    at["batch size"].value = 8
    for epoch in range(6, 13):
        at["epoch"].value = epoch
        above.append(float(fig.text.split(", ")[-1].split(" ")[0]))
    assert max(above) > 3 * min(above)


def test_the_unit_improves_at_once_and_the_network_waits():
    """After one pass of both over the pictures, in the same batches: who has learned what?"""
    from utils.figures.training.networks import _Unit

    X, _, y, _ = data.digits_binary_split()
    unit = _Unit(None, None, X, y, None)
    unit.epoch()
    assert reference.binary_cross_entropy(y, reference.logistic_unit(X, unit.w, unit.b)) < 0.3
    for seed in (1, 2, 3):
        costs = train_network(seed, "adam", 4)[1]
        assert min(costs) > 0.6


def test_the_history_lies_above_the_cost_after_the_epoch():
    """Is the mean over the moving weights higher than the cost of the weights at its end?"""
    import keras

    X, _, y, _ = data.digits_binary_split()
    keras.utils.set_random_seed(2)
    model = reference.build_model(64)
    model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    for _ in range(4):
        told = model.fit(X, y, verbose=0).history["loss"][0]
        assert told > model.evaluate(X, y, verbose=0)


def test_two_epochs_of_small_batches_beat_sixty_full_steps():
    """Where do 60 steps on all pictures end, and batches of 8 after one epoch and after two?"""
    X, y = data.digits_binary()
    full = reference.gradient_descent(X, y, np.zeros(64), 0.0, 0.5, 61)[2][-1]
    assert full == pytest.approx(0.034, abs=5e-4)
    for seed in range(3):
        rng, w, b, costs = np.random.default_rng(seed), np.zeros(64), 0.0, []
        for _ in range(2):
            for batch in reference.minibatches(360, 8, rng):
                dw, db = reference.cost_gradient(X[batch], y[batch], w, b)
                w, b = w - 0.5 * dw, b - 0.5 * db
            costs.append(reference.binary_cross_entropy(y, reference.logistic_unit(X, w, b)))
        assert costs[0] > full > costs[1] == pytest.approx(0.024, abs=1.5e-3)


@pytest.mark.slow
def test_the_slow_start_takes_longer_without_adam():
    """After how many epochs does the cost pass 0.5 with Adam, and with SGD(0.1)?"""
    import keras

    with_adam = [first_epoch_below(train_network(s, "adam", 18)[1], 0.5) for s in (1, 2, 3)]
    assert 9 <= min(with_adam) <= max(with_adam) <= 14
    with_sgd = [
        first_epoch_below(train_network(s, keras.optimizers.SGD(0.1), 26)[1], 0.5)
        for s in (1, 2, 3)
    ]
    assert 17 <= min(with_sgd) <= max(with_sgd) <= 24


@pytest.mark.slow
def test_unit_and_network_read_nearly_every_kept_picture():
    """Do both read at least 78 of 80 held-back pictures, with a cost near that of training?"""
    _, X_kept, _, y_kept = data.digits_binary_split()
    model, costs = train_network(2, "adam", 60)
    p = np.asarray(model(X_kept)).ravel()
    assert np.sum((p >= 0.5) != y_kept) <= 2
    assert abs(reference.binary_cross_entropy(y_kept, p) - costs[-1]) < 0.02


@pytest.mark.slow
def test_first_layers_weigh_the_middle_against_the_ring():
    """Do nearly all units learn that contrast, some in each sense, and are few answers in doubt?"""
    middle, ring = np.zeros((2, 8, 8), bool)
    middle[:, 3:5], ring[1:7, [1, 2, 5, 6]] = True, True
    X_kept = data.digits_binary_split()[1]
    for seed in (1, 2):
        model, _ = train_network(seed, "adam", 60)
        W = model.layers[0].get_weights()[0].T.reshape(25, 8, 8)
        contrast = W[:, middle].mean(axis=1) - W[:, ring].mean(axis=1)
        assert np.sum(np.abs(contrast) > 0.2) >= 20
        assert 5 <= np.sum(contrast > 0) <= 20
        opinions = np.asarray(model.layers[1](model.layers[0](X_kept)))
        assert np.mean((opinions > 0.2) & (opinions < 0.8)) < 0.15


def test_the_reader_makes_no_mistake_on_pictures_100_to_109():
    """Is the answer to "count its mistakes" none?"""
    import keras

    X, y = data.digits_binary()
    for seed in (0, 1, 2):
        keras.utils.set_random_seed(seed)
        reader = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
        reader.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        reader.fit(X, y, epochs=20, batch_size=32, verbose=0)
        p = reader.predict(X[100:110], verbose=0).ravel()
        assert np.sum((p >= 0.5) != y[100:110]) == 0


# --- 02_activations -------------------------------------------------------------------------------


def race(activation, optimizer, hidden, epochs, seed):
    """Train one network of the race: its losses epoch by epoch, the share read right, the moves.

    The moves are those of the layers after the first epoch.
    """
    import keras

    X, _, y, _ = data.digits_split()
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(25, activation=activation) for _ in range(hidden)]
    model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10, "softmax")])
    rate = keras.optimizers.SGD(0.1) if optimizer == "sgd" else optimizer
    model.compile(rate, "sparse_categorical_crossentropy")
    start = [layer.get_weights()[0] for layer in model.layers]
    losses, moved = [], []

    def measure(epoch, _):
        losses.append(reference.cross_entropy(np.asarray(model(X)), y))
        if epoch == 0:
            moved[:] = [
                np.sqrt(np.mean((layer.get_weights()[0] - then) ** 2))
                for layer, then in zip(model.layers, start, strict=True)
            ]

    each = keras.callbacks.LambdaCallback(on_epoch_end=measure)
    model.fit(X, y, epochs=epochs, verbose=0, callbacks=[each])
    return losses, np.mean(np.asarray(model(X)).argmax(axis=1) == y), np.array(moved)


def test_exp_overflows_from_710_on():
    """Is 709 the last whole number with a finite exponential, so that "nearest ten" is 710?"""
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0))
        assert np.isinf(np.exp(710.0))


def test_a_sigmoid_layer_loses_a_factor_of_about_three():
    """Is the loss a layer a quarter times the size of the weights, and 2000 over eight layers?"""
    fig = activations.saturation()
    assert "size of the weights" in controls(fig)
    ratio = float(re.search(r"that is ([\d.e-]+) times as much with sigmoid", fig.text)[1])
    assert 1 / ratio == pytest.approx(2000, rel=0.2)
    assert ratio ** (-1 / 7) == pytest.approx(1 / (0.25 * 1.4), rel=0.1)


def test_large_weights_let_relu_grow_a_thousandfold():
    """What do weights of size 4 do to eight layers of ReLU, compared with size 1.4?"""
    fig = activations.saturation()
    sizes = []
    for size in (1.4, 4.0):
        controls(fig)["size of the weights"].value = size
        sizes.append(float(re.search(r"with sigmoid, ([\d.e+-]+) with ReLU", fig.text)[1]))
    assert 500 < sizes[1] / sizes[0] < 5000


@pytest.mark.parametrize(("bias", "alive"), [(-5.5, True), (-6.0, False), (-7.0, False)])
def test_the_unit_learns_up_to_a_bias_of_minus_5_5(bias, alive):
    """At which start is the ReLU unit dead?"""
    fig = activations.dead_unit()
    controls(fig)["bias at the start"].value = bias
    cost, start = (float(part) for part in re.findall(r"\d+\.\d+", fig.text)[-2:])
    assert (cost < start) == alive


def error_by_hand(fig, target, units):
    """The error in the workshop with the given (slope, bias) of each unit."""
    at = controls(fig)
    with fig.hold():
        at["target"].value = target
        for k, (slope, bias) in enumerate(units, 1):
            at[f"unit {k}: slope v"].value, at[f"unit {k}: bias b"].value = slope, bias
    return float(re.search(r"Error ([\d.]+\d)", fig.text)[1])


def test_the_bowl_can_be_beaten_to_0_13_and_no_further_than_0_12():
    """Is 0.12 the best that the sliders allow, to two decimals?"""
    fig = activations.relu_workshop()
    best = [(-1.5, 0.0), (1.25, -1.75), (1.5, -3.75)]
    assert error_by_hand(fig, "bowl", best) == pytest.approx(0.124, abs=1e-3)
    x, (knots, values) = np.linspace(0, 6, 121), activations.TARGETS["bowl"]
    wanted = np.interp(x, knots, values) - values[0]
    corners, lowest = np.arange(0, 6, 0.25), np.inf
    for i, first in enumerate(corners):
        for j, second in enumerate(corners[i + 1 :], i + 1):
            for third in corners[j + 1 :]:
                outputs = np.maximum(x[:, None] - [first, second, third], 0)
                v = np.linalg.lstsq(outputs, wanted, rcond=None)[0]
                lowest = min(lowest, np.sqrt(np.mean((outputs @ v - wanted) ** 2)))
    assert 0.11 < lowest < 0.124


def test_gradient_descent_ends_where_the_lab_says():
    """From the start of the sliders: near on the roof, stuck elsewhere; from good corners, near."""
    fig = activations.relu_workshop()
    at = controls(fig)
    at["let gradient descent try from here"].value = True

    def reached():
        return float(fig.text.split("reach ")[1].rstrip("."))

    found = {}
    for target in activations.TARGETS:
        at["target"].value = target
        found[target] = reached()
    assert found.pop("roof") == pytest.approx(0.04, abs=5e-3)
    assert 0.2 < min(found.values()) <= max(found.values()) < 0.35
    error_by_hand(fig, "valley", [(0.5, 0.0), (0.5, -1.5), (-1.0, -4.0)])
    assert reached() == pytest.approx(0.06, abs=6e-3)


def test_half_the_distance_is_a_quarter_of_the_error():
    """Is the factor about 4 from 9 to 17 points, and from 17 to 33?"""
    fig = activations.pieces()
    errors = []
    for points in (9, 17, 33):
        controls(fig)["points"].value = points
        errors.append(float(fig.text.split("error ")[1].rstrip(".")))
    assert np.array(errors[:-1]) / errors[1:] == pytest.approx([4, 4], rel=0.2)


@pytest.mark.slow
def test_under_gradient_descent_the_deep_sigmoid_network_stays():
    """Does layer 1 move hundreds of times less, and is nothing learned in 15 epochs?"""
    for seed in (0, 1):
        losses, share, moved = race("sigmoid", "sgd", 5, 15, seed)
        assert losses[-1] == pytest.approx(np.log(10), abs=0.01)
        assert share < 0.12
        assert moved[-1] / moved[0] > 300
        losses, _, moved = race("relu", "sgd", 5, 15, seed)
        assert losses[-1] < 0.2
        assert moved.max() / moved.min() < 3


@pytest.mark.slow
def test_under_adam_every_layer_moves_and_the_sigmoid_is_still_behind():
    """Does layer 1 move as far as the last in epoch 1, and is the loss 1.8 against 0.1 at 15?"""
    for seed in (0, 1):
        losses, _, moved = race("sigmoid", "adam", 5, 15, seed)
        assert moved[0] > 0.8 * moved[-1]
        assert losses[4] > 2.25 > losses[9]
        assert losses[14] == pytest.approx(1.8, abs=0.1)
        assert race("relu", "adam", 5, 15, seed)[0][-1] < 0.15


@pytest.mark.slow
def test_with_one_hidden_layer_relu_still_wins():
    """Are the losses about 0.7 and 0.14 after 15 epochs, with 90 and 97% read right?"""
    for seed in (0, 1):
        losses, share, _ = race("sigmoid", "sgd", 1, 15, seed)
        assert losses[-1] == pytest.approx(0.7, abs=0.05)
        assert share == pytest.approx(0.9, abs=0.015)
        losses, share, _ = race("relu", "sgd", 1, 15, seed)
        assert losses[-1] == pytest.approx(0.14, abs=0.02)
        assert share == pytest.approx(0.97, abs=0.015)


@pytest.mark.slow
def test_five_linear_layers_lead_for_five_epochs():
    """Is the linear network ahead of ReLU after one epoch and after five?"""
    for seed in (0, 1):
        linear, relu = race("linear", "sgd", 5, 5, seed)[0], race("relu", "sgd", 5, 5, seed)[0]
        assert linear[0] < relu[0]
        assert linear[4] < relu[4]


# --- 03_softmax -----------------------------------------------------------------------------------


def test_ten_sigmoids_claim_from_0_06_to_1_96():
    """Are the extreme sums those of the lab, and are as many digits read right both ways?"""
    fig = softmax.ten_sigmoids()
    buttons = {c.description: c for c in fig.controls.children}
    for name, total in (("Smallest sum", "0.06"), ("Largest sum", "1.96")):
        buttons[name].click()
        assert f"The ten sigmoids add up to {total}" in fig.text
    assert fig.text.endswith("96.7% by the largest sigmoid, 96.7% by softmax.")


def test_the_same_step_costs_six_times_as_much_near_the_bottom():
    """Do 0.9 to 0.8 and 0.2 to 0.1 cost 0.12 and 0.69?"""
    high, low = np.log(0.9 / 0.8), np.log(0.2 / 0.1)
    assert (round(high, 2), round(low, 2)) == (0.12, 0.69)
    assert low / high == pytest.approx(6, abs=0.2)


def test_the_largest_rate_overshoots_first_and_ends_lowest():
    """Is its first step above ln 4, and its cost after 80 steps the lowest of all four?"""
    fig = softmax.four_clusters()
    at = controls(fig)
    ends = {}
    for rate in (0.03, 0.3, 3.0, 10.0):
        at["learning rate"].value, at["step"].value = rate, 80
        ends[rate] = float(fig.text.split("cost ")[1].split(",")[0])
    at["step"].value = 1
    assert float(fig.text.split("cost ")[1].split(",")[0]) > np.log(4)
    assert min(ends, key=ends.get) == 10.0
    assert ends[10.0] == pytest.approx(0.119, abs=2e-3)
    assert ends[0.3] == pytest.approx(0.243, abs=2e-3)


@pytest.mark.slow
def test_softmax_regression_reads_the_digits_as_well_as_the_network():
    """Do straight borders read 96 to 97%, and the lab's network about 95%, over three seeds?"""
    import keras

    X, X_test, y, y_test = data.digits_split()
    W, b, Y = np.zeros((64, 10)), np.zeros(10), np.eye(10)[y]
    for _ in range(300):
        error = reference.softmax(X @ W + b) - Y
        W, b = W - 3 * X.T @ error / len(y), b - 3 * error.mean(axis=0)
    assert 0.96 <= np.mean(np.argmax(X_test @ W + b, axis=1) == y_test) <= 0.975
    for seed in (1, 2, 3):
        keras.utils.set_random_seed(seed)
        model = reference.build_softmax_model(64, 10)
        model.fit(X, y, epochs=40, verbose=0)
        read = np.asarray(model(X_test)).argmax(axis=1)
        assert np.mean(read == y_test) == pytest.approx(0.95, abs=0.02)


@pytest.mark.slow
def test_the_spiral_leaves_softmax_regression_at_57_percent(monkeypatch):
    """How much of the spiral do straight borders get right, and how much the network?"""
    from utils.figures.softmax import plane

    shown = []

    class Handle:
        update = shown.append

    monkeypatch.setattr(plane, "display", lambda *_, **__: Handle)
    for seed in (1, 2):
        softmax.spiral(seed=seed)
        told = re.search(r"regression (\d+)% right, the network (\d+)%", shown[-1].text)
        assert int(told[1]) == 57
        assert int(told[2]) >= 97


def test_disjoint_round_clouds_can_be_split_by_straight_borders():
    """Do linear scores split many round clouds that do not touch, however they lie?"""
    rng = np.random.default_rng(0)
    centres = np.zeros((0, 2))
    while len(centres) < 40:
        centre = rng.uniform(-10, 10, 2)
        if len(centres) == 0 or np.hypot(*(centres - centre).T).min() > 2:
            centres = np.vstack([centres, centre])
    y = np.arange(4000) % 40
    angle, radius = rng.uniform(0, 2 * np.pi, 4000), np.sqrt(rng.uniform(0, 1, 4000))
    X = centres[y] + (radius * [np.cos(angle), np.sin(angle)]).T
    scores = X @ centres.T - (centres**2).sum(axis=1) / 2
    assert np.array_equal(np.argmax(scores, axis=1), y)


def test_sgd_lowers_the_loss_of_the_network_more_slowly():
    """Is the loss after five epochs higher with "sgd" than with "adam"?"""
    import keras

    X, _, y, _ = data.digits_split()
    losses = {}
    for name in ("sgd", "adam"):
        keras.utils.set_random_seed(1)
        model = reference.build_softmax_model(64, 10)
        model.compile(name, "sparse_categorical_crossentropy")
        losses[name] = model.fit(X, y, epochs=5, verbose=0).history["loss"][-1]
    assert losses["sgd"] > 2 * losses["adam"]


# --- 04_improved_softmax --------------------------------------------------------------------------


def test_the_sure_unit_costs_nothing_in_float32():
    """For the score 20: do the two plain forms give 0, and log1p the cost to six digits?"""
    e = np.exp(-np.float32(20))
    assert -np.log(1 / (1 + e)) == 0
    assert np.log(1 + e) == 0
    assert np.log1p(e) == pytest.approx(2.0612e-9, rel=1e-4)
    assert np.log1p(e) == pytest.approx(2e-9, rel=0.05)


def test_the_four_edges_of_exp_are_those_of_the_text():
    """Does exp overflow above 88 and 709, and vanish below -103 and -745?"""
    with np.errstate(all="ignore"):
        for kind, over, under in ((np.float32, 88, -103), (np.float64, 709, -745)):
            assert np.isfinite(np.exp(kind(over)))
            assert np.isinf(np.exp(kind(over + 1)))
            assert np.exp(kind(under)) > 0
            assert np.exp(kind(under - 1)) == 0


def test_log_softmax_lies_between_minus_ln_c_and_0():
    """Is the largest entry -ln C for equal logits and 0 for a tower, at the distances of logits?"""
    assert reference.log_softmax(np.zeros(5)) == pytest.approx(-np.log(5) * np.ones(5))
    z = np.array([30.0, -20.0, 4.0])
    assert np.diff(reference.log_softmax(z)) == pytest.approx(np.diff(z))
    assert reference.log_softmax(np.array([100.0, 0.0]))[0] == 0


def test_keras_looks_behind_the_softmax_of_a_model_only():
    """Logits (1000, 0, 3), class 1: what does a softmax model pay, and what plain probabilities?"""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation("softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    logits, y = np.array([[1000.0, 0.0, 3.0]]), np.array([1])
    assert model.evaluate(logits, y, verbose=0) == pytest.approx(1000)
    loss = keras.losses.SparseCategoricalCrossentropy()
    assert float(loss(y, np.array([[1.0, 0.0, 0.0]]))) == pytest.approx(16.118, abs=1e-3)


def test_only_the_cost_from_logits_has_a_gradient():
    """What does GradientTape give for ln of softmax, for the cut-off one, and from the logits?"""
    import tensorflow as tf

    z = tf.Variable([[1000.0, 0.0, 3.0]])
    found = []
    for cost in (
        lambda: -tf.math.log(tf.nn.softmax(z)[0, 1]),
        lambda: -tf.math.log(tf.clip_by_value(tf.nn.softmax(z), 1e-7, 1.0)[0, 1]),
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([1], z)[0],
    ):
        with tf.GradientTape() as tape:
            J = cost()
        found.append(tape.gradient(J, z).numpy()[0])
    assert np.isnan(found[0]).all()
    assert np.array_equal(found[1], [0, 0, 0])
    assert np.array_equal(found[2], [1, -1, 0])


@pytest.mark.parametrize(
    ("spread", "cut", "logarithm"), [(10, "A", "A"), (20, "C", "A"), (105, "C", "D")]
)
def test_the_gradients_fail_where_the_lab_says(spread, cut, logarithm):
    """In float32: is the cut-off gradient 0 from a spread of 16 on, and the other nan past 103?"""
    fig = improved_softmax.gradient_map()
    with fig.hold():
        controls(fig)["scale (largest logit)"].value = 50
        controls(fig)["spread (largest - smallest)"].value = spread
    told = re.search(r"float32: ln of softmax (\S+), clipped at 1e-7 (\S+),", fig.text)
    letters = {"0": "C", "nan": "D"}
    assert letters.get(told[2], "A") == cut
    assert letters.get(told[1], "A") == logarithm


@pytest.mark.slow
def test_only_the_run_that_is_told_the_truth_learns():
    """After 8 of the lab's 15 epochs: does one network read most digits and the other hardly any?

    A run of the first epochs only; the lab's own is twice as long.
    """
    both = improved_softmax.train_both_ways(epochs=8)
    wrong, right = re.search(
        r"from_logits=False ([\d.]+), from_logits=True ([\d.]+) ", both.figure.text
    ).groups()
    assert float(wrong) > 1.5 > 0.6 > float(right)


def test_a_gap_of_2_2_is_a_factor_of_9_and_7_one_of_1100():
    """Are the two factors of the last section those of the exponential?"""
    assert np.exp(2.2) == pytest.approx(9, abs=0.05)
    assert np.exp(7) == pytest.approx(1100, rel=0.01)


@pytest.mark.parametrize(("pixels", "dies"), [(1, None), (16, 3), (255, 1)])
def test_the_plain_run_dies_after_the_steps_the_lab_tells(pixels, dies):
    """At which step does the cost become NaN, for each size of the pixels?"""

    def plain(z):
        grown = np.exp(z)
        return grown / grown.sum(axis=-1, keepdims=True)

    fig = improved_softmax.train_regression(plain)
    controls(fig)["pixels from 0 to"].value = pixels
    assert (f"NaN from step {dies} on" in fig.text) if dies else ("NaN" not in fig.text)


# --- 05_multilabel --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene_shares():
    """Share of new scenes wholly right of one small, three small and one large network, a row."""
    from utils.figures.multilabel.training import shares_right

    return {examples: shares_right(examples).mean(axis=1) for examples in (150, 500, 1500)}


@pytest.mark.slow
@pytest.mark.parametrize("examples", [150, 500, 1500])
def test_one_large_network_beats_three_small_ones(scene_shares, examples):
    """At equal size, does sharing win for every number of scenes that can be chosen?"""
    small, three, large = scene_shares[examples]
    assert large > three > small
    assert three - small < 0.04  # "a few scenes in a hundred behind"


@pytest.mark.slow
def test_more_scenes_help_more_than_another_network(scene_shares):
    """Do ten times as many scenes bring over 20 in a hundred, whichever way?"""
    assert (scene_shares[1500] - scene_shares[150] > 0.2).all()


def test_nearly_all_weights_sit_in_the_first_layer():
    """Are 6425 of 6863 numbers in the first layer of the small network?"""
    assert 256 * 25 + 25 == 6425
    assert 6425 + 25 * 15 + 15 + 15 * 3 + 3 == 6863


def test_eight_classes_never_read_an_unseen_set_and_three_sigmoids_do():
    """Are 0% and about two in five of the scenes with all shapes right, and the others close?"""
    from utils.figures import multilabel

    words = multilabel.unseen().text.split("with all three shapes: ")[1]
    eight, three = ([int(w.rstrip("%")) for w in part.split() if w.endswith("%")]
                    for part in words.split(";"))  # fmt: skip
    assert eight[0] == 0
    assert 33 <= three[0] <= 47
    assert 0 <= eight[1] - three[1] <= 5


def test_the_loss_by_way_of_a_probability_breaks_at_37():
    """Is it 36.04 at 36, infinite from 37 on, and right from the logit?"""
    with np.errstate(divide="ignore"):
        told = {z: float(-np.log(1 - 1 / (1 + np.exp(-z)))) for z in (36.0, 37.0, 800.0)}
    assert f"{told[36.0]:.2f}" == "36.04"
    assert told[37.0] == told[800.0] == np.inf
    assert reference.multilabel_loss(np.array([[800.0]]), np.array([[0]])) == 800


def test_always_absent_is_right_in_sixty_of_a_hundred_labels():
    """Is that the baseline for labels, and every fifth scene empty?"""
    _, Y = data.scenes()
    assert round(np.mean(Y == 0), 1) == 0.6
    assert round(np.mean(~Y.any(axis=1)), 1) == 0.2


@pytest.fixture(scope="module")
def scene_network():
    """A stand-in for the lab's Keras network of as many epochs: probabilities of unseen scenes."""
    from utils.figures.multilabel.scenes import mlp

    network = mlp(3).set_params(max_iter=30, learning_rate_init=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes())
    (X, Y), (X_new, Y_new) = data.scenes(400, seed=1), data.scenes(400, seed=2)
    return network.predict_proba(X), Y, network.predict_proba(X_new), Y_new


def test_the_trained_network_is_too_sure_until_its_logits_are_divided(scene_network):
    """Is it surer than right by about two in a hundred, and the loss lower with smaller logits?"""
    P, Y, P_new, Y_new = scene_network
    p, y = np.clip(np.ravel([P, P_new]), 1e-9, 1 - 1e-9), np.ravel([Y, Y_new])
    sure, right = np.mean(np.maximum(p, 1 - p)), np.mean((p >= 0.5) == y)
    assert 0.01 < sure - right < 0.04
    z = (np.log(p) - np.log1p(-p))[:, None]
    losses = {t: reference.multilabel_loss(z / t, y[:, None]) for t in (1.0, 1.5, 2.0)}
    assert min(losses, key=losses.get) == 1.5


def test_thresholds_keep_most_of_their_gain_on_new_scenes(scene_network):
    """If a miss costs five, does more than half of the gain over 0.5 survive on new scenes?"""
    P, Y, P_new, Y_new = scene_network
    chosen = reference.choose_thresholds(P, Y, 5, 1)

    def cost(P, Y, t):
        return 5 * np.sum((t > P) & (Y == 1)) + np.sum((t <= P) & (Y == 0))

    gain, kept = (
        cost(P, Y, 0.5) - cost(P, Y, chosen),
        cost(P_new, Y_new, 0.5) - cost(P_new, Y_new, chosen),
    )
    assert gain > 0
    assert kept > gain / 2


# --- 06_adam --------------------------------------------------------------------------------------


def downhill(land, move, steps=100):
    """Cost above the lowest at each step of a walk, and its points."""
    from utils.figures.adam import landscapes

    points = landscapes.walk(land, steps, move)
    return land.height(*points.T) - land.floor, points


def descent(alpha=0.02):
    from utils.figures.adam import landscapes

    return landscapes.descending(reference.sgd_step, alpha)


def momentum(alpha=0.02, beta=0.9):
    from utils.figures.adam import landscapes

    return landscapes.rolling(reference.momentum_step, alpha, beta)


def adam(alpha=0.3):
    from utils.figures.adam import landscapes

    return landscapes.adaptive(reference.adam_step, alpha)


@pytest.fixture(scope="module")
def ravine():
    from utils.figures.adam import landscapes

    return landscapes.valley(25)


def test_the_best_single_rate_of_the_ravine_is_2_over_26(ravine):
    """Does 0.077 leave the lowest cost of all rates, and keep 92% of the distance a step?"""
    rates = np.linspace(0.01, 0.079, 139)
    ends = [downhill(ravine, descent(alpha), 60)[0][-1] for alpha in rates]
    assert abs(rates[np.argmin(ends)] - 2 / 26) < 0.002
    assert round(1 - 2 / 26, 2) == 0.92


def test_the_best_place_of_the_map_keeps_two_thirds():
    """Do rate 0.11 and beta 0.44 keep least of the distance, 67%, against 92% at beta 0?"""
    from utils.figures.adam.rates import kept_a_step

    rates, betas = np.meshgrid(np.linspace(0.01, 0.2, 191), np.linspace(0, 0.98, 99))
    share = np.maximum(kept_a_step(rates, betas, 1)[0], kept_a_step(rates, betas, 25)[0])
    best = np.unravel_index(np.argmin(share), share.shape)
    assert abs(rates[best] - 0.11) < 0.01
    assert abs(betas[best] - 0.44) < 0.02
    assert round(share.min(), 2) == 0.67
    assert round(share[0].min(), 2) == 0.92


def test_the_map_is_that_of_the_walks(ravine):
    """Does a long walk lose the share of its distance that the map says?"""
    from utils.figures.adam.rates import kept_a_step

    for alpha, beta in ((0.02, 0.9), (0.11, 0.44), (0.05, 0.3)):
        costs, _ = downhill(ravine, momentum(alpha, beta), 180)
        measured = (costs[180] / costs[120]) ** (1 / 120)  # a cost is a distance squared
        said = max(float(kept_a_step(alpha, beta, c)[0]) for c in (1, 25))
        assert abs(measured - said) < 0.02


def test_a_wave_found_at_rate_1_is_a_wrong_one():
    """Does it end at frequency 8.2 with an error of 1.38, and at rate 0.1 near 1.6 with 0.05?"""
    from utils.figures import adam as figures

    fig = figures.fit_wave()
    at = {c.description: c for c in fig.controls.children if hasattr(c, "value")}
    told = {}
    for rate in (0.1, 0.3, 1.0):
        with fig.hold():
            at["learning rate"].value, at["step"].value = rate, 150
        told[rate] = fig.text
    assert "frequency 8.20" in told[1.0]
    assert "error 1.38" in told[1.0]
    for rate in (0.1, 0.3):
        assert "frequency 1.59" in told[rate]
        assert "error 0.048" in told[rate]


def test_the_race_opens_with_momentum_ahead_and_both_can_win(ravine):
    """Is it 0.09 to 0.27 at step 40, 0.04 at Adam's rate 0.56, 5e-8 with momentum tuned?"""
    at_40 = [downhill(ravine, move)[0][40] for move in (momentum(), adam(), adam(0.56))]
    assert [round(cost, 2) for cost in at_40] == [0.09, 0.27, 0.04]
    tuned = downhill(ravine, momentum(0.07, 0.6))[0]
    assert f"{tuned[40]:.0e}" == "5e-08"
    assert at_40[0] / tuned[40] > 1e6


def test_adam_leaves_at_45_degrees_and_the_goal_lies_at_17(ravine):
    """Is Adam's first step diagonal, and the direction to the lowest point another?"""
    _, points = downhill(ravine, adam(), 1)
    step = np.abs(points[1] - points[0])
    assert step[0] == pytest.approx(step[1])
    assert round(np.degrees(np.arctan2(2.4, 8.0))) == 17


def test_noise_leaves_adam_the_quietest():
    """Are the mean costs of the last 30 noisy steps 0.37, 1.5 and 2.3?"""
    from utils.figures.adam import landscapes

    land = landscapes.valley(4, noise=6.0)
    means = [downhill(land, move)[0][-30:].mean() for move in (adam(), descent(), momentum())]
    assert f"{means[0]:.2f}, {means[1]:.1f}, {means[2]:.1f}" == "0.37, 1.5, 2.3"


def test_only_adam_suffers_in_a_turned_ravine(ravine):
    """Does Adam's cost at step 40 go from 0.27 to 8.9 at 45 degrees, while the others stay?"""
    from utils.figures.adam import landscapes

    turned = landscapes.valley(25, 45)
    assert f"{downhill(turned, adam())[0][40]:.1f}" == "8.9"
    for move in (descent, momentum):
        straight, lean = downhill(ravine, move())[0], downhill(turned, move())[0]
        assert lean == pytest.approx(straight, rel=1e-6)


def test_a_rate_that_falls_makes_the_first_rate_matter_less():
    """Are the ends 0.05, 0.25 and 0.42 at constant rates, and all below 0.05 where it falls?"""
    from utils.figures.adam.rates import noisy_walks

    ends = {
        name: [noisy_walks(reference.adam_step, a, name)[-50:].mean() for a in (0.1, 0.3, 0.6)]
        for name in ("constant", "halved three times", "down to 0 along a cosine")
    }
    assert [round(end, 2) for end in ends["constant"]] == [0.05, 0.25, 0.42]
    assert max(ends["halved three times"] + ends["down to 0 along a cosine"]) < 0.05


def test_optimizers_change_places_with_their_rates():
    """A stand-in of scikit-learn: does ten times the rate help descent, and unsettle momentum?"""
    from sklearn.neural_network import MLPClassifier

    X, _, y, _ = data.digits_split()

    def losses(solver, rate, beta=0.0):
        network = MLPClassifier(
            (25, 15), solver=solver, learning_rate_init=rate, momentum=beta, batch_size=32,
            nesterovs_momentum=False, alpha=0, max_iter=15, random_state=1, n_iter_no_change=15,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it stops early on purpose
            return np.array(network.fit(X, y).loss_curve_)

    plain, rolling, adaptive = (
        [losses(solver, rate * factor, beta) for factor in (1, 10)]
        for solver, rate, beta in (("sgd", 0.01, 0), ("sgd", 0.01, 0.9), ("adam", 0.001, 0))
    )
    ends = [[curve[-1] for curve in pair] for pair in (plain, rolling, adaptive)]
    assert ends[1][0] < ends[2][0] < ends[0][0]
    assert ends[0][0] - ends[0][1] > ends[2][0] - ends[2][1] > 0
    assert ends[0][1] == pytest.approx(ends[1][0], abs=0.1)
    rises = [np.sum(np.diff(curve) > 0) for curve in rolling]
    assert rises[0] == 0
    assert rises[1] >= 2


def test_longer_pieces_cost_the_dense_network_alone():
    """Does it learn 19,233 numbers of 1200 samples, 1953 of 120, and the other 137 of either?"""
    assert [(n * 16 + 16) + 17 for n in (120, 1200)] == [1953, 19233]
    assert (15 * 8 + 8) + 9 == 137


def test_the_memory_of_a_recurrent_unit_is_its_weight():
    """Does a push fade below one, at once at zero, and stay above one until it is turned round?"""
    from utils.figures import adam as figures

    fig = figures.recurrence()
    own, ear = (c for c in fig.controls.children if c.description.startswith("weight"))
    ends = {}
    for own.value, ear.value in ((0.0, 0.8), (0.9, 0.8), (1.3, 0.8), (1.3, 2.0)):
        words = fig.text.replace(",", "").rstrip(".").split()
        ends[own.value, ear.value] = [float(words[words.index("49") + 1]), float(words[-1])]
    assert ends[0.0, 0.8][0] == 0
    assert 0 < ends[0.9, 0.8][0] < 0.05
    assert min(ends[1.3, 0.8]) > 0.5
    assert ends[1.3, 2.0][0] > 0.5 > -0.5 > ends[1.3, 2.0][1]


# --- 07_backprop ----------------------------------------------------------------------------------


def ends(task, hidden, rate=0.2, starts=range(10), steps=400):
    """Mean cost and share of points right that training of the lab's small network ends with."""
    from utils.figures.backprop import learning

    X, y = learning._TASKS[task]
    found = []
    for start in starts:
        theta = learning.start_of(hidden, start)
        w1, w2, b, v = np.split(theta[:-1], 4)
        W, c = np.array([w1, w2]), theta[-1]
        for _ in range(steps):
            Z = X @ W + b
            out = np.maximum(Z, 0) @ v + c
            error = 2 * (out - y) / len(y)
            back = np.outer(error, v) * (Z > 0)
            W, b = W - rate * X.T @ back, b - rate * back.sum(axis=0)
            v, c = v - rate * np.maximum(Z, 0).T @ error, c - rate * error.sum()
        out = np.maximum(X @ W + b, 0) @ v + c
        found.append((np.mean((out - y) ** 2), np.mean((out > 0.5) == y)))
    return np.array(found)


def test_two_units_find_exclusive_or_from_two_of_ten_starts_and_six_from_all():
    """Are 2 and 10 of ten starts right, one unit never better than three points of four?"""
    assert np.sum(ends("exclusive or", 2)[:, 1] == 1) == 2
    assert np.sum(ends("exclusive or", 6)[:, 1] == 1) == 10
    assert ends("exclusive or", 1)[:, 1].max() == 0.75


def test_exclusive_or_is_right_after_about_fifty_steps():
    """Does the first start with four units read all points rightly at step 50?"""
    assert ends("exclusive or", 4, starts=[0], steps=50)[0, 1] == 1


def test_two_moons_are_separated_with_six_units_and_not_at_rate_one():
    """Are all points right at rate 0.2 from the first start, and the cost high at rate 1?"""
    assert ends("two moons", 6, starts=[0])[0, 1] == 1
    assert ends("two moons", 6, rate=1.0, starts=[0])[0, 0] > 0.2


def test_a_broken_gradient_shows_as_far_as_the_lab_says():
    """Is 1% in one entry 0.002 at m = 6 and 0.0008 at 20, and what is right below 1e-6?"""
    from utils.figures import backprop

    fig = backprop.broken_gradients()
    slider = next(c for c in fig.controls.children if c.description == "examples m")
    results = {}
    for slider.value in (1, 6, 20):
        told = fig.text.split(": ", 1)[1].split(". Plain")[0].split(", ")
        results[slider.value] = {k: float(v) for k, v in (part.rsplit(" ", 1) for part in told)}
    off = "one entry off by 1%"
    assert f"{results[6][off]:.3f}, {results[20][off]:.4f}" == "0.002, 0.0008"
    for m, found in results.items():
        assert max(found["as it is"], found["rounded to float32"]) < 1e-6
        wrong = set(found) - {"as it is", "rounded to float32"}
        hidden = {name for name in wrong if found[name] < 1e-4}
        assert hidden == ({"layer 1 without 1/m", "no 1/m at all"} if m == 1 else set())


def test_a_check_gives_one_third_to_twice_and_to_half_and_one_to_zero():
    """Are 1/3, 1/3, 1, 1 and 1/2 the results for twice, half, flipped, zero and [0, 3]?"""
    theta = np.array([2.0, 1.0])

    def f(t):
        return t[0] ** 2 + 3 * t[1]

    grads = ([8, 6], [2, 1.5], [-4, -3], [0, 0], [0, 3])
    found = [reference.gradient_check(f, np.array(g, dtype=float), theta) for g in grads]
    assert found == pytest.approx([1 / 3, 1 / 3, 1, 1, 1 / 2], abs=1e-8)


def test_a_batch_keeps_more_values_than_there_are_parameters():
    """Are 154 values an image kept, against 2,175 parameters?"""
    assert 64 + 2 * 25 + 2 * 15 + 10 == 154
    assert 65 * 25 + 26 * 15 + 16 * 10 == 2175
    assert 32 * 154 > 2175


# --- 08_digits ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reading():
    """A stand-in for the lab's network, of its size, steps and three parts: scikit-learn's."""
    from sklearn.neural_network import MLPClassifier

    rest, X_test, y_rest, y_test = reference.shuffle_split(*data.digits(), 360, 1)
    X, X_val, y, y_val = reference.shuffle_split(rest, y_rest, 360, 2)
    network = MLPClassifier((25, 15), batch_size=32, alpha=0, max_iter=1, random_state=1,
                            warm_start=True, n_iter_no_change=99)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(X, y)
        begin = [W.copy() for W in network.coefs_]
        network = network.set_params(max_iter=59)
        network.fit(X, y)
    return network, begin, (X, y), (X_val, y_val), (X_test, y_test)


def test_the_three_parts_are_1077_360_and_360(reading):
    """Does splitting 360 off twice leave 1,077, and make 34 steps an epoch?"""
    _, _, *parts = reading
    assert [len(y) for _, y in parts] == [1077, 360, 360]
    assert int(np.ceil(1077 / 32)) == 34


def test_the_last_360_sorted_digits_are_all_8s_and_9s_and_six_7s():
    """How many can a network that never saw an 8 or a 9 get right: 6 of 360, 1.7%?"""
    counts = np.bincount(np.sort(data.digits()[1])[-360:], minlength=10)
    assert counts[:7].sum() == 0
    assert counts[7] == 6
    assert round(100 * 6 / 360, 1) == 1.7


def test_weights_move_about_as_far_as_the_lab_says(reading):
    """Are the means 0.1 to 0.35 from the start, and the busiest about 1?"""
    network, begin, *_ = reading
    moved = [np.abs(W - W0) for W, W0 in zip(network.coefs_, begin, strict=True)]
    assert all(0.1 < m.mean() < 0.35 for m in moved)
    assert 0.6 < max(m.max() for m in moved) < 1.6


def test_confidence_and_mistakes_are_as_the_lab_says(reading):
    """Is p over 0.99 for two in three, and are most mistakes among the fifty least sure?"""
    network, _, _, (X, y), _ = reading
    P = network.predict_proba(X)
    confidence, wrong = P.max(axis=1), P.argmax(axis=1) != y
    assert 0.55 < np.mean(confidence > 0.99) < 0.8
    assert 0.08 < np.mean(confidence < 0.9) < 0.18
    assert 0.02 < np.mean(wrong) < 0.07
    assert wrong[np.argsort(confidence)[:50]].sum() > wrong.sum() / 2
    losses = -np.log(P[np.arange(len(y)), y])
    assert losses[wrong].sum() > losses.sum() / 2


def test_images_of_one_digit_grow_alike_from_layer_to_layer(reading):
    """Does the lead in likeness of one digit over different digits grow with every layer?"""
    network, _, _, (X, y), _ = reading
    now, leads = X, []
    same = (y[:, None] == y) & ~np.eye(len(y), dtype=bool)
    for number, (W, b) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        now = np.maximum(now @ W + b, 0) if number < 2 else now @ W + b
        unit = now / np.linalg.norm(now, axis=1, keepdims=True)
        alike = unit @ unit.T
        leads.append(alike[same].mean() - alike[y[:, None] != y].mean())
    assert leads == sorted(leads)


def test_about_two_thirds_of_the_first_layer_are_on_for_a_digit(reading):
    """Is it between one half and four fifths?"""
    network, _, _, (X, _), _ = reading
    on = np.mean(X @ network.coefs_[0] + network.intercepts_[0] > 0)
    assert 0.5 < on < 0.8


def test_an_empty_page_is_read_with_little_confidence(reading):
    """Is it below one half: rather this than the other nine, and not by much?"""
    assert reading[0].predict_proba(np.zeros((1, 64))).max() < 0.5


def test_97_percent_of_360_has_a_standard_error_of_0_9_points():
    """Is it 0.9?"""
    assert round(100 * np.sqrt(0.97 * 0.03 / 360), 1) == 0.9


@pytest.fixture(scope="module")
def started():
    """Validation share by size of the starting weights and steps, mean of three seeds."""
    from utils.figures.digits import experiments
    from utils.figures.digits.in_numpy import read_rightly

    (X, y), (X_val, y_val), _ = experiments.parts()
    return {
        (size, steps): np.mean([
            read_rightly(experiments.from_size(X, y, 32, steps, 0.02, seed, size), X_val, y_val)
            for seed in range(3)
        ])
        for size in (0.0, 0.01, 0.18, 0.5, 1.0, 5.0, 20.0)
        for steps in (10, 100, 300)
    }  # fmt: skip


@pytest.mark.slow
def test_the_size_of_the_first_weights_matters_as_the_lab_says(started):
    """Is 0 guessing, small to 0.5 alike after 100 steps, 0.18 best after 10, large ones worse?"""
    assert max(started[0.0, steps] for steps in (10, 100, 300)) < 0.15
    middle = [started[size, 100] for size in (0.01, 0.18, 0.5)]
    assert np.ptp(middle) < 0.03
    assert started[0.18, 10] > max(started[0.01, 10], started[0.5, 10]) + 0.05
    assert min(middle) > started[1.0, 100] > started[5.0, 100] > started[20.0, 100]
    assert started[5.0, 300] > started[5.0, 100]
    assert started[20.0, 300] < 0.7


@pytest.mark.slow
def test_twice_the_digits_stands_out_and_half_the_rate_does_not():
    """Is the gain of 800 digits larger than both spreads, a change of the rate smaller?"""
    from utils.figures import digits

    tried = {
        "as it was": {}, "half the rate": {"alpha": 0.01}, "twice the units": {"hidden": 64},
        "twice the digits": {"digits": 800},
    }  # fmt: skip
    told = digits.changes(None, tried).text.split(": ", 1)[1].rstrip(".").split("; ")
    numbers = {
        name: (float(line.split()[-6]), float(line.split()[-1]))
        for name, line in zip(tried, told, strict=True)
    }
    mean, spread = numbers["as it was"]
    assert abs(numbers["half the rate"][0] - mean) < spread
    assert abs(numbers["twice the units"][0] - mean) < 1.5 * spread
    assert numbers["twice the digits"][0] - mean > spread + numbers["twice the digits"][1]


@pytest.mark.slow
def test_the_winner_keeps_a_small_part_of_its_lead():
    """Over four splits: is the lead over a point on validation, and under half of that on test?"""
    from utils.figures.digits import experiments
    from utils.figures.digits.in_numpy import read_rightly

    leads = []
    for split in range(1, 5):
        (X, y), *held = experiments.parts(split)
        shares = np.array([
            [read_rightly(reference.train_numpy_network(X, y, 32, 40, 0.02, seed), *part)
             for part in held]
            for seed in range(20)
        ])  # fmt: skip
        leads.append(shares[np.argmax(shares[:, 0])] - shares.mean(axis=0))
    on_validation, on_test = np.mean(leads, axis=0)
    assert on_validation > 0.01
    assert on_test < on_validation / 2
