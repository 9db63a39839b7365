"""Images that training uses are counted, however a network is trained."""

import numpy as np
import pytest

from utils.engine.models import dense, from_keras, to_keras

X = np.random.default_rng(0).random((50, 6))
Y = np.arange(50) % 3


@pytest.fixture
def model():
    loss = {"name": "sparse_categorical_crossentropy", "from_logits": True}
    optimizer = {"name": "adam", "learning_rate": 0.001, "rows": 0}
    built = to_keras(dense(6, [(4, "relu"), (3, "linear")], seed=1, loss=loss, optimizer=optimizer))
    yield built
    from_keras(built)


def rows(model):
    return from_keras(model).optimizer["rows"]


def test_fit_counts_each_image_once_an_epoch(model):
    """Do a short last batch and a validation part count rightly, and measuring not at all?"""
    model.fit(X, Y, epochs=3, batch_size=16, validation_split=0.2, verbose=0)
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    assert rows(model) == 120


def test_single_batches_count(model):
    """Does `train_on_batch` count its rows?"""
    model.train_on_batch(X[:7], Y[:7])
    model.train_on_batch(X[:5], Y[:5])
    assert rows(model) == 12


def test_a_loop_of_ones_own_counts(model):
    """Does a gradient tape count, traced and not?"""
    import tensorflow as tf

    def step(images, labels):
        with tf.GradientTape() as tape:
            cost = model.loss(labels, model(images))
        return tape.gradient(cost, model.trainable_variables)

    step(X[:10], Y[:10])
    traced = tf.function(step)
    for _ in range(3):
        traced(tf.constant(X[:20]), tf.constant(Y[:20]))
    assert rows(model) == 70


def test_a_copy_counts_as_well(model):
    """Is training a copy and taking over its weights no way around the count?"""
    import keras

    copy = keras.models.clone_model(model)
    copy.compile("adam", model.loss)
    copy.fit(X, Y, epochs=2, verbose=0)
    model.set_weights(copy.get_weights())
    assert rows(model) == 100


def test_dense_layers_are_left_as_they_were(model):
    """Is nothing left behind once the count is read, and is a later training not counted?"""
    import keras

    counting = keras.layers.Dense.call
    assert rows(model) == 0
    assert keras.layers.Dense.call is not counting
    other = keras.models.clone_model(model)
    other.compile("adam", model.loss)
    other.fit(X, Y, verbose=0)
    assert rows(model) == 0


def test_a_model_without_the_entry_is_not_counted():
    """Are other models as they always were?"""
    import keras

    before = keras.layers.Dense.call
    loss = {"name": "sparse_categorical_crossentropy", "from_logits": True}
    plain = dense(6, [(3, "linear")], seed=1, loss=loss,
                  optimizer={"name": "adam", "learning_rate": 0.001})  # fmt: skip
    assert "rows" not in from_keras(to_keras(plain)).optimizer
    assert keras.layers.Dense.call is before
