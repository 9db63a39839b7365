"""Models as descriptions: what they say is what Keras says of the same models."""

from types import SimpleNamespace

import numpy as np
import pytest

from utils.engine import described
from utils.engine.models import to_plain

MODELS = {
    "a list": """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(2)])
""",
    "layers added": """
model = keras.models.Sequential(name="reader")
model.add(keras.layers.Input(shape=[5]))
model.add(keras.layers.Dense(units=25, activation="sigmoid", name="L1"))
model.add(keras.layers.Dense(1, activation="softmax", name="L2"))
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
""",
    "an input layer": """
model = keras.Sequential((keras.layers.InputLayer(shape=(4,)), keras.layers.Dense(2, "tanh")))
model.compile(loss="categorical_crossentropy")
""",
    "layers called": """
inputs = keras.Input((4,))
x = keras.layers.Dense(3, activation="linear")(inputs)
model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Dense(7, None)(x)), name="m")
model.compile(keras.optimizers.Adam(0.01), keras.losses.BinaryCrossentropy(True))
""",
    "objects": """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.5), loss=loss, metrics=[])
""",
    "compiled again": """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile("nadam", "sparse_categorical_crossentropy")
model.compile(keras.optimizers.RMSprop(), keras.losses.CategoricalCrossentropy())
""",
    "no input": """
model = keras.Sequential([keras.layers.Dense(3, "relu"), keras.layers.Dense(2, name="L2")])
model.compile("adam", "sparse_categorical_crossentropy")
""",
    "AdamW": """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile(keras.optimizers.AdamW(), keras.losses.CategoricalCrossentropy(from_logits=False))
""",
    "Nadam": """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile(keras.optimizers.Nadam(), keras.losses.BinaryCrossentropy())
""",
}


def stand_in():
    """Return what has the names of Keras and holds descriptions."""
    keras = SimpleNamespace()
    for name, part in described.PARTS.items():
        *path, last = name.split(".")[1:]
        home = keras
        for step in path:
            home = vars(home).setdefault(step, SimpleNamespace())
        setattr(home, last, part)
    return keras


def data(keras, source):
    """Return the data of the model that a source builds."""
    space = {"keras": keras}
    exec(source, space)
    return to_plain(space["model"])


@pytest.mark.parametrize("what", MODELS)
def test_a_description_says_what_keras_says(what):
    """Are the data of a described model those of the real one, weights aside?"""
    import keras

    said, real = data(stand_in(), MODELS[what]), data(keras, MODELS[what])
    assert said.weights == []
    assert np.all([weight.size for weight in real.weights])
    assert (said.inputs, said.layers, said.loss, said.optimizer) == (
        real.inputs, real.layers, real.loss, real.optimizer,
    )  # fmt: skip


def test_all_that_is_described_is_there_in_keras():
    """Is every name of a description a name of Keras?"""
    import keras

    for name in described.PARTS:
        home = keras
        for part in name.split(".")[1:]:
            home = getattr(home, part)
        assert callable(home)


