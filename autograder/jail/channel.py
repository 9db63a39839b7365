"""The pipe between the marker and a learner's process: length-prefixed frames of data.

    frame = length of the header (4 bytes) + length of the arrays (8 bytes) + header + arrays

The header is JSON, `{"id": ..., "arrays": [length, ...], "body": ...}`; an array is an `.npy` file
without pickle. Nothing that arrives is believed: lengths, types and shapes are checked before
anything of that size is made, and a frame that is not sound raises `ProtocolError`.
"""

from __future__ import annotations

import io
import json
import math
import re
import socket
import struct
import time
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from utils.engine.plain import decode, encode, walkable

from .sound import ANY, sound

MAX_HEADER = 4 << 20
MAX_ARRAYS = 64 << 20
MAX_TOTAL = 1 << 29  # of all frames of one submission; JSON counts 32 times, as objects do
_LENGTHS = struct.Struct(">IQ")
_DTYPES = {dtype.newbyteorder("<").str: dtype for dtype in map(np.dtype, "?bhiqBHIQefd")}
# The header of an `.npy` file, letter by letter: NumPy's reader takes ten times as long.
_ABOUT = re.compile(
    rb"\{'descr': '([<|]\w\d)', 'fortran_order': (True|False), 'shape': \(((\d+, )*\d*,?)\), \} *\n"
)
_UNSOUND = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class ProtocolError(Exception):
    """The other side sent something that is not a sound frame."""


class TooLarge(ValueError):
    """What should be sent does not fit into a frame."""


class Late(Exception):
    """The other side did not answer in time."""


class Gone(Exception):
    """The other side has closed its end, or is dead."""


class Tally:
    """How much has arrived from the processes of one submission."""

    def __init__(self) -> None:
        self.received = 0

    @property
    def over(self) -> bool:
        """Tell whether it is more than a submission may send."""
        return self.received > MAX_TOTAL


class Channel:
    """One end of a pipe of frames over a connected stream socket.

    `accepts` names the dataclasses that may arrive; the marker takes models and histories only.
    Who reads `ahead` takes all that has arrived at once, and has to ask for what is `held`.
    """

    def __init__(
        self,
        sock: socket.socket,
        accepts: tuple[type, ...] = ANY,
        tally: Tally | None = None,
        ahead: bool = False,
    ) -> None:
        self.socket, self.accepts, self.tally = sock, accepts, tally or Tally()
        self.ahead = 1 << 16 if ahead else 0
        self.held = bytearray()

    def send(self, number: int, body: Any, until: float = math.inf) -> None:
        """Send plain data with a number. Raises `TooLarge`, `Late` or `Gone`."""
        self._within(until, self.socket.sendall, pack(number, body))

    def receive(self, until: float = math.inf) -> tuple[int, Any]:
        """Return the next frame's number and body. Raises `ProtocolError`, `Late` or `Gone`."""
        header, arrays = _LENGTHS.unpack(self._read(_LENGTHS.size, until))
        if header > MAX_HEADER or arrays > MAX_ARRAYS:
            raise ProtocolError("a frame that is too large")
        self.tally.received += 32 * header + arrays
        if self.tally.over:
            raise ProtocolError("frames that are too large together")
        return unpack(self._read(header, until), self._read(arrays, until), self.accepts)

    def silent(self) -> bool:
        """Tell whether nothing waits to be read; raises `Gone` if the other end is closed."""
        if self.held:
            return False
        self.socket.settimeout(0)
        try:
            if self.socket.recv(1, socket.MSG_PEEK):
                return False
        except BlockingIOError:
            return True
        except OSError:
            pass
        raise Gone

    def close(self) -> None:
        """Close this end."""
        self.socket.close()

    def _read(self, size: int, until: float) -> bytearray:
        while (missing := size - len(self.held)) > 0:
            part = self._within(until, self.socket.recv, max(min(missing, 1 << 20), self.ahead))
            if not part:
                raise Gone
            self.held += part
        data = self.held[:size]
        del self.held[:size]
        return data

    def _within(self, until: float, act: Any, argument: Any) -> Any:
        if (left := until - time.monotonic()) <= 0:
            raise Late
        self.socket.settimeout(None if left == math.inf else left)
        try:
            return act(argument)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Gone from None


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
        content = json.loads(header, parse_constant=_finite, parse_float=_finite)
        number, lengths = content["id"], content["arrays"]
        if any(type(n) is not int or n < 0 for n in (number, *lengths)):
            raise ValueError("id and lengths are whole numbers")
        if sum(lengths) != len(arrays):
            raise ValueError("lengths do not add up")
        ends, view = accumulate(lengths), memoryview(arrays)
        parts = {i: view[end - lengths[i] : end] for i, end in enumerate(ends)}
        body = decode(content["body"], lambda data: array_from_npy(parts[data["$array"]]))
        sound(body, accepts)
    except (*_UNSOUND, MemoryError) as error:
        raise ProtocolError(f"{type(error).__name__} in a frame") from None
    return number, body


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError("not a number of JSON")
    return value


def array_to_npy(value: np.ndarray) -> bytes:
    """Write a base-class array of numbers as an `.npy` file (long doubles as doubles)."""
    name = value.dtype.newbyteorder("<").str
    value = value.astype(_DTYPES.get(name, np.float64), copy=False)
    by_columns = value.flags.f_contiguous and not value.flags.c_contiguous
    head = _written(value.dtype.str, by_columns, value.shape)
    return head + value.tobytes("F" if by_columns else "C")


@lru_cache(1024)
def _written(descr: str, by_columns: bool, shape: tuple[int, ...]) -> bytes:
    """Return the beginning of an `.npy` file (NumPy's own writer makes it anew for each array)."""
    about = {"descr": descr, "fortran_order": by_columns, "shape": shape}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, about)
    return file.getvalue()


def array_from_npy(data: memoryview) -> np.ndarray:
    """Read an `.npy` file whose header promises exactly the bytes that follow; else ValueError."""
    if bytes(data[:8]) != b"\x93NUMPY\x01\x00" or len(data) < 10:
        raise ValueError("not an .npy file")
    start = 10 + int.from_bytes(data[8:10], "little")
    if not 10 < start <= min(len(data), 1024):
        raise ValueError("a strange .npy header")
    dtype, order, shape = _read(bytes(data[10:start]))
    if math.prod(shape) * dtype.itemsize != len(data) - start:
        raise ValueError("shape and length differ")
    flat = np.frombuffer(data, dtype=dtype, offset=start)
    return flat.reshape(shape, order=order).copy(order="K")


@lru_cache(1024)
def _read(header: bytes) -> tuple[np.dtype, str, tuple[int, ...]]:
    """Return what a header promises: the kind of numbers, their order, the shape."""
    if not (about := _ABOUT.fullmatch(header)):
        raise ValueError("a strange .npy header")
    shape = tuple(map(int, re.findall(rb"\d+", about[3])))
    if not walkable(shape):
        raise ValueError("a strange shape")
    return _DTYPES[about[1].decode()], "F" if about[2] == b"True" else "C", shape
