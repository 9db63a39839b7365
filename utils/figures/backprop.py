"""Figures of lab 07_backprop, with the learner's functions or, without them, the reference."""

import ast
import contextlib
import copy
import functools
import io
import operator
import warnings

import ipywidgets as widgets
import numpy as np

from utils import data, reference
from utils.figures import kit

# --- the derivative as a shrinking secant ---------------------------------------------------------

# formula for SymPy, function of one number, range of x, where to begin
_CURVES = {
    "x cubed": ("x**3", lambda x: x**3, (-1.0, 2.2), 1.0),
    "sin x": ("sin(x)", np.sin, (-4.0, 4.0), 1.0),
    "exp x": ("exp(x)", np.exp, (-2.0, 2.0), 0.5),
    "ReLU": ("Piecewise((x, x > 0), (0, True))", lambda x: max(x, 0.0), (-2.0, 2.0), 0.0),
}


@functools.cache
def _slope_of(formula):
    return reference.symbolic_derivative(formula)


def secant(numerical_derivative=None):
    """A secant that becomes the tangent as its step shrinks, and its error for every step."""
    exponents = np.arange(0, -15.01, -0.25)
    with kit.Figure("A secant becomes the tangent", 720, 330) as fig:
        curve = fig.choice("function", list(_CURVES))
        place = fig.slider("x", -1.0, 2.2, 1.0, 0.05)
        power = fig.slider("step 10 to the", -15.0, 0.0, 0.0, 0.25)
        left, right = fig.axes(1, 2)
        left.set(xlabel="x", ylabel="f(x)")
        right.set(xscale="log", yscale="log", xlim=(10**0.3, 10**-15.3), ylim=(1e-17, 30))
        right.set(xlabel="step (smaller to the right)", ylabel="error of the slope")
        (line,) = left.plot([], [], color=kit.INK)
        (tangent,) = left.plot([], [], "--", color=kit.GREEN, label="tangent")
        (cut,) = left.plot([], [], "o-", color=kit.VERMILLION, markersize=6, label="secant")
        (two,) = right.plot([], [], "o-", color=kit.BLUE, markersize=3, label="both sides")
        (one,) = right.plot([], [], "s--", color=kit.OCHRE, markersize=3, label="one side")
        (now,) = right.plot(
            [], [], "o", color=kit.VERMILLION, markersize=10, fillstyle="none", clip_on=False
        )
        left.legend(loc="upper left")
        right.legend(loc="lower left")
        fig.live(line, tangent, cut, two, one, now)
        own = fig.own(numerical_derivative, "numerical_derivative", reference.numerical_derivative)
        drawn = []

        @fig.on_change
        def update():
            formula, f, limits, _ = _CURVES[curve.value]
            x, h = place.value, 10.0**power.value
            if drawn != [curve.value]:
                drawn[:] = [curve.value]
                grid = np.linspace(*limits, 161)
                heights = np.array([f(v) for v in grid])
                line.set_data(grid, heights)
                spare = 0.15 * np.ptp(heights)
                left.set(xlim=limits, ylim=(heights.min() - spare, heights.max() + spare))
                fig.refresh()
            exact = float(_slope_of(formula)(x))
            slope = float(own(f, x, h))
            ends = np.array(left.get_xlim())
            tangent.set_data(ends, f(x) + exact * (ends - x))
            cut.set_data([x - h, x + h], [f(x - h), f(x + h)])
            steps = 10.0**exponents
            mine = [abs(float(own(f, x, step)) - exact) for step in steps]
            two.set_data(steps, np.maximum(mine, 1e-17))
            ahead = [abs((f(x + step) - f(x)) / step - exact) for step in steps]
            one.set_data(steps, np.maximum(ahead, 1e-17))
            error = abs(slope - exact)
            now.set_data([h], [max(error, 1e-17)])
            corner = (
                " ReLU has no tangent at 0; this course says 0."
                if formula[0] == "P" and not x
                else ""
            )
            return (
                f"{curve.value} at x = {x:.2f} with a step of {h:.1e}: the secant has the slope "
                f"{slope:.10f}, the tangent {exact:.10f}; they differ by {error:.1e}.{corner}"
            )

        def begin(_):
            _, _, limits, x = _CURVES[curve.value]
            with fig.hold():
                place.min, place.max = min(limits[0], place.min), max(limits[1], place.max)
                place.value, place.min, place.max = x, *limits

        curve.observe(begin, "value")

    return fig


