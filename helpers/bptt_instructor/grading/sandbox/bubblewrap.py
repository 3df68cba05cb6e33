"""The command line that puts the warm parent into bubblewrap."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.grading.sandbox.namespaces import HOME, LEARNER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bptt_instructor.grading.limits import Limits

NOBODY = 64_646
"""User and group of kernels when root grades: limits on the number of processes do not bind root."""

TMP = Path("/tmp")  # noqa: S108 - what is there inside is not what is there outside
FAKE_ETC = {
    "passwd": f"learner:x:{LEARNER}:{LEARNER}::{HOME}:/bin/sh\n",
    "group": f"learner:x:{LEARNER}:\n",
    "hosts": "127.0.0.1 localhost learner\n::1 localhost learner\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""What stands in /etc in place of the machine's own."""


def writable_dirs(packages: Sequence[Path]) -> list[str]:
    """Return the folders that a submission can write to. Each box has its own, and they begin empty.

    Parameters
    ----------
    packages
        Folders of the packages that it imports.
    """
    # Without a /tmp of its own where that would hide Python itself, as in a checkout below /tmp.
    temporary = [] if any(folder.is_relative_to(TMP) for folder in (*_python(), *packages)) else [str(TMP)]
    return [HOME, "/dev/shm", *temporary]  # noqa: S108 - each box has its own


def bwrap_command(
    command: list[str], limits: Limits, environment: dict[str, str], packages: Sequence[Path], etc: Path
) -> list[str]:
    """Return the arguments that run a command inside of bubblewrap.

    Parameters
    ----------
    command
        A program of this Python, and its arguments.
    limits
        For the size of the folders that can be written.
    environment
        All variables that the command has.
    packages
        Folders of the packages that it imports.
    etc
        An empty folder for what is to stand in /etc; it has to stay.
    """
    line = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "grading"]
    line += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--cap-drop", "ALL"]
    for name, value in environment.items():
        line += ["--setenv", name, value]
    line += ["--dev", "/dev", "--tmpfs", str(TMP)]
    line += _system(packages)
    for name, text in FAKE_ETC.items():
        (etc / name).write_text(text, encoding="ascii")
        line += ["--ro-bind", str(etc / name), f"/etc/{name}"]
    # bubblewrap's own /proc, made by root, is partly covered, and then no box inside may mount one of its own. The
    # machine's is seen by the warm parent alone: each box covers it.
    line += ["--bind", "/proc", "/proc"] if os.geteuid() == 0 else ["--proc", "/proc"]
    for folder in writable_dirs(packages):
        line += ["--perms", "1777", "--size", str(limits.disk_bytes), "--tmpfs", folder]
    line += ["--chdir", HOME, *_each("--remount-ro", sorted({"/", "/dev", str(TMP)} - set(writable_dirs(packages))))]
    if os.geteuid() == 0:
        line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        command = [*_as_nobody(), *command]
    else:
        line += ["--unshare-user"]
    return [*line, "--", *command]


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _as_nobody() -> list[str]:
    return [
        "setpriv",
        *("--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--"),
    ]


def _system(packages: Sequence[Path]) -> Iterator[str]:
    """Show the system's programs and libraries, this Python and the packages, read-only; nothing else."""
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("bin", "lib", "lib32", "lib64", "libx32", "sbin"):
        top = Path("/", name)
        if top.is_symlink():
            yield from ("--symlink", str(top.readlink()), str(top))
        elif top.is_dir():
            yield from ("--ro-bind", str(top), str(top))
    yield from ("--perms", "0755", "--dir", "/etc")
    for name in ("alternatives", "ld.so.cache", "localtime", "fonts"):
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    made: set[Path] = set()
    for folder in _outermost(*_python(), *packages):
        # bubblewrap makes folders on the way that only its own user may enter.
        for parent in reversed(folder.parents[:-1]):
            if parent not in made:
                made.add(parent)
                yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(folder), str(folder))


def _python() -> list[Path]:
    """Return the folders that this Python is in."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]


def _outermost(*folders: Path) -> list[Path]:
    """Leave out the folders that are inside of another, and those in /usr, which is shown as a whole."""
    found = {folder for folder in folders if not folder.is_relative_to("/usr")}
    return sorted(
        folder for folder in found if not any(folder != other and folder.is_relative_to(other) for other in found)
    )
