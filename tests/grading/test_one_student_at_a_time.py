"""Whatever step of grading fails for one student is that student's row; everybody else has points."""

import errno
import pkgutil
import time
from dataclasses import replace
from functools import wraps

import nbformat
import pytest
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.feedback import converter, generate
from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading import deadline as deadlines
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.deadline import DeadlineError, deadline
from bptt_instructor.grading.executors.backend import open_backend
from bptt_instructor.grading.grade_assignment import MAX_FAILURES_IN_A_ROW, GradingOptions
from bptt_instructor.grading.models.grade_row import Status

MARK = "unlucky"
"""Id of the student for whom a step fails; it stands in the notebook, too, for steps that are not told the student."""
GRADING = "bptt_instructor.grading"
STEPS_WITHOUT_A_RESULT = (
    f"{GRADING}.grade_assignment:read_submission",
    f"{GRADING}.executors.worker:pack_submission",
    f"{GRADING}.executors.worker:grade_submission",
    f"{GRADING}.grade_submission:prepare_notebook",
    f"{GRADING}.grade_submission:Judge.__init__",
    f"{GRADING}.grade_submission:execute_notebook",
    f"{GRADING}.grade_submission:build_result",
    f"{GRADING}.grade_submission:nbformat.v4.writes",
    f"{GRADING}.models.result:SubmissionResult.to_bytes",
    f"{GRADING}.gradebook.store:_replace_folder",
    f"{GRADING}.gradebook.gradebook:AssignmentGradebook.save_scores",
)
STEPS_OF_EVERY_ROW = (
    f"{GRADING}.gradebook.store:make_record",
    f"{GRADING}.gradebook.gradebook:AssignmentGradebook.points",
    f"{GRADING}.gradebook.gradebook:AssignmentGradebook.commit_record",
)
STEPS_THAT_GRADING_CAN_DO_WITHOUT = (
    f"{GRADING}.executors.result_cache:ResultCache.get",
    f"{GRADING}.executors.result_cache:ResultCache.put",
)
ERRORS = (
    ZeroDivisionError(),
    OSError(errno.ENOSPC, "No space left on device"),
    UnicodeEncodeError("ascii", "é", 0, 1, "not allowed"),
    RecursionError(),
    MemoryError(),
    SystemExit(1),
)


def marked(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"Written by {MARK}."))
    return notebook


@pytest.fixture(scope="module")
def course(course_with):
    lucky = [replace(MODEL, student=name) for name in ("a", "z")]
    return course_with(*lucky, replace(MODEL, student=MARK, then=marked))


def is_about_the_unlucky(arguments, named):
    return MARK in repr((arguments, named))


@pytest.fixture
def fails(monkeypatch):
    """Have a step fail for one student; return how often it did."""

    def fail(step, error):
        owner, _, name = step.rpartition(".") if "." in step.partition(":")[2] else step.partition(":")
        owner = pkgutil.resolve_name(owner)
        real, times = getattr(owner, name), []

        @wraps(real)
        def failing(*arguments, **named):
            # The test's own wrapper is given course and gradebook as well, whose names do not have the mark.
            if is_about_the_unlucky(arguments, named):
                times.append(step)
                raise error
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, failing)
        return times

    return fail


@pytest.mark.parametrize("step", [*STEPS_WITHOUT_A_RESULT, *STEPS_OF_EVERY_ROW])
def test_a_step_that_fails_costs_nobody_else(course, rows_of, fails, step):
    times = fails(step, ERRORS[0])
    rows = rows_of(course, how=GradingOptions(again=True))
    assert times
    assert {name: (row.status, row.points) for name, row in rows.items() if name != MARK} == {
        "a": ("graded", 16),
        "z": ("graded", 16),
    }
    assert rows[MARK].status == "not graded"
    assert "no fault of the student's: ZeroDivisionError in grading itself" in rows[MARK].reason
    assert MARK in Course(course, ASSIGNMENT).log.read_text()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", [STEPS_WITHOUT_A_RESULT[0], STEPS_WITHOUT_A_RESULT[3], STEPS_OF_EVERY_ROW[2]])
def test_every_kind_of_error_is_a_row(course, rows_of, fails, step, error):
    fails(step, error)
    rows = rows_of(course, how=GradingOptions(again=True))
    assert {name: row.status for name, row in rows.items() if name != MARK} == {"a": "graded", "z": "graded"}
    unread = isinstance(error, OSError) and step == STEPS_WITHOUT_A_RESULT[0]
    assert rows[MARK].status == ("unreadable" if unread else "not graded")
    assert rows[MARK].reason.isprintable()


