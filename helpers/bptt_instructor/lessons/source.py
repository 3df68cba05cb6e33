"""Read a lesson: the script that an author writes becomes nbgrader's source notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jupytext

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_CELL = re.compile(r"# %%(\s|$)")


class LessonError(Exception):
    """A lesson cannot be released as it stands.

    Parameters
    ----------
    problems
        One sentence each: where it is, what is wrong, what to do.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class LessonSource:
    """One lesson as its author wrote it.

    Parameters
    ----------
    path
        The script, such as ``solutions/01_cell_backward.py``.
    notebook
        Its cells, solutions and hidden tests included.
    lines
        For each cell, the number of the line in the script on which its ``# %%`` stands.
    """

    path: Path
    notebook: NotebookNode
    lines: list[int]

    @property
    def name(self) -> str:
        """Name that nbgrader gives the assignment, and its one notebook."""
        return self.path.stem


def read_lesson(path: Path) -> LessonSource:
    """Read one lesson, with cell ids and metadata that depend on nothing but its text.

    Parameters
    ----------
    path
        A script in jupytext's percent format.

    Raises
    ------
    LessonError
        When the ``# %%`` lines do not account for every cell.
    """
    text = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="py:percent")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _CELL.match(line)]
    if len(lines) != len(notebook.cells):
        numbers = f"{len(notebook.cells)} cells, but {len(lines)} lines that start with '# %%'"
        raise LessonError([f"{path}: {numbers}; begin every cell with one, the first too, and no line inside a cell."])
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for position, cell in enumerate(notebook.cells):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{position:03d}"
    return LessonSource(path, notebook, lines)


def read_lessons(folder: Path) -> list[LessonSource]:
    """Read the lessons of a folder: every script whose name starts with two digits, in order."""
    return [read_lesson(path) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]
