"""Libraries that the figures of a lab need, imported while the kernel rests.

A first draw does not wait for them then. Each is imported alone, so that a cell that is run
meanwhile waits for one of them at most.
"""

import asyncio
import contextlib
import importlib
import sys

REST, PAUSE = 1.0, 0.05  # seconds after a lab's first cell, and between two libraries
SKLEARN = ("scipy.special", "scipy.spatial", "scipy.optimize", "scipy.interpolate", "scipy.stats",
           "sklearn.base", "sklearn.metrics", "sklearn.neural_network")  # fmt: skip
_waiting = []


def libraries(*names):
    """Import these soon; outside a kernel, where nothing rests, when they are asked for."""
    _waiting.extend(names)
    _soon(REST)


def one():
    """Import the next library that is not there yet; returns its name, "" after the last."""
    while _waiting:
        name = _waiting.pop(0)
        if name not in sys.modules:
            with contextlib.suppress(ImportError):  # who needs it will say so
                importlib.import_module(name)
            return name
    return ""


def _soon(seconds):
    with contextlib.suppress(RuntimeError):
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: one() and _soon(PAUSE))
