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

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
CLONE_THREAD = 0x00010000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_CAP_AMBIENT = 38, 22, 24, 47
EPERM, ENOSYS = 1, 38


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


def mount_proc(threads: int) -> None:
    """Show this process alone, and nothing to write (root could otherwise write /proc/sys).

    From Linux 6.14 on the process numbers of a namespace can be limited, which holds for root too.
    """
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    mount("proc", "/proc", "proc", flags)
    if linux() >= (6, 14):  # before, this file is the whole machine's
        with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w") as file:
            file.write(str(301 + threads))  # (after the first round the kernel leaves out 1 to 300)
    try:
        mount("proc", "/proc", "proc", flags | MS_RDONLY, "subset=pid")
    except OSError:  # before Linux 5.8
        mount("none", "/proc", None, flags | MS_RDONLY | MS_REMOUNT | MS_BIND)


def drop_privileges() -> None:
    """Give up every capability for good, and the means to gain new ones."""
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(_libc.capset(header, struct.pack("=6I", *[0] * 6)), "capset")


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


# --- seccomp --------------------------------------------------------------------------------------

# Refused system calls: (x86-64, aarch64), None where an architecture does not have it. Above 424
# the numbers are the same everywhere.
_REFUSED = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "personality": (135, 92), "modify_ldt": (154, None),
    # The network; socketpair, the only way to a socket that is left, reaches nobody else.
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242),
    "bind": (49, 200), "listen": (50, 201),
    # Memory and queues that no limit on the process counts.
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "vmsplice": (278, 75),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195),
    "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180),
    # Namespaces and file systems.
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "mknod": (133, None), "mknodat": (259, 33), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    # Large and rarely needed parts of the kernel.
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "syslog": (103, 116), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "iopl": (172, None), "ioperm": (173, None),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
}  # fmt: skip
_CLONE = (56, 220)
_CLONE3 = 435
# machine -> (index into the tables, AUDIT_ARCH)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16


def seccomp_program(machine: str) -> bytes:
    """Return the filter as BPF instructions; raises `OSError` for an architecture without one.

    Everything is allowed but `_REFUSED`, new processes (threads may start; clone3, whose flags a
    filter cannot see, is answered "unknown" and then libc uses clone), and foreign architectures.
    """
    if machine not in _ARCHITECTURES:
        raise OSError(ENOSYS, f"no system call filter for {machine}")
    column, arch = _ARCHITECTURES[machine]

    def step(code: int, value: int, then: int = 0, other: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, other, value)

    def refuse(number: int, error: int) -> bytes:
        return step(_JEQ, number, 0, 1) + step(_RETURN, _ERRNO | error)

    program = step(_LOAD, _ARCH) + step(_JEQ, arch, 1, 0) + step(_RETURN, _KILL)
    program += step(_LOAD, _NUMBER)
    if column == 0:  # x32: the same calls under other numbers
        program += step(_JGE, 0x40000000, 0, 1) + step(_RETURN, _KILL)
    for numbers in _REFUSED.values():
        if numbers[column] is not None:
            program += refuse(numbers[column], EPERM)
    program += refuse(_CLONE3, ENOSYS)
    program += step(_JEQ, _CLONE[column], 1, 0) + step(_RETURN, _ALLOW)
    program += step(_LOAD, _FIRST_ARGUMENT) + step(_JSET, CLONE_THREAD, 0, 1)
    return program + step(_RETURN, _ALLOW) + step(_RETURN, _ERRNO | EPERM)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def filter_system_calls() -> None:
    """Refuse what `seccomp_program` refuses, for this process for good."""
    program = seccomp_program(platform.machine())
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    wrapped = _Program(len(program) // 8, program)
    _check(_libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(wrapped), 0, 0), "seccomp")
