"""Start and end a zygote; ask it for a kernel over a Unix socket."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.packages import package_folders, shown_files
from bptt_instructor.grading.sandbox.bubblewrap import bwrap_command, writable_dirs
from bptt_instructor.grading.sandbox.namespaces import HOME, WORK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.limits import Limits

START_SECONDS = 60
FORK_SECONDS = 20
MAX_MESSAGE_BYTES = 65_536


class SandboxError(Exception):
    """No kernel can be started; the message says why."""


@dataclass(frozen=True)
class ForkedKernel:
    """A kernel that has been forked.

    Attributes
    ----------
    pidfd
        File descriptor of its first process; in a sandbox, all others end with that process.
    channel
        Socket to the kernel.
    keeper
        Socket to the kernel's parent, see :mod:`bptt_instructor.grading.kernel.keeper`.
    sandboxed
        Whether it has a pid namespace of its own.
    """

    pidfd: int
    channel: socket.socket
    keeper: socket.socket
    sandboxed: bool


class ZygoteClient:
    """Asks a zygote for kernels.

    Parameters
    ----------
    control_socket
        Socket to the zygote; closed by :meth:`close`.
    limits
        Resource bounds of each kernel.
    packages
        Folders of the packages that the zygote has imported.
    """

    def __init__(self, control_socket: socket.socket, limits: Limits, packages: Sequence[Path]) -> None:
        self._control_socket = control_socket
        self._limits = limits
        self._packages = packages
        self._sandboxed = True
        # Until then, it may still import what notebooks need.
        self._seconds = START_SECONDS + FORK_SECONDS

    def fork(self, archive: int | None = None) -> ForkedKernel:
        """Have the zygote fork a kernel.

        Parameters
        ----------
        archive
            File descriptor of a tar archive with the files of its working folder.

        Raises
        ------
        SandboxError
            When the zygote has ended, or cannot fork one.
        """
        request: dict[str, Any] = {
            "limits": self._limits.as_dict(),
            "work": self._work_folder(),
            "writable": writable_dirs(self._packages),
        }
        channel, kernel_end = socket.socketpair()
        keeper, keeper_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = [kernel_end.fileno(), keeper_end.fileno(), *([] if archive is None else [archive])]
        try:
            self._send(request, fds)
            (pidfd,) = self._receive(self._seconds)
        except (OSError, SandboxError) as error:
            channel.close()
            keeper.close()
            raise SandboxError(f"no kernel could be forked: {self._last_words() or error}") from error
        finally:
            kernel_end.close()
            keeper_end.close()
        self._seconds = FORK_SECONDS
        return ForkedKernel(pidfd, channel, keeper, self._sandboxed)

    def close(self) -> None:
        """Close the socket; the zygote serves others."""
        self._control_socket.close()

    def _send(self, request: dict[str, Any], fds: Sequence[int]) -> None:
        socket.send_fds(self._control_socket, [json.dumps(request).encode()], fds)

    def _work_folder(self) -> str:
        return WORK

    def _sources(self) -> list[Any]:
        return [self._control_socket]

    def _receive(self, seconds: float) -> list[int]:
        """Wait for a reply of the zygote, and return its file descriptors."""
        ready, _, _ = select.select(self._sources(), [], [], seconds)
        message, fds = b"", list[int]()
        # It is reset when the zygote has ended without reading the request.
        with suppress(ConnectionError):
            if self._control_socket in ready:
                message, fds, _, _ = socket.recv_fds(self._control_socket, MAX_MESSAGE_BYTES, 1)
        if not message:
            raise SandboxError(self._last_words() or "the zygote did not answer")
        error = json.loads(message).get("error")
        if error:
            raise SandboxError(error)
        return fds

    def _last_words(self) -> str:
        return ""


class ZygoteProcess(ZygoteClient):
    """A zygote process, whose kernels end with it. It is started here, and not waited for.

    Parameters
    ----------
    limits
        Resource bounds of each kernel.
    suite
        The course's checks: packages mounted in the sandbox.
    sandboxed
        Whether the zygote runs in bubblewrap, and each kernel in namespaces of its own.
    """

    def __init__(self, limits: Limits, suite: CheckSuite, *, sandboxed: bool) -> None:
        control_socket, zygote_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(control_socket, limits, package_folders(suite.packages))
        self._sandboxed = sandboxed
        self._closed = False
        self._folder = tempfile.TemporaryDirectory(prefix="bptt-")
        module = "bptt_instructor.grading.kernel.zygote"
        command = [sys.executable, "-s", "-P", "-m", module, str(zygote_socket.fileno())]
        command += ["sandboxed" if sandboxed else "unsandboxed", suite.kernel]
        command += [f"{kind.__module__}:{kind.__qualname__}" for kind in suite.record_types]
        home = HOME if sandboxed else self._folder.name
        environment = _environment(home, self._packages)
        if sandboxed:
            command = bwrap_command(
                command,
                limits,
                environment,
                self._packages,
                shown_files(suite),
                Path(tempfile.mkdtemp(dir=self._folder.name)),
            )
        self._stderr_file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the zygote
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            # Processes inside can read the variables that bubblewrap itself was started with.
            env={"PATH": PATH} if sandboxed else environment,
            stdin=subprocess.DEVNULL,
            stdout=self._stderr_file,
            stderr=self._stderr_file,
            pass_fds=[zygote_socket.fileno()],
            start_new_session=True,
        )
        zygote_socket.close()
        self._pidfd = os.pidfd_open(self._process.pid)

    def share(self) -> socket.socket | None:
        """Return a socket for another process's :class:`ZygoteClient`; None when the zygote has ended."""
        theirs, zygote_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with zygote_end:
            try:
                self._send({"share": True}, [zygote_end.fileno()])
            except OSError:
                theirs.close()
                return None
        return theirs

    def close(self) -> None:
        """Kill the zygote and all its kernels, and delete its folder."""
        if self._closed:
            return
        self._closed = True
        super().close()
        # The whole process group: had bubblewrap been killed just as it started, its child would wait for it for ever.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._pidfd)
        self._stderr_file.close()
        self._folder.cleanup()

    def _work_folder(self) -> str:
        return super()._work_folder() if self._sandboxed else tempfile.mkdtemp(dir=self._folder.name)

    def _sources(self) -> list[Any]:
        return [*super()._sources(), self._pidfd]

    def _last_words(self) -> str:
        self._stderr_file.seek(0)
        lines = self._stderr_file.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def _environment(home: str, packages: Sequence[Path]) -> dict[str, str]:
    """Return all environment variables of the zygote and its kernels."""
    return {
        "HOME": home,
        "PATH": f"{Path(sys.executable).parent}:{PATH}",
        "LANG": "C.UTF-8",
        "USER": "learner",
        "TMPDIR": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONPATH": ":".join(dict.fromkeys(str(package.parent) for package in packages)),
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "JPY_PARENT_PID": "1",
        # Memory of arrays of some MB is reused. Memory from the system would have to be cleared each time.
        "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
        "MALLOC_TOP_PAD_": str(4 << 20),
        # One thread each: as many submissions as there are cores are graded at a time.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
