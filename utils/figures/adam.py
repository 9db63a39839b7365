"""Figures of lab 06_adam. Each takes the learner's functions and shows the reference without."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve

FAR = 1e3  # a walk that is farther away than this has diverged and stops there
NAMES = ("gradient descent", "momentum", "Adam")


class _Landscape:
    """A cost of two parameters: its height and gradient, where walks start, what is shown."""

    def __init__(self, height, gradient, start, xlim, ylim, noise=0.0, floor=0.0, lowest=((0, 0),)):
        self.height, self.gradient, self.start = height, gradient, np.array(start)
        self.lowest = np.array(lowest)
        self.xlim, self.ylim, self.floor = xlim, ylim, floor
        self.noise = noise * np.random.default_rng(4).normal(size=(200, 2))


def _valley(across, start=(-8.0, 2.4), **more):
    scale = np.array([1.0, across])
    return _Landscape(
        lambda x, y: (x**2 + across * y**2) / 2,
        lambda p: scale * p,
        start,
        (-9.5, 5.5),
        (-3.6, 3.6),
        **more,
    )


def _saddle():
    return _Landscape(
        lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2,
        lambda p: np.array([p[0], p[1] ** 3 - p[1]]),
        (-2.0, 0.002),
        (-2.6, 1.6),
        (-1.9, 1.9),
        floor=-0.25,
        lowest=((0, -1), (0, 1)),
    )


def _walk(land, steps, move):
    """The points of a walk; `move(point, gradient, state, t)` returns `(point, state)`."""
    path, state = [land.start], None
    for t in range(1, steps + 1):
        point = path[-1]
        if np.abs(point).max() < FAR:
            point, state = move(point, land.gradient(point) + land.noise[t], state, t)
        path.append(point)
    return np.array(path)


def _descent(step, alpha):
    return lambda p, g, state, t: (step(p, g, alpha), None)


def _rolling(step, alpha, beta):
    def move(p, g, state, t):
        return step(p, g, np.zeros(2) if state is None else state, alpha, beta)

    return move


def _adam(step, alpha):
    def move(p, g, state, t):
        p, *state = step(p, g, *(state or (np.zeros(2), np.zeros(2))), t, alpha)
        return p, state

    return move


class _Race:
    """Two axes: contours with paths on the left, the cost of each step on the right."""

    def __init__(self, fig, names, steps, top):
        self.fig, self.names, self.steps, self.land = fig, names, steps, None
        self.left, self.right = fig.axes(1, 2, ratios=(1.25, 1))
        self.left.set(xlabel="parameter 0", ylabel="parameter 1")
        self.left.locator_params(integer=True)  # labels of one width, whatever is shown
        self.right.set(xlabel="step", ylabel="cost above the lowest", yscale="log")
        self.right.set(xlim=(0, steps), ylim=(1e-4, top))
        self.contours, self.goals = None, self.left.plot([], [], "*", color=kit.INK, markersize=12)
        self.paths, self.dots, self.costs, self.nows = [], [], [], []
        for k, name in enumerate(names):
            colour, dash, mark = kit.COLOURS[k], kit.DASHES[k], kit.MARKERS[k]
            self.paths += self.left.plot([], [], dash, color=colour, linewidth=1.6)
            self.dots += self.left.plot([], [], mark, color=colour, markersize=8)
            self.costs += self.right.plot([], [], dash, color=colour, linewidth=1.6)
            self.nows += self.right.plot(
                [], [], dash, marker=mark, color=colour, markersize=8, label=name
            )
        fig.canvas.legend(handles=self.nows, loc="outside upper center", ncols=len(names))
        fig.live(*self.paths, *self.dots, *self.costs, *self.nows)

    def show(self, land, paths, step):
        """Draw the paths up to `step`; return a sentence about where they are."""
        if land is not self.land:
            self._ground(land)
        where = []
        for k, path in enumerate(paths):
            heights = land.height(*path.T) - land.floor
            self.paths[k].set_data(*path[: step + 1].T)
            self.dots[k].set_data(*path[step : step + 1].T)
            self.costs[k].set_data(range(step + 1), np.maximum(heights[: step + 1], 1e-12))
            self.nows[k].set_data([step], [max(heights[step], 1e-12)])
            lost = np.abs(path[step]).max() >= FAR
            where.append(
                f"{self.names[k]} has diverged" if lost else f"{self.names[k]} {heights[step]:.3g}"
            )
        return f"After step {step}, cost above the lowest: " + ", ".join(where) + "."

    def _ground(self, land):
        if self.contours is not None:
            self.contours.remove()
        x, y = (np.linspace(*limits, 121) for limits in (land.xlim, land.ylim))
        grid = np.meshgrid(x, y)
        heights = land.height(*grid) - land.floor
        levels = heights.max() * np.linspace(0.02, 1, 10) ** 2
        self.contours = self.left.contour(
            *grid, heights, levels, colors=kit.INK, linewidths=0.8, alpha=0.45
        )
        self.goals[0].set_data(*land.lowest.T)
        self.left.set(xlim=land.xlim, ylim=land.ylim)
        self.land = land
        self.fig.refresh()


def one_rate(sgd_step=None):
    """Gradient descent in a valley, with the rate and the curvature across on sliders."""
    steps = 60
    with kit.Figure("Gradient descent in a valley", 720, 330) as fig:
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.01, 0.005, ".3f")
        across = fig.slider("curvature across", 1, 40, 25)
        own = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        race, lands, kept = _Race(fig, NAMES[:1], steps, 2e3), {}, _Kept()

        @fig.on_change
        def update():
            c = across.value
            land = lands.setdefault(c, _valley(c))
            path = kept((c, rate.value), lambda: _walk(land, steps, _descent(own, rate.value)))
            factors = f"{1 - rate.value:.3f} along the valley and {1 - rate.value * c:.3f} across"
            text = race.show(land, [path], frame.value)
            return f"{text} Each step multiplies the distance by {factors}."

        frame.value = steps
    return fig


class _Kept:
    """The last walks, so that the step slider does not walk again."""

    def __init__(self):
        self.walks = {}

    def __call__(self, key, walk):
        if key not in self.walks:
            if len(self.walks) > 50:
                self.walks.clear()
            self.walks[key] = walk()
        return self.walks[key]


def with_momentum(sgd_step=None, momentum_step=None):
    """Gradient descent and momentum from the same start in the same valley."""
    steps, land = 80, _valley(25)
    with kit.Figure("With and without momentum", 720, 330) as fig:
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.02, 0.005, ".3f")
        beta = fig.slider("beta", 0.0, 0.98, 0.9, 0.02)
        descend = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        roll = fig.own(momentum_step, "momentum_step", reference.momentum_step)
        race, kept = _Race(fig, NAMES[:2], steps, 2e3), _Kept()

        @fig.on_change
        def update():
            moves = {
                (rate.value,): _descent(descend, rate.value),
                (rate.value, beta.value): _rolling(roll, rate.value, beta.value),
            }
            paths = [kept(k, lambda m=move: _walk(land, steps, m)) for k, move in moves.items()]
            return race.show(land, paths, frame.value)

        frame.value = 40
    return fig


def paths(sgd_step=None, momentum_step=None, adam_step=None):
    """Gradient descent, momentum and Adam in a ravine, on a saddle and with noisy gradients."""
    steps = 100
    lands = {
        "ravine": _valley(25),
        "saddle": _saddle(),
        "noisy": _valley(4, noise=6.0),
    }
    with kit.Figure("Three ways down", 760, 360) as fig:
        preset = fig.choice("landscape", {name.title(): name for name in lands})
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.02, 0.005, ".3f")
        beta = fig.slider("beta", 0.0, 0.98, 0.9, 0.02)
        alpha = fig.slider("rate of Adam", 0.02, 1.0, 0.3, 0.02)
        descend = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        roll = fig.own(momentum_step, "momentum_step", reference.momentum_step)
        adapt = fig.own(adam_step, "adam_step", reference.adam_step)
        race, kept = _Race(fig, NAMES, steps, 1e3), _Kept()

        @fig.on_change
        def update():
            land = lands[preset.value]
            moves = {
                (preset.value, rate.value): _descent(descend, rate.value),
                (preset.value, rate.value, beta.value): _rolling(roll, rate.value, beta.value),
                (preset.value, "Adam", alpha.value): _adam(adapt, alpha.value),
            }
            walks = [kept(k, lambda m=move: _walk(land, steps, m)) for k, move in moves.items()]
            return f"{preset.value.title()}. {race.show(land, walks, frame.value)}"

        frame.value = 40
    return fig


KINDS = ("gradient near 100", "gradient near 0.01", "mostly noise", "every 20th step")


def _histories(steps=160):
    """Gradients of four parameters over time: large, small, noisy, rare."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(steps, 4))
    rare = (np.arange(1, steps + 1) % 20 == 0).astype(float)
    return np.column_stack(
        [100 + 20 * noise[:, 0], 0.01 + 0.002 * noise[:, 1], 0.1 + noise[:, 2], rare]
    )


