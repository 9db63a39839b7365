"""What forward mode, backward mode and nudging cost, counted."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.own import Tried


class Counted(float):
    """A number that counts the additions and multiplications made with it."""

    __array_ufunc__ = None  # so that NumPy's numbers leave the operation to this class
    made = 0

    def _by(self, result):
        Counted.made += 1
        return result if result is NotImplemented else Counted(result)

    def __add__(self, other):
        return self._by(float.__add__(self, float(other)))

    def __mul__(self, other):
        return self._by(float.__mul__(self, float(other)))

    def __sub__(self, other):
        return self._by(float.__sub__(self, float(other)))

    __radd__, __rmul__ = __add__, __mul__


class Dual:
    """A value and the slope that travels with it, both counted: forward mode."""

    __array_ufunc__ = None

    def __init__(self, value, slope):
        self.value, self.slope = Counted(value), Counted(slope)

    def __add__(self, other):
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = _dual(other)
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)

    __radd__, __rmul__ = __add__, __mul__


def _dual(number):
    return number if isinstance(number, Dual) else Dual(number, 0.0)


def _sum_of_products(count):
    """w0 x0 + w1 x1 + ...: wide, `count` weights."""
    graph = {f"p{i}": ("mul", [f"w{i}", f"x{i}"]) for i in range(count)}
    last = "p0"
    for i in range(1, count):
        graph[f"s{i}"] = ("add", [last, f"p{i}"])
        last = f"s{i}"
    return graph, last


def _chain(count):
    """(x0 w0 + w1) w2 + w3 ...: deep, `count` weights."""
    graph, last = {}, "x0"
    for i in range(count):
        graph[f"n{i}"] = ("add" if i % 2 else "mul", [last, f"w{i}"])
        last = f"n{i}"
    return graph, last


def _layers(count):
    """Two linear layers as wide as `count` weights allow, and the sum of their outputs."""
    width = max(1, round(np.sqrt(count / 2)))
    graph, inputs, made = {}, [f"x{i}" for i in range(width)], 0
    for layer in "ab":
        outputs = []
        for _ in range(width):
            last = ""
            for source in inputs:
                product = f"{layer}p{made}"
                graph[product] = ("mul", [source, f"w{made}"])
                if last:
                    graph[f"{layer}s{made}"] = ("add", [last, product])
                last = f"{layer}s{made}" if last else product
                made += 1
            outputs.append(last)
        inputs = outputs
    last = inputs[0]
    for j, source in enumerate(inputs[1:]):
        graph[f"out{j}"] = ("add", [last, source])
        last = f"out{j}"
    return graph, last


_SHAPES = {"sum of products": _sum_of_products, "long chain": _chain, "two layers": _layers}


def _plain_forward(graph, values):
    out = dict(values)
    for name in reference.topological_order(graph):
        op, (a, b) = graph[name]
        out[name] = out[a] + out[b] if op == "add" else out[a] * out[b]
    return out


def measure(shape, weights, forward=None, backward=None):
    """Count operations: (N, P, nudging, forward mode, backward mode, largest difference).

    Raises whatever the functions raise, and ValueError where the numbers do not pass through them.
    Without functions, forward mode is counted by a plain pass, and backward mode by what the
    definition says: for each input of each node a multiplication and an addition.
    """
    graph, last = _SHAPES[shape](weights)
    graph["out"], output = ("mul", [last, "scale"]), "out"  # so that a number that counts arrives
    rng = np.random.default_rng(weights)
    names = sorted({source for _, inputs in graph.values() for source in inputs} - graph.keys())
    leaves = {
        name: float(value) for name, value in zip(names, rng.uniform(0.8, 1.2, 999), strict=False)
    }
    parameters = [name for name in leaves if name.startswith("w")]
    run = forward or _plain_forward

    def passed(values):
        before = Counted.made
        result = run(graph, values)[output]
        return result, Counted.made - before

    slopes, forward_count = [], 0
    for name in parameters:
        duals = {n: Dual(v, float(n == name)) for n, v in leaves.items()}
        result, made = passed(duals)
        if not isinstance(result, Dual):
            raise ValueError("numbers do not pass through")
        slopes.append(float(result.slope))
        forward_count += made
    counted = {n: Counted(v) for n, v in leaves.items()}
    _, once = passed(counted)
    values = run(graph, counted)
    if backward is None:
        plain = {n: float(v) for n, v in values.items()}
        found = reference.backward(graph, plain, output) if len(graph) < 40 else None
        back_count = sum(2 * len(inputs) for _, inputs in graph.values())
    else:
        before = Counted.made
        found = backward(graph, values, output)
        back_count = Counted.made - before
    if not once or not back_count:
        raise ValueError("numbers do not pass through")
    apart = 0.0
    if found is not None:
        apart = max(abs(float(found[n]) - s) for n, s in zip(parameters, slopes, strict=True))
    nudging = 2 * len(parameters) * (once + 1)
    return len(graph), len(parameters), nudging, forward_count, once + back_count, apart


def cost_of_modes(forward=None, backward=None):
    """Operations of nudging, forward mode and backward mode, counted on graphs that grow."""
    sizes = [2, 4, 8, 16, 32, 64, 128]
    names = ("nudge each leaf", "forward mode", "backward mode")
    with kit.Figure("Operations for all slopes, counted", 640, 360) as fig:
        shape = fig.choice("graph", list(_SHAPES))
        chosen = fig.slider("size", 1, len(sizes), 4)
        ax = fig.axes(xscale="log", yscale="log", xlabel="number of parameters P")
        ax.set(ylabel="additions and multiplications", xlim=(1.6, 170), ylim=(3, 3e5))
        ax.grid(alpha=0.25)
        ax.set_xticks(sizes, sizes)
        ax.minorticks_off()
        lines = [
            ax.plot([], [], linestyle=dash, marker=mark, color=colour, label=name)[0]
            for name, dash, mark, colour in zip(
                names, kit.DASHES, kit.MARKERS, (kit.OCHRE, kit.VERMILLION, kit.BLUE), strict=False
            )
        ]
        rings = [
            ax.plot([], [], "o", markersize=15, fillstyle="none", color=line.get_color())[0]
            for line in lines
        ]
        ax.legend(loc="upper left")
        fig.live(*lines, *rings)
        kept = {}
        counted = Tried(
            lambda name: [measure(name, size, forward, backward) for size in sizes],
            "counting with your forward and backward",
        )

        def counts(name):
            if name not in kept:
                kept[name], problem = counted(name)
                if problem:
                    fig.note(f"{problem}; the reference is drawn instead")
                    kept[name] = [measure(name, size) for size in sizes]
            return kept[name]

        @fig.on_change
        def update():
            rows = counts(shape.value)
            for k, (line, ring) in enumerate(zip(lines, rings, strict=True)):
                line.set_data([row[1] for row in rows], [row[2 + k] for row in rows])
                here = rows[chosen.value - 1]
                ring.set_data([here[1]], [here[2 + k]])
            N, P, nudge, ahead, back, apart = rows[chosen.value - 1]
            return (
                f"N = {N} nodes, P = {P} parameters. Nudging takes {nudge:,} operations, forward "
                f"mode {ahead:,} = {ahead / (N * P):.2f} · N · P, backward mode {back:,} = "
                f"{back / (N + P):.2f} · (N + P): {ahead / back:.1f} times fewer. Both modes give "
                f"the same slopes, up to {apart:.1g}."
            )

    return fig
