"""`predict` answers for a few rows without tracing: is anything but the time another?"""

import numpy as np
import pytest

from utils.engine import predicting


@pytest.fixture
def usual(monkeypatch):
    """Quicken `predict` for one test, and return Keras's own."""
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

    own = TensorFlowTrainer.predict
    monkeypatch.setattr(TensorFlowTrainer, "predict", own)  # undone with the test
    predicting.quicken()
    return own


@pytest.fixture(scope="module")
def build():
    """A function that makes a model as a learner might."""
    import keras

    def made(**compiled):
        keras.utils.set_random_seed(4)
        layers = keras.layers
        model = keras.Sequential(
            [keras.Input((3,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(2)]
        )
        model.compile(loss="mse", **compiled)
        return model

    return made


def rows(count, dtype=float):
    return np.random.default_rng(1).normal(size=(count, 3)).astype(dtype)


@pytest.mark.parametrize("count", [1, 32, 70, predicting.ROWS + 1])
def test_the_numbers_are_those_of_keras(count, usual, build):
    """Do values, shape and kind of number agree, in whole batches and parts, few rows and many?"""
    model, x = build(), rows(count)
    mine, theirs = model.predict(x, verbose=0), usual(build(), x, verbose=0)
    assert mine.dtype == theirs.dtype
    np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)  # float32, added up otherwise


def test_few_rows_trace_nothing(usual, build):
    """Is Keras's function left unmade, and made for many rows?"""
    model = build()
    model.predict(rows(9), verbose=0)
    assert model.predict_function is None
    model.predict(rows(predicting.ROWS + 1), verbose=0)
    assert model.predict_function is not None


def test_the_error_is_that_of_keras(usual, build):
    """Does a table that does not fit raise what Keras raises?"""
    model, x = build(), np.ones((4, 5))
    with pytest.raises(ValueError, match="incompatible") as found:
        model.predict(x, verbose=0)
    with pytest.raises(ValueError, match="incompatible") as wanted:
        usual(model, x, verbose=0)
    assert str(found.value) == str(wanted.value)


def test_a_model_that_predicts_in_its_own_way_is_asked(usual):
    """Is a class of model with a step of its own left alone?"""
    import keras

    class Doubled(keras.Sequential):
        def predict_step(self, data):
            return 2 * super().predict_step(data)

    model = Doubled([keras.Input((3,)), keras.layers.Dense(2)])
    x = rows(5)
    np.testing.assert_allclose(model.predict(x, verbose=0), 2 * np.asarray(model(x)), rtol=1e-5)


def test_a_callback_is_called(usual, build):
    """Does a call that asks for more than numbers go to Keras?"""
    import keras

    seen = []

    class Tell(keras.callbacks.Callback):
        def on_predict_end(self, logs=None):
            seen.append(logs)

    build().predict(rows(5), verbose=0, callbacks=[Tell()])
    assert len(seen) == 1


@pytest.mark.parametrize("sizes", [(3, 4), (5, 16, 7), (64, 32, 16, 10)])
def test_a_stack_of_dense_layers_gives_what_calling_it_gives(usual, sizes):
    """Are the numbers the same to the last bit, and is a table that does not fit refused?"""
    import keras

    first, *units = sizes
    activations = ["sigmoid", "relu", "softmax"][-len(units) :]
    dense = [keras.layers.Dense(*each) for each in zip(units, activations, strict=True)]
    model = keras.Sequential([keras.Input((first,)), *dense])
    x = np.random.default_rng(2).normal(size=(40, first)).astype("float32")
    parts = [model(part, training=False) for part in (x[:32], x[32:])]
    np.testing.assert_array_equal(model.predict(x, verbose=0), np.concatenate(parts))
    with pytest.raises(ValueError, match="incompatible"):
        model.predict(np.ones((2, first + 1)), verbose=0)
