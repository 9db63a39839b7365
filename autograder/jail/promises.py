"""What the jail promises, and a trial of each promise from inside: what `doctor` tries.

`THREATS.md` says who attacks and by which layer each promise is kept; the names are the same.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from utils.engine.calling import Call

from .bwrap import ROOT, JailError
from .sandbox import Learner, Limits, Template

# What a trial may use: short, so that all of them together take seconds.
TRIAL = {
    "cell": 10.0, "notebook": 20.0, "call": 2.0, "wall": 2.0, "grace": 1.0, "patience": 1,
    "restarts": 1, "memory": 512 << 20, "file_size": 16 << 20, "scratch_size": 16 << 20,
}  # fmt: skip
_HEAD = """
import ctypes, fcntl, mmap, os, resource, signal, socket, struct, sys, threading, time
import numpy
libc = ctypes.CDLL(None, use_errno=True)
done, x86 = [], os.uname().machine == "x86_64"
def attempt(name, act):
    try: result = act()
    except (OSError, MemoryError, RuntimeError): return
    if not (type(result) is int and result < 0): done.append(name)
"""


@dataclass(frozen=True)
class Promise:
    """A promise: its name, and what a learner's process tries; `done` must stay empty."""

    name: str
    trial: str


PROMISES = (
    Promise(
        "No file of the machine, the course or anybody else",
        """
        parts = ("solutions", "autograder/exercises", "course", "notebooks", "tests", ".git")
        machine = ("/home", "/root", "/etc/passwd", "/var", "/tmp", "/run", "/sys")
        for path in (*machine, *("@ROOT@/" + part for part in parts), "/course/autograder"):
            shown = any(prefix.startswith(path) for prefix in (sys.prefix, sys.base_prefix))
            if os.path.isfile(path) or (os.path.isdir(path) and os.listdir(path) and not shown):
                done.append(path)
        libraries = os.path.dirname(numpy.__file__)
        for folder in (libraries, "/course/utils", "/course", "/", "/dev", "/proc"):
            attempt(f"write in {folder}", lambda: open(folder + "/mine", "w"))
        """,
    ),
    Promise(
        "No network",
        """
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 40):
            attempt(f"a socket of family {family}", lambda: socket.socket(family))
        attempt("a name looked up", lambda: socket.getaddrinfo("example.com", 80))
        """,
    ),
    Promise(
        "No other process, seen, started or signalled",
        """
        attempt("fork", os.fork)
        attempt("exec", lambda: os.execv(sys.executable, [sys.executable, "-c", "1"]))
        attempt("spawn", lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", "1"], {}))
        done += [n for n in os.listdir("/proc") if n.isdigit()]
        if not os.getsid(0) == os.getpgrp() == os.getpid(): done.append("a shared group")
        attempt("ptrace", lambda: libc.ptrace(16, 1, 0, 0))
        """,
    ),
    Promise(
        "No word from one learner's process to another",
        """
        with open(numpy.__file__) as file:
            lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 1, 0)
            for command in (5, 6, 36, 37, 1024, 1026):
                argument = lock if command < 99 else 0
                attempt(f"fcntl {command}", lambda: fcntl.fcntl(file, command, argument))
            attempt("flock", lambda: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB))
            page = ctypes.create_string_buffer(4096)
            attempt("page cache", lambda: os.posix_fadvise(file.fileno(), 0, 0, 4))
            word = mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE)
            at = ctypes.c_void_p(numpy.frombuffer(word, "u1").ctypes.data)
            for operation in (1, 3, 4, 5, 9, 10):  # without FUTEX_PRIVATE_FLAG
                futex = 202 if x86 else 98
                attempt("a shared word", lambda: libc.syscall(futex, at, operation, 1, 0, 0, 1))
        attempt("a watch on files", lambda: libc.inotify_init1(0))
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            a, b = socket.socketpair(socket.AF_UNIX, kind)
            attempt("a name for a socket", lambda: a.bind("\\0name"))
            attempt("a message by name", lambda: a.sendto(b"x", "\\0name"))
            attempt("a socket's settings", lambda: a.setsockopt(socket.SOL_SOCKET, 16, 1))
        attempt("shared memory", lambda: libc.shmget(7, 4096, 0o1600))
        attempt("a queue", lambda: libc.msgget(7, 0o1600))
        attempt("semaphores", lambda: libc.semget(7, 1, 0o1600))
        attempt("a memory file", lambda: os.memfd_create("x"))
        attempt("huge pages", lambda: len(mmap.mmap(-1, 2 << 20, flags=0x40022)))
        for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
            attempt(f"time of {device}", lambda: os.utime(device, (1, 1)))
            attempt(f"mode of {device}", lambda: os.chmod(device, 0o666))
        attempt("mode of what is open", lambda: os.fchmod(0, 0o666))
        attempt("state of the machine", lambda: os.getloadavg()[0] >= 0 and os.statvfs("/") and 1)
        attempt("priority", lambda: os.nice(1))
        attempt("processor", lambda: os.sched_setaffinity(0, {0}))
        attempt("keys", lambda: libc.syscall(250 if x86 else 219, 0, -3, 0))
        shared = ["/dev/" + name for name in ("shm", "mqueue", "ptmx", "tty")]
        shared += ["/proc/" + name for name in os.listdir("/proc") if name != "self"]
        shared += [f"/proc/self/{name}" for name in os.listdir("/proc/self")]
        shared = [path for path in shared if path not in ("/proc/self/exe", "/proc/self/cmdline")]
        done += [path for path in shared if os.path.exists(path)]
        """,
    ),
    Promise(
        "No new rights",
        """
        attempt("a call that nobody needs", lambda: libc.syscall(166 if x86 else 39, b"/", 0))
        attempt("a filter of its own", lambda: libc.prctl(22, 2, 0, 0, 0))
        attempt("memory kept of a crash", lambda: libc.prctl(4, 1, 0, 0, 0))
        for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000):
            attempt(f"a namespace {flag:x}", lambda: libc.unshare(flag))
        attempt("mount", lambda: libc.mount(b"none", b"/", b"tmpfs", 0, b""))
        attempt("setuid", lambda: libc.setuid(0) if os.getuid() else -1)
        attempt("io_uring", lambda: libc.syscall(425, 1, ctypes.create_string_buffer(256)))
        attempt("bpf", lambda: libc.syscall(321 if x86 else 280, 0, 0, 0))
        """,
    ),
    Promise(
        "Memory, files and threads within limits",
        """
        attempt("2 GB of memory", lambda: numpy.ones(1 << 28).sum() and 1)
        attempt("2 GB of memory by mmap", lambda: len(__import__("mmap").mmap(-1, 2 << 30)))
        def fill():
            for number in range(64):
                with open(f"f{number}", "wb") as file: file.write(bytes(8 << 20))
        attempt("512 MB of files", fill)
        attempt("files without end", lambda: [os.dup(0) for _ in range(2000)] and 1)
        for number in range(64):
            if os.path.exists(f"f{number}"): os.remove(f"f{number}")
        """,
    ),
)  # fmt: skip


