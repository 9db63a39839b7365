"""Keras models as descriptions: what building, compiling and using one says, without Keras.

A marker that has no Keras loaded learns the layers, the loss and the optimizer of a model in this
way. A model that is given its weights can predict and be trained a little (`networks`). Only what
stands here is known, with values that Keras surely takes; whatever else is done with a part of
Keras is a use of it: it is `heard`, raises, and has to be asked where Keras is.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np

from utils.engine import networks
from utils.engine.plain import HistoryData, ModelData

# Judges that look at no more of a model than a description has.
JUDGES = (
    "models.model", "multilabel.layers",
    "training.compiled", "training.epochs", "training.traces",
)  # fmt: skip
_ACTIVATIONS = tuple(networks.ACTIVATIONS)
_LOSSES = ("sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy")
# By name, with the learning rate where none is given.
_RATES = {"adam": 0.001, "adamw": 0.001, "nadam": 0.001, "rmsprop": 0.001, "sgd": 0.01}
_MEAN = "sum_over_batch_size"
_BATCH = 32

heard: list[str] = []  # what only Keras itself can tell


def knows(model: ModelData) -> bool:
    """Tell whether a model of these data can be described, and used as one."""
    return bool(model.weights) and model.loss is None and model.inputs is not None


def _in_its_form(method: Callable) -> Callable:
    """Let a call of a method with other arguments than its own be one that only Keras can tell."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        try:
            signature.bind(*args, **options)
        except TypeError:
            _know(False, f"keras.{type(args[0]).__name__}.{method.__name__}")
        return method(*args, **options)

    return call


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

    @_in_its_form
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
        super().__init__(name=name, rate=rate, descent=None)


class History(Part):
    """What a training returns: the losses by epoch."""

    __slots__ = ("epoch", "history", "params")

    def __init__(self, history: dict, epochs: int, params: dict) -> None:
        for name, value in (("history", history), ("epoch", [*range(epochs)]), ("params", params)):
            object.__setattr__(self, name, value)
        super().__init__()

    def data(self) -> HistoryData:
        """Return the history as plain data."""
        params = {name: value for name, value in self.params.items() if isinstance(value, int)}
        return HistoryData(dict(self.history), list(self.epoch), params)


