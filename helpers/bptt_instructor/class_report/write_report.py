"""Write the report file, return its headline numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.class_report import counts
from bptt_instructor.class_report.page import render_page
from bptt_instructor.class_report.read import load_class

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ReportSummary:
    """Headline numbers of a class report.

    Attributes
    ----------
    path
        The file.
    students, lessons
        Number of students and of lessons in it.
    to_review
        Number of submissions in which something happened that grading could not decide.
    commonest
        The commonest known mistakes, :data:`MAX_COMMONEST` at most: title, number of students who make it, and of
        students who have handed in one of the lessons where anybody does.
    """

    path: Path
    students: int
    lessons: int
    to_review: int
    commonest: tuple[tuple[str, int, int], ...]


MAX_COMMONEST = 3


def write_report(root: Path, path: Path, *, anonymous: bool = False) -> ReportSummary:
    """Write a course's class report.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    path
        The file to write; its folder is made if need be.
    anonymous
        Whether to leave out all that is about single students, so that the class can be shown it.

    Returns
    -------
    ReportSummary
        Its headline numbers.

    Raises
    ------
    GradingError
        When there is no gradebook, or nothing has been graded yet.
    OSError
        When the file cannot be written.
    """
    data = load_class(root, path.resolve().parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(render_page(data, anonymous=anonymous), encoding="utf-8")
    unfinished.replace(path)
    mistakes = counts.count_misconceptions(data)[:MAX_COMMONEST]
    return ReportSummary(
        path,
        len(data.students),
        len(data.lessons),
        sum(entry.needs_review for entry in data.entries.values()),
        tuple((each.title, len(each.students), each.among) for each in mistakes),
    )