def effective_steps(adam_step=None):
    """How far Adam moves four parameters with very different gradients, in units of alpha."""
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
        ax.legend(loc="lower center", ncols=4, bbox_to_anchor=(0.48, 1.0), columnspacing=1.2)
        fig.live(*lines)
        own = fig.own(adam_step, "adam_step", reference.adam_step)

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
            return f"Longest of the first 20 steps, {kind} bias correction: {longest} alpha."

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
        kept = _Kept()

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


def keras_differs(adam_step=None):
    """The step of Adam for gradients of every size: the learner's and that of Keras."""
    sizes, moments = np.geomspace(1e-12, 1, 49), (1, 10, 100, 1000)
    theirs = _keras_steps(sizes, moments)
    with kit.Figure("Adam as in the paper, and as in Keras", 660, 330) as fig:
        at = fig.choice("step t", {str(t): t for t in moments})
        larger = fig.toggle("your step with larger eps")
        ax = fig.axes(xlabel="size of the gradient", ylabel="step length / alpha", xscale="log")
        ax.set(xlim=(sizes[0], 1), ylim=(-0.04, 1.12))
        ax.axvline(1e-8, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(1e-8, 1.11, " eps", ha="left", va="top")
        (mine,) = ax.plot([], [], color=kit.BLUE, label="adam_step")
        (keras,) = ax.plot([], [], "s", color=kit.VERMILLION, markersize=5, label="Keras")
        ax.legend(loc="lower right")
        fig.live(mine, keras)
        own = fig.own(adam_step, "adam_step", reference.adam_step)

        @fig.on_change
        def update():
            t = at.value
            # What earlier steps with the same gradient have left in the averages.
            m, v = (1 - 0.9 ** (t - 1)) * sizes, (1 - 0.999 ** (t - 1)) * sizes**2
            eps = 1e-8 / np.sqrt(1 - 0.999**t) if larger.value else 1e-8
            zero = np.zeros(len(sizes))
            steps = -own(zero, sizes, m, v, t, 1.0, 0.9, 0.999, eps)[0]
            mine.set_data(sizes, steps)
            keras.set_data(sizes, theirs[t])
            gap = np.abs(steps - theirs[t])
            worst = int(np.argmax(gap))
            place = [int(np.argmin(np.abs(sizes - size))) for size in (1e-6, 1e-8)]
            told = "; ".join(
                f"at gradient {sizes[i]:.0e} yours is {steps[i]:.3f}, Keras {theirs[t][i]:.3f}"
                for i in place
            )
            return (
                f"Step {t}, eps {eps:.1e} in yours: {told}. Largest difference "
                f"{gap[worst]:.3f}, at {sizes[worst]:.0e}."
            )

    return fig


def _keras_steps(sizes, moments):
    """How far Keras's Adam moves at each of the steps `moments`, by the size of the gradient."""
    import keras
    import tensorflow as tf

    place = keras.Variable(np.zeros(len(sizes)), dtype="float64")
    optimizer = keras.optimizers.Adam(1.0, epsilon=1e-8)
    optimizer.build([place])
    grad, steps = keras.ops.convert_to_tensor(sizes, dtype="float64"), {}
    move = tf.function(lambda: optimizer.apply([grad], [place]))
    for t in range(1, max(moments) + 1):
        if t in moments:
            before = place.value.numpy()
        move()
        if t in moments:
            steps[t] = before - place.value.numpy()
    return steps


def train_digits(sgd=0.01, momentum=0.01, adam=0.001, epochs=15, seed=1):
    """Three equal networks that learn the digits, each with an optimizer of its own."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    optimizers = (
        keras.optimizers.SGD(sgd),
        keras.optimizers.SGD(momentum, momentum=0.9),
        keras.optimizers.Adam(adam),
    )
    curve = LiveCurve("Three optimizers on the digits", epochs, NAMES, "training loss")
    legend = curve.figure.canvas.axes[0].get_legend()
    legend.set_bbox_to_anchor((1, 0.68))  # between the curves
    curve.figure.refresh()
    models = []
    for optimizer in optimizers:
        keras.utils.set_random_seed(seed)
        layers = [keras.layers.Dense(units, activation="relu") for units in (25, 15)]
        model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss)
        models.append(model)

    def measure():
        losses, shares = [], []
        for model in models:
            Z, Z_test = np.asarray(model(X)), np.asarray(model(X_test))
            losses.append(-np.mean(reference.log_softmax(Z)[np.arange(len(y)), y]))
            shares.append(100 * np.mean(np.argmax(Z_test, axis=1) == y_test))
        told = ", ".join(f"{name} {s:.1f}%" for name, s in zip(NAMES, shares, strict=True))
        curve.add(*losses, extra=f"Held-back digits read right: {told}.")

    measure()
    for epoch in range(epochs):
        for model in models:
            keras.utils.set_random_seed(seed + epoch)
            model.fit(X, y, epochs=1, batch_size=32, verbose=0)
        measure()
    curve.finish()


def some_pieces():
    """Pieces of a signal like an electrocardiogram, with their labels on request."""
    X, y = data.ecg_windows()
    with kit.Figure("Pieces of a recording", 660, 300) as fig:
        page = fig.slider("page", 1, 50, 1)
        labels = fig.toggle("show labels")
        cells = fig.axes(2, 3, xlim=(0, X.shape[1] - 1), ylim=(-0.9, 1.5), yticks=[])
        for ax in cells[:3]:
            ax.set_xticks([])
        lines = [ax.plot([], [], color=kit.BLUE, linewidth=1.4)[0] for ax in cells]
        names = [ax.text(118, 1.45, "", ha="right", va="top") for ax in cells]
        cells[4].set_xlabel("sample (100 a second)")
        fig.live(*lines, *names)

        @fig.on_change
        def update():
            chosen = range(6 * (page.value - 1), 6 * page.value)
            for line, name, i in zip(lines, names, chosen, strict=True):
                line.set_data(range(X.shape[1]), X[i])
                name.set_text(("", "broad beat")[y[i]] if labels.value else "")
            broad = ", ".join(str(k + 1) for k, i in enumerate(chosen) if y[i])
            told = f"broad beat in picture {broad or 'none'}" if labels.value else "labels hidden"
            return f"Page {page.value}: six pieces of 120 samples; {told}."

    return fig


def _filters():
    """Three filters of 9 weights: mean, rise, and the shape of a sharp beat."""
    x, peaks = data.ecg(2000, seed=7)
    beats = np.mean([x[p - 4 : p + 5] for p in peaks if 4 <= p < len(x) - 5], axis=0)
    beat = beats - beats.mean()
    rise = np.array([-1.0, -1, -1, 0, 0, 0, 1, 1, 1]) / 3
    return {"mean": np.full(9, 1 / 9), "rise": rise, "beat": beat / np.linalg.norm(beat)}


def sliding_window(conv1d=None):
    """A window sliding over a signal: what lies under it, the filter, and the output so far."""
    x, _ = data.ecg(300, seed=3)
    filters = _filters()
    width = 9
    with kit.Figure("A window sliding over a signal", 720, 430) as fig:
        place = fig.slider("window", 0, len(x) - width, 92)
        kind = fig.choice("filter", {name.title(): name for name in filters}, "rise")
        stride = fig.choice("stride", {str(s): s for s in (1, 2, 5, 10)})
        bias = fig.slider("bias", -1.5, 0.5, 0.0, 0.05)
        top, middle, bottom = fig.axes(3, 1)
        top.set(xlim=(0, len(x)), ylim=(-0.5, 1.35), ylabel="signal", xticklabels=[])
        middle.set(xlim=(-0.8, width - 0.2), ylim=(-1.1, 1.35), ylabel="window", xticks=range(9))
        bottom.set(xlim=(0, len(x)), ylim=(-0.05, 2), ylabel="output", xlabel="sample")
        top.plot(x, color=kit.BLUE, linewidth=1.4)
        frame = top.add_patch(
            Rectangle((0, -0.45), width - 1, 1.75, fc=kit.VERMILLION + "40", ec=kit.VERMILLION)
        )
        bars = middle.bar(range(width), np.zeros(width), width=0.6, label="weights of the filter",
                          fc=kit.VERMILLION + "60", ec=kit.VERMILLION, hatch="//")  # fmt: skip
        (under,) = middle.plot([], [], "o-", color=kit.BLUE, label="samples under the window")
        middle.legend(loc="lower left", ncols=2, bbox_to_anchor=(0, 0.95))
        (faint,) = bottom.plot([], [], ".", color=kit.INK, markersize=3)
        (line,) = bottom.plot([], [], color=kit.GREEN, marker=".", markersize=5, linewidth=1.4)
        (dot,) = bottom.plot([], [], "^", color=kit.GREEN, markersize=10)
        fig.live(frame, bars, under, faint, line, dot)
        own = fig.own(conv1d, "conv1d", reference.conv1d)

        @fig.on_change
        def update():
            weights = filters[kind.value]
            out = own(x, weights[:, None], np.array([bias.value]), stride.value)[:, 0]
            if place.max != len(out) - 1:
                place.max = len(out) - 1
            row = min(place.value, len(out) - 1)
            start = row * stride.value
            frame.set_x(start)
            for bar, weight in zip(bars, weights, strict=True):
                bar.set_height(weight)
            under.set_data(range(width), x[start : start + width])
            places = np.arange(len(out)) * stride.value + width // 2
            faint.set_data(places, out)
            line.set_data(places[: row + 1], out[: row + 1])
            dot.set_data([places[row]], [out[row]])
            total = float(x[start : start + width] @ weights)
            return (
                f"Filter {kind.value}, window {row} of {len(out)}, samples {start} to "
                f"{start + width - 1}: sum {total:.3f}, with bias {total + bias.value:.3f}, "
                f"output {out[row]:.3f}."
            )

    return fig


def train_pieces(dense, convolutional, epochs=15, studied=100, seed=3):
    """Two networks that look for broad beats on `studied` pieces; the loss on 400 new ones."""
    import keras

    X, y = data.ecg_windows(studied + 400, int(dense.input_shape[1]))
    seen, new = slice(0, studied), slice(studied, None)
    names, models = ("dense", "convolutional"), (dense, convolutional)
    curve = LiveCurve("Looking for broad beats", epochs, names, "loss on new pieces")
    for model in models:
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.01), loss)

    def measure():
        losses, told = [], []
        for name, model in zip(names, models, strict=True):
            z = np.asarray(model(X))[:, 0]
            losses.append(np.mean(np.logaddexp(0, np.where(y[new] == 1, -z[new], z[new]))))
            right = 100 * ((z > 0) == y)
            told.append(f"{name} {right[seen].mean():.0f}% and {right[new].mean():.1f}%")
        curve.add(*losses, extra=f"Right on studied and on new pieces: {', '.join(told)}.")

    measure()
    for epoch in range(epochs):
        for model in models:
            keras.utils.set_random_seed(seed + epoch)
            model.fit(X[seen], y[seen], epochs=2, batch_size=32, verbose=0)
        measure()
    curve.finish()


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
