"""Training on one part of the digits, watching a second, and a third that stays in its drawer."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.own import FAILURES, LONG, TRAINING, quietly, trouble


class Training:
    """A trained network with the digits in three parts.

    `X, y` it has learned; `X_val, y_val` were watched while it learned and serve every choice;
    `X_test, y_test` have decided nothing, until `drawer` opens them.
    """

    def __init__(self, model, learned, validation, test, figure=None):
        self.model, self.figure = model, figure
        self.X, self.y = learned
        self.X_val, self.y_val = validation
        self.X_test, self.y_test = test


def train(build_digits_model=None, train_digits=None, shuffle_split=None, epochs=60, seed=1):
    """Train the learner's network and draw its two loss curves while it learns."""
    import keras

    names, level = ("training", "validation"), (np.log(10), "ln 10: equal shares")
    curve = LiveCurve("Learning to read digits", epochs, names, level=level, log=True)
    split = curve.figure.own(shuffle_split, "shuffle_split", reference.shuffle_split)
    rest, X_test, y_rest, y_test = split(*data.digits(), 360, seed)
    X, X_val, y, y_val = split(rest, y_rest, 360, seed + 1)

    def measure(model):
        Z, Z_val = (np.asarray(model(rows), dtype=float) for rows in (X, X_val))
        right = int(np.sum(np.argmax(Z_val, axis=1) == y_val))
        text = f"{right} of {len(y_val)} validation digits are read correctly."
        curve.add(_cost(Z, y), _cost(Z_val, y_val), extra=text)

    def run(build, fit):
        keras.utils.set_random_seed(seed)
        with quietly(LONG):
            model = build()
        measure(model)
        own_fit, points = model.fit, len(curve.values)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))

        def watched(*args, callbacks=None, **kwargs):
            return own_fit(*args, callbacks=[*(callbacks or []), each], **kwargs)

        model.fit = watched
        try:
            with quietly(TRAINING):
                fit(model, X.copy(), y.copy(), seed)
        finally:
            model.fit = own_fit
        if len(curve.values) == points:  # a loop of the learner's own: only the end is seen
            measure(model)
        return model

    own = (build_digits_model or reference.build_digits_model, train_digits or _reference_fit)
    try:
        model = run(*own)
    except FAILURES as error:  # unfinished, not compiled, another shape: show how it goes anyway
        why = trouble("one of build_digits_model and train_digits", error)
        curve.figure.note(f"{why}; the reference is drawn instead")
        curve.values.clear()
        model = run(reference.build_digits_model, _reference_fit)
    curve.finish()
    return Training(model, (X, y), (X_val, y_val), (X_test, y_test), curve.figure)


def _reference_fit(model, X, y, seed):
    return model.fit(X, y, batch_size=32, epochs=60, verbose=0)


def _cost(Z, y):
    return float(np.mean(reference.log_sum_exp(Z) - Z[np.arange(len(y)), y]))


def drawer(training, read_digits=None):
    """The share read correctly in each part, with its margin; the test part once it is opened."""
    parts = {
        "learned": (training.X, training.y),
        "validation": (training.X_val, training.y_val),
        "test": (training.X_test, training.y_test),
    }
    with kit.Figure("How well does it read?", 620, 240) as fig:
        opened = fig.toggle("open the drawer")
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        shares = {
            name: np.mean(np.asarray(own(training.model, X)[0]) == y)
            for name, (X, y) in parts.items()
        }
        margins = {
            name: np.sqrt(max(p * (1 - p), 1e-4) / len(parts[name][1]))
            for name, p in shares.items()
        }
        ax = fig.axes(xlabel="share read correctly", ylim=(-0.6, 2.6))
        ax.set_yticks([2, 1, 0], [f"{name}, {len(y):,} digits" for name, (_, y) in parts.items()])
        low = min(shares[name] - 3 * margins[name] for name in shares)
        ax.set_xlim(low - 0.005, 1.005)
        bars, dots, words = [], [], []
        for k, name in enumerate(shares):
            p, margin = shares[name], margins[name]
            bars += ax.plot([p - 2 * margin, min(p + 2 * margin, 1)], [2 - k] * 2,
                            color=kit.COLOURS[k], linewidth=5, alpha=0.4)  # fmt: skip
            dots += ax.plot([p], [2 - k], kit.MARKERS[k], color=kit.COLOURS[k], markersize=9)
            words.append(ax.text(p, 2.2 - k, f"{100 * p:.1f}%", ha="center", va="bottom"))
        fig.live(bars, dots, words)

        @fig.on_change
        def update():
            for artist in (bars[2], dots[2], words[2]):
                artist.set_visible(opened.value)
            shown = [name for name in shares if name != "test" or opened.value]
            told = ", ".join(
                f"{name} {100 * shares[name]:.1f}% (standard error {100 * margins[name]:.1f})"
                for name in shown
            )
            closed = "" if opened.value else " The drawer with the test digits is still closed."
            return f"Read correctly: {told}. Bars: two standard errors to each side.{closed}"

    return fig
