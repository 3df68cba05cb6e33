"""``KernelClient``: run cells and call functions under limits; the kernel may send anything."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.session import DELIM, Session, json_unpacker

from bptt_instructor.grading.kernel_client.outputs import OutputCollector, error_from_message, error_output
from bptt_instructor.grading.protocol.messages import (
    CALL_REPLY,
    CALL_REQUEST,
    CELL_DONE,
    RUN_REQUEST,
    CallRequest,
    decode_reply,
    part_id,
)
from bptt_instructor.grading.protocol.serialize import DecodeError
from bptt_instructor.grading.sandbox.process_tree import ProcessTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.interface import CallReply
    from bptt_instructor.grading.kernel_client.zygote_process import ForkedKernel
    from bptt_instructor.grading.limits import Limits

WELCOME_SECONDS = 20.0
"""How long a new kernel may take to connect."""
POLL_SECONDS = 0.25
"""Interval between checks of a kernel's memory."""
GRACE_SECONDS = 4.0
"""How long an interrupted cell or call may take to stop."""


class EndReason(StrEnum):
    """Why a kernel has ended."""

    EXITED = "Python stopped"
    MEMORY = "it used too much memory"
    TIME = "it ran for too long and could not be interrupted"
    NOTEBOOK_TIME = "the notebook as a whole ran for too long"
    OUTPUT = "it wrote too much output"


@dataclass(frozen=True)
class CellRun:
    """How one cell ran, or that it did not.

    Attributes
    ----------
    outputs
        As they go into the notebook.
    count
        Execution count; None when the cell did not run.
    failed
        Whether it raised an error, was stopped, or did not run.
    timed_out
        Whether it was stopped after ``cell_seconds``.
    """

    outputs: list[NotebookNode]
    count: int | None
    failed: bool
    timed_out: bool = False


class NoReplyError(Exception):
    """A call got no reply, or not a valid one.

    Parameters
    ----------
    reason
        In words.
    late
        Whether the function was stopped after ``answer_seconds``.
    forged
        Whether the notebook's code has sent the reply: the kernel's own code never sends such a one.
    """

    def __init__(self, reason: str, *, late: bool = False, forged: bool = False) -> None:
        super().__init__(reason)
        self.late = late
        self.forged = forged


