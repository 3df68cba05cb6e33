"""``SubmissionKernel``: run a notebook's cells and call its functions, one request after the other."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.interface import CallReply
from bptt_instructor.grading.kernel.channel import Channel
from bptt_instructor.grading.kernel.shell import flush_streams, make_shell, text_of
from bptt_instructor.grading.kernel.streams import Outputs
from bptt_instructor.grading.protocol.frames import pack
from bptt_instructor.grading.protocol.messages import (
    CALL_REPLY,
    CALL_REQUEST,
    CELL_DONE,
    IDLE,
    READY,
    RUN_REQUEST,
    CallRequest,
    encode_reply,
    part_id,
)
from bptt_instructor.grading.protocol.serialize import known_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bptt_instructor.grading.checks.interface import KernelChecks


class SubmissionKernel:
    """Runs cells and calls functions on request of the grader, in one thread.

    Parameters
    ----------
    checks
        The course's checks inside the sandbox.
    record_types
        Named tuples that messages may hold.

    Attributes
    ----------
    shell
        IPython's shell, which has this as its ``kernel``.
    handlers
        Functions that serve a request, by message type.
    """

    channel: Channel

    def __init__(self, checks: KernelChecks, record_types: tuple[type, ...]) -> None:
        self.checks = checks
        self.record_types = record_types
        self.outputs = Outputs()
        self.shell: Any = make_shell(self.outputs)
        self.shell.kernel = self
        self.handlers: dict[str, Callable[[str, dict[str, Any]], None]] = {
            RUN_REQUEST: self.run_cells,
            CALL_REQUEST: self.call_functions,
        }

    def serve(self, fd: int, folder: str, max_message_bytes: int) -> None:
        """Serve requests in the forked process until the grader closes the socket.

        Parameters
        ----------
        fd
            File descriptor of the socket.
        folder
            Folder for temporary files, whose size is bounded.
        max_message_bytes
            Length of a message that the grader accepts.
        """
        self._max_message_bytes = max_message_bytes
        self.channel = Channel(fd, self.record_types, max_message_bytes)
        self.outputs.open(self.channel, folder)
        self.checks.ask = self.channel.ask
        self.channel.interrupts.install()
        self.send(READY, "", {})
        while request := self.channel.receive():
            # The answer to an interrupted question may come late.
            if "answer" in request:
                continue
            try:
                self.handlers[request["type"]](request["part"], request["content"])
            except Exception as error:  # noqa: BLE001 - the notebook's code can change everything here
                self.shell.showtraceback((type(error), error, error.__traceback__))
            self.send(IDLE, request["part"], {})

    def send(self, kind: str, part: str, content: dict[str, Any]) -> None:
        """Send a message about a part of a request."""
        self.channel.send(pack({"type": kind, "part": part, "content": content}))

    def get_parent(self) -> dict[str, Any]:
        """Return the request that is served, which ipywidgets asks for: here it has no header."""
        return {}

    def run_cells(self, request: str, content: dict[str, Any]) -> None:
        """Run cells; each one's outputs are followed by a message on how it ended."""
        for number, source in enumerate(content["cells"]):
            part = part_id(request, number)
            self.send(CELL_DONE, part, self.run_cell(part, source))

    def run_cell(self, part: str, source: str) -> dict[str, Any]:
        """Run a cell, and say how it ended."""
        shell, error, lines = self.shell, None, None
        try:
            with self._running(part):
                result = shell.run_cell(source, store_history=True)
                flush_streams()
            error = result.error_before_exec if result.error_before_exec is not None else result.error_in_exec
            failed = not result.success
            if not failed and shell._last_traceback_during_displayhook:  # noqa: SLF001 - ipykernel's
                error, failed = shell.shown_error, True
            lines = shell._last_traceback  # noqa: SLF001
        except BaseException as raised:  # noqa: BLE001 - from IPython's own code, or an interrupt just before or after
            error, failed = raised, True
        if self.channel.forked:
            os._exit(0)
        self.outputs.flush()
        done = {"status": "error" if failed else "ok", "execution_count": shell.execution_count - 1}
        if failed:
            done |= {"ename": type(error).__name__, "evalue": text_of(error) if error else "", "traceback": lines or []}
        return done

    def call_functions(self, request: str, content: dict[str, Any]) -> None:
        """Call functions of the notebook, and send a reply for each call.

        Replies prove nothing, because the notebook's code can change everything here. The judge compares them outside.
        """
        for number, call in enumerate(content["calls"]):
            asked = CallRequest.from_dict(call["request"], self.record_types)
            part = part_id(request, number)
            self.channel.known = known_arrays(asked.arguments)
            try:
                with self._running(part):
                    reply = call_function(self.checks, asked, self.shell.user_ns)
            except BaseException:  # noqa: BLE001 - an interrupt, or SystemExit: there are no more replies
                return
            finally:
                self.channel.known = {}
            if self.channel.forked:
                os._exit(0)
            frame = self._reply_frame(part, call["nonce"], reply)
            if len(frame) > self._max_message_bytes:
                reply = CallReply(error="ValueError", message="the result is too large to be sent")
                frame = self._reply_frame(part, call["nonce"], reply)
            self.channel.send(frame)

    def _reply_frame(self, part: str, nonce: str, reply: CallReply) -> bytes:
        content = {"nonce": nonce, "result": encode_reply(reply, self.record_types)}
        return pack({"type": CALL_REPLY, "part": part, "content": content})

    @contextmanager
    def _running(self, part: str) -> Iterator[None]:
        """Let the notebook's code run: it can be interrupted, has its streams, and may ask questions."""
        interrupts = self.channel.interrupts
        self.outputs.restore()
        self.outputs.part = part
        self.channel.allow_questions(allowed=True)
        interrupts.install()
        try:
            try:
                interrupts.allowed = True
                yield
            finally:
                interrupts.allowed = False
        finally:
            # Once more: an interrupt may have come just before.
            interrupts.allowed = False
            self.outputs.restore()
            self.channel.allow_questions(allowed=False)


def call_function(checks: KernelChecks, request: CallRequest, names: Mapping[str, Any]) -> CallReply:
    """Call the function that a request names.

    Parameters
    ----------
    checks
        The course's checks inside the sandbox, which make the call.
    request
        Function, arguments and stand-ins.
    names
        All names of the notebook, with their values.
    """
    function = names.get(request.function)
    if not callable(function):
        reason = "is not a function" if request.function in names else "is not defined"
        return CallReply(error="NameError", message=f"{request.function} {reason}")
    return checks.call(function, request.arguments, request.stand_ins)
