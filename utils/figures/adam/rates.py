"""What the rates do: steps of single parameters, a map of alpha and beta, rates that fall."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.adam.landscapes import FAR, Kept, rolling, valley, walk
from utils.figures.guess import draw_guess

KINDS = ("gradient near 100", "gradient near 0.01", "mostly noise", "every 20th step")


def _histories(steps=160):
    """Gradients of four parameters over time: large, small, noisy, rare."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(steps, 4))
    rare = (np.arange(1, steps + 1) % 20 == 0).astype(float)
    return np.column_stack(
        [100 + 20 * noise[:, 0], 0.01 + 0.002 * noise[:, 1], 0.1 + noise[:, 2], rare]
    )


def effective_steps(adam_step=None, guessed=None):
    """How far Adam moves four parameters with very different gradients, in units of alpha.

    `guessed` is the first step of the one whose gradient is near 100.
    """
    history = _histories()
    steps = len(history)
    with kit.Figure("Steps of four parameters", 700, 340) as fig:
        beta1 = fig.slider("beta1", 0.0, 0.98, 0.9, 0.02)
        beta2 = fig.choice("beta2", {"0.9": 0.9, "0.99": 0.99, "0.999": 0.999}, 0.999)
        bare = fig.toggle("without bias correction")
        ax = fig.axes(xlabel="step", ylabel="step length / alpha", xlim=(0, steps))
        ax.axhline(1, color=kit.INK, linestyle=":", linewidth=1)
        ax.axhline(0, color=kit.INK, linewidth=0.8)
        lines = [
            ax.plot([], [], kit.DASHES[k], color=kit.COLOURS[k], label=name, linewidth=1.6,
                    marker=kit.MARKERS[k], markevery=(5 + 9 * k, 40), markersize=6)[0]
            for k, name in enumerate(KINDS)
        ]  # fmt: skip
        ax.legend(
            loc="lower center", ncols=2, bbox_to_anchor=(0.48, 1.0), columnspacing=1,
            handlelength=1.6, fontsize=10,
        )  # fmt: skip
        fig.live(*lines)
        own = fig.own(adam_step, "adam_step", reference.adam_step)
        told = []

        @fig.on_change
        def update():
            theta = m = v = np.zeros(4)
            moved = np.empty((steps, 4))
            for t, grad in enumerate(history, start=1):
                new, m, v = own(theta, grad, m, v, t, 1.0, beta1.value, beta2.value)
                moved[t - 1] = m / (np.sqrt(np.maximum(v, 0)) + 1e-8) if bare.value else theta - new
                theta = new
            limits = (-1.7, 7.2) if np.abs(moved).max() > 2 else (-1.7, 1.9)
            if ax.get_ylim() != limits:
                ax.set_ylim(limits)
                fig.refresh()
            for line, column in zip(lines, moved.T, strict=True):
                line.set_data(range(1, steps + 1), column)
            longest = ", ".join(
                f"{name} {np.abs(column[:20]).max():.2f}"
                for name, column in zip(KINDS, moved.T, strict=True)
            )
            kind = "without" if bare.value else "with"
            if not told:
                told.append(draw_guess(ax, guessed))
            text = f"Longest of the first 20 steps, {kind} bias correction: {longest} alpha."
            return text + told[0]

    return fig


def fit_wave(minimize=None):
    """A wave fitted to noisy points by the learner's `minimize`, step by step."""
    rng, last = np.random.default_rng(5), 150
    x = np.sort(rng.uniform(0, 6, 40))
    y = 1.8 * np.sin(1.6 * x + 0.8) + rng.normal(scale=0.25, size=40)
    start, grid = np.array([0.5, 1.2, 0.0]), np.linspace(0, 6, 200)

    def gradient(p):
        a, w, c = p
        wave, slope = np.sin(w * x + c), np.cos(w * x + c)
        error = 2 * (a * wave - y) / len(x)
        return np.array([error @ wave, error @ (a * x * slope), error @ (a * slope)])

    with kit.Figure("A wave through noisy points", 720, 310) as fig:
        frame = fig.player("step", last)
        rates = {f"{rate:g}": rate for rate in (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)}
        rate = fig.choice("learning rate", rates, 0.01)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        left.set(xlabel="x", ylabel="y", xlim=(0, 6), ylim=(-2.9, 2.9))
        right.set(xlabel="step", ylabel="parameter", xlim=(0, last), ylim=(-1.5, 3))
        left.plot(x, y, "o", color=kit.INK, markersize=4)
        (curve,) = left.plot([], [], color=kit.BLUE)
        lines = [
            right.plot([], [], kit.DASHES[k], color=kit.COLOURS[k], label=name)[0]
            for k, name in enumerate(("height", "frequency", "shift"))
        ]
        right.legend(loc="lower center", ncols=3, bbox_to_anchor=(0.42, 1.0), columnspacing=1)
        fig.live(curve, *lines)
        own = fig.own(
            None if minimize is None else lambda p, n, a: minimize(gradient, p, n, a),
            "minimize",
            lambda p, n, a: reference.minimize(gradient, p, n, a),
        )
        kept = Kept()

        @fig.on_change
        def update():
            path = kept(rate.value, lambda: own(start, last, rate.value))
            a, w, c = path[frame.value]
            curve.set_data(grid, a * np.sin(w * grid + c))
            for line, column in zip(lines, path.T, strict=True):
                line.set_data(range(frame.value + 1), column[: frame.value + 1])
            cost = np.mean((a * np.sin(w * x + c) - y) ** 2)
            return (
                f"After step {frame.value}: height {a:.2f}, frequency {w:.2f}, shift {c:.2f}; "
                f"mean squared error {cost:.3f}."
            )

        frame.value = 100

    return fig


