"""Both passes over a graph, with the numbers of the learner's functions."""

import contextlib
import copy

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.backprop.graphs import GRAPHS, Shown, local_slopes, page, short
from utils.figures.own import tried

NUDGE = 0.001


def own_dict(fig, own, right, *arguments):
    """What a learner's function (as `tried`) returns, if it is a dict of numbers for all names."""
    if own is None:
        return right
    mine, problem = own(*copy.deepcopy(arguments))
    if not problem:
        with contextlib.suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
            mine = {key: float(mine[key]) for key in right}
            if all(np.isfinite(value) for value in mine.values()):
                return mine
        problem = f"{own.name} did not return a finite number for every name"
    fig.note(f"{problem}; the reference is drawn instead")
    return right


def flow(forward=None, backward=None, graphs=GRAPHS):
    """Both passes over a graph, node by node; a switch nudges a leaf and shows who moves."""
    with kit.Figure("Forward, then backward", 760, 390) as fig:
        choice = fig.choice("graph", list(graphs))
        step = fig.player("step", 15, interval=900)
        leaf = fig.slider("first leaf", -4.0, 4.0, 2.0, 0.5)
        nudge = fig.choice("nudge by 0.001", ["none"])
        ax = page(fig)
        picture, knobs = Shown(fig, ax), _Knobs(fig, ax)
        kept, given = {}, {}
        ahead, back = tried(forward, "forward"), tried(backward, "backward")

        def begin(_):
            drawn = graphs[choice.value]
            given.clear()
            name, value = next(iter(drawn.leaves.items()))
            with fig.hold():
                step.value, step.max = 0, len(drawn.order) + len(drawn.places) + 1
                leaf.min, leaf.max = min(-4.0, value), max(4.0, value)
                leaf.description, leaf.value = f"leaf {name}", value
                nudge.options, nudge.value = ["none", *drawn.leaves], "none"

        choice.observe(begin, "value")

        def passes(drawn, leaves):
            """Values and slopes, worked out once for each graph and its leaves."""
            key = choice.value, tuple(leaves.items())
            if key not in kept:
                if len(kept) > 200:
                    kept.clear()
                fig.notes.clear()
                right = reference.forward(drawn.graph, leaves)
                values = own_dict(fig, ahead, right, drawn.graph, leaves)
                right = reference.backward(drawn.graph, right, drawn.output)
                slopes = own_dict(fig, back, right, drawn.graph, values, drawn.output)
                kept[key] = values, slopes, list(fig.notes)
            fig.notes[:] = kept[key][2]
            return kept[key][:2]

        @fig.on_change
        def update():
            drawn = graphs[choice.value]
            leaves = drawn.leaves | given | {next(iter(drawn.leaves)): leaf.value}
            values, slopes = passes(drawn, leaves)
            moved, words = {}, ""
            if nudge.value in leaves:
                there, _ = passes(drawn, leaves | {nudge.value: leaves[nudge.value] + NUDGE})
                moved = {n: there[n] - values[n] for n in values if there[n] != values[n]}
                change = there[drawn.output] - values[drawn.output]
                words = (
                    f" Nudging {nudge.value} by {NUDGE} moves {drawn.output} by {change:.6f}, "
                    f"{change / NUDGE:.3f} times as far; backward says "
                    f"{short(slopes[nudge.value])}."
                )
            words = _show_flow(picture, drawn, leaves, values, slopes, step.value, moved) + words
            knobs.show(drawn, leaves)
            return words

        def go_to(name):
            """The step that works a node out; from there on the one that hands its slope back."""
            order = graphs[choice.value].order
            first = order.index(name) + 1
            back = len(order) + len(order) - order.index(name)
            step.value = first if step.value < first else back

        def leaf_to(name, value):
            value = float(np.clip(round(2 * value) / 2, -4, 4))
            first = name == next(iter(graphs[choice.value].leaves))
            kit.put(leaf, value) if first else given.update({name: value})

        def value_of(name):
            first = name == next(iter(graphs[choice.value].leaves))
            return leaf.value if first else given.get(name, graphs[choice.value].leaves[name])

        for name in dict.fromkeys(name for drawn in graphs.values() for name in drawn.places):
            fig.handle(
                f"node {name}", ax, lambda n=name: _node_at(graphs[choice.value], n),
                pressed=lambda n=name: go_to(n),
            )  # fmt: skip
            fig.handle(
                f"leaf {name}", ax, lambda n=name: knob_at(graphs[choice.value], n, value_of),
                lambda _, y, n=name: leaf_to(n, (y - graphs[choice.value].places[n][1]) / RAIL),
                step=(0, RAIL / 2), says=lambda *_, n=name: short(value_of(n)),
            )  # fmt: skip
        begin(None)
    return fig


RAIL = 0.1  # how far the knob of a leaf goes for 1


def _node_at(drawn, name):
    return drawn.places[name] if name in drawn.graph else None


def knob_at(drawn, name, value_of):
    """Where the knob beside a leaf stands: as far above or below it as its value says."""
    if name not in drawn.leaves:
        return None
    x, y = drawn.places[name]
    return x - 0.28, y + RAIL * value_of(name)


def _show_flow(picture, drawn, leaves, values, slopes, step, moved):
    nodes = drawn.order
    back = [*nodes[::-1], *leaves]
    known = leaves | {name: values[name] for name in nodes[:step]}
    received = back[: max(0, step - len(nodes))]
    handed, words = {}, f"{drawn.about} Numbers stand on the leaves; nothing is computed yet."
    current = ""
    for node in received:
        if node in drawn.graph:
            op, inputs = drawn.graph[node]
            local = local_slopes(op, *[values[source] for source in inputs])
            for number, source in enumerate(inputs):
                handed[source, node, number] = slopes[node] * local[number]
    if 0 < step <= len(nodes):
        current = nodes[step - 1]
        words = f"Forward: {drawn.formula(current)} = {short(values[current])}."
    elif received and step < len(nodes) + len(back) + 1:
        current = received[-1]
        parts = [short(v) for (name, _, _), v in handed.items() if name == current]
        total = short(slopes[current])
        words = f"Backward: {current} is the output, its slope is {total}."
        if parts:
            how = "receives" if len(parts) == 1 else "adds up"
            words = f"Backward: {current} {how} {' + '.join(parts)}; its slope is {total}."
    elif received:
        text = ", ".join(f"{name} {short(slopes[name])}" for name in leaves)
        words = f"Done. Slopes of {drawn.output} for the leaves: {text}."
    shown = {name: slopes[name] for name in received}
    moved = {name: by for name, by in moved.items() if name in known}
    picture.show(drawn, known, shown if received else None, current, handed, moved)
    return words


class _Knobs:
    """A rail beside each leaf of a graph, and on it a knob for the hand."""

    def __init__(self, fig, ax):
        self.fig, self.ax, self._first = fig, ax, None

    def show(self, drawn, leaves):
        if self._first is None or self._first.axes is None:  # none, or of a graph that is gone
            self._knobs = {}
            for name in leaves:
                x, y = drawn.places[name]
                rail = [y - 4 * RAIL, y + 4 * RAIL]
                self._first = self.ax.plot([x - 0.28] * 2, rail, color=kit.INK, linewidth=1)[0]
                (knob,) = self.ax.plot([], [], "o", color=kit.PURPLE, markersize=8)
                self._knobs[name] = knob
            self.fig.live(*self._knobs.values())
            self.fig.refresh()
        for name, knob in self._knobs.items():
            knob.set_data(*np.array([knob_at(drawn, name, leaves.get)]).T)
