# %% activations
def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def relu(z):
    return (z + np.abs(z)) / 2


def linear(z):
    return z.copy()


# %% slopes
def sigmoid_slope(z):
    return sigmoid(z) * sigmoid(-z)


def relu_slope(z):
    return np.heaviside(z, 0.0)


# %% choose_output
def output_activation(target):
    match target:
        case "binary":
            return "sigmoid"
        case "real":
            return "linear"
        case "non-negative":
            return "relu"
        case _:
            raise ValueError(f"no activation for {target}")


# %% collapse
def collapse(W1, b1, W2, b2):
    # What the stack does to 0 and to the unit vectors is all there is to know about it.
    def stack(X):
        return (X @ W1 + b1) @ W2 + b2

    b = stack(np.zeros(len(W1)))
    return stack(np.eye(len(W1))) - b, b


# %% relu_network
def relu_network(x, w, b, v, c):
    table = np.outer(x, w) + b
    table[table < 0] = 0
    return np.sum(table * v, axis=1) + c


# %% fit_pieces
def fit_pieces(knots, values):
    # Hats: each is 1 at its knot and 0 at all others; made of units that bend at the knots.
    w, b, v = [], [], []
    before = knots[0] - 1.0
    after = knots[-1] + 1.0
    padded = [before, *knots, after]
    for i, height in enumerate(values, start=1):
        left, middle, right = padded[i - 1], padded[i], padded[i + 1]
        up, down = height / (middle - left), height / (right - middle)
        for place, bend in ((left, up), (middle, -up - down), (right, down)):
            w.append(1.0)
            b.append(-place)
            v.append(bend)
    return np.array(w), np.array(b), np.array(v), 0.0
