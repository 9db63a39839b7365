"""Keras models as plain data, in both directions.

Every spelling of the same network gives the same data: an activation may be a name, a function or
a layer of its own; a loss may be a name, an object or a function. What cannot be told from its
configuration is told by its values on a few fixed numbers.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from utils.engine import counting, described
from utils.engine.plain import HistoryData, ModelData, NotPlain, array, plain

_GRID = np.array([[-2.0, -0.5, 1.5]], dtype=np.float32)
# The values of each activation on _GRID, so that a lambda is recognised too.
_ON_GRID = {
    "linear": [-2.0, -0.5, 1.5],
    "relu": [0.0, 0.0, 1.5],
    "sigmoid": [0.11920292, 0.37754067, 0.81757448],
    "tanh": [-0.96402758, -0.46211716, 0.90514825],
    "softmax": [0.02590865, 0.11611453, 0.85797681],
}
# More values, to tell ReLU from its capped and raised variants.
_FAR_GRID = np.array([[-30.0, 0.25, 40.0]], dtype=np.float32)
_ON_FAR_GRID = {
    "linear": [-30.0, 0.25, 40.0],
    "relu": [0.0, 0.25, 40.0],
    "sigmoid": [0.0, 0.5621765, 1.0],
    "tanh": [-1.0, 0.24491866, 1.0],
    "softmax": [0.0, 0.0, 1.0],
}
_PARTS = ("kernel", "bias", "activity")
_NO_EFFECT = ("Flatten", "Reshape", "Identity", "InputLayer")
_PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], dtype=np.float32)
# (name, from_logits) -> the mean loss on _PROBABILITIES; targets below.
_LOSS_VALUES = {
    ("sparse_categorical_crossentropy", False): 0.43375028,
    ("sparse_categorical_crossentropy", True): 0.81061805,
    ("categorical_crossentropy", False): 0.43375028,
    ("categorical_crossentropy", True): 0.81061805,
    ("binary_crossentropy", False): 0.27634002,
    ("binary_crossentropy", True): 0.66366024,
}


def to_plain(value: Any) -> Any:
    """Return any value as plain data, Keras models and histories too; raises `NotPlain`."""
    return plain(value, from_keras)


def from_keras(value: Any) -> ModelData | HistoryData | None:
    """Return a Keras model (or its description) or `History` as plain data, else None."""
    if isinstance(value, described.Part):
        return value.data()
    keras = sys.modules.get("keras")
    if "Model" not in vars(keras or object):  # (not imported, or a stand-in of the jail)
        return None
    if isinstance(value, keras.callbacks.History):
        history = {str(k): plain(v) for k, v in value.history.items()}
        params = {k: v for k, v in (value.params or {}).items() if isinstance(v, int)}
        return HistoryData(history, [int(e) for e in value.epoch], params)
    if isinstance(value, keras.Model):
        return _model(value)
    return None


def _model(model: Any) -> ModelData:
    layers = _layers(model)
    shape = getattr(model, "input_shape", None) if model.built else None
    if isinstance(shape, list) and len(shape) == 1:
        shape = shape[0]
    inputs = tuple(shape[1:]) if isinstance(shape, tuple) and None not in shape[1:] else None
    weights = []
    if not all(map(_is_unmade, model.weights)):
        weights = [array(np.asarray(w)) for w in model.get_weights()]
    loss = optimizer = None
    if getattr(model, "compiled", False):
        loss = _loss(model.loss)
        rate = float(_number(model.optimizer.learning_rate))
        steps = int(_number(model.optimizer.iterations))
        kind = type(model.optimizer).__name__.lower()
        optimizer = {"name": kind, "learning_rate": rate, "steps": steps}
        if (rows := counting.finish(model)) is not None:
            optimizer["rows"] = rows
    return ModelData(inputs, layers, weights, loss, optimizer)


def _is_unmade(variable: Any) -> bool:
    """Tell whether a variable has no value yet: in the jail it gets one when first used."""
    return getattr(variable, "unmade", None) is not None


def _number(value: Any) -> np.ndarray:
    return np.asarray(value.unmade.value if _is_unmade(value) else value)


def _layers(model: Any) -> list[dict]:
    keras = sys.modules["keras"]
    out: list[dict] = []
    for layer in model.layers:
        if isinstance(layer, keras.Sequential) or type(layer).__name__ == "Functional":
            out += _layers(layer)
            continue
        kind = type(layer).__name__
        if kind in _NO_EFFECT:
            continue
        name = _activation_of(layer, kind)
        if kind != "Dense" and name is not None:
            if out and out[-1].get("activation") == "linear":
                out[-1]["activation"] = name
            elif name != "linear":
                out.append({"kind": "Activation", "activation": name})
            continue
        if kind == "Dense":
            bias = bool(layer.use_bias)
            dense = {"kind": kind, "units": int(layer.units), "activation": name, "use_bias": bias}
            if not layer.trainable:
                dense["kind"] += " (frozen)"
            elif any(getattr(layer, f"{part}_regularizer") for part in _PARTS):
                dense["kind"] += " with a regularizer"
            out.append(dense)
        else:
            out.append({"kind": kind})
    if not isinstance(model, keras.Sequential) and not _is_chain(model):
        out.append({"kind": "branches"})
    return out


def _is_chain(model: Any) -> bool:
    ends = getattr(model, "inputs", None), getattr(model, "outputs", None)
    return all(end is not None and len(end) == 1 for end in ends) and all(
        len(node.parent_nodes) <= 1 for layer in model.layers for node in layer._inbound_nodes
    )


def _activation_of(layer: Any, kind: str) -> str | None:
    """Name the activation of a layer that has or is one, None for every other layer."""
    if kind == "Dense" or kind == "Activation":
        return activation_name(layer.activation)
    if kind in ("ReLU", "Softmax", "LeakyReLU", "ELU", "PReLU"):
        return activation_name(layer)
    return None


def activation_name(function: Any) -> str:
    """Name an activation function or layer, by identity or by its values ("other" if unknown)."""
    keras = sys.modules["keras"]
    for name in _ON_GRID:
        if function is getattr(keras.activations, name):
            return name
    try:
        values = np.asarray(function(keras.ops.convert_to_tensor(_GRID)))
        far = np.asarray(function(keras.ops.convert_to_tensor(_FAR_GRID)))
    except Exception:
        return "other"
    for name, expected in _ON_GRID.items():
        same = values.shape == far.shape == _GRID.shape
        if same and np.allclose([*values[0], *far[0]], expected + _ON_FAR_GRID[name], atol=1e-5):
            return name
    return "other"


def _loss(loss: Any) -> dict:
    """Describe a loss by name, `from_logits` and reduction; by value where it is a function."""
    keras = sys.modules["keras"]
    while isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        loss = next(iter(loss.values())) if isinstance(loss, dict) else loss[0]
    if loss is None:
        return {"name": "none"}
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return {"name": loss}
    if isinstance(loss, keras.losses.Loss) and type(loss).__module__.startswith("keras."):
        config = loss.get_config()
        name = getattr(getattr(loss, "fn", None), "__name__", type(loss).__name__)
        out = {"name": name, "reduction": str(config.get("reduction"))}
        if "from_logits" in config:
            out["from_logits"] = bool(config["from_logits"])
        if config.get("label_smoothing") or config.get("ignore_class") is not None:
            out["name"] += " with label smoothing or an ignored class"
        return out
    for name in {name for name, _ in _LOSS_VALUES}:
        if loss is getattr(keras.losses, name):
            return {"name": name, "from_logits": False, "reduction": "sum_over_batch_size"}
    return _loss_by_value(loss)


def _loss_by_value(loss: Any) -> dict:
    keras = sys.modules["keras"]
    one_hot = np.array([[1, 0, 0], [0, 0, 1]], dtype=np.float32)
    targets = {
        "sparse_categorical_crossentropy": np.array([0, 2]),
        "categorical_crossentropy": one_hot,
        "binary_crossentropy": one_hot,
    }
    for (name, from_logits), expected in _LOSS_VALUES.items():
        try:
            values = loss(
                keras.ops.convert_to_tensor(targets[name]),
                keras.ops.convert_to_tensor(_PROBABILITIES),
            )
            mean = float(np.mean(np.asarray(values)))
        except Exception:
            continue
        if abs(mean - expected) < 1e-4:
            reduction = "sum_over_batch_size"
            return {"name": name, "from_logits": from_logits, "reduction": reduction}
    return {"name": getattr(loss, "__name__", type(loss).__name__)}


def to_keras(data: ModelData) -> Any:
    """Build the Keras model that `data` describes: Dense layers only, weights and loss set.

    Where its optimizer has an entry "rows", the rows used in training are counted from now on.
    """
    import keras

    layers = [
        keras.layers.Dense(layer["units"], activation=layer["activation"]) for layer in data.layers
    ]
    model = keras.Sequential([keras.Input(data.inputs), *layers])
    if data.weights:
        model.set_weights(data.weights)
    if data.loss is not None:
        name = "".join(part.title() for part in data.loss["name"].split("_"))
        loss = getattr(keras.losses, name)(from_logits=data.loss.get("from_logits", False))
        optimizer = keras.optimizers.get(data.optimizer["name"])
        optimizer.learning_rate = data.optimizer["learning_rate"]
        model.compile(loss=loss, optimizer=optimizer)
        if "rows" in data.optimizer:
            counting.start(model, data.inputs[0])
    return model


def dense(
    inputs: int,
    layers: list[tuple[int, str]],
    seed: int | None = None,
    weights: list[np.ndarray] | None = None,
    loss: dict | None = None,
    optimizer: dict | None = None,
) -> ModelData:
    """Describe a stack of dense layers `[(units, activation), ...]` as `ModelData`.

    With `seed`, weights are drawn with the Glorot uniform rule; biases start at 0.
    """
    described = [
        {"kind": "Dense", "units": units, "activation": name, "use_bias": True}
        for units, name in layers
    ]
    if weights is None and seed is not None:
        rng, weights, fan_in = np.random.default_rng(seed), [], inputs
        for units, _ in layers:
            limit = np.sqrt(6 / (fan_in + units))
            weights.append(rng.uniform(-limit, limit, (fan_in, units)).astype(np.float32))
            weights.append(np.zeros(units, dtype=np.float32))
            fan_in = units
    if weights is not None and len(weights) != 2 * len(layers):
        raise NotPlain("one weight matrix and one bias vector a layer")
    return ModelData((inputs,), described, weights or [], loss, optimizer)
