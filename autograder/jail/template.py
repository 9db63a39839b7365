"""The template process: imports once, then forks a learner's process for each request.

It runs inside bubblewrap, has one thread, and runs no learner's code. Nothing of TensorFlow may
have run in it: what is imported survives a fork, its thread pools do not. It starts as a light one;
asked to grow, it forks the full one, which imports the rest and serves a socket of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import pkgutil
import signal
import socket
import sys
import warnings
from typing import Any

from utils.engine import fitting, predicting

from . import building, confine, deferred, eager, forbid, huge, learner, rehearsal, shell

LIGHT = (
    "numpy", "graphlib", "matplotlib.pyplot", "IPython", "utils.reference", "utils.data",
    "utils.checks", "utils.figures",
)  # fmt: skip
FULL = (
    "scipy.special", "scipy.signal", "scipy.ndimage", "scipy.optimize", "scipy.differentiate",
    "sklearn.datasets", "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection",
    "sklearn.neural_network", "sklearn.preprocessing", "sklearn.utils.extmath",
    "tensorflow", "keras", "sympy", "utils.engine.models",
)  # fmt: skip

MANY = 16  # forks after which a template prepares for many more


def main(control_fd: int, scratch: str, jailed: bool) -> None:
    """Warm up, say so on the control socket, and serve it until it closes."""
    if jailed:
        confine.keep_devices()
    serve(socket.socket(fileno=control_fd), {"scratch": scratch, "jailed": jailed, "light": True})


def serve(control: socket.socket, settings: dict, notebook: Any = None) -> None:
    """Import what is not imported yet, say what is missing, and fork learners."""
    gc.enable()
    gc.unfreeze()  # what is forbidden is looked for among all objects
    missing = warm_up(LIGHT if settings["light"] else FULL)
    notebook = notebook or shell.make(settings["scratch"])
    if settings["light"]:
        rehearsal.rehearse(notebook)
    targets = forbid.Targets.find()
    forbid.destroy_reference(targets)
    gc.collect()
    gc.freeze()
    gc.disable()
    control.sendall(json.dumps({"missing": missing}).encode())
    Template(control, notebook, targets, settings).serve()


def warm_up(modules: tuple[str, ...]) -> list[str]:
    """Import what labs use; return what could not be imported."""
    warnings.simplefilter("ignore")
    missing = []
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if figures := sys.modules.get("utils.figures"):
        for module in pkgutil.iter_modules(figures.__path__, "utils.figures."):
            with contextlib.suppress(Exception):
                importlib.import_module(module.name)
    if baked := sys.modules.get("utils.checks.baked"):
        for path in baked.BAKED.glob("*.json"):  # kept, for the first cell of each lab
            baked.load(path.stem)
    sys.modules["numpy"].random.seed(0)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        sys.modules["keras"].utils.set_random_seed(0)
        building.quicken()
        deferred.defer()
        eager.quicken()
        fitting.quicken()
        predicting.quicken()
    warnings.resetwarnings()
    return missing


class Template:
    """Answers `fork` and `end` requests of the marker."""

    def __init__(
        self, control: socket.socket, shell: Any, targets: forbid.Targets, settings: dict
    ) -> None:
        self.control, self.shell, self.targets, self.settings = control, shell, targets, settings
        self.namespace = os.open("/proc/self/ns/pid", os.O_RDONLY) if settings["jailed"] else -1
        self.learners: set[int] = set()
        with contextlib.suppress(OSError):  # (the learner's process says so)
            confine.system_calls()
            confine.linux()
        self.few: float = MANY  # forks until it prepares for more

    def serve(self) -> None:
        """Serve until the marker closes its end, then leave nobody behind."""
        while True:
            message, fds, _, _ = socket.recv_fds(self.control, 1 << 16, 2)
            if not message:
                break
            request = json.loads(message)
            if "grow" in request:
                self.grow(fds)
                continue
            if fds:
                reply = self.fork(request["fork"], fds)
            elif "kill" in request:
                os.kill(request["kill"], signal.SIGKILL)
                reply = {}
            else:
                reply = self.end(request["end"])
            self.control.sendall(json.dumps(reply).encode())
            if self.few <= 0 and not self.learners:
                huge.collapse()  # (which takes as long as some forty forks are then quicker)
                self.few = math.inf
        for pid in list(self.learners):
            self.end(pid)

    def grow(self, fds: list[int]) -> None:
        """Fork the full template, which serves another control socket."""
        if os.fork() == 0:
            try:
                self.control.close()
                control = socket.socket(fileno=fds[0])
                serve(control, self.settings | {"light": False}, self.shell)
            finally:
                os._exit(0)
        os.close(fds[0])

    def fork(self, settings: dict, fds: list[int]) -> dict:
        """Start a learner's process that talks over `fds`; answer with its number."""
        pipes = [socket.socket(fileno=fd) for fd in fds]
        self.targets.prepare(settings["forbid"])
        try:
            if self.settings["jailed"]:
                confine.unshare(confine.CLONE_NEWPID)
            if (pid := os.fork()) == 0:
                learner.main(self.shell, pipes, self.settings | settings, self.targets)
        except OSError as error:
            return {"error": str(error)}
        finally:
            if self.settings["jailed"]:
                confine.setns(self.namespace, confine.CLONE_NEWPID)
            for pipe in pipes:
                pipe.close()
        self.learners.add(pid)
        self.few -= 1
        return {"pid": pid}

    def end(self, pid: int) -> dict:
        """Kill a learner's process and all it started; answer how it ended once it is dead."""
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self.learners.discard(pid)
        return {"status": os.waitstatus_to_exitcode(status)}
