"""Read all grades of a class."""

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
    """One student's points for one lesson.

    Attributes
    ----------
    raw
        Points given so far, by checks and by hand.
    penalty
        Points taken off for being late.
    to_grade
        Points at most for the answers that nobody has graded by hand yet.
    handed_in
        Time of handing in, as the gradebook writes it; empty when it is not known.
    """

    raw: float
    penalty: float
    to_grade: float
    handed_in: str

    @property
    def score(self) -> float:
        """Points less the penalty, and not less than 0."""
        return max(0.0, self.raw - self.penalty)


@dataclass(frozen=True)
class Student:
    """One student, as in the gradebook.

    Attributes
    ----------
    id
        Id in the gradebook.
    first, last, email
        First name, last name and e-mail address; empty where the gradebook has none.
    lms_user_id
        The student's number in Canvas; empty where the gradebook has none.
    """

    id: str
    first: str
    last: str
    email: str
    lms_user_id: str


@dataclass(frozen=True)
class GradedLesson:
    """One lesson, as in the gradebook.

    Attributes
    ----------
    name
        Such as ``02_sequence_backward``.
    possible
        Points that the lesson is worth.
    due
        Date by which it is due, as the gradebook writes it; empty where there is none.
    """

    name: str
    possible: float
    due: str


@dataclass(frozen=True)
class Marks:
    """All marks of a class.

    Attributes
    ----------
    students, lessons
        The students and the lessons, in the order of their names.
    given
        Marks by student id and lesson name; there is none where nothing was handed in that could be graded.
    """

    students: Sequence[Student]
    lessons: Sequence[GradedLesson]
    given: Mapping[tuple[str, str], Mark]


def read_marks(book: Gradebook, lessons: Collection[str] = (), students: Collection[str] = ()) -> Marks:
    """Read marks from a gradebook.

    Parameters
    ----------
    book
        The gradebook.
    lessons
        Names of the lessons to read; when empty, every lesson that somebody has a mark for.
    students
        Ids of the students to read; when empty, all of them.

    Raises
    ------
    GradingError
        When there are no marks, or the gradebook lacks one of the lessons or students.
    """
    all_students = sorted((_student(one) for one in book.students), key=lambda one: (one.last, one.first, one.id))
    assignments = sorted(book.assignments, key=lambda one: one.name)
    _require_known("lesson", lessons, [one.name for one in assignments])
    _require_known("student", students, [one.id for one in all_students])
    given = {
        (student, lesson.name): mark
        for lesson in assignments
        if not lessons or lesson.name in lessons
        for student, mark in _lesson_marks(book, lesson).items()
    }
    graded = {name for _, name in given}
    wanted = [
        GradedLesson(one.name, one.max_score, _text(one.duedate))
        for one in assignments
        if one.name in (lessons or graded)
    ]
    if not wanted or not all_students:
        raise GradingError("The gradebook has no marks yet. 'bptt grade LESSON' makes some.")
    return Marks([one for one in all_students if not students or one.id in students], wanted, given)


def _require_known(kind: str, requested: Collection[str], known: Sequence[str]) -> None:
    missing = sorted(set(requested) - set(known))
    if missing:
        raise GradingError(f"The gradebook has no {kind} {', '.join(missing)}. It has: {', '.join(known) or 'none'}.")


def _student(one: Any) -> Student:  # noqa: ANN401 - nbgrader's own
    return Student(one.id, *(_text(text) for text in (one.first_name, one.last_name, one.email, one.lms_user_id)))


def _lesson_marks(book: Gradebook, lesson: Any) -> dict[str, Mark]:  # noqa: ANN401 - nbgrader's own
    """Return the mark of each student who has one, over all notebooks of a lesson."""
    by_student: dict[str, Mark] = {}
    for notebook in lesson.notebooks:
        cells = (*notebook.grade_cells, *notebook.task_cells)
        graded = {cell.id: CellScore(cell.name, 0.0, float(cell.max_score)) for cell in cells}
        for student, points in query_scores(book.db, notebook.id, graded).items():
            before = by_student.get(student, Mark(0.0, 0.0, 0.0, _text(points.handed_in)))
            by_student[student] = replace(
                before,
                raw=before.raw + sum(cell.scored for cell in points.cells),
                penalty=before.penalty + points.penalty,
                to_grade=before.to_grade + sum(cell.possible for cell in points.cells if cell.by_hand),
            )
    return by_student


def _text(value: object) -> str:
    return "" if value is None else str(value)
