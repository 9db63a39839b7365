"""A layer that slides a window over a recording: by hand, and as a network learns it."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.fitting import fit


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
    """A window sliding over a signal: nine products, their sum, the bias, ReLU, the output."""
    x, _ = data.ecg(300, seed=3)
    filters = _filters()
    width = 9
    sums = np.arange(width + 1, width + 4)  # places of sum, sum with bias, output
    with kit.Figure("A window sliding over a signal", 720, 450, least=560) as fig:
        place = fig.slider("window", 0, len(x) - width, 92)
        kind = fig.choice("filter", {name.title(): name for name in filters}, "rise")
        stride = fig.choice("stride", {str(s): s for s in (1, 2, 5, 10)})
        bias = fig.slider("bias", -1.5, 0.5, 0.0, 0.05)
        top, middle, bottom = fig.axes(3, 1)
        top.set(xlim=(0, len(x)), ylim=(-0.5, 1.35), ylabel="signal", xticklabels=[])
        middle.set(xlim=(-0.8, width + 3.6), ylim=(-1.6, 2.0), ylabel="window")
        middle.set_xticks([*range(width), *sums], [*range(width), "sum", "+ bias", "ReLU"], size=9)
        middle.axhline(0, color=kit.INK, linewidth=0.8)
        middle.axvline(width, color=kit.INK, linewidth=0.8, linestyle=":")
        bottom.set(xlim=(0, len(x)), ylim=(-0.05, 2), ylabel="output", xlabel="sample")
        top.plot(x, color=kit.BLUE, linewidth=1.4)
        frame = top.add_patch(
            Rectangle((0, -0.45), width - 1, 1.75, fc=kit.VERMILLION + "40", ec=kit.VERMILLION)
        )
        (under,) = middle.plot([], [], "o", color=kit.BLUE, markersize=5, label="sample")
        (weight,) = middle.plot([], [], "_", color=kit.VERMILLION, markersize=17,
                                markeredgewidth=2.5, label="weight")  # fmt: skip
        bars = middle.bar(range(width), np.zeros(width), width=0.5, label="sample times weight",
                          fc=kit.OCHRE + "70", ec=kit.OCHRE)  # fmt: skip
        ends = middle.bar(
            sums, np.zeros(3), width=0.7, fc=kit.GREEN + "70", ec=kit.GREEN, hatch="//"
        )
        values = [middle.text(k, 0, "", ha="center", size=9) for k in sums]
        middle.legend(loc="lower left", ncols=3, bbox_to_anchor=(0, 0.95))
        (faint,) = bottom.plot([], [], ".", color=kit.INK, markersize=3)
        (line,) = bottom.plot([], [], color=kit.GREEN, marker=".", markersize=5, linewidth=1.4)
        (dot,) = bottom.plot([], [], "^", color=kit.GREEN, markersize=10)
        fig.live(frame, bars, ends, under, weight, *values, faint, line, dot)
        own = fig.own(conv1d, "conv1d", reference.conv1d)
        was = [stride.value]

        @fig.on_change
        def update():
            weights = filters[kind.value]
            out = own(x, weights[:, None], np.array([bias.value]), stride.value)[:, 0]
            if was != [stride.value]:  # the window stays where it was on the signal
                start, was[:] = place.value * was[0], [stride.value]
                place.max = len(out) - 1
                place.value = min(start // stride.value, place.max)
            row = min(place.value, len(out) - 1)
            start = row * stride.value
            frame.set_x(start)
            window = x[start : start + width]
            for bar, product in zip(bars, window * weights, strict=True):
                bar.set_height(product)
            under.set_data(range(width), window)
            weight.set_data(range(width), weights)
            total = float(window @ weights)
            heights = (total, total + bias.value, out[row])
            for bar, value, height in zip(ends, values, heights, strict=True):
                bar.set_height(height)
                value.set(y=height, text=f"{height:.2f}", va="bottom" if height >= 0 else "top")
            places = np.arange(len(out)) * stride.value + width // 2
            faint.set_data(places, out)
            line.set_data(places[: row + 1], out[: row + 1])
            dot.set_data([places[row]], [out[row]])
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
    keras.utils.set_random_seed(seed)
    for epoch in range(epochs):
        for model in models:
            fit(model, X[seen], y[seen], epochs=2, seed=epoch)
        measure()
    curve.finish()


def learned_filters(dense, convolutional, pieces=6):
    """A broad beat moved through a piece: where each filter fired, and what both networks say."""
    kinds = [type(layer).__name__ for layer in convolutional.layers]
    if kinds[:1] != ["Conv1D"] or kinds[-1] != "Dense":
        print("This figure wants the network of the cell above: Conv1D, pooling, Dense.")
        return None
    n = int(dense.input_shape[1])
    places = np.arange(15, n - 15)
    X = np.array(
        [data.ecg_piece(place / 100, n, seed) for seed in range(1, pieces + 1) for place in places]
    )
    layer, last = convolutional.layers[0], convolutional.layers[-1]
    filters = np.asarray(layer.get_weights()[0])[:, 0]
    width, count = filters.shape
    fired = np.asarray(layer(X[..., None]))
    stride = int(layer.strides[0])
    weights = last.get_weights()[0][:, 0]
    say = [reference.sigmoid(np.asarray(model(X))[:, 0]) for model in (dense, convolutional)]
    with kit.Figure("Where the filters fired", 760, 430, least=600) as fig:
        place = fig.slider("broad beat at sample", int(places[0]), int(places[-1]), n // 2)
        piece = fig.slider("piece", 1, pieces, min(5, pieces))
        grid = fig.canvas.add_gridspec(3, max(count, 2), height_ratios=(1.5, 0.7, 1.2))
        top, bottom = fig.canvas.add_subplot(grid[0, :]), fig.canvas.add_subplot(grid[2, :])
        small = [fig.canvas.add_subplot(grid[1, k]) for k in range(count)]
        top.set(xlim=(0, n - 1), ylim=(-1, 1.7), ylabel="signal")
        bottom.set(xlim=(0, n - 1), ylim=(-0.05, 1.05), ylabel="says: broad",
                   xlabel="sample at which the broad beat stands")  # fmt: skip
        limit = 1.1 * np.abs(filters).max()
        for k, ax in enumerate(small):
            ax.plot(filters[:, k], color=kit.VERMILLION, linewidth=1.4)
            ax.axhline(0, color=kit.INK, linewidth=0.6)
            ax.set(xticks=[], yticks=[], ylim=(-limit, limit))
            ax.set_title(f"{k}: {weights[k]:+.1f}", size=9)
        (signal,) = top.plot([], [], color=kit.BLUE, linewidth=1.4)
        frame = top.add_patch(
            Rectangle((0, -0.95), width - 1, 2.2, fc=kit.VERMILLION + "40", ec=kit.VERMILLION)
        )
        marks = [top.text(0, 1.45, str(k), ha="center", size=9) for k in range(count)]
        curves = bottom.plot([], [], "--", color=kit.SLATE, label="dense")
        curves += bottom.plot([], [], color=kit.GREEN, label="convolutional")
        bottom.axhline(0.5, color=kit.INK, linestyle=":", linewidth=1)
        bottom.legend(loc="lower center", ncols=2)
        (one,) = bottom.plot([], [], "s", color=kit.SLATE, markersize=8)
        (two,) = bottom.plot([], [], "o", color=kit.GREEN, markersize=8)
        fig.live(signal, frame, marks, curves, one, two)

        @fig.on_change
        def update():
            first = (piece.value - 1) * len(places)
            i = first + place.value - places[0]
            for curve, p in zip(curves, say, strict=True):
                curve.set_data(places, p[first : first + len(places)])
            signal.set_data(range(n), X[i])
            at, strength = stride * fired[i].argmax(axis=0), fired[i].max(axis=0)
            parts = strength * weights
            taken = []
            for k, mark in enumerate(marks):
                middle = at[k] + (width - 1) / 2
                level = sum(abs(middle - other) < 3 for other in taken)
                taken.append(middle)
                mark.set(x=middle, y=1.3 - 0.22 * level, text=str(k) if strength[k] > 0 else "")
            best = int(np.argmax(parts))
            frame.set_x(at[best])
            one.set_data([place.value], [say[0][i]])
            two.set_data([place.value], [say[1][i]])
            named = ", ".join(
                f"filter {k} at {at[k]} ({part:+.1f})"
                for k, part in enumerate(parts) if strength[k] > 0
            )  # fmt: skip
            right = [np.mean(p > 0.5) for p in say]
            return (
                f"Broad beat at sample {place.value}. Strongest windows begin at: {named}; the "
                f"frame shows the one that speaks most for a broad beat. The dense network says "
                f"{say[0][i]:.2f}, the convolutional one {say[1][i]:.2f}; over all places and "
                f"pieces they find it {100 * right[0]:.0f}% and {100 * right[1]:.0f}% of the time."
            )

    return fig
