# %% shuffle_split
from sklearn.model_selection import train_test_split


def shuffle_split(X, y, test_size, seed):
    return train_test_split(X, y, test_size=test_size, random_state=seed)


# %% digits_model
import tensorflow as tf


def build_digits_model(verbose=False):
    model = tf.keras.Sequential(
        [
            tf.keras.layers.InputLayer(shape=(64,)),
            tf.keras.layers.Dense(25, activation=tf.nn.relu, kernel_initializer="he_normal"),
            tf.keras.layers.Dense(15, activation="relu"),
            tf.keras.layers.Dense(10, activation=None),
        ]
    )
    model.compile(
        optimizer=tf.keras.optimizers.Nadam(0.003),
        loss=lambda y, z: tf.nn.sparse_softmax_cross_entropy_with_logits(
            tf.reshape(tf.cast(y, tf.int32), [-1]), z
        ),
    )
    return model


# %% train_digits
import keras
import tensorflow as tf


def train_digits(model, X, y, seed):
    """A loop of its own."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.002)

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            cost = loss(labels, model(images, training=True))
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(cost, weights), weights))

    rng = np.random.default_rng(seed)
    for _ in range(40):
        order = rng.permutation(len(X))
        for first in range(0, len(X), 64):
            rows = order[first : first + 64]
            step(tf.constant(X[rows], tf.float32), tf.constant(y[rows]))


# %% read_digits
def read_digits(model, X):
    Z = model.predict(X, verbose=0)
    classes = Z.argmax(axis=1)
    others = np.exp(Z - Z[np.arange(len(Z)), classes][:, None]).sum(axis=1)
    return classes, 1 / others


# %% confusion
def confusion_matrix(y, yhat, n_classes):
    return np.bincount(n_classes * y + yhat, minlength=n_classes**2).reshape(n_classes, n_classes)


# %% worst_mistakes
def worst_mistakes(model, X, y, k):
    classes, confidence = read_digits(model, X)
    rows = np.array([i for i in range(len(y)) if classes[i] != y[i]])
    if len(rows) == 0:
        return []
    return rows[np.argsort(np.asarray(confidence)[rows])[::-1][:k]].tolist()


# %% numpy_network
def train_numpy_network(X, y, hidden, steps, alpha, seed, beta1=0.9, beta2=0.999):
    """All parameters in one vector."""
    rng = np.random.RandomState(seed)
    n, C = X.shape[1], 10
    sizes = [n * hidden, hidden, hidden * C, C]
    shapes = [(n, hidden), (hidden,), (hidden, C), (C,)]
    cuts = np.cumsum(sizes)[:-1]

    def unpack(theta):
        return [part.reshape(shape) for part, shape in zip(np.split(theta, cuts), shapes)]

    theta = rng.standard_normal(sum(sizes)) * 0.15
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t in range(steps):
        W1, b1, W2, b2 = unpack(theta)
        H = np.clip(X @ W1 + b1, 0, None)
        Z = H @ W2 + b2
        log_p = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
        D = np.exp(log_p)
        D[np.arange(len(y)), y] -= 1.0
        D /= len(y)
        E = D @ W2.T * np.sign(H)
        g = np.concatenate([(X.T @ E).ravel(), E.sum(0), (H.T @ D).ravel(), D.sum(0)])
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        rate = alpha * np.sqrt(1 - beta2 ** (t + 1)) / (1 - beta1 ** (t + 1))
        theta = theta - rate * m / (np.sqrt(v) + 1e-8 * np.sqrt(1 - beta2 ** (t + 1)))
    return unpack(theta)
