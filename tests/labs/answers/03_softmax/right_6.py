# %% softmax
softmax = lambda z: 1 / np.exp(z[..., None, :] - z[..., :, None]).sum(-1)


# %% one_hot
class UnknownLabel(ValueError):
    pass


def one_hot(y, n_classes, dtype=np.float32):
    if set(y.tolist()) - set(range(n_classes)):
        raise UnknownLabel("a label lies outside the classes")
    return np.identity(n_classes, dtype=dtype)[y]


# %% softmax_model
import keras
from keras import layers


def build_softmax_model(n_features, n_classes):
    inputs = keras.Input((n_features,))
    hidden = layers.Dense(15, activation="relu")(layers.Dense(25, activation="relu")(inputs))
    body = keras.Model(inputs, hidden)
    model = keras.Sequential([keras.Input((n_features,)), body, layers.Dense(n_classes, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop")
    return model
