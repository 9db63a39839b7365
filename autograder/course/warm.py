"""A template that is started when first asked for, and ends with the process or when nobody asks.

For processes that mark now and then: nbgrader, a Jupyter server, a worker of a Dask cluster.
"""

from __future__ import annotations

import atexit
import threading
from typing import Any

from autograder.jail.sandbox import Limits, Template


class Warm:
    """One template for all who ask in this process, one after the other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.template: Template | None = None
        self.key: Any = None
        self.timer: threading.Timer | None = None
        atexit.register(self.close)

    def use(self, limits: Limits, jailed: bool, work: Any, idle: float) -> Any:
        """Return `work(template)`; the template is kept for `idle` seconds afterwards."""
        names = Limits.class_own_traits(config=True)
        key = ([getattr(limits, name) for name in names], jailed)
        with self.lock:
            if self.timer:
                self.timer.cancel()
            if self.key != key:
                self._end()
            if self.template is None:
                self.template, self.key = Template(limits, jailed), key
            try:
                return work(self.template)
            finally:
                self.timer = threading.Timer(idle, self.close)
                self.timer.daemon = True
                self.timer.start()

    def close(self) -> None:
        """End the template."""
        with self.lock:
            self._end()

    def _end(self) -> None:
        if self.template is not None:
            self.template.close()
        self.template = None


warm = Warm()
