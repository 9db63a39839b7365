"""Classes in the plane: softmax regression on four clouds, and where straight borders fail."""

import numpy as np
from contourpy import contour_generator

from utils import data, reference
from utils.figures import kit
from utils.figures.fitting import fit
from utils.figures.own import FAILURES, LONG, quietly, trouble

_SIDE = 121
_RGB = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in kit.COLOURS])


class Regions:
    """The plane of an axes, coloured by the most probable class, with the borders drawn."""

    def __init__(self, ax, X, y, reach):
        self._line = np.linspace(-reach, reach, _SIDE)
        self.grid = np.stack(np.meshgrid(self._line, self._line), axis=-1).reshape(-1, 2)
        ax.set(aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
        self._shade = ax.imshow(
            np.zeros((_SIDE, _SIDE, 4)), extent=(-reach, reach, -reach, reach), origin="lower",
            zorder=0, interpolation="bilinear",
        )  # fmt: skip
        (self._border,) = ax.plot([], [], color=kit.INK, linewidth=2)
        points = [
            ax.plot(*X[y == k].T, kit.MARKERS[k], color=kit.COLOURS[k], markersize=4)[0]
            for k in range(y.max() + 1)
        ]
        self.artists = [self._shade, self._border, *points]

    def show(self, P):
        """Colour by the probabilities `P` of the classes at `grid`: the surer, the stronger."""
        P = np.asarray(P, dtype=float)
        best, classes = P.argmax(axis=1), P.shape[1]
        sure = np.clip((P.max(axis=1) - 1 / classes) / (1 - 1 / classes), 0, 1)
        picture = np.column_stack([_RGB[best], 0.45 * sure]).reshape(_SIDE, _SIDE, 4)
        self._shade.set_data(picture)
        parts = []
        for k in range(classes):
            lead = P[:, k] - np.delete(P, k, axis=1).max(axis=1)
            lines = contour_generator(self._line, self._line, lead.reshape(_SIDE, _SIDE)).lines(0.0)
            parts += [part for line in lines for part in (line, np.full((1, 2), np.nan))]
        self._border.set_data(*(np.vstack(parts).T if parts else ([], [])))


def four_clusters(predict_proba=None, softmax_gradient=None, states=None):
    """Softmax regression learning four clouds: regions, borders and the cost, step by step.

    `states`, where given, are the pairs (W, b) that a loop of the learner went through.
    """
    X, y = data.four_clusters()
    walked = _pairs(states)
    last = 80
    with kit.Figure("Softmax regression on four clouds", 720, 340) as fig:
        step = fig.player("step", last)
        rates = {"0.03": 0.03, "0.3": 0.3, "3": 3.0, "10": 10.0}
        if walked:
            rates = {"my loop": 0.0} | rates
        rate = fig.choice("learning rate", rates, 0.0 if walked else 0.3)
        left, right = fig.axes(1, 2)
        regions = Regions(left, X, y, 4.5)
        left.set(xlabel="feature 0", ylabel="feature 1")
        right.set(xlim=(0, last), ylim=(0, 2.2), xlabel="step", ylabel="cost")
        right.axhline(np.log(4), color=kit.INK, linestyle=":", linewidth=1)
        right.text(last, np.log(4), "ln 4", ha="right", va="bottom")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.BLUE)
        fig.live(*regions.artists, curve, now)
        if states is not None and not walked:
            fig.note("my_states holds no pairs (W, b) yet; the figure takes the steps itself")
        proba = fig.own(predict_proba, "predict_proba", reference.predict_proba)
        gradient = fig.own(softmax_gradient, "softmax_gradient", reference.softmax_gradient)
        runs = {}

        def run(until):
            """States (W, b, cost, share right) up to step `until`, kept for each learning rate."""
            kept = runs.setdefault(rate.value, [])
            if rate.value == 0:
                until = min(until, len(walked) - 1)
            while len(kept) <= until:
                if rate.value == 0:
                    W, b = walked[len(kept)]
                else:
                    W, b = (np.zeros((2, 4)), np.zeros(4)) if not kept else kept[-1][:2]
                    if kept:
                        dW, db = gradient(X, y, W, b)
                        W, b = W - rate.value * dW, b - rate.value * db
                P = proba(X, W, b)
                right_ones = np.mean(np.argmax(P, axis=1) == y)
                kept.append((W, b, reference.cross_entropy(P, y), right_ones))
            return kept[: until + 1]

        @fig.on_change
        def update():
            kept = run(step.value)
            W, b, cost, share = kept[-1]
            regions.show(proba(regions.grid, W, b))
            costs = [state[2] for state in kept]
            curve.set_data(range(len(costs)), costs)
            now.set_data([len(costs) - 1], [cost])
            return (
                f"After step {len(costs) - 1}: cost {cost:.3f}, {100 * share:.0f}% of the points "
                "right."
            )

    return fig


