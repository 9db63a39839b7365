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


def draw_guess(ax, guessed, right=True):
    """Draw a guess as a horizontal line over the truth; say it in words, or nothing without one."""
    value = getattr(guessed, "guessed", None)
    if value is None:
        return ""
    ax.axhline(value, color=kit.PURPLE, linestyle=(0, (6, 2)), linewidth=1.5)
    place = {"x": 0.99, "ha": "right"} if right else {"x": 0.01, "ha": "left"}
    ax.text(
        y=value, s="your guess", va="bottom", color=kit.PURPLE, size=9.5,
        transform=ax.get_yaxis_transform(), **place,
    )  # fmt: skip
    return f" You guessed {np.round(value, 2):g}."
