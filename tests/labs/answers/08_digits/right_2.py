# %% shuffle_split
import random


def shuffle_split(X, y, test_size, seed):
    rows = list(range(len(X)))
    random.Random(seed).shuffle(rows)
    test = rows[:test_size]
    train = rows[test_size:]
    return (
        np.array([X[i] for i in train]),
        np.array([X[i] for i in test]),
        np.array([y[i] for i in train]),
        np.array([y[i] for i in test]),
    )


# %% digits_model
import keras
from keras import layers


def build_digits_model():
    inputs = keras.Input(shape=(64,), name="pixels")
    hidden = layers.Dense(25)(inputs)
    hidden = layers.ReLU()(hidden)
    hidden = layers.Dense(15, activation=keras.activations.relu, name="second")(hidden)
    outputs = layers.Dense(10, name="logits")(hidden)
    model = keras.Model(inputs, outputs)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.AdamW(learning_rate=0.002),
    )
    return model


# %% train_digits
import keras


def train_digits(model, X, y, seed):
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    for _ in range(30):
        copies = X + rng.normal(scale=0.03, size=X.shape)
        model.fit(np.vstack([X, copies]), np.append(y, y), epochs=1, batch_size=32, verbose=0)
    return model


# %% read_digits
import tensorflow as tf


def read_digits(model, X):
    P = tf.nn.softmax(model(X), axis=1)
    return tf.argmax(P, axis=1), tf.reduce_max(P, axis=1)


# %% confusion
from sklearn import metrics


def confusion_matrix(y, yhat, n_classes):
    return metrics.confusion_matrix(y, yhat, labels=list(range(n_classes)))


# %% worst_mistakes
def worst_mistakes(model, X, y, k):
    Z = model.predict(X, verbose=0).astype(float)
    P = np.exp(Z) / np.exp(Z).sum(axis=-1)[:, None]
    confidence = np.where(Z.argmax(axis=-1) == y, -np.inf, P.max(axis=-1))
    order = np.argsort(confidence)[::-1]
    count = min(k, int(np.sum(confidence > 0)))
    return order[:count]


# %% numpy_network
def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _adam(theta, g, m, v, t, alpha):
    m = 0.9 * m + (1 - 0.9) * g
    v = 0.999 * v + (1 - 0.999) * g * g
    return theta - alpha * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


def train_numpy_network(X, y, hidden, steps, alpha, seed):
    rng = np.random.default_rng(seed)
    limit1, limit2 = np.sqrt(6 / (64 + hidden)), np.sqrt(6 / (hidden + 10))
    params = {
        "W1": rng.uniform(-limit1, limit1, (64, hidden)),
        "b1": np.zeros(hidden),
        "W2": rng.uniform(-limit2, limit2, (hidden, 10)),
        "b2": np.zeros(10),
    }
    state = {k: (np.zeros(p.shape), np.zeros(p.shape)) for k, p in params.items()}
    Y = np.zeros((len(y), 10))
    Y[np.arange(len(y)), y] = 1
    for t in range(1, steps + 1):
        rows = rng.choice(len(X), size=256, replace=False)
        Z1 = X[rows] @ params["W1"] + params["b1"]
        A1 = np.maximum(0, Z1)
        P = _softmax(A1 @ params["W2"] + params["b2"])
        error = (P - Y[rows]) / len(rows)
        back = error @ params["W2"].T
        back[Z1 <= 0] = 0
        grads = {
            "W1": X[rows].T @ back,
            "b1": back.sum(axis=0),
            "W2": A1.T @ error,
            "b2": error.sum(axis=0),
        }
        for name, g in grads.items():
            params[name], *moments = _adam(params[name], g, *state[name], t, alpha)
            state[name] = moments
    return tuple(params.values())
