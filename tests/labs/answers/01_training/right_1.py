# %% build_model
import keras


def build_model(n_features):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(25, activation="sigmoid", name="first"))
    model.add(keras.layers.Dense(15, activation="sigmoid", name="second"))
    model.add(keras.layers.Dense(1, activation="sigmoid", name="answer"))
    return model


# %% sigmoid_unit
import math


def predict(X, w, b):
    answers = []
    for row in X:
        z = b
        for value, weight in zip(row, w):
            z += value * weight
        answers.append(1 / (1 + math.exp(-z)))
    return answers


# %% binary_cross_entropy
def binary_cross_entropy(y, p):
    total = 0.0
    for label, probability in zip(y, p):
        probability = min(max(probability, 1e-7), 1 - 1e-7)
        total += -np.log(probability) if label == 1 else -np.log(1 - probability)
    return total / len(y)


# %% gradient
def cost_gradient(X, y, w, b):
    m, n = X.shape
    dw, db = [0.0] * n, 0.0
    for row, label, p in zip(X, y, predict(X, w, b)):
        for j in range(n):
            dw[j] += (p - label) * row[j] / m
        db += (p - label) / m
    return dw, db


# %% gradient_descent
def gradient_descent(X, y, w, b, alpha, steps):
    w = list(w)
    costs = []
    for _ in range(steps):
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
        dw, db = cost_gradient(X, y, w, b)
        w = [weight - alpha * slope for weight, slope in zip(w, dw)]
        b = b - alpha * db
    return w, b, costs


# %% minibatches
def minibatches(m, batch_size, rng):
    order = list(range(m))
    rng.shuffle(order)
    batches = []
    while order:
        batches.append(order[:batch_size])
        order = order[batch_size:]
    return batches


# %% compile_and_fit
def compile_and_fit(model, X, y, epochs):
    model.compile(loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adam(0.01))
    history = model.fit(X, y, epochs=epochs)
    return history
