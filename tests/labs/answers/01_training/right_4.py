# %% build_model
import keras
from keras.layers import Activation, Dense


def build_model(n_features):
    model = keras.Sequential([keras.layers.Input((n_features,))])
    for units in [25, 15, 1]:
        model.add(Dense(units, kernel_initializer="he_normal"))
        model.add(Activation("sigmoid"))
    return model


# %% sigmoid_unit
import tensorflow as tf


def predict(X, w, b):
    X, w = (tf.constant(np.ascontiguousarray(a), dtype=tf.float64) for a in (X, w))
    return tf.sigmoid(tf.linalg.matvec(X, w) + b)


# %% binary_cross_entropy
def binary_cross_entropy(y, p):
    p = tf.clip_by_value(tf.constant(p.copy(), tf.float64), 1e-7, 1 - 1e-7)
    y = tf.constant(y.copy(), tf.float64)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


# %% gradient
def cost_gradient(X, y, w, b):
    X, y = (tf.constant(np.ascontiguousarray(a), dtype=tf.float64) for a in (X, y))
    w, b = tf.Variable(w.astype(np.float64)), tf.Variable(b, dtype=tf.float64)
    with tf.GradientTape() as tape:
        z = tf.linalg.matvec(X, w) + b
        cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))
    return tape.gradient(cost, [w, b])


# %% gradient_descent
def gradient_descent(X, y, w, b, alpha, steps):
    costs = []
    for _ in range(steps):
        costs += [binary_cross_entropy(y, np.asarray(predict(X, w, b)))]
        dw, db = (part.numpy() for part in cost_gradient(X, y, w, b))
        w, b = w - alpha * dw, b - alpha * db
    return w, b, costs


# %% minibatches
def minibatches(m, batch_size, rng):
    order = rng.choice(m, size=m, replace=False)
    count = (m + batch_size - 1) // batch_size
    return tuple(order[i * batch_size : min(m, (i + 1) * batch_size)] for i in range(count))


# %% compile_and_fit
def compile_and_fit(model, X, y, epochs):
    model.compile(
        optimizer=keras.optimizers.SGD(0.5, momentum=0.9),
        loss=keras.losses.BinaryCrossentropy(from_logits=False),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    return model.fit(
        X.astype("float32"),
        y.astype("float32"),
        epochs=epochs,
        shuffle=False,
        validation_data=(X, y),
        verbose=0,
    )
