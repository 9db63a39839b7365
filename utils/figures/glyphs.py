"""Text of drawings out of kept pieces: Matplotlib lays out and rasterises every text each time.

A text without digits is kept whole. One with digits, which is another at each move, is put
together from its digits and what stands between them.
"""

import math
import re
from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

PIECES = re.compile(r"\d|[^\d]+")


class Renderer(RendererAgg):
    """Agg with texts at whole dots; it says what it `wrote`, and only says it if `dry`."""

    def __init__(self, width, height, dpi):
        super().__init__(width, height, dpi)
        self.wrote, self.dry = [], False

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Draw a line of text; its place is its left end on the base line, y downwards."""
        if ismath == "TeX" or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        sprite = _sprite(s, prop.copy(), angle, bool(ismath), self.dpi)
        self.wrote.append((sprite, x, y))
        if not self.dry:
            self.put(gc, sprite, x, y)

    def put(self, gc, sprite, x, y):
        """Draw what `draw_text` made of a text."""
        shades, left, bottom = sprite
        if shades.size:
            self._renderer.draw_text_image(shades, round(x) + left, round(y) + bottom, 0, gc)

    def get_text_width_height_descent(self, s, prop, ismath):
        """The size of a line of text, and how far it reaches below its base line."""
        if ismath or not _mixed(s):
            return super().get_text_width_height_descent(s, prop, ismath)
        return _size(s, prop.copy(), self.dpi)


class Paper(FigureCanvasAgg):
    """Agg's canvas with that renderer."""

    def get_renderer(self):
        """The renderer, another one for each size."""
        width, height = self.get_width_height(physical=True)
        size = width, height, self.figure.dpi
        if self._lastKey != size:
            self.renderer, self._lastKey = Renderer(*size), size
        return self.renderer


def _mixed(s):
    return len(s) > 1 and any(character.isdigit() for character in s)


@lru_cache(maxsize=32)
def _blank(size, dpi):
    return RendererAgg(size, size, dpi)


@lru_cache(maxsize=4096)
def _whole(s, prop, dpi):
    """Width, height and descent, as Matplotlib measures them."""
    return _blank(1, dpi).get_text_width_height_descent(s, prop, False)


def _steps(s, prop, dpi):
    """The pieces of a text, each with how far it takes the next one."""
    zero = _whole("0", prop, dpi)[0]
    return [(piece, _whole(f"{piece}0", prop, dpi)[0] - zero) for piece in PIECES.findall(s)]


@lru_cache(maxsize=1024)
def _size(s, prop, dpi):
    steps = _steps(s, prop, dpi)
    sizes = [_whole(piece, prop, dpi) for piece, _ in steps]
    width = sum(step for _, step in steps[:-1]) + sizes[-1][0]
    descent = max(below for *_, below in sizes)
    return width, max(height - below for _, height, below in sizes) + descent, descent


@lru_cache(maxsize=1024)
def _sprite(s, prop, angle, ismath, dpi):
    """A text as `(shades, left, bottom)`: its dots, and where its corner is from its place."""
    if ismath or angle or not _mixed(s):
        return _piece(s, prop, angle, ismath, dpi)
    parts, x = [], 0.0
    for piece, step in _steps(s, prop, dpi):
        shades, left, bottom = _piece(piece, prop, 0, False, dpi)
        if shades.size:
            parts.append((shades, round(x) + left, bottom))
        x += step
    if not parts:
        return _piece("", prop, 0, False, dpi)
    left, bottom = min(p[1] for p in parts), max(p[2] for p in parts)
    right = max(p[1] + p[0].shape[1] for p in parts)
    top = min(p[2] - p[0].shape[0] for p in parts)
    out = np.zeros((bottom - top, right - left), np.uint8)
    for shades, x, y in parts:
        rows, columns = shades.shape
        place = out[y - rows - top : y - top, x - left : x - left + columns]
        np.maximum(place, shades, out=place)
    return out, left, bottom


@lru_cache(maxsize=4096)
def _piece(s, prop, angle, ismath, dpi):
    """The same of a text that Matplotlib draws."""
    width, height, descent = _blank(1, dpi).get_text_width_height_descent(s, prop, ismath)
    reach = 32 * math.ceil(math.hypot(width, height + descent) / 32 + 0.25)
    agg = _blank(2 * reach, dpi)
    agg.clear()
    gc = agg.new_gc()
    agg.draw_text(gc, reach, reach, s, prop, angle, ismath)
    shades = np.asarray(agg.buffer_rgba())[..., 3]
    rows, columns = np.flatnonzero(shades.any(axis=1)), np.flatnonzero(shades.any(axis=0))
    if not rows.size:
        return np.zeros((0, 0), np.uint8), 0, 0
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return shades[top:bottom, left:right].copy(), int(left) - reach, int(bottom) - reach
