"""A learning curve that grows while a network trains."""

import contextlib

import ipywidgets as widgets
import numpy as np
from IPython.display import HTML, display

from utils.figures import kit


@contextlib.contextmanager
def progress(total, label="training"):
    """A bar under the cell while work goes on: yields `step()`; nothing of it stays behind."""
    bar = widgets.IntProgress(0, 0, total, description=label)
    handle = display(bar, display_id=True)

    def step():
        bar.value += 1

    try:
        yield step
    finally:
        bar.close()
        if handle is not None:
            handle.update(HTML(""))  # else a saved notebook shows the bar as text


class LiveCurve:
    """Two curves against the epoch, drawn again as each point arrives.

    `add(first, second)` appends a point, starting at epoch 0 (untrained); `level`, a pair of height
    and label, is drawn as a dotted line; `legend` is where its upper right corner goes, in shares
    of the axes. With `log` the axis is logarithmic, names stand at the ends of the curves, and a
    ring marks the lowest point of the second. Shown at once, with a progress bar; `finish` takes it
    away and stores the last picture.
    """

    def __init__(
        self,
        title,
        epochs,
        names=("training", "held-back"),
        ylabel="loss",
        level=None,
        legend=(1, 0.9),
        log=False,
    ):
        self.names, self.values, self.extra = names, [], ""
        self._epochs = epochs
        with kit.Figure(title, 560, 300) as self.figure:
            ax = self.figure.axes(xlabel="epoch", ylabel=ylabel, xlim=(0, epochs))
            if level:
                ax.axhline(level[0], color=kit.INK, linestyle=":", linewidth=1)
                ax.annotate(level[1], (epochs, level[0]), ha="right", va="bottom", color=kit.INK)
            lines = [
                ax.plot([], [], dash, color=colour, marker=mark, markersize=4, label=name)[0]
                for name, dash, colour, mark in zip(
                    names, kit.DASHES, kit.COLOURS, kit.MARKERS, strict=False
                )
            ]
            self.figure.live(*lines)
            self._top = 0.0
            if log:
                ax.set(yscale="log", ylim=(0.01, 4), xlim=(0, 1.22 * epochs))
                ends = [
                    ax.text(0, 1, "", color=line.get_color(), va="center", ha="left")
                    for line in lines
                ]
                (ring,) = ax.plot([], [], "o", color=kit.INK, markersize=12, fillstyle="none")
                self.figure.live(*ends, ring)
            else:
                ax.legend(loc="upper right", bbox_to_anchor=legend)

            @self.figure.on_change
            def update():
                points = np.array(self.values, dtype=float).reshape(-1, len(names))
                for line, column in zip(lines, points.T, strict=True):
                    line.set_data(range(len(column)), column)
                if log:
                    return self._named_ends(ax, ends, ring, points) + self._text(ylabel, points)
                top = max(points.max(initial=level[0] if level else 0), 1e-6) * 1.1
                if top > self._top:
                    self._top = top
                    ax.set_ylim(0, top)
                    self.figure.refresh()
                return self._text(ylabel, points)

        self._training = self.figure.training(epochs)
        self._done = self._training.__enter__()

    def add(self, *point, extra=""):
        """Append one point, a value for each curve, and a sentence for the caption."""
        self.values.append(point)
        self.extra = extra
        self._done(len(self.values) - 1)
        last = len(self.values) > self._epochs
        self.figure.draw() if last else self.figure.follow()

    def finish(self):
        """Take the progress bar away and keep the last picture in the notebook."""
        self._training.__exit__(None, None, None)

    def _named_ends(self, ax, ends, ring, points):
        """Put the names at the ends of the curves and a ring on the lowest point of the second."""
        if not len(points):
            return ""
        low = max(points.min() / 1.5, 1e-6)
        if low < ax.get_ylim()[0]:
            ax.set_ylim(low / 2, 4)
            self.figure.refresh()
        for name, end, height in zip(self.names, ends, points[-1], strict=True):
            end.set(x=len(points) - 1 + 0.03 * self._epochs, y=height, text=name)
        lowest = int(np.argmin(points[:, 1]))
        ring.set_data([lowest], [points[lowest, 1]])
        return f"Lowest {self.names[1]} so far: {points[lowest, 1]:.3f}, epoch {lowest}. "

    def _text(self, ylabel, points):
        if not len(points):
            return "Training starts."
        now = ", ".join(f"{n} {v:.3f}" for n, v in zip(self.names, points[-1], strict=True))
        start = ", ".join(f"{n} {v:.3f}" for n, v in zip(self.names, points[0], strict=True))
        begin = f"After epoch {len(points) - 1} the {ylabel} is: {now} (at the start: {start})."
        return f"{begin} {self.extra}"
