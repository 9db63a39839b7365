"""The floats around 1, and softmax stage by stage until a float cannot hold it."""

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Polygon, Rectangle

from utils import reference
from utils.figures import kit

_TYPES = {"float64": np.float64, "float32": np.float32, "float16": np.float16}
_MOST_MARKS = 80
_TICKS = (-1, -0.5, 0, 0.5, 1)


def number_line():
    """The floats around 1 under a magnifier, and where 1 + h is stored."""
    with kit.Figure("The floats around 1", 680, 300) as fig:
        kind = fig.choice("type", _TYPES, np.float32)
        exponent = fig.slider("h = 10^e, e", -17.0, 0.0, -6.6, 0.1, ".1f")
        zoom = fig.slider("magnify 2^k times, k", 0, 56, 20)
        upper, lower = fig.axes(2, 1, yticks=[], ylim=(0, 1))
        for ax in (upper, lower):
            ax.spines["left"].set_visible(False)
        upper.set(xlim=(0, 2), xticks=[0, 0.5, 1, 1.5, 2], title="the line from 0 to 2")
        lower.set(xlim=(-1.06, 1.06), xticks=_TICKS, xlabel="distance from 1")
        lower.set_title("what the magnifier shows")
        lower.set_xticklabels([" "] * 5)
        lens = upper.axvspan(0.5, 1.5, color=kit.OCHRE, alpha=0.4, linewidth=0)
        wedge = fig.canvas.add_artist(
            # No shade: words stand in it, and ink over a shade is not exchanged for the theme's.
            Polygon(np.zeros((4, 2)), facecolor="none", edgecolor=kit.OCHRE, linewidth=1)
        )
        (glass,) = upper.plot([1, 1], [0, 1], color=kit.OCHRE, linewidth=2)
        marks = lower.vlines(np.zeros(1), 0, 0.4, color=kit.INK, linewidth=1.3)
        dense = lower.text(-0.53, 0.2, "", ha="center", va="center")
        (one,) = lower.plot([0, 0], [0, 0.55], color=kit.INK, linewidth=3)
        (wanted,) = lower.plot([], [], kit.MARKERS[3], color=kit.BLUE, markersize=9)
        (stored,) = lower.plot([], [], kit.MARKERS[0], color=kit.VERMILLION, markersize=9)
        names = [lower.text(0, 0, "", va="center", color=c) for c in (kit.BLUE, kit.VERMILLION)]
        below_axis = {"ha": "center", "va": "top", "transform": lower.get_xaxis_transform()}
        ticks = [lower.text(x, -0.06, "", **below_axis) for x in _TICKS]
        fig.live(wedge, lens, glass, marks, dense, one, wanted, stored, names, ticks)

        def go():
            zoom.value = max(0, int(-np.log2(10.0**exponent.value * 1.3)))

        fig.button("Magnify until 1 + h is in view", go)

        @fig.on_change
        def update():
            info = np.finfo(kind.value)
            half = 0.5**zoom.value  # half of the width that the magnifier shows
            h = 10.0**exponent.value
            with np.errstate(under="ignore"):
                kept = float(kind.value(1.0 + h)) - 1.0  # 1 + h is rounded once in float64 too
            above, below = float(info.eps), float(info.epsneg)
            lens.set_bounds(1 - half, 0, 2 * half, 1)
            corners = [
                *upper.transData.transform([(1 - half, 0), (1 + half, 0)]),
                *lower.transData.transform([(1, 1), (-1, 1)]),
            ]
            wedge.set_xy(fig.canvas.transFigure.inverted().transform(corners))
            count = 1 + int(half / below) + int(half / above)
            spots = np.zeros(0)
            if count <= _MOST_MARKS:
                left = -below * np.arange(int(half / below) + 1)
                spots = np.concatenate([left, above * np.arange(int(half / above) + 1)])
            marks.set_segments([[(x / half, 0), (x / half, 0.4)] for x in spots])
            crowd = f"{count:,}" if count < 1e9 else f"{count:.1e}"
            dense.set_text("" if spots.size else f"{crowd} floats in view, too close to draw")
            # The second word stands above the marks of the floats, which would cross it.
            pairs = ((wanted, h, 0.85, 0.85, "1 + h"), (stored, kept, 0.4, 0.58, "stored"))
            for name, (artist, value, y, word_y, text) in zip(names, pairs, strict=True):
                inside = value <= half
                artist.set_data([value / half] if inside else [], [y] if inside else [])
                side = "right" if value / half > 0.8 else "left"
                shift = -0.05 if side == "right" else 0.05
                name.set(x=value / half + shift, y=word_y, text=text if inside else "", ha=side)
            for tick, share in zip(ticks, _TICKS, strict=True):
                tick.set_text(f"{share * half:+.1e}" if share else "1")
            off = abs(kept - h) / h
            off = "less than 0.01%" if off < 1e-4 else f"{100 * off:.{0 if off > 0.1 else 2}f}%"
            where = "" if h <= half else " Both lie outside the magnifier."
            return (
                f"{info.dtype}: above 1 the next float is {above:.3g} away, below 1 it is "
                f"{below:.3g}. With h = {h:.4g}, (1 + h) - 1 gives {kept:.4g}: off by {off}."
                f"{where}"
            )

    fig.draw()  # the wedge joins two axes, which the first draw has put in their places
    return fig


