"""One picture goes through a trained network: every unit lit by its output, one opened."""

import warnings

import numpy as np
from matplotlib.collections import LineCollection

from utils import data, reference
from utils.figures import kit


def look_inside(trained=None):
    """The layers of the learner's network as circles; one unit shows its weights and its sum."""
    X, y = (trained.X, trained.y) if trained is not None else data.digits_binary()
    layers = _dense_layers(trained.model) if trained is not None else []
    unusual = trained is not None and not layers
    layers = layers or _dense_layers(reference.build_model(64))
    weights = [[np.asarray(part, float) for part in layer.get_weights()] for layer in layers]
    names = {f"layer {k + 1}": k for k in range(len(layers))}
    with kit.Figure("One picture on its way through your network", 760, 360) as fig:
        if unusual:
            fig.note(
                "this figure opens chains of dense layers only; the reference is drawn instead"
            )
        picture = fig.slider("picture", 0, len(X) - 1, 0)
        chosen = fig.choice("layer", names)
        unit = fig.slider("unit", 0, max(len(b) for _, b in weights) - 1, 0)
        left, middle, right = fig.axes(1, 3, ratios=(1, 2.3, 1))
        left.set(xticks=[], yticks=[], title="the picture")
        right.set(xticks=[], yticks=[])
        title = right.text(0.5, 1.04, "", ha="center", transform=right.transAxes, size=11)
        below = right.text(0.5, -0.06, "", ha="center", va="top", transform=right.transAxes)
        ink = kit.tiles(left, np.zeros((8, 8)))
        seen = kit.tiles(right, np.zeros((8, 8)), cmap="PuOr", vmin=-1, vmax=1)
        middle.set(xlim=(-0.4, len(layers) - 0.6), ylim=(-1.12, 1.16), xticks=[], yticks=[])
        for ax in (left, middle, right):
            for spine in ax.spines.values():
                spine.set_visible(False)
        places = [_column(k, len(b)) for k, (_, b) in enumerate(weights)]
        circles = [
            middle.scatter(*at.T, s=110, c=np.zeros(len(at)), cmap="Blues", vmin=0, vmax=1,
                           edgecolors=kit.INK, zorder=3)
            for at in places
        ]  # fmt: skip
        for k, (_, b) in enumerate(weights):
            middle.text(k, 1.1, f"{len(b)} unit{'s' if len(b) > 1 else ''}", ha="center")
        wires = LineCollection([], zorder=1)
        middle.add_collection(wires)
        (ring,) = middle.plot(
            [], [], "o", color=kit.VERMILLION, markersize=15, fillstyle="none", markeredgewidth=2,
            zorder=4,
        )  # fmt: skip
        fig.live(ink, seen, title, below, wires, *circles, ring)

        def opened():
            """The layer and the unit that are open."""
            k = chosen.value
            return k, min(unit.value, len(places[k]) - 1)

        def take(k, j):
            chosen.value = int(np.clip(k, 0, len(places) - 1))
            unit.value = int(np.clip(j, 0, len(places[chosen.value]) - 1))

        def nearest(x, y):
            k = int(np.clip(round(x), 0, len(places) - 1))
            take(k, np.argmin(np.abs(places[k][:, 1] - y)))

        fig.handle(
            "unit", middle, lambda: places[opened()[0]][opened()[1]], nearest, anywhere=True,
            keys=lambda right, up: take(opened()[0] + right, opened()[1] - up),
            says=lambda *_: f"unit {opened()[1]} of layer {opened()[0] + 1}",
        )  # fmt: skip

        @fig.on_change
        def update():
            x = X[picture.value]
            k, j = opened()
            W, b = weights[k]
            outputs, scores = [x], []
            for layer, (kernel, bias) in zip(layers, weights, strict=True):
                scores.append(outputs[-1] @ kernel + bias)
                outputs.append(_activated(layer, scores[-1]))
            ink.set_data(x.reshape(8, 8))
            for circle, values in zip(circles, outputs[1:], strict=True):
                circle.set_array(values)
            ring.set_data(*places[k][j][:, None])
            column = W[:, j]
            size = max(np.abs(column).max(), 1e-9)
            segments = [] if k == 0 else [[at, places[k][j]] for at in places[k - 1]]
            wires.set_segments(segments)
            wires.set_linewidths(3 * np.abs(column) / size)
            wires.set_color(np.where(column >= 0, kit.OCHRE, kit.PURPLE).tolist())
            shape = (8, 8) if len(column) == 64 else (-1, 5) if len(column) % 5 == 0 else (1, -1)
            image = (-column / size).reshape(shape)
            seen.set_data(image)
            seen.set_extent((-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5))
            title.set_text(f"{len(column)} weights of unit {j}")
            z, a = float(scores[k][j]), float(outputs[k + 1][j])
            below.set_text(f"orange +, purple \u2212\nscore {z:.2f}\noutput {a:.3f}")
            p = float(outputs[-1][0])
            return (
                f"A {y[picture.value]}. Unit {j} of layer {k + 1} weighs {len(column)} numbers, "
                f"adds its bias {b[j]:.2f} and gets the score {z:.2f}, so its output is {a:.3f}. "
                f"The network says p = {p:.3f}."
            )

    return fig


def _dense_layers(model):
    """The layers of a chain of dense layers from 64 numbers to 1, nothing for another model."""
    layers = [layer for layer in model.layers if layer.get_weights()]
    shapes = [[np.shape(part) for part in layer.get_weights()] for layer in layers]
    if not all(len(s) == 2 and len(s[0]) == 2 and s[0][1:] == s[1] for s in shapes):
        return []
    widths = [64, *(s[1][0] for s in shapes)]
    chained = all(s[0][0] == width for s, width in zip(shapes, widths, strict=False))
    known = all(callable(getattr(layer, "activation", None)) for layer in layers)
    return layers if layers and chained and known and widths[-1] == 1 else []


def _column(k, units):
    return np.column_stack([np.full(units, float(k)), np.linspace(1, -1, units + 2)[1:-1]])


def _activated(layer, z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(layer.activation(np.asarray(z, np.float32)), dtype=float)
