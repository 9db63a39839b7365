"""Figures of lab 02_activations: each takes the learner's functions, or shows the reference."""

import ipywidgets as widgets
import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve

NAMES = ("sigmoid", "relu", "linear")
LOOKS = list(zip(kit.COLOURS, kit.DASHES, kit.MARKERS, strict=True))


def three_activations(sigmoid=None, relu=None, linear=None, sigmoid_slope=None, relu_slope=None):
    """Sigmoid, ReLU and linear with their tangents, and below them their slopes, under one z."""
    grid = np.linspace(-8, 8, 401)
    with kit.Figure("Three activations and their slopes", 700, 400) as fig:
        score = fig.slider("score z", -8.0, 8.0, 1.0, 0.1)
        axes = fig.axes(2, 3, xlim=(-8, 8), xticks=[-8, -4, 0, 4, 8])
        given = (sigmoid, relu, linear)
        values = [
            fig.own(f, name, getattr(reference, name)) for f, name in zip(given, NAMES, strict=True)
        ]
        slopes = [
            fig.own(sigmoid_slope, "sigmoid_slope", reference.sigmoid_slope),
            fig.own(relu_slope, "relu_slope", reference.relu_slope),
            lambda z: np.ones(np.shape(z)),
        ]
        moving = []
        for k, (colour, _, mark) in enumerate(LOOKS[:3]):
            top, low = axes[k], axes[3 + k]
            top.set(
                title=("sigmoid", "ReLU", "linear")[k],
                ylim=(-0.08, 1.12) if k == 0 else (-8.6, 8.6),
            )
            low.set(ylim=(-0.08, 1.12), xlabel="score z")
            if k == 0:
                top.set_ylabel("activation a")
                low.set_ylabel("slope")
            for ax in (top, low):
                ax.axvline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            top.axhline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            top.plot(grid, values[k](grid), color=colour)
            steep = slopes[k](grid)
            jumps = np.flatnonzero(np.abs(np.diff(steep)) > 0.5) + 1
            low.plot(np.insert(grid, jumps, 0.0), np.insert(steep, jumps, np.nan), color=colour)
            (tangent,) = top.plot([], [], "--", color=kit.INK, linewidth=1.5)
            (point,) = top.plot([], [], mark, color=colour, markersize=8)
            (below,) = low.plot([], [], mark, color=colour, markersize=8)
            moving.append((tangent, point, below))
            fig.live(tangent, point, below)

        @fig.on_change
        def update():
            z = np.array(score.value)
            texts = []
            for (tangent, point, below), value, slope, reach, name in zip(
                moving, values, slopes, (3.0, 4.0, 4.0), NAMES, strict=True
            ):
                a, g = float(value(z)), float(slope(z))
                step = np.array([-reach, reach]) / np.hypot(1, g)
                tangent.set_data(z + step, a + g * step)
                point.set_data([z], [a])
                below.set_data([z], [g])
                texts.append(f"{name} {a:.4g} with slope {g:.4g}")
            return f"At z = {score.value:.1f}: {'; '.join(texts)}."

    return fig


def saturation(sigmoid=None, sigmoid_slope=None, relu=None, relu_slope=None, width=40):
    """Size of the gradient in each layer of an untrained network, sigmoid against ReLU."""
    rng = np.random.default_rng(5)
    deepest = 12
    inputs = rng.normal(size=(64, width))
    base = rng.normal(size=(deepest, width, width)) / np.sqrt(width)
    arriving = rng.normal(size=(64, width)) / 64
    with kit.Figure("Gradient by layer, before training", 660, 340) as fig:
        depth = fig.slider("layers", 2, deepest, 8)
        size = fig.slider("size of the weights", 0.5, 4.0, 1.4, 0.1, ".1f")
        ax = fig.axes(yscale="log", xlabel="layer", ylabel="size of its gradient")
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
        limits = []

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
            low = 10.0 ** np.floor(np.log10(max(1e-30, min(s.min() for s in sizes))) - 0.3)
            high = 10.0 ** np.ceil(np.log10(max(s.max() for s in sizes)) + 0.1)
            if limits != [depth.value, low, high]:
                limits[:] = [depth.value, low, high]
                ax.set(ylim=(low, high), xlim=(0.4, depth.value + 0.6))
                ax.set_xticks(range(1, depth.value + 1))
                fig.refresh()
            for group, heights in zip(bars, sizes, strict=True):
                for i, bar in enumerate(group):
                    shown = i < len(heights)
                    bar.set(y=low, height=heights[i] - low if shown else 0.0, visible=shown)
            first, last = [s[0] for s in sizes], [s[-1] for s in sizes]
            ratio = [f / e for f, e in zip(first, last, strict=True)]
            return (
                f"{depth.value} layers. Layer 1 has a gradient of {first[0]:.1e} with sigmoid, "
                f"{first[1]:.1e} with ReLU. Compared with the last layer that is "
                f"{ratio[0]:.2g} times as much with sigmoid, {ratio[1]:.2g} times with ReLU."
            )

    return fig


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
        for k, (colour, dash, mark) in enumerate((LOOKS[1], LOOKS[0])):
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


