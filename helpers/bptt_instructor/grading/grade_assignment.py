"""Grade an assignment: read submissions, dispatch, store, yield rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from bptt.wording import join_names
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.deadline import INTAKE_SECONDS, deadline
from bptt_instructor.grading.executors.backend import IN_PROCESS, Backend
from bptt_instructor.grading.executors.graded_submission import failed
from bptt_instructor.grading.executors.result_cache import ResultCache
from bptt_instructor.grading.executors.worker import pack_batch
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.store import store_result
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.read_files import read_submission
from bptt_instructor.grading.judge.seeds import new_seed
from bptt_instructor.grading.log_file import log_to_file
from bptt_instructor.grading.models.grade_row import GradeRow, Status, one_line
from bptt_instructor.grading.models.result import SubmissionResult
from bptt_instructor.grading.sandbox.availability import unavailable_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from bptt_instructor.grading.executors.backend import Executor
    from bptt_instructor.grading.models.submission import Submission


def students_to_grade(course: Course, only: Collection[str] = ()) -> list[str]:
    """Return the ids of the students who get a row: all in the gradebook or with a submission folder.

    Parameters
    ----------
    course
        The course and its assignment.
    only
        Ids of students; when given, no others get a row.

    Raises
    ------
    GradingError
        When there are no submissions, or a student in ``only`` does not exist.
    """
    if not course.has_submissions():
        where = course.submitted("STUDENT") / f"{course.assignment}.ipynb"
        others = course.not_students()
        raise GradingError(
            f"Nothing has been handed in for {course.assignment}. Put each notebook in its place:\n{where}"
            + (f"\nNot the folder of a student: {', '.join(others)}." if others else "")
        )
    with AssignmentGradebook(course) as book:
        roster = book.roster()
    known = sorted({*roster, *course.students_with_folders(roster)})
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise GradingError(f"There is no student {join_names(unknown)}. There are: {', '.join(known)}.")
    return [student for student in known if not only or student in only]


@dataclass(frozen=True)
class GradingOptions:
    """Options of :func:`grade_assignment`.

    Attributes
    ----------
    sandboxed
        Whether submissions run in a sandbox.
    use_zygote
        Whether their kernels are forked from a zygote, which has imported everything.
    again
        Whether to run submissions with a cached result, too.
    new_inputs
        Whether to draw new seeds for unchanged submissions that are run again.
    """

    sandboxed: bool = True
    use_zygote: bool = True
    again: bool = False
    new_inputs: bool = False


@dataclass
class ReusedCount:
    """Number of students who need no run; their rows come first.

    Attributes
    ----------
    reused
        Students with a cached result, or without a submission that can be run.
    missing
        Of these, the students without a submission that can be run.
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
    """Grade an assignment, and yield each student's row as soon as it is stored.

    Each result is on disk before its row is yielded, so nothing that is done is lost when grading stops. Grading again
    reuses cached results, gives the same rows, and leaves manual scores as they are.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids, from :func:`students_to_grade`.
    options
        How to grade.
    backend
        Where to grade, from :func:`bptt_instructor.grading.executors.backend.open_backend`.
    counts
        Counts up with the rows; complete before the first row that needs a run.

    Raises
    ------
    GradingError
        When grading cannot begin, or not go on.
    """
    # Workers on other machines check this themselves.
    reason = unavailable_reason() if options.sandboxed and backend.local else ""
    if reason:
        raise GradingError(reason)
    shared = pack_batch(
        course.lesson, course.limits, course.suite_name, sandboxed=options.sandboxed, use_zygote=options.use_zygote
    )
    # Before the gradebook is opened, so that workers start meanwhile.
    executor = backend.make_executor(course.assignment, shared)
    with log_to_file(course.log, "w"), AssignmentGradebook(course) as book:
        grader = _AssignmentGrader(course, book, executor, ResultCache(course.results, shared))
        book.register_lesson()
        book.register_students(students)
        names = book.roster()
        if others := course.not_students(names):
            log.warning("Passed over in submitted/, since it is not a student's folder: %s", ", ".join(others))
        for row in grader.rows(students, counts or ReusedCount(), options):
            log.info("Graded %s: %s", row.student, row.status)
            yield replace(row, name=names.get(row.student, ""))


