"""Keras models as descriptions: what building and compiling one says, without Keras.

A marker that has no Keras loaded learns the layers, the loss and the optimizer of a model in this
way. Only what stands here is known, with values that Keras surely takes; whatever else is done with
a part of Keras is a use of it: it is `heard`, raises, and has to be asked where Keras is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

from utils.engine.plain import ModelData

# Judges that look at a model and never run it.
JUDGES = ("models.model", "multilabel.layers")
_ACTIVATIONS = ("linear", "relu", "sigmoid", "softmax", "tanh")
_LOSSES = ("sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy")
# By name, with the learning rate where none is given.
_RATES = {"adam": 0.001, "adamw": 0.001, "nadam": 0.001, "rmsprop": 0.001, "sgd": 0.01}
_MEAN = "sum_over_batch_size"

heard: list[str] = []  # what only Keras itself can tell


class Part:
    """A part of a model that has no attributes to be looked at."""

    __slots__ = ("_said",)

    def __init__(self, **said: Any) -> None:
        object.__setattr__(self, "_said", said)

    def __init_subclass__(cls) -> None:
        cls.__module__ = "keras"  # which it stands for: `plain` asks there

    def __getattr__(self, name: str) -> NoReturn:
        _know(False, f"keras.{type(self).__name__}.{name}", AttributeError)

    def _use(self, *_: Any, **__: Any) -> NoReturn:
        _know(False, f"keras.{type(self).__name__}")

    data = _use  # (a model has some)
    __setattr__ = __delattr__ = __call__ = __iter__ = __len__ = __getitem__ = __contains__ = _use
    __repr__ = __str__ = __format__ = __reduce_ex__ = _use


class Input(Part):
    """The shape of one example: `keras.Input((n,))`."""

    def __init__(self, shape: Any, name: Any = None) -> None:
        _know(type(shape) in (tuple, list) and len(shape) == 1 and _is_count(shape[0]))
        super().__init__(size=shape[0], name=_free(name))


class Dense(Part):
    """A dense layer: `keras.layers.Dense(units, activation)`."""

    def __init__(self, units: Any, activation: Any = None, name: Any = None) -> None:
        _know(_is_count(units) and (activation is None or _is_name(activation, _ACTIVATIONS)))
        super().__init__(units=units, activation=activation or "linear", name=_free(name))

    def __call__(self, below: Any) -> Chain:
        """Put the layer on an input, or on what stands on one."""
        _know(isinstance(below, (Input, Chain)))
        layers = [below] if isinstance(below, Input) else below._said["layers"]
        return Chain(layers=[*layers, self])


class Chain(Part):
    """What layers give that were called one on the other."""


class Loss(Part):
    """A loss of Keras: its mean over the examples."""

    def __init__(self, name: str, from_logits: Any = False) -> None:
        _know(type(from_logits) is bool)
        super().__init__(name=name, from_logits=from_logits)


class Optimizer(Part):
    """An optimizer of Keras, with its learning rate."""

    def __init__(self, name: str, learning_rate: Any = None) -> None:
        rate = _RATES[name] if learning_rate is None else learning_rate
        _know(type(rate) is float and 0 < rate <= 1)
        super().__init__(name=name, rate=rate)


class _Network(Part):
    """An input and dense layers, one after the other, which can be compiled."""

    def __init__(self, layers: Iterable[Any], name: Any) -> None:
        super().__init__(layers=[], name=_free(name), loss=None, optimizer=None)
        for layer in layers:
            self._put(layer)

    def _put(self, layer: Any) -> None:
        held = self._said["layers"]
        first = isinstance(layer, Input) and not held
        _know((first or isinstance(layer, Dense)) and self._said["loss"] is None)
        names = [each._said["name"] for each in held if each._said["name"]]
        _know(all(layer is not each for each in held) and layer._said["name"] not in names)
        held.append(layer)

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Note the loss and the optimizer; a metric may be the accuracy."""
        if _is_name(optimizer, _RATES):
            optimizer = Optimizer(optimizer)
        if _is_name(loss, _LOSSES):
            loss = Loss(loss)
        _know(isinstance(optimizer, Optimizer) and isinstance(loss, Loss))
        _know(metrics is None or (type(metrics) is list and metrics in ([], ["accuracy"])))
        self._said.update(optimizer=optimizer, loss=loss)

    def data(self) -> ModelData:
        """Return the model as plain data; its weights have no values yet."""
        held = self._said["layers"]
        size = [layer._said["size"] for layer in held if isinstance(layer, Input)]
        layers = [layer for layer in held if isinstance(layer, Dense)]
        _know(layers)
        described = [
            {"kind": "Dense", "units": layer._said["units"],
             "activation": layer._said["activation"], "use_bias": True}
            for layer in layers
        ]  # fmt: skip
        loss = optimizer = None
        if self._said["loss"] is not None:
            loss = {**self._said["loss"]._said, "reduction": _MEAN}
            said = self._said["optimizer"]._said
            rate = float(np.float32(said["rate"]))
            optimizer = {"name": said["name"], "learning_rate": rate, "steps": 0}
        return ModelData(tuple(size) or None, described, [], loss, optimizer)


class Sequential(_Network):
    """A network from a list: `keras.Sequential(layers)`; the input comes first."""

    def __init__(self, layers: Any = (), name: Any = None) -> None:
        _know(type(layers) in (tuple, list))
        super().__init__(layers, name)

    def add(self, layer: Any) -> None:
        """Add a layer at the end."""
        self._put(layer)


class Model(_Network):
    """A network from its ends: `keras.Model(inputs, outputs)`."""

    def __init__(self, inputs: Any, outputs: Any, name: Any = None) -> None:
        _know(isinstance(inputs, Input) and isinstance(outputs, Chain))
        _know(outputs._said["layers"][0] is inputs)
        super().__init__(outputs._said["layers"], name)


def _free(name: Any) -> Any:
    """Return a name that Keras lets anything have, or none."""
    _know(name is None or (type(name) is str and re.fullmatch(r"[A-Za-z]\w{0,40}", name, re.A)))
    return name


def _know(known: Any, what: str = "keras", error: type = ModuleNotFoundError) -> None:
    if not known:
        if what not in heard:
            heard.append(what)
        raise error(f"{what} is not loaded here")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 < value < 10_000


def _is_name(value: Any, names: Any) -> bool:
    return type(value) is str and value in names


def _named(kind: type, name: str) -> Any:
    return lambda *args, **options: kind(name, *args, **options)


# What can be called, by its name in Keras.
PARTS = {
    "keras.Input": Input,
    "keras.layers.Input": Input,
    "keras.layers.InputLayer": Input,
    "keras.layers.Dense": Dense,
    "keras.Sequential": Sequential,
    "keras.models.Sequential": Sequential,
    "keras.Model": Model,
    "keras.models.Model": Model,
}
PARTS |= {f"keras.losses.{n.title().replace('_', '')}": _named(Loss, n) for n in _LOSSES}
PARTS |= {
    f"keras.optimizers.{name}": _named(Optimizer, name.lower())
    for name in ("Adam", "AdamW", "Nadam", "RMSprop", "SGD")
}
