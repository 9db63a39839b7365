"""A page to draw a digit on, with the network reading along."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.digits.layers import Lights
from utils.figures.digits.reading import an, ink_axes

_START = ("..####..", ".#....#.", "......#.", "....##..", "......#.", "......#.", ".#....#.",
          "..####..")  # fmt: skip


def soften(drawing):
    """Ink of a drawing of full and empty pixels, with grey edges as a scanner gives them."""
    padded = np.pad(drawing.astype(float), 1)
    beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return np.minimum(1.0, 0.8 * drawing + 0.12 * beside)


def stroke(points, sharpness=1.35):
    """Ink that a pen leaves on 8 by 8 pixels, `(8, 8)`, on its way through `points`, `(n, 2)`.

    A pixel is full where the pen passes within 0.35 of its middle, and grey up to 1.35 away.
    """
    ends = np.vstack([points, points[-1:]])
    shares = np.linspace(0, 1, 8)[:, None, None]
    passed = (ends[:-1] + shares * np.diff(ends, axis=0)).reshape(-1, 2)
    row, column = np.mgrid[:8, :8]
    far = np.hypot(column[..., None] - passed[:, 0], row[..., None] - passed[:, 1]).min(axis=-1)
    return np.clip(sharpness - far, 0, 1)


def draw(training, read_digits=None):
    """A page to draw on by hand, read by the network at once."""
    with kit.Figure("Your own digit", 760, 400, least=600) as fig:
        erase = fig.toggle("rub out")
        wish = fig.choice("what would make it a", {"-": -1} | {str(k): k for k in range(10)})
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        grid = fig.canvas.add_gridspec(2, 2, width_ratios=(1, 1.5), height_ratios=(2.4, 1))
        left, right = fig.canvas.add_subplot(grid[0, 0]), fig.canvas.add_subplot(grid[1, 0])
        picture = ink_axes(left)
        shades = {"cmap": "PuOr_r", "vmin": -1, "vmax": 1}
        help_ = left.imshow(np.zeros((8, 8)), alpha=np.zeros((8, 8)), **shades)
        lights = Lights(fig, fig.canvas.add_subplot(grid[:, 1]), training.model.get_weights(),
                        training.X_val)  # fmt: skip
        right.set(xticks=range(10), ylim=(0, 1.1), yticks=[0, 0.5, 1], xlabel="digit")
        bars = right.bar(range(10), np.zeros(10), edgecolor=kit.BLUE, facecolor=kit.BLUE + "70")
        (mark,) = right.plot([], [], "D", color=kit.VERMILLION, markersize=6)
        fig.live(picture, help_, *bars, mark)
        copied, cursor = [""], [3.0, 3.0]
        ink = soften(np.array([[square == "#" for square in row] for row in _START]))
        examples = np.random.default_rng(4).permutation(len(training.y_val))
        turn = iter(np.resize(examples, 10_000))

        def drawn(points, first):
            """Ink, or rub out, along the way from where the pen was."""
            left_by_pen = stroke(points if first else np.vstack([cursor, points]))
            ink[:] = ink * (1 - left_by_pen) if erase.value else np.maximum(ink, left_by_pen)
            cursor[:] = np.clip(points[-1], 0, 7)
            copied[:] = [""]

        def keys(right, up):
            cursor[:] = np.clip(np.round(cursor) + [right, -up], 0, 7)

        fig.handle(
            "pen", left, lambda: cursor, drawn=drawn, keys=keys,
            says=lambda x, y: f"row {round(y) + 1}, column {round(x) + 1}, "
            f"ink {ink[round(y), round(x)]:.2f}",
        )  # fmt: skip

        def copy_one():
            i = next(turn)
            ink[:] = training.X_val[i].reshape(8, 8)
            copied[:] = [f" Copied: validation digit {i}, {an(training.y_val[i])}."]

        def clear():
            ink[:] = 0
            copied[:] = [""]

        fig.button("Clear", clear)
        fig.button("Copy a real one", copy_one)

        @fig.on_change
        def update():
            row = ink.reshape(1, 64).copy()
            P = reference.softmax(np.asarray(training.model(row), dtype=float))[0]
            classes, confidence = own(training.model, row)
            read = int(classes[0]) % 10
            picture.set_data(ink)
            lights.show(row, read)
            wanted = ""
            shown = np.zeros((8, 8))
            if wish.value >= 0 and wish.value != read:
                direction = np.eye(10)[wish.value] - np.eye(10)[read]
                slope = lights.slope(row, direction).reshape(8, 8)
                useful = np.where(slope > 0, (1 - ink) * slope, ink * slope)  # ink is 0 to 1
                shown = useful / max(np.abs(useful).max(), 1e-9)
                best = np.unravel_index(np.abs(useful).argmax(), (8, 8))
                verb = "add ink in" if useful[best] > 0 else "take ink from"
                wanted = (
                    f" Towards {wish.value}, most of all: {verb} row {best[0] + 1}, column "
                    f"{best[1] + 1} (orange: add, purple: take away)."
                )
            help_.set_data(shown)
            help_.set_alpha(np.minimum(np.abs(shown) * 1.2, 0.85))
            for bar, height in zip(bars, P, strict=True):
                bar.set_height(height)
            mark.set_data([read], [P[read] + 0.04])
            second = int(np.argsort(P)[-2])
            empty = " The page is empty, and it has an answer all the same." * (not ink.any())
            return (
                f"{int(np.sum(ink > 0.5))} pixels are dark. The network reads {read} with "
                f"confidence {confidence[0]:.2f}; next comes {second} with {P[second]:.2f}."
                f"{empty}{copied[0]}{wanted}"
            )

    return fig
