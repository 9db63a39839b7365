"""The layers of the jail, one by one: what the filter refuses, what a missing layer does."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.jail import bwrap, calls, layers
from autograder.jail.sandbox import JailError, Template

ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, EINVAL, ENOTTY, ENOSYS = 0x00050001, 0x00050016, 0x00050019, 0x00050026
X86, ARM = ("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)


def verdict(machine, arch, number, *arguments):
    """Run the filter as the kernel would; return its verdict on a system call."""
    program = list(struct.iter_unpack("=HBBI", calls.program(machine)))
    data = {0: number, 4: arch}
    for place, value in enumerate([*arguments, *[0] * (6 - len(arguments))]):
        data |= {16 + 8 * place: value & 0xFFFFFFFF, 20 + 8 * place: value >> 32}
    place = register = 0
    while True:
        code, then, other, value = program[place]
        place += 1
        if code == 0x20:
            register = data[value]
        elif code == 0x06:
            return value
        else:
            test = {0x15: register == value, 0x35: register >= value, 0x45: register & value}
            place += then if test[code] else other


@pytest.mark.parametrize(
    ("machine", "arch", "known"),
    [
        (*X86, {"read": 0, "mmap": 9, "openat": 257}),
        (*ARM, {"read": 63, "mmap": 222, "openat": 56}),
    ],
)
def test_ordinary_calls_are_allowed(machine, arch, known):
    """Are the calls that every program makes allowed, and threads?"""
    assert {verdict(machine, arch, number) for number in known.values()} == {ALLOW}
    thread = 0x3D0F00
    assert verdict(machine, arch, {"x86_64": 56, "aarch64": 220}[machine], thread) == ALLOW


@pytest.mark.parametrize(
    ("machine", "arch", "known"),
    [
        (*X86, {"fork": 57, "vfork": 58, "execve": 59, "socket": 41, "ptrace": 101, "mount": 165,
                "unshare": 272, "setns": 308, "bpf": 321, "keyctl": 250, "execveat": 322}),
        (*ARM, {"execve": 221, "execveat": 281, "socket": 198, "ptrace": 117, "mount": 40,
                "unshare": 97, "setns": 268, "bpf": 280, "keyctl": 219}),
    ],
)  # fmt: skip
def test_dangerous_calls_are_refused(machine, arch, known):
    """Are new processes, programs, sockets and namespaces refused, whatever the flags?"""
    assert {verdict(machine, arch, number) for number in known.values()} == {EPERM}
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    for flags in (17, 0x4111, 0x10000000, 0x7E020000):  # SIGCHLD, vfork, namespaces
        assert verdict(machine, arch, clone, flags) == EPERM
    assert verdict(machine, arch, 435) == ENOSYS


@pytest.mark.parametrize(("machine", "arch"), [X86, ARM])
def test_arguments_decide_by_what_the_kernel_reads(machine, arch):
    """Are flags of files allowed, and locks not, whatever stands in the upper half?"""
    column = calls.ARCHITECTURES[machine][0]
    number = {name: limited[0][column] for name, limited in calls.LIMITED.items()}
    for high in (0, 1 << 32):
        assert verdict(machine, arch, number["fcntl"], 3, 1030 | high) == ALLOW
        for command in (5, 6, 7, 8, 10, 36, 37, 38, 1024, 1026, 1031, 1033):
            assert verdict(machine, arch, number["fcntl"], 3, command | high) == EINVAL
        assert verdict(machine, arch, number["ioctl"], 3, 0x5401 | high) == ALLOW
        assert verdict(machine, arch, number["ioctl"], 3, 0x5412 | high) == ENOTTY
        assert verdict(machine, arch, number["madvise"], 0, 0, 4 | high) == ALLOW
        assert verdict(machine, arch, number["madvise"], 0, 0, 21 | high) == EINVAL
        assert verdict(machine, arch, number["socketpair"], 1 | high) == ALLOW
        assert verdict(machine, arch, number["socketpair"], 2 | high) == EPERM
        for operation in (0, 1, 9, 256, 265):  # waiting for a word, alone and for all who map it
            assert verdict(machine, arch, number["futex"], 0, operation + 128 | high) == ALLOW
            assert verdict(machine, arch, number["futex"], 0, operation | high) == EINVAL
        mmap = calls.MMAP[column]
        assert verdict(machine, arch, mmap, 0, 0, 0, 0x22 | high) == ALLOW
        assert verdict(machine, arch, mmap, 0, 0, 0, 0x40022 | high) == EINVAL
    assert verdict(machine, arch, number["sendto"], 3, 1, 1, 0, 0) == ALLOW
    for address in (1, 1 << 32, 0x7FFF00000000):
        assert verdict(machine, arch, number["sendto"], 3, 1, 1, 0, address) == EPERM


@pytest.mark.parametrize(("machine", "arch"), [X86, ARM])
def test_nothing_is_allowed_that_is_not_listed(machine, arch):
    """Of all numbers there are, are those allowed that the list names, and no other?"""
    column = calls.ARCHITECTURES[machine][0]
    listed = {numbers[column] for numbers in calls.ALLOWED.values()} - {None}
    free = {number for number in range(1000) if verdict(machine, arch, number, 1 << 33) == ALLOW}
    some = {calls.LIMITED[name][0][column] for name in ("sendto", "madvise", "fcntl")}
    assert free - listed <= some | {calls.MMAP[column]}
    assert listed <= free
    assert {verdict(machine, arch, number) for number in range(463, 600)} == {ENOSYS}


# What only old architectures have, and what stands for it where it is not.
OLD = {
    "open": "openat", "stat": "newfstatat", "lstat": "newfstatat", "access": "faccessat",
    "readlink": "readlinkat", "mkdir": "mkdirat", "rmdir": "unlinkat", "unlink": "unlinkat",
    "rename": "renameat", "chmod": "fchmodat", "dup2": "dup3", "pipe": "pipe2", "poll": "ppoll",
    "select": "pselect6", "epoll_create": "epoll_create1", "epoll_wait": "epoll_pwait",
    "pause": "ppoll", "alarm": "setitimer", "getpgrp": "getpgid", "time": "clock_gettime",
}  # fmt: skip
# Where the numbers of all architectures but the oldest are the same: from there on.
SAME = 424


def test_the_two_lists_allow_the_same():
    """Is what aarch64 lacks only what it has never had, with its successor allowed there?"""
    every = calls.ALLOWED | {n: each[0] for n, each in calls.LIMITED.items()} | calls.ABSENT
    assert {name for name, (_, arm) in every.items() if arm is None} == set(OLD)
    assert all(calls.ALLOWED[new][1] is not None for new in OLD.values())
    assert all(x86 is not None for x86, _ in every.values())
    for x86, arm in every.values():
        assert x86 == arm or x86 < SAME
    for column in (0, 1):
        numbers = [each[column] for each in (*every.values(), calls.CLONE, calls.MMAP)]
        given = [number for number in numbers if number is not None]
        assert len(given) == len(set(given))


HEADERS = {
    0: ("x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+) (\d+)"),
    1: ("asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+) (\d+)"),
}


@pytest.mark.parametrize("column", HEADERS)
def test_numbers_are_those_of_the_kernels_headers(column):
    """Where the kernel's headers are installed, does each number mean what the list says?"""
    path, pattern = HEADERS[column]
    header = Path("/usr/include", path)
    if not header.is_file():
        pytest.skip("no headers of the kernel here")
    said = {name: int(number) for name, number in re.findall(pattern, header.read_text())}
    if column == 1:  # names of 32 and 64 bits share a line there
        said |= {"newfstatat": said["fstatat"]}
    every = calls.ALLOWED | {n: each[0] for n, each in calls.LIMITED.items()} | calls.ABSENT
    every |= {"clone": calls.CLONE, "mmap": calls.MMAP}
    numbers = {name: each[column] for name, each in every.items() if name in said}
    assert len(numbers) > 100
    assert numbers == {name: said[name] for name in numbers}


