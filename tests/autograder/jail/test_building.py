"""Plain values become attributes of Keras's layers in a shorter way: is anything another?"""

import pytest

from utils.engine.calling import Call

pytestmark = pytest.mark.jail

SOURCE = """
import keras

class Own(keras.layers.Dense):
    def __setattr__(self, name, value):
        super().__setattr__(name, value + 1 if name == "mine" else value)

def tracked():
    layer = keras.layers.Dense(2)
    layer.inner = None
    layer.build((None, 3))
    layer.note, layer.trainable = "a text", False
    own = Own(2)
    own.mine = 1
    model = keras.Sequential([keras.Input((3,)), layer, own])
    return [layer.inner is None, layer.note, layer.trainable, own.mine,
            len(model.trainable_variables), [w.name for w in layer.weights], model.count_params()]
"""


def test_layers_keep_what_they_are_given_and_train_what_they_should(template):
    """Are texts kept, properties obeyed, a learner's own class asked, and variables found?"""
    with template.learner([("model_answer", SOURCE)]) as learner:
        assert [result.error for result in learner.run_cells()] == [None]
        [outcome] = learner.call([Call("tracked", [])])
    assert outcome.error is None
    assert outcome.value == [True, "a text", False, 2, 2, ["kernel", "bias"], 14]
