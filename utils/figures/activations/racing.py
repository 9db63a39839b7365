"""Deep networks of several activations learn the digits side by side."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.fitting import fit


def race(*activations, hidden_layers=5, epochs=15, optimizer="sgd", seed=0):
    """Train one digits network for each activation; the losses, and how far each layer moved.

    `optimizer`: "sgd" is gradient descent with a learning rate of 0.1, "adam" is Keras's Adam.
    """
    import keras

    X, _, y, _ = data.digits_split()
    models, starts, losses = [], [], []
    for name in activations:
        keras.utils.set_random_seed(seed)
        hidden = [keras.layers.Dense(25, activation=name) for _ in range(hidden_layers)]
        model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
        model.compile(
            keras.optimizers.SGD(0.1) if optimizer == "sgd" else optimizer,
            "sparse_categorical_crossentropy",
        )
        models.append(model)
        starts.append(_weights(model))
    layers = hidden_layers + 1
    with kit.Figure(f"A race of {' and '.join(activations)}, {layers} layers", 760, 340) as fig:
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        left.set(xlim=(0, epochs), ylim=(0, 2.6), xlabel="epoch", ylabel="loss")
        left.axhline(np.log(10), color=kit.INK, linestyle=":", linewidth=1)
        left.text(epochs, np.log(10), "ln 10: knows nothing", ha="right", va="bottom")
        right.set(yscale="log", ylim=(1e-5, 1), xlabel="layer", title="how far its weights moved")
        right.set_xticks(range(1, layers + 1))
        right.grid(axis="y", alpha=0.3, linewidth=0.6)
        lines, groups, width = [], [], 0.8 / len(activations)
        for k, name in enumerate(activations):
            colour = kit.COLOURS[k]
            lines.append(
                left.plot([], [], kit.DASHES[k], color=colour, marker=kit.MARKERS[k],
                          markersize=4, label=name)[0]
            )  # fmt: skip
            groups.append(
                right.bar(
                    np.arange(1, layers + 1) + (k - (len(activations) - 1) / 2) * width,
                    np.zeros(layers), width, bottom=1e-5, facecolor=colour + "70",
                    edgecolor=colour, hatch=kit.HATCHES[k],
                )
            )  # fmt: skip
        left.legend(loc="center right")
        fig.live(*lines, *groups)

        @fig.on_change
        def update():
            if not losses:
                return "Training starts."
            moved = [
                [np.sqrt(np.mean((now - then) ** 2)) for now, then in zip(a, b, strict=True)]
                for a, b in zip(map(_weights, models), starts, strict=True)
            ]
            for line, column in zip(lines, np.array(losses).T, strict=True):
                line.set_data(range(len(column)), column)
            for group, heights in zip(groups, moved, strict=True):
                for bar, height in zip(group, heights, strict=True):
                    bar.set_height(max(height - 1e-5, 0))
            parts = "; ".join(
                f"{name} {loss:.3f}, {100 * share:.0f}% read correctly, layer 1 moved by "
                f"{far[0]:.1g} and the last by {far[-1]:.1g}"
                for name, loss, share, far in zip(
                    activations, losses[-1], _shares(models, X, y), moved, strict=True
                )
            )
            return f"{optimizer}, epoch {len(losses) - 1}, loss: {parts}."

    with fig.training(epochs) as tell:
        for epoch in range(epochs + 1):
            if epoch:
                for model in models:
                    fit(model, X, y)
            losses.append([reference.cross_entropy(np.asarray(model(X)), y) for model in models])
            tell(epoch)
            fig.follow()


def _weights(model):
    return [layer.get_weights()[0] for layer in model.layers]


def _shares(models, X, y):
    return [np.mean(np.asarray(model(X)).argmax(axis=1) == y) for model in models]
