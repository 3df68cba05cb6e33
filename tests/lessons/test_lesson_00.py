"""Lesson 00 as students get it: unfilled it scores nothing, filled in it scores all, and it is quick."""

import contextlib
import io
import time
from pathlib import Path

import nbformat
import pytest

from bptt.lessons.source import read

ROOT = Path(__file__).parents[2]
NAME = "00_computation_graphs"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def solved():
    return read(ROOT / "solutions" / f"{NAME}.py").notebook.cells


def released():
    return nbformat.read(ROOT / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4).cells


def earned(cells):
    """Run all cells in order, as autograding does, and return the points of each check."""
    notebook, points = {"__name__": "__main__"}, {}
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
    return points


def test_filled_in_it_earns_all_points_and_is_quick():
    start = time.perf_counter()
    points = earned(solved())
    assert time.perf_counter() - start < 20
    assert sum(points.values()) == 16
    assert 0 not in points.values()


def test_unfilled_it_earns_nothing():
    points = earned(released())
    assert len(points) == 10
    assert not any(points.values())


def test_a_mistake_costs_its_own_exercise_only():
    cells = solved()
    for cell in cells:
        cell.source = cell.source.replace("slope = 1 - a**2", "slope = 1 - a").replace(
            "keepdims=True", "keepdims=False"
        )
    points = earned(cells)
    assert [name for name, score in points.items() if not score] == ["check-tanh_backward", "check-db"]


def test_all_points_add_up_to_twenty():
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released()) == 20
