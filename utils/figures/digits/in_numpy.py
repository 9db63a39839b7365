"""The learner's NumPy network beside the same one in Keras."""

import numpy as np

from utils import data, reference
from utils.engine import fitting
from utils.figures import kit
from utils.figures.curves import progress
from utils.figures.own import TRAINING, Tried


def trusted(fig, function, name="train_numpy_network", right=None, more=()):
    """The learner's training function if it passes a trial of one step, else the reference.

    The trial runs through `fig.own`, which notes what is wrong; whole trainings then run once each,
    and end. `more` are further arguments of the trial.
    """
    from threadpoolctl import threadpool_limits

    right = right or reference.train_numpy_network
    X, y = (part[:256] for part in data.digits())
    before = list(fig.notes)
    fig.own(function, name, right)(X, y, 4, 1, 0.01, 0, *more)
    own = None if function is None or fig.notes != before else Tried(function, name, TRAINING)

    def train(*arguments):
        nonlocal own
        with threadpool_limits(1):  # small matrices: threads only get in each other's way
            if own is not None:
                weights, problem = own(*[np.copy(a) if np.ndim(a) else a for a in arguments])
                if not problem:
                    return weights
                fig.note(f"{problem}; the reference is drawn instead")
                own = None
            return right(*arguments)

    return train


def read_correctly(weights, X, y):
    """Share of digits that a network with one hidden layer reads correctly."""
    W1, b1, W2, b2 = weights
    return float(np.mean(np.argmax(np.maximum(X @ W1 + b1, 0) @ W2 + b2, axis=1) == y))


def numpy_and_keras(train_numpy_network=None, hidden=32, steps=400, alpha=0.02, seeds=3):
    """Held-back accuracy of the learner's NumPy network and of the same network in Keras."""
    import keras

    scores = {"NumPy": [], "Keras": []}
    with kit.Figure("The same network, twice", 560, 250) as fig, progress(2 * seeds) as step:
        train = trusted(fig, train_numpy_network)
        for seed in range(seeds):
            X, X_test, y, y_test = reference.shuffle_split(*data.digits(), 360, seed)
            weights = train(X.copy(), y.copy(), hidden, steps, alpha, seed)
            scores["NumPy"].append(read_correctly(weights, X_test, y_test))
            step()
            model = _twin(keras, hidden, alpha, seed)
            fitting.prepare(model, steps)
            model.fit(_repeated(X, y, steps), epochs=1, shuffle=False, verbose=0)
            scores["Keras"].append(float(np.mean(np.argmax(model(X_test), axis=1) == y_test)))
            step()
        yours = "NumPy" if train_numpy_network is None or fig.notes else "your NumPy"
        ax = fig.axes(
            xlabel="share of held-back digits read correctly",
            yticks=(0, 1),
            yticklabels=(yours, "Keras"),
            ylim=(-0.6, 1.6),
        )
        for height, (name, colour, marker) in enumerate(
            zip(scores, kit.COLOURS, kit.MARKERS, strict=False)
        ):
            ax.plot(scores[name], [height] * seeds, marker, color=colour, markersize=9, alpha=0.8)
        ax.set_xlim(min(0.9, *scores["NumPy"], *scores["Keras"]) - 0.01, 1.0)

        @fig.on_change
        def update():
            words = [
                f"{name} {', '.join(f'{100 * s:.1f}%' for s in found)}"
                for name, found in scores.items()
            ]
            return (
                f"Held-back digits read correctly, on {seeds} splits, after {steps} steps of Adam: "
                f"{'; '.join(words)}."
            )

    return fig


def numpy_weights_in_keras(train_numpy_network=None):
    """Logits of NumPy weights, and of a Keras model that holds the same weights."""
    import keras

    X, X_test, y, _ = data.digits_split()
    with kit.Figure("The same weights in both", 420, 300) as fig:
        own = fig.own(
            train_numpy_network, "train_numpy_network", reference.train_numpy_network, 60.0
        )  # a whole training
        weights = own(X, y, 32, 100, 0.02, 0)
        W1, b1, W2, b2 = weights
        model = _twin(keras, 32, 0.02, 0)
        model.set_weights(weights)
        here = np.maximum(X_test @ W1 + b1, 0) @ W2 + b2
        there = np.asarray(model(X_test), dtype=float)
        ax = fig.axes(xlabel="logits in NumPy", ylabel="logits in Keras")
        ax.plot(here.ravel(), there.ravel(), ".", color=kit.BLUE, markersize=3, alpha=0.5)

        @fig.on_change
        def update():
            return (
                f"{here.size} logits of {len(here)} held-back digits. The largest difference is "
                f"{np.abs(here - there).max():.1e}, and the same digit is read "
                f"{int(np.sum(here.argmax(1) == there.argmax(1)))} times of {len(here)}."
            )

    return fig


def _repeated(X, y, steps):
    """All rows as one batch, `steps` times: quicker than as many epochs."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensors((X, y)).repeat(steps)


def _twin(keras, hidden, alpha, seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((64,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(alpha), loss=loss)
    return model
