"""Frames of the stream socket between grader and kernel: four bytes of length, and that many of JSON.

The trusted side holds one unfinished frame at most, and parses a frame only when what comes out of it is bounded, too:
eight megabytes of ``[],[],`` would become two hundred of lists.
"""

from __future__ import annotations

import json
import re
import struct
from itertools import islice
from typing import Any

HEADER = struct.Struct(">I")
MAX_PARSED_TOKENS = 500_000
"""Texts, commas and opening brackets in one frame. A reply with as many values as are decoded has about a third."""

_JSON = json.JSONEncoder(ensure_ascii=False, skipkeys=True, default=repr)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[,[{]', re.DOTALL)
"""A text may end with the frame, so that no part of it is tried twice."""


class FrameError(ValueError):
    """A frame is longer than may be, or no JSON object with a bounded number of values."""


def pack(message: dict[str, Any]) -> bytes:
    """Return a message as a frame; lone surrogates, which UTF-8 cannot hold, are replaced."""
    data = _JSON.encode(message).encode("utf-8", "replace")
    return HEADER.pack(len(data)) + data


def parse(data: bytes) -> dict[str, Any]:
    """Parse the JSON of a frame, which may be anything.

    Raises
    ------
    FrameError
        When it is not an object, or holds too many values.
    """
    if _has_too_many_tokens(data):
        raise FrameError("too many values")
    try:
        message = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise FrameError("no JSON") from error
    if type(message) is not dict:
        raise FrameError("not an object")
    return message


def _has_too_many_tokens(data: bytes) -> bool:
    # Counting characters is a thousand times as fast, and enough unless a text holds many of these.
    if sum(map(data.count, (b'"', b",", b"[", b"{"))) <= MAX_PARSED_TOKENS:
        return False
    return any(True for _ in islice(_TOKEN.finditer(data), MAX_PARSED_TOKENS, None))


class FrameBuffer:
    """Bytes that have arrived, and the frames in them.

    Parameters
    ----------
    max_bytes
        Bound on the length of a frame.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes; when all whole frames are taken out first, no more than one frame and ``data`` are held."""
        self._data += data

    def take(self) -> bytes | None:
        """Take out the next frame, without its length; None when it is not there as a whole.

        Raises
        ------
        FrameError
            When it is announced to be longer than the bound.
        """
        if len(self._data) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._data)
        if length > self._max_bytes:
            raise FrameError(f"a frame of {length} bytes")
        end = HEADER.size + length
        if len(self._data) < end:
            return None
        frame = bytes(memoryview(self._data)[HEADER.size : end])
        del self._data[:end]
        return frame
