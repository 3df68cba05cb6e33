"""Grade a class: read what there is, have it graded, and write it down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bptt.wording import join_names
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.executors.backend import HERE, Place
from bptt_instructor.grading.executors.result_cache import Journal
from bptt_instructor.grading.executors.worker import common
from bptt_instructor.grading.gradebook.gradebook import Book
from bptt_instructor.grading.gradebook.store import write
from bptt_instructor.grading.intake.errors import RefusedError
from bptt_instructor.grading.intake.read_files import collect
from bptt_instructor.grading.judge.seeds import fresh
from bptt_instructor.grading.log_file import logged
from bptt_instructor.grading.models.grade_row import Row, Status
from bptt_instructor.grading.models.result import Result
from bptt_instructor.grading.sandbox.availability import why_not

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bptt_instructor.grading.executors.backend import Graders
    from bptt_instructor.grading.models.submission import Submission


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
        raise GradingError(f"There is no student {join_names(unknown)}. There are: {', '.join(known)}.")
    return [student for student in known if not only or student in only]


@dataclass(frozen=True)
class How:
    """How a class is graded.

    Attributes
    ----------
    boxed
        Whether submissions run in a sandbox.
    warm
        Whether they share a parent process that has imported everything.
    again
        Whether to run submissions that have a result from earlier, too.
    new_inputs
        Whether to draw test inputs anew for submissions that are run again, which otherwise get the same ones.
    """

    boxed: bool = True
    warm: bool = True
    again: bool = False
    new_inputs: bool = False


@dataclass
class Tally:
    """What is known of a class while it is graded.

    Attributes
    ----------
    kept
        How many students have a result from earlier, or nothing that could be run. Their rows come first.
    nothing
        How many of those have nothing.
    """

    kept: int = 0
    nothing: int = 0


USUAL = How()
log = logging.getLogger(__name__)


def grade(
    course: Course, students: Sequence[str], how: How = USUAL, *, place: Place = HERE, tally: Tally | None = None
) -> Iterator[Row]:
    """Grade an assignment and yield each student's row as it is done.

    Each result is on disk before its row comes, so nothing that is done is lost when grading stops. Grading again
    takes such results from there, gives the same rows, and leaves points that were given by hand.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids, as :func:`students_to_grade` gives them.
    how
        With what precautions.
    place
        Where, as :func:`bptt_instructor.grading.executors.backend.opened` gives it.
    tally
        Filled in before the first row comes.

    Raises
    ------
    GradingError
        When grading cannot begin, or not go on.
    """
    # Workers elsewhere speak for themselves.
    reason = why_not() if how.boxed and place.here else ""
    if reason:
        raise GradingError(reason)
    shared = common(course.lesson, course.limits, course.suite_name, boxed=how.boxed, warm=how.warm)
    # Before the gradebook is opened, so that workers get ready meanwhile.
    graders = place.graders(course.assignment, shared)
    with logged(course.log, "w"), Book(course) as book:
        class_ = _Class(course, book, graders, Journal(course.results, shared))
        book.record_lesson()
        book.record_students(students)
        names = book.roster()
        for row in class_.rows(students, tally or Tally(), how):
            log.info("Graded %s: %s", row.student, row.status)
            yield replace(row, name=names[row.student])


class _Class:
    """One assignment: its submissions, its gradebook, and its results."""

    def __init__(self, course: Course, book: Book, graders: Graders, journal: Journal) -> None:
        self._course = course
        self._book = book
        self._graders = graders
        self._journal = journal

    def rows(self, students: Iterable[str], tally: Tally, how: How) -> Iterator[Row]:
        """Yield the rows of those whose result is known, then of those whose submissions have to be run."""
        to_run: list[str] = []
        result: Result | None
        for student in students:
            found = self._read(student)
            if isinstance(found, Result):
                result, submission = found, None
            else:
                result, submission = None if how.again else self._journal.find(found), found
            if result is None:
                to_run.append(student)
            else:
                tally.kept += 1
                tally.nothing += submission is None
                yield self._write(result, submission)
        gone: list[Result] = []
        for outcome in self._graders.grade(self._drawn(self._read_again(to_run, gone), how)):
            if outcome.finished:
                self._journal.keep(outcome.submission, outcome.result)
            yield self._write(outcome.result, outcome.submission)
        for result in gone:
            yield self._write(result, None)

    def _write(self, result: Result, submission: Submission | None) -> Row:
        return write(self._course, self._book, result, submission)

    def _drawn(self, submissions: Iterable[Submission], how: How) -> Iterator[Submission]:
        """Give each submission its seed: that of its record, unless it has none or is to have another."""
        for submission in submissions:
            known = None if how.new_inputs else self._book.records.get(submission.student)
            same = known is not None and known.submission == submission.digest
            yield replace(submission, seed=known.seed if known and same else fresh())

    def _read_again(self, students: Iterable[str], gone: list[Result]) -> Iterator[Submission]:
        """Yield submissions when they are needed, so that only a few are in memory; list what has gone meanwhile."""
        for student in students:
            found = self._read(student)
            if isinstance(found, Result):
                gone.append(found)
            else:
                yield found

    def _read(self, student: str) -> Submission | Result:
        """Read what a student has handed in; a result says why that cannot be."""
        name = self._course.assignment
        try:
            return collect(self._course.submitted(student), student, name)
        except RefusedError as refused:
            return Result(student, name, refused.status, (refused.reason,))
        except OSError as error:
            return Result(student, name, Status.UNREADABLE, (f"the files cannot be read: {error.strerror}",))
