"""The pipe's frames: what is sent arrives, and nothing unsound gets through or hangs."""

import json
import socket
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.jail import channel
from autograder.jail.channel import Channel, Gone, Late, ProtocolError
from autograder.jail.sound import ANY, RETURNED, outcomes_from_body, outcomes_to_body, sound
from utils.engine.calling import Failure, Outcome
from utils.engine.plain import HistoryData, Layout, ModelData, Result, Rng, Source

HEAD = struct.Struct(">IQ")
numbers = st.one_of(st.integers(-(2**200), 2**200), st.floats(width=64))
keys = st.integers(-(2**63) + 1, 2**63 - 1)
arrays = hnp.arrays(
    st.sampled_from(["?", "i1", "i8", "u2", "f2", "f4", "f8"]), hnp.array_shapes(min_side=0)
)
plain_data = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(st.characters(codec="utf-8")), arrays),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.text(max_size=5), keys), inner, max_size=4),
    ),
    max_leaves=12,
)


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or (a != a and b != b))


@pytest.fixture
def ends():
    """Return a channel and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    yield Channel(ours, RETURNED), theirs
    ours.close()
    theirs.close()


def frame(content, data=b""):
    header = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HEAD.pack(len(header), len(data)) + header + data


def read(data, accepts=RETURNED):
    """Return what a channel makes of `data` followed by the end of the stream."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return Channel(ours, accepts).receive(time.monotonic() + 5)


@given(plain_data, st.integers(0, 2**48))
@settings(deadline=None)
def test_plain_data_arrives_as_it_was(value, number):
    """Is what arrives what was sent, to the last bit and type?"""
    packed = channel.pack(number, value)
    header, size = HEAD.unpack(packed[: HEAD.size])
    rest = packed[HEAD.size :]
    assert len(rest) == header + size
    got_number, got = channel.unpack(rest[:header], bytearray(rest[header:]))
    assert got_number == number
    assert same(value, got)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_noise_is_refused(noise):
    """Is noise refused, without any other exception and without waiting?"""
    with pytest.raises((ProtocolError, Gone)):
        read(noise)


@given(plain_data, st.data())
@settings(deadline=None)
def test_damaged_frames_are_refused_or_sound(value, data):
    """Does a frame with bytes changed, cut or added give plain data or a refusal, nothing else?"""
    packed = bytearray(channel.pack(1, value))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(packed)))
    for accepts in (RETURNED, ANY):  # what the marker reads, what a learner's process reads
        try:
            _, got = read(bytes(packed[:cut]), accepts)
        except (ProtocolError, Gone):
            continue
        sound(got, accepts)


json_data = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=4),
        st.sampled_from(["nan", "inf", "f8", "\ud800"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["$array", "$float", "$dict", "$rng", "$model", "$history", "$layout", "seed",
                 "inputs", "layers", "weights", "loss", "history", "epochs", "params", "array"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=15,
)  # fmt: skip


@given(json_data, json_data, json_data)
@settings(deadline=None)
def test_any_json_is_refused_or_sound(number, lengths, body):
    """Does a frame of arbitrary JSON give plain data or a refusal, nothing else?"""
    for content in ({"id": 1, "arrays": [], "body": body}, {"id": number, "arrays": lengths}, body):
        try:
            _, got = read(frame(content))
        except ProtocolError:
            continue
        sound(got, RETURNED)
        try:
            outcomes_from_body(got, 1)
        except (ValueError, TypeError, LookupError):
            pass


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 1, "arrays": [], "body": NaN}',
        b'{"id": 1, "arrays": [], "body": Infinity}',
        b'{"id": 1, "arrays": [], "body": 1e999}',
        b'{"id": 1.0, "arrays": [], "body": 1}',
        b'{"id": true, "arrays": [], "body": 1}',
        b'{"id": 1, "arrays": [5], "body": 1}',
        b'{"id": 1, "arrays": [-1, 1], "body": 1}',
        b'{"id": 1, "arrays": [], "body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": 1, "arrays": [], "body": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"id": 1, "arrays": [], "body": ' + b"9" * 5000 + b"}",
        b'{"id": 1, "arrays": [], "body": ' + b"9" * 500 + b"}",
        b'{"id": 1, "arrays": [], "body": "\\ud800"}',
        b'{"id": 1, "arrays": [], "body": {"$rng": {"seed": 1}}}',
        b'{"id": 1, "arrays": [], "body": {"$source": {"text": "1"}}}',
        b'{"id": 1, "arrays": [], "body": {"$dict": [[null, 1]]}}',
        b'{"id": 1, "arrays": [], "body": {"$array": 0}}',
        b'{"id": 1, "arrays": [], "body": {"$model": {"inputs": "x", "layers": [1]}}}',
        b'{"id": 1, "arrays": [], "body": {"$history": {"history": 1, "epochs": 2, "params": 3}}}',
        b"\xff\xfe",
        b"",
    ],
)
def test_unsound_header_is_refused(body):
    """Is each of these headers refused?"""
    with pytest.raises(ProtocolError):
        read(frame(body))


