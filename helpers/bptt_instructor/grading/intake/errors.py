"""``UngradableError``: there is no notebook to grade, with status and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt_instructor.grading.models.grade_row import Status


class UngradableError(Exception):
    """A submission has no notebook that can be graded.

    Parameters
    ----------
    status
        ``MISSING`` when there is no notebook, ``UNREADABLE`` when there is one that cannot be graded.
    reason
        What was found instead, for the instructor.
    """

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
