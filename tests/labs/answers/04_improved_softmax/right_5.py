# %% log_sum_exp
def log_sum_exp(Z):
    Z2 = np.atleast_2d(Z)
    c = np.array([[max(row)] for row in Z2])
    out = (c + np.log(np.exp(Z2 - c) @ np.ones((Z2.shape[1], 1))))[:, 0]
    return out if Z.ndim == 2 else out[0]


# %% log_softmax
def log_softmax(Z):
    return np.apply_along_axis(lambda row: row - log_sum_exp(row), -1, Z)


# %% stable_softmax
def stable_softmax(Z):
    e = np.exp((Z.T - Z.T.max(axis=0)).T)
    return (e.T / e.T.sum(axis=0)).T


# %% cross_entropy_from_logits
def cross_entropy_from_logits(Z, y):
    shifted = Z - Z.max(axis=1, keepdims=True)
    of_true = np.take_along_axis(shifted, y[:, None].astype(int), axis=1)[:, 0]
    return np.average(np.log(np.exp(shifted).sum(1)) - of_true)


# %% logits_model
import keras
import tensorflow as tf


class FromScores(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(
            tf.cast(tf.reshape(y_true, [-1]), tf.int32), y_pred
        )


def build_logits_model(n_features, n_classes):
    layers = [keras.Input((n_features,))]
    for units in (25, 15):
        layers.append(keras.layers.Dense(units, activation=keras.activations.relu))
    layers.append(keras.layers.Dense(n_classes, activation=keras.activations.linear))
    model = keras.Sequential(layers)
    model.compile(optimizer="adam", loss=FromScores())
    return model


# %% use_logits
def class_probabilities(model, X):
    import scipy.special

    return scipy.special.softmax(model.predict_on_batch(X), axis=1)


def predicted_classes(model, X):
    P = class_probabilities(model, X)
    return P.argmax(axis=-1).astype(np.int32)
