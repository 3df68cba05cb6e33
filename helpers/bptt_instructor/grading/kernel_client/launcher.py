"""Kernels for one submission after the other, from one warm parent."""

from __future__ import annotations

import io
import os
import pkgutil
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import zmq

from bptt_instructor.grading.kernel_client.client import Kernel
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError, WarmParent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.limits import Limits


class Kernels:
    """Starts kernels, one at a time.

    Parameters
    ----------
    limits
        What each of them may use.
    suite
        The course's checks: what the sandbox holds of them, and what may cross its border.
    boxed
        Whether each is in a sandbox.
    warm
        Whether they share a parent that has imported everything. A cold one starts Python afresh.
    """

    def __init__(self, limits: Limits, suite: CheckSuite, *, boxed: bool = True, warm: bool = True) -> None:
        self._limits = limits
        self._suite = suite
        self._record_types: tuple[type, ...] = pkgutil.resolve_name(suite.kernel)().record_types
        self.boxed = boxed
        self._warm = warm
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._parent: WarmParent | None = None

    @contextmanager
    def start(self, files: Mapping[str, bytes]) -> Iterator[Kernel]:
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
            if not self._warm:
                self._end_parent()

    def close(self) -> None:
        """End the parent."""
        self._end_parent()
        self._context.term()

    def _started(self, files: Mapping[str, bytes]) -> Kernel:
        again = self._parent is not None
        try:
            return self._fork(files)
        except SandboxError:
            # A parent that has served before may have been killed by whoever needed its memory.
            self._end_parent()
            if not again:
                raise
            return self._fork(files)

    def _fork(self, files: Mapping[str, bytes]) -> Kernel:
        if self._parent is None:
            self._parent = WarmParent(self._limits, self._suite, boxed=self.boxed)
        with _archive(files) as archive:
            forked = self._parent.fork(archive)
        return Kernel(forked, self._limits, self._record_types, self._context)

    def _end_parent(self) -> None:
        if self._parent:
            self._parent.close()
        self._parent = None


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
