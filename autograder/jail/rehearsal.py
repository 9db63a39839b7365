"""What every learner's process does, done in the template before it forks any.

Python runs code faster that it has run before (PEP 659), libraries keep what they have worked out,
and a fork copies each page of memory that it writes to: so all of it is done here, once.
"""

from __future__ import annotations

import socket
from typing import Any

import numpy as np

from . import learner
from .channel import Channel
from .shell import tidy

ROUNDS = 12  # Python makes code faster when it has run eight times
CELL = '''
import numpy as np

def rehearsed(x, y, n=1):
    """Compute what answers compute."""
    x = np.asarray(x, dtype=float)
    if x.size == 0:
        raise ValueError("no rows")
    powers = np.exp(x - np.max(x, axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    for row in range(len(shares)):
        shares[row] = np.maximum(shares[row], 0) * n
    loss = -np.mean(np.log(np.clip(shares, 1e-9, 1.0)))
    return shares, float(loss), {"w": y.T @ x, "b": [len(y), np.sum(y)]}
'''


def rehearse(shell: Any) -> None:
    """Run a cell and ask its function, as a learner's process does; leave nothing of it behind."""
    before = dict(shell.user_ns)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        marker, channel = Channel(ours), Channel(theirs)
        service = learner.Service(channel, channel, shell, {"output": 0}, [])
        x, y = np.arange(6.0).reshape(3, 2), np.ones((3, 2))
        kinds = [x, x.astype(np.float32), x.tolist(), x[:0]]
        cases = [[["rehearsed", [each, y, 2]]] for each in kinds]
        for _ in range(ROUNDS):
            shell.run_cell(CELL, store_history=False)
            tidy()
            marker.send(1, ["calls", cases, 2.0, 20.0])
            _, (_, *rest) = channel.receive()
            for reply in service.on_calls(*rest):
                channel.send(1, reply)
                marker.receive()
    shell.user_ns.clear()
    shell.user_ns.update(before)
