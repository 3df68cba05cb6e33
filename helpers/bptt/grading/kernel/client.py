"""The trusted side of a conversation with a kernel that says whatever it likes."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.session import Session

from bptt.grading.kernel.outputs import Outputs, error, told_error
from bptt.grading.kernel.plain import NotPlainError
from bptt.grading.kernel.question import ANSWER, ASK, Answer, Question
from bptt.grading.sandbox.watch import Processes

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from bptt.grading.kernel.parent import Forked
    from bptt.grading.limits import Limits

LISTEN_SECONDS = 20.0
LOOK_SECONDS = 0.25
"""How often a kernel's memory is looked at while it works."""
GRACE_SECONDS = 4.0
"""How long an interrupted cell may take to stop."""
HALF_SECONDS = 1.0
"""How long to wait for the second of the two messages that end a turn."""


class Ended(StrEnum):
    """Why a kernel is no more."""

    ITSELF = "Python stopped"
    MEMORY = "it used too much memory"
    TIME = "it ran for too long and could not be interrupted"
    NOTEBOOK_TIME = "the notebook as a whole ran for too long"
    OUTPUT = "it wrote too much output"


@dataclass(frozen=True)
class Ran:
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


class NoAnswerError(Exception):
    """A question was not answered, or not with an answer; the message says why."""