# Targets of the workshop: heights over x; the first three are made of three units with w = 1.
TARGETS = {
    "roof": ([0.0, 2.0, 4.0, 6.0], [0.5, 2.5, 2.5, 0.5]),
    "late start": ([0.0, 1.5, 3.0, 4.5, 6.0], [1.0, 1.0, 2.5, -0.5, 0.25]),
    "valley": ([0.0, 1.5, 4.0, 6.0], [3.0, 0.0, 0.0, 2.0]),
    "bowl": (np.linspace(0, 6, 61), (np.linspace(0, 6, 61) - 3) ** 2 / 3 - 0.5),
}


def relu_workshop(relu_network=None):
    """Three ReLU units on sliders: what each adds, their sum, a target to match and the error."""
    x = np.linspace(0, 6, 241)
    start = ((0.5, -1.0), (0.5, -3.0), (-1.0, -5.0))
    with kit.Figure("The ReLU workshop", 720, 340) as fig:
        target = fig.choice("target", list(TARGETS))
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
        rows = [(target, again), *units]  # one unit a row
        fig.controls.children = [widgets.HBox(row) for row in rows]
        fig.controls.layout.flex_flow = "column"
        left, right = fig.axes(1, 2, xlim=(0, 6), ylim=(-4.2, 4.2), xlabel="input x")
        left.set(title="what each unit adds")
        right.set(title="their sum, plus c")
        for ax in (left, right):
            ax.axhline(0, color=kit.INK, linewidth=0.8, alpha=0.4)
            ax.grid(alpha=0.25, linewidth=0.6)
        adds, corners = [], []
        for k, (colour, dash, mark) in enumerate(LOOKS[:3]):
            (line,) = left.plot([], [], color=colour, linestyle=dash, label=f"unit {k + 1}")
            (corner,) = left.plot([], [], mark, color=colour, markersize=7)
            adds.append(line)
            corners.append(corner)
        left.legend(loc="lower left")
        (wanted,) = right.plot([], [], color=kit.INK, linewidth=7, alpha=0.35, label="target")
        (total,) = right.plot([], [], color=kit.PURPLE, label="network")
        right.legend(loc="lower left")
        error = right.text(5.9, -3.9, "", ha="right", va="bottom", size=12)
        fig.live(*adds, *corners, wanted, total, error)
        own = fig.own(relu_network, "relu_network", reference.relu_network)

        @fig.on_change
        def update():
            v = np.array([slope.value for slope, _ in units])
            b = np.array([bias.value for _, bias in units])
            heights = np.interp(x, *TARGETS[target.value])
            c = float(heights[0])
            for k in range(3):
                one = slice(k, k + 1)
                adds[k].set_data(x, own(x, np.ones(1), b[one], v[one], 0.0))
                corners[k].set_data([-b[k]], [0])
            output = own(x, np.ones(3), b, v, c)
            wanted.set_data(x, heights)
            total.set_data(x, output)
            distance = float(np.sqrt(np.mean((output - heights) ** 2)))
            error.set_text("matched" if distance < 0.005 else f"error {distance:.2f}")
            parts = ", ".join(f"{s:g} from x = {-t:g} on" for s, t in zip(v, b, strict=True))
            end = "The target is matched." if distance < 0.005 else f"Error {distance:.3f}."
            return f"Target {target.value}, c = {c:g}. The units add slopes of {parts}. {end}"

    return fig


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


def race(*activations, hidden_layers=5, epochs=15, seed=0):
    """Train one digits network for each activation, side by side, and show the losses live."""
    import keras

    X, _, y, _ = data.digits_split()
    title = f"{hidden_layers} hidden layers learn to read digits"
    level = (np.log(10), "ln 10: knows nothing")
    curve = LiveCurve(title, epochs, names=activations, level=level, legend=(1, 0.6))
    models = []
    for name in activations:
        keras.utils.set_random_seed(seed)
        hidden = [keras.layers.Dense(25, activation=name) for _ in range(hidden_layers)]
        model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        models.append(model)

    def measure():
        P = [np.asarray(model(X)) for model in models]
        share = [f"{100 * np.mean(p.argmax(axis=1) == y):.0f}%" for p in P]
        text = ", ".join(f"{n} {s}" for n, s in zip(activations, share, strict=True))
        costs = [reference.cross_entropy(p, y) for p in P]
        curve.add(*costs, extra=f"Digits read right: {text}.")

    measure()
    for epoch in range(epochs):
        for model in models:
            model.fit(X, y, initial_epoch=epoch, epochs=epoch + 1, batch_size=32, verbose=0)
        measure()
    curve.finish()


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
