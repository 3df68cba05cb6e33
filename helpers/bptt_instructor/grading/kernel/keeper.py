"""Parent process of one kernel: tells the trusted side how the kernel ended, and what the newest process id is.

It runs none of the notebook's code, and no process of the notebook can see it. Its socket leads to the trusted side.
"""

from __future__ import annotations

import json
import os
import select
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.sandbox import libc

if TYPE_CHECKING:
    import socket


def keep(pid: int, pidfd: int, trusted: socket.socket) -> None:
    """Serve the trusted side until the kernel ends, or the trusted side closes the socket.

    Parameters
    ----------
    pid, pidfd
        The kernel's process, a child of this one.
    trusted
        Each message on it asks for a process id; the last message from here says how the kernel ended.
    """
    # The process that finds out the newest process id is seen by the notebook's.
    libc.forbid_tracing()
    sources: list[Any] = [pidfd, trusted]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if pidfd in ready:
            _, status, usage = os.wait4(pid, 0)
            ended = {
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "memory_bytes": usage.ru_maxrss * 1024,
            }
            with suppress(OSError):
                trusted.send(json.dumps(ended).encode())
            return
        if not trusted.recv(1):
            os.kill(pid, signal.SIGKILL)
            return
        _send_new_process_id(trusted)


def _send_new_process_id(trusted: socket.socket) -> None:
    """Fork a process in the kernel's pid namespace; it sends its id there, which is one above all that were given."""
    child = 0
    try:
        child = os.fork()
        if not child:
            trusted.send(json.dumps({"pid": os.getpid()}).encode())
            os._exit(0)
        os.waitpid(child, 0)
    except OSError:
        trusted.send(b"{}")
