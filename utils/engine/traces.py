"""What the first case that fails shows of an answer's way, where its numbers have no pattern.

A node of a graph that is wrong though all that it is made of is right; the places at which a
function that was given is asked. Both name what is in the input: only for inputs that are shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from utils.engine.calling import Outcome
from utils.engine.facts import Pattern, numbers
from utils.engine.judging import Case, Finding, tolerances


def find(case: Case, outcomes: list[Outcome], finding: Finding) -> Pattern | None:
    """Return what a case shows, None where it has neither a graph nor a function."""
    if finding.code != "value":
        return None
    outcome = outcomes[finding.call]
    graph = _graph(case, finding.call)
    return _node(case, outcome, finding, graph) if graph else _places(case, outcome, finding)


def _graph(case: Case, at: int) -> dict[str, tuple[str, list[str]]]:
    """Return the computation graph among the arguments, `name -> (op, inputs)`; {} without one."""
    for arg in case.calls[at].args or []:
        if isinstance(arg, dict) and arg:
            nodes = [n for n in arg.values() if isinstance(n, (list, tuple)) and len(n) == 2]
            if len(nodes) == len(arg) and all(isinstance(n[1], (list, tuple)) for n in nodes):
                return {name: (op, list(inputs)) for name, (op, inputs) in arg.items()}
    return {}


def _node(case: Case, outcome: Outcome, finding: Finding, graph: dict) -> Pattern | None:
    """Find an entry that is wrong though those that it is computed from are right."""
    right, got = case.expect[finding.call], outcome.value
    if not (isinstance(right, dict) and isinstance(got, dict) and right.keys() == got.keys()):
        return None
    allowed = tolerances(case, case.calls[finding.call])
    wrong = [name for name in right if not _near(right[name], got[name], allowed)]
    users: dict[str, list[str]] = {}
    for name, (_, inputs) in graph.items():
        for source in inputs:
            users.setdefault(source, []).append(name)
    # What a leaf is given is never wrong on the way forward: then it is the way back.
    back = any(name not in graph for name in wrong)
    of = users if back else {name: inputs for name, (_, inputs) in graph.items()}
    for name in wrong:
        around = list(dict.fromkeys(of.get(name, [])))
        if not around or set(around) & set(wrong):
            continue
        right_ones = " and ".join(f"`{each}`" for each in around[:3])
        are, them, use = ("are", "them", "use") if len(around) > 1 else ("is", "it", "uses")
        if back:
            ops = " and ".join(dict.fromkeys(f'"{graph[each][0]}"' for each in around))
            step = f"{right_ones}, which {use} `{name}`, {are} right, and `{name}` is not: what "
            step += f"does {ops} pass back, and how often is `{name}` used?"
            return Pattern("a node on the way back", step)
        step = f"{right_ones} {are} right, `{name}` is not: what does "
        return Pattern("a node of a graph", f'{step}"{graph[name][0]}" make of {them}?')
    return None


def _near(right: Any, got: Any, tolerance: Any) -> bool:
    a, b = numbers(right), numbers(got)
    if a is None or b is None or a.shape != b.shape:
        return False
    with np.errstate(invalid="ignore"):
        return bool(np.all((np.abs(a - b) <= tolerance.allowed(a)) | (a == b)))


def _places(case: Case, outcome: Outcome, finding: Finding) -> Pattern | None:
    """Say at which places a function that was given is asked."""
    function = case.calls[finding.call].function
    for position, after in enumerate(outcome.args_after):
        at = after.get("at") if isinstance(after, dict) and "calls" in after else None
        if at:
            name = case.names.argument(function, position)
            at = at if np.ndim(at[0]) == 0 else at[:2]
            told = ", then ".join(map(_written, at)) + ", and so on" * (after["calls"] > len(at))
            step = f"You ask `{name}` at {told}. If these are the places that you mean, what do "
            return Pattern("asked elsewhere", step + "you do with what it returns?")
    return None


def _written(place: Any) -> str:
    entries = [f"{entry:.7g}" for entry in np.ravel(place)]
    return entries[0] if np.ndim(place) == 0 else f"[{', '.join(entries)}]"
