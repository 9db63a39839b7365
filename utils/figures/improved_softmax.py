"""Figures of lab 04_improved_softmax: what floats can hold, and where a formula leaves them."""

import contextlib
import io
import warnings

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve

# --- the number line ------------------------------------------------------------------------------

_TYPES = {"float64": np.float64, "float32": np.float32, "float16": np.float16}
_MOST_MARKS = 80
_TICKS = (-1, -0.5, 0, 0.5, 1)


def number_line():
    """The floats around 1 under a magnifier, and where 1 + h is stored."""
    with kit.Figure("The floats around 1", 680, 300) as fig:
        kind = fig.choice("type", _TYPES, np.float32)
        exponent = fig.slider("h = 10^e, e", -17.0, 0.0, -6.6, 0.1, ".1f")
        zoom = fig.slider("magnify 2^k times, k", 0, 56, 20)
        upper, lower = fig.axes(2, 1, yticks=[], ylim=(0, 1))
        for ax in (upper, lower):
            ax.spines["left"].set_visible(False)
        upper.set(xlim=(0, 2), xticks=[0, 0.5, 1, 1.5, 2], title="the line from 0 to 2")
        lower.set(xlim=(-1.06, 1.06), xticks=_TICKS, xlabel="distance from 1")
        lower.set_title("what the magnifier shows")
        lower.set_xticklabels([" "] * 5)
        lens = upper.axvspan(0.5, 1.5, color=kit.OCHRE, alpha=0.4, linewidth=0)
        (glass,) = upper.plot([1, 1], [0, 1], color=kit.OCHRE, linewidth=2)
        marks = lower.vlines(np.zeros(1), 0, 0.4, color=kit.INK, linewidth=1.3)
        dense = lower.text(-0.53, 0.2, "", ha="center", va="center")
        (one,) = lower.plot([0, 0], [0, 0.55], color=kit.INK, linewidth=3)
        (wanted,) = lower.plot([], [], kit.MARKERS[3], color=kit.BLUE, markersize=9)
        (stored,) = lower.plot([], [], kit.MARKERS[0], color=kit.VERMILLION, markersize=9)
        names = [lower.text(0, 0, "", va="center", color=c) for c in (kit.BLUE, kit.VERMILLION)]
        below_axis = {"ha": "center", "va": "top", "transform": lower.get_xaxis_transform()}
        ticks = [lower.text(x, -0.06, "", **below_axis) for x in _TICKS]
        fig.live(lens, glass, marks, dense, one, wanted, stored, names, ticks)

        def go():
            zoom.value = max(0, int(-np.log2(10.0**exponent.value * 1.3)))

        fig.button("Magnify until 1 + h is in view", go)

        @fig.on_change
        def update():
            info = np.finfo(kind.value)
            half = 0.5**zoom.value  # half of the width that the magnifier shows
            h = 10.0**exponent.value
            with np.errstate(under="ignore"):
                kept = float(kind.value(1.0 + h)) - 1.0  # 1 + h is rounded once in float64 too
            above, below = float(info.eps), float(info.epsneg)
            lens.set_bounds(1 - half, 0, 2 * half, 1)
            count = 1 + int(half / below) + int(half / above)
            spots = np.zeros(0)
            if count <= _MOST_MARKS:
                left = -below * np.arange(int(half / below) + 1)
                spots = np.concatenate([left, above * np.arange(int(half / above) + 1)])
            marks.set_segments([[(x / half, 0), (x / half, 0.4)] for x in spots])
            crowd = f"{count:,}" if count < 1e9 else f"{count:.1e}"
            dense.set_text("" if spots.size else f"{crowd} floats in view, too close to draw")
            pairs = ((wanted, names[0], h, 0.85, "1 + h"), (stored, names[1], kept, 0.4, "stored"))
            for artist, name, value, y, text in pairs:
                inside = value <= half
                artist.set_data([value / half] if inside else [], [y] if inside else [])
                side = "right" if value / half > 0.8 else "left"
                shift = -0.03 if side == "right" else 0.03
                name.set(x=value / half + shift, y=y, text=text if inside else "", ha=side)
            for tick, share in zip(ticks, _TICKS, strict=True):
                tick.set_text(f"{share * half:+.1e}" if share else "1")
            off = abs(kept - h) / h
            off = "less than 0.01%" if off < 1e-4 else f"{100 * off:.{0 if off > 0.1 else 2}f}%"
            where = "" if h <= half else " Both lie outside the magnifier."
            return (
                f"{info.dtype}: above 1 the next float is {above:.3g} away, below 1 it is "
                f"{below:.3g}. With h = {h:.4g}, (1 + h) - 1 gives {kept:.4g}: off by {off}."
                f"{where}"
            )

    return fig


