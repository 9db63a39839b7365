"""The trial of the start page: an exercise that everybody can do, checked like those of the labs.

check = trial.Trial()
check("double", double)
"""

import numpy as np

from utils.checks import Check
from utils.engine.plain import encode
from utils.figures import kit


def _case(x, right):
    call = {"function": "double", "args": encode([x])}
    return {"calls": [call], "judge": "close", "params": encode({}), "expect": encode([right])}


def _wrong(name, hint, function, inputs):
    prints = [[[None, function(x), [], [], []]] for x in inputs]
    return {"name": name, "hint": hint, "finding": "", "prints": encode(prints)}


_INPUTS = (3.0, -1.5, np.array([1.0, 0.0, 2.5]))
_EXERCISE = {
    "name": "double",
    "kind": "function",
    "points": 0,
    "deadline": 2.0,
    "functions": ["double"],
    "forbids": [],
    "parameters": {"double": ["x"]},
    "results": {},
    "slips": [],
    "hints": [
        "What is twice 3? And what does your function make of 3?",
        "One operator of Python is enough. Which one makes 6 of 3, and -3 of -1.5?",
        "The function ends with `return` and the product of two numbers; one of them is x.",
    ],
    "checks": [
        {"title": "a number", "weight": 1, "cases": [_case(x, 2 * x) for x in _INPUTS[:2]]},
        {"title": "an array", "weight": 1, "cases": [_case(_INPUTS[2], 2 * _INPUTS[2])]},
    ],
    "wrong": [
        _wrong("added 2", "You added 2. Twice a number is a product.", lambda x: x + 2, _INPUTS),
        _wrong("squared", "You squared it: 3 times 3, not 2 times 3.", lambda x: x**2, _INPUTS),
        _wrong("unchanged", "x came back as it was.", lambda x: x, _INPUTS),
    ],
}


class Trial(Check):
    """The check of the trial, with hints and the reports that the labs give."""

    def __init__(self):
        super().__init__("01_training")  # any lab: its exercises give way to the one here
        self.lab, self._exercises = "00_start", {"double": _EXERCISE}

    def _next(self, name):
        return "Next: the figure below."


def figure(double=None):
    """The graph of the learner's `double`, and one point of it on a slider."""
    grid = np.linspace(-4, 4, 81)
    with kit.Figure("Your double", 480, 280) as fig:
        x = fig.slider("x", -4.0, 4.0, 1.5, 0.5)
        ax = fig.axes(xlabel="x", ylabel="double(x)", xlim=(-4, 4), ylim=(-9, 9))
        ax.grid(alpha=0.3, linewidth=0.6)
        (line,) = ax.plot([], [], color=kit.BLUE)
        (point,) = ax.plot([], [], "o", color=kit.VERMILLION, markersize=9)
        fig.live(line, point)
        own = fig.own(double, "double", lambda x: np.multiply(2, x))

        @fig.on_change
        def update():
            line.set_data(grid, own(grid))
            y = float(own(np.array(x.value)))
            point.set_data([x.value], [y])
            return f"double({x.value:g}) is {y:g}."

    return fig
