"""The trusted side's hold on a warm parent: start it, have it fork a kernel, end it."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.packages import package_folders
from bptt_instructor.grading.protocol.messages import CHANNELS
from bptt_instructor.grading.sandbox.bubblewrap import bwrap_command, writable_dirs
from bptt_instructor.grading.sandbox.namespaces import HOME, WORK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.limits import Limits

START_SECONDS = 60
FORK_SECONDS = 20
MESSAGE_BYTES = 65_536


class SandboxError(Exception):
    """No kernel can be started; the message says why."""


@dataclass(frozen=True)
class ForkedKernel:
    """A kernel that is about to listen.

    Attributes
    ----------
    process
        A handle on its first process; with that one all others of its box end.
    folder
        A path to the folder of its sockets.
    """

    process: int
    folder: str


class ZygoteProcess:
    """One warm parent, and its kernels, which end with it.

    Parameters
    ----------
    limits
        Bounds on every kernel.
    suite
        The course's checks: what the sandbox holds of them.
    sandboxed
        Whether it stands in bubblewrap, and each kernel in a box of its own.
    """

    def __init__(self, limits: Limits, suite: CheckSuite, *, sandboxed: bool) -> None:
        self._limits = limits
        self._sandboxed = sandboxed
        self._folder = tempfile.TemporaryDirectory(prefix="bptt-")
        # Through a handle, the path to a socket is short, however deep the folder is, and tells nothing about it.
        self._at = os.open(self._folder.name, os.O_PATH | os.O_DIRECTORY)
        self._control_socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-s", "-P", "-m", "bptt_instructor.grading.kernel.zygote", str(theirs.fileno())]
        command += ["sandboxed" if sandboxed else "unsandboxed", suite.kernel]
        home = HOME if sandboxed else self._folder.name
        self._packages = packages = package_folders(suite.packages)
        environment = _environment(home, packages)
        if sandboxed:
            command = bwrap_command(
                command, limits, environment, packages, Path(tempfile.mkdtemp(dir=self._folder.name))
            )
        self._stderr_file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the parent is
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            # Started with nothing, since whoever is inside can read what bubblewrap itself was started with.
            env={"PATH": PATH} if sandboxed else environment,
            stdin=subprocess.DEVNULL,
            stdout=self._stderr_file,
            stderr=self._stderr_file,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._receive(START_SECONDS)

    def fork(self, archive: int | None = None) -> ForkedKernel:
        """Have a kernel forked.

        Parameters
        ----------
        archive
            The handle of a tar archive with the kernel's own files.

        Raises
        ------
        SandboxError
            When that does not work.
        """
        folder = f"/proc/self/fd/{self._at}"
        listening = []
        try:
            for channel in CHANNELS:
                path = f"{folder}/{channel}"
                Path(path).unlink(missing_ok=True)
                listening.append(socket.socket(socket.AF_UNIX))
                listening[-1].bind(path)
                listening[-1].listen()
            request: dict[str, Any] = {
                "limits": self._limits.as_dict(),
                "work": self._work(),
                "writable": writable_dirs(self._packages),
            }
            handles = [each.fileno() for each in listening] + ([] if archive is None else [archive])
            socket.send_fds(self._control_socket, [json.dumps(request).encode()], handles)
        except OSError as error:
            raise SandboxError(f"the warm parent has gone: {error}") from error
        finally:
            for each in listening:
                each.close()
        (process,) = self._receive(FORK_SECONDS)
        return ForkedKernel(process, folder)

    def close(self) -> None:
        """End the parent and every kernel of it."""
        self._control_socket.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        os.close(self._at)
        self._stderr_file.close()
        self._folder.cleanup()

    def _work(self) -> str:
        return WORK if self._sandboxed else tempfile.mkdtemp(dir=self._folder.name)

    def _receive(self, seconds: float) -> list[int]:
        """Wait for an answer, and return the handles in it."""
        ready, _, _ = select.select([self._control_socket], [], [], seconds)
        message, handles = b"", list[int]()
        if ready:
            message, handles, _, _ = socket.recv_fds(self._control_socket, MESSAGE_BYTES, 1)
        if not message:
            raise SandboxError(self._last_stderr_line() or "the warm parent did not answer")
        trouble = json.loads(message).get("error")
        if trouble:
            raise SandboxError(trouble)
        return handles

    def _last_stderr_line(self) -> str:
        self._stderr_file.seek(0)
        lines = self._stderr_file.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def _environment(home: str, packages: Sequence[Path]) -> dict[str, str]:
    """Return every variable that a kernel has."""
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
        # Arrays of some MB come from memory that is kept, not from the system each time, which has to clear it.
        "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
        "MALLOC_TOP_PAD_": str(4 << 20),
        # One core each: a class is graded side by side.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