# --- maps of errors -------------------------------------------------------------------------------

_SCALES = np.concatenate([-np.geomspace(1e4, 10, 22), [0.0], np.geomspace(10, 1e4, 22)])
_SPREADS = np.geomspace(1, 1e4, 33)
_SHAPE = np.array([0.0, -0.4, -1.0])  # three logits: scale + spread * shape
_PRECISIONS = {"float32": np.float32, "float64": np.float64}
# Black with a white rim: read on every colour of the map.
_OVER = {
    "color": "black",
    "weight": "bold",
    "path_effects": [withStroke(linewidth=3, foreground="w")],
}
_RIGHT, _DIGITS, _LOST, _NAN = range(4)
_VERDICTS = (
    ("right to 4 digits", kit.GREEN, "A"),
    ("digits lost", kit.OCHRE, "B"),
    ("0 or inf", kit.BLUE, "C"),
    ("NaN", kit.VERMILLION, "D"),
)


def probability_map(naive, stable_softmax=None, compare=False):
    """Where the smallest of three probabilities is right, for two ways to compute softmax.

    With `compare` the learner's `stable_softmax` gets a row of maps of its own.
    """

    def smallest(softmax):
        return lambda Z: softmax(Z)[:, -1]

    right = smallest(reference.stable_softmax)
    rows = [("plain", smallest(naive), "plain_softmax", right)]
    if compare:
        mine = None if stable_softmax is None else smallest(stable_softmax)
        rows.append(("yours", mine, "stable_softmax", right))
    title = "The smallest of three probabilities"
    return _maps(title, rows, lambda Z: np.exp(_true_log(Z)))


def cost_map(stable_softmax=None, cross_entropy_from_logits=None):
    """Where the cost of the least likely class is right: in two steps, and from the logits."""

    def two_steps(softmax):
        return lambda Z: -np.log(softmax(Z)[:, -1])

    def from_logits(cost):
        return lambda Z: np.array([cost(row[None], np.array([2])) for row in Z])

    stable = None if stable_softmax is None else two_steps(stable_softmax)
    cost = None if cross_entropy_from_logits is None else from_logits(cross_entropy_from_logits)
    name = "cross_entropy_from_logits"
    rows = [
        ("in two steps", stable, "stable_softmax", two_steps(reference.stable_softmax)),
        ("from logits", cost, name, lambda Z: -reference.log_softmax(Z)[:, -1]),
    ]
    return _maps("The cost of the least likely of three classes", rows, lambda Z: -_true_log(Z))


def _logits(scale, spread, precision):
    return (np.ravel(scale)[:, None] + np.ravel(spread)[:, None] * _SHAPE).astype(precision)


def _true_log(Z):
    """Log-probability of the last class, exact to rounding: differences first, in float64."""
    gaps = Z.astype(float) - Z[:, :1].astype(float)
    return gaps[:, -1] - np.log(np.exp(gaps).sum(axis=1))


