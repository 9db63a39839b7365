"""Maps over size and spread of the logits: where a formula is right, and where it is not."""

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from utils.figures import kit

_SCALES = np.concatenate([-np.geomspace(1e4, 10, 22), [0.0], np.geomspace(10, 1e4, 22)])
_SPREADS = np.geomspace(1, 1e4, 33)
_SHAPE = np.array([0.0, -0.4, -1.0])  # three logits: scale + spread * shape
_PRECISIONS = {"float32": np.float32, "float64": np.float64}
# Black with a white rim: read on every colour of the map.
_OVER = {
    "color": "black",
    "weight": "bold",
    "path_effects": [withStroke(linewidth=3, foreground="w")],
}
_RIGHT, _DIGITS, _LOST, _NAN = range(4)
_VERDICTS = (
    ("right to 4 digits", kit.GREEN, "A"),
    ("digits lost", kit.OCHRE, "B"),
    ("0 or inf", kit.BLUE, "C"),
    ("NaN", kit.VERMILLION, "D"),
)


def probability_map(naive, stable_softmax=None, compare=False):
    """Where the smallest of three probabilities is right, for two ways to compute softmax.

    With `compare` the learner's `stable_softmax` gets a row of maps of its own.
    """

    def smallest(softmax):
        return lambda Z: softmax(Z)[:, -1]

    right = smallest(_softmax)
    plain = None if naive is None else smallest(naive)
    rows = [("plain", plain, "plain_softmax", right)]
    if compare:
        mine = None if stable_softmax is None else smallest(stable_softmax)
        rows.append(("yours", mine, "stable_softmax", right))
    title = "The smallest of three probabilities"
    return _maps(title, rows, lambda Z: np.exp(_true_log(Z)))


def cost_map(stable_softmax=None, cross_entropy_from_logits=None):
    """Where the cost of the least likely class is right: in two steps, and from the logits."""

    def two_steps(softmax):
        return lambda Z: -np.log(softmax(Z)[:, -1])

    def from_logits(cost):
        return lambda Z: np.array([cost(row[None], np.array([2])) for row in Z])

    stable = None if stable_softmax is None else two_steps(stable_softmax)
    cost = None if cross_entropy_from_logits is None else from_logits(cross_entropy_from_logits)
    name = "cross_entropy_from_logits"
    rows = [
        ("in two steps", stable, "stable_softmax", two_steps(_softmax)),
        ("from logits", cost, name, lambda Z: _log_sum_exp(Z) - Z[:, -1]),
    ]
    return _maps("The cost of the least likely of three classes", rows, lambda Z: -_true_log(Z))


def gradient_map():
    """Where the gradient at the true class, the least likely one, is right: three ways to get it.

    The right one is p - 1. The first two are what automatic differentiation makes of the logarithm
    of a softmax, as it is, and with the probability kept above 1e-7.
    """

    def backward(clip):
        def gradient(Z):
            P = np.asarray(_softmax(Z))
            p = P[:, -1]
            kept = np.maximum(p, Z.dtype.type(clip))
            upstream = np.where(p >= clip, -1 / kept, Z.dtype.type(0))  # of -ln at the kept p
            return p * upstream - p * (p * upstream)

        return gradient

    def from_logits(Z):
        return _softmax(Z)[:, -1] - Z.dtype.type(1)

    rows = [
        ("ln of softmax", backward(0.0), "", from_logits),
        ("clipped at 1e-7", backward(1e-7), "", from_logits),
        ("from logits", from_logits, "", from_logits),
    ]
    title = "The gradient of the cost at the logit of the true class"
    return _maps(title, rows, lambda Z: np.expm1(_true_log(Z)))


