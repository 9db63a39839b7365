"""The figures of lab 06_adam, with and without the learner's functions."""

import re
import threading

import numpy as np
import pytest

from tests.utils.figures import controls, is_stood_in_for, moves, not_numbers, picture, unfinished
from utils import data, reference
from utils.figures import adam as figures
from utils.figures import curves

FIGURES = {
    "one_rate": (figures.one_rate, 1),
    "with_momentum": (figures.with_momentum, 2),
    "paths": (figures.paths, 3),
    "effective_steps": (figures.effective_steps, 1),
    "fit_wave": (figures.fit_wave, 1),
    "some_pieces": (figures.some_pieces, 0),
    "sliding_window": (figures.sliding_window, 1),
    "rate_map": (figures.rate_map, 1),
    "rate_decay": (figures.rate_decay, 1),
    "window_on_a_digit": (figures.window_on_a_digit, 0),
    "recurrence": (figures.recurrence, 0),
    "attention": (figures.attention, 0),
}


def sliders(fig):
    """The sliders of a figure, by label; a player's hidden clock has no label."""
    return {name: c for name, c in controls(fig).items() if name and hasattr(c, "readout")}


def costs(fig):
    """The costs in the words of a race, by name."""
    found = re.findall(r"(gradient descent|momentum|Adam) ([\d.e-]+\d)", fig.text)
    return {name: float(cost) for name, cost in found}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_without_any_function(name):
    """Do every slider of each figure and its words and pixels go together, without a note?"""
    fig = FIGURES[name][0]()
    for slider in sliders(fig).values():
        value = slider.value
        other = slider.min if value == slider.max else slider.max
        assert moves(fig, slider, other) == (True, True)
        slider.value = value
    assert fig.notes == []


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", [name for name, (_, count) in FIGURES.items() if count])
def test_a_figure_never_raises(name, wrong):
    """Is an unfinished or broken function noted, and the reference drawn, in every figure?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count)


def test_the_valley_zigzags_and_diverges_where_the_lab_says():
    """Does the walk arrive below a rate of 2/25, and climb out above?"""
    fig = figures.one_rate()
    at = controls(fig)
    at["learning rate"].value = 0.075
    assert costs(fig)["gradient descent"] < 0.01
    assert "across the valley by -0.875" in fig.text
    at["learning rate"].value = 0.1
    assert "gradient descent has diverged" in fig.text


def test_momentum_wins_in_the_valley():
    """Is momentum far ahead after 40 steps with the same rate, and equal with beta = 0?"""
    fig = figures.with_momentum()
    shown = costs(fig)
    assert shown["momentum"] < shown["gradient descent"] / 10
    controls(fig)["beta"].value = 0.0
    shown = costs(fig)
    assert shown["momentum"] == shown["gradient descent"]


def test_the_learners_step_is_drawn():
    """Does a walk uphill with the learner's wrong sign show as it is?"""
    fig = figures.with_momentum(lambda theta, grad, alpha: theta + alpha * grad)
    assert "gradient descent has diverged" in fig.text
    assert fig.notes == []


def test_adam_leaves_the_saddle_first():
    """Is Adam the first to find the way down to the side?"""
    fig = figures.paths()
    controls(fig)["landscape"].value = "saddle"
    shown = costs(fig)
    assert shown["Adam"] < 0.01 < 0.2 < shown["momentum"] < shown["gradient descent"]


