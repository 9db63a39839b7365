"""Keras's variables get their values when first used: is anything but the time another?"""

import numpy as np
import pytest

from utils.engine.calling import Call

pytestmark = pytest.mark.jail

SOURCE = """
import numpy as np
import keras
import tensorflow as tf

def build(seed):
    if seed:  # (which wakes TensorFlow)
        keras.utils.set_random_seed(seed)
    start = keras.initializers.GlorotUniform(seed=seed)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, "relu", kernel_initializer=start),
         keras.layers.Dense(2)])
    model.compile(optimizer=keras.optimizers.Adam(0.25), loss=keras.losses.MeanSquaredError())
    return model

def started():
    from tensorflow.python.eager import context
    return context.context()._context_handle is not None

def kernel(seed):
    model = build(seed)
    wanted = keras.initializers.GlorotUniform(seed=seed)((4, 3))
    return [np.asarray(model.layers[0].kernel), np.asarray(wanted), model.layers[1].bias.numpy()]

def random_twice(seed):
    return [np.asarray(build(seed).layers[1].kernel) for _ in range(2)]

def gradients(seed):
    model = build(seed)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(np.ones((2, 4))) ** 2)
    return len([g for g in tape.gradient(loss, model.trainable_variables) if g is not None])

def trained(seed):
    model = build(seed)
    model.fit(np.ones((6, 4)), np.ones((6, 2)), batch_size=2, epochs=1, verbose=0)
    model.set_weights([w * 2 for w in model.get_weights()])
    return model

def in_a_graph(seed):
    model = build(seed)
    ask = tf.function(lambda x: model(x))
    x = tf.ones((1, 4))
    return [ask(x).numpy(), model(x).numpy()]
"""


@pytest.fixture(scope="module")
def ask(template):
    """Call functions of one learner."""
    with template.learner([("model_answer", SOURCE)]) as learner:
        assert [result.error for result in learner.run_cells()] == [None]

        def call(name, *args):
            [outcome] = learner.call([Call(name, list(args))])
            assert outcome.error is None
            return outcome.value

        yield call


def test_a_model_that_is_only_looked_at_makes_no_variable(ask):
    """Is it told by its layers, loss and optimizer, and is TensorFlow left asleep?"""
    model = ask("build", 0)
    assert [layer["units"] for layer in model.layers] == [3, 2]
    assert model.inputs == (4,)
    assert model.loss["name"] == "mean_squared_error"
    assert (model.optimizer["learning_rate"], model.optimizer["steps"]) == (0.25, 0)
    assert model.weights == []
    assert ask("started") is False


def test_values_are_those_that_would_have_been_drawn_at_once(ask):
    """Does each variable get the value of its initializer, the same for the same seed?"""
    kernel, wanted, bias = ask("kernel", 2)
    assert np.array_equal(kernel, wanted)
    assert np.array_equal(bias, np.zeros(2))
    first, second = ask("random_twice", 3)
    assert np.array_equal(first, second)


def test_a_model_is_differentiated_trained_and_traced_as_ever(ask):
    """Does a first use by a tape, by `fit` and inside a graph find variables?"""
    assert ask("gradients", 4) == 4
    model = ask("trained", 5)
    assert model.optimizer["steps"] == 3
    assert [weight.shape for weight in model.weights] == [(4, 3), (3,), (3, 2), (2,)]
    in_graph, at_once = ask("in_a_graph", 6)
    np.testing.assert_allclose(in_graph, at_once, rtol=1e-6)
