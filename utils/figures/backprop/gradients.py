"""Gradients under test: entry by entry, broken on purpose, and beside two witnesses."""

from functools import cache

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.backprop.passes import own_dict
from utils.figures.own import tried


def small_problem(m, seed=4):
    rng = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5, 3), (3,)]
    X, y = rng.normal(size=(m, 4)), rng.integers(0, 3, size=m)
    return X, y, [rng.normal(size=shape) * 0.8 for shape in shapes]


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def cost_of(X, y, shapes):
    """The mean cost of the network as a function of all its parameters in one vector."""
    from scipy.special import log_softmax

    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def cost(theta):
        W1, b1, W2, b2 = (
            part.reshape(shape)
            for part, shape in zip(np.split(theta, ends[:-1]), shapes, strict=True)
        )
        Z = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return -np.mean(log_softmax(Z, axis=1)[np.arange(len(y)), y])

    return cost


_BROKEN = {
    "as it is": lambda g, m: g,
    "rounded to float32": lambda g, m: [a.astype(np.float32).astype(float) for a in g],
    "one entry off by 1%": lambda g, m: [g[0] * (1 + 0.01 * (g[0] == g[0].max())), *g[1:]],
    "bias of layer 1 forgotten": lambda g, m: [g[0], 0 * g[1], *g[2:]],
    "layer 1 without 1/m": lambda g, m: [m * g[0], m * g[1], *g[2:]],
    "no 1/m at all": lambda g, m: [m * a for a in g],
    "twice too large": lambda g, m: [2 * a for a in g],
    "sign flipped": lambda g, m: [-a for a in g],
}


