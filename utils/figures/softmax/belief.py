"""Belief among three classes: from logits to probabilities, what they cost, and how they move."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.guess import draw_guess

_TINY, _HUGE = 1e-2, 1e3  # the axis of the exponentials


def softmax_bars(softmax=None):
    """Three logits and a temperature on sliders; logits, exponentials and probabilities as bars.

    Hollow bars and the factors say what stood there before the last change.
    """
    start = (1.0, 0.0, -1.0)
    with kit.Figure("From logits to probabilities", 760, 320) as fig:
        logits = [fig.slider(f"logit {k}", -4.0, 4.0, start[k], 0.05) for k in range(3)]
        temperature = fig.slider("temperature T", 0.25, 4.0, 1.0, 0.05)

        def add_one():
            if max(z.value for z in logits) <= 3:
                for z in logits:
                    z.value += 1

        def reset():
            temperature.value = 1.0
            for z, value in zip(logits, start, strict=True):
                z.value = value

        fig.button("Add 1 to all", add_one)
        fig.button("Reset", reset)
        axes = fig.axes(1, 3, xlabel="class", xticks=range(3))
        axes[0].set(title="logits  z / T", ylim=(-6, 6.6))
        axes[0].axhline(0, color=kit.INK, linewidth=0.8)
        axes[1].set(title="exponentials  exp(z / T)", yscale="log", ylim=(_TINY, _HUGE))
        axes[2].set(title="probabilities", ylim=(0, 1.12), yticks=[0, 0.25, 0.5, 0.75, 1])
        bars = [_bars(ax, 3, bottom) for ax, bottom in zip(axes, (0, _TINY, 0), strict=True)]
        ghosts = [
            ax.bar(range(3), np.zeros(3), 0.84, bottom, fill=False, edgecolor=kit.INK, alpha=0.7,
                   linestyle=":", linewidth=1.5)
            for ax, bottom in zip(axes, (0, _TINY, 0), strict=True)
        ]  # fmt: skip
        tops = [[ax.text(k, 0, "", ha="center", size=9.5) for k in range(3)] for ax in axes]
        fig.live(*bars, *ghosts, *tops)
        own = fig.own(softmax, "softmax", reference.softmax)
        before = []
        for k, slider in enumerate(logits):
            fig.handle(
                f"bar of logit {k}", axes[0],
                lambda k=k, z=slider: (k, z.value / temperature.value),
                lambda _, y, z=slider: kit.put(z, y * temperature.value), step=(0, 0.1),
                says=lambda _, y: f"{y:.2f}",
            )  # fmt: skip

        @fig.on_change
        def update():
            z = np.array([slider.value for slider in logits]) / temperature.value
            now = [z, np.exp(z), np.asarray(own(z), dtype=float)]
            past = before or now
            lows, highs = (-5.6, _TINY, 0), (5.6, _HUGE / 3, 1.05)
            for panel in range(3):
                for k in range(3):
                    value = float(np.clip(now[panel][k], lows[panel], highs[panel]))
                    old = float(np.clip(past[panel][k], lows[panel], highs[panel]))
                    base = _TINY if panel == 1 else 0
                    bars[panel][k].set_height(value - base)
                    ghosts[panel][k].set_height(old - base)
                    told = panel and past[panel][k] > 0 and now[panel][k] > 0
                    factor = now[panel][k] / past[panel][k] if told else 1.0
                    text = f"{now[panel][k]:.3g}" if panel < 2 else f"{now[panel][k]:.3f}"
                    if abs(factor - 1) > 0.005:
                        text += f"\nx {factor:.3g}"
                    below = panel == 0 and value < 0
                    up = {0: 0.2, 1: value * 0.15, 2: 0.015}[panel]
                    tops[panel][k].set(
                        y=value - up if below else value + up, text=text,
                        va="top" if below else "bottom",
                    )  # fmt: skip
            before[:] = now
            parts = ", ".join(f"class {k} {v:.3f}" for k, v in enumerate(now[2]))
            total = ", ".join(f"{v:.3g}" for v in now[1])
            return (
                f"Exponentials {total}. Probabilities: {parts}; they add up to {sum(now[2]):.3f}."
            )

    return fig


def _bars(ax, n, bottom=0.0):
    bars = ax.bar(range(n), np.zeros(n), 0.7, bottom, color="none")
    for bar, colour, hatch in zip(bars, kit.COLOURS, kit.HATCHES, strict=False):
        bar.set(facecolor=colour + "70", edgecolor=colour, linewidth=1.5, hatch=hatch)
    return bars


CORNERS = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])


def shares_at(x, y):
    """The three shares of a place in the triangle, in words."""
    shares = np.linalg.solve(np.vstack([CORNERS.T, np.ones(3)]), [x, y, 1])
    return ", ".join(f"class {k} {share:.2f}" for k, share in enumerate(shares))


def probability_triangle(softmax=None):
    """All triples of probabilities as a triangle; three logits move the point."""
    with kit.Figure("All ways to share belief among three classes", 520, 400) as fig:
        logits = [
            fig.slider(f"logit {k}", -6.0, 6.0, value) for k, value in enumerate((1.0, 0.0, -1.0))
        ]
        path = fig.choice("line of", {"no logit": -1, **{f"logit {k}": k for k in range(3)}})
        ax = fig.axes(aspect="equal", xlim=(-0.3, 1.3), ylim=(-0.16, 1.04))
        ax.set_axis_off()
        ax.plot(*CORNERS[[0, 1, 2, 0]].T, color=kit.INK)
        for k in range(3):  # ties between two classes: from the middle to the side they share
            side = CORNERS[[j for j in range(3) if j != k]].mean(axis=0)
            ax.plot(*np.array([side, CORNERS.mean(axis=0)]).T, ":", color=kit.INK, linewidth=1)
        for level in (0.25, 0.5, 0.75):
            for k in range(3):
                a, b = (CORNERS[j] for j in range(3) if j != k)
                ends = np.array([level * CORNERS[k] + (1 - level) * side for side in (a, b)])
                ax.plot(*ends.T, color=kit.INK, alpha=0.2, linewidth=0.8)
        names = [
            ax.text(x, y, "", ha=ha, va=va, color=colour, size=11)
            for (x, y), ha, va, colour in zip(
                CORNERS + [[-0.02, -0.03], [0.02, -0.03], [0, 0.03]],
                ("center", "center", "center"),
                ("top", "top", "bottom"),
                kit.COLOURS,
                strict=False,
            )
        ]
        (line,) = ax.plot([], [], "--", color=kit.PURPLE)
        (point,) = ax.plot([], [], "o", markersize=11, color=kit.INK)
        fig.live(line, point, *names)
        own = fig.own(softmax, "softmax", reference.softmax)

        def where():
            return own(np.array([slider.value for slider in logits])) @ CORNERS

        def moved(x, y):
            """Logits that give the shares of the place, the point of the triangle next to it."""
            shares = np.linalg.solve(np.vstack([CORNERS.T, np.ones(3)]), [x, y, 1])
            z = np.log(np.clip(shares, 0.001, None))
            for slider, value in zip(logits, z - z.mean(), strict=True):
                kit.put(slider, value)

        fig.handle("point", ax, where, moved, anywhere=True, step=(0.02, 0.02), says=shares_at)

        @fig.on_change
        def update():
            z = np.array([slider.value for slider in logits])
            p = own(z)
            point.set_data(*(p @ CORNERS)[:, None])
            point.set_color(kit.COLOURS[int(np.argmax(p))])
            point.set_marker(kit.MARKERS[int(np.argmax(p))])
            line.set_data([], [])
            if path.value >= 0:
                many = np.tile(z, (60, 1))
                many[:, path.value] = np.linspace(-12, 12, 60)
                line.set_data(*(own(many) @ CORNERS).T)
            for k, name in enumerate(names):
                name.set_text(f"class {k}\n{p[k]:.3f}")
            text = ", ".join(f"class {k} {v:.3f}" for k, v in enumerate(p))
            tail = (
                "" if path.value < 0 else f" The dashed line: logit {path.value} from low to high."
            )
            return f"Probabilities: {text}. Largest share: class {int(np.argmax(p))}.{tail}"

    return fig


def loss_curve(cross_entropy=None, guessed=None):
    """The loss against the probability of the true class, with the squared error to compare.

    `guessed` is the loss of a probability of 0.01.
    """
    grid = np.concatenate([np.geomspace(0.002, 0.1, 25), np.linspace(0.12, 1, 23)])
    with kit.Figure("What a probability costs", 600, 320) as fig:
        slider = fig.slider("p of the true class", 0.002, 1.0, 0.7, 0.002, ".3f")
        ax = fig.axes(xlabel="probability p of the true class", ylabel="loss", xlim=(0, 1.01))
        ax.set_ylim(-0.1, 6.4)
        own = fig.own(cross_entropy, "cross_entropy", reference.cross_entropy)

        def loss(p):
            return float(own(np.array([[p, 1 - p]]), np.array([0])))

        fig.handle("point", ax, lambda: (slider.value, loss(slider.value)),
                   lambda x, _: kit.put(slider, x), step=(0.01, 0))  # fmt: skip
        ax.plot(grid, [loss(p) for p in grid], color=kit.BLUE, label="cross-entropy")
        ax.plot(grid, (1 - grid) ** 2, "--", color=kit.VERMILLION, label="squared error (1 - p)^2")
        (drop,) = ax.plot([], [], ":", color=kit.INK, linewidth=1)
        (point,) = ax.plot([], [], "o", markersize=9, color=kit.BLUE)
        (other,) = ax.plot([], [], "s", markersize=8, color=kit.VERMILLION)
        value = ax.text(0, 0, "", ha="left", va="bottom")
        ax.legend(loc="upper right")
        fig.live(drop, point, other, value)
        told = draw_guess(ax, guessed)
        if told:
            told += f" A probability of 0.01 costs {loss(0.01):.2f}."

        @fig.on_change
        def update():
            p = slider.value
            cost = loss(p)
            drop.set_data([p, p], [0, cost])
            point.set_data([p], [cost])
            other.set_data([p], [(1 - p) ** 2])
            right = p > 0.8
            value.set(x=p - 0.015 if right else p + 0.015, y=cost + 0.1, text=f"{cost:.3f}")
            value.set_horizontalalignment("right" if right else "left")
            text = f"Probability {p:.3f} for the true class costs {cost:.3f}"
            return f"{text}; its squared error is {(1 - p) ** 2:.3f}.{told}"

    return fig


def logit_pull(softmax=None):
    """The gradient p - Y as arrows on three logits: steps let belief flow to the true class."""
    start, rate = (1.0, 0.0, 2.0), 1.0
    with kit.Figure("What the gradient does to the logits", 700, 320) as fig:
        true = fig.choice("true class", {"0": 0, "1": 1, "2": 2}, 1)
        logits = [fig.slider(f"logit {k}", -4.0, 4.0, start[k], 0.01) for k in range(3)]
        left, right = fig.axes(1, 2, xlabel="class", xticks=range(3), xlim=(-0.6, 2.6))
        left.set(title="logits and their next step", ylim=(-3.2, 3.2))
        left.axhline(0, color=kit.INK, linewidth=0.8)
        right.set(title="probabilities, \u25bc true class", ylim=(0, 1.18))
        right.set_yticks([0, 0.25, 0.5, 0.75, 1])
        dots = [
            left.plot([k], [0], kit.MARKERS[k], color=kit.COLOURS[k], markersize=10)[0]
            for k in range(3)
        ]
        arrows = [
            left.annotate(
                "", xy=(k - 0.2, 1), xytext=(k - 0.2, 0),
                arrowprops={"arrowstyle": "-|>", "color": kit.COLOURS[k], "lw": 3,
                            "shrinkA": 0, "shrinkB": 0},
            )
            for k in range(3)
        ]  # fmt: skip
        errors = [left.text(k + 0.14, 0, "", va="bottom", size=10) for k in range(3)]
        shares = _bars(right, 3)
        tops = [right.text(k, 0, "", ha="center", va="bottom") for k in range(3)]
        (mark,) = right.plot([], [], "v", color=kit.INK, markersize=10)
        fig.live(*dots, *arrows, *errors, shares, *tops, mark)
        own = fig.own(softmax, "softmax", reference.softmax)
        for k, slider in enumerate(logits):
            fig.handle(
                f"logit {k}", left, lambda k=k, z=slider: (k, z.value),
                lambda _, y, z=slider: kit.put(z, y), step=(0, 0.1), says=lambda _, y: f"{y:.2f}",
            )  # fmt: skip

        def error():
            p = np.asarray(own(np.array([z.value for z in logits])), dtype=float)
            return p, p - np.eye(3)[true.value]

        def step():
            for slider, pull in zip(logits, error()[1], strict=True):
                slider.value = round(slider.value - rate * float(pull), 2)

        def reset():
            for slider, value in zip(logits, start, strict=True):
                slider.value = value

        fig.button("Step", step)
        fig.button("Reset", reset)

        @fig.on_change
        def update():
            p, pull = error()
            for k in range(3):
                z = logits[k].value
                dots[k].set_data([k], [z])
                arrows[k].set_position((k - 0.2, z))
                arrows[k].xy = (k - 0.2, z - rate * pull[k])
                arrows[k].set_visible(abs(pull[k]) > 0.02)
                errors[k].set(y=z + 0.06, text=f"{pull[k]:+.3f}")
                shares[k].set_height(p[k])
                tops[k].set(y=p[k], text=f"{p[k]:.3f}")
            mark.set_data([true.value], [1.12])
            parts = "; ".join(f"class {k}: p {p[k]:.3f}, p - Y {pull[k]:+.3f}" for k in range(3))
            loss = -np.log(max(p[true.value], 1e-12))
            return f"True class {true.value}, loss {loss:.3f}. {parts}."

    return fig
