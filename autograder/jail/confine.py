"""What a learner's process gives up before it runs a line of a learner's code (Linux).

Each function is one layer, with the system call that makes it. They run between the fork and the
first cell, in a process of one thread, and raise `OSError` where the kernel refuses.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import resource
import struct
import sys
from functools import cache

from . import calls

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 4, 38, 22
PR_CAPBSET_DROP, PR_CAP_AMBIENT = 24, 47


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    _check(_libc.setns(fd, kind), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    result = _libc.mount(
        source.encode(),
        os.fsencode(target),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode(),
    )
    _check(result, f"mount {target}")


def cover(path: str) -> None:
    """Hide a file behind an empty one, a folder behind an empty read-only one."""
    if os.path.isdir(path):
        mount("none", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k")
    elif os.path.exists(path):
        mount("/dev/null", path, None, MS_BIND)


def keep_devices() -> None:
    """Let devices be used, not changed: to a marker who is root their modes and times belong.

    (bubblewrap's own read-only devices could not be opened.)
    """
    for name in os.listdir("/dev"):
        mount("none", f"/dev/{name}", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)


def hide_proc(threads: int) -> None:
    """Leave no `/proc`, not even of this process: it tells which memory others use as well.

    From Linux 6.14 on the process numbers of a namespace can be limited, which holds for root too.
    """
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    if linux() >= (6, 14):  # before, this file is the whole machine's
        mount("proc", "/proc", "proc", flags)
        with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w") as file:
            file.write(str(301 + threads))  # (after the first round the kernel leaves out 1 to 300)
    mount("none", "/proc", "tmpfs", flags, "size=16k")
    os.mkdir("/proc/self")  # where TensorFlow looks for its program, and ends without one
    os.symlink(sys.executable, "/proc/self/exe")
    with open("/proc/self/cmdline", "wb") as file:
        file.write(b"python\0")
    mount("none", "/proc", None, flags | MS_RDONLY | MS_REMOUNT | MS_BIND)


def drop_privileges() -> None:
    """Give up every capability for good, and the means to gain new ones.

    Nor is memory kept of a process that crashes: where the machine hands it to a program, no limit
    on the size of core files holds.
    """
    _check(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(_libc.capset(header, struct.pack("=6I", *[0] * 6)), "capset")


@cache
def linux() -> tuple[int, int]:
    """Return the kernel's version."""
    major, minor, *_ = re.findall(r"\d+", platform.release())
    return int(major), int(minor)


def limit_resources(limits: dict) -> None:
    """Set the kernel's limits; memory counts on top of what the process has mapped already."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits["cpu"],
        resource.RLIMIT_FSIZE: limits["file_size"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_STACK: 8 << 20,
    }
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            mapped = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        wanted[resource.RLIMIT_AS] = mapped + limits["memory"]
        if linux() >= (5, 14):  # before, it counts all processes of the user
            wanted[resource.RLIMIT_NPROC] = limits["threads"]
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def system_calls() -> bytes:
    """Return the filter for this machine, once worked out before any fork."""
    return calls.program(platform.machine())


def filter_system_calls() -> None:
    """Refuse what `calls` does not allow, for this process for good."""
    program = system_calls()
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    wrapped = _Program(len(program) // 8, program)
    _check(_libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(wrapped), 0, 0), "seccomp")
