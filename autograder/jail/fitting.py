"""Let Keras's `fit` take few steps as they come, and many of them at a time.

It turns a step into a graph first, which takes as long as ten steps without one; and it goes back
to Python after every step, which takes longer than the step of a small network. What a training
does, and what it returns, stays the same.
"""

from __future__ import annotations

import math
import weakref
from typing import Any

import numpy as np

FEW = 10  # steps, of all trainings of a model together: for more the graph is quicker
MANY = 100  # steps of one training
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
        steps = _steps(x, batch_size) if known and not rest and self.compiled else 0
        if not steps or type(epochs) is not int or self.run_eagerly or self.train_function:
            return usual(self, x, y, batch_size, epochs, *rest, **options)
        taken = _taken.get(self, 0) + steps * epochs
        if taken > FEW:
            if steps * epochs >= MANY and self.steps_per_execution == 1:
                self.steps_per_execution = steps
            return usual(self, x, y, batch_size, epochs, **options)
        _taken[self] = taken
        self.run_eagerly = True
        try:
            return usual(self, x, y, batch_size, epochs, **options)
        finally:
            self.run_eagerly, self.train_function = False, None

    TensorFlowTrainer.fit = fit


def _steps(x: Any, batch_size: Any) -> int:
    """Return how many steps an epoch has; 0 where it is not plain to see."""
    sizes = isinstance(x, np.ndarray) and x.ndim >= 1 and type(batch_size) in (int, type(None))
    return math.ceil(len(x) / max(batch_size or 32, 1)) if sizes else 0
