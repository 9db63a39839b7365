"""The digits: pages of them, ten sigmoids against one softmax, and a network that reads them."""

import numpy as np
from matplotlib.lines import Line2D

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.fitting import fit
from utils.figures.own import FAILURES, LONG, quietly, trouble


def some_digits():
    """Ten of the real digits at a time, with their labels on request."""
    X, y = data.digits()
    order = np.random.default_rng(3).permutation(len(X))
    with kit.Figure("Hand-written digits", 560, 260) as fig:
        page = fig.slider("page", 1, 100, 1)
        labels = fig.toggle("show labels")
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        pictures = [_digit(ax) for ax in cells]
        names = [ax.text(3.5, -0.8, "", ha="center", va="bottom") for ax in cells]
        fig.live(*pictures, *names)

        @fig.on_change
        def update():
            chosen = order[10 * (page.value - 1) : 10 * page.value]
            for picture, name, i in zip(pictures, names, chosen, strict=True):
                picture.set_data(X[i].reshape(8, 8))
                name.set_text(str(y[i]) if labels.value else "")
            shown = ", ".join(map(str, y[chosen])) if labels.value else "labels hidden"
            return f"Page {page.value}: ten scans of 8 by 8 pixels; {shown}."

    return fig


def _digit(ax):
    """Dark ink on white paper, as it was scanned, whatever the page around it."""
    ax.set_axis_off()
    return kit.tiles(ax, np.zeros((8, 8)))


def ten_sigmoids(predict_proba=None):
    """Ten yes-or-no classifiers beside one softmax, trained on the same digits."""
    X, X_kept, y, y_kept = data.digits_split()
    (V, c), (W, b) = _trained(X, y, _sigmoid), _trained(X, y, _softmax)
    with kit.Figure("Ten sigmoids, and one softmax", 720, 280) as fig:
        index = fig.slider("digit number", 0, len(X_kept) - 1, 0)
        own = fig.own(predict_proba, "predict_proba", reference.predict_proba)
        apart, together = _sigmoid(X_kept @ V + c), np.asarray(own(X_kept, W, b), dtype=float)
        sums = apart.sum(axis=1)

        def go(place):
            index.value = int(place)

        fig.button("Largest sum", lambda: go(sums.argmax()))
        fig.button("Smallest sum", lambda: go(sums.argmin()))
        picture, left, right = fig.axes(1, 3, ratios=(1, 1.7, 1.7))
        image = _digit(picture)
        for ax, title in ((left, "ten sigmoids"), (right, "softmax")):
            ax.set(title=title, xlabel="class", xticks=range(10), ylim=(0, 1.12))
        look = {"edgecolor": kit.BLUE, "facecolor": kit.BLUE + "70"}
        bars = [ax.bar(range(10), np.zeros(10), **look) for ax in (left, right)]
        words = [
            ax.text(0.98, 0.97, "", ha="right", va="top", transform=ax.transAxes, size=11)
            for ax in (left, right)
        ]
        fig.live(image, *bars, *words)

        @fig.on_change
        def update():
            at = index.value
            image.set_data(X_kept[at].reshape(8, 8))
            rows = (apart[at], together[at])
            for group, word, row in zip(bars, words, rows, strict=True):
                for bar, height in zip(group, row, strict=True):
                    bar.set_height(height)
                word.set_text(f"sum {row.sum():.2f}")
            likely = [int(k) for k in np.argsort(-rows[0])[:2]]
            shares = [np.mean(P.argmax(axis=1) == y_kept) for P in (apart, together)]
            return (
                f"{_the(y_kept[at])}. The ten sigmoids add up to {rows[0].sum():.2f}; the "
                f"surest say {likely[0]} with {rows[0][likely[0]]:.2f} and {likely[1]} with "
                f"{rows[0][likely[1]]:.2f}. Softmax says {rows[1].argmax()} with "
                f"{rows[1].max():.2f}. Read correctly: {100 * shares[0]:.1f}% by the largest "
                f"sigmoid, {100 * shares[1]:.1f}% by softmax."
            )

    return fig


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))  # no score of these is large


def _softmax(Z):
    grown = np.exp(Z)
    return grown / grown.sum(axis=1, keepdims=True)


