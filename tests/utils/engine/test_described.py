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