UNKNOWN = {
    "no whole number": "keras.layers.Dense(2.0)",
    "no unit": "keras.layers.Dense(0)",
    "truth for a number": "keras.layers.Dense(True)",
    "another activation": "keras.layers.Dense(2, 'gelu')",
    "two axes": "keras.Input((2, 3))",
    "a number for a shape": "keras.Input(2)",
    "no layer": "to_plain(keras.Sequential([keras.Input((2,))]))",
    "an input above": "keras.Sequential([keras.layers.Dense(2), keras.Input((2,))])",
    "two inputs": "keras.Sequential([keras.Input((2,)), keras.Input((2,))])",
    "a name twice": (
        "keras.Sequential([keras.Input((2,)), *[keras.layers.Dense(1, name='a') for _ in 'ab']])"
    ),
    "a strange name": "keras.layers.Dense(2, name='a/b')",
    "a loss of another kind": "keras.Sequential().compile(loss='mse')",
    "no loss": "keras.Sequential().compile('adam')",
    "an optimizer of another kind": "keras.Sequential().compile('lion', 'binary_crossentropy')",
    "a whole number for a rate": "keras.optimizers.SGD(1)",
    "a rate that is none": "keras.optimizers.SGD(-1.0)",
    "ends of two models": (
        "keras.Model(keras.Input((2,)), keras.layers.Dense(1)(keras.Input((2,))))"
    ),
    "more than compile takes": "keras.Sequential().compile('sgd', 'mse', jit_compile=True)",
    "added later": (
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'binary_crossentropy')\nmodel.add(keras.layers.Dense(1))"
    ),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_only_keras_can_tell_is_heard(what, monkeypatch):
    """Is everything else an error that is noticed, even where it is caught?"""
    monkeypatch.setattr(described, "heard", heard := [])
    with pytest.raises(ModuleNotFoundError):
        exec(UNKNOWN[what], {"keras": stand_in(), "to_plain": to_plain})
    assert heard


# --- with weights ---------------------------------------------------------------------------------

LAYERS = {
    "of one output": [(3, "sigmoid"), (1, "sigmoid")],
    "of logits": [(5, "relu"), (4, "tanh"), (3, "linear")],
    "of probabilities": [(4, "relu"), (3, "softmax")],
}
X = np.random.default_rng(0).normal(size=(40, 2))
Y = (X[:, 0] > X[:, 1]).astype(int)
TRAININGS = {
    "adam": "model.compile('adam', 'binary_crossentropy')\nrun = model.fit(X, y, epochs=3, {})",
    "a rate": """
model.compile(optimizer=keras.optimizers.Adam(0.05), loss=keras.losses.BinaryCrossentropy())
run = model.fit(x=X, y=y.reshape(-1, 1), epochs=2, batch_size=7, {})
""",
    "sgd": """
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
run = model.fit(X.astype("float32"), y.astype(float), 40, 5, {})
""",
    "trained on": """
model.compile("adam", "binary_crossentropy")
model.fit(X, y, {})
run = model.fit(X[:20], y[:20], {})
""",
}


def given(name, with_keras):
    """Return the model of that name as a function of an exercise gets it, and its module."""
    from utils.engine.models import dense, to_keras

    data = dense(2, LAYERS[name], seed=1)
    if with_keras:
        import keras

        return to_keras(data), keras
    keras = stand_in()
    layers = [keras.layers.Dense(units, activation=name) for units, name in LAYERS[name]]
    model = keras.Sequential([keras.Input(data.inputs), *layers])
    model.set_weights(data.weights)
    return model, keras


def ran(source, name, with_keras):
    """Run a source on a model that is given; return its variables."""
    model, keras = given(name, with_keras)
    space = {"keras": keras, "model": model, "X": X, "y": Y}
    exec(source, space)
    return space


