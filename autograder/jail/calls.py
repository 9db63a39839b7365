"""The system calls that a learner's process may make, as a filter for the kernel (seccomp).

What is listed is what Python, NumPy, Matplotlib and TensorFlow need to compute, to read the jail's
files and to write their own. Everything else is refused: new processes and programs, the network,
mounts and namespaces; and whatever one process could use to tell something to another through a
kernel that both share: locks, leases, watches on files, shared memory and queues, keys, priorities,
the state of the page cache and of the machine's memory.
"""

from __future__ import annotations

import struct
from functools import lru_cache

EPERM, EINVAL, ENOTTY, ENOSYS = 1, 22, 25, 38
CLONE_THREAD = 0x00010000

# name: (number on x86-64, on aarch64), None where an architecture does not have it.
ALLOWED = {
    # Memory, threads, time.
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "munmap": (11, 215),
    "mprotect": (10, 226), "mremap": (25, 216), "brk": (12, 214),
    "msync": (26, 227), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169),
    "time": (201, None), "times": (100, 153), "getrusage": (98, 165), "getrandom": (318, 278),
    "sched_yield": (24, 124), "exit": (60, 93), "exit_group": (231, 94),
    "set_tid_address": (218, 96), "set_robust_list": (273, 99), "rseq": (334, 293),
    "restart_syscall": (219, 128), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "getpriority": (140, 141), "getrlimit": (97, 163),
    "prlimit64": (302, 261), "uname": (63, 160),
    # Files: those of the jail can be read, those of the scratch folder written.
    "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "pwrite64": (18, 68),
    "lseek": (8, 62), "open": (2, None), "openat": (257, 56), "close_range": (436, 436),
    "stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79),
    "statx": (332, 291), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61), "getcwd": (79, 17),
    "chdir": (80, 49), "fchdir": (81, 50), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "truncate": (76, 45), "ftruncate": (77, 46),
    "fsync": (74, 82), "fdatasync": (75, 83), "chmod": (90, None), "fchmod": (91, 52),
    "fchmodat": (268, 53), "utimensat": (280, 88), "umask": (95, 166), "sendfile": (40, 71),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13),
    # What is open already, pipes, waiting.
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None),
    "pipe2": (293, 59), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "epoll_create": (213, None), "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "recvfrom": (45, 207), "shutdown": (48, 210), "getsockopt": (55, 209),
    "getsockname": (51, 204), "getpeername": (52, 205),
    # Signals, which reach nobody outside; who one is.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "pause": (34, None), "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103),
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getresuid": (118, 148),
    "getresgid": (120, 150), "getgroups": (115, 158), "getpgrp": (111, None),
    "getpgid": (121, 155), "getsid": (124, 156),
}  # fmt: skip
# Calls that depend on an argument: numbers, which argument, values of its lower half that are
# allowed, error otherwise. (The kernel reads the lower half of these as well.)
LIMITED = {
    # Waiting and waking within this process. Without FUTEX_PRIVATE_FLAG (128) a word of a file that
    # all jails map is one that they all wait for. (glibc asks again, without harm, in joining.)
    "futex": ((202, 98), 1, (128, 129, 131, 132, 133, 137, 138, 384, 393), EINVAL),
    # Duplicates and flags. No locks, no leases, no watches, no owner who gets signals.
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 4, 1030), EINVAL),
    # What a file is, and how much waits in it: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIO(N)CLEX.
    "ioctl": ((16, 29), 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451), ENOTTY),
    # Names of threads (PR_SET_NAME, PR_GET_NAME) and of memory (PR_SET_VMA).
    "prctl": ((157, 167), 0, (15, 16, 0x53564D41), EINVAL),
    # Give memory back, ask for large pages; nothing that moves the page cache or merges pages.
    "madvise": ((28, 233), 2, (0, 4, 8, 14, 15, 16, 17), EINVAL),
    # Both ends of a pair stay here (AF_UNIX), and nobody else can be written to: no address.
    "socketpair": ((53, 199), 0, (1,), EPERM),
    "sendto": ((44, 206), 4, (0,), EPERM),
}
# Calls whose absence libraries expect and get around (those not known here are absent as well).
ABSENT = {"clone3": (435, 435), "flock": (73, 32), "openat2": (437, 437), "statfs": (137, 43),
          "fstatfs": (138, 44), "sysinfo": (99, 179), "copy_file_range": (326, 285)}  # fmt: skip
LAST = 462  # the last number that was given when this list was made
CLONE = (56, 220)
MMAP, MAP_HUGETLB = (9, 222), 0x40000  # the pool of huge pages is the machine's
# machine -> (index into the tables, AUDIT_ARCH)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16


@lru_cache
def program(machine: str) -> bytes:
    """Return the filter as BPF instructions; raises `OSError` for an architecture without one.

    New threads are allowed, new processes not (clone3, whose flags a filter cannot see, is answered
    "unknown", and then libc uses clone). A foreign architecture's call ends the process.
    """
    if machine not in ARCHITECTURES:
        raise OSError(ENOSYS, f"no system call filter for {machine}")
    column, arch = ARCHITECTURES[machine]

    def step(code: int, value: int, then: int = 0, other: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, other, value)

    def when(number: int | None, body: bytes) -> bytes:
        return b"" if number is None else step(_JEQ, number, 0, len(body) // 8) + body

    allow, refuse = step(_RETURN, _ALLOW), lambda error: step(_RETURN, _ERRNO | error)
    out = step(_LOAD, _ARCH) + step(_JEQ, arch, 1, 0) + step(_RETURN, _KILL) + step(_LOAD, _NUMBER)
    if column == 0:  # x32: the same calls under other numbers
        out += step(_JGE, 0x40000000, 0, 1) + step(_RETURN, _KILL)
    for name, (numbers, place, values, error) in LIMITED.items():
        body = step(_LOAD, _ARGUMENTS + 8 * place)
        body += b"".join(when(value, allow) for value in values)
        if name == "sendto":  # an address has an upper half as well
            upper = step(_LOAD, _ARGUMENTS + 8 * place + 4) + when(0, allow)
            body = step(_LOAD, _ARGUMENTS + 8 * place) + when(0, upper)
        out += when(numbers[column], body + refuse(error))
    threads = step(_LOAD, _ARGUMENTS) + step(_JSET, CLONE_THREAD, 0, 1) + allow + refuse(EPERM)
    out += when(CLONE[column], threads)
    huge = step(_LOAD, _ARGUMENTS + 24) + step(_JSET, MAP_HUGETLB, 0, 1) + refuse(EINVAL) + allow
    out += when(MMAP[column], huge)
    for numbers in ALLOWED.values():
        out += when(numbers[column], allow)
    for numbers in ABSENT.values():
        out += when(numbers[column], refuse(ENOSYS))
    return out + step(_JGE, LAST + 1, 0, 1) + refuse(ENOSYS) + refuse(EPERM)
