"""The pipe between the marker and a learner's process: length-prefixed frames of data.

    frame = length of the header (4 bytes) + length of the arrays (8 bytes) + header + arrays

The header is JSON, `{"id": ..., "arrays": [length, ...], "body": ...}`; an array is an `.npy` file
without pickle. Lengths, types and shapes are checked before anything of that size is made. Nothing
that arrives is believed: a frame that is not exactly as expected raises `ProtocolError`, and what a
body may hold is checked by `sound`.
"""

from __future__ import annotations

import ast
import io
import json
import math
import socket
import struct
import time
from typing import Any

import numpy as np

from utils.calling import Call, Failure, Outcome
from utils.plain import HistoryData, Layout, ModelData, Result, Rng, Source, decode, encode

MAX_HEADER = 4 << 20
MAX_ARRAYS = 64 << 20
MAX_TOTAL = 512 << 20  # of all frames from one process; JSON counts 32 times, as Python objects do
MAX_DEPTH = 16
RETURNED = (ModelData, HistoryData)
ANY = (*RETURNED, Rng, Source, Result, Layout)
_UNSOUND = (ValueError, TypeError, LookupError, AttributeError, SyntaxError, RecursionError)
_LENGTHS = struct.Struct(">IQ")
_DTYPES = {dtype.newbyteorder("<").str: dtype for dtype in map(np.dtype, "?bhiqBHIQefd")}


class ProtocolError(Exception):
    """The other side sent something that is not a sound frame."""


class TooLarge(ValueError):
    """What should be sent does not fit into a frame."""


class Late(Exception):
    """The other side did not answer in time."""


class Gone(Exception):
    """The other side has closed its end, or is dead."""


class Channel:
    """One end of a pipe of frames over a connected stream socket.

    `accepts` names the dataclasses that may arrive; the marker takes models and histories only.
    """

    def __init__(self, sock: socket.socket, accepts: tuple[type, ...] = ANY) -> None:
        self.socket = sock
        self.accepts = accepts
        self.received = 0

    def send(self, number: int, body: Any, until: float = math.inf) -> None:
        """Send plain data with a number. Raises `TooLarge`, `Late` or `Gone`."""
        frame = pack(number, body)
        try:
            self._wait(until)
            self.socket.sendall(frame)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Gone from None

    def receive(self, until: float = math.inf) -> tuple[int, Any]:
        """Return the next frame's number and body. Raises `ProtocolError`, `Late` or `Gone`."""
        header, arrays = _LENGTHS.unpack(self._read(_LENGTHS.size, until))
        self.received += 32 * header + arrays
        if header > MAX_HEADER or arrays > MAX_ARRAYS or self.received > MAX_TOTAL:
            raise ProtocolError("a frame that is too large")
        return unpack(self._read(header, until), self._read(arrays, until), self.accepts)

    def silent(self) -> bool:
        """Tell whether nothing waits to be read; raises `Gone` if the other end is closed."""
        self.socket.settimeout(0)
        try:
            if not self.socket.recv(1, socket.MSG_PEEK):
                raise Gone
        except BlockingIOError:
            return True
        except OSError:
            raise Gone from None
        return False

    def close(self) -> None:
        self.socket.close()

    def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(None if left == math.inf else left)

    def _read(self, size: int, until: float) -> bytearray:
        data = bytearray()
        while len(data) < size:
            try:
                self._wait(until)
                part = self.socket.recv(min(size - len(data), 1 << 20))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Gone from None
            if not part:
                raise Gone
            data += part
        return data


def pack(number: int, body: Any) -> bytes:
    """Return plain data as a frame; raises `TooLarge`."""
    arrays: list[bytes] = []

    def put(value: np.ndarray) -> dict:
        arrays.append(array_to_npy(value))
        return {"$array": len(arrays) - 1}

    data = encode(body, put)
    content = {"id": number, "arrays": [len(a) for a in arrays], "body": data}
    header = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    size = sum(map(len, arrays))
    if len(header) > MAX_HEADER or size > MAX_ARRAYS:
        raise TooLarge("a value that is far too large")
    return b"".join([_LENGTHS.pack(len(header), size), header, *arrays])


def unpack(header: bytes, arrays: bytes, accepts: tuple[type, ...] = ANY) -> tuple[int, Any]:
    """Read a header and the arrays behind it; raises `ProtocolError` unless all of it is sound."""
    try:
        content = json.loads(header, parse_constant=_refuse, parse_float=_finite)
        number, lengths, body = content["id"], content["arrays"], content["body"]
        if type(number) is not int or any(type(n) is not int or n < 0 for n in lengths):
            raise ValueError("id and lengths are whole numbers")
        if sum(lengths) != len(arrays):
            raise ValueError("lengths do not add up")
        view, parts = memoryview(arrays), []
        for length in lengths:
            parts.append(view[:length])
            view = view[length:]

        def get(data: dict) -> np.ndarray:
            index = data["$array"]
            if type(index) is not int or index < 0:
                raise ValueError("no such array")
            return array_from_npy(parts[index])

        body = decode(body, get)
        sound(body, accepts)
    except _UNSOUND as error:
        raise ProtocolError(f"{type(error).__name__} in a frame") from None
    return number, body


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that is too large")
    return value


