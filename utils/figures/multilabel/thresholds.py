"""From probabilities to decisions: thresholds, what they cost, and whether to trust the numbers."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.guess import draw_guess
from utils.figures.multilabel.scenes import SHAPES, named, scene_axes, shape_bars, show_bars
from utils.figures.multilabel.training import stand_in_training


def scene_thresholds(predict_labels=None, label_accuracy=None, exact_match=None, training=None):
    """A scene, its three probabilities with their thresholds, and the counts over all scenes."""
    seen = training or stand_in_training()
    P, Y = seen.P, seen.Y
    columns = ("found", "missed", "false\nalarm", "rightly\nabsent", "preci-\nsion", "recall")
    with kit.Figure("Thresholds and their mistakes", 800, 300, least=760) as fig:
        index = fig.slider("scene", 0, len(P) - 1, 0)
        sliders = [fig.slider(f"{name} from", 0.0, 1.0, 0.5) for name in SHAPES]
        left, middle, right = fig.axes(1, 3, ratios=(1, 1.35, 2.4))
        picture = scene_axes(left)
        bars, values, there = shape_bars(middle)
        middle.set(ylabel="probability")
        ticks = [
            middle.plot([], [], color=kit.INK, linewidth=3, solid_capstyle="butt")[0]
            for _ in range(3)
        ]
        right.set_axis_off()
        right.set(xlim=(-1.7, 5.5), ylim=(-0.6, 3.7), title="all 400 held-back scenes")
        for x, column in enumerate(columns):
            right.text(x, 2.75, column, ha="center", va="bottom", size=9.5)
        cells = []
        for row, (name, colour) in enumerate(zip(SHAPES, kit.COLOURS, strict=False)):
            right.text(-0.6, 2 - row, name, ha="right", va="center", color=colour, weight="bold")
            cells += [
                right.text(x, 2 - row, "", ha="center", va="center",
                           size=13, weight="bold" if x in (1, 2) else "normal")
                for x in range(6)
            ]  # fmt: skip
        fig.live(picture, *bars, *values, there, *ticks, *cells)
        predict = fig.own(predict_labels, "predict_labels", reference.predict_labels)
        accuracy = fig.own(label_accuracy, "label_accuracy", reference.label_accuracy)
        exact = fig.own(exact_match, "exact_match", reference.exact_match)
        for k, (name, slider) in enumerate(zip(SHAPES, sliders, strict=True)):
            fig.handle(
                f"threshold of the {name}", middle, lambda k=k, s=slider: (k, s.value),
                lambda _, y, s=slider: kit.put(s, y), step=(0, 0.01),
                says=lambda _, y: f"{y:.2f}",
            )  # fmt: skip

        @fig.on_change
        def update():
            i = index.value
            thresholds = np.array([slider.value for slider in sliders])
            Yhat = np.asarray(predict(P, thresholds))
            picture.set_data(seen.X[i].reshape(16, 16))
            show_bars(bars, values, there, P[i], Y[i])
            for k, tick in enumerate(ticks):
                tick.set_data([k - 0.45, k + 0.45], [thresholds[k]] * 2)
            counts = [
                np.sum((y == Y) & (Yhat == said), axis=0)
                for y, said in ((1, 1), (1, 0), (0, 1), (0, 0))
            ]
            for row, (found, missed, alarms, absent) in enumerate(np.transpose(counts)):
                shares = (_share(found, found + alarms), _share(found, found + missed))
                for cell, text in zip(
                    cells[6 * row :], (found, missed, alarms, absent, *shares), strict=False
                ):
                    cell.set_text(str(text))
            shapes = "; ".join(
                f"{name} {found} found, {missed} missed, {alarms} false alarms"
                for name, found, missed, alarms in zip(SHAPES, *counts[:3], strict=True)
            )
            return (
                f"Scene {i} holds: {named(Y[i])}; said: {named(Yhat[i] == 1)}. Over all scenes: "
                f"{shapes}. Right labels: {100 * float(accuracy(Y, Yhat)):.1f}%, completely right "
                f"scenes: {100 * float(exact(Y, Yhat)):.1f}%. (Saying always absent: "
                f"{100 * np.mean(Y == 0):.1f}% and {100 * np.mean(~Y.any(axis=1)):.1f}%.)"
            )

    return fig


def _share(part, whole):
    """A share of 1 as text, a dash where there is nothing to share."""
    return f"{part / whole:.2f}" if whole else "-"


def total_cost(P, Y, thresholds, miss, alarm):
    """Total cost of thresholds, one number for each label."""
    said = thresholds <= P
    missed = np.sum(~said & (Y == 1), axis=0)
    return miss * missed + alarm * np.sum(said & (Y == 0), axis=0)


_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
_EDGE = 8.0  # logit at which the axis of thresholds ends; a threshold above 1 stands there


def _place(thresholds):
    """Where thresholds stand on an axis of logits, on which both ends have room."""
    inside = np.clip(thresholds, 1e-9, 1 - 1e-9)
    return np.clip(np.log(inside) - np.log1p(-inside), -_EDGE, _EDGE)


def threshold_costs(choose_thresholds=None, training=None, guessed=None):
    """Total cost against the threshold, one curve a label, the thresholds chosen, and the totals.

    Thresholds stand on an axis of logits, where the two ends have as much room as the middle.
    `guessed` is the probability from which "present" should be said.
    """
    seen = training or stand_in_training()
    P, Y = seen.P, seen.Y
    mistakes = [reference.threshold_mistakes(p, y) for p, y in zip(P.T, Y.T, strict=True)]
    with kit.Figure("What each threshold costs", 760, 350) as fig:
        miss = fig.slider("a miss costs", 1, 20, 5)
        alarm = fig.slider("a false alarm costs", 1, 20, 1)
        ax, totals = fig.axes(1, 2, ratios=(2.2, 1))
        ax.set(xlabel="threshold", ylabel="total cost, 400 scenes", xlim=(-_EDGE, _EDGE + 0.3))
        ax.set_xticks(_place(np.array(_TICKS)), [f"{t:g}" for t in _TICKS])
        lines, points, halves = [], [], []
        for name, colour, dash, mark in zip(
            SHAPES, kit.COLOURS, kit.DASHES, kit.MARKERS, strict=False
        ):
            lines += ax.plot([], [], color=colour, linestyle=dash, drawstyle="steps-pre")
            points += ax.plot(
                [], [], color=colour, linestyle=dash, marker=mark, markersize=10, label=name
            )
            halves += ax.plot([], [], "o", color=colour, markersize=11, fillstyle="none")
        (ideal,) = ax.plot([], [], color=kit.INK, linestyle=(0, (1, 3)), linewidth=1.5)
        ax.yaxis.set_label_coords(-0.11, 0.5)  # room for longer numbers, once costs are high
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
        rows = ("yours, these scenes", "0.5, these scenes", "yours, 400 new", "0.5, 400 new")
        totals.set(xlim=(0, 1.35), ylim=(-0.6, 4.4), title="total cost", xticks=[], yticks=[])
        totals.spines[["left", "bottom"]].set_visible(False)
        bars = totals.barh((3, 2, 1, 0), np.zeros(4), height=0.42)
        for k, bar in enumerate(bars):
            bar.set(
                facecolor=(kit.BLUE, kit.SLATE)[k % 2] + "70", hatch=("//", "")[k % 2],
                edgecolor=(kit.BLUE, kit.SLATE)[k % 2],
            )  # fmt: skip
            totals.text(0, 3.3 - k, rows[k], va="bottom", size=9.5)
        values = [totals.text(0, 3 - k, "", va="center", weight="bold") for k in range(4)]
        fig.live(*lines, ideal, *points, *halves, *bars, *values)
        choose = fig.own(choose_thresholds, "choose_thresholds", reference.choose_thresholds)
        top = [0.0]
        told = draw_guess(ax, guessed, at=_place, upright=True)

        @fig.on_change
        def update():
            c_miss, c_alarm = float(miss.value), float(alarm.value)
            at_half = total_cost(P, Y, 0.5, c_miss, c_alarm)
            limit = next(v for v in _ROUND if v >= 2.5 * at_half.max())
            if limit != top[0]:
                top[0] = limit
                ax.set_ylim(-0.02 * limit, limit)
                fig.refresh()
            for line, (at, missed, alarms) in zip(lines, mistakes, strict=True):
                cost = c_miss * missed + c_alarm * alarms
                line.set_data(_place(np.append(0, at)), np.append(cost[0], cost))
            chosen = np.asarray(choose(P, Y, c_miss, c_alarm), dtype=float)
            here = total_cost(P, Y, chosen, c_miss, c_alarm)
            for k in range(3):
                points[k].set_data([_place(chosen[k])], [here[k]])
                halves[k].set_data([0], [at_half[k]])
            share = c_alarm / (c_alarm + c_miss)
            ideal.set_data([_place(share)] * 2, [0, limit])
            new = [
                total_cost(seen.P_new, seen.Y_new, t, c_miss, c_alarm).sum() for t in (chosen, 0.5)
            ]
            costs = (here.sum(), at_half.sum(), *new)
            for bar, value, cost in zip(bars, values, costs, strict=True):
                bar.set_width(cost / max(costs))
                value.set(x=cost / max(costs) + 0.03, text=f"{cost:.0f}")
            names = ", ".join(f"{n} {t:.2f}" for n, t in zip(SHAPES, chosen, strict=True))
            return (
                f"A miss costs {miss.value}, a false alarm {alarm.value}. Chosen: {names}; total "
                f"cost {here.sum():.0f}, with 0.5 everywhere (rings) {at_half.sum():.0f}. On 400 "
                f"new scenes these thresholds cost {new[0]:.0f}, and 0.5 costs {new[1]:.0f}. The "
                f"fine dotted line is at {alarm.value}/({alarm.value} + {miss.value}) = "
                f"{share:.2f}.{told}"
            )

    return fig


_ROUND = [m * 10.0**e for e in range(8) for m in (1, 1.5, 2, 3, 5, 7)]


def trade_off(choose_thresholds=None, training=None):
    """Misses against false alarms for every threshold of a label, and a line of equal cost."""
    seen = training or stand_in_training()
    P, Y = seen.P, seen.Y
    curves = [reference.threshold_mistakes(p, y) for p, y in zip(P.T, Y.T, strict=True)]
    with kit.Figure("Misses against false alarms", 680, 360) as fig:
        label = fig.choice("shape", {name: k for k, name in enumerate(SHAPES)})
        slider = fig.slider("threshold", 0.0, 1.0, 0.5, 0.01)
        miss = fig.slider("a miss costs", 1, 20, 5)
        alarm = fig.slider("a false alarm costs", 1, 20, 1)
        ax = fig.axes(xlabel="false alarms", ylabel="misses", xlim=(-1, 81), ylim=(-1, 61))
        all_of_them = [ax.plot([], [], color=kit.INK, linewidth=0.8, alpha=0.5)[0] for _ in SHAPES]
        for line, (_, missed, alarms) in zip(all_of_them, curves, strict=True):
            line.set_data(alarms, missed)
        (curve,) = ax.plot([], [], color=kit.BLUE, label="every threshold of this shape")
        (equal,) = ax.plot([], [], "--", color=kit.OCHRE, label="as expensive as yours")
        (now,) = ax.plot([], [], "o", color=kit.VERMILLION, markersize=10, label="the slider")
        (best,) = ax.plot([], [], "^", color=kit.GREEN, markersize=11, label="choose_thresholds")
        ax.legend(loc="upper right")
        fig.live(curve, equal, best, now)
        choose = fig.own(choose_thresholds, "choose_thresholds", reference.choose_thresholds)

        @fig.on_change
        def update():
            k = label.value
            c_miss, c_alarm = float(miss.value), float(alarm.value)
            _, missed, alarms = curves[k]
            curve.set_data(alarms, missed)
            chosen = float(np.asarray(choose(P, Y, c_miss, c_alarm), dtype=float)[k])
            spots = []
            for threshold, mark in ((slider.value, now), (chosen, best)):
                said = P[:, k] >= threshold
                spots.append((np.sum(said & (Y[:, k] == 0)), np.sum(~said & (Y[:, k] == 1))))
                mark.set_data([spots[-1][0]], [spots[-1][1]])
            costs = [c_miss * y + c_alarm * x for x, y in spots]
            ends = np.array([-1.0, 81.0])
            equal.set_data(ends, (costs[0] - c_alarm * ends) / c_miss)
            return (
                f"{SHAPES[k].capitalize()}, threshold {slider.value:.2f}: {spots[0][1]} misses and "
                f"{spots[0][0]} false alarms cost {costs[0]:.0f}; every point on the dashed line "
                f"costs as much. choose_thresholds takes {chosen:.2f}: {spots[1][1]} misses, "
                f"{spots[1][0]} false alarms, cost {costs[1]:.0f}. Thin lines: the other shapes."
            )

    return fig


def reliability(training=None, bins=8):
    """Of the answers said with a probability near p, how many are right? p against that share."""
    seen = training or stand_in_training()
    p, y = np.ravel([seen.P, seen.P_new]), np.ravel([seen.Y, seen.Y_new])
    inside = np.clip(p, 1e-9, 1 - 1e-9)
    z = np.log(inside) - np.log1p(-inside)
    edges = np.linspace(0, 1, bins + 1)
    with kit.Figure("Can the probabilities be believed?", 480, 400) as fig:
        soften = fig.slider("divide the logits by", 0.5, 4.0, 1.0, 0.1, ".1f")
        ax = fig.axes(xlabel="probability said", ylabel="share really present", aspect="equal",
                      xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))  # fmt: skip
        ax.plot([0, 1], [0, 1], ":", color=kit.INK)
        ax.text(0.3, 0.36, "as said", rotation=45, ha="center", va="center", color=kit.INK)
        (line,) = ax.plot([], [], "-", color=kit.BLUE, linewidth=1.2)
        dots = [ax.plot([], [], "o", color=kit.BLUE)[0] for _ in range(bins)]
        fig.live(line, *dots)

        @fig.on_change
        def update():
            said = reference.sigmoid(z / soften.value)
            place = np.clip(np.digitize(said, edges) - 1, 0, bins - 1)
            points = []
            for k, dot in enumerate(dots):
                here = place == k
                dot.set_visible(bool(here.any()))
                if here.any():
                    points.append((said[here].mean(), y[here].mean()))
                    dot.set_data([points[-1][0]], [points[-1][1]])
                    dot.set_markersize(3 + 14 * np.sqrt(here.mean()))
            line.set_data(*np.transpose(points))
            sure = np.mean(np.maximum(said, 1 - said))
            right = np.mean((said >= 0.5) == y)
            loss = reference.multilabel_loss(z[:, None] / soften.value, y[:, None])
            return (
                f"{len(y):,} answers about scenes not learned from; larger dots stand for more of "
                f"them. On average an answer is given with {100 * sure:.1f}% and "
                f"{100 * right:.1f}% are right. Loss {loss:.3f}."
            )

    return fig
