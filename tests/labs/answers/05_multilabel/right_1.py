# %% kind_of_problem
def kind_of_problem(targets):
    if targets.ndim != 2:
        raise ValueError("two dimensions, please")
    for row in targets:
        for entry in row:
            if entry not in (0, 1):
                raise ValueError(f"{entry} is neither 0 nor 1")
    for row in targets:
        if sum(row) != 1:
            return "multilabel"
    return "multiclass"


# %% multilabel_loss
def multilabel_loss(Z, Y):
    total = 0.0
    for z_row, y_row in zip(Z, Y):
        for z, y in zip(z_row, y_row):
            if y == 0:
                z = -z
            # now -ln sigmoid(z)
            if z >= 0:
                total += np.log1p(np.exp(-z))
            else:
                total += -z + np.log1p(np.exp(z))
    return total / Z.size


# %% multilabel_model
import keras


def build_multilabel_model(n_features, n_labels):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(25, activation="relu"))
    model.add(keras.layers.Dense(15, activation="relu"))
    model.add(keras.layers.Dense(n_labels, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["binary_accuracy"])
    return model


# %% predict_labels
def predict_labels(P, thresholds):
    m, L = P.shape
    t = [thresholds] * L if np.ndim(thresholds) == 0 else thresholds
    return [[1 if P[i, j] >= t[j] else 0 for j in range(L)] for i in range(m)]


# %% scores
def label_accuracy(Y, Yhat):
    right = 0
    for y, yhat in zip(Y.ravel(), Yhat.ravel()):
        right += y == yhat
    return right / Y.size


def exact_match(Y, Yhat):
    right = 0
    for y, yhat in zip(Y, Yhat):
        if list(y) == list(yhat):
            right += 1
    return right / len(Y)


# %% choose_thresholds
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    out = []
    for j in range(P.shape[1]):
        best, best_cost = None, None
        for t in sorted(set(P[:, j])) + [1.01]:
            cost = 0
            for i in range(P.shape[0]):
                said = P[i, j] >= t
                if said and Y[i, j] == 0:
                    cost += false_alarm_cost
                if not said and Y[i, j] == 1:
                    cost += miss_cost
            if best_cost is None or cost <= best_cost:
                best, best_cost = t, cost
        out.append(best)
    return out
