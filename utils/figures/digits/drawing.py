"""A page of squares to draw a digit on, with the network reading along."""

import ipywidgets as widgets
import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.digits.layers import Lights
from utils.figures.digits.reading import ink_axes

_START = ("..####..", ".#....#.", "......#.", "....##..", "......#.", "......#.", ".#....#.",
          "..####..")  # fmt: skip


def soften(drawing):
    """Ink of a drawing of full and empty squares, with grey edges as a scanner gives them."""
    padded = np.pad(drawing.astype(float), 1)
    beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return np.minimum(1.0, 0.8 * drawing + 0.12 * beside)


def draw(training, read_digits=None):
    """Squares to switch on and off, read by the network at once."""
    with kit.Figure("Your own digit", 620, 330) as fig:
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
        wish = fig.choice("what would make it a", {"-": -1} | {str(k): k for k in range(10)})
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        grid = fig.canvas.add_gridspec(2, 2, width_ratios=(1, 2.1))
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
        copied = [""]
        examples = np.random.default_rng(4).permutation(len(training.y_val))
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

        def copy_one():
            i = next(turn)
            put(training.X_val[i] >= 0.5)
            copied[:] = [f" Copied: validation digit {i}, a {training.y_val[i]}, in full squares."]

        def clear():
            put(np.zeros(64))
            copied[:] = [""]

        fig.button("Clear", clear)
        fig.button("Copy a real one", copy_one)

        @fig.on_change
        def update():
            drawing = np.array([square.value for square in squares]).reshape(8, 8)
            ink = soften(drawing) if edges.value else drawing.astype(float)
            row = ink.reshape(1, 64)
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
            empty = " The page is empty, and it has an answer all the same." * (not drawing.any())
            return (
                f"{int(drawing.sum())} squares are inked. The network reads {read} with "
                f"confidence {confidence[0]:.2f}; next comes {second} with {P[second]:.2f}."
                f"{empty}{copied[0]}{wanted}"
            )

    return fig


def _face(square):
    """Show a square as inked or empty, by sign as well as by colour."""
    square.description = "\u25a0" if square.value else "\u00b7"
    square.button_style = "primary" if square.value else ""
