"""Keras's `fit` takes few steps as they come, many at a time: is only the time another?"""

import numpy as np
import pytest

from utils.engine.calling import Call

pytestmark = pytest.mark.jail

SOURCE = """
import keras
import numpy as np

def train(rows, epochs, usual):
    keras.utils.set_random_seed(3)
    X = np.random.default_rng(1).normal(size=(rows, 3))
    y = (X[:, 0] > 0).astype(int)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"),
                              keras.layers.Dense(1, "sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    # (what is asked for more than plainly is left to Keras)
    more = {"callbacks": []} if usual else {}
    return model.fit(X, y, epochs=epochs, verbose=0, **more), model

def run_eagerly(rows, epochs):
    return train(rows, epochs, False)[1].run_eagerly

def in_parts(parts, rows):
    keras.utils.set_random_seed(3)
    model = train(rows, 1, False)[1]
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


@pytest.mark.parametrize(("rows", "epochs"), [(40, 2), (40, 60)], ids=["few", "many"])
def test_a_training_gives_what_it_ever_gave(ask, rows, epochs):
    """Are history, number of steps and weights those of Keras's own way?"""
    (history, model), (wanted, other) = (
        ask("train", rows, epochs, False),
        ask("train", rows, epochs, True),
    )
    assert (history.epochs, history.params) == (wanted.epochs, wanted.params)
    assert history.history.keys() == wanted.history.keys()
    np.testing.assert_allclose(history.history["loss"], wanted.history["loss"], rtol=1e-5)
    assert model.optimizer["steps"] == other.optimizer["steps"] == 2 * epochs
    for mine, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_model_that_was_trained_is_as_it_was(ask):
    """Is nothing left of how its few steps were taken, and do later trainings go on from there?"""
    assert ask("run_eagerly", 40, 2) is False
    assert ask("in_parts", 7, 64).optimizer["steps"] == 14
