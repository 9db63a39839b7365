"""Is what lab 06 says about numbers true of its own data, seeds and functions?"""

import warnings

import numpy as np
import pytest

from tests.labs.claims.text import says
from tests.utils.figures import controls
from utils import data, reference
from utils.figures.fitting import fit


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
    says("06_adam", r"$\alpha = 2/(1 + 25) = 0.077$. Even then each step keeps 92% of the distance")
    rates = np.linspace(0.01, 0.079, 139)
    ends = [downhill(ravine, descent(alpha), 60)[0][-1] for alpha in rates]
    assert abs(rates[np.argmin(ends)] - 2 / 26) < 0.002
    assert round(1 - 2 / 26, 2) == 0.92


def test_the_best_place_of_the_map_keeps_two_thirds():
    """Do rate 0.11 and beta 0.44 keep least of the distance, 67%, against 92% at beta 0?"""
    says(
        "06_adam",
        r"$\alpha \approx 0.11$ and $\beta \approx 0.44$,",
        "where each step keeps 67% of the distance",
        "keeps 92% at best",
    )
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
    says("06_adam", "Its shade says which share of the distance each step keeps in the long run")
    from utils.figures.adam.rates import kept_a_step

    for alpha, beta in ((0.02, 0.9), (0.11, 0.44), (0.05, 0.3)):
        costs, _ = downhill(ravine, momentum(alpha, beta), 180)
        measured = (costs[180] / costs[120]) ** (1 / 120)  # a cost is a distance squared
        said = max(float(kept_a_step(alpha, beta, c)[0]) for c in (1, 25))
        assert abs(measured - said) < 0.02


def test_a_wave_found_at_rate_1_is_a_wrong_one():
    """Does it end at frequency 8.2 with an error of 1.38, and at rate 0.1 near 1.6 with 0.05?"""
    says("06_adam", "frequency 8.2 instead of 1.6, with an error of 1.38 instead of 0.05")
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


def test_rates_from_0_1_on_find_the_wave_within_50_steps():
    """Are 0.1 and 0.3 there at step 50, 0.03 at 100, and 0.01 not even at 150?"""
    says(
        "06_adam",
        "Rates from 0.1 on arrive within 50 steps,",
        "0.3 with a few swings. At 0.01 even 150 steps are not enough",
    )
    from utils.figures import adam as figures

    at = controls(fig := figures.fit_wave())

    def error(rate, step):
        with fig.hold():
            at["learning rate"].value, at["step"].value = rate, step
        return float(fig.text.split("error ")[1].rstrip("."))

    lowest = error(0.1, 150)
    assert max(error(0.1, 50), error(0.3, 50), error(0.03, 100)) < 1.25 * lowest
    assert min(error(0.03, 50), error(0.01, 150)) > 1.5 * lowest


def test_the_steps_of_four_parameters_are_as_long_as_the_lab_says():
    """Is it about one alpha and half of one, over six without correction, and below one at 0.9?"""
    says(
        "06_adam",
        r"Both move by about one $\alpha$ in each step, from the first step on",
        r"moves half an $\alpha$ when its gradient comes",
        "Over six times too long",
    )
    from utils.figures import adam as figures

    at = controls(fig := figures.effective_steps())

    def longest():
        told = fig.text.split("correction: ")[1].removesuffix(" alpha.").split(", ")
        return [float(part.split()[-1]) for part in told]

    assert longest() == pytest.approx([1, 1, 1, 0.5], abs=0.05)
    at["without bias correction"].value = True
    assert 6 < min(longest()[:2]) <= max(longest()) < 7
    at["beta2"].value = 0.9
    assert max(longest()) < 1


def test_keras_lacks_a_quarter_of_the_first_step_at_a_gradient_of_1e_6():
    """Is its step 0.76 of alpha where the paper's is 0.99, as with an epsilon 32 times as large?"""
    says(
        "06_adam",
        r"at $10^{-6}$, far above $\epsilon$, a quarter is missing",
        r"$1/\sqrt{0.001} \approx 32$ times as large",
    )
    from utils.figures import adam as figures

    fig = figures.keras_differs()
    assert "at gradient 1e-06 yours is 0.990, Keras 0.760" in fig.text
    assert 1 / np.sqrt(0.001) == pytest.approx(32, abs=0.5)
    assert 1e-6 / (1e-6 + 1e-8 / np.sqrt(0.001)) == pytest.approx(0.76, abs=1e-3)


