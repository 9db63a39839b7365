"""Networks that are trained on the scenes of lab 05: one or three, on all sets of shapes or not."""

import functools
import itertools
import warnings

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve, progress
from utils.figures.fitting import fit
from utils.figures.multilabel.scenes import (
    SHAPES,
    held_back,
    mlp,
    named,
    scene_axes,
    stand_in,
)
from utils.figures.own import FAILURES, LONG, quietly, trouble


class Training:
    """A trained network as `.model`, the figure of its training as `.figure`, and what it says.

    `.P` are its probabilities for the held-back scenes, `.P_new` those for further, new scenes.
    """

    def __init__(self, probabilities, model=None, figure=None):
        (X, self.Y), (X_new, self.Y_new) = held_back()
        self.X, self.model, self.figure = X, model, figure
        self.P, self.P_new = probabilities(X), probabilities(X_new)


@functools.cache
def stand_in_training():
    return Training(lambda X: reference.sigmoid(stand_in()(X)))


def train_scenes(build_multilabel_model=None, epochs=30, seed=3):
    """Train the learner's network on the scenes and show its two loss curves while it learns."""
    import keras

    from utils.engine.models import from_keras

    X, Y = data.scenes()
    (X_held, Y_held), _ = held_back()
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
        text = f"{100 * share:.1f}% of the held-back scenes are completely right."
        losses = [reference.multilabel_loss(*pair) for pair in ((Z, Y), (Z_held, Y_held))]
        curve.add(*losses, extra=text)

    def train(build):
        keras.utils.set_random_seed(seed)
        with quietly(LONG):
            model = build(X.shape[1], Y.shape[1])
        measure(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))
        fit(model, X, Y, epochs, watch=[each])
        return model

    try:
        model = train(build_multilabel_model or reference.build_multilabel_model)
    except FAILURES as error:  # unfinished, not compiled, another shape: show how it goes anyway
        why = trouble("build_multilabel_model", error)
        curve.figure.note(f"{why}; the reference is drawn instead")
        curve.values.clear()
        model = train(reference.build_multilabel_model)
    curve.finish()
    return Training(lambda rows: reference.sigmoid(logits(model, rows)), model, curve.figure)


def _numbers(hidden, outputs):
    """How many weights and biases a network on the scenes learns."""
    sizes = (256, *hidden, outputs)
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


_WAYS = {  # name: (hidden units, how many networks)
    "one network, 25 and 15": ((25, 15), 1),
    "three networks, each 25 and 15": ((25, 15), 3),
    "one network, 75 and 45": ((75, 45), 1),
}


@functools.cache
def shares_right(examples, seeds=3, epochs=12):
    """Share of 2,000 new scenes completely right, `(3 ways, seeds)`, after equally many steps."""
    from threadpoolctl import (
        threadpool_limits,
    )  # small matrices: threads only get in each other's way

    X, Y = (part[:examples] for part in data.scenes())
    X_new, Y_new = data.scenes(2000, seed=9)
    epochs = epochs * 1500 // examples
    shares = np.empty((len(_WAYS), seeds))
    with warnings.catch_warnings(), progress(len(_WAYS) * seeds) as step, threadpool_limits(1):
        warnings.simplefilter("ignore")  # it stops early on purpose
        for row, (hidden, count) in enumerate(_WAYS.values()):
            for seed in range(seeds):
                columns = [slice(None)] if count == 1 else range(count)
                read = []
                for number, column in enumerate(columns):
                    network = mlp(10 * seed + number, hidden).set_params(max_iter=epochs)
                    network.fit(X, Y[:, column])
                    read.append(network.predict(X_new).reshape(len(X_new), -1))
                shares[row, seed] = np.mean(np.all(np.hstack(read) == Y_new, axis=1))
                step()
    return shares


