"""A Keras model of dense layers in NumPy: the marker imports no Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from utils.engine.plain import ModelData


class NumpyModel:
    """Stands in for a Keras model of dense layers where the marker runs its own answers."""

    _ACTIVATIONS: dict[str, Callable] = {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
        "softmax": lambda z: np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True)),
        "tanh": np.tanh,
    }

    def __init__(self, data: ModelData) -> None:
        self.data = data

    def predict(self, X: np.ndarray, **_: Any) -> np.ndarray:
        """Return the outputs `(m, units)` in float32, as Keras does, rounded once at the end."""
        out = np.asarray(X, dtype=np.float32).astype(float)
        pairs = zip(self.data.weights[::2], self.data.weights[1::2], strict=True)
        for layer, (weights, bias) in zip(self.data.layers, pairs, strict=True):
            out = self._ACTIVATIONS[layer["activation"]](out @ weights + bias)
        return out.astype(np.float32)

    def __call__(self, X: np.ndarray, **_: Any) -> np.ndarray:
        return self.predict(X)

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights, layer by layer."""
        return list(self.data.weights)

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Take other weights, layer by layer."""
        self.data = replace(self.data, weights=list(weights))
