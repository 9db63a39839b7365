"""The curves of activation functions, their slopes, and a unit that cannot learn."""

import numpy as np

from utils import reference
from utils.figures import kit

_NAMES = ("sigmoid", "relu", "linear")
_LOOKS = list(zip(kit.COLOURS, kit.DASHES, kit.MARKERS, strict=True))


def three_activations(sigmoid=None, relu=None, linear=None, sigmoid_slope=None, relu_slope=None):
    """Sigmoid, ReLU and linear on one pair of axes, with tangents, and their slopes as bars."""
    grid = np.linspace(-8, 8, 401)
    titles = ("sigmoid", "ReLU", "linear")
    with kit.Figure("Three activations and their slopes", 720, 360) as fig:
        score = fig.slider("score z", -8.0, 8.0, 1.0, 0.1)
        left, right = fig.axes(1, 2, ratios=(2.1, 1))
        left.set(xlim=(-8, 8), ylim=(-4.4, 4.4), aspect="equal", xlabel="score z")
        left.set_ylabel("activation a")
        right.set(xlim=(-0.6, 2.6), ylim=(0, 1.15), title="slope at z", ylabel="slope")
        right.set_xticks(range(3), titles, size=9)
        for draw in (left.axhline, left.axvline):
            draw(0, color=kit.INK, linewidth=0.8, alpha=0.4)
        given = (sigmoid, relu, linear)
        values = [
            fig.own(f, name, getattr(reference, name))
            for f, name in zip(given, _NAMES, strict=True)
        ]
        slopes = [
            fig.own(sigmoid_slope, "sigmoid_slope", reference.sigmoid_slope),
            fig.own(relu_slope, "relu_slope", reference.relu_slope),
            lambda z: np.ones(np.shape(z)),
        ]
        bars = right.bar(range(3), np.zeros(3), 0.6)
        heights = [right.text(k, 0, "", ha="center", va="bottom") for k in range(3)]
        tangents, points = [], []
        for k, (colour, dash, mark) in enumerate(_LOOKS[:3]):
            (curve,) = left.plot(grid, values[k](grid), dash, color=colour, label=titles[k])
            (tangent,) = left.plot([], [], color=colour, linewidth=5, alpha=0.45)
            (point,) = left.plot([], [], mark, color=colour, markersize=9, zorder=4)
            bars[k].set(facecolor=colour + "70", edgecolor=colour, hatch=kit.HATCHES[k])
            tangents.append(tangent)
            points.append(point)
            values[k].draws(curve)
            if k < 2:
                slopes[k].draws(tangent, bars[k])
        left.legend(loc="upper left")
        fig.live(*tangents, *points, *bars, *heights)

        @fig.on_change
        def update():
            z, texts = np.array(score.value), []
            for k, name in enumerate(_NAMES):
                a, g = float(values[k](z)), float(slopes[k](z))
                step = np.array([-1.2, 1.2]) / np.hypot(1, g)
                tangents[k].set_data(z + step, a + g * step)
                points[k].set_data([z], [a])
                bars[k].set_height(min(g, 1.1))
                heights[k].set(y=min(g, 1.1), text=f"{g:.4g}")
                texts.append(f"{name} {a:.4g} with slope {g:.4g}")
            return f"At z = {score.value:.1f}: {'; '.join(texts)}."

    return fig


def _gelu(z):
    from scipy.special import ndtr

    return z * ndtr(z)


def _gelu_slope(z):
    from scipy.special import ndtr

    return ndtr(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


_LEAK = 0.1
_ZOO = {  # activation, slope, what it is good for
    "sigmoid": (reference.sigmoid, reference.sigmoid_slope, "output: how probable"),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, "a sigmoid around 0, slope up to 1"),
    "ReLU": (reference.relu, reference.relu_slope, "hidden layers: the usual choice"),
    "leaky ReLU": (
        lambda z: np.where(z > 0, z, _LEAK * z),
        lambda z: np.where(z > 0, 1.0, _LEAK),
        "never quite off",
    ),
    "GELU": (_gelu, _gelu_slope, "a smooth ReLU, usual in language models"),
}


