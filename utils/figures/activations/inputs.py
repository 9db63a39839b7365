"""Figures of one input of lab 02, which "Show me" draws: a network of ReLU units, and points."""

import numpy as np

from utils import reference
from utils.figures import kit


def outputs(relu_network=None, x=(0.0, 1.0), w=(1.0,), b=(0.0,), v=(1.0,), c=0.0):
    """The line of a ReLU network, with what the learner's function says at a few inputs."""
    x, w, b, v = (np.asarray(part, float) for part in (x, w, b, v))
    low, high = float(x.min()) - 1, float(x.max()) + 1
    grid = np.linspace(low, high, 241)
    with kit.Figure("Outputs on the line of the network", 600, 310) as fig:
        ax = fig.axes(xlabel="input x", ylabel="output", xlim=(low, high))
        right = reference.relu_network(x, w, b, v, c)
        ax.plot(grid, reference.relu_network(grid, w, b, v, c), color=kit.INK, label="the network")
        corners = np.array([-bias / weight for weight, bias in zip(w, b, strict=True) if weight])
        corners = corners[(low < corners) & (corners < high)]
        heights = reference.relu_network(corners, w, b, v, c)
        ax.plot(corners, heights, "|", color=kit.INK, markersize=14, label="a unit's corner")
        own = fig.own(relu_network, "relu_network", reference.relu_network, finite=False)
        mine = np.asarray(own(x, w, b, v, c), float)
        ax.plot(x, right, "o", color=kit.GREEN, fillstyle="none", markersize=13, label="right")
        own.draws(*ax.plot(x, mine, "D", color=kit.VERMILLION, label="yours"))
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        said = "; ".join(
            f"{a:.4g} for x = {at:.4g}, should be {r:.4g}"
            for at, a, r in zip(x, mine, right, strict=True)
        )
        fig.text = f"Yours says {said}."

    return fig


def through(fit_pieces=None, knots=(0.0, 1.0), values=(0.0, 1.0)):
    """Points to pass through, and the line of the network that the learner's function gives."""
    knots, values = np.asarray(knots, float), np.asarray(values, float)
    wide = 0.15 * float(np.ptp(knots))
    grid = np.linspace(knots[0] - wide, knots[-1] + wide, 301)

    def network(knots, values):
        w, b, v, c = (np.asarray(part, float) for part in fit_pieces(knots, values))
        return reference.relu_network(grid, w, b, v, float(c))

    def joined(knots, values):
        return np.interp(grid, knots, values)

    with kit.Figure("The points, and the line of your network", 600, 310) as fig:
        ax = fig.axes(xlabel="input x", ylabel="output", xlim=(grid[0], grid[-1]))
        own = fig.own(None if fit_pieces is None else network, "fit_pieces", joined)
        line = np.asarray(own(knots, values), float)
        ax.plot(knots, values, "o-", color=kit.GREEN, fillstyle="none", markersize=13, linewidth=1,
                label="points, joined")  # fmt: skip
        own.draws(*ax.plot(grid, line, color=kit.VERMILLION, label="yours"))
        spare = 0.4 * float(np.ptp(values)) + 0.2
        ax.set_ylim(values.min() - spare, values.max() + spare)
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        heights = np.interp(knots, grid, line)
        off = np.abs(heights - values)
        k = int(np.argmax(off))
        fig.text = (
            f"Of {len(knots)} points the line is furthest from ({knots[k]:.4g}, {values[k]:.4g}): "
            f"there it has the height {heights[k]:.4g}."
        )

    return fig
