"""The marker against a process that answers anything at all: it gets failures, never stuck."""

import socket
import struct
import threading
import time

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.jail import channel, sandbox
from autograder.jail.channel import Channel
from autograder.jail.sandbox import Learner, Limits
from autograder.jail.sound import RETURNED
from utils.engine.calling import Call, Outcome

HEAD = struct.Struct(">IQ")
LIMITS = Limits(call=0.05, grace=0.05, restarts=1, patience=1, wall=1.0)
PATIENT = Limits(call=2.0, grace=1.0, restarts=1, patience=1, wall=1.0)
KINDS = {"Protocol", "Died", "Timeout"}


class Wall:
    """The clock of a process whose own nobody can read: that on the wall."""

    def seconds(self):
        return time.monotonic()


class Babbler:
    """Stands for a template whose every learner's process answers with what `reply` makes."""

    def __init__(self, reply):
        self.reply, self.threads, self.ended = reply, [], 0

    def fork(self, settings, loans, tally):
        loans.close()
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=self._talk, args=(theirs,))
        self.threads.append(thread)
        thread.start()
        return 1, Channel(ours, RETURNED), Wall()

    def _talk(self, sock):
        with sock:
            sock.settimeout(5)
            try:
                while request := sock.recv(HEAD.size):
                    header, arrays = HEAD.unpack(request)
                    number = msgpack.unpackb(
                        sock.recv(header, socket.MSG_WAITALL), ext_hook=lambda *_: None
                    )[0]
                    if arrays:
                        sock.recv(arrays, socket.MSG_WAITALL)
                    sock.sendall(self.reply(number))
            except OSError:
                pass

    def end(self, pid):
        self.ended += 1
        return -9


@pytest.fixture(autouse=True, scope="module")
def hurry():
    """Wait a moment for the rest of an answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "REST_SECONDS", 0.05)
        yield


def ask(reply, limits=LIMITS):
    """Return the outcomes of two cases against a process that answers with `reply(number)`."""
    server = Babbler(reply)
    learner = Learner(server, [], [], limits)
    started = time.monotonic()
    outcomes = learner.call_many([[Call("f", [np.ones(2)])], [Call("f", []), Call("g", [])]])
    learner.close()
    for thread in server.threads:
        thread.join()
    assert time.monotonic() - started < 5
    assert [len(case) for case in outcomes] == [1, 2]
    assert all(type(outcome) is Outcome for case in outcomes for outcome in case)
    return [outcome for case in outcomes for outcome in case]


def failed(outcomes):
    return all(outcome.error and outcome.error.type in KINDS for outcome in outcomes)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=40)
def test_noise_gives_failures(noise):
    """Does noise in place of an answer give failures?"""
    assert failed(ask(lambda number: noise))


@given(st.integers(-5, 5).filter(bool))
@settings(deadline=None, max_examples=10)
def test_other_numbers_give_failures(shift):
    """Is an answer to another question refused?"""
    body = [[1.0, None, [], [], []]]
    assert failed(ask(lambda number: channel.pack(abs(number + shift), body)))


def test_answers_that_come_twice_give_failures():
    """Is the first answer taken and the process that repeats it ended?"""
    answer = [[1.0, None, [], [], []]]
    one, *others = ask(lambda number: 2 * channel.pack(number, answer), PATIENT)
    assert one.value == 1.0
    assert failed(others)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=3), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=6), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(anything, anything)
@settings(deadline=None, max_examples=60)
def test_any_plain_answer_gives_outcomes(body, part):
    """Does any answer of plain data, right number or not, give sound outcomes or failures?"""
    for answer in (body, [[body, part, [], [], []]], [[part, None, body, [], []]]):
        for outcome in ask(lambda number, answer=answer: channel.pack(number, answer)):
            assert outcome.error is None or type(outcome.error.type) is str
            assert all(type(text) is str for text in [*outcome.warnings, *outcome.forbidden])
            assert type(outcome.args_after) is list


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_damaged_answers_give_outcomes(data):
    """Does a right answer with bytes changed or missing give outcomes or failures?"""
    places = data.draw(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3))
    cut = data.draw(st.integers(0, 400))

    def reply(number):
        frame = bytearray(channel.pack(number, [[np.ones((2, 2)), None, ["w"], [None], []]]))
        for place, byte in places:
            frame[place % len(frame)] = byte
        return bytes(frame[:cut])

    ask(reply)
