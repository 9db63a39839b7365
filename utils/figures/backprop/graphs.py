"""Small computation graphs with places on the page, and how they are drawn."""

import functools

import numpy as np
from matplotlib.transforms import ScaledTranslation

from utils import reference
from utils.figures import kit


class Drawn:
    """A small graph with numbers on its leaves and places on the page: name -> (column, row)."""

    def __init__(self, nodes, leaves, places, about):
        self.graph = {}
        for line in nodes.split(", "):
            name, op, *inputs = line.replace("=", " ").split()
            self.graph[name] = (op, inputs)
        self.leaves, self.places, self.about = leaves, places, about
        self.output = list(self.graph)[-1]
        self.order = reference.topological_order(self.graph)

    def formula(self, name):
        """The step of a node in words: `z = w times x`."""
        op, inputs = self.graph[name]
        if op in BETWEEN:
            return f"{name} = {inputs[0]} {BETWEEN[op]} {inputs[1]}"
        return f"{name} = {op}({inputs[0]})"

    def users(self, name):
        """The nodes that use a name, as often as they use it."""
        return [node for node, (_, inputs) in self.graph.items() for s in inputs if s == name]


BETWEEN = {"add": "+", "mul": "·"}
_SYMBOLS = {"add": "+", "mul": "×", "square": "x²", "relu": "relu", "sigmoid": "σ", "log": "ln"}
GRAPHS = {
    "the neuron": Drawn(
        "z = mul w x, s = add z b, a = relu s, d = add a c, loss = square d",
        {"w": 2.0, "x": 3.0, "b": -1.0, "c": -3.0},
        {"w": (0, 2), "x": (0, 0.8), "z": (1, 1.4), "b": (1, 0), "s": (2, 1), "a": (3, 1),
         "c": (3, 0), "d": (4, 1), "loss": (5, 1)},
        "The cost of one ReLU neuron.",
    ),
    "used twice": Drawn(
        "b = add a a, c = mul b a",
        {"a": 3.0},
        {"a": (0, 1), "b": (1.7, 1.7), "c": (3.4, 1)},
        "The leaf a is used three times: twice by b, once by c.",
    ),
    "two ways": Drawn(
        "q = square x, r = add q y, out = mul r q",
        {"x": 2.0, "y": -1.0},
        {"x": (0, 1.4), "q": (1.2, 1.4), "y": (1.2, 0.2), "r": (2.4, 0.6), "out": (3.6, 1.2)},
        "Two ways lead from q to the output.",
    ),
    "a unit that is off": Drawn(
        "z = mul w x, s = add z b, a = relu s, out = mul v a",
        {"w": 1.0, "x": -2.0, "b": 1.0, "v": 3.0},
        {"w": (0, 2), "x": (0, 0.8), "z": (1, 1.4), "b": (1, 0), "s": (2, 1), "a": (3, 0.7),
         "v": (3, 2.2), "out": (4, 1.4)},
        "A ReLU unit whose score is negative.",
    ),
    "two layers": Drawn(
        "z1 = mul w1 x, z2 = mul w2 x, a1 = relu z1, a2 = relu z2, p1 = mul v1 a1, "
        "p2 = mul v2 a2, out = add p1 p2",
        {"x": 2.0, "w1": 1.5, "w2": -1.0, "v1": 2.0, "v2": 3.0},
        {"x": (0, 1.5), "w1": (0, 3), "w2": (0, 0), "z1": (1.2, 2.4), "z2": (1.2, 0.5),
         "a1": (2.3, 2.4), "a2": (2.3, 0.5), "v1": (2.7, 3.7), "v2": (2.7, -0.9),
         "p1": (3.5, 2.4), "p2": (3.5, 0.5), "out": (4.6, 1.5)},
        "Two hidden units that share one input; one of them is off.",
    ),
    "sigmoid and log": Drawn(
        "z = mul w x, p = sigmoid z, out = log p",
        {"w": -0.5, "x": 2.0},
        {"w": (0, 1.7), "x": (0, 0.5), "z": (1.2, 1.1), "p": (2.4, 1.1), "out": (3.6, 1.1)},
        "The log-probability that a logistic unit gives to yes.",
    ),
}  # fmt: skip


@functools.cache
def local_slopes(op, *inputs):
    """The partial derivatives of one operation: those of a graph of one node."""
    leaves = {str(k): float(value) for k, value in enumerate(inputs)}
    with np.errstate(all="ignore"):
        return list(reference.backward({"node": (op, list(leaves))}, leaves, "node").values())


def page(fig):
    """Axes as large as the picture."""
    ax = fig.axes()
    ax.set_position([0, 0, 1, 1])
    return ax


