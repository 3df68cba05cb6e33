"""Put results where nbgrader keeps them. One process of a course does this, and no other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from bptt.grading.gradebook import when
from bptt.grading.row import Row, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bptt.grading.course import Course
    from bptt.grading.gradebook import Book
    from bptt.grading.result import Result

READ_ONLY = 0o444
MOST_TIME = 100
"""How long a note of the time is at most, in bytes."""


def write(course: Course, book: Book, result: Result, files: Mapping[str, bytes]) -> Row:
    """Write the graded notebook and the gradebook's entries, and return the student's row.

    Parameters
    ----------
    course, book
        Where.
    result
        What grading gave.
    files
        The student's data files: they stand beside the graded notebook.
    """
    status, reasons = result.status, list(result.reasons)
    if result.notebook is not None:
        timestamp = files.get(TIMESTAMP, b"")[:MOST_TIME].decode("utf-8", "replace")
        handed_in = when(timestamp)
        if timestamp.strip() and handed_in is None:
            reasons.append(f"{TIMESTAMP} tells no time: taken as handed in in time")
        late = book.record(result, handed_in)
        if late:
            status = Status.LATE if status is Status.GRADED else status
            reasons.insert(0, f"handed in {_duration(late)} late")
        _replace(course.autograded(result.student), result.notebook, {**files, **course.lesson.files})
    cells, penalty, graded = book.points(result.student)
    if result.notebook is None and graded:
        reasons.append("the points are those of an earlier submission")
    if not result.boxed:
        reasons.append("run without a sandbox")
    row = Row(result.student, "", status, "; ".join(reasons), cells, penalty)
    return replace(row, causes=result.causes)


TIMESTAMP = "timestamp.txt"


def _replace(notebook: Path, content: str, files: Mapping[str, bytes]) -> None:
    """Make a folder anew, beside the old one, and let it take the old one's place."""
    folder = notebook.parent
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, data in {**files, notebook.name: content.encode()}.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(READ_ONLY)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
