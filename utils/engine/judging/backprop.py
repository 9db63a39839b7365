"""Judge what lab 07 returns: orders of a computation graph, and gradients asked for twice."""

from __future__ import annotations

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, close, show


def order(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Accept any list of all node names of the graph, once each, every one after its inputs."""
    graph, got = case.calls[0].args[0], outcomes[0].value

    def finding(code: str, what: str, expected: str, step: str) -> Finding:
        return Finding(code, f"topological_order: {what}", 0, expected, show(got), step)

    if not isinstance(got, list) or not all(isinstance(name, str) for name in got):
        return finding("type", "the result is no list of names", "a list of names", "See above.")
    nodes = ", ".join(sorted(graph))
    nodes = nodes if len(nodes) <= 120 else f"all {len(graph)} nodes"
    leaves = {name for _, inputs in graph.values() for name in inputs} - graph.keys()
    if extra := [name for name in got if name not in graph]:
        if extra[0] in leaves:
            what = f"{extra[0]!r} is a leaf, and the list holds nodes only"
            return finding("leaf", what, nodes, "Leaves need no computing: leave them out.")
        step = (
            "Is it of an earlier call? A list that begins as `order=[]` in the signature is kept."
        )
        return finding("unknown", f"the graph has no node {extra[0]!r}", nodes, step)
    if len(set(got)) < len(got):
        twice = next(name for name in got if got.count(name) > 1)
        what = f"{twice!r} is in the list more than once"
        return finding("twice", what, nodes, "Remember which nodes are in the list already.")
    if missing := [name for name in graph if name not in set(got)]:
        what = f"{missing[0]!r} is not in the list"
        return finding("missing", what, nodes, "Every node has its place, also one nobody uses.")
    place = {name: number for number, name in enumerate(got)}
    for name in got:
        for source in graph[name][1]:
            if place.get(source, -1) > place[name]:
                what = f"{name!r} comes before {source!r}, which is its input"
                step = "Can this node be computed with what is in the list before it?"
                return finding("early", what, f"{source} before {name}", step)
    return None


def twice(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Compare as `close` does; a second call that differs where the first was right is told."""
    finding = close(case, outcomes)
    if finding is not None and finding.call > 0:
        name = case.calls[finding.call].function
        what = f"{name} is right the first time, and not when it is called again"
        step = "Start each call with fresh zeros: nothing may be left from the call before."
        return Finding("again", what, finding.call, finding.expected, finding.got, step)
    return finding