def npy(header, data=b""):
    text = header.replace("}", ", }\n").encode()  # (as NumPy ends it)
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x02\x00\x00\x00\x00\x00",
        npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}", b"\x80\x04N."),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", b"\0" * 7),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", b"\0" * 9),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': [1]}", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': 1, 'shape': (1,)}", b"\0" * 8),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", b"\0" * 8),
        npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", b"\0" * 4),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(" * 300 + ")" * 300 + "}"),
        npy("__import__('os').getpid()"),
    ],
)
def test_unsound_array_is_refused(data):
    """Is each of these arrays refused, pickles and promises of terabytes among them?"""
    with pytest.raises(ProtocolError):
        read(frame({"id": 1, "arrays": [len(data)], "body": {"$array": 0}}, data))


def test_giant_promise_is_refused_at_once(ends):
    """Is a frame of terabytes refused by its lengths alone?"""
    ours, theirs = ends
    for lengths in ((2**32 - 1, 0), (10, 2**63), (channel.MAX_HEADER + 1, 0)):
        theirs.sendall(HEAD.pack(*lengths))
        with pytest.raises(ProtocolError, match="too large"):
            ours.receive(time.monotonic() + 1)


def test_deadline_holds_for_a_dripping_frame(ends):
    """Does a frame that comes byte by byte end at the deadline?"""
    ours, theirs = ends
    theirs.sendall(HEAD.pack(1000, 0) + b"{")
    started = time.monotonic()
    with pytest.raises(Late):
        ours.receive(started + 0.2)
    assert time.monotonic() - started < 1


def test_deadline_holds_when_nobody_reads(ends):
    """Does sending to somebody who does not read end at the deadline?"""
    ours, _ = ends
    with pytest.raises(Late):
        ours.send(1, np.zeros(1 << 20), time.monotonic() + 0.2)


def test_closed_end_is_gone(ends):
    """Is a closed end told apart from silence?"""
    ours, theirs = ends
    assert ours.silent()
    theirs.sendall(b"x")
    assert not ours.silent()
    theirs.close()
    with pytest.raises(Gone):
        ours.receive(time.monotonic() + 1)


def test_too_large_is_not_sent():
    """Is a value refused before it is sent where it does not fit into a frame?"""
    with pytest.raises(channel.TooLarge):
        channel.pack(1, ["x" * 100_000] * 50)
    with pytest.raises(channel.TooLarge):
        channel.pack(1, [np.zeros(1 << 22)] * 5)


def test_calls_and_outcomes_arrive_as_they_were():
    """Do calls and outcomes, every kind of argument among them, survive the pipe?"""
    dense = {"kind": "Dense", "units": 2, "activation": "relu", "use_bias": True}
    model = ModelData((3,), [dense], [np.ones((3, 2)), np.zeros(2)], {"name": "mse"})
    fortran = Layout(np.asfortranarray(np.arange(6.0).reshape(2, 3)), "fortran")
    args = [Rng(1), Source("lambda x: x"), Result(0), model, fortran, {"a": [1, None]}, "text"]
    got = roundtrip(args)
    assert got[:3] == args[:3]
    assert got[3].layers == model.layers
    assert got[3].inputs == (3,)
    assert np.array_equal(got[4].array, fortran.array)
    assert got[4].array.flags.f_contiguous
    assert got[5:] == args[5:]
    history = HistoryData({"loss": [1.0]}, [0], {"epochs": 1})
    outcomes = [
        Outcome(history, None, ["overflow"], [None, {"calls": 3}], ["scipy.special.softmax"]),
        Outcome(error=Failure("ValueError", "no", "raise")),
    ]
    assert outcomes_from_body(roundtrip(outcomes_to_body(outcomes)), 2) == outcomes


