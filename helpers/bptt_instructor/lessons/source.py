"""Read a lesson script (jupytext percent format) as a notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jupytext

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_CELL = re.compile(r"# %%(\s|$)")


class LessonError(Exception):
    """A lesson cannot be released as it stands.

    Parameters
    ----------
    problems
        One message each: where the problem is, what it is, what to do.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class LessonSource:
    """One lesson script and its source notebook.

    Attributes
    ----------
    path
        Path of the script, such as ``solutions/01_cell_backward.py``.
    notebook
        nbgrader's source notebook, with solutions and hidden tests.
    lines
        Line number of each cell's ``# %%`` in the script.
    """

    path: Path
    notebook: NotebookNode
    lines: list[int]

    @property
    def name(self) -> str:
        """Name of the lesson, which is that of nbgrader's assignment and of its one notebook."""
        return self.path.stem


def read_lesson(path: Path) -> LessonSource:
    """Read one lesson script; cell ids and metadata depend on nothing but its text.

    Parameters
    ----------
    path
        Path of a script in jupytext's percent format.

    Raises
    ------
    LessonError
        When there is not one ``# %%`` line for each cell.
    """
    text = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="py:percent")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _CELL.match(line)]
    if len(lines) != len(notebook.cells):
        numbers = f"{len(notebook.cells)} cells, but {len(lines)} lines that start with '# %%'"
        raise LessonError([f"{path}: {numbers}; begin every cell with one, the first too, and no line inside a cell."])
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    for position, cell in enumerate(notebook.cells):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{position:03d}"
    return LessonSource(path, notebook, lines)


def read_lessons(folder: Path) -> list[LessonSource]:
    """Read all lesson scripts of a folder, whose names begin with two digits and ``_``, sorted by name."""
    return [read_lesson(path) for path in sorted(folder.glob("[0-9][0-9]_*.py"))]
