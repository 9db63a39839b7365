"""Compile the libraries of this Python once, so that no start compiles them again.

    python autograder/setup/bytecode.py            compile what is missing
    python autograder/setup/bytecode.py --check    only count it; exit 1 where something is missing

An import writes bytecode only where it may: never in the jail, and nowhere while
PYTHONDONTWRITEBYTECODE is set. Importing TensorFlow and Keras without takes three times as long.
What is compiled already is left alone, every file is replaced as a whole (a file that another
environment shares by a hard link stays as it is), and a run that was killed is taken up by the
next. Imports nothing but the standard library.
"""

from __future__ import annotations

import compileall
import contextlib
import importlib.util
import json
import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DONE = ".compiled"  # in the environment: what was compiled, and what cannot be
FIRST = ("IPython", "numpy", "tensorflow", "keras", "matplotlib", "jupyterlab", "nbgrader")
SKIPPED = ("__pycache__", "site-packages", "dist-packages", "test", "tests", "idle_test", "lib2to3")
MAGIC, HEAD = importlib.util.MAGIC_NUMBER, 16


@dataclass(frozen=True)
class Part:
    """A folder of modules: what it is, and how much of it waits to be compiled."""

    name: str
    folder: Path
    modules: int
    missing: int

    @property
    def writable(self) -> bool:
        return os.access(self.folder, os.W_OK)


def command() -> str:
    """Return the command line that compiles what is missing here."""
    return f"{sys.executable} {Path(__file__).resolve()}"


def folders() -> dict[str, Path]:
    """Return where the modules of this Python are: name and folder."""
    paths = sysconfig.get_paths()
    found = {"libraries": paths["purelib"], "compiled libraries": paths["platlib"],
             "standard library": paths["stdlib"]}  # fmt: skip
    out: dict[str, Path] = {}
    for name, folder in found.items():
        if Path(folder).is_dir() and Path(folder).resolve() not in out.values():
            out[name] = Path(folder).resolve()
    return out


def modules(folder: Path) -> Iterator[Path]:
    """Yield the modules below a folder, those that every start needs first; no tests."""
    for place, below, names in os.walk(folder):
        below[:] = sorted(
            (name for name in below if name not in SKIPPED),
            key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name),
        )
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def is_compiled(path: Path) -> bool:
    """Tell whether a module's bytecode is there and of this text, as an import would."""
    try:
        with open(importlib.util.cache_from_source(path), "rb") as file:
            head = file.read(HEAD)
        found = path.stat()
    except OSError:
        return False
    if head[:4] != MAGIC:
        return False
    if head[4:8] != bytes(4):  # known by the text itself, not by its time
        return True
    numbers = (int(found.st_mtime), found.st_size)
    return head[8:] == b"".join((n & 0xFFFFFFFF).to_bytes(4, "little") for n in numbers)


def refused() -> set[str]:
    """Return the files that were found impossible to compile: templates, other languages."""
    with contextlib.suppress(OSError, ValueError):
        return set(json.loads(Path(sys.prefix, DONE).read_text(encoding="utf-8"))["refused"])
    return set()


def parts() -> list[Part]:
    """Count, folder by folder, what is not compiled."""
    known = refused()
    out = []
    for name, folder in folders().items():
        paths = [path for path in modules(folder) if str(path) not in known]
        out.append(Part(name, folder, len(paths), sum(not is_compiled(path) for path in paths)))
    return out


def compile_all(label: str = "") -> bool:
    """Compile what is missing; False where another process is at it, or nothing may be written.

    Where all is done, `label` is kept in the environment: it names what was installed.
    """
    with contextlib.ExitStack() as stack:
        lock = Path(sys.prefix, f"{DONE}-lock")
        try:
            file = stack.enter_context(open(lock, "a"))
            with contextlib.suppress(ImportError):  # (Windows)
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        failed = []
        for folder in folders().values():
            if os.access(folder, os.W_OK):
                failed += [str(path) for path in modules(folder) if not _compile(path)]
        done = Path(sys.prefix, DONE)
        fresh = done.with_name(f"{DONE}-new")
        fresh.write_text(json.dumps({"label": label, "refused": failed}), encoding="utf-8")
        fresh.replace(done)
    return True


def _compile(path: Path) -> bool:
    """Compile one module where that is needed; an unwritable folder inside is left out."""
    if is_compiled(path):
        return True
    try:
        return bool(compileall.compile_file(path, force=True, quiet=2))
    except (OSError, ValueError):
        return False


def main() -> int:
    """Compile at the lowest priority, or count what is missing; return the exit status."""
    if sys.argv[1:] == ["--check"]:
        found = parts()
        for part in found:
            print(f"{part.name}: {part.missing} of {part.modules} modules are not compiled")
        return int(any(part.missing for part in found))
    for variable in ("PYTHONPYCACHEPREFIX", "SOURCE_DATE_EPOCH"):
        os.environ.pop(variable, None)  # bytecode stands beside its text, and is known by its time
    sys.pycache_prefix = None
    with contextlib.suppress(AttributeError, OSError):
        os.nice(19)
    return int(not compile_all(sys.argv[1] if len(sys.argv) > 1 else ""))


if __name__ == "__main__":
    sys.exit(main())
