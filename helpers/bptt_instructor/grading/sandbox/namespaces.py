"""One submission's own box, made by a process that has just been forked from the warm parent.

The parent stands in bubblewrap already: no network, a read-only system, no privileges. The box adds what keeps
submissions from each other and from the parent. Everything here runs before the first line of a submission.
"""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.grading.sandbox import libc

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyseccomp

    from bptt_instructor.grading.limits import Limits

HOME = "/learner"
WORK = f"{HOME}/work"
"""Where a submission runs, with copies of its data files."""

LEARNER = 1000
NAMESPACES = (
    libc.CLONE_NEWUSER
    | libc.CLONE_NEWNS
    | libc.CLONE_NEWPID
    | libc.CLONE_NEWNET
    | libc.CLONE_NEWIPC
    | libc.CLONE_NEWUTS
    | libc.CLONE_NEWCGROUP
)


def unshare_namespaces() -> None:
    """Leave the parent's namespaces. Children of this process are the first in theirs, and see nothing else.

    The calling process must have one thread only.
    """
    user, group = os.geteuid(), os.getegid()
    libc.unshare(NAMESPACES)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{LEARNER} {user} 1")
    _write("/proc/self/gid_map", f"{LEARNER} {group} 1")


def mount_private(limits: Limits, folders: Iterable[str]) -> None:
    """Give the box empty folders of bounded size, and its own view of processes.

    Parameters
    ----------
    limits
        For their size.
    folders
        Everything that a submission can write to; :data:`HOME` is among them.
    """
    libc.mount("none", "/", "", libc.MS_REC | libc.MS_PRIVATE)
    libc.mount("proc", "/proc", "proc", libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC)
    # No more namespaces from here on; the filter of system calls says so too.
    _write("/proc/sys/user/max_user_namespaces", "0")
    files = limits.disk_bytes // 4096
    for folder in folders:
        options = f"size={limits.disk_bytes},nr_inodes={files},mode=700"
        libc.mount("tmpfs", folder, "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, options)
    socket.sethostname("learner")
    Path(WORK).mkdir()


def lock_down(limits: Limits, refused: pyseccomp.SyscallFilter) -> None:
    """Set the limits and give up what the box was made with, for good."""
    set_rlimits(limits)
    libc.drop_capabilities()
    refused.load()


def set_rlimits(limits: Limits) -> None:
    """Set the limits that the system keeps for each process."""
    for what, most in (
        (resource.RLIMIT_AS, limits.process_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="ascii")
