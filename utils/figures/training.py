"""Figures of lab 01_training. Each takes the learner's functions, or shows the reference."""

import contextlib
import io
import warnings
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve

LN2 = float(np.log(2))


def pixels():
    """One digit as a picture and as the row of 64 numbers that a model gets."""
    X, y = data.digits_binary()
    with kit.Figure("A picture is a row of numbers", 680, 300) as fig:
        picture = fig.slider("picture", 0, len(X) - 1, 2)
        pixel = fig.slider("pixel", 0, 63, 36)
        left, right = fig.axes(1, 2, ratios=(1, 1.7))
        left.set(xticks=range(8), yticks=range(8), xlabel="column", ylabel="row")
        right.set(xlim=(-1, 64), ylim=(0, 1.12), xlabel="pixel = 8 * row + column", ylabel="ink")
        right.set_xticks(range(0, 64, 8))
        image = left.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1)
        (frame,) = left.plot([], [], color=kit.VERMILLION)
        bars = right.bar(range(64), np.zeros(64), width=0.8, color=kit.BLUE)
        (mark,) = right.plot([], [], "v", color=kit.VERMILLION, markersize=9)
        fig.live(image, frame, *bars, mark)

        @fig.on_change
        def update():
            x, k = X[picture.value], pixel.value
            row, column = divmod(k, 8)
            image.set_data(x.reshape(8, 8))
            frame.set_data(column + _SQUARE[0], row + _SQUARE[1])
            for bar, ink in zip(bars, x, strict=True):
                bar.set_height(ink)
            mark.set_data([k], [x[k] + 0.05])
            return (
                f"Picture {picture.value} is a {y[picture.value]}. Pixel {k} (row {row}, column "
                f"{column}, marked) has ink {x[k]:.2f}."
            )

    return fig


_SQUARE = 0.5 * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])


def count_parameters(build_model=None):
    """Print how many numbers each layer learns, and what the untrained model says."""
    model, note = _build(build_model, 64)
    if note:
        print(f"Note: {note}.")
    total = 0
    for number, layer in enumerate((la for la in model.layers if la.weights), 1):
        shapes = [tuple(w.shape) for w in layer.weights]
        sizes = [int(np.prod(shape)) for shape in shapes]
        total += sum(sizes)
        parts = " + ".join(f"{size} {tuple(s)}" for size, s in zip(sizes, shapes, strict=True))
        print(f"layer {number}: weights and biases {parts} = {sum(sizes)} numbers")
    X, y = data.digits_binary()
    p = np.asarray(model(X)).ravel()
    print(f"together {total} numbers")
    for digit in (0, 1):
        chosen = p[y == digit]
        print(f"untrained, it gives the {digit}s between {chosen.min():.3f} and {chosen.max():.3f}")


def loss_terms(binary_cross_entropy=None):
    """The loss of one example against the probability, for both labels."""
    grid = np.concatenate([np.geomspace(0.002, 0.1, 20), np.linspace(0.13, 0.87, 20)])
    grid = np.concatenate([grid, 1 - np.geomspace(0.1, 0.002, 20)])
    with kit.Figure("What a probability costs", 600, 310) as fig:
        label = fig.choice("label", {"1": 1, "0": 0})
        slider = fig.slider("probability p", 0.002, 0.998, 0.7, 0.002, ".3f")
        ax = fig.axes(xlabel="probability p that it is a 1", ylabel="loss", xlim=(0, 1))
        ax.set_ylim(-0.1, 6.4)
        own = fig.own(binary_cross_entropy, "binary_cross_entropy", reference.binary_cross_entropy)

        def loss(y, p):
            return float(own(np.array([y]), np.array([p])))

        ax.plot(grid, [loss(1, p) for p in grid], color=kit.BLUE, label="label 1: -ln p")
        ax.plot(
            grid, [loss(0, p) for p in grid], "--", color=kit.VERMILLION,
            label="label 0: -ln(1 - p)",
        )  # fmt: skip
        ax.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(0.995, LN2 + 0.08, "ln 2", ha="right", va="bottom")
        (drop,) = ax.plot([], [], ":", color=kit.INK, linewidth=1)
        (point,) = ax.plot([], [], "o", markersize=9)
        value = ax.text(0.5, 4.3, "", ha="center", size=13)
        ax.legend(loc="upper center")
        fig.live(drop, point, value)

        @fig.on_change
        def update():
            p, y = slider.value, label.value
            cost = loss(y, p)
            drop.set_data([p, p], [0, cost])
            point.set_data([p], [cost])
            point.set(color=kit.BLUE if y else kit.VERMILLION, marker="o" if y else "s")
            value.set_text(f"loss {cost:.3f}")
            return f"If the label is {y}, the probability {p:.3f} costs {cost:.3f}."

    return fig


