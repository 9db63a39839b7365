"""What several exercises of 07_backprop are asked with."""

import numpy as np


def graph_of(text):
    """Read a graph from text: "c = mul a b, d = square c"."""
    graph = {}
    for line in text.split(","):
        name, op, *inputs = line.replace("=", " ").split()
        graph[name] = [op, inputs]
    return graph


def listed(graph, rng):
    """Return the graph with its nodes listed in another order."""
    names = list(graph)
    return {names[i]: graph[names[i]] for i in rng.permutation(len(names))}


def chain(n):
    """A chain of n squares of alternating size: deep, and every value stays between 0 and 1."""
    graph, last = {}, "x"
    for i in range(n):
        graph[f"n{i}"] = ["add", [last, "c"]]
        last = f"n{i}"
    return graph


def ladder(n):
    """n nodes, each the sum of the one before and itself: 2 to the n paths."""
    graph, last = {}, "x"
    for i in range(n):
        graph[f"n{i}"] = ["add", [last, last]]
        last = f"n{i}"
    return graph


def _names(rng, count):
    """Short different names, in no alphabetical order."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pool = [a + b for a in letters for b in "12345"]
    return [pool[i] for i in rng.permutation(len(pool))[:count]]


def random_graph(rng, nodes, leaves=3):
    """A random graph with moderate values; returns (graph listed in any order, leaf values)."""
    names = _names(rng, nodes + leaves)
    values = {n: round(float(rng.uniform(0.3, 2) * rng.choice([-1, 1])), 3) for n in names[:leaves]}
    known, graph = dict(values), {}
    for name in names[leaves:]:
        while True:
            op = str(rng.choice(["add", "mul", "mul", "add", "square", "relu", "sigmoid", "log"]))
            count = 2 if op in ("add", "mul") else 1
            chosen = [str(n) for n in rng.choice(list(known), size=count)]
            at = [known[n] for n in chosen]
            if (op == "log" and not 0.1 < at[0] < 50) or (op == "relu" and abs(at[0]) < 1e-3):
                continue
            value = float(_value(op, at))
            if abs(value) < 12:
                break
        graph[name], known[name] = [op, chosen], value
    return listed(graph, rng), values


def _value(op, at):
    """The value of an op, to draw graphs whose values stay moderate."""
    a, b = at[0], at[-1]
    if op == "add":
        return a + b
    if op == "mul":
        return a * b
    if op == "square":
        return a * a
    if op == "relu":
        return max(a, 0.0)
    return 1 / (1 + np.exp(-a)) if op == "sigmoid" else np.log(a)
