"""Session that truncates long messages."""

from __future__ import annotations

from typing import Any

from jupyter_client.session import Session

from bptt_instructor.grading.protocol.messages import CALL_REPLY

MAX_MESSAGE_CHARACTERS = 1_200_000
"""JSON takes up to six bytes for one: together they stay below the client's bound on a message, 8 MB."""


class TruncatingSession(Session):
    """Jupyter's Session, which truncates the texts of a message where they are too long together.

    The client closes the connection on a longer message, so a learner who prints a large array would lose the rest of
    the notebook. Whoever circumvents this class does lose it.
    """

    def serialize(self, msg: dict[str, Any], ident: Any = None) -> list[bytes]:  # noqa: ANN401 - as in Session
        """Serialize one message; replies to calls have bounds of their own."""
        if msg["header"]["msg_type"] != CALL_REPLY:
            msg = {**msg, "content": _Truncator().value(msg["content"])}
        return super().serialize(msg, ident)

    def send(self, stream: Any, msg_or_type: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in Session
        """Send one message without the binary buffers of widgets, which nobody displays."""
        return super().send(stream, msg_or_type, *args, **{**kwargs, "buffers": None})


class _Truncator:
    """Copies JSON types, truncating texts once they are too long together."""

    def __init__(self) -> None:
        self._characters_left = MAX_MESSAGE_CHARACTERS

    def value(self, value: Any) -> Any:  # noqa: ANN401 - walks anything
        if isinstance(value, str):
            kept = value[: self._characters_left]
            self._characters_left -= len(kept)
            return kept
        if isinstance(value, dict):
            return {key: self.value(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(entry) for entry in value]
        return value
