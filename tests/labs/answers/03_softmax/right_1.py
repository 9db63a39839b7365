# %% softmax
def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


# %% one_hot
def one_hot(y, n_classes):
    rows = []
    for label in y:
        if not 0 <= label < n_classes:
            raise ValueError(f"label {label} is outside 0..{n_classes - 1}")
        rows.append([1.0 if j == label else 0.0 for j in range(n_classes)])
    return rows


# %% cross_entropy
def cross_entropy(P, y):
    total = 0.0
    for row, label in zip(P, y):
        total -= np.log(max(row[label], 1e-12))
    return total / len(y)


# %% softmax_regression
def predict_proba(X, W, b):
    return softmax(X @ W + b)


def predict(X, W, b):
    return predict_proba(X, W, b).argmax(axis=1)


# %% softmax_gradient
def softmax_gradient(X, y, W, b):
    m = X.shape[0]
    P = predict_proba(X, W, b)
    Y = one_hot(y, P.shape[1])
    error = P - Y
    return X.T @ error / m, error.mean(axis=0)


# %% softmax_model
import keras
from keras import layers


def build_softmax_model(n_features, n_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(layers.Dense(25, activation="relu", name="hidden_1"))
    model.add(layers.Dense(15, activation="relu", name="hidden_2"))
    model.add(layers.Dense(n_classes, activation="softmax", name="digits"))
    model.compile(
        optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy()
    )
    return model
