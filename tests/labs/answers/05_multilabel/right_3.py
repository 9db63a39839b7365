# %% kind_of_problem
def kind_of_problem(targets):
    if len(targets.shape) != 2 or not set(np.unique(targets).tolist()) <= {0, 1}:
        raise ValueError("not a table of 0 and 1")
    return ("multilabel", "multiclass")[int(np.array_equal(targets.sum(1), np.ones(len(targets))))]


# %% multilabel_loss
import keras


def multilabel_loss(Z, Y):
    return keras.losses.BinaryCrossentropy(from_logits=True)(Y, Z)


# %% multilabel_model
def build_multilabel_model(n_features, n_labels):
    model = keras.Sequential(
        [
            keras.layers.InputLayer(shape=(n_features,)),
            keras.layers.Dense(25),
            keras.layers.ReLU(),
            keras.layers.Dense(15),
            keras.layers.Activation("relu"),
            keras.layers.Dense(n_labels, kernel_initializer="he_normal"),
            keras.layers.Activation(keras.activations.sigmoid),
        ],
        name="scenes",
    )
    model.compile(optimizer="sgd", loss=keras.losses.BinaryCrossentropy(from_logits=False))
    return model


# %% predict_labels
import tensorflow as tf


def predict_labels(P, thresholds):
    return tf.cast(tf.constant(P) >= tf.constant(thresholds, dtype=P.dtype), tf.int32)


# %% scores
from sklearn.metrics import accuracy_score, hamming_loss


def label_accuracy(Y, Yhat):
    return 1 - hamming_loss(Y, Yhat)


def exact_match(Y, Yhat):
    return accuracy_score(Y, Yhat)


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    best = np.zeros(P.shape[1], dtype=np.float32)
    for j in range(P.shape[1]):
        order = np.argsort(-P[:, j])
        lowest = miss_cost * np.sum(Y[:, j])  # nothing said
        cost, best[j] = lowest, 1.01
        for place, i in enumerate(order):
            cost += -miss_cost if Y[i, j] == 1 else false_alarm_cost
            last_of_its_kind = place + 1 == len(order) or P[order[place + 1], j] < P[i, j]
            if last_of_its_kind and cost < lowest:
                lowest, best[j] = cost, P[i, j]
    return best
