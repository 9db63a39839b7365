"""The figures of lab 08_digits, with and without the learner's functions."""

import re
import warnings

import numpy as np
import pytest

from tests.utils.figures import (
    first_slider,
    is_stood_in_for,
    moves,
    not_numbers,
    picture,
    unfinished,
)
from utils import data, reference
from utils.figures import digits as figures
from utils.figures import kit
from utils.figures.digits import experiments, layers
from utils.figures.digits.drawing import soften


class Logits:
    """Stands in for a trained model: a linear reader with an unmistakable first layer."""

    def __init__(self):
        X, y = data.digits()
        self.W = np.array([X[y == k].mean(axis=0) for k in range(10)]).T
        self.b = -0.5 * (self.W**2).sum(axis=0)

    def __call__(self, X):
        return 2 * (np.asarray(X) @ self.W + self.b)

    def get_weights(self):
        return [self.W, self.b]


@pytest.fixture(scope="module")
def training():
    X, X_val, y, y_val = reference.shuffle_split(*data.digits(), 200, 0)
    return figures.Training(Logits(), (X[:900], y[:900]), (X_val, y_val), (X[900:], y[900:]))


class Trained:
    """Stands in for a trained network of three layers."""

    def __init__(self):
        from sklearn.neural_network import MLPClassifier

        X, _, y, _ = data.digits_split()
        network = MLPClassifier((25, 15), max_iter=30, random_state=0, n_iter_no_change=30)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it stops early on purpose
            network.fit(X, y)
        self.layers = list(zip(network.coefs_, network.intercepts_, strict=True))

    def __call__(self, X):
        now = np.asarray(X)
        for W, b in self.layers[:-1]:
            now = np.maximum(now @ W + b, 0)
        return now @ self.layers[-1][0] + self.layers[-1][1]

    def get_weights(self):
        return [part for layer in self.layers for part in layer]


@pytest.fixture(scope="module")
def deep(training):
    """The same digits with a network of three layers."""
    held = (training.X_val, training.y_val), (training.X_test, training.y_test)
    return figures.Training(Trained(), (training.X, training.y), *held)


FIGURES = {
    "readings": (figures.readings, 1),
    "confusion": (figures.confusion, 2),
    "mistakes": (figures.mistakes, 2),
    "first_layer": (figures.first_layer, 0),
    "draw": (figures.draw, 1),
    "through": (figures.through, 1),
    "drawer": (figures.drawer, 1),
}


def sliders(fig):
    return [c for c in fig.controls.children if hasattr(c, "max")]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_without_any_function(name, training):
    """Does each figure show ink and words, and no note, when it is given nothing?"""
    make, _ = FIGURES[name]
    fig = make(training)
    assert fig.text
    assert fig.notes == []
    assert (picture(fig)[..., 3] > 0).mean() > 0.02


@pytest.mark.parametrize(
    "name", [name for name in FIGURES if name not in ("mistakes", "draw", "drawer")]
)
def test_a_slider_moves_words_and_pixels(name, training):
    """Do words and pixels follow the first slider?"""
    fig = FIGURES[name][0](training)
    slider = first_slider(fig)
    other = slider.min if slider.value == slider.max else slider.max
    assert moves(fig, slider, other) == (True, True)


@pytest.mark.parametrize("wrong", [unfinished, not_numbers])
@pytest.mark.parametrize("name", [name for name, (_, count) in FIGURES.items() if count])
def test_a_figure_never_raises(name, wrong, training):
    """Is an unfinished or broken function noted, and the reference drawn?"""
    make, count = FIGURES[name]
    is_stood_in_for(make, wrong, count, training)


def test_the_matrix_shows_a_count_in_every_cell_that_has_one(training):
    """Is the table there, and is its frame on the first mistake?"""
    fig = figures.confusion(training)
    table = reference.confusion_matrix(
        training.y_val, reference.read_digits(training.model, training.X_val)[0], 10
    )
    shown = [text.get_text() for text in fig.canvas.axes[0].texts]
    assert shown == [f"{count}" for count in table.ravel() if count]
    true, read = (slider.value for slider in sliders(fig))
    assert true != read
    assert table[true, read] > 0


def test_a_stroke_inks_what_it_passes(training):
    """Does the pen leave ink on its way and nowhere else, and does the page come clean?"""
    fig = figures.draw(training)
    choice(fig, "Clear").click()
    assert "The page is empty" in fig.text
    assert fig.text.startswith("0 pixels are dark")
    draws(fig, [[2, 3], [5, 3]])
    assert fig.text.startswith("4 pixels are dark")
    choice(fig, "rub out").value = True
    draws(fig, [[2, 3], [5, 3]])
    assert fig.text.startswith("0 pixels are dark")


