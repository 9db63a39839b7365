"""Figures of one input of lab 05, which "Show me" draws: tables of labels, and costs."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import reference
from utils.figures import kit
from utils.figures.multilabel.thresholds import total_cost


def summed(targets=((0, 1), (1, 0)), got=None):
    """A table of targets, and beside each row the sum that tells its kind."""
    targets = np.asarray(targets, float)
    sums = targets.sum(axis=1)
    odd = ~np.isin(targets, (0, 1))
    with kit.Figure("The rows of the table", *_size(targets)) as fig:
        ax = _grid(fig, targets, odd)
        for row, total in enumerate(sums):
            off = total != 1 or odd[row].any()
            ax.text(targets.shape[1] + 0.1, row, f"sum {total:g}", ha="center", va="center",
                    color=kit.VERMILLION if off else kit.GREEN, weight="bold")  # fmt: skip
        ax.set_xlim(-0.6, targets.shape[1] + 0.8)
        count = int(np.sum(sums == 1))
        what = f"{int(odd.sum())} entries are neither 0 nor 1; " if odd.any() else ""
        fig.on_change(
            lambda: (
                f"{count} of {len(targets)} rows add up to 1; {what}yours says "
                f"{got if isinstance(got, str) else 'no name'}."
            )
        )
    return fig


def compared(P=((0.5,),), thresholds=(0.5,), got=None):
    """Each probability with its label by the threshold of its column, and the learner's."""
    P, thresholds = np.asarray(P, float), np.asarray(thresholds, float)
    right = np.asarray(reference.predict_labels(P, thresholds))
    mine = _like(got, right)
    wrong = mine != right if mine is not None else np.zeros(P.shape, bool)
    with kit.Figure("Probabilities and their thresholds", *_size(P)) as fig:
        ax = _grid(fig, P, wrong, shade=right, below=None if mine is None else mine)
        for column, threshold in enumerate(thresholds):
            ax.text(column, -0.85, f"\u2265 {threshold:g}", ha="center", va="center",
                    color=kit.BLUE)  # fmt: skip
        ax.set_ylim(len(P) - 0.4, -1.3)
        if mine is None:
            fig.note("predict_labels did not return a label for each probability")
        fig.on_change(
            lambda: (
                "Above each column its threshold; shaded is what reaches it. Below each "
                f"probability your label; {int(wrong.sum())} of {P.size} are wrong."
            )
        )
    return fig


def matched(Y=((1,),), Yhat=((1,),), got=None):
    """True labels beside predicted ones: which entries and which rows are right."""
    Y, Yhat = np.asarray(Y, float), np.asarray(Yhat, float)
    off = Yhat != Y
    with kit.Figure("True labels and predicted ones", *_size(Y)) as fig:
        ax = _grid(fig, Y, off, below=Yhat)
        for row, right in enumerate(~off.any(axis=1)):
            ax.text(Y.shape[1] + 0.1, row, "right" if right else "wrong", ha="center", va="center",
                    color=kit.GREEN if right else kit.VERMILLION, weight="bold")  # fmt: skip
        ax.set_xlim(-0.6, Y.shape[1] + 0.8)
        said = f"{got:.4g}" if isinstance(got, int | float) else "no number"
        fig.on_change(
            lambda: (
                f"Upper number: the true label; lower one: the predicted. {int((~off).sum())} of "
                f"{Y.size} labels are right, and {int(np.sum(~off.any(axis=1)))} of {len(Y)} rows "
                f"completely. Yours says {said}."
            )
        )
    return fig


def priced(P=((0.5,),), Y=((1,),), miss_cost=1, false_alarm_cost=1, got=None):
    """The total cost of every candidate of a label, the right choice and the learner's."""
    P, Y = np.asarray(P, float), np.asarray(Y)
    right = np.asarray(reference.choose_thresholds(P, Y, miss_cost, false_alarm_cost))
    mine = _like(got, right)
    off = np.abs(mine - right) > 1e-9 if mine is not None else np.zeros(len(right), bool)
    with kit.Figure("The cost of every candidate", 560, 300) as fig:
        label = fig.slider("label", 0, P.shape[1] - 1, int(np.argmax(off)))
        ax = fig.axes(xlabel="threshold", ylabel="total cost", xlim=(-0.03, 1.06))
        if mine is None:
            fig.note("choose_thresholds did not return a threshold for each label")
        curves = []
        for p, y in zip(P.T, Y.T, strict=True):
            candidates, misses, alarms = reference.threshold_mistakes(p, y)
            curves.append((candidates, miss_cost * misses + false_alarm_cost * alarms))
        ax.set_ylim(-0.5, 1.12 * max(costs.max() for _, costs in curves) + 0.5)
        (dots,) = ax.plot([], [], "o", color=kit.INK, label="candidates")
        (best,) = ax.plot([], [], "s", color=kit.GREEN, fillstyle="none", markersize=14,
                          label="lowest, highest on ties")  # fmt: skip
        (chosen,) = ax.plot([], [], "D", color=kit.VERMILLION, markersize=6, label="yours")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        fig.live(dots, best, chosen)

        @fig.on_change
        def update():
            k = label.value
            candidates, costs = curves[k]
            dots.set_data(candidates, costs)
            lowest = costs.min()
            best.set_data([right[k]], [lowest])
            told = f"Label {k}: the lowest cost is {lowest:g}, at {right[k]:.4g}."
            if mine is None or not np.isfinite(mine[k]):
                chosen.set_data([], [])
                return told
            own = total_cost(P[:, k], Y[:, k], mine[k], miss_cost, false_alarm_cost)
            chosen.set_data([mine[k]], [own])
            return f"{told} Yours is {mine[k]:.4g}, which costs {own:g}."

    return fig


def _like(got, right):
    """What came back as an array like the right one, None where it is not."""
    try:
        mine = np.asarray(got, float)
    except (TypeError, ValueError):
        return None
    return mine if mine.shape == right.shape else None


def _size(table):
    rows, columns = table.shape
    return 170 + 75 * columns, 60 + 52 * rows


def _grid(fig, numbers, marked, shade=None, below=None):
    """A table of cells, each with its number and perhaps another one below it; some are marked."""
    rows, columns = numbers.shape
    ax = fig.axes(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6))
    ax.set_axis_off()
    for (i, j), number in np.ndenumerate(numbers):
        place = (j - 0.44, i - 0.44), 0.88, 0.88
        if shade is not None and shade[i, j]:
            ax.add_patch(Rectangle(*place, facecolor=kit.BLUE, alpha=0.25))
        edge, width = (kit.VERMILLION, 3) if marked[i, j] else (kit.INK, 1)
        ax.add_patch(Rectangle(*place, fill=False, edgecolor=edge, linewidth=width))
        up = 0 if below is None else 0.18
        ax.text(j, i - up, f"{number:g}", ha="center", va="center")
        if below is not None:
            ax.text(j, i + 0.2, f"{below[i, j]:g}", ha="center", va="center", weight="bold",
                    color=kit.VERMILLION if marked[i, j] else kit.INK)  # fmt: skip
    return ax
