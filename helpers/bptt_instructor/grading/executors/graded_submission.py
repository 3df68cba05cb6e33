"""What the engine gives back for each submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from bptt_instructor.grading.models.submission import Submission


@dataclass(frozen=True)
class GradedSubmission:
    """A submission, and what became of it.

    Attributes
    ----------
    submission
        As it was handed in.
    result
        What goes into the gradebook.
    finished
        Whether it was graded to the end, so that the result can be kept. Otherwise grading again may give another.
    """

    submission: Submission
    result: SubmissionResult
    finished: bool = True


def worker_killed_twice(submission: Submission, lesson: str) -> GradedSubmission:
    """Return the outcome of a submission that nobody should try a third time."""
    reason = (
        "set aside: the process that graded it was killed twice, the second time with nothing else at work. "
        f"Grade it alone, with --student {submission.student}, and look at the memory that it takes"
    )
    return _crashed(submission, lesson, reason)


def internal_error(submission: Submission, lesson: str, error: str) -> GradedSubmission:
    """Return the outcome of a submission that grading itself has failed on."""
    reason = (
        f"not graded, which is no fault of the student's: {error} in grading itself. "
        f"Look into the log, then grade again, with --student {submission.student}"
    )
    return _crashed(submission, lesson, reason)


def _crashed(submission: Submission, lesson: str, reason: str) -> GradedSubmission:
    return GradedSubmission(
        submission, SubmissionResult(submission.student, lesson, Status.CRASHED, (reason,)), finished=False
    )
