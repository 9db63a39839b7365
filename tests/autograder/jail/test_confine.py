"""The layers of the jail, one by one: what the filter refuses, what a missing layer does."""

import os
import struct
import subprocess
import sys

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
        (*X86, {"read": 0, "mmap": 9, "openat": 257, "futex": 202}),
        (*ARM, {"read": 63, "mmap": 222, "openat": 56, "futex": 98}),
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
    assert verdict(machine, arch, number["sendto"], 3, 1, 1, 0, 0) == ALLOW
    for address in (1, 1 << 32, 0x7FFF00000000):
        assert verdict(machine, arch, number["sendto"], 3, 1, 1, 0, address) == EPERM


@pytest.mark.parametrize(("machine", "arch"), [X86, ARM])
def test_nothing_is_allowed_that_is_not_listed(machine, arch):
    """Of all numbers there are, are those allowed that the list names, and no other?"""
    column = calls.ARCHITECTURES[machine][0]
    listed = {numbers[column] for numbers in calls.ALLOWED.values()} - {None}
    free = {number for number in range(1000) if verdict(machine, arch, number, 1 << 33) == ALLOW}
    assert free - listed <= {
        calls.LIMITED[name][0][column] for name in ("sendto", "madvise", "fcntl")
    }
    assert listed <= free
    assert {verdict(machine, arch, number) for number in range(463, 600)} == {ENOSYS}


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
