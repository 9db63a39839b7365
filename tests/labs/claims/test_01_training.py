"""Is what lab 01 says about numbers true of its own data, seeds and functions?"""

import re

import numpy as np
import pytest

from tests.labs.claims.text import says
from tests.utils.figures import controls
from utils import data, reference
from utils.figures import training
from utils.figures.fitting import fit


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
    return model, fit(model, X, y, epochs).history["loss"]


@pytest.fixture(scope="module")
def with_adam():
    """By seed, the network and its costs with Adam, for as many epochs as any test looks at."""
    return {s: train_network(s, "adam", epochs) for s, epochs in ((1, 60), (2, 60), (3, 18))}


def test_the_three_steps_of_keras_give_the_numbers_of_the_unit():
    """Same weights, same pictures: are prediction, cost and three costs equal to five digits?"""
    says("01_training", "The same numbers.", "The same cost, again.", "The same three costs.")
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
    says("01_training", 'number 36: "any ink there means 1" is right about 98.9%')
    X, y = data.digits_binary()
    found = np.mean((X[:, 36] > 0) == (y == 1))
    assert found == pytest.approx(0.989, abs=5e-4)
    cuts = np.arange(0.5, 16) / 16
    right = [np.mean((X[:, k] > cut) == (y == 1)) for k in range(64) for cut in cuts]
    assert found == max(*right, 1 - min(right))


def test_the_lowest_cost_of_the_unit_set_by_hand_is_0_18():
    """Is it 0.18 at weights 2.1 and -3.5 and a bias of 1.5, so that "below 0.2" can be done?"""
    says(
        "01_training",
        "About 0.18 is the lowest cost, at weights near 2.1 and $-3.5$ and a bias near 1.5",
    )
    X, y = data.digits_two_features()
    w, b, costs = reference.gradient_descent(X, y, np.zeros(2), 0.0, 2.0, 3000)
    assert [*w.round(1), round(b, 1)] == [2.1, -3.5, 1.5]
    at = controls(fig := training.by_hand())
    at["w0"].value, at["w1"].value, at["b"].value = 2.1, -3.5, 1.5
    shown = float(fig.text.split("cost ")[1].split(",")[0])
    assert round(costs[-1], 2) == round(shown, 2) == 0.18


def walked(fig, rate, step):
    """The cost on the map after so many steps, how often it rose, and whether the unit is there."""
    at = controls(fig)
    with fig.hold():
        at["alpha"].value, at["step"].value = rate, step
    cost = float(re.search(r"cost ([\d.]+\d)", fig.text)[1])
    return cost, int(re.search(r"rose in (\d+)", fig.text)[1]), "left the map" not in fig.text


def test_the_rates_on_the_map_do_what_the_lab_says():
    """Is 0.1 not there in 40 steps, 10 there in four; does 24 fall, and 32 leave the map?"""
    says(
        "01_training",
        "40 steps do not get it there",
        "At 10, four steps are enough. Up to 24 the cost falls with every step. At 32",
    )
    fig = training.descent()
    lowest = walked(fig, 10, 40)[0]
    assert walked(fig, 0.1, 40)[0] > 3 * lowest
    assert walked(fig, 10, 4)[0] == lowest < walked(fig, 10 ** (7 / 8), 4)[0]
    assert walked(fig, 10**1.375, 40)[1] == 0
    assert walked(fig, 10**1.5, 40)[1] > 10
    assert all(walked(fig, 10**1.375, step)[2] for step in range(0, 41, 5))
    assert not all(walked(fig, 10**1.5, step)[2] for step in range(41))


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
    says(
        "01_training",
        "after one epoch, batches of 8 are far ahead",
        "They do not: near the bottom, the batches disagree",
    )
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


def test_the_unit_improves_at_once_and_the_network_waits(with_adam):
    """Does the network need more than ten epochs for what the unit reaches in one?"""
    says(
        "01_training",
        "The network needs more than ten epochs for what the unit reaches in one",
        "There are two reasons: the steps of Adam begin small (its rate is 0.001,",
    )
    import keras

    from utils.figures.training.networks import _Unit

    X, _, y, _ = data.digits_binary_split()
    unit = _Unit(None, None, X, y, None)
    unit.epoch()
    reached = reference.binary_cross_entropy(y, reference.logistic_unit(X, unit.w, unit.b))
    assert all(min(costs[:10]) > reached for _, costs in with_adam.values())
    fast = {keras.optimizers.Adam(0.05): 3, keras.optimizers.SGD(0.5): 3}
    below = [min(train_network(1, how, epochs)[1]) < reached for how, epochs in fast.items()]
    assert below == [True, False]  # so part of the wait is the rate, part the layers


