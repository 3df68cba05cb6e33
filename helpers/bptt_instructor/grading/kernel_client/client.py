"""``KernelClient``: run cells and call functions under limits; the kernel may send anything."""

from __future__ import annotations

import secrets
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.kernel_client.keeper_client import KeeperClient
from bptt_instructor.grading.kernel_client.outputs import OutputCollector, error_from_message, error_output
from bptt_instructor.grading.kernel_client.questions import Answers, refuse
from bptt_instructor.grading.protocol.frames import FrameBuffer, FrameError, pack, parse
from bptt_instructor.grading.protocol.messages import (
    CALL_REPLY,
    CALL_REQUEST,
    CELL_DONE,
    IDLE,
    READY,
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
    from bptt_instructor.grading.kernel_client.questions import Answer
    from bptt_instructor.grading.kernel_client.zygote_process import ForkedKernel
    from bptt_instructor.grading.limits import Limits

WELCOME_SECONDS = 20.0
"""How long a new kernel may take until it serves."""
POLL_SECONDS = 0.25
"""Interval between checks of a kernel's memory."""
GRACE_SECONDS = 4.0
"""How long an interrupted cell or call may take to stop."""
RECEIVE_BYTES = 1 << 16
MAX_RECEIVES_AT_ONCE = 32
"""Between two checks of the limits."""
MIN_COUNTED_BYTES = 128
"""What a frame counts at least: the smallest of the kernel's own is about as long, and each takes time to read."""
PAUSE_SECONDS = 5.0
"""How late this process may be before it was stopped, as when a laptop is closed; that time does not count."""
MAX_PAUSES = 20
MAX_COUNT = 1 << 31


class EndReason(StrEnum):
    """Why a kernel has ended. ``KILLED`` may be no fault of the notebook's: the machine had no memory left, say."""

    EXITED = "Python stopped"
    KILLED = "Python was killed from outside"
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
    seconds
        How long it was waited for, when it was late.
    forged
        Whether the notebook's code has sent the reply: the kernel's own code never sends such a one.
    """

    def __init__(self, reason: str, *, late: bool = False, forged: bool = False, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.late = late
        self.seconds = seconds
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
    answer
        Answers questions of the course's code in the kernel: called with a name, a tuple of arguments, and the call
        that is being served, None while cells run. What it raises becomes the answer.

    Attributes
    ----------
    ended
        Why the kernel has ended; None while it runs.
    unrequested_replies
        How many replies came for calls that had not been made, or had a reply already.
    """

    def __init__(
        self, forked: ForkedKernel, limits: Limits, record_types: Sequence[type], answer: Answer = refuse
    ) -> None:
        self.ended: EndReason | None = None
        self.unrequested_replies = 0
        self._expected_replies: set[str] = set()
        self._limits = limits
        self._record_types = record_types
        # Two budgets: cells that ask for ever take nothing from what the judge needs.
        self._cell_answers = Answers(answer, record_types, limits.message_bytes)
        self._call_answers = Answers(answer, record_types, limits.message_bytes)
        self._processes = ProcessTree(forked.pidfd, limits)
        self._keeper = KeeperClient(forked.keeper)
        self._sandboxed = forked.sandboxed
        self._grace = min(GRACE_SECONDS, limits.cell_seconds)
        self._bytes_read = 0
        self._frames = FrameBuffer(limits.message_bytes)
        self._to_send = bytearray()
        self._uncounted_seconds = 0.0
        self._pauses = 0
        self._last_reading = time.monotonic()
        self._notebook_deadline = self._clock() + limits.notebook_seconds
        self._channel = forked.channel
        self._channel.setblocking(False)  # noqa: FBT003
        self._hung_up = False
        self._poller = select.poll()
        self._poller.register(self._processes.pidfd, select.POLLIN)
        if not self._wait_for(_PendingReply("", "", READY), None, WELCOME_SECONDS):
            self._end(EndReason.EXITED)

    def run(self, source: str) -> CellRun:
        """Run one cell."""
        (run,) = self.run_all([source])
        return run

    def run_all(self, sources: Sequence[str]) -> list[CellRun]:
        """Run several cells in order; one that fails does not stop the rest."""
        runs: list[CellRun] = []
        while len(runs) < len(sources) and not self.ended:
            # One message for all: a message takes longer than most cells.
            request, first = self._send(RUN_REQUEST, {"cells": list(sources[len(runs) :])}), len(runs)
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
        return [
            self._reply(_PendingReply(part_id(request, number), request, CALL_REPLY, call), nonce)
            for number, (call, nonce) in enumerate(zip(calls, nonces, strict=True))
        ]

    def _reply(self, pending: _PendingReply, nonce: str) -> CallReply:
        if not self._wait_for(pending, None, self._limits.answer_seconds):
            if not self.ended:
                self._processes.interrupt()
                # The remaining calls of the request have to end, too: nothing but its end is awaited here.
                rest = _PendingReply(pending.request, pending.request, IDLE, pending.call)
                if not self._wait_for(rest, None, self._grace):
                    self._end(EndReason.TIME)
            if self.ended and self.ended is not EndReason.TIME:
                raise NoReplyError(self.ended.value)
            raise NoReplyError("it took too long and was stopped", late=True, seconds=self._limits.answer_seconds)
        content = pending.reply
        if pending.cut_short:
            raise NoReplyError("it did not return anything")
        if type(content) is not dict or content.keys() != {"nonce", "result"} or content["nonce"] != nonce:
            raise NoReplyError("something else was sent in its place", forged=True)
        try:
            reply = decode_reply(content["result"], self._record_types, self._limits.message_bytes)
        except DecodeError as error:
            # The kernel's own code sends valid replies, but a learner's result may be too large or have odd keys.
            forged = not str(error).startswith(("too ", "not a key"))
            raise NoReplyError(f"what it returned cannot be read: {error}", forged=forged) from error
        return replace(reply, calls=pending.stand_in_calls)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the kernel's processes have used so far, measured from outside."""
        return self._processes.cpu_seconds()

    def process_ids(self) -> frozenset[tuple[int, float]]:
        """Return the process id and the start time of each of the kernel's processes."""
        return self._processes.ids()

    def processes_started(self) -> int | None:
        """Return how many processes and threads were started in the sandbox so far; None without a sandbox.

        Those count that have ended, and whose end nobody has waited for. Each call adds one itself.
        """
        return self._keeper.newest_process_id() if self._sandboxed and not self.ended else None

    def kill_children(self) -> None:
        """Kill all processes that the notebook has started."""
        self._processes.kill_children()

    def close(self) -> None:
        """Kill the kernel and all its processes, and close the sockets."""
        self._processes.close()
        self._keeper.close()
        self._channel.close()

    def _clock(self) -> float:
        """Return the time in seconds, without that in which the kernel had to wait for this process.

        While a reply is awaited, it is read at least once in each interval. A later reading means that this process was
        stopped, wherever it was just then, and perhaps the kernel with it.
        """
        now = time.monotonic() - self._uncounted_seconds
        late = now - self._last_reading - POLL_SECONDS
        if late > PAUSE_SECONDS and self._pauses < MAX_PAUSES:
            self._pauses += 1
            self._uncounted_seconds += late
            now -= late
        self._last_reading = now
        return now

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        """Have a request sent while its reply is awaited; return its id."""
        request = secrets.token_hex(8)
        self._to_send += pack({"type": kind, "part": request, "content": content})
        return request

    def _wait_for(self, pending: _PendingReply, outputs: OutputCollector | None, seconds: float) -> bool:
        """Read messages until a reply is there, or will not come; return False when time is up or the kernel ends."""
        deadline = self._clock() + seconds
        next_check = self._clock() + POLL_SECONDS
        self._handle_frames(pending, outputs)
        while not pending.done:
            now = self._clock()
            if now >= self._notebook_deadline:
                self._end(EndReason.NOTEBOOK_TIME)
            if self.ended or now >= deadline:
                return False
            if now >= next_check:
                next_check = now + POLL_SECONDS
                if self._processes.memory_bytes(self._limits.memory_bytes) > self._limits.memory_bytes:
                    self._end(EndReason.MEMORY)
                    return False
            ready = self._poll(max(0.0, min(deadline, next_check, self._notebook_deadline) - now))
            if self._channel.fileno() in ready:
                self._write()
                self._read(pending, outputs)
            # Messages that the kernel sent before it ended still count.
            elif self._processes.pidfd in ready:
                self._end(self._exit_reason())
        return True

    def _poll(self, seconds: float) -> set[int]:
        """Wait until something can be done; return the file descriptors that are ready."""
        if not self._hung_up:
            self._poller.register(self._channel, select.POLLIN | (select.POLLOUT if self._to_send else 0))
        return {fd for fd, _ in self._poller.poll(int(seconds * 1000) + 1)}

    def _write(self) -> None:
        """Send what the socket takes; a kernel need not read."""
        with suppress(OSError):
            while self._to_send:
                del self._to_send[: self._channel.send(self._to_send)]

    def _read(self, pending: _PendingReply, outputs: OutputCollector | None) -> None:
        """Read the frames that have arrived, but not so many at once that limits are checked too late."""
        for _ in range(MAX_RECEIVES_AT_ONCE):
            try:
                data = self._channel.recv(RECEIVE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                # The kernel has ended, which its pidfd will show; or it has closed the socket, and cannot reply.
                self._hung_up = True
                self._poller.unregister(self._channel)
                if not self._poll(HANG_UP_SECONDS):
                    self._end(EndReason.EXITED)
                return
            self._bytes_read += len(data)
            self._frames.feed(data)
            self._handle_frames(pending, outputs)
            if pending.done or self.ended:
                return

    def _handle_frames(self, pending: _PendingReply, outputs: OutputCollector | None) -> None:
        """Handle the frames that are there, up to the reply."""
        try:
            while not (pending.done or self.ended) and (frame := self._frames.take()) is not None:
                self._bytes_read += max(0, MIN_COUNTED_BYTES - len(frame))
                # What is malformed is the kernel's doing, and counts as not sent.
                with suppress(FrameError):
                    self._handle(parse(frame), len(frame), pending, outputs)
                if self._bytes_read > self._limits.output_bytes:
                    break
        except FrameError:
            self._end(EndReason.OUTPUT)
        if self._bytes_read > self._limits.output_bytes:
            self._end(EndReason.OUTPUT)

    def _handle(
        self, message: dict[str, Any], size: int, pending: _PendingReply, outputs: OutputCollector | None
    ) -> None:
        if "question" in message:
            pending.count_question(message.get("name"))
            self._answer(message, size, pending.call)
            return
        kind, part, content = message.get("type"), message.get("part"), message.get("content")
        if type(kind) is not str or type(part) is not str:
            return
        if kind == CALL_REPLY:
            self.unrequested_replies += part not in self._expected_replies
            self._expected_replies.discard(part)
        if not pending.accept(kind, part, content) and outputs and part == pending.part:
            outputs.add(kind, content, size)

    def _answer(self, message: dict[str, Any], size: int, call: CallRequest | None) -> None:
        """Answer a question, whose bounds are its own."""
        answers = self._call_answers if call else self._cell_answers
        if not answers.exhausted:
            self._bytes_read -= size
        began = time.monotonic()
        # Whoever reads no answers gets no more.
        if len(self._to_send) <= self._limits.message_bytes:
            self._to_send += answers.reply(message, size, call)
            self._write()
        if not answers.exhausted:
            self._uncounted_seconds += time.monotonic() - began

    def _exit_reason(self) -> EndReason:
        """Return why the kernel's process has ended, of which nothing was known before."""
        ended = self._keeper.exit()
        if ended is None:
            # It ended with its keeper and the zygote.
            return EndReason.KILLED
        if ended.signal != signal.SIGKILL:
            return EndReason.EXITED
        # Inside of its namespace nobody can kill it; the system does when it has used too much CPU time or memory.
        if ended.cpu_seconds >= CPU_SHARE * self._limits.cpu_seconds:
            return EndReason.TIME
        if ended.memory_bytes > self._limits.memory_bytes or self._processes.ran_out_of_memory():
            return EndReason.MEMORY
        return EndReason.KILLED

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
        return CellRun(outputs, count if type(count) is int and 0 <= count < MAX_COUNT else None, failed, timed_out)

    def _skipped_run(self) -> CellRun:
        reason = self.ended.value if self.ended else ""
        message = f"{reason} before this cell, so it counts as failed."
        return CellRun([error_output(DEAD_KERNEL, message)], None, failed=True)


CELL_TIMEOUT = "CellTimeoutError"
DEAD_KERNEL = "DeadKernelError"
CPU_SHARE = 0.8
"""Of the limit on CPU time, from which that is why a kernel was killed: the system counts in ticks for the limit."""
HANG_UP_SECONDS = 1.0
"""Between the end of a kernel's socket and of its process."""


class _PendingReply:
    """A reply that is awaited, to one cell or call.

    Parameters
    ----------
    part
        Id of the cell or call, which messages about it have.
    request
        Id of the request that it is a part of.
    reply_type
        Message type of the reply.
    call
        The call; None for a cell.

    Attributes
    ----------
    reply
        Content of the reply, which may be anything.
    done
        Whether the reply is there, or will not come.
    cut_short
        Whether it will not come: the request as a whole has ended without it.
    stand_in_calls
        How many questions were calls of the call's stand-ins.
    """

    def __init__(self, part: str, request: str, reply_type: str, call: CallRequest | None = None) -> None:
        self.part = part
        self.request = request
        self.call = call
        self.reply: Any = None
        self.done = False
        self.cut_short = False
        self.stand_in_calls = 0
        self._reply_type = reply_type

    def count_question(self, name: object) -> None:
        """Count a question that is a call of a stand-in."""
        self.stand_in_calls += self.call is not None and name in self.call.stand_ins

    def accept(self, kind: str, part: str, content: Any) -> bool:  # noqa: ANN401 - whatever the kernel sent
        """Return whether a message is the reply, or ends the request."""
        if kind == self._reply_type and part == self.part:
            self.done, self.reply = True, content
        elif kind == IDLE and part == self.request:
            self.done = self.cut_short = True
        else:
            return False
        return True