def _safe(fig, function, name, instead):
    """The learner's function as it is, NaN and all; `instead`, with a note, where it raises."""

    def call(Z):
        with (
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            if function is not None:
                try:
                    out = np.asarray(function(Z.copy()))
                    if out.dtype.kind in "iuf" and out.shape == (len(Z),):
                        return out
                    problem = f"{name} returned the wrong shape"
                except NotImplementedError:
                    problem = f"finish {name} to see your own"
                except (Exception, SystemExit) as error:  # a figure shows, whatever was written
                    problem = f"{name} raised {type(error).__name__}"
                fig.note(f"{problem}; the reference is drawn instead")
            return np.asarray(instead(Z))

    return call


def _judge(values, truth):
    """Say for each value how near it is to the truth; a softmax is never 0, a cost never inf."""
    with np.errstate(all="ignore"):
        error = np.abs(values.astype(float) - truth) / np.abs(truth)
    out = np.where(error <= 1e-4, _RIGHT, _DIGITS)
    out[(values == 0) | np.isinf(values)] = _LOST
    out[np.isnan(values)] = _NAN
    return out


def _maps(title, rows, truth):
    """Draw a row of maps for each of `rows`: (name, function, its name, what stands in for it)."""
    with kit.Figure(title, 680, 110 + 190 * len(rows)) as fig:
        scale = _stops(fig, "scale (largest logit)", _SCALE_STOPS, 50)
        spread = _stops(fig, "spread (largest - smallest)", _SPREAD_STOPS, 5)
        grids = fig.axes(len(rows), 2)
        x, y = np.meshgrid(_SCALES, _SPREADS)
        methods, probes = [], []
        for number, (name, function, called, instead) in enumerate(rows):
            method = _safe(fig, function, called, instead)
            methods.append((name, method))
            for column, (kind, precision) in enumerate(_PRECISIONS.items()):
                ax, Z = grids[2 * number + column], _logits(x, y, precision)
                _paint(ax, _judge(method(Z), truth(Z)).reshape(x.shape))
                ax.set_title(f"{name}, {kind}")
                ax.set_xlabel("scale" if number == len(rows) - 1 else "")
                ax.set_ylabel("spread" if column == 0 else "")
                for colour, width in (("white", 5), ("black", 2.5)):
                    (ring,) = ax.plot([], [], "o", color=colour, markersize=11, fillstyle="none")
                    ring.set_markeredgewidth(width)
                    probes.append(ring)
        handles = [
            Patch(facecolor=colour + "80", edgecolor=colour, label=f"{letter}: {name}")
            for name, colour, letter in _VERDICTS
        ]
        fig.canvas.legend(handles=handles, loc="outside lower center", ncols=4)
        fig.live(*probes)

        @fig.on_change
        def update():
            z = scale.value + spread.value * _SHAPE
            at_x = np.interp(scale.value, _SCALES, range(len(_SCALES)))
            at_y = np.interp(np.log(spread.value), np.log(_SPREADS), range(len(_SPREADS)))
            for probe in probes:
                probe.set_data([at_x], [at_y])
            parts = []
            for kind, precision in _PRECISIONS.items():
                Z = z[None].astype(precision)
                found = ", ".join(f"{name} {method(Z)[0]:.5g}" for name, method in methods)
                parts.append(f"{kind}: {found}; right {truth(Z)[0]:.5g}.")
            return f"At the ring, logits {z[0]:g}, {z[1]:g} and {z[2]:g}. {' '.join(parts)}"

    return fig


_SPREAD_STOPS = (
    1,
    2,
    5,
    10,
    20,
    50,
    80,
    100,
    105,
    150,
    200,
    500,
    700,
    800,
    1000,
    2000,
    5000,
    10000,
)
_SIZES = (
    20,
    50,
    80,
    88,
    90,
    100,
    104,
    110,
    200,
    500,
    700,
    709,
    710,
    720,
    744,
    746,
    1000,
    3000,
    10000,
)
_SCALE_STOPS = (*(-size for size in reversed(_SIZES)), 0, *_SIZES)


def _stops(fig, label, stops, value):
    """A slider that stops where something happens: the edges lie far apart."""
    return fig._add(
        widgets.SelectionSlider(
            options=stops, value=value, description=label, layout={"width": "380px"}
        )
    )


def _paint(ax, verdicts):
    """Colour the map and put the letter of the verdict into each region."""
    from scipy.ndimage import label

    colours = np.array(
        [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] + [0.5] for _, c, _ in _VERDICTS]
    )
    ax.imshow(colours[verdicts], origin="lower", aspect="auto", interpolation="nearest")
    for verdict, (_, _, letter) in enumerate(_VERDICTS):
        regions, count = label(verdicts == verdict)
        for number in range(1, count + 1):
            cells = np.argwhere(regions == number)
            if len(cells) >= 8:
                row, column = cells[np.argmin(((cells - cells.mean(axis=0)) ** 2).sum(axis=1))]
                ax.text(column, row, letter, ha="center", va="center", size=11, **_OVER)
    ticks = (-10000, -1000, -100, 0, 100, 1000, 10000)
    ax.set_xticks(np.interp(ticks, _SCALES, range(len(_SCALES))))
    ax.set_xticklabels([f"{t:g}" if abs(t) < 1000 else f"{t / 1000:g}k" for t in ticks])
    decades = 10.0 ** np.arange(5)
    ax.set_yticks(np.interp(np.log(decades), np.log(_SPREADS), range(len(_SPREADS))))
    ax.set_yticklabels([f"{d:g}" for d in decades])


# --- training runs --------------------------------------------------------------------------------

_STEPS = 30


