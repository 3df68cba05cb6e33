"""``WorkerDispatcher``: one submission per worker; retry in isolation after a worker dies."""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from traceback import format_exc
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.executors import worker
from bptt_instructor.grading.executors.graded_submission import (
    GradedSubmission,
    graded_submission,
    internal_error,
    worker_killed_twice,
)
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError
from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client, Future

    from bptt_instructor.grading.executors.local_workers import LocalFuture, LocalWorkers
    from bptt_instructor.grading.models.submission import Submission

POLL_SECONDS = 0.2
"""Interval between checks for workers that have joined or left."""
NO_WORKER_SECONDS = 20.0
"""How long to wait for a first or another worker when there is none."""
FETCH_SECONDS = 30.0
"""How long a result may take to travel from its worker."""
MAX_TRACEBACK_CALLS = 20
"""Innermost calls of a traceback that go into the log."""
GRADE_AGAIN = "Grade again afterwards: what is done is kept."
NO_LOCAL_WORKERS = "No worker is left on this machine, and for some time none could be started; the log may say why."
NO_DASK_WORKERS = "The Dask scheduler has no workers. Start some with 'dask worker ADDRESS'."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """A task that a worker is running.

    Attributes
    ----------
    worker
        Address of the worker.
    future
        Its future result.
    submission
        Submission that it grades; None for :func:`probe_worker`.
    """

    worker: str
    future: Future[Any] | LocalFuture
    submission: Submission | None = None


@dataclass(frozen=True)
class TaskError:
    """An exception in a worker, returned as a value.

    Dask sends an exception with its whole traceback. One that cannot be sent, such as a deep recursion's, would leave
    the class waiting for ever.

    Attributes
    ----------
    name
        Name of the exception.
    traceback
        End of its traceback, for the log.
    no_sandbox
        Whether no kernel could be started.
    """

    name: str
    traceback: str
    no_sandbox: bool


def probe_worker(shared: bytes) -> str:
    """Prepare a worker, in the worker; return why it cannot grade, empty when it can."""
    try:
        if not worker.has_same_code(shared):
            return "has another version of bptt or of NumPy; install the same there as here"
        worker.warm_up(shared)
    except SandboxError as error:
        return f"can make no sandbox: {error}"
    except Exception as error:  # noqa: BLE001 - returned
        return f"fails: {type(error).__name__}: {error}"
    return ""


def run_task(submission: bytes, shared: bytes) -> bytes | TaskError:
    """Grade a submission, in the worker."""
    try:
        return worker.grade_bytes(submission, shared)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - returned
        return TaskError(type(error).__name__, format_exc(limit=-MAX_TRACEBACK_CALLS), isinstance(error, SandboxError))


