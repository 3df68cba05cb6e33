"""The tables that Canvas, Moodle and spreadsheets read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bptt_instructor.export.marks import Mark, Marks, Student

Table = list[list[str]]

POINTS = "Points Possible"
"""Canvas takes any row whose first cell has these words for the one that says what lessons are worth."""


def canvas(marks: Marks, *, missing_as_zero: bool = False) -> Table:
    """Lay out marks as Canvas' gradebook imports them.

    Canvas looks for a student by ID, its own number, then by the two SIS columns, and last by name. The student's id
    here is the SIS login ID.
    """
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    worth = [f"    {POINTS}", "", "", "", "", *(number(lesson.possible) for lesson in marks.lessons)]
    rows = [
        [_canvas_name(student), canvas_number(student), "", student.id, "", *_scores(marks, student, empty)]
        for student in marks.students
        for empty in ["0" if missing_as_zero else ""]
    ]
    return [[*heading, *(lesson.name for lesson in marks.lessons)], worth, *rows]


def moodle(marks: Marks, *, missing_as_zero: bool = False) -> Table:
    """Lay out marks as Moodle's grade import reads them: "-" is no grade to it, and an empty cell may be a 0."""
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
    """Lay out marks as nbgrader's own export does, one row for each student and lesson."""
    heading = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
    heading += ["raw_score", "late_submission_penalty", "score", "max_score"]
    rows = [heading]
    for lesson in marks.lessons:
        for student in marks.students:
            mark = marks.given.get((student.id, lesson.name))
            who = [student.id, escape_formula(student.last), escape_formula(student.first), student.email]
            empty = ["0" if missing_as_zero else ""] * 3
            points = [number(mark.raw), number(mark.penalty), number(mark.score)] if mark else empty
            handed_in = mark.handed_in if mark else ""
            rows.append([lesson.name, lesson.due, handed_in, *who, *points, number(lesson.possible)])
    return rows


TABLES: dict[str, Callable[..., Table]] = {"canvas": canvas, "moodle": moodle, "csv": spreadsheet}


def escape_formula(name: str) -> str:
    """Return a name on one line, that a spreadsheet does not take for a formula: an apostrophe goes before it.

    For what people read only. What an importer looks for must stay as it is.
    """
    line = " ".join(name.split())
    return f"'{line}" if is_formula(line) else line


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula: by its first sign, of any width."""
    return re.match(r"[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]", text) is not None


def canvas_number(student: Student) -> str:
    """Return Canvas' own number of a student, or nothing: of any other text, Canvas reads the digits in front."""
    return student.lms_user_id if re.fullmatch(r"[0-9]+", student.lms_user_id) else ""


def number(points: float) -> str:
    """Write points without needless digits."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


def _canvas_name(student: Student) -> str:
    name = ", ".join(filter(None, (student.last, student.first))) or student.id
    return escape_formula(student.id if POINTS.lower() in name.lower() else name)


def _scores(marks: Marks, student: Student, empty: str) -> list[str]:
    given: list[Mark | None] = [marks.given.get((student.id, lesson.name)) for lesson in marks.lessons]
    return [number(mark.score) if mark else empty for mark in given]
