"""ctypes bindings: unshare, mount, capset, prctl; Python has none of them (``os.unshare`` comes with 3.12)."""

from __future__ import annotations

import ctypes
import os
import signal

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x2008_0522

_libc = ctypes.CDLL(None, use_errno=True)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    # Effective, permitted and inheritable, 32 bits each, twice: for the lower and the upper half of all capabilities.
    _fields_ = (("sets", ctypes.c_uint32 * 6),)


def _raise_on_error(result: int, what: str) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces of the kinds in ``flags``, an ``or`` of ``CLONE_NEW...``."""
    _raise_on_error(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or change the flags of a mount; see mount(2)."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode() or None
    )
    _raise_on_error(result, f"mount {target}")


def drop_capabilities() -> None:
    """Drop every capability of this thread and set no_new_privs, for good."""
    # Only the system knows how many capabilities there are: it refuses the first number beyond.
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    _raise_on_error(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear ambient capabilities")
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    _raise_on_error(_libc.capset(ctypes.byref(header), ctypes.byref(_CapabilitySets())), "drop capabilities")
    _raise_on_error(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def die_with_parent() -> None:
    """Have the system kill this process when its parent ends."""
    _raise_on_error(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "die with parent")


def forbid_tracing() -> None:
    """Have the system keep this process's memory and files from others of the same user."""
    _raise_on_error(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "not dumpable")
