# %% shuffle_split
def shuffle_split(X, y, test_size, seed):
    """Sort by random numbers."""
    np.random.seed(seed)
    order = np.argsort(np.random.rand(len(X)))
    train, test = order[test_size:], order[:test_size]
    return X[train, :], X[test, :], y[train], y[test]


# %% digits_model
from keras import Input, Sequential
from keras.layers import Dense
from keras.losses import SparseCategoricalCrossentropy
from keras.optimizers import Adam


def build_digits_model():
    model = Sequential([Input((64,)), Dense(25, "relu"), Dense(15, "relu"), Dense(10)])
    model.compile(
        optimizer=Adam(learning_rate=1e-2), loss=SparseCategoricalCrossentropy(from_logits=True)
    )
    return model


# %% train_digits
import keras
import tensorflow as tf


def train_digits(model, X, y, seed):
    """Batches from tf.data, then single batches at a lower rate."""
    keras.utils.set_random_seed(seed)
    rows = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X), seed=seed).batch(24)
    model.optimizer.learning_rate = 0.004
    model.fit(rows, epochs=15, verbose=0)
    model.optimizer.learning_rate = 2e-4
    rng = np.random.default_rng(seed)
    for _ in range(len(X) // 32):
        chosen = rng.integers(0, len(X), 32)
        model.train_on_batch(X[chosen], y[chosen])


# %% read_digits
def read_digits(model, X):
    import scipy.special

    Z = np.array(model(np.array(X, dtype="float32")))
    log_p = scipy.special.log_softmax(Z, axis=1)
    return np.argmax(Z, axis=1), np.exp(np.max(log_p, axis=1))


# %% confusion
import tensorflow as tf


def confusion_matrix(y, yhat, n_classes):
    return tf.math.confusion_matrix(y, yhat, num_classes=n_classes)


# %% worst_mistakes
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    pairs = {i: float(confidence[i]) for i in range(len(y)) if classes[i] != y[i]}
    return sorted(pairs, key=pairs.get, reverse=True)[:k]


# %% numpy_network
def train_numpy_network(X, y, hidden, steps, alpha, seed):
    """Gradients by einsum; starting biases away from 0."""
    rng = np.random.default_rng([seed, 7])
    W = [rng.uniform(-0.2, 0.2, (64, hidden)), rng.uniform(-0.3, 0.3, (hidden, 10))]
    b = [np.full(hidden, 0.05), rng.uniform(-0.01, 0.01, 10)]
    first = [np.zeros_like(a) for a in W + b]
    second = [np.zeros_like(a) for a in W + b]
    onehot = (np.asarray(y)[:, None] == np.arange(10)).astype(float)
    t = 0
    while t < steps:
        t += 1
        z = np.einsum("mi,ih->mh", X, W[0], optimize=True) + b[0]
        a = (z + np.abs(z)) / 2
        s = a @ W[1] + b[1]
        p = 1 / np.exp(s[:, None, :] - s[:, :, None]).sum(axis=2)
        d = (p - onehot) / X.shape[0]
        back = np.einsum("mc,hc->mh", d, W[1], optimize=True) * np.heaviside(z, 0.0)
        grads = [X.T @ back, a.T @ d, np.sum(back, 0), np.sum(d, 0)]
        for i, g in enumerate(grads):
            first[i] += (g - first[i]) * (1 - 0.9)
            second[i] += (g * g - second[i]) * (1 - 0.999)
            change = first[i] / (1 - 0.9**t) / ((second[i] / (1 - 0.999**t)) ** 0.5 + 1e-8)
            target = W if i < 2 else b
            target[i % 2] = target[i % 2] - alpha * change
    return W[0], b[0], W[1], b[1]
