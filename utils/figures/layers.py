"""Layers of a drawing: a background that stays, and over it the artists that move.

Of those only what changed since the last draw is drawn again, with whatever lies over or under it;
the rest of the picture keeps its pixels.
"""

import math

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Annotation, Text

from utils.figures.glyphs import Paper

KEPT = 1000  # texts at most, of which it is known what they are written as
MARGIN = 4  # pixels that anti-aliasing and the ends of lines may reach beyond an extent


class Layers:
    """The drawing of a Matplotlib figure whose artists in `live` move."""

    def __init__(self, canvas):
        self.canvas, self.agg, self.live = canvas, Paper(canvas), []
        self._ground = None  # pixels of the background
        self._boxes = {}  # where each live artist was drawn: left, top, right, bottom
        self._looks = {}  # and what it was then
        self._placed = {}  # of each text its place, and what it is written as
        self._texts = {}  # what texts are written as: pieces, and their places from its own

    @property
    def kept(self):
        """Whether the background stays: nothing but live artists is drawn next."""
        return self._ground is not None

    def forget(self):
        """Draw the background again too, next time."""
        self._ground = None

    def pixels(self):
        """All pixels as they are now, `(height, width, 4)`: they change with the next draw."""
        return np.asarray(self.agg.buffer_rgba())

    def draw(self):
        """Draw what changed; returns the boxes it lies in, None where that is the whole picture."""
        order = sorted(self.live, key=lambda artist: artist.get_zorder())
        if self._ground is None:
            self.agg.draw()
            self._ground = self.pixels().copy()
            self._boxes = {artist: self._box(artist) for artist in order}
            self._looks = {artist: _look(artist) for artist in order}
            self._paint(order)
            return None
        dirty = []
        for artist in order:
            if artist.stale and not self._same(artist):
                before, self._boxes[artist] = self._boxes[artist], self._box(artist)
                dirty += [box for box in (before, self._boxes[artist]) if box]
        drawn, dirty = self._touched(order, dirty)
        pixels = self.pixels()
        for left, top, right, bottom in dirty:
            pixels[top:bottom, left:right] = self._ground[top:bottom, left:right]
        self._paint(drawn)
        return dirty

    def _same(self, artist):
        """Whether an artist that was set looks as it did when it was drawn."""
        before, self._looks[artist] = self._looks[artist], _look(artist)
        return before is not None and before == self._looks[artist]

    def _touched(self, order, dirty):
        """The artists that lie in dirty boxes, and the boxes grown to hold all of them."""
        dirty = _merged(dirty)
        while True:
            drawn = [a for a in order if any(_meet(self._boxes[a], box) for box in dirty)]
            grown = _merged([*dirty, *(self._boxes[artist] for artist in drawn)])
            if grown == dirty:
                return drawn, dirty
            dirty = grown

    def _paint(self, artists):
        for artist in artists:
            if _plain(artist):
                self._write(artist)
            else:
                self.canvas.draw_artist(artist)
        for artist in self.live:
            artist.stale = False  # also what is invisible or empty, which says nothing itself

    def _box(self, artist):
        """Where an artist may leave pixels, None where it leaves none."""
        height, width = self._ground.shape[:2]
        clip = artist.get_clip_box() if artist.get_clip_on() else None
        if not artist.get_visible():
            return None
        left, low, right, high = (0, 0, width, height) if clip is None else clip.extents.tolist()
        own = self._extents(artist)
        if own is not None:
            own = [float(side) for side in own]
            if not all(map(math.isfinite, own)):
                return None
            left, low = max(left, own[0]), max(low, own[1])
            right, high = min(right, own[2]), min(high, own[3])
        left, right = max(left - MARGIN, 0), min(right + MARGIN, width)
        top, bottom = max(height - high - MARGIN, 0), min(height - low + MARGIN, height)
        if right <= left or bottom <= top:
            return None
        return int(left), int(top), math.ceil(right), math.ceil(bottom)

    def _written(self, artist):
        """The place of a text, y downwards, and what it is written as."""
        agg = self.agg.get_renderer()
        x, y = artist.get_transform().transform(artist.get_unitless_position()).tolist()
        y = agg.height - y
        if not (np.isfinite(x) and np.isfinite(y)):
            return (x, y), []
        text = artist.get_text()
        key = (
            text, "\n" in text and artist, hash(artist.get_fontproperties()), artist.get_ha(),
            artist.get_va(), artist.get_rotation(), artist.get_rotation_mode(), self.canvas.dpi,
        )  # fmt: skip
        if key not in self._texts:
            if len(self._texts) == KEPT:
                self._texts.clear()
            agg.wrote, agg.dry = [], True
            artist.draw(agg)
            self._texts[key] = [(sprite, left - x, low - y) for sprite, left, low in agg.wrote]
            agg.dry = False
        return (x, y), self._texts[key]

    def _write(self, artist):
        """Draw a text."""
        if not artist.get_visible() or not artist.get_text():
            return
        agg = self.agg.get_renderer()
        gc = agg.new_gc()
        gc.set_foreground(to_rgba(artist.get_color()), isRGBA=True)
        gc.set_alpha(artist.get_alpha())
        (x, y), written = self._placed[artist]
        for sprite, dx, dy in written:
            agg.put(gc, sprite, x + dx, y + dy)

    def _extents(self, artist):
        """Left, bottom, right and top of what an artist draws; None where only its axes tell."""
        dot = self.canvas.dpi / 72
        if _plain(artist):
            self._placed[artist] = (x, y), written = self._written(artist)
            boxes = [(x + dx + left, y + dy + bottom, *shades.shape)
                     for (shades, left, bottom), dx, dy in written if shades.size]  # fmt: skip
            if not boxes:
                return np.full(4, np.nan)
            height = self._ground.shape[0]
            return (
                min(x for x, *_ in boxes), height - max(y for _, y, *_ in boxes),
                max(x + wide for x, _, _, wide in boxes),
                height - min(y - tall for _, y, tall, _ in boxes),
            )  # fmt: skip
        if isinstance(artist, Text) and not isinstance(artist, Annotation):
            if not artist.get_text():
                return np.full(4, np.nan)
            return artist.get_window_extent(self.agg.get_renderer()).extents
        if isinstance(artist, AxesImage):
            return artist.get_window_extent().extents
        if type(artist) is Line2D:
            places = np.asarray(artist.get_transform().transform(artist.get_xydata()))
            places = places[np.all(np.isfinite(places), axis=1)]
            if not len(places):
                return np.full(4, np.nan)
            mark = artist.get_marker() not in ("None", "", " ", None)
            size = mark * (artist.get_markersize() / 2 + artist.get_markeredgewidth())
            pad = dot * max(size, artist.get_linewidth())
            return np.concatenate([places.min(axis=0) - pad, places.max(axis=0) + pad])
        if isinstance(artist, Patch) and not artist.get_path_effects():
            pad = 2 * dot * artist.get_linewidth()
            if type(artist) is Rectangle and not artist.get_angle():
                corners = artist.get_data_transform().transform(artist.get_bbox().get_points())
                own = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
            else:
                own = artist.get_window_extent().extents
            return own + (-pad, -pad, pad, pad)
        return None