_SIZES = (0.5, 1, 2, 5, 8, 11, 12, 20, 50, 80, 88, 89, 104, 200, 500, 709, 710, 746, 1000, 5000)
_STAGES = ("logit z", "shift", "exp", "sum", "probability", "-ln p")


def break_it():
    """Softmax and its cost stage by stage for logits of growing size; the first break is marked."""
    with kit.Figure("Softmax stage by stage, until it breaks", 720, 370, least=620) as fig:
        size = fig._add(
            widgets.SelectionSlider(options=_SIZES, value=2, description="size of the logits")
        )
        kind = fig.choice("type", _TYPES, np.float32)
        shift = fig.toggle("subtract the largest logit first")
        ax = fig.axes(xlim=(-1.35, 6), ylim=(4.1, -1.75))
        ax.set_axis_off()
        ax.text(-0.1, -1.2, "logits up to", ha="right", va="center", size=10)
        ax.plot([0.2, 5.8], [-1.2, -1.2], color=kit.INK, linewidth=1.5)
        places = np.linspace(0.2, 5.8, len(_SIZES))
        for k in range(0, len(_SIZES), 3):
            ax.plot([places[k]], [-1.2], "|", color=kit.INK, markersize=9)
            ax.text(places[k], -0.98, f"{_SIZES[k]:g}", ha="center", va="top", size=9)
        (knob,) = ax.plot([], [], "o", color=kit.PURPLE, markersize=12, zorder=4)

        def nearest(x, _):
            size.value = _SIZES[int(np.argmin(np.abs(places - x)))]

        def next_size(right, up):
            size.value = _SIZES[np.clip(_SIZES.index(size.value) + right + up, 0, len(_SIZES) - 1)]

        fig.handle(
            "size of the logits", ax, lambda: (places[_SIZES.index(size.value)], -1.2), nearest,
            keys=next_size, says=lambda *_: f"{size.value:g}",
        )  # fmt: skip
        for column, name in enumerate(_STAGES):
            ax.text(column + 0.5, -0.35, name, ha="center", va="center", weight="bold", size=10)
        for row in range(3):
            ax.text(-0.1, row + 0.5, f"class {row}", ha="right", va="center", size=10)
        cells, words = {}, {}
        for row in range(3):
            for column in range(6):
                box = Rectangle((column + 0.04, row + 0.08), 0.92, 0.84, linewidth=1.2)
                cells[row, column] = ax.add_patch(box)
                words[row, column] = ax.text(
                    column + 0.5, row + 0.5, "", ha="center", va="center", size=9.5
                )
        verdict = ax.text(2.4, 3.55, "", ha="center", va="center", size=12)
        fig.live(*cells.values(), *words.values(), verdict, knob)

        @fig.on_change
        def update():
            logits = size.value * _LOGITS
            knob.set_data([places[_SIZES.index(size.value)]], [-1.2])
            stages = _stages(logits, kind.value, shift.value)
            bad = [
                (column, row)
                for column, values in enumerate(stages)
                for row in range(3)
                if not np.isfinite(values[row])
            ]
            first = min(bad, default=None)
            for (row, column), cell in cells.items():
                broken = (column, row) in bad
                begins = first == (column, row)
                colour = kit.VERMILLION if broken else kit.GREEN
                cell.set(
                    facecolor="none", edgecolor=colour,  # numbers on a shade would be faint
                    linewidth=5 if begins else 1.8 if broken else 1.2,
                )  # fmt: skip
                words[row, column].set_text(f"{float(stages[column][row]) + 0.0:.4g}")
                words[row, column].set_weight("bold" if broken else "normal")
            name = np.dtype(kind.value).name
            if first is None:
                text = f"{name} holds every number"
            else:
                column, row = first
                value = float(stages[column][row])
                text = f"{name} breaks first at {_STAGES[column]} of class {row}: {value:g}"
            verdict.set_text(text)
            true = ", ".join(f"{cost:.4g}" for cost in np.abs(reference.log_softmax(logits)))
            return (
                f"Logits {', '.join(f'{z:g}' for z in logits)}. {text}. The costs should be {true}."
            )

    return fig


_LOGITS = np.array([1.0, 0.5, 0.0])


def _stages(logits, kind, shift):
    """Logits, shifted, exponentials, their sum, probabilities and costs, each of `kind`."""
    with np.errstate(all="ignore"):
        z = logits.astype(kind)
        moved = z - z.max() if shift else z
        grown = np.exp(moved)
        total = np.full(3, grown.sum(dtype=kind), dtype=kind)
        p = grown / total
        return z, moved, grown, total, p, -np.log(p)
