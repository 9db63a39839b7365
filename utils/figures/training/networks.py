"""Networks that train in their figures, beside the learner's own unit."""

import contextlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils import data, reference
from utils.engine import fitting
from utils.figures import kit
from utils.figures.curves import LiveCurve
from utils.figures.fitting import fit
from utils.figures.guess import draw_guess
from utils.figures.own import FAILURES, LONG, TRAINING, quietly, tried, trouble
from utils.figures.training.descent import batches, tried_batches
from utils.figures.training.first import LN2
from utils.figures.training.plane import Plane


def count_parameters(build_model=None):
    """Print how many numbers each layer learns, and what the untrained model says."""
    model, note = _build(build_model, 64)
    if note:
        print(f"Note: {note}.")
    total = 0
    for number, layer in enumerate((la for la in model.layers if la.weights), 1):
        shapes = [tuple(w.shape) for w in layer.weights]
        sizes = [int(np.prod(shape)) for shape in shapes]
        total += sum(sizes)
        parts = " + ".join(f"{size} {tuple(s)}" for size, s in zip(sizes, shapes, strict=True))
        print(f"layer {number}: weights and biases {parts} = {sum(sizes)} numbers")
    X, y = data.digits_binary()
    p = np.asarray(model(X)).ravel()
    print(f"together {total} numbers")
    for digit in (0, 1):
        chosen = p[y == digit]
        print(f"untrained, it gives the {digit}s between {chosen.min():.3f} and {chosen.max():.3f}")


def _build(build_model, n_features):
    """The learner's model and no note, or the reference with the note why."""
    if build_model is None:
        return reference.build_model(n_features), ""
    try:
        with quietly(LONG):
            model = build_model(n_features)
        if np.asarray(model(np.zeros((2, n_features)))).shape == (2, 1):
            return model, ""
        why = "build_model returned a model of another shape"
    except FAILURES as error:  # a figure shows, whatever a learner wrote
        why = trouble("build_model", error)
    return reference.build_model(n_features), f"{why}; the reference is used instead"


def train_on_plane(build_model=None, guessed=None, epochs=40, seed=3):
    """Train the network on two features by plain gradient descent, live, then to be replayed."""
    import keras

    X, y = data.digits_two_features()
    grid = Plane.grid().astype(np.float32)
    keras.utils.set_random_seed(seed)
    model, note = _build(build_model, 2)
    frames = []
    with kit.Figure("A network learns in the plane", 720, 350) as fig:
        epoch = fig.player("epoch", epochs, interval=80)
        left, right = fig.axes(1, 2, ratios=(1.3, 1))
        plane = Plane(left)
        right.set(xlim=(0, 1.02 * epochs), ylim=(0, 1.05), xlabel="epoch", ylabel="cost")
        right.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        right.text(epochs, LN2, "ln 2", ha="right", va="bottom")
        told = draw_guess(right, guessed)
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.VERMILLION, markersize=9)
        fig.live(*plane.artists, curve, now)
        if note:
            fig.note(note)

        @fig.on_change
        def update():
            if not frames:
                return "Training starts."
            trained = len(frames) > epochs
            chosen = min(epoch.value, len(frames) - 1) if trained else len(frames) - 1
            p, cost, share = frames[chosen]
            plane.show(p)
            curve.set_data(range(chosen + 1), [frame[1] for frame in frames[: chosen + 1]])
            now.set_data([chosen], [cost])
            text = f"Epoch {chosen}: cost {cost:.3f}, {100 * share:.0f}% of the pictures right."
            return text + told

    def measure():
        p = np.asarray(model(X.astype(np.float32))).ravel()
        everywhere = np.asarray(model(grid)).ravel()
        frames.append((everywhere, reference.binary_cross_entropy(y, p), np.mean((p >= 0.5) == y)))
        fig.follow()

    model.compile(optimizer=keras.optimizers.SGD(0.2), loss="binary_crossentropy")
    with fig.training(epochs) as tell:

        def each(done, _):
            measure()
            tell(done + 1)

        measure()
        watch = keras.callbacks.LambdaCallback(on_epoch_end=each)
        fit(model, X, y, epochs, watch=[watch])
        epoch.value = epochs


@dataclass
class Trained:
    """A trained network and unit, with the pictures kept away from them and their figure."""

    model: Any
    unit: tuple
    X: np.ndarray
    y: np.ndarray
    figure: Any