def three_or_one():
    """One network or three, at equal and at unequal size, with three starts of each."""
    with kit.Figure("One network or three", 680, 250) as fig:
        examples = fig.choice("scenes to learn from", {"150": 150, "500": 500, "1500": 1500}, 500)
        ax = fig.axes(xlabel="share of 2,000 new scenes completely right", ylim=(-0.6, 2.6))
        names = [
            f"{name}\n{count * _numbers(hidden, 3 if count == 1 else 1):,} numbers"
            for name, (hidden, count) in _WAYS.items()
        ]
        ax.set_yticks([2, 1, 0], names)
        ax.set_xlim(0.5, 0.9)
        dots = [
            ax.plot([], [], mark, color=colour, markersize=8, alpha=0.8)[0]
            for mark, colour in zip(kit.MARKERS, kit.COLOURS[:3], strict=False)
        ]
        means = [ax.plot([], [], color=kit.INK, linewidth=2)[0] for _ in _WAYS]
        words = [ax.text(0, 0, "", ha="center", va="bottom") for _ in _WAYS]
        fig.live(*dots, *means, *words)

        @fig.on_change
        def update():
            shares = shares_right(examples.value)
            for k, row in enumerate(shares):
                dots[k].set_data(row, np.full(len(row), 2 - k))
                means[k].set_data([row.mean()] * 2, [1.78 - k, 2.22 - k])
                words[k].set(x=row.mean(), y=2.22 - k, text=f"{100 * row.mean():.1f}%")
            told = ", ".join(
                f"{name} {100 * row.mean():.1f}% (from {100 * row.min():.1f} to "
                f"{100 * row.max():.1f})"
                for name, row in zip(_WAYS, shares, strict=True)
            )
            return f"Mean of three starts after learning {examples.value} scenes: {told}."

    return fig


@functools.cache
def _never_seen_together(seed=0, epochs=12):
    """Two networks that never met all three shapes at once, as functions to probabilities."""
    from threadpoolctl import threadpool_limits

    X, Y = data.scenes()
    keep = ~Y.all(axis=1)
    X, Y = X[keep], Y[keep]
    one_of_eight, three_answers = mlp(seed, (75, 45)), mlp(seed, (75, 45))
    with warnings.catch_warnings(), progress(epochs) as step, threadpool_limits(1):
        warnings.simplefilter("ignore")
        for _ in range(epochs):
            one_of_eight.partial_fit(X, Y @ [1, 2, 4], classes=range(8))
            three_answers.partial_fit(X, Y, classes=range(3))
            step()
    return one_of_eight.predict_proba, three_answers.predict_proba


def unseen():
    """Scenes with all three shapes, for networks whose training held no such scene."""
    X, Y = data.scenes(2000, seed=9)
    sets = [[(k >> i) & 1 for i in range(3)] for k in range(8)]
    eight, three = (answer(X) for answer in _never_seen_together())
    all_three = Y.all(axis=1)
    right = {
        name: (np.mean(hit[all_three]), np.mean(hit[~all_three]))
        for name, hit in (
            ("eight classes", np.argmax(eight, axis=1) == Y @ [1, 2, 4]),
            ("three sigmoids", np.all((three >= 0.5) == Y, axis=1)),
        )
    }
    rows = np.flatnonzero(all_three)
    with kit.Figure("A set of shapes that training never showed", 720, 290) as fig:
        composed = np.flatnonzero((three[rows] >= 0.5).all(axis=1))
        index = fig.slider("scene with all three", 1, len(rows), int(composed[0]) + 1)
        left, middle, other = fig.axes(1, 3, ratios=(0.9, 1.7, 1.1))
        picture = scene_axes(left)
        short = ["none" if k == 0 else "".join("CST"[i] for i in range(3) if s[i])
                 for k, s in enumerate(sets)]  # fmt: skip
        for ax, title in ((middle, "softmax over 8 sets"), (other, "three sigmoids")):
            ax.set(ylim=(0, 1.12), title=title)
        middle.set(ylabel="probability")
        middle.set_xticks(range(8), short, size=9)
        other.set_xticks(range(3), SHAPES)
        other.axhline(0.5, color=kit.INK, linestyle=":", linewidth=1)
        bars = [*middle.bar(range(8), np.zeros(8), fc=kit.VERMILLION + "70", ec=kit.VERMILLION)]
        bars += other.bar(
            range(3), np.zeros(3), fc=kit.BLUE + "70", ec=kit.BLUE, hatch="//", width=0.7
        )
        middle.annotate("right, but\nnever seen", (7, 0.03), (6.9, 0.4), ha="center", size=9,
                        arrowprops={"arrowstyle": "->", "color": kit.INK})  # fmt: skip
        fig.live(picture, *bars)

        @fig.on_change
        def update():
            i = rows[index.value - 1]
            picture.set_data(X[i].reshape(16, 16))
            for bar, height in zip(bars, [*eight[i], *three[i]], strict=True):
                bar.set_height(height)
            one, three_said = named(sets[int(np.argmax(eight[i]))]), named(three[i] >= 0.5)
            shares = "; ".join(
                f"{name} {100 * a:.0f}% of these and {100 * b:.0f}% of all other scenes"
                for name, (a, b) in right.items()
            )
            return (
                f"Scene {index.value}. The softmax says: {one}. The sigmoids say: {three_said}. "
                f"C, S and T stand for circle, square and triangle. Completely right over "
                f"2,000 new scenes, {len(rows)} of them with all three shapes: {shares}."
            )

    return fig