# --- computation graphs ---------------------------------------------------------------------------


class Drawn:
    """A small graph with numbers on its leaves and places on the page: name -> (column, row)."""

    def __init__(self, nodes, leaves, places, about):
        self.graph = {}
        for line in nodes.split(", "):
            name, op, *inputs = line.replace("=", " ").split()
            self.graph[name] = (op, inputs)
        self.leaves, self.places, self.about = leaves, places, about
        self.output = list(self.graph)[-1]
        self.order = reference.topological_order(self.graph)

    def formula(self, name):
        """The step of a node in words: `z = w times x`."""
        op, inputs = self.graph[name]
        if op in _BETWEEN:
            return f"{name} = {inputs[0]} {_BETWEEN[op]} {inputs[1]}"
        return f"{name} = {op}({inputs[0]})"

    def users(self, name):
        """The nodes that use a name, as often as they use it."""
        return [node for node, (_, inputs) in self.graph.items() for s in inputs if s == name]


_BETWEEN = {"add": "+", "mul": "·"}
_SYMBOLS = {"add": "+", "mul": "×", "square": "x²", "relu": "relu", "sigmoid": "σ", "log": "ln"}
GRAPHS = {
    "the neuron": Drawn(
        "z = mul w x, s = add z b, a = relu s, d = add a c, loss = square d",
        {"w": 2.0, "x": 3.0, "b": -1.0, "c": -3.0},
        {"w": (0, 2), "x": (0, 0.8), "z": (1, 1.4), "b": (1, 0), "s": (2, 1), "a": (3, 1),
         "c": (3, 0), "d": (4, 1), "loss": (5, 1)},
        "The cost of one ReLU neuron.",
    ),
    "used twice": Drawn(
        "b = add a a, c = mul b a",
        {"a": 3.0},
        {"a": (0, 1), "b": (1.7, 1.7), "c": (3.4, 1)},
        "The leaf a is used three times: twice by b, once by c.",
    ),
    "two ways": Drawn(
        "q = square x, r = add q y, out = mul r q",
        {"x": 2.0, "y": -1.0},
        {"x": (0, 1.4), "q": (1.2, 1.4), "y": (1.2, 0.2), "r": (2.4, 0.6), "out": (3.6, 1.2)},
        "Two ways lead from q to the output.",
    ),
    "a unit that is off": Drawn(
        "z = mul w x, s = add z b, a = relu s, out = mul v a",
        {"w": 1.0, "x": -2.0, "b": 1.0, "v": 3.0},
        {"w": (0, 2), "x": (0, 0.8), "z": (1, 1.4), "b": (1, 0), "s": (2, 1), "a": (3, 1),
         "v": (3, 2), "out": (4, 1.4)},
        "A ReLU unit whose score is negative.",
    ),
    "sigmoid and log": Drawn(
        "z = mul w x, p = sigmoid z, out = log p",
        {"w": -0.5, "x": 2.0},
        {"w": (0, 1.7), "x": (0, 0.5), "z": (1.2, 1.1), "p": (2.4, 1.1), "out": (3.6, 1.1)},
        "The log-probability that a logistic unit gives to yes.",
    ),
}  # fmt: skip


def _page(fig):
    """Axes as large as the picture."""
    ax = fig.axes()
    ax.set_position([0, 0, 1, 1])
    return ax


def _number(value):
    return f"{value:.4g}"


