"""A lesson's cells, with the solutions and as students get them, and what they earn when they run in order."""

import contextlib
import io
from pathlib import Path

import nbformat

from bptt_instructor.lessons.source import read_lesson

ROOT = Path(__file__).parents[2]


def solved(name):
    return read_lesson(ROOT / "solutions" / f"{name}.py").notebook.cells


def released(name):
    return nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4).cells


def run(cells):
    """Run all cells in order, as autograding does; return the points of each check, and the other cells that raise."""
    notebook, points, broken = {"__name__": "__main__"}, {}, []
    for cell in cells:
        if cell.cell_type != "code":
            continue
        meta = cell.metadata.get("nbgrader", {})
        passed = False
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            exec(cell.source, notebook)  # noqa: S102 - a notebook cell
            passed = True
        if meta.get("grade"):
            points[meta["grade_id"]] = meta["points"] if passed else 0
        elif not passed:
            broken.append(cell.id)
    return points, broken
