"""Write the CSV file, return warnings."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from bptt_instructor.export.canvas_moodle_tables import TABLES, canvas_number, format_points, is_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized
    from pathlib import Path

    from bptt_instructor.export.marks import Marks


def write_grades(marks: Marks, layout: str, to: Path, *, missing_as_zero: bool = False) -> list[str]:
    """Write marks into a CSV file in UTF-8.

    Parameters
    ----------
    marks
        The marks.
    layout
        ``canvas``, ``moodle`` or ``csv``.
    to
        The file, which is replaced.
    missing_as_zero
        Whether students without a mark get 0 points, and not no grade; in ``csv`` they always do, as in nbgrader.

    Returns
    -------
    list
        Warnings for the instructor, a sentence or two each.
    """
    # Without a byte order mark: neither Canvas nor Moodle needs one, and other programs would read it as text.
    with to.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            TABLES[layout](marks, missing_as_zero=missing_as_zero or layout == "csv")
        )
    return list(_warnings(marks, layout, missing_as_zero=missing_as_zero or layout == "csv"))


def _warnings(marks: Marks, layout: str, *, missing_as_zero: bool) -> Iterable[str]:
    for lesson in marks.lessons:
        given = [marks.given.get((student.id, lesson.name)) for student in marks.students]
        waiting = [mark.to_grade for mark in given if mark and mark.to_grade]
        if waiting:
            answers = f"{_count_and_verb(waiting, given)} answers that nobody has graded by hand yet"
            yield f"{lesson.name}: {answers}, worth up to {format_points(max(waiting))} points each; they count as 0."
        missing = given.count(None)
        if missing:
            shown = "0 points" if missing_as_zero else "no grade"
            reason = "nothing handed in that could be graded, or not graded yet"
            yield f"{lesson.name}: {shown} for {missing} of {len(given)}: {reason}."
    unnumbered = [student.id for student in marks.students if not canvas_number(student)]
    if layout == "canvas" and unnumbered:
        yield (
            f"{_count_and_verb(unnumbered, marks.students)} no Canvas number, and Canvas looks for the id among the "
            "SIS login IDs. 'bptt collect --roster' enters the numbers from Canvas' own export."
        )
    formulas = [one for student in marks.students for one in (student.id, student.email) if is_formula(one)]
    if formulas:
        yield (
            f"A spreadsheet would take these for formulas, and they must stay as they are: {', '.join(formulas)}. "
            "Import the file without opening it there."
        )


def _count_and_verb(some: Sized, everybody: Sized) -> str:
    return f"{len(some)} of {len(everybody)} {'has' if len(some) == 1 else 'have'}"
