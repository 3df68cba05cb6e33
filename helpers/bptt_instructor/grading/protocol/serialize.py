"""Arrays and what holds them as JSON, and back: all that the trusted side and a kernel ever say to each other.

What comes from a kernel was written by whoever controls it. So reading checks everything, allows a short list of
types, and makes nothing but plain values: nothing is unpickled, and no name is looked up.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np

from bptt import graphs
from bptt.check.exercises import CELLS
from bptt.lstm import LSTMCaches, LSTMCellCache
from bptt.recurrent import Caches
from bptt.rnn import RNNCaches, RNNCellCache

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
_CELLS = (RNNCellCache, RNNCaches, LSTMCellCache, LSTMCaches)
_GRAPHS = (graphs.WeightedInputCache, graphs.FanOutCache, graphs.TwoLayerCache, graphs.TwoLayerSum, graphs.Valley)
RECORDS = {kind.__name__: kind for kind in (*_CELLS, *_GRAPHS, Caches, *(cell.cache for cell in CELLS))}
"""The named tuples that functions of the course are given."""

HOLDERS = {"list", "tuple", "dict", "record"}
DEEPEST = 8
MOST_VALUES = 20_000
MOST_AXES = 8
MOST_BYTES = 16_000_000
LONGEST_TEXT = 10_000


class NotPlainError(ValueError):
    """Something that was sent is not what plain data looks like."""


class Other:
    """Stands for a value that cannot be sent; the name of its class is that of the value's type."""


def encode(value: Any) -> Any:  # noqa: ANN401 - walks anything
    """Turn arrays, numbers, text, dicts, lists, tuples and named tuples into what JSON can hold.

    An array that occurs several times, such as the parameters in every cache, is sent once.
    """
    arrays: list[dict[str, Any]] = []
    seen: dict[int, int] = {}
    return {"value": _encode(value, arrays, seen, DEEPEST), "arrays": arrays}


def _encode(value: Any, arrays: list[dict[str, Any]], seen: dict[int, int], depth: int) -> Any:  # noqa: ANN401
    if value is None or type(value) in {bool, int, float, str}:
        return _encode_scalar(value)
    if isinstance(value, np.ndarray) and value.dtype.name in DTYPES and value.nbytes <= MOST_BYTES:
        if id(value) not in seen:
            seen[id(value)] = len(arrays)
            arrays.append(_encode_array(value))
        return {"array": seen[id(value)]}
    if isinstance(value, np.generic) and value.dtype.name in DTYPES:
        return {"scalar": _encode_array(np.asarray(value))}
    # Whoever reads this would refuse more, and writing it would take for ever.
    if depth and type(value) in {list, tuple, dict} and len(value) <= MOST_VALUES:
        return _encode_holder(value, arrays, seen, depth - 1)
    if depth and type(value) in RECORDS.values():
        return {"record": type(value).__name__, "fields": [_encode(entry, arrays, seen, depth - 1) for entry in value]}
    return {"other": type(value).__name__[:LONGEST_TEXT]}