def test_strides_leave_59_and_30_windows_and_three_beats_and_none():
    """How many outputs has the beat filter at strides 1, 5 and 10, and which beats does it see?"""
    says("06_adam", "59 of 292, then 30. At 5 it sees three of the beats, at 10 none")
    from utils.figures.adam import layers

    x, beats = data.ecg(300, seed=3)
    assert len(beats) == 4
    found = {}
    for stride in (1, 5, 10):
        out = reference.conv1d(x, layers._filters()["beat"][:, None], np.zeros(1), stride)[:, 0]
        places = 4 + stride * np.flatnonzero(out > 0.5)
        found[stride] = len(out), sum(np.any(np.abs(places - beat) <= 4) for beat in beats)
    assert found == {1: (292, 4), 5: (59, 3), 10: (30, 0)}


def test_weight_decay_helps_a_little_where_the_lowest_point_is_0(ravine):
    """Is the cost at step 40 with the rate 0.3 then 0.26 in place of 0.27?"""
    says("06_adam", "with the rate 0.3, the cost at step 40 is 0.26 in place of 0.27")
    from utils.figures.adam import landscapes

    def adamw(theta, grad, m, v, t, alpha):
        new, m, v = reference.adam_step(theta, grad, m, v, t, alpha)
        return new - alpha * 0.01 * theta, m, v

    moves = (landscapes.adaptive(step, 0.3) for step in (adamw, reference.adam_step))
    assert [f"{downhill(ravine, move)[0][40]:.2f}" for move in moves] == ["0.26", "0.27"]


def test_the_race_opens_with_momentum_ahead_and_both_can_win(ravine):
    """Is it 0.09 to 0.27 at step 40, 0.04 at Adam's rate 0.56, 5e-8 with momentum tuned?"""
    says(
        "06_adam",
        "With a rate of 0.56 Adam wins, but only a little: 0.04 and 0.09.",
        r"Momentum with a rate of 0.07 and $\beta = 0.6$ is at 0.00000005",
        "momentum wins by a factor of a million",
    )
    at_40 = [downhill(ravine, move)[0][40] for move in (momentum(), adam(), adam(0.56))]
    assert [round(cost, 2) for cost in at_40] == [0.09, 0.27, 0.04]
    tuned = downhill(ravine, momentum(0.07, 0.6))[0]
    assert f"{tuned[40]:.0e}" == "5e-08"
    assert at_40[0] / tuned[40] > 1e6


def test_adam_leaves_at_45_degrees_and_the_goal_lies_at_17(ravine):
    """Is Adam's first step diagonal, and the direction to the lowest point another?"""
    says(
        "06_adam",
        "leaves the start at exactly 45 degrees",
        "The goal lies at 17 degrees",
    )
    _, points = downhill(ravine, adam(), 1)
    step = np.abs(points[1] - points[0])
    assert step[0] == pytest.approx(step[1])
    assert round(np.degrees(np.arctan2(2.4, 8.0))) == 17


def test_noise_leaves_adam_the_quietest():
    """Are the mean costs of the last 30 noisy steps 0.37, 1.5 and 2.3?"""
    says(
        "06_adam",
        "Adam has a mean cost of 0.37, momentum, which adds the noise up, 2.3.",
        "Plain descent has 1.5, most of it because it is not there yet",
    )
    from utils.figures.adam import landscapes

    land = landscapes.valley(4, noise=6.0)
    means = [downhill(land, move)[0][-30:].mean() for move in (adam(), descent(), momentum())]
    assert f"{means[0]:.2f}, {means[1]:.1f}, {means[2]:.1f}" == "0.37, 1.5, 2.3"
    assert downhill(landscapes.valley(4), descent())[0][-30:].mean() > means[1] / 2


def test_only_adam_suffers_in_a_turned_ravine(ravine):
    """Does Adam's cost at step 40 go from 0.27 to 8.9 at 45 degrees, while the others stay?"""
    says(
        "06_adam",
        "at step 40 its cost goes from 0.27 to 8.9,",
        "while the other two walk exactly as before",
    )
    from utils.figures.adam import landscapes

    turned = landscapes.valley(25, 45)
    assert f"{downhill(turned, adam())[0][40]:.1f}" == "8.9"
    for move in (descent, momentum):
        straight, lean = downhill(ravine, move())[0], downhill(turned, move())[0]
        assert lean == pytest.approx(straight, rel=1e-6)


