"""Figures of lab 03_softmax. Each takes the learner's functions and shows the reference without."""

import numpy as np
from matplotlib.lines import Line2D

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import LiveCurve


def some_digits():
    """Ten of the real digits at a time, with their labels on request."""
    X, y = data.digits()
    order = np.random.default_rng(3).permutation(len(X))
    with kit.Figure("Hand-written digits", 560, 260) as fig:
        page = fig.slider("page", 1, 100, 1)
        labels = fig.toggle("show labels")
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        pictures = [_digit(ax) for ax in cells]
        names = [ax.text(3.5, -0.8, "", ha="center", va="bottom") for ax in cells]
        fig.live(*pictures, *names)

        @fig.on_change
        def update():
            chosen = order[10 * (page.value - 1) : 10 * page.value]
            for picture, name, i in zip(pictures, names, chosen, strict=True):
                picture.set_data(X[i].reshape(8, 8))
                name.set_text(str(y[i]) if labels.value else "")
            shown = ", ".join(map(str, y[chosen])) if labels.value else "labels hidden"
            return f"Page {page.value}: ten scans of 8 by 8 pixels; {shown}."

    return fig


def _digit(ax):
    """Dark ink on white paper, as it was scanned, whatever the page around it."""
    ax.set_axis_off()
    return ax.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1)


def softmax_bars(softmax=None):
    """Three logits and a temperature on sliders; exponentials and probabilities as bars."""
    start = (1.0, 0.0, -1.0)
    with kit.Figure("From logits to probabilities", 660, 300) as fig:
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
        left, right = fig.axes(1, 2, xlabel="class", xticks=range(3))
        # The left axis shows shares of `limit`; its tick labels are live: no full redraw.
        left.set(title="exponentials  exp(z / T)", ylim=(0, 1), yticks=[0, 0.5, 1])
        left.set_yticklabels(["\u2007" * 6] * 3)
        right.set(title="probabilities", ylim=(0, 1.12), yticks=[0, 0.25, 0.5, 0.75, 1])
        heights, shares = _bars(left, 3), _bars(right, 3)
        tops = [
            [ax.text(k, 0, "", ha="center", va="bottom") for k in range(3)] for ax in (left, right)
        ]
        aside = {"ha": "right", "va": "center", "transform": left.get_yaxis_transform()}
        ticks = [left.text(-0.03, at, "", **aside) for at in (0, 0.5, 1)]
        fig.live(heights, shares, *tops, ticks)
        own = fig.own(softmax, "softmax", reference.softmax)

        @fig.on_change
        def update():
            z = np.array([slider.value for slider in logits]) / temperature.value
            grown, p = np.exp(z), own(z)
            limit = next(v for v in _ROUND if v >= 1.12 * grown.max())
            for tick, at in zip(ticks, (0, 0.5, 1), strict=True):
                tick.set_text(f"{at * limit:g}")
            for k in range(3):
                heights[k].set_height(grown[k] / limit)
                tops[0][k].set(y=grown[k] / limit, text=f"{grown[k]:.3g}")
                shares[k].set_height(p[k])
                tops[1][k].set(y=p[k], text=f"{p[k]:.3f}")
            parts = ", ".join(f"class {k} {v:.3f}" for k, v in enumerate(p))
            total = ", ".join(f"{v:.3g}" for v in grown)
            return f"Exponentials {total}. Probabilities: {parts}; they add up to {sum(p):.3f}."

    return fig


_ROUND = [m * 10.0**e for e in range(8) for m in (1, 2, 5)]


def _bars(ax, n):
    bars = ax.bar(range(n), np.zeros(n), color="none", width=0.7)
    for bar, colour, hatch in zip(bars, kit.COLOURS, kit.HATCHES, strict=False):
        bar.set(facecolor=colour + "70", edgecolor=colour, linewidth=1.5, hatch=hatch)
    return bars


CORNERS = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])


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


