"""Noise at every border: is what arrives taken or refused, in bounded time and memory, and no more?

The borders: frames from a learner's process, the file of a notebook, the cells in it, the folder it
stands in, and the sources that the marker looks into.
"""

import contextlib
import gc
import json
import os
import random
import socket
import struct
import time
import tracemalloc

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course import handed_in
from autograder.jail import channel
from autograder.jail.channel import Channel, Gone, ProtocolError
from autograder.jail.sound import RETURNED, outcomes_from_body
from autograder.marking import intake, marker
from tests import cohort

LAB = "03_softmax"
SECONDS, BYTES = 2.0, 256 << 20  # for one input: far above what any needs, far below harm
HEAD = struct.Struct(">IQ")
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(autouse=True, scope="module")
def warm():
    """Have imported and read what the first submission of a run pays for.

    And let no input pay for what other tests left in memory, should that be searched meanwhile.
    """
    intake.skeleton(LAB)
    with contextlib.suppress(intake.Unreadable):
        intake.read(b'{"nbformat": 3, "worksheets": []}')
    gc.freeze()
    yield
    gc.unfreeze()


@contextlib.contextmanager
def budget(share=1):
    """Hold what is inside to its time and its memory, or to a share of that."""
    tracemalloc.start()
    started = time.thread_time()
    try:
        yield
        assert time.thread_time() - started < SECONDS
        assert tracemalloc.get_traced_memory()[1] < share * BYTES
    finally:
        tracemalloc.stop()


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from([10**300, "\ud800", "\x1b[2J", "NaN", "f8", "Dense", -1, 2**63, 1e308]),
)  # fmt: skip
names = st.sampled_from(
    ["inputs", "layers", "weights", "kind", "units", "activation",
     "use_bias", "loss", "optimizer", "history", "epochs", "params", "cells", "source", "metadata",
     "nbgrader", "grade_id", "cell_type", "outputs", "nbformat", "worksheets", "tags", "ask"]
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(names, inner, max_size=6)),
    max_leaves=30,
)