def train_digits(
    build_model=None,
    compile_and_fit=None,
    gradient_descent=None,
    minibatches=None,
    epochs=60,
    seed=2,
):
    """Train the learner's network and unit on the 64 pixels, side by side, and draw their costs.

    Both read every picture once an epoch, in batches of 32, one step each.
    """
    import keras

    X, X_kept, y, y_kept = data.digits_binary_split()
    names = ("network", "network, held-back", "your unit", "unit, held-back")
    curve = LiveCurve("Zeros and ones, 64 pixels", epochs, names, "cost", (LN2, "ln 2"), (1, 0.75))
    (ax,) = curve.figure.canvas.axes
    for number, line in enumerate(line for line in ax.lines if line.get_label() in names):
        line.set_markevery((2 * number, 8))
    unit = _Unit(gradient_descent, minibatches, X, y, curve.figure.note)

    def measure(model):
        p = [np.asarray(model(rows)).ravel() for rows in (X, X_kept)]
        q = [reference.logistic_unit(rows, unit.w, unit.b) for rows in (X, X_kept)]
        costs = [
            reference.binary_cross_entropy(truth, answer)
            for answers in (p, q)
            for truth, answer in zip((y, y_kept), answers, strict=True)
        ]
        wrong = [int(np.sum((a[1] >= 0.5) != y_kept)) for a in (p, q)]
        extra = f"Of {len(y_kept)} held-back pictures the network reads {wrong[0]} wrong,"
        curve.add(*costs, extra=f"{extra} the unit {wrong[1]}.")

    def train(fit):
        keras.utils.set_random_seed(seed)
        model, note = _build(build_model, X.shape[1])
        if note:
            curve.figure.note(note)
        unit.restart()
        measure(model)

        def one_epoch(*_):
            unit.epoch()
            measure(model)

        _tell_epochs(model, keras.callbacks.LambdaCallback(on_epoch_end=one_epoch))
        with quietly(TRAINING):
            fit(model, X.copy(), y.copy(), epochs)
        return model

    try:
        model = train(compile_and_fit or reference.compile_and_fit)
    except FAILURES as error:  # unfinished or broken: show how it goes anyway
        why = trouble("compile_and_fit", error)
        curve.figure.note(f"{why}; the reference is used instead")
        curve.values.clear()
        model = train(reference.compile_and_fit)
    curve.finish()
    return Trained(model, (unit.w, unit.b), X_kept, y_kept, curve.figure)


def _tell_epochs(model, callback):
    """Add a callback to every `fit` of this one model, and keep its progress bar off the page."""

    def watched(*given, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options["verbose"] = 0
            return fitting.train(type(model).fit, model, *given, watch=[callback], **options)

    model.fit = watched


class _Unit:
    """One logistic unit, trained an epoch at a time by the learner's gradient descent."""

    ALPHA, BATCH = 0.5, 32

    def __init__(self, gradient_descent, minibatches, X, y, note):
        self.descent = tried(gradient_descent, "gradient_descent")
        self.minibatches = tried_batches(minibatches)
        self.X, self.y, self.note = X, y, note
        self.restart()

    def restart(self):
        """Go back to the start: all weights 0."""
        self.w, self.b = np.zeros(self.X.shape[1]), 0.0
        self.rng = np.random.default_rng(0)

    def epoch(self):
        """Read every picture once, a step a batch."""
        for batch in batches(self, self.minibatches, len(self.X), self.BATCH, self.rng):
            self._step(self.X[batch], self.y[batch])

    def _step(self, X, y):
        """Take one step; a function that fails is replaced by the reference."""
        start = (X, y, self.w.copy(), self.b, self.ALPHA, 1)
        if self.descent is not None:
            result, why = self.descent(*start)
            if not why:
                with contextlib.suppress(TypeError, ValueError):
                    w, b, _ = result
                    w, b = np.asarray(w, dtype=float), float(b)
                    if w.shape == self.w.shape and np.isfinite(w).all() and np.isfinite(b):
                        self.w, self.b = w, b
                        return
                why = "gradient_descent did not return w and b"
            self.note(f"{why}; the reference is used instead")
            self.descent = None
        self.w, self.b, _ = reference.gradient_descent(*start)


def zero_or_one(trained=None):
    """Held-back pictures, the most doubtful first, with what network and unit say."""
    if trained is None:
        return None
    p = np.asarray(trained.model(trained.X)).ravel()
    q = reference.logistic_unit(trained.X, *trained.unit)
    order = np.argsort(np.abs(p - 0.5))
    with kit.Figure("Held-back pictures", 640, 330) as fig:
        page = fig.slider("page", 1, len(order) // 10, 1)
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        for ax in cells:
            for spine in ax.spines.values():
                spine.set(visible=True, alpha=0.4)
        images = [kit.tiles(ax, np.zeros((8, 8))) for ax in cells]
        # (Room for them is kept by the empty labels: they must not make the pictures smaller.)
        names = [
            ax.text(3.5, 7.9, "", ha="center", va="top", size=10, in_layout=False) for ax in cells
        ]
        for ax in cells:
            ax.set_xlabel(" \n \n ", size=10)
        fig.live(*images, *names)

        @fig.on_change
        def update():
            chosen = order[10 * (page.value - 1) : 10 * page.value]
            words = []
            for image, name, i in zip(images, names, chosen, strict=True):
                image.set_data(trained.X[i].reshape(8, 8))
                wrong = (p[i] >= 0.5) != trained.y[i]
                said = "network wrong" if wrong else ""
                name.set_text(f"network {p[i]:.3f}\nunit {q[i]:.3f}\n{said}")
                name.set_color(kit.VERMILLION if wrong else kit.INK)
                words.append(f"a {trained.y[i]}: {p[i]:.3f} and {q[i]:.3f}")
            return f"Page {page.value}, probability of a 1 by network and unit: {'; '.join(words)}."

    return fig
