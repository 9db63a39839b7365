"""Experiments with the learner's NumPy network: its start, its seed, one change at a time."""

import functools
import warnings

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.curves import progress
from utils.figures.digits.in_numpy import read_correctly, trusted
from utils.figures.guess import draw_guess


@functools.cache
def parts(seed=1):
    """400 digits to learn from, 360 for validation, 360 for the test: three pairs (X, y)."""
    rest, X_test, y_rest, y_test = reference.shuffle_split(*data.digits(), 360, seed)
    X, X_val, y, y_val = reference.shuffle_split(rest, y_rest, 360, seed)
    return (X[:400], y[:400]), (X_val, y_val), (X_test, y_test)


def from_size(X, y, hidden, steps, alpha, seed, size):
    """`train_numpy_network` from weights `size` times standard normal. Source: scikit-learn."""
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(seed)
    model = MLPClassifier(
        (hidden,), alpha=0, batch_size=len(X), learning_rate_init=alpha, max_iter=1,
        random_state=seed, n_iter_no_change=steps + 1, warm_start=True,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that it could go on
        model.fit(X, y)
        for W in model.coefs_:
            W[...] = size * rng.normal(size=W.shape)
        for b in model.intercepts_:
            b[...] = 0
        model.max_iter = steps
        model.fit(X, y)
    (W1, W2), (b1, b2) = model.coefs_, model.intercepts_
    return W1, b1, W2, b2


SIZES = (0.0, 0.01, 0.03, 0.1, 0.18, 0.5, 1.0, 2.0, 5.0, 20.0)


def initialisation(train_with_size=None, guessed=None, hidden=32, alpha=0.02, seeds=3):
    """Validation accuracy against the size of the weights that training begins with.

    `guessed` is the share read correctly where all weights begin at 0.
    """
    (X, y), (X_val, y_val), _ = parts()
    kept = {}
    with kit.Figure("How large should the first weights be?", 700, 330) as fig:
        steps = fig.choice("steps of training", {"10": 10, "30": 30, "100": 100, "300": 300}, 100)
        ax = fig.axes(xlabel="size of the starting weights", ylabel="validation, read correctly")
        places = np.arange(len(SIZES))
        ax.set_xticks(places, [f"{size:g}" for size in SIZES])
        ax.set(xlim=(-0.5, len(SIZES) - 0.5), ylim=(0, 1.03))
        ax.axhline(0.1, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(len(SIZES) - 0.5, 0.1, "guessing", ha="right", va="bottom")
        (dots,) = ax.plot([], [], "o", color=kit.BLUE, alpha=0.7)
        (line,) = ax.plot([], [], color=kit.BLUE, linewidth=1.2)
        fig.live(dots, line)
        train = trusted(fig, train_with_size, "train_with_size", from_size, (0.1,))
        told = draw_guess(ax, guessed)

        def shares(count):
            if count not in kept:
                with progress(len(SIZES)) as step:
                    kept[count] = []
                    for size in SIZES:
                        with np.errstate(all="ignore"):
                            kept[count].append([
                                read_correctly(
                                    train(X.copy(), y.copy(), hidden, count, alpha, seed, size),
                                    X_val, y_val,
                                )
                                for seed in range(seeds)
                            ])  # fmt: skip
                        step()
            return np.array(kept[count])

        @fig.on_change
        def update():
            found = shares(steps.value)
            dots.set_data(np.repeat(places, seeds), found.ravel())
            line.set_data(places, found.mean(axis=1))
            by_size = ", ".join(
                f"{size:g}: {100 * share:.0f}%"
                for size, share in zip(SIZES, found.mean(axis=1), strict=True)
            )
            return (
                f"{hidden} hidden units, {steps.value} steps of Adam on 400 digits, mean of "
                f"{seeds} seeds. Size of the starting weights and share read correctly: {by_size}."
                f"{told}"
            )

    return fig


def winners_curse(train_numpy_network=None, hidden=32, steps=40, alpha=0.02, seeds=20):
    """Twenty networks that differ in their seed alone; the best of them opens the drawer."""
    kept = {}
    with kit.Figure("The best of twenty seeds", 640, 340) as fig:
        number = fig.slider("split", 1, 8, 1)
        opened = fig.toggle("open the drawer")
        ax = fig.axes(xlim=(-0.35, 1.35), ylabel="share read correctly")
        ax.set_xticks([0, 1], ["validation", "test"])
        lines = [
            ax.plot([], [], color=kit.SLATE, linewidth=0.8, alpha=0.6)[0] for _ in range(seeds)
        ]
        (dots,) = ax.plot([], [], "o", color=kit.SLATE, markersize=6, alpha=0.7)
        (others,) = ax.plot([], [], "s", color=kit.SLATE, markersize=6, alpha=0.7)
        (best,) = ax.plot([], [], "D-", color=kit.VERMILLION, markersize=9, linewidth=2.5)
        means = [ax.plot([], [], color=kit.BLUE, linewidth=3)[0] for _ in range(2)]
        fig.live(lines, dots, others, best, means)
        ax.set_ylim(0.88, 1.0)
        train = trusted(fig, train_numpy_network)

        def shares(split):
            """Validation and test accuracy of every seed, `(seeds, 2)`."""
            if split not in kept:
                (X, y), *held = parts(split)
                with progress(seeds) as step:
                    kept[split] = []
                    for seed in range(seeds):
                        weights = train(X.copy(), y.copy(), hidden, steps, alpha, seed)
                        kept[split].append([read_correctly(weights, *part) for part in held])
                        step()
            return np.array(kept[split])

        @fig.on_change
        def update():
            found = shares(number.value)
            seen = found if opened.value else found[:, :1]
            winner = int(np.argmax(found[:, 0]))
            for line, row in zip(lines, seen, strict=True):
                line.set_data(range(len(row)), row)
            dots.set_data(np.zeros(seeds), found[:, 0])
            others.set_data(np.ones(seeds), found[:, 1])
            others.set_visible(opened.value)
            best.set_data(range(seen.shape[1]), seen[winner])
            for k, mean in enumerate(means):
                mean.set_data([k - 0.12, k + 0.12], [found[:, k].mean()] * 2)
                mean.set_visible(k == 0 or opened.value)
            start = (
                f"Split {number.value}: the best of {seeds} seeds reads "
                f"{100 * found[winner, 0]:.1f}% of the validation digits, the mean is "
                f"{100 * found[:, 0].mean():.1f}%."
            )
            if not opened.value:
                return f"{start} The drawer is closed."
            falls = [np.subtract(*rows[np.argmax(rows[:, 0])]) - np.mean(rows[:, 0] - rows[:, 1])
                     for rows in map(np.array, kept.values())]  # fmt: skip
            return (
                f"{start} On the test it reads {100 * found[winner, 1]:.1f}%, where the mean of "
                f"all is {100 * found[:, 1].mean():.1f}%. Over {len(falls)} splits so far the "
                f"winner loses {100 * np.mean(falls):.1f} points more than the others on the way."
            )

    return fig


def changes(train_numpy_network=None, tried=None, seeds=5):
    """A log of experiments: one change each, five seeds, mean and spread on the validation digits.

    `tried` maps a name to the settings that it changes: `hidden`, `steps`, `alpha`, `digits` (how
    many to learn from, at least 256).
    """
    settings = {"hidden": 32, "steps": 100, "alpha": 0.02, "digits": 400}
    tried = tried or {"as it was": {}, "half the rate": {"alpha": 0.01}}
    rows = list(tried)
    rest, _, y_rest, _ = reference.shuffle_split(*data.digits(), 360, 1)
    X, X_val, y, y_val = reference.shuffle_split(rest, y_rest, 360, 1)
    with kit.Figure("One change at a time", 680, 90 + 48 * len(rows)) as fig:
        ax = fig.axes(xlabel="validation digits read correctly", ylim=(-0.6, len(rows) - 0.4))
        ax.set_yticks(range(len(rows))[::-1], rows)
        train = trusted(fig, train_numpy_network)
        told, lowest = [], 1.0
        with progress(len(rows) * seeds) as step:
            for place, (name, change) in enumerate(tried.items()):
                unknown = set(change) - set(settings)
                if unknown:
                    fig.note(f"{name}: {', '.join(sorted(unknown))} is no setting; left out")
                now = settings | {k: v for k, v in change.items() if k in settings}
                m = int(np.clip(now["digits"], 256, len(y)))
                found = []
                for seed in range(seeds):
                    weights = train(
                        X[:m].copy(), y[:m].copy(), now["hidden"], now["steps"], now["alpha"], seed
                    )
                    found.append(read_correctly(weights, X_val, y_val))
                    step()
                height, mean, spread = len(rows) - 1 - place, np.mean(found), np.std(found, ddof=1)
                lowest = min(lowest, *found)
                colour, mark = kit.COLOURS[place % 6], kit.MARKERS[place % 6]
                ax.plot(found, [height] * seeds, mark, color=colour, alpha=0.6)
                ax.plot([mean] * 2, [height - 0.25, height + 0.25], color=kit.INK, linewidth=2)
                ax.plot([mean - spread, mean + spread], [height] * 2, color=kit.INK, linewidth=1.2)
                told.append(f"{name} {100 * mean:.1f} with a spread of {100 * spread:.1f}")
        ax.set_xlim(lowest - 0.02, 1.0)
        fig.text = f"Mean of {seeds} seeds, in percent: {'; '.join(told)}."
    return fig
