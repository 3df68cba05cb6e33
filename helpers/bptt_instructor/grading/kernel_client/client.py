"""The trusted side of a conversation with a kernel that says whatever it likes."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.session import DELIM, Session, json_unpacker

from bptt_instructor.grading.kernel_client.outputs import OutputCollector, error, error_from_message
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

    from bptt_instructor.grading.checks.protocol import CallReply
    from bptt_instructor.grading.kernel_client.zygote_process import ForkedKernel
    from bptt_instructor.grading.limits import Limits

LISTEN_SECONDS = 20.0
POLL_SECONDS = 0.25
"""How often a kernel's memory is looked at while it works."""
GRACE_SECONDS = 4.0
"""How long an interrupted cell may take to stop, at most."""


class EndReason(StrEnum):
    """Why a kernel is no more."""

    ITSELF = "Python stopped"
    MEMORY = "it used too much memory"
    TIME = "it ran for too long and could not be interrupted"
    NOTEBOOK_TIME = "the notebook as a whole ran for too long"
    OUTPUT = "it wrote too much output"


@dataclass(frozen=True)
class CellRun:
    """What became of one cell.

    Attributes
    ----------
    outputs
        As they go into the notebook.
    count
        The number in front of the cell; None when it did not run.
    failed
        Whether it raised, was stopped, or did not run.
    timed_out
        Whether it was stopped for taking too long.
    """

    outputs: list[NotebookNode]
    count: int | None
    failed: bool
    timed_out: bool = False


class NoReplyError(Exception):
    """A question was not answered, or not with an answer.

    Parameters
    ----------
    why
        In words.
    late
        Whether the function was still at it when its time was up.
    forged
        Whether something came in place of an answer that only somebody can send who wants to be taken for the kernel.
    """

    def __init__(self, why: str, *, late: bool = False, forged: bool = False) -> None:
        super().__init__(why)
        self.late = late
        self.forged = forged


