"""JSON serializer for arrays and named tuples; decoding treats input as hostile.

Whoever controls a kernel controls what it sends. So decoding checks every field, accepts a short list of types and
builds plain values only: nothing is unpickled, and no name is looked up.
"""

from __future__ import annotations

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
# Made once, since a submission's messages hold some ten thousand values.
_DTYPE_OF_NAME = {name: np.dtype(name) for name in DTYPES}
_NAME_OF_DTYPE = {dtype: name for name, dtype in _DTYPE_OF_NAME.items()}
_SCALARS = frozenset({bool, int, float, str})
_NUMBERS = frozenset({bool, int, float})
_SEQUENCES = frozenset({list, tuple, dict})
_ARRAY_KEYS = frozenset({"dtype", "shape", "data"})
_RECORD_KEYS = frozenset({"record", "fields"})
MAX_DEPTH = 8
MAX_VALUES = 20_000
MAX_AXES = 8
MAX_ARRAY_BYTES = 16_000_000
MAX_TEXT_CHARACTERS = 10_000
KEY_BYTES = 64
"""Beginning of an array by which it is looked up."""

Known = dict[tuple[str, tuple[int, ...], bytes], tuple[bytes, int]]
"""Content and number of arrays that the other side has, by kind, shape and beginning."""


class DecodeError(ValueError):
    """A message is not encoded data, or exceeds a bound."""


def clean_text(text: str) -> str:
    """Return a text without lone surrogates, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Opaque:
    """Placeholder for a value that cannot be encoded; its class is named after the value's type."""


def encode(value: Any, record_types: Sequence[type] = (), known: Known | None = None) -> Any:  # noqa: ANN401 - walks anything
    """Encode arrays, numbers, text, dicts, lists, tuples and named tuples as JSON types.

    An array that occurs several times, such as the parameters in every cache, is encoded once.

    Parameters
    ----------
    value
        Any value. Of parts of other types, the name of the type is encoded.
    record_types
        Named tuples that may be encoded: those among the arguments of a course's functions.
    known
        From :func:`known_arrays`: an array with the content of one of these is encoded as its number.
    """
    encoder = _Encoder(record_types, known or {})
    return {"value": encoder.value(value, MAX_DEPTH), "arrays": encoder.arrays}


def arrays_in(value: Any) -> list[np.ndarray[Any, Any]]:  # noqa: ANN401 - walks anything
    """List the arrays in a value, in an order that what :func:`decode` makes of it has, too."""
    found: dict[int, np.ndarray[Any, Any]] = {}

    def walk(part: Any) -> None:  # noqa: ANN401
        if isinstance(part, np.ndarray):
            found.setdefault(id(part), part)
        elif isinstance(part, dict | list | tuple):
            for entry in part.values() if isinstance(part, dict) else part:
                walk(entry)

    walk(value)
    return list(found.values())


def known_arrays(value: Any) -> Known:  # noqa: ANN401 - walks anything
    """Return the arrays in a value that the other side has, too, for :func:`encode`."""
    known: Known = {}
    for number, array in enumerate(arrays_in(value)):
        data = array.tobytes()
        known.setdefault((_NAME_OF_DTYPE.get(array.dtype, ""), array.shape, data[:KEY_BYTES]), (data, number))
    return known


