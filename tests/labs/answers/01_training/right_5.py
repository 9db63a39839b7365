# %% build_model
from tensorflow import keras


def build_model(n_features):
    sigmoid = keras.activations.get("sigmoid")
    return keras.Sequential(
        [
            keras.layers.Input(shape=[n_features]),
            keras.layers.Dense(25, sigmoid),
            keras.layers.Dense(15, lambda z: 1 / (1 + keras.ops.exp(-z))),
            keras.layers.Dense(1, sigmoid, bias_initializer="ones"),
        ]
    )


# %% sigmoid_unit
def predict(X, w, b):
    z = np.sum(X * w, axis=1) + b
    return 0.5 * (1 + np.tanh(z / 2))


# %% binary_cross_entropy
def binary_cross_entropy(y, p):
    p = p.clip(1e-7, 1 - 1e-7)
    ones, zeros = np.log(p[y == 1]), np.log1p(-p[y == 0])
    return -(ones.sum() + zeros.sum()) / len(p)


# %% gradient
def cost_gradient(X, y, w, b):
    errors = np.asarray(predict(X, w, b)) - y
    return [np.mean(errors * column) for column in X.T], sum(errors) / len(errors)


# %% gradient_descent
def gradient_descent(X, y, w, b, alpha, steps):
    theta, costs = np.append(w, b).astype(float), []
    while len(costs) < steps:
        costs.append(binary_cross_entropy(y, predict(X, theta[:-1], theta[-1])))
        dw, db = cost_gradient(X, y, theta[:-1], theta[-1])
        theta = theta - alpha * np.append(dw, db)
    return theta[:-1], theta[-1], np.array(costs)


# %% minibatches
def minibatches(m, batch_size, rng):
    left = np.arange(m)
    batches = []
    while len(left):
        batch = rng.choice(left, size=min(batch_size, len(left)), replace=False)
        left = np.setdiff1d(left, batch)
        batches.append(batch)
    return batches


# %% compile_and_fit
def compile_and_fit(model, X, y, epochs):
    def cost(y_true, y_pred):
        return keras.losses.binary_crossentropy(y_true, y_pred)

    model.compile(optimizer=keras.optimizers.AdamW(0.003), loss=cost)
    history = model.fit(X, y, 8, epochs, verbose=0)
    return history
