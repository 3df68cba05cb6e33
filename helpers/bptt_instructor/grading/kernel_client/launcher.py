"""``KernelLauncher``: start one kernel after the other from one zygote."""

from __future__ import annotations

import io
import os
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.checks.packages import package_folders
from bptt_instructor.grading.kernel_client.client import KernelClient
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError, ZygoteClient, ZygoteProcess

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.kernel_client.questions import Answer
    from bptt_instructor.grading.limits import Limits
    from bptt_instructor.grading.protocol.messages import CallRequest


class KernelLauncher:
    """Starts kernels, one at a time.

    Parameters
    ----------
    limits
        Resource bounds of each kernel.
    suite
        The course's checks: packages mounted in the sandbox, and named tuples that may be sent to and from it.
    sandboxed
        Whether each kernel runs in a sandbox.
    use_zygote
        Whether kernels share one zygote. Otherwise each has a zygote of its own, which starts Python afresh.
    shared
        Socket to a zygote that others use, too, from :meth:`ZygoteProcess.share`; when that ends, one of its own is
        started.
    """

    def __init__(
        self,
        limits: Limits,
        suite: CheckSuite,
        *,
        sandboxed: bool = True,
        use_zygote: bool = True,
        shared: socket.socket | None = None,
    ) -> None:
        self._limits = limits
        self._suite = suite
        self.sandboxed = sandboxed
        self._use_zygote = use_zygote
        self._zygote: ZygoteClient | None = None
        if shared:
            self._zygote = ZygoteClient(shared, limits, package_folders(suite.packages))

    @contextmanager
    def start(self, files: Mapping[str, bytes], answer: Answer | None = None) -> Iterator[KernelClient]:
        """Start a kernel, and end it afterwards.

        Parameters
        ----------
        files
            Content of the files in its working folder, by relative path.
        answer
            Answers questions of the course's code in the kernel, see :class:`KernelClient`.

        Raises
        ------
        SandboxError
            When no kernel can be started.
        """
        kernel = self._fork_with_retry(files, answer or self._answer)
        try:
            yield kernel
        finally:
            kernel.close()
            if not self._use_zygote:
                self._end_zygote()

    def close(self) -> None:
        """End the zygote."""
        self._end_zygote()

    def _fork_with_retry(self, files: Mapping[str, bytes], answer: Answer) -> KernelClient:
        try:
            return self._fork(files, answer)
        except SandboxError:
            # The zygote, or what it is in, may have been killed: for lack of memory, say.
            self._end_zygote()
            try:
                return self._fork(files, answer)
            except SandboxError:
                self._end_zygote()
                raise

    def _fork(self, files: Mapping[str, bytes], answer: Answer) -> KernelClient:
        if self._zygote is None:
            self._zygote = ZygoteProcess(self._limits, self._suite, sandboxed=self.sandboxed)
        with _archive(files) as archive:
            forked = self._zygote.fork(archive)
        client = KernelClient(forked, self._limits, self._suite.record_types, answer)
        if client.ended:
            # Nothing of the submission's has run yet.
            client.close()
            raise SandboxError(f"the kernel did not start: {client.ended.value}")
        return client

    def _answer(self, name: str, arguments: tuple[Any, ...], call: CallRequest | None) -> Any:  # noqa: ANN401
        return self._suite.answer(name, arguments, call.exercise if call else "")

    def _end_zygote(self) -> None:
        if self._zygote:
            self._zygote.close()
        self._zygote = None


@contextmanager
def _archive(files: Mapping[str, bytes]) -> Iterator[int | None]:
    """Pack files into a tar archive in memory, and yield its file descriptor; None when there are no files."""
    if not files:
        yield None
        return
    fd = os.memfd_create("files")
    with os.fdopen(fd, "w+b") as memory:
        with tarfile.open(fileobj=memory, mode="w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o600
                archive.addfile(entry, io.BytesIO(content))
        memory.seek(0)
        yield fd