class Kernel:
    """One kernel. None of its methods raises for anything that the kernel does, but for :meth:`ask`.

    Parameters
    ----------
    forked
        Where it listens.
    limits
        What it may use.
    context
        ZeroMQ's.

    Attributes
    ----------
    ended
        Why it is no more; None as long as it is.
    """

    def __init__(self, forked: Forked, limits: Limits, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.ended: Ended | None = None
        self._limits = limits
        self._processes = Processes(forked.process)
        self._session = Session(key=forked.key)
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
        self._poller.register(self._processes.handle, zmq.POLLIN)
        self._wait_for_welcome()

    def run(self, source: str) -> Ran:
        """Run one cell."""
        if self.ended:
            return self._did_not_run()
        outputs = Outputs(self._limits.cell_output_bytes)
        request = self._send("execute_request", _execute(source))
        turn = _Turn(request, "execute_reply")
        timed_out = not self._listen(turn, outputs, self._limits.cell_seconds)
        if timed_out and not self.ended:
            self._processes.interrupt()
            if not self._listen(turn, outputs, GRACE_SECONDS):
                self._end(Ended.TIME)
        return self._ran(turn, outputs, timed_out=timed_out)

    def ask(self, question: Question, seconds: float | None = None) -> Answer:
        """Have a function of the notebook called.

        Parameters
        ----------
        question
            Which, and with what.
        seconds
            How long it may take; as the limits say when None.

        Raises
        ------
        NoAnswerError
            When there is no answer, or something that is not one.
        """
        if self.ended:
            raise NoAnswerError(self.ended.value)
        nonce = secrets.token_hex(16)
        turn = _Turn(self._send(ASK, {"nonce": nonce, "question": question.as_dict()}), ANSWER)
        if not self._listen(turn, None, seconds or self._limits.answer_seconds):
            if not self.ended:
                self._processes.interrupt()
                if not self._listen(turn, None, GRACE_SECONDS):
                    self._end(Ended.TIME)
            raise NoAnswerError(self.ended.value if self.ended else "it took too long")
        content = turn.reply
        if type(content) is not dict or content.keys() != {"nonce", "answer"} or content["nonce"] != nonce:
            raise NoAnswerError("it sent something else than an answer")
        try:
            return Answer.from_dict(content["answer"], self._limits.message_bytes)
        except NotPlainError as wrong:
            raise NoAnswerError(f"it sent something else than an answer: {wrong}") from wrong

    def cpu_seconds(self) -> float:
        """Return the CPU time that the kernel has used so far, measured from outside."""
        return self._processes.cpu_seconds()

    def close(self) -> None:
        """End the kernel and all that it has started."""
        self._processes.close()
        for channel in (self._shell, self._iopub):
            channel.close()

    def _wait_for_welcome(self) -> None:
        turn = _Turn("", "")
        if not self._listen(turn, None, LISTEN_SECONDS):
            self._end(Ended.ITSELF)

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        message: Any = self._session.send(self._shell, kind, content)
        return str(message["header"]["msg_id"])

    def _listen(self, turn: _Turn, outputs: Outputs | None, seconds: float) -> bool:
        """Read what the kernel says until a turn is over; return whether it came to its end.

        It does not when the time is up or the kernel has ended.
        """
        until = time.monotonic() + seconds
        look = time.monotonic() + LOOK_SECONDS
        while not turn.over(time.monotonic()):
            now = time.monotonic()
            if now >= self._until:
                self._end(Ended.NOTEBOOK_TIME)
            if self.ended or now >= until:
                return False
            if now >= look:
                look = now + LOOK_SECONDS
                if self._processes.memory_bytes(self._limits.memory_bytes) > self._limits.memory_bytes:
                    self._end(Ended.MEMORY)
                    return False
            wait = max(0.0, min(until, look, self._until, turn.patience) - now)
            ready = [channel for channel, _ in self._poller.poll(int(wait * 1000) + 1)]
            # What it said before it ended still counts.
            for channel in (self._iopub, self._shell):
                if channel in ready:
                    self._take(channel, turn, outputs)
            if ready == [self._processes.handle]:
                self._end(Ended.ITSELF)
        return True

    def _take(self, channel: zmq.Socket[bytes], turn: _Turn, outputs: Outputs | None) -> None:
        """Read one message."""
        frames: Any = channel.recv_multipart()
        size = sum(map(len, frames))
        self._read += size
        if self._read > self._limits.output_bytes:
            self._end(Ended.OUTPUT)
            return
        if outputs and outputs.full and size > LONGEST_STATUS:
            return
        # Whatever is wrong with a message, it is the kernel's doing, and the message counts as not sent.
        with suppress(Exception):
            _, frames = self._session.feed_identities(frames)
            message = self._session.deserialize(frames)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id", "") != turn.request:
                return
            if channel is self._shell:
                turn.take_reply(kind, content)
            elif kind in {"status", "iopub_welcome"}:
                turn.take_status(content)
            elif outputs:
                outputs.add(kind, content, size)

    def _end(self, why: Ended) -> None:
        self.ended = self.ended or why
        with suppress(OSError):
            self._processes.kill()

    def _ran(self, turn: _Turn, outputs: Outputs, *, timed_out: bool) -> Ran:
        made = outputs.cells
        reply = turn.reply if type(turn.reply) is dict else {}
        count = reply.get("execution_count")
        if timed_out and self.ended is not Ended.ITSELF:
            made = [*made, error(TIMEOUT, "this cell ran for too long and was stopped")]
        if self.ended:
            made = [*made, error(DEAD, f"{self.ended.value}. This cell and all that follow count as failed.")]
        elif reply.get("status") != "ok" and not timed_out:
            told = told_error(reply, self._limits.cell_output_bytes)
            if not told.ename:
                told = error("NoReplyError", "Python did not say how this cell ended.")
            if not any(each.output_type == "error" and each.ename == told.ename for each in made):
                made = [*made, told]
        failed = timed_out or self.ended is not None or reply.get("status") != "ok"
        return Ran(made, count if type(count) is int else None, failed, timed_out)

    def _did_not_run(self) -> Ran:
        why = self.ended.value if self.ended else ""
        return Ran([error(DEAD, f"{why} before this cell, so it counts as failed.")], None, failed=True)


TIMEOUT = "CellTimeoutError"
DEAD = "DeadKernelError"
LONGEST_STATUS = 2_000
NEVER = float("inf")


class _Turn:
    """One request, and what has come back for it so far."""

    def __init__(self, request: str, expects: str) -> None:
        self.request = request
        self.reply: Any = None
        self._expects = expects
        self._replied = not expects
        self._idle = False
        self._half = NEVER

    def take_reply(self, kind: str, content: Any) -> None:  # noqa: ANN401 - whatever the kernel sent
        if kind == self._expects and not self._replied:
            self._replied = True
            self.reply = content
            self._half = time.monotonic()

    def take_status(self, content: Any) -> None:  # noqa: ANN401
        if not self.request or content.get("execution_state") == "idle":
            self._idle = True
            self._half = time.monotonic()

    def over(self, now: float) -> bool:
        # Reply and status come on two roads. When only one of them arrives, the other one will not.
        return (self._replied and self._idle) or now >= self.patience

    @property
    def patience(self) -> float:
        return self._half + HALF_SECONDS


def _execute(source: str) -> dict[str, Any]:
    return {
        "code": source,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