def _draw(ax, drawn, values, slopes, current="", handed=None):
    """Draw a graph; names that are missing in `values` or `slopes` show a question mark or nothing.

    `slopes` is None where slopes play no part. `handed` maps (name, node, which input) to what
    the node hands back.
    """
    ax.clear()
    ax.set_axis_off()
    columns, rows = zip(*drawn.places.values(), strict=True)
    ax.set(xlim=(min(columns) - 0.45, max(columns) + 0.6), ylim=(min(rows) - 0.85, max(rows) + 0.5))
    for node, (_, inputs) in drawn.graph.items():
        for number, source in enumerate(inputs):
            bend = 0.0 if inputs.count(source) == 1 else (0.22, -0.22)[number]
            _arrow(ax, drawn, source, node, bend, (handed or {}).get((source, node, number)))
    for name, (x, y) in drawn.places.items():
        leaf = name not in drawn.graph
        colour = kit.PURPLE if name == current else kit.INK
        ax.plot(
            [x], [y], "s" if leaf else "o", markersize=27 if leaf else 31, markerfacecolor="none",
            markeredgecolor=colour, markeredgewidth=3 if name == current else 1.4,
            linestyle="--", zorder=3,
        )  # fmt: skip
        sign = name if leaf else _SYMBOLS[drawn.graph[name][0]]
        ax.annotate(sign, (x, y), ha="center", va="center", size=12 if len(sign) < 3 else 10)
        if not leaf:
            _beside(ax, x, y, 21, name, kit.INK, "bottom", "bold")
        known = _number(values[name]) if name in values else "?"
        _beside(ax, x, y, -20, f"= {known}", kit.BLUE, "top")
        if slopes is not None:
            known = _number(slopes[name]) if name in slopes else "?"
            _beside(ax, x, y, -34, f"slope {known}", kit.VERMILLION, "top")


def _beside(ax, x, y, offset, text, colour, va, weight="normal"):
    ax.annotate(
        text, (x, y), (0, offset), textcoords="offset points", ha="center", va=va, color=colour,
        weight=weight, size=10.5,
    )  # fmt: skip


def _arrow(ax, drawn, source, node, bend, handed):
    start, end = np.array(drawn.places[source]), np.array(drawn.places[node])
    ax.annotate(
        "", end, start, zorder=1,
        arrowprops={
            "arrowstyle": "->", "color": kit.INK, "shrinkA": 17, "shrinkB": 18, "linewidth": 1.4,
            "connectionstyle": f"arc3,rad={bend}",
        },
    )  # fmt: skip
    if handed is not None:
        middle = (start + end) / 2 + bend / 2 * np.array([(end - start)[1], -(end - start)[0]])
        ax.annotate(
            f"← {_number(handed)}", middle, (0, 9), textcoords="offset points", ha="center",
            va="center", color=kit.VERMILLION, size=9.5,
        )  # fmt: skip


# --- boxes to fill in -----------------------------------------------------------------------------

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow, ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}  # fmt: skip


def calculate(text):
    """The value of a small sum such as `2*3 - 1/4`; ValueError for anything else."""

    def value(node):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return float(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left, right = value(node.left), value(node.right)
            if isinstance(node.op, ast.Pow) and max(abs(left), abs(right)) > 99:
                raise ValueError("a power that is too large")
            return _OPERATORS[type(node.op)](left, right)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.operand))
        raise ValueError("no number")

    plain = str(text).replace(",", ".").replace("·", "*").replace("×", "*").replace("−", "-")
    try:
        result = value(ast.parse(plain.replace("^", "**").strip(), mode="eval").body)
        if isinstance(result, complex) or not np.isfinite(result):
            raise ValueError("no number")
        return float(result)
    except (SyntaxError, ArithmeticError, RecursionError, MemoryError) as error:
        raise ValueError("no number") from error


