"""Let Keras's `fit` read arrays as they lie, and take few steps as they come, many at a time.

For arrays it makes a pipeline anew for each epoch, which takes longer than the steps of a small
network: here all epochs come out of one. It turns a step into a graph first, which takes as long as
many steps without one; and it goes back to Python after every step. What a training does, and what
it returns, stays the same: all is asked for by arguments and settings that Keras offers. Only the
order of the examples is another one.
"""

from __future__ import annotations

import contextlib
import math
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from utils.engine import predicting

FEW = 20  # steps, of all trainings of a model together: for more the graph is quicker
_taken: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()


def quicken() -> None:
    """Change `fit` of Keras's models in this process."""
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

    usual = TensorFlowTrainer.fit

    def fit(self: Any, *given: Any, **options: Any) -> Any:
        """Train as Keras does."""
        return train(usual, self, *given, **options)

    TensorFlowTrainer.fit = fit


@contextlib.contextmanager
def quickened() -> Iterator[None]:
    """Change `fit` and `predict` in this block, where Keras is imported by now."""
    module = sys.modules.get("keras.src.backend.tensorflow.trainer")
    if module is None:
        yield
        return
    trainer = module.TensorFlowTrainer
    usual = trainer.fit, trainer.predict
    quicken()
    predicting.quicken()
    try:
        yield
    finally:
        trainer.fit, trainer.predict = usual


def train(
    usual: Callable, model: Any, x: Any = None, y: Any = None, batch_size: Any = None,
    epochs: Any = 1, *rest: Any, watch: Sequence = (), seed: int | None = None, **options: Any,
) -> Any:  # fmt: skip
    """Train as the `usual` method `fit` does with what is given.

    `watch` are callbacks that look at whole epochs only, `seed` is that of the examples' order.
    """
    import keras
    from keras.src.models.functional import Functional

    known = type(model) in (keras.Sequential, Functional) and options.keys() <= {"verbose"}
    plain = known and not rest and _are_plain(x, y, batch_size, epochs)
    if watch:
        options["callbacks"] = [*(options.get("callbacks") or []), *watch]
    if not plain or not model.compiled or not model.built or model.run_eagerly:
        return usual(model, x, y, batch_size, epochs, *rest, **options)
    steps = math.ceil(len(x) / (batch_size or 32))
    _taken[model] = taken = _taken.get(model, 0) + steps * epochs
    few = model.run_eagerly = taken <= FEW and not model.train_function
    if not model.train_function:
        prepare(model, 1 if few else steps)
    options |= {"epochs": epochs, "steps_per_epoch": steps, "shuffle": False}
    try:
        return usual(model, _batches(x, y, batch_size or 32, seed), **options)
    finally:
        model.run_eagerly = False
        if few:
            model.train_function = None


def _are_plain(x: Any, y: Any, size: Any, epochs: Any) -> bool:
    """Tell whether these are two arrays that belong together, and whole numbers."""
    arrays = all(type(a) is np.ndarray and a.dtype.kind in "iuf" and a.ndim for a in (x, y))
    numbers = type(epochs) is int and (size is None or (type(size) is int and size > 0))
    return arrays and numbers and len(x) == len(y) > 0


def _batches(x: np.ndarray, y: np.ndarray, size: int, seed: int | None) -> Any:
    """Return batches without end, in another order each epoch, with floats as Keras has them."""
    import keras
    import tensorflow as tf

    floats = keras.config.floatx()
    pair = tuple(a.astype(floats) if a.dtype.kind == "f" else a for a in (x, y))
    examples = tf.data.Dataset.from_tensor_slices(pair)
    return examples.shuffle(len(x), seed=seed).batch(size).repeat()


def prepare(model: Any, steps: int) -> None:
    """Let a model take so many steps in one go.

    All variables are made now: those that are made in a graph let TensorFlow trace it twice.
    """
    model.steps_per_execution = max(model.steps_per_execution, steps)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    for variable in (*model.variables, *model.optimizer.variables, *model.metrics_variables):
        variable.value  # noqa: B018  (its first use makes it)