def zoo():
    """Five activations and their slopes, one of them thick, under one score."""
    grid = np.linspace(-4, 4, 321)
    with kit.Figure("The zoo of activations", 720, 330) as fig:
        chosen = fig.choice("activation", list(_ZOO), "tanh")
        score = fig.slider("score z", -4.0, 4.0, -1.0, 0.1)
        left, right = fig.axes(1, 2, xlim=(-4, 4), xlabel="score z")
        left.set(ylim=(-1.4, 3), title="activation")
        right.set(ylim=(-0.25, 1.25), title="slope")
        for ax in (left, right):
            ax.axhline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            ax.axvline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            for f, g, _ in _ZOO.values():
                ax.plot(grid, (f if ax is left else g)(grid), color=kit.INK, linewidth=1, alpha=0.4)
        lines = [ax.plot([], [], color=kit.BLUE, linewidth=3)[0] for ax in (left, right)]
        dots = [ax.plot([], [], "o", color=kit.VERMILLION, markersize=9)[0] for ax in (left, right)]
        fig.live(*lines, *dots)

        @fig.on_change
        def update():
            f, g, use = _ZOO[chosen.value]
            z = np.array(score.value)
            for line, dot, curve in zip(lines, dots, (f, g), strict=True):
                line.set_data(grid, curve(grid))
                dot.set_data([z], [float(curve(z))])
            return (
                f"{chosen.value} ({use}): at z = {z:.1f} it gives {float(f(z)):.3f} with slope "
                f"{float(g(z)):.3f}."
            )

    return fig


def dead_unit(relu=None, relu_slope=None):
    """One unit learns a ramp by gradient descent, or cannot, because it is off everywhere."""
    x = np.linspace(0, 6, 40)
    y, last, rate = 0.8 * np.maximum(x - 2, 0), 40, 0.04
    with kit.Figure("A unit that is off for every example", 720, 320) as fig:
        kinds = {"ReLU": 0, "leaky ReLU": 1}
        kind = fig.choice("activation", kinds)
        bias = fig.slider("bias at the start", -9.0, 0.0, -7.0, 0.5)
        step = fig.player("step", last, start=last)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        left.set(xlim=(0, 6), ylim=(-1.2, 4.2), xlabel="input x", ylabel="output")
        right.set(xlim=(0, last + 1), ylim=(0, 4), xlabel="step", ylabel="cost")
        left.plot(x, y, ".", color=kit.INK, label="examples")
        (line,) = left.plot([], [], color=kit.BLUE, label="the unit")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.VERMILLION)
        left.legend(loc="upper left")
        fig.live(line, curve, now)
        pairs = [
            (
                fig.own(relu, "relu", reference.relu),
                fig.own(relu_slope, "relu_slope", reference.relu_slope),
            ),
            _ZOO["leaky ReLU"][:2],
        ]

        def run():
            activation, slope = pairs[kind.value]
            w, b, states = 1.0, bias.value, []
            for _ in range(last + 1):
                z = w * x + b
                error = activation(z) - y
                states.append((w, b, np.mean(error**2)))
                pull = 2 * error * slope(z) / len(x)
                w, b = w - rate * float(pull @ x), b - rate * float(pull.sum())
            return states

        @fig.on_change
        def update():
            states = run()
            w, b, cost = states[step.value]
            line.set_data(x, pairs[kind.value][0](w * x + b))
            curve.set_data(range(step.value + 1), [s[2] for s in states[: step.value + 1]])
            now.set_data([step.value], [cost])
            on = int(np.sum(w * x + b > 0))
            return (
                f"After {step.value} steps: weight {w:.2f}, bias {b:.2f}, score above 0 for {on} "
                f"of {len(x)} examples. Cost {cost:.3f}, at the start {states[0][2]:.3f}."
            )

    return fig


def quiz_line():
    """The line of quiz question 3: slopes 1, -2 and one half, with corners at 2 and 4."""
    knots, heights = [0, 2, 4, 6], [1, 3, -1, 0]
    with kit.Figure("Output of a ReLU network", 480, 300) as fig:
        ax = fig.axes(xlabel="input x", ylabel="output", xlim=(0, 6), ylim=(-1.5, 3.5))
        ax.set_yticks(range(-1, 4))
        ax.grid(alpha=0.4, linewidth=0.8)
        ax.plot(knots, heights, color=kit.BLUE)
        ax.plot(knots[1:3], heights[1:3], "o", color=kit.BLUE)
        fig.text = (
            "Straight pieces lead from height 1 at x = 0 to 3 at x = 2, to -1 at x = 4, "
            "to 0 at x = 6."
        )

    return fig
