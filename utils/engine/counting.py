"""Count the images that training uses, in whatever model of this process and however it is trained.

A row counts each time a gradient passes back through a dense layer with `width` inputs. So `fit`,
`train_on_batch` and a loop with `GradientTape` count alike, copies of a model count as well, and
predicting or measuring counts nothing.
"""

from __future__ import annotations

import weakref
from typing import Any

_counters: weakref.WeakKeyDictionary[Any, RowCounter] = weakref.WeakKeyDictionary()


class RowCounter:
    """Counts from its making until `stop`; `rows` is the number so far."""

    def __init__(self, width: int) -> None:
        import keras
        import tensorflow as tf

        self.count = count = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.dense, self.original = keras.layers.Dense, keras.layers.Dense.call
        original = self.original

        @tf.custom_gradient
        def counted(outputs):
            def backward(gradient):
                count.assign_add(tf.shape(outputs, out_type=tf.int64)[0])
                return gradient

            return tf.identity(outputs), backward

        def call(self, inputs, training=None):
            outputs = original(self, inputs, training=training)
            return counted(outputs) if self.input_spec.axes.get(-1) == width else outputs

        self.dense.call = call

    @property
    def rows(self) -> int:
        return int(self.count.numpy())

    def stop(self) -> None:
        """Leave dense layers as they were."""
        if self.dense.call is not self.original:
            self.dense.call = self.original


def start(model: Any, width: int) -> None:
    """Count from now on, for `model`, the rows that enter networks of `width` inputs."""
    for other in list(_counters.values()):
        other.stop()
    _counters[model] = RowCounter(width)


def finish(model: Any) -> int | None:
    """Stop counting for `model` and return the number of rows; None if it was never counted."""
    counter = _counters.get(model)
    if counter is None:
        return None
    counter.stop()
    return counter.rows
