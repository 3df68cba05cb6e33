"""Bulk query of scores for one notebook.

One query reads the whole class: student by student it takes minutes for a large one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbgrader import api

from bptt_instructor.grading.models.grade_row import CellScore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class StudentScores:
    """Scores of one student's submission in the gradebook.

    Attributes
    ----------
    cells
        Score for each graded cell, in the order of the notebook.
    penalty
        Points taken off for being late.
    handed_in
        When it was handed in, in UTC; None when unknown.
    has_submission
        Whether the gradebook has a submission of the student.
    """

    cells: tuple[CellScore, ...]
    penalty: float = 0.0
    handed_in: datetime | None = None
    has_submission: bool = False


def query_scores(
    session: Any,  # noqa: ANN401 - SQLAlchemy's own, as below
    notebook: str,
    graded: Mapping[str, CellScore],
    *conditions: Any,  # noqa: ANN401
) -> dict[str, StudentScores]:
    """Read the scores of all students, or some, for one notebook.

    Parameters
    ----------
    session
        Database session of the gradebook.
    notebook
        Id of the notebook in the gradebook.
    graded
        Graded cells by their ids in the gradebook, with scores of 0, in the order of the notebook.
    conditions
        SQLAlchemy conditions on submissions; without any, all are read.

    Returns
    -------
    dict
        By student; those without a submission are not in it.
    """
    rows = (
        session.query(
            api.SubmittedAssignment.student_id,
            api.SubmittedAssignment.timestamp,
            api.SubmittedNotebook.late_submission_penalty,
            api.Grade.cell_id,
            api.Grade.score,
            api.Grade.needs_manual_grade,
        )
        .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
        # Grades are indexed by cell and not by submitted notebook: without this filter all of them would be read.
        .filter(api.Grade.cell_id.in_(graded))
        .filter(api.SubmittedNotebook.notebook_id == notebook, *conditions)
        .all()
    )
    by_student: dict[str, tuple[dict[str, CellScore], float, datetime | None]] = {}
    for student, handed_in, penalty, cell_id, score, by_hand in rows:
        blank = {cell.cell: cell for cell in graded.values()}
        cells, _, _ = by_student.setdefault(student, (blank, penalty or 0.0, handed_in))
        cell = graded[cell_id]
        cells[cell.cell] = CellScore(cell.cell, score, cell.possible, by_hand)
    return {
        student: StudentScores(tuple(cells.values()), penalty, handed_in, has_submission=True)
        for student, (cells, penalty, handed_in) in by_student.items()
    }