def three_rates():
    """The loss of one training with three learning rates, without saying which is which."""
    rng = np.random.default_rng(8)
    step = np.arange(41)
    scale = 1 + 0.04 * rng.normal(size=(3, 41))
    losses = (
        np.abs(1 + 0.35 * np.where(step % 2, 1, -0.4) * 1.028**step + 0.012 * step),
        0.15 + 0.85 * 0.8**step,
        0.15 + 0.85 * 0.985**step,
    )
    with kit.Figure("One network, three learning rates", 600, 300) as fig:
        ax = fig.axes(xlabel="epoch", ylabel="loss", xlim=(0, 40), ylim=(0, 3))
        for k, (name, loss) in enumerate(zip("ABC", losses * scale, strict=True)):
            style = {"color": kit.COLOURS[k], "linestyle": kit.DASHES[k]}
            ax.plot(step, loss, marker=kit.MARKERS[k], markersize=4, markevery=3, **style)
            ax.text(40.4, loss[-1], name, color=kit.COLOURS[k], va="center", size=13)

        @fig.on_change
        def update():
            return (
                "Curve A goes up and down from epoch to epoch, and its peaks grow. Curve B falls "
                "to a third within 6 epochs and is level after 20. Curve C falls evenly and is "
                "still above half of its first value after 40."
            )

    return fig


def kept_a_step(alpha, beta, curvature):
    """The share of a distance that momentum keeps a step in the long run, and whether it swings.

    Along a direction of curvature c a step multiplies (distance, velocity) by the matrix
    [[1 - alpha c, -alpha beta], [c, beta]]; the share is the largest absolute value of its
    eigenvalues, and it swings if they are not both positive numbers.
    """
    trace = 1 - alpha * curvature + beta
    root = np.sqrt(np.asarray(trace**2 - 4 * beta, dtype=complex))
    low, high = (trace - root) / 2, (trace + root) / 2
    swings = (np.abs(root.imag) > 1e-12) | (low.real < 0)
    return np.maximum(np.abs(low), np.abs(high)), swings


def rate_map(momentum_step=None):
    """A map of rate and beta: how fast momentum gets down the ravine; a ring picks a place.

    The map is computed from the curvatures 1 and 25; the walk beside it is the learner's.
    """
    steps, land = 80, valley(25)
    rates, betas = np.geomspace(0.002, 0.4, 121), np.linspace(0, 0.99, 100)
    grid = np.meshgrid(rates, betas)
    along, across = (kept_a_step(*grid, c) for c in (1.0, 25.0))
    slowest = np.maximum(along[0], across[0])
    with kit.Figure("A map of rate and memory", 760, 370) as fig:
        rate = fig.slider("log10 of the rate", -2.7, -0.4, -1.7, 0.02)
        beta = fig.slider("beta", 0.0, 0.98, 0.9, 0.02)
        left, right = fig.axes(1, 2, ratios=(1.2, 1))
        left.set(xscale="log", xlabel="learning rate", ylabel="beta", xlim=rates[[0, -1]])
        left.set_ylim(betas[0], betas[-1])
        shades = left.contourf(
            *grid, np.minimum(slowest, 1.0), levels=[0.66, 0.75, 0.85, 0.92, 0.97, 0.999],
            cmap="viridis_r", alpha=0.75, extend="min",
        )  # fmt: skip
        bar = fig.canvas.colorbar(shades, ax=left, label="distance kept a step")
        bar.ax.tick_params(labelsize=9)
        left.contour(*grid, slowest, levels=[1.0], colors=kit.VERMILLION, linewidths=2.5)
        swings = np.where(slowest < 1, along[1], np.nan)
        left.contour(*grid, swings, levels=[0.5], colors=kit.INK, linestyles="--")
        left.text(0.25, 0.12, "diverges", color=kit.VERMILLION, ha="center", rotation=90)
        plate = {"boxstyle": "round", "fc": "#404040", "ec": "none", "alpha": 0.8}
        on_shade = {"color": "#ffffff", "ha": "center", "va": "center", "bbox": plate}
        left.text(0.0027, 0.45, "crawls", rotation=90, **on_shade)
        left.text(0.02, 0.955, "swings along the valley", size=9, **on_shade)
        (ring,) = left.plot([], [], "o", color=kit.VERMILLION, markersize=13, markeredgewidth=3,
                            fillstyle="none")  # fmt: skip
        right.set(xlim=land.xlim, ylim=land.ylim, xlabel="parameter 0", ylabel="parameter 1")
        side = [np.linspace(*limits, 81) for limits in (land.xlim, land.ylim)]
        ground = np.meshgrid(*side)
        heights = land.height(*ground)
        right.contour(*ground, heights, heights.max() * np.linspace(0.02, 1, 10) ** 2,
                      colors=kit.INK, linewidths=0.8, alpha=0.45)  # fmt: skip
        right.plot(0, 0, "*", color=kit.INK, markersize=12)
        (path,) = right.plot([], [], "s-", color=kit.VERMILLION, markersize=3, linewidth=1.2)
        fig.live(ring, path)
        own = fig.own(momentum_step, "momentum_step", reference.momentum_step)
        kept = Kept()

        def moved(a, b):
            kit.put(rate, np.log10(max(a, 1e-9)))
            kit.put(beta, b)

        def by(right, up):
            kit.put(rate, rate.value + 0.02 * right)
            kit.put(beta, beta.value + 0.02 * up)

        fig.handle("ring", left, lambda: (10.0**rate.value, beta.value), moved, anywhere=True,
                   keys=by)  # fmt: skip

        @fig.on_change
        def update():
            a, b = 10.0**rate.value, beta.value
            points = kept((a, b), lambda: walk(land, steps, rolling(own, a, b)))
            ring.set_data([a], [b])
            path.set_data(*points.T)
            shares = [float(kept_a_step(a, b, c)[0]) for c in (1.0, 25.0)]
            away = np.abs(points[40]).max() >= FAR or max(shares) >= 1
            height = land.height(*points[40])
            end = "it moves away" if away else f"the cost above the lowest is {height:.2g}"
            return (
                f"Rate {a:.3f}, beta {b:.2f}: in the long run each step keeps {shares[0]:.3f} of "
                f"the distance along the valley and {shares[1]:.3f} of that across. After 40 "
                f"steps {end}."
            )

    return fig