def short(value):
    """A number in four digits at most."""
    return f"{value + 0:.4g}"  # no -0


class Shown:
    """A graph on the axes of a figure: arrows and nodes stay, the numbers beside them move."""

    def __init__(self, fig, ax):
        self.fig, self.ax, self._key = fig, ax, None

    def show(self, drawn, values, slopes, current="", handed=None, moved=None):
        """Show these numbers; one that is missing in `values` or `slopes` is a question mark.

        `slopes` is None where slopes play no part, and so is `values`. `handed` maps (name, node,
        which input) to what the node hands back, `moved` a name to how far a nudge has moved it.
        """
        key = drawn, values is None, slopes is None, tuple(self.fig.canvas.get_size_inches())
        if key != self._key:
            self._key = key
            self._begin(drawn, slopes is None)
        for name, mark in self._marks.items():
            now = name == current
            mark.set(
                markeredgecolor=kit.PURPLE if now else kit.INK, markeredgewidth=3 if now else 1.4
            )
        for texts, numbers, form in (
            (self._values, values, "= {}"), (self._slopes, slopes, "slope {}"),
        ):  # fmt: skip
            for name, text in texts.items():
                known = "?" if name not in (numbers or {}) else short(numbers[name])
                text.set_text("" if numbers is None else form.format(known))
        for name, text in self._moved.items():
            text.set_text(f"{moved[name]:+.4f}" if name in (moved or {}) else "")
        for key, text in self._handed.items():
            text.set_text(f"\u2190 {short(handed[key])}" if key in (handed or {}) else "")

    def _begin(self, drawn, without):
        ax, places = self.ax, drawn.places
        self.fig.anew()
        ax.clear()
        ax.set_axis_off()
        columns, rows = zip(*places.values(), strict=True)
        ax.set(xlim=(min(columns) - 0.45, max(columns) + 0.6))
        ax.set(ylim=(min(rows) - 1.0, max(rows) + 0.5))
        self._handed = {}
        for node, (_, inputs) in drawn.graph.items():
            for number, source in enumerate(inputs):
                bend = 0.0 if inputs.count(source) == 1 else (0.22, -0.22)[number]
                ends = np.array(places[source]), np.array(places[node])
                _arrow(ax, *ends, bend)
                self._handed[source, node, number] = self._on_arrow(*ends, bend)
        self._marks, self._values, self._slopes, self._moved = {}, {}, {}, {}
        for name, (x, y) in places.items():
            leaf = name not in drawn.graph
            (self._marks[name],) = ax.plot(
                [x], [y], "s" if leaf else "o", markersize=27 if leaf else 31,
                markerfacecolor="none", linestyle="--", zorder=3,
            )  # fmt: skip
            sign = name if leaf else _SYMBOLS[drawn.graph[name][0]]
            ax.text(x, y, sign, ha="center", va="center", size=12 if len(sign) < 3 else 10)
            if not leaf:
                self._beside(x, y, (0, 21), name, kit.INK, va="bottom", weight="bold")
            self._values[name] = self._beside(x, y, (0, -20), "", kit.BLUE)
            self._slopes[name] = self._beside(x, y, (0, -34), "", kit.VERMILLION)
            below = -34 if without else -48
            self._moved[name] = self._beside(x, y, (0, below), "", kit.PURPLE)
        texts = (self._values, self._slopes, self._moved, self._handed)
        self.fig.live(*self._marks.values(), *(text for some in texts for text in some.values()))

    def _beside(self, x, y, by, text, colour, **looks):
        """Words at a place, moved by points to the right and up."""
        right, up = (each / 72 for each in by)
        place = self.ax.transData + ScaledTranslation(right, up, self.fig.canvas.dpi_scale_trans)
        looks = {"ha": "center", "va": "top", "size": 10.5} | looks
        return self.ax.text(x, y, text, color=colour, transform=place, **looks)

    def _on_arrow(self, start, end, bend):
        """Words beside the middle of an arrow."""
        along = self.ax.transData.transform(end) - self.ax.transData.transform(start)
        aside = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-9)  # off the arrow
        middle = (start + end) / 2 + bend / 2 * np.array([(end - start)[1], -(end - start)[0]])
        by = (-13.0 if bend > 0 else 13.0) * aside
        return self._beside(*middle, by, "", kit.VERMILLION, va="center", size=9.5)


def _arrow(ax, start, end, bend):
    ax.annotate(
        "", end, start, zorder=1,
        arrowprops={
            "arrowstyle": "->", "color": kit.INK, "shrinkA": 17, "shrinkB": 18, "linewidth": 1.4,
            "connectionstyle": f"arc3,rad={bend}",
        },
    )  # fmt: skip