def test_a_rate_that_falls_makes_the_first_rate_matter_less():
    """Are the ends 0.05, 0.25 and 0.42 at constant rates, and all below 0.05 where it falls?"""
    says(
        "06_adam",
        "higher for a larger rate: 0.05, 0.25, 0.42 for rates of 0.1, 0.3,",
        "0.6. With a rate that falls all of them end below 0.05",
    )
    from utils.figures.adam.rates import noisy_walks

    ends = {
        name: [noisy_walks(reference.adam_step, a, name)[-50:].mean() for a in (0.1, 0.3, 0.6)]
        for name in ("constant", "halved three times", "down to 0 along a cosine")
    }
    assert [round(end, 2) for end in ends["constant"]] == [0.05, 0.25, 0.42]
    assert max(ends["halved three times"] + ends["down to 0 along a cosine"]) < 0.05


def test_optimizers_change_places_with_their_rates():
    """A stand-in of scikit-learn: does ten times the rate help descent, and unsettle momentum?"""
    says(
        "06_adam",
        "Momentum is first, Adam close behind, and plain descent last by far",
        "`sgd=0.1`, and it catches up with momentum at 0.01",
        "its loss goes up and down",
    )
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
    says(
        "06_adam",
        "the dense network learns 19,233 numbers instead of 1953; the other keeps its 137",
    )
    assert [(n * 16 + 16) + 17 for n in (120, 1200)] == [1953, 19233]
    assert (15 * 8 + 8) + 9 == 137


def test_the_memory_of_a_recurrent_unit_is_its_weight():
    """Does a push fade below one, at once at zero, and stay above one until it is turned round?"""
    says(
        "06_adam",
        "At 0 it forgets at once, at 0.9 slowly",
        "Above 1 one push is remembered for as long as you like,",
        "until an opposite push is strong enough",
    )
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


def test_momentum_is_nearer_after_40_steps_and_swings_with_little_friction(ravine):
    """At rate 0.02: who is ahead, is beta = 0 plain descent, does 0.98 cross the lowest point?"""
    says(
        "06_adam",
        r"Keep $\alpha = 0.02$ and compare the two after 40 steps",
        r"with $\beta = 0$ the velocity is the gradient",
        "It goes too far and swings back, again and again",
    )
    plain, _ = downhill(ravine, descent())
    rolling, _ = downhill(ravine, momentum())
    assert rolling[40] < plain[40] / 10
    assert downhill(ravine, momentum(beta=0.0))[0] == pytest.approx(plain)
    along = downhill(ravine, momentum(beta=0.98))[1][:, 0]
    assert np.sum(np.diff(np.sign(along)) != 0) >= 2


def test_a_steady_slope_is_walked_ten_times_as_fast():
    """Does the velocity settle at 1/(1 - 0.9) = 10 for a gradient of 1, and at 20 for 2?"""
    says("06_adam", "a steady slope is walked ten times as fast as before")
    for gradient in (1.0, 2.0):
        velocity = 0.0
        for _ in range(300):
            _, velocity = reference.momentum_step(0.0, gradient, velocity, 0.1, 0.9)
        assert velocity == pytest.approx(10 * gradient)


def test_other_forms_of_momentum_walk_alike():
    """With 1 - beta before the gradient, and with alpha inside the velocity: the same walk?"""
    says(
        "06_adam",
        r"$\alpha$ has to be $1/(1 - \beta)$ times as large for the same walk",
        r"means the same $\alpha$ and the same walk",
    )
    alpha, beta = 0.02, 0.9
    ours = averaged = inside = 1.0
    v = a = k = 0.0
    for _ in range(50):
        ours, v = reference.momentum_step(ours, 3 * ours, v, alpha, beta)
        a = beta * a + (1 - beta) * 3 * averaged
        averaged -= alpha / (1 - beta) * a
        k = beta * k - alpha * 3 * inside
        inside += k
        assert [averaged, inside] == pytest.approx([ours, ours])


def test_adam_notices_first_that_the_ridge_falls_away():
    """On the saddle: who is the first to have moved to the side by half a unit?"""
    says("06_adam", "Adam again. On a ridge the gradient to the side is tiny")
    from utils.figures.adam import landscapes

    land, first = landscapes.saddle(), []
    for move in (adam(), momentum(), descent()):
        _, points = downhill(land, move, 150)
        there = np.flatnonzero(np.abs(points[:, 1]) > 0.5)
        first.append(there[0] if len(there) else 151)
    assert first[0] < first[1] < first[2]


