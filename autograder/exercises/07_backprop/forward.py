"""forward: the value of every name of a graph."""

from autograder.authoring.declaration import case, exercise

from ._data import chain, graph_of, ladder, listed, random_graph

ex = exercise(__name__, points=12)
ex.hints = [
    "Start from a copy of `values`. In which order can the nodes be computed?",
    "For each node: fetch the values of its inputs, by name, and apply its op.",
    "An op may have the same input twice, as in a * a: keep the list of inputs as it is.",
]

_LINE = (graph_of("m = mul w x, s = add m b, out = square s"), {"w": 3.0, "x": 2.0, "b": -1.5})
_OPS = (
    graph_of("a = sigmoid x, b = relu y, c = relu x, d = log a, e = square y, f = add x y"),
    {"x": 0.75, "y": -2.0},
)
_ANY = (
    graph_of("loss = square d, d = add s c, s = sigmoid z, z = mul w x"),
    {"w": 0.5, "x": -3.0, "c": -1.0},
)
_SHARED = (
    graph_of("out = mul far a, far = square mid, a = mul x x, mid = add a a"),
    {"x": 1.5, "unused": 7.0},
)


def _drawn(rng, nodes, leaves=3):
    graph, values = random_graph(rng, nodes, leaves)
    return graph, values


ex.check(
    "every op",
    [case("forward", *_LINE), case("forward", *_OPS)],
    lambda rng: [
        case("forward", graph_of("a = square x, b = relu x, f = mul x y"), _OPS[1]),
        case(
            "forward", _OPS[0], {"x": float(rng.uniform(0.1, 3)), "y": float(rng.uniform(-4, -1))}
        ),
        case(
            "forward", _OPS[0], {"y": float(rng.uniform(0.1, 3)), "x": float(rng.uniform(-4, -1))}
        ),
        case("forward", _OPS[0], {"x": float(rng.uniform(3, 9)), "y": float(rng.uniform(7, 30))}),
        case(
            "forward", graph_of("y = relu x, z = log t"), {"x": 0.0, "t": float(rng.uniform(3, 9))}
        ),
    ],
    weight=2,
)
ex.check(
    "graphs listed in any order",
    [case("forward", *_ANY)],
    lambda rng: [
        case("forward", *_drawn(rng, 6)),
        case("forward", *_drawn(rng, 10)),
        case("forward", listed(_LINE[0], rng), _LINE[1]),
    ],
    weight=2,
)
ex.check(
    "shared nodes, the same input twice, leaves that nobody uses",
    [case("forward", *_SHARED)],
    lambda rng: [
        case("forward", listed(_SHARED[0], rng), {"x": float(rng.normal()), "more": 0.5}),
        case("forward", *_drawn(rng, 14, 2)),
        case("forward", listed(ladder(200), rng), {"x": float(rng.uniform(0.5, 2)) / 2**100}),
        case("forward", listed(chain(200), rng), {"x": 0.5, "c": float(rng.uniform(-1, 1))}),
    ],
)

# fmt: off
ex.mistake("order of the listing",
    "Compute a node only after its inputs: use your topological_order.",
    ("topological_order(graph)", "graph"))
ex.mistake("argument filled", "Fill a copy: the caller's dict must stay as it was.",
    ("dict(values)", "values"), finding="mutated")
ex.mistake("leaves missing", "The result holds the leaves too: begin with a copy of values.",
    ("return known", "return {name: known[name] for name in graph}"))
ex.mistake("last value only", "Return the dict with every value, not one number.",
    ("return known", "return known[name]"))
ex.mistake("a list of values", "Return a dict, name to value.",
    ("return known", "return list(known.values())"))
ex.mistake("the same input counted once", "A set drops the second a of a * a: keep the list of inputs.",
    ("source in inputs", "source in dict.fromkeys(inputs)"),
    ("lambda a, b: a + b", "lambda *at: sum(at)"), ("lambda a, b: a * b", "lambda *at: np.prod(at)"))
ex.mistake("add and mul swapped", "Compare your branches for add and mul with the table.",
    ("a + b", "a * b"), ("a * b", "a + b"))
ex.mistake("add for mul", "mul multiplies its inputs.", ("a * b", "a + b"))
ex.mistake("square doubled", "The square of a is a times a.", ("a**2", "2 * a"))
ex.mistake("relu missing", "relu replaces a negative value by 0.", ("max(a, 0.0)", "a"))
ex.mistake("relu as absolute value", "relu replaces a negative value by 0; it does not turn the sign.",
    ("max(a, 0.0)", "abs(a)"))
ex.mistake("relu keeps the negative side", "relu keeps the positive side: max(0, a).",
    ("max(a, 0.0)", "min(a, 0.0)"))
ex.mistake("relu as a step", "relu keeps the value where it is positive, it does not turn it into 1.",
    ("max(a, 0.0)", "float(a > 0)"))
ex.mistake("sigmoid with the sign flipped", "A large input should give a sigmoid near 1.",
    ("np.exp(-a)", "np.exp(a)"))
ex.mistake("tanh for sigmoid", "The sigmoid lies between 0 and 1.",
    ("1 / (1 + np.exp(-a))", "np.tanh(a)"))
ex.mistake("exp for sigmoid", "The sigmoid lies between 0 and 1: e^a alone grows without bound.",
    ("1 / (1 + np.exp(-a))", "np.exp(a)"))
ex.mistake("log in base 10", "log is natural: np.log.", ("np.log(", "np.log10("))
ex.mistake("log in base 2", "log is natural: np.log.", ("np.log(", "np.log2("))
ex.mistake("log1p for log", "log1p is the logarithm of 1 + a.", ("np.log(", "np.log1p("))
ex.mistake("local slopes for values", "These are slopes; forward computes values.", ("a + b", "1.0"),
    ("a * b", "b"), ("a**2", "2 * a"), ("max(a, 0.0)", "float(a > 0)"),
    ("1 / (1 + np.exp(-a))", "np.exp(-a) / (1 + np.exp(-a)) ** 2"), ("np.log(a)", "1 / a"))
ex.mistake("rounded", "Return the values unrounded.",
    ("operations[op](*[known[source] for source in inputs])",
     "round(float(operations[op](*[known[source] for source in inputs])), 3)"))
ex.mistake("unused leaves dropped", "Every leaf given is in the result, also one that nobody uses.",
    ("return known",
     "used = {source for _, inputs in graph.values() for source in inputs}\n"
     "    return {n: v for n, v in known.items() if n in graph or n in used}"))
ex.mistake("first input only", "An op with two inputs needs both.", ("a + b", "a + a"),
    ("a * b", "a * a"))
