"""Figures of lab 05_multilabel. Each takes the learner's functions and shows the reference without.

Where no trained network is given, a small one of scikit-learn stands in for it.
"""

import functools
import warnings

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve

SHAPES = data.SHAPES


@functools.cache
def _held_back():
    """Scenes to choose thresholds with, and new ones to test the choice: two pairs (X, Y)."""
    return data.scenes(400, seed=1), data.scenes(400, seed=2)


def _mlp(seed=0):
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier((25, 15), learning_rate_init=0.003, batch_size=32, random_state=seed)


@functools.cache
def _stand_in():
    """A network of the lab's size that has learned the scenes, as a function to logits."""
    network = _mlp().set_params(max_iter=7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes())

    def logits(X):
        for W, b in zip(network.coefs_[:-1], network.intercepts_[:-1], strict=True):
            X = np.maximum(X @ W + b, 0)
        return X @ network.coefs_[-1] + network.intercepts_[-1]

    return logits


def _named(row):
    """The shapes of a row of 0 and 1, in words."""
    found = [name for name, here in zip(SHAPES, row, strict=True) if here]
    return " and ".join([", ".join(found[:-1]), found[-1]] if found[1:] else found) or "nothing"


def _scene(ax):
    """Dark ink on white paper, whatever the page around it."""
    ax.set_axis_off()
    return ax.imshow(np.zeros((16, 16)), cmap="gray_r", vmin=0, vmax=1)


def some_scenes():
    """Ten scenes at a time, with their three labels on request."""
    (X, Y), _ = _held_back()
    with kit.Figure("Scenes", 640, 320) as fig:
        page = fig.slider("page", 1, 40, 1)
        labels = fig.toggle("show labels")
        cells = fig.axes(2, 5)
        pictures = [_scene(ax) for ax in cells]
        names = [ax.text(7.5, -1, " ", ha="center", va="bottom", size=9) for ax in cells]
        fig.live(*pictures, *names)

        @fig.on_change
        def update():
            start = 10 * (page.value - 1)
            for i, (picture, name) in enumerate(zip(pictures, names, strict=True), start):
                picture.set_data(X[i].reshape(16, 16))
                name.set_text("  ".join(map(str, Y[i])) if labels.value else "")
            rows = Y[start : start + 10]
            shown = "; ".join(map(_named, rows)) if labels.value else "labels hidden"
            order = "Labels in the order circle, square, triangle. " if labels.value else ""
            return f"Page {page.value}: ten scenes of 16 by 16 pixels. {order}In them: {shown}."

    return fig


def three_or_one(epochs=12):
    """Train one network with three outputs beside three networks with one, epoch by epoch."""
    X, Y = data.scenes()
    (X_held, Y_held), _ = _held_back()
    one, three = _mlp(), [_mlp(seed) for seed in (1, 2, 3)]
    names = ("one network, three outputs", "three networks, one output each")
    title, ylabel = "One network or three", "share of scenes wholly right"
    curve = LiveCurve(title, epochs, names, ylabel, legend=(1, 0.4))
    sizes = [256 * 25 + 25 + 25 * 15 + 15 + 15 * outputs + outputs for outputs in (3, 1)]
    numbers = f"The one learns {sizes[0]:,} numbers, the three together {3 * sizes[1]:,}."
    nothing = np.mean(~Y_held.any(axis=1))  # before training all say no
    curve.add(nothing, nothing)
    for _ in range(epochs):
        one.partial_fit(X, Y, classes=[0, 1, 2])
        for k, network in enumerate(three):
            network.partial_fit(X, Y[:, k], classes=[0, 1])
        together = one.predict(X_held)
        apart = np.column_stack([network.predict(X_held) for network in three])
        shares = [np.mean(np.all(Yhat == Y_held, axis=1)) for Yhat in (together, apart)]
        curve.add(*shares, extra=numbers)
    curve.finish()


