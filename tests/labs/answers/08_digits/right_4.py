# %% shuffle_split
def shuffle_split(X, y, test_size, seed):
    rng = np.random.default_rng(seed)
    rows = np.arange(len(y))
    rng.shuffle(rows)
    test, train = np.split(rows, [test_size])
    return np.take(X, train, axis=0), np.take(X, test, axis=0), y[train], y[test]


# %% digits_model
import keras


def build_digits_model():
    layers = [keras.Input((64,)), keras.layers.Dense(25), keras.layers.Activation("relu")]
    layers += [keras.layers.Dense(15), keras.layers.Activation("relu")]
    layers += [keras.layers.Dense(10), keras.layers.Activation("linear")]
    model = keras.Sequential(layers, name="digits")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss, metrics=["accuracy"])
    return model


# %% train_digits
import keras


def train_digits(model, X, y, seed):
    """Some of the data tell when to stop; falling rate."""
    keras.utils.set_random_seed(seed)
    rate = keras.optimizers.schedules.CosineDecay(0.01, 20 * len(X) * 9 // 10 // 32)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    stop = keras.callbacks.EarlyStopping(patience=15, restore_best_weights=True)
    return model.fit(
        X, y, epochs=20, batch_size=32, validation_split=0.1, callbacks=[stop], verbose=0
    )


# %% read_digits
import keras


def read_digits(model, X):
    P = keras.ops.softmax(model(X, training=False), axis=-1)
    P = keras.ops.convert_to_numpy(P)
    return P.argmax(-1), P.max(-1)


# %% confusion
def confusion_matrix(y, yhat, n_classes):
    classes = range(n_classes)
    return np.array([[np.sum((y == i) & (yhat == j)) for j in classes] for i in classes])


# %% worst_mistakes
def worst_mistakes(model, X, y, k):
    classes, confidence = (np.asarray(part) for part in read_digits(model, X))
    order = np.argsort(-confidence)
    return order[classes[order] != y[order]][:k]


# %% numpy_network
class _Adam:
    def __init__(self, alpha):
        self.alpha, self.t, self.m, self.v = alpha, 0, {}, {}

    def step(self, values, grads):
        self.t += 1
        for name, g in grads.items():
            self.m[name] = 0.9 * self.m.get(name, 0) + 0.1 * g
            self.v[name] = 0.999 * self.v.get(name, 0) + 0.001 * g**2
            mhat = self.m[name] / (1 - 0.9**self.t)
            vhat = self.v[name] / (1 - 0.999**self.t)
            values[name] = values[name] - self.alpha * mhat / (np.sqrt(vhat) + 1e-8)


def train_numpy_network(X, y, hidden, steps, alpha, seed):
    rng = np.random.default_rng(seed)
    X = X.astype(np.float32)
    p = {
        "W1": rng.normal(size=(X.shape[1], hidden)).astype(np.float32) / np.float32(8),
        "b1": np.zeros(hidden, np.float32),
        "W2": rng.normal(size=(hidden, 10)).astype(np.float32) / np.sqrt(np.float32(hidden)),
        "b2": np.zeros(10, np.float32),
    }
    adam = _Adam(alpha)
    rows = np.arange(len(X))
    for _ in range(steps):
        batch = rng.permutation(rows)[:512]
        x, t = X[batch], y[batch]
        z = x @ p["W1"] + p["b1"]
        a = np.where(z > 0, z, 0)
        s = a @ p["W2"] + p["b2"]
        q = np.exp(s - s.max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        q -= np.eye(10, dtype=np.float32)[t]
        q /= len(batch)
        r = np.where(z > 0, q @ p["W2"].T, 0)
        adam.step(p, {"W1": x.T @ r, "b1": r.sum(0), "W2": a.T @ q, "b2": q.sum(0)})
    return [p["W1"], p["b1"], p["W2"], p["b2"]]
