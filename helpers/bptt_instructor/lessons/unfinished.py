"""Which lessons still speak to their author."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MARK = "<!-- AUTHOR:"
"""How a skeleton tells its author what belongs where; learners see it when they open a cell to edit it."""


def unfinished(course: Path) -> dict[Path, int]:
    """Count the lines that are left of a lesson's skeleton.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.

    Returns
    -------
    dict
        For each lesson that has any, how many.
    """
    counts = {path: path.read_text(encoding="utf-8").count(MARK) for path in sorted(course.glob("solutions/*.py"))}
    return {path: count for path, count in counts.items() if count}