def train_regression(naive, stable_softmax=None, compare=False):
    """Softmax regression on the digits in float32, step by step, for pixels of several sizes."""
    X, y = data.digits()
    rows, Y = X.astype(np.float32), reference.one_hot(y, 10).astype(np.float32)
    with kit.Figure("Softmax regression on the digits, in float32", 680, 300) as fig:
        step = fig.player("step", _STEPS)
        pixels = fig.choice("pixels from 0 to", {"1": 1, "16": 16, "255": 255})
        cost, right = fig.axes(1, 2, xlim=(0, _STEPS), xlabel="step")
        cost.set(title="cost", ylim=(0, 2.6))
        right.set(title="digits read right", ylim=(0, 1), yticks=[0, 0.25, 0.5, 0.75, 1])
        methods = [("plain", _proba(fig, naive, "plain_softmax"))]
        if compare:
            methods.append(("yours", _proba(fig, stable_softmax, "stable_softmax")))
        curves = []
        for ax in (cost, right):
            for (name, _), colour, dash in zip(
                methods, kit.COLOURS[1::-1], ("--", "-"), strict=False
            ):
                curves.append(ax.plot([], [], dash, color=colour, label=name)[0])
            curves[-len(methods)].set_zorder(3)  # where both agree, dashes lie on the line
        (end,) = cost.plot([], [], "X", color=kit.COLOURS[1], markersize=11)
        fallen = cost.text(0.98, 0.98, "", color=kit.COLOURS[1], va="top", ha="right")
        fallen.set_transform(cost.transAxes)
        right.legend(loc="center right")
        fig.live(*curves, end, fallen)
        runs, step.value = {}, _STEPS

        def run(softmax):
            """Cost and share right before each step; NaN weights read nothing right."""
            X, W = rows * np.float32(pixels.value), np.zeros((64, 10), np.float32)
            out = []
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                for _ in range(_STEPS + 1):
                    Z = X @ W
                    P = np.asarray(softmax(Z))
                    J = -np.mean(np.log(np.maximum(P[np.arange(len(y)), y], 1e-12)))
                    hit = np.mean(Z.argmax(axis=1) == y) if np.isfinite(W).all() else 0.0
                    out.append((float(J), float(hit)))
                    W = W - np.float32(0.3) * (X.T @ (P - Y) / len(y)).astype(np.float32)
            return np.array(out)

        @fig.on_change
        def update():
            for name, softmax in methods:
                if (name, pixels.value) not in runs:
                    runs[name, pixels.value] = run(softmax)
            shown = [runs[name, pixels.value] for name, _ in methods]
            top = 1.1 * max(2.4, *(np.nanmax(values[:, 0]) for values in shown))
            if abs(cost.get_ylim()[1] - top) > 1e-9:
                cost.set_ylim(0, top)
                fig.refresh()
            text = []
            end.set_data([], [])
            fallen.set_text("")
            for number, ((name, _), values) in enumerate(zip(methods, shown, strict=True)):
                now = values[: step.value + 1]
                curves[number].set_data(range(len(now)), now[:, 0])
                curves[len(methods) + number].set_data(range(len(now)), now[:, 1])
                bad = np.flatnonzero(np.isnan(now[:, 0]))
                if bad.size:
                    text.append(f"{name}: NaN from step {bad[0]} on, and nothing is read any more")
                    if number == 0:
                        last = bad[0] - 1
                        end.set_data([last], [values[last, 0]])
                        fallen.set_text(f"plain: NaN from step {bad[0]} on")
                else:
                    text.append(
                        f"{name}: cost {now[-1, 0]:.3f}, {100 * now[-1, 1]:.0f}% read right"
                    )
            return f"Pixels from 0 to {pixels.value}, step {step.value}. {'; '.join(text)}."

    return fig


def _proba(fig, softmax, name):
    """The learner's `softmax`, NaN and all; the reference where it raises."""

    def instead(Z):
        return reference.stable_softmax(Z)

    def call(Z):
        if softmax is None:
            return instead(Z)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                P = np.asarray(softmax(Z.copy()))
            if P.dtype.kind in "iuf" and P.shape == Z.shape:
                return P
            problem = f"{name} returned the wrong shape"
        except NotImplementedError:
            problem = f"finish {name} to see your own"
        except (Exception, SystemExit) as error:  # a figure shows, whatever was written
            problem = f"{name} raised {type(error).__name__}"
        fig.note(f"{problem}; the reference is drawn instead")
        return instead(Z)

    return call


class Training:
    """A trained network as `.model`, with the figure of its training as `.figure`."""

    def __init__(self, model, figure):
        self.model, self.figure = model, figure


