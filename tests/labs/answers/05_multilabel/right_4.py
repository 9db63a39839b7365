# %% kind_of_problem
def kind_of_problem(targets):
    two = targets.ndim == 2
    if not two or np.any(targets * (1 - targets) != 0):
        raise ValueError
    return "multiclass" if np.all(np.count_nonzero(targets, axis=1) == 1) else "multilabel"


# %% multilabel_loss
def multilabel_loss(Z, Y):
    # -ln sigmoid(s), where s is the logit in favour of what is true
    S = (2 * Y - 1) * Z
    return float(np.mean(np.where(S > 0, 0, -S) + np.log(1 + np.exp(-np.fabs(S)))))


# %% multilabel_model
from keras import Input, Sequential
from keras.layers import Dense
from keras.losses import binary_crossentropy


def build_multilabel_model(n_features, n_labels, rate=0.01):
    model = Sequential([Input((n_features,)), Dense(25, "relu"), Dense(15, "relu")])
    model.add(Dense(n_labels, name="logits"))
    model.compile(
        optimizer="rmsprop", loss=lambda y, z: binary_crossentropy(y, z, from_logits=True)
    )
    return model


# %% predict_labels
def predict_labels(P, thresholds):
    return np.array([p >= thresholds for p in P], dtype=np.int8)


# %% scores
def label_accuracy(Y, Yhat):
    return np.count_nonzero(Y == Yhat) / (Y.shape[0] * Y.shape[1])


def exact_match(Y, Yhat):
    return sum(np.array_equal(a, b) for a, b in zip(Y, Yhat)) / len(Y)


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    def cost(t, j):
        said = predict_labels(P, t)[:, j]
        return np.mean(np.where(Y[:, j] == 1, miss_cost * (1 - said), false_alarm_cost * said))

    labels = range(P.shape[1])
    return tuple(min([*P[:, j], 1.01], key=lambda t, j=j: (cost(t, j), -t)) for j in labels)