def array_to_npy(value: np.ndarray) -> bytes:
    """Write a base-class array of numbers as an `.npy` file (long doubles as doubles)."""
    name = value.dtype.newbyteorder("<").str
    value = value.astype(_DTYPES.get(name, np.float64), copy=False)
    file = io.BytesIO()
    np.lib.format.write_array(file, value, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def array_from_npy(data: memoryview) -> np.ndarray:
    """Read an `.npy` file whose header promises exactly the bytes that follow; else ValueError."""
    if bytes(data[:8]) != b"\x93NUMPY\x01\x00" or len(data) < 10:
        raise ValueError("not an .npy file")
    start = 10 + int.from_bytes(data[8:10], "little")
    if not 10 < start <= min(len(data), 1024):
        raise ValueError("a strange .npy header")
    about = ast.literal_eval(bytes(data[10:start]).decode("latin1").strip())
    dtype, shape, fortran = _DTYPES[about["descr"]], about["shape"], about["fortran_order"]
    if type(shape) is not tuple or len(shape) > 32 or type(fortran) is not bool:
        raise ValueError("a strange shape")
    if any(type(n) is not int or not 0 <= n < 2**40 for n in shape):
        raise ValueError("a strange shape")
    if math.prod(shape) * dtype.itemsize != len(data) - start:
        raise ValueError("shape and length differ")
    flat = np.frombuffer(data, dtype=dtype, offset=start)
    return flat.reshape(shape, order="F" if fortran else "C").copy(order="K")


def sound(value: Any, accepts: tuple[type, ...] = ANY, depth: int = 0) -> None:
    """Raise `ValueError` or `TypeError` unless `value` is plain data through and through."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if type(value) is str:
        value.encode()  # lone surrogates are no text
    elif type(value) is int:
        if value.bit_length() > 256:
            raise ValueError("an integer that is far too large")
    elif type(value) in (list, tuple):
        for item in value:
            sound(item, accepts, depth + 1)
    elif type(value) is dict:
        if any(type(key) not in (str, int) for key in value):
            raise TypeError("a strange key")
        sound(list(value), accepts, depth)
        sound(list(value.values()), accepts, depth)
    elif type(value) in accepts:
        _sound_fields(value)
        sound(list(vars(value).values()), accepts, depth)
    elif value is not None and type(value) not in (bool, float, np.ndarray):
        raise TypeError("not plain data")


def _sound_fields(value: Any) -> None:
    """Check the fields of the dataclasses that travel from a learner's process."""
    if isinstance(value, ModelData):
        kinds = {"layers": list, "weights": list}
        inputs, dicts = value.inputs, [*value.layers, value.loss or {}, value.optimizer or {}]
        if inputs is not None and any(type(n) is not int for n in inputs):
            raise TypeError("strange inputs")
        if any(type(d) is not dict for d in dicts):
            raise TypeError("a strange description")
        if any(type(weight) is not np.ndarray for weight in value.weights):
            raise TypeError("strange weights")
    elif isinstance(value, HistoryData):
        kinds = {"history": dict, "epochs": list, "params": dict}
    else:
        kinds = {}
    if any(type(getattr(value, name)) is not kind for name, kind in kinds.items()):
        raise TypeError("a strange field")


# --- what the bodies say --------------------------------------------------------------------------


def calls_to_body(calls: list[Call]) -> list:
    """Write the calls of one case."""
    return [[call.function, call.args] for call in calls]


def calls_from_body(body: list) -> list[Call]:
    """Read what `calls_to_body` wrote."""
    return [Call(function, args) for function, args in body]


def outcomes_to_body(outcomes: list[Outcome]) -> list:
    """Write the outcomes of one case."""
    return [
        [o.value, failure_to_body(o.error), o.warnings, o.args_after, o.forbidden] for o in outcomes
    ]


def outcomes_from_body(body: Any, count: int) -> list[Outcome]:
    """Read `count` outcomes; raises `ProtocolError`."""
    try:
        if type(body) is not list or len(body) != count:
            raise ValueError("a strange number of outcomes")
        outcomes = []
        for value, error, warnings, args_after, forbidden in body:
            if type(args_after) is not list:
                raise TypeError("strange arguments")
            failure = failure_from_body(error)
            texts = [texts_from_body(part, 300) for part in (warnings, forbidden)]
            outcomes.append(Outcome(value, failure, texts[0], args_after, texts[1]))
        return outcomes
    except (ValueError, TypeError) as error:
        raise ProtocolError(f"{type(error).__name__} in an outcome") from None


def failure_to_body(failure: Failure | None) -> list | None:
    """Write a failure."""
    return failure and [failure.type, failure.message, failure.line]


def failure_from_body(body: Any) -> Failure | None:
    """Read a failure; raises ValueError or TypeError."""
    if body is None:
        return None
    kind, message, line = texts_from_body(body, 1000)
    return Failure(kind[:80], message, line[:200])


def texts_from_body(body: Any, longest: int) -> list[str]:
    """Read a list of texts, each cut to `longest` characters; raises TypeError."""
    if type(body) is not list or any(type(text) is not str for text in body):
        raise TypeError("a list of texts")
    return [text[:longest] for text in body]