def _bars(ax):
    """A bar for each shape, its value above it, and a mark where the shape is there."""
    ax.set(xticks=range(3), ylim=(0, 1.24), yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_xticklabels(SHAPES)
    ax.axhline(0.5, color=kit.INK, linestyle=":", linewidth=1)
    bars = ax.bar(range(3), np.zeros(3), color="none", width=0.7)
    for bar, colour, hatch in zip(bars, kit.COLOURS, kit.HATCHES, strict=False):
        bar.set(facecolor=colour + "70", edgecolor=colour, linewidth=1.5, hatch=hatch)
    values = [ax.text(k, 0, "", ha="center", va="bottom") for k in range(3)]
    (there,) = ax.plot([], [], "v", color=kit.INK, markersize=9)
    return bars, values, there


def _show_bars(bars, values, there, shares, labels):
    for bar, value, share in zip(bars, values, shares, strict=True):
        bar.set_height(share)
        value.set(y=share, text=f"{share:.3f}")
    there.set_data(np.flatnonzero(labels), np.full(int(np.sum(labels)), 1.17))


def two_heads():
    """The same three logits of a scene through a softmax head and through a sigmoid head."""
    (X, Y), _ = _held_back()
    Z = _stand_in()(X)
    both = np.flatnonzero((Y[:, 0] & Y[:, 1]) & (Z[:, :2].min(axis=1) > 1))
    with kit.Figure("Two heads on one scene", 700, 290) as fig:
        index = fig.slider("scene", 0, len(X) - 1, int(both[0]))
        raised = fig.slider("raise the circle by", -8.0, 8.0, 0.0, 0.1, "+.1f")
        left, middle, right = fig.axes(1, 3, ratios=(1, 1.25, 1.25))
        picture = _scene(left)
        heads = [_bars(ax) for ax in (middle, right)]
        middle.set(title="softmax head", ylabel="probability")
        right.set(title="sigmoid head")
        fig.live(picture, *[[*bars, *values, there] for bars, values, there in heads])

        @fig.on_change
        def update():
            i = index.value
            z = Z[i] + np.array([raised.value, 0, 0])
            shares = reference.softmax(z), reference.sigmoid(z)
            picture.set_data(X[i].reshape(16, 16))
            for head, p in zip(heads, shares, strict=True):
                _show_bars(*head, p, Y[i])
            texts = [
                ", ".join(f"{name} {v:.3f}" for name, v in zip(SHAPES, p, strict=True))
                for p in shares
            ]
            logits = ", ".join(f"{name} {v:.1f}" for name, v in zip(SHAPES, z, strict=True))
            return (
                f"Scene {i} holds: {_named(Y[i])} (marked by arrowheads). Logits: {logits}. "
                f"Softmax: {texts[0]}, together {shares[0].sum():.3f}. "
                f"Sigmoid: {texts[1]}, together {shares[1].sum():.3f}."
            )

    return fig


def loss_curves(multilabel_loss=None):
    """The loss of one answer against its logit, for a label that is there and one that is not."""
    grid = np.linspace(-10, 10, 81)
    with kit.Figure("What one answer costs", 600, 320) as fig:
        slider = fig.slider("logit z", -10.0, 10.0, 2.0)
        ax = fig.axes(xlabel="logit z", ylabel="loss", xlim=(-10.3, 10.3), ylim=(-0.3, 10.6))
        own = fig.own(multilabel_loss, "multilabel_loss", reference.multilabel_loss)

        def loss(z, y):
            return float(own(np.array([[z]]), np.array([[y]])))

        points = []
        for y, dash, mark, colour in ((1, "-", "o", kit.BLUE), (0, "--", "s", kit.VERMILLION)):
            label = "the label is there, y = 1" if y else "it is not, y = 0"
            ax.plot(grid, [loss(z, y) for z in grid], dash, color=colour, label=label)
            points += ax.plot([], [], mark, color=colour, markersize=9)
        (line,) = ax.plot([], [], ":", color=kit.INK, linewidth=1)
        ax.legend(loc="upper center")
        fig.live(line, *points)

        @fig.on_change
        def update():
            z = slider.value
            there, absent = loss(z, 1), loss(z, 0)
            line.set_data([z, z], [0, max(there, absent)])
            points[0].set_data([z], [there])
            points[1].set_data([z], [absent])
            return (
                f"Logit {z:.2f} says present with probability {reference.sigmoid(z):.3f}: that "
                f"costs {there:.3f} if the label is there and {absent:.3f} if it is not."
            )

    return fig


class Training:
    """A trained network as `.model`, the figure of its training as `.figure`, and what it says.

    `.P` are its probabilities for the held-back scenes, `.P_new` those for further, new scenes.
    """

    def __init__(self, probabilities, model=None, figure=None):
        (X, self.Y), (X_new, self.Y_new) = _held_back()
        self.X, self.model, self.figure = X, model, figure
        self.P, self.P_new = probabilities(X), probabilities(X_new)


@functools.cache
def _stand_in_training():
    return Training(lambda X: reference.sigmoid(_stand_in()(X)))


def train_scenes(build_multilabel_model=None, epochs=30, seed=3):
    """Train the learner's network on the scenes and show its two loss curves while it learns."""
    import keras

    from utils.engine.models import from_keras

    X, Y = data.scenes()
    (X_held, Y_held), _ = _held_back()
    curve = LiveCurve(
        "Learning to see several shapes", epochs, level=(np.log(2), "ln 2: knowing nothing")
    )

    def logits(model, rows):
        out = np.asarray(model(rows), dtype=float)
        if from_keras(model).layers[-1]["activation"] == "linear":
            return out
        p = np.clip(out, 1e-7, 1 - 1e-7)
        return np.log(p) - np.log1p(-p)

    def measure(model):
        Z, Z_held = logits(model, X), logits(model, X_held)
        share = np.mean(np.all((Z_held >= 0) == Y_held, axis=1))
        text = f"{100 * share:.1f}% of the held-back scenes are wholly right."
        losses = [reference.multilabel_loss(*pair) for pair in ((Z, Y), (Z_held, Y_held))]
        curve.add(*losses, extra=text)

    def train(build):
        keras.utils.set_random_seed(seed)
        model = build(X.shape[1], Y.shape[1])
        measure(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))
        model.fit(X, Y, epochs=epochs, batch_size=32, verbose=0, callbacks=[each])
        return model

    try:
        model = train(build_multilabel_model or reference.build_multilabel_model)
    except Exception as error:  # unfinished, not compiled, another shape: show how it goes anyway
        unfinished = isinstance(error, NotImplementedError)
        why = "is not finished" if unfinished else f"failed with {type(error).__name__}"
        curve.figure.note(f"build_multilabel_model {why}; the reference is drawn instead")
        curve.values.clear()
        model = train(reference.build_multilabel_model)
    curve.finish()
    return Training(lambda rows: reference.sigmoid(logits(model, rows)), model, curve.figure)


