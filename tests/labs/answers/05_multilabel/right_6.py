# %% kind_of_problem
def kind_of_problem(targets):
    if targets.ndim != 2 or ((targets != 0) & (targets != 1)).any():
        raise ValueError("targets must be a table of 0 and 1")
    singles = [row.tolist().count(1) == 1 for row in targets]
    if all(singles):
        return "multiclass"
    else:
        return "multilabel"


# %% multilabel_loss
from scipy.special import log_expit


def multilabel_loss(Z, Y):
    return -np.average(np.where(Y == 1, log_expit(Z), log_expit(-Z)))


# %% multilabel_model
import keras


def build_multilabel_model(n_features, n_labels):
    model = keras.Sequential(
        [
            keras.layers.Dense(25, "relu", input_shape=(n_features,)),
            keras.layers.Dense(15, keras.activations.relu),
            keras.layers.Dense(n_labels, keras.activations.linear),
        ]
    )
    model.compile(
        loss=[keras.losses.BinaryCrossentropy(from_logits=True)], optimizer=keras.optimizers.Nadam()
    )
    return model


# %% predict_labels
def predict_labels(P, thresholds):
    return ((np.sign(P - thresholds) + 2) // 2).astype(int)


# %% scores
def label_accuracy(Y, Yhat):
    return np.mean(np.mean(Y == Yhat, axis=1))


def exact_match(Y, Yhat):
    return np.prod(Y == Yhat, axis=1).mean()


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    answers = []
    share = miss_cost / (miss_cost + false_alarm_cost)
    for label in range(P.shape[1]):
        p, y = P[:, label], Y[:, label]
        table = {}
        for t in [*p, 1.01]:
            misses = int(np.sum(y[p < t]))
            alarms = int(np.sum(1 - y[p >= t]))
            table[float(t)] = share * misses + (1 - share) * alarms
        lowest = min(table.values())
        answers.append(max(t for t, cost in table.items() if np.isclose(cost, lowest)))
    return answers