def loss_curve(cross_entropy=None):
    """The loss against the probability of the true class, with the squared error to compare."""
    grid = np.concatenate([np.geomspace(0.002, 0.1, 25), np.linspace(0.12, 1, 23)])
    with kit.Figure("What a probability costs", 600, 320) as fig:
        slider = fig.slider("p of the true class", 0.002, 1.0, 0.7, 0.002, ".3f")
        ax = fig.axes(xlabel="probability p of the true class", ylabel="loss", xlim=(0, 1.01))
        ax.set_ylim(-0.1, 6.4)
        own = fig.own(cross_entropy, "cross_entropy", reference.cross_entropy)

        def loss(p):
            return float(own(np.array([[p, 1 - p]]), np.array([0])))

        ax.plot(grid, [loss(p) for p in grid], color=kit.BLUE, label="cross-entropy")
        ax.plot(grid, (1 - grid) ** 2, "--", color=kit.VERMILLION, label="squared error (1 - p)^2")
        (drop,) = ax.plot([], [], ":", color=kit.INK, linewidth=1)
        (point,) = ax.plot([], [], "o", markersize=9, color=kit.BLUE)
        (other,) = ax.plot([], [], "s", markersize=8, color=kit.VERMILLION)
        value = ax.text(0, 0, "", ha="left", va="bottom")
        ax.legend(loc="upper right")
        fig.live(drop, point, other, value)

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
            return f"{text}; its squared error is {(1 - p) ** 2:.3f}."

    return fig


def four_clusters(predict_proba=None, softmax_gradient=None):
    """Softmax regression learning four clouds: regions, borders and the cost, step by step."""
    X, y = data.four_clusters()
    low, high, last = -4.5, 4.5, 80
    side = np.linspace(low, high, 121)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    colours = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in kit.COLOURS[:4]])
    ink = np.append([int(kit.INK[i : i + 2], 16) / 255 for i in (1, 3, 5)], 1.0)
    with kit.Figure("Softmax regression on four clouds", 700, 340) as fig:
        step = fig.player("step", last)
        rate = fig.choice("learning rate", {"0.03": 0.03, "0.3": 0.3, "3": 3.0, "10": 10.0}, 0.3)
        left, right = fig.axes(1, 2)
        left.set(aspect="equal", xlim=(low, high), ylim=(low, high), xlabel="feature 0")
        left.set(ylabel="feature 1")
        right.set(xlim=(0, last), ylim=(0, 2.2), xlabel="step", ylabel="cost")
        regions = left.imshow(
            np.zeros((121, 121, 4)), extent=(low, high, low, high), origin="lower", zorder=0,
            interpolation="nearest",
        )  # fmt: skip
        clouds = [
            left.plot(*X[y == k].T, kit.MARKERS[k], color=kit.COLOURS[k], markersize=4)[0]
            for k in range(4)
        ]
        right.axhline(np.log(4), color=kit.INK, linestyle=":", linewidth=1)
        right.text(last, np.log(4), "ln 4", ha="right", va="bottom")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.BLUE)
        fig.live(regions, *clouds, curve, now)
        proba = fig.own(predict_proba, "predict_proba", reference.predict_proba)
        gradient = fig.own(softmax_gradient, "softmax_gradient", reference.softmax_gradient)
        runs = {}

        def run(until):
            """States (W, b, cost, share right) up to step `until`, kept for each learning rate."""
            states = runs.setdefault(rate.value, [])
            while len(states) <= until:
                W, b = (np.zeros((2, 4)), np.zeros(4)) if not states else states[-1][:2]
                if states:
                    dW, db = gradient(X, y, W, b)
                    W, b = W - rate.value * dW, b - rate.value * db
                P = proba(X, W, b)
                right_ones = np.mean(np.argmax(P, axis=1) == y)
                states.append((W, b, reference.cross_entropy(P, y), right_ones))
            return states[: until + 1]

        @fig.on_change
        def update():
            states = run(step.value)
            W, b, cost, share = states[-1]
            P = proba(plane, W, b)
            best = np.argmax(P, axis=1)
            shade = np.round(5 * np.clip((np.max(P, axis=1) - 0.25) / 0.75, 0, 1)) / 5
            picture = np.column_stack([colours[best], 0.4 * shade]).reshape(121, 121, 4)
            best = best.reshape(121, 121)
            border = np.zeros((121, 121), bool)
            border[:-1] |= best[:-1] != best[1:]
            border[:, :-1] |= best[:, :-1] != best[:, 1:]
            picture[border] = ink
            regions.set_data(picture)
            costs = [state[2] for state in states]
            curve.set_data(range(len(costs)), costs)
            now.set_data([step.value], [cost])
            return (
                f"After step {step.value}: cost {cost:.3f}, {100 * share:.0f}% of the points right."
            )

    return fig


