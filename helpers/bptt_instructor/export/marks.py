"""What the gradebook has to tell about a class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.gradebook.scores import query_scores
from bptt_instructor.grading.models.grade_row import CellScore

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Mark:
    """What one student has for one lesson.

    Attributes
    ----------
    raw, penalty
        Points, those given by hand among them, and points taken off for being late.
    to_grade
        Points that somebody has yet to give, at most.
    handed_in
        When, as the gradebook writes it; empty when nobody knows.
    """

    raw: float
    penalty: float
    to_grade: float
    handed_in: str

    @property
    def score(self) -> float:
        """Points that count."""
        return max(0.0, self.raw - self.penalty)


@dataclass(frozen=True)
class Student:
    """One student, as the gradebook has them."""

    id: str
    first: str
    last: str
    email: str
    lms_user_id: str


@dataclass(frozen=True)
class GradedLesson:
    """One lesson, as the gradebook has it."""

    name: str
    possible: float
    due: str


@dataclass(frozen=True)
class Marks:
    """A class's marks.

    Attributes
    ----------
    students, lessons
        In the order of their names.
    given
        By the id of the student and the name of the lesson; whoever handed in nothing that could be graded has none.
    """

    students: Sequence[Student]
    lessons: Sequence[GradedLesson]
    given: Mapping[tuple[str, str], Mark]


def marks(book: Gradebook, lessons: Collection[str] = (), students: Collection[str] = ()) -> Marks:
    """Read the marks from a gradebook.

    Parameters
    ----------
    book
        The gradebook.
    lessons, students
        Only these; when empty, every lesson that somebody has a mark for, and everybody.

    Raises
    ------
    GradingError
        When there are no marks, or one of those asked for does not exist.
    """
    everybody = sorted((_student(one) for one in book.students), key=lambda one: (one.last, one.first, one.id))
    everything = sorted(book.assignments, key=lambda one: one.name)
    _all_there("lesson", lessons, [one.name for one in everything])
    _all_there("student", students, [one.id for one in everybody])
    given = {
        (student, lesson.name): mark
        for lesson in everything
        if not lessons or lesson.name in lessons
        for student, mark in _of_lesson(book, lesson).items()
    }
    told = [GradedLesson(one.name, one.max_score, _text(one.duedate)) for one in everything]
    told = [one for one in told if one.name in lessons or (not lessons and any(name == one.name for _, name in given))]
    if not told or not everybody:
        raise GradingError("The gradebook has no marks yet. 'bptt grade LESSON' makes some.")
    return Marks([one for one in everybody if not students or one.id in students], told, given)


def _all_there(kind: str, asked: Collection[str], there: Sequence[str]) -> None:
    missing = sorted(set(asked) - set(there))
    if missing:
        raise GradingError(f"The gradebook has no {kind} {', '.join(missing)}. It has: {', '.join(there) or 'none'}.")


def _student(one: Any) -> Student:  # noqa: ANN401 - nbgrader's own
    about = one.first_name, one.last_name, one.email, one.lms_user_id
    return Student(one.id, *(_text(text) for text in about))


def _of_lesson(book: Gradebook, lesson: Any) -> dict[str, Mark]:  # noqa: ANN401 - nbgrader's own
    found: dict[str, Mark] = {}
    for notebook in lesson.notebooks:
        cells = (*notebook.grade_cells, *notebook.task_cells)
        graded = {cell.id: CellScore(cell.name, 0.0, float(cell.max_score)) for cell in cells}
        for student, points in query_scores(book.db, notebook.id, graded).items():
            before = found.get(student, Mark(0.0, 0.0, 0.0, _text(points.handed_in)))
            found[student] = replace(
                before,
                raw=before.raw + sum(cell.scored for cell in points.cells),
                penalty=before.penalty + points.penalty,
                to_grade=before.to_grade + sum(cell.possible for cell in points.cells if cell.by_hand),
            )
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)
