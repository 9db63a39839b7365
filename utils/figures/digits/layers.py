"""Inside the network: the weights of the first layer, and a digit on its way through it."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from utils import reference
from utils.figures import kit
from utils.figures.digits.reading import an, ink_axes


def _side_by_side(pictures):
    """Up to 25 pictures of 8 by 8 as one, five a row, with a gap after each."""
    whole = np.full((5, 9, 5, 9), np.nan)
    for k, picture in enumerate(pictures):
        whole[k // 5, :8, k % 5, :8] = picture
    return whole.reshape(45, 45)


def first_layer(training):
    """The weights of each hidden unit of the first layer as an image, and what excites it."""
    X, y = training.X_val, training.y_val
    W, b = (np.asarray(w, dtype=float) for w in training.model.get_weights()[:2])
    units = W.shape[1]
    top = np.abs(W).max()
    inked = training.X.mean(axis=0) > 0.01  # elsewhere hardly any digit that was learned has ink
    blank = np.where(inked, np.nan, 1.0).reshape(8, 8)
    with kit.Figure("What the first layer looks for", 820, 340, least=680) as fig:
        unit = fig.slider("unit", 0, units - 1, 0)
        grid = fig.canvas.add_gridspec(5, 15)
        cover = fig.canvas.add_subplot(grid[:, :5], xticks=[], yticks=[])
        colours = {"cmap": "PuOr_r", "vmin": -top, "vmax": top}
        shown = min(units, 25)
        for pictures, looks in (
            (W[:, :shown].T.reshape(-1, 8, 8), colours),
            ([blank] * shown, {"cmap": "gray", "vmin": 0, "vmax": 2}),
        ):
            kit.tiles(cover, _side_by_side(pictures), **looks).set_extent((0, 5, 5, 0))
        cover.set_axis_off()
        large = fig.canvas.add_subplot(grid[:3, 6:10])
        large.set(xticks=[], yticks=[])
        picture = kit.tiles(large, W[:, 0].reshape(8, 8), **colours)
        grey = kit.tiles(large, blank, cmap="gray", vmin=0, vmax=2)
        fig.canvas.colorbar(picture, ax=large, label="weight")
        beside = fig.canvas.add_subplot(grid[:3, 11:15])
        beside.set(xticks=[], yticks=[])
        beside.set_title("ink times weight", size=9.5)
        product = kit.tiles(beside, np.zeros((8, 8)), **colours)
        below = [fig.canvas.add_subplot(grid[3:, 6 + 2 * k : 8 + 2 * k]) for k in range(4)]
        pictures = [ink_axes(ax) for ax in below]
        names = [ax.text(3.5, 8.2, "", ha="center", va="top") for ax in below]
        frame = Rectangle((0, 0), 8 / 9, 8 / 9, fill=False, edgecolor=kit.BLUE, linewidth=4)
        cover.add_patch(frame).set_clip_on(False)
        fig.live(picture, grey, product, *pictures, *names, frame)

        def choose(column, row):
            kit.put(unit, 5 * min(int(row), 4) + min(int(column), 4))

        fig.handle(
            "unit", cover, lambda: (unit.value % 5 + 0.5, unit.value // 5 + 0.5), choose,
            anywhere=True, keys=lambda right, up: kit.put(unit, unit.value + right - 5 * up),
            says=lambda *_: f"unit {unit.value}",
        )  # fmt: skip

        @fig.on_change
        def update():
            k = unit.value
            frame.set(x=k % 5, y=k // 5, visible=k < shown)
            picture.set_data(W[:, k].reshape(8, 8))
            score = X @ W[:, k] + b[k]
            first = np.argsort(-score)[:4]
            product.set_data((X[first[0]] * W[:, k]).reshape(8, 8))
            for image, name, i in zip(pictures, names, first, strict=True):
                image.set_data(X[i].reshape(8, 8))
                name.set_text(str(y[i]))
            ink = np.where(inked, W[:, k], np.nan)
            most, least = divmod(int(np.nanargmax(ink)), 8), divmod(int(np.nanargmin(ink)), 8)
            return (
                f"Unit {k}: ink in row {most[0] + 1}, column {most[1] + 1} excites it most, ink in "
                f"row {least[0] + 1}, column {least[1] + 1} quiets it most. It fires for "
                f"{100 * np.mean(score > 0):.0f}% of the validation digits, most of all for the "
                f"four shown: {', '.join(map(str, y[first]))}. On the grey pixels hardly any digit "
                f"has ink."
            )

    return fig


class Lights:
    """The units of a network of dense ReLU layers in columns, lit by what a digit makes of them.

    `show(ink, digit)` lights them and draws the strongest contributions to the logit of `digit`,
    backwards: which units of the layer before speak for it, which for the strongest of these.
    """

    def __init__(self, fig, ax, weights, X):
        self.layers = [(np.asarray(W, dtype=float), np.asarray(b, dtype=float))
                       for W, b in zip(weights[::2], weights[1::2], strict=True)]  # fmt: skip
        self.tops = [max(np.percentile(a.max(axis=1), 90), 1e-9) for a in self.activities(X)]
        sizes = [W.shape[1] for W, _ in self.layers]
        ax.set_axis_off()
        ax.set(xlim=(-0.25, len(sizes) - 0.55), ylim=(-0.04, 1.1))
        self.places = [
            np.column_stack([np.full(n, float(x)), np.linspace(1, 0, n)])
            for x, n in enumerate(sizes)
        ]
        self.lines = ax.add_collection(LineCollection([], zorder=1))
        self.dots = []
        for x, (places, n) in enumerate(zip(self.places, sizes, strict=True)):
            self.dots.append(ax.scatter(*places.T, s=min(170, 2600 / n), zorder=2))
            kind = "logits" if x == len(sizes) - 1 else "units"
            ax.text(x, 1.06, f"{n} {kind}", ha="center", va="bottom", size=9.5)
        for digit, (x, y) in enumerate(self.places[-1]):
            ax.text(x + 0.12, y, str(digit), va="center")
        fig.live(self.lines, self.dots)

    def activities(self, X):
        """Outputs of every layer for the rows of X: ReLU in all but the last."""
        out, now = [], np.atleast_2d(X)
        for number, (W, b) in enumerate(self.layers, 1):
            now = now @ W + b
            if number < len(self.layers):
                now = np.maximum(now, 0)
            out.append(now)
        return out

    def slope(self, X, direction):
        """How fast the logits, weighed by `direction`, move with each pixel of one digit."""
        back = np.asarray(direction, dtype=float)
        for (W, _), active in zip(
            self.layers[::-1], [*self.activities(X)[-2::-1], None], strict=True
        ):
            back = W @ back
            if active is not None:
                back = back * (active[0] > 0)
        return back

    def show(self, ink, digit):
        """Light the units for one digit; returns the activities of the layers."""
        activities = [a[0] for a in self.activities(ink)]
        for number, (dots, a, top) in enumerate(
            zip(self.dots, activities, self.tops, strict=True), 1
        ):
            share = np.clip(np.abs(a) / top, 0, 1)
            base = kit.BLUE if number < len(activities) else kit.GREEN
            colours = np.array([_rgb(base if v >= 0 else kit.PURPLE) for v in a])
            dots.set_facecolor(np.column_stack([colours, share]))
            dots.set_edgecolor([kit.INK] * len(a))
        segments, looks, target = [], [], digit
        for number in range(len(activities) - 1, 0, -1):
            part = activities[number - 1] * self.layers[number][0][:, target]
            strongest = max(np.abs(part).max(), 1e-9)
            for unit in np.argsort(-np.abs(part))[:8]:
                if abs(part[unit]) > 0.03 * strongest:
                    ends = self.places[number - 1][unit], self.places[number][target]
                    segments.append(ends)
                    looks.append((part[unit], abs(part[unit]) / strongest))
            target = int(np.argmax(part))
        self.lines.set_segments(segments)
        self.lines.set_color([kit.OCHRE if part > 0 else kit.PURPLE for part, _ in looks] or ["k"])
        self.lines.set_linewidth([0.5 + 3 * share for _, share in looks] or [1])
        self.lines.set_linestyle(["-" if part > 0 else "--" for part, _ in looks] or ["-"])
        return activities, target


def _rgb(colour):
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def through(training, read_digits=None):
    """One validation digit on its way through the network, and what speaks for each answer."""
    X, y = training.X_val, training.y_val
    with kit.Figure("One digit through the network", 780, 400) as fig:
        index = fig.slider("digit", 0, len(y) - 1, 0)
        why = fig.choice("why", {"what it reads": -1} | {str(k): k for k in range(10)})
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        left, middle, right = fig.axes(1, 3, ratios=(1, 2.6, 1))
        picture = ink_axes(left)
        lights = Lights(fig, middle, training.model.get_weights(), X)
        right.set(yticks=range(10), xlim=(0, 1.25), ylim=(9.5, -0.5), xlabel="probability")
        bars = right.barh(range(10), np.zeros(10), fc=kit.GREEN + "70", ec=kit.GREEN, hatch="//")
        value = right.text(0, 0, "", va="center", size=9.5)
        fig.live(picture, bars, value)
        classes, confidence = own(training.model, X)

        @fig.on_change
        def update():
            i = index.value
            read = int(classes[i]) % 10
            digit = read if why.value < 0 else why.value
            picture.set_data(X[i].reshape(8, 8))
            activities, _ = lights.show(X[i], digit)
            P = reference.softmax(activities[-1])
            for bar, p in zip(bars, P, strict=True):
                bar.set_width(p)
            value.set(x=P[read] + 0.03, y=read, text=f"{P[read]:.2f}")
            on = ", ".join(f"{int(np.sum(a > 0))} of {len(a)}" for a in activities[:-1])
            speaks = ""
            if len(activities) > 1:
                part = activities[-2] * lights.layers[-1][0][:, digit]
                against = f" and unit {int(np.argmin(part))} most against it ({part.min():+.1f})"
                speaks = (
                    f" For the {digit} unit {int(np.argmax(part))} of the last hidden layer speaks "
                    f"most ({part.max():+.1f}),{against if part.min() < 0 else ' none against it'}."
                )
            wrong = "" if read == y[i] else f", wrongly: it is {an(y[i])}"
            return (
                f"Digit {i} is read as {read} with confidence {confidence[i]:.2f}{wrong}. Units "
                f"that are on: {on or 'no hidden layer'}.{speaks} Full lines speak for it, dashed "
                f"ones against."
            )

    return fig
