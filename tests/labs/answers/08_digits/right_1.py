# %% shuffle_split
def shuffle_split(X, y, test_size, seed):
    order = np.random.RandomState(seed).permutation(X.shape[0])
    train, test = order[:-test_size], order[-test_size:]
    return [X[train], X[test], y[train], y[test]]


# %% digits_model
import keras


def build_digits_model():
    model = keras.Sequential()
    model.add(keras.layers.Input(shape=(64,)))
    for units in (25, 15):
        model.add(keras.layers.Dense(units, "relu"))
    model.add(keras.layers.Dense(10, activation="linear"))
    model.compile(
        "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"]
    )
    return model


# %% train_digits
def train_digits(model, X, y, seed):
    model.fit(X, y, batch_size=16, epochs=40, verbose=0)


# %% read_digits
def read_digits(model, X):
    classes, confidence = [], []
    for row in model.predict(X, verbose=0):
        e = np.exp(row - max(row))
        p = e / sum(e)
        best = int(np.argmax(p))
        classes.append(best)
        confidence.append(float(p[best]))
    return classes, confidence


# %% confusion
def confusion_matrix(y, yhat, n_classes):
    table = [[0] * n_classes for _ in range(n_classes)]
    for true, read in zip(y, yhat):
        table[true][read] += 1
    return table


# %% worst_mistakes
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    wrong = [(c, i) for i, c in enumerate(confidence) if classes[i] != y[i]]
    wrong.sort(reverse=True)
    return [i for _, i in wrong[:k]]


# %% numpy_network
def train_numpy_network(X, y, hidden, steps, alpha, seed):
    rng = np.random.default_rng(seed)
    W1 = rng.normal(0, 0.1, (X.shape[1], hidden))
    b1 = np.zeros(hidden)
    W2 = rng.normal(0, 0.1, (hidden, 10))
    b2 = np.zeros(10)
    mW1 = vW1 = mb1 = vb1 = mW2 = vW2 = mb2 = vb2 = 0.0
    m = len(X)
    for t in range(1, steps + 1):
        Z = X @ W1 + b1
        A = Z * (Z > 0)
        P = np.exp(A @ W2 + b2)
        P = P / np.sum(P, axis=1, keepdims=True)
        P[range(m), y] -= 1
        dW2 = A.T.dot(P) / m
        db2 = P.mean(axis=0)
        dZ = P.dot(W2.T)
        dZ[Z <= 0] = 0
        dW1 = X.T.dot(dZ) / m
        db1 = dZ.mean(axis=0)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        mW1, vW1 = 0.9 * mW1 + 0.1 * dW1, 0.999 * vW1 + 0.001 * dW1**2
        mb1, vb1 = 0.9 * mb1 + 0.1 * db1, 0.999 * vb1 + 0.001 * db1**2
        mW2, vW2 = 0.9 * mW2 + 0.1 * dW2, 0.999 * vW2 + 0.001 * dW2**2
        mb2, vb2 = 0.9 * mb2 + 0.1 * db2, 0.999 * vb2 + 0.001 * db2**2
        W1 = W1 - alpha * mW1 / c1 / (np.sqrt(vW1 / c2) + 1e-8)
        b1 = b1 - alpha * mb1 / c1 / (np.sqrt(vb1 / c2) + 1e-8)
        W2 = W2 - alpha * mW2 / c1 / (np.sqrt(vW2 / c2) + 1e-8)
        b2 = b2 - alpha * mb2 / c1 / (np.sqrt(vb2 / c2) + 1e-8)
    return W1, b1, W2, b2
