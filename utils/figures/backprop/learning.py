"""Networks that learn with the learner's gradients: a spiral, and a graph trained node by node."""

import numpy as np

from utils import data, reference
from utils.figures import kit
from utils.figures.own import FAILURES, LONG, quietly, trouble


def spiral(network_gradients=None):
    """A two-layer network learning three arms of a spiral by gradient descent, 24 steps a frame."""
    from scipy.special import log_softmax, softmax

    X, y = data.spiral()
    last, each, side = 50, 24, np.linspace(-1.15, 1.15, 81)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    colours = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in kit.COLOURS[:3]])
    with kit.Figure("Three arms of a spiral", 720, 350) as fig:
        frame = fig.player("frame", last)
        hidden = fig.choice("hidden units", {"2": 2, "6": 6, "24": 24}, 24)
        rate = fig.choice("learning rate", {"0.1": 0.1, "1": 1.0, "4": 4.0}, 1.0)
        left, right = fig.axes(1, 2)
        left.set(aspect="equal", xlim=side[[0, -1]], ylim=side[[0, -1]])
        left.set(xlabel="feature 0", ylabel="feature 1")
        right.set(xlim=(0, last * each), ylim=(0, 1.6), xlabel="step", ylabel="cost")
        regions = left.imshow(
            np.zeros((81, 81, 4)), extent=(*side[[0, -1]], *side[[0, -1]]), origin="lower", zorder=0
        )
        arms = [
            left.plot(*X[y == k].T, kit.MARKERS[k], color=kit.COLOURS[k], markersize=4)[0]
            for k in range(3)
        ]
        right.axhline(np.log(3), color=kit.INK, linestyle=":", linewidth=1)
        right.text(last * each, np.log(3), "ln 3: equal shares", ha="right", va="bottom")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.BLUE)
        fig.live(regions, *arms, curve, now)
        safe = fig.own(network_gradients, "network_gradients", reference.network_gradients)
        runs, trusted = {}, []

        def gradients(*parameters):
            if not trusted:  # compared with the reference once, then called directly
                safe(X, y, *parameters)
                trusted.append(reference.network_gradients if fig.notes else network_gradients)
            return (trusted[0] or reference.network_gradients)(X, y, *parameters)

        def scores(W1, b1, W2, b2, rows):
            return np.maximum(rows @ W1 + b1, 0) @ W2 + b2

        def run(until):
            states = runs.setdefault((hidden.value, rate.value), [])
            while len(states) <= until:
                if not states:
                    rng = np.random.default_rng(1)
                    h = hidden.value
                    parameters = [rng.normal(size=(2, h)), np.zeros(h)]
                    parameters += [rng.normal(size=(h, 3)) / np.sqrt(h), np.zeros(3)]
                else:
                    parameters = states[-1][0]
                    for _ in range(each):
                        step = gradients(*[p.copy() for p in parameters])
                        parameters = [
                            np.clip(p - rate.value * np.asarray(g), -1e3, 1e3)
                            for p, g in zip(parameters, step, strict=True)
                        ]
                Z = scores(*parameters, X)
                cost = -np.mean(log_softmax(Z, axis=1)[np.arange(len(y)), y])
                states.append((parameters, cost, np.mean(np.argmax(Z, axis=1) == y)))
            return states[: until + 1]

        gradients(*run(0)[0][0])  # so that a note stands there from the beginning

        @fig.on_change
        def update():
            try:
                with quietly(LONG):
                    states = run(frame.value)
            except FAILURES as error:
                why = trouble("network_gradients", error)
                fig.note(f"{why}; the reference is drawn instead")
                trusted[:] = [reference.network_gradients]
                states = run(frame.value)
            parameters, cost, share = states[-1]
            P = softmax(scores(*parameters, plane), axis=1)
            shade = np.clip((P.max(axis=1) - 1 / 3) * 1.5, 0, 1)
            best = np.argmax(P, axis=1)
            regions.set_data(np.column_stack([colours[best], 0.5 * shade]).reshape(81, 81, 4))
            costs = np.minimum([state[1] for state in states], 1.59)
            curve.set_data(each * np.arange(len(costs)), costs)
            now.set_data([each * frame.value], [costs[-1]])
            return (
                f"{hidden.value} hidden units after {each * frame.value} steps: cost {cost:.3f}, "
                f"{100 * share:.0f}% of the points right."
            )

    return fig


def small_network(hidden):
    """The graph of (network(x1, x2) - target) squared, one hidden layer of ReLU units.

    Leaves: `x1`, `x2` and `minus_target` of an example; parameters `w1_0`, `w2_0`, `b_0`, `v_0` of
    the first unit and so on, and `c`. The output of the network is `out`, its cost `cost`.
    """
    graph, last = {}, "c"
    for k in range(hidden):
        graph |= {
            f"p1_{k}": ("mul", [f"w1_{k}", "x1"]),
            f"p2_{k}": ("mul", [f"w2_{k}", "x2"]),
            f"s_{k}": ("add", [f"p1_{k}", f"p2_{k}"]),
            f"z_{k}": ("add", [f"s_{k}", f"b_{k}"]),
            f"a_{k}": ("relu", [f"z_{k}"]),
            f"q_{k}": ("mul", [f"v_{k}", f"a_{k}"]),
            f"o_{k}" if k < hidden - 1 else "out": ("add", [last, f"q_{k}"]),
        }
        last = f"o_{k}"
    return graph | {"error": ("add", ["out", "minus_target"]), "cost": ("square", ["error"])}


def _names(hidden):
    return [f"{kind}_{k}" for kind in ("w1", "w2", "b", "v") for k in range(hidden)] + ["c"]


