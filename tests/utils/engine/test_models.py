"""Is a Keras model described by what it does, however it is spelled?"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from utils.engine import models
from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.judging import Case, verdict
from utils.engine.plain import Same

L = keras.layers
CE = keras.losses.SparseCategoricalCrossentropy
WANTED = {"inputs": 4, "layers": [[3, "relu"], [2, "softmax"]]}


def judged(model, **params):
    case = Case([Call("build", [])], "models.model", {**WANTED, **params}, [None])
    return verdict(case, [Outcome(models.to_plain(model))])


def network(*layers, loss=None):
    model = keras.Sequential([keras.Input((4,)), *layers])
    if loss is not None:
        model.compile(loss=loss)
    return model


def functional():
    inputs = keras.Input((4,))
    return keras.Model(inputs, L.Dense(2, "softmax")(L.Dense(3, "relu")(inputs)))


RIGHT = {
    "names": lambda: network(L.Dense(3, "relu"), L.Dense(2, "softmax")),
    "functions": lambda: network(L.Dense(3, tf.nn.relu), L.Dense(2, keras.activations.softmax)),
    "lambdas": lambda: network(
        L.Dense(3, lambda t: keras.ops.maximum(t, 0)), L.Dense(2, lambda t: tf.nn.softmax(t))
    ),
    "layers": lambda: network(L.Dense(3), L.ReLU(), L.Dense(2), L.Softmax()),
    "activation layers": lambda: network(
        L.Dense(3), L.Activation("relu"), L.Dense(2), L.Activation(tf.nn.softmax)
    ),
    "functional": functional,
    "nested": lambda: network(keras.Sequential([L.Dense(3, "relu")]), L.Dense(2, "softmax")),
    "flatten": lambda: network(L.Flatten(), L.Dense(3, "relu"), L.Dense(2, "softmax")),
}


@pytest.mark.parametrize("spelling", RIGHT)
def test_every_spelling_of_the_network_is_right(spelling):
    """Is the network recognised whatever names, functions or layers build it?"""
    assert judged(RIGHT[spelling]()) is None


WRONG = {
    "units": lambda: network(L.Dense(5, "relu"), L.Dense(2, "softmax")),
    "layer-count": lambda: network(L.Dense(2, "softmax")),
    "hidden-activation": lambda: network(L.Dense(3, "tanh"), L.Dense(2, "softmax")),
    "output-activation": lambda: network(L.Dense(3, "relu"), L.Dense(2)),
    "extra-layer": lambda: network(L.Dense(3, "relu"), L.Dropout(0.5), L.Dense(2, "softmax")),
    "bias": lambda: network(L.Dense(3, "relu", use_bias=False), L.Dense(2, "softmax")),
    "activation-twice": lambda: network(L.Dense(3, "relu"), L.Dense(2, "softmax"), L.Softmax()),
    "inputs": lambda: keras.Sequential([L.Dense(3, "relu"), L.Dense(2, "softmax")]),
}


@pytest.mark.parametrize("code", WRONG)
def test_each_difference_has_its_own_finding(code):
    """Is the part that differs named?"""
    assert judged(WRONG[code]()).code == code


PAIR = [["softmax", "sparse_categorical_crossentropy", False]]


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        CE(),
        keras.losses.sparse_categorical_crossentropy,
        lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p),
        ["sparse_categorical_crossentropy"],
    ],
)
def test_every_spelling_of_the_loss_is_right(loss):
    """Is a loss recognised by name, object, function and value?"""
    model = network(L.Dense(3, "relu"), L.Dense(2, "softmax"), loss=loss)
    assert judged(model, compiled=PAIR) is None


@pytest.mark.parametrize(
    ("loss", "code"),
    [
        (None, "not-compiled"),
        ("categorical_crossentropy", "loss"),
        ("mse", "loss"),
        (CE(from_logits=True), "logits-twice"),
        (CE(reduction="sum"), "reduction"),
        (lambda y, p: tf.nn.sparse_softmax_cross_entropy_with_logits(y, p), "logits-twice"),
    ],
)
def test_a_loss_that_does_not_fit_is_named(loss, code):
    """Is softmax with from_logits=True refused, although Keras repairs it?"""
    model = network(L.Dense(3, "relu"), L.Dense(2, "softmax"), loss=loss)
    assert judged(model, compiled=PAIR).code == code


def test_a_linear_output_with_a_probability_loss_is_refused():
    """Is the pair that Keras accepts in silence told?"""
    model = network(L.Dense(3, "relu"), L.Dense(2), loss="sparse_categorical_crossentropy")
    pairs = [["linear", "sparse_categorical_crossentropy", True]]
    assert judged(model, compiled=pairs).code == "logits-missing"


def test_a_model_survives_the_way_there_and_back():
    """Are weights, loss and optimizer kept when a model is built from its data?"""
    loss = {"name": "binary_crossentropy", "from_logits": True}
    data = models.dense(4, [(3, "relu"), (1, "linear")], seed=1, loss=loss,
                        optimizer={"name": "adam", "learning_rate": 0.5})  # fmt: skip
    back = models.to_plain(models.to_keras(data))
    assert back.layers == data.layers
    assert back.inputs == (4,)
    assert back.loss["from_logits"]
    assert (back.optimizer["name"], back.optimizer["learning_rate"]) == ("adam", 0.5)
    for a, b in zip(back.weights, data.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_history_is_data():
    """Do the losses and the number of epochs come out of what `fit` returns?"""
    model = network(L.Dense(1), loss="mse")
    history = model.fit(np.ones((6, 4)), np.ones((6, 1)), epochs=2, verbose=0)
    data = models.to_plain(history)
    assert data.epochs == [0, 1]
    assert len(data.history["loss"]) == 2


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [L.Dense(3, "relu6")],
        lambda: [L.Dense(3), L.ReLU(max_value=2.0)],
        lambda: [L.Dense(3), L.ReLU(threshold=1.0)],
        lambda: [L.Dense(3, "relu", trainable=False)],
        lambda: [L.Dense(3, "relu", kernel_regularizer="l2")],
    ],
)
def test_what_is_almost_a_relu_layer_is_refused(layers):
    """Is a capped, raised, frozen or penalised layer told from a plain one?"""
    assert judged(network(*layers(), L.Dense(2, "softmax"))) is not None


def test_a_model_inside_a_model_is_read():
    """Do the layers of a functional model inside a Sequential count one by one?"""
    inputs = keras.Input((4,))
    body = keras.Model(inputs, L.Dense(3, "relu")(inputs))
    assert judged(network(body, L.Dense(2, "softmax"))) is None


@pytest.mark.parametrize("layer", [L.Activation("linear"), L.Dense(5), None])
def test_a_layer_added_to_a_model_that_was_given_is_told(layer):
    """Does it cost points, also where it changes no result, and no filling anew ends the run?"""

    def size(model):
        if layer is not None:
            model.add(layer)
        return 2.0

    given = models.dense(2, [(2, "linear")], seed=1)
    other = models.dense(2, [(2, "linear")], seed=2)
    calls = [Call("size", [Same(0, given)]), Call("size", [Same(0, other)])]
    first, second = run_calls({"size": size}, calls)
    case = Case(calls[:1], "close", {}, [2.0])
    finding = verdict(case, [first])
    assert (finding.code if finding else None) == ("model-changed" if layer else None)
    assert second.value == 2.0 or isinstance(layer, L.Dense)