def trials(template: Template) -> Iterator[tuple[str, bool, str]]:
    """Try every promise on a started template; yield its name, whether it holds, what was seen."""
    before, template.limits = template.limits, Limits(**TRIAL)
    try:
        for name, trial in ALL.items():
            started = time.monotonic()
            try:
                seen = trial(template)
            except JailError as error:
                seen = str(error).splitlines()[0]
            yield name, not seen, seen or f"tried in {time.monotonic() - started:.1f} s"
    finally:
        template.limits = before


def _from_inside(promise: Promise) -> Callable[[Template], str]:
    """Return the trial of a promise that a learner's process tries by itself."""
    body = textwrap.indent(textwrap.dedent(promise.trial), "    ").replace("@ROOT@", str(ROOT))
    source = f"{_HEAD}\ndef trial():\n    global done\n{body}\n    return [str(d) for d in done]"

    def run(template: Template) -> str:
        with template.learner([("trial", source)]) as learner:
            return _seen(learner, "trial")

    return run


def _seen(learner: Learner, name: str) -> str:
    """Return what a trial got hold of, or why it could not be made."""
    failed = [result.error for result in learner.run_cells() if result.error]
    [outcome] = learner.call([Call(name, [])], 10.0)
    if error := (failed or [outcome.error])[0]:
        return f"not tried: {error.type} {error.message}".strip()
    return ", ".join(outcome.value)


