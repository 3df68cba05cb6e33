"""Data model of a feedback page: `Feedback`, exercises, parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PartState(StrEnum):
    """State of one part of an exercise, in the words of the page."""

    RIGHT = "right"
    WRONG = "not right yet"
    BLANK = "still to be written"
    WAITING = "to be read by a person"
    UNDECIDED = "for a person to look at"
    READ = "read by a person"


@dataclass(frozen=True)
class FeedbackPart:
    """Result of one graded cell.

    Attributes
    ----------
    name
        What the cell checks, such as ``dWax``; empty for an answer that is graded by hand.
    state
        Whether it is right, wrong, still to be written, or for a person to read or to look at.
    score, possible
        Points so far, and points that the cell is worth.
    by_hand
        Whether a person gives the points, and not a check.
    report
        The check's report as HTML; empty when it says no more than the state.
    repeated
        Whether earlier reports of the exercise name all the mistakes that this one names.
    """

    name: str
    state: PartState
    score: float
    possible: float
    by_hand: bool = False
    report: str = ""
    repeated: bool = False


@dataclass(frozen=True)
class FeedbackExercise:
    """One exercise, or one question that is answered in words.

    Attributes
    ----------
    anchor
        The ``grade_id`` of the student's cell; names the exercise in links.
    title, question
        Heading of the exercise, and text of the question, in markdown; the text is empty without a locked cell right
        above the answer.
    answer
        The cell that the student wrote.
    error
        Shortened traceback of that cell; empty when it ended without an error.
    parts
        Results of the exercise's graded cells.
    hints
        Hints in plain text, each going one step further; empty when every part is solved.
    comment
        Comment of the person who graded it, in markdown; empty when there is none.
    """

    anchor: str
    title: str
    question: str
    answer: NotebookNode
    error: str
    parts: tuple[FeedbackPart, ...]
    hints: tuple[str, ...]
    comment: str

    @property
    def score(self) -> float:
        """Points so far, for all parts."""
        return sum(part.score for part in self.parts)

    @property
    def possible(self) -> float:
        """Points that all parts are worth."""
        return sum(part.possible for part in self.parts)

    @property
    def waiting(self) -> bool:
        """Whether a person has yet to read it."""
        return any(part.state in {PartState.WAITING, PartState.UNDECIDED} for part in self.parts)

    @property
    def blank(self) -> bool:
        """Whether nothing is written yet."""
        return all(part.state is PartState.BLANK for part in self.parts)

    @property
    def needs_attention(self) -> bool:
        """Whether there is a comment, an error or a failed check: the page then unfolds the student's code."""
        return bool(self.comment or self.error) or any(part.state is PartState.WRONG for part in self.parts)

    @property
    def to_do(self) -> bool:
        """Whether the student can still earn points here."""
        return any(part.state in {PartState.WRONG, PartState.BLANK} and part.possible for part in self.parts)


@dataclass(frozen=True)
class Feedback:
    """Content of one student's feedback page.

    Attributes
    ----------
    title
        Title of the lesson, in markdown.
    student
        The student's name, or the id where the gradebook has no name.
    exercises
        The exercises, in the order of the notebook.
    other_errors
        Shortened traceback of each cell outside of the exercises that ended with an error.
    score, possible
        Points so far, less the penalty, and points that the lesson is worth.
    penalty
        Points taken off for being late.
    """

    title: str
    student: str
    exercises: tuple[FeedbackExercise, ...]
    other_errors: tuple[str, ...]
    score: float
    possible: float
    penalty: float

    @property
    def checks(self) -> list[FeedbackPart]:
        """Parts with points that a check gives."""
        return [
            part for part in self._parts if part.possible and not part.by_hand and part.state is not PartState.UNDECIDED
        ]

    @property
    def waiting(self) -> list[FeedbackPart]:
        """Parts that a person has yet to read."""
        return [part for part in self._parts if part.state is PartState.WAITING]

    @property
    def undecided(self) -> list[FeedbackPart]:
        """Parts whose numbers are right, and that a person has yet to look at."""
        return [part for part in self._parts if part.state is PartState.UNDECIDED]

    @property
    def _parts(self) -> list[FeedbackPart]:
        return [part for exercise in self.exercises for part in exercise.parts]
