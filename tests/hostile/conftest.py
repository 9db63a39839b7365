"""What the hostile submissions are tried on: a jail with short limits, and things to harm."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from autograder.authoring import declaration
from autograder.jail.bwrap import ROOT
from autograder.jail.sandbox import Limits

CORPUS = Path(__file__).parent / "corpus"
# Short deadlines; memory and files small enough for many runs on a small machine.
LIMITS = {
    "cell": 1.0, "notebook": 3.0, "call": 0.5, "grace": 0.5, "patience": 1, "restarts": 1,
    "wall": 3.0, "submission": 40.0,
    "memory": 512 << 20, "file_size": 16 << 20, "scratch_size": 16 << 20,
}  # fmt: skip


# The budget of a submission, and what a busy machine adds around it.
SECONDS = LIMITS["submission"] + 20.0


@pytest.fixture(scope="module")
def template(template):
    """The template of all tests, with short limits for the attacks."""
    usual, template.limits = template.limits, Limits(**LIMITS)
    yield template
    template.limits = usual


@pytest.fixture
def hurry(monkeypatch):
    """Wait for answers to 03_softmax no longer than for any call: the lab itself gives them 2 s."""
    for ex in declaration.load("03_softmax").exercises:
        monkeypatch.setattr(ex, "deadline", min(ex.deadline, LIMITS["call"]))


@dataclass
class World:
    """What lies outside the jail: files that must not change, sockets that must stay silent."""

    folder: Path
    sockets: dict[str, socket.socket]

    def source(self, path: Path) -> str:
        """Return an attack with the names of this world filled in."""
        text = path.read_text()
        names = {
            "CANARY": self.folder,
            "ROOT": ROOT,
            "TCP": self.sockets["TCP"].getsockname()[1],
            "UDP": self.sockets["UDP"].getsockname()[1],
            "UNIX": self.sockets["UNIX"].getsockname()[1:].decode(),
        }
        for name, value in names.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def harm(self) -> list[str]:
        """Return what has changed or arrived."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            if path.name not in ("gradebook.db", "other.ipynb") or path.read_text() != "theirs":
                found.append(str(path))
        if len(list(self.folder.iterdir())) < 2:
            found.append("a file is gone")
        for name, sock in self.sockets.items():
            try:
                sock.accept() if name == "TCP" else sock.recv(1)
                found.append(f"{name} was reached")
            except BlockingIOError:
                pass
        return found


@pytest.fixture
def world(tmp_path):
    """A gradebook, another submission, and three open sockets."""
    for name in ("gradebook.db", "other.ipynb"):
        (tmp_path / name).write_text("theirs")
        (tmp_path / name).chmod(0o666)
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    unix.bind(f"\0hostile-{os.getpid()}")
    sockets = {"TCP": tcp, "UDP": udp, "UNIX": unix}
    for sock in sockets.values():
        sock.setblocking(False)
    yield World(tmp_path, sockets)
    for sock in sockets.values():
        sock.close()


def processes() -> set[int]:
    """Return the processes this one has started, and theirs."""
    return {child.pid for child in psutil.Process().children(recursive=True)}
