"""Plain data: the only values that are judged, baked into a lab, or sent through the marker's pipe.

A plain value is None, bool, int, float, str, a list, a dict with str or int keys, a base-class
`numpy.ndarray` of numbers or booleans, or one of the dataclasses below. `plain` turns what an
answer returned into plain data; `encode` and `decode` write plain data as JSON.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, KeysView, ValuesView
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_DEPTH = 8
MAX_ITEMS = 200_000
MAX_BYTES = 32 * 2**20
MAX_TEXT = 100_000
MAX_AXES = 16
MAX_ROWS = 2**25  # steps of whoever walks along all axes but empty ones
MAX_KEY = 63  # bits of a key: larger whole numbers can be made to share their hash
_NUMBERS = frozenset("biuf")  # kinds of arrays
SCALARS = frozenset({type(None), bool, int, float, str})  # what holds nothing and never changes


class NotPlain(ValueError):
    """A value that cannot be judged; the message says why, in words for the learner."""


@dataclass(frozen=True)
class Rng:
    """Argument: a seeded `numpy.random.Generator`.

    Equal ones in one case are one generator; another `copy` starts anew from the same seed.
    """

    seed: int
    copy: int = 0


@dataclass(frozen=True)
class Source:
    """Argument: a small function written as the text of a Python expression."""

    text: str

    def function(self) -> Callable[..., Any]:
        """Return the function that the text describes."""
        return eval(self.text, {"np": np})


@dataclass(frozen=True)
class Result:
    """Argument: what an earlier call of the same case returned; `item` picks one of several."""

    call: int
    item: int | None = None


@dataclass(frozen=True)
class Same:
    """Argument: one object of a case that holds another `value` from call to call.

    The first call that names `key` makes the object; a later one fills that very object (an array,
    a list, a dict, a model) anew. So a result that was remembered by identity is found out.
    """

    key: int
    value: Any


@dataclass(frozen=True)
class Layout:
    """Argument: an array whose memory is laid out unusually.

    `kind` is "readonly", "strided" (every second entry of a larger array) or "fortran".
    """

    array: np.ndarray
    kind: str

    def build(self) -> np.ndarray:
        if self.kind == "strided":
            wide = np.full((*self.array.shape[:-1], 2 * self.array.shape[-1]), 7, self.array.dtype)
            wide[..., ::2] = self.array
            return wide[..., ::2]
        if self.kind == "fortran":
            return np.array(self.array, order="F")  # a copy, of a single row too
        copy = self.array.copy()
        copy.flags.writeable = False
        return copy


@dataclass(frozen=True)
class ModelData:
    """A Keras model as data: input shape, layers, weights, and how it was compiled.

    `layers` holds one dict a layer: `{"kind": "Dense", "units": 25, "activation": "relu",
    "use_bias": True}`; activation layers are merged into the layer before them. `loss` and
    `optimizer` are dicts, or None where the model is not compiled.
    """

    inputs: tuple[int, ...] | None
    layers: list[dict]
    weights: list[np.ndarray] = field(default_factory=list)
    loss: dict | None = None
    optimizer: dict | None = None

    def __post_init__(self) -> None:
        """Make a tuple of a shape that arrived as a list: JSON and MessagePack have no other."""
        if self.inputs is not None:
            object.__setattr__(self, "inputs", tuple(self.inputs))


@dataclass(frozen=True)
class HistoryData:
    """What `model.fit` returned: the recorded values by name, the epochs, the parameters."""

    history: dict
    epochs: list[int]
    params: dict


def plain(value: Any, library: Callable[[Any], Any] = lambda value: None) -> Any:
    """Return `value` as plain data.

    Tuples, ranges, views and iterators become lists; NumPy scalars become Python numbers; a
    TensorFlow tensor becomes an array; a subclass of `ndarray` its base class; an array of texts a
    list. `library` returns the data of other values of TensorFlow and Keras, or None
    (`models.from_keras`). Raises `NotPlain` for anything else, and for what is too deep or too
    large.
    """
    return _Plain(library).convert(value, 0)


class _Plain:
    def __init__(self, library: Callable[[Any], Any]) -> None:
        self.library = library
        self.items = 0
        self.open: set[int] = set()

    def convert(self, value: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise NotPlain(f"a value with more than {MAX_ITEMS:,} entries")
        if depth > MAX_DEPTH:
            raise NotPlain("a value nested too deeply")
        kind = type(value)
        if value is None or kind in (bool, int, float):
            if kind is int and value.bit_length() > 256:
                raise NotPlain("an integer that is far too large")
            return value
        if kind is str:
            if len(value) > MAX_TEXT:
                raise NotPlain("a text that is far too long")
            return value
        if kind is np.ndarray and value.dtype.kind in _NUMBERS:  # (most values are)
            return array(value)
        if isinstance(value, (Rng, Source, Result, Same, Layout, ModelData, HistoryData)):
            return value
        if isinstance(value, np.generic):
            return self._scalar(value)
        if isinstance(value, np.ndarray):
            if np.ndarray.dtype.__get__(value).kind == "U":  # names: as good as a list of them
                return self.convert(np.ndarray.tolist(value), depth + 1)
            return array(value)
        if isinstance(value, dict):
            return self._dict(value, depth)
        if isinstance(value, (list, tuple, range, deque, KeysView, ValuesView, Iterator)):
            return self._list(value, depth)
        return self._library(value, kind)

    def _scalar(self, value: np.generic) -> Any:
        if value.dtype.kind not in "biufU":
            raise NotPlain(f"a NumPy value of type {value.dtype}")
        return value.item()

    def _list(self, value: Any, depth: int) -> list:
        with _Guard(self, value):
            out = []
            for item in value:
                out.append(self.convert(item, depth + 1))
            return out

    def _dict(self, value: dict, depth: int) -> dict:
        with _Guard(self, value):
            out = {}
            for key, item in dict.items(value):
                key = key.item() if isinstance(key, np.generic) else key
                if type(key) not in (str, int):
                    raise NotPlain(f"a dict with a key of type {type(key).__name__}")
                if (type(key) is int and key.bit_length() > MAX_KEY) or len(str(key)) > MAX_TEXT:
                    raise NotPlain("a dict with a key that is far too large")
                out[key] = self.convert(item, depth + 1)
            return out

    def _library(self, value: Any, kind: type) -> Any:
        root = str(getattr(kind, "__module__", "")).partition(".")[0]
        if root in ("tensorflow", "keras"):
            if (data := self.library(value)) is not None:
                return data
            if callable(getattr(value, "numpy", None)):
                return array(np.asarray(value.numpy()))
        raise NotPlain(f"a value of type {kind.__name__}")


class _Guard:
    """Refuse a container that contains itself."""

    def __init__(self, state: _Plain, value: Any) -> None:
        self.state, self.key = state, id(value)

    def __enter__(self) -> None:
        if self.key in self.state.open:
            raise NotPlain("a container that contains itself")
        self.state.open.add(self.key)

    def __exit__(self, *_: object) -> None:
        self.state.open.discard(self.key)


def bare(arg: Any) -> Any:
    """Return the value of an argument, out of its `Same` or `Layout`."""
    arg = arg.value if isinstance(arg, Same) else arg
    return arg.array if isinstance(arg, Layout) else arg


def array(value: np.ndarray) -> np.ndarray:
    """Return a base-class copy of an array of numbers or booleans, else raise `NotPlain`."""
    if np.ndarray.__dict__["nbytes"].__get__(value) > MAX_BYTES:
        raise NotPlain("an array that is far too large")
    shape = np.ndarray.shape.__get__(value)
    # (With an entry in each row it has no more rows than bytes.)
    if (0 in shape or len(shape) > MAX_AXES) and not walkable(shape):
        raise NotPlain("an array of far too many rows or axes")
    base = np.array(value, copy=True, subok=False)
    if base.dtype.kind not in _NUMBERS or base.dtype.itemsize > 16:
        raise NotPlain(f"an array of type {base.dtype}")
    return base


def walkable(shape: tuple) -> bool:
    """Tell whether a shape is one: few axes, and few rows even where these have no entries."""
    if len(shape) > MAX_AXES or any(type(n) is not int or not 0 <= n <= MAX_ROWS for n in shape):
        return False
    return math.prod(max(n, 1) for n in shape) <= MAX_ROWS


# --- JSON -----------------------------------------------------------------------------------------

_DATACLASSES = {
    "rng": Rng,
    "source": Source,
    "result": Result,
    "layout": Layout,
    "same": Same,
    "model": ModelData,
    "history": HistoryData,
}


def array_to_json(value: np.ndarray) -> dict:
    """Write an array as `{"$array": entries, "dtype": ..., "shape": ...}`; floats round-trip."""
    entries = [encode(entry) for entry in value.ravel().tolist()]
    return {"$array": entries, "dtype": str(value.dtype), "shape": list(value.shape)}


def array_from_json(data: dict) -> np.ndarray:
    """Read what `array_to_json` wrote."""
    entries = [decode(entry) for entry in data["$array"]]
    return np.array(entries, dtype=data["dtype"]).reshape(data["shape"])


_AS_IT_IS = SCALARS - {float}  # looked at first: most values are of these


def encode(value: Any) -> Any:
    """Return plain data as JSON data."""
    if type(value) in _AS_IT_IS or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, np.ndarray):
        return array_to_json(value)
    if isinstance(value, (list, tuple)):
        return [i if type(i) in _AS_IT_IS else encode(i) for i in value]
    if isinstance(value, dict):
        return {"$dict": [[key, encode(item)] for key, item in value.items()]}
    for name, kind in _DATACLASSES.items():
        if isinstance(value, kind):
            return {"$" + name: {k: encode(v) for k, v in vars(value).items()}}
    raise TypeError(f"not plain data: {type(value).__name__}")


def decode(data: Any) -> Any:
    """Read what `encode` wrote; raises `ValueError`, `KeyError` or `TypeError` for the rest."""
    if isinstance(data, list):
        return [decode(item) if type(item) in (list, dict) else item for item in data]
    if not isinstance(data, dict):
        return data
    if "$array" in data:
        return array_from_json(data)
    if "$float" in data:
        return float(data["$float"])
    if "$dict" in data:
        return {checked_key(key): decode(item) for key, item in data["$dict"]}
    (name, fields), *rest = data.items()
    if rest or not name.startswith("$") or name[1:] not in _DATACLASSES:
        raise ValueError("not plain data")
    fields = {key: decode(item) for key, item in fields.items()}
    return _DATACLASSES[name[1:]](**fields)


def checked_key(key: Any) -> str | int:
    """Return a key that a dict of plain data may have; raises `ValueError` for any other."""
    if type(key) is str or (type(key) is int and key.bit_length() <= MAX_KEY):
        return key
    raise ValueError("a strange key")