class KernelClient:
    """Client of one kernel; whatever the kernel does, only :meth:`call` and :meth:`call_all` raise an error.

    Parameters
    ----------
    forked
        The kernel's process and sockets.
    limits
        Its resource bounds.
    record_types
        Named tuples that may be sent to the kernel and come back.
    context
        ZeroMQ context.

    Attributes
    ----------
    ended
        Why the kernel has ended; None while it runs.
    unrequested_replies
        How many replies came for calls that had not been made, or had a reply already.
    """

    def __init__(
        self,
        forked: ForkedKernel,
        limits: Limits,
        record_types: Sequence[type],
        context: zmq.Context[zmq.Socket[bytes]],
    ) -> None:
        self.ended: EndReason | None = None
        self.unrequested_replies = 0
        self._expected_replies: set[str] = set()
        self._limits = limits
        self._record_types = record_types
        self._processes = ProcessTree(forked.pidfd)
        self._grace = min(GRACE_SECONDS, limits.cell_seconds)
        self._session = Session(key=b"-")
        # Removed only now: a session that begins without a key warns. Nobody else may enter the folder of the sockets.
        self._session.key = b""
        self._bytes_read = 0
        self._notebook_deadline = time.monotonic() + limits.notebook_seconds
        self._shell = context.socket(zmq.DEALER)
        self._iopub = context.socket(zmq.SUB)
        self._poller = zmq.Poller()
        for channel, name in ((self._shell, "shell"), (self._iopub, "iopub")):
            channel.linger = 0
            channel.maxmsgsize = limits.message_bytes
            # No high-water mark: ZeroMQ drops messages without a word. Bytes are counted instead.
            channel.rcvhwm = 0
            self._poller.register(channel, zmq.POLLIN)
            if channel is self._iopub:
                channel.subscribe(b"")
            channel.connect(f"ipc://{forked.folder}/{name}")
        self._poller.register(self._processes.pidfd, zmq.POLLIN)
        self._wait_for_welcome()

    def run(self, source: str) -> CellRun:
        """Run one cell."""
        (run,) = self.run_all([source])
        return run

    def run_all(self, sources: Sequence[str]) -> list[CellRun]:
        """Run several cells in order; one that fails does not stop the rest."""
        runs: list[CellRun] = []
        while len(runs) < len(sources) and not self.ended:
            # One message for all: a message takes longer than most cells.
            # Lone surrogates, which a notebook file can hold, cannot be sent.
            cells = [source.encode("utf-8", "replace").decode() for source in sources[len(runs) :]]
            request, first = self._send(RUN_REQUEST, {"cells": cells}), len(runs)
            for number in range(len(sources) - first):
                pending = _PendingReply(part_id(request, number), request, CELL_DONE)
                runs.append(self._run(pending))
                if self.ended or pending.cut_short:
                    break
        return runs + [self._skipped_run()] * (len(sources) - len(runs))

    def _run(self, pending: _PendingReply) -> CellRun:
        outputs = OutputCollector(self._limits.cell_output_bytes)
        # When the kernel has ended, another limit was the reason.
        timed_out = not self._wait_for(pending, outputs, self._limits.cell_seconds) and not self.ended
        if timed_out:
            self._processes.interrupt()
            if not self._wait_for(pending, outputs, self._grace):
                self._end(EndReason.TIME)
        return self._cell_run(pending, outputs, timed_out=timed_out)

    def call(self, call: CallRequest) -> CallReply:
        """Call a function of the notebook; see :meth:`call_all`."""
        (reply,) = self.call_all([call])
        return reply

    def call_all(self, calls: Sequence[CallRequest]) -> list[CallReply]:
        """Call functions of the notebook; return a reply to each call.

        Parameters
        ----------
        calls
            Functions and their arguments.

        Raises
        ------
        NoReplyError
            When one of the calls gets no reply, or not a valid one.
        """
        if self.ended:
            raise NoReplyError(self.ended.value)
        nonces = [secrets.token_hex(16) for _ in calls]
        parts = [
            {"nonce": nonce, "request": call.as_dict(self._record_types)}
            for nonce, call in zip(nonces, calls, strict=True)
        ]
        request = self._send(CALL_REQUEST, {"calls": parts})
        self._expected_replies |= {part_id(request, number) for number in range(len(parts))}
        return [self._reply(request, number, nonce) for number, nonce in enumerate(nonces)]

    def _reply(self, request: str, number: int, nonce: str) -> CallReply:
        pending = _PendingReply(part_id(request, number), request, CALL_REPLY)
        if not self._wait_for(pending, None, self._limits.answer_seconds):
            if not self.ended:
                self._processes.interrupt()
                # The remaining calls of the request have to end, too: nothing but its end is awaited here.
                if not self._wait_for(_PendingReply(request, request, CALL_REPLY), None, self._grace):
                    self._end(EndReason.TIME)
            if self.ended and self.ended is not EndReason.TIME:
                raise NoReplyError(self.ended.value)
            raise NoReplyError("it took too long and was stopped", late=True)
        content = pending.reply
        if pending.cut_short:
            raise NoReplyError("it did not come back with anything")
        if type(content) is not dict or content.keys() != {"nonce", "result"} or content["nonce"] != nonce:
            raise NoReplyError("something else was sent in its place", forged=True)
        try:
            return decode_reply(content["result"], self._record_types, self._limits.message_bytes)
        except DecodeError as error:
            # The kernel's own code sends valid replies, but a learner's result may be too large or have odd keys.
            forged = not str(error).startswith(("too ", "not a key"))
            raise NoReplyError(f"what it returned cannot be read: {error}", forged=forged) from error

    def cpu_seconds(self) -> float:
        """Return the CPU time that the kernel's processes have used so far, measured from outside."""
        return self._processes.cpu_seconds()

    def kill_children(self) -> None:
        """Kill all processes that the notebook has started."""
        self._processes.kill_children()

    def close(self) -> None:
        """Kill the kernel and all its processes, and close the sockets."""
        self._processes.close()
        for channel in (self._shell, self._iopub):
            channel.close()

    def _wait_for_welcome(self) -> None:
        if not self._wait_for(_PendingReply("", "", IOPUB_WELCOME), None, WELCOME_SECONDS):
            self._end(EndReason.EXITED)

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        message: Any = self._session.send(self._shell, kind, content)
        return str(message["header"]["msg_id"])

    def _wait_for(self, pending: _PendingReply, outputs: OutputCollector | None, seconds: float) -> bool:
        """Read messages until a reply is there, or will not come; return False when time is up or the kernel ends."""
        deadline = time.monotonic() + seconds
        next_check = time.monotonic() + POLL_SECONDS
        while not pending.done:
            now = time.monotonic()
            if now >= self._notebook_deadline:
                self._end(EndReason.NOTEBOOK_TIME)
            if self.ended or now >= deadline:
                return False
            if now >= next_check:
                next_check = now + POLL_SECONDS
                if self._processes.memory_bytes(self._limits.memory_bytes) > self._limits.memory_bytes:
                    self._end(EndReason.MEMORY)
                    return False
            wait = max(0.0, min(deadline, next_check, self._notebook_deadline) - now)
            ready = [channel for channel, _ in self._poller.poll(int(wait * 1000) + 1)]
            # Messages that the kernel sent before it ended still count.
            for channel in (self._iopub, self._shell):
                if channel in ready:
                    self._read_messages(channel, pending, outputs)
            if ready == [self._processes.pidfd]:
                self._end(EndReason.EXITED)
        return True

    def _read_messages(
        self, channel: zmq.Socket[bytes], pending: _PendingReply, outputs: OutputCollector | None
    ) -> None:
        """Read the messages that have arrived, but not so many at once that limits are checked too late."""
        with suppress(zmq.Again):
            for _ in range(MAX_MESSAGES_AT_ONCE):
                frames: Any = channel.recv_multipart(zmq.NOBLOCK)
                size = sum(map(len, frames))
                self._bytes_read += size
                if self._bytes_read > self._limits.output_bytes:
                    self._end(EndReason.OUTPUT)
                    return
                self._handle(frames, size, pending, outputs)
                if pending.done:
                    return

    def _handle(self, frames: list[bytes], size: int, pending: _PendingReply, outputs: OutputCollector | None) -> None:
        if outputs and outputs.full and not frames[0].endswith(FINAL_TOPICS):
            return
        # A malformed message is the kernel's doing, and counts as not sent.
        with suppress(Exception):
            kind, parent, content = _parsed(frames)
            if kind == CALL_REPLY:
                self.unrequested_replies += parent not in self._expected_replies
                self._expected_replies.discard(parent)
            if not pending.accept(kind, parent, content) and outputs and parent == pending.part:
                outputs.add(kind, content, size)

    def _end(self, reason: EndReason) -> None:
        self.ended = self.ended or reason
        with suppress(OSError):
            self._processes.kill()

    def _cell_run(self, pending: _PendingReply, collector: OutputCollector, *, timed_out: bool) -> CellRun:
        outputs = collector.outputs
        reply = pending.reply if type(pending.reply) is dict else {}
        count = reply.get("execution_count")
        if timed_out and self.ended is not EndReason.EXITED:
            outputs = [*outputs, error_output(CELL_TIMEOUT, "this cell ran for too long and was stopped")]
        if self.ended:
            message = f"{self.ended.value}. This cell and all that follow count as failed."
            outputs = [*outputs, error_output(DEAD_KERNEL, message)]
        elif reply.get("status") != "ok" and not timed_out:
            error = error_from_message(reply, self._limits.cell_output_bytes)
            if not error.ename:
                error = error_output("NoReplyError", "Python did not say how this cell ended.")
            if not any(output.output_type == "error" and output.ename == error.ename for output in outputs):
                outputs = [*outputs, error]
        failed = timed_out or self.ended is not None or reply.get("status") != "ok"
        return CellRun(outputs, count if type(count) is int else None, failed, timed_out)

    def _skipped_run(self) -> CellRun:
        reason = self.ended.value if self.ended else ""
        message = f"{reason} before this cell, so it counts as failed."
        return CellRun([error_output(DEAD_KERNEL, message)], None, failed=True)


