"""What grading found out about one student, as data. The table in the terminal is a view of it, made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(StrEnum):
    """How far a submission came. Where several apply, the row has the one that stands last here."""

    GRADED = "graded"
    LATE = "late"
    REPAIRED = "repaired"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    TAMPERED = "tampered"
    UNREADABLE = "unreadable"
    MISSING = "missing notebook"

    @property
    def needs_review(self) -> bool:
        """Whether something happened that grading cannot decide."""
        return self.severity >= list(Status).index(Status.TIMED_OUT) and self is not Status.MISSING

    @property
    def severity(self) -> int:
        """How grave it is, compared with the others."""
        return list(Status).index(self)


NO_FOLDER, EMPTY_FOLDER = SENT_NOTHING = ("there is no folder", "the folder is empty")
"""The reasons of those who have not handed in anything."""
MAX_REASON_CHARACTERS = 480


def one_line(text: str) -> str:
    """Make one line of bounded length of a text, which commands nothing to a terminal."""
    line = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return line if len(line) <= MAX_REASON_CHARACTERS else f"{line[:MAX_REASON_CHARACTERS]} ..."


@dataclass(frozen=True)
class CellScore:
    """Points for one graded cell, as the gradebook has them.

    Attributes
    ----------
    cell
        Its ``grade_id``, such as ``check-dWax``.
    scored, possible
        Points so far, and at most.
    by_hand
        Whether a person has yet to look at it.
    """

    cell: str
    scored: float
    possible: float
    by_hand: bool = False


@dataclass(frozen=True)
class GradeRow:
    """One student's outcome for one assignment.

    Attributes
    ----------
    student, name
        Id, and name in full; the name is empty when the gradebook has none.
    status
        How far the submission came.
    reason
        What a person should know about the status or the points, in words; often empty. What a student has named, such
        as a file, may stand in it, so it comes from :func:`one_line`.
    cells
        Points for each graded cell, in the order of the notebook.
    penalty
        Points taken off for being late.
    causes
        Id and title of the known mistakes that the verdicts name.
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
        """Points so far, without those that are still to be given by hand."""
        return sum(cell.scored for cell in self.cells) - self.penalty

    @property
    def possible(self) -> float:
        """Points that the assignment is worth."""
        return sum(cell.possible for cell in self.cells)

    @property
    def to_grade(self) -> tuple[str, ...]:
        """Cells that a person has yet to look at."""
        return tuple(cell.cell for cell in self.cells if cell.by_hand)
