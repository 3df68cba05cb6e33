"""Messages that are never too long for whoever reads them."""

from __future__ import annotations

from typing import Any

from jupyter_client.session import Session

from bptt_instructor.grading.protocol.messages import CALL_REPLY

MOST_CHARACTERS = 1_200_000
"""In one message. JSON takes up to six bytes for one: together they stay below what the other side takes, 8 MB."""


class TruncatingSession(Session):
    """Writes a kernel's messages, and cuts their texts where they get too long together.

    The other side hangs up on a message that is longer than it allows. An honest learner who prints a large array would
    lose the rest of the notebook by it. Whoever goes round this class does lose it.
    """

    def serialize(self, msg: dict[str, Any], ident: Any = None) -> list[bytes]:  # noqa: ANN401 - as it is there
        """Write one message."""
        if msg["header"]["msg_type"] != CALL_REPLY:
            msg = {**msg, "content": _Cut().value(msg["content"])}
        return super().serialize(msg, ident)

    def send(self, stream: Any, msg_or_type: Any, *given: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is there
        """Send one message, without the arrays that widgets put beside it: nobody is there to look at them."""
        return super().send(stream, msg_or_type, *given, **{**options, "buffers": None})


class _Cut:
    """Copies what JSON can hold, with texts cut once they are too long together."""

    def __init__(self) -> None:
        self._left = MOST_CHARACTERS

    def value(self, value: Any) -> Any:  # noqa: ANN401 - walks anything
        if isinstance(value, str):
            kept = value[: self._left]
            self._left -= len(kept)
            return kept
        if isinstance(value, dict):
            return {key: self.value(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(entry) for entry in value]
        return value