def _network(from_logits):
    """The network of the lab, linear output; the loss is told the truth, or not."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(25, activation="relu"),
            layers.Dense(15, activation="relu"),
            layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer="adam", loss=loss)
    return model


def _measure(model, X, y):
    """True cost from the logits, and the share of `X` read right."""
    Z = np.asarray(model(X), dtype=float)
    losses = -reference.log_softmax(Z)[np.arange(len(y)), y]
    return float(losses.mean()), float(np.mean(Z.argmax(axis=1) == y))


def train_both_ways(epochs=15, seed=1):
    """Train the same network with from_logits=False and with True, from the same weights."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    names = ("from_logits=False", "from_logits=True")
    curve = LiveCurve(
        "One network, trained both ways", epochs, names, "true cost",
        (np.log(10), "ln 10: equal shares"), (1, 0.85),
    )  # fmt: skip
    models = []
    for from_logits in (False, True):
        keras.utils.set_random_seed(seed)
        models.append(_network(from_logits))

    def add():
        costs = [_measure(model, X, y)[0] for model in models]
        shares = [f"{100 * _measure(model, X_test, y_test)[1]:.1f}%" for model in models]
        curve.add(*costs, extra=f"Held-back digits read right: {' and '.join(shares)}.")

    add()
    for epoch in range(epochs):
        for model in models:
            keras.utils.set_random_seed(seed + epoch)  # the same batches for both
            model.fit(X, y, batch_size=32, verbose=0)
        add()
    curve.finish()
    return Training(models[1], curve.figure)


def train_digits(build_logits_model=None, epochs=15, seed=1):
    """Train the learner's network on the digits; its two cost curves grow while it learns."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    curve = LiveCurve("Your network learns from logits", epochs, ylabel="cost",
                      level=(np.log(10), "ln 10: equal shares"))  # fmt: skip

    def add(model):
        (cost, _), (cost_test, share) = _measure(model, X, y), _measure(model, X_test, y_test)
        extra = f"{100 * share:.1f}% of the held-back digits are read right."
        curve.add(cost, cost_test, extra=extra)

    def train(build):
        keras.utils.set_random_seed(seed)
        model = build(64, 10)
        add(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: add(model))
        model.fit(X, y, epochs=epochs, batch_size=32, verbose=0, callbacks=[each])
        return model

    def instead(*_):
        return _network(True)

    try:
        model = train(build_logits_model or instead)
    except Exception as error:  # unfinished, not compiled, another shape: show how it goes anyway
        unfinished = isinstance(error, NotImplementedError)
        why = "is not finished" if unfinished else f"failed with {type(error).__name__}"
        curve.figure.note(f"build_logits_model {why}; the reference is drawn instead")
        curve.values.clear()
        model = train(instead)
    curve.finish()
    return Training(model, curve.figure)


def read_digits(model=None, class_probabilities=None):
    """Held-back digits: the logits that the network gives, and the probabilities made of them."""
    _, X, _, y = data.digits_split()
    with kit.Figure("Logits and probabilities", 700, 260) as fig:
        index = fig.slider("digit number", 0, len(X) - 1, 0)
        mistakes = fig.toggle("only mistakes")
        picture, left, right = fig.axes(1, 3, ratios=(1, 1.6, 1.6))
        picture.set_axis_off()
        image = picture.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1)

        def outputs(X):
            return np.zeros((len(X), 10)) if model is None else np.asarray(model(X), dtype=float)

        Z = outputs(X)
        own = fig.own(
            class_probabilities, "class_probabilities", lambda _, X: reference.softmax(outputs(X))
        )
        P = own(model, X)
        low, high = min(-1.0, Z.min()), max(1.0, Z.max())
        left.set(title="logits", xlabel="class", xticks=range(10), ylim=(1.08 * low, 1.08 * high))
        left.axhline(0, color=kit.INK, linewidth=1)
        right.set(
            title="probabilities, ▼ true class",
            xlabel="class",
            xticks=range(10),
            ylim=(0, 1.08),
        )
        look = {"edgecolor": kit.BLUE, "facecolor": kit.BLUE + "70"}
        bars = [ax.bar(range(10), np.zeros(10), **look) for ax in (left, right)]
        (true,) = right.plot([], [], "v", color=kit.GREEN, markersize=9)
        fig.live(image, *bars, true)
        wrong = np.flatnonzero(np.argmax(P, axis=1) != y)

        @fig.on_change
        def update():
            chosen = index.value
            if mistakes.value and len(wrong):
                chosen = int(wrong[index.value % len(wrong)])
            image.set_data(X[chosen].reshape(8, 8))
            for group, heights in zip(bars, (Z[chosen], P[chosen]), strict=True):
                for bar, height in zip(group, heights, strict=True):
                    bar.set_height(height)
            true.set_data([y[chosen]], [1.02])
            order = np.argsort(-P[chosen])[:2]
            best = ", ".join(
                f"class {k}: logit {Z[chosen, k]:.2f}, probability {P[chosen, k]:.3f}"
                for k in order
            )
            return (
                f"Digit {chosen} is a {y[chosen]}. The two best: {best}. "
                f"{len(wrong)} of {len(y)} held-back digits are read wrong."
            )

    return fig
