"""The map of a unit with one feature: gradient descent and mini-batches on it, and a quiz."""

import ipywidgets as widgets
import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.own import Tried
from utils.figures.training.first import LN2

_WEIGHTS, _BIASES = (-6.0, 14.0), (-7.0, 7.0)
_START = (-3.0, 3.0)


def _one_feature():
    X, y = data.digits_two_features()
    return X[:, :1].copy(), y


def _map(ax, weights=_WEIGHTS, biases=_BIASES):
    """Draw lines of equal cost over weight and bias; return the marks of the lowest and start."""
    X, y = _one_feature()
    w, b = np.linspace(*weights, 81), np.linspace(*biases, 57)
    z = w[None, :, None] * X[:, 0] + b[:, None, None]
    share = w * np.mean(y * X[:, 0]) + b[:, None] * np.mean(y)  # the mean of y times z
    cost = np.mean(np.log1p(np.exp(z)), axis=2) - share
    lines = ax.contour(
        w, b, cost, levels=[0.27, 0.3, 0.4, 0.55, LN2, 1, 1.5, 2, 3, 4, 5, 6, 8],
        colors=kit.INK, linewidths=0.8, alpha=0.7,
    )  # fmt: skip
    ax.clabel(lines, levels=[0.3, LN2, 1, 2, 4], fmt="%.2g", fontsize=8.5)
    row, column = np.unravel_index(np.argmin(cost), cost.shape)
    (lowest,) = ax.plot(
        w[column], b[row], "P", color=kit.GREEN, markersize=9, label="lowest cost", zorder=4,
        linestyle="",
    )  # fmt: skip
    (start,) = ax.plot(*_START, "D", color=kit.INK, markersize=7, label="start", linestyle="")
    ax.set(xlim=weights, ylim=biases, xlabel="weight w", ylabel="bias b")
    ax.legend(loc="lower right", borderaxespad=0.2)
    return lowest, start


def descent(gradient_descent=None):
    """Gradient descent on the map of one unit, with its learning rate on a slider."""
    X, y = _one_feature()
    last = 40
    with kit.Figure("Down the cost of one unit", 720, 340) as fig:
        alpha = fig._add(
            widgets.FloatLogSlider(
                value=1, base=10, min=-2, max=2, step=0.125, description="alpha",
                readout_format=".3g",
            )
        )  # fmt: skip
        step = fig.player("step", last, start=8)
        left, right = fig.axes(1, 2, ratios=(1.4, 1))
        lowest, begin = _map(left)
        start = list(_START)
        right.set(xlim=(0, last), ylim=(0, 4), xlabel="step", ylabel="cost")
        (path,) = left.plot([], [], "o-", color=kit.BLUE, markersize=4, linewidth=1.3)
        (here,) = left.plot([], [], "o", color=kit.VERMILLION, markersize=10)
        (curve,) = right.plot([], [], "o-", color=kit.BLUE, markersize=4, linewidth=1.3)
        (now,) = right.plot([], [], "o", color=kit.VERMILLION, markersize=10)
        fig.live(path, here, lowest, begin, curve, now)
        own = fig.own(gradient_descent, "gradient_descent", reference.gradient_descent)
        runs = {}

        def run(rate):
            """Weights, biases and costs before step 0, 1, ..., for one learning rate."""
            if rate not in runs:
                w, b, states = np.array([start[0]]), start[1], []
                for _ in range(last + 1):
                    new_w, new_b, costs = own(X, y, w, b, rate, 1)
                    states.append((w[0], b, float(costs[0])))
                    w, b = np.array(new_w, dtype=float), float(new_b)
                runs[rate] = np.array(states)
            return runs[rate]

        def begin_at(w, b):
            start[:] = float(np.clip(w, *_WEIGHTS)), float(np.clip(b, *_BIASES))
            runs.clear()

        def ring_to(w, b):
            walked = run(alpha.value)[:, :2]
            step.value = int(np.argmin(((walked - [w, b]) ** 2).sum(axis=1)))

        def ring_by(count):
            step.value = int(np.clip(step.value + count, 0, last))

        fig.handle("start", left, lambda: start, begin_at, anywhere=True)
        fig.handle("ring, at the step", left, lambda: run(alpha.value)[step.value, :2], ring_to,
                   keys=lambda x, y: ring_by(x + y))  # fmt: skip

        @fig.on_change
        def update():
            states = run(alpha.value)
            begin.set_data(*np.reshape(start, (2, 1)))
            w, b, cost = states[: step.value + 1].T
            path.set_data(w, b)
            here.set_data(w[-1:], b[-1:])
            curve.set_data(range(len(cost)), cost)
            now.set_data([step.value], cost[-1:])
            top = next(v for v in (4, 8, 16, 32, 1e9) if v > states[:, 2].max())
            if top != right.get_ylim()[1]:
                right.set_ylim(0, top)
                fig.refresh()
            inside = _WEIGHTS[0] <= w[-1] <= _WEIGHTS[1] and _BIASES[0] <= b[-1] <= _BIASES[1]
            rises = int(np.sum(np.diff(cost) > 1e-9))
            return (
                f"alpha {alpha.value:.3g}, after {step.value} steps: w {w[-1]:.2f}, b {b[-1]:.2f}, "
                f"cost {cost[-1]:.3f}. The cost rose in {rises} of these steps."
                + ("" if inside else " The unit has left the map.")
            )

    return fig