def _trained(X, y, activation, steps=300, rate=3.0):
    """Weights after plain gradient descent with the error p - Y, which both outputs share."""
    single = np.float32  # half the time, and the digits that are shown are the same
    X, Y, step = X.astype(single), np.eye(10, dtype=single)[y], single(rate / len(y))
    W, b = np.zeros((64, 10), single), np.zeros(10, single)
    for _ in range(steps):
        error = activation(X @ W + b) - Y
        W, b = W - step * (X.T @ error), b - step * error.sum(axis=0)
    return W.astype(float), b.astype(float)


def _the(digit):
    return f"{'An' if digit == 8 else 'A'} {digit}"


class Training:
    """A trained network as `.model`, with the figure of its training as `.figure`."""

    def __init__(self, model, figure):
        self.model, self.figure = model, figure


def train_digits(build_softmax_model=None, epochs=40, seed=1):
    """Train the learner's network on the digits and show its two loss curves while it learns."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    curve = LiveCurve("Learning to read digits", epochs, level=(np.log(10), "ln 10: equal shares"))

    def measure(model):
        P, P_test = (np.asarray(model(rows)) for rows in (X, X_test))
        share = np.mean(np.argmax(P_test, axis=1) == y_test)
        text = f"{100 * share:.1f}% of the held-back digits are read correctly."
        curve.add(
            reference.cross_entropy(P, y), reference.cross_entropy(P_test, y_test), extra=text
        )

    def train(build):
        keras.utils.set_random_seed(seed)
        with quietly(LONG):
            model = build(X.shape[1], 10)
        measure(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))
        fit(model, X, y, epochs, watch=[each])
        return model

    try:
        model = train(build_softmax_model or reference.build_softmax_model)
    except FAILURES as error:  # unfinished, not compiled, another shape: show how it goes anyway
        why = trouble("build_softmax_model", error)
        curve.figure.note(f"{why}; the reference is drawn instead")
        curve.values.clear()
        model = train(reference.build_softmax_model)
    curve.finish()
    return Training(model, curve.figure)


def read_digits(model=None):
    """Held-back digits, each beside the ten probabilities that the network gives it."""
    _, X, _, y = data.digits_split()
    with kit.Figure("What the network reads", 640, 270) as fig:
        index = fig.slider("digit number", 0, 359, 0)
        mistakes = fig.toggle("only mistakes")
        left, right = fig.axes(1, 2, ratios=(1, 2))
        left.set(xticks=[], yticks=[])
        right.set(xticks=range(10), ylim=(0, 1.12), xlabel="class", ylabel="probability")
        picture = _digit(left)
        bars = right.bar(range(10), np.zeros(10), edgecolor=kit.BLUE, facecolor=kit.BLUE + "70")
        (true,) = right.plot([], [], "v", color=kit.GREEN, markersize=9)
        (read,) = right.plot([], [], "D", color=kit.VERMILLION, markersize=6)
        handles = [
            Line2D(
                [], [], color=line.get_color(), marker=line.get_marker(), linestyle="", label=name
            )
            for line, name in ((true, "true class"), (read, "class read"))
        ]
        right.legend(handles=handles, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.2))
        fig.live(picture, *bars, true, read)
        P = fig.own(None if model is None else lambda X: model(X), "the network", _even)(X)
        wrong = np.flatnonzero(np.argmax(P, axis=1) != y)

        @fig.on_change
        def update():
            chosen = index.value
            if mistakes.value and len(wrong):
                chosen = int(wrong[index.value % len(wrong)])
            p = P[chosen]
            answer = int(np.argmax(p))
            picture.set_data(X[chosen].reshape(8, 8))
            for bar, height in zip(bars, p, strict=True):
                bar.set_height(height)
            true.set_data([y[chosen]], [1.05])
            read.set_data([answer], [p[answer] + 0.03])
            verdict = "right" if answer == y[chosen] else "wrong"
            return (
                f"Number {chosen}: {_the(y[chosen]).lower()}, read as {answer} with probability "
                f"{p[answer]:.3f}: {verdict}. "
                f"{len(wrong)} of {len(y)} held-back digits are read wrongly."
            )

    return fig


def _even(X):
    return np.full((len(X), 10), 0.1)
