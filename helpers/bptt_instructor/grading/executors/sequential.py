"""``SequentialExecutor``: grade in this process, one submission after the other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.executors import worker
from bptt_instructor.grading.executors.graded_submission import GradedSubmission, graded_submission, internal_error
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError
from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bptt_instructor.grading.models.submission import Submission

log = logging.getLogger(__name__)


class SequentialExecutor:
    """Executor that grades in this process.

    Parameters
    ----------
    lesson
        Name of the lesson.
    shared
        Batch from :func:`bptt_instructor.grading.executors.worker.pack_batch`.
    """

    def __init__(self, lesson: str, shared: bytes) -> None:
        self._lesson = lesson
        self._shared = shared

    def grade(self, submissions: Iterable[Submission]) -> Iterator[GradedSubmission]:
        """Yield each submission with its result.

        Raises
        ------
        GradingError
            When not even the first kernel can be started.
        """
        any_graded = False
        try:
            for submission in submissions:
                try:
                    graded = self._grade(submission)
                except (Exception, SystemExit) as error:
                    if isinstance(error, SandboxError) and not any_graded:
                        raise GradingError(f"No sandbox could be made: {error}") from error
                    log.exception("%s could not be graded", submission.student)
                    graded = internal_error(submission, self._lesson, type(error).__name__)
                any_graded = True
                yield graded
        finally:
            worker.shut_down()

    def _grade(self, submission: Submission) -> GradedSubmission:
        packed = worker.pack_submission(submission)
        try:
            result = worker.grade_bytes(packed, self._shared)
        except SandboxError:
            log.exception("No kernel for %s: trying again", submission.student)
            worker.shut_down()
            result = worker.grade_bytes(packed, self._shared)
        return graded_submission(submission, SubmissionResult.from_bytes(result))
