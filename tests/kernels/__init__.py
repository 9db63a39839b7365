"""Kernels for tests that run whole notebooks: forked from one process that has imported the
libraries, so that TensorFlow is imported once and not once a notebook.

A kernel is a real one, in a process of its own, in which no library has run anything yet.
`install` writes a kernel's specification whose command is `ask.py`; that asks `server.py`.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Path]:
    """Start the process that kernels are forked from; yield its socket once it is ready."""
    address = folder / "kernels.socket"
    with open(folder / "kernels.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "default", HERE / "server.py", address],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    try:
        process.stdout.readline()  # whoever waits for a kernel does not wait for its libraries
        yield address
    finally:
        process.kill()  # its kernels end with it
        process.communicate()


def install(data: Path, address: Path, name: str = "python3") -> None:
    """Write the specification of a kernel from that socket into a Jupyter data folder."""
    folder = data / "kernels" / name
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-S", "-E", str(HERE / "ask.py"), str(address), "{connection_file}"]
    spec = {"argv": command, "display_name": "Python 3 (ipykernel)", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