@pytest.mark.parametrize("name", LAYERS)
def test_a_description_predicts_as_keras_does(name):
    """Are outputs of a described model those of the real one, to float32's digits?"""
    said, real = (
        ran("Z = model.predict(X, verbose=0)", name, with_keras)["Z"]
        for with_keras in (False, True)
    )
    assert (said.shape, said.dtype) == (real.shape, real.dtype)
    np.testing.assert_allclose(said, real, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("what", TRAININGS)
def test_a_description_learns_as_keras_does(what):
    """Are weights and losses after a training those of Keras, to float32's digits?"""
    source = TRAININGS[what].replace("{}", "shuffle=False, verbose=0")
    said, real = (ran(source, "of one output", with_keras) for with_keras in (False, True))
    said_run, real_run = to_plain(said["run"]), to_plain(real["run"])
    assert (said_run.epochs, said_run.params) == (real_run.epochs, real_run.params)
    assert said_run.history.keys() == real_run.history.keys()
    for key, values in said_run.history.items():
        np.testing.assert_allclose(values, real_run.history[key], rtol=1e-4)
    said_model, real_model = to_plain(said["model"]), to_plain(real["model"])
    assert (said_model.loss, said_model.optimizer) == (real_model.loss, real_model.optimizer)
    for after, expected in zip(said_model.weights, real_model.weights, strict=True):
        np.testing.assert_allclose(after, expected, rtol=1e-4, atol=1e-5)


def test_a_description_shuffles_unless_told_not_to():
    """Do two epochs of small batches go another way where the order is drawn?"""
    source = "model.compile('sgd', 'binary_crossentropy')\nmodel.fit(X, y, 4, 2, shuffle={})"
    drawn, kept = (
        to_plain(ran(source.format(how), "of one output", False)["model"]) for how in (True, False)
    )
    assert not np.array_equal(drawn.weights[0], kept.weights[0])


def test_a_description_that_is_not_used_keeps_its_weights():
    """Are predicting and compiling nothing that changes a model?"""
    source = "model.predict(X)\nmodel.compile('sgd', 'binary_crossentropy')"
    space = ran(source, "of one output", False)
    model, _ = given("of one output", False)
    for after, before in zip(space["model"].get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(after, before)


BCE = "model.compile('adam', 'binary_crossentropy')\n"
UNKNOWN_USES = {
    "called": "model(X)",
    "a list": "model.predict(X.tolist())",
    "whole numbers": "model.predict(np.ones((3, 2), int))",
    "another width": "model.predict(X[:, :1])",
    "no row": "model.predict(X[:0])",
    "steps": "model.predict(X, steps=1)",
    "not compiled": "model.fit(X, y)",
    "another loss": "model.compile('adam', 'categorical_crossentropy')\nmodel.fit(X, y)",
    "logits": "model.compile('adam', keras.losses.BinaryCrossentropy(True))\nmodel.fit(X, y)",
    "another optimizer": "model.compile('rmsprop', 'binary_crossentropy')\nmodel.fit(X, y)",
    "a part held back": BCE + "model.fit(X, y, validation_split=0.2)",
    "callbacks": BCE + "model.fit(X, y, callbacks=[])",
    "labels of another shape": BCE + "model.fit(X, y[:-1])",
    "no row in a batch": BCE + "model.fit(X, y, batch_size=0)",
    "no epoch": BCE + "model.fit(X, y, epochs=0)",
    "half an epoch": BCE + "model.fit(X, y, epochs=1.5)",
    "an optimizer again": (
        "adam = keras.optimizers.Adam()\nfor _ in 'ab': model.compile(adam, 'binary_crossentropy')"
    ),
    "a way of running": "model.compile('adam', 'binary_crossentropy', run_eagerly=True)",
    "weights that do not fit": "model.set_weights(model.get_weights()[:2])",
    "a layer more": "model.add(keras.layers.Dense(1))",
    "a look inside": "model.layers[0].kernel",
}


@pytest.mark.parametrize("what", UNKNOWN_USES)
def test_a_use_that_only_keras_can_answer_is_heard(what, monkeypatch):
    """Is whatever a description cannot do with its weights noticed, not answered wrongly?"""
    monkeypatch.setattr(described, "heard", heard := [])
    model, keras = given("of one output", False)
    with pytest.raises((ModuleNotFoundError, AttributeError)):
        exec(UNKNOWN_USES[what], {"keras": keras, "model": model, "X": X, "y": Y, "np": np})
    assert heard


def test_training_for_several_outputs_is_heard(monkeypatch):
    """Is a training noticed that a description has no gradient for?"""
    monkeypatch.setattr(described, "heard", heard := [])
    model, _ = given("of logits", False)
    model.compile("adam", "binary_crossentropy")
    with pytest.raises(ModuleNotFoundError):
        model.fit(X, Y)
    assert heard
