"""Zygote process: import everything once, fork a kernel per submission.

It runs inside bubblewrap. It never runs a line of a submission and starts no thread, so that it can fork; and it holds
no secrets, since each kernel begins as a copy of it.

Its control socket leads to the trusted side. A request is a JSON message, with the sockets of the new kernel and of its
keeper as file descriptors. The reply carries a pidfd of the kernel's process, or an error.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import random
import select
import signal
import socket
import sys
import tarfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from bptt_instructor.grading.kernel.keeper import keep
from bptt_instructor.grading.kernel.submission_kernel import SubmissionKernel
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.sandbox import libc, namespaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bptt_instructor.grading.checks.interface import KernelChecks

PRELOAD = ("IPython.core.logger", "bdb", "psutil", "pwd")
"""Modules that the first cell would import, or the first error."""

Enter = Callable[[Limits, "ForkRequest"], tuple[Callable[[], None], Callable[[], None]]]
"""Enters namespaces, and returns what a kernel does before and after it unpacks its files."""

EXTRACT_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
MAX_MESSAGE_BYTES = 65_536
MAX_FDS = 3
MAX_FD_NUMBER = 1 << 30


@dataclass(frozen=True)
class ForkRequest:
    """Request to fork a kernel; its file descriptors: its socket, its keeper's, and perhaps an archive of data files.

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
    """Serve fork requests until the control socket is closed; a request to share adds another socket for requests.

    Arguments: the socket, ``sandboxed`` or ``unsandboxed``, the course's checks, and the types that messages may hold.
    """
    _, number, mode, kernel_checks, *record_types = sys.argv
    control_socket = socket.socket(fileno=int(number))
    checks: KernelChecks = pkgutil.resolve_name(kernel_checks)()
    for name in (*checks.preload, *PRELOAD):
        import_module(name)
    kernel = SubmissionKernel(checks, tuple(map(pkgutil.resolve_name, record_types)))
    # Nobody waits for keepers. With the signal ignored, they do not stay zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    enter = _sandboxed() if mode == "sandboxed" else _unsandboxed
    # Garbage collection in a kernel would write to all objects that exist now, and so copy memory that it shares.
    gc.collect()
    gc.freeze()
    clients = {control_socket.fileno(): control_socket}
    poller = select.poll()
    poller.register(control_socket, select.POLLIN)
    while True:
        for fd, _ in poller.poll():
            message, fds = b"", list[int]()
            with suppress(ConnectionError):
                message, fds, _, _ = socket.recv_fds(clients[fd], MAX_MESSAGE_BYTES, MAX_FDS)
            if not message:
                if clients[fd] is control_socket:
                    return
                poller.unregister(fd)
                clients.pop(fd).close()
                continue
            request = json.loads(message)
            if "share" in request:
                clients[fds[0]] = socket.socket(fileno=fds[0])
                poller.register(fds[0], select.POLLIN)
                continue
            if not os.fork():
                _start(kernel, clients[fd], ForkRequest(**request), fds, enter)
            for passed in fds:
                os.close(passed)


def _start(
    kernel: SubmissionKernel, control_socket: socket.socket, request: ForkRequest, fds: list[int], enter: Enter
) -> NoReturn:
    """Fork a kernel, send its pidfd or an error, and keep it: the kernel's parent."""
    kernel_fd, keeper_fd, *archives = fds
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        limits = Limits(**request.limits)
        mount, lock_down = enter(limits, request)
        libc.die_with_parent()
        pid = _fork(kernel, request, (kernel_fd, *archives), mount, lock_down)
        pidfd = os.pidfd_open(pid)
        socket.send_fds(control_socket, [b"{}"], [pidfd])
        _close_inherited_fds(keeper_fd, pidfd)
        keep(pid, pidfd, socket.socket(fileno=keeper_fd))
    except BaseException as error:  # noqa: BLE001 - the trusted side reports it
        control_socket.send(_error_message(error))
    finally:
        os._exit(0)


def _sandboxed() -> Enter:
    from bptt_instructor.grading.sandbox.seccomp import syscall_filter  # noqa: PLC0415 - needs a library that only Linux has

    denied_calls = syscall_filter()

    def enter(limits: Limits, request: ForkRequest) -> tuple[Callable[[], None], Callable[[], None]]:
        # The first process of a new pid namespace has to be a child of the process that created the namespace.
        namespaces.unshare_namespaces()
        return (
            lambda: namespaces.mount_private(limits, request.writable),
            lambda: namespaces.lock_down(limits, denied_calls),
        )

    return enter


def _unsandboxed(limits: Limits, _: ForkRequest) -> tuple[Callable[[], None], Callable[[], None]]:
    return libc.die_with_parent, lambda: namespaces.set_rlimits(limits)


def _fork(
    kernel: SubmissionKernel,
    request: ForkRequest,
    fds: Sequence[int],
    mount: Callable[[], None],
    lock_down: Callable[[], None],
) -> int:
    """Fork a kernel; return its process id when it is ready to run a submission."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            _close_inherited_fds(write_end, *fds)
            # A signal to its own process group would reach the zygote.
            os.setsid()
            mount()
            _enter_work_folder(request.work, fds[1:])
            lock_down()
            os.close(write_end)
        except BaseException as error:  # noqa: BLE001 - the trusted side reports it
            os.write(write_end, _error_message(error))
            os._exit(1)
        try:
            os.set_inheritable(fds[0], False)  # noqa: FBT003
            kernel.serve(fds[0], os.environ["HOME"], request.limits["message_bytes"])
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
