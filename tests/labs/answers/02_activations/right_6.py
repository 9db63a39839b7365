# %% activations
def sigmoid(z):
    z = np.clip(z, -500, 500)
    return np.exp(z) / (np.exp(z) + 1)


def relu(z):
    return z * (z > 0)


def linear(z):
    return +z


# %% slopes
def sigmoid_slope(z):
    return 1 / (2 + np.exp(z) + np.exp(-z))


def relu_slope(z):
    slope = np.array(z > 0, dtype=np.float32)
    return slope


# %% choose_output
def output_activation(target):
    if target != "binary" and target != "real" and target != "non-negative":
        raise ValueError(str(target) + " is not known")
    if target == "binary":
        name = "sigmoid"
    elif target == "real":
        name = "linear"
    else:
        name = "relu"
    return name


# %% collapse
def collapse(W1, b1, W2, b2):
    W = np.zeros((W1.shape[0], W2.shape[1]))
    for unit in range(W1.shape[1]):
        W = W + np.outer(W1[:, unit], W2[unit])
    return W, b2 + np.dot(W2.T, b1)


# %% relu_network
def relu_network(x, w, b, v, c):
    return np.array([np.dot(v, relu(w * point + b)) for point in x]) + c


# %% fit_pieces
def fit_pieces(knots, values):
    # One unit a piece and its mirror image: up to the middle knot from the left, and back.
    middle = len(knots) // 2
    steep = np.diff(values) / np.diff(knots)
    right = steep[middle:]
    left = -steep[:middle][::-1]
    w = np.concatenate([np.ones(len(right)), -np.ones(len(left))])
    b = np.concatenate([-knots[middle:-1], knots[1 : middle + 1][::-1]])
    v = np.concatenate([np.diff(right, prepend=0), np.diff(left, prepend=0)])
    return w, b, v, float(values[middle])
