"""Boxes for the numbers of a graph, each told right or wrong at once."""

import ast
import html
import operator

import ipywidgets as widgets
import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.backprop.graphs import (
    BETWEEN,
    GRAPHS,
    Shown,
    local_slopes,
    page,
    short,
)

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
            return True, f"{name}: right, {short(right)}. {self.why(name)}"
        self.done.pop(name, None)
        return False, f"{name}: {short(number)} is not right. {self.hint(name, number)}"

    def reveal(self):
        """Fill in the next box; return a sentence, or "" where all are filled in."""
        for name in self.names:
            if name not in self.done:
                self.done[name] = self.right[name]
                return f"{name}: {short(self.right[name])}. {self.why(name)}"
        return ""

    def why(self, name):
        """How the right number comes about."""
        graph = self.drawn.graph
        if self.direction == "forward":
            op, inputs = graph[name]
            at = [short(self.values[source]) for source in inputs]
            return f"It is {at[0]} {BETWEEN[op]} {at[1]}." if op in BETWEEN else f"{op}({at[0]})."
        if name == self.drawn.output:
            return "The output moves with itself one to one."
        parts = [f"{short(up)} · {short(local)} by {node}" for up, local, node in self.parts(name)]
        return f"Handed over: {', and '.join(parts)}."

    def parts(self, name):
        """What a name receives: (slope of the user, local slope, user), one for each use."""
        out = []
        for node in reversed(self.drawn.order):
            op, inputs = self.drawn.graph[node]
            local = local_slopes(op, *[self.values[source] for source in inputs])
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
            if op in BETWEEN and like(a * b if op == "add" else a + b):
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
        leaves = ", ".join(f"{n} = {short(v)}" for n, v in self.drawn.leaves.items())
        lines = [f"{self.drawn.about} Leaves: {leaves}."]
        if self.direction == "backward":
            steps = [f"{self.drawn.formula(n)} = {short(self.values[n])}" for n in self.drawn.order]
            lines.append(f"Steps: {'; '.join(steps)}.")
        for name in self.names:
            known = short(self.done[name]) if name in self.done else "?"
            lines.append(f"  {self.label(name):32} {known}")
        lines.append(f"{len(self.done)} of {len(self.names)} boxes are right.")
        return "\n".join(lines)


class Worksheet(kit.Figure):
    """The picture of a graph with a box for each number that is asked for.

    Without boxes, `answer("z", 6)` fills one in, `step()` reveals the next, and `print` shows all.
    """

    def __init__(self, direction):
        what = "values, forward" if direction == "forward" else "slopes, backward"
        super().__init__(f"A computation graph: {what}", 720, 350)
        self.direction, self.message = direction, ""
        self.rows = widgets.VBox()
        self.widget.children = (self.controls, self.stage, self.rows, self.caption)
        with self:
            self.graph = self.choice("graph", list(GRAPHS))
            self.button("Next node", self.step)
            self.button("Start again", self.restart)
            self.shown = Shown(self, page(self))
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
            self.verdicts[name] = widgets.HTML(layout=widgets.Layout(width="400px"))
        pairs = [widgets.HBox([self.boxes[n], self.verdicts[n]]) for n in self.sheet.names]
        self.rows.children = pairs
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
        hint = ""
        if str(text).strip():
            right, self.message = self.sheet.answer(name, text)
            hint = "" if right else self.message.split(" is not right. ")[-1]
        else:
            self.sheet.done.pop(name, None)
            self.message = ""
        self._verdict(name, text, hint)
        self.draw()

    def _mirror(self):
        """Write what is known into the boxes; an answer that somebody wrote and is right stays."""
        busy, self._busy = self._busy, True
        for name, value in list(self.sheet.done.items()):  # a wrong box takes its name out
            box = self.boxes[name]
            if not (box.value and self.sheet.answer(name, box.value)[0]):
                box.value = short(value)
                self.sheet.done[name] = value
            self._verdict(name, box.value)
        self._busy = busy

    def _verdict(self, name, text, hint=""):
        if name in self.sheet.done:
            colour, word = kit.GREEN, "✓ right"
        elif str(text).strip():
            colour, word = kit.VERMILLION, "✗ wrong"
        else:
            colour, word = kit.INK, ""
        self.verdicts[
            name
        ].value = f'<b style="color:{colour}">{word}</b> <span>{html.escape(hint)}</span>'

    def _show_state(self):
        sheet = self.sheet
        forward = self.direction == "forward"
        values = sheet.drawn.leaves | sheet.done if forward else sheet.values
        current = next((name for name in sheet.names if name not in sheet.done), "")
        handed = {}
        if not forward:
            for node in sheet.drawn.order:
                op, inputs = sheet.drawn.graph[node]
                local = local_slopes(op, *[sheet.values[s] for s in inputs])
                for number, source in enumerate(inputs):
                    if node in sheet.done and source in sheet.done:
                        handed[source, node, number] = sheet.slopes[node] * local[number]
        self.shown.show(sheet.drawn, values, None if forward else sheet.done, current, handed)
        count = f"{len(sheet.done)} of {len(sheet.names)} boxes are right."
        if not current:
            return f"{self.message} All boxes are right: {self._numbers()}."
        todo = f"Next: {sheet.label(current)} = ?"
        known = ", ".join(f"{n} = {short(v)}" for n, v in values.items())
        steps = "; ".join(sheet.drawn.formula(name) for name in sheet.drawn.order)
        return f"{self.message} {count} {todo} Known: {known}. Steps: {steps}."

    def _numbers(self):
        return ", ".join(f"{name} {short(v)}" for name, v in self.sheet.done.items())

    def __str__(self):
        return str(self.sheet)


def worksheet(direction):
    """Boxes for the values ("forward") or the slopes ("backward") of five small graphs."""
    return Worksheet(direction)
