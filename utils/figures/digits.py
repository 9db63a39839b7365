"""Figures of lab 08_digits. Each takes the learner's functions and shows the reference without."""

import contextlib

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.patches import Rectangle

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.softmax import some_digits

__all__ = [
    "confusion",
    "draw",
    "first_layer",
    "numpy_and_keras",
    "readings",
    "some_digits",
    "train",
]


class Training:
    """A trained network with the digits it has seen (`X`, `y`) and those held back."""

    def __init__(self, model, parts, figure):
        self.model, self.figure = model, figure
        self.X, self.X_test, self.y, self.y_test = parts


def _picture(ax):
    """Dark ink on white paper, as it was scanned, whatever the page around it."""
    ax.set_axis_off()
    return ax.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1)


def train(build_digits_model=None, train_digits=None, shuffle_split=None, epochs=60, seed=1):
    """Train the learner's network and draw its two loss curves while it learns."""
    import keras

    curve = LiveCurve("Learning to read digits", epochs, level=(np.log(10), "ln 10: equal shares"))
    split = curve.figure.own(shuffle_split, "shuffle_split", reference.shuffle_split)
    X, X_test, y, y_test = split(*data.digits(), 360, seed)

    def measure(model):
        Z, Z_test = (np.asarray(model(rows), dtype=float) for rows in (X, X_test))
        share = np.mean(np.argmax(Z_test, axis=1) == y_test)
        text = f"{100 * share:.1f}% of the held-back digits are read right."
        curve.add(_cost(Z, y), _cost(Z_test, y_test), extra=text)

    def run(build, fit):
        keras.utils.set_random_seed(seed)
        model = build()
        measure(model)
        own_fit, points = model.fit, len(curve.values)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))

        def watched(*args, callbacks=None, **kwargs):
            return own_fit(*args, callbacks=[*(callbacks or []), each], **kwargs)

        model.fit = watched
        try:
            fit(model, X.copy(), y.copy(), seed)
        finally:
            model.fit = own_fit
        if len(curve.values) == points:  # a loop of the learner's own: only the end is seen
            measure(model)
        return model

    own = (build_digits_model or reference.build_digits_model, train_digits or _reference_fit)
    try:
        model = run(*own)
    except Exception as error:  # unfinished, not compiled, another shape: show how it goes anyway
        unfinished = isinstance(error, NotImplementedError)
        why = "finish both to see your own" if unfinished else f"it raised {type(error).__name__}"
        curve.figure.note(f"build_digits_model and train_digits: {why}; the reference is drawn")
        curve.values.clear()
        model = run(reference.build_digits_model, _reference_fit)
    curve.finish()
    return Training(model, (X, X_test, y, y_test), curve.figure)


def _reference_fit(model, X, y, seed):
    return model.fit(X, y, batch_size=32, epochs=60, verbose=0)


def _cost(Z, y):
    return float(np.mean(reference.log_sum_exp(Z) - Z[np.arange(len(y)), y]))


