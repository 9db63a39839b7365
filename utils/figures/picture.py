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

    def show(self, pixels, page, text, caption, handles, scales, answers=False):
        """Send the part of `pixels` that changed since the last call; all of them at first.

        `page` is the size on the page, `text` says in words what is seen, `caption` the same as
        markup, `handles` and `scales` (of the axes) are dicts.
        """
        numbers = np.ascontiguousarray(pixels).view("<u4")[..., 0]
        height, width = numbers.shape
        x, y, w, h = _changed(self.sent, numbers)
        if w:
            part = np.ascontiguousarray(numbers[y : y + h, x : x + w])
            self.sent = numbers.copy()
            packed = not self.local and part.nbytes > PACKED_ABOVE
            buffers = [zlib.compress(part, 1) if packed else part.tobytes()]
        else:
            packed, buffers = False, []
        content = {
            "kind": "frame", "size": [width, height], "part": [x, y, w, h], "packed": packed,
            "page": page, "text": text, "caption": caption, "handles": handles,
            "scales": scales, "answers": answers,
        }  # fmt: skip
        self.send(content, buffers)


def _changed(before, now):
    """The smallest rectangle that holds all that differs: left, top, width, height."""
    if before is None or before.shape != now.shape:
        return 0, 0, now.shape[1], now.shape[0]
    differs = before != now
    rows = np.flatnonzero(differs.any(axis=1))
    if not rows.size:
        return 0, 0, 0, 0
    top, bottom = int(rows[0]), int(rows[-1])
    columns = np.flatnonzero(differs[top : bottom + 1].any(axis=0))
    left, right = int(columns[0]), int(columns[-1])
    return left, top, right - left + 1, bottom - top + 1


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