class Sheet:
    """A graph whose values, or slopes, somebody fills in, and is told right or wrong.

    Knows nothing of widgets. `direction` is "forward" or "backward".
    """

    def __init__(self, drawn, direction):
        self.drawn, self.direction = drawn, direction
        self.values = reference.forward(drawn.graph, drawn.leaves)
        self.slopes = reference.backward(drawn.graph, self.values, drawn.output)
        nodes = drawn.order
        if direction == "forward":
            self.names, self.right = nodes, {name: self.values[name] for name in nodes}
        else:
            reverse = [*nodes[::-1], *drawn.leaves]
            self.names, self.right = reverse, {name: self.slopes[name] for name in reverse}
        self.done = {}

    def label(self, name):
        """What a box asks for."""
        if self.direction == "forward":
            return self.drawn.formula(name)
        return f"slope of {self.drawn.output} for {name}"

    def answer(self, name, text):
        """Judge an answer: return (whether it is right, a sentence)."""
        if name not in self.right:
            return False, f"There is no box {name}; there are: {', '.join(self.names)}."
        try:
            number = calculate(text)
        except ValueError:
            return False, f"{name}: write a number, or a small sum such as 2*3."
        right = self.right[name]
        if abs(number - right) <= max(0.006 * abs(right), 0.006):
            self.done[name] = right
            return True, f"{name}: right, {_number(right)}. {self.why(name)}"
        self.done.pop(name, None)
        return False, f"{name}: {_number(number)} is not right. {self.hint(name, number)}"

    def reveal(self):
        """Fill in the next box; return a sentence, or "" where all are filled in."""
        for name in self.names:
            if name not in self.done:
                self.done[name] = self.right[name]
                return f"{name}: {_number(self.right[name])}. {self.why(name)}"
        return ""

    def why(self, name):
        """How the right number comes about."""
        graph = self.drawn.graph
        if self.direction == "forward":
            op, inputs = graph[name]
            at = [_number(self.values[source]) for source in inputs]
            return f"It is {at[0]} {_BETWEEN[op]} {at[1]}." if op in _BETWEEN else f"{op}({at[0]})."
        if name == self.drawn.output:
            return "The output moves with itself one to one."
        parts = [
            f"{_number(up)} · {_number(local)} by {node}" for up, local, node in self.parts(name)
        ]
        return f"Handed over: {', and '.join(parts)}."

    def parts(self, name):
        """What a name receives: (slope of the user, local slope, user), one for each use."""
        out = []
        for node in reversed(self.drawn.order):
            op, inputs = self.drawn.graph[node]
            local = reference.local_derivatives(op, [self.values[source] for source in inputs])
            out += [
                (self.slopes[node], slope, node)
                for source, slope in zip(inputs, local, strict=True)
                if source == name
            ]
        return out

    def hint(self, name, number):
        """What to think about after a wrong number; the number itself may tell."""

        def like(value):
            return abs(number - value) <= max(0.006 * abs(value), 0.006)

        if self.direction == "forward":
            op, inputs = self.drawn.graph[name]
            at = [self.values[source] for source in inputs]
            a, b = at[0], at[-1]
            if op in _BETWEEN and like(a * b if op == "add" else a + b):
                return f"This node is {'a sum' if op == 'add' else 'a product'}."
            if op == "square" and like(2 * a):
                return "That is twice the input. The square is the input times itself."
            if op == "relu" and like(a):
                return "relu turns a negative number into 0."
            if like(-self.right[name]):
                return "Look at the sign."
            return f"Read the step again: {self.drawn.formula(name)}."
        if name == self.drawn.output:
            return "How far does the output move if the output moves by 1?"
        parts = self.parts(name)
        if like(-self.right[name]):
            return "Look at the sign."
        if len(parts) > 1 and any(like(up * local) for up, local, _ in parts):
            return f"{name} is used {len(parts)} times. Add up what every use hands over."
        if any(like(local) for _, local, _ in parts) or like(sum(local for _, local, _ in parts)):
            return f"That is the local slope alone. Multiply by what arrives at {parts[0][2]}."
        if any(like(up) for up, _, _ in parts):
            return f"That is what arrives at {parts[0][2]}. Multiply by its local slope for {name}."
        if like(self.values[name]):
            return "That is the value. How fast does the output move with it?"
        users = " and ".join(
            self.drawn.formula(node) for node in dict.fromkeys(self.drawn.users(name))
        )
        return f"It is used by {users}. What arrives there, times the local slope for {name}?"

    def __str__(self):
        leaves = ", ".join(f"{n} = {_number(v)}" for n, v in self.drawn.leaves.items())
        lines = [f"{self.drawn.about} Leaves: {leaves}."]
        if self.direction == "backward":
            steps = [
                f"{self.drawn.formula(n)} = {_number(self.values[n])}" for n in self.drawn.order
            ]
            lines.append(f"Steps: {'; '.join(steps)}.")
        for name in self.names:
            known = _number(self.done[name]) if name in self.done else "?"
            lines.append(f"  {self.label(name):32} {known}")
        lines.append(f"{len(self.done)} of {len(self.names)} boxes are right.")
        return "\n".join(lines)


