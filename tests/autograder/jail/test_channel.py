"""The pipe's frames: what is sent arrives, and nothing unsound gets through or hangs."""

import socket
import struct
import time

import msgpack
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
    header = content if isinstance(content, bytes) else written(content)
    return HEAD.pack(len(header), len(data)) + header + data


def written(content):
    return msgpack.packb(content, unicode_errors="surrogatepass")


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


leaves = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(-(2**63), 2**64 - 1), st.text(max_size=4),
    st.binary(max_size=4), st.sampled_from(["nan", "inf", "f8", "\ud800"]),
)  # fmt: skip


def extended(inner):
    """Return extensions: of any kind, with fields in them or with anything else."""
    fields = st.one_of(st.lists(inner, max_size=5).map(written), st.binary(max_size=20))
    shapes = st.lists(st.integers(0, 3), max_size=3)
    about = st.tuples(st.sampled_from(["<f8C", "|b1F", "<U1C", "|OC"]), shapes)
    arrays = about.map(lambda a: (a[0] + "".join(f"{n}," for n in a[1])).encode())
    return st.one_of(
        st.builds(msgpack.ExtType, st.integers(0, 12), fields),
        st.builds(msgpack.ExtType, st.sampled_from([1, 2]), arrays),
    )


anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), extended(inner),
        st.dictionaries(
            st.one_of(st.sampled_from(["kind", "units", "name", "loss"]), st.integers(-9, 9),
                      st.floats(), st.none(), st.binary(max_size=2)),
            inner, max_size=5,
        ),
    ),
    max_leaves=15,
)  # fmt: skip


@given(anything, anything)
@settings(deadline=None)
def test_any_header_is_refused_or_sound(number, body):
    """Does a frame with anything for a header give plain data or a refusal, nothing else?"""
    for content in ([1, body], [number, body], body):
        try:
            _, got = read(frame(content))
        except ProtocolError:
            continue
        sound(got, RETURNED)
        try:
            outcomes_from_body(got, 1)
        except (ValueError, TypeError, LookupError):
            pass


def nested(code, times):
    """Return an extension that holds one that holds one."""
    inside = 1
    for _ in range(times):
        inside = msgpack.ExtType(code, written([1, inside]))
    return inside


@pytest.mark.parametrize(
    "header",
    [
        written([1.0, 1]),
        written([True, 1]),
        written([-1, 1]),
        written([1]),
        written([1, 1, 1]),
        written({1: 1}),
        written([1, 1]) + b"\xc0",
        written([1, 1])[:-1],
        b"\x92\x01" + b"\x91" * 100_000 + b"\xc0",
        b"\x92\x01" + b"\x91" * 40 + b"\xc0",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\x7f\xff\xff\xff",
        b"\x92\x01\xc7\xff",
        b"\xc1",
        b"\xff\xfe",
        b"",
        written([1, b"bytes"]),
        written([1, "\ud800"]),
        written([1, {None: 1}]),
        written([1, {1.5: 1}]),
        written([1, {b"a": 1}]),
        written([1, {2**64 - 1: 1}]),
        written([1, msgpack.Timestamp(1)]),
        written([1, msgpack.ExtType(0, b"")]),
        written([1, msgpack.ExtType(99, b"")]),
        written([1, msgpack.ExtType(2, b"1.5")]),
        written([1, msgpack.ExtType(2, b"9" * 78)]),
        written([1, msgpack.ExtType(2, b"9" * 5000)]),
        written([1, msgpack.ExtType(3, b"\xc0")]),
        written([1, msgpack.ExtType(3, written([(3,), [1], [], None, None]))]),
        written([1, msgpack.ExtType(3, written(["x"]))]),
        written([1, msgpack.ExtType(4, written([1, 2, 3]))]),
        written([1, msgpack.ExtType(5, written([1, 0]))]),  # a generator
        written([1, msgpack.ExtType(6, written(["1"]))]),  # a function, as text
        written([1, nested(8, 100)]),
    ],
)
def test_unsound_header_is_refused(header):
    """Is each of these headers refused?"""
    with pytest.raises(ProtocolError):
        read(frame(header))


@pytest.mark.parametrize(
    ("about", "data"),
    [
        (b"", b""),
        (b"<f8", b""),
        (b"<f8C1", b"\0" * 8),
        (b"<f8C1,", b"\0" * 7),
        (b"<f8C1,", b"\0" * 9),
        (b"<f8C-1,", b"\0" * 8),
        (b"<f8X1,", b"\0" * 8),
        (b"|OC", b"\0" * 8),
        (b"<U1C1,", b"\0" * 4),
        (b"<c16C1,", b"\0" * 16),
        (b"<f8C4294967296,4294967296,", b""),
        (b"<f8C0,4294967296,", b""),
        (b"<f8C" + b"1," * 17, b"\0" * 8),
        (b"<f8C" + b"1," * 5000, b"\0" * 8),
        (b"<f8C1" + b"0" * 5000 + b",", b""),
    ],
)
def test_unsound_array_is_refused(about, data):
    """Is each of these arrays refused, objects and promises of terabytes among them?"""
    with pytest.raises(ProtocolError):
        read(frame([1, msgpack.ExtType(1, about)], data))


def test_two_arrays_share_no_numbers():
    """Does an array take the numbers that follow those of the one before, and no others?"""
    first, second = read(frame([1, [msgpack.ExtType(1, b"<i8C1,")] * 2], bytes(range(16))))[1]
    assert (first.tobytes(), second.tobytes()) == (bytes(range(8)), bytes(range(8, 16)))


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


@given(anything, st.integers(0, 3))
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


@given(st.binary(max_size=60), st.binary(max_size=40))
@settings(deadline=None)
def test_noise_in_arrays_is_refused_or_an_array(about, data):
    """Does noise in place of an array give an array or a refusal, nothing else?"""
    for said in (about, b"<f8C" + about, b"|b1F" + about):
        try:
            _, got = read(frame([1, msgpack.ExtType(1, said)], data))
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
    monkeypatch.setattr(channel, "MAX_TOTAL", 9_000)
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
