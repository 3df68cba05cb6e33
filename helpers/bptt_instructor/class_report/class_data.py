"""Data model of a class: lessons, students, entries."""

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
        Name of the learner's function, or the ``grade_id`` of a written question, followed by "(written)".
    cells
        The ``grade_id`` of each of its graded cells.
    possible
        Points that the exercise is worth.
    """

    name: str
    cells: tuple[str, ...]
    possible: float


@dataclass(frozen=True)
class ReportLesson:
    """One lesson of the course that somebody has handed in.

    Attributes
    ----------
    name
        Such as ``02_sequence_backward``.
    title
        Heading of its notebook.
    exercises
        Its exercises that are worth points, in the order of the notebook.
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
    """One student's result for one lesson.

    Attributes
    ----------
    status, reason
        As in the student's :class:`~bptt_instructor.grading.models.grade_row.GradeRow`.
    scores
        Points for each exercise, by name; empty when nothing was handed in that could be graded.
    to_grade
        Names of the exercises that have an answer to grade by hand.
    penalty
        Points taken off for being late.
    causes
        Title of each known mistake that was found, by its id.
    unexplained
        What is wrong with an exercise, in words, by its name; only where no known mistake was found.
    handed_in
        Time of handing in, in UTC; None when it is not known.
    feedback
        Link to the feedback page, relative to the report; empty when there is no page.
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
        """Points so far, less the penalty."""
        return sum(self.scores.values()) - self.penalty

    @property
    def has_scores(self) -> bool:
        """Whether anything was handed in that could be graded."""
        return bool(self.scores)

    @property
    def needs_review(self) -> bool:
        """Whether grading could not decide something, or something was handed in that is not the notebook."""
        return self.status.needs_review or (self.status is Status.MISSING and self.reason not in SENT_NOTHING)


@dataclass(frozen=True)
class ClassData:
    """All that a class report shows.

    Attributes
    ----------
    course
        The course's id.
    students
        Full name by student id; empty when the gradebook has no name.
    lessons
        The lessons, in the order of the course.
    entries
        Entries by lesson name and student id; there is none where a lesson was not graded for a student.
    """

    course: str
    students: Mapping[str, str]
    lessons: tuple[ReportLesson, ...]
    entries: Mapping[tuple[str, str], Entry]

    def entries_of(self, lesson: ReportLesson) -> dict[str, Entry]:
        """Return the entries of one lesson, by student id."""
        return {student: entry for (name, student), entry in self.entries.items() if name == lesson.name}