_SCHEDULES = {
    "constant": lambda share: 1.0,
    "halved three times": lambda share: 0.5 ** sum(share > at for at in (0.4, 0.6, 0.8)),
    "down to 0 along a cosine": lambda share: (1 + np.cos(np.pi * share)) / 2,
}


def noisy_walks(adam_step, alpha, schedule, steps=400, walks=8):
    """Cost at each step, `(steps + 1,)`, the mean of walks that meet different noise."""
    land = valley(4)
    noise = 2 * np.random.default_rng(4).normal(size=(steps, walks, 2))
    theta = np.tile(land.start, (walks, 1))
    m, v, costs = np.zeros_like(theta), np.zeros_like(theta), [land.height(*land.start)]
    for t in range(1, steps + 1):
        grad = theta * [1.0, 4.0] + noise[t - 1]
        rate = alpha * _SCHEDULES[schedule]((t - 1) / steps)
        theta, m, v = adam_step(theta, grad, m, v, t, rate)
        costs.append(np.mean(land.height(*theta.T)))
    return np.array(costs)


def rate_decay(adam_step=None):
    """Adam with noisy gradients, at a constant rate and at one that falls while it walks."""
    steps = 400
    with kit.Figure("A rate that falls", 720, 380) as fig:
        schedule = fig.choice("rate", list(_SCHEDULES), "constant")
        alpha = fig.slider("it begins at", 0.02, 1.0, 0.3, 0.02)
        top, bottom = fig.axes(2, 1)
        top.set(ylabel="cost, 8 walks", yscale="log", xlim=(0, steps), ylim=(1e-3, 100))
        bottom.set(ylabel="rate", xlabel="step", xlim=(0, steps), ylim=(0, 1.05))
        lines = []
        for colour, dash, label in (
            (kit.SLATE, "--", "constant"), (kit.BLUE, "-", "as chosen")
        ):  # fmt: skip
            lines += top.plot([], [], dash, color=colour, label=label, linewidth=1.6)
            lines += bottom.plot([], [], dash, color=colour, linewidth=1.6)
        top.legend(loc="upper right", ncols=2)
        fig.live(lines)
        own = fig.own(adam_step, "adam_step", reference.adam_step)
        kept = Kept()

        @fig.on_change
        def update():
            told = []
            for k, name in enumerate(("constant", schedule.value)):
                costs = kept(
                    (name, alpha.value), lambda n=name: noisy_walks(own, alpha.value, n, steps)
                )
                shares = np.arange(steps) / steps
                lines[2 * k].set_data(range(steps + 1), np.maximum(costs, 1e-9))
                lines[2 * k + 1].set_data(
                    range(1, steps + 1), [alpha.value * _SCHEDULES[name](s) for s in shares]
                )
                told.append(f"{name} {costs[-50:].mean():.3f}")
            same = schedule.value == "constant"
            told = told[:1] if same else told
            return f"Mean cost of the last 50 steps, over 8 walks: {', '.join(told)}."

    return fig
