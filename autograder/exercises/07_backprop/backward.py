"""backward: the slopes of an output for every name of a graph."""

from autograder.authoring.declaration import call, case, case_of, exercise

from ._data import chain, graph_of, ladder, listed, random_graph

ex = exercise(__name__, points=20, forbids=["autodiff"])
ex.hints = [
    "Begin with 0.0 for every name, and 1.0 for the output. In which order can the nodes pass "
    "on what they have received?",
    "What a node hands to one of its inputs: what has arrived at the node, times the local "
    "derivative for that input.",
    "A name may receive from several users, and twice from the same one. What must you do "
    "with the parts?",
]
local_derivatives = ex.home.right("local_derivatives")
topological_order = ex.home.right("topological_order")
forward = ex.home.right("forward")
backward = ex.home.right("backward")


def _values(graph, leaves):
    return {name: float(value) for name, value in forward(graph, leaves).items()}


def _back(graph, output, **leaves):
    """A case of backward: the leaves' values are completed by the right forward."""
    return case("backward", graph, _values(graph, leaves), output)


def _back_drawn(rng, nodes, leaves=3):
    """A random graph, and the latest of its nodes whose slopes are moderate as the output."""
    graph, leaves = random_graph(rng, nodes, leaves)
    values, order = _values(graph, leaves), topological_order(graph)
    for output in reversed(order):
        if max(abs(v) for v in backward(graph, values, output).values()) < 1e4:
            break
    return case("backward", graph, values, output)


_SQUARE = graph_of("m = mul three w, s = add two m, out = square s")
_DOUBLE = graph_of("b = add a a, c = add b b")
_UNEVEN = graph_of("out = mul far a, far = square mid, a = mul x y, mid = sigmoid a")
_RELUS = graph_of("p = relu u, q = relu v, r = relu w, s = mul two p, t = add s q, out = add t r")

ex.check(
    "a chain: local slope times what arrives",
    [
        _back(_SQUARE, "out", two=2.0, three=3.0, w=3.0),
        _back(graph_of("l = log s, s = sigmoid z, z = mul w x"), "l", w=0.5, x=-3.0),
    ],
    lambda rng: [
        _back(_SQUARE, "out", two=float(rng.normal()), three=float(rng.normal()), w=1.5),
        _back(
            graph_of("b = sigmoid a, a = square x, c = log b"), "c", x=float(rng.uniform(0.5, 2))
        ),
        _back(
            graph_of("c = relu b, b = mul a y, d = square c, a = add t x"),
            "d",
            t=2.5,
            x=-1.0,
            y=1.5,
        ),
    ],
    weight=2,
)
ex.check(
    "a name used more than once adds up what it receives",
    [
        _back(graph_of("out = add x x"), "out", x=5.0),
        _back(graph_of("out = mul x x"), "out", x=3.0),
        _back(_DOUBLE, "c", a=1.5),
        _back(_UNEVEN, "out", x=1.5, y=-0.5),
    ],
    lambda rng: [
        _back(listed(_UNEVEN, rng), "out", x=float(rng.normal()), y=float(rng.normal())),
        _back_drawn(rng, 8, 2),
        _back_drawn(rng, 12, 3),
        *(
            _back(graph_of(f"out = {op} x x"), "out", x=2.0) for op in ("add", "mul")
        ),  # of one value
    ],
    weight=3,
)
ex.check(
    "chains up to 200 deep, with as many shared nodes",
    [_back(ladder(8), "n7", x=0.5)],
    lambda rng: [
        _back(listed(ladder(60), rng), "n59", x=float(rng.normal())),
        _back(listed(chain(200), rng), "n199", x=0.5, c=float(rng.normal())),
    ],
)
ex.check(
    "relu passes on where its input is positive",
    [_back(_RELUS, "out", two=2.0, u=3.0, v=-1.0, w=0.0)],
    lambda rng: [
        _back(listed(_RELUS, rng), "out", two=-1.5, u=-1.0, v=float(rng.uniform(1, 2)), w=0.0),
        _back(graph_of("out = mul p y, p = relu x"), "out", x=float(rng.uniform(2, 4)), y=-0.5),
    ],
)
ex.check(
    "names that the output does not depend on",
    [
        _back(graph_of("z = mul q p, q = square p, p = add x y"), "q", x=1.0, y=0.5, unused=4.0),
    ],
    lambda rng: [
        _back_drawn(rng, 7),
        _back(graph_of("z = mul q p, r = log q, q = square p, p = mul x y, s = add x x"), "q",
              x=float(rng.normal()), y=-2.0, more=1.0),
        _back(graph_of("d = mul c c, c = add b a, b = square a"), "b", a=float(rng.normal())),
    ],
)  # fmt: skip


