"""Pictures of few large pixels, as scans of digits: drawn by copying each of them."""

import numpy as np
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
        shades = self.to_rgba(self.get_array(), bytes=True)
        return shades[np.ix_(up, across)], x, y, IdentityTransform()


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