def scene_thresholds(predict_labels=None, label_accuracy=None, exact_match=None, training=None):
    """A scene, its three probabilities with their thresholds, and the counts over all scenes."""
    seen = training or _stand_in_training()
    P, Y = seen.P, seen.Y
    columns = ("found", "missed", "false\nalarm", "rightly\nabsent")
    with kit.Figure("Thresholds and their mistakes", 760, 290) as fig:
        index = fig.slider("scene", 0, len(P) - 1, 0)
        sliders = [fig.slider(f"{name} from", 0.0, 1.0, 0.5) for name in SHAPES]
        left, middle, right = fig.axes(1, 3, ratios=(1, 1.3, 1.75))
        picture = _scene(left)
        bars, values, there = _bars(middle)
        middle.set(ylabel="probability")
        ticks = [
            middle.plot([], [], color=kit.INK, linewidth=3, solid_capstyle="butt")[0]
            for _ in range(3)
        ]
        right.set_axis_off()
        right.set(xlim=(-1.6, 3.6), ylim=(-0.6, 3.7), title="all 400 held-back scenes")
        for x, column in enumerate(columns):
            right.text(x, 2.75, column, ha="center", va="bottom", size=9.5)
        cells = []
        for row, (name, colour) in enumerate(zip(SHAPES, kit.COLOURS, strict=False)):
            right.text(-0.6, 2 - row, name, ha="right", va="center", color=colour, weight="bold")
            cells += [
                right.text(x, 2 - row, "", ha="center", va="center",
                           size=13, weight="bold" if x in (1, 2) else "normal")
                for x in range(4)
            ]  # fmt: skip
        fig.live(picture, *bars, *values, there, *ticks, *cells)
        predict = fig.own(predict_labels, "predict_labels", reference.predict_labels)
        accuracy = fig.own(label_accuracy, "label_accuracy", reference.label_accuracy)
        exact = fig.own(exact_match, "exact_match", reference.exact_match)

        @fig.on_change
        def update():
            i = index.value
            thresholds = np.array([slider.value for slider in sliders])
            Yhat = np.asarray(predict(P, thresholds))
            picture.set_data(seen.X[i].reshape(16, 16))
            _show_bars(bars, values, there, P[i], Y[i])
            for k, tick in enumerate(ticks):
                tick.set_data([k - 0.45, k + 0.45], [thresholds[k]] * 2)
            counts = [
                np.sum((y == Y) & (Yhat == said), axis=0)
                for y, said in ((1, 1), (1, 0), (0, 1), (0, 0))
            ]
            for cell, count in zip(cells, np.transpose(counts).ravel(), strict=True):
                cell.set_text(str(count))
            shapes = "; ".join(
                f"{name} {found} found, {missed} missed, {alarms} false alarms"
                for name, found, missed, alarms in zip(SHAPES, *counts[:3], strict=True)
            )
            return (
                f"Scene {i} holds: {_named(Y[i])}; said: {_named(Yhat[i] == 1)}. Over all scenes: "
                f"{shapes}. Right labels: {100 * float(accuracy(Y, Yhat)):.1f}%, wholly right "
                f"scenes: {100 * float(exact(Y, Yhat)):.1f}%."
            )

    return fig


