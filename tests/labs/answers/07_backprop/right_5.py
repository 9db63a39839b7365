# %% numerical_derivative
numerical_derivative = lambda f, x, eps=1e-5: 0.5 * ((f(x + eps) - f(x)) + (f(x) - f(x - eps))) / eps


# %% local_derivatives
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def local_derivatives(op, inputs):
    known = ["add", "mul", "square", "relu", "sigmoid", "log"]
    if op not in known:
        raise ValueError(f"{op} is none of {known}")
    a = float(inputs[0])
    b = float(inputs[1]) if len(inputs) > 1 else None
    slopes = []
    slopes += [1.0, 1.0] if op == "add" else []
    slopes += [b, a] if op == "mul" else []
    slopes += [2 * a] if op == "square" else []
    slopes += [int(a > 0)] if op == "relu" else []
    slopes += [sigmoid(a) * sigmoid(-a)] if op == "sigmoid" else []
    slopes += [1 / a] if op == "log" else []
    return iter(slopes)


# %% topological_order
def topological_order(graph):
    depth = {}

    def level(name, path=()):
        if name not in graph:
            return 0
        if name in path:
            raise ValueError("cycle: " + " -> ".join(path))
        if name not in depth:
            depth[name] = 1 + max(level(source, path + (name,)) for source in graph[name][1])
        return depth[name]

    return sorted(graph, key=level)


# %% forward
def forward(graph, values):
    answer = dict(values)
    todo = list(graph)
    while todo:
        later = []
        for name in todo:
            op, inputs = graph[name]
            if not all(i in answer for i in inputs):
                later.append(name)
                continue
            a = np.array([answer[i] for i in inputs])
            answer[name] = {
                "add": lambda: a.sum(),
                "mul": lambda: a.prod(),
                "square": lambda: a[0] ** 2,
                "relu": lambda: a[0].clip(0),
                "sigmoid": lambda: sigmoid(a[0]),
                "log": lambda: np.log(a)[0],
            }[op]()
        todo = later
    return answer


# %% backward
from collections import defaultdict


def backward(graph, values, output):
    order = topological_order(graph)
    received = defaultdict(list)
    received[output].append(1.0)
    slopes = {}
    for name in [*reversed(order), *(n for n in values if n not in graph)]:
        slopes[name] = sum(received[name], 0.0)
        if name in graph:
            op, inputs = graph[name]
            for source, local in zip(inputs, local_derivatives(op, [values[s] for s in inputs])):
                received[source].append(slopes[name] * local)
    return slopes


# %% network_gradients
def softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def network_gradients(X, y, W1, b1, W2, b2, relu=lambda z: np.maximum(z, 0)):
    m = len(y)
    Z1 = X.dot(W1) + b1.reshape(1, -1)
    A1 = relu(Z1)
    dZ2 = softmax(A1.dot(W2) + b2)
    dZ2[range(m), y] -= 1
    dA1 = dZ2.dot(W2.T)
    dZ1 = np.multiply(dA1, A1 > 0)
    dW2, db2 = A1.T.dot(dZ2) / m, dZ2.sum(0) / m
    dW1, db1 = X.T.dot(dZ1) / m, np.ones(m).dot(dZ1) / m
    return dW1, db1, dW2.tolist(), list(db2)


# %% gradient_check
def gradient_check(f, grad, theta, eps=1e-5):
    theta = np.array(theta, dtype=float)
    num = np.empty(theta.shape)
    for i in range(theta.size):
        keep = theta[i]
        theta[i] = keep + eps
        num[i] = f(theta)
        theta[i] = keep - eps
        num[i] -= f(theta)
        theta[i] = keep
    num /= 2 * eps
    size = np.hypot(0, np.linalg.norm(grad)) + np.linalg.norm(num)
    return np.array(np.linalg.norm(num - grad) / size if size > 0 else 0.0)