def draws(fig, points):
    """Draw a stroke through places, (column, row), of the page."""
    pen = fig._handles["pen"]
    at = pen.ax.transData.transform(points) / fig.canvas.bbox.size
    fig._heard(None, {"kind": "stroke", "name": "pen", "points": at, "first": True}, [])


def test_the_keyboard_draws_at_its_cursor(training):
    """Do arrow keys move the pen over the page, and does Space leave ink there?"""
    fig = figures.draw(training)
    choice(fig, "Clear").click()
    for message in ({"kind": "key", "by": [2, -1]}, {"kind": "press"}):
        fig._heard(None, {"name": "pen", **message}, [])
    assert fig.text.startswith("1 pixels are dark")
    assert fig._handles["pen"].seen(fig.canvas)["says"] == "row 5, column 6, ink 1.00"


def test_the_hand_chooses_a_cell(training):
    """Does a press on a cell of the matrix show its images, and an arrow key the next cell?"""
    fig = figures.confusion(training)
    cell = fig._handles["cell"]
    at = cell.ax.transData.transform([7.2, 2.8]) / fig.canvas.bbox.size
    fig._heard(None, {"kind": "move", "name": "cell", "at": at}, [])
    assert [slider.value for slider in sliders(fig)] == [3, 7]
    fig._heard(None, {"kind": "key", "name": "cell", "by": [1, 1]}, [])
    assert [slider.value for slider in sliders(fig)] == [2, 8]


def test_soft_edges_stay_within_the_range_of_ink():
    """Is the ink of a drawing between 0 and 1, and grey beside what is inked?"""
    page = np.zeros((8, 8))
    page[3, 3:6] = 1
    ink = soften(page)
    assert ink.max() <= 1
    assert 0 < ink[2, 4] < ink[3, 4]
    assert ink[0, 0] == 0


def choice(fig, label):
    return next(c for c in fig.controls.children if c.description == label)


