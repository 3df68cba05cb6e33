"""What grading reads from nbgrader's gradebook, and the little that it writes there itself."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException

from bptt.grading.course import Course, GradingError
from bptt.grading.row import Points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def _opened(course: Course) -> Iterator[Gradebook]:
    with Gradebook(*course.gradebook) as book:
        yield book


def record_lesson(course: Course) -> None:
    """Tell the gradebook what the lesson's graded cells are, with their hidden tests.

    Raises
    ------
    GradingError
        When graded cells have come or gone since the first submission was graded.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        # The released notebook is what students have: grading must not write there.
        try:
            course.converter(GenerateAssignment, release_directory=elsewhere).start()
        except NbGraderException as error:
            raise GradingError(
                f"The gradebook does not take the lesson {course.assignment}. Most likely it has gained or lost cells "
                f"since its first submission was graded, which nbgrader does not allow. Details: {course.log}"
            ) from error


def record_students(course: Course, students: Iterable[str]) -> None:
    """Enter students that the gradebook does not have yet, so that its exports have them too."""
    with _opened(course) as book:
        known = {student.id for student in book.students}
        for student in students:
            if student not in known:
                book.add_student(student)


def roster(course: Course) -> dict[str, str]:
    """Return the id of each student in the gradebook, with the name in full (empty when it has none)."""
    with _opened(course) as book:
        return {
            student.id: " ".join(filter(None, (student.first_name, student.last_name))) for student in book.students
        }


def seconds_late(course: Course, student: str) -> float:
    """Return how long after the due date a submission came; 0 when in time, or when there is no due date."""
    with _opened(course) as book:
        return float(book.find_submission(course.assignment, student).total_seconds_late)


def points(course: Course, student: str) -> tuple[tuple[Points, ...], float, bool]:
    """Read a student's points.

    Returns
    -------
    tuple of Points
        One for each graded cell, in the order of the notebook.
    float
        Points taken off for being late.
    bool
        Whether nbgrader has a submission at all; without one all points are 0.
    """
    order = [cell.id for cell in course.released.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    with _opened(course) as book:
        try:
            notebook = book.find_submission_notebook(course.assignment, course.assignment, student)
        except MissingEntry:
            cells = book.find_notebook(course.assignment, course.assignment).grade_cells
            read = {cell.name: Points(cell.name, 0.0, cell.max_score) for cell in cells}
            penalty, graded = 0.0, False
        else:
            read = {
                grade.name: Points(grade.name, grade.score, grade.max_score, grade.needs_manual_grade)
                for grade in notebook.grades
            }
            penalty, graded = notebook.late_submission_penalty or 0.0, True
    return tuple(read[name] for name in order), penalty, graded