def readings(training, read_digits=None):
    """Held-back digits, ten a page, with the class read and its confidence."""
    X, y = training.X_test, training.y_test
    with kit.Figure("What the network reads", 640, 330) as fig:
        order = fig.choice("show", ["as they come", "the least sure first", "only mistakes"])
        page = fig.slider("page", 1, len(y) // 10, 1)
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        pictures = [_picture(ax) for ax in cells]
        names = [ax.text(3.5, 8.0, "", ha="center", va="top", linespacing=1.3) for ax in cells]
        fig.live(*pictures, *names)
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        classes, confidence = own(training.model, X)
        wrong = np.flatnonzero(classes != y)
        orders = {
            "as they come": np.arange(len(y)),
            "the least sure first": np.argsort(confidence),
            "only mistakes": wrong,
        }

        @fig.on_change
        def update():
            rows = orders[order.value]
            first = 10 * (page.value - 1)
            if first >= len(rows):
                first = 10 * max((len(rows) - 1) // 10, 0)
            chosen, said = rows[first : first + 10], []
            for place, (picture, name) in enumerate(zip(pictures, names, strict=True)):
                shown = place < len(chosen)
                picture.set_data(X[chosen[place]].reshape(8, 8) if shown else np.zeros((8, 8)))
                name.set_text("")
                if shown:
                    i = chosen[place]
                    read, right = int(classes[i]), classes[i] == y[i]
                    mark = "" if right else f"\nwrong: it is {y[i]}"
                    name.set_text(f"{read}  ({confidence[i]:.2f}){mark}")
                    name.set_color(kit.INK if right else kit.VERMILLION)
                    said.append(f"{y[i]} as {read} ({confidence[i]:.2f})")
            listed = ", ".join(said) or "none"
            return f"Read: {listed}. {len(wrong)} of {len(y)} held-back digits are read wrong."

    return fig


def mistakes(training, worst_mistakes=None, read_digits=None):
    """The ten surest mistakes, each with the digit it is and the digit that was read."""
    X, y = training.X_test, training.y_test
    with kit.Figure("The surest mistakes", 640, 320) as fig:
        cells = fig.axes(2, 5)
        read = fig.own(read_digits, "read_digits", reference.read_digits)
        worst = fig.own(worst_mistakes, "worst_mistakes", reference.worst_mistakes)
        classes, confidence = read(training.model, X)
        rows = np.asarray(worst(training.model, X, y, len(cells))).astype(int)
        pictures = [_picture(ax) for ax in cells]
        for place, (ax, picture) in enumerate(zip(cells, pictures, strict=True)):
            picture.set_visible(place < len(rows))
            if place < len(rows):
                i = rows[place]
                picture.set_data(X[i].reshape(8, 8))
                words = f"a {y[i]}, read as {int(classes[i])}\nconfidence {confidence[i]:.2f}"
                ax.text(3.5, 8.0, words, ha="center", va="top", fontsize=9.5)

        @fig.on_change
        def update():
            said = [f"{y[i]} as {int(classes[i])} ({confidence[i]:.2f})" for i in rows]
            return f"Read with the most confidence, and wrongly: {', '.join(said) or 'none'}."

    return fig


def confusion(training, read_digits=None, confusion_matrix=None):
    """The confusion matrix; choose a cell to see the images behind it."""
    X, y = training.X_test, training.y_test
    with kit.Figure("Which digit is read as which", 700, 360) as fig:
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        classes, confidence = own(training.model, X)
        table = fig.own(confusion_matrix, "confusion_matrix", reference.confusion_matrix)
        M = np.asarray(table(y, np.asarray(classes).astype(int), 10))
        mistakes = np.argwhere((M > 0) & ~np.eye(10, dtype=bool))
        largest = mistakes[np.argsort(-M[tuple(mistakes.T)], kind="stable")]
        first = largest[0].tolist() if len(largest) else [8, 8]
        true = fig.slider("true digit", 0, 9, first[0])
        read = fig.slider("read as", 0, 9, first[1])
        left, *cells = _matrix_axes(fig)
        left.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="true digit")
        shade = np.where(np.eye(10, dtype=bool), 0.0, np.minimum(M, 4) / 4)
        left.imshow(shade, cmap="Oranges", vmin=0, vmax=1.6, alpha=np.where(shade > 0, 1.0, 0.0))
        for (i, j), count in np.ndenumerate(M):
            if count:
                colour = kit.INK if i == j else "#202020"
                left.text(j, i, f"{count:g}", ha="center", va="center", color=colour, fontsize=9)
        frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=kit.BLUE, linewidth=2.5)
        left.add_patch(frame)
        pictures = [_picture(ax) for ax in cells]
        names = [ax.text(3.5, 8.0, "", ha="center", va="top", fontsize=9) for ax in cells]
        fig.live(frame, *pictures, *names)

        def jump():
            if len(largest):
                now = [true.value, read.value]
                places = largest.tolist()
                number = places.index(now) + 1 if now in places else 0
                true.value, read.value = places[number % len(places)]

        fig.button("Next mistake", jump)

        @fig.on_change
        def update():
            i, j = true.value, read.value
            frame.set_xy((j - 0.5, i - 0.5))
            rows = np.flatnonzero((y == i) & (classes == j))
            rows = rows[np.argsort(-np.asarray(confidence)[rows])]
            for place, (picture, name) in enumerate(zip(pictures, names, strict=True)):
                shown = place < len(rows)
                picture.set_visible(shown)
                name.set_text(f"{confidence[rows[place]]:.2f}" if shown else "")
                if shown:
                    picture.set_data(X[rows[place]].reshape(8, 8))
            more = f"; the {len(cells)} surest are shown" if len(rows) > len(cells) else ""
            times = {0: "Never", 1: "Once"}.get(int(M[i, j]), f"{M[i, j]:g} times")
            total = int(np.trace(M))
            return (
                f"{times} a {i} was read as {j}{more}. Under each image: the confidence. "
                f"On the diagonal stand {total} of {len(y)} digits."
            )

    return fig


