"""Table layouts of Canvas, Moodle and spreadsheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bptt_instructor.export.marks import Mark, Marks, Student

Table = list[list[str]]

POINTS_POSSIBLE = "Points Possible"
"""Canvas takes any row whose first cell has these words for the row of points that lessons are worth."""


def canvas(marks: Marks, *, missing_as_zero: bool = False) -> Table:
    """Lay out marks as Canvas' gradebook imports them.

    Canvas looks for a student by ID, its own number, then by the two SIS columns, and last by name. The student's id
    here is the SIS login ID.

    Parameters
    ----------
    marks
        The marks.
    missing_as_zero
        Whether a student without a mark gets 0 points, and not an empty cell.
    """
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    possible = [f"    {POINTS_POSSIBLE}", "", "", "", "", *(format_points(lesson.possible) for lesson in marks.lessons)]
    rows = [
        [_canvas_name(student), canvas_number(student), "", student.id, "", *_scores(marks, student, empty)]
        for student in marks.students
        for empty in ["0" if missing_as_zero else ""]
    ]
    return [[*heading, *(lesson.name for lesson in marks.lessons)], possible, *rows]


def moodle(marks: Marks, *, missing_as_zero: bool = False) -> Table:
    """Lay out marks as Moodle's grade import reads them.

    Parameters
    ----------
    marks
        The marks.
    missing_as_zero
        Whether a student without a mark gets 0 points, and not "-", Moodle's sign for no grade. It may read an empty
        cell as 0.
    """
    heading = ["Student ID", "First name", "Last name", "Email address", *(lesson.name for lesson in marks.lessons)]
    rows = [
        [
            student.id,
            escape_formula(student.first),
            escape_formula(student.last),
            student.email,
            *_scores(marks, student, empty),
        ]
        for student in marks.students
        for empty in ["0" if missing_as_zero else "-"]
    ]
    return [heading, *rows]


def spreadsheet(marks: Marks, *, missing_as_zero: bool = True) -> Table:
    """Lay out marks as nbgrader's own export does, one row for each student and lesson.

    Parameters
    ----------
    marks
        The marks.
    missing_as_zero
        Whether a student without a mark gets 0 points, and not empty cells.
    """
    heading = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
    heading += ["raw_score", "late_submission_penalty", "score", "max_score"]
    rows = [heading]
    for lesson in marks.lessons:
        for student in marks.students:
            mark = marks.given.get((student.id, lesson.name))
            identity = [student.id, escape_formula(student.last), escape_formula(student.first), student.email]
            empty = ["0" if missing_as_zero else ""] * 3
            points = (
                [format_points(mark.raw), format_points(mark.penalty), format_points(mark.score)] if mark else empty
            )
            handed_in = mark.handed_in if mark else ""
            rows.append([lesson.name, lesson.due, handed_in, *identity, *points, format_points(lesson.possible)])
    return rows


TABLES: dict[str, Callable[..., Table]] = {"canvas": canvas, "moodle": moodle, "csv": spreadsheet}


def escape_formula(name: str) -> str:
    """Return a name on one line, with an apostrophe before it where a spreadsheet may take it for a formula.

    Only for names that people read: an id or an address that an importer looks up must stay as it is.
    """
    line = " ".join(name.split())
    return f"'{line}" if is_formula(line) else line


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula: by its first character, full-width ones among them."""
    return re.match(r"[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]", text) is not None


def canvas_number(student: Student) -> str:
    """Return a student's number in Canvas; empty for any other text, of which Canvas would read the leading digits."""
    return student.lms_user_id if re.fullmatch(r"[0-9]+", student.lms_user_id) else ""


def format_points(points: float) -> str:
    """Write a number of points with at most four decimals, and without trailing zeros."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


def _canvas_name(student: Student) -> str:
    name = ", ".join(filter(None, (student.last, student.first))) or student.id
    return escape_formula(student.id if POINTS_POSSIBLE.lower() in name.lower() else name)


def _scores(marks: Marks, student: Student, empty: str) -> list[str]:
    given: list[Mark | None] = [marks.given.get((student.id, lesson.name)) for lesson in marks.lessons]
    return [format_points(mark.score) if mark else empty for mark in given]