def threshold_costs(choose_thresholds=None, training=None):
    """Total cost against the threshold, one curve a label, and the thresholds chosen."""
    seen = training or _stand_in_training()
    P, Y = seen.P, seen.Y
    mistakes = [reference.threshold_mistakes(p, y) for p, y in zip(P.T, Y.T, strict=True)]
    with kit.Figure("What each threshold costs", 680, 340) as fig:
        miss = fig.slider("a miss costs", 1, 20, 5)
        alarm = fig.slider("a false alarm costs", 1, 20, 1)
        ax = fig.axes(xlabel="threshold", ylabel="total cost, 400 scenes", xlim=(0, 1.03))
        lines, points = [], []
        for name, colour, dash, mark in zip(
            SHAPES, kit.COLOURS, kit.DASHES, kit.MARKERS, strict=False
        ):
            lines += ax.plot([], [], color=colour, linestyle=dash, drawstyle="steps-pre")
            points += ax.plot(
                [], [], color=colour, linestyle=dash, marker=mark, markersize=10, label=name
            )
        (ideal,) = ax.plot([], [], color=kit.INK, linestyle=(0, (1, 3)), linewidth=1.5)
        ax.yaxis.set_label_coords(-0.1, 0.5)  # room for longer numbers, once costs are high
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
        fig.live(*lines, ideal, *points)
        choose = fig.own(choose_thresholds, "choose_thresholds", reference.choose_thresholds)
        top = [0.0]

        def costs(p_all, y_all, thresholds):
            said = p_all >= thresholds
            missed = miss.value * np.sum(~said & (y_all == 1), axis=0)
            return missed + alarm.value * np.sum(said & (y_all == 0), axis=0)

        @fig.on_change
        def update():
            at_half = costs(P, Y, 0.5)
            limit = next(v for v in _ROUND if v >= 2.5 * at_half.max())
            if limit != top[0]:
                top[0] = limit
                ax.set_ylim(-0.02 * limit, limit)
                fig.refresh()
            for line, (at, missed, alarms) in zip(lines, mistakes, strict=True):
                cost = miss.value * missed + alarm.value * alarms
                line.set_data(np.append(0, at), np.append(cost[0], cost))
            chosen = np.asarray(choose(P, Y, float(miss.value), float(alarm.value)), dtype=float)
            here = costs(P, Y, chosen)
            for point, x, y in zip(points, chosen, here, strict=True):
                point.set_data([x], [y])
            share = alarm.value / (alarm.value + miss.value)
            ideal.set_data([share, share], [0, limit])
            names = ", ".join(f"{n} {t:.2f}" for n, t in zip(SHAPES, chosen, strict=True))
            new = [costs(seen.P_new, seen.Y_new, t).sum() for t in (chosen, 0.5)]
            return (
                f"A miss costs {miss.value}, a false alarm {alarm.value}. Chosen: {names}; total "
                f"cost {here.sum()}, with 0.5 everywhere {at_half.sum()}. On 400 new scenes these "
                f"thresholds cost {new[0]}, and 0.5 costs {new[1]}. The fine dotted line is at "
                f"{alarm.value}/({alarm.value} + {miss.value}) = {share:.2f}."
            )

    return fig


_ROUND = [m * 10.0**e for e in range(8) for m in (1, 1.5, 2, 3, 5, 7)]