def roundtrip(body):
    packed = channel.pack(7, body)
    header, _ = HEAD.unpack(packed[: HEAD.size])
    rest = packed[HEAD.size :]
    return channel.unpack(rest[:header], bytearray(rest[header:]))[1]


@given(json_data, st.integers(0, 3))
@settings(deadline=None)
def test_any_outcome_is_refused_or_sound(body, count):
    """Does an arbitrary reply give sound outcomes or a refusal, nothing else?"""
    for reply in (
        body,
        [body] * count,
        [[body, None, [], [], []]] * count,
        [[1, body, [], [], body]],
    ):
        try:
            outcomes = outcomes_from_body(reply, count)
        except (ValueError, TypeError, LookupError):
            continue
        assert len(outcomes) == count
        for outcome in outcomes:
            assert all(type(text) is str for text in [*outcome.warnings, *outcome.forbidden])
            assert type(outcome.args_after) is list


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_noise_in_arrays_is_refused_or_an_array(data):
    """Does noise in place of an array give an array or a refusal, nothing else?"""
    for blob in (data, b"\x93NUMPY\x01\x00" + data):
        try:
            _, got = read(frame({"id": 1, "arrays": [len(blob)], "body": {"$array": 0}}, blob))
        except ProtocolError:
            continue
        assert type(got) is np.ndarray


def test_long_doubles_arrive_as_doubles():
    """Is a type that differs between machines sent as one that does not?"""
    got = roundtrip(np.array([1.5], dtype=np.longdouble))
    assert got.dtype == np.float64


def test_many_large_frames_are_refused(ends, monkeypatch):
    """Is a process cut off that sends more in all than the marker has room for?"""
    ours, theirs = ends
    monkeypatch.setattr(channel, "MAX_TOTAL", 10_000)
    packed = channel.pack(1, np.zeros(500))
    theirs.sendall(packed * 3)
    ours.receive(time.monotonic() + 1)
    with pytest.raises(ProtocolError, match="too large"):
        ours.receive(time.monotonic() + 1)


DENSE = {"kind": "Dense", "units": 2, "activation": "relu", "use_bias": True}
WEIGHTS = [np.ones((3, 2)), np.zeros(2)]


@pytest.mark.parametrize(
    "value",
    [
        ModelData(("x",), [DENSE], WEIGHTS),
        ModelData((3,), [{}], []),
        ModelData((3,), [{"kind": ["Dense"]}], []),
        ModelData((3,), [{"kind": "Dense"}], []),
        ModelData((3,), [{**DENSE, "units": "2"}], []),
        ModelData((3,), [{**DENSE, "more": 1}], []),
        ModelData((3,), [DENSE], [np.ones((3, 3)), np.zeros(2)]),
        ModelData((3,), [DENSE], [np.ones(()), np.zeros(2)]),
        ModelData((3,), [DENSE], [WEIGHTS[0]]),
        ModelData((3,), [DENSE], WEIGHTS, {}),
        ModelData((3,), [DENSE], WEIGHTS, {"name": "mse"}, {"name": 3}),
        ModelData((3,), DENSE, WEIGHTS),
        HistoryData({"loss": {}}, [0], {}),
        HistoryData({"loss": ["1"]}, [0], {}),
        HistoryData({"loss": [1.0]}, ["a"], {}),
        HistoryData([], [], {}),
        Rng(1),
        Layout(np.ones(1), "fortran"),
        {1.5: 1},
        object(),
        np.float64(1.0),
    ],
)
def test_unsound_value_is_refused(value):
    """Is a model, a history or another value refused that no judge could read?"""
    sound(ModelData((3,), [DENSE, {"kind": "Flatten"}], []), RETURNED)
    with pytest.raises((ValueError, TypeError, LookupError)):
        sound(value, RETURNED)
