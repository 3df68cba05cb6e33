"""A class as data: its lessons, its students, and what became of each submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.grade_row import SENT_NOTHING, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class ReportExercise:
    """One exercise of a lesson, which may have several graded cells.

    Attributes
    ----------
    name
        Name of the learner's function, or the ``grade_id`` of a written question.
    cells
        The ``grade_id`` of each of its graded cells.
    possible
        Points for all of them.
    """

    name: str
    cells: tuple[str, ...]
    possible: float


@dataclass(frozen=True)
class ReportLesson:
    """One lesson of the course that has been handed in.

    Attributes
    ----------
    name
        Such as ``02_sequence_backward``.
    title
        As its notebook is headed.
    exercises
        In the order of the notebook.
    """

    name: str
    title: str
    exercises: tuple[ReportExercise, ...]

    @property
    def possible(self) -> float:
        """Points that the lesson is worth."""
        return sum(exercise.possible for exercise in self.exercises)


@dataclass(frozen=True)
class Entry:
    """What became of one student's work on one lesson.

    Attributes
    ----------
    status, reason
        As in the row that grading printed.
    scores
        Points for each exercise, by name.
    to_grade
        Names of the exercises that a person has yet to look at.
    penalty
        Points taken off for being late.
    causes
        Id and title of the known mistakes that were found.
    unexplained
        What is wrong with each exercise where no known mistake was found, in words.
    handed_in
        When, in UTC; None when nobody knows.
    feedback
        Address of the feedback page, seen from the report; empty when there is none.
    """

    status: Status
    reason: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    to_grade: tuple[str, ...] = ()
    penalty: float = 0.0
    causes: Mapping[str, str] = field(default_factory=dict)
    unexplained: Mapping[str, str] = field(default_factory=dict)
    handed_in: datetime | None = None
    feedback: str = ""

    @property
    def points(self) -> float:
        """Points so far."""
        return sum(self.scores.values()) - self.penalty

    @property
    def there(self) -> bool:
        """Whether anything was handed in that could be graded."""
        return bool(self.scores)

    @property
    def needs_a_person(self) -> bool:
        """Whether something happened that only a person can judge, or something came that is no notebook."""
        return self.status.needs_review or (self.status is Status.MISSING and self.reason not in SENT_NOTHING)


@dataclass(frozen=True)
class ClassData:
    """A whole class.

    Attributes
    ----------
    course
        The course's id.
    students
        Name in full by id; the name is empty when the gradebook has none.
    lessons
        In the order of the course.
    entries
        By lesson and student; without one, the lesson was not graded for that student.
    """

    course: str
    students: Mapping[str, str]
    lessons: tuple[ReportLesson, ...]
    entries: Mapping[tuple[str, str], Entry]

    def of(self, lesson: ReportLesson) -> dict[str, Entry]:
        """Return the entries of one lesson, by student."""
        return {student: entry for (name, student), entry in self.entries.items() if name == lesson.name}
