"""Control groups (version 2) of kernels, where this process may make some: bounds on memory and processes, CPU time.

The memory of a group includes files in memory and buffers of sockets, and its CPU time that of processes which nobody
waited for. Grading does without where groups of version 2 are not delegated to its user.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from bptt_instructor.grading.limits import Limits

LEAF = "bptt-grader"
"""Group of the grader's own processes: a group whose children have bounds may not hold processes itself."""
MEMORY_FACTOR = 2
"""The group's bound, in ``memory_bytes``: files in memory count here, and the kernel that exceeds it is killed."""
REMOVE_SECONDS = 1.0


@cache
def delegated_group(proc: Path = Path("/proc")) -> Path | None:
    """Return the folder of the group in which groups for kernels can be made; None when there is none.

    Moves the processes of this process's own group into a child of it, named :data:`LEAF`.

    Parameters
    ----------
    proc
        Where to read of groups and mounts.
    """
    try:
        groups = (proc / "self/cgroup").read_text(encoding="utf-8").splitlines()
        own = next(line[3:] for line in groups if line.startswith("0::"))
        mounts = [line.split() for line in (proc / "self/mountinfo").read_text(encoding="utf-8").splitlines()]
        top, place = next((words[3], words[4]) for words in mounts if words[words.index("-") + 1] == "cgroup2")
        group = Path(place, Path(own).relative_to(top))
        if group.name == LEAF:
            return group.parent
        if not _is_delegated(group) or not {"memory", "pids"} <= {*(group / "cgroup.controllers").read_text().split()}:
            return None
        (group / LEAF).mkdir(exist_ok=True)
        for pid in (group / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                (group / LEAF / "cgroup.procs").write_text(pid)
        (group / "cgroup.subtree_control").write_text("+memory +pids")
    except (OSError, ValueError, StopIteration):
        return None
    return group


def _is_delegated(group: Path) -> bool:
    if os.geteuid() == 0:
        # Root may write everywhere; systemd marks what it has delegated.
        return os.getxattr(group, "trusted.delegate") == b"1"
    return all(os.access(group / name, os.W_OK) for name in ("", "cgroup.procs", "cgroup.subtree_control"))


class KernelGroup:
    """Control group of one kernel.

    Parameters
    ----------
    folder
        Its folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, pid: int, limits: Limits, parent: Path | None) -> Self | None:
        """Move a kernel's first process into a group of its own; return None when there is no parent, or it fails."""
        if parent is None:
            return None
        group = cls(parent / f"bptt-kernel-{pid}")
        try:
            group._folder.mkdir()
            group._write("memory.max", MEMORY_FACTOR * limits.memory_bytes)
            group._write("memory.oom.group", 1)
            group._write("pids.max", limits.processes)
            with suppress(OSError):
                group._write("memory.swap.max", 0)
            group._write("cgroup.procs", pid)
        except OSError:
            group.close()
            return None
        return group

    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes that have been in the group."""
        return self._read("cpu.stat").get("usage_usec", 0) / 1e6

    def ran_out_of_memory(self) -> bool:
        """Return whether processes were killed because the group had used all of its memory."""
        return self._read("memory.events").get("oom_kill", 0) > 0

    def close(self) -> None:
        """Remove the group; its processes have been killed."""
        end = time.monotonic() + REMOVE_SECONDS
        while time.monotonic() < end:
            with suppress(OSError):
                self._folder.rmdir()
                return
            if not self._folder.exists():
                return
            time.sleep(0.01)

    def _write(self, name: str, value: int) -> None:
        (self._folder / name).write_text(str(value), encoding="ascii")

    def _read(self, name: str) -> dict[str, int]:
        try:
            lines = (self._folder / name).read_text(encoding="ascii").splitlines()
            return {key: int(value) for key, value in map(str.split, lines)}
        except (OSError, ValueError):
            return {}
