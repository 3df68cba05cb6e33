"""Where a class is graded: in this process, by more processes of this machine, or by a cluster."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bptt_instructor.grading.executors.sequential import SequentialExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client

    from bptt_instructor.grading.executors.graded_submission import GradedSubmission
    from bptt_instructor.grading.models.submission import Submission


class Executor(Protocol):
    """Those who grade one class."""

    def grade(self, submissions: Iterator[Submission]) -> Iterator[GradedSubmission]:
        """Yield what becomes of each submission, in the order in which they are done."""


@dataclass(frozen=True)
class Backend:
    """A place to grade at.

    Attributes
    ----------
    graders
        Makes graders, given the lesson's name and what all submissions have in common.
    here
        Whether submissions run on this machine.
    client
        Of Dask's workers on this machine, when there are any.
    """

    make_executor: Callable[[str, bytes], Executor]
    local: bool = True
    client: Client | None = None


IN_PROCESS = Backend(SequentialExecutor)
"""This process."""


@contextmanager
def open_backend(workers: int, scheduler: str = "") -> Iterator[Backend]:
    """Open a place to grade at, and close it afterwards.

    Parameters
    ----------
    workers
        How many processes of this machine to use. One is this process itself.
    scheduler
        The address of a Dask scheduler, whose workers are used in place of this machine's.

    Raises
    ------
    GradingError
        When there is nobody at that address.
    """
    if workers == 1 and not scheduler:
        yield IN_PROCESS
        return
    from bptt_instructor.grading.executors import dask_cluster  # noqa: PLC0415 - one submission needs no cluster, nor time to import one
    from bptt_instructor.grading.executors.dask_dispatcher import DaskDispatcher  # noqa: PLC0415

    if scheduler:
        with dask_cluster.connect(scheduler) as client:
            yield Backend(partial(DaskDispatcher, client), local=False)
    else:
        with dask_cluster.local_cluster(workers) as client:
            yield Backend(partial(DaskDispatcher, client), client=client)