def _again(graph, output, **leaves):
    args = [graph, _values(graph, leaves), output]
    calls = [call("backward", *args), call("backward", *args)]
    slopes = backward(*args)
    return case_of(calls, "backprop.twice", [slopes, slopes])


ex.check(
    "called twice, the same both times",
    [_again(graph_of("s = add p b, p = mul w x"), "s", w=2.0, x=-1.5, b=0.5)],
    lambda rng: [_again(_SQUARE, "out", two=float(rng.normal()), three=2.5, w=float(rng.normal()))],
)

# fmt: off
ex.mistake("= instead of +=", "A value used twice receives two gradients: add them.", ("+=", "="))
ex.mistake("forward order",
    "Go from the output back to the leaves: a node passes on only what it has received.",
    ("reversed(topological_order(graph))", "topological_order(graph)"))
ex.mistake("order of the listing",
    "Use the topological order, reversed: the listing may have any order.",
    ("reversed(topological_order(graph))", "graph"))
ex.mistake("listing reversed", "Use the topological order, reversed: the listing may have any order.",
    ("topological_order(graph)", "list(graph)"))
ex.mistake("no seed", "d output / d output is 1.0: without it every gradient is 0.",
    ("    slopes[output] = 1.0\n", ""))
ex.mistake("seed at the last node", "The 1.0 belongs to the output that is asked for.",
    ("slopes[output]", "slopes[topological_order(graph)[-1]]"))
ex.mistake("seed is the output's value", "Begin with 1.0: how fast the output moves with itself.",
    ("= 1.0", "= values[output]"))
ex.mistake("upstream forgotten", "Local slope times what arrives at the node.",
    ("slopes[name] * slope", "slope"))
ex.mistake("upstream added", "Multiply the local slope by what arrives; do not add the two.",
    ("slopes[name] * slope", "slopes[name] + slope"))
ex.mistake("seed for every node",
    "What arrives at a node is its own gradient, not the 1.0 of the output.",
    ("slopes[name] * slope", "slopes[output] * slope"))
ex.mistake("product instead of sum",
    "Along a path the slopes multiply; where two paths meet they add up.", ("values, 0.0", "values, 1.0"),
    ("+=", "*="))
ex.mistake("mul partials swapped", "The slope of a * b for a is b.",
    ("in inputs])", 'in inputs])[:: -1 if op == "mul" else 1]'))
ex.mistake("slopes at the output of the op", "Local derivatives are taken at the inputs of the node.",
    ("values[source]", "values[name] or 1.0"))
ex.mistake("slopes at gradients",
    "Local derivatives are taken at the values of the inputs, not at their gradients.",
    ("values[source]", "abs(slopes[source]) + 1.0"))
ex.mistake("the same input counted once", "x + x uses x twice: both uses count.",
    ("zip(inputs, local, strict=True)", "dict(zip(inputs, local, strict=True)).items()"))
ex.mistake("first input only", "An op with two inputs hands something to both.",
    ("zip(inputs, local, strict=True)", "zip(inputs[:1], local, strict=False)"))