class KernelClient:
    """One kernel. None of its methods raises for anything that the kernel does, but for :meth:`ask`.

    Parameters
    ----------
    forked
        Where it listens.
    limits
        What it may use.
    record_types
        The named tuples that may be sent to it, and come back.
    context
        ZeroMQ's.

    Attributes
    ----------
    ended
        Why it is no more; None as long as it is.
    unasked
        How many answers came that nobody had asked for, or that came again.
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
        self._awaited: set[str] = set()
        self._limits = limits
        self._record_types = record_types
        self._processes = ProcessTree(forked.process)
        self._grace = min(GRACE_SECONDS, limits.cell_seconds)
        self._session = Session(key=b"-")
        # Only now, since it warns when it begins without. Both ends are in a folder that nobody else may enter.
        self._session.key = b""
        self._read = 0
        self._until = time.monotonic() + limits.notebook_seconds
        self._shell = context.socket(zmq.DEALER)
        self._iopub = context.socket(zmq.SUB)
        self._poller = zmq.Poller()
        for channel, name in ((self._shell, "shell"), (self._iopub, "iopub")):
            channel.linger = 0
            channel.maxmsgsize = limits.message_bytes
            # Whoever is slow loses messages, unless there is no such mark. What is read is counted instead.
            channel.rcvhwm = 0
            self._poller.register(channel, zmq.POLLIN)
            if channel is self._iopub:
                channel.subscribe(b"")
            channel.connect(f"ipc://{forked.folder}/{name}")
        self._poller.register(self._processes.pidfd, zmq.POLLIN)
        self._wait_for_welcome()

    def run(self, source: str) -> CellRun:
        """Run one cell."""
        (ran,) = self.run_all([source])
        return ran

    def run_all(self, sources: Sequence[str]) -> list[CellRun]:
        """Run several cells, one after the other, all of them whatever becomes of one."""
        ran: list[CellRun] = []
        while len(ran) < len(sources) and not self.ended:
            # One message for all: a message costs more than most cells.
            # Half of a character, which a file can hold, cannot be sent.
            cells = [source.encode("utf-8", "replace").decode() for source in sources[len(ran) :]]
            request, first = self._send(RUN_REQUEST, {"cells": cells}), len(ran)
            for number in range(len(sources) - first):
                turn = _PendingReply(part_id(request, number), request, CELL_DONE)
                ran.append(self._run(turn))
                if self.ended or turn.cut_short:
                    break
        return ran + [self._did_not_run()] * (len(sources) - len(ran))

    def _run(self, turn: _PendingReply) -> CellRun:
        outputs = OutputCollector(self._limits.cell_output_bytes)
        # A kernel that has ended has done so for other reasons.
        timed_out = not self._listen(turn, outputs, self._limits.cell_seconds) and not self.ended
        if timed_out:
            self._processes.interrupt()
            if not self._listen(turn, outputs, self._grace):
                self._end(EndReason.TIME)
        return self._ran(turn, outputs, timed_out=timed_out)

    def call(self, call: CallRequest) -> CallReply:
        """Have a function of the notebook called; see :meth:`call_all`."""
        (result,) = self.call_all([call])
        return result

    def call_all(self, calls: Sequence[CallRequest]) -> list[CallReply]:
        """Have functions of the notebook called.

        Parameters
        ----------
        calls
            Which, and with what.

        Raises
        ------
        NoReplyError
            When there is no answer to one of them, or something that is not one.
        """
        if self.ended:
            raise NoReplyError(self.ended.value)
        nonces = [secrets.token_hex(16) for _ in calls]
        sent = [
            {"nonce": nonce, "request": call.as_dict(self._record_types)}
            for nonce, call in zip(nonces, calls, strict=True)
        ]
        request = self._send(CALL_REQUEST, {"calls": sent})
        self._awaited |= {part_id(request, number) for number in range(len(sent))}
        return [self._result(request, number, nonce) for number, nonce in enumerate(nonces)]

    def _result(self, request: str, number: int, nonce: str) -> CallReply:
        turn = _PendingReply(part_id(request, number), request, CALL_REPLY)
        if not self._listen(turn, None, self._limits.answer_seconds):
            if not self.ended:
                self._processes.interrupt()
                # Nor may the questions after it go on.
                if not self._listen(_PendingReply(request, request, CALL_REPLY), None, self._grace):
                    self._end(EndReason.TIME)
            if self.ended and self.ended is not EndReason.TIME:
                raise NoReplyError(self.ended.value)
            raise NoReplyError("it took too long and was stopped", late=True)
        content = turn.reply
        if turn.cut_short:
            raise NoReplyError("it did not come back with anything")
        if type(content) is not dict or content.keys() != {"nonce", "result"} or content["nonce"] != nonce:
            raise NoReplyError("something else was sent in its place", forged=True)
        try:
            return decode_reply(content["result"], self._record_types, self._limits.message_bytes)
        except DecodeError as wrong:
            # An honest kernel's answers are always well packed; only a learner's own result may be too large or odd.
            forged = not str(wrong).startswith(("too ", "not a key"))
            raise NoReplyError(f"what it returned cannot be read: {wrong}", forged=forged) from wrong

    def cpu_seconds(self) -> float:
        """Return the CPU time that the kernel has used so far, measured from outside."""
        return self._processes.cpu_seconds()

    def kill_children(self) -> None:
        """End all processes that the notebook has started."""
        self._processes.kill_children()

    def close(self) -> None:
        """End the kernel and all that it has started."""
        self._processes.close()
        for channel in (self._shell, self._iopub):
            channel.close()

    def _wait_for_welcome(self) -> None:
        turn = _PendingReply("", "", WELCOME)
        if not self._listen(turn, None, LISTEN_SECONDS):
            self._end(EndReason.ITSELF)

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        message: Any = self._session.send(self._shell, kind, content)
        return str(message["header"]["msg_id"])

    def _listen(self, turn: _PendingReply, outputs: OutputCollector | None, seconds: float) -> bool:
        """Read what the kernel says until a turn is over; return whether it came to its end.

        It does not when the time is up or the kernel has ended.
        """
        until = time.monotonic() + seconds
        look = time.monotonic() + POLL_SECONDS
        while not turn.over:
            now = time.monotonic()
            if now >= self._until:
                self._end(EndReason.NOTEBOOK_TIME)
            if self.ended or now >= until:
                return False
            if now >= look:
                look = now + POLL_SECONDS
                if self._processes.memory_bytes(self._limits.memory_bytes) > self._limits.memory_bytes:
                    self._end(EndReason.MEMORY)
                    return False
            wait = max(0.0, min(until, look, self._until) - now)
            ready = [channel for channel, _ in self._poller.poll(int(wait * 1000) + 1)]
            # What it said before it ended still counts.
            for channel in (self._iopub, self._shell):
                if channel in ready:
                    self._take_some(channel, turn, outputs)
            if ready == [self._processes.pidfd]:
                self._end(EndReason.ITSELF)
        return True

    def _take_some(self, channel: zmq.Socket[bytes], turn: _PendingReply, outputs: OutputCollector | None) -> None:
        """Read what is there; of a flood a part, so that somebody looks at the clock in between."""
        with suppress(zmq.Again):
            for _ in range(MAX_MESSAGES_AT_ONCE):
                frames: Any = channel.recv_multipart(zmq.NOBLOCK)
                size = sum(map(len, frames))
                self._read += size
                if self._read > self._limits.output_bytes:
                    self._end(EndReason.OUTPUT)
                    return
                self._take(frames, size, turn, outputs)
                if turn.over:
                    return

    def _take(self, frames: list[bytes], size: int, turn: _PendingReply, outputs: OutputCollector | None) -> None:
        """Read one message."""
        if outputs and outputs.full and not frames[0].endswith(ENDS):
            return
        # Whatever is wrong with a message, it is the kernel's doing, and the message counts as not sent.
        with suppress(Exception):
            kind, request, content = _read(frames)
            if kind == CALL_REPLY:
                self.unrequested_replies += request not in self._awaited
                self._awaited.discard(request)
            if not turn.take(kind, request, content) and outputs and request == turn.name:
                outputs.add(kind, content, size)

    def _end(self, why: EndReason) -> None:
        self.ended = self.ended or why
        with suppress(OSError):
            self._processes.kill()

    def _ran(self, turn: _PendingReply, outputs: OutputCollector, *, timed_out: bool) -> CellRun:
        made = outputs.cells
        reply = turn.reply if type(turn.reply) is dict else {}
        count = reply.get("execution_count")
        if timed_out and self.ended is not EndReason.ITSELF:
            made = [*made, error(CELL_TIMEOUT, "this cell ran for too long and was stopped")]
        if self.ended:
            made = [*made, error(DEAD_KERNEL, f"{self.ended.value}. This cell and all that follow count as failed.")]
        elif reply.get("status") != "ok" and not timed_out:
            told = error_from_message(reply, self._limits.cell_output_bytes)
            if not told.ename:
                told = error("NoReplyError", "Python did not say how this cell ended.")
            if not any(each.output_type == "error" and each.ename == told.ename for each in made):
                made = [*made, told]
        failed = timed_out or self.ended is not None or reply.get("status") != "ok"
        return CellRun(made, count if type(count) is int else None, failed, timed_out)

    def _did_not_run(self) -> CellRun:
        why = self.ended.value if self.ended else ""
        return CellRun([error(DEAD_KERNEL, f"{why} before this cell, so it counts as failed.")], None, failed=True)


CELL_TIMEOUT = "CellTimeoutError"
DEAD_KERNEL = "DeadKernelError"
ENDS = (b"status", CELL_DONE.encode())
"""How the topics of those messages end that a cell may end with."""
MAX_MESSAGES_AT_ONCE = 200


class _PendingReply:
    """One cell or question, and what has come back for it so far.

    Parameters
    ----------
    name
        What messages about it call it.
    request
        The message that it was sent with, perhaps among others.
    expects
        The kind of message that ends it.
    """

    def __init__(self, name: str, request: str, expects: str) -> None:
        self.name = name
        self.reply: Any = None
        self.over = False
        self.cut_short = False
        self._request = request
        self._expects = expects

    def take(self, kind: str, name: str, content: Any) -> bool:  # noqa: ANN401 - whatever the kernel sent
        """Take a message, and return whether it was about how far the turn is."""
        if kind == self._expects and name == self.name:
            self.over, self.reply = True, content
        elif kind == "status" and name == self._request and content["execution_state"] == "idle":
            # All that was asked for is over, and this has not been told of: nothing will be.
            self.over = self.cut_short = True
        else:
            return False
        return True


def _read(frames: list[bytes]) -> tuple[str, str, Any]:
    """Return a message's kind, what it is an answer to, and its content.

    Nobody but the kernel has its sockets, and the kernel has every key: a signature would prove nothing.
    """
    start = frames.index(DELIM) + 2
    header, parent, _, content = map(json_unpacker, frames[start : start + 4])
    return header["msg_type"], parent.get("msg_id", ""), content


WELCOME = "iopub_welcome"
