"""The plane of two features: one unit set by hand, and its slopes found by nudging."""

import numpy as np
from contourpy import contour_generator

from utils import data, reference
from utils.figures import kit
from utils.figures.training.first import LN2

LOW, HIGH, SIDE = -3.2, 3.2, 101
ZERO, ONE = kit.VERMILLION, kit.BLUE
_RGB = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in (ZERO, ONE)])


class Plane:
    """The pictures as points of an axes, under the colours and the border of a model.

    `show(p)` colours the plane by the probabilities `p` of a 1 at `grid()`.
    """

    def __init__(self, ax):
        X, y = data.digits_two_features()
        ax.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH), aspect="equal")
        ax.set(xlabel="ink in the middle columns", ylabel="ink beside them")
        self._shade = ax.imshow(
            np.zeros((SIDE, SIDE, 4)), extent=(LOW, HIGH, LOW, HIGH), origin="lower", zorder=0,
            interpolation="bilinear",
        )  # fmt: skip
        (self._border,) = ax.plot([], [], color=kit.INK, linewidth=2.5)
        points = [
            ax.plot(*X[y == k].T, marker, color=colour, markersize=4, alpha=0.8)[0]
            for k, marker, colour in ((0, "s", ZERO), (1, "o", ONE))
        ]
        names = [
            ax.text(*at, name, color=colour, weight="bold", ha="center")
            for at, name, colour in (((-2.1, 2.75), "zeros", ZERO), ((1.9, -2.95), "ones", ONE))
        ]
        self.artists = [self._shade, *points, self._border, *names]
        self._side = np.linspace(LOW, HIGH, SIDE)

    @staticmethod
    def grid():
        """All points of the plane that are coloured, `(SIDE * SIDE, 2)`."""
        side = np.linspace(LOW, HIGH, SIDE)
        return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)

    def show(self, p):
        """Colour by the probability of a 1, bare where it is even; draw the border p = 0.5."""
        p = np.asarray(p, dtype=float)
        picture = np.column_stack([_RGB[(p >= 0.5).astype(int)], 0.55 * np.abs(2 * p - 1)])
        self._shade.set_data(picture.reshape(SIDE, SIDE, 4))
        heights = p.reshape(SIDE, SIDE)
        lines = contour_generator(self._side, self._side, heights).lines(0.5)
        gap = np.full((1, 2), np.nan)
        parts = [part for line in lines for part in (line, gap)]
        self._border.set_data(*(np.vstack(parts).T if parts else ([], [])))


