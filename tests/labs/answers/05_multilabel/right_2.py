# %% kind_of_problem
def kind_of_problem(targets):
    ones = targets.sum(axis=1)  # a single row has no axis 1: AxisError, which is a ValueError
    if targets.ndim > 2 or not np.all((targets == 0) | (targets == 1)):
        raise ValueError(targets)
    return "multiclass" if ones.min() == ones.max() == 1 else "multilabel"


# %% multilabel_loss
def multilabel_loss(Z, Y):
    return np.mean(np.logaddexp(0, Z) - Y * Z)


# %% multilabel_model
import tensorflow as tf


def build_multilabel_model(n_features, n_labels):
    inputs = tf.keras.Input(shape=(n_features,))
    hidden = tf.keras.layers.Dense(25, activation=tf.nn.relu)(inputs)
    hidden = tf.keras.layers.Dense(15, activation=tf.nn.relu)(hidden)
    outputs = tf.keras.layers.Dense(n_labels, activation=None)(hidden)
    model = tf.keras.Model(inputs, outputs)
    model.compile(
        tf.keras.optimizers.Adam(0.003), loss=tf.keras.losses.BinaryCrossentropy(from_logits=True)
    )
    return model


# %% predict_labels
def predict_labels(P, thresholds):
    return np.where(P < thresholds, 0, 1)


# %% scores
def label_accuracy(Y, Yhat):
    return 1 - np.abs(Y - Yhat).sum() / Y.size


def exact_match(Y, Yhat):
    return np.mean(np.abs(Y - Yhat).sum(axis=1) == 0)


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    def one(p, y):
        t = np.unique(np.append(p, 1.01))[::-1]
        said = p[None, :] >= t[:, None]
        cost = miss_cost * (~said) @ (y == 1) + false_alarm_cost * said @ (y == 0)
        return t[np.argmin(cost)]

    return np.array([one(P[:, j], Y[:, j]) for j in range(P.shape[1])])
