"""nbgrader's gradebook: what grading reads from it, and all that it writes there."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nbgrader import api
from nbgrader.coursedir import CourseDirectory

from bptt_instructor.config import load_config
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.gradebook.records import GradingRecords
from bptt_instructor.grading.gradebook.scores import StudentScores, query_scores
from bptt_instructor.grading.models.grade_row import CellScore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bptt_instructor.grading.gradebook.records import GradingRecord
    from bptt_instructor.grading.models.result import SubmissionResult


def open_gradebook(root: Path) -> api.Gradebook:
    """Open the gradebook of a course.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.

    Raises
    ------
    GradingError
        When there is none yet.
    """
    names = CourseDirectory(config=load_config(root))
    kind, _, path = names.db_url.partition(":///")
    if kind == "sqlite" and not Path(path).is_file():
        raise GradingError(f"There is no gradebook yet: {path}. 'bptt grade LESSON' makes it.")
    return api.Gradebook(names.db_url, names.course_id)


class AssignmentGradebook:
    """The gradebook, open for one assignment. There is one for a course, and one process writes to it.

    Parameters
    ----------
    course
        The course and its assignment.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._lesson = course.assignment
        self._book = api.Gradebook(*course.gradebook)
        # What this process has written is what is there; reading it again after each student takes longest of all.
        self._book.db().expire_on_commit = False
        self._records = GradingRecords(self._book.db())

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._book.close()

    def register_lesson(self) -> None:
        """Tell the gradebook what the lesson's graded cells are, with their hidden tests, unless it knows.

        Raises
        ------
        GradingError
            When graded cells have come or gone since the first submission was graded.
        """
        source = hashlib.sha256(self._course.lesson.source).hexdigest()
        if self._registration() == {"source": source, "assignment": self._assignment_id()}:
            return
        from nbgrader.converters import GenerateAssignment  # noqa: PLC0415 - takes seconds to import
        from nbgrader.converters.base import NbGraderException  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as elsewhere:
            # The released notebook is what students have: grading must not write there.
            try:
                self._course.converter(GenerateAssignment, release_directory=elsewhere).start()
            except NbGraderException as error:
                raise GradingError(
                    f"The gradebook does not take the lesson {self._lesson}. Most likely it has gained or lost cells "
                    "since its first submission was graded, which nbgrader does not allow. "
                    f"Details: {self._course.log}"
                ) from error
        self._book.db.expire_all()
        note = {"source": source, "assignment": self._assignment_id()}
        self._course.registration_file.write_text(json.dumps(note), encoding="utf-8")

    def _registration(self) -> object:
        try:
            return json.loads(self._course.registration_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _assignment_id(self) -> str | None:
        # Another gradebook gives another id.
        try:
            return str(self._book.find_assignment(self._lesson).id)
        except api.MissingEntry:
            return None

    @property
    def knows_lesson(self) -> bool:
        """Whether the gradebook has the lesson's graded cells."""
        return any(each.name == self._lesson for each in self._notebooks())

    def _notebooks(self) -> list[Any]:
        try:
            return list(self._book.find_assignment(self._lesson).notebooks)
        except api.MissingEntry:
            return []

    def register_students(self, students: Iterable[str]) -> None:
        """Enter students that the gradebook does not have yet, so that its exports have them too."""
        known = self.roster()
        for student in students:
            if student not in known:
                self._book.add_student(student)

    def roster(self) -> dict[str, str]:
        """Return the id of each student, with the name in full (empty when there is none)."""
        return {
            student.id: " ".join(filter(None, (student.first_name, student.last_name)))
            for student in self._book.students
        }

    def save_scores(self, result: SubmissionResult, handed_in: datetime | None, *, unchanged: bool = False) -> float:
        """Enter the points and comments of one submission, until :meth:`keep`; those given by hand stay.

        Parameters
        ----------
        result
            What grading it gave.
        handed_in
            When it came, in UTC; None when nobody knows.
        unchanged
            Whether it is what was graded before, so that answers that a person has read need not be read again.

        Returns
        -------
        float
            How many seconds late it came.
        """
        when = {"timestamp": handed_in} if handed_in else {}
        submission = self._book.update_or_create_submission(self._lesson, result.student, **when)
        lesson = self._notebook
        notebook = next(each for each in submission.notebooks if each.notebook_id == lesson.id)
        scores = {verdict.cell: verdict.score for verdict in result.verdicts}
        for grade in notebook.grades:
            # A graded cell without a verdict is worth nothing, never everything.
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
        """What is known of each student's submission besides points."""
        return self._records.of(self._lesson)

    def commit_record(self, record: GradingRecord) -> None:
        """Enter what is known besides points, and make sure that all entries last."""
        known = self.records.get(record.student)
        # What has not changed was graded when it was.
        if known is None or replace(record, graded=known.graded) != known:
            self._records.keep(record)
            self.records[record.student] = record
        self._book.db.commit()

    def _penalty(self, student: str, notebook: Any, late: float) -> float | None:  # noqa: ANN401 - nbgrader's own
        from nbgrader.preprocessors import AssignLatePenalties  # noqa: PLC0415 - takes a second to import

        penalties = AssignLatePenalties(config=self._course.config)
        penalties.init_plugin()
        penalty = penalties.plugin_inst.late_submission_penalty(student, notebook.score, late)
        return None if penalty is None else min(max(float(penalty), 0.0), float(notebook.score))

    def points(self, student: str) -> StudentScores:
        """Read a student's points; without a submission all are 0."""
        blank = StudentScores(tuple(self._notebook.graded.values()))
        return self._query_scores(api.SubmittedAssignment.student_id == student).get(student, blank)

    def all_points(self) -> dict[str, StudentScores]:
        """Read the points of every student who has any."""
        return self._query_scores()

    @property
    def possible(self) -> tuple[CellScore, ...]:
        """Each graded cell, before anybody has any points, in the order of the notebook."""
        return tuple(self._notebook.graded.values())

    def _query_scores(self, *whose: Any) -> dict[str, StudentScores]:  # noqa: ANN401 - SQLAlchemy's own
        return query_scores(self._book.db, self._notebook.id, self._notebook.graded, *whose)

    @cached_property
    def _notebook(self) -> NotebookCells:
        found = self._book.find_notebook(self._lesson, self._lesson)
        named = {cell.name: cell for cell in (*found.grade_cells, *found.task_cells)}
        graded = [named[name] for name in self._course.graded_cells]
        return NotebookCells(
            found.id,
            {cell.id: CellScore(cell.name, 0.0, cell.max_score) for cell in graded},
            {cell.id: cell.name for cell in (*found.solution_cells, *found.task_cells)},
        )


def needs_manual_grade(grade: Any, *, unchanged: bool) -> bool:  # noqa: ANN401 - nbgrader's own
    """Tell whether a person has to read an answer, whose points by themselves have just been entered.

    Parameters
    ----------
    grade
        The gradebook's entry.
    unchanged
        Whether the submission is what was graded before. A new one has to be read even when an earlier one was.
    """
    if grade.manual_score is None:
        return grade.auto_score is None
    return bool(grade.needs_manual_grade) or not unchanged


@dataclass(frozen=True)
class NotebookCells:
    """What the gradebook has of a lesson's notebook, by ids of its own.

    Attributes
    ----------
    id
        The notebook's.
    graded
        The points of each graded cell, before anybody has any, in the order of the notebook.
    answers
        The ``grade_id`` of each cell that students write in.
    """

    id: str
    graded: dict[str, CellScore]
    answers: dict[str, str]
