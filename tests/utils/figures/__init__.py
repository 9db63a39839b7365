"""What tests of figures share: what a figure shows, and functions of learners that do not work."""

import functools
import io

import numpy as np
from PIL import Image

from utils.figures import kit


def unfinished(*_):
    """An answer that is not written yet."""
    raise NotImplementedError("unfinished")


def not_numbers(*_):
    """An answer that returns without a number."""
    return np.nan


def controls(fig):
    """The controls that hold a value, by label; a row of controls counts as its controls."""
    found = [c for row in fig.controls.children for c in getattr(row, "children", (row,))]
    return {c.description: c for c in found if hasattr(c, "value")}


def first_slider(fig):
    """The first control with an end."""
    return next(c for c in controls(fig).values() if hasattr(c, "max"))


def shown(monkeypatch):
    """The list of figures that are displayed from now on, instead of displaying them."""
    found = []
    monkeypatch.setattr(kit, "display", lambda what, **_: found.append(what))
    return found


def picture(fig):
    """The pixels shown, as an array of RGBA values."""
    return np.asarray(Image.open(io.BytesIO(fig.picture.value)))


def moves(fig, control, value):
    """Give a control a value and tell whether the words changed, and whether the pixels did."""
    words, pixels = fig.text, picture(fig)
    control.value = value
    return fig.text != words, not np.array_equal(picture(fig), pixels)


def move_first(fig, to=None):
    """The words of a figure before and after its first slider, if there is one, is moved."""
    words = fig.text
    for slider in [c for c in controls(fig).values() if hasattr(c, "max")][:1]:
        slider.value = slider.max if to is None else to
    return words, fig.text


@functools.cache
def plain(make, *given, to=None):
    """A figure that is given no function, as it was made, and the words of `move_first`.

    Made once for all tests of a figure, which leave it as it was.
    """
    fig = make(*given)
    before = {control: control.value for control in controls(fig).values()}
    words = move_first(fig, to)
    for control, value in before.items():
        control.value = value
    return fig, words


def moves_without_a_note(make, to=None):
    """Let the first slider move words and pixels of a figure that is given no function."""
    fig, _ = plain(make, to=to)
    slider = first_slider(fig)
    value = slider.value
    other = slider.min if value == slider.max else slider.max
    assert moves(fig, slider, other if to is None else to) == (True, True)
    slider.value = value
    assert fig.notes == []


def is_stood_in_for(make, wrong, count, *given, least=None, to=None):
    """Let `make(*given, wrong, ...)` look like `make(*given)`, with a note for each wrong function.

    `least` is the number of notes where not every function is asked at once; `to` is where the
    first slider is moved, if not to its end.
    """
    fig = make(*given, *[wrong] * count)
    assert move_first(fig, to) == plain(make, *given, to=to)[1]
    assert (least or count) <= len(fig.notes) <= count
    assert all("the reference is drawn" in note for note in fig.notes)
