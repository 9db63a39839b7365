"""ReLU networks of one input, built by hand, by gradient descent and from points."""

import ipywidgets as widgets
import numpy as np

from utils import reference
from utils.figures import kit

_LOOKS = list(zip(kit.COLOURS, kit.DASHES, kit.MARKERS, strict=True))

# Targets of the workshop: heights over x; the first three are made of three units with w = 1.
TARGETS = {
    "roof": ([0.0, 2.0, 4.0, 6.0], [0.5, 2.5, 2.5, 0.5]),
    "late start": ([0.0, 1.5, 3.0, 4.5, 6.0], [1.0, 1.0, 2.5, -0.5, 0.25]),
    "valley": ([0.0, 1.5, 4.0, 6.0], [3.0, 0.0, 0.0, 2.0]),
    "bowl": (np.linspace(0, 6, 61), (np.linspace(0, 6, 61) - 3) ** 2 / 3 - 0.5),
}


def relu_workshop(relu_network=None):
    """Three ReLU units on sliders: what each adds, their sum, a target to match and the error."""
    x, wide = np.linspace(0, 6, 241), np.linspace(0, 7.2, 145)  # a slope is shown one further
    start = ((0.5, -1.0), (0.5, -3.0), (-1.0, -5.0))
    with kit.Figure("The ReLU workshop", 720, 340) as fig:
        target = fig.choice("target", list(TARGETS))
        descend = fig.toggle("let gradient descent try from here")
        units = [
            (
                fig.slider(f"unit {k + 1}: slope v", -4.0, 4.0, v, 0.25),
                fig.slider(f"unit {k + 1}: bias b", -6.0, 0.0, b, 0.25),
            )
            for k, (v, b) in enumerate(start)
        ]

        def reset():
            for (slope, bias), (v, b) in zip(units, start, strict=True):
                slope.value, bias.value = v, b

        again = fig.button("Reset", reset)
        rows = [(target, descend, again), *units]  # one unit a row
        fig.controls.children = [widgets.HBox(row) for row in rows]
        fig.controls.layout.flex_flow = "column"
        left, right = fig.axes(1, 2, xlim=(0, 6), ylim=(-4.2, 4.2), xlabel="input x")
        left.set(title="what each unit adds", xlim=(-0.2, 7.2))
        right.set(title="their sum, plus c")
        for ax in (left, right):
            ax.axhline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            ax.grid(alpha=0.25, linewidth=0.6)
        adds, corners, tips = [], [], []
        for k, (colour, dash, mark) in enumerate(_LOOKS[:3]):
            (line,) = left.plot([], [], color=colour, linestyle=dash, label=f"unit {k + 1}")
            (corner,) = left.plot([], [], mark, color=colour, markersize=9)
            (tip,) = left.plot([], [], mark, color=colour, markersize=9, fillstyle="none")
            tips.append(tip)
            slope, bias = units[k]
            fig.handle(
                f"hinge of unit {k + 1}",
                left,
                lambda bias=bias: (-bias.value, 0.0),
                lambda x, _, bias=bias: kit.put(bias, -x),
                step=(0.25, 0),
                says=lambda x, _: f"x = {x:g}",
            )
            fig.handle(
                f"slope of unit {k + 1}",
                left,
                lambda slope=slope, bias=bias: (1 - bias.value, slope.value),
                lambda _, y, slope=slope: kit.put(slope, y),
                step=(0, 0.25),
                says=lambda _, y: f"slope {y:g}",
            )
            adds.append(line)
            corners.append(corner)
        left.legend(loc="lower left")
        (wanted,) = right.plot([], [], color=kit.INK, linewidth=7, alpha=0.35, label="target")
        (total,) = right.plot([], [], color=kit.PURPLE, label="network")
        (tried,) = right.plot([], [], "--", color=kit.GREEN, label="descent")
        right.legend(loc="lower left")
        error = right.text(5.9, -3.9, "", ha="right", va="bottom", size=12)
        fig.live(*adds, *corners, *tips, wanted, total, tried, error)
        own = fig.own(relu_network, "relu_network", reference.relu_network)

        @fig.on_change
        def update():
            v = np.array([slope.value for slope, _ in units])
            b = np.array([bias.value for _, bias in units])
            heights = np.interp(x, *TARGETS[target.value])
            c = float(heights[0])
            for k in range(3):
                one = slice(k, k + 1)
                adds[k].set_data(wide, own(wide, np.ones(1), b[one], v[one], 0.0))
                corners[k].set_data([-b[k]], [0])
                tips[k].set_data([1 - b[k]], [v[k]])
            output = own(x, np.ones(3), b, v, c)
            wanted.set_data(x, heights)
            total.set_data(x, output)
            distance = float(np.sqrt(np.mean((output - heights) ** 2)))
            error.set_text("matched" if distance < 0.005 else f"error {distance:.2f}")
            parts = ", ".join(f"{s:g} from x = {0 - t:g} on" for s, t in zip(v, b, strict=True))
            end = "The target is matched." if distance < 0.005 else f"Error {distance:.3f}."
            tried.set_data([], [])
            if descend.value:
                found = _descend(x, heights, b, v, c)
                tried.set_data(x, found)
                left_over = float(np.sqrt(np.mean((found - heights) ** 2)))
                end += f" From here {_TRIES} steps of gradient descent reach {left_over:.3f}."
            return f"Target {target.value}, c = {c:g}. The units add slopes of {parts}. {end}"

    return fig


