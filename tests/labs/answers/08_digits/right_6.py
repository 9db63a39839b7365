# %% numpy_network
def train_numpy_network(X, y, hidden, steps, alpha, seed):
    """Four views into one flat vector, which every step of Adam changes in place."""
    sizes = [64 * hidden, hidden, hidden * 10, 10]
    ends = np.cumsum(sizes)
    flat, slope = np.zeros(ends[-1]), np.zeros(ends[-1])
    shapes = [(64, hidden), (hidden,), (hidden, 10), (10,)]

    def views(vector):
        return [vector[e - n : e].reshape(s) for e, n, s in zip(ends, sizes, shapes)]

    W1, b1, W2, b2 = parameters = views(flat)
    dW1, db1, dW2, db2 = views(slope)
    rng = np.random.default_rng(seed)
    W1[:] = rng.standard_normal(W1.shape) / 8
    W2[:] = rng.standard_normal(W2.shape) / np.sqrt(hidden)
    first, second = np.zeros_like(flat), np.zeros_like(flat)
    for t in range(1, steps + 1):
        Z = X @ W1 + b1
        A = np.maximum(Z, 0)
        S = A @ W2 + b2
        S -= S.max(axis=1, keepdims=True)
        np.exp(S, out=S)
        S /= S.sum(axis=1, keepdims=True)
        S[np.arange(len(y)), y] -= 1
        S /= len(y)
        dW2[:] = A.T @ S
        db2[:] = S.sum(axis=0)
        back = (S @ W2.T) * (Z > 0)
        dW1[:] = X.T @ back
        db1[:] = back.sum(axis=0)
        first *= 0.9
        first += 0.1 * slope
        second *= 0.999
        second += 0.001 * slope * slope
        flat -= alpha * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    return tuple(parameters)
