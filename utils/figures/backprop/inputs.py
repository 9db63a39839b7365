"""Figures of one input of lab 07, which "Show me" draws: a graph, an operation."""

import copy

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.backprop.graphs import Drawn, Shown, page, short
from utils.figures.backprop.passes import flow
from utils.figures.own import tried

_MOST = 4, 7  # names above one another, and columns, of a graph that can be read as a picture


def laid_out(graph, leaves):
    """A graph as `Drawn`, in columns by how many steps each name needs; ValueError if too large."""
    order = reference.topological_order(graph)
    names = list(dict.fromkeys([*leaves, *order]))
    column = dict.fromkeys(names, 0)
    for name in order:
        column[name] = 1 + max(column[source] for source in graph[name][1])
    for leaf in leaves:  # each just before the first node that uses it
        users = [column[node] for node in order if leaf in graph[node][1]]
        column[leaf] = min(users, default=1) - 1
    columns = list(column.values())
    if max(map(columns.count, columns)) > _MOST[0] or max(columns) >= _MOST[1]:
        raise ValueError("too large a graph to draw")
    places = {}
    for number in sorted(set(column.values())):
        inside = [name for name in names if column[name] == number]
        for k, name in enumerate(inside):
            up = (len(inside) - 1) / 2 - k
            places[name] = (1.25 * number, 1.4 * up + 0.35 * (-1) ** number)
    nodes = ", ".join(f"{name} = {op} {' '.join(inputs)}" for name, (op, inputs) in graph.items())
    return Drawn(nodes, dict(leaves), places, "The graph of the check.")


def traced(forward=None, backward=None, graph=None, values=None, output=None):
    """Both passes over a graph that a check has given."""
    leaves = {name: value for name, value in values.items() if name not in graph}
    drawn = laid_out(graph, leaves)
    drawn.output = output or drawn.order[-1]
    return flow(forward, backward, {"of the check": drawn})


def ordered(topological_order=None, graph=None):
    """A graph with the learner's order beside its nodes, and what is used too early."""
    leaves = dict.fromkeys(s for _, inputs in graph.values() for s in inputs if s not in graph)
    drawn = laid_out(graph, dict.fromkeys(leaves, 0.0))
    own = tried(topological_order, "topological_order")
    order, problem = own(copy.deepcopy(graph)) if own else (drawn.order, "")
    with kit.Figure("In which order are the nodes computed?", 760, 360) as fig:
        ax = page(fig)
        picture, told = Shown(fig, ax), []

        @fig.on_change
        def update():
            if problem or not isinstance(order, list | tuple):
                fig.note(problem or "topological_order did not return a list")
                order_said = []
            else:
                order_said = [str(name) for name in order]
            while told:
                told.pop().remove()
            picture.show(drawn, None, None)  # nothing is computed here
            early = []
            for name, (x, y) in drawn.places.items():
                if name not in graph:
                    continue
                numbers = [k + 1 for k, other in enumerate(order_said) if other == name]
                said = ", ".join(map(str, numbers)) or "missing"
                late = [
                    source for source in graph[name][1]
                    if source in graph and numbers
                    and source not in order_said[: numbers[0] - 1]
                ]  # fmt: skip
                early += [f"{name} uses {source}, which is not there yet" for source in late]
                wrong = late or len(numbers) != 1
                label = ax.annotate(
                    said, (x, y), (0, -26), textcoords="offset points", ha="center", va="top",
                    size=13, weight="bold", color=kit.VERMILLION if wrong else kit.GREEN,
                )  # fmt: skip
                told.append(label)
            fig.refresh()
            found = "; ".join(early) or "no node is used before it is computed"
            return f"Your order: {', '.join(order_said) or 'none'}; {found}."

    return fig


_OPS = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "square": lambda a: a**2,
    "relu": lambda a: np.maximum(a, 0.0),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "log": np.log,
}


