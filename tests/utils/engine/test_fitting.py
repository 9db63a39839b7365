"""Keras's `fit` reads arrays in one go, takes few steps as they come: is only the time another?"""

import numpy as np
import pytest

from utils.engine.calling import Call

pytestmark = pytest.mark.jail

SOURCE = """
import keras
import numpy as np

def train(rows, epochs, rate, usual):
    keras.utils.set_random_seed(3)
    X = np.random.default_rng(1).normal(size=(rows, 3))
    y = (X[:, 0] > 0).astype(int)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"),
                              keras.layers.Dense(1, "sigmoid")])
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    # (what is asked for more than plainly is left to Keras)
    more = {"callbacks": []} if usual else {}
    return model.fit(X, y, epochs=epochs, verbose=0, **more), model

def run_eagerly(rows, epochs):
    return train(rows, epochs, 0.01, False)[1].run_eagerly

def in_parts(parts, rows):
    model = train(rows, 1, 0.01, False)[1]
    for _ in range(parts - 1):
        model.fit(np.ones((rows, 3)), np.ones(rows), verbose=0)
    return model
"""


@pytest.fixture(scope="module")
def ask(template):
    """Call functions of one learner."""
    with template.learner([("compile_and_fit_answer", SOURCE)]) as learner:
        assert [result.error for result in learner.run_cells()] == [None]

        def call(name, *args):
            [outcome] = learner.call([Call(name, list(args))], 60.0)
            assert outcome.error is None
            return outcome.value

        yield call


# Batches come in another order than Keras's: it does not matter to one batch, nor at rate 0.
@pytest.mark.parametrize("epochs", [2, 24], ids=["few", "many"])
@pytest.mark.parametrize(("rows", "rate"), [(32, 0.01), (40, 0.0)], ids=["one batch", "two"])
def test_a_training_gives_what_it_ever_gave(ask, rows, epochs, rate):
    """Are history, number of steps and weights those of Keras's own way?"""
    (history, model), (wanted, other) = (
        ask("train", rows, epochs, rate, False),
        ask("train", rows, epochs, rate, True),
    )
    assert (history.epochs, history.params) == (wanted.epochs, wanted.params)
    assert history.history.keys() == wanted.history.keys()
    for name, values in wanted.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-5)
    assert model.optimizer["steps"] == other.optimizer["steps"] == -(-rows // 32) * epochs
    for mine, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_model_that_was_trained_is_as_it_was(ask):
    """Is nothing left of how its few steps were taken, and do later trainings go on from there?"""
    assert ask("run_eagerly", 40, 2) is False
    assert ask("in_parts", 7, 64).optimizer["steps"] == 14