CELL_TIMEOUT = "CellTimeoutError"
DEAD_KERNEL = "DeadKernelError"
FINAL_TOPICS = (b"status", CELL_DONE.encode())
"""Last parts of the topics of messages that may be the last of a cell."""
MAX_MESSAGES_AT_ONCE = 200


class _PendingReply:
    """A reply that is awaited, to one cell or call.

    Parameters
    ----------
    part
        Id of the cell or call, which is the parent of messages about it.
    request
        Id of the request that it is a part of.
    reply_type
        Message type of the reply.

    Attributes
    ----------
    reply
        Content of the reply, which may be anything.
    done
        Whether the reply is there, or will not come.
    cut_short
        Whether it will not come: the request as a whole has ended without it.
    """

    def __init__(self, part: str, request: str, reply_type: str) -> None:
        self.part = part
        self.reply: Any = None
        self.done = False
        self.cut_short = False
        self._request = request
        self._reply_type = reply_type

    def accept(self, kind: str, parent: str, content: Any) -> bool:  # noqa: ANN401 - whatever the kernel sent
        """Return whether a message is the reply, or ends the request."""
        if kind == self._reply_type and parent == self.part:
            self.done, self.reply = True, content
        elif kind == "status" and parent == self._request and content["execution_state"] == "idle":
            self.done = self.cut_short = True
        else:
            return False
        return True


def _parsed(frames: list[bytes]) -> tuple[str, str, Any]:
    """Return the type of a message, the id of its parent, and its content.

    Signatures are not checked: only the kernel has its sockets, and it would have every key.
    """
    start = frames.index(DELIM) + 2
    header, parent, _, content = map(json_unpacker, frames[start : start + 4])
    return header["msg_type"], parent.get("msg_id", ""), content


IOPUB_WELCOME = "iopub_welcome"