ex.mistake("relu without a mask", "relu passes nothing on where its input is negative or 0.",
    ("        for source, slope",
     '        local = [1.0] if op == "relu" else local\n        for source, slope'))
ex.mistake("relu passes at 0", "The slope of relu at 0 is 0 in this course.",
    ("        for source, slope",
     '        local = [float(values[inputs[0]] >= 0)] if op == "relu" else local\n'
     "        for source, slope"))
ex.mistake("relu slope is its value", "The slope of relu is 1 where it passes, not the value.",
    ("        for source, slope",
     '        local = [values[name]] if op == "relu" else local\n        for source, slope'))
ex.mistake("square without 2", "The slope of a square is 2 times its input.",
    ("        for source, slope",
     '        local = [values[inputs[0]]] if op == "square" else local\n        for source, slope'))
ex.mistake("leaves missing", "The leaves belong in the result: they are what training needs.",
    ("return slopes", "return {n: s for n, s in slopes.items() if n in graph}"))
ex.mistake("nodes missing", "Return a gradient for every name, nodes too.",
    ("return slopes", "return {n: s for n, s in slopes.items() if n not in graph}"))
ex.mistake("only what was reached", "Names that the output does not depend on have the gradient 0.0.",
    ("return slopes", "return {n: s for n, s in slopes.items() if s}"))
ex.mistake("output missing", "The output itself is in the result, with 1.0.",
    ("return slopes", "return {n: s for n, s in slopes.items() if n != output}"))
ex.mistake("a list of slopes", "Return a dict, name to number.",
    ("return slopes", "return list(slopes.values())"))
ex.mistake("slope times value", "Return the slopes, not slope times value.",
    ("return slopes", "return {n: s * values[n] for n, s in slopes.items()}"))
ex.mistake("sign flipped", "These are slopes of the output, not steps against them.",
    ("return slopes", "return {n: -s for n, s in slopes.items()}"))
ex.mistake("values overwritten", "Keep the slopes in a dict of their own: values must stay as it was.",
    ("return slopes", "values.update(slopes)\n    return slopes"), finding="mutated")
ex.mistake("each visit passes on all it has",
    "Finish all users of a node before the node: order matters.",
    ("for name in reversed(topological_order(graph)):",
     "work = [output]\n    for name in work:\n        if name not in graph or len(work) > 5000:\n"
     "            continue"),
    ("slopes[name] * slope", "slopes[name] * slope\n            work.append(source)"))
ex.mistake("breadth first from the output", "Finish all users of a node before the node itself.",
    ("for name in reversed(topological_order(graph)):",
     "work = [output]\n    for name in work:\n        if name not in graph:\n            continue"),
    ("slopes[name] * slope",
     "slopes[name] * slope\n            work += [] if source in work else [source]"))


@ex.mistake("gradients of the call before kept",
    "Gradients accumulate within a call, not from call to call: start with fresh zeros.",
    finding="again")
def backward(graph, values, output, kept={}):  # noqa: B006
    first = len(graph) > 2 or kept.get("args") != (graph, values, output)
    grads = dict.fromkeys(values, 0.0) if first else dict(kept["grads"])
    grads[output] = 1.0
    fresh = dict.fromkeys(values, 0.0)
    fresh[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        for source, slope in zip(
            inputs, local_derivatives(op, [values[i] for i in inputs]), strict=False
        ):
            fresh[source] += fresh[name] * slope
            grads[source] += fresh[name] * slope
    kept.clear()
    if first:
        kept.update(args=(graph, values, output), grads=dict(grads))
    return grads


ex.mistake("one way only", "Every path from a name to the output counts: add them up.",
    ("    for name in", "    done = set()\n    for name in"),
    ("slopes[source] += slopes[name] * slope",
     "if source not in done and slopes[name]:\n"
     "                slopes[source] = slopes[name] * slope\n                done.add(source)"))
