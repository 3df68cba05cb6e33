"""What the gradebook has of one submission, as its feedback tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbgrader import api


@dataclass(frozen=True)
class Grade:
    """Points for one graded cell.

    Attributes
    ----------
    score, possible
        Points so far, and at most.
    waiting
        Whether a person has to read the cell, and has not yet.
    read
        Whether a person gave these points.
    """

    score: float
    possible: float
    waiting: bool
    read: bool


@dataclass(frozen=True)
class Grades:
    """Points and comments for one notebook.

    Attributes
    ----------
    student
        The name, or the id where there is no name.
    cells
        By ``grade_id``.
    comments
        What a person wrote, by ``grade_id``.
    penalty
        Points taken off for being late.
    """

    student: str
    cells: Mapping[str, Grade]
    comments: Mapping[str, str]
    penalty: float


def read_grades(notebook: api.SubmittedNotebook) -> Grades:
    """Read what the gradebook has.

    Parameters
    ----------
    notebook
        nbgrader's own entry.
    """
    student = notebook.student
    name = " ".join(filter(None, (student.first_name, student.last_name)))
    cells = {
        grade.name: Grade(
            grade.score,
            grade.max_score,
            waiting=grade.auto_score is None and grade.manual_score is None,
            read=grade.manual_score is not None,
        )
        for grade in notebook.grades
    }
    # What grading itself remarks, "No response.", the page says in its own words.
    comments = {comment.name: comment.manual_comment for comment in notebook.comments if comment.manual_comment}
    return Grades(name or student.id, cells, comments, notebook.late_submission_penalty or 0.0)
