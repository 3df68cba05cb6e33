"""Lessons 04 and 05 as students get them: unfilled they score nothing, filled in all, and grading hardly trains."""

import time

import pytest
from as_graded import released, run, solved

LESSONS = {"04_training": (11, 6, 14), "05_names": (7, 4, 10)}
"""Points that checks give, how many checks, and all points."""


@pytest.fixture(autouse=True)
def graded(monkeypatch, tmp_path):
    """Be in a folder without any other lesson, as a submission is."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", LESSONS)
def test_filled_in_it_earns_all_points_and_every_cell_runs_soon(name):
    start = time.process_time()
    points, broken = run(solved(name))
    assert time.process_time() - start < 20
    assert not broken
    assert sum(points.values()) == LESSONS[name][0]
    assert 0 not in points.values()


@pytest.mark.parametrize("name", LESSONS)
def test_unfilled_it_earns_nothing(name):
    points, _ = run(released(name))
    assert len(points) == LESSONS[name][1]
    assert not any(points.values())


@pytest.mark.parametrize("name", LESSONS)
def test_all_points_add_up(name):
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released(name)) == LESSONS[name][2]