def test_pages_end_with_the_digits_they_show(training):
    """Has each order as many pages as it needs, and does a new order begin at the first?"""
    fig = figures.readings(training)
    page, order = choice(fig, "page"), choice(fig, "show")
    assert page.max == 20
    page.value = 20
    order.value = "only mistakes"
    wrong = int(fig.text.split("). ")[-1].split(" of ")[0])
    assert page.max == -(-wrong // 10)
    assert page.value == 1
    order.value = "as they come"
    assert page.max == 20


def test_the_last_line_of_the_readings_is_inside_the_picture(training):
    """Do two lines under the bottom row stay within the canvas?"""
    fig = figures.readings(training)
    choice(fig, "show").value = "only mistakes"
    fig.canvas.draw_without_rendering()
    lowest = min(
        ax.texts[0].get_window_extent().y0 for ax in fig.canvas.axes if ax.texts[0].get_text()
    )
    assert lowest >= 0


def test_the_drawer_stays_closed_until_it_is_opened(training):
    """Is the share of the test part in neither words nor picture before?"""
    fig = figures.drawer(training)
    assert "still closed" in fig.text
    assert "test" not in fig.text.split("Bars")[0]
    pixels = picture(fig)
    choice(fig, "open the drawer").value = True
    classes, _ = reference.read_digits(training.model, training.X_test)
    share = np.mean(classes == training.y_test)
    assert f"test {100 * share:.1f}%" in fig.text
    assert not np.array_equal(picture(fig), pixels)


def test_lit_units_are_those_of_the_network(deep):
    """Are the activities those of the layers, and do they end in the model's logits?"""
    with kit.Figure("x", 300, 200) as fig:
        lights = layers.Lights(fig, fig.axes(), deep.model.get_weights(), deep.X_val)
    activities = lights.activities(deep.X_val[:5])
    assert [a.shape[1] for a in activities] == [25, 15, 10]
    assert np.allclose(activities[-1], deep.model(deep.X_val[:5]))
    assert min(a.min() for a in activities[:-1]) == 0


def test_the_slope_of_an_answer_for_a_pixel_is_measured():
    """Is the slope for the pixels the central difference of the logits?"""
    model, (X, _) = Trained(), data.digits()
    with kit.Figure("x", 300, 200) as fig:
        lights = layers.Lights(fig, fig.axes(), model.get_weights(), X)
    direction = np.eye(10)[8] - np.eye(10)[3]
    slope = lights.slope(X[:1], direction)
    nudge = 1e-6 * np.eye(64)
    measured = [(model(X[0] + n) - model(X[0] - n)) @ direction / 2e-6 for n in nudge]
    assert np.allclose(slope, measured, atol=1e-6)


def test_every_answer_can_be_asked_why(deep):
    """Do words and lines follow the digit and the answer asked about?"""
    fig = figures.through(deep)
    seen = {fig.text}
    for answer in (3, 8):
        choice(fig, "why").value = answer
        assert f"For the {answer} unit" in fig.text
        seen.add(fig.text)
    assert len(seen) == 3


def test_doing_as_the_colours_say_helps(deep):
    """Does inking the pixel that is named bring the digit wished for nearer?"""
    fig = figures.draw(deep)
    choice(fig, "what would make it a").value = 8
    image = fig._handles["pen"].ax.images[0]

    def lead():
        row = np.asarray(image.get_array()).reshape(1, 64)
        logits = deep.model(row)[0]
        return logits[8] - logits[[k for k in range(10) if k != 8]].max()

    before = lead()
    words = fig.text.split("most of all: ")[1]
    row, column = (int(number) for number in re.findall(r"(?:row|column) (\d)", words)[:2])
    choice(fig, "rub out").value = not words.startswith("add")
    draws(fig, [[column - 1, row - 1]])
    assert lead() > before


def test_a_copied_digit_is_named(training):
    """Does the caption say which real digit was copied, until the page is cleared?"""
    fig = figures.draw(training)
    choice(fig, "Copy a real one").click()
    number, label = fig.text.split("validation digit ")[1].split(", a ")
    assert int(label[0]) == training.y_val[int(number)]
    choice(fig, "Clear").click()
    assert "Copied" not in fig.text


def test_weights_of_the_size_asked_for_begin_the_training():
    """Does the reference begin with weights of that size, and end elsewhere after a step?"""
    X, y = (part[:300] for part in data.digits())
    W1, b1, W2, _ = experiments.from_size(X, y, 50, 1, 1e-6, 0, 3.0)
    assert W1.std() == pytest.approx(3.0, rel=0.05)
    assert W2.std() == pytest.approx(3.0, rel=0.1)
    assert np.abs(b1).max() == pytest.approx(1e-6, rel=0.01)


def solved(X, y, hidden, steps, alpha, seed, size=None):
    """A quick answer for the experiments: it answers the share of a nearest mean."""
    means = np.array([X[y == k].mean(axis=0) for k in range(10)])
    W1 = np.zeros((64, hidden))
    W1[:, :10] = means.T[:, :hidden]
    b2 = -(means**2).sum(axis=1) / 2
    return W1, np.zeros(hidden), np.eye(hidden, 10), b2


def test_experiments_run_the_learners_function(capsys):
    """Do all three figures show what the learner's function gives, without a note?"""
    tried = {"as it was": {}, "fewer": {"digits": 256}}
    for fig in (
        figures.initialisation(solved),
        figures.winners_curse(solved),
        figures.changes(solved, tried),
    ):
        assert fig.notes == []
    assert "spread of 0.0" in fig.text


def test_unfinished_experiments_show_the_reference(capsys):
    """Is an unfinished function noted, and the reference trained instead?"""
    small = {"hidden": 4, "seeds": 1}
    for fig in (
        figures.initialisation(unfinished, **small),
        figures.winners_curse(unfinished, steps=2, hidden=4, seeds=3),
        figures.changes(unfinished, {"quick": {"steps": 2}}, seeds=2),
    ):
        assert len(fig.notes) == 1
        assert fig.notes[0].endswith("the reference is drawn instead")


def test_a_setting_that_is_none_is_named(capsys):
    """Is a misspelt setting noted, and the rest run?"""
    fig = figures.changes(solved, {"faster": {"rate": 0.1}})
    assert fig.notes == ["faster: rate is no setting; left out"]


def test_the_winner_is_opened_with_the_drawer(capsys):
    """Are test shares told only once the drawer is open, over all splits seen so far?"""
    fig = figures.winners_curse(steps=5, hidden=8, seeds=4)
    assert "The drawer is closed" in fig.text
    choice(fig, "open the drawer").value = True
    assert "Over 1 splits" in fig.text
    choice(fig, "split").value = 2
    assert "Over 2 splits" in fig.text
