"""Per-submission namespaces, private mounts and rlimits, set up inside bubblewrap by a fresh fork of the zygote.

The zygote is in bubblewrap already: no network, a read-only system, no privileges. What is set up here isolates
submissions from each other and from the zygote. All of it runs before the first line of a submission.
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
"""Working folder of a submission, with copies of its data files."""

LEARNER_ID = 1000
"""User and group id of a submission."""

NAMESPACE_FLAGS = (
    libc.CLONE_NEWUSER
    | libc.CLONE_NEWNS
    | libc.CLONE_NEWPID
    | libc.CLONE_NEWNET
    | libc.CLONE_NEWIPC
    | libc.CLONE_NEWUTS
    | libc.CLONE_NEWCGROUP
)


def unshare_namespaces() -> None:
    """Move this process into new namespaces, in which it runs as :data:`LEARNER_ID`.

    The new pid namespace is for its children: the first of them gets process id 1. The calling process must have one
    thread only.
    """
    user, group = os.geteuid(), os.getegid()
    libc.unshare(NAMESPACE_FLAGS)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{LEARNER_ID} {user} 1")
    _write("/proc/self/gid_map", f"{LEARNER_ID} {group} 1")


def mount_private(limits: Limits, folders: Iterable[str]) -> None:
    """Mount empty folders of bounded size, and a /proc of this pid namespace.

    Parameters
    ----------
    limits
        For the size of the folders.
    folders
        All folders that a submission can write to; :data:`HOME` is among them.
    """
    libc.mount("none", "/", "", libc.MS_REC | libc.MS_PRIVATE)
    libc.mount("proc", "/proc", "proc", libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC)
    # No further namespaces; the seccomp filter denies them as well.
    _write("/proc/sys/user/max_user_namespaces", "0")
    max_files = limits.disk_bytes // 4096
    for folder in folders:
        options = f"size={limits.disk_bytes},nr_inodes={max_files},mode=700"
        libc.mount("tmpfs", folder, "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, options)
    socket.sethostname("learner")
    Path(WORK).mkdir()


def lock_down(limits: Limits, syscall_filter: pyseccomp.SyscallFilter) -> None:
    """Set rlimits, drop all capabilities and load the seccomp filter, for good."""
    set_rlimits(limits)
    libc.drop_capabilities()
    syscall_filter.load()


def set_rlimits(limits: Limits) -> None:
    """Set the resource limits of this process, which its children inherit."""
    for limit, value in (
        (resource.RLIMIT_AS, limits.process_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        # Nobody may raise a hard limit: where the system's is lower, that one holds.
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="ascii")
