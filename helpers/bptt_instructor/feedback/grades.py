"""Read one submission's grades from the gradebook."""

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
        Points so far, and points that the cell is worth.
    waiting
        Whether neither a check nor a person has given points yet.
    read
        Whether a person gave the points.
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
        The student's name, or the id where the gradebook has no name.
    cells
        Grades of the cells, by ``grade_id``.
    comments
        Comments that a person wrote, in markdown, by ``grade_id``.
    penalty
        Points taken off for being late.
    """

    student: str
    cells: Mapping[str, Grade]
    comments: Mapping[str, str]
    penalty: float


def read_grades(notebook: api.SubmittedNotebook) -> Grades:
    """Read the grades and comments of one submitted notebook.

    Parameters
    ----------
    notebook
        The notebook's entry in the gradebook.
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
    # nbgrader's automatic comment, "No response.", is left out: the page says so in its own words.
    comments = {comment.name: comment.manual_comment for comment in notebook.comments if comment.manual_comment}
    return Grades(name or student.id, cells, comments, notebook.late_submission_penalty or 0.0)
