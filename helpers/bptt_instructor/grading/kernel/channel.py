"""``Channel``: the kernel's end of the socket to the grader."""

from __future__ import annotations

import builtins
import json
import os
import signal
import socket
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.protocol.frames import HEADER, pack
from bptt_instructor.grading.protocol.serialize import decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from bptt_instructor.grading.protocol.serialize import Known

CHUNK_BYTES = 1 << 16


class Interrupts:
    """SIGINT raises KeyboardInterrupt while the notebook's code runs, but never within a frame.

    As a context manager, it defers an interrupt of the main thread to the end of the block.

    Attributes
    ----------
    allowed
        Whether the notebook's code runs.
    """

    def __init__(self) -> None:
        self.allowed = False
        self._main_thread = threading.get_ident()
        self._depth = 0
        self._deferred = False

    def install(self) -> None:
        """Handle SIGINT, whatever handles it now."""
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, *_: object) -> None:
        if self._depth:
            self._deferred = True
        elif self.allowed:
            raise KeyboardInterrupt

    def __enter__(self) -> None:
        """Defer interrupts of the main thread."""
        if threading.get_ident() == self._main_thread:
            self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise the interrupt that has come."""
        if threading.get_ident() != self._main_thread:
            return
        self._depth -= 1
        if self._deferred and not self._depth:
            self._deferred = False
            self._handle()


class Channel:
    """Sends and receives frames, asks questions. Only the process that created it may use it: its forks send nothing.

    Parameters
    ----------
    fd
        File descriptor of the socket.
    record_types
        Named tuples that questions and answers may hold.
    max_question_bytes
        Length of a question that the grader accepts; it ends a kernel that sends more.

    Attributes
    ----------
    known
        Arrays that the grader has: those of the call that it has asked for. Questions name them by number.
    """

    def __init__(self, fd: int, record_types: Sequence[type], max_question_bytes: int) -> None:
        self.interrupts = Interrupts()
        self.known: Known = {}
        self._socket = socket.socket(fileno=fd)
        self._record_types = record_types
        self._max_question_bytes = max_question_bytes
        self._process = os.getpid()
        self._received = bytearray()
        self._to_send: deque[bytes] = deque()
        self._sending = False
        self._send_lock = threading.RLock()
        self._ask_lock = threading.RLock()
        self._question_open = False
        self._questions_allowed = False
        self._questions = 0

    @property
    def forked(self) -> bool:
        """Whether this is a fork of the kernel, made by the notebook's code."""
        return os.getpid() != self._process

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        if self.forked:
            return
        with self._send_lock, self.interrupts:
            self._to_send.append(frame)
            # A finalizer or signal handler of the notebook's may run, and print, while a frame is being sent.
            if self._sending:
                return
            self._sending = True
            try:
                while self._to_send:
                    self._socket.sendall(self._to_send.popleft())
            finally:
                self._sending = False

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next message; None when the other side has closed the socket."""
        while True:
            if len(self._received) >= HEADER.size:
                end = HEADER.size + HEADER.unpack_from(self._received)[0]
                if end <= len(self._received):
                    with self.interrupts:
                        data = bytes(self._received[HEADER.size : end])
                        del self._received[:end]
                    message: dict[str, Any] = json.loads(data)
                    return message
            # An interrupt may come while nothing is there, but not between receiving and keeping.
            self._socket.recv(1, socket.MSG_PEEK)
            with self.interrupts:
                data = self._socket.recv(CHUNK_BYTES)
                self._received += data
            if not data:
                return None

    def allow_questions(self, *, allowed: bool) -> None:
        """Allow questions, or wait for the answer to an open one and refuse further ones.

        They are allowed while a cell or a call runs: the grader waits for that, and the main thread does not receive.
        """
        with self._ask_lock:
            self._questions_allowed = allowed

    def ask(self, name: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - as the course has agreed
        """Ask the grader something, and wait for the answer; the grader takes time for it only now.

        The question is ``{"question": number, "name": str, "arguments": encoded tuple}``, and the answer
        ``{"answer": number, "result": encoded}`` or ``{"answer": number, "error": [class name, message]}``.

        Parameters
        ----------
        name
            What is asked for.
        arguments
            Arrays, named tuples and plain Python values.

        Raises
        ------
        AnswerError
            When the grader's answer is an error, unless its class is one of Python's own: then that.
        RuntimeError
            When nothing can be asked: in a fork, or between cells and calls.
        ValueError
            When the arguments are too large to be sent.
        """
        if self.forked:
            raise RuntimeError("A process that the notebook has started cannot ask the grader.")
        with self._ask_lock:
            if not self._questions_allowed or self._question_open:
                raise RuntimeError("The grader cannot be asked now.")
            self._question_open = True
            try:
                return self._ask(name, arguments)
            finally:
                self._question_open = False

    def _ask(self, name: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - see ask
        self._questions += 1
        number, encoded = self._questions, encode(tuple(arguments), self._record_types, self.known)
        frame = pack({"question": number, "name": name, "arguments": encoded})
        if len(frame) > self._max_question_bytes:
            raise ValueError("arrays as large as these cannot be sent to the grader")
        self.send(frame)
        answer = self.receive()
        # An earlier question may have been interrupted before its answer came.
        while answer and answer.get("answer") != number:
            answer = self.receive()
        if not answer:
            raise ConnectionError("The grader has gone.")
        if "error" in answer:
            kind, message = answer["error"]
            known = getattr(builtins, kind, None)
            if isinstance(known, type) and issubclass(known, Exception):
                raise known(message)
            raise AnswerError(f"{kind}: {message}")
        return decode(answer["result"], self._record_types)


class AnswerError(Exception):
    """The grader's answer to a question is an error; the message begins with the name of its class."""
