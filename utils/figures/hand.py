"""Handles: what of a picture the hand can take, and the values that a pointer is shown."""

import ipywidgets as widgets
import numpy as np
from matplotlib.ticker import LogFormatter, ScalarFormatter


class Handle:
    """A place in an axes that the hand moves: `where()` tells it, `moved(x, y)` hears the new one.

    `where()` may be None for now. `step` is how far an arrow key goes, (in x, in y) in data
    coordinates, a fiftieth of the axes unless given; `keys(right, up)` hears whole steps instead,
    where a place is one of few. With `anywhere` a press on any place of the axes takes the handle
    there. `says(x, y)` is the place in words.

    With `pressed` the handle is not moved but pressed, by a click, by Space or Enter. A pen has
    `drawn(points, first)`: all places, `(n, 2)`, that the pointer passed since the last call; its
    own place is a cursor for the arrow keys, and Space draws there.
    """

    def __init__(
        self, name, ax, where, moved=None, *, step=None, keys=None, anywhere=False, says=None,
        pressed=None, drawn=None,
    ):  # fmt: skip
        self.name, self.ax, self.where, self.moved = name, ax, where, moved
        self.step, self.keys, self.anywhere = step, keys, anywhere
        self.pressed, self.drawn = pressed, drawn
        self.says = says or self._says

    def _says(self, x, y):
        labels = self.ax.get_xlabel() or "x", self.ax.get_ylabel() or "y"
        return f"{labels[0]} {x + 0.0:.3g}, {labels[1]} {y + 0.0:.3g}"  # no -0

    def seen(self, canvas):
        """The handle as the page needs it, or None where it has no place."""
        place = self.where()
        if place is None or not np.all(np.isfinite(place)):
            return None
        size = canvas.bbox.size
        at = self.ax.transData.transform(place) / size
        box = self.ax.bbox.extents / np.tile(size, 2)
        return {
            "name": self.name, "at": np.clip(at, -0.05, 1.05).round(5).tolist(),
            "value": float(np.round(place[0], 6)), "says": self.says(*place),
            "ground": box.round(5).tolist() if self.anywhere or self.drawn else None,
            "pen": self.drawn is not None, "click": self.pressed is not None,
        }  # fmt: skip

    def take(self, message, canvas):
        """Do what a message of the hand says, unless the handle has lost its place meanwhile."""
        if self.where() is None:
            return
        data = self.ax.transData.inverted().transform
        size = canvas.bbox.size
        if message["kind"] == "move" and self.moved:
            self.moved(*data(np.array(message["at"]) * size).tolist())
        elif message["kind"] == "stroke" and self.drawn:
            self.drawn(data(np.array(message["points"]) * size), bool(message["first"]))
        elif message["kind"] == "press" and self.pressed:
            self.pressed()
        elif message["kind"] == "press" and self.drawn:
            self.drawn(np.array([self.where()], dtype=float), True)
        elif message["kind"] == "key" and (self.moved or self.keys):
            by = np.array(message["by"], dtype=float)
            if self.keys is not None:
                self.keys(*message["by"])
            elif self.step is not None:
                self.moved(*(np.array(self.where()) + by * self.step).tolist())
            else:
                at = self.ax.transData.transform(self.where()) + by * self.ax.bbox.size / 50
                self.moved(*data(at).tolist())


def scales(canvas):
    """The axes of a picture with the scales of their sides, for values where a pointer rests.

    A side that is not a scale of numbers, of pictures or of names, is None.
    """
    seen, size = [], np.tile(canvas.bbox.size, 2)
    for ax in canvas.axes:
        sides = [_scale(axis) if ax.axison else None for axis in (ax.xaxis, ax.yaxis)]
        if any(sides):
            seen.append({"box": (ax.bbox.extents / size).round(5).tolist(), "sides": sides})
    return seen


def _scale(axis):
    kind, numbers = axis.get_scale(), (ScalarFormatter, LogFormatter)
    named = not isinstance(axis.get_major_formatter(), numbers) or not len(axis.get_majorticklocs())
    if named or kind not in ("linear", "log"):
        return None
    name = axis.label.get_text().replace("$", "")
    ends = np.array(axis.get_view_interval(), dtype=float)
    if axis.get_inverted():
        ends = np.sort(ends)[::-1]
    return {"name": name, "ends": ends.tolist(), "log": kind == "log"}


def put(control, value):
    """Give a slider the allowed value nearest to `value`: within its ends, on one of its steps."""
    if isinstance(control, widgets.SelectionSlider):
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
        control.value = min(options, key=lambda option: abs(option - value))
        return
    logarithmic = isinstance(control, widgets.FloatLogSlider)
    if logarithmic:
        value = np.log(max(value, 1e-300)) / np.log(control.base)
    steps = round((float(np.clip(value, control.min, control.max)) - control.min) / control.step)
    value = min(control.min + steps * control.step, control.max)
    if logarithmic:
        control.value = control.base**value
    else:
        control.value = type(control.value)(round(value, 10))
