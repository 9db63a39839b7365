"""Colours and Matplotlib settings of the figures: what is ink, what is data, on light and on dark.

A figure is drawn once, in the colours named here. Where it is shown, each of them is exchanged for
its `LIGHT` or its `DARK` form: pixels of exactly that colour, whatever their opacity. Everything
else, as digits, shades and maps, is left as it was drawn.
"""

import matplotlib
import numpy as np
from matplotlib.ticker import LogFormatter, LogFormatterSciNotation

# No grey of a picture is one of these. MARKERS, DASHES and HATCHES, in the same order as COLOURS,
# are the second cue.
INK = "#757677"
BLUE, VERMILLION, GREEN, PURPLE = "#1f7fc0", "#d55e00", "#009e73", "#c2609a"
OCHRE, SLATE = "#a8801a", "#7a7a95"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SLATE)
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", ":", "-.", (0, (6, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "--", "\\\\")

# Each form is the same hue at a lightness that text can be read in: a contrast of 4.5 or more.
LIGHT = dict(
    zip(
        (INK, *COLOURS),
        ("#4a4b4c", "#1a72ae", "#b84f00", "#007d5b", "#a94683", "#866514", "#65657f"),
        strict=True,
    )
)
DARK = dict(
    zip(
        (INK, *COLOURS),
        ("#c4c5c6", "#4ba3de", "#f08a3c", "#21b98c", "#dc86b8", "#c99d34", "#a2a2bd"),
        strict=True,
    )
)
STYLE = {
    "axes.edgecolor": INK, "axes.facecolor": "none", "axes.labelcolor": INK, "axes.titlecolor": INK,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS), "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlesize": 11,
    "axes.titley": 1.0,  # else it is looked for, each time, whether something is in the way
    "figure.facecolor": "none", "font.size": 10.5, "grid.color": INK, "hatch.color": INK,
    "legend.frameon": False, "legend.labelcolor": INK, "lines.linewidth": 2, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK,
}  # fmt: skip


def use():
    """Draw the learner's own Matplotlib plots in the style of the figures, from here on.

    Their paper is white, so that they read on every page and in print.
    """
    own = {key: LIGHT.get(value, value) for key, value in STYLE.items() if key != "axes.prop_cycle"}
    own["axes.prop_cycle"] = matplotlib.cycler(color=[LIGHT[colour] for colour in COLOURS])
    matplotlib.rcParams.update(own | {"figure.facecolor": "white", "axes.facecolor": "white"})


class Powers(LogFormatter):
    """Labels of a logarithmic axis as plain text: as formulas they take most of a first draw."""

    _raised = str.maketrans(
        "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
    )

    def __call__(self, x, pos=None):
        """The label of the tick at `x`, empty where it bears none."""
        if not super().__call__(x, pos):
            return ""
        if 1e-3 <= x <= 1e4:
            return f"{x:g}"
        digits, power = f"{x:.0e}".split("e")
        raised = f"10{str(int(power)).translate(self._raised)}"
        return raised if digits == "1" else f"{digits} \u00b7 {raised}"


def plain_powers(canvas):
    """Let the logarithmic axes of a drawing be labelled in plain text."""
    for ax in canvas.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatterSciNotation):
                axis.set_major_formatter(Powers())
            if isinstance(axis.get_minor_formatter(), LogFormatterSciNotation):
                axis.set_minor_formatter(Powers(labelOnlyBase=False))


def keys(colours):
    """Colours of the page as numbers, red in the lowest byte: how pixels hold them."""
    return {int(a[5:] + a[3:5] + a[1:3], 16): int(b[5:] + b[3:5] + b[1:3], 16)
            for a, b in colours.items()}  # fmt: skip


def on_paper(pixels):
    """Straight RGBA pixels, `(height, width, 4)`, as they look on white paper, opaque."""
    numbers = np.ascontiguousarray(pixels).view("<u4")[..., 0]
    seen = np.nonzero(numbers >> 24)  # most of a picture is not
    shown, share = numbers[seen] & 0xFFFFFF, numbers[seen] >> 24
    for drawn, ink in keys(LIGHT).items():
        shown[shown == drawn] = ink
    faint = np.flatnonzero(share < 255)
    parts, share = shown[faint], share[faint]
    mixed = np.zeros_like(parts)
    for shift in (0, 8, 16):
        part = parts >> shift & 255
        mixed |= (part * share + 255 * (255 - share) + 127) // 255 << shift
    shown[faint] = mixed
    paper = np.full(numbers.shape, 0xFFFFFFFF, "<u4")
    paper[seen] = shown | 0xFF000000
    return paper[..., None].view(np.uint8)