class Training:
    """A trained network as `.model`, with the figure of its training as `.figure`."""

    def __init__(self, model, figure):
        self.model, self.figure = model, figure


def train_digits(build_softmax_model=None, epochs=40, seed=1):
    """Train the learner's network on the digits and show its two loss curves while it learns."""
    import keras

    X, X_test, y, y_test = data.digits_split()
    curve = LiveCurve("Learning to read digits", epochs, level=(np.log(10), "ln 10: equal shares"))

    def measure(model):
        P, P_test = (np.asarray(model(rows)) for rows in (X, X_test))
        share = np.mean(np.argmax(P_test, axis=1) == y_test)
        text = f"{100 * share:.1f}% of the held-back digits are read right."
        curve.add(
            reference.cross_entropy(P, y), reference.cross_entropy(P_test, y_test), extra=text
        )

    def train(build):
        keras.utils.set_random_seed(seed)
        model = build(X.shape[1], 10)
        measure(model)
        each = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: measure(model))
        model.fit(X, y, epochs=epochs, batch_size=32, verbose=0, callbacks=[each])
        return model

    try:
        model = train(build_softmax_model or reference.build_softmax_model)
    except Exception as error:  # unfinished, not compiled, another shape: show how it goes anyway
        unfinished = isinstance(error, NotImplementedError)
        why = "is not finished" if unfinished else f"failed with {type(error).__name__}"
        curve.figure.note(f"build_softmax_model {why}; the reference is drawn instead")
        curve.values.clear()
        model = train(reference.build_softmax_model)
    curve.finish()
    return Training(model, curve.figure)


def read_digits(model=None):
    """Held-back digits, each beside the ten probabilities that the network gives it."""
    _, X, _, y = data.digits_split()
    with kit.Figure("What the network reads", 640, 270) as fig:
        index = fig.slider("digit number", 0, 359, 0)
        mistakes = fig.toggle("only mistakes")
        left, right = fig.axes(1, 2, ratios=(1, 2))
        left.set(xticks=[], yticks=[])
        right.set(xticks=range(10), ylim=(0, 1.12), xlabel="class", ylabel="probability")
        picture = _digit(left)
        bars = right.bar(range(10), np.zeros(10), edgecolor=kit.BLUE, facecolor=kit.BLUE + "70")
        (true,) = right.plot([], [], "v", color=kit.GREEN, markersize=9)
        (read,) = right.plot([], [], "D", color=kit.VERMILLION, markersize=6)
        handles = [
            Line2D(
                [], [], color=line.get_color(), marker=line.get_marker(), linestyle="", label=name
            )
            for line, name in ((true, "true class"), (read, "class read"))
        ]
        right.legend(handles=handles, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.2))
        fig.live(picture, *bars, true, read)
        P = fig.own(None if model is None else lambda X: model(X), "the network", _even)(X)
        wrong = np.flatnonzero(np.argmax(P, axis=1) != y)

        @fig.on_change
        def update():
            chosen = index.value
            if mistakes.value and len(wrong):
                chosen = int(wrong[index.value % len(wrong)])
            p = P[chosen]
            answer = int(np.argmax(p))
            picture.set_data(X[chosen].reshape(8, 8))
            for bar, height in zip(bars, p, strict=True):
                bar.set_height(height)
            true.set_data([y[chosen]], [1.05])
            read.set_data([answer], [p[answer] + 0.03])
            verdict = "right" if answer == y[chosen] else "wrong"
            return (
                f"Digit {chosen} is a {y[chosen]}, read as {answer} with probability "
                f"{p[answer]:.3f}: {verdict}. "
                f"{len(wrong)} of {len(y)} held-back digits are read wrong."
            )

    return fig


def _even(X):
    return np.full((len(X), 10), 0.1)
