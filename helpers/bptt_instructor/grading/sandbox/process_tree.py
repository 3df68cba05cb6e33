"""A kernel's process tree seen from outside: memory, CPU time, kill."""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bptt_instructor.grading.sandbox.cgroup import KernelGroup, delegated_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bptt_instructor.grading.limits import Limits


class ProcessTree:
    """All processes of one kernel.

    Parameters
    ----------
    pidfd
        File descriptor of the first process; closed by :meth:`close`. In a sandbox, all others end with that process.
    limits
        Resource bounds, for a control group where there can be one.
    """

    def __init__(self, pidfd: int, limits: Limits) -> None:
        self.pidfd = pidfd
        self._pid = _pid_of(pidfd)
        self._first: psutil.Process | None = None
        with suppress(psutil.Error, ValueError):
            self._first = psutil.Process(self._pid) if self._pid else None
        self._group = KernelGroup.of(self._pid, limits, delegated_group()) if self._pid else None

    def interrupt(self) -> None:
        """Send SIGINT to the first process, as Ctrl-C does."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGINT)

    def kill(self) -> None:
        """Kill all processes."""
        # A pid namespace ends with its first process. Without one, each process has to be killed.
        others = [] if self._sandboxed else list(self._processes())[1:]
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        for process in others:
            with suppress(psutil.Error):
                process.kill()

    def kill_children(self) -> None:
        """Kill all processes but the first."""
        for process in list(self._processes())[1:]:
            with suppress(psutil.Error):
                process.kill()

    def close(self) -> None:
        """Kill all processes, wait until the first has ended, and close the pidfd."""
        self.kill()
        select.select([self.pidfd], [], [], EXIT_SECONDS)
        os.close(self.pidfd)
        if self._group:
            self._group.close()

    def memory_bytes(self, threshold: int) -> int:
        """Return the memory of all processes: an upper bound below ``threshold`` bytes, exact from there on."""
        processes = list(self._processes())
        upper_bound = sum(_resident_bytes(process) for process in processes)
        # Resident memory counts shared pages once for each process. Proportional shares do not, but are slow to get.
        return upper_bound if upper_bound < threshold else sum(_proportional_bytes(process) for process in processes)

    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes, including their ended threads and children."""
        if self._group:
            return self._group.cpu_seconds()
        return sum(_cpu_seconds(process) for process in self._processes())

    def ran_out_of_memory(self) -> bool:
        """Return whether the system has killed processes for their use of memory, as far as can be known."""
        return self._group is not None and self._group.ran_out_of_memory()

    def ids(self) -> frozenset[tuple[int, float]]:
        """Return the process id and the start time of each process."""
        found = set()
        for process in self._processes():
            with suppress(psutil.Error):
                found.add((process.pid, process.create_time()))
        return frozenset(found)

    @property
    def _sandboxed(self) -> bool:
        with suppress(OSError):
            return Path(f"/proc/{self._pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink()
        return True

    def _processes(self) -> Iterator[psutil.Process]:
        if self._first:
            with suppress(psutil.Error):
                yield self._first
                yield from _descendants(self._first)


EXIT_SECONDS = 10


def _descendants(process: psutil.Process) -> Iterator[psutil.Process]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: psutil.Process) -> list[psutil.Process]:
    # To find children, psutil reads every process of the machine, which takes milliseconds where there are many. Linux
    # lists them in /proc, unless its kernel was built without.
    if not HAS_CHILDREN_FILES:
        return process.children()
    children = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process.pid}/task"):  # noqa: PTH208 - called hundreds of times for a submission
            with suppress(OSError, psutil.Error), open(f"/proc/{process.pid}/task/{thread}/children") as file:  # noqa: PTH123
                children += [psutil.Process(int(pid)) for pid in file.read().split()]
    return children


HAS_CHILDREN_FILES = Path(f"/proc/self/task/{os.getpid()}/children").exists()


def _resident_bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _cpu_seconds(process: psutil.Process) -> float:
    # The CPU clock of the process, by the id that clock_getcpuclockid(3) computes: times in /proc have a resolution of
    # 10 ms, which is enough for children that have ended.
    with suppress(OSError, psutil.Error):
        times = process.cpu_times()
        return time.clock_gettime(~process.pid << 3 | 2) + times.children_user + times.children_system
    return 0.0


def _proportional_bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


def _pid_of(pidfd: int) -> int:
    """Return the process id outside of the sandbox; 0 when the process has ended already."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines()
    return max(0, *(int(line.split()[1]) for line in lines if line.startswith("Pid:")))
