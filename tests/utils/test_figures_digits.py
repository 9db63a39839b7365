"""The figures of lab 08_digits, with and without the learner's functions."""

import numpy as np
import pytest

from tests.utils.figures import first_slider, moves, not_numbers, picture, unfinished
from utils import data, reference
from utils.figures import digits as figures


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
    X, y = data.digits()
    parts = reference.shuffle_split(X, y, 200, 0)
    return figures.Training(Logits(), parts, None)


FIGURES = {
    "readings": (figures.readings, 1),
    "confusion": (figures.confusion, 2),
    "mistakes": (figures.mistakes, 2),
    "first_layer": (figures.first_layer, 0),
    "draw": (figures.draw, 1),
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


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in ("mistakes", "draw")])
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
    fig = make(training, *[wrong] * count)
    assert len(fig.notes) == count
    assert fig.text == make(training).text


def test_the_matrix_shows_a_count_in_every_cell_that_has_one(training):
    """Is the table there, and is its frame on the first mistake?"""
    fig = figures.confusion(training)
    table = reference.confusion_matrix(
        training.y_test, reference.read_digits(training.model, training.X_test)[0], 10
    )
    shown = [text.get_text() for text in fig.canvas.axes[0].texts]
    assert shown == [f"{count}" for count in table.ravel() if count]
    true, read = (slider.value for slider in sliders(fig))
    assert true != read
    assert table[true, read] > 0


def test_a_square_is_inked_by_a_press(training):
    """Does a drawn digit change the count and the picture, and does the page come clean?"""
    fig = figures.draw(training)
    squares = fig.widget.children[1].children[0].children
    assert len(squares) == 64
    assert {square.tooltip for square in squares} == {
        f"row {r}, column {c}" for r in range(1, 9) for c in range(1, 9)
    }
    inked = sum(square.value for square in squares)
    squares[0].value = True
    assert fig.text.startswith(f"{inked + 1} squares")
    clear = next(c for c in fig.controls.children if c.description == "Clear")
    clear.click()
    assert not any(square.value for square in squares)
    assert "The page is empty" in fig.text


def test_soft_edges_stay_within_the_range_of_ink():
    """Is the ink of a drawing between 0 and 1, and grey beside what is inked?"""
    drawing = np.zeros((8, 8))
    drawing[3, 3:6] = 1
    ink = figures.soften(drawing)
    assert ink.max() <= 1
    assert 0 < ink[2, 4] < ink[3, 4]
    assert ink[0, 0] == 0
