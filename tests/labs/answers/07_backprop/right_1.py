# %% numerical_derivative
def numerical_derivative(f, x, eps=1e-5):
    above = f(x + eps)
    below = f(x - eps)
    return (above - below) / eps / 2


# %% local_derivatives
def local_derivatives(op, inputs):
    if op == "add":
        return 1, 1
    elif op == "mul":
        a, b = inputs
        return b, a
    elif op == "square":
        return (2 * inputs[0],)
    elif op == "relu":
        return (1 if inputs[0] > 0 else 0,)
    elif op == "sigmoid":
        s = 1.0 / (1.0 + np.exp(-inputs[0]))
        return (s - s**2,)
    elif op == "log":
        return (inputs[0] ** -1,)
    else:
        raise ValueError("I do not know the op " + op)


# %% topological_order
def topological_order(graph):
    order = []
    while len(order) < len(graph):
        progress = False
        for name in graph:
            if name in order:
                continue
            op, inputs = graph[name]
            ready = True
            for source in inputs:
                if source in graph and source not in order:
                    ready = False
            if ready:
                order.append(name)
                progress = True
        if not progress:
            raise ValueError("the graph has a cycle")
    return order


# %% forward
def forward(graph, values):
    result = {}
    for leaf in values:
        result[leaf] = values[leaf]
    for name in topological_order(graph):
        op, inputs = graph[name]
        a = result[inputs[0]]
        if op == "add":
            result[name] = a + result[inputs[1]]
        if op == "mul":
            result[name] = a * result[inputs[1]]
        if op == "square":
            result[name] = a * a
        if op == "relu":
            result[name] = a if a > 0 else 0
        if op == "sigmoid":
            result[name] = 1 / (1 + np.exp(-a))
        if op == "log":
            result[name] = np.log(a)
    return result


# %% backward
def backward(graph, values, output):
    grads = {}
    for name in values:
        grads[name] = 0
    grads[output] = 1
    order = topological_order(graph)
    for k in range(len(order) - 1, -1, -1):
        node = order[k]
        op, inputs = graph[node]
        numbers = []
        for source in inputs:
            numbers.append(values[source])
        slopes = local_derivatives(op, numbers)
        for k2 in range(len(inputs)):
            grads[inputs[k2]] = grads[inputs[k2]] + grads[node] * slopes[k2]
    return grads


# %% network_gradients
def network_gradients(X, y, W1, b1, W2, b2):
    m = X.shape[0]
    dW1, db1 = np.zeros(W1.shape), np.zeros(b1.shape)
    dW2, db2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for i in range(m):
        z1 = X[i] @ W1 + b1
        a1 = np.maximum(0, z1)
        z2 = a1 @ W2 + b2
        p = np.exp(z2) / np.sum(np.exp(z2))
        d2 = p.copy()
        d2[y[i]] = d2[y[i]] - 1
        d1 = W2 @ d2
        d1[z1 <= 0] = 0
        dW2 += np.outer(a1, d2) / m
        db2 += d2 / m
        dW1 += np.outer(X[i], d1) / m
        db1 += d1 / m
    return dW1, db1, dW2, db2


# %% gradient_check
def gradient_check(f, grad, theta, eps=1e-5):
    numerical = []
    for i in range(len(theta)):
        up = theta.copy()
        down = theta.copy()
        up[i] += eps
        down[i] -= eps
        numerical.append((f(up) - f(down)) / (2 * eps))
    numerical = np.array(numerical)
    top = np.sqrt(np.sum((grad - numerical) ** 2))
    bottom = np.sqrt(np.sum(grad**2)) + np.sqrt(np.sum(numerical**2))
    if bottom == 0:
        return 0
    return top / bottom