class _Encoder:
    """Encodes one message, and collects the arrays in it."""

    def __init__(self, record_types: Sequence[type], known: Known) -> None:
        self.arrays: list[dict[str, Any]] = []
        self._known = known
        self._seen: dict[int, int] = {}
        self._record_types = frozenset(record_types)

    def value(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        kind = type(value)
        if value is None or kind in _SCALARS:
            return _encode_scalar(value)
        if isinstance(value, np.ndarray) and value.dtype in _NAME_OF_DTYPE and value.nbytes <= MAX_ARRAY_BYTES:
            number = self._seen.get(id(value))
            if number is None:
                number = self._seen[id(value)] = len(self.arrays)
                self.arrays.append(_encode_array(value, self._known))
            return {"array": number}
        if isinstance(value, np.generic) and value.dtype in _NAME_OF_DTYPE:
            return {"scalar": _encode_array(np.asarray(value))}
        # The decoder rejects longer containers, and encoding one could take for ever.
        if depth and kind in _SEQUENCES and len(value) <= MAX_VALUES:
            return self._container(value, depth - 1)
        if depth and kind in self._record_types:
            return {"record": kind.__name__, "fields": [self.value(entry, depth - 1) for entry in value]}
        return {"other": kind.__name__[:MAX_TEXT_CHARACTERS]}

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


def _encode_array(array: np.ndarray[Any, Any], known: Known | None = None) -> dict[str, Any]:
    # A subclass may lie about its contents.
    plain = array if type(array) is np.ndarray else np.array(array, order="C", copy=True, subok=False)
    kind, shape, data = _NAME_OF_DTYPE[plain.dtype], plain.shape, plain.tobytes()
    same = known.get((kind, shape, data[:KEY_BYTES])) if known else None
    if same and same[0] == data:
        return {"known": same[1]}
    return {"dtype": kind, "shape": list(shape), "data": binascii.b2a_base64(data, newline=False).decode("ascii")}


def decode(
    message: Any,  # noqa: ANN401 - anything
    record_types: Sequence[type] = (),
    max_bytes: int = MAX_ARRAY_BYTES,
    known: Sequence[np.ndarray[Any, Any]] = (),
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
    known
        Arrays that a message can name by number; they are not copied.

    Raises
    ------
    DecodeError
        When the message is anything else, too large, or nested too deep.
    """
    if not isinstance(message, dict) or message.keys() != {"value", "arrays"} or type(message["arrays"]) is not list:
        raise DecodeError("not a value with its arrays")
    decoder = _Decoder(record_types, max_bytes, known)
    arrays = [decoder.array(entry) for entry in message["arrays"]]
    return decoder.value(message["value"], arrays, MAX_DEPTH)


def _opaque(kind: str) -> Opaque:
    placeholder: Opaque = type(kind if kind.isidentifier() else "object", (Opaque,), {})()
    return placeholder


class _Decoder:
    """Decodes one message within the bounds on bytes and values."""

    def __init__(
        self, record_types: Sequence[type], max_bytes: int, known: Sequence[np.ndarray[Any, Any]] = ()
    ) -> None:
        self._record_types = {kind.__name__: kind for kind in record_types}
        self._known = known
        self._bytes_left = max_bytes
        self._values_left = MAX_VALUES

    def array(self, entry: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        if type(entry) is not dict:
            raise DecodeError("not an array")
        if entry.keys() == {"known"}:
            return self._known_array(entry["known"])
        if entry.keys() != _ARRAY_KEYS:
            raise DecodeError("not an array")
        kind, shape, data = entry["dtype"], entry["shape"], entry["data"]
        dtype = _DTYPE_OF_NAME.get(kind) if type(kind) is str else None
        if dtype is None or type(data) is not str or type(shape) is not list or len(shape) > MAX_AXES:
            raise DecodeError("not an array of numbers")
        length = dtype.itemsize
        for size in shape:
            if type(size) is not int or not 0 <= size <= self._bytes_left:
                raise DecodeError("not a shape")
            length *= size
        self._count_value()
        self._bytes_left -= length
        if self._bytes_left < 0:
            raise DecodeError("too many numbers")
        try:
            raw = binascii.a2b_base64(data, strict_mode=True)
        except ValueError as error:
            raise DecodeError("numbers that are not base64") from error
        if len(raw) != length:
            raise DecodeError("numbers that do not fill their shape")
        # A copy owns its memory and can be written; what frombuffer makes cannot.
        return np.frombuffer(raw, dtype).reshape(shape).copy()

    def _known_array(self, number: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        self._count_value()
        if type(number) is not int or not 0 <= number < len(self._known):
            raise DecodeError("not the number of an array")
        return self._known[number]

    def value(  # noqa: C901, PLR0911 - one branch for each kind of value
        self,
        entry: Any,  # noqa: ANN401
        arrays: list[np.ndarray[Any, Any]],
        depth: int,
    ) -> Any:  # noqa: ANN401
        self._count_value()
        if entry is None or type(entry) in _NUMBERS:
            return entry
        if type(entry) is str:
            return self._text(entry)
        if type(entry) is not dict or (depth < 1 and entry.keys() & CONTAINERS):
            raise DecodeError("not a value, or one too deep")
        if len(entry) == 1:
            ((kind, content),) = entry.items()
            if kind == "array" and type(content) is int and 0 <= content < len(arrays):
                return arrays[content]
            if kind == "list" and type(content) is list:
                return [self.value(part, arrays, depth - 1) for part in content]
            if kind == "tuple" and type(content) is list:
                return tuple(self.value(part, arrays, depth - 1) for part in content)
            if kind == "dict" and type(content) is list:
                return self._dict(content, arrays, depth)
            if kind == "scalar":
                return self._scalar(content)
            if kind == "float" and content in ("nan", "inf", "-inf"):
                return float(content)
            if kind == "other" and type(content) is str:
                return _opaque(self._text(content))
        elif entry.keys() == _RECORD_KEYS and type(entry["fields"]) is list:
            return self._record(entry["record"], entry["fields"], arrays, depth)
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

    def _record(self, kind: Any, fields: list[Any], arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:  # noqa: ANN401
        make: Any = self._record_types.get(kind) if type(kind) is str else None
        if make is None or len(fields) != len(make._fields):
            raise DecodeError("not a named tuple")
        return make(*(self.value(part, arrays, depth - 1) for part in fields))

    def _count_value(self) -> None:
        self._values_left -= 1
        if self._values_left < 0:
            raise DecodeError("too many values")
