"""Training runs that survive or die of their formulas, and networks that give logits."""

import warnings

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.fitting import fit
from utils.figures.guess import draw_guess
from utils.figures.own import FAILURES, LONG, quietly, trouble

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
        right.set(title="digits read correctly", ylim=(0, 1), yticks=[0, 0.25, 0.5, 0.75, 1])
        given = [("plain", naive, "plain_softmax"), ("yours", stable_softmax, "stable_softmax")]
        methods = [
            (name, fig.own(function, called, reference.stable_softmax, finite=False))
            for name, function, called in given[: 2 if compare else 1]
        ]
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
                        f"{name}: cost {now[-1, 0]:.3f}, {100 * now[-1, 1]:.0f}% read correctly"
                    )
            return f"Pixels from 0 to {pixels.value}, step {step.value}. {'; '.join(text)}."

    return fig


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
    """True cost from the logits, and the share of `X` read correctly."""
    Z = np.asarray(model(X), dtype=float)
    losses = -reference.log_softmax(Z)[np.arange(len(y)), y]
    return float(losses.mean()), float(np.mean(Z.argmax(axis=1) == y))


def train_both_ways(guessed=None, epochs=15, seed=1):
    """Train the same network with from_logits=False and with True, from the same weights."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    names = ("from_logits=False", "from_logits=True")
    curve = LiveCurve(
        "One network, trained both ways", epochs, names, "true cost",
        (np.log(10), "ln 10: equal shares"), (1, 0.85),
    )  # fmt: skip
    told = draw_guess(curve.figure.canvas.axes[0], guessed)
    models = []
    for from_logits in (False, True):
        keras.utils.set_random_seed(seed)
        models.append(_network(from_logits))

    def add():
        costs = [_measure(model, X, y)[0] for model in models]
        shares = [f"{100 * _measure(model, X_test, y_test)[1]:.1f}%" for model in models]
        curve.add(*costs, extra=f"Held-back digits read correctly: {' and '.join(shares)}.{told}")

    add()
    for epoch in range(epochs):
        for model in models:
            fit(model, X, y, seed=seed + epoch)  # the same batches for both
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
        extra = f"{100 * share:.1f}% of the held-back digits are read correctly."
        curve.add(cost, cost_test, extra=extra)

    def train(build):
        keras.utils.set_random_seed(seed)
        with quietly(LONG):
            model = build(64, 10)
        add(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: add(model))
        fit(model, X, y, epochs, watch=[each])
        return model

    def instead(*_):
        return _network(True)

    try:
        model = train(build_logits_model or instead)
    except FAILURES as error:  # unfinished, not compiled, another shape: show how it goes anyway
        why = trouble("build_logits_model", error)
        curve.figure.note(f"{why}; the reference is drawn instead")
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
        image = kit.tiles(picture, np.zeros((8, 8)))

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
            title="probabilities, ▼ true",
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
                f"Number {chosen} is {'an' if y[chosen] == 8 else 'a'} {y[chosen]}. "
                f"The two best: {best}. "
                f"{len(wrong)} of {len(y)} held-back digits are read wrongly."
            )

    return fig
