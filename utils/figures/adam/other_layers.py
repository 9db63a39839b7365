"""Three more kinds of layer, one picture each: two-dimensional windows, memory, attention."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import data, reference
from utils.figures import kit

_EDGES = {
    "ink above, paper below": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "ink on the left, paper on the right": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "a stroke from left to right": [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
    "mean": np.full((3, 3), 1 / 9),
}


def window_on_a_digit():
    """A window of 3 by 3 pixels on a digit: what lies under it, the weights, and all outputs."""
    from scipy.signal import correlate2d

    X, y = data.digits()
    with kit.Figure("A window on a picture", 720, 280) as fig:
        digit = fig.slider("picture", 0, 99, 5)
        kind = fig.choice("filter", {name: k for k, name in enumerate(_EDGES)}, 0)
        row, column = fig.slider("row", 0, 5, 1), fig.slider("column", 0, 5, 2)
        left, middle, right = fig.axes(1, 3, xticks=[], yticks=[])
        left.set_title("picture, 8 by 8")
        middle.set_title("ink times weight")
        right.set_title("output, 6 by 6")
        picture = kit.tiles(left, np.zeros((8, 8)))
        products = kit.tiles(middle, np.zeros((3, 3)), cmap="PuOr_r", vmin=-2, vmax=2)
        result = kit.tiles(right, np.zeros((6, 6)))
        texts = [middle.text(j, i, "", ha="center", va="center", size=9, color="#202020")
                 for i in range(3) for j in range(3)]  # fmt: skip
        frames = [
            left.add_patch(Rectangle((0, 0), 3, 3, fill=False, ec=kit.VERMILLION, lw=2.5)),
            right.add_patch(Rectangle((0, 0), 1, 1, fill=False, ec=kit.VERMILLION, lw=2.5)),
        ]
        fig.live(picture, products, result, texts, frames)

        @fig.on_change
        def update():
            image = X[digit.value].reshape(8, 8)
            weights = np.array(list(_EDGES.values())[kind.value], dtype=float)
            out = np.maximum(correlate2d(image, weights, mode="valid"), 0)
            i, j = row.value, column.value
            under = image[i : i + 3, j : j + 3]
            picture.set_data(image)
            products.set_data(under * weights)
            result.set_data(out)
            result.set_clim(0, max(out.max(), 1e-9))
            for text, ink, weight in zip(texts, under.ravel(), weights.ravel(), strict=True):
                text.set_text(f"{ink:.1f} · {weight:.2g}")
            for frame, size in zip(frames, (3, 1), strict=True):
                frame.set_xy((j - 0.5, i - 0.5))
                frame.set_width(size)
            return (
                f"A {y[digit.value]}. Rows {i} to {i + 2}, columns {j} to {j + 2}: the nine "
                f"products add up to {np.sum(under * weights):.2f}, after ReLU {out[i, j]:.2f}. "
                f"Nine weights make all 36 outputs; the strongest is {out.max():.2f}, in row "
                f"{int(out.argmax()) // 6}, column {int(out.argmax()) % 6}."
            )

    return fig


def recurrence():
    """One unit that hears itself: state = tanh(memory times state + weight times input)."""
    inputs = np.zeros(80)
    inputs[[8, 12, 15, 50]] = (1, 1, 1, -1)
    with kit.Figure("A unit with a memory", 700, 300) as fig:
        memory = fig.slider("weight of its own state", 0.0, 1.5, 0.9, 0.05)
        ear = fig.slider("weight of the input", 0.0, 2.0, 0.8, 0.1)
        top, bottom = fig.axes(2, 1, xlim=(0, 80))
        top.set(ylabel="input", ylim=(-1.3, 1.3))
        bottom.set(ylabel="state", xlabel="time", ylim=(-1.1, 1.1))
        top.vlines(range(80), 0, inputs, color=kit.INK, linewidth=2)
        bottom.axhline(0, color=kit.INK, linewidth=0.8)
        (line,) = bottom.plot([], [], "o-", color=kit.BLUE, markersize=3)
        fig.live(line)

        @fig.on_change
        def update():
            states, state = [], 0.0
            for value in inputs:
                state = np.tanh(memory.value * state + ear.value * value)
                states.append(state)
            line.set_data(range(80), states)
            return (
                f"Three beats early, one the other way at time 50. State after the third beat "
                f"{states[15]:.2f}, at time 49 {states[49]:.3f}, at the end {states[-1]:.3f}."
            )

    return fig


_WORDS = ("the", "cat", "left", "the", "milk", "because", "it", "was", "full")
# Made by hand: what each word offers, as (can be full or thirsty, can be sour, is an action).
_KEYS = np.array([[0, 0, 0], [3, 0, 0], [0, 0, 3], [0, 0, 0], [0, 3, 0], [0, 0, 0.5],
                  [0.5, 0.5, 0], [0, 0, 0.5], [0, 0, 0]])  # fmt: skip


def attention():
    """Which words does "it" look at? Scores of a query with every key, shared out by a softmax."""
    with kit.Figure("Attention: which words does this one look at?", 700, 280, least=500) as fig:
        last = fig.choice("the last word", ["full", "sour"])
        sharp = fig.slider("length of the query", 0.0, 4.0, 2.0, 0.1, ".1f")
        ax = fig.axes(ylabel="weight", ylim=(0, 1.1), xlim=(-0.6, len(_WORDS) - 0.4))
        bars = ax.bar(range(len(_WORDS)), np.zeros(len(_WORDS)), width=0.7, fc=kit.BLUE + "70",
                      ec=kit.BLUE, hatch="//")  # fmt: skip
        values = [ax.text(k, 0, "", ha="center", va="bottom", size=9) for k in range(len(_WORDS))]
        names = [ax.text(k, -0.05, word, ha="center", va="top") for k, word in enumerate(_WORDS)]
        names[6].set(weight="bold", color=kit.VERMILLION)
        ax.set_xticks([])
        fig.live(bars, values, names)

        @fig.on_change
        def update():
            query = sharp.value * np.array([1.0, 0, 0] if last.value == "full" else [0, 1.0, 0])
            weights = reference.softmax(_KEYS @ query / np.sqrt(3))
            names[-1].set_text(last.value)
            for bar, value, weight in zip(bars, values, weights, strict=True):
                bar.set_height(weight)
                value.set(y=weight, text=f"{weight:.2f}")
            best = int(np.argmax(weights))
            scores = ", ".join(
                f"{word} {score:.1f}"
                for word, score in zip(_WORDS, _KEYS @ query / np.sqrt(3), strict=True) if score
            )  # fmt: skip
            return (
                f'"It" looks most at "{_WORDS[best]}", with a weight of {weights[best]:.2f}; all '
                f"weights add up to 1. Scores that are not 0: {scores or 'none'}."
            )

    return fig