class _Network(Part):
    """An input and dense layers, one after the other, which can be compiled.

    With weights it can predict and, compiled for it, be trained.
    """

    def __init__(self, layers: Iterable[Any], name: Any) -> None:
        said = {"loss": None, "optimizer": None, "metrics": []}
        super().__init__(layers=[], name=_free(name), weights=[], **said)
        for layer in layers:
            self._put(layer)

    def _put(self, layer: Any) -> None:
        said, held = self._said, self._said["layers"]
        first = isinstance(layer, Input) and not held
        _know(first or isinstance(layer, Dense))
        _know(said["loss"] is None and not said["weights"])
        names = [each._said["name"] for each in held if each._said["name"]]
        _know(all(layer is not each for each in held) and layer._said["name"] not in names)
        held.append(layer)

    @property
    def layers(self) -> list[Dense]:
        """The dense layers."""
        return [layer for layer in self._said["layers"] if isinstance(layer, Dense)]

    @property
    def _inputs(self) -> int | None:
        """How many numbers an example has; None where no input is there yet."""
        held = self._said["layers"]
        return held[0]._said["size"] if held and isinstance(held[0], Input) else None

    @property
    def _names(self) -> list[str]:
        return [layer._said["activation"] for layer in self.layers]

    def _takes(self, x: Any) -> bool:
        """Tell whether `x` is a table with a row for each example."""
        return _is_table(x) and x.ndim == 2 and x.shape[1] == self._inputs and len(x) > 0

    @_in_its_form
    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Note the loss and the optimizer; a metric may be the accuracy."""
        if _is_name(optimizer, _RATES):
            optimizer = Optimizer(optimizer)
        if _is_name(loss, _LOSSES):
            loss = Loss(loss)
        _know(isinstance(optimizer, Optimizer) and isinstance(loss, Loss))
        _know(optimizer._said["descent"] is None)  # it was of another model, or of this one before
        _know(metrics is None or (type(metrics) is list and metrics in ([], ["accuracy"])))
        said = optimizer._said
        said["descent"] = networks.Descent(said["name"], said["rate"])
        self._said.update(optimizer=optimizer, loss=loss, metrics=list(metrics or []))

    @_in_its_form
    def set_weights(self, weights: Any) -> None:
        """Take weights: for each layer a matrix and a vector."""
        _know(self._inputs and self.layers and type(weights) is list)
        sizes = [self._inputs, *(layer._said["units"] for layer in self.layers)]
        shapes = [s for pair in pairwise(sizes) for s in (pair, pair[1:])]
        _know(all(_is_table(w) for w in weights) and [w.shape for w in weights] == shapes)
        # (float32, as Keras has them, with room for what is added up)
        self._said["weights"] = [w.astype(np.float32).astype(float) for w in weights]

    @_in_its_form
    def get_weights(self) -> list[np.ndarray]:
        """Return the weights that it was given, or has by now."""
        _know(self._said["weights"])
        return [w.astype(np.float32) for w in self._said["weights"]]

    @_in_its_form
    def predict(self, x: Any, batch_size: Any = None, verbose: Any = "auto") -> np.ndarray:
        """Return the outputs `(m, units)` for the rows of `x`, in float32."""
        weights = self._said["weights"]
        _know(weights and self._takes(x))
        _know((batch_size is None or _is_count(batch_size)) and _is_loudness(verbose))
        with np.errstate(all="ignore"):
            return networks.outputs(self._names, weights, x)[-1].astype(np.float32)

    @_in_its_form
    def fit(
        self, x: Any = None, y: Any = None, batch_size: Any = None, epochs: Any = 1,
        verbose: Any = "auto", shuffle: Any = True,
    ) -> History:  # fmt: skip
        """Train by binary cross-entropy, with gradient descent or Adam."""
        said, size = self._said, _BATCH if batch_size is None else batch_size
        _know(said["weights"] and said["loss"] is not None)
        loss, descent = said["loss"]._said, said["optimizer"]._said["descent"]
        _know(loss == {"name": "binary_crossentropy", "from_logits": False})
        _know(descent.name in ("sgd", "adam") and set(self._names) <= set(networks.SLOPES))
        _know(self._names[-1] == "sigmoid" and self.layers[-1]._said["units"] == 1)
        _know(self._takes(x))
        _know(_is_table(y, "iuf") and y.shape in ((len(x),), (len(x), 1)))
        _know(_is_count(size) and _is_count(epochs) and _is_loudness(verbose))
        _know(type(shuffle) is bool)
        with np.errstate(all="ignore"):
            target = y.reshape(-1).astype(float)
            run = (self._names, said["weights"], descent, x, target, size, epochs, shuffle)
            losses, hits = zip(*networks.fit(*run), strict=True)
        history = {"accuracy": list(hits)} if said["metrics"] else {}
        params = {"verbose": verbose, "epochs": epochs, "steps": -(-len(x) // size)}
        return History(history | {"loss": list(losses)}, epochs, params)

    def data(self) -> ModelData:
        """Return the model as plain data; weights that it was not given have no values yet."""
        _know(self.layers)
        described = [
            {"kind": "Dense", "units": layer._said["units"],
             "activation": layer._said["activation"], "use_bias": True}
            for layer in self.layers
        ]  # fmt: skip
        loss = optimizer = None
        if self._said["loss"] is not None:
            loss = {**self._said["loss"]._said, "reduction": _MEAN}
            said = self._said["optimizer"]._said
            rate, steps = float(np.float32(said["rate"])), said["descent"].steps
            optimizer = {"name": said["name"], "learning_rate": rate, "steps": steps}
        inputs = None if self._inputs is None else (self._inputs,)
        weights = [w.astype(np.float32) for w in self._said["weights"]]
        return ModelData(inputs, described, weights, loss, optimizer)


class Sequential(_Network):
    """A network from a list: `keras.Sequential(layers)`; the input comes first."""

    def __init__(self, layers: Any = (), name: Any = None) -> None:
        _know(type(layers) in (tuple, list))
        super().__init__(layers, name)

    @_in_its_form
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


def _is_table(value: Any, kinds: str = "f") -> bool:
    return type(value) is np.ndarray and value.dtype.kind in kinds


def _is_loudness(value: Any) -> bool:
    """Tell whether a value says how much `fit` and `predict` should print."""
    return type(value) in (bool, int, str) and value in ("auto", 0, 1, 2)


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
