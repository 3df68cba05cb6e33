"""Grade a class: read what there is, have it graded, and write it down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bptt.wording import join_names
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.executors.backend import IN_PROCESS, Backend
from bptt_instructor.grading.executors.result_cache import ResultCache
from bptt_instructor.grading.executors.worker import pack_batch
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.store import store_result
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.read_files import read_submission
from bptt_instructor.grading.judge.seeds import new_seed
from bptt_instructor.grading.log_file import log_to_file
from bptt_instructor.grading.models.grade_row import GradeRow, Status
from bptt_instructor.grading.models.result import SubmissionResult
from bptt_instructor.grading.sandbox.availability import unavailable_reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bptt_instructor.grading.executors.backend import Executor
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
    with AssignmentGradebook(course) as book:
        known = sorted({*book.roster(), *course.students_with_folders()})
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise GradingError(f"There is no student {join_names(unknown)}. There are: {', '.join(known)}.")
    return [student for student in known if not only or student in only]


@dataclass(frozen=True)
class GradingOptions:
    """How a class is graded.

    Attributes
    ----------
    sandboxed
        Whether submissions run in a sandbox.
    use_zygote
        Whether they share a parent process that has imported everything.
    again
        Whether to run submissions that have a result from earlier, too.
    new_inputs
        Whether to draw test inputs anew for submissions that are run again, which otherwise get the same ones.
    """

    sandboxed: bool = True
    use_zygote: bool = True
    again: bool = False
    new_inputs: bool = False


@dataclass
class ReusedCount:
    """What is known of a class while it is graded.

    Attributes
    ----------
    kept
        How many students have a result from earlier, or nothing that could be run. Their rows come first.
    nothing
        How many of those have nothing.
    """

    reused: int = 0
    missing: int = 0


DEFAULT_OPTIONS = GradingOptions()
log = logging.getLogger(__name__)


def grade_assignment(
    course: Course,
    students: Sequence[str],
    options: GradingOptions = DEFAULT_OPTIONS,
    *,
    backend: Backend = IN_PROCESS,
    counts: ReusedCount | None = None,
) -> Iterator[GradeRow]:
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
    reason = unavailable_reason() if options.sandboxed and backend.local else ""
    if reason:
        raise GradingError(reason)
    shared = pack_batch(
        course.lesson, course.limits, course.suite_name, sandboxed=options.sandboxed, use_zygote=options.use_zygote
    )
    # Before the gradebook is opened, so that workers get ready meanwhile.
    graders = backend.make_executor(course.assignment, shared)
    with log_to_file(course.log, "w"), AssignmentGradebook(course) as book:
        class_ = _AssignmentGrader(course, book, graders, ResultCache(course.results, shared))
        book.register_lesson()
        book.register_students(students)
        names = book.roster()
        for row in class_.rows(students, counts or ReusedCount(), options):
            log.info("Graded %s: %s", row.student, row.status)
            yield replace(row, name=names[row.student])


class _AssignmentGrader:
    """One assignment: its submissions, its gradebook, and its results."""

    def __init__(self, course: Course, book: AssignmentGradebook, graders: Executor, journal: ResultCache) -> None:
        self._course = course
        self._book = book
        self._executor = graders
        self._cache = journal

    def rows(self, students: Iterable[str], tally: ReusedCount, how: GradingOptions) -> Iterator[GradeRow]:
        """Yield the rows of those whose result is known, then of those whose submissions have to be run."""
        to_run: list[str] = []
        result: SubmissionResult | None
        for student in students:
            found = self._read(student)
            if isinstance(found, SubmissionResult):
                result, submission = found, None
            else:
                result, submission = None if how.again else self._cache.get(found), found
            if result is None:
                to_run.append(student)
            else:
                tally.reused += 1
                tally.missing += submission is None
                yield self._store(result, submission)
        gone: list[SubmissionResult] = []
        for outcome in self._executor.grade(self._with_seeds(self._read_when_needed(to_run, gone), how)):
            if outcome.finished:
                self._cache.put(outcome.submission, outcome.result)
            yield self._store(outcome.result, outcome.submission)
        for result in gone:
            yield self._store(result, None)

    def _store(self, result: SubmissionResult, submission: Submission | None) -> GradeRow:
        return store_result(self._course, self._book, result, submission)

    def _with_seeds(self, submissions: Iterable[Submission], how: GradingOptions) -> Iterator[Submission]:
        """Give each submission its seed: that of its record, unless it has none or is to have another."""
        for submission in submissions:
            known = None if how.new_inputs else self._book.records.get(submission.student)
            same = known is not None and known.submission == submission.digest
            yield replace(submission, seed=known.seed if known and same else new_seed())

    def _read_when_needed(self, students: Iterable[str], gone: list[SubmissionResult]) -> Iterator[Submission]:
        """Yield submissions when they are needed, so that only a few are in memory; list what has gone meanwhile."""
        for student in students:
            found = self._read(student)
            if isinstance(found, SubmissionResult):
                gone.append(found)
            else:
                yield found

    def _read(self, student: str) -> Submission | SubmissionResult:
        """Read what a student has handed in; a result says why that cannot be."""
        name = self._course.assignment
        try:
            return read_submission(self._course.submitted(student), student, name)
        except UngradableError as refused:
            return SubmissionResult(student, name, refused.status, (refused.reason,))
        except OSError as error:
            return SubmissionResult(student, name, Status.UNREADABLE, (f"the files cannot be read: {error.strerror}",))