def by_hand(predict=None, binary_cross_entropy=None):
    """Separate zeros from ones with three sliders: what the unit says, and what it costs."""
    X, y = data.digits_two_features()
    grid = Plane.grid()
    with kit.Figure("One unit, set by hand", 640, 340) as fig:
        first = fig.slider("w0", -6.0, 6.0, 1.0, 0.1)
        second = fig.slider("w1", -6.0, 6.0, 1.0, 0.1)
        bias = fig.slider("b", -4.0, 4.0, 0.0, 0.1)
        downhill = fig.toggle("where is downhill?")
        left, right = fig.axes(1, 2, ratios=(2.3, 1))
        plane = Plane(left)
        (ahead,) = left.plot([], [], "--", color=kit.INK, linewidth=1.5)
        arrow = left.annotate(
            "", (0, 0), (0, 0), zorder=6,
            arrowprops={"arrowstyle": "-|>", "color": kit.INK, "lw": 2.5, "mutation_scale": 18,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        right.set(xlim=(-0.6, 0.6), ylim=(0, 2), xticks=[], ylabel="cost")
        (bar,) = right.bar([0], [0], width=0.6, color=kit.GREEN + "70", edgecolor=kit.GREEN)
        best = right.axhline(2, color=kit.PURPLE, linestyle="--")
        right.axhline(LN2, color=kit.INK, linestyle=":", linewidth=1)
        right.text(0.58, LN2 + 0.02, "ln 2", ha="right", va="bottom")
        value = right.text(0, 0, "", ha="center", va="bottom")
        found = right.text(-0.58, 2, "your best", va="bottom", color=kit.PURPLE)
        (foot,) = left.plot([], [], "D", color=kit.INK, markersize=9, zorder=5)
        fig.live(*plane.artists, ahead, bar, best, value, found, foot, arrow)
        unit = fig.own(predict, "predict", reference.logistic_unit)

        def where():
            """The point of the border that is nearest to the middle; the border is turned there."""
            w = np.array([first.value, second.value])
            at = -bias.value * w / max(w @ w, 1e-9)
            return tuple(at) if np.abs(at).max() <= HIGH else None

        def line_of(w, b):
            """Two points of a border, each 5 from the one that is nearest to the middle."""
            size = max(np.hypot(*w), 1e-9)
            along = np.array([-w[1], w[0]]) / size
            return -b * w / size**2 + 5 * np.array([-along, along])

        def show_step(w, b, p):
            """Draw the border after one step against the gradient, and say that gradient."""
            dw, db = (p - y) @ X / len(y), float(np.mean(p - y))
            new_w, new_b = w - dw, b - db
            ends = [line_of(w, b), line_of(new_w, new_b)]
            ahead.set_data(*ends[1].T)
            # The arrow stands where the step moves the border most, of five places within view.
            ways = [np.linspace(end[0], end[1], 11)[3:8] for end in ends]
            seen = [(np.abs(way) < HIGH).all(axis=1) for way in ways]
            far = np.hypot(*(ways[1] - ways[0]).T) * (seen[0] & seen[1])
            k = int(np.argmax(far))
            arrow.set_position(ways[0][k])
            arrow.xy = ways[1][k]
            shown = bool(downhill.value)
            ahead.set_visible(shown)
            arrow.set_visible(shown and far[k] > 0.2)
            if not shown:
                return ""
            cost = cost_of(y, unit(X, new_w, new_b))
            told = ", ".join(f"{round(slope, 2) + 0.0:.2f}" for slope in (*dw, db))
            return (
                f" The gradient is {told}: one step the other way "
                f"takes the border to the dashed line and the cost to {float(cost):.3f}."
            )

        def moved(x, y):
            at, w = np.array([x, y]), np.array([first.value, second.value])
            far = np.hypot(*at)
            if far > 0.05:
                w = at / far * max(np.hypot(*w), 0.5) * (1 if w @ at >= 0 else -1)
            for slider, value in zip((first, second, bias), (*w, -w @ at), strict=True):
                kit.put(slider, value)

        fig.handle("border", left, where, moved, step=(0.1, 0.1))
        cost_of = fig.own(
            binary_cross_entropy, "binary_cross_entropy", reference.binary_cross_entropy
        )
        lowest = [np.inf]

        @fig.on_change
        def update():
            w, b = np.array([first.value, second.value]), bias.value
            p = unit(X, w, b)
            cost = float(cost_of(y, p))
            plane.show(unit(grid, w, b))
            foot.set_data(*np.reshape(where() or (np.nan, np.nan), (2, 1)))
            lowest[0] = min(lowest[0], cost)
            bar.set_height(min(cost, 2))
            best.set(ydata=[lowest[0]] * 2, visible=lowest[0] < cost - 0.05)
            found.set(y=lowest[0], visible=lowest[0] < cost - 0.05)
            value.set(y=min(cost, 1.85) + 0.02, text=f"{cost:.3f}")
            right_ones = np.mean((p >= 0.5) == (y == 1))
            return (
                f"Weights {w[0]:.1f} and {w[1]:.1f}, bias {b:.1f}: cost {cost:.3f}, "
                f"{100 * right_ones:.0f}% of the pictures right. Lowest cost so far "
                f"{lowest[0]:.3f}.{show_step(w, b, np.asarray(p, dtype=float))}"
            )

    return fig


def nudge(predict=None, binary_cross_entropy=None):
    """Nudge each parameter: the change of the cost over the nudge, beside mean((p - y) x)."""
    X, y = data.digits_two_features()
    grid, names = Plane.grid(), ("w0", "w1", "b")
    start, rate = (1.0, 1.0, 0.5), 1.0
    with kit.Figure("Which way is down", 720, 340) as fig:
        sliders = [
            fig.slider(name, -6.0, 6.0, value, 0.01)
            for name, value in zip(names, start, strict=True)
        ]
        size = fig.choice("size of the nudge", {"1": 1.0, "0.1": 0.1, "0.001": 0.001}, 1.0)
        left, right = fig.axes(1, 2, ratios=(1.25, 1))
        plane = Plane(left)
        right.set(xlim=(-1.3, 1.3), ylim=(2.6, -0.6), xlabel="slope of the cost")
        right.set_yticks(range(3), names)
        right.axvline(0, color=kit.INK, linewidth=1)
        looks = (("nudged", kit.OCHRE, "//"), ("mean of (p - y) x", kit.BLUE, ""))
        bars, numbers = [], []
        for (label, colour, hatch), shift in zip(looks, (-0.18, 0.18), strict=True):
            group = right.barh(
                np.arange(3) + shift, np.zeros(3), 0.32, facecolor=colour + "70",
                edgecolor=colour, hatch=hatch, label=label,
            )  # fmt: skip
            bars.append(group)
            numbers.append([right.text(0, k + shift, "", va="center", size=9) for k in range(3)])
        right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
        fig.live(*plane.artists, *bars, *numbers)
        unit = fig.own(predict, "predict", reference.logistic_unit)
        cost_of = fig.own(
            binary_cross_entropy, "binary_cross_entropy", reference.binary_cross_entropy
        )

        def cost(theta):
            return float(cost_of(y, unit(X, theta[:2], float(theta[2]))))

        def formula(theta):
            error = unit(X, theta[:2], float(theta[2])) - y
            return np.append(error @ X, error.sum()) / len(y)

        def step():
            slopes = formula(np.array([s.value for s in sliders]))
            for slider, slope in zip(sliders, slopes, strict=True):
                slider.value = round(slider.value - rate * slope, 2)

        def reset():
            for slider, value in zip(sliders, start, strict=True):
                slider.value = value

        fig.button("One step downhill", step)
        fig.button("Reset", reset)

        @fig.on_change
        def update():
            theta = np.array([slider.value for slider in sliders])
            here = cost(theta)
            moves = size.value * np.eye(3)
            nudged = np.array([(cost(theta + move) - here) / size.value for move in moves])
            slopes = formula(theta)
            plane.show(unit(grid, theta[:2], float(theta[2])))
            for group, texts, values in zip(bars, numbers, (nudged, slopes), strict=True):
                for bar, text, value in zip(group, texts, values, strict=True):
                    shown = float(np.clip(value, -1.1, 1.1))
                    bar.set_width(shown)
                    text.set(
                        x=shown + (0.03 if value >= 0 else -0.03), text=f"{value + 0.0:.3f}",
                        ha="left" if value >= 0 else "right",
                    )  # fmt: skip
            parts = "; ".join(
                f"{name} {a:.3f} and {b:.3f}"
                for name, a, b in zip(names, nudged, slopes, strict=True)
            )
            return (
                f"Cost {here:.3f}. Slope found with a nudge of {size.value:g}, and by the formula: "
                f"{parts}."
            )

    return fig
