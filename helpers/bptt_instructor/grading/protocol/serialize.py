"""JSON serializer for arrays and named tuples; decoding treats input as hostile.

Whoever controls a kernel controls what it sends. So decoding checks every field, accepts a short list of types and
builds plain values only: nothing is unpickled, and no name is looked up.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
CONTAINERS = {"list", "tuple", "dict", "record"}
MAX_DEPTH = 8
MAX_VALUES = 20_000
MAX_AXES = 8
MAX_ARRAY_BYTES = 16_000_000
MAX_TEXT_CHARACTERS = 10_000


class DecodeError(ValueError):
    """A message is not encoded data, or exceeds a bound."""


def clean_text(text: str) -> str:
    """Return a text without lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


class Opaque:
    """Placeholder for a value that cannot be encoded; its class is named after the value's type."""


def encode(value: Any, record_types: Sequence[type] = ()) -> Any:  # noqa: ANN401 - walks anything
    """Encode arrays, numbers, text, dicts, lists, tuples and named tuples as JSON types.

    An array that occurs several times, such as the parameters in every cache, is encoded once.

    Parameters
    ----------
    value
        Any value. Of parts of other types, the name of the type is encoded.
    record_types
        Named tuples that may be encoded: those among the arguments of a course's functions.
    """
    encoder = _Encoder(record_types)
    return {"value": encoder.value(value, MAX_DEPTH), "arrays": encoder.arrays}