# --- the plane of two features --------------------------------------------------------------------

_LOW, _HIGH, _SIDE = -3.2, 3.2, 101
_ZERO, _ONE = kit.VERMILLION, kit.BLUE


def _plane(ax):
    """Draw the pictures as points of the plane; return the layer that colours it."""
    X, y = data.digits_two_features()
    ax.set(xlim=(_LOW, _HIGH), ylim=(_LOW, _HIGH), aspect="equal")
    ax.set(xlabel="ink in the middle columns", ylabel="ink beside them")
    shade = ax.imshow(
        np.zeros((_SIDE, _SIDE, 4)), extent=(_LOW, _HIGH, _LOW, _HIGH), origin="lower", zorder=0
    )  # fmt: skip
    points = [
        ax.plot(*X[y == k].T, marker, color=colour, markersize=4, alpha=0.8, label=f"a {k}")[0]
        for k, marker, colour in ((0, "s", _ZERO), (1, "o", _ONE))
    ]
    legend = ax.legend(loc="upper right", handletextpad=0.2, borderaxespad=0.1)
    return shade, [*points, legend]


def _grid():
    side = np.linspace(_LOW, _HIGH, _SIDE)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def _colours(p):
    """Colour the plane by the probability of a 1: bare where it is even, with the border drawn."""
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in (_ZERO, _ONE)])
    one = p >= 0.5
    picture = np.column_stack([rgb[one.astype(int)], 0.55 * np.abs(2 * p - 1)])
    one = one.reshape(_SIDE, _SIDE)
    border = np.zeros((_SIDE, _SIDE), bool)
    border[:-1] |= one[:-1] != one[1:]
    border[:, :-1] |= one[:, :-1] != one[:, 1:]
    border[1:] |= border[:-1]
    picture = picture.reshape(_SIDE, _SIDE, 4)
    picture[border] = [0.46, 0.46, 0.46, 1]
    return picture


def by_hand(predict=None, binary_cross_entropy=None):
    """Separate zeros from ones with three sliders: what the unit says, and what it costs."""
    X, y = data.digits_two_features()
    plane = _grid()
    with kit.Figure("One unit, set by hand", 640, 340) as fig:
        first = fig.slider("w0", -6.0, 6.0, 1.0, 0.1)
        second = fig.slider("w1", -6.0, 6.0, 1.0, 0.1)
        bias = fig.slider("b", -4.0, 4.0, 0.0, 0.1)
        left, right = fig.axes(1, 2, ratios=(2.3, 1))
        shade, points = _plane(left)
        right.set(xlim=(-0.6, 0.6), ylim=(0, 2), xticks=[], ylabel="cost")
        (bar,) = right.bar([0], [0], width=0.6, color=kit.GREEN + "70", edgecolor=kit.GREEN)
        best = right.axhline(2, color=kit.PURPLE, linestyle="--")
        right.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        right.text(0.58, LN2 + 0.02, "ln 2", ha="right", va="bottom")
        value = right.text(0, 0, "", ha="center", va="bottom")
        found = right.text(-0.58, 2, "your best", va="bottom", color=kit.PURPLE)
        fig.live(shade, *points, bar, best, value, found)
        unit = fig.own(predict, "predict", reference.logistic_unit)
        cost_of = fig.own(
            binary_cross_entropy, "binary_cross_entropy", reference.binary_cross_entropy
        )
        lowest = [np.inf]

        @fig.on_change
        def update():
            w, b = np.array([first.value, second.value]), bias.value
            p = unit(X, w, b)
            cost = float(cost_of(y, p))
            shade.set_data(_colours(unit(plane, w, b)))
            lowest[0] = min(lowest[0], cost)
            bar.set_height(min(cost, 2))
            best.set(ydata=[lowest[0]] * 2, visible=lowest[0] < cost - 0.05)
            found.set(y=lowest[0], visible=lowest[0] < cost - 0.05)
            value.set(y=min(cost, 1.85) + 0.02, text=f"{cost:.3f}")
            right_ones = np.mean((p >= 0.5) == (y == 1))
            return (
                f"Weights {w[0]:.1f} and {w[1]:.1f}, bias {b:.1f}: cost {cost:.3f}, "
                f"{100 * right_ones:.0f}% of the pictures right. Lowest cost so far "
                f"{lowest[0]:.3f}."
            )

    return fig


