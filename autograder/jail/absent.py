"""What stands for TensorFlow and the like in a light process, which never imported them.

They can be imported and named as ever, since a notebook does so whether an answer needs them or
not. A small model can be described there (`utils.engine.described`). Whoever uses them otherwise is
noticed, and the marker asks again in a full process.
"""

from __future__ import annotations

import contextlib
import sys
from importlib import metadata
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from utils.engine import described
from utils.engine.forbidden import FAMILIES

PACKAGES = FAMILIES["tensorflow"].packages
# What a notebook prints of them, read from the environment's records before there are learners.
_PROJECTS = {"tensorflow": ("tensorflow", "tensorflow-cpu"), "sklearn": ("scikit-learn",)}
_VERSIONS: dict[str, str] = {}
for _name in PACKAGES:
    for _project in _PROJECTS.get(_name, (_name,)):
        with contextlib.suppress(metadata.PackageNotFoundError):
            _VERSIONS[_name] = metadata.version(_project)
# What importing and inspecting ask of any module, and find in few.
_ASKED = ("__path__", "__file__", "__wrapped__", "__warningregistry__", "__class_getitem__")


def stand_in(seen: list[str]) -> None:
    """Let `PACKAGES` be imported in name only; `seen` remembers what of them is used."""
    sys.meta_path.insert(0, _Finder(seen))
    described.heard = seen


class _Finder:
    """An import finder that finds a stand-in for every module of `PACKAGES`."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        absent = name.partition(".")[0] in PACKAGES
        return ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name, self.seen)

    def exec_module(self, module: ModuleType) -> None:
        """Find the module finished."""


def _use(name: str, seen: list[str]) -> NoReturn:
    if name not in seen:
        seen.append(name)
    raise ModuleNotFoundError(f"{name} is not loaded here")


class _Module(ModuleType):
    """A module whose parts can be named."""

    def __init__(self, name: str, seen: list[str]) -> None:
        super().__init__(name)
        self.__dict__["_seen"] = seen

    def __getattr__(self, name: str) -> Any:
        if name in _ASKED:
            raise AttributeError(name)
        if name == "__version__" and self.__name__ in _VERSIONS:
            return _VERSIONS[self.__name__]
        whole = f"{self.__name__}.{name}"
        return _use(whole, self._seen) if name[:2] == "__" else _part(whole, self._seen)


def _part(name: str, seen: list[str]) -> Any:
    """Return a part of a module, the same for the same name."""
    if name.startswith("tensorflow.keras"):
        name = name.removeprefix("tensorflow.")
    if name not in _parts:
        _parts[name] = _new(name, seen)
    return _parts[name]


_parts: dict[str, Any] = {}


def _new(name: str, seen: list[str]) -> Any:
    """Return an object of a kind of its own: whatever is done with it is a use."""

    def use(*_: Any, **__: Any) -> NoReturn:
        _use(name, seen)

    def get(_: Any, attribute: str) -> Any:
        inner = f"{name}.{attribute}"
        return _use(inner, seen) if attribute[:2] == "__" else _part(inner, seen)

    used = dict.fromkeys(_USES, use)
    if name in described.PARTS:
        used["__call__"] = lambda _, *args, **options: _described(name, seen, args, options)
    return type("Absent", (), used | {"__getattr__": get, "__slots__": ()})()


def _described(name: str, seen: list[str], args: tuple, options: dict) -> Any:
    """Return the description that a call gives; where there is none, it is a use."""
    try:
        return described.PARTS[name](*args, **options)
    except (TypeError, ModuleNotFoundError):
        _use(name, seen)


_USES = (
    "__call__", "__mro_entries__", "__instancecheck__", "__subclasscheck__", "__setattr__",
    "__delattr__", "__bool__", "__len__", "__iter__", "__contains__", "__getitem__",
    "__setitem__", "__enter__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
    "__hash__", "__repr__", "__str__", "__format__", "__add__", "__radd__", "__sub__", "__rsub__",
    "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__matmul__", "__rmatmul__", "__pow__",
    "__or__", "__ror__", "__neg__", "__float__", "__int__", "__index__", "__array__",
)  # fmt: skip
