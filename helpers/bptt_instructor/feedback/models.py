"""What a feedback page tells, as data. The template is a view of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PartState(StrEnum):
    """How far a part of an exercise has come, in the words of the page."""

    RIGHT = "right"
    WRONG = "not right yet"
    BLANK = "still to be written"
    WAITING = "to be read by a person"
    READ = "read by a person"


@dataclass(frozen=True)
class FeedbackPart:
    """What one graded cell is about.

    Attributes
    ----------
    name
        Such as ``dWax``.
    state
        How far it has come.
    score, possible
        Points, and points at most.
    by_hand
        Whether a person gives the points, and no check.
    report
        The report of its check as HTML; empty when it says nothing beyond the state.
    again
        Whether an earlier report of the exercise has named all the mistakes that this one names.
    """

    name: str
    state: PartState
    score: float
    possible: float
    by_hand: bool = False
    report: str = ""
    again: bool = False


@dataclass(frozen=True)
class FeedbackExercise:
    """One exercise, or one question that is answered in words.

    Attributes
    ----------
    anchor
        Its ``grade_id``.
    title, question
        In markdown. The question is empty for code.
    answer
        The cell that the student wrote.
    stopped
        The error that this cell ended with; empty when there was none.
    parts
        One for each graded cell.
    hints
        One step further each; empty when all is right.
    comment
        By the person who graded it, in markdown.
    """

    anchor: str
    title: str
    question: str
    answer: NotebookNode
    stopped: str
    parts: tuple[FeedbackPart, ...]
    hints: tuple[str, ...]
    comment: str

    @property
    def score(self) -> float:
        """Points so far."""
        return sum(part.score for part in self.parts)

    @property
    def possible(self) -> float:
        """Points at most."""
        return sum(part.possible for part in self.parts)

    @property
    def waiting(self) -> bool:
        """Whether its points are still to come."""
        return any(part.state is PartState.WAITING for part in self.parts)

    @property
    def blank(self) -> bool:
        """Whether nothing is written yet."""
        return all(part.state is PartState.BLANK for part in self.parts)

    @property
    def worth_a_look(self) -> bool:
        """Whether something is to be said about what the student wrote."""
        return bool(self.comment or self.stopped) or any(part.state is PartState.WRONG for part in self.parts)

    @property
    def to_do(self) -> bool:
        """Whether points are still to be had here by the student's own work."""
        return any(part.state in {PartState.WRONG, PartState.BLANK} and part.possible for part in self.parts)


@dataclass(frozen=True)
class Feedback:
    """All that one page tells.

    Attributes
    ----------
    title
        Of the lesson, in markdown.
    student
        Whose page it is: the name, or the id where the gradebook has no name.
    exercises
        In the order of the notebook.
    elsewhere
        The error of each other cell that ended with one.
    score, possible
        Points, the penalty taken off, and points at most.
    penalty
        Points taken off for being late.
    """

    title: str
    student: str
    exercises: tuple[FeedbackExercise, ...]
    elsewhere: tuple[str, ...]
    score: float
    possible: float
    penalty: float

    @property
    def checks(self) -> list[FeedbackPart]:
        """The parts that a check decides on, and that give points."""
        return [part for part in self._parts if part.possible and not part.by_hand]

    @property
    def waiting(self) -> list[FeedbackPart]:
        """The parts that nobody has read yet."""
        return [part for part in self._parts if part.state is PartState.WAITING]

    @property
    def _parts(self) -> list[FeedbackPart]:
        return [part for exercise in self.exercises for part in exercise.parts]