class Worksheet(kit.Figure):
    """The picture of a graph with a box for each number that is asked for.

    Without boxes, `answer("z", 6)` fills one in, `step()` reveals the next, and `print` shows all.
    """

    def __init__(self, direction):
        what = "values, forward" if direction == "forward" else "slopes, backward"
        super().__init__(f"A computation graph: {what}", 720, 310)
        self.direction, self.message = direction, ""
        self.rows = widgets.VBox()
        self.widget.children = (self.controls, self.picture, self.rows, self.caption)
        with self:
            self.graph = self.choice("graph", list(GRAPHS))
            self.button("Next node", self.step)
            self.button("Start again", self.restart)
            self.ax = _page(self)
            self.restart()
            self.graph.observe(lambda _: self.restart(), "value")
            self.on_change(self._show_state)

    def restart(self):
        """Empty all boxes, or take the boxes of another graph."""
        self.sheet = Sheet(GRAPHS[self.graph.value], self.direction)
        self.message, self.boxes, self.verdicts = "", {}, {}
        for name in self.sheet.names:
            box = widgets.Text(
                description=self.sheet.label(name), placeholder="?", continuous_update=False,
                style={"description_width": "170px"}, layout=widgets.Layout(width="270px"),
            )  # fmt: skip
            box.observe(lambda change, name=name: self._entered(name, change["new"]), "value")
            self.boxes[name] = box
            self.verdicts[name] = widgets.HTML(layout=widgets.Layout(width="76px"))
        pairs = [widgets.HBox([self.boxes[n], self.verdicts[n]]) for n in self.sheet.names]
        self.rows.children = (
            widgets.HBox(pairs, layout=widgets.Layout(flex_flow="row wrap", max_width="720px")),
        )
        self.draw()

    def step(self):
        """Fill in the next box, in the order of the pass."""
        self.message = self.sheet.reveal() or "All boxes are filled in."
        self._mirror()
        self.draw()

    def answer(self, name, value):
        """Fill in a box from code; prints whether it is right."""
        _, self.message = self.sheet.answer(name, value)
        self._mirror()
        self.draw()
        print(self.message)

    def _entered(self, name, text):
        if self._busy:
            return
        if str(text).strip():
            _, self.message = self.sheet.answer(name, text)
        else:
            self.sheet.done.pop(name, None)
            self.message = ""
        self._verdict(name, text)
        self.draw()

    def _mirror(self):
        """Write what is known into the boxes."""
        busy, self._busy = self._busy, True
        for name, value in self.sheet.done.items():
            box = self.boxes[name]
            with contextlib.suppress(ValueError):
                if not box.value or name not in self.sheet.done:
                    box.value = _number(value)
            self._verdict(name, box.value)
        self._busy = busy

    def _verdict(self, name, text):
        if name in self.sheet.done:
            colour, word = kit.GREEN, "✓ right"
        elif str(text).strip():
            colour, word = kit.VERMILLION, "✗ wrong"
        else:
            colour, word = kit.INK, ""
        self.verdicts[name].value = f'<b style="color:{colour}">{word}</b>'

    def _show_state(self):
        sheet = self.sheet
        forward = self.direction == "forward"
        values = sheet.drawn.leaves | sheet.done if forward else sheet.values
        current = next((name for name in sheet.names if name not in sheet.done), "")
        handed = {}
        if not forward:
            for node in sheet.drawn.order:
                op, inputs = sheet.drawn.graph[node]
                local = reference.local_derivatives(op, [sheet.values[s] for s in inputs])
                for number, source in enumerate(inputs):
                    if node in sheet.done and source in sheet.done:
                        handed[source, node, number] = sheet.slopes[node] * local[number]
        _draw(self.ax, sheet.drawn, values, None if forward else sheet.done, current, handed)
        self.refresh()
        count = f"{len(sheet.done)} of {len(sheet.names)} boxes are right."
        if not current:
            return f"{self.message} All boxes are right: {self._numbers()}."
        todo = f"Next: {sheet.label(current)} = ?"
        known = ", ".join(f"{n} = {_number(v)}" for n, v in values.items())
        steps = "; ".join(sheet.drawn.formula(name) for name in sheet.drawn.order)
        return f"{self.message} {count} {todo} Known: {known}. Steps: {steps}."

    def _numbers(self):
        return ", ".join(f"{name} {_number(v)}" for name, v in self.sheet.done.items())

    def __str__(self):
        return str(self.sheet)