@pytest.mark.parametrize("step", STEPS_THAT_GRADING_CAN_DO_WITHOUT)
def test_without_the_cache_grading_takes_longer_and_no_more(course, rows_of, fails, step):
    times = fails(step, ERRORS[1])
    rows = rows_of(course, how=GradingOptions(again=step.endswith("put")))
    assert times
    assert {(row.status, row.points) for row in rows.values()} == {("graded", 16)}


def test_points_of_before_stay_when_a_later_run_fails(course, rows_of, fails):
    rows_of(course)
    fails(STEPS_WITHOUT_A_RESULT[3], ERRORS[0])
    rows = rows_of(course, how=GradingOptions(again=True))
    assert (rows[MARK].status, rows[MARK].points) == ("not graded", 16)
    assert "the points are those of an earlier submission" in rows[MARK].reason
    # And they are not kept: the next run grades.


def test_workers_report_a_failure_too(course, rows_of, fails):
    times = fails(f"{GRADING}.executors.worker:pack_submission", ERRORS[0])
    with open_backend(2) as place:
        rows = rows_of(course, how=GradingOptions(again=True), place=place)
    assert times
    assert {name: row.status for name, row in rows.items()} == {"a": "graded", MARK: "not graded", "z": "graded"}


def test_when_nobodys_result_can_be_stored_grading_stops_and_says_why(course_with, rows_of, monkeypatch):
    folder = course_with(*(replace(MODEL, student=f"s{number}") for number in range(MAX_FAILURES_IN_A_ROW + 1)))

    def fails(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"{GRADING}.grade_assignment.store_result", fails)
    with pytest.raises(GradingError, match=r"students in a row could not be stored: .*No space left on device"):
        rows_of(folder)


def test_a_page_that_fails_is_one_students(course, rows_of, monkeypatch):
    rows_of(course)
    real = converter.FeedbackConverter.start

    def start(self):
        if self.coursedir.student_id == MARK:
            raise SystemExit(1)
        real(self)

    monkeypatch.setattr(converter.FeedbackConverter, "start", start)
    pages = dict(generate_pages(Course(course, ASSIGNMENT), ["a", MARK, "z"]))
    assert pages == {"a": True, MARK: False, "z": True}


def test_a_page_that_hangs_is_one_students(course, rows_of, monkeypatch):
    rows_of(course)
    monkeypatch.setattr(generate, "PAGE_TIMEOUT_SECONDS", 3)
    real = converter.FeedbackConverter.start

    def start(self):
        if self.coursedir.student_id == MARK:
            time.sleep(60)
        real(self)

    monkeypatch.setattr(converter.FeedbackConverter, "start", start)
    assert dict(generate_pages(Course(course, ASSIGNMENT), ["a", MARK, "z"])) == {"a": True, MARK: False, "z": True}


def test_reading_that_hangs_is_a_row(course, rows_of, monkeypatch):
    monkeypatch.setattr(f"{GRADING}.grade_submission.INTAKE_SECONDS", 0.5)
    real = pkgutil.resolve_name(f"{GRADING}.grade_submission:prepare_notebook")

    def prepare(submitted, *others):
        if MARK.encode() in submitted:
            time.sleep(20)
        return real(submitted, *others)

    monkeypatch.setattr(f"{GRADING}.grade_submission.prepare_notebook", prepare)
    rows = rows_of(course, how=GradingOptions(again=True))
    assert {name: row.status for name, row in rows.items()} == {"a": "graded", MARK: "not graded", "z": "graded"}
    assert "DeadlineError" in rows[MARK].reason


def outlives_an_inner_deadline():
    with pytest.raises(DeadlineError), deadline(0.1):
        time.sleep(5)
    time.sleep(5)


def test_of_two_deadlines_the_earlier_one_counts():
    began = time.monotonic()
    with pytest.raises(DeadlineError), deadline(0.2), deadline(60):
        time.sleep(5)
    with pytest.raises(DeadlineError), deadline(0.4):
        outlives_an_inner_deadline()
    assert time.monotonic() - began < 4
    with deadline(0.05):
        pass
    time.sleep(0.2)
    assert deadlines.signal.getitimer(deadlines.signal.ITIMER_REAL) == (0, 0)


def test_a_student_who_was_not_graded_needs_a_person():
    assert Status.NOT_GRADED.needs_review
