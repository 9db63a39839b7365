"""Figures of one input of lab 08, which "Show me" draws: rows, logits, mistakes, training."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import reference
from utils.engine.judging.digits import ALLOWED, cost, logits, share
from utils.figures import kit
from utils.figures.digits.reading import an, ink_axes
from utils.figures.own import TRAINING, Tried, tried

_A_LINE = 20  # rows that are drawn beside one another
_SHADES = (kit.BLUE, kit.OCHRE, kit.PURPLE, kit.GREEN, kit.SLATE, kit.VERMILLION)


def dealt(shuffle_split=None, X=None, y=None, test_size=1, seed=0):
    """The rows of a split, each as a tile of the colour of its label: given, training, test."""
    split = Tried(shuffle_split or reference.shuffle_split, "shuffle_split")
    (parts, problem), (again, _), (other, _) = (
        split(X.copy(), y.copy(), test_size, s) for s in (seed, seed, seed + 1)
    )
    with kit.Figure("Where each row goes", 760, 330) as fig:
        ax = fig.axes(xticks=[], yticks=[])
        ax.set_axis_off()
        top, ticks, said = 0, [], []
        parts = _four(parts)
        if problem or parts is None:
            fig.note(
                problem or "shuffle_split did not return four arrays with a label for each row"
            )
        in_both = set()
        if parts:
            in_both = set(_numbers(X, parts[0])) & set(_numbers(X, parts[1]))
        for name, rows, labels in _strips(X, y, seed, parts, _four(again), _four(other)):
            numbers = _numbers(X, rows)
            bad = np.array([n in in_both for n in numbers]) & (name in ("training", "test"))
            bad |= y[numbers] != labels
            for k, (number, label) in enumerate(zip(numbers, labels, strict=True)):
                _tile(ax, k % _A_LINE, -top - k // _A_LINE, number, label, bad[k])
            ticks.append((-top - ((len(rows) - 1) // _A_LINE) / 2, name))
            top += 1.45 + (max(len(rows), 1) - 1) // _A_LINE
            if name in ("training", "test"):
                said.append(f"{name}: {len(rows)} rows, {int(bad.sum())} of them marked")
        for height, name in ticks:
            ax.text(-0.8, height, name, ha="right", va="center")
        ax.set(xlim=(-4.6, _A_LINE - 0.4), ylim=(-top + 0.6, 0.6))
        told = "; ".join(said) or "no parts came back"
        fig.on_change(
            lambda: (
                f"Number: the row it was; colour and hatch: the label it has. {told}. Marked is "
                "what has the label of another row, or is in both parts."
            )
        )
    return fig


def _four(parts):
    """The four arrays of a split that can be drawn, None if these are not."""
    try:
        X_train, X_test, y_train, y_test = map(np.asarray, parts)
        fits = X_train.ndim == X_test.ndim == 2 and X_train.shape[1] == X_test.shape[1]
        fits &= (len(X_train), len(X_test)) == (len(y_train), len(y_test))
        fits &= y_train.ndim == y_test.ndim == 1 and len(X_train) + len(X_test) <= 80
    except (TypeError, ValueError):
        return None
    return (X_train, X_test, y_train, y_test) if fits else None


def _strips(X, y, seed, parts, again, other):
    yield "given", X, y
    if parts:
        yield "training", parts[0], parts[2]
        yield "test", parts[1], parts[3]
    for name, each in (("test, same seed", again), (f"test, seed {seed + 1}", other)):
        if each:
            yield name, each[1], each[3]


def _numbers(X, rows):
    """The numbers that rows have in X: of each the nearest."""
    if rows.shape[1:] != X.shape[1:] or not len(rows):
        return np.zeros(len(rows), int)
    return np.abs(rows[:, None, :].astype(float) - X[None]).max(axis=2).argmin(axis=1)


def _tile(ax, x, height, number, label, marked):
    k = int(label) % len(_SHADES)
    place = (x - 0.42, height - 0.36), 0.84, 0.72
    edge = (kit.VERMILLION, 3) if marked else (kit.INK, 1)
    ax.add_patch(Rectangle(*place, facecolor=_SHADES[k], alpha=0.25, hatch=kit.HATCHES[k]))
    ax.add_patch(Rectangle(*place, fill=False, edgecolor=edge[0], linewidth=edge[1]))
    ax.text(x, height, f"{number}", ha="center", va="center", fontsize=9)


def read_off(weights=None, X=None, got=None):
    """Of each image the logits, their softmax, and what the learner's function says."""
    Z = logits(weights, X)
    P = reference.softmax(Z)
    classes, confidence = _two(got, len(X))
    right = P.argmax(axis=1), P.max(axis=1)
    off = np.zeros(len(X))
    if classes is not None:
        off = 2.0 * (classes != right[0]) + np.abs(confidence - right[1])
    with kit.Figure("From logits to a class and a confidence", 660, 300) as fig:
        image = fig.slider("image", 0, len(X) - 1, int(np.argmax(off)))
        if classes is None:
            fig.note("read_digits did not return a class and a confidence for each image")
        ticks = range(Z.shape[1])
        left, bars = fig.axes(1, 2, xticks=ticks, xlabel="class")
        left.set(ylabel="logit", ylim=(min(Z.min(), 0) - 0.5, Z.max() + 0.5))
        bars.set(ylabel="probability", ylim=(0, 1.18))
        left.axhline(0, color=kit.INK, linewidth=0.8)
        scores = left.bar(ticks, Z[0], color=kit.BLUE)
        shares = bars.bar(ticks, P[0], color=kit.BLUE)
        (best,) = bars.plot([], [], "o", color=kit.GREEN, fillstyle="none", markersize=13,
                            label="right")  # fmt: skip
        (mine,) = bars.plot([], [], "D", color=kit.VERMILLION, markersize=7, label="yours")
        bars.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        fig.live(scores, shares, best, mine)

        @fig.on_change
        def update():
            i = image.value
            for bar, height in [*zip(scores, Z[i], strict=True), *zip(shares, P[i], strict=True)]:
                bar.set_height(height)
            best.set_data([right[0][i]], [right[1][i]])
            told = f"The largest logit is of class {right[0][i]}, its softmax is {right[1][i]:.3f}."
            if classes is None:
                return told
            mine.set_data([classes[i]], [np.clip(confidence[i], 0.0, 1.1)])
            return f"{told} Yours: class {classes[i]:g}, confidence {confidence[i]:.3f}."

    return fig