def _matrix_axes(fig):
    """One large axes on the left and a block of 12 small ones on the right."""
    grid = fig.canvas.add_gridspec(3, 8)
    large = fig.canvas.add_subplot(grid[:, :4])
    return [
        large,
        *(fig.canvas.add_subplot(grid[row, 4 + col]) for row in range(3) for col in range(4)),
    ]


def first_layer(training):
    """The weights of each hidden unit of the first layer as an image, and what excites it."""
    X, y = training.X_test, training.y_test
    W, b = (np.asarray(w, dtype=float) for w in training.model.get_weights()[:2])
    units = W.shape[1]
    top = np.abs(W).max()
    with kit.Figure("What the first layer looks for", 700, 340) as fig:
        unit = fig.slider("unit", 0, units - 1, 0)
        grid = fig.canvas.add_gridspec(5, 11)
        small = [fig.canvas.add_subplot(grid[k // 5, k % 5]) for k in range(min(units, 25))]
        colours = {"cmap": "PuOr_r", "vmin": -top, "vmax": top}
        for k, ax in enumerate(small):
            ax.imshow(W[:, k].reshape(8, 8), **colours)
            ax.set(xticks=[], yticks=[])
            for spine in ax.spines.values():
                spine.set_visible(False)
        large = fig.canvas.add_subplot(grid[:3, 6:10])
        large.set(xticks=[], yticks=[])
        picture = large.imshow(W[:, 0].reshape(8, 8), **colours)
        fig.canvas.colorbar(picture, ax=large, label="weight")
        below = [fig.canvas.add_subplot(grid[3:, 6 + k]) for k in range(4)]
        pictures = [_picture(ax) for ax in below]
        names = [ax.text(3.5, 8.2, "", ha="center", va="top") for ax in below]
        frames = [
            ax.add_patch(Rectangle((-0.5, -0.5), 8, 8, fill=False, edgecolor=kit.BLUE, linewidth=4))
            for ax in small
        ]
        fig.live(picture, *pictures, *names, *frames)

        @fig.on_change
        def update():
            k = unit.value
            for number, frame in enumerate(frames):
                frame.set_visible(number == k)
            picture.set_data(W[:, k].reshape(8, 8))
            score = X @ W[:, k] + b[k]
            first = np.argsort(-score)[:4]
            for image, name, i in zip(pictures, names, first, strict=True):
                image.set_data(X[i].reshape(8, 8))
                name.set_text(str(y[i]))
            ink = W[:, k].reshape(8, 8)
            most, least = (np.unravel_index(int(i), (8, 8)) for i in (ink.argmax(), ink.argmin()))
            return (
                f"Unit {k}: ink in row {most[0] + 1}, column {most[1] + 1} excites it most, ink in "
                f"row {least[0] + 1}, column {least[1] + 1} quiets it most. It fires for "
                f"{100 * np.mean(score > 0):.0f}% of the held-back digits, most of all for the "
                f"four shown: {', '.join(map(str, y[first]))}."
            )

    return fig


_START = ("..####..", ".#....#.", "......#.", "....##..", "......#.", "......#.", ".#....#.",
          "..####..")  # fmt: skip


def soften(drawing):
    """Ink of a drawing of full and empty squares, with grey edges as a scanner gives them."""
    padded = np.pad(drawing.astype(float), 1)
    beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return np.minimum(1.0, 0.8 * drawing + 0.12 * beside)


def draw(training, read_digits=None):
    """Squares to switch on and off, read by the network at once."""
    with kit.Figure("Your own digit", 480, 270) as fig:
        squares = [
            widgets.ToggleButton(
                value=_START[row][column] == "#",
                tooltip=f"row {row + 1}, column {column + 1}",
                layout=widgets.Layout(width="30px", height="30px", margin="1px", padding="0"),
            )
            for row in range(8)
            for column in range(8)
        ]
        page = widgets.GridBox(
            squares, layout=widgets.Layout(grid_template_columns="repeat(8, 32px)", width="264px")
        )
        beside = widgets.HBox([page, fig.picture], layout=widgets.Layout(flex_flow="row wrap"))
        fig.widget.children = [fig.controls, beside, fig.caption]
        edges = fig.toggle("grey edges", True)
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        left, right = fig.axes(1, 2, ratios=(1, 1.6))
        picture = _picture(left)
        right.set(xticks=range(10), ylim=(0, 1.1), xlabel="digit", ylabel="probability")
        bars = right.bar(range(10), np.zeros(10), edgecolor=kit.BLUE, facecolor=kit.BLUE + "70")
        (mark,) = right.plot([], [], "D", color=kit.VERMILLION, markersize=6)
        fig.live(picture, *bars, mark)
        examples = np.random.default_rng(4).permutation(len(training.y_test))
        turn = iter(np.resize(examples, 10_000))

        def pressed(change):
            _face(change.owner)
            fig.draw()

        for square in squares:
            _face(square)
            square.observe(pressed, "value")

        def put(drawing):
            for square, on in zip(squares, np.ravel(drawing), strict=True):
                square.value = bool(on)

        fig.button("Clear", lambda: put(np.zeros(64)))
        fig.button("Copy a real one", lambda: put(training.X_test[next(turn)] >= 0.5))

        @fig.on_change
        def update():
            drawing = np.array([square.value for square in squares]).reshape(8, 8)
            ink = soften(drawing) if edges.value else drawing.astype(float)
            row = ink.reshape(1, 64)
            P = reference.softmax(np.asarray(training.model(row), dtype=float))[0]
            classes, confidence = own(training.model, row)
            read = int(classes[0]) % 10
            picture.set_data(ink)
            for bar, height in zip(bars, P, strict=True):
                bar.set_height(height)
            mark.set_data([read], [P[read] + 0.04])
            second = int(np.argsort(P)[-2])
            empty = " The page is empty, and it has an answer all the same." * (not drawing.any())
            return (
                f"{int(drawing.sum())} squares are inked. The network reads {read} with "
                f"confidence {confidence[0]:.2f}; next comes {second} with {P[second]:.2f}.{empty}"
            )

    return fig


def _face(square):
    """Show a square as inked or empty, by sign as well as by colour."""
    square.description = "\u25a0" if square.value else "\u00b7"
    square.button_style = "primary" if square.value else ""


def numpy_and_keras(train_numpy_network=None, hidden=32, steps=400, alpha=0.02, seeds=3):
    """Held-back accuracy of the learner's NumPy network and of the same network in Keras."""
    import keras

    bar = widgets.IntProgress(0, 0, 2 * seeds, description="training")
    display(bar)
    scores = {"NumPy": [], "Keras": []}
    with kit.Figure("The same network, twice", 560, 250) as fig:
        own = fig.own(train_numpy_network, "train_numpy_network", reference.train_numpy_network)
        for seed in range(seeds):
            X, X_test, y, y_test = reference.shuffle_split(*data.digits(), 360, seed)
            W1, b1, W2, b2 = own(X, y, hidden, steps, alpha, seed)
            Z = np.maximum(X_test @ W1 + b1, 0) @ W2 + b2
            scores["NumPy"].append(np.mean(np.argmax(Z, axis=1) == y_test))
            bar.value += 1
            model = _twin(keras, hidden, alpha, seed)
            model.fit(_repeated(X, y, steps), epochs=1, shuffle=False, verbose=0)
            scores["Keras"].append(np.mean(np.argmax(model(X_test), axis=1) == y_test))
            bar.value += 1
        ax = fig.axes(
            xlabel="share of held-back digits read rightly",
            yticks=(0, 1),
            yticklabels=("your NumPy", "Keras") if train_numpy_network else ("NumPy", "Keras"),
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
                f"Held-back digits read rightly, on {seeds} splits, after {steps} steps of Adam: "
                f"{'; '.join(words)}."
            )

    with contextlib.suppress(Exception):
        bar.close()
    return fig


def numpy_weights_in_keras(train_numpy_network=None):
    """Logits of NumPy weights, and of a Keras model that holds the same weights."""
    import keras

    X, X_test, y, _ = data.digits_split()
    with kit.Figure("The same weights in both", 420, 300) as fig:
        own = fig.own(train_numpy_network, "train_numpy_network", reference.train_numpy_network)
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
