"""A kernel's processes, seen from outside: are they there, what do they use, and an end to them."""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator


class ProcessTree:
    """All processes of one kernel.

    Parameters
    ----------
    handle
        On the first of them (a pidfd); closed by :meth:`close`. In a box, all others end with it.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._pid = _pid_of(handle)

    @property
    def alive(self) -> bool:
        """Whether the first process has not ended yet."""
        ended, _, _ = select.select([self.handle], [], [], 0)
        return not ended

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGINT)

    def kill(self) -> None:
        """End all of them, at once."""
        # A box ends with its first process. Without one, each has to be found.
        others = [] if self._sandboxed else list(self._all())[1:]
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        for process in others:
            with suppress(psutil.Error):
                process.kill()

    def kill_children(self) -> None:
        """End all but the first."""
        for process in list(self._all())[1:]:
            with suppress(psutil.Error):
                process.kill()

    def close(self) -> None:
        """End all of them, and wait until they have."""
        self.kill()
        select.select([self.handle], [], [], END_SECONDS)
        os.close(self.handle)

    def memory_bytes(self, interesting: int) -> int:
        """Return how much memory all of them have in use; when it is less than ``interesting``, roughly."""
        everybody = list(self._all())
        upper = sum(_resident(process) for process in everybody)
        # What copies share is counted for each of them, unless one looks closely, which takes time.
        return upper if upper < interesting else sum(_share(process) for process in everybody)

    def cpu_seconds(self) -> float:
        """Return the CPU time that all of them have used, threads and processes that have ended included."""
        return sum(_cpu_seconds(process) for process in self._all())

    @property
    def _sandboxed(self) -> bool:
        with suppress(OSError):
            return Path(f"/proc/{self._pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink()
        return True

    def _all(self) -> Iterator[psutil.Process]:
        with suppress(psutil.Error):
            first = psutil.Process(self._pid)
            yield first
            yield from _descendants(first)


END_SECONDS = 10


def _descendants(process: psutil.Process) -> Iterator[psutil.Process]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: psutil.Process) -> list[psutil.Process]:
    # psutil reads about every process of the machine to find them, which takes milliseconds where there are many. Linux
    # has lists of them, but for a few kernels that were built without.
    if not LISTED:
        return process.children()
    found = []
    with suppress(OSError):
        for path in Path(f"/proc/{process.pid}/task").glob("*/children"):
            with suppress(OSError, psutil.Error):
                found += [psutil.Process(int(pid)) for pid in path.read_text(encoding="ascii").split()]
    return found


LISTED = Path(f"/proc/self/task/{os.getpid()}/children").exists()
"""Whether this kernel lists a thread's children."""


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _cpu_seconds(process: psutil.Process) -> float:
    # The number of the clock of a process, as clock_getcpuclockid(3) makes it: what is in its file in /proc counts in
    # hundredths of a second. That will do for children that have ended.
    with suppress(OSError, psutil.Error):
        ended = process.cpu_times()
        return time.clock_gettime(~process.pid << 3 | 2) + ended.children_user + ended.children_system
    return 0.0


def _share(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


def _pid_of(handle: int) -> int:
    """Return the number that a process has on this side, given a handle on it from inside."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))