# --- the map of a unit with one feature -----------------------------------------------------------

_WEIGHTS, _BIASES = (-6.0, 14.0), (-7.0, 7.0)
_START = (-3.0, 3.0)


def _one_feature():
    X, y = data.digits_two_features()
    return X[:, :1].copy(), y


def _map(ax, weights=_WEIGHTS, biases=_BIASES):
    """Draw lines of equal cost over weight and bias; return the mark of the lowest point."""
    X, y = _one_feature()
    w, b = np.linspace(*weights, 81), np.linspace(*biases, 57)
    z = w[None, :, None] * X[:, 0] + b[:, None, None]
    cost = np.mean(np.logaddexp(0, z) - y * z, axis=2)
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
    ax.plot(*_START, "D", color=kit.INK, markersize=7, label="start", linestyle="")
    ax.set(xlim=weights, ylim=biases, xlabel="weight w", ylabel="bias b")
    ax.legend(loc="lower right", borderaxespad=0.2)
    return lowest


def descent(gradient_descent=None):
    """Gradient descent on the map of one unit, with its learning rate on a slider."""
    X, y = _one_feature()
    last = 40
    with kit.Figure("Down the cost of one unit", 720, 340) as fig:
        alpha = fig._add(
            widgets.FloatLogSlider(
                value=1, base=10, min=-2, max=2, step=0.125, description="alpha",
                readout_format=".2g",
            )
        )  # fmt: skip
        step = fig.player("step", last, start=8)
        left, right = fig.axes(1, 2, ratios=(1.4, 1))
        lowest = _map(left)
        right.set(xlim=(0, last), ylim=(0, 4), xlabel="step", ylabel="cost")
        (path,) = left.plot([], [], "o-", color=kit.BLUE, markersize=4, linewidth=1.3)
        (here,) = left.plot([], [], "o", color=kit.VERMILLION, markersize=10)
        (curve,) = right.plot([], [], "o-", color=kit.BLUE, markersize=4, linewidth=1.3)
        (now,) = right.plot([], [], "o", color=kit.VERMILLION, markersize=10)
        fig.live(path, here, lowest, curve, now)
        own = fig.own(gradient_descent, "gradient_descent", reference.gradient_descent)
        runs = {}

        def run(rate):
            """Weights, biases and costs before step 0, 1, ..., for one learning rate."""
            if rate not in runs:
                w, b, states = np.array([_START[0]]), _START[1], []
                for _ in range(last + 1):
                    new_w, new_b, costs = own(X, y, w, b, rate, 1)
                    states.append((w[0], b, float(costs[0])))
                    w, b = np.array(new_w, dtype=float), float(new_b)
                runs[rate] = np.array(states)
            return runs[rate]

        @fig.on_change
        def update():
            states = run(alpha.value)
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
    with kit.Figure("Steps from mini-batches", 720, 340) as fig:
        sizes = {"all 360": 360, "90": 90, "32": 32, "8": 8}
        size = fig.choice("batch size", sizes, 32)
        epoch = fig.player("epoch", last, interval=500, start=2)
        left, right = fig.axes(1, 2, ratios=(1.4, 1))
        lowest = _map(left, (-4, 8), (-3, 4.5))
        right.set(xlim=(0, last), ylim=(0, 3.3), xlabel="epoch", ylabel="cost of all examples")
        (path,) = left.plot([], [], "-", color=kit.BLUE, linewidth=1)
        (stops,) = left.plot([], [], "o", color=kit.BLUE, markersize=5)
        (here,) = left.plot(
            [], [], "o", color=kit.VERMILLION, markersize=11, fillstyle="none", markeredgewidth=2
        )
        curves = [
            right.plot([], [], dash, marker=mark, color=kit.INK, markersize=4, label=name)[0]
            for name, dash, mark in zip(sizes, kit.DASHES, kit.MARKERS, strict=False)
        ]
        right.legend(title="batch size")
        fig.live(path, stops, here, lowest, *curves)
        own = fig.own(cost_gradient, "cost_gradient", reference.cost_gradient)
        runs = {}

        def run(batch_size):
            """The path step by step, the number of steps an epoch, the cost after each epoch."""
            if batch_size not in runs:
                rng = np.random.default_rng(4)
                w, b = np.array([_START[0]]), _START[1]
                path, costs = [(w[0], b)], [_cost(X, y, w, b)]
                for _ in range(last):
                    batches = _batches(fig, minibatches, m, batch_size, rng)
                    for batch in batches:
                        dw, db = own(X[batch], y[batch], w, b)
                        w, b = w - alpha * dw, float(b - alpha * db)
                        path.append((w[0], b))
                    costs.append(_cost(X, y, w, b))
                runs[batch_size] = np.array(path), len(batches), np.array(costs)
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
                curve.set_data(range(epoch.value + 1), run(one)[2][: epoch.value + 1])
                curve.set(color=kit.BLUE if chosen else kit.INK, linewidth=2.5 if chosen else 1)
            return (
                f"Batches of {size.value}, alpha {alpha:g}: {steps} steps an epoch. After "
                f"{epoch.value} epochs and {until} steps the cost of all examples is "
                f"{costs[epoch.value]:.3f}."
            )

    return fig


