"""``Executor`` protocol and ``Backend``: open and close a place to grade at."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bptt_instructor.grading.executors.sequential import SequentialExecutor
from bptt_instructor.grading.executors.worker import use_zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bptt_instructor.grading.executors.graded_submission import GradedSubmission
    from bptt_instructor.grading.executors.local_workers import LocalWorkers
    from bptt_instructor.grading.kernel_client.zygote_process import ZygoteProcess
    from bptt_instructor.grading.models.submission import Submission


class Executor(Protocol):
    """Grades the submissions of one assignment."""

    def grade(self, submissions: Iterator[Submission]) -> Iterator[GradedSubmission]:
        """Yield each submission with its result, in the order in which they are done."""


@dataclass(frozen=True)
class Backend:
    """A place to grade at: this process, local workers or a cluster.

    Attributes
    ----------
    make_executor
        Returns an executor, given the lesson's name and a batch from
        :func:`bptt_instructor.grading.executors.worker.pack_batch`.
    local
        Whether submissions run on this machine.
    client
        The workers on this machine; None without such workers.
    note
        For the instructor: why this process grades where workers should; empty otherwise.
    """

    make_executor: Callable[[str, bytes], Executor]
    local: bool = True
    client: LocalWorkers | None = None
    note: str = ""


MAX_START_SECONDS = 30
"""How long to wait for the first worker on this machine."""
NO_WORKERS = "No workers can be started here, so submissions are graded one at a time."
IN_PROCESS = Backend(SequentialExecutor)


@contextmanager
def open_backend(workers: int, scheduler: str = "", zygote: ZygoteProcess | None = None) -> Iterator[Backend]:
    """Open a place to grade at, and close it afterwards.

    Parameters
    ----------
    workers
        Number of worker processes on this machine; with 1, this process grades.
    scheduler
        Address of a Dask scheduler, whose workers are used in place of this machine's.
    zygote
        One that all submissions on this machine share.

    Raises
    ------
    GradingError
        When no scheduler answers at that address.
    """
    if workers == 1 and not scheduler:
        use_zygote(zygote.share() if zygote else None)
        try:
            yield IN_PROCESS
        finally:
            use_zygote(None)
        return
    # One submission needs none of these.
    from bptt_instructor.grading.executors.local_workers import local_workers  # noqa: PLC0415
    from bptt_instructor.grading.executors.worker_dispatcher import NO_DASK_WORKERS, WorkerDispatcher  # noqa: PLC0415

    if scheduler:
        from bptt_instructor.grading.executors import dask_cluster  # noqa: PLC0415 - slow to import

        def on_cluster(lesson: str, shared: bytes) -> Executor:
            # Sent once. Scattered data would be lost with the worker that holds it; a task's result is computed again.
            return WorkerDispatcher(client, lesson, client.submit(bytes, shared, pure=False), NO_DASK_WORKERS)

        with dask_cluster.connect(scheduler) as client:
            yield Backend(on_cluster, local=False)
    else:
        with ExitStack() as stack:
            try:
                pool = stack.enter_context(local_workers(workers, zygote))
                pool.wait_for_workers(1, timeout=MAX_START_SECONDS)
                backend = Backend(partial(WorkerDispatcher, pool), client=pool)
            except (OSError, RuntimeError, TimeoutError) as error:
                stack.close()
                reason = f"{type(error).__name__}: {error}".splitlines()[0]
                backend = Backend(SequentialExecutor, note=f"{NO_WORKERS} ({reason})")
            yield backend
