"""Let Keras's `fit` read arrays as they lie, and take few steps as they come, many at a time.

For arrays it makes a pipeline anew for each epoch, which takes longer than the steps of a small
network: here all epochs come out of one. It turns a step into a graph first, which takes as long as
many steps without one; and it goes back to Python after every step. What a training does, and what
it returns, stays the same: all is asked for by arguments and settings that Keras offers.
"""

from __future__ import annotations

import math
import weakref
from typing import Any

import numpy as np

FEW = 20  # steps, of all trainings of a model together: for more the graph is quicker
_taken: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()


def quicken() -> None:
    """Change `fit` of Keras's models in this process."""
    import keras
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
    from keras.src.models.functional import Functional

    usual = TensorFlowTrainer.fit

    def fit(
        self: Any, x: Any = None, y: Any = None, batch_size: Any = None, epochs: Any = 1,
        *rest: Any, **options: Any,
    ) -> Any:  # fmt: skip
        """Train as Keras does."""
        known = type(self) in (keras.Sequential, Functional) and options.keys() <= {"verbose"}
        plain = known and not rest and _are_plain(x, y, batch_size, epochs)
        if not plain or not self.compiled or not self.built or self.run_eagerly:
            return usual(self, x, y, batch_size, epochs, *rest, **options)
        steps = math.ceil(len(x) / (batch_size or 32))
        _taken[self] = taken = _taken.get(self, 0) + steps * epochs
        few = self.run_eagerly = taken <= FEW and not self.train_function
        if not self.train_function:
            _make_variables(self)
            self.steps_per_execution = 1 if few else max(self.steps_per_execution, steps)
        options |= {"epochs": epochs, "steps_per_epoch": steps, "shuffle": False}
        try:
            return usual(self, _batches(x, y, batch_size or 32), **options)
        finally:
            self.run_eagerly = False
            if few:
                self.train_function = None

    TensorFlowTrainer.fit = fit


def _are_plain(x: Any, y: Any, size: Any, epochs: Any) -> bool:
    """Tell whether these are two arrays that belong together, and whole numbers."""
    arrays = all(type(a) is np.ndarray and a.dtype.kind in "iuf" and a.ndim for a in (x, y))
    numbers = type(epochs) is int and (size is None or (type(size) is int and size > 0))
    return arrays and numbers and len(x) == len(y) > 0


def _batches(x: np.ndarray, y: np.ndarray, size: int) -> Any:
    """Return batches without end, in another order each epoch, with floats as Keras has them."""
    import keras
    import tensorflow as tf

    floats = keras.config.floatx()
    pair = tuple(a.astype(floats) if a.dtype.kind == "f" else a for a in (x, y))
    return tf.data.Dataset.from_tensor_slices(pair).shuffle(len(x)).batch(size).repeat()


def _make_variables(model: Any) -> None:
    """Make all variables now: those that are made in a graph let TensorFlow trace it twice."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    for variable in (*model.variables, *model.optimizer.variables, *model.metrics_variables):
        variable.value  # noqa: B018  (its first use makes it)
