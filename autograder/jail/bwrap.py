"""How a template process is started: inside bubblewrap, in an empty world but for libraries.

What it sees, read-only: shared libraries, the Python environment without its programs, `utils`, and
the modules of this folder that run inside. No network, no other file, process or user.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = (
    "__init__", "absent", "building", "calls", "channel", "confine", "deferred", "eager", "forbid",
    "huge", "learner", "lending", "rehearsal", "shell", "sound", "template",
)  # fmt: skip
SCRATCH = "/scratch"  # (the environment itself may stand in /tmp)
_BOOT = """
import sys
own = [path for path in sys.path if not path.endswith(("site-packages", "dist-packages"))]
sys.path = [{root!r}, *own, *{packages!r}]
from {module} import template
template.main{args!r}
"""


class JailError(RuntimeError):
    """The jail does not work here, or has stopped working; no learner's fault."""


def environment(home: str) -> dict[str, str]:
    """Return all that the environment of a learner's process holds."""
    threads = ("OMP", "OPENBLAS", "MKL", "TF_INTRAOP", "TF_INTEROP")
    folders = ("HOME", "TMPDIR", "MPLCONFIGDIR", "KERAS_HOME")
    return {
        # Large pages: a fork then copies fewer entries of the tables that name them.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "LANG": "C.UTF-8", "PATH": "", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg", "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "MALLOC_ARENA_MAX": "2",
        **dict.fromkeys(folders, home),
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }  # fmt: skip


def command(control: int, folder: str, jailed: bool) -> list[str]:
    """Return the command line of a template process."""
    root, package = ("/course", "jail") if jailed else (str(ROOT), "autograder.jail")
    args = (control, SCRATCH if jailed else folder, jailed)
    python = [sys.executable, "-s", "-P", "-c",
              _BOOT.format(root=root, packages=packages(), module=package, args=args)]  # fmt: skip
    return [*bubblewrap(), *python] if jailed else python


def bubblewrap() -> list[str]:
    """Return bubblewrap's command line up to the program to run."""
    program = shutil.which("bwrap")
    if program is None:
        raise JailError("bubblewrap (bwrap) is not installed")
    jail = Path(__file__).parent
    options = [
        "--unshare-user",
        "--unshare-all",
        "--hostname",
        "jail",
        "--uid",
        "1000",
        "--gid",
        "1000",
    ]
    options += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"]
    if threading.current_thread() is threading.main_thread():
        options += ["--die-with-parent"]  # (it means the thread)
    options += _system()
    options += ["--proc", "/proc", "--size", str(64 << 20), "--tmpfs", SCRATCH, "--dir", "/dev"]
    for device in ("null", "zero", "random", "urandom"):
        options += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    options += ["--ro-bind", str(ROOT / "utils"), "/course/utils"]
    for name in INSIDE:
        options += ["--ro-bind", str(jail / f"{name}.py"), f"/course/jail/{name}.py"]
    return [program, *options, "--remount-ro", "/", "--chdir", SCRATCH, "--"]


def packages() -> list[str]:
    """Return the folders of installed packages, wherever they are."""
    found = (path for path in sys.path if path.endswith(("site-packages", "dist-packages")))
    return [os.path.realpath(path) for path in found]  # (an environment may stand behind a link)


def _system() -> list[str]:
    """Return the options that show libraries and the Python environment, and no programs."""
    options: list[str] = []
    shown: list[Path] = []
    empty: list[Path] = []
    for name in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64"):
        path = Path(name)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), name]
        elif path.is_dir():
            options += ["--ro-bind", name, name]
            shown.append(path)
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        options += ["--ro-bind-try", name, name]
    for name in (sys.base_prefix, sys.prefix, *packages()):
        prefix = Path(name).resolve()
        known = any(prefix.is_relative_to(path) for path in shown)
        if not known and str(prefix) not in ("/usr", "/usr/local"):
            options += ["--ro-bind", str(prefix), str(prefix)]
            shown.append(prefix)
            empty += [prefix / "bin"] if (prefix / "bin").is_dir() else []
    if any(ROOT.is_relative_to(path) for path in shown):
        names = ("autograder", "solutions", "tests", "course", "notebooks", ".git")
        empty += [ROOT / name for name in names if (ROOT / name).is_dir()]
    for path in empty:
        options += ["--tmpfs", str(path)]
    options += ["--ro-bind", os.path.realpath(sys.executable), sys.executable]
    for path in empty:
        options += ["--remount-ro", str(path)]  # nobody may leave anything for the next
    return options