def tangents(local_derivatives=None, op="square", inputs=(1.0,)):
    """An operation against each of its inputs, with the slope that the learner's function says."""
    own = tried(local_derivatives, "local_derivatives")
    right = reference.local_derivatives(op, list(inputs))
    said, problem = own(op, list(inputs)) if own else (right, "")
    try:
        said = np.array([float(value) for value in said])
    except (TypeError, ValueError):
        said, problem = np.array([]), problem or "local_derivatives did not return numbers"
    with kit.Figure(f"The slopes of {op}", 330 * len(inputs), 300) as fig:
        cells = fig.axes(1, len(inputs))
        cells = cells if isinstance(cells, list) else [cells]
        if problem:
            fig.note(problem)
        for k, ax in enumerate(cells):
            at, wide = inputs[k], max(1.0, abs(inputs[k]))
            x = np.linspace(1e-3 if op == "log" else at - wide, at + wide, 121)
            others = [x if j == k else np.full(len(x), inputs[j]) for j in range(len(inputs))]
            heights = _OPS[op](*others)
            height = float(_OPS[op](*[np.array(value) for value in inputs]))
            ax.plot(x, heights, color=kit.INK)
            ax.plot(x, height + right[k] * (x - at), ":", color=kit.GREEN, label="right slope")
            if k < len(said):
                ax.plot(x, height + said[k] * (x - at), "--", color=kit.VERMILLION,
                        label=f"yours, {short(said[k])}")  # fmt: skip
            ax.plot([at], [height], "o", color=kit.INK)
            spare = 0.2 * max(np.ptp(heights), 1e-3)
            ax.set(xlabel=f"input {k}", ylim=(heights.min() - spare, heights.max() + spare))
            ax.legend(loc="best")
        given = ", ".join(short(value) for value in inputs)
        mine = ", ".join(short(value) for value in said) or "no numbers"
        text = f"{op} of {given}: yours says {mine}. Dashed is your slope, dotted the right one."
        fig.on_change(lambda: text)
    return fig


def compared(gradient_check=None, f=None, grad=(1.0,), theta=(1.0,), eps=1e-5):
    """The gradient to be tested beside the measured one, entry by entry, and their quotient."""
    grad, theta = np.asarray(grad, float), np.asarray(theta, float)
    nudges = eps * np.eye(len(theta))
    measured = np.array([(f(theta + nudge) - f(theta - nudge)) / (2 * eps) for nudge in nudges])
    norms = [np.linalg.norm(each) for each in (grad - measured, grad, measured)]
    right = float(norms[0] / (norms[1] + norms[2])) if norms[1] + norms[2] else 0.0
    own = tried(gradient_check, "gradient_check")
    said, problem = own(f, grad.copy(), theta.copy(), eps) if own else (right, "")
    try:
        mine = short(float(said))
    except (TypeError, ValueError):
        mine, problem = "no number", problem or "gradient_check did not return a number"
    with kit.Figure("The gradient given, and the measured one", 660, 300) as fig:
        entries, sizes = fig.axes(1, 2)
        if problem:
            fig.note(problem)
        at = np.arange(len(theta))
        entries.bar(at - 0.2, grad, 0.4, color=kit.BLUE, label="given")
        entries.bar(at + 0.2, measured, 0.4, color=kit.OCHRE, hatch="//", label="measured")
        entries.axhline(0, color=kit.INK, linewidth=0.8)
        entries.set(xlabel="entry of theta", ylabel="slope", xticks=at)
        entries.margins(y=0.3)
        entries.legend(loc="upper right", ncols=2)
        sizes.barh([1], [norms[0]], 0.6, color=kit.VERMILLION)
        sizes.barh([0], [norms[1]], 0.6, color=kit.BLUE)
        sizes.barh([0], [norms[2]], 0.6, left=[norms[1]], color=kit.OCHRE, hatch="//")
        sizes.set(yticks=(0, 1), yticklabels=("sum of\nnorms", "norm of\ndifference"),
                  xlabel="length", xlim=(0, 1.05 * (norms[1] + norms[2]) or 1.0))  # fmt: skip
        text = (
            f"The difference is {short(norms[0])} long, the gradients {short(norms[1])} and "
            f"{short(norms[2])}. The quotient is {short(right)}; yours says {mine}."
        )
        fig.on_change(lambda: text)
    return fig
