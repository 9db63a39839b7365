"""The pipe between the marker and a learner's process: length-prefixed frames of data.

    frame = length of the header (4 bytes) + length of the arrays (8 bytes) + header + arrays

The header is MessagePack, `[number, body]`. What has no type there is an extension: an array (its
kind, order and shape; its numbers follow in the arrays), a whole number beyond 64 bits, one of the
dataclasses of plain data. Nothing that arrives is believed: lengths, types and shapes are checked
before anything of that size is made, and a frame that is not sound raises `ProtocolError`.
"""

from __future__ import annotations

import math
import re
import socket
import struct
import time
from functools import lru_cache
from typing import Any

import msgpack
import numpy as np

from utils.engine.plain import checked_key, walkable

from .sound import ANY, MAX_BITS, sound

MAX_HEADER = 2 << 20
MAX_ARRAYS = 64 << 20
MAX_TOTAL = 1 << 29  # of all frames of one submission; headers count as the objects they make:
WEIGHT = 64  # bytes of an empty list, written in one
MAX_INSIDE = 4  # dataclasses in each other: a layout in a `Same`
_LENGTHS = struct.Struct(">IQ")
_ARRAY, _WHOLE = 1, 2  # extensions of MessagePack; dataclasses follow
_KINDS = dict(enumerate(ANY, 3))
_CODES = {kind: code for code, kind in _KINDS.items()}
_DTYPES = {dtype.newbyteorder("<").str: dtype for dtype in map(np.dtype, "?bhiqBHIQefd")}
_ABOUT = re.compile(rb"([<|]\w\d)([CF])((?:\d+,)*)")
_MAX_ABOUT = 256  # bytes
_DIGITS = re.compile(rb"-?\d{1,%d}" % MAX_BITS)
_UNSOUND = (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError)


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
        self.tally.received += WEIGHT * header + arrays
        if self.tally.over:
            raise ProtocolError("frames that are too large together")
        data = self._read(header + arrays, until)
        return unpack(data[:header], memoryview(data)[header:], self.accepts)

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
    writer = _Writer()
    header = writer.write([number, body])
    size = sum(map(len, writer.arrays))
    if len(header) > MAX_HEADER or size > MAX_ARRAYS:
        raise TooLarge("a value that is far too large")
    return b"".join([_LENGTHS.pack(len(header), size), header, *writer.arrays])


def unpack(header: bytes, arrays: bytes, accepts: tuple[type, ...] = ANY) -> tuple[int, Any]:
    """Read a header and the arrays behind it; raises `ProtocolError` unless all of it is sound."""
    try:
        reader = _Reader(arrays)
        number, body = reader.read(header)
        if type(number) is not int or number < 0:
            raise ValueError("a strange number of a frame")
        if reader.at != len(arrays):
            raise ValueError("lengths do not add up")
        sound(body, accepts)
    except (*_UNSOUND, msgpack.UnpackException) as error:
        raise ProtocolError(f"{type(error).__name__} in a frame") from None
    return number, body


class _Writer:
    """Writes headers, and keeps the numbers of the arrays in them."""

    def __init__(self) -> None:
        self.arrays: list[bytes] = []

    def write(self, value: Any) -> bytes:
        # Text that is none is written all the same: the other side says so.
        return msgpack.packb(value, default=self._extension, unicode_errors="surrogatepass")

    def _extension(self, value: Any) -> msgpack.ExtType:
        if isinstance(value, np.ndarray):
            by_columns = value.flags.fnc  # (Fortran's order, and not C's)
            dtype, order, about = _announced(value.dtype, by_columns, value.shape)
            self.arrays.append(value.astype(dtype, copy=False).tobytes(order))
            return about
        if isinstance(value, int):
            return msgpack.ExtType(_WHOLE, b"%d" % value)
        if type(value) not in _CODES:
            raise TypeError(f"not plain data: {type(value).__name__}")
        return msgpack.ExtType(_CODES[type(value)], self.write(list(vars(value).values())))


class _Reader:
    """Reads headers, and takes the numbers of the arrays in them one after the other."""

    def __init__(self, arrays: bytes) -> None:
        self.arrays, self.at, self.inside = arrays, 0, 0

    def read(self, header: bytes) -> Any:
        return msgpack.unpackb(
            header,
            ext_hook=self._extension,
            object_pairs_hook=_dict,
            strict_map_key=False,
            unicode_errors="surrogatepass",
        )

    def _extension(self, code: int, data: bytes) -> Any:
        if code == _ARRAY:
            return self._array(data)
        if code == _WHOLE:
            return _whole(data)
        kind = _KINDS[code]
        self.inside += 1
        if self.inside > MAX_INSIDE:
            raise ValueError("nested too deeply")
        fields = self.read(data)
        self.inside -= 1
        return kind(*fields)

    def _array(self, about: bytes) -> np.ndarray:
        if len(about) > _MAX_ABOUT:
            raise ValueError("a strange array")
        dtype, order, shape, size = _promised(about)
        start, self.at = self.at, self.at + size
        if self.at > len(self.arrays):
            raise ValueError("lengths do not add up")
        return np.ndarray(shape, dtype, self.arrays, start, None, order).copy("K")


def _dict(pairs: list) -> dict:
    return {checked_key(key): value for key, value in pairs}


def _whole(data: bytes) -> int:
    """Read a whole number of so few digits that reading them costs nothing."""
    if not _DIGITS.fullmatch(data):
        raise ValueError("no whole number")
    return int(data)


@lru_cache(1024)
def _announced(
    dtype: np.dtype, by_columns: bool, shape: tuple[int, ...]
) -> tuple[np.dtype, str, msgpack.ExtType]:
    """Return how an array is sent: as what kind of numbers, in which order, and what says so."""
    known = _DTYPES.get(dtype.newbyteorder("<").str, np.dtype(float))  # (of long doubles)
    order = "F" if by_columns else "C"
    axes = "".join(f"{n}," for n in shape)
    return known, order, msgpack.ExtType(_ARRAY, f"{known.str}{order}{axes}".encode())


@lru_cache(1024)
def _promised(about: bytes) -> tuple[np.dtype, str, tuple[int, ...], int]:
    """Return what is said of an array: the kind of numbers, their order, the shape, the bytes."""
    if not (parts := _ABOUT.fullmatch(about)):
        raise ValueError("a strange array")
    shape = tuple(map(int, parts[3].split(b",")[:-1]))
    if not walkable(shape):
        raise ValueError("a strange shape")
    dtype = _DTYPES[parts[1].decode()]
    return dtype, parts[2].decode(), shape, math.prod(shape) * dtype.itemsize
