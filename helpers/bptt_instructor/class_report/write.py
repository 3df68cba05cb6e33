"""Write the class report of a course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.class_report import counts
from bptt_instructor.class_report.page import page
from bptt_instructor.class_report.read import load_class

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ReportSummary:
    """A report that has been written, in a few numbers.

    Attributes
    ----------
    path
        Where it is.
    students, lessons
        How many it is about.
    to_look_at
        How many submissions need a person.
    commonest
        The commonest known mistakes: title, how many students hold it, among how many.
    """

    path: Path
    students: int
    lessons: int
    to_look_at: int
    commonest: tuple[tuple[str, int, int], ...]


MENTIONED = 3


def write_report(root: Path, path: Path, *, anonymous: bool = False) -> ReportSummary:
    """Read a course's gradebook, and write its class report.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    path
        Where to write.
    anonymous
        Whether to leave out all that is about single students, for showing it to the class.

    Raises
    ------
    GradingError
        When nothing has been graded yet.
    OSError
        When it cannot be written.
    """
    data = load_class(root, path.resolve().parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(page(data, anonymous=anonymous), encoding="utf-8")
    unfinished.replace(path)
    mistakes = counts.misconceptions(data)[:MENTIONED]
    return ReportSummary(
        path,
        len(data.students),
        len(data.lessons),
        sum(entry.needs_a_person for entry in data.entries.values()),
        tuple((each.title, len(each.students), each.among) for each in mistakes),
    )