@pytest.fixture(scope="module")
def in_the_plane():
    """The costs of the network in the plane, from the seed of its figure, and the model itself."""
    import keras

    X, y = data.digits_two_features()
    keras.utils.set_random_seed(3)
    model = reference.build_model(2)
    model.compile(keras.optimizers.SGD(0.2), "binary_crossentropy")

    def cost(*_):
        p = np.asarray(model(X), dtype=float).ravel()
        costs.append(reference.binary_cross_entropy(y, p))

    costs = []
    cost()
    each = keras.callbacks.LambdaCallback(on_epoch_end=cost)
    fit(model, X, y, epochs=40, watch=[each])
    return costs, model


def test_the_network_in_the_plane_starts_slowly(in_the_plane):
    """Is the start near ln 2, and the fall later twice as fast?"""
    says(
        "01_training",
        r"The start is near $\ln 2$",
        "the cost falls slowly, and then twice as fast",
    )
    costs, _ = in_the_plane
    assert costs[0] == pytest.approx(np.log(2), abs=0.05)
    falls = -np.diff(costs)
    assert falls[6:9].mean() == pytest.approx(2 * falls[:4].mean(), rel=0.25)


def test_the_border_of_the_network_hardly_bends(in_the_plane):
    """Is it within a tenth of a straight line after the figure's 40 epochs?"""
    says("01_training", "but these points do not need that, so it hardly does")
    from contourpy import contour_generator

    from utils.figures.training.plane import HIGH, LOW, SIDE, Plane

    side = np.linspace(LOW, HIGH, SIDE)
    p = np.asarray(in_the_plane[1](Plane.grid().astype("float32"))).reshape(SIDE, SIDE)
    (border,) = contour_generator(side, side, p).lines(0.5)
    line = np.polyfit(*border.T, 1)
    assert np.abs(np.polyval(line, border[:, 0]) - border[:, 1]).max() < 0.1


def test_the_history_lies_above_the_cost_after_the_epoch():
    """Is the mean over the moving weights higher than the cost of the weights at its end?"""
    says("01_training", "while the cost falls, it lies a little above the cost after the epoch")
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
    says(
        "01_training",
        "Two epochs: 90 small steps",
        "The 60 steps end at 0.034, the second epoch at 0.024.",
    )
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
def test_the_slow_start_takes_longer_without_adam(with_adam):
    """After how many epochs does the cost pass 0.5 with Adam, and with SGD(0.1)?"""
    says(
        "01_training",
        "With Adam the cost passes 0.5 after 9 to 14 epochs, with `SGD(0.1)` after about 20.",
    )
    import keras

    passed = [first_epoch_below(costs, 0.5) for _, costs in with_adam.values()]
    assert 9 <= min(passed) <= max(passed) <= 14
    with_sgd = [
        first_epoch_below(train_network(s, keras.optimizers.SGD(0.1), 26)[1], 0.5)
        for s in (1, 2, 3)
    ]
    assert 17 <= min(with_sgd) <= max(with_sgd) <= 24


@pytest.mark.slow
def test_unit_and_network_read_nearly_every_kept_picture(with_adam):
    """Do both read at least 78 of 80 held-back pictures, with a cost near that of training?"""
    says(
        "01_training",
        "both read nearly every held-back picture correctly",
        "the curves of the held-back pictures lie close to the others",
    )
    _, X_kept, _, y_kept = data.digits_binary_split()
    model, costs = with_adam[2]
    p = np.asarray(model(X_kept)).ravel()
    assert np.sum((p >= 0.5) != y_kept) <= 2
    assert abs(reference.binary_cross_entropy(y_kept, p) - costs[-1]) < 0.02


@pytest.mark.slow
def test_first_layers_weigh_the_middle_against_the_ring(with_adam):
    """Do nearly all units learn that contrast, some in each sense, and are few answers in doubt?"""
    says(
        "01_training",
        "Many units of layer 1 have larger weights in the middle columns than in the ring",
        "most of them near 0 or 1",
    )
    middle, ring = np.zeros((2, 8, 8), bool)
    middle[:, 3:5], ring[1:7, [1, 2, 5, 6]] = True, True
    X_kept = data.digits_binary_split()[1]
    for seed in (1, 2):
        model, _ = with_adam[seed]
        W = model.layers[0].get_weights()[0].T.reshape(25, 8, 8)
        contrast = W[:, middle].mean(axis=1) - W[:, ring].mean(axis=1)
        assert np.sum(np.abs(contrast) > 0.2) >= 20
        assert 5 <= np.sum(contrast > 0) <= 20
        opinions = np.asarray(model.layers[1](model.layers[0](X_kept)))
        assert np.mean((opinions > 0.2) & (opinions < 0.8)) < 0.15


def test_the_reader_makes_no_mistake_on_pictures_100_to_109():
    """Is the answer to "count its mistakes" none?"""
    says("01_training", "There are none: it has seen these pictures")
    import keras

    X, y = data.digits_binary()
    for seed in (0, 1, 2):
        keras.utils.set_random_seed(seed)
        reader = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
        reader.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        fit(reader, X, y, epochs=20)
        p = reader.predict(X[100:110], verbose=0).ravel()
        assert np.sum((p >= 0.5) != y[100:110]) == 0