def receive(data):
    """Return what the marker's end makes of bytes, None where it refuses."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            theirs.send(data)
        theirs.shutdown(socket.SHUT_WR)
        try:
            return Channel(ours, RETURNED).receive(time.monotonic() + 5)
        except (ProtocolError, Gone):
            return None


def written(value):
    """Return a value as MessagePack; whole numbers that have no type there as their extension."""
    return msgpack.packb(
        value,
        default=lambda number: msgpack.ExtType(2, str(number).encode()),
        unicode_errors="surrogatepass",
    )


extensions = st.builds(
    msgpack.ExtType, st.integers(1, 10), st.one_of(values.map(written), st.binary(max_size=30))
)


@given(st.one_of(values, st.lists(st.one_of(values, extensions))), st.binary(max_size=300))
@settings(deadline=None, max_examples=150)
def test_any_frame_is_sound_or_refused(body, arrays):
    """Does a frame of anything, with any bytes for arrays, cost little and raise nothing else?"""
    header = written([1, body])
    with budget():
        got = receive(HEAD.pack(len(header), len(arrays)) + header + arrays)
        if got is not None:
            with contextlib.suppress(ValueError, TypeError, LookupError):
                outcomes_from_body([got[1]] if type(got[1]) is list else got[1], 1)


DENSE = [b"\x90", b"\x80", b"\x81\x01\x01", b"\x91\x90", b"\xa0", b"\x82\x01\x80\x02\x80", b"\xc0"]


@pytest.mark.parametrize("piece", DENSE)
def test_a_header_of_many_objects_takes_little_memory(piece):
    """Does a part of the largest header take less than that of memory, whatever is in it?"""
    count = channel.MAX_HEADER // 64 // len(piece)
    header = b"\x92\x01\xdd" + struct.pack(">I", count) + piece * count
    with budget(1 / 64), contextlib.suppress(ProtocolError):
        channel.unpack(header, b"")


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=100))
@settings(deadline=None, max_examples=100)
def test_any_lengths_are_not_believed(header, arrays, rest):
    """Is nothing made of a size that a frame only claims?"""
    with budget():
        receive(HEAD.pack(header, arrays) + rest)


announced = st.tuples(
    st.sampled_from(["<f8", "<i8", "|b1", "|O", "<U9", "<c16", "<f2", "|V8"]),
    st.sampled_from("CFA"),
    st.lists(st.sampled_from([0, 1, 2, 3, 2**20, 2**40, 10**9, -1]), max_size=20),
    st.binary(max_size=64),
)


@given(announced)
@settings(deadline=None, max_examples=200)
def test_any_array_is_of_the_bytes_that_came(about):
    """Is an array of any kind and shape refused, or as large as what arrived and easy to walk?"""
    kind, order, shape, data = about
    said = f"{kind}{order}{''.join(f'{n},' for n in shape)}".encode()
    header = written([1, msgpack.ExtType(1, said)])
    with budget():
        got = receive(HEAD.pack(len(header), len(data)) + header + data)
        if got is not None:
            assert got[1].nbytes <= len(data)
            assert sum(1 for _ in got[1].reshape(-1)) <= 64


@given(values)
@settings(deadline=None, max_examples=100)
def test_any_json_is_a_submission_or_unreadable(value):
    """Does any JSON as a notebook, or as its cells, end in a submission or in plain words?"""
    for data in (value, {"cells": value}, {"cells": [value] * 3, "nbformat": 4},
                 {"nbformat": 3, "worksheets": [{"cells": [value]}]}):  # fmt: skip
        with budget():
            try:
                cells = intake.read(json.dumps(data).encode())
            except intake.Unreadable:
                continue
            submission = intake.rebuild(intake.skeleton(LAB), cells)
            json.dumps(intake.to_notebook(submission, intake.skeleton(LAB))).encode()
            marker.needed(submission)
            marker.work(submission)


ODD = [b"[" * 3000, b"9" * 6000, b'"', b"{", b"\xff", b"\0", b"NaN", b"1e999", b"\\ud800", b"null,"]


def spoiled(data, draw):
    """Return a file with bytes changed, parts cut, doubled or moved, and odd things put in."""
    for _ in range(draw.randint(1, 6)):
        at, to = sorted(draw.randrange(len(data) + 1) for _ in range(2))
        head, middle, tail = data[:at], data[at:to], data[to:]
        data = draw.choice(
            [
                head + draw.randbytes(1) + data[at + 1 :],
                head + tail,
                head + middle[:2000] + data[at:],
                head + draw.choice(ODD) + data[at:],
                middle + head + tail,
            ]
        )
    return data


@pytest.mark.parametrize("seed", range(60))
def test_a_spoiled_file_costs_little(seed, tmp_path):
    """Is a notebook whose file was damaged at random read as far as it goes, or refused?"""
    draw = random.Random(seed)
    data = spoiled(cohort.submission(LAB, draw.choice(["amal", "jing", "kofi", "noor"])), draw)
    (tmp_path / f"{LAB}.ipynb").write_bytes(data)
    (tmp_path / "timestamp.txt").write_bytes(draw.randbytes(draw.randrange(120)))
    with budget():
        there = handed_in.look(tmp_path, LAB)
        try:
            cells = intake.read(there.notebook)
        except intake.Unreadable:
            return
        submission = intake.rebuild(intake.skeleton(LAB), cells)
        json.dumps(intake.to_notebook(submission, intake.skeleton(LAB))).encode()


@given(st.binary(min_size=1, max_size=60).filter(lambda n: not set(n) & set(b"/\0")))
@settings(deadline=None, max_examples=60, suppress_health_check=QUIET)
def test_any_name_beside_a_notebook_is_kept_or_told(tmp_path, name):
    """Does a file of any name in a submission's folder raise nothing?"""
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    if name in (b".", b".."):
        return
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(b"x")
    files, notes = handed_in.beside(folder)
    assert len(files) + len(notes) <= 1
    for text in [*files, *notes]:
        text.encode()


N = 40_000
BOMBS = {
    "parentheses": "(" * N, "signs": "-" * N + "1", "parts": "a" + ".a" * (N // 2),
    "calls": "a" + "()" * (N // 2), "sums": "1" + "+1" * (N // 2), "powers": "2" + "**2" * (N // 3),
    "not": "not " * (N // 4) + "1", "lambda": "lambda:" * (N // 7) + "1", "f": "f'" + "{a:" * 100,
    "chains": "a=" * (N // 2) + "1", "names": "match a:\n case " + "a|" * (N // 2),
    "blocks": "".join(" " * i + "if a:\n" for i in range(99)), "digits": "9" * N,
    "dict": "{a: " * 90, "gen": "f(x for x in a, " * 60, "with": "with a as (b" * 60,
    "comprehension": "[" * 60 + "a" + " for a in a]" * 60, "decorators": "@a\n" * (N // 3),
    "elif": "if a: pass\n" + "elif a: pass\n" * (N // 13), "continued": "\\\n" * (N // 2) + "a",
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_code_made_to_break_a_parser_breaks_none(bomb):
    """Is hostile source looked into, or not, in bounded time and without a crash?"""
    started = time.thread_time()
    marker.globals_of(BOMBS[bomb])
    assert time.thread_time() - started < SECONDS
