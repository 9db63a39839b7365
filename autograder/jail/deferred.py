"""Let Keras's variables get their values when these are first used, in the template.

A model that is only looked at (its layers, how it was compiled) then costs a tenth: no variable is
made, and TensorFlow's eager context never starts. What is deferred is what does not depend on when
it is computed: numbers, and Keras's initializers, which draw from a seed of their own.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class Number:
    """An initializer that gives one number: that of an optimizer's learning rate or counter."""

    def __init__(self, value: float, dtype: str) -> None:
        self.value = np.dtype(dtype).type(value)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        import tensorflow as tf

        return tf.constant(self.value, dtype=dtype)


class _Value:
    """The attribute `_value` of a variable: made when it is first read, as `unmade` says."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def __get__(self, variable: Any, owner: Any = None) -> Any:
        if variable is None:
            return self
        import tensorflow as tf

        if (initializer := vars(variable).pop("unmade", None)) is not None:
            with tf.init_scope():  # (where Keras makes those of its own that wait, too)
                self.make(variable, initializer)
        try:
            return vars(variable)["_made"]
        except KeyError:
            raise AttributeError("_value") from None

    def __set__(self, variable: Any, value: Any) -> None:
        vars(variable).pop("unmade", None)
        vars(variable)["_made"] = value


def defer() -> None:
    """Change Keras's class of variables in this process."""
    import keras
    import tensorflow as tf
    from keras.src.backend.tensorflow.core import Variable

    make, begin = Variable._initialize_with_initializer, Variable.__init__
    change = Variable._direct_assign

    def initialize(self: Any, initializer: Any) -> None:
        """Remember the initializer, or use it at once."""
        if tf.executing_eagerly() and _has_time(initializer):
            vars(self)["unmade"] = initializer
        else:
            make(self, initializer)

    def __init__(
        self: Any, initializer: Any, shape: Any = None, dtype: Any = None, **rest: Any
    ) -> None:
        plain = type(initializer) in (int, float) and shape is None and dtype is not None
        if plain and tf.executing_eagerly():
            kind = keras.backend.standardize_dtype(dtype)
            if kind in ("float32", "float64", "int32", "int64"):
                initializer, shape = Number(initializer, kind), ()
        begin(self, initializer, shape=shape, dtype=dtype, **rest)

    def assign(self: Any, value: Any) -> None:
        """Begin with this value where none was made yet, as where a model is given weights."""
        if tf.executing_eagerly() and vars(self).pop("unmade", None) is not None:
            make(self, lambda shape, dtype=None: value)
        else:
            change(self, value)

    Variable._value = _Value(make)
    Variable._direct_assign = assign
    Variable._initialize_with_initializer = initialize
    Variable.__init__ = __init__


def _has_time(initializer: Any) -> bool:
    """Tell whether an initializer gives the same whenever it is called."""
    if isinstance(initializer, Number):
        return True
    kind = type(initializer)
    own = kind.__module__.startswith("keras.src.initializers")
    return own and isinstance(getattr(initializer, "seed", 0), int)
