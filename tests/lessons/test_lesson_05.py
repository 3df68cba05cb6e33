"""Lesson 05 as students get it: unfilled it scores nothing, filled in all, and grading trains not at all."""

import time

import pytest
from as_graded import released, run, solved

NAME = "05_names"


@pytest.fixture(autouse=True)
def graded(monkeypatch, tmp_path):
    """Be in a folder without any other lesson, as a submission is."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)


def test_filled_in_it_earns_all_points_and_every_cell_runs_soon():
    start = time.process_time()
    points, broken = run(solved(NAME))
    assert time.process_time() - start < 20
    assert not broken
    assert sum(points.values()) == 7
    assert 0 not in points.values()


def test_unfilled_it_earns_nothing():
    points, _ = run(released(NAME))
    assert len(points) == 4
    assert not any(points.values())


def test_all_points_add_up_to_ten():
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released(NAME)) == 10
