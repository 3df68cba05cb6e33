"""Kernels for one submission after the other, from one warm parent."""

from __future__ import annotations

import io
import os
import pkgutil
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import zmq

from bptt_instructor.grading.kernel_client.client import KernelClient
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError, ZygoteProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.limits import Limits


class KernelLauncher:
    """Starts kernels, one at a time.

    Parameters
    ----------
    limits
        What each of them may use.
    suite
        The course's checks: what the sandbox holds of them, and what may cross its border.
    sandboxed
        Whether each is in a sandbox.
    use_zygote
        Whether they share a parent that has imported everything. A cold one starts Python afresh.
    """

    def __init__(self, limits: Limits, suite: CheckSuite, *, sandboxed: bool = True, use_zygote: bool = True) -> None:
        self._limits = limits
        self._suite = suite
        self._record_types: tuple[type, ...] = pkgutil.resolve_name(suite.kernel)().record_types
        self.sandboxed = sandboxed
        self._use_zygote = use_zygote
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._zygote: ZygoteProcess | None = None

    @contextmanager
    def start(self, files: Mapping[str, bytes]) -> Iterator[KernelClient]:
        """Start a kernel, and end it afterwards.

        Parameters
        ----------
        files
            What is to be in the folder that it works in, by relative path.

        Raises
        ------
        SandboxError
            When none can be started.
        """
        kernel = self._started(files)
        try:
            yield kernel
        finally:
            kernel.close()
            if not self._use_zygote:
                self._end_zygote()

    def close(self) -> None:
        """End the parent."""
        self._end_zygote()
        self._context.term()

    def _started(self, files: Mapping[str, bytes]) -> KernelClient:
        again = self._zygote is not None
        try:
            return self._fork(files)
        except SandboxError:
            # A parent that has served before may have been killed by whoever needed its memory.
            self._end_zygote()
            if not again:
                raise
            return self._fork(files)

    def _fork(self, files: Mapping[str, bytes]) -> KernelClient:
        if self._zygote is None:
            self._zygote = ZygoteProcess(self._limits, self._suite, sandboxed=self.sandboxed)
        with _archive(files) as archive:
            forked = self._zygote.fork(archive)
        return KernelClient(forked, self._limits, self._record_types, self._context)

    def _end_zygote(self) -> None:
        if self._zygote:
            self._zygote.close()
        self._zygote = None


@contextmanager
def _archive(files: Mapping[str, bytes]) -> Iterator[int | None]:
    """Pack files into memory, and yield a handle on it."""
    if not files:
        yield None
        return
    handle = os.memfd_create("files")
    with os.fdopen(handle, "w+b") as memory:
        with tarfile.open(fileobj=memory, mode="w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o600
                archive.addfile(entry, io.BytesIO(content))
        memory.seek(0)
        yield handle
