"""Build the bwrap command line for the zygote."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.grading.sandbox.namespaces import HOME, LEARNER_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bptt_instructor.grading.limits import Limits

NOBODY = 64_646
"""User and group id of kernels when root grades: limits on the number of processes do not bind root."""

TMP = Path("/tmp")  # noqa: S108 - the sandbox's own
FAKE_ETC = {
    "passwd": f"learner:x:{LEARNER_ID}:{LEARNER_ID}::{HOME}:/bin/sh\n",
    "group": f"learner:x:{LEARNER_ID}:\n",
    "hosts": "127.0.0.1 localhost learner\n::1 localhost learner\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""Files in /etc in place of the machine's own: name and content."""


def writable_dirs(packages: Sequence[Path]) -> list[str]:
    """Return the folders that a submission can write to; each sandbox has its own, and they begin empty.

    Parameters
    ----------
    packages
        Folders of the packages that it imports.
    """
    # No private /tmp where that would hide Python itself, as in a checkout below /tmp.
    temporary = [] if any(folder.is_relative_to(TMP) for folder in (*_python_folders(), *packages)) else [str(TMP)]
    return [HOME, "/dev/shm", *temporary]  # noqa: S108 - the sandbox's own


def bwrap_command(  # noqa: PLR0913, PLR0917 - all that a sandbox is made of
    command: list[str],
    limits: Limits,
    environment: dict[str, str],
    packages: Sequence[Path],
    shown: Mapping[Path, Path],
    etc: Path,
) -> list[str]:
    """Return the command line that runs a command inside bubblewrap.

    Parameters
    ----------
    command
        Program of this Python, and its arguments.
    limits
        For the size of the writable folders.
    environment
        All environment variables of the command.
    packages
        Folders of the packages that it imports; the first is the grader's own, which begins empty.
    shown
        By path below the packages, the file or folder that is shown there.
    etc
        Empty folder for the files of :data:`FAKE_ETC`; it has to exist as long as the command runs.
    """
    line = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "grading"]
    line += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--cap-drop", "ALL"]
    for name, value in environment.items():
        line += ["--setenv", name, value]
    line += ["--dev", "/dev", "--tmpfs", str(TMP)]
    line += _read_only_binds(packages)
    line += ["--perms", "0755", "--tmpfs", str(packages[0])]
    for path, source in shown.items():
        for parent in reversed(path.relative_to(packages[0]).parents[:-1] if path.is_relative_to(packages[0]) else ()):
            line += ["--perms", "0755", "--dir", str(packages[0] / parent)]
        line += ["--ro-bind", str(source), str(path)]
    line += ["--remount-ro", str(packages[0])]
    for name, text in FAKE_ETC.items():
        (etc / name).write_text(text, encoding="ascii")
        line += ["--ro-bind", str(etc / name), f"/etc/{name}"]
    # Run by root, bubblewrap covers parts of its /proc, and then no namespace inside may mount a /proc of its own. Only
    # the zygote sees the machine's: each fork mounts its own over it.
    line += ["--bind", "/proc", "/proc"] if os.geteuid() == 0 else ["--proc", "/proc"]
    writable = writable_dirs(packages)
    for folder in writable:
        line += ["--perms", "1777", "--size", str(limits.disk_bytes), "--tmpfs", folder]
    line += ["--chdir", HOME, *_repeated("--remount-ro", sorted({"/", "/dev", str(TMP)} - set(writable)))]
    if os.geteuid() == 0:
        line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        command = [*_setpriv_command(), *command]
    else:
        line += ["--unshare-user"]
    return [*line, "--", *command]


def _repeated(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _setpriv_command() -> list[str]:
    return [
        "setpriv",
        *("--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--"),
    ]


def _read_only_binds(packages: Sequence[Path]) -> Iterator[str]:
    """Yield options that show the system's programs and libraries, this Python and the packages, and nothing else."""
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
    created: set[Path] = set()
    for folder in _outermost(*_python_folders(), *packages):
        # Parent folders that bubblewrap creates by itself can be entered by its own user only.
        for parent in reversed(folder.parents[:-1]):
            if parent not in created:
                created.add(parent)
                yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(folder), str(folder))


def _python_folders() -> list[Path]:
    return [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]


def _outermost(*folders: Path) -> list[Path]:
    """Return the folders without those inside another, and without those in /usr, which is shown as a whole."""
    outside = {folder for folder in folders if not folder.is_relative_to("/usr")}
    return sorted(
        folder for folder in outside if not any(folder != other and folder.is_relative_to(other) for other in outside)
    )
