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


def graded_submission(submission: Submission, result: SubmissionResult) -> GradedSubmission:
    """Return a submission with its result, which is finished unless it could not be graded."""
    return GradedSubmission(submission, result, finished=result.status is not Status.NOT_GRADED)


def worker_killed_twice(submission: Submission, lesson: str) -> GradedSubmission:
    """Return the result of a submission whose worker was killed at both attempts."""
    reason = (
        "could not be graded here: the process that graded it was killed twice, the second time with nothing else at "
        f"work. Grade it alone, with --student {submission.student}, and look at the memory that it takes"
    )
    return GradedSubmission(submission, not_graded(submission.student, lesson, reason), finished=False)


def internal_error(submission: Submission, lesson: str, error: str) -> GradedSubmission:
    """Return the result of a submission on which the grader raised an error.

    Parameters
    ----------
    submission, lesson
        The submission, and the name of the lesson.
    error
        Name of the exception.
    """
    return GradedSubmission(submission, failed(submission.student, lesson, error), finished=False)


def failed(student: str, lesson: str, error: str) -> SubmissionResult:
    """Return the result for a student on whom the grader raised an error, at any step.

    Parameters
    ----------
    student, lesson
        Id, and name of the lesson.
    error
        Name of the exception, or what it says.
    """
    reason = f"could not be graded here, which is no fault of the student's: {error} in grading itself"
    return not_graded(student, lesson, f"{reason}. Look at the log, then grade again, with --student {student}")


def not_graded(student: str, lesson: str, reason: str) -> SubmissionResult:
    """Return the result of a submission that was not graded; it has no points, and takes none away."""
    return SubmissionResult(student, lesson, Status.NOT_GRADED, (reason,))
