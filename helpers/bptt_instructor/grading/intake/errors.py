"""What is said when a submission has no notebook to grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt_instructor.grading.models.grade_row import Status


class UngradableError(Exception):
    """A submission without a notebook to grade.

    Parameters
    ----------
    status
        Whether there is none, or none that can be read.
    reason
        What lies there instead, in words.
    """

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