def _cost(X, y, w, b):
    return reference.binary_cross_entropy(y, reference.logistic_unit(X, w, b))


def _batches(fig, minibatches, m, size, rng):
    """The learner's batches of one epoch, or those of the reference with a note."""
    if minibatches is not None:
        name = "minibatches"
        try:
            batches = [np.asarray(batch) for batch in minibatches(m, size, rng)]
            if all(b.ndim == 1 and b.dtype.kind in "iu" and b.size for b in batches) and batches:
                _ = [np.arange(m)[batch] for batch in batches]
                return batches
            problem = f"{name} did not return arrays of indices"
        except NotImplementedError:
            problem = f"finish {name} to see your own"
        except (Exception, SystemExit) as error:
            problem = f"{name} raised {type(error).__name__}"
        fig.note(f"{problem}; the reference is drawn instead")
    return reference.minibatches(m, size, rng)


def quiz_curves():
    """Four learning curves to tell apart, each named by a letter."""
    X, y = _one_feature()
    X, y = X + 1, np.where(np.random.default_rng(0).random(len(y)) < 0.1, 1 - y, y)
    rates = {"A": 0.03, "B": 2.0, "C": 0.0, "D": 12.0}
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


# --- networks -------------------------------------------------------------------------------------


def _build(build_model, n_features):
    """The learner's model and no note, or the reference with the note why."""
    if build_model is None:
        return reference.build_model(n_features), ""
    try:
        model = build_model(n_features)
        if np.asarray(model(np.zeros((2, n_features)))).shape == (2, 1):
            return model, ""
        why = "build_model returned a model of another shape"
    except NotImplementedError:
        why = "finish build_model to see your own"
    except (Exception, SystemExit) as error:  # a figure shows, whatever a learner wrote
        why = f"build_model raised {type(error).__name__}"
    return reference.build_model(n_features), f"{why}; the reference is used instead"