_TRIES = 1000


def _descend(x, heights, b, v, c, rate=0.03):
    """Outputs after gradient descent on the biases and slopes of units with w = 1."""
    seen, wanted = x[::2, None], heights[::2]
    for _ in range(_TRIES):
        scores = seen + b
        outputs = np.maximum(scores, 0)
        error = 2 * (outputs @ v + c - wanted) / len(wanted)
        v, b = v - rate * error @ outputs, b - rate * (error @ (scores > 0)) * v
    return np.maximum(x[:, None] + b, 0) @ v + c


def pieces(fit_pieces=None, relu_network=None):
    """The learner's network through points of a smooth curve: more points, smaller error."""
    low, high = 0.0, 6.0
    wide = np.linspace(-1.5, 7.5, 901)
    inside = (wide >= low) & (wide <= high)

    def curve(x):
        return np.sin(1.7 * x) + 0.3 * x

    with kit.Figure("A smooth curve from straight pieces", 680, 320) as fig:
        number = fig.slider("points", 2, 65, 5)
        outside = fig.toggle("look outside")
        ax = fig.axes(xlabel="input x", ylabel="output", xlim=(-0.1, 6.1), ylim=(-2.6, 3.6))
        ax.plot(wide, curve(wide), color=kit.INK, linewidth=5, alpha=0.35, label="curve")
        (line,) = ax.plot([], [], color=kit.BLUE, label="network")
        (dots,) = ax.plot([], [], "o", color=kit.BLUE, markersize=5, label="points")
        edges = [
            ax.axvline(edge, color=kit.INK, linestyle=":", linewidth=1) for edge in (low, high)
        ]
        ax.legend(loc="lower center", ncols=3)
        fig.live(line, dots, *edges)

        def exact(knots, values):
            slopes = np.append(np.diff(values) / np.diff(knots), 0.0)
            return np.interp(wide, knots, values) + slopes[-2] * np.maximum(wide - knots[-1], 0)

        def network(knots, values):
            w, b, v, c = (np.asarray(part, dtype=float) for part in fit_pieces(knots, values))
            return outputs(wide, w, b, v, float(c))

        outputs = fig.own(relu_network, "relu_network", reference.relu_network)
        own = fig.own(None if fit_pieces is None else network, "fit_pieces", exact)

        @fig.on_change
        def update():
            knots = np.linspace(low, high, number.value)
            output = own(knots, curve(knots))
            line.set_data(wide, np.where(inside | outside.value, output, np.nan))
            dots.set_data(knots, curve(knots))
            limits = (-1.5, 7.5) if outside.value else (-0.1, 6.1)
            if ax.get_xlim() != limits:
                ax.set_xlim(limits)
                fig.refresh()
            worst = np.max(np.abs(output - curve(wide))[inside])
            return f"{len(knots)} points, {len(knots) - 1} pieces: largest error {worst:.4f}."

    return fig