def batch_paths(cost_gradient=None, minibatches=None):
    """The same map, walked in mini-batches of several sizes; epochs played one by one."""
    X, y = _one_feature()
    m, last, alpha = len(X), 12, 2.0
    with kit.Figure("Steps from mini-batches", 720, 350) as fig:
        sizes = {"all 360": 360, "90": 90, "32": 32, "8": 8}
        size = fig.choice("batch size", sizes, 32)
        epoch = fig.player("epoch", last, interval=500, start=2)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        lowest, _ = _map(left, (-4, 8), (-3, 4.5))
        right.set(xlim=(0, last * m), ylim=(1e-6, 6), yscale="log")
        right.minorticks_off()
        right.set(xlabel="examples read", ylabel="cost above the lowest possible")
        right.set_xticks(range(0, last * m + 1, 8 * m))
        right.grid(axis="y", alpha=0.3, linewidth=0.6)
        (path,) = left.plot([], [], "-", color=kit.BLUE, linewidth=1)
        (stops,) = left.plot([], [], "o", color=kit.BLUE, markersize=5)
        (here,) = left.plot(
            [], [], "o", color=kit.VERMILLION, markersize=11, fillstyle="none", markeredgewidth=2
        )
        curves = [
            right.plot([], [], dash, marker=mark, markersize=4, label=name)[0]
            for name, dash, mark in zip(sizes, kit.DASHES, kit.MARKERS, strict=False)
        ]
        right.legend(
            title="batch size", loc="lower right", bbox_to_anchor=(1, 1), ncols=4,
            columnspacing=0.8, handlelength=1.3, borderaxespad=0.1,
        )  # fmt: skip
        fig.live(path, stops, here, lowest, *curves)
        own = fig.own(cost_gradient, "cost_gradient", reference.cost_gradient)
        bottom = _lowest_cost(X, y)
        runs, mine = {}, tried_batches(minibatches)

        def run(batch_size):
            """The path step by step, the number of steps an epoch, the cost after each epoch."""
            if batch_size not in runs:
                rng = np.random.default_rng(4)
                w, b = np.array([_START[0]]), _START[1]
                path, costs = [(w[0], b)], [_cost(X, y, w, b)]
                for _ in range(last):
                    drawn = batches(fig, mine, m, batch_size, rng)
                    for batch in drawn:
                        dw, db = own(X[batch], y[batch], w, b)
                        w, b = w - alpha * dw, float(b - alpha * db)
                        path.append((w[0], b))
                    costs.append(_cost(X, y, w, b))
                runs[batch_size] = np.array(path), len(drawn), np.array(costs)
            return runs[batch_size]

        @fig.on_change
        def update():
            walked, steps, costs = run(size.value)
            until = epoch.value * steps
            path.set_data(*walked[: until + 1].T)
            stops.set_data(*walked[: until + 1 : steps].T)
            here.set_data(*walked[until : until + 1].T)
            for curve, one in zip(curves, sizes.values(), strict=True):
                chosen = one == size.value
                heights = np.maximum(run(one)[2][: epoch.value + 1] - bottom, 1e-9)
                curve.set_data(m * np.arange(epoch.value + 1), heights)
                curve.set(linewidth=3 if chosen else 1.2, alpha=1 if chosen else 0.6)
                if chosen:
                    path.set_color(curve.get_color())
                    stops.set_color(curve.get_color())
            return (
                f"Batches of {size.value}, alpha {alpha:g}: {steps} steps an epoch. After "
                f"{epoch.value} epochs and {until} steps the cost of all examples is "
                f"{costs[epoch.value]:.3f}, {costs[epoch.value] - bottom:.2g} above the lowest."
            )

    return fig


