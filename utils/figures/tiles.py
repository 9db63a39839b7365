"""Pictures of few large pixels, as scans of digits: drawn by copying each of them."""

from functools import lru_cache

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from matplotlib.transforms import IdentityTransform


class Tiles(AxesImage):
    """An image of an axes whose pixels are squares of one colour.

    Matplotlib resamples an image by its data, its mask and its colours, which takes ten times as
    long as everything here.
    """

    def make_image(self, renderer, magnification=1.0, unsampled=False):
        """Return the pixels of the drawing, lowest row first, with the place of that corner."""
        x0, x1, y0, y1 = self.get_extent()
        (left, bottom), (right, top) = self.get_transform().transform([(x0, y0), (x1, y1)])
        rows, columns = self.get_array().shape[:2]
        across, x = _copies(left, right, columns)
        up, y = _copies(bottom, top, rows)
        if not across.size or not up.size:
            return None, 0, 0, None
        if self.origin == "upper":
            up = rows - 1 - up
        dots = self._shades().view("<u4")[..., 0].take(up, axis=0).take(across, axis=1)
        return dots[..., None].view(np.uint8), x, y, IdentityTransform()

    def _shades(self):
        """The colours of the values, as `to_rgba` gives them, which takes ten times as long."""
        values, map_, norm = self.get_array(), self.get_cmap(), self.norm
        plain = type(norm) is Normalize and values.ndim == 2 and values.dtype.kind == "f"
        if not plain or np.ma.is_masked(values) or not np.all(np.isfinite(np.asarray(values))):
            return np.ascontiguousarray(self.to_rgba(values, bytes=True))
        places = (np.asarray(values, float) - norm.vmin) * (map_.N / (norm.vmax - norm.vmin))
        return _table(map_.name, map_.N)[np.clip(places, 0, map_.N - 1).astype(int)]


@lru_cache(maxsize=16)
def _table(name, n):
    return colormaps[name](np.arange(n), bytes=True)


@lru_cache(maxsize=512)
def _copies(start, end, n):
    """Which of `n` pixels each dot from `start` to `end` shows, and the lowest of these dots."""
    low, high = (round(side) for side in sorted((start, end)))
    shares = (np.arange(low, high) + 0.5 - start) / (end - start) if end != start else np.array([])
    return np.clip((shares * n).astype(int), 0, n - 1), low


def tiles(ax, values, cmap="gray_r", vmin=0.0, vmax=1.0):
    """Show `values`, `(rows, columns)`, in axes of equal aspect, first row at the top."""
    image = Tiles(ax, cmap=cmap, norm=Normalize(vmin, vmax))
    image.set_data(values)
    image.set_clip_path(ax.patch)
    ax.add_image(image)
    ax.set_aspect("equal")
    image.set_extent(image.get_extent())  # the limits of the axes follow
    return image
