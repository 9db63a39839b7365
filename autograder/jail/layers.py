"""The layers of the jail, and whether each works on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from . import confine
from .bwrap import ROOT, JailError, bubblewrap, environment

_FILTERED = """
import os, sys
sys.path.insert(0, {root!r})
from autograder.jail import confine
confine.drop_privileges()
confine.filter_system_calls()
try:
    os.fork()
except PermissionError:
    print("refused")
"""


@dataclass(frozen=True)
class Layer:
    """A layer of the jail: what it is, whether it works here, and by what means or why not."""

    name: str
    active: bool
    note: str = ""


def layers() -> list[Layer]:
    """Try every layer and return how each went; marking refuses where one does not work."""
    if sys.platform != "linux":
        note = f"{sys.platform} has none of them; only deadlines hold a learner's code back"
        return [Layer("namespaces, system call filter, limits", False, note)]
    return [_namespaces(), _filter(), _limits()]


def _namespaces() -> Layer:
    name = "files, processes and network of its own"
    try:
        note = _run([*bubblewrap(), sys.executable, "-c", "print('inside')"])
    except JailError as error:
        note = str(error)
    return Layer(name, note == "inside", "bubblewrap" if note == "inside" else note)


def _filter() -> Layer:
    note = _run([sys.executable, "-c", _FILTERED.format(root=str(ROOT))])
    return Layer(
        "no privileges, system calls filtered",
        note == "refused",
        "seccomp" if note == "refused" else note,
    )


def _limits() -> Layer:
    note = "rlimits; threads by memory only (an ordinary user, or Linux 6.14, limits their number)"
    if confine.linux() >= (6, 14) or (confine.linux() >= (5, 14) and os.geteuid() != 0):
        note = "rlimits"
    return Layer("memory, time, files and threads limited", True, note)


def _run(command: list[str]) -> str:
    """Run a program; return what it printed, or its complaint."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=environment("/"), check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout.strip() or (done.stderr.strip().splitlines() or ["failed"])[-1]
