"""topological_order: the names of a graph, each after its inputs."""

from autograder.authoring.declaration import case, exercise

from ._data import chain, graph_of, ladder, listed, random_graph

ex = exercise(__name__, points=16, forbids=["sorters"])
ex.hints = [
    "A node may enter the list when all of its inputs that are nodes are in it already.",
    "One way: rounds that take every node that is ready (neuron: z; s; a; d; loss). Another: "
    "before you write a node down, visit its inputs.",
    "When is a graph cyclic? In the first way, when a round finds nothing to take. In the "
    "second, when a visit comes upon a node whose own visit is still going on.",
]


def _order(graph):
    return case("topological_order", graph, judge="backprop.order")


def _cycle(graph):
    return case("topological_order", graph, raises=ValueError)


_DIAMOND = graph_of("out = mul far a, far = square mid, a = add x y, mid = sigmoid a")

ex.check(
    "graphs listed from the inputs to the output",
    [_order(graph_of("m = mul w x, s = add m b, out = square s")), _order(graph_of("y = relu x"))],
    lambda rng: [_order(chain(int(rng.integers(5, 12)))), _order({"q": ["add", ["p", "p"]]})],
)
ex.check(
    "graphs listed in any order",
    [
        _order(graph_of("loss = square d, d = add s c, s = mul w x")),
        _order(graph_of("b = relu a, d = square c, a = mul x y, c = add b a")),
    ],
    lambda rng: [
        _order(random_graph(rng, 6)[0]),
        _order(random_graph(rng, 9)[0]),
        *(_order(graph_of(text)) for text in ("b = relu a, a = log x", "b = relu x, a = log b")),
        _order(listed(chain(30), rng)),
    ],
    weight=2,
)
ex.check(
    "shared nodes, several outputs, separate parts",
    [
        _order(_DIAMOND),
        _order(graph_of("z = add q q, q = mul p p, k = log j, p = square x, j = sigmoid i")),
    ],
    lambda rng: [
        _order(listed(_DIAMOND, rng)),
        _order(random_graph(rng, 14)[0]),
        _order(listed(ladder(12), rng) | graph_of("u = mul v v, t = square v")),
    ],
    weight=2,
)
ex.check(
    "chains up to 200 deep, with as many shared nodes",
    [_order(ladder(8))],
    lambda rng: [
        _order(listed(chain(200), rng)),
        _order(dict(reversed(chain(200).items()))),
        _order(listed(ladder(200), rng)),
        _order(dict(reversed(ladder(60).items()))),
    ],
)
ex.check(
    "a cycle is refused",
    [
        _cycle(graph_of("p = add x q, q = square p")),
        _cycle(graph_of("s = mul w x, t = add t s")),
        _cycle(graph_of("a = mul w x, b = add a d, out = relu a, c = square b, d = log c")),
    ],
    lambda rng: [
        _cycle(listed(graph_of("a = add x c, b = square a, c = relu b, d = mul a c"), rng)),
        _cycle(listed(graph_of("r = mul k k, k = sigmoid k"), rng)),
        _cycle(listed(chain(9) | {"n3": ["add", ["n2", "n7"]]}, rng)),
        _cycle(
            listed(graph_of("a = square x, b = add a a, c = mul d b, d = relu e, e = add c b"), rng)
        ),
    ],
    weight=2,
)

VISITS = "for name in graph:\n        visit(name)\n    return order"

# fmt: off
ex.mistake("order of the listing", "The graph may be listed in any order: look at the inputs.",
    (VISITS, "return list(graph)"))
ex.mistake("listing reversed", "The graph may be listed in any order: look at the inputs.",
    (VISITS, "return list(reversed(list(graph)))"))
ex.mistake("alphabetical", "Names mean nothing here: look at the inputs.",
    (VISITS, "return sorted(graph)"))
ex.mistake("from the output backwards", "Your list runs from the output to the inputs: turn it round.",
    ("return order", "return order[::-1]"))
ex.mistake("node before its inputs", "Write the node down after its inputs, not before them.",
    ('state[name] = "open"\n', 'state[name] = "open"\n        order.append(name)\n'),
    ('"done"\n        order.append(name)', '"done"'))
ex.mistake("leaves in the list", "Leaves need no computing: only names that are keys.",
    ("name not in graph or ", ""), ("graph[name][1]", "graph.get(name, (None, []))[1]"), finding="leaf")
ex.mistake("nodes more than once", "A shared node is computed once: remember what is done.",
    ('state.get(name) == "done"', "len(order) > 5000"), finding="twice")
ex.mistake("from the last node only", "Not every node leads to the last one listed.",
    ("for name in graph:\n        visit(name)", "visit(list(graph)[-1])"), finding="missing")
ex.mistake("cycles not noticed", "No order exists for a cycle: raise a ValueError.",
    ('raise ValueError(f"a cycle goes through {name!r}")', "return"))


@ex.mistake("cycles left out in silence", "Nodes of a cycle never become ready: raise a ValueError.")
def topological_order(graph):
    order = []
    for _ in graph:
        for name, (_, inputs) in graph.items():
            ready = all(source in order or source not in graph for source in inputs)
            if ready and name not in order:
                order.append(name)
    return order


ex.mistake("a node that uses itself passes", "A node that is its own input is a cycle too.",
    ("            visit(source)", "            if source != name:\n                visit(source)"))
ex.mistake("cycles end in a RecursionError", "Notice the cycle yourself and raise a ValueError.",
    ('        if state.get(name) == "open":\n'
     '            raise ValueError(f"a cycle goes through {name!r}")\n',
     ""))
ex.mistake("a shared node taken for a cycle", "Meeting a node again is fine once it is finished.",
    (' or state.get(name) == "done"', ""), ('state.get(name) == "open"', "name in state"),
    ("    for name in graph:",
     "    for name in [n for n in graph if not any(n in at for _, at in graph.values())] or graph:"))


@ex.mistake("sorted by the shortest way", "Count the longest path to the leaves, not the shortest.")
def topological_order(graph):
    level, left = {}, dict(graph)
    while left:
        ready = [n for n in left if any(s not in graph or s in level for s in left[n][1])]
        if not ready:
            raise ValueError("cycle")
        for name in ready:
            inputs = left.pop(name)[1]
            level[name] = 1 + min(level.get(s, 0) for s in inputs if s not in left)
    return sorted(level, key=level.get)


@ex.mistake("breadth first, reversed", "A node must come after all of its inputs, by the longest path.")
def topological_order(graph):
    used = {source for _, inputs in graph.values() for source in inputs}
    order = [name for name in graph if name not in used]
    if not order:
        raise ValueError("cycle")
    for name in order:
        if name in graph[name][1]:
            raise ValueError("cycle")
        order += [s for s in dict.fromkeys(graph[name][1]) if s in graph and s not in order]
    return order[::-1]


ex.mistake("sorted by the number of inputs", "How many inputs a node has says nothing about its place.",
    (VISITS, "return sorted(graph, key=lambda name: len(graph[name][1]))"))


@ex.mistake("one look at the inputs", "An input has inputs of its own: follow them to the leaves.")
def topological_order(graph):
    order = []
    for name, (_, inputs) in graph.items():
        if name in inputs:
            raise ValueError("cycle")
        for each in (*inputs, name):
            if each in graph and each not in order:
                order.append(each)
    return order


ex.mistake("pairs", "Return the names alone.",
    ("return order", "return [[name, graph[name][0]] for name in order]"), finding="type")
ex.mistake("graph emptied on the way", "Work on a copy of the graph.",
    ("return order", "graph.clear()\n    return order"), finding="mutated")
