"""Destroy the functions that an exercise forbids, in one learner's process, for good.

A forbidden function written in Python gets other code, so that every alias, closure, wrapper and
`getattr` finds only the refusal; a compiled one is replaced wherever a dictionary holds it; the
source files are covered, so that nothing can be loaded again. The functions are found once, in the
template, since a look at all objects takes a second.
"""

from __future__ import annotations

import gc
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from utils.engine.forbidden import FAMILIES, Family, ForbiddenCall, Refused, refuser, stub

from . import absent, confine

# Where TensorFlow runs or builds any operation by its name: module, function, position of the name
# (None: whole graphs, whose operations are not looked at one by one).
_OPERATIONS = (
    ("tensorflow.python.{}pywrap_tfe", "TFE_Py_FastPathExecute", 1),
    ("tensorflow.python.{}pywrap_tfe", "TFE_Py_Execute", 2),
    ("tensorflow.python.{}pywrap_tfe", "TFE_ContextAddFunctionDef", None),
    ("tensorflow.python.client.{}pywrap_tf_session", "TF_NewOperation", 1),
    ("tensorflow.python.client.{}pywrap_tf_session", "TF_GraphImportGraphDefWithResults", None),
    ("tensorflow.python.client.{}pywrap_tf_session",
     "TF_GraphImportGraphDefWithResultsNoSerialization", None),
)  # fmt: skip

_PRIVATE = re.compile(r"_|src$|python$|ops$|backend$|gen_")


@dataclass
class Targets:
    """What each family forbids, as found in this process.

    `seen` remembers the calls that were refused.
    """

    functions: dict[str, list[FunctionType]] = field(default_factory=lambda: defaultdict(list))
    references: dict[str, list[tuple[dict, Any, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    paths: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: list[str] = field(default_factory=list)
    refusals: dict[str, list[CodeType]] = field(default_factory=dict)
    modules: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def find(cls) -> Targets:
        """Look through all modules and objects of this process."""
        found = cls()
        found._find_functions()
        for name, family in FAMILIES.items():
            found._find_compiled(name, family)
            found._find_paths(name, family)
        return found

    def prepare(self, families: Iterable[str]) -> None:
        """Find what takes time before the fork.

        The code that refuses, since there are a thousand optimizers; modules to forget, since a
        fork copies each page with a name on it that it looks at.
        """
        for name in set(families) - set(self.refusals):
            self.refusals[name] = [
                stub(f, refuser(readable(f"{module}.{f.__code__.co_name}"), self.seen))
                for f, module in ((f, f.__globals__["__name__"]) for f in self.functions[name])
            ]
            packages = FAMILIES[name].packages
            self.modules[name] = [m for m in sys.modules if m.partition(".")[0] in packages]

    def _find_functions(self) -> None:
        rules = [
            (name, prefix, re.compile(pattern))
            for name, family in FAMILIES.items()
            for prefix, pattern in family.inside
        ]
        by_module: dict[str, list] = {}
        for function in gc.get_objects():
            if type(function) is not FunctionType:
                continue
            module = str(function.__globals__.get("__name__", ""))
            if module not in by_module:
                by_module[module] = [r for r in rules if module.startswith(r[1])]
            for name, _, pattern in by_module[module]:
                if pattern.fullmatch(function.__code__.co_name):
                    self.functions[name].append(function)

    def _find_compiled(self, name: str, family: Family) -> None:
        wanted = {}
        for dotted in family.compiled:
            module, _, attribute = dotted.rpartition(".")
            held = (
                vars(
                    sys.modules.get(module, object),
                )
                if module in sys.modules
                else {}
            )
            for key in [k for k in held if attribute == "*" and k[:2] != "__"] or [attribute]:
                if callable(held.get(key)):
                    wanted[id(held[key])] = f"{module}.{key}"
        if not wanted:
            return
        for holder in gc.get_objects():
            if type(holder) is dict:
                for key, value in holder.items():
                    if id(value) in wanted and callable(value):
                        self.references[name].append((holder, key, wanted[id(value)]))

    def _find_paths(self, name: str, family: Family) -> None:
        for function in self.functions[name]:
            path = function.__code__.co_filename
            if path.endswith(".py") and os.path.isfile(path):
                self.paths[name] |= {path, importlib.util.cache_from_source(path)}
        for package in family.packages:
            spec = importlib.machinery.PathFinder.find_spec(package)
            self.paths[name] |= set(spec.submodule_search_locations or ()) if spec else set()
        for folder in sys.path:  # (what is not there is not covered)
            self.paths[name] |= {os.path.join(folder, file) for file in family.files}


def destroy(targets: Targets, families: Iterable[str], jailed: bool, light: bool = False) -> None:
    """Destroy `families` here and now; `targets.seen` then remembers the calls that were refused.

    In a light process, what was never imported is hidden, and has stand-ins that it watches.
    """
    seen = targets.seen
    targets.prepare(families)
    if light and "tensorflow" not in families:
        absent.stand_in(seen)
        for path in sorted(targets.paths["tensorflow"]) * jailed:
            confine.cover(path)
    for name in families:
        family = FAMILIES[name]
        _refuse_functions(targets, name)
        for holder, key, called in targets.references[name]:
            holder[key] = Refused(refuser(readable(called), seen))
        if family.ops:
            _refuse_operations(re.compile(family.ops), seen)
        if family.packages:
            sys.meta_path.insert(0, _Refuser(family.packages, seen))
            for module in targets.modules[name]:
                sys.modules.pop(module, None)
    for name in [*families, "reference"] * jailed:
        for path in sorted(targets.paths[name]):
            confine.cover(path)


def destroy_reference(targets: Targets) -> None:
    """Destroy the labs' own right answers, which no learner's process may have."""
    targets.prepare(["reference"])
    _refuse_functions(targets, "reference")


def _refuse_functions(targets: Targets, name: str) -> None:
    for function, refusal in zip(targets.functions[name], targets.refusals[name], strict=True):
        function.__code__ = refusal


def readable(name: str) -> str:
    """Return a dotted name without the private parts: "scipy.special.softmax"."""
    parts = name.split(".")
    kept = [part for part in parts[1:-1] if not _PRIVATE.match(part)]
    return ".".join(parts[:1] + kept[:1] + parts[-1:])


class _Refuser:
    """An import finder that refuses packages."""

    def __init__(self, packages: tuple[str, ...], seen: list[str]) -> None:
        self.packages, self.seen = packages, seen

    def find_spec(self, name: str, *_: Any) -> None:
        if name.partition(".")[0] in self.packages:
            try:
                refuser(name, self.seen)()
            except ForbiddenCall as error:
                raise ImportError(f"{error} is forbidden in this exercise") from error


def _refuse_operations(pattern: re.Pattern, seen: list[str]) -> None:
    """Refuse TensorFlow operations by name, however they are run."""

    def checked(run: Callable, position: int | None) -> Callable:
        def execute(*args: Any) -> Any:
            name = "graph" if position is None else args[position]
            name = name.decode() if isinstance(name, bytes) else str(name)
            if position is None or pattern.fullmatch(name):
                refuser(f"tensorflow.raw_ops.{name}", seen)()
            return run(*args)

        return execute

    for place, name, position in _OPERATIONS:
        for module in (sys.modules.get(place.format(private)) for private in ("", "_")):
            if hasattr(module, name):
                setattr(module, name, checked(getattr(module, name), position))
