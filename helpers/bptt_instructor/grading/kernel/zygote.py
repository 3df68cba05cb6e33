"""The warm parent: it has imported all that a kernel needs, and forks one whenever it is told to.

It runs inside of bubblewrap. It never runs a line of a submission, starts no thread and opens no ZeroMQ context, so
that it can fork; and it holds nothing that a submission could want, since each child begins as its copy.

Its one open door is a socket to the trusted side. A request is a message in JSON, with the sockets that the new kernel
is to listen on. The answer is a handle on the kernel's process, or what went wrong.
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

    from bptt_instructor.grading.checks.protocol import KernelChecks

PRELOAD = ("IPython.core.logger", "bdb", "psutil", "pwd")
"""What would else be imported by the first cell that runs, or the first that fails."""

FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
MESSAGE_BYTES = 65_536
MAX_FDS = len(CHANNELS) + 1
FOREVER = 1 << 30


@dataclass(frozen=True)
class Request:
    """What a kernel is to be like. With it come its listening sockets, and an archive of its data files.

    Attributes
    ----------
    limits
        As :class:`bptt_instructor.grading.limits.Limits` has them, by name.
    work
        The folder that it works in.
    writable
        All folders that it can write to, when it has a box of its own.
    """

    limits: dict[str, Any]
    work: str
    writable: list[str]


def main() -> None:
    """Serve until the trusted side hangs up: ``zygote.py SOCKET sandboxed|unsandboxed CHECKS``."""
    _, number, sandboxed, kernel_checks = sys.argv
    door = socket.socket(fileno=int(number))
    checks: KernelChecks = pkgutil.resolve_name(kernel_checks)()
    for name in (*checks.preload, *PRELOAD):
        import_module(name)
    app = ForkedKernelApp.instance()
    app.prepare(checks)
    make_kernel = _sandboxed(app, door) if sandboxed == "sandboxed" else partial(_unsandboxed, app, door)
    # What is alive now stays so: children that never look at it go on sharing the parent's memory.
    gc.collect()
    gc.freeze()
    door.send(b"{}")
    while True:
        message, handles, _, _ = socket.recv_fds(door, MESSAGE_BYTES, MAX_FDS)
        if not message:
            return
        make_kernel(Request(**json.loads(message)), handles)
        for handle in handles:
            os.close(handle)


def _sandboxed(app: ForkedKernelApp, door: socket.socket) -> Callable[[Request, list[int]], None]:
    from bptt_instructor.grading.sandbox.seccomp import syscall_filter  # noqa: PLC0415 - needs a library that only Linux has

    refused = syscall_filter()

    def make_kernel(request: Request, handles: list[int]) -> None:
        # The first process of a new pid namespace is a child of the one that made it. That one only hands it over.
        between = os.fork()
        if not between:
            _answer(door, partial(_make_sandbox, app, refused, request, handles))
        os.waitpid(between, 0)

    return make_kernel


def _answer(door: socket.socket, make: Callable[[], int]) -> None:
    """Make a kernel, tell the trusted side, and end this process."""
    try:
        socket.send_fds(door, [b"{}"], [os.pidfd_open(make())])
    except BaseException as error:  # noqa: BLE001 - whatever it was, the trusted side has to know
        door.send(_error_message(error))
    finally:
        os._exit(0)


def _make_sandbox(app: ForkedKernelApp, refused: SyscallFilter, request: Request, handles: list[int]) -> int:
    limits = Limits(**request.limits)
    namespaces.unshare_namespaces()
    return _fork(
        app,
        request,
        handles,
        lambda: namespaces.mount_private(limits, request.writable),
        lambda: namespaces.lock_down(limits, refused),
    )


def _unsandboxed(app: ForkedKernelApp, door: socket.socket, request: Request, handles: list[int]) -> None:
    def enter() -> None:
        os.setsid()
        libc.die_with_parent()

    # There is no other process to bury it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        pid = _fork(app, request, handles, enter, lambda: namespaces.set_rlimits(Limits(**request.limits)))
        socket.send_fds(door, [b"{}"], [os.pidfd_open(pid)])
    except OSError as error:
        door.send(_error_message(error))


def _fork(
    app: ForkedKernelApp, request: Request, handles: list[int], enter: Callable[[], None], lock: Callable[[], None]
) -> int:
    """Fork a kernel; return its number when it is ready to run a submission."""
    hears, tells = os.pipe()
    kernel = os.fork()
    if not kernel:
        try:
            _close_inherited_fds(tells, *handles)
            enter()
            _work_in(request.work, handles[len(CHANNELS) :])
            lock()
            os.close(tells)
        except BaseException as error:  # noqa: BLE001 - whatever it was, the trusted side has to know
            os.write(tells, _error_message(error))
            os._exit(1)
        try:
            app.start_kernel(dict(zip(CHANNELS, handles, strict=False)))
        finally:
            os._exit(0)
    os.close(tells)
    with os.fdopen(hears, "rb") as told:
        said = told.read()
    if said:
        raise OSError(json.loads(said)["error"])
    return kernel


def _close_inherited_fds(*keep: int) -> None:
    """Close the door and every other handle of the parent; nothing that is printed goes where the parent's goes."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    start = 3
    for handle in sorted(keep):
        os.closerange(start, handle)
        start = handle + 1
    os.closerange(start, FOREVER)


def _work_in(folder: str, archives: Sequence[int]) -> None:
    """Begin in the folder of the submission's own files."""
    os.chdir(folder)
    for archive in archives:
        with os.fdopen(archive, "rb") as file, tarfile.open(fileobj=file) as files:
            # Python 3.11.3 and older know no filters; the archive is ours.
            files.extractall(folder, **FILTER)  # noqa: S202 - as said
    # Last, so that no file of the submission takes the place of a module.
    sys.path.append(folder)
    # Copies of one parent would all draw the same.
    random.seed()
    np.random.seed()  # noqa: NPY002 - the generator that notebooks may use


def _error_message(error: BaseException) -> bytes:
    return json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()


if __name__ == "__main__":
    main()
