# %% activations
def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def relu(z):
    return np.where(z > 0, z, 0)


def linear(z):
    return z + 0


# %% slopes
def sigmoid_slope(z):
    return 0.25 / np.cosh(z / 2) ** 2


def relu_slope(z):
    return np.sign(relu(z))


# %% choose_output
def output_activation(target):
    if not isinstance(target, str):
        raise ValueError("the target is named by a string")
    try:
        return {"binary": "sigmoid", "real": "linear", "non-negative": "relu"}[target]
    except KeyError as error:
        raise ValueError(f"no such target: {target}") from error


# %% collapse
def collapse(W1, b1, W2, b2):
    W = np.einsum("ik,ko->io", W1, W2)
    b = np.einsum("k,ko->o", b1, W2)
    return [W.tolist(), (b + b2).tolist()]


# %% relu_network
def relu_network(x, w, b, v, c):
    out = np.full(x.shape, c, dtype=float)
    for j in range(len(w)):
        out += v[j] * relu(w[j] * x + b[j])
    return out


# %% fit_pieces
def fit_pieces(knots, values):
    # Solve for the output weights and the bias: one equation a point.
    starts = knots[:-1]
    table = np.maximum(knots[:, None] - starts, 0)
    system = np.column_stack([table, np.ones(len(knots))])
    *v, c = np.linalg.solve(system, values)
    return np.ones(len(starts)), -starts, np.array(v), c
