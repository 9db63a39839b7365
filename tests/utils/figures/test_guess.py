"""A guess is drawn over the truth, if one was made."""

import pytest

from utils.figures import kit
from utils.figures.guess import draw_guess, guess


def slider(fig):
    return fig.controls.children[0]


def test_a_guess_is_what_the_marker_was_moved_to():
    """Is there no guess before the marker moves, and then the last place of it?"""
    fig = guess("cost", 0, 1, 0.1)
    assert fig.guessed is None
    assert fig.text == "Move the marker, then run the next cell."
    slider(fig).value = 0.7
    slider(fig).value = 0.1
    assert fig.guessed == pytest.approx(0.1)
    assert fig.text == "You say 0.10. Run the next cell."


def test_a_guess_is_drawn_and_told():
    """Is a line drawn at the guess, and nothing where none was made or none was asked for?"""
    with kit.Figure("The truth", 300, 200) as fig:
        ax = fig.axes(ylim=(0, 1))
        assert draw_guess(ax, None) == ""
        asked = guess("cost", 0, 1)
        assert draw_guess(ax, asked) == ""
        assert len(ax.lines) == 0
        slider(asked).value = 0.25
        assert draw_guess(ax, asked) == " You guessed 0.25."
        assert ax.lines[0].get_ydata()[0] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("value", "arrow"), [(-1.0, "your guess"), (-9.0, "your guess ↓"), (4.0, "your guess ↑")]
)
def test_a_guess_beyond_the_axes_has_an_arrow(value, arrow):
    """Is a guess on a logarithmic axis a line where it lies inside, else an arrow that way?"""
    with kit.Figure("The truth", 300, 200) as fig:
        ax = fig.axes(yscale="log", ylim=(1e-3, 1e2))
        asked = guess("power", -10, 10)
        slider(asked).value = value
        draw_guess(ax, asked, at=lambda power: 10.0**power)
        assert [text.get_text() for text in ax.texts] == [arrow]
        assert len(ax.lines) == (arrow == "your guess")


def test_a_guess_of_a_place_stands_upright():
    """Is it at its x?"""
    with kit.Figure("The truth", 300, 200) as fig:
        ax = fig.axes(xlim=(0, 1))
        asked = guess("place", 0, 1)
        slider(asked).value = 0.2
        draw_guess(ax, asked, upright=True)
        assert list(ax.lines[0].get_xdata()) == pytest.approx([0.2, 0.2])
