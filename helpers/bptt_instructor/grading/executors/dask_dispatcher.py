"""Hand submissions to the workers of a Dask cluster, and get results back, whatever becomes of the workers."""

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
from bptt_instructor.grading.executors.graded_submission import GradedSubmission, internal_error, worker_killed_twice
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError
from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client, Future

    from bptt_instructor.grading.models.submission import Submission

LOOK_SECONDS = 0.2
"""How often to look for workers that have come or gone."""
NO_WORKER_SECONDS = 20.0
"""How long to wait for a worker when there is none."""
FETCH_SECONDS = 30.0
"""How long a result may take from its worker to here."""
STORY_CALLS = 20
"""How many calls of a traceback go into the log."""
AGAIN = "Grade again afterwards: what is done is kept."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What a worker is busy with.

    Attributes
    ----------
    worker
        Its address.
    future
        What it will give.
    submission
        What it grades; None when it only gets ready.
    """

    worker: str
    future: Future[Any]
    submission: Submission | None = None


@dataclass(frozen=True)
class TaskError:
    """What went wrong in a worker.

    It comes back as a value. An exception is sent with all of its traceback, and one that cannot be sent, such as a
    deep recursion's, would leave the class waiting for ever.

    Attributes
    ----------
    name
        Of the exception.
    story
        The end of its traceback, for the log.
    no_sandbox
        Whether no kernel could be started.
    """

    name: str
    story: str
    no_sandbox: bool


def probe_worker(shared: bytes) -> str:
    """Get a worker ready, in the worker; return why it cannot grade, empty when it can."""
    try:
        if not worker.has_same_code(shared):
            return "has another version of bptt or of NumPy; install the same there as here"
        worker.warm_up(shared)
    except SandboxError as error:
        return f"can make no sandbox: {error}"
    except Exception as error:  # noqa: BLE001 - it is told
        return f"fails: {type(error).__name__}: {error}"
    return ""


def run_task(submission: bytes, shared: bytes) -> bytes | TaskError:
    """Grade a submission, in the worker."""
    try:
        return worker.grade_bytes(submission, shared)
    except Exception as error:  # noqa: BLE001 - it is told
        return TaskError(type(error).__name__, format_exc(limit=-STORY_CALLS), isinstance(error, SandboxError))


class DaskDispatcher:
    """The workers of a cluster, and what each of them has in hand.

    Dask itself would run a dead worker's tasks again and count a death against all that the worker had been given.
    Here each worker has one submission at a time, for it alone: when the worker dies, there is one suspect. A suspect
    waits until all others are done, and is then run with nothing else at work; when that worker dies too, it is set
    aside. So no submission ends for what another one does.

    Parameters
    ----------
    client
        Of the cluster.
    lesson
        Its name.
    shared
        What all submissions have in common, as :func:`bptt_instructor.grading.executors.worker.common` packs it. It
        travels once.
    """

    def __init__(self, client: Client, lesson: str, shared: bytes) -> None:
        self._client = client
        self._lesson = lesson
        # As a task's result, and not as scattered data, which would be gone with the worker that holds it.
        self._shared = client.submit(bytes, shared, pure=False)
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()
        self._tasks: dict[object, Task] = {}
        self._idle: deque[str] = deque()
        self._present: set[str] = set()
        self._unfit: dict[str, str] = {}
        self._ahead: Submission | None = None
        self._suspects: deque[Submission] = deque()
        self._tried: set[str] = set()
        self._outcomes: deque[GradedSubmission] = deque()
        self._looked = -LOOK_SECONDS
        self._had_worker = time.monotonic()

    def grade(self, submissions: Iterator[Submission]) -> Iterator[GradedSubmission]:
        """Yield what becomes of each submission, as it is done.

        Parameters
        ----------
        submissions
            Read as there are workers for them, so that only a few are in memory.

        Raises
        ------
        GradingError
            When there is no worker that can grade, or no scheduler any more.
        """
        self._ahead = next(submissions, None)
        while self._ahead or self._suspects or self._grading:
            self._poll_workers()
            self._hand_out(submissions)
            self._take_one()
            # No worker waits while results are put away.
            self._hand_out(submissions)
            while self._outcomes:
                yield self._outcomes.popleft()

    @property
    def _grading(self) -> bool:
        return any(task.submission for task in self._tasks.values())

    def _poll_workers(self) -> None:
        """See which workers have come and gone, every now and then."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        try:
            present = set(self._client.nthreads())
        except (OSError, TimeoutError) as error:
            raise GradingError(f"The Dask scheduler has gone. {AGAIN}") from error
        for gone in self._present - present:
            self._lose(gone)
        for new in present - self._present:
            self._submit(new, probe_worker)
        self._present = present
        if present - self._unfit.keys():
            self._had_worker = now
        elif present:
            address, reason = next(iter(self._unfit.items()))
            raise GradingError(f"No worker can grade: the one at {address} {reason}.")
        elif now - self._had_worker > NO_WORKER_SECONDS:
            raise GradingError(f"The Dask scheduler has no workers. Start some with 'dask worker ADDRESS'. {AGAIN}")

    def _hand_out(self, submissions: Iterator[Submission]) -> None:
        while self._idle and self._ahead:
            self._submit(self._idle.popleft(), run_task, self._ahead)
            self._ahead = next(submissions, None)
        if self._idle and self._suspects and not self._ahead and not self._grading:
            self._submit(self._idle.popleft(), run_task, self._suspects.popleft())

    def _submit(self, address: str, function: Callable[..., Any], submission: Submission | None = None) -> None:
        packed = () if submission is None else (worker.pack_submission(submission),)
        # For this worker alone: should it die, Dask does not let the next one try.
        future = self._client.submit(
            function, *packed, self._shared, workers=[address], allow_other_workers=False, pure=False
        )
        self._tasks[future.key] = Task(address, future, submission)
        future.add_done_callback(self._done.put)

    def _take_one(self) -> None:
        """Wait a moment for something that is done, and take it."""
        try:
            future = self._done.get(timeout=LOOK_SECONDS)
        except Empty:
            return
        task = self._tasks.pop(future.key, None)
        # None when its worker had been given up.
        if task is None:
            return
        try:
            given = future.result(timeout=FETCH_SECONDS)
        except Exception:
            log.exception("The worker at %s gave nothing", task.worker)
            self._gave_nothing(task)
            return
        finally:
            future.release()
        if task.submission is None:
            self._welcome(task.worker, given)
            return
        self._idle.append(task.worker)
        if isinstance(given, TaskError):
            self._troubled(task.submission, given)
        else:
            self._outcomes.append(GradedSubmission(task.submission, SubmissionResult.from_bytes(given)))

    def _welcome(self, address: str, trouble: str) -> None:
        if trouble:
            log.warning("The worker at %s %s", address, trouble)
            self._unfit[address] = trouble
        else:
            self._idle.append(address)

    def _gave_nothing(self, task: Task) -> None:
        # One that is still there, and keeps what it has done to itself, would keep the next result, too.
        self._unfit[task.worker] = "does not answer"
        if task.submission:
            self._suspect(task.submission)

    def _troubled(self, submission: Submission, trouble: TaskError) -> None:
        log.error("%s could not be graded\n%s", submission.student, trouble.story)
        if trouble.no_sandbox and submission.student not in self._tried:
            self._suspect(submission)
        else:
            self._outcomes.append(internal_error(submission, self._lesson, trouble.name))

    def _lose(self, address: str) -> None:
        log.warning("The worker at %s has gone", address)
        self._unfit.pop(address, None)
        if address in self._idle:
            self._idle.remove(address)
        for key, task in list(self._tasks.items()):
            if task.worker == address:
                del self._tasks[key]
                task.future.release()
                if task.submission:
                    self._suspect(task.submission)

    def _suspect(self, submission: Submission) -> None:
        if submission.student in self._tried:
            self._outcomes.append(worker_killed_twice(submission, self._lesson))
        else:
            self._tried.add(submission.student)
            self._suspects.append(submission)