def _encode_scalar(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, str):
        return value[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    if type(value) is int and abs(value) >= 2**63:
        return {"other": "int"}
    return value


def _encode_holder(value: Any, arrays: list[dict[str, Any]], seen: dict[int, int], depth: int) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        pairs = [[_encode(key, arrays, seen, 0), _encode(entry, arrays, seen, depth)] for key, entry in value.items()]
        return {"dict": pairs}
    kind = "tuple" if isinstance(value, tuple) else "list"
    return {kind: [_encode(entry, arrays, seen, depth) for entry in value]}


def _encode_array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    # A subclass may lie about its contents.
    plain = np.array(array, order="C", copy=True, subok=False)
    data = base64.b64encode(plain.tobytes()).decode("ascii")
    return {"dtype": plain.dtype.name, "shape": list(plain.shape), "data": data}


def decode(message: Any, most_bytes: int = MOST_BYTES) -> Any:  # noqa: ANN401 - whatever was sent
    """Read what :func:`encode` made, or what pretends to be.

    Raises
    ------
    NotPlainError
        When it is anything else, too large, or too deep.
    """
    if not isinstance(message, dict) or message.keys() != {"value", "arrays"} or type(message["arrays"]) is not list:
        raise NotPlainError("not a value with its arrays")
    reader = _Reader(most_bytes)
    arrays = [reader.array(entry) for entry in message["arrays"]]
    return reader.value(message["value"], arrays, DEEPEST)


def _other(kind: str) -> Other:
    made: Other = type(kind if kind.isidentifier() else "object", (Other,), {})()
    return made


class _Reader:
    """Reads one message, and counts what it has read."""

    def __init__(self, most_bytes: int) -> None:
        self._bytes = most_bytes
        self._values = MOST_VALUES

    def array(self, entry: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data"}:
            raise NotPlainError("not an array")
        kind, shape, data = entry["dtype"], entry["shape"], entry["data"]
        if kind not in DTYPES or type(data) is not str or type(shape) is not list or len(shape) > MOST_AXES:
            raise NotPlainError("not an array of numbers")
        if any(type(size) is not int or not 0 <= size <= self._bytes for size in shape):
            raise NotPlainError("not a shape")
        self._count()
        dtype = np.dtype(kind)
        size = math.prod(shape) * dtype.itemsize
        self._bytes -= size
        if self._bytes < 0:
            raise NotPlainError("too many numbers")
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotPlainError("numbers that are not base64") from error
        if len(raw) != size:
            raise NotPlainError("numbers that do not fill their shape")
        # A copy owns its memory and can be written; what frombuffer makes cannot.
        return np.frombuffer(raw, dtype).reshape(shape).copy()

    def value(  # noqa: C901, PLR0911 - one branch for each kind of value
        self,
        entry: Any,  # noqa: ANN401
        arrays: list[np.ndarray[Any, Any]],
        depth: int,
    ) -> Any:  # noqa: ANN401
        self._count()
        if entry is None or type(entry) in {bool, int, float}:
            return entry
        if type(entry) is str:
            return self._text(entry)
        if type(entry) is not dict or (depth < 1 and entry.keys() & HOLDERS):
            raise NotPlainError("not a value, or one too deep")
        match entry:
            case {"array": int(at)} if len(entry) == 1 and type(at) is int and 0 <= at < len(arrays):
                return arrays[at]
            case {"scalar": one} if len(entry) == 1:
                return self._scalar(one)
            case {"float": "nan" | "inf" | "-inf" as word} if len(entry) == 1:
                return float(word)
            case {"other": str(kind)} if len(entry) == 1:
                return _other(self._text(kind))
            case {"list": list(entries)} if len(entry) == 1:
                return [self.value(part, arrays, depth - 1) for part in entries]
            case {"tuple": list(entries)} if len(entry) == 1:
                return tuple(self.value(part, arrays, depth - 1) for part in entries)
            case {"dict": list(pairs)} if len(entry) == 1:
                return self._dict(pairs, arrays, depth)
            case {"record": str(kind), "fields": list(fields), **rest} if kind in RECORDS and not rest:
                return self._record(kind, fields, arrays, depth)
        raise NotPlainError("not a value")

    def _scalar(self, entry: Any) -> Any:  # noqa: ANN401
        array = self.array(entry)
        if array.shape != ():
            raise NotPlainError("not a number")
        return array[()]

    def _text(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            raise NotPlainError("too long a text")
        return text

    def _dict(self, pairs: list[Any], arrays: list[np.ndarray[Any, Any]], depth: int) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for pair in pairs:
            if type(pair) is not list or len(pair) != len(("key", "value")):
                raise NotPlainError("not a key and a value")
            key = self.value(pair[0], [], 0)
            if not isinstance(key, str | int | float | bool | Other | None) or key in made:
                raise NotPlainError("not a key")
            made[key] = self.value(pair[1], arrays, depth - 1)
        return made

    def _record(self, kind: str, fields: list[Any], arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:  # noqa: ANN401
        make: Any = RECORDS[kind]
        if len(fields) != len(make._fields):
            raise NotPlainError("not a named tuple")
        return make(*(self.value(part, arrays, depth - 1) for part in fields))

    def _count(self) -> None:
        self._values -= 1
        if self._values < 0:
            raise NotPlainError("too many values")
