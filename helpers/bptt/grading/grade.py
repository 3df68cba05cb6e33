"""Grade a class, one student after the other."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bptt.check.report import listed
from bptt.grading.collect import collect
from bptt.grading.course import Course, GradingError
from bptt.grading.gradebook import Book
from bptt.grading.kernel.parent import SandboxError
from bptt.grading.kernel.pool import Kernels
from bptt.grading.one import grade_one
from bptt.grading.refused import RefusedError
from bptt.grading.result import Result
from bptt.grading.row import Row, Status
from bptt.grading.sandbox.available import why_not
from bptt.grading.write import NOT_RUN, write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from bptt.grading.submission import Lesson, Submission


def students_to_grade(course: Course, only: Collection[str] = ()) -> list[str]:
    """Return the ids of those who get a row: everybody in the gradebook or with a folder among the submissions.

    Parameters
    ----------
    course
        The course and its assignment.
    only
        When given, these students and no others.

    Raises
    ------
    GradingError
        When nobody has handed in anything, or a student in ``only`` does not exist.
    """
    if not course.has_submissions():
        where = course.submitted("STUDENT") / f"{course.assignment}.ipynb"
        raise GradingError(
            f"Nothing has been handed in for {course.assignment}. Put each notebook in its place:\n{where}"
        )
    with Book(course) as book:
        known = sorted({*book.roster(), *course.students_with_folders()})
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise GradingError(f"There is no student {listed(unknown)}. There are: {', '.join(known)}.")
    return [student for student in known if not only or student in only]


@dataclass(frozen=True)
class How:
    """How a class is graded.

    Attributes
    ----------
    feedback
        Whether to write a feedback page for each notebook that could be graded.
    boxed
        Whether submissions run in a sandbox.
    warm
        Whether they share a parent process that has imported everything.
    """

    feedback: bool = True
    boxed: bool = True
    warm: bool = True


USUAL = How()
log = logging.getLogger(__name__)


def grade(course: Course, students: Sequence[str], how: How = USUAL) -> Iterator[Row]:
    """Grade an assignment and yield each student's row as it is done.

    Grading again gives the same rows; points given by hand stay.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids, as :func:`students_to_grade` gives them.
    how
        With what precautions, and whether with feedback.

    Raises
    ------
    GradingError
        When there is no sandbox, or the gradebook does not take the lesson.
    """
    reason = why_not() if how.boxed else ""
    if reason:
        raise GradingError(reason)
    kernels = Kernels(course.limits, boxed=how.boxed, warm=how.warm)
    with _logged(course.log), Book(course) as book:
        try:
            book.record_lesson()
            book.record_students(students)
            names, lesson = book.roster(), course.lesson
            for student in students:
                row = _grade_student(course, book, lesson, student, kernels)
                if how.feedback and course.autograded(student).is_file() and row.status not in NOT_RUN:
                    row = _write_feedback(course, row)
                yield replace(row, name=names[student])
        except SandboxError as error:
            raise GradingError(f"No sandbox could be made: {error}") from error
        finally:
            kernels.close()


def _grade_student(course: Course, book: Book, lesson: Lesson, student: str, kernels: Kernels) -> Row:
    files: dict[str, bytes] = {}
    try:
        submission: Submission = collect(course.submitted(student), student, course.assignment)
        files = dict(submission.files)
        result = grade_one(submission, lesson, course.secret, kernels)
    except RefusedError as refused:
        result = Result(student, course.assignment, refused.status, (refused.reason,))
    except OSError as error:
        reason = f"the files cannot be read: {error.strerror}"
        result = Result(student, course.assignment, Status.UNREADABLE, (reason,))
    row = write(course, book, result, files)
    log.info("Graded %s: %s, %s", student, row.status, dict(result.seconds))
    return row


def _write_feedback(course: Course, row: Row) -> Row:
    from nbgrader.converters import GenerateFeedback  # noqa: PLC0415 - takes seconds to import
    from nbgrader.converters.base import NbGraderException  # noqa: PLC0415

    try:
        course.converter(GenerateFeedback, row.student).start()
    except NbGraderException:
        return replace(row, reason="; ".join(filter(None, [row.reason, "nbgrader could not write the feedback"])))
    return row


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send every log message and warning to a file, and none to the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root, nbgraders = logging.getLogger(), logging.getLogger("traitlets")
    level = nbgraders.level
    root.addHandler(handler)
    nbgraders.setLevel(logging.INFO)
    log.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        nbgraders.setLevel(level)
        root.removeHandler(handler)
        handler.close()
