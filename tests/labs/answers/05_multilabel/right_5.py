# %% kind_of_problem
def kind_of_problem(targets):
    if np.ndim(targets) != 2:
        raise ValueError("a table has two axes")
    if np.isin(targets, [0, 1], invert=True).any():
        raise ValueError("0 or 1 only")
    highest, count = np.max(targets, axis=1), np.sum(targets, axis=1)
    if (highest == 1).all() and (count == 1).all():
        return np.str_("multiclass")
    return np.str_("multilabel")


# %% multilabel_loss
import tensorflow as tf


def multilabel_loss(Z, Y):
    losses = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.cast(Y, tf.float32), logits=tf.cast(Z, tf.float32)
    )
    return tf.reduce_mean(losses)


# %% multilabel_model
def build_multilabel_model(n_features, n_labels):
    from tensorflow.keras import layers, models

    x = inputs = layers.Input(shape=(n_features,), name="pixels")
    for units in (25, 15):
        x = layers.Activation("relu")(layers.Dense(units)(x))
    model = models.Model(inputs, layers.Dense(n_labels, activation=tf.nn.sigmoid)(x))
    model.compile(loss=tf.keras.losses.binary_crossentropy, optimizer=tf.keras.optimizers.SGD(0.1))
    return model


# %% predict_labels
def predict_labels(P, thresholds):
    Yhat = np.zeros_like(P, dtype=int)
    Yhat[P >= thresholds] = 1
    return Yhat


# %% scores
def label_accuracy(Y, Yhat):
    return tf.reduce_mean(
        tf.cast(tf.equal(tf.cast(Y, "float32"), tf.cast(Yhat, "float32")), "float32")
    )


def exact_match(Y, Yhat):
    wrong = set(np.where(Y != Yhat)[0])
    return np.float32(1 - len(wrong) / len(Y))


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    T = np.vstack([P, np.full(P.shape[1], 1.01)])  # candidates of each label, (m + 1, L)
    said = P[None, :, :] >= T[:, None, :]
    there = Y[None, :, :] == 1
    cost = (miss_cost * (there & ~said) + false_alarm_cost * (said & ~there)).sum(axis=1)
    return np.where(cost == cost.min(axis=0), T, 0).max(axis=0)