def settle(canvas, engine):
    """Let a layout engine place the axes of a drawing once; they stay in place from then on."""
    dpi = canvas.dpi
    canvas.set_dpi(100)  # where text is widest: it fits with any sharpness then
    canvas.set_layout_engine(engine)
    pictures = any(ax.get_aspect() != "auto" for ax in canvas.axes)
    for _ in range(1 + pictures):  # their size says where text beside them ends
        engine.execute(canvas)
    canvas.set_layout_engine("none")
    canvas.set_dpi(dpi)


def _plain(artist):
    """Whether an artist is a text and no more: no arrow, no box behind it, nothing cuts it."""
    return (
        type(artist) is Text and artist.get_bbox_patch() is None and not artist.get_clip_on()
        and not artist.get_path_effects() and not artist.get_usetex() and not artist.get_wrap()
    )  # fmt: skip


def _look(artist):
    """All that a figure may change of an artist of the common kinds; None for another one."""
    if not artist.get_visible():
        return ()
    if type(artist) is Text:
        font = artist.get_fontproperties()
        return (
            artist.get_text(), artist.get_unitless_position(), artist.get_color(),
            artist.get_alpha(), artist.get_ha(), artist.get_va(), artist.get_rotation(),
            font.get_size(), font.get_weight(), font.get_style(), artist.get_bbox_patch(),
        )  # fmt: skip
    if type(artist) is Line2D:
        return (
            artist.get_xydata().tobytes(), artist.get_color(), artist.get_alpha(),
            artist.get_linestyle(), artist.get_linewidth(), artist.get_drawstyle(),
            artist.get_marker(), artist.get_markersize(), artist.get_markerfacecolor(),
            artist.get_markeredgecolor(), artist.get_fillstyle(), artist.get_markevery(),
        )  # fmt: skip
    if type(artist) is Rectangle:
        return (
            artist.get_bbox().extents.tobytes(), artist.get_angle(), artist.get_facecolor(),
            artist.get_edgecolor(), artist.get_linewidth(), artist.get_linestyle(),
            artist.get_hatch(), artist.get_alpha(),
        )  # fmt: skip
    return None


def _meet(one, other):
    return bool(one) and (
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    )


def _merged(boxes):
    """Boxes of which no two meet, that hold the given ones."""
    apart = []
    for box in filter(None, boxes):
        while True:
            near = [other for other in apart if _meet(box, other)]
            if not near:
                break
            apart = [other for other in apart if other not in near]
            left, top, right, bottom = zip(box, *near, strict=True)
            box = min(left), min(top), max(right), max(bottom)
        apart.append(box)
    return sorted(apart)