def test_a_race_stays_whole_when_two_threads_move_it():
    """Is the last picture the right one after a cell and a control moved it at the same time?"""
    fig = figures.paths()
    at = controls(fig)

    def change_landscape():
        for k in range(12):
            at["landscape"].value = ("saddle", "noisy")[k % 2]

    def change_step():
        for k in range(24):
            with fig.hold():
                at["step"].value = k % 7

    threads = [threading.Thread(target=change) for change in (change_landscape, change_step)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at["step"].value = 30
    quiet = figures.paths()
    with quiet.hold():
        controls(quiet)["landscape"].value, controls(quiet)["step"].value = "noisy", 30
    assert fig.text == quiet.text
    assert np.array_equal(picture(fig), picture(quiet))


def test_noise_is_the_same_for_all():
    """Does momentum with beta = 0 meet the same noisy gradients as gradient descent?"""
    fig = figures.paths()
    with fig.hold():
        controls(fig)["landscape"].value = "noisy"
        controls(fig)["beta"].value = 0.0
    shown = costs(fig)
    assert shown["momentum"] == shown["gradient descent"]


def test_steps_do_not_depend_on_the_scale():
    """Do gradients near 100 and near 0.01 move alike, and too far without correction?"""
    fig = figures.effective_steps()
    assert "gradient near 100 1.00, gradient near 0.01 1.03" in fig.text
    controls(fig)["without bias correction"].value = True
    longest = [float(v) for v in re.findall(r"near [\d.]+ ([\d.]+)", fig.text)]
    assert min(longest) > 6
    controls(fig)["beta2"].value = 0.9
    longest = [float(v) for v in re.findall(r"near [\d.]+ ([\d.]+)", fig.text)]
    assert max(longest) < 1


def test_a_missing_correction_shows():
    """Does the learner who forgot the correction see long steps, without any note?"""

    def bare(theta, grad, m, v, t, alpha, beta1, beta2):
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        return theta - alpha * m / (np.sqrt(v) + 1e-8), m, v

    fig = figures.effective_steps(bare)
    assert re.search(r"gradient near 100 6\.\d", fig.text)
    assert fig.notes == []


def test_the_wave_is_found_in_fifty_steps():
    """Is there a rate that arrives within 50 steps, and one too large, as the lab asks?"""
    fig = figures.fit_wave()
    at = controls(fig)
    at["step"].value = 50
    errors = {}
    for rate in (0.01, 0.1, 1.0):
        at["learning rate"].value = rate
        errors[rate] = float(re.search(r"error ([\d.]+\d)", fig.text)[1])
    assert errors[0.1] < 0.06 < 0.5 < errors[0.01]
    assert errors[1.0] > 1


def test_the_window_says_what_it_computes():
    """Are sum, bias and output those of the window, and is a large stride followed?"""
    fig = figures.sliding_window()
    at = controls(fig)
    numbers = re.search(r"sum (-?[\d.]+), with bias (-?[\d.]+), output ([\d.]+\d)", fig.text)
    total, shifted, output = (float(v) for v in numbers.groups())
    assert total == shifted == output > 0
    with fig.hold():
        at["bias"].value, at["stride"].value = -1.5, 10
    assert "window 9 of 30, samples 90 to 98" in fig.text
    assert fig.text.endswith("output 0.000.")


def test_the_window_stays_where_it_is_when_the_stride_changes():
    """Does the window keep its place on the signal, there and back?"""
    fig = figures.sliding_window()
    at = controls(fig)
    at["window"].value = 200
    for stride in (5, 10, 2, 1):
        at["stride"].value = stride
        assert "samples 200 to 208" in fig.text
    assert at["window"].max == 291


def test_a_turned_valley_turns_the_path():
    """Do gradient descent and momentum walk the same walk in a turned valley, and Adam another?"""
    fig = figures.paths()
    straight = costs(fig)
    controls(fig)["turn the valley by"].value = 90
    assert costs(fig) == straight
    controls(fig)["turn the valley by"].value = 45
    lean = costs(fig)
    assert lean["momentum"] == straight["momentum"]
    assert lean["Adam"] > 10 * straight["Adam"]


def test_the_map_shows_the_learners_own_walk():
    """Is a momentum without friction drawn as it is, without a note?"""
    fig = figures.rate_map(lambda theta, grad, velocity, alpha, beta: (theta, velocity))
    walked = next(line for ax in fig.canvas.axes for line in ax.lines if len(line.get_xdata()) > 9)
    assert np.ptp(walked.get_xdata()) == 0
    assert fig.notes == []


def test_attention_weights_follow_the_query():
    """Does "it" look at the cat or at the milk, and at everything alike without a query?"""
    fig = figures.attention()
    at = controls(fig)
    assert '"cat"' in fig.text
    at["the last word"].value = "sour"
    assert '"milk"' in fig.text
    at["length of the query"].value = 0.0
    assert "with a weight of 0.11" in fig.text


def test_the_digits_window_multiplies_what_lies_under_it():
    """Are sum and output those of the nine pixels?"""
    fig = figures.window_on_a_digit()
    ink = data.digits()[0][5].reshape(8, 8)[1:4, 2:5]
    total = ink[0].sum() - ink[2].sum()
    assert f"add up to {total:.2f}, after ReLU {max(total, 0):.2f}" in fig.text


def test_labels_tell_broad_beats():
    """Do the labels name the pieces that hold a broad beat?"""
    fig = figures.some_pieces()
    assert "labels hidden" in fig.text
    controls(fig)["show labels"].value = True
    _, y = data.ecg_windows()
    expected = ", ".join(str(k + 1) for k in range(6) if y[k])
    assert f"broad beat in picture {expected}." in fig.text


def test_the_quiz_picture_has_words():
    """Can the quiz question be answered from the text alone?"""
    fig = figures.three_rates()
    assert all(f"Curve {name}" in fig.text for name in "ABC")


def test_the_signal_repeats_itself():
    """Are signals the same for a seed, other for another, and highest at their peaks?"""
    x, peaks = data.ecg(1000, seed=1)
    again, _ = data.ecg(1000, seed=1)
    other, _ = data.ecg(1000, seed=2)
    assert np.array_equal(x, again)
    assert not np.array_equal(x, other)
    assert 9 <= len(peaks) <= 14
    assert x[peaks].min() > np.sort(x)[-len(x) // 10]


@pytest.mark.slow
def test_keras_differs_only_in_its_epsilon():
    """Is the gap large at tiny gradients, and closed by enlarging eps?"""
    fig = figures.keras_differs(reference.adam_step)
    gap = float(re.search(r"Largest difference ([\d.]+),", fig.text)[1])
    assert gap > 0.6
    at = controls(fig)
    for t in (1, 10, 100, 1000):
        with fig.hold():
            at["step t"].value, at["your step with larger eps"].value = t, True
        assert "Largest difference 0.000" in fig.text


@pytest.mark.slow
def test_the_networks_train_as_the_lab_says(capsys, monkeypatch):
    """Do momentum and Adam beat plain descent at the default rates, and is convolution better?"""
    import keras

    shown = []
    monkeypatch.setattr(curves.LiveCurve, "finish", lambda curve: shown.append(curve.figure.text))
    figures.train_digits(epochs=3)
    plain, rolling, adaptive = (
        float(re.search(rf"{name} ([\d.]+),? ", shown[0])[1])
        for name in ("is: gradient descent", "momentum", "Adam")
    )
    assert max(rolling, adaptive) < plain
    keras.utils.set_random_seed(1)
    layers = keras.layers
    dense = [keras.Input((120,)), layers.Dense(16, activation="relu"), layers.Dense(1)]
    conv = [keras.Input((120, 1)), layers.Conv1D(8, 15, activation="relu")]
    conv += [layers.GlobalMaxPooling1D(), layers.Dense(1)]
    figures.train_pieces(keras.Sequential(dense), keras.Sequential(conv), epochs=10)
    shares = re.findall(r"and ([\d.]+)%", shown[1])
    assert float(shares[0]) < 90 < float(shares[1])


@pytest.mark.slow
def test_the_beat_is_followed_by_the_convolution_alone(capsys):
    """Does the convolutional network find the moved beat nearly everywhere, the dense one less?"""
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    dense = [keras.Input((120,)), layers.Dense(16, activation="relu"), layers.Dense(1)]
    conv = [keras.Input((120, 1)), layers.Conv1D(8, 15, activation="relu")]
    conv += [layers.GlobalMaxPooling1D(), layers.Dense(1)]
    models = keras.Sequential(dense), keras.Sequential(conv)
    figures.train_pieces(*models)
    fig = figures.learned_filters(*models)
    found = [float(share) for share in re.findall(r"([\d.]+)%", fig.text)]
    assert found[0] < 95 < found[1]
    words = fig.text
    controls(fig)["broad beat at sample"].value = 30
    assert fig.text != words
    assert figures.learned_filters(models[0], models[0]) is None
    assert "wants the network of the cell above" in capsys.readouterr().out
