"""The seccomp filter: denied system calls, which namespaces do not cover or no learner needs."""

from __future__ import annotations

import errno
import socket

import pyseccomp

DENIED = (
    # Other processes' memory and state.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    # Keyrings are not in any namespace.
    *("add_key", "request_key", "keyctl"),
    # Interfaces of the Linux kernel with a record of vulnerabilities.
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "fanotify_init"),
    *(
        "open_by_handle_at",
        "name_to_handle_at",
        "lookup_dcookie",
        "syslog",
        "acct",
        "quotactl",
        "nfsservctl",
        "vhangup",
    ),
    # Mounts, namespaces and names, which the sandbox has set.
    *("mount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("pivot_root", "chroot", "unshare", "setns", "swapon", "swapoff", "reboot", "sethostname", "setdomainname"),
    # The clock, and other settings of the whole machine.
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "iopl", "ioperm", "personality"),
    # Memory that belongs to no process, and so would not be counted; placement of memory.
    *("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open", "mbind", "set_mempolicy"),
    *("migrate_pages", "move_pages", "vmsplice"),
)
CLONE_NAMESPACES = (0x80, 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)
"""Every flag of clone that makes a namespace."""


def syscall_filter() -> pyseccomp.SyscallFilter:
    """Return the filter; its ``load`` installs it in all threads of the calling process, for good.

    A foreign ABI (32 bit programs on a 64 bit machine) ends the process: a filter for it would be a second list to
    keep. A denied call fails with EPERM.
    """
    filter_ = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    filter_.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    filter_.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
    for name in DENIED:
        _deny(filter_, name)
    for flag in CLONE_NAMESPACES:
        _deny(filter_, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # clone3 passes its flags in memory, where a filter cannot read them. On ENOSYS, the C library falls back to clone.
    filter_.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    # Of the socket families, only unix (1), inet (2) and inet6 (10) are allowed.
    _deny(filter_, "socket", pyseccomp.Arg(0, pyseccomp.GT, socket.AF_INET6))
    for family in range(socket.AF_INET + 1, socket.AF_INET6):
        _deny(filter_, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    return filter_


def _deny(filter_: pyseccomp.SyscallFilter, name: str, *when: pyseccomp.Arg) -> None:
    # An older libseccomp or machine does not know the newest calls.
    if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) != UNKNOWN_SYSCALL:
        filter_.add_rule(pyseccomp.ERRNO(errno.EPERM), name, *when)


UNKNOWN_SYSCALL = -1