def test_adam_is_long_after_a_quiet_time_by_up_to_three_alphas():
    """Is the first step after 10,000 gradients of 0 about 3.2 alpha, and never longer?"""
    says(
        "06_adam",
        "after a long silence can make it move up to three times as far, and for some ten steps",
    )
    theta = m = v = 0.0
    for t in range(1, 10_001):
        theta, m, v = reference.adam_step(theta, 0.0, m, v, t, 1.0)
    moves = []
    for t in range(10_001, 10_016):
        before = theta
        theta, m, v = reference.adam_step(theta, float(t == 10_001), m, v, t, 1.0)
        moves.append(abs(theta - before))
    assert moves[0] == pytest.approx(0.1 / np.sqrt(0.001), rel=0.01)
    assert 9 <= np.sum(np.array(moves) > 1) <= 13


def test_two_convolutions_see_as_many_samples_as_the_lab_says():
    """Is one output of the second moved by 2k - 1 samples, with a stride s by k + (k - 1) s?"""
    says(
        "06_adam",
        "a stride of 1: $2k - 1$ samples.",
        r"With a stride $s$ in the first layer: $k + (k - 1)\,s$",
    )
    k, rng = 5, np.random.default_rng(0)
    w = rng.uniform(0.1, 1, (k, 1))
    for stride in (1, 3):
        x = rng.uniform(1, 2, 60)

        def last(x, stride=stride):
            out = reference.conv1d(x, w, np.zeros(1), stride)
            return reference.conv1d(out[:, 0], w, np.zeros(1))[0, 0]

        seen = [last(x + 0.1 * (np.arange(60) == i)) != last(x) for i in range(60)]
        assert sum(seen) == k + (k - 1) * stride


def test_the_examples_of_the_statements_and_the_quiz_are_right():
    """Do the numbers of both come from the functions asked for?"""
    says(
        "06_adam",
        r"new $\theta$ is $1 - 0.1 \cdot 4/4 = 0.9$",
        r"$\theta = 0.806782$",
        "`[[2.0], [1.5], [1.008712]]`",
        "16 units learns 1936 numbers. A convolution with 8 filters of width 15 on",
        "one channel learns 128, and 5 filters of width 4 on 3 channels learn 65",
    )
    theta, m, v = reference.adam_step(1.0, 4.0, 0.0, 0.0, 1, 0.1)
    assert (theta, m, v) == pytest.approx((0.9, 0.4, 0.016))
    assert f"{reference.adam_step(theta, 2.0, m, v, 2, 0.1)[0]:.6f}" == "0.806782"
    assert reference.adam_step(1.0, 4.0, 0.0, 0.0, 1, 0.1, eps=4.0)[0] == pytest.approx(0.95)
    path = reference.minimize(lambda p: p, np.array([2.0]), 2, 0.5)
    assert f"{path[-1][0]:.6f}" == "1.008712"
    assert reference.adam_step(0.0, 0.004, 0.0, 0.0, 1, 0.01)[0] == pytest.approx(-0.01, abs=1e-6)
    count = reference.conv1d_parameters
    assert [count(7, 2, 12), count(15, 1, 8), count(4, 3, 5)] == [180, 128, 65]
    assert reference.dense_parameters(120, 16) == 1936
    x = np.random.default_rng(0).normal(size=200)
    w = np.ones((9, 1))
    early, late = (reference.conv1d(np.roll(x, s), w, np.zeros(1), 5) for s in (0, 10))
    assert np.array_equal(early[:20], late[2:22])


@pytest.mark.slow
def test_ten_times_the_rate_takes_descent_from_1_8_to_0_1_and_adam_below_0_05():
    """Are those the training losses of the lab's network in Keras after fifteen epochs?"""
    says("06_adam", "its loss goes from about 1.8 to 0.1. Adam gains as well, to below 0.05")
    import keras

    X, _, y, _ = data.digits_split()
    ends = []
    for optimizer in (
        keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.01),
    ):  # fmt: skip
        keras.utils.set_random_seed(1)
        layers = [keras.layers.Dense(units, activation="relu") for units in (25, 15)]
        model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10)])
        model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        fit(model, X, y, epochs=15)
        Z = np.asarray(model(X))
        ends.append(-np.mean(reference.log_softmax(Z)[np.arange(len(y)), y]))
    assert ends[:2] == pytest.approx([1.8, 0.1], abs=0.1)
    assert ends[2] < 0.05
