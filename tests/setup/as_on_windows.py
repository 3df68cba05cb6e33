"""Run a module as on Windows: ``python as_on_windows.py MODULE [ARGUMENT...]``, or ``-c CODE``.

The course's own packages see Windows: modules that it lacks cannot be imported, functions and constants that it lacks
are hidden, and what tells the system says Windows. What others import stays as it is: they know Windows themselves.
For all of them, text files have Windows' encoding and ends of lines, where whoever opens one says nothing else; no
file is linked, or renamed to the name of another, and no folder is opened like a file.
"""

import builtins
import errno
import importlib
import io
import os
import platform
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

MISSING_MODULES = frozenset(
    (
        "crypt",
        "curses",
        "fcntl",
        "grp",
        "nis",
        "posix",
        "pty",
        "pwd",
        "readline",
        "resource",
        "syslog",
        "termios",
        "tty",
    )
)
WINDOWS_SIGNALS = frozenset(("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"))
MISSING_NAMES = {
    "os": {
        *("F_LOCK", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC", "P_PID", "WNOHANG"),
        *("chown", "chroot", "fchdir", "fchmod", "fchown", "fdatasync", "fork", "forkpty", "fpathconf", "fstatvfs"),
        *("geteuid", "getegid", "getgid", "getgroups", "getloadavg", "getpgid", "getpgrp", "getpriority", "getsid"),
        *("getuid", "initgroups", "killpg", "lchown", "lockf", "memfd_create", "mkfifo", "mknod", "nice", "openpty"),
        *("pathconf", "pidfd_open", "pipe2", "posix_fadvise", "posix_fallocate", "posix_spawn", "pread", "pwrite"),
        *("readv", "sched_getaffinity", "sched_setaffinity", "sched_yield", "sendfile", "setegid", "seteuid"),
        *("setgid", "setgroups", "setpgid", "setpriority", "setregid", "setresuid", "setreuid", "setsid", "setuid"),
        *("statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "unshare", "wait", "wait3", "wait4", "waitid"),
        *("writev", "WIFEXITED", "WIFSIGNALED", "WEXITSTATUS", "WTERMSIG"),
    },
    "signal": {
        *("alarm", "getitimer", "pause", "pidfd_send_signal", "pthread_kill", "pthread_sigmask", "setitimer"),
        *("siginterrupt", "sigpending", "sigtimedwait", "sigwait", "sigwaitinfo", "ITIMER_REAL", "ITIMER_VIRTUAL"),
        *("SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"),
        *(name for name in dir(signal) if name.startswith("SIG") and name[3] != "_" and name not in WINDOWS_SIGNALS),
    },
    "socket": {"AF_UNIX", "SO_PEERCRED", "SCM_RIGHTS", "send_fds", "recv_fds"},
}
SAYS = {"os": {"name": "nt"}, "sys": {"platform": "win32"}, "platform": {"system": lambda: "Windows"}}
COURSE = ("bptt", "bptt_instructor")


class Seen(ModuleType):
    """A module as it is on Windows; what is set in it is set in the real one."""

    def __init__(self, real: ModuleType) -> None:
        super().__init__(real.__name__)
        super().__setattr__("_real", real)

    def __getattribute__(self, name: str) -> Any:
        real = super().__getattribute__("_real")
        if name in MISSING_NAMES.get(real.__name__, ()):
            raise AttributeError(f"module '{real.__name__}' has no attribute '{name}' on Windows", name=name)
        says = SAYS.get(real.__name__, {})
        return says[name] if name in says else getattr(real, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(super().__getattribute__("_real"), name, value)


SEEN = {module.__name__: Seen(module) for module in (os, platform, signal, socket, sys)}


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:  # noqa: A002
    scope = globals or {}
    importer = scope["__spec__"].name if scope.get("__spec__") else str(scope.get("__name__"))
    if importer.partition(".")[0] in COURSE:
        if name.partition(".")[0] in MISSING_MODULES:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        if name in SEEN:
            return SEEN[name]
    return _real_import(name, globals, locals, fromlist, level)


def _open(  # noqa: PLR0913, PLR0917 - as open has it
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,  # noqa: FBT002
    opener: Any = None,
) -> Any:
    if "b" not in mode:
        encoding = "cp1252" if encoding in {None, "locale"} else encoding
        newline = "\r\n" if newline is None and set(mode) & set("wax") else newline
    return _real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)


def _rename(source: Any, target: Any, **options: Any) -> None:
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", target)
    _real_rename(source, target, **options)


def _symlink(source: Any, target: Any, *_: Any, **__: Any) -> None:
    raise OSError(errno.EPERM, "A required privilege is not held by the client", source, None, target)


def _open_handle(path: Any, *arguments: Any, **options: Any) -> int:
    if Path(os.fsdecode(path)).is_dir():
        raise PermissionError(errno.EACCES, "Permission denied", path)
    return _real_open_handle(path, *arguments, **options)


_real_import, _real_open, _real_rename, _real_open_handle = builtins.__import__, io.open, os.rename, os.open


def pretend() -> None:
    """Have the course's packages see Windows from now on, in this process."""
    builtins.__import__ = _import
    builtins.open = io.open = _open
    os.rename, os.open, os.symlink = _rename, _open_handle, _symlink


if __name__ == "__main__":
    pretend()
    if not sys.flags.safe_path:
        del sys.path[0]
    if sys.argv[1] == "-c":
        exec(compile(sys.argv[2], "code", "exec"), {"__name__": "learner"})  # noqa: S102 - what a test gives
    else:
        program = importlib.import_module(f"{sys.argv[1]}.__main__")
        sys.argv[:] = [sys.argv[1], *sys.argv[2:]]
        sys.exit(program.main())