def train_on_plane(build_model=None, epochs=40, seed=3):
    """Train the network on two features by plain gradient descent, live, then to be replayed."""
    import keras

    X, y = data.digits_two_features()
    plane = _grid().astype(np.float32)
    keras.utils.set_random_seed(seed)
    model, note = _build(build_model, 2)
    frames = []
    with kit.Figure("A network learns in the plane", 720, 350) as fig:
        epoch = fig.player("epoch", epochs, interval=80)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        shade, points = _plane(left)
        right.set(xlim=(0, epochs), ylim=(0, 1), xlabel="epoch", ylabel="cost")
        right.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        right.text(epochs, LN2, "ln 2", ha="right", va="bottom")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.VERMILLION, markersize=9)
        fig.live(shade, *points, curve, now)
        if note:
            fig.note(note)

        @fig.on_change
        def update():
            if not frames:
                return "Training starts."
            trained = len(frames) > epochs
            chosen = min(epoch.value, len(frames) - 1) if trained else len(frames) - 1
            picture, cost, share = frames[chosen]
            shade.set_data(picture)
            curve.set_data(range(chosen + 1), [frame[1] for frame in frames[: chosen + 1]])
            now.set_data([chosen], [cost])
            return f"Epoch {chosen}: cost {cost:.3f}, {100 * share:.0f}% of the pictures right."

    bar = widgets.IntProgress(0, 0, epochs, description="training")
    live = widgets.VBox([bar, fig.picture, fig.caption])  # the controls come when it is done
    handle = display(live, display_id=True)

    def measure(done):
        p = np.asarray(model(X.astype(np.float32))).ravel()
        picture = _colours(np.asarray(model(plane)).ravel())
        frames.append((picture, reference.binary_cross_entropy(y, p), np.mean((p >= 0.5) == y)))
        bar.value = done
        fig.draw()

    measure(0)
    model.compile(optimizer=keras.optimizers.SGD(0.2), loss="binary_crossentropy")
    each = keras.callbacks.LambdaCallback(on_epoch_end=lambda done, _: measure(done + 1))
    model.fit(X, y, epochs=epochs, verbose=0, callbacks=[each])
    epoch.value = epochs
    if handle is not None:
        handle.update(fig)


@dataclass
class Trained:
    """A trained network and unit, with the pictures kept away from them and their figure."""

    model: Any
    unit: tuple
    X: np.ndarray
    y: np.ndarray
    figure: Any


