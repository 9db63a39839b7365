"""What the network reads: page by page, the surest mistakes, and the confusion matrix."""

import numpy as np
from matplotlib.patches import Rectangle

from utils import reference
from utils.figures import kit


def an(digit):
    """A digit with its article: a 7, an 8."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def ink_axes(ax):
    """Dark ink on white paper, as it was scanned, whatever the page around it."""
    ax.set_axis_off()
    return kit.tiles(ax, np.zeros((8, 8)))


def readings(training, read_digits=None):
    """Validation digits, ten a page, with the class read and its confidence."""
    X, y = training.X_val, training.y_val
    with kit.Figure("What the network reads", 640, 370, least=540) as fig:
        order = fig.choice("show", ["as they come", "the least sure first", "only mistakes"])
        page = fig.slider("page", 1, -(-len(y) // 10), 1)
        fig.canvas.get_layout_engine().set(rect=(0, 0.08, 1, 0.92))  # room for the last line
        cells = fig.axes(2, 5, xticks=[], yticks=[])
        pictures = [ink_axes(ax) for ax in cells]
        names = [ax.text(3.5, 8.0, "", ha="center", va="top", linespacing=1.3) for ax in cells]
        fig.live(*pictures, *names)
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        classes, confidence = own(training.model, X)
        wrong = np.flatnonzero(classes != y)
        orders = {
            "as they come": np.arange(len(y)),
            "the least sure first": np.argsort(confidence),
            "only mistakes": wrong,
        }

        def turn_back(_):
            with fig.hold():
                page.value, page.max = 1, max(1, -(-len(orders[order.value]) // 10))

        order.observe(turn_back, "value")

        @fig.on_change
        def update():
            rows = orders[order.value]
            first = 10 * (page.value - 1)
            chosen, said = rows[first : first + 10], []
            for place, (picture, name) in enumerate(zip(pictures, names, strict=True)):
                shown = place < len(chosen)
                picture.set_data(X[chosen[place]].reshape(8, 8) if shown else np.zeros((8, 8)))
                name.set_text("")
                if shown:
                    i = chosen[place]
                    read, right = int(classes[i]), classes[i] == y[i]
                    mark = "" if right else f"\nwrong: it is {y[i]}"
                    name.set_text(f"{read}  ({confidence[i]:.2f}){mark}")
                    name.set_color(kit.INK if right else kit.VERMILLION)
                    said.append(f"{y[i]} as {read} ({confidence[i]:.2f})")
            listed = ", ".join(said) or "none"
            return f"Read: {listed}. {len(wrong)} of {len(y)} validation digits are read wrongly."

    return fig


def mistakes(training, worst_mistakes=None, read_digits=None):
    """The ten surest mistakes, each with the digit it is and the digit that was read."""
    X, y = training.X_val, training.y_val
    with kit.Figure("The surest mistakes", 640, 320, least=540) as fig:
        cells = fig.axes(2, 5)
        read = fig.own(read_digits, "read_digits", reference.read_digits)
        worst = fig.own(worst_mistakes, "worst_mistakes", reference.worst_mistakes)
        classes, confidence = read(training.model, X)
        rows = np.asarray(worst(training.model, X, y, len(cells))).astype(int)
        pictures = [ink_axes(ax) for ax in cells]
        for place, (ax, picture) in enumerate(zip(cells, pictures, strict=True)):
            picture.set_visible(place < len(rows))
            if place < len(rows):
                i = rows[place]
                picture.set_data(X[i].reshape(8, 8))
                words = f"{an(y[i])}, read as {int(classes[i])}\nconfidence {confidence[i]:.2f}"
                ax.text(3.5, 8.0, words, ha="center", va="top", fontsize=9.5)

        @fig.on_change
        def update():
            said = [f"{y[i]} as {int(classes[i])} ({confidence[i]:.2f})" for i in rows]
            return f"Read with the most confidence, and wrongly: {', '.join(said) or 'none'}."

    return fig


def confusion(training, read_digits=None, confusion_matrix=None):
    """The confusion matrix; choose a cell to see the images behind it."""
    X, y = training.X_val, training.y_val
    with kit.Figure("Which digit is read as which", 700, 360, least=560) as fig:
        own = fig.own(read_digits, "read_digits", reference.read_digits)
        classes, confidence = own(training.model, X)
        table = fig.own(confusion_matrix, "confusion_matrix", reference.confusion_matrix)
        M = np.asarray(table(y, np.asarray(classes).astype(int), 10))
        mistakes = np.argwhere((M > 0) & ~np.eye(10, dtype=bool))
        largest = mistakes[np.argsort(-M[tuple(mistakes.T)], kind="stable")]
        first = largest[0].tolist() if len(largest) else [8, 8]
        true = fig.slider("true digit", 0, 9, first[0])
        read = fig.slider("read as", 0, 9, first[1])
        left, *cells = _matrix_axes(fig)
        left.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="true digit")
        shade = np.where(np.eye(10, dtype=bool), 0.0, np.minimum(M, 4) / 4)
        left.imshow(shade, cmap="Oranges", vmin=0, vmax=1.6, alpha=np.where(shade > 0, 1.0, 0.0))
        for (i, j), count in np.ndenumerate(M):
            if count:
                colour = kit.INK if i == j else "#202020"
                left.text(j, i, f"{count:g}", ha="center", va="center", color=colour, fontsize=9)
        frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=kit.BLUE, linewidth=2.5)
        left.add_patch(frame)
        pictures = [ink_axes(ax) for ax in cells]
        names = [ax.text(3.5, 8.0, "", ha="center", va="top", fontsize=9) for ax in cells]
        fig.live(frame, *pictures, *names)

        def jump():
            if len(largest):
                now = [true.value, read.value]
                places = largest.tolist()
                number = places.index(now) + 1 if now in places else 0
                true.value, read.value = places[number % len(places)]

        fig.button("Next mistake", jump)

        def choose(column, row):
            kit.put(read, round(column))
            kit.put(true, round(row))

        fig.handle(
            "cell", left, lambda: (read.value, true.value), choose, anywhere=True,
            keys=lambda right, up: choose(read.value + right, true.value - up),
            says=lambda j, i: f"{an(i)} read as {j}: {int(M[i, j])}",
        )  # fmt: skip

        @fig.on_change
        def update():
            i, j = true.value, read.value
            frame.set_xy((j - 0.5, i - 0.5))
            rows = np.flatnonzero((y == i) & (classes == j))
            rows = rows[np.argsort(-np.asarray(confidence)[rows])]
            for place, (picture, name) in enumerate(zip(pictures, names, strict=True)):
                shown = place < len(rows)
                picture.set_visible(shown)
                name.set_text(f"{confidence[rows[place]]:.2f}" if shown else "")
                if shown:
                    picture.set_data(X[rows[place]].reshape(8, 8))
            more = f"; the {len(cells)} surest are shown" if len(rows) > len(cells) else ""
            times = {0: "Never", 1: "Once", 2: "Twice"}.get(int(M[i, j]), f"{M[i, j]:g} times")
            total = int(np.trace(M))
            return (
                f"{times} {an(i)} was read as {j}{more}. Under each image: the confidence. "
                f"On the diagonal stand {total} of {len(y)} digits."
            )

    return fig


def counted(confusion_matrix=None, y=(0, 1), yhat=(0, 1), n_classes=2):
    """The confusion matrix of a few labels, pair by pair, beside the learner's own."""
    y, yhat = (np.asarray(each, int) for each in (y, yhat))
    right = np.asarray(reference.confusion_matrix(y, yhat, n_classes))
    with kit.Figure("Every pair adds 1 to one cell", 640, 330) as fig:
        pair = fig.slider("pairs counted", 0, len(y), len(y))
        own = fig.own(confusion_matrix, "confusion_matrix", reference.confusion_matrix)
        mine = np.asarray(own(y, yhat, n_classes))
        cells = fig.axes(1, 2, xticks=range(n_classes), yticks=range(n_classes), xlabel="read as")
        cells[0].set(title="counted one by one", ylabel="true class")
        cells[1].set(title="yours, all of them")
        for ax in cells:
            ax.set(xlim=(-0.5, n_classes - 0.5), ylim=(n_classes - 0.5, -0.5), aspect="equal")
        numbers = {
            (i, j): cells[0].text(j, i, "", ha="center", va="center")
            for i, j in np.ndindex(right.shape)
        }
        for (i, j), count in np.ndenumerate(mine):
            off = count != right[i, j]
            cells[1].text(j, i, f"{count:g}", ha="center", va="center",
                          color=kit.VERMILLION if off else kit.INK)  # fmt: skip
            if off:
                cells[1].add_patch(Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, fill=False,
                                             edgecolor=kit.VERMILLION, linewidth=2))  # fmt: skip
        frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=kit.BLUE, linewidth=2.5)
        cells[0].add_patch(frame)
        fig.live(frame, *numbers.values())

        @fig.on_change
        def update():
            so_far = reference.confusion_matrix(y[: pair.value], yhat[: pair.value], n_classes)
            for place, text in numbers.items():
                text.set_text(f"{so_far[place]:g}")
            k = pair.value - 1
            frame.set_visible(k >= 0)
            if k < 0:
                return "Nothing is counted yet."
            frame.set_xy((yhat[k] - 0.5, y[k] - 0.5))
            wrong = int(np.sum(mine != right))
            return (
                f"Pair {pair.value}: {an(y[k])} read as {yhat[k]} adds 1 in row {y[k]}, column "
                f"{yhat[k]}. In your matrix {wrong or 'no'} cell{'s' * (wrong != 1)} differ"
                f"{'s' * (wrong == 1)} from the count of all."
            )

    return fig


def _matrix_axes(fig):
    """One large axes on the left and a block of 12 small ones on the right."""
    grid = fig.canvas.add_gridspec(3, 8)
    large = fig.canvas.add_subplot(grid[:, :4])
    return [
        large,
        *(fig.canvas.add_subplot(grid[row, 4 + col]) for row in range(3) for col in range(4)),
    ]
