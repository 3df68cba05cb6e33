"""Lesson 00 as students get it: unfilled it scores nothing, filled in it scores all, and it is quick."""

import time

import pytest
from as_graded import released, run, solved

NAME = "00_computation_graphs"
BONUS = {"check-numerical_gradient", "check-relative_error"}
"""What can be left out."""


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def test_filled_in_it_earns_all_points_and_is_quick():
    start = time.perf_counter()
    points, broken = run(solved(NAME))
    assert time.perf_counter() - start < 20
    assert sum(points.values()) == 16
    assert {name for name, score in points.items() if not score} == BONUS
    assert not broken


@pytest.mark.parametrize("exercise", ["numerical_gradient", "relative_error"])
def test_what_can_be_left_out_costs_no_points(exercise):
    cells = solved(NAME)
    for cell in cells:
        if cell.id == exercise:
            cell.source = f"def {exercise}(*arguments):\n    raise NotImplementedError"
    points, broken = run(cells)
    assert sum(points.values()) == 16
    assert broken, "the exercise was there"


def test_unfilled_it_earns_nothing():
    points, _ = run(released(NAME))
    assert len(points) == 11
    assert not any(points.values())


def test_a_mistake_costs_its_own_exercise_only():
    cells = solved(NAME)
    for cell in cells:
        cell.source = cell.source.replace("slope = 1 - a**2", "slope = 1 - a").replace(
            "keepdims=True", "keepdims=False"
        )
    points, _ = run(cells)
    assert [name for name, score in points.items() if not score] == ["check-tanh_backward", "check-db", *sorted(BONUS)]


def test_all_points_add_up_to_twenty():
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released(NAME)) == 20