def _outlives(template: Template) -> str:
    """Signals to all, a flood of threads, and an end without a word: who is left?"""
    source = (
        "import os, signal\n"
        "def trial():\n"
        "    for act in (lambda: os.kill(os.getppid(), 9), lambda: os.killpg(0, 9)): act()"
    )
    with template.learner([("neighbour", "def here(): return ['yes']")]) as neighbour:
        neighbour.run_cells()
        with template.learner([("trial", source)]) as learner:
            learner.call([Call("trial", [])])
        try:
            return "" if _seen(neighbour, "here") == "yes" else "a neighbour's process ended"
        except JailError:
            return "the template ended"


def _ends(template: Template) -> str:
    """Does what never ends, in Python and in C, end in time?"""
    source = "import itertools\ndef a():\n    while True: pass\ndef b(): sum(itertools.repeat(0))"
    started = time.monotonic()
    with template.learner([("trial", source)]) as learner:
        outcomes = learner.call_many([[Call("a", [])], [Call("b", [])]], 0.3)
    late = [o for [o] in outcomes if o.error is None or o.error.type != "Timeout"]
    took = time.monotonic() - started
    return "an endless call was answered" if late else f"{took:.0f} s" if took > 30 else ""


def _leaves(template: Template) -> str:
    """Does the next learner find what one has left?"""
    leave = "def trial():\n    open('mine', 'w').write('x')\n    return []"
    find = "import os\ndef trial(): return os.listdir()"
    for source in (leave, find):
        with template.learner([("trial", source)]) as learner:
            if seen := _seen(learner, "trial"):
                return seen
    return ""


def _lends(template: Template) -> str:
    """Does a process to which a right answer is lent hold a word of it?"""
    source = (
        "import gc, types\n"
        "def trial():\n"
        "    assert secret_of_the_trial() == 7\n"
        "    wanted = '_'.join(['inner', 'secret', 'of'])\n"
        "    texts = [str(o.__code__.co_names) + str(o.__code__.co_consts)\n"
        "             for o in gc.get_objects() if type(o) is types.FunctionType]\n"
        "    return [t[:60] for t in texts if wanted in t]"
    )
    right = "inner_secret_of = 7\ndef secret_of_the_trial(): return inner_secret_of"
    with template.learner([("trial", source)]) as learner:
        learner.borrow(["secret_of_the_trial"], right)
        return _seen(learner, "trial")


def _bounded(template: Template) -> str:
    """Does what is made to cost the marker time cost it any?"""
    source = (
        "import numpy as np\n"
        "def a(): return {i * (2**61 - 1): 0 for i in range(25_000)}\n"
        "def b(): return np.empty((10**9, 0))\n"
        "def c(): return [10**4000] * 100\n"
        "def d(): return [[]] * 190_000"
    )
    with template.learner([("trial", source)]) as learner:
        learner.run_cells()
        started = time.process_time()
        learner.call_many([[Call(name, [])] for name in "abcd"], 5.0)
    took = time.process_time() - started
    return f"{took:.1f} s of the marker's processor time" if took > 5 else ""


ALL: dict[str, Callable[[Template], str]] = {
    **{promise.name: _from_inside(promise) for promise in PROMISES},
    "One learner's process ends alone": _outlives,
    "What never ends is ended": _ends,
    "Nothing is left for the next": _leaves,
    "Right answers are lent, never shown": _lends,
    "The marker works for nobody": _bounded,
}
