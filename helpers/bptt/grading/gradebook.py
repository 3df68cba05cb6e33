"""nbgrader's gradebook: what grading reads from it, and all that it writes there."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from nbgrader import api
from nbgrader.utils import parse_utc

from bptt.grading.course import Course, GradingError
from bptt.grading.row import Points

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bptt.grading.result import Result

Recorded = tuple[tuple[Points, ...], float, bool]


class Book:
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

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._book.close()

    def record_lesson(self) -> None:
        """Tell the gradebook what the lesson's graded cells are, with their hidden tests, unless it knows.

        Raises
        ------
        GradingError
            When graded cells have come or gone since the first submission was graded.
        """
        source = hashlib.sha256(self._course.lesson.source).hexdigest()
        if self._note() == {"source": source, "assignment": self._assignment_id()}:
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
        self._course.recorded.write_text(json.dumps(note), encoding="utf-8")

    def _note(self) -> object:
        try:
            return json.loads(self._course.recorded.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _assignment_id(self) -> str | None:
        # Another gradebook gives another id.
        try:
            return str(self._book.find_assignment(self._lesson).id)
        except api.MissingEntry:
            return None

    def record_students(self, students: Iterable[str]) -> None:
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

    def record(self, result: Result, handed_in: datetime | None) -> float:
        """Enter the points and comments of one submission; those given by hand stay.

        Parameters
        ----------
        result
            What grading it gave.
        handed_in
            When it came, in UTC; None when nobody knows.

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
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = "No response." if lesson.answers[comment.cell_id] in result.unanswered else None
        self._book.db.flush()
        late = float(submission.total_seconds_late)
        notebook.late_submission_penalty = self._penalty(result.student, notebook, late) if late > 0 else None
        self._book.db.commit()
        return late

    def _penalty(self, student: str, notebook: Any, late: float) -> float | None:  # noqa: ANN401 - nbgrader's own
        from nbgrader.preprocessors import AssignLatePenalties  # noqa: PLC0415 - takes a second to import

        penalties = AssignLatePenalties(config=self._course.config)
        penalties.init_plugin()
        penalty = penalties.plugin_inst.late_submission_penalty(student, notebook.score, late)
        return None if penalty is None else min(max(float(penalty), 0.0), float(notebook.score))

    def points(self, student: str) -> Recorded:
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
        grades = (
            self._book.db.query(
                api.Grade.cell_id,
                api.Grade.score,
                api.Grade.needs_manual_grade,
                api.SubmittedNotebook.late_submission_penalty,
            )
            .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id)
            .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
            .filter(
                api.SubmittedNotebook.notebook_id == self._notebook.id,
                api.SubmittedAssignment.student_id == student,
            )
            .all()
        )
        read = {cell.cell: cell for cell in self._notebook.graded.values()}
        penalty = 0.0
        for cell_id, score, by_hand, taken_off in grades:
            cell = self._notebook.graded[cell_id]
            read[cell.cell] = Points(cell.cell, score, cell.possible, by_hand)
            penalty = taken_off or 0.0
        return tuple(read.values()), penalty, bool(grades)

    @cached_property
    def _notebook(self) -> Notebook:
        found = self._book.find_notebook(self._lesson, self._lesson)
        named = {cell.name: cell for cell in (*found.grade_cells, *found.task_cells)}
        graded = [named[name] for name in self._course.graded_cells]
        return Notebook(
            found.id,
            {cell.id: Points(cell.name, 0.0, cell.max_score) for cell in graded},
            {cell.id: cell.name for cell in (*found.solution_cells, *found.task_cells)},
        )


@dataclass(frozen=True)
class Notebook:
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
    graded: dict[str, Points]
    answers: dict[str, str]


def when(text: str) -> datetime | None:
    """Read the time that a submission came, as nbgrader writes it; None when it is no time."""
    try:
        return parse_utc(text.strip())
    except (ValueError, OverflowError):
        return None
