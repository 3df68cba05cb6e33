"""Run and call requests and replies, message types, channel names."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.protocol import CallReply
from bptt_instructor.grading.protocol.serialize import MAX_TEXT_CHARACTERS, DecodeError, decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bptt_instructor.grading.checks.protocol import Arguments

CHANNELS = ("shell", "iopub")
"""The kernel's sockets that the trusted side talks to: requests and replies, and outputs."""
RUN_REQUEST = "bptt_run_request"
CELL_DONE = "bptt_cell_done"
CALL_REQUEST = "bptt_call_request"
CALL_REPLY = "bptt_call_reply"
MAX_LINES = 50


@dataclass(frozen=True)
class CallRequest:
    """One call of a learner's function.

    Attributes
    ----------
    exercise
        The exercise that the function is for; its stand-ins take the place of earlier exercises' functions.
    function
        The name of the function in the notebook.
    arguments
        What it is called with, by name, in order.
    stand_ins
        The names of those stand-ins that are used.
    stubs
        Whether to take, in their place, ones that cost nothing and mean nothing.
    """

    exercise: str
    function: str
    arguments: Arguments
    stand_ins: tuple[str, ...] = ()
    stubs: bool = False

    def as_dict(self, record_types: Sequence[type]) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "exercise": self.exercise,
            "function": self.function,
            "arguments": encode(self.arguments, record_types),
            "stand_ins": list(self.stand_ins),
            "stubs": self.stubs,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], record_types: Sequence[type]) -> CallRequest:
        """Read what :meth:`as_dict` made; in the kernel, which trusts the judge."""
        arguments, stand_ins = decode(data["arguments"], record_types), tuple(data["stand_ins"])
        return cls(data["exercise"], data["function"], arguments, stand_ins, data["stubs"])


def encode_reply(result: CallReply, record_types: Sequence[type]) -> dict[str, Any]:
    """Return what a call did as plain JSON types; in the kernel."""
    data = {name: getattr(result, name) for name in _FIELDS}
    for name in _TEXTS:
        data[name] = _short(data[name])
    for name in _LISTS:
        data[name] = [_short(entry) for entry in data[name][:MAX_LINES]]
    return data | {"axes": list(result.axes[:MAX_LINES]), "result": encode(result.result, record_types)}


def _short(text: str) -> str:
    return text[:MAX_TEXT_CHARACTERS].encode("utf-8", "replace").decode()


def decode_reply(data: Any, record_types: Sequence[type], max_bytes: int) -> CallReply:  # noqa: ANN401 - anything
    """Read what a kernel sent in place of :func:`encode_reply`'s work.

    Raises
    ------
    DecodeError
        When it is not the result of a call.
    """
    if type(data) is not dict or data.keys() != set(_FIELDS):
        raise DecodeError("not an answer")
    for name in _TEXTS:
        if type(data[name]) is not str or len(data[name]) > MAX_TEXT_CHARACTERS:
            raise DecodeError(f"{name} is not a text")
    for name in (*_LISTS, "axes"):
        kind = int if name == "axes" else str
        entries = data[name]
        if type(entries) is not list or len(entries) > MAX_LINES or any(type(entry) is not kind for entry in entries):
            raise DecodeError(f"{name} is not a list")
        if kind is str and any(len(entry) > MAX_TEXT_CHARACTERS for entry in entries):
            raise DecodeError(f"{name} is too long")
    lists = {name: tuple(data[name]) for name in (*_LISTS, "axes")}
    return CallReply(**{**data, **lists, "result": decode(data["result"], record_types, max_bytes)})


def part_id(request: str, number: int) -> str:
    """Name one of the cells or calls that came with a message, as messages about it do."""
    return f"{request}/{number}"


_FIELDS = tuple(field.name for field in fields(CallReply))
_TEXTS = ("error", "message", "at_line", "printed", "origin")
_LISTS = ("warned", "changed", "reads", "own")
