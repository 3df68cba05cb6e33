"""The system calls that a submission may not make: what namespaces do not cover, and what no learner needs."""

from __future__ import annotations

import errno
import socket

import pyseccomp

DENIED = (
    # Other processes' memory and state.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    # Keyrings are not in any namespace.
    *("add_key", "request_key", "keyctl"),
    # Doors into the system's kernel that have been broken often.
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
    # Mounts and namespaces: the box is as it is.
    *("mount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("pivot_root", "chroot", "unshare", "setns", "swapon", "swapoff", "reboot", "sethostname", "setdomainname"),
    # The clock, and other settings of the whole machine.
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "iopl", "ioperm", "personality"),
    # Memory that belongs to no process, and so would not be counted.
    *("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open", "mbind", "set_mempolicy"),
    *("migrate_pages", "move_pages", "vmsplice"),
)
CLONE_NAMESPACES = (0x80, 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)
"""Every flag of clone that makes a namespace."""


def syscall_filter() -> pyseccomp.SyscallFilter:
    """Make the filter; its ``load`` puts it on the calling process, for good.

    Foreign ABIs (32 bit programs on a 64 bit machine) are refused whole: a filter for one of them would be a second
    list to keep. A refused call fails like one that the system does not have, so that an honest library does without.
    """
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    calls.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    calls.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
    for name in DENIED:
        _refuse(calls, name)
    for flag in CLONE_NAMESPACES:
        _refuse(calls, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # clone3 hides its flags from filters. Told that there is none, the C library uses clone.
    calls.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    # Of the families of sockets only unix (1), inet (2) and inet6 (10).
    _refuse(calls, "socket", pyseccomp.Arg(0, pyseccomp.GT, socket.AF_INET6))
    for family in range(socket.AF_INET + 1, socket.AF_INET6):
        _refuse(calls, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    return calls


def _refuse(calls: pyseccomp.SyscallFilter, name: str, *when: pyseccomp.Arg) -> None:
    # The library may be older than a call that it has no number for, and so may the machine.
    if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) != UNKNOWN:
        calls.add_rule(pyseccomp.ERRNO(errno.EPERM), name, *when)


UNKNOWN = -1
