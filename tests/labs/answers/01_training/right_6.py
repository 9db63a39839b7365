# %% build_model
import keras


def build_model(n_features):
    hidden = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
        ]
    )
    output = keras.layers.Dense(1, activation="sigmoid")(hidden.outputs[0])
    return keras.Model(inputs=hidden.inputs, outputs=output)


# %% sigmoid_unit
sigmoid = np.vectorize(lambda z: 1 / (1 + np.exp(-z)))


def predict(X, w, b):
    return sigmoid((w * X).sum(1) + b)


# %% binary_cross_entropy
from sklearn.metrics import log_loss


def binary_cross_entropy(y, p):
    return log_loss(y, np.clip(p, 1e-7, 1 - 1e-7), labels=[0, 1])


# %% gradient
def cost_gradient(X, y, w, b):
    p = predict(X, w, b)
    dw = np.zeros_like(w, dtype=float)
    for i in range(X.shape[0]):
        dw += (p[i] - y[i]) * X[i]
    return dw / X.shape[0], np.average(p - y)


# %% gradient_descent
from itertools import accumulate


def gradient_descent(X, y, w, b, alpha, steps):
    def step(state, _):
        dw, db = cost_gradient(X, y, *state)
        return state[0] - alpha * dw, state[1] - alpha * db

    states = list(accumulate(range(steps), step, initial=(w, b)))
    return *states[-1], [binary_cross_entropy(y, predict(X, *s)) for s in states[:-1]]


# %% minibatches
def minibatches(m, batch_size, rng):
    order = np.arange(m)
    for i in range(m - 1, 0, -1):
        j = rng.integers(0, i + 1)
        order[i], order[j] = order[j], order[i]
    return [order[k : k + batch_size].tolist() for k in range(0, m, batch_size)]


# %% compile_and_fit
def compile_and_fit(model, X, y, epochs):
    model.compile(loss=["binary_crossentropy"], optimizer="nadam")
    return model.fit(X, y, batch_size=1, epochs=epochs, verbose=0)
