"""What depth does to a gradient, and what it does not do for linear layers."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.guess import draw_guess

_LOOKS = list(zip(kit.COLOURS, kit.DASHES, kit.MARKERS, strict=True))


def saturation(
    sigmoid=None, sigmoid_slope=None, relu=None, relu_slope=None, guessed=None, width=40
):
    """Size of the gradient in each layer of an untrained network, sigmoid against ReLU.

    `guessed` is the power of ten that lies between layers 1 and 8 with the sigmoid.
    """
    rng = np.random.default_rng(5)
    deepest = 12
    inputs = rng.normal(size=(64, width))
    base = rng.normal(size=(deepest, width, width)) / np.sqrt(width)
    arriving = rng.normal(size=(64, width)) / 64
    with kit.Figure("Gradient by layer, before training", 660, 340) as fig:
        depth = fig.slider("layers", 2, deepest, 8)
        size = fig.slider("size of the weights", 0.5, 4.0, 1.4, 0.1, ".1f")
        ax = fig.axes(
            yscale="log", xlabel="layer", ylabel="size of its gradient", xlim=(0.4, deepest + 0.6)
        )
        ax.set_xticks(range(1, deepest + 1))
        ax.grid(axis="y", alpha=0.3, linewidth=0.6)
        kinds = [
            ("sigmoid", (sigmoid, reference.sigmoid), (sigmoid_slope, reference.sigmoid_slope)),
            ("relu", (relu, reference.relu), (relu_slope, reference.relu_slope)),
        ]
        activations = [fig.own(f, name, r) for name, (f, r), _ in kinds]
        slopes = [fig.own(f, f"{name}_slope", r) for name, _, (f, r) in kinds]
        bars = []
        for k, offset in enumerate((-0.2, 0.2)):
            group = ax.bar(np.arange(1, deepest + 1) + offset, np.ones(deepest), 0.36, bottom=1e-9)
            for bar in group:
                bar.set(
                    facecolor=kit.COLOURS[k] + "70", edgecolor=kit.COLOURS[k],
                    hatch=kit.HATCHES[k], linewidth=1.2)  # fmt: skip
            group.set_label(("sigmoid", "ReLU")[k])
            bars.append(group)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
        fig.live(*bars)
        limits, told = [], []

        def gradients(activation, slope):
            """Norm of the gradient of every weight matrix, by hand: forward, then backward."""
            layers, weights = depth.value, size.value * base[: depth.value]
            outputs, scores = [inputs], []
            for W in weights:
                scores.append(outputs[-1] @ W)
                outputs.append(activation(scores[-1]))
            error, norms = arriving, np.empty(layers)
            for layer in reversed(range(layers)):
                error = error * slope(scores[layer])
                norms[layer] = np.linalg.norm(outputs[layer].T @ error)
                error = error @ weights[layer].T
            return np.maximum(norms, 1e-300)

        @fig.on_change
        def update():
            sizes = [gradients(*pair) for pair in zip(activations, slopes, strict=True)]
            low = _decade(max(1e-30, min(s.min() for s in sizes)), np.floor, -0.3)
            high = _decade(max(s.max() for s in sizes), np.ceil, 0.1)
            if limits != [low, high]:
                limits[:] = [low, high]
                ax.set_ylim(low, high)
                fig.refresh()
            for group, heights in zip(bars, sizes, strict=True):
                for i, bar in enumerate(group):
                    shown = i < len(heights)
                    bar.set(y=low, height=heights[i] - low if shown else 0.0, visible=shown)
            first, last = [s[0] for s in sizes], [s[-1] for s in sizes]
            if not told:
                told.append(draw_guess(ax, guessed, at=lambda power: last[0] * 10.0**power))
            ratio = [f / e for f, e in zip(first, last, strict=True)]
            return (
                f"{depth.value} layers. Layer 1 has a gradient of {first[0]:.2g} with sigmoid, "
                f"{first[1]:.2g} with ReLU. Compared with the last layer that is "
                f"{ratio[0]:.2g} times as much with sigmoid, {ratio[1]:.2g} times with ReLU."
                f"{told[0]}"
            )

    return fig


def _decade(size, rounded, margin):
    """An end of the axis: every fourth power of ten, so that it stays for most moves."""
    return 10.0 ** (4 * rounded((np.log10(size) + margin) / 4))


def deep_linear(collapse=None, relu=None, relu_slope=None, steps=240, every=4):
    """A deep linear and a ReLU network learning one curve; the first collapses to a line."""
    x, y = data.wave()
    grid = np.linspace(-1, 1, 161)
    last = steps // every
    with kit.Figure("Three layers, linear and ReLU", 700, 320) as fig:
        frame = fig.player("frame", last, interval=120)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        left.set(xlim=(-1.04, 1.04), ylim=(-2.1, 2.1), xlabel="input x", ylabel="output")
        right.set(xlim=(0, steps), yscale="log", xlabel="step", ylabel="loss")
        right.grid(axis="y", alpha=0.3, linewidth=0.6)
        left.plot(x, y, ".", color=kit.INK, markersize=5, label="data")
        own = fig.own(relu, "relu", reference.relu)
        slope = fig.own(relu_slope, "relu_slope", reference.relu_slope)
        one = fig.own(collapse, "collapse", reference.collapse)
        pairs = [(lambda z: z, np.ones_like), (own, slope)]
        runs = [_train(x, y, grid, *pair, steps, every) for pair in pairs]
        right.set_ylim(0.5 * min(r[1].min() for r in runs), 2 * max(r[1].max() for r in runs))
        lines = []
        for k, (colour, dash, mark) in enumerate((_LOOKS[1], _LOOKS[0])):
            (curve,) = left.plot([], [], dash, color=colour, label=("linear", "ReLU")[k])
            (loss,) = right.plot([], [], dash, color=colour)
            (now,) = right.plot([], [], mark, color=colour)
            lines.append((curve, loss, now))
            fig.live(curve, loss, now)
        left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)

        @fig.on_change
        def update():
            done = frame.value * every
            for (curve, loss, now), (curves, losses, _) in zip(lines, runs, strict=True):
                curve.set_data(grid, curves[frame.value])
                loss.set_data(np.arange(done + 1), losses[: done + 1])
                now.set_data([done], [losses[done]])
            (W1, b1), (W2, b2), (W3, b3) = runs[0][2][frame.value]
            W, b = one(*one(W1, b1, W2, b2), W3, b3)
            sign = "+" if b[0] >= 0 else "-"
            return (
                f"After {done} steps the loss is {runs[0][1][done]:.3f} with linear layers and "
                f"{runs[1][1][done]:.3f} with ReLU. The three linear layers collapse into "
                f"y = {W[0, 0]:.3f} x {sign} {abs(b[0]):.3f}."
            )

    return fig


def _train(x, y, grid, activation, slope, steps, every, width=16, rate=0.005):
    """Full-batch Adam on 1-16-16-1: curves over `grid`, losses, layers, every so many steps."""
    rng = np.random.default_rng(2)
    shapes = [(1, width), (width, width), (width, 1)]
    W = [rng.normal(size=shape) * np.sqrt(2 / shape[0]) for shape in shapes]
    b = [rng.uniform(-0.7, 0.7, width), np.zeros(width), np.zeros(1)]
    theta = [*W, *b]
    m, v = [np.zeros_like(t) for t in theta], [np.zeros_like(t) for t in theta]
    curves, losses, layers = [], [], []

    def forward(X):
        scores, outputs = [], [X]
        for k in range(3):
            scores.append(outputs[-1] @ theta[k] + theta[3 + k])
            outputs.append(activation(scores[-1]) if k < 2 else scores[-1])
        return scores, outputs

    for step in range(steps + 1):
        scores, outputs = forward(x[:, None])
        error = outputs[-1] - y[:, None]
        losses.append(float(np.mean(error**2)))
        if step % every == 0:
            curves.append(forward(grid[:, None])[1][-1][:, 0])
            layers.append([(theta[k].copy(), theta[3 + k].copy()) for k in range(3)])
        error = 2 * error / len(x)
        gradient = [None] * 6
        for k in (2, 1, 0):
            gradient[k], gradient[3 + k] = outputs[k].T @ error, error.sum(axis=0)
            if k:
                error = error @ theta[k].T * slope(scores[k - 1])
        for i, g in enumerate(gradient):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            corrected = m[i] / (1 - 0.9 ** (step + 1))
            theta[i] = theta[i] - rate * corrected / (
                np.sqrt(v[i] / (1 - 0.999 ** (step + 1))) + 1e-8
            )
    return curves, np.array(losses), layers