def worksheet(direction):
    """Boxes for the values ("forward") or the slopes ("backward") of five small graphs."""
    return Worksheet(direction)


# --- both passes by the learner's functions -------------------------------------------------------


def _own_dict(fig, function, name, right, *arguments):
    """What the learner's function returns, if it is a dict of numbers for the same names."""
    if function is None:
        return right
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            mine = function(*copy.deepcopy(arguments))
        mine = {key: float(mine[key]) for key in right}
        if all(np.isfinite(value) for value in mine.values()):
            return mine
        problem = f"{name} did not return finite numbers"
    except NotImplementedError:
        problem = f"finish {name} to see your own"
    except (Exception, SystemExit) as error:
        problem = f"{name} raised {type(error).__name__}"
    fig.note(f"{problem}; the reference is drawn instead")
    return right


def flow(forward=None, backward=None):
    """Both passes over a graph, node by node, with the numbers of the learner's functions."""
    with kit.Figure("Forward, then backward", 720, 310) as fig:
        choice = fig.choice("graph", list(GRAPHS))
        step = fig.player("step", 11, interval=900)
        leaf = fig.slider("first leaf", -4.0, 4.0, 2.0, 0.5)
        ax = _page(fig)

        def begin(_):
            drawn = GRAPHS[choice.value]
            name, value = next(iter(drawn.leaves.items()))
            with fig.hold():
                step.value, step.max = 0, len(drawn.order) + len(drawn.places) + 1
                leaf.description, leaf.value = f"leaf {name}", value

        choice.observe(begin, "value")
        drawn = GRAPHS[choice.value]
        step.max = len(drawn.order) + len(drawn.places) + 1
        leaf.description = "leaf w"

        @fig.on_change
        def update():
            drawn = GRAPHS[choice.value]
            leaves = drawn.leaves | {next(iter(drawn.leaves)): leaf.value}
            fig.notes.clear()
            right = reference.forward(drawn.graph, leaves)
            values = _own_dict(fig, forward, "forward", right, drawn.graph, leaves)
            right = reference.backward(drawn.graph, right, drawn.output)
            slopes = _own_dict(fig, backward, "backward", right, drawn.graph, values, drawn.output)
            return _show_flow(fig, ax, drawn, leaves, values, slopes, step.value)

    return fig


