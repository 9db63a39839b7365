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