def _two(got, m):
    """Classes and confidence as arrays of `m` numbers, or None and None."""
    try:
        both = [np.asarray(each, float) for each in got]
    except (TypeError, ValueError):
        return None, None
    if [each.shape for each in both] != [(m,)] * 2 or not np.isfinite(both).all():
        return None, None
    return both


def ranked(weights=None, X=None, y=None, k=1, got=None):
    """Every image by its confidence: which are read wrongly, the right order and the learner's."""
    P = reference.softmax(logits(weights, X))
    read, confidence = P.argmax(axis=1), P.max(axis=1)
    wrong = np.flatnonzero(read != y)
    best = wrong[np.argsort(-confidence[wrong])][:k].tolist()
    try:
        mine = [int(row) for row in got]
    except (TypeError, ValueError):
        mine = None
    with kit.Figure("The surest mistakes of the check", 620, 60 + 22 * len(X)) as fig:
        ax = fig.axes(
            xlabel="confidence", ylabel="row", yticks=range(len(X)), ylim=(len(X) - 0.4, -1.6),
            xlim=(confidence.min() - 0.05, 1.02),
        )  # fmt: skip
        for rows, marker, colour, name in (
            (np.flatnonzero(read == y), "o", kit.INK, "read correctly"),
            (wrong, "s", kit.VERMILLION, "read wrongly"),
        ):
            ax.plot(confidence[rows], rows, marker, color=colour, label=name)
        for column, order, colour, name in (
            (1.06, best, kit.GREEN, "right"), (1.17, mine or [], kit.PURPLE, "yours"),
        ):  # fmt: skip
            across = ax.get_yaxis_transform()
            ax.text(column, -1.1, name, transform=across, ha="center", color=colour)
            for place, row in enumerate(order, 1):
                if 0 <= row < len(X):
                    ax.text(column, row, f"{place}.", transform=across, ha="center", va="center",
                            color=colour, weight="bold")  # fmt: skip
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
        if mine is None:
            fig.note("worst_mistakes did not return row numbers")
        said = "none that can be read" if mine is None else ", ".join(map(str, mine)) or "none"
        fig.on_change(
            lambda: (
                f"{len(wrong)} of {len(X)} images are read wrongly. The {k} surest of them: rows "
                f"{', '.join(map(str, best)) or 'none'}. Yours: {said}."
            )
        )
    return fig