def _lowest_cost(X, y):
    """The lowest cost that the unit can reach on all examples, by Newton's method."""
    rows, theta = np.column_stack([X, np.ones(len(X))]), np.zeros(2)
    for _ in range(30):
        p = reference.sigmoid(rows @ theta)
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows
        theta = theta - np.linalg.solve(curvature, rows.T @ (p - y))
    return _cost(X, y, theta[:1], theta[1])


def _cost(X, y, w, b):
    return reference.binary_cross_entropy(y, reference.logistic_unit(X, w, b))


def tried_batches(minibatches):
    """The learner's `minibatches`, safe to call: batches that index the rows, as a list."""

    def drawn(m, size, rng):
        found = [np.asarray(batch) for batch in minibatches(m, size, rng)]
        _ = [np.arange(m)[batch] for batch in found if batch.dtype.kind in "iu"]
        return found

    return None if minibatches is None else Tried(drawn, "minibatches")


def batches(told, minibatches, m, size, rng):
    """The batches of one epoch by `tried_batches`, or by the reference, told by `told.note`."""
    if minibatches is not None:
        drawn, problem = minibatches(m, size, rng)
        if not problem:
            if all(b.ndim == 1 and b.dtype.kind in "iu" and b.size for b in drawn) and drawn:
                return drawn
            problem = "minibatches did not return arrays of indices"
        told.note(f"{problem}; the reference is drawn instead")
    return reference.minibatches(m, size, rng)


def quiz_curves():
    """Four learning curves to tell apart, each named by a letter."""
    X, y = _one_feature()
    X, y = X + 1, np.where(np.random.default_rng(0).random(len(y)) < 0.1, 1 - y, y)
    rates = {"A": 0.03, "B": 2.0, "C": 0.0, "D": 13.0}
    with kit.Figure("Four trainings of the same unit", 660, 320) as fig:
        cells = fig.axes(2, 2, xlim=(0, 30), ylim=(0, 1.8))
        words = []
        for ax, (name, rate) in zip(cells, rates.items(), strict=True):
            costs = reference.gradient_descent(X, y, np.zeros(1), 0.0, rate, 31)[2]
            ax.plot(costs, "o-", markersize=3, linewidth=1.3, color=kit.BLUE)
            ax.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
            ax.text(29.8, 1.6, name, ha="right", va="center", size=15, weight="bold")
            ax.text(30.3, LN2, "ln 2", ha="left", va="center", size=9)
            shown = ", ".join(f"{costs[i]:.2f}" for i in (0, 1, 2, 3, 4, 5, 10, 20, 30))
            words.append(f"{name}: {shown}")
        for ax in cells[2:]:
            ax.set_xlabel("step")
        for ax in cells[::2]:
            ax.set_ylabel("cost")
        text = ". ".join(words)

        @fig.on_change
        def update():
            return f"Costs before steps 0, 1, 2, 3, 4, 5, 10, 20 and 30. {text}."

    return fig