class _Encoder:
    """Encodes one message, and collects the arrays in it."""

    def __init__(self, record_types: Sequence[type]) -> None:
        self.arrays: list[dict[str, Any]] = []
        self._seen: dict[int, int] = {}
        self._record_types = frozenset(record_types)

    def value(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if value is None or type(value) in {bool, int, float, str}:
            return _encode_scalar(value)
        if isinstance(value, np.ndarray) and value.dtype.name in DTYPES and value.nbytes <= MAX_ARRAY_BYTES:
            if id(value) not in self._seen:
                self._seen[id(value)] = len(self.arrays)
                self.arrays.append(_encode_array(value))
            return {"array": self._seen[id(value)]}
        if isinstance(value, np.generic) and value.dtype.name in DTYPES:
            return {"scalar": _encode_array(np.asarray(value))}
        # The decoder rejects longer containers, and encoding one could take for ever.
        if depth and type(value) in {list, tuple, dict} and len(value) <= MAX_VALUES:
            return self._container(value, depth - 1)
        if depth and type(value) in self._record_types:
            return {"record": type(value).__name__, "fields": [self.value(entry, depth - 1) for entry in value]}
        return {"other": type(value).__name__[:MAX_TEXT_CHARACTERS]}

    def _container(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return {"dict": [[self.value(key, 0), self.value(entry, depth)] for key, entry in value.items()]}
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [self.value(entry, depth) for entry in value]}


def _encode_scalar(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, str):
        return clean_text(value[:MAX_TEXT_CHARACTERS])
    if type(value) is int and abs(value) >= 2**63:
        return {"other": "int"}
    return value


def _encode_array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    # A subclass may lie about its contents.
    plain = np.array(array, order="C", copy=True, subok=False)
    data = base64.b64encode(plain.tobytes()).decode("ascii")
    return {"dtype": plain.dtype.name, "shape": list(plain.shape), "data": data}


def decode(
    message: Any,  # noqa: ANN401 - anything
    record_types: Sequence[type] = (),
    max_bytes: int = MAX_ARRAY_BYTES,
) -> Any:  # noqa: ANN401
    """Decode what :func:`encode` made; anything else is an error.

    Parameters
    ----------
    message
        Anything that JSON can hold.
    record_types
        Named tuples that may be built.
    max_bytes
        Bound on all arrays together.

    Raises
    ------
    DecodeError
        When the message is anything else, too large, or nested too deep.
    """
    if not isinstance(message, dict) or message.keys() != {"value", "arrays"} or type(message["arrays"]) is not list:
        raise DecodeError("not a value with its arrays")
    decoder = _Decoder(record_types, max_bytes)
    arrays = [decoder.array(entry) for entry in message["arrays"]]
    return decoder.value(message["value"], arrays, MAX_DEPTH)


def _opaque(kind: str) -> Opaque:
    placeholder: Opaque = type(kind if kind.isidentifier() else "object", (Opaque,), {})()
    return placeholder


class _Decoder:
    """Decodes one message within the bounds on bytes and values."""

    def __init__(self, record_types: Sequence[type], max_bytes: int) -> None:
        self._record_types = {kind.__name__: kind for kind in record_types}
        self._bytes_left = max_bytes
        self._values_left = MAX_VALUES

    def array(self, entry: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data"}:
            raise DecodeError("not an array")
        kind, shape, data = entry["dtype"], entry["shape"], entry["data"]
        if kind not in DTYPES or type(data) is not str or type(shape) is not list or len(shape) > MAX_AXES:
            raise DecodeError("not an array of numbers")
        if any(type(size) is not int or not 0 <= size <= self._bytes_left for size in shape):
            raise DecodeError("not a shape")
        self._count_value()
        dtype = np.dtype(kind)
        size = math.prod(shape) * dtype.itemsize
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise DecodeError("too many numbers")
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise DecodeError("numbers that are not base64") from error
        if len(raw) != size:
            raise DecodeError("numbers that do not fill their shape")
        # A copy owns its memory and can be written; what frombuffer makes cannot.
        return np.frombuffer(raw, dtype).reshape(shape).copy()

    def value(  # noqa: C901, PLR0911 - one branch for each kind of value
        self,
        entry: Any,  # noqa: ANN401
        arrays: list[np.ndarray[Any, Any]],
        depth: int,
    ) -> Any:  # noqa: ANN401
        self._count_value()
        if entry is None or type(entry) in {bool, int, float}:
            return entry
        if type(entry) is str:
            return self._text(entry)
        if type(entry) is not dict or (depth < 1 and entry.keys() & CONTAINERS):
            raise DecodeError("not a value, or one too deep")
        match entry:
            case {"array": int(index)} if len(entry) == 1 and type(index) is int and 0 <= index < len(arrays):
                return arrays[index]
            case {"scalar": array} if len(entry) == 1:
                return self._scalar(array)
            case {"float": "nan" | "inf" | "-inf" as word} if len(entry) == 1:
                return float(word)
            case {"other": str(kind)} if len(entry) == 1:
                return _opaque(self._text(kind))
            case {"list": list(entries)} if len(entry) == 1:
                return [self.value(part, arrays, depth - 1) for part in entries]
            case {"tuple": list(entries)} if len(entry) == 1:
                return tuple(self.value(part, arrays, depth - 1) for part in entries)
            case {"dict": list(pairs)} if len(entry) == 1:
                return self._dict(pairs, arrays, depth)
            case {"record": str(kind), "fields": list(fields), **rest} if kind in self._record_types and not rest:
                return self._record(kind, fields, arrays, depth)
        raise DecodeError("not a value")

    def _scalar(self, entry: Any) -> Any:  # noqa: ANN401
        array = self.array(entry)
        if array.shape != ():
            raise DecodeError("not a number")
        return array[()]

    def _text(self, text: str) -> str:
        if len(text) > MAX_TEXT_CHARACTERS:
            raise DecodeError("too long a text")
        return clean_text(text)

    def _dict(self, pairs: list[Any], arrays: list[np.ndarray[Any, Any]], depth: int) -> dict[Any, Any]:
        decoded: dict[Any, Any] = {}
        for pair in pairs:
            if type(pair) is not list or len(pair) != len(("key", "value")):
                raise DecodeError("not a key and a value")
            key = self.value(pair[0], [], 0)
            if not isinstance(key, str | int | float | bool | Opaque | None) or key in decoded:
                raise DecodeError("not a key")
            decoded[key] = self.value(pair[1], arrays, depth - 1)
        return decoded

    def _record(self, kind: str, fields: list[Any], arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:  # noqa: ANN401
        make: Any = self._record_types[kind]
        if len(fields) != len(make._fields):
            raise DecodeError("not a named tuple")
        return make(*(self.value(part, arrays, depth - 1) for part in fields))

    def _count_value(self) -> None:
        self._values_left -= 1
        if self._values_left < 0:
            raise DecodeError("too many values")
