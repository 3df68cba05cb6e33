"""``AssignmentGradebook``: register, save and read one assignment."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nbgrader import api
from nbgrader.coursedir import CourseDirectory

from bptt_instructor.config import load_config
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.gradebook.opening import open_book
from bptt_instructor.grading.gradebook.records import GradingRecords
from bptt_instructor.grading.gradebook.scores import StudentScores, query_scores
from bptt_instructor.grading.models.grade_row import CellScore
from bptt_instructor.lessons.releases import record_release

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bptt_instructor.grading.gradebook.records import GradingRecord
    from bptt_instructor.grading.models.result import SubmissionResult


COMMITS_IN_MEMORY = 50
"""After so many students, what has been read or written is forgotten."""


def open_gradebook(root: Path) -> api.Gradebook:
    """Open the gradebook of a course.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.

    Raises
    ------
    GradingError
        When the course has none yet, or one of another version of nbgrader.
    """
    names = CourseDirectory(config=load_config(root))
    kind, _, path = names.db_url.partition(":///")
    if kind == "sqlite" and not Path(path).is_file():
        raise GradingError(f"There is no gradebook yet: {path}. 'bptt grade LESSON' makes it.")
    return open_book(names.db_url, names.course_id)


class AssignmentGradebook:
    """nbgrader's gradebook, open for one assignment. One process at a time grades an assignment.

    Parameters
    ----------
    course
        The course and its assignment.

    Raises
    ------
    GradingError
        When the gradebook is of another version of nbgrader.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._lesson = course.assignment
        self._book = open_book(*course.gradebook)
        # No other process writes about this assignment, and reading everything again after each commit would take
        # longest of all.
        self._book.db().expire_on_commit = False
        self._records = GradingRecords(self._book.db())
        self._commits = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._book.close()

    def register_lesson(self) -> None:
        """Enter the lesson's cells, with their hidden tests, unless the gradebook has this version of them.

        Raises
        ------
        GradingError
            When cells were added or removed since the first submission was graded.
        """
        lesson = self._course.lesson
        # A course that cannot be written to is graded all the same.
        with suppress(OSError):
            record_release(self._course.root, self._lesson, lesson.released)
        source = hashlib.sha256(lesson.source).hexdigest()
        if self._registration() == {"source": source, "assignment": self._assignment_id()}:
            return
        from nbgrader.converters import GenerateAssignment  # noqa: PLC0415 - takes seconds to import
        from nbgrader.converters.base import NbGraderException  # noqa: PLC0415

        # Whatever the course is called, nbgrader enters its default course while it registers a lesson. Of two lessons
        # that are registered at once, one would fail.
        open_book(self._course.gradebook[0]).close()
        with tempfile.TemporaryDirectory() as scratch:
            # Grading must not overwrite the released notebook, which students have.
            try:
                self._course.converter(GenerateAssignment, release_directory=scratch).start()
            except NbGraderException as error:
                raise GradingError(
                    f"The gradebook does not take the lesson {self._lesson}. Most likely it has gained or lost cells "
                    "since its first submission was graded, which nbgrader does not allow. "
                    f"Details: {self._course.log}"
                ) from error
        self._book.db.expire_all()
        registration = {"source": source, "assignment": self._assignment_id()}
        self._course.registration_file.write_text(json.dumps(registration), encoding="utf-8")

    def _registration(self) -> object:
        try:
            return json.loads(self._course.registration_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _assignment_id(self) -> str | None:
        # A gradebook made anew has another id for the assignment.
        try:
            return str(self._book.find_assignment(self._lesson).id)
        except api.MissingEntry:
            return None

    @property
    def knows_lesson(self) -> bool:
        """Whether the lesson has been registered in the gradebook."""
        return any(each.name == self._lesson for each in self._notebooks())

    def _notebooks(self) -> list[Any]:
        try:
            return list(self._book.find_assignment(self._lesson).notebooks)
        except api.MissingEntry:
            return []

    def register_students(self, students: Iterable[str]) -> None:
        """Add students that the gradebook does not have yet, so that nbgrader's exports have them, too."""
        known = self.roster()
        for student in students:
            if student not in known:
                try:
                    self._book.add_student(student)
                except api.InvalidEntry:
                    # Another lesson may be graded at the same time.
                    if student not in self.roster():
                        raise

    def roster(self) -> dict[str, str]:
        """Return the full name of each student by id; empty for those without one."""
        return {
            student.id: " ".join(filter(None, (student.first_name, student.last_name)))
            for student in self._book.students
        }

    def save_scores(self, result: SubmissionResult, handed_in: datetime | None, *, unchanged: bool = False) -> float:
        """Enter the automatic scores and comments of one submission; manual ones stay. Nothing is committed.

        Parameters
        ----------
        result
            The result of grading it.
        handed_in
            When it was handed in, in UTC; None when unknown, which takes an earlier time away.
        unchanged
            Whether the same files were graded before, so that manual grading need not be repeated.

        Returns
        -------
        float
            Lateness in seconds; 0 when in time.
        """
        # nbgrader reads from the gradebook while it makes entries, and those must not be written half made.
        with self._book.db.no_autoflush:
            # None, too: the time of an earlier attempt, or one that was noted by mistake, must not stay.
            submission = self._book.update_or_create_submission(self._lesson, result.student, timestamp=handed_in)
        lesson = self._notebook
        notebook = next(each for each in submission.notebooks if each.notebook_id == lesson.id)
        scores = {verdict.cell: verdict.score for verdict in result.verdicts}
        for grade in notebook.grades:
            # A graded cell without a verdict scores 0: no missing verdict may win points.
            grade.auto_score = scores.get(lesson.graded[grade.cell_id].cell, 0.0)
            grade.needs_manual_grade = needs_manual_grade(grade, unchanged=unchanged)
        for comment in notebook.comments:
            comment.auto_comment = "No response." if lesson.answers[comment.cell_id] in result.unanswered else None
        self._book.db.flush()
        late = float(submission.total_seconds_late)
        notebook.late_submission_penalty = self._penalty(result.student, notebook, late) if late > 0 else None
        return late

    @cached_property
    def records(self) -> dict[str, GradingRecord]:
        """The latest grading record of each student who has one, by id."""
        return self._records.of(self._lesson)

    def commit_record(self, record: GradingRecord) -> None:
        """Save a grading record, and commit it with the scores saved since the last one."""
        known = self.records.get(record.student)
        # An unchanged record keeps its time of grading.
        if known is None or replace(record, graded=known.graded) != known:
            self._records.keep(record)
            self.records[record.student] = record
        self._book.db.commit()
        self._commits += 1
        if self._commits % COMMITS_IN_MEMORY == 0:
            # Each entry of a student's would stay in a list of the assignment's or of a cell's.
            self._book.db.expunge_all()

    def roll_back(self) -> None:
        """Drop what has been entered since the last commit."""
        self._book.db.rollback()
        self._book.db.expire_all()
        self.__dict__.pop("records", None)

    def _penalty(self, student: str, notebook: Any, late: float) -> float | None:  # noqa: ANN401 - nbgrader's own
        from nbgrader.preprocessors import AssignLatePenalties  # noqa: PLC0415 - takes a second to import

        penalties = AssignLatePenalties(config=self._course.config)
        penalties.init_plugin()
        penalty = penalties.plugin_inst.late_submission_penalty(student, notebook.score, late)
        return None if penalty is None else min(max(float(penalty), 0.0), float(notebook.score))

    def points(self, student: str) -> StudentScores:
        """Read a student's scores; without a submission all are 0."""
        blank = StudentScores(tuple(self._notebook.graded.values()))
        return self._query_scores(api.SubmittedAssignment.student_id == student).get(student, blank)

    def all_points(self) -> dict[str, StudentScores]:
        """Read the scores of each student with a submission, by id."""
        return self._query_scores()

    @property
    def possible(self) -> tuple[CellScore, ...]:
        """Each graded cell with a score of 0, in the order of the notebook."""
        return tuple(self._notebook.graded.values())

    def _query_scores(self, *conditions: Any) -> dict[str, StudentScores]:  # noqa: ANN401 - SQLAlchemy's own
        return query_scores(self._book.db, self._notebook.id, self._notebook.graded, *conditions)

    @cached_property
    def _notebook(self) -> NotebookCells:
        notebook = self._book.find_notebook(self._lesson, self._lesson)
        by_name = {cell.name: cell for cell in (*notebook.grade_cells, *notebook.task_cells)}
        graded = [by_name[name] for name in self._course.graded_cells]
        return NotebookCells(
            notebook.id,
            {cell.id: CellScore(cell.name, 0.0, cell.max_score) for cell in graded},
            {cell.id: cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)},
        )


def needs_manual_grade(grade: Any, *, unchanged: bool) -> bool:  # noqa: ANN401 - nbgrader's own
    """Tell whether a cell needs manual grading, once its automatic score has been entered.

    Parameters
    ----------
    grade
        The gradebook's entry, an :class:`nbgrader.api.Grade`.
    unchanged
        Whether the same files were graded before. A new submission has to be read even when an earlier one was.
    """
    if grade.manual_score is None:
        return grade.auto_score is None
    return bool(grade.needs_manual_grade) or not unchanged


@dataclass(frozen=True)
class NotebookCells:
    """Cells of a lesson's notebook in the gradebook, by the gradebook's own ids.

    Attributes
    ----------
    id
        Id of the notebook.
    graded
        Each graded cell with a score of 0, in the order of the notebook.
    answers
        The ``grade_id`` of each cell that students write in.
    """

    id: str
    graded: dict[str, CellScore]
    answers: dict[str, str]
