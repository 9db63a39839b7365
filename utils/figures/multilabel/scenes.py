"""The scenes of lab 05, two heads on one of them, and what one answer costs."""

import functools
import warnings

import numpy as np

from utils import data, reference
from utils.figures import kit

SHAPES = data.SHAPES


@functools.cache
def held_back():
    """Scenes to choose thresholds with, and new ones to test the choice: two pairs (X, Y)."""
    return data.scenes(400, seed=1), data.scenes(400, seed=2)


def mlp(seed=0, hidden=(25, 15)):
    """An untrained network of scikit-learn with the settings of this lab's comparisons."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(hidden, learning_rate_init=0.003, batch_size=32, random_state=seed)


@functools.cache
def stand_in():
    """A network of the lab's size that has learned the scenes, as a function to logits."""
    network = mlp().set_params(max_iter=6, batch_size=100, learning_rate_init=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops early on purpose
        network.fit(*data.scenes())

    def logits(X):
        for W, b in zip(network.coefs_[:-1], network.intercepts_[:-1], strict=True):
            X = np.maximum(X @ W + b, 0)
        return X @ network.coefs_[-1] + network.intercepts_[-1]

    return logits


def named(row):
    """The shapes of a row of 0 and 1, in words."""
    found = [name for name, here in zip(SHAPES, row, strict=True) if here]
    return " and ".join([", ".join(found[:-1]), found[-1]] if found[1:] else found) or "nothing"


def scene_axes(ax):
    """Dark ink on white paper, whatever the page around it."""
    ax.set_axis_off()
    return kit.tiles(ax, np.zeros((16, 16)))


def some_scenes():
    """Ten scenes at a time, with their three labels on request."""
    (X, Y), _ = held_back()
    with kit.Figure("Scenes", 640, 320) as fig:
        page = fig.slider("page", 1, 40, 1)
        labels = fig.toggle("show labels")
        cells = fig.axes(2, 5)
        pictures = [scene_axes(ax) for ax in cells]
        names = [ax.text(7.5, -1, " ", ha="center", va="bottom", size=9) for ax in cells]
        fig.live(*pictures, *names)

        @fig.on_change
        def update():
            start = 10 * (page.value - 1)
            for i, (picture, name) in enumerate(zip(pictures, names, strict=True), start):
                picture.set_data(X[i].reshape(16, 16))
                name.set_text("  ".join(map(str, Y[i])) if labels.value else "")
            rows = Y[start : start + 10]
            shown = "; ".join(map(named, rows)) if labels.value else "labels hidden"
            order = "Labels in the order circle, square, triangle. " if labels.value else ""
            return f"Page {page.value}: ten scenes of 16 by 16 pixels. {order}In them: {shown}."

    return fig


def shape_bars(ax):
    """A bar for each shape, its value above it, and a mark where the shape is there."""
    ax.set(xticks=range(3), ylim=(0, 1.24), yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_xticklabels(SHAPES, size=9)
    ax.axhline(0.5, color=kit.INK, linestyle=":", linewidth=1)
    bars = ax.bar(range(3), np.zeros(3), color="none", width=0.7)
    for bar, colour, hatch in zip(bars, kit.COLOURS, kit.HATCHES, strict=False):
        bar.set(facecolor=colour + "70", edgecolor=colour, linewidth=1.5, hatch=hatch)
    values = [ax.text(k, 0, "", ha="center", va="bottom") for k in range(3)]
    (there,) = ax.plot([], [], "v", color=kit.INK, markersize=9)
    return bars, values, there


def show_bars(bars, values, there, shares, labels):
    """Give the bars of `shape_bars` their heights, and mark the shapes that are there."""
    for bar, value, share in zip(bars, values, shares, strict=True):
        bar.set_height(share)
        value.set(y=share, text=f"{share:.3f}")
    there.set_data(np.flatnonzero(labels), np.full(int(np.sum(labels)), 1.17))


def two_heads():
    """The same three logits of a scene through a softmax head and through a sigmoid head."""
    (X, Y), _ = held_back()
    Z = stand_in()(X)
    both = np.flatnonzero((Y[:, 0] & Y[:, 1]) & (Z[:, :2].min(axis=1) > 1))
    with kit.Figure("Two heads on one scene", 700, 290) as fig:
        index = fig.slider("scene", 0, len(X) - 1, int(both[0]))
        raised = fig.slider("raise the circle by", -8.0, 8.0, 0.0, 0.1, "+.1f")
        left, middle, right = fig.axes(1, 3, ratios=(1, 1.25, 1.25))
        picture = scene_axes(left)
        heads = [shape_bars(ax) for ax in (middle, right)]
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
                show_bars(*head, p, Y[i])
            texts = [
                ", ".join(f"{name} {v:.3f}" for name, v in zip(SHAPES, p, strict=True))
                for p in shares
            ]
            logits = ", ".join(f"{name} {v:.1f}" for name, v in zip(SHAPES, z, strict=True))
            return (
                f"Scene {i} holds: {named(Y[i])} (marked by arrowheads). Logits: {logits}. "
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

        fig.handle("logit", ax, lambda: (slider.value, loss(slider.value, 1)),
                   lambda z, _: kit.put(slider, z), step=(0.2, 0), anywhere=True)  # fmt: skip
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