class WorkerDispatcher:
    """Executor that grades on the workers of a Dask cluster, or on those of this machine.

    Dask itself would rerun a dead worker's tasks, and count its death against all tasks that it had been given. Here
    each worker has one submission at a time, which runs on that worker only: when it dies, there is one suspect. A
    suspect waits until all others are done, and is then run with no other submission at work; when that worker dies
    too, the submission is not tried again. So no submission fails because of another one.

    Parameters
    ----------
    client
        Dask client of the cluster, or what stands in its place on this machine.
    lesson
        Name of the lesson.
    shared
        Batch from :func:`bptt_instructor.grading.executors.worker.pack_batch`, or what the client takes in its place.
    no_workers
        What to say when there are none.
    """

    def __init__(
        self,
        client: Client | LocalWorkers,
        lesson: str,
        shared: bytes | Future[bytes],
        no_workers: str = NO_LOCAL_WORKERS,
    ) -> None:
        self._client = client
        self._no_workers = no_workers
        self._lesson = lesson
        self._shared = shared
        self._done: SimpleQueue[Future[Any] | LocalFuture] = SimpleQueue()
        self._tasks: dict[object, Task] = {}
        self._idle: deque[str] = deque()
        self._present: set[str] = set()
        self._unfit: dict[str, str] = {}
        self._next: Submission | None = None
        self._suspects: deque[Submission] = deque()
        self._retried: set[str] = set()
        self._graded: deque[GradedSubmission] = deque()
        self._last_poll = -POLL_SECONDS
        self._last_fit_worker = time.monotonic()
        # They get ready while others are busy with the gradebook.
        self._poll_workers()

    def grade(self, submissions: Iterator[Submission]) -> Iterator[GradedSubmission]:
        """Yield each submission with its result, as it is done.

        Parameters
        ----------
        submissions
            Read when there is a worker for the next one, so that only a few are in memory.

        Raises
        ------
        GradingError
            When no worker can grade, or the scheduler has gone.
        """
        self._next = next(submissions, None)
        while self._next or self._suspects or self._grading:
            self._poll_workers()
            self._assign(submissions)
            self._collect_result()
            # Before results are stored, so that no worker waits meanwhile.
            self._assign(submissions)
            while self._graded:
                yield self._graded.popleft()

    @property
    def _grading(self) -> bool:
        return any(task.submission for task in self._tasks.values())

    def _poll_workers(self) -> None:
        """Register workers that have joined or left, once in each interval."""
        now = time.monotonic()
        if now - self._last_poll < POLL_SECONDS:
            return
        self._last_poll = now
        try:
            present = set(self._client.nthreads())
        except (OSError, TimeoutError) as error:
            raise GradingError(f"The Dask scheduler has gone. {GRADE_AGAIN}") from error
        for address in self._present - present:
            self._remove_worker(address)
        for address in present - self._present:
            self._submit(address, probe_worker)
        self._present = present
        if present - self._unfit.keys():
            self._last_fit_worker = now
        elif present:
            address, reason = next(iter(self._unfit.items()))
            raise GradingError(f"No worker can grade: the one at {address} {reason}.")
        elif now - self._last_fit_worker > NO_WORKER_SECONDS:
            raise GradingError(f"{self._no_workers} {GRADE_AGAIN}")

    def _assign(self, submissions: Iterator[Submission]) -> None:
        """Give idle workers a submission each; a suspect only when nothing else is left or running."""
        while self._idle and self._next:
            self._submit_submission(self._next)
            self._next = next(submissions, None)
        if self._idle and self._suspects and not self._next and not self._grading:
            self._submit_submission(self._suspects.popleft())

    def _submit_submission(self, submission: Submission) -> None:
        try:
            packed = worker.pack_submission(submission)
        except Exception as error:
            log.exception("%s could not be graded", submission.student)
            self._graded.append(internal_error(submission, self._lesson, type(error).__name__))
        else:
            self._submit(self._idle.popleft(), run_task, submission, packed)

    def _submit(
        self, address: str, function: Callable[..., Any], submission: Submission | None = None, *packed: bytes
    ) -> None:
        # For this worker only, so that Dask does not rerun the task elsewhere.
        future = self._client.submit(
            function, *packed, self._shared, workers=[address], allow_other_workers=False, pure=False
        )
        self._tasks[future.key] = Task(address, future, submission)
        future.add_done_callback(self._done.put)

    def _collect_result(self) -> None:
        """Wait a moment for a task to end, and process its result."""
        try:
            future = self._done.get(timeout=POLL_SECONDS)
        except Empty:
            return
        task = self._tasks.pop(future.key, None)
        # Its worker has been removed.
        if task is None:
            return
        try:
            result = future.result(timeout=FETCH_SECONDS)
        except Exception:
            log.exception("The worker at %s gave nothing", task.worker)
            self._mark_unresponsive(task)
            return
        finally:
            future.release()
        if task.submission is None:
            self._admit(task.worker, result)
            return
        self._idle.append(task.worker)
        if isinstance(result, TaskError):
            self._handle_error(task.submission, result)
            return
        try:
            self._graded.append(graded_submission(task.submission, SubmissionResult.from_bytes(result)))
        except Exception as error:
            log.exception("The result of %s cannot be read", task.submission.student)
            self._graded.append(internal_error(task.submission, self._lesson, type(error).__name__))

    def _admit(self, address: str, reason: str) -> None:
        """Mark a probed worker as idle, or as unfit when there is a reason."""
        if reason:
            log.warning("The worker at %s %s", address, reason)
            self._unfit[address] = reason
        else:
            self._idle.append(address)

    def _mark_unresponsive(self, task: Task) -> None:
        # A worker that is there and does not deliver a result would not deliver the next one either.
        self._unfit[task.worker] = "does not answer"
        if task.submission:
            self._retry_once(task.submission)

    def _handle_error(self, submission: Submission, error: TaskError) -> None:
        log.error("%s could not be graded\n%s", submission.student, error.traceback)
        if error.no_sandbox and submission.student not in self._retried:
            self._retry_once(submission)
        else:
            self._graded.append(internal_error(submission, self._lesson, error.name))

    def _remove_worker(self, address: str) -> None:
        log.warning("The worker at %s has gone", address)
        self._unfit.pop(address, None)
        if address in self._idle:
            self._idle.remove(address)
        for key, task in list(self._tasks.items()):
            if task.worker == address:
                del self._tasks[key]
                task.future.release()
                if task.submission:
                    self._retry_once(task.submission)

    def _retry_once(self, submission: Submission) -> None:
        """Queue a submission for another attempt in isolation, or give it up after that."""
        if submission.student in self._retried:
            self._graded.append(worker_killed_twice(submission, self._lesson))
        else:
            self._retried.add(submission.student)
            self._suspects.append(submission)