def train_digits(build_model=None, compile_and_fit=None, gradient_descent=None, epochs=60, seed=1):
    """Train the learner's network and unit on the 64 pixels, side by side, and draw their costs."""
    import keras
    from sklearn.model_selection import train_test_split

    X, y = data.digits_binary()
    X, X_kept, y, y_kept = train_test_split(X, y, test_size=80, random_state=0, stratify=y)
    names = ("network", "network, held-back", "your unit", "unit, held-back")
    curve = LiveCurve("Zeros and ones, 64 pixels", epochs, names, "cost", (LN2, "ln 2"), (1, 0.75))
    (ax,) = curve.figure.canvas.axes
    for number, line in enumerate(line for line in ax.lines if line.get_label() in names):
        line.set_markevery((2 * number, 8))
    steps = -(-len(X) // 32)
    unit = _Unit(gradient_descent, X, y, curve.figure.note)

    def measure(model):
        p = [np.asarray(model(rows)).ravel() for rows in (X, X_kept)]
        q = [reference.logistic_unit(rows, unit.w, unit.b) for rows in (X, X_kept)]
        costs = [
            reference.binary_cross_entropy(truth, answer)
            for answers in (p, q)
            for truth, answer in zip((y, y_kept), answers, strict=True)
        ]
        wrong = [int(np.sum((a[1] >= 0.5) != y_kept)) for a in (p, q)]
        extra = f"Of {len(y_kept)} held-back pictures the network reads {wrong[0]} wrong,"
        curve.add(*costs, extra=f"{extra} the unit {wrong[1]}.")

    def train(fit):
        keras.utils.set_random_seed(seed)
        model, note = _build(build_model, X.shape[1])
        if note:
            curve.figure.note(note)
        unit.restart()
        measure(model)

        def one_epoch(*_):
            unit.train(steps)
            measure(model)

        _tell_epochs(model, keras.callbacks.LambdaCallback(on_epoch_end=one_epoch))
        with contextlib.redirect_stdout(io.StringIO()):
            fit(model, X.copy(), y.copy(), epochs)
        return model

    try:
        model = train(compile_and_fit or reference.compile_and_fit)
    except (Exception, SystemExit) as error:  # unfinished or broken: show how it goes anyway
        unfinished = isinstance(error, NotImplementedError)
        why = (
            "finish compile_and_fit to see your own"
            if unfinished
            else f"compile_and_fit raised {type(error).__name__}"
        )
        curve.figure.note(f"{why}; the reference is used instead")
        curve.values.clear()
        model = train(reference.compile_and_fit)
    curve.finish()
    return Trained(model, (unit.w, unit.b), X_kept, y_kept, curve.figure)


def _tell_epochs(model, callback):
    """Add a callback to every `fit` of this one model, and keep its progress bar off the page."""
    fit = model.fit

    def watched(*args, callbacks=None, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options["verbose"] = 0
            return fit(*args, callbacks=[*(callbacks or []), callback], **options)

    model.fit = watched


class _Unit:
    """One logistic unit, trained a few steps at a time by the learner's gradient descent."""

    ALPHA = 0.5

    def __init__(self, gradient_descent, X, y, note):
        self.function, self.X, self.y, self.note = gradient_descent, X, y, note
        self.restart()

    def restart(self):
        """Go back to the start: all weights 0."""
        self.w, self.b = np.zeros(self.X.shape[1]), 0.0

    def train(self, steps):
        """Take some steps; a function that fails is replaced by the reference."""
        start = (self.X.copy(), self.y.copy(), self.w.copy(), self.b, self.ALPHA, steps)
        if self.function is not None:
            try:
                with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
                    w, b, _ = self.function(*start)
                w, b = np.asarray(w, dtype=float), float(b)
                if w.shape == self.w.shape and np.isfinite(w).all() and np.isfinite(b):
                    self.w, self.b = w, b
                    return
                why = "gradient_descent did not return w and b"
            except NotImplementedError:
                why = "finish gradient_descent to see your own"
            except (Exception, SystemExit) as error:
                why = f"gradient_descent raised {type(error).__name__}"
            self.note(f"{why}; the reference is used instead")
            self.function = None
        self.w, self.b, _ = reference.gradient_descent(*start)


def zero_or_one(trained=None):
    """Held-back pictures, the most doubtful first, with what network and unit say."""
    if trained is None:
        return None
    p = np.asarray(trained.model(trained.X)).ravel()
    q = reference.logistic_unit(trained.X, *trained.unit)
    order = np.argsort(np.abs(p - 0.5))
    with kit.Figure("Held-back pictures", 640, 330) as fig:
        page = fig.slider("page", 1, len(order) // 10, 1)
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        for ax in cells:
            for spine in ax.spines.values():
                spine.set(visible=True, alpha=0.4)
        images = [ax.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1) for ax in cells]
        names = [ax.text(3.5, 7.9, "", ha="center", va="top", size=10) for ax in cells]
        for ax in cells:
            ax.set_xlabel(" \n ", size=10)
        fig.live(*images, *names)

        @fig.on_change
        def update():
            chosen = order[10 * (page.value - 1) : 10 * page.value]
            words = []
            for image, name, i in zip(images, names, chosen, strict=True):
                image.set_data(trained.X[i].reshape(8, 8))
                wrong = (p[i] >= 0.5) != trained.y[i]
                name.set_text(f"network {p[i]:.3f}{' wrong' if wrong else ''}\nunit {q[i]:.3f}")
                name.set_color(kit.VERMILLION if wrong else kit.INK)
                words.append(f"a {trained.y[i]}: {p[i]:.3f} and {q[i]:.3f}")
            return f"Page {page.value}, probability of a 1 by network and unit: {'; '.join(words)}."

    return fig