def test_foreign_architectures_are_killed():
    """Does a call under another architecture's numbers end the process?"""
    assert verdict(*X86[:1], 0x40000003, 57) == KILL
    assert verdict(*X86, 0x40000039) == KILL
    assert verdict(*ARM[:1], 0xC000003E, 57) == KILL


def test_unknown_architecture_has_no_filter():
    """Is an architecture without a filter told so, rather than left open?"""
    with pytest.raises(OSError, match="riscv64"):
        calls.program("riscv64")


@pytest.mark.jail
def test_layers_are_active_here():
    """Where the jail's tests run, is every layer found active?"""
    found = layers.layers()
    assert len(found) == 3
    assert [layer for layer in found if not layer.active] == []


def test_missing_bubblewrap_is_told_and_refused(monkeypatch):
    """Without bubblewrap, does the layer say so, and does a template refuse to start?"""
    monkeypatch.setenv("PATH", "")
    assert "not installed" in layers.layers()[0].note
    assert not layers.layers()[0].active
    with pytest.raises(JailError, match="not installed"):
        Template().start()


@pytest.mark.jail
def test_missing_namespaces_are_told_and_refused(monkeypatch, tmp_path):
    """Where bubblewrap is refused its namespaces, does marking refuse, and say why?"""
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert layers.layers()[0].note == "bwrap: setting up uid map: Permission denied"
    with pytest.raises(JailError, match="Permission denied"):
        Template().start()


@pytest.mark.jail
def test_jail_shows_libraries_and_no_programs():
    """Inside the jail, are there libraries and `utils`, and no programs, homes or project?"""
    look = "import os; print(sorted(os.listdir('/')), os.listdir('/course'), os.listdir('/usr'))"
    done = subprocess.run(
        [*bwrap.bubblewrap(), sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=True,
    )
    root, course, usr = done.stdout.strip().split("] [")
    hidden = {"home", "var", "sbin", "bin", "tmp", "mnt"}
    for path in (sys.prefix, sys.base_prefix):  # the environment is seen, wherever it stands
        hidden.discard(os.path.realpath(path).split(os.sep)[1])
    assert not hidden & set(root.replace("'", "").replace("[", "").split(", "))
    assert set(course.replace("'", "").split(", ")) == {"utils", "jail"}
    assert "bin" not in usr.replace("'", "").replace("]", "").split(", ")
