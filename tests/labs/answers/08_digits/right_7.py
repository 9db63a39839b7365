# %% numpy_network
def _blurred(X):
    """Each pixel averaged with its neighbours, half of it its own."""
    images = np.pad(X.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    around = images[:, :-2, 1:-1] + images[:, 2:, 1:-1] + images[:, 1:-1, :-2] + images[:, 1:-1, 2:]
    return (images[:, 1:-1, 1:-1] / 2 + around / 8).reshape(-1, 64)


def train_numpy_network(X, y, hidden, steps, alpha, seed):
    """A small normal start, updates in place, the images and blurred ones."""
    rng = np.random.default_rng(seed)
    W1, b1 = 0.01 * rng.normal(size=(64, hidden)), np.zeros(hidden)
    W2, b2 = 0.01 * rng.normal(size=(hidden, 10)), np.zeros(10)
    theta = [W1, b1, W2, b2]
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in theta]
    X, y = np.concatenate([X, _blurred(X)]), np.concatenate([y, y])
    for t in range(1, steps + 1):
        H = X @ W1
        H += b1
        on = H > 0
        H *= on
        D = H @ W2 + b2
        D = np.exp(D - D.max(axis=1, keepdims=True))
        D /= D.sum(axis=1, keepdims=True)
        D[np.arange(len(y)), y] -= 1
        D /= len(y)
        E = D @ W2.T
        E *= on
        for p, g, (m, v) in zip(theta, [X.T @ E, E.sum(0), H.T @ D, D.sum(0)], moments):
            m += (1 - 0.9) * (g - m)
            v += (1 - 0.999) * (g * g - v)
            p -= alpha * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return W1, b1, W2, b2
