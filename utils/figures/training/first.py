"""The pictures as numbers, what a probability costs, and two results side by side."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.own import FAILURES, quietly, trouble

LN2 = float(np.log(2))
_SQUARE = 0.5 * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])


def pixels():
    """One digit as a picture and as the row of 64 numbers that a model gets."""
    X, y = data.digits_binary()
    with kit.Figure("A picture is a row of numbers", 680, 300) as fig:
        picture = fig.slider("picture", 0, len(X) - 1, 2)
        pixel = fig.slider("pixel", 0, 63, 36)
        left, right = fig.axes(1, 2, ratios=(1, 1.7))
        left.set(xticks=range(8), yticks=range(8), xlabel="column", ylabel="row")
        right.set(xlim=(-1, 64), ylim=(0, 1.12), xlabel="pixel = 8 * row + column", ylabel="ink")
        right.set_xticks(range(0, 64, 8))
        image = kit.tiles(left, np.zeros((8, 8)))
        (frame,) = left.plot([], [], color=kit.VERMILLION)
        ends = np.ravel(np.arange(64)[:, None] + (-0.4, 0.4))
        heights = np.zeros(len(ends) - 1)  # of bars, and of the gaps between them
        bars = right.stairs(heights, ends, fill=True, color=kit.BLUE)
        (mark,) = right.plot([], [], "v", color=kit.VERMILLION, markersize=9)
        fig.live(image, frame, bars, mark)

        @fig.on_change
        def update():
            x, k = X[picture.value], pixel.value
            row, column = divmod(k, 8)
            image.set_data(x.reshape(8, 8))
            frame.set_data(column + _SQUARE[0], row + _SQUARE[1])
            heights[::2] = x
            bars.set_data(heights.copy())
            mark.set_data([k], [x[k] + 0.05])
            return (
                f"Picture {picture.value} is a {y[picture.value]}. Pixel {k} (row {row}, column "
                f"{column}, marked) has ink {x[k]:.2f}."
            )

    return fig


def one_unit(predict=None, X=((0.0,),), w=(1.0,), b=0.0):
    """Scores of a few rows on the sigmoid, and what the learner's function makes of them."""
    rows, w = np.asarray(X, float), np.asarray(w, float)
    scores = rows @ w + b
    reach = max(4.0, 1.1 * float(np.abs(scores).max()))
    grid = np.linspace(-reach, reach, 161)
    with kit.Figure("Scores, and the probabilities made of them", 600, 310) as fig:
        ax = fig.axes(xlabel="score z = w x + b", ylabel="probability", xlim=(-reach, reach))
        ax.set_ylim(-0.1, 1.1)
        ax.plot(grid, reference.sigmoid(grid), color=kit.INK, linewidth=1, label="sigmoid")
        right = reference.sigmoid(scores)
        ax.plot(scores, right, "o", color=kit.GREEN, fillstyle="none", markersize=13,
                label="right")  # fmt: skip
        own = fig.own(predict, "predict", reference.logistic_unit, finite=False)
        mine = np.asarray(own(rows, w, b), float)
        inside = np.clip(mine, -0.08, 1.08)
        own.draws(*ax.plot(scores, inside, "D", color=kit.VERMILLION, label="yours"))
        ax.legend(loc="upper left")
        said = "; ".join(
            f"{p:.4g} for the score {z:.4g}, should be {q:.4g}"
            for z, p, q in zip(scores, mine, right, strict=True)
        )
        fig.text = f"Yours says {said}."

    return fig


def loss_terms(binary_cross_entropy=None):
    """The loss of one example against the probability, for both labels."""
    grid = np.concatenate([np.geomspace(0.002, 0.1, 20), np.linspace(0.13, 0.87, 20)])
    grid = np.concatenate([grid, 1 - np.geomspace(0.1, 0.002, 20)])
    with kit.Figure("What a probability costs", 600, 310) as fig:
        label = fig.choice("label", {"1": 1, "0": 0})
        slider = fig.slider("probability p", 0.002, 0.998, 0.7, 0.002, ".3f")
        ax = fig.axes(xlabel="probability p that it is a 1", ylabel="loss", xlim=(0, 1))
        ax.set_ylim(-0.1, 6.4)
        own = fig.own(binary_cross_entropy, "binary_cross_entropy", reference.binary_cross_entropy)

        def loss(y, p):
            return float(own(np.array([y]), np.array([p])))

        ax.plot(grid, [loss(1, p) for p in grid], color=kit.BLUE, label="label 1: -ln p")
        ax.plot(
            grid, [loss(0, p) for p in grid], "--", color=kit.VERMILLION,
            label="label 0: -ln(1 - p)",
        )  # fmt: skip
        ax.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(0.995, LN2 + 0.08, "ln 2", ha="right", va="bottom")
        (drop,) = ax.plot([], [], ":", color=kit.INK, linewidth=1)
        (point,) = ax.plot([], [], "o", markersize=9)
        value = ax.text(0.5, 4.3, "", ha="center", size=13)
        ax.legend(loc="upper center")
        fig.live(drop, point, value)

        @fig.on_change
        def update():
            p, y = slider.value, label.value
            cost = loss(y, p)
            drop.set_data([p, p], [0, cost])
            point.set_data([p], [cost])
            point.set(color=kit.BLUE if y else kit.VERMILLION, marker="o" if y else "s")
            value.set_text(f"loss {cost:.3f}")
            return f"If the label is {y}, the probability {p:.3f} costs {cost:.3f}."

    return fig


def beside(name, own, keras):
    """Print the learner's numbers and those of Keras, one under the other.

    `own()` is called here: while it calls an unfinished answer, a note takes its line. `keras`
    holds the numbers that Keras gave; numbers and arrays, several in a tuple, are shown alike.
    """
    rows = []
    try:
        with quietly():
            rows.append((name, _five_digits(own())))
    except NotImplementedError as error:  # its text names the exercise that is not written yet
        unwritten = str(error).rpartition(": ")[2] or name
        print(f"Note: finish {unwritten} to see your own numbers here.")
    except FAILURES as error:  # what a learner wrote must not stop the page
        print(f"Note: {trouble(name, error)}; only Keras is shown.")
    rows.append(("Keras", _five_digits(keras)))
    width = max(len(label) for label, _ in rows)
    for label, numbers in rows:
        print(f"{label:{width}}  {numbers}")


def _five_digits(value):
    parts = value if isinstance(value, tuple) else (value,)
    shown = [" ".join(f"{x:.5f}" for x in np.ravel(np.asarray(part, float))) for part in parts]
    return "   ".join(shown)
