"""``Status``, ``CellScore`` and ``GradeRow``: one student's line in the results table."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(StrEnum):
    """Outcome of grading a submission, from least to most severe. Of several that apply, the row has the last.

    ``NOT_GRADED`` is no verdict: something went wrong that is not the student's fault. The points stay as they were.
    """

    GRADED = "graded"
    LATE = "late"
    REPAIRED = "repaired"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    NOT_GRADED = "not graded"
    TAMPERED = "tampered"
    UNREADABLE = "unreadable"
    MISSING = "missing notebook"

    @property
    def needs_review(self) -> bool:
        """Whether the instructor should look at the submission: something happened that grading cannot decide."""
        return self.severity >= list(Status).index(Status.TIMED_OUT) and self is not Status.MISSING

    @property
    def severity(self) -> int:
        """Rank among the statuses, from 0."""
        return list(Status).index(self)


NO_FOLDER, EMPTY_FOLDER = SENT_NOTHING = ("there is no folder", "the folder is empty")
"""Reasons of students who have not handed in anything."""
MAX_REASON_CHARACTERS = 480


def one_line(text: str) -> str:
    """Return a text as one line of bounded length without control characters, which a terminal would obey."""
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return line if len(line) <= MAX_REASON_CHARACTERS else f"{line[:MAX_REASON_CHARACTERS]} ..."


@dataclass(frozen=True)
class CellScore:
    """One student's score for one graded cell, as the gradebook has it.

    Attributes
    ----------
    cell
        The cell's ``grade_id``, such as ``check-dWax``.
    scored, possible
        Points so far, and at most.
    by_hand
        Whether it still needs manual grading.
    """

    cell: str
    scored: float
    possible: float
    by_hand: bool = False


@dataclass(frozen=True)
class GradeRow:
    """One student's row in the results table of an assignment.

    Attributes
    ----------
    student, name
        Id, and full name; the name is empty when the gradebook has none.
    status
        Outcome of grading.
    reason
        Explanation of the status or the points for the instructor; often empty. It may quote names that a student has
        chosen, such as a file's, so it is made by :func:`one_line`.
    cells
        Score for each graded cell, in the order of the notebook.
    penalty
        Points taken off for being late.
    causes
        Id and title of the misconceptions found.
    """

    student: str
    name: str
    status: Status
    reason: str = ""
    cells: tuple[CellScore, ...] = ()
    penalty: float = 0.0
    causes: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """Points so far, less the penalty."""
        return sum(cell.scored for cell in self.cells) - self.penalty

    @property
    def possible(self) -> float:
        """Points that the assignment is worth."""
        return sum(cell.possible for cell in self.cells)

    @property
    def to_grade(self) -> tuple[str, ...]:
        """The ``grade_id`` of each cell that still needs manual grading."""
        return tuple(cell.cell for cell in self.cells if cell.by_hand)
