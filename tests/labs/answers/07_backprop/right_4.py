# %% numerical_derivative
import tensorflow as tf


def numerical_derivative(f, x, eps=1e-5):
    pair = np.array([f(x + eps), f(x - eps)], dtype=float)
    return tf.constant(pair @ np.array([0.5, -0.5]) / eps, dtype=tf.float64)


# %% local_derivatives
import sympy


def local_derivatives(op, inputs):
    a, b = sympy.symbols("a b", real=True)
    table = {
        "add": a + b,
        "mul": a * b,
        "square": a**2,
        "sigmoid": 1 / (1 + sympy.exp(-a)),
        "log": sympy.log(a),
    }
    if op == "relu":
        return [0.0 if inputs[0] <= 0 else 1.0]
    if op not in table:
        raise ValueError(op)
    at = dict(zip((a, b), inputs))
    return [float(sympy.diff(table[op], s).subs(at)) for s, _ in zip((a, b), inputs)]


# %% topological_order
def topological_order(graph):
    WHITE, GREY, BLACK = 0, 1, 2
    colour, order = dict.fromkeys(graph, WHITE), []
    for start in graph:
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                colour[name] = BLACK
                order.append(name)
                continue
            if colour[name] == BLACK:
                continue
            if colour[name] == GREY:
                raise ValueError(f"cycle at {name}")
            colour[name] = GREY
            stack.append((name, True))
            for source in graph[name][1]:
                if source in graph and colour[source] != BLACK:
                    if colour[source] == GREY:
                        raise ValueError(f"cycle at {source}")
                    stack = [entry for entry in stack if entry != (source, False)]
                    stack.append((source, False))
    return order


# %% forward
def forward(graph, values):
    import operator
    from functools import reduce

    result = values.copy()
    for name in topological_order(graph):
        op = graph[name][0]
        inputs = [result[source] for source in graph[name][1]]
        if op in ("add", "mul"):
            result[name] = reduce({"add": operator.add, "mul": operator.mul}[op], inputs)
        else:
            function = {
                "square": tf.square,
                "relu": tf.nn.relu,
                "sigmoid": tf.sigmoid,
                "log": tf.math.log,
            }[op]
            result[name] = float(function(tf.constant(inputs[0], tf.float64)))
    return result


# %% backward
def backward(graph, values, output):
    names = list(values)
    index = {name: i for i, name in enumerate(names)}
    slope = np.zeros(len(names))
    slope[index[output]] = 1.0
    for name in topological_order(graph)[::-1]:
        op, inputs = graph[name]
        local = {"add": lambda a, b: (1, 1), "mul": lambda a, b: (b, a)}
        local |= {"square": lambda a: (2 * a,), "log": lambda a: (1 / a,)}
        local |= {"relu": lambda a: (a > 0,)}
        local |= {"sigmoid": lambda a: (np.exp(a) / (1 + np.exp(a)) ** 2,)}
        parts = local[op](*[values[i] for i in inputs])
        np.add.at(slope, [index[i] for i in inputs], slope[index[name]] * np.array(parts))
    return dict(zip(names, slope))


# %% network_gradients
def network_gradients(X, y, W1, b1, W2, b2):
    X, W1, b1, W2, b2 = (tf.constant(np.array(a), tf.float64) for a in (X, W1, b1, W2, b2))
    Z1 = X @ W1 + b1
    A1 = tf.nn.relu(Z1)
    P = tf.nn.softmax(A1 @ W2 + b2)
    dZ2 = (P - tf.one_hot(y, W2.shape[1], dtype=tf.float64)) / len(y)
    dZ1 = tf.where(Z1 > 0, dZ2 @ tf.transpose(W2), 0.0)
    return (
        tf.transpose(X) @ dZ1,
        tf.reduce_sum(dZ1, axis=0),
        tf.transpose(A1) @ dZ2,
        tf.reduce_sum(dZ2, axis=0),
    )


# %% gradient_check
def gradient_check(f, grad, theta, eps=1e-5):
    num = np.zeros_like(theta)
    for i, t in enumerate(theta):
        up, down = list(theta), list(theta)
        up[i], down[i] = t + eps, t - eps
        num[i] = (float(f(np.array(up))) - float(f(np.array(down)))) / (2 * eps)
    difference, a, b = (float(np.sqrt(v @ v)) for v in (grad - num, np.array(grad), num))
    return 0.0 if a == b == 0 else difference / (a + b)
