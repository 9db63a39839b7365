"""A Keras model of dense layers in NumPy: the marker imports no Keras."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from utils.engine import networks
from utils.engine.plain import ModelData


class NumpyModel:
    """Stands in for a Keras model of dense layers where the marker runs its own answers."""

    def __init__(self, data: ModelData) -> None:
        self.data = data

    def predict(self, X: np.ndarray, **_: Any) -> np.ndarray:
        """Return the outputs `(m, units)` in float32, as Keras does, rounded once at the end."""
        names = [layer["activation"] for layer in self.data.layers]
        return networks.outputs(names, self.data.weights, X)[-1].astype(np.float32)

    def __call__(self, X: np.ndarray, **_: Any) -> np.ndarray:
        return self.predict(X)

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights, layer by layer."""
        return list(self.data.weights)

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Take other weights, layer by layer."""
        self.data = replace(self.data, weights=list(weights))
