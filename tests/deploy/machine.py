"""A machine within this machine: users, homes, a hub. Nothing of it is left when it ends."""

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).with_name("inside.py")
PROXY = Path(sys.prefix, "proxy", "node_modules", ".bin", "configurable-http-proxy")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
UNSHARE = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
           "--mount-proc"]  # fmt: skip


def missing():
    """Say what a machine within this one lacks here; empty if it works."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "root, on Linux"
    done = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True)
    return f"namespaces ({done.stderr.strip()})" if done.returncode else ""


@dataclass
class Done:
    """A command that has ended."""

    status: int
    said: str


class Machine:
    """The machine, with an environment at `target` and this repository at `self.project`.

    `needed` are folders that its users can read where they are. A context manager.
    """

    def __init__(self, folder, target, needed=()):
        self.stage, self.logs, self.count = folder / "stage", folder / "logs", 0
        self.stage.mkdir()
        self.logs.mkdir()
        self.project = self.stage / "project"
        needed = {Path(sys.base_prefix), Path(sys.prefix), Path(sysconfig.get_path("purelib"))} | {
            *needed
        }
        command = [*UNSHARE, sys.executable, INSIDE, self.stage, ROOT, target, *needed]
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert json.loads(self.process.stdout.readline()) == "ready"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()

    def _order(self, user, command, cwd, env, wait):
        self.count += 1
        log = self.logs / f"{self.count}-{user}"
        order = {"user": user, "command": list(map(str, command)), "cwd": str(cwd or ""),
                 "env": {"PATH": PATH} | (env or {}), "log": str(log), "wait": wait}  # fmt: skip
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline()), log

    def run(self, user, *command, cwd=None, env=None):
        """Run a command as a user, `"-m", module, ...` for a Python module."""
        status, log = self._order(user, command, cwd, env, True)
        return Done(status, log.read_text(errors="replace"))

    def ok(self, user, *command, cwd=None, env=None):
        """Run a command that has to succeed; return what it said."""
        done = self.run(user, *command, cwd=cwd, env=env)
        assert done.status == 0, f"{user}: {' '.join(map(str, command))}\n{done.said}"
        return done.said

    def start(self, user, *command, cwd=None, env=None):
        """Start a command beside; return its number inside and its log."""
        return self._order(user, command, cwd, env, False)

    def runs(self, number):
        """Tell whether a process that was started has not ended yet."""
        stat = self.path(f"/proc/{number}/stat")
        return stat.exists() and ") Z " not in stat.read_text()

    def path(self, inside):
        """Return where one of its files is seen from outside."""
        return Path(f"/proc/{self.child}/root", inside.lstrip("/"))

    @property
    def child(self):
        """The number, outside, of the machine's first process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])