def test_scores_of_3_and_6_give_0_953_and_0_998():
    """Are the probabilities those of the text?"""
    says("01_training", "From 3 to 6 the probability only climbs from 0.953 to 0.998")
    assert np.round(reference.sigmoid(np.array([3.0, 6.0])), 3).tolist() == [0.953, 0.998]


def test_an_untrained_network_has_2031_parameters_and_guesses():
    """Is each layer's number right, does it tell all pictures the same, at a cost near ln 2?"""
    import keras

    says("01_training", "= 1625$", "= 390$", "= 16$", "2031 numbers", "nearly the same probability",
         "An untrained model starts near it, or a little above")  # fmt: skip
    X, y = data.digits_binary()
    for seed in (1, 2, 3):
        keras.utils.set_random_seed(seed)
        model = reference.build_model(64)
        p = np.asarray(model(X)).ravel()
        assert np.ptp(p) < 0.05
        assert np.log(2) - 0.01 < reference.binary_cross_entropy(y, p) < np.log(2) + 0.15
    assert [layer.count_params() for layer in model.layers] == [1625, 390, 16]


def test_right_borders_with_small_weights_are_expensive():
    """Does a tenth of the best weights, with the same border, read as many and cost over 0.5?"""
    says("01_training", "A border in the right place with small weights is still expensive")
    at, told = controls(fig := training.by_hand()), []
    for share in (1, 0.1):
        for name, value in (("w0", 2.1), ("w1", -3.5), ("b", 1.5)):
            at[name].value = share * value
        told.append(re.search(r"cost ([\d.]+\d), (\d+)%", fig.text).groups())
    assert told[0][1] == told[1][1]
    assert float(told[0][0]) < 0.2 < 0.5 < float(told[1][0])


def test_measured_slopes_meet_the_formula_and_vanish_downhill():
    """Do nudges of 1, 0.1 and 0.001 come closer, and do steps downhill bring the slopes down?"""
    says("01_training", "1. They come together.", "At the lowest point all slopes are 0")
    at, off = controls(fig := training.nudge()), []

    def slopes():
        pairs = re.findall(r"(-?\d\.\d{3}) and (-?\d\.\d{3})", fig.text)
        return np.array(pairs, dtype=float)

    for at["size of the nudge"].value in (1.0, 0.1, 0.001):
        off.append(np.abs(np.diff(slopes())).max())
    assert off[0] > off[1] > off[2] == pytest.approx(0, abs=1e-3)
    before = np.abs(slopes()).max()
    step = next(c for c in fig.controls.children if c.description == "One step downhill")
    for _ in range(20):
        step.click()
    assert np.abs(slopes()).max() < 0.3 * before


def test_the_worked_examples_of_lab_01_are_right():
    """Are the numbers in the statements those of the functions?"""
    says("01_training", r"$(0.5,\; 0.98201)$", "The cost is 0.4581", "16.118", "-0.27698",
         "-0.25899", "(0.7227), `b` = 0.3614 and the costs (0.6931, 0.2519)")  # fmt: skip
    X, w, b = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1.0, -1.0]), 1.0
    assert reference.logistic_unit(X, w, b) == pytest.approx([0.5, 0.98201], abs=5e-6)
    cost = reference.binary_cross_entropy
    assert cost(np.array([1, 0]), np.array([0.5, 0.2])) == pytest.approx(0.4581, abs=5e-5)
    assert cost(np.array([1]), np.array([0.0])) == pytest.approx(16.118, abs=5e-4)
    dw, db = reference.cost_gradient(X, np.ones(2), w, b)
    assert [*dw, db] == pytest.approx([-0.27698, -0.5, -0.25899], abs=5e-6)
    start = np.array([[2.0]]), np.array([1]), np.zeros(1), 0.0
    w, b, costs = reference.gradient_descent(*start, 0.5, 2)
    assert [*w, b, *costs] == pytest.approx([0.7227, 0.3614, 0.6931, 0.2519], abs=5e-5)


def test_the_unit_doubts_at_zeros_with_ink_in_the_middle_and_ones_beside_it():
    """Of the four it doubts most: more ink there than most zeros, less than most ones?"""
    says("01_training", "narrow zeros with a small hole, which have ink in the middle",
         "ones that stand beside the middle")  # fmt: skip
    from utils.figures.training.networks import _Unit

    X, X_kept, y, y_kept = data.digits_binary_split()
    unit = _Unit(None, None, X, y, None)
    for _ in range(60):
        unit.epoch()
    p = reference.logistic_unit(X_kept, unit.w, unit.b)
    middle = X_kept.reshape(-1, 8, 8)[:, :, 3:5].mean(axis=(1, 2))
    for k in np.argsort(np.abs(p - 0.5))[:4]:
        alike = middle[y_kept == y_kept[k]]
        share = np.mean(alike < middle[k])
        assert (share > 0.6) if y_kept[k] == 0 else (share < 0.4)
