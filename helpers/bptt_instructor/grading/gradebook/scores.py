"""Points of a class, read from nbgrader's gradebook at once: student by student takes minutes where many are."""

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
    """What nbgrader has of one student's submission.

    Attributes
    ----------
    cells
        Points for each graded cell, in the order of the notebook.
    penalty
        Points taken off for being late.
    handed_in
        When it came, in UTC; None when nobody knows.
    there
        Whether nbgrader has a submission at all.
    """

    cells: tuple[CellScore, ...]
    penalty: float = 0.0
    handed_in: datetime | None = None
    has_submission: bool = False


def query_scores(
    session: Any,  # noqa: ANN401 - SQLAlchemy's own, as below
    notebook: str,
    graded: Mapping[str, CellScore],
    *whose: Any,  # noqa: ANN401
) -> dict[str, StudentScores]:
    """Read what students have for one notebook.

    Parameters
    ----------
    session
        Of the gradebook.
    notebook
        Its id there.
    graded
        Its graded cells by their ids there, before anybody has any points, in the order of the notebook.
    whose
        Conditions on submissions; all of them when there are none.

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
        # Cells have an index, submitted notebooks alone have none: by those, all grades would be read each time.
        .filter(api.Grade.cell_id.in_(graded))
        .filter(api.SubmittedNotebook.notebook_id == notebook, *whose)
        .all()
    )
    read: dict[str, tuple[dict[str, CellScore], float, datetime | None]] = {}
    for student, handed_in, taken_off, cell_id, score, by_hand in rows:
        blank = {cell.cell: cell for cell in graded.values()}
        cells, _, _ = read.setdefault(student, (blank, taken_off or 0.0, handed_in))
        cell = graded[cell_id]
        cells[cell.cell] = CellScore(cell.cell, score, cell.possible, by_hand)
    return {
        student: StudentScores(tuple(cells.values()), taken_off, handed_in, has_submission=True)
        for student, (cells, taken_off, handed_in) in read.items()
    }
