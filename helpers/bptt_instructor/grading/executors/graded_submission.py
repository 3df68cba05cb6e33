"""``GradedSubmission``: submission and result, with constructors for failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from bptt_instructor.grading.models.submission import Submission


@dataclass(frozen=True)
class GradedSubmission:
    """A submission and its result, as executors yield them.

    Attributes
    ----------
    submission
        As it was handed in.
    result
        Points, status and outputs.
    finished
        Whether grading was completed, so that the result can be cached. Otherwise grading again may give another.
    """

    submission: Submission
    result: SubmissionResult
    finished: bool = True


def worker_killed_twice(submission: Submission, lesson: str) -> GradedSubmission:
    """Return the result of a submission whose worker was killed at both attempts."""
    reason = (
        "set aside: the process that graded it was killed twice, the second time with nothing else at work. "
        f"Grade it alone, with --student {submission.student}, and look at the memory that it takes"
    )
    return _crashed(submission, lesson, reason)


def internal_error(submission: Submission, lesson: str, error: str) -> GradedSubmission:
    """Return the result of a submission on which the grader raised an error.

    Parameters
    ----------
    submission, lesson
        The submission, and the name of the lesson.
    error
        Name of the exception.
    """
    reason = (
        f"not graded, which is no fault of the student's: {error} in grading itself. "
        f"Look into the log, then grade again, with --student {submission.student}"
    )
    return _crashed(submission, lesson, reason)


def _crashed(submission: Submission, lesson: str, reason: str) -> GradedSubmission:
    return GradedSubmission(
        submission, SubmissionResult(submission.student, lesson, Status.CRASHED, (reason,)), finished=False
    )