def broken_gradients(gradient_check=None, network_gradients=None):
    """The learner's check on gradients that are right, and on gradients broken on purpose."""
    with kit.Figure("What the check says about broken gradients", 680, 330) as fig:
        count = fig.slider("examples m", 1, 20, 6)
        ax = fig.axes(xscale="log", xlim=(1e-12, 30), xlabel="result of the check")
        places = np.arange(len(_BROKEN))[::-1]
        ax.set_yticks(places, list(_BROKEN))
        ax.axvline(1e-6, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(1e-6, len(_BROKEN) - 0.45, "1e-6", ha="center", va="bottom")
        ax.set_ylim(-0.6, len(_BROKEN) - 0.4)
        bars = ax.barh(places, np.ones(len(places)), left=1e-12, height=0.55, color="none")
        ends = [ax.text(1, p, "", va="center") for p in places]
        fig.live(*bars, *ends)
        check = fig.own(gradient_check, "gradient_check", reference.gradient_check)
        own = fig.own(
            network_gradients, "network_gradients", lambda *_: problem(count.value)["right"]
        )

        @cache
        def problem(m):
            X, y, parameters = small_problem(m)
            right = reference.network_gradients(X, y, *parameters)
            return {"given": (X, y, *parameters), "right": right, "costs": {}}

        @fig.on_change
        def update():
            X, y, *parameters = problem(count.value)["given"]
            gradients = own(X, y, *parameters)
            theta, known = flat(parameters), problem(count.value)["costs"]
            plain = cost_of(X, y, [p.shape for p in parameters])

            def cost(place):  # every broken gradient is measured at the same places
                key = np.asarray(place).tobytes()
                if key not in known:
                    known[key] = plain(place)
                return known[key]

            results = {}
            for (name, broken), bar, end in zip(_BROKEN.items(), bars, ends, strict=True):
                found = float(check(cost, flat(broken(gradients, count.value)), theta))
                results[name] = found
                fine = found < 1e-6
                bar.set_width(max(found, 1.2e-12) - 1e-12)
                bar.set(
                    edgecolor=kit.BLUE if fine else kit.VERMILLION, linewidth=1.5,
                    facecolor=(kit.BLUE if fine else kit.VERMILLION) + "70",
                    hatch="" if fine else "//",
                )  # fmt: skip
                end.set(
                    x=1.6 * max(found, 1.2e-12),
                    text=f"{found:.1e}" if found < 1e-3 else f"{found:.3f}",
                )
            words = ", ".join(f"{name} {value:.2g}" for name, value in results.items())
            return f"With {count.value} examples: {words}. Plain bars pass, hatched bars do not."

    return fig


def witnesses(network_gradients, X, y, parameters, by_tape):
    """How far formulas, finite differences and the tape lie apart, for each of the gradients."""
    names = ("dW1", "db1", "dW2", "db2")
    pairs = ("formulas and tape", "formulas and differences", "tape and differences")
    with kit.Figure("Three witnesses", 640, 300) as fig:
        own = fig.own(network_gradients, "network_gradients", reference.network_gradients)
        mine = own(X, y, *parameters)
        theta, shapes = flat(parameters), [p.shape for p in parameters]
        cost = cost_of(X, y, shapes)
        steps = 1e-5 * np.eye(len(theta))
        nudged = np.array([(cost(theta + s) - cost(theta - s)) / 2e-5 for s in steps])
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        nudged = [a.reshape(s) for a, s in zip(np.split(nudged, ends), shapes, strict=True)]
        ax = fig.axes(yscale="log", ylim=(1e-18, 10), ylabel="largest difference, relative")
        ax.set_xticks(range(4), names)
        ax.axhline(1e-6, color=kit.INK, linestyle=":", linewidth=1)
        ax.text(3.4, 1e-6, "1e-6", ha="right", va="bottom")
        ax.set_xlim(-0.5, 3.5)
        texts = []
        for k, (pair, a, b) in enumerate(
            zip(pairs, (mine, mine, by_tape), (by_tape, nudged, nudged), strict=True)
        ):
            apart = [
                max(float(np.max(np.abs(i - j)) / np.max(np.abs(j))), 1e-17)
                for i, j in zip(a, b, strict=True)
            ]
            ax.plot(
                np.arange(4) + 0.12 * (k - 1), apart, kit.MARKERS[k], color=kit.COLOURS[k],
                markersize=8, label=pair,
            )  # fmt: skip
            texts.append(f"{pair} differ by at most {max(apart):.0e}")
        ax.legend(loc="upper left", ncols=1)
        fig.text = "; ".join(texts).capitalize() + ", relative to the largest entry."
    return fig


_HIDDEN = np.array([[1.0, 0.0, 2.0], [0.5, 3.0, 0.0]])  # A: two examples, three hidden units
_OUTER = np.array([[2.0, -1.0], [-0.5, 1.5], [1.0, 0.5]])  # W: three units, two outputs
_ARRIVES = np.array([[0.5, -0.5], [-2.0, 0.25]])  # dZ: what arrives at the two outputs


def layer_graph():
    """The graph of sum(dZ * (A W)) with every number a leaf of its own, and its leaves.

    Names: `a[i,j]`, `w[j,k]`, `z[i,k]`, `g[i,k]`. The slope of the output for z[i,k] is g[i,k],
    so the graph hands over from there what a network would hand over from dZ.
    """
    (m, h), C = _HIDDEN.shape, _OUTER.shape[1]
    graph, leaves, last = {}, {}, ""
    for name, array in (("a", _HIDDEN), ("w", _OUTER), ("g", _ARRIVES)):
        leaves |= {f"{name}[{i},{j}]": float(v) for (i, j), v in np.ndenumerate(array)}
    for i in range(m):
        for k in range(C):
            for j in range(h):
                graph[f"p[{i},{j},{k}]"] = ("mul", [f"a[{i},{j}]", f"w[{j},{k}]"])
            graph[f"s[{i},{k}]"] = ("add", [f"p[{i},0,{k}]", f"p[{i},1,{k}]"])
            graph[f"z[{i},{k}]"] = ("add", [f"s[{i},{k}]", f"p[{i},2,{k}]"])
            graph[f"t[{i},{k}]"] = ("mul", [f"g[{i},{k}]", f"z[{i},{k}]"])
            if last:
                graph[f"o[{i},{k}]"] = ("add", [last, f"t[{i},{k}]"])
            last = f"o[{i},{k}]" if last else f"t[{i},{k}]"
    return graph, leaves, last


def entry_by_entry(forward=None, backward=None):
    """The learner's `backward` on every single number of a layer, beside the product of arrays."""
    graph, leaves, output = layer_graph()
    m, h = _HIDDEN.shape
    C = _OUTER.shape[1]
    kinds = {"dW, like W": (h, C), "dA, like A": (m, h)}
    with kit.Figure("A product of arrays, entry by entry", 760, 300, least=660) as fig:
        kind = fig.choice("slopes", list(kinds))
        row, column = fig.slider("row", 0, 2, 0), fig.slider("column", 0, 2, 0)
        ax = fig.axes()
        ax.set_position([0, 0, 1, 1])
        ax.set_axis_off()
        ax.set(xlim=(0, 15), ylim=(0, 6))
        values = own_dict(
            fig, tried(forward, "forward"), reference.forward(graph, leaves), graph, leaves
        )
        right = reference.backward(graph, values, output)
        slopes = own_dict(fig, tried(backward, "backward"), right, graph, values, output)

        @fig.on_change
        def update():
            rows, columns = kinds[kind.value]
            i, j = min(row.value, rows - 1), min(column.value, columns - 1)
            for artist in (*ax.texts, *ax.lines):
                artist.remove()
            fig.refresh()
            if kind.value.startswith("dW"):
                name, factors = f"w[{i},{j}]", (_HIDDEN.T, _ARRIVES)
                titles, letter = ("$A^T$", "$dZ$", "slopes from your graph"), "w"
                uses = " + ".join(f"a[{e},{i}] · dZ[{e},{j}]" for e in range(m))
            else:
                name, factors = f"a[{i},{j}]", (_ARRIVES, _OUTER.T)
                titles, letter = ("$dZ$", "$W^T$", "slopes from your graph"), "a"
                uses = " + ".join(f"dZ[{i},{k}] · w[{j},{k}]" for k in range(C))
            found = np.array([[slopes[f"{letter}[{a},{b}]"] for b in range(columns)]
                              for a in range(rows)])  # fmt: skip
            _matrix(ax, 2.2, factors[0], titles[0], row=i)
            ax.text(4.4, 3, "·", ha="center", va="center", size=20)
            _matrix(ax, 6.6, factors[1], titles[1], column=j)
            ax.text(8.9, 3, "=", ha="center", va="center", size=16)
            _matrix(ax, 11.6, found, titles[2], row=i, column=j)
            parts = [x * y for x, y in zip(factors[0][i], factors[1][:, j], strict=True)]
            sum_of = " + ".join(f"{part:g}" for part in parts).replace("+ -", "- ")
            ax.text(7.5, 0.45, f"{name} is used {len(parts)} times:  {sum_of} = {sum(parts):g}",
                    ha="center", size=12, color=kit.VERMILLION)  # fmt: skip
            same = np.allclose(found, factors[0] @ factors[1])
            return (
                f"{name}: {uses} = {sum(parts):g}. Your backward, on a graph of {len(graph)} nodes "
                f"with a name for each number, says {found[i, j]:g}. All {found.size} slopes "
                f"{'equal' if same else 'differ from'} the product of the two arrays."
            )

    return fig


def _matrix(ax, x, array, title, row=None, column=None):
    """Write an array around x, with one row, one column, or one entry marked."""
    rows, columns = array.shape
    ax.text(x, 5.4, title, ha="center", va="center", size=12)
    for (i, j), value in np.ndenumerate(array):
        marked = (row is None or i == row) and (column is None or j == column)
        ax.text(
            x + 1.1 * (j - (columns - 1) / 2), 3 - 0.9 * (i - (rows - 1) / 2), f"{value:g}",
            ha="center", va="center", size=12.5, weight="bold" if marked else "normal",
            color=kit.VERMILLION if marked else kit.INK,
        )  # fmt: skip
    for side in (-1, 1):
        edge, height = x + side * (0.55 * columns + 0.12), 0.45 * rows + 0.1
        across = [edge - 0.15 * side, edge, edge, edge - 0.15 * side]
        ax.plot(across, 3 + height * np.array([1, 1, -1, -1]), color=kit.INK, linewidth=1.3)