def practised(before=None, after=None, X=None, y=None, used=0):
    """What a network reads before and after the learner's training, and the images that took."""
    first = [int(np.flatnonzero(y == digit)[0]) for digit in np.unique(y)[:10]]
    told = [logits(weights, X[first]).argmax(axis=1) for weights in (before, after)]
    shares = [share(weights, X, y) for weights in (before, after)]
    costs = [cost(weights, X, y) for weights in (before, after)]
    allowed = ALLOWED * len(X)
    with kit.Figure("What your training did", 720, 300, least=540) as fig:
        grid = fig.canvas.add_gridspec(2, 8)
        for k, i in enumerate(first):
            ax = fig.canvas.add_subplot(grid[k // 5, k % 5])
            ink_axes(ax).set_data(X[i].reshape(8, 8))
            ax.text(3.5, 8.0, f"{an(y[i])}: {told[0][k]} → {told[1][k]}", ha="center", va="top",
                    color=kit.INK if told[1][k] == y[i] else kit.VERMILLION)  # fmt: skip
        ax = fig.canvas.add_subplot(grid[:, 5:])
        colour = kit.VERMILLION if used > allowed or not used else kit.BLUE
        ax.bar([0], [used], color=colour, hatch="//")
        ax.axhline(allowed, color=kit.INK, linestyle="--")
        ax.set(xticks=[0], xticklabels=["images used"], xlim=(-1, 1), title=f"allowed: {allowed:,}",
               ylim=(0, 1.2 * max(used, allowed)))  # fmt: skip
        fig.on_change(
            lambda: (
                f"Read correctly: {shares[0]:.0%} of the images given before, {shares[1]:.0%} "
                f"after. Cost: {costs[0]:.3f} before, {costs[1]:.3f} after. Images used: "
                f"{used:,} of at most {allowed:,}. Under each image what was read, then and now."
            )
        )
    return fig


def first_steps(train_numpy_network=None, X=None, y=None, hidden=8, steps=1, alpha=0.01, seed=0):
    """The first step of each output's bias, in units of the rate, and the cost after more steps."""
    own = tried(train_numpy_network, "train_numpy_network", TRAINING)
    lengths = [n for n in (1, 3, 10, 30, 100, 300) if n < max(steps, 30)] + [max(steps, 30)]
    problems = []

    def curve(train):
        found = []
        for n in lengths:
            weights, problem = train(X.copy(), y.copy(), hidden, n, alpha, seed)
            try:
                found.append(cost(weights, X, y) if not problem else np.nan)
            except (TypeError, ValueError):
                found.append(np.nan)
                problem = "train_numpy_network did not return four arrays that fit"
            problems.append(problem)
        return found

    with kit.Figure("One step of Adam, and many", 720, 310) as fig:
        left, right = fig.axes(1, 2)
        for function, name, colour, marker in (
            (Tried(reference.train_numpy_network, ""), "right", kit.GREEN, "s"),
            (own, "yours", kit.VERMILLION, "D"),
        ):
            if function is None:
                continue
            moved = _moved(function, X, y, hidden, alpha, seed)
            hollow = "none" if name == "right" else "full"
            size = 11 if name == "right" else 6
            if moved is not None:
                left.plot(range(10), moved, marker, color=colour, label=name, fillstyle=hollow,
                          markersize=size)  # fmt: skip
            right.plot(lengths, curve(function), marker + "-", color=colour, label=name,
                       fillstyle=hollow, markersize=size)  # fmt: skip
        left.axhline(0, color=kit.INK, linewidth=0.8)
        left.set(xlabel="entry of b2", ylabel="first step / alpha", xticks=range(10))
        right.set(xlabel="steps", ylabel="cost", xscale="log")
        right.set_ylim(0, 1.08 * right.dataLim.y1)
        right.legend()
        note = next(filter(None, problems), "")
        if note:
            fig.note(note)
        said = (
            "not to be had"
            if own is None or moved is None
            else ", ".join(f"{x:.3g}" for x in moved)
        )
        fig.on_change(
            lambda: (
                "How far the first step moves each entry of b2, in units of alpha, for your "
                f"function: {said}. On the right: the cost of the images given after more steps."
            )
        )
    return fig


def _moved(train, X, y, hidden, alpha, seed):
    """How far one step moves b2, in units of the rate, from two steps of different rates."""
    ends = [train(X.copy(), y.copy(), hidden, 1, rate, seed)[0] for rate in (alpha, 3 * alpha)]
    try:
        moved = (np.asarray(ends[1][3], float) - np.asarray(ends[0][3], float)) / (2 * alpha)
    except (IndexError, TypeError, ValueError):
        return None
    return moved if moved.shape == (10,) and np.isfinite(moved).all() else None
