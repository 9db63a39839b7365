"""A guess, committed before a figure runs and drawn over what then comes out."""

import numpy as np

from utils.figures import kit


def guess(what, low, high, start=None):
    """A scale with a marker to move: the learner's guess of a number between `low` and `high`.

    Hand what it returns to the figure that shows the truth. A marker that was never moved is no
    guess, and is not drawn there.
    """
    start = (low + high) / 2 if start is None else start
    with kit.Figure(f"Your guess: {what}", 520, 110) as fig:
        slider = fig.slider("your guess", float(low), float(high), float(start))
        ax = fig.axes(xlim=(low, high), ylim=(0, 1), yticks=[], xlabel=what)
        ax.spines["left"].set_visible(False)
        (mark,) = ax.plot([], [], "v", color=kit.PURPLE, markersize=14, clip_on=False)
        fig.live(mark)
        fig.guessed = None

        @fig.on_change
        def update():
            mark.set_data([slider.value], [0.3])
            if fig.guessed is None and slider.value == start:
                return "Move the marker, then run the next cell."
            fig.guessed = slider.value
            return f"You say {slider.value:.2f}. Run the next cell."

    return fig


def draw_guess(ax, guessed, right=True, at=float, upright=False):
    """Draw a guess as a horizontal line over the truth; say it in words, or nothing without one.

    `at(guess)` is its place on the axis, which is the one of y, or that of x if `upright`. Where
    it lies beyond the axes, an arrow points there.
    """
    value = getattr(guessed, "guessed", None)
    if value is None:
        return ""
    place, ends = at(value), ax.get_xlim() if upright else ax.get_ylim()
    look = {"color": kit.PURPLE, "linestyle": (0, (6, 2)), "linewidth": 1.5}
    share = (_scaled(ax, place, upright) - _scaled(ax, ends[0], upright)) / (
        _scaled(ax, ends[1], upright) - _scaled(ax, ends[0], upright)
    )
    inside = 0 <= share <= 1
    if inside:
        ax.axvline(place, **look) if upright else ax.axhline(place, **look)
    if upright:
        along, across, turn = float(np.clip(share, 0, 1)), 0.98, 90 if inside else 0
        arrow = "" if inside else " \u2190" if share < 0 else " \u2192"
        look = {"ha": "right", "va": "top", "rotation": turn}
    else:
        along, across = 0.99 if right else 0.01, float(np.clip(share, 0, 1))
        arrow = "" if inside else " \u2193" if share < 0 else " \u2191"
        look = {"ha": "right" if right else "left", "va": "top" if share > 0.9 else "bottom"}
    x, y = (along, across)
    ax.text(x, y, f"your guess{arrow}", color=kit.PURPLE, size=9.5, transform=ax.transAxes, **look)
    return f" You guessed {np.round(value, 2):g}."


def _scaled(ax, value, upright):
    """A number as its axis counts it: itself, or its logarithm."""
    kind = ax.get_xscale() if upright else ax.get_yscale()
    return np.log10(max(value, 1e-300)) if kind == "log" else value