def _softmax(Z):
    """Softmax in the precision of `Z`, the largest logit taken off first."""
    grown = np.exp(Z - Z.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def _log_sum_exp(Z):
    """The logarithm of the sum of exponentials in the precision of `Z`."""
    largest = Z.max(axis=1)
    return largest + np.log(np.exp(Z - largest[:, None]).sum(axis=1))


def _logits(scale, spread, precision):
    return (np.ravel(scale)[:, None] + np.ravel(spread)[:, None] * _SHAPE).astype(precision)


def _true_log(Z):
    """Log-probability of the last class, exact to rounding: differences first, in float64."""
    gaps = Z.astype(float) - Z[:, :1].astype(float)
    return gaps[:, -1] - np.log(np.exp(gaps).sum(axis=1))


def _judge(values, truth):
    """Say for each value how near it is to the truth; a softmax is never 0, a cost never inf."""
    with np.errstate(all="ignore"):
        error = np.abs(values.astype(float) - truth) / np.abs(truth)
    out = np.where(error <= 1e-4, _RIGHT, _DIGITS)
    out[(values == 0) | np.isinf(values)] = _LOST
    out[np.isnan(values)] = _NAN
    return out


def _maps(title, rows, truth):
    """Draw a row of maps for each of `rows`: (name, function, its name, what stands in for it)."""
    grid = {"least": 480} if len(rows) > 1 else {}  # one row alone may be stacked
    with kit.Figure(title, 680, 130 + 190 * len(rows), **grid) as fig:
        scale = _stops(fig, "scale (largest logit)", _SCALE_STOPS, 50)
        spread = _stops(fig, "spread (largest - smallest)", _SPREAD_STOPS, 5)
        grids = fig.axes(len(rows), 2)
        x, y = np.meshgrid(_SCALES, _SPREADS)
        methods, probes = [], []
        for number, (name, function, called, instead) in enumerate(rows):
            given = (function, called, instead) if called else (None, "", function)
            method = fig.own(*given, finite=False)
            methods.append((name, method))
            for column, (kind, precision) in enumerate(_PRECISIONS.items()):
                ax, Z = grids[2 * number + column], _logits(x, y, precision)
                lowest = number == len(rows) - 1
                first = not column or len(rows) == 1  # (which may be stacked)
                _paint(ax, _judge(method(Z), truth(Z)).reshape(x.shape), across=lowest, up=first)
                ax.set_title(f"{name}, {kind}")
                ax.set(xlabel="scale" if lowest else "", ylabel="" if column else "spread")
                for colour, width in (("white", 5), ("black", 2.5)):
                    (ring,) = ax.plot([], [], "o", color=colour, markersize=11, fillstyle="none")
                    ring.set_markeredgewidth(width)
                    probes.append(ring)
        handles = [
            Patch(facecolor=colour + "80", edgecolor=colour, label=f"{letter}: {name}")
            for name, colour, letter in _VERDICTS
        ]
        fig.canvas.legend(handles=handles, loc="outside lower center", ncols=2)
        fig.live(*probes)

        def at():
            """Where the logits are on the maps, in cells."""
            row = np.interp(np.log(spread.value), np.log(_SPREADS), range(len(_SPREADS)))
            return np.interp(scale.value, _SCALES, range(len(_SCALES))), row

        def to(column, row):
            kit.put(scale, np.interp(column, range(len(_SCALES)), _SCALES))
            kit.put(spread, np.exp(np.interp(row, range(len(_SPREADS)), np.log(_SPREADS))))

        def by(right, up):
            for control, count in ((scale, right), (spread, up)):
                place = control.options.index(control.value) + count
                control.value = control.options[np.clip(place, 0, len(control.options) - 1)]

        for ax in grids:
            fig.handle(
                f"ring on the map: {ax.get_title()}", ax, at, to, anywhere=True, keys=by,
                says=lambda *_: f"scale {scale.value:g}, spread {spread.value:g}",
            )  # fmt: skip

        @fig.on_change
        def update():
            z = scale.value + spread.value * _SHAPE
            for probe in probes:
                probe.set_data(*np.reshape(at(), (2, 1)))
            parts = []
            for kind, precision in _PRECISIONS.items():
                Z = z[None].astype(precision)
                found = ", ".join(f"{name} {method(Z)[0]:.5g}" for name, method in methods)
                parts.append(f"{kind}: {found}; right {truth(Z)[0]:.5g}.")
            return f"At the ring, logits {z[0]:g}, {z[1]:g} and {z[2]:g}. {' '.join(parts)}"

    return fig


_SPREAD_STOPS = (
    1,
    2,
    5,
    10,
    20,
    50,
    80,
    100,
    105,
    150,
    200,
    500,
    700,
    800,
    1000,
    2000,
    5000,
    10000,
)
_SIZES = (
    20,
    50,
    80,
    88,
    90,
    100,
    104,
    110,
    200,
    500,
    700,
    709,
    710,
    720,
    744,
    746,
    1000,
    3000,
    10000,
)
_SCALE_STOPS = (*(-size for size in reversed(_SIZES)), 0, *_SIZES)


def _stops(fig, label, stops, value):
    """A slider that stops where something happens: the edges lie far apart."""
    return fig._add(
        widgets.SelectionSlider(
            options=stops, value=value, description=label, layout={"width": "380px"}
        )
    )


def _paint(ax, verdicts, across, up):
    """Colour the map and put the letter of the verdict into each region.

    The maps of a column share the numbers `across` the lowest of them, those of a row the numbers
    `up` the first one.
    """
    from scipy.ndimage import label

    colours = np.array(
        [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] + [0.5] for _, c, _ in _VERDICTS]
    )
    ax.imshow(colours[verdicts], origin="lower", aspect="auto", interpolation="nearest")
    for verdict, (_, _, letter) in enumerate(_VERDICTS):
        regions, count = label(verdicts == verdict)
        for number in range(1, count + 1):
            cells = np.argwhere(regions == number)
            if len(cells) >= 8:
                row, column = cells[np.argmin(((cells - cells.mean(axis=0)) ** 2).sum(axis=1))]
                ax.text(column, row, letter, ha="center", va="center", size=11, **_OVER)
    ticks = (-10000, -100, 0, 100, 10000)
    names = [f"{t:g}" if abs(t) < 1000 else f"{t / 1000:g}k" for t in ticks]
    if across:
        ax.set_xticks(np.interp(ticks, _SCALES, range(len(_SCALES))), names, size=9)
    else:
        ax.set_xticks([])
    decades = 10.0 ** np.arange(5)
    ax.set_yticks(np.interp(np.log(decades), np.log(_SPREADS), range(len(_SPREADS))))
    ax.set_yticklabels([f"{d:g}" for d in decades] if up else [])