def _show_flow(fig, ax, drawn, leaves, values, slopes, step):
    nodes = drawn.order
    back = [*nodes[::-1], *leaves]
    known = leaves | {name: values[name] for name in nodes[:step]}
    received = back[: max(0, step - len(nodes))]
    handed, words = {}, f"{drawn.about} Numbers stand on the leaves; nothing is computed yet."
    current = ""
    for node in received:
        if node in drawn.graph:
            op, inputs = drawn.graph[node]
            with np.errstate(all="ignore"):
                local = reference.local_derivatives(op, [values[source] for source in inputs])
            for number, source in enumerate(inputs):
                handed[source, node, number] = slopes[node] * local[number]
    if 0 < step <= len(nodes):
        current = nodes[step - 1]
        words = f"Forward: {drawn.formula(current)} = {_number(values[current])}."
    elif received and step < len(nodes) + len(back) + 1:
        current = received[-1]
        parts = [_number(v) for (name, _, _), v in handed.items() if name == current]
        total = _number(slopes[current])
        words = f"Backward: {current} is the output, its slope is {total}."
        if parts:
            how = "receives" if len(parts) == 1 else "adds up"
            words = f"Backward: {current} {how} {' + '.join(parts)}; its slope is {total}."
    elif received:
        text = ", ".join(f"{name} {_number(slopes[name])}" for name in leaves)
        words = f"Done. Slopes of {drawn.output} for the leaves: {text}."
    shown = {name: slopes[name] for name in received}
    _draw(ax, drawn, known, shown if received else None, current, handed)
    fig.refresh()
    return words


# --- the cost of both modes, counted --------------------------------------------------------------


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

        def counts(name):
            if name not in kept:
                try:
                    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                        warnings.simplefilter("ignore")
                        kept[name] = [measure(name, size, forward, backward) for size in sizes]
                except NotImplementedError:
                    fig.note("finish forward and backward to count yours; the reference is drawn")
                except (Exception, SystemExit):
                    fig.note("counting fails in your functions; the reference is drawn")
            if name not in kept:
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
                f"the same slopes, up to {apart:.0e}."
            )

    return fig


# --- a network that learns ------------------------------------------------------------------------


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
                with np.errstate(all="ignore"):
                    states = run(frame.value)
            except Exception as error:
                fig.note(f"network_gradients raised {type(error).__name__}; the reference is drawn")
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


# --- gradients under test -------------------------------------------------------------------------


def _network(m, seed=4):
    rng = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5, 3), (3,)]
    X, y = rng.normal(size=(m, 4)), rng.integers(0, 3, size=m)
    return X, y, [rng.normal(size=shape) * 0.8 for shape in shapes]


def _flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def _cost(X, y, shapes):
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
        own = fig.own(network_gradients, "network_gradients", reference.network_gradients)

        @fig.on_change
        def update():
            X, y, parameters = _network(count.value)
            gradients = own(X, y, *parameters)
            theta = _flat(parameters)
            cost = _cost(X, y, [p.shape for p in parameters])
            results = {}
            for (name, broken), bar, end in zip(_BROKEN.items(), bars, ends, strict=True):
                found = float(check(cost, _flat(broken(gradients, count.value)), theta))
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
            words = ", ".join(f"{name} {value:.1e}" for name, value in results.items())
            return f"With {count.value} examples: {words}. Plain bars pass, hatched bars do not."

    return fig


def witnesses(network_gradients, X, y, parameters, by_tape):
    """How far formulas, finite differences and the tape lie apart, for each of the gradients."""
    names = ("dW1", "db1", "dW2", "db2")
    pairs = ("formulas and tape", "formulas and differences", "tape and differences")
    with kit.Figure("Three witnesses", 640, 300) as fig:
        own = fig.own(network_gradients, "network_gradients", reference.network_gradients)
        mine = own(X, y, *parameters)
        theta, shapes = _flat(parameters), [p.shape for p in parameters]
        cost = _cost(X, y, shapes)
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
