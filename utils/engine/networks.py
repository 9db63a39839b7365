"""Dense networks in NumPy: what Keras's `predict` and `fit` give, where no Keras is loaded.

All is computed in float64. `fit` lowers the mean binary cross-entropy of one sigmoid output, by
gradient descent or Adam; what a training does to the weights is what Keras does, to the digits that
float32 leaves it. (The course's own functions in `utils.reference` are destroyed where learners'
code runs.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
    "softmax": lambda z: np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True)),
    "tanh": np.tanh,
}
# The slope of an activation, by its value: what back propagation needs.
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": np.ones_like,
    "relu": np.sign,
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a * a,
}
_TINY = 1e-7  # Keras keeps probabilities this far from 0 and 1 in its losses
_order = np.random.default_rng(0).permutation  # (bound here: learners' code may change NumPy's)


def outputs(names: Sequence[str], weights: Sequence[np.ndarray], X: np.ndarray) -> list[np.ndarray]:
    """Return `X` `(m, n)` and what each layer makes of it, in float64.

    `names` are the activations of the layers, `weights` a matrix and a vector for each.
    """
    out = [np.asarray(X, dtype=np.float32).astype(float)]
    for name, W, b in zip(names, weights[::2], weights[1::2], strict=True):
        out.append(ACTIVATIONS[name](out[-1] @ W + b))
    return out


def gradients(
    names: Sequence[str], weights: Sequence[np.ndarray], X: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the probabilities `(m,)` and the gradient of their mean cross-entropy to `y` `(m,)`.

    The last activation is a sigmoid of one unit; there is an entry for each of the `weights`.
    """
    *below, last = outputs(names, weights, X)
    slope = (last - y[:, None]) / len(y)  # by the scores of the layer
    found: list[np.ndarray] = []
    for k in reversed(range(len(names))):
        found[:0] = [below[k].T @ slope, slope.sum(axis=0)]
        if k:
            slope = slope @ weights[2 * k].T * SLOPES[names[k - 1]](below[k])
    return last[:, 0], found


@dataclass
class Descent:
    """One of Keras's optimizers, "sgd" or "adam" (Kingma and Ba 2015), with its usual settings."""

    name: str
    rate: float
    steps: int = 0
    means: list[np.ndarray] = field(default_factory=list)  # of the gradients
    squares: list[np.ndarray] = field(default_factory=list)

    def step(self, weights: list[np.ndarray], found: list[np.ndarray]) -> None:
        """Take one step from the `weights`, which it changes, along the gradients `found`."""
        self.steps += 1
        if self.name == "sgd":
            for w, g in zip(weights, found, strict=True):
                w -= self.rate * g
            return
        if not self.means:
            self.means, self.squares = ([np.zeros_like(w) for w in weights] for _ in "ms")
        rate = self.rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for w, g, m, v in zip(weights, found, self.means, self.squares, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= rate * m / (np.sqrt(v) + 1e-7)


def fit(
    names: Sequence[str], weights: list[np.ndarray], descent: Descent, X: np.ndarray,
    y: np.ndarray, size: int, epochs: int, shuffle: bool = True,
) -> Iterator[tuple[float, float]]:  # fmt: skip
    """Train for some epochs, in batches of `size`; yield loss and accuracy of each.

    Both are means over what was said of each example just before the step that it took part in.
    """
    for _ in range(epochs):
        order = _order(len(y)) if shuffle else np.arange(len(y))
        said = np.empty(len(y))
        for start in range(0, len(y), size):
            batch = order[start : start + size]
            said[batch], found = gradients(names, weights, X[batch], y[batch])
            descent.step(weights, found)
        p = np.clip(said, _TINY, 1 - _TINY)
        loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        yield float(loss), float(np.mean((said > 0.5) == y))
