"""Lesson 04 as students get it: unfilled it scores nothing, filled in all, and grading trains hardly at all."""

import contextlib
import io
import time
from pathlib import Path

import nbformat
import pytest

from bptt.lessons.source import read

ROOT = Path(__file__).parents[2]
NAME = "04_training"


@pytest.fixture(autouse=True)
def graded(monkeypatch, tmp_path):
    """Be in a folder without any other lesson, as a submission is."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)


def solved():
    return read(ROOT / "solutions" / f"{NAME}.py").notebook.cells


def released():
    return nbformat.read(ROOT / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4).cells


def run(cells):
    """Run all cells in order, as autograding does; return the points of each check, and the cells that raise."""
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


def test_filled_in_it_earns_all_points_and_every_cell_runs_soon():
    start = time.process_time()
    points, broken = run(solved())
    assert time.process_time() - start < 20
    assert not broken
    assert sum(points.values()) == 11
    assert 0 not in points.values()


def test_unfilled_it_earns_nothing():
    points, _ = run(released())
    assert len(points) == 6
    assert not any(points.values())


def test_all_points_add_up_to_fourteen():
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released()) == 14
