# %% build_model
from keras import Input, Model, layers


def build_model(n_features):
    x = inputs = Input((n_features,))
    for units in (25, 15, 1):
        x = layers.Dense(units, activation="sigmoid")(x)
    return Model(inputs, x)


# %% sigmoid_unit
from scipy.special import expit


def predict(X, w, b, chunk=None):
    return expit(np.einsum("ij,j->i", X, w) + b)


# %% binary_cross_entropy
from scipy.special import xlog1py, xlogy


def binary_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -float(np.mean(xlogy(y, p) + xlog1py(1 - y, -p)))


# %% gradient
def cost_gradient(X, y, w, b):
    rows = np.hstack([X, np.ones((len(X), 1))])
    together = rows.T.dot(predict(X, w, b) - y) / len(rows)
    return together[:-1], together[-1]


# %% gradient_descent
def gradient_descent(X, y, w, b, alpha, steps):
    def walk(w, b, left):
        if left == 0:
            return w, b, []
        cost = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        end_w, end_b, costs = walk(w - alpha * dw, b - alpha * db, left - 1)
        return end_w, end_b, [cost, *costs]

    return walk(w, b, steps)


# %% minibatches
def minibatches(m, batch_size, rng):
    order = rng.permutation(np.arange(m))
    for start in range(0, m, batch_size):
        yield order[start : start + batch_size]


# %% compile_and_fit
import tensorflow as tf


def compile_and_fit(model, X, y, epochs):
    rows = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X)).batch(4)
    model.compile(optimizer="rmsprop", loss=tf.keras.losses.binary_crossentropy)
    return model.fit(rows, epochs=epochs, verbose=0)
