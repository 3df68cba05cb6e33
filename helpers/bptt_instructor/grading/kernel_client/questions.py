"""``Answers``: answer questions that the course's code asks from inside a kernel; a kernel may ask anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.protocol.frames import pack
from bptt_instructor.grading.protocol.messages import CallRequest
from bptt_instructor.grading.protocol.serialize import MAX_TEXT_CHARACTERS, decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

Answer = Callable[[str, tuple[Any, ...], CallRequest | None], Any]
"""Answers a question: its name, its arguments, and the call that is being served; None while cells run."""

MAX_QUESTIONS = 20_000
"""Of one kernel."""
MAX_QUESTIONS_BYTES = 200_000_000
"""Of all questions of one kernel together."""
MAX_ANSWER_SECONDS = 60.0
"""CPU time of all answers to one kernel together."""


def refuse(name: str, _arguments: tuple[Any, ...], _call: CallRequest | None) -> Any:  # noqa: ANN401 - never returns
    """Answer no question.

    Raises
    ------
    LookupError
        Always.
    """
    raise LookupError(f"nobody answers {name!r}")


class Answers:
    """Answers the questions of one kernel.

    Parameters
    ----------
    answer
        Answers one; what it raises is the answer.
    record_types
        Named tuples that questions and answers may hold.
    max_bytes
        Bound on the arrays of a question together, and on an answer.
    """

    def __init__(self, answer: Answer, record_types: Sequence[type], max_bytes: int) -> None:
        self._answer = answer
        self._record_types = record_types
        self._max_bytes = max_bytes
        self._questions_left = MAX_QUESTIONS
        self._bytes_left = MAX_QUESTIONS_BYTES
        self._seconds_left = MAX_ANSWER_SECONDS

    @property
    def exhausted(self) -> bool:
        """Whether a bound has been reached, and all further answers are errors."""
        return self._questions_left <= 0 or self._bytes_left <= 0 or self._seconds_left <= 0

    def reply(self, message: dict[str, Any], size: int, call: CallRequest | None) -> bytes:
        """Answer a question, and return the frame to send.

        Parameters
        ----------
        message
            What the kernel has sent, with a ``question``; all else may be anything.
        size
            Its length in bytes.
        call
            The call that is being served.
        """
        number = message["question"] if type(message["question"]) is int else 0
        began = time.thread_time()
        self._bytes_left -= size
        try:
            frame = pack({"answer": number, "result": self._result(message, call)})
            if len(frame) > self._max_bytes:
                raise ValueError("the answer is too large")  # noqa: TRY301 - is an answer like any other error
        except Exception as error:  # noqa: BLE001 - whatever the course raises
            frame = pack({"answer": number, "error": [type(error).__name__, str(error)[:MAX_TEXT_CHARACTERS]]})
        self._seconds_left -= time.thread_time() - began
        return frame

    def _result(self, message: dict[str, Any], call: CallRequest | None) -> Any:  # noqa: ANN401
        if self.exhausted:
            raise PermissionError("too many questions, or too expensive ones")
        self._questions_left -= 1
        arguments = decode(message.get("arguments"), self._record_types, self._max_bytes, call.arrays if call else ())
        name = message.get("name")
        if type(name) is not str or type(arguments) is not tuple:
            raise TypeError("not a question")
        return encode(self._answer(name, arguments, call), self._record_types)