def _output(theta, X):
    """Outputs of the network of `small_network` for rows of X; `theta` in the order of `_names`."""
    w1, w2, b, v = np.split(theta[:-1], 4)
    Z = X[:, :1] * w1 + X[:, 1:] * w2 + b
    return np.where(np.real(Z) > 0, Z, 0) @ v + theta[-1]


def _two_moons(m=24):
    """Two half circles that reach into each other: `X (m, 2)`, `y (m,)` of 0 and 1."""
    rng = np.random.default_rng(0)
    y = np.arange(m) % 2
    angle = np.pi * (np.arange(m) // 2) / (m / 2 - 1)
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    X[y == 1] = [1.0, 0.5] - X[y == 1]
    X += rng.normal(scale=0.08, size=X.shape)
    return (X - X.mean(axis=0)) / X.std(axis=0), y


_TASKS = {
    "exclusive or": (np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]]), np.array([0, 1, 1, 0])),
    "two moons": _two_moons(),
}


def start_of(hidden, start):
    """Random parameters to begin with, in the order of their names."""
    rng = np.random.default_rng(start)
    w = rng.normal(size=2 * hidden)
    b, v = 0.1 * rng.normal(size=hidden), rng.normal(size=hidden) / np.sqrt(hidden)
    return np.concatenate([w, b, v, [0.0]])


def own_engine(engine_step=None):
    """A network trained by the learner's forward and backward, node by node; the border moves.

    `engine_step(graph, examples, parameters, alpha)` returns the parameters after one step.
    """
    last, each, side = 40, 10, np.linspace(-2.3, 2.3, 61)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    with kit.Figure("Trained with your own engine", 760, 370) as fig:
        task = fig.choice("problem", list(_TASKS))
        frame = fig.player("frame", last, interval=200)
        hidden = fig.choice("hidden units", {str(h): h for h in (1, 2, 4, 6)}, 4)
        rate = fig.choice("learning rate", {"0.05": 0.05, "0.2": 0.2, "1": 1.0}, 0.2)
        start = fig.slider("start", 0, 9, 0)
        left, right = fig.axes(1, 2)
        left.set(aspect="equal", xlim=side[[0, -1]], ylim=side[[0, -1]], xlabel="x1", ylabel="x2")
        right.set(xlim=(0, last * each), ylim=(0, 0.6), xlabel="step", ylabel="mean cost")
        colours = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]
                            for c in (kit.BLUE, kit.VERMILLION)])  # fmt: skip
        extent = (*side[[0, -1]], *side[[0, -1]])
        regions = left.imshow(np.zeros((61, 61, 4)), extent=extent, origin="lower", zorder=0)
        clouds = [
            left.plot([], [], mark, color=colour, markersize=8, markeredgecolor="white")[0]
            for mark, colour in zip("os", (kit.BLUE, kit.VERMILLION), strict=True)
        ]
        right.axhline(0.25, color=kit.INK, linestyle=":", linewidth=1)
        right.text(last * each, 0.25, "0.25: says 0.5 always", ha="right", va="bottom")
        (curve,) = right.plot([], [], color=kit.BLUE)
        (now,) = right.plot([], [], "o", color=kit.BLUE)
        fig.live(regions, *clouds, curve, now)

        def by_engine(theta):
            X, y = _TASKS[task.value]
            names = _names(hidden.value)
            examples = [
                {"x1": float(a), "x2": float(b), "minus_target": -float(t)}
                for (a, b), t in zip(X, y, strict=True)
            ]
            parameters = dict(zip(names, theta.tolist(), strict=True))
            after = engine_step(small_network(hidden.value), examples, parameters, rate.value)
            return np.array([float(after[name]) for name in names])

        def by_complex_step(theta):
            X, y = _TASKS[task.value]
            nudged = theta + 1e-30j * np.eye(len(theta))
            costs = [np.mean((_output(row, X) - y) ** 2) for row in nudged]
            return theta - rate.value * np.imag(costs) / 1e-30

        step = fig.own(
            None if engine_step is None else by_engine, "forward and backward", by_complex_step
        )
        runs = {}

        def run(until):
            key = task.value, hidden.value, rate.value, start.value
            states = runs.setdefault(key, [start_of(hidden.value, start.value)])
            while len(states) <= until:
                theta = states[-1]
                for _ in range(each):
                    theta = np.clip(step(theta), -1e3, 1e3)
                states.append(theta)
            return states[: until + 1]

        run(1)  # so that a note stands there from the beginning

        @fig.on_change
        def update():
            X, y = _TASKS[task.value]
            states = run(frame.value)
            outputs = [_output(theta, X) for theta in states]
            costs = [np.mean((out - y) ** 2) for out in outputs]
            share = np.mean((outputs[-1] > 0.5) == y)
            says = _output(states[-1], plane)
            shade = 0.15 + 0.45 * np.clip(2 * np.abs(says - 0.5), 0, 1)
            picture = np.column_stack([colours[(says > 0.5).astype(int)], shade])
            regions.set_data(picture.reshape(61, 61, 4))
            for k, cloud in enumerate(clouds):
                cloud.set_data(*X[y == k].T)
            curve.set_data(each * np.arange(len(costs)), np.minimum(costs, 0.59))
            now.set_data([each * frame.value], [min(costs[-1], 0.59)])
            nodes = len(small_network(hidden.value))
            return (
                f"{task.value.capitalize()}, {hidden.value} hidden units: a graph of {nodes} nodes "
                f"for each of {len(y)} examples. After {each * frame.value} steps: mean cost "
                f"{costs[-1]:.4f}, {round(share * len(y))} of {len(y)} points right."
            )

    return fig
