"""Adam in Keras: where it differs from the paper, and three optimizers on the digits."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.adam.landscapes import NAMES
from utils.figures.curves import LiveCurve
from utils.figures.fitting import fit


def keras_differs(adam_step=None):
    """The step of Adam for gradients of every size: the learner's and that of Keras."""
    sizes, moments = np.geomspace(1e-12, 1, 49), (1, 10, 100, 1000)
    theirs = _keras_steps(sizes, moments)
    with kit.Figure("Adam as in the paper, and as in Keras", 660, 330) as fig:
        at = fig.choice("step t", {str(t): t for t in moments})
        larger = fig.toggle("your step with larger eps")
        ax = fig.axes(xlabel="size of the gradient", ylabel="step length / alpha", xscale="log")
        ax.set(xlim=(sizes[0], 1), ylim=(-0.04, 1.12))
        ax.axvline(1e-8, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(1e-8, 1.11, " eps", ha="left", va="top")
        (mine,) = ax.plot([], [], color=kit.BLUE, label="adam_step")
        (keras,) = ax.plot([], [], "s", color=kit.VERMILLION, markersize=5, label="Keras")
        ax.legend(loc="lower right")
        fig.live(mine, keras)
        own = fig.own(adam_step, "adam_step", reference.adam_step)

        @fig.on_change
        def update():
            t = at.value
            # What earlier steps with the same gradient have left in the averages.
            m, v = (1 - 0.9 ** (t - 1)) * sizes, (1 - 0.999 ** (t - 1)) * sizes**2
            eps = 1e-8 / np.sqrt(1 - 0.999**t) if larger.value else 1e-8
            zero = np.zeros(len(sizes))
            steps = -own(zero, sizes, m, v, t, 1.0, 0.9, 0.999, eps)[0]
            mine.set_data(sizes, steps)
            keras.set_data(sizes, theirs[t])
            gap = np.abs(steps - theirs[t])
            worst = int(np.argmax(gap))
            place = [int(np.argmin(np.abs(sizes - size))) for size in (1e-6, 1e-8)]
            told = "; ".join(
                f"at gradient {sizes[i]:.0e} yours is {steps[i]:.3f}, Keras {theirs[t][i]:.3f}"
                for i in place
            )
            return (
                f"Step {t}, eps {eps:.1e} in yours: {told}. Largest difference "
                f"{gap[worst]:.3f}, at {sizes[worst]:.0e}."
            )

    return fig


def _keras_steps(sizes, moments):
    """How far Keras's Adam moves at each of the steps `moments`, by the size of the gradient."""
    import keras
    import tensorflow as tf

    place = keras.Variable(np.zeros(len(sizes)), dtype="float64")
    optimizer = keras.optimizers.Adam(1.0, epsilon=1e-8)
    optimizer.build([place])
    grad, steps = keras.ops.convert_to_tensor(sizes, dtype="float64"), {}
    move = tf.function(lambda: optimizer.apply([grad], [place]))
    for t in range(1, max(moments) + 1):
        if t in moments:
            before = place.value.numpy()
        move()
        if t in moments:
            steps[t] = before - place.value.numpy()
    return steps


def train_digits(sgd=0.01, momentum=0.01, adam=0.001, epochs=15, seed=1):
    """Three equal networks that learn the digits, each with an optimizer of its own."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    optimizers = (
        keras.optimizers.SGD(sgd),
        keras.optimizers.SGD(momentum, momentum=0.9),
        keras.optimizers.Adam(adam),
    )
    curve = LiveCurve("Three optimizers on the digits", epochs, NAMES, "training loss")
    legend = curve.figure.canvas.axes[0].get_legend()
    legend.set_bbox_to_anchor((1, 0.68))  # between the curves
    curve.figure.refresh()
    models = []
    for optimizer in optimizers:
        keras.utils.set_random_seed(seed)
        layers = [keras.layers.Dense(units, activation="relu") for units in (25, 15)]
        model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss)
        models.append(model)

    def measure():
        losses, shares = [], []
        for model in models:
            Z, Z_test = np.asarray(model(X)), np.asarray(model(X_test))
            losses.append(-np.mean(reference.log_softmax(Z)[np.arange(len(y)), y]))
            shares.append(100 * np.mean(np.argmax(Z_test, axis=1) == y_test))
        told = ", ".join(f"{name} {s:.1f}%" for name, s in zip(NAMES, shares, strict=True))
        curve.add(*losses, extra=f"Held-back digits read correctly: {told}.")

    measure()
    for epoch in range(epochs):
        for model in models:
            fit(model, X, y, seed=seed + epoch)  # the same batches for all
        measure()
    curve.finish()
