# %% build_model
import tensorflow as tf
from tensorflow.keras.layers import Dense, InputLayer


def build_model(n_features):
    return tf.keras.models.Sequential(
        [
            InputLayer(shape=(n_features,)),
            Dense(units=25, activation=tf.nn.sigmoid),
            Dense(units=15, activation=tf.keras.activations.sigmoid),
            Dense(units=1, activation=tf.sigmoid),
        ],
        name="zero_or_one",
    )


# %% sigmoid_unit
def predict(X, w, b):
    z = np.dot(X, w) + b
    return np.exp(z) / (np.exp(z) + 1)


# %% binary_cross_entropy
def binary_cross_entropy(y, p):
    p = np.minimum(np.maximum(p, 1e-7), 1 - 1e-7)
    of_truth = np.where(y == 1, p, 1 - p)
    return np.sum(-np.log(of_truth)) / y.size


# %% gradient
def cost_gradient(X, y, w, b):
    errors = (predict(X, w, b) - y)[:, np.newaxis]
    return (errors * X).mean(axis=0), errors.mean()


# %% gradient_descent
def gradient_descent(X, y, w, b, alpha, steps):
    w, history = w.copy(), np.empty(steps)
    for i in range(steps):
        history[i] = binary_cross_entropy(y, predict(X, w, b))
        dw, db = cost_gradient(X, y, w, b)
        w -= alpha * dw
        b -= alpha * db
    return [w, b, history]


# %% minibatches
def minibatches(m, batch_size, rng):
    order = np.argsort(rng.random(m))
    return np.split(order, np.arange(batch_size, m, batch_size))


# %% compile_and_fit
def compile_and_fit(model, X, y, epochs):
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model.fit(x=X, y=y.reshape(-1, 1), batch_size=len(X), epochs=epochs, verbose=2)