def _pairs(states):
    """The pairs (W (2, 4), b (4,)) among the learner's states, nothing where they are not that."""
    found = []
    try:
        for state in [] if states is None else list(states)[:2000]:
            W, b = (np.array(part, dtype=float) for part in state)
            finite = np.isfinite(W).all() and np.isfinite(b).all()
            if W.shape != (2, 4) or b.shape != (4,) or not finite:
                return []
            found.append((W, b))
    except (TypeError, ValueError):
        return []
    return found


def spiral(build_softmax_model=None, epochs=60, every=4, seed=1):
    """A spiral of three arms: softmax regression beside the learner's network, while they learn."""
    X, y = data.spiral()
    frames = []
    with kit.Figure("Where straight borders fail", 720, 370) as fig:
        frame = fig.player("frame", epochs // every, interval=200)
        left, right = fig.axes(1, 2, xticks=[], yticks=[])
        planes = [Regions(ax, X, y, 1.15) for ax in (left, right)]
        left.set_title("softmax regression")
        right.set_title("your network: 25, 15, softmax")
        fig.live(*planes[0].artists, *planes[1].artists)
        model = _network(fig, build_softmax_model, seed)

        @fig.on_change
        def update():
            if not frames:
                return "Training starts."
            done = len(frames) > epochs // every
            at = min(frame.value, len(frames) - 1) if done else len(frames) - 1
            for plane, P in zip(planes, frames[at][0], strict=True):
                plane.show(P)
            straight, bent = frames[at][1]
            return (
                f"After epoch {at * every}: softmax regression {100 * straight:.0f}% right, the "
                f"network {100 * bent:.0f}%."
            )

    W, b = np.zeros((2, 3)), np.zeros(3)
    grid = planes[0].grid
    with fig.training(epochs) as tell:
        for done in range(0, epochs + 1, every):
            if done:
                fit(model, X, y, epochs=every, batch_size=16)
                for _ in range(14 * every):  # as many steps as the network took
                    dW, db = _slope(X, y, W, b)
                    W, b = W - dW, b - db
            shares = [
                np.mean(P.argmax(axis=1) == y)
                for P in (reference.predict_proba(X, W, b), np.asarray(model(X)))
            ]
            frames.append(([reference.predict_proba(grid, W, b), np.asarray(model(grid))], shares))
            tell(done)
            fig.follow()
        frame.value = epochs // every


def _slope(X, y, W, b):
    error = reference.predict_proba(X, W, b) - np.eye(3)[y]
    return X.T @ error / len(y), error.mean(axis=0)


def _network(fig, build_softmax_model, seed):
    """The learner's network for the plane, or the reference with a note; Adam with rate 0.02."""
    import keras

    keras.utils.set_random_seed(seed)

    def compiled(model):
        model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
        if np.asarray(model(np.zeros((1, 2)))).shape != (1, 3):
            raise ValueError("another shape")
        model.test_on_batch(np.zeros((1, 2)), np.zeros(1, int))
        return model

    if build_softmax_model is not None:
        try:
            with quietly(LONG):
                return compiled(build_softmax_model(2, 3))
        except FAILURES as error:  # a figure shows, whatever a learner wrote
            why = trouble("build_softmax_model", error)
            fig.note(f"{why}; the reference is used instead")
    keras.utils.set_random_seed(seed)
    return compiled(reference.build_softmax_model(2, 3))
