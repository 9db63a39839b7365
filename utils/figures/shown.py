"""Which figure can show an input that a check fails on: "Show me" asks here.

A row names what a function of a lab is shown by: the figure, the functions it is given, and how the
arguments, the expected and the returned value become settings of its controls, by label. `None`
says that this input does not fit, and then no button stands below the check.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.engine.calling import Call
from utils.engine.plain import bare

Settings = dict[str, Any] | None


@dataclass(frozen=True)
class Shown:
    """A figure, as module and name, the learner's functions it draws, and its settings."""

    figure: str
    answers: tuple[str, ...]
    settings: Callable[..., Settings]


def worst(expected: Any, got: Any) -> tuple[int, ...] | None:
    """Return the place of the entry that is furthest off, None where the two are not alike."""
    try:
        a, b = np.asarray(expected, float), np.asarray(got, float)
    except (TypeError, ValueError):
        return None
    if a.shape != b.shape or not a.size:
        return None
    with np.errstate(invalid="ignore"):
        off = np.nan_to_num(np.abs(a - b), nan=np.inf)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))


def _entry(arguments: list, expected: Any, got: Any) -> float | None:
    """Return the number whose result is furthest off; the first where that cannot be told."""
    values = np.asarray(arguments[0], float)
    place = worst(expected, got)
    if place is None or len(place) != values.ndim:
        place = (0,) * values.ndim
    return float(values[place])


def _on_slider(label: str, low: float, high: float) -> Callable[..., Settings]:
    """Set one slider to the number whose result is wrong."""

    def settings(arguments: list, expected: Any, got: Any) -> Settings:
        value = _entry(arguments, expected, got)
        return {label: value} if low <= value <= high else None

    return settings


def _three_logits(arguments: list, expected: Any, got: Any) -> Settings:
    row = np.asarray(arguments[0], float)
    if row.shape != (3,) or np.abs(row).max() > 4:
        return None  # of a batch, a row alone may come out right
    return {"temperature T": 1.0, **{f"logit {k}": float(z) for k, z in enumerate(row)}}


def _likely(P: np.ndarray, y: np.ndarray) -> np.ndarray:
    return P[np.arange(len(y)), y]


def _p_of_true_class(arguments: list, expected: Any, got: Any) -> Settings:
    p = float(_likely(*map(np.asarray, arguments)).min())
    return {"p of the true class": max(p, 0.002)}


def _one_of_a_batch(arguments: list, expected: Any, got: Any) -> Settings:
    """Show the example that costs most: where its label is not what the probability says."""
    y, p = (np.asarray(each, float) for each in arguments)
    k = int(np.argmin(np.where(y == 1, p, 1 - p)))
    return {"label": int(y[k]), "probability p": float(np.clip(p[k], 0.002, 0.998))}


def _largest_logit(arguments: list, expected: Any, got: Any) -> Settings:
    z = np.asarray(arguments[0], float).ravel()
    value = float(z[np.argmax(np.abs(z))])
    return {"logit z": value} if abs(value) <= 10 else None


_ACTIVATIONS = ("sigmoid", "relu", "linear", "sigmoid_slope", "relu_slope")
SHOWN: dict[tuple[str, str], Shown] = {
    ("00_start", "double"): Shown("utils.trial:figure", ("double",), _on_slider("x", -4, 4)),
    ("01_training", "binary_cross_entropy"): Shown(
        "utils.figures.training:loss_terms", ("binary_cross_entropy",), _one_of_a_batch
    ),
    **{
        ("02_activations", name): Shown(
            "utils.figures.activations:three_activations",
            _ACTIVATIONS,
            _on_slider("score z", -8, 8),
        )
        for name in _ACTIVATIONS
    },
    ("03_softmax", "softmax"): Shown(
        "utils.figures.softmax:softmax_bars", ("softmax",), _three_logits
    ),
    ("03_softmax", "cross_entropy"): Shown(
        "utils.figures.softmax:loss_curve", ("cross_entropy",), _p_of_true_class
    ),
    ("05_multilabel", "multilabel_loss"): Shown(
        "utils.figures.multilabel:loss_curves", ("multilabel_loss",), _largest_logit
    ),
}


def find(
    lab: str, call: Call, expected: Any, got: Any, answers: dict[str, Any]
) -> Callable[[], Any] | None:
    """Return what draws the figure for a call of a lab's function, None where none can show it."""
    row = SHOWN.get((lab, call.function))
    if row is None or not call.args:
        return None
    try:
        settings = row.settings([bare(arg) for arg in call.args], expected, got)
    except (IndexError, TypeError, ValueError):
        return None  # an odd input, which no figure shows
    if settings is None:
        return None

    def draw() -> Any:
        module, _, name = row.figure.partition(":")
        figure = getattr(importlib.import_module(module), name)(
            *(answers.get(each) if callable(answers.get(each)) else None for each in row.answers)
        )
        load(figure, settings)
        return figure

    return draw


def load(figure: Any, settings: dict[str, Any]) -> None:
    """Set a figure's controls, found by their labels; it draws once."""
    controls = {getattr(c, "description", ""): c for c in figure.controls.children}
    with figure.hold():
        for label, value in settings.items():
            controls[label].value = value
