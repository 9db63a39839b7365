"""What may arrive from a learner's process: plain data of the right form, and nothing else.

Everything here raises `ValueError`, `TypeError` or `LookupError` for what is not sound.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np

from utils.engine.calling import Failure, Outcome
from utils.engine.plain import (
    MAX_KEY,
    HistoryData,
    Layout,
    ModelData,
    Result,
    Rng,
    Same,
    Source,
    walkable,
)

MAX_DEPTH = 16
MAX_BITS = 256  # of a whole number
MAX_LAYERS = 200
MAX_TEXTS = 50  # warnings of a call, or names of forbidden functions
MAX_UNITS = 1_000_000
RETURNED = (ModelData, HistoryData)
ANY = (*RETURNED, Rng, Source, Result, Same, Layout)
_FINE = frozenset({type(None), float, bool, np.ndarray})
# Entries of the dicts in a model's data; those in capitals must be there.
_DENSE = {"KIND": str, "UNITS": int, "ACTIVATION": str, "USE_BIAS": bool}
_LOSS = {"NAME": str, "from_logits": bool, "reduction": str}
_OPTIMIZER = {"NAME": str, "LEARNING_RATE": float, "steps": int, "rows": int}


def sound(value: Any, accepts: tuple[type, ...] = ANY, depth: int = 0) -> None:
    """Check that `value` is plain data through and through, with no dataclass but `accepts`."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if type(value) in _FINE:
        return
    if type(value) is str:
        value.encode()  # lone surrogates are no text
    elif type(value) is int:
        _check(value.bit_length() <= MAX_BITS)
    elif type(value) in (list, tuple):
        for item in value:
            if type(item) not in _FINE or depth == MAX_DEPTH:
                sound(item, accepts, depth + 1)
    elif type(value) is dict:
        _check(all(type(k) is str or (type(k) is int and k.bit_length() <= MAX_KEY) for k in value))
        sound([*value, *value.values()], accepts, depth)
    elif type(value) in accepts:
        sound(list(vars(value).values()), accepts, depth)
        if type(value) is ModelData:
            _model(value)
        elif type(value) is HistoryData:
            _history(value)
    else:
        _check(False)


def _check(fine: bool) -> None:
    if not fine:
        raise TypeError("not sound")


def _entries(data: Any, kinds: dict[str, type]) -> None:
    _check(type(data) is dict and all(name.lower() in data for name in kinds if name.isupper()))
    known = {name.lower(): kind for name, kind in kinds.items()}
    _check(all(type(value) is known[name] for name, value in data.items()))


def _model(model: ModelData) -> None:
    """Check that a model is one: layers of known form, and weights that fit them."""
    _check(type(model.layers) is list and type(model.weights) is list)
    _check(max(len(model.layers), len(model.weights)) <= MAX_LAYERS)
    _check(model.inputs is None or walkable(model.inputs))
    _check(all(type(weight) is np.ndarray for weight in model.weights))
    for layer in model.layers:
        if layer["kind"] == "Dense":
            _entries(layer, _DENSE)
            _check(0 <= layer["units"] <= MAX_UNITS)
        else:
            _entries(layer, {"KIND": str, "activation": str})
    for part, kinds in ((model.loss, _LOSS), (model.optimizer, _OPTIMIZER)):
        if part is not None:
            _entries(part, kinds)
    units = [layer["units"] for layer in model.layers if layer["kind"] == "Dense"]
    if model.weights and {layer["kind"] for layer in model.layers} <= {"Dense", "Activation"}:
        sizes = [model.weights[0].shape[0], *units]
        bias = [layer["use_bias"] for layer in model.layers if layer["kind"] == "Dense"]
        shapes = []
        for pair, biased in zip(pairwise(sizes), bias, strict=True):
            shapes += [pair, pair[1:]] if biased else [pair]
        _check([weight.shape for weight in model.weights] == shapes)


def _history(history: HistoryData) -> None:
    _check(type(history.history) is dict and type(history.params) is dict)
    _check(type(history.epochs) is list and all(type(n) is int for n in history.epochs))
    for values in history.history.values():
        _check(type(values) is list and all(type(v) in (int, float) for v in values))


# --- answers to calls -----------------------------------------------------------------------------


def outcomes_to_body(outcomes: list[Outcome]) -> list:
    """Write the outcomes of one case."""
    return [[o.value, failure_to_body(o.error), o.warnings, o.args_after, o.forbidden]
            for o in outcomes]  # fmt: skip


def outcomes_from_body(body: Any, count: int) -> list[Outcome]:
    """Read the outcomes of `count` calls."""
    _check(type(body) is list and len(body) == count)
    outcomes = []
    for value, error, warnings, args_after, forbidden in body:
        _check(type(args_after) is list)
        error = None if error is None else failure_from_body(error)
        outcomes.append(Outcome(value, error, texts(warnings), args_after, _dotted(forbidden)))
    return outcomes


def _dotted(body: Any) -> list[str]:
    """Read names of functions, such as "scipy.special.softmax", whatever was sent for one."""
    names = [text[:80] for text in texts(body)]
    return [n if re.fullmatch(r"[\w.]+", n) else "something" for n in names]


def failure_to_body(failure: Failure | None) -> list | None:
    """Write a failure."""
    return failure and [failure.type, failure.message, failure.line]


def failure_from_body(body: Any) -> Failure:
    """Read a failure; long texts are cut, and its type is a name, whatever was sent."""
    kind, message, line = texts(body)
    named = kind.isidentifier() and kind.isprintable() and len(kind) <= 80
    return Failure(kind if named else "Exception", message, line)


def texts(body: Any) -> list[str]:
    """Read some short texts."""
    _check(type(body) is list and all(type(text) is str for text in body))
    return [text[:500] for text in body[:MAX_TEXTS]]
