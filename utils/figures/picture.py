"""What a figure shows on the page: a PNG everywhere, a live canvas that the hand can move."""

import struct
import zlib
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import traitlets

from utils.figures import style

try:
    from anywidget import AnyWidget
except ImportError:  # an older environment: sliders move the PNG, the hand finds no handles
    AnyWidget = widgets.Box

# Above this many bytes a part is packed for a page on another machine. One on this machine gets
# plain pixels, which it shows sooner than it could unpack them.
PACKED_ABOVE = 20_000
BAND, GAP = 16, 48  # rows of a part at most, and columns without a change that end it

# In JupyterLab and Notebook an awake figure hides the two outputs above it, and one that sleeps
# (no kernel, another kernel, no saved state) is hidden itself. Elsewhere the style does nothing.
ASLEEP = """<style>
.jp-OutputArea-child:has(.kit-asleep):has(
  + * .kit-figure:not(.jupyter-widgets-disconnected)),
.jp-OutputArea-child:has(+ * .kit-asleep):has(
  + * + * .kit-figure:not(.jupyter-widgets-disconnected)),
.jp-OutputArea-child:has(.kit-asleep)
  + .jp-OutputArea-child:not(:has(.kit-figure:not(.jupyter-widgets-disconnected)))
{{ display: none; }}
</style><div class="kit-asleep">{caption}
<div><i>Run this cell to wake the figure.</i></div></div>"""


class Still(widgets.Image):
    """The picture as PNG, for front ends that know no more, until the canvas is there.

    The tooltip is its accessible name: the front end wants `description` beside it.
    """

    description = traitlets.Unicode("").tag(sync=True)


class Live(AnyWidget):
    """The canvas, and what comes back from it; `picture.js` is its other half.

    A message from the page is a dict with its `kind`: "hello" (the canvas is there, or has another
    width), "move", "key", "press" and "stroke" (the hand, at a handle by its `name`).
    """

    _esm = Path(__file__).parent / "picture.js"
    _css = Path(__file__).parent / "picture.css"
    inks = traitlets.Dict().tag(sync=True)

    def __init__(self):
        super().__init__()
        self.inks = {"light": style.keys(style.LIGHT), "dark": style.keys(style.DARK)}
        self.sent, self.local = None, False

    def show(self, pixels, boxes=None, **said):
        """Send the parts of `pixels` that changed since the last call; all of them at first.

        They are looked for in `boxes`, everywhere if None. `said` goes with them: `page`, the size
        on the page, `text`, what is seen in words, `caption`, the same as markup, `handles`, the
        `scales` of the axes, and `answers`, whether the hand waits for this.
        """
        numbers = pixels.view("<u4")[..., 0]
        height, width = numbers.shape
        if self.sent is None or self.sent.shape != numbers.shape:
            parts, self.sent = [(0, 0, width, height)], numbers.copy()
        else:
            boxes = [(0, 0, width, height)] if boxes is None else boxes
            parts = [part for box in boxes for part in _changed(self.sent, numbers, *box)]
            for x, y, w, h in parts:
                self.sent[y : y + h, x : x + w] = numbers[y : y + h, x : x + w]
        data = b"".join([numbers[y : y + h, x : x + w].tobytes() for x, y, w, h in parts])
        packed = not self.local and len(data) > PACKED_ABOVE
        if packed:
            data = zlib.compress(data, 1)
        content = {"kind": "frame", "size": [width, height], "parts": parts, "packed": packed}
        self.send(content | said, [data] if parts else [])


def _changed(before, now, left, top, right, bottom):
    """Rectangles that hold all that differs in a box, each as left, top, width, height."""
    differs = before[top:bottom, left:right] != now[top:bottom, left:right]
    parts = []
    for row in range(0, bottom - top, BAND):
        band = differs[row : row + BAND]
        columns = np.flatnonzero(band.any(axis=0))
        if not columns.size:
            continue
        gaps = np.flatnonzero(np.diff(columns) > GAP)
        starts, ends = columns[[0, *(gaps + 1)]].tolist(), columns[[*gaps, -1]].tolist()
        parts += [
            (left + start, top + row, end - start + 1, len(band))
            for start, end in zip(starts, ends, strict=True)
        ]
    return parts


def png(pixels):
    """PNG of an RGBA array: each row less the one above, packed lightly; thrice Pillow's speed."""
    height, width, _ = pixels.shape
    rows = np.empty((height, 4 * width + 1), np.uint8)
    rows[:, 0], values = 2, pixels.reshape(height, -1)  # 2 names that filter
    rows[0, 1:] = values[0]
    np.subtract(values[1:], values[:-1], out=rows[1:, 1:])
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    ]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"".join([b"\x89PNG\r\n\x1a\n", *packed])
