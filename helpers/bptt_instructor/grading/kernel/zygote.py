"""Zygote process: import everything once, fork a kernel per submission.

It runs inside bubblewrap. It never runs a line of a submission, starts no thread and opens no ZeroMQ context, so that
it can fork; and it holds no secrets, since each kernel begins as a copy of it.

Its control socket leads to the trusted side. A request is a JSON message, with the listening sockets of the new kernel
as file descriptors. The reply carries a pidfd of the kernel's process, or an error.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import random
import signal
import socket
import sys
import tarfile
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from bptt_instructor.grading.kernel.kernelapp import ForkedKernelApp
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.protocol.messages import CHANNELS
from bptt_instructor.grading.sandbox import libc, namespaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyseccomp import SyscallFilter

    from bptt_instructor.grading.checks.interface import KernelChecks

PRELOAD = ("IPython.core.logger", "bdb", "psutil", "pwd")
"""Modules that the first cell would import, or the first error."""

EXTRACT_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
MAX_MESSAGE_BYTES = 65_536
MAX_FDS = len(CHANNELS) + 1
MAX_FD_NUMBER = 1 << 30


@dataclass(frozen=True)
class ForkRequest:
    """Request to fork a kernel; its file descriptors are listening sockets, and perhaps an archive of data files.

    Attributes
    ----------
    limits
        Fields of :class:`bptt_instructor.grading.limits.Limits`, by name.
    work
        Working folder.
    writable
        All folders that it can write to, when it is sandboxed.
    """

    limits: dict[str, Any]
    work: str
    writable: list[str]


def main() -> None:
    """Serve fork requests until the control socket is closed: ``zygote.py SOCKET sandboxed|unsandboxed CHECKS``."""
    _, number, mode, kernel_checks = sys.argv
    control_socket = socket.socket(fileno=int(number))
    checks: KernelChecks = pkgutil.resolve_name(kernel_checks)()
    for name in (*checks.preload, *PRELOAD):
        import_module(name)
    app = ForkedKernelApp.instance()
    app.prepare(checks)
    sandboxed = mode == "sandboxed"
    handle = _sandboxed_handler(app, control_socket) if sandboxed else partial(_handle_unsandboxed, app, control_socket)
    # Garbage collection in a kernel would write to all objects that exist now, and so copy memory that it shares.
    gc.collect()
    gc.freeze()
    control_socket.send(b"{}")
    while True:
        message, fds, _, _ = socket.recv_fds(control_socket, MAX_MESSAGE_BYTES, MAX_FDS)
        if not message:
            return
        handle(ForkRequest(**json.loads(message)), fds)
        for fd in fds:
            os.close(fd)


def _sandboxed_handler(app: ForkedKernelApp, control_socket: socket.socket) -> Callable[[ForkRequest, list[int]], None]:
    from bptt_instructor.grading.sandbox.seccomp import syscall_filter  # noqa: PLC0415 - needs a library that only Linux has

    denied_calls = syscall_filter()

    def handle(request: ForkRequest, fds: list[int]) -> None:
        # The first process of a new pid namespace has to be a child of the process that created the namespace.
        parent = os.fork()
        if not parent:
            _send_pidfd(control_socket, partial(_fork_sandboxed, app, denied_calls, request, fds))
        os.waitpid(parent, 0)

    return handle


def _send_pidfd(control_socket: socket.socket, fork: Callable[[], int]) -> None:
    """Fork a kernel, send its pidfd or an error, and end this process."""
    try:
        socket.send_fds(control_socket, [b"{}"], [os.pidfd_open(fork())])
    except BaseException as error:  # noqa: BLE001 - the trusted side reports it
        control_socket.send(_error_message(error))
    finally:
        os._exit(0)


def _fork_sandboxed(app: ForkedKernelApp, denied_calls: SyscallFilter, request: ForkRequest, fds: list[int]) -> int:
    limits = Limits(**request.limits)
    namespaces.unshare_namespaces()
    return _fork(
        app,
        request,
        fds,
        lambda: namespaces.mount_private(limits, request.writable),
        lambda: namespaces.lock_down(limits, denied_calls),
    )


def _handle_unsandboxed(
    app: ForkedKernelApp, control_socket: socket.socket, request: ForkRequest, fds: list[int]
) -> None:
    def enter() -> None:
        os.setsid()
        libc.die_with_parent()

    # Nobody waits for the kernel. With the signal ignored, it does not stay a zombie.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        pid = _fork(app, request, fds, enter, lambda: namespaces.set_rlimits(Limits(**request.limits)))
        socket.send_fds(control_socket, [b"{}"], [os.pidfd_open(pid)])
    except OSError as error:
        control_socket.send(_error_message(error))


def _fork(
    app: ForkedKernelApp, request: ForkRequest, fds: list[int], enter: Callable[[], None], lock_down: Callable[[], None]
) -> int:
    """Fork a kernel; return its process id when it is ready to run a submission."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            _close_inherited_fds(write_end, *fds)
            enter()
            _enter_work_folder(request.work, fds[len(CHANNELS) :])
            lock_down()
            os.close(write_end)
        except BaseException as error:  # noqa: BLE001 - the trusted side reports it
            os.write(write_end, _error_message(error))
            os._exit(1)
        try:
            app.start_kernel(dict(zip(CHANNELS, fds, strict=False)))
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        message = pipe.read()
    if message:
        raise OSError(json.loads(message)["error"])
    return pid


def _close_inherited_fds(*keep: int) -> None:
    """Close all file descriptors of the zygote but these, and redirect the standard streams to /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    start = 3
    for fd in sorted(keep):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, MAX_FD_NUMBER)


def _enter_work_folder(folder: str, archives: Sequence[int]) -> None:
    """Enter the working folder, unpack the submission's data files and reseed random number generators."""
    os.chdir(folder)
    for archive in archives:
        with os.fdopen(archive, "rb") as file, tarfile.open(fileobj=file) as files:
            # Python 3.11.3 and older have no filters, and need none: the launcher wrote the archive.
            files.extractall(folder, **EXTRACT_FILTER)  # noqa: S202 - see above
    # Last, so that no file of the submission takes the place of a module.
    sys.path.append(folder)
    # Forks of one process would all draw the same numbers.
    random.seed()
    np.random.seed()  # noqa: NPY002 - the generator that notebooks may use


def _error_message(error: BaseException) -> bytes:
    return json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()


if __name__ == "__main__":
    main()
