"""``KeeperClient``: ask a kernel's keeper for the newest process id, and how the kernel ended."""

from __future__ import annotations

import json
import select
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

REPLY_SECONDS = 2.0
MAX_MESSAGE_BYTES = 1000


@dataclass(frozen=True)
class KernelExit:
    """How a kernel's first process ended.

    Attributes
    ----------
    signal
        Signal that ended it; 0 when it exited.
    cpu_seconds, memory_bytes
        CPU time of it and of its ended children, and its largest resident memory.
    """

    signal: int
    cpu_seconds: float
    memory_bytes: int


class KeeperClient:
    """Client of a kernel's keeper.

    Parameters
    ----------
    keeper
        The socket to it; closed by :meth:`close`.
    """

    def __init__(self, keeper: socket.socket) -> None:
        self._socket = keeper
        self._exit: KernelExit | None = None
        self._silent = False

    def newest_process_id(self) -> int | None:
        """Return the newest process id in the kernel's namespace, having made it; None when its keeper does not say."""
        reply = None
        if not self._silent:
            with suppress(OSError):
                self._socket.send(b"p")
                reply = self._receive()
        # An answer that comes later would be taken for one to the next question.
        self._silent = reply is None
        return reply.get("pid") if reply else None

    def exit(self) -> KernelExit | None:
        """Return how the kernel ended; None when its keeper does not say."""
        while not self._exit and self._receive():
            pass
        return self._exit

    def close(self) -> None:
        """Close the socket, and so end the keeper."""
        self._socket.close()

    def _receive(self) -> dict[str, int] | None:
        with suppress(OSError, ValueError):
            ready, _, _ = select.select([self._socket], [], [], REPLY_SECONDS)
            reply: dict[str, int] | None = json.loads(self._socket.recv(MAX_MESSAGE_BYTES)) if ready else None
            if reply and "signal" in reply:
                self._exit = KernelExit(**reply)
            return reply
        return None
