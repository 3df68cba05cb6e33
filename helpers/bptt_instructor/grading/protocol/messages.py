"""Run and call requests and replies, message types."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.interface import CallReply
from bptt_instructor.grading.protocol.serialize import (
    MAX_TEXT_CHARACTERS,
    DecodeError,
    arrays_in,
    clean_text,
    decode,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from bptt_instructor.grading.checks.interface import Arguments

READY = "ready"
"""First message of a kernel."""
RUN_REQUEST = "run_request"
CELL_DONE = "cell_done"
CALL_REQUEST = "call_request"
CALL_REPLY = "call_reply"
IDLE = "idle"
"""Message types: run cells, one cell has ended, call functions, one call has ended, the request as a whole has ended.

A message is an object with ``type``, ``part`` (the cell or call that it is about, or the request) and ``content``. A
question of the kernel's, and the answer, are objects of another form: see
:meth:`bptt_instructor.grading.kernel.channel.Channel.ask`.
"""

MAX_ENTRIES = 50
"""Of each list in a reply."""


@dataclass(frozen=True)
class CallRequest:
    """Request to call a learner's function once.

    Attributes
    ----------
    exercise
        Name of the exercise; its stand-ins replace earlier exercises' functions.
    function
        Name of the function in the notebook.
    arguments
        Arguments by name, in order.
    stand_ins
        Names of the stand-ins to use.
    """

    exercise: str
    function: str
    arguments: Arguments
    stand_ins: tuple[str, ...] = ()

    @cached_property
    def arrays(self) -> list[np.ndarray[Any, Any]]:
        """All arrays in the arguments, which a question about the call can name by number."""
        return arrays_in(self.arguments)

    def as_dict(self, record_types: Sequence[type]) -> dict[str, Any]:
        """Return the request as plain JSON types."""
        return {
            "exercise": self.exercise,
            "function": self.function,
            "arguments": encode(self.arguments, record_types),
            "stand_ins": list(self.stand_ins),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], record_types: Sequence[type]) -> CallRequest:
        """Rebuild a request from :meth:`as_dict`; the kernel trusts the judge, who sent it."""
        arguments, stand_ins = decode(data["arguments"], record_types), tuple(data["stand_ins"])
        return cls(data["exercise"], data["function"], arguments, stand_ins)


def encode_reply(reply: CallReply, record_types: Sequence[type]) -> dict[str, Any]:
    """Return a reply as plain JSON types, within the bounds that :func:`decode_reply` checks."""
    data = {name: getattr(reply, name) for name in _REPLY_FIELDS}
    for name in _TEXT_FIELDS:
        data[name] = _truncated(data[name])
    for name in _TEXT_LIST_FIELDS:
        data[name] = [_truncated(entry) for entry in data[name][:MAX_ENTRIES]]
    return data | {"axes": list(reply.axes[:MAX_ENTRIES]), "result": encode(reply.result, record_types)}


def _truncated(text: str) -> str:
    return clean_text(text[:MAX_TEXT_CHARACTERS])


def decode_reply(data: Any, record_types: Sequence[type], max_bytes: int) -> CallReply:  # noqa: ANN401 - anything
    """Decode the reply to a call; the kernel may have sent anything, so every field is checked.

    Parameters
    ----------
    data
        What the kernel sent.
    record_types
        Named tuples that the result may hold.
    max_bytes
        Bound on all arrays of the result together.

    Raises
    ------
    DecodeError
        When it is not what :func:`encode_reply` makes.
    """
    if type(data) is not dict or data.keys() != set(_REPLY_FIELDS):
        raise DecodeError("not an answer")
    for name in _TEXT_FIELDS:
        if type(data[name]) is not str or len(data[name]) > MAX_TEXT_CHARACTERS:
            raise DecodeError(f"{name} is not a text")
    for name in (*_TEXT_LIST_FIELDS, "axes"):
        kind = int if name == "axes" else str
        entries = data[name]
        if type(entries) is not list or len(entries) > MAX_ENTRIES or any(type(entry) is not kind for entry in entries):
            raise DecodeError(f"{name} is not a list")
        if kind is str and any(len(entry) > MAX_TEXT_CHARACTERS for entry in entries):
            raise DecodeError(f"{name} is too long")
    texts = {name: clean_text(data[name]) for name in _TEXT_FIELDS}
    lists = {name: tuple(map(clean_text, data[name])) for name in _TEXT_LIST_FIELDS} | {"axes": tuple(data["axes"])}
    return CallReply(**{**texts, **lists, "result": decode(data["result"], record_types, max_bytes)})


def part_id(request: str, number: int) -> str:
    """Return the id of one cell or call of a request; messages about it have this id as their ``part``."""
    return f"{request}/{number}"


_REPLY_FIELDS = tuple(field.name for field in fields(CallReply) if field.name != "calls")
_TEXT_FIELDS = ("error", "message", "at_line", "advice", "printed", "origin")
_TEXT_LIST_FIELDS = ("warned", "changed", "reads", "own")