class _AssignmentGrader:
    """Grades one assignment, with its gradebook, executor and result cache.

    Whatever is done for one student goes through :meth:`_for_student`, so that nothing that goes wrong there is about
    anybody else.
    """

    def __init__(self, course: Course, book: AssignmentGradebook, executor: Executor, cache: ResultCache) -> None:
        self._course = course
        self._book = book
        self._executor = executor
        self._cache = cache
        self._failures_in_a_row = 0

    def rows(self, students: Iterable[str], counts: ReusedCount, options: GradingOptions) -> Iterator[GradeRow]:
        """Yield the rows of students who need no run, then of those whose submissions are run."""
        to_run: list[str] = []
        for student in students:
            result, submission = self._read_or_reuse(student, options)
            if result is None:
                to_run.append(student)
            else:
                counts.reused += 1
                counts.missing += submission is None
                yield self._store(result, submission)
        not_run: list[SubmissionResult] = []
        for graded in self._executor.grade(self._submissions(to_run, not_run, options)):
            if graded.finished:
                self._cache_result(graded.submission, graded.result)
            yield self._store(graded.result, graded.submission)
        for result in not_run:
            yield self._store(result, None)

    def _for_student(self, student: str, step: Callable[[], Outcome]) -> Outcome | SubmissionResult:
        """Take one step for one student; whatever it raises is that student's result, and in the log by name."""
        name = self._course.assignment
        try:
            with deadline(INTAKE_SECONDS):
                return step()
        except UngradableError as error:
            return SubmissionResult(student, name, error.status, (error.reason,))
        except (Exception, SystemExit) as error:
            log.exception("%s could not be graded", student)
            return failed(student, name, _in_words(error))

    def _read_or_reuse(
        self, student: str, options: GradingOptions
    ) -> tuple[SubmissionResult | None, Submission | None]:
        """Return a student's result if there is one without a run, and the submission if it can be read."""
        submission = self._read(student)
        if isinstance(submission, SubmissionResult):
            return submission, None
        if options.again:
            return None, submission
        try:
            with deadline(INTAKE_SECONDS):
                return self._cache.get(submission), submission
        except Exception:
            log.exception("The cached result of %s cannot be read", student)
            return None, submission

    def _read(self, student: str) -> Submission | SubmissionResult:
        def read() -> Submission:
            try:
                return read_submission(self._course.submitted(student), student, self._course.assignment)
            except OSError as error:
                reason = f"the files cannot be read: {error.strerror}"
                raise UngradableError(Status.UNREADABLE, reason) from error

        return self._for_student(student, read)

    def _submissions(
        self, students: Iterable[str], not_run: list[SubmissionResult], options: GradingOptions
    ) -> Iterator[Submission]:
        """Yield submissions with their seeds, one by one, so that few are in memory.

        Parameters
        ----------
        students
            Ids.
        not_run
            Gets a result for each that cannot be read any more.
        options
            How to grade.
        """
        for student in students:
            read = self._read(student)
            seeded = read if isinstance(read, SubmissionResult) else self._with_seed(read, options)
            if isinstance(seeded, SubmissionResult):
                not_run.append(seeded)
            else:
                yield seeded

    def _with_seed(self, submission: Submission, options: GradingOptions) -> Submission | SubmissionResult:
        """Set a submission's seed: that of its record if the files are the same, else a new one."""

        def seeded() -> Submission:
            known = None if options.new_inputs else self._book.records.get(submission.student)
            same = known is not None and submission.has_digest(known.submission)
            return replace(submission, seed=known.seed if known and same else new_seed())

        return self._for_student(submission.student, seeded)

    def _cache_result(self, submission: Submission, result: SubmissionResult) -> None:
        try:
            self._cache.put(submission, result)
        except Exception:
            # The gradebook gets it all the same; only grading again will take longer.
            log.exception("The result of %s is not cached", submission.student)

    def _store(self, result: SubmissionResult, submission: Submission | None) -> GradeRow:
        """Store a result; return its row, or a row that says why it could not be stored."""

        def store() -> GradeRow:
            return store_result(self._course, self._book, result, submission)

        row = self._for_student(result.student, store)
        if isinstance(row, GradeRow):
            self._failures_in_a_row = 0
            return row
        self._failures_in_a_row += 1
        self._book.roll_back()
        if self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            raise GradingError(
                f"The results of {MAX_FAILURES_IN_A_ROW} students in a row could not be stored: {row.reasons[0]}. "
                "What is stored stays so."
            )
        # Without the notebook, which may be what cannot be stored, the row and its reason can be.
        again = self._for_student(
            result.student, lambda: store_result(self._course, self._book, replace(row, seed=result.seed), None)
        )
        if isinstance(again, GradeRow):
            return again
        self._book.roll_back()
        return GradeRow(result.student, "", row.status, one_line("; ".join(row.reasons)))


Outcome = TypeVar("Outcome")
MAX_FAILURES_IN_A_ROW = 5
"""Students whose results cannot be stored, one after the other, before grading stops: then it is the disk, or the
gradebook."""


def _in_words(error: BaseException) -> str:
    """Return what the system says about an error, or the error's name: what it says may quote a submission."""
    # What SQLAlchemy raises has the database's own error in it.
    database = getattr(error, "orig", None)
    if database:
        return str(database)
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
