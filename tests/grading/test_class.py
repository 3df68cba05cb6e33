"""The sample class through nbgrader: points, status and causes of every student.

Grading the class takes a minute or two, once for each worker that has a test from here. ``--dist loadfile`` gives all
of them to one worker.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from submissions.course import CLASS
from submissions.entry import ASSIGNMENT, AUTO

from bptt.check import EXERCISES
from bptt.check.run import cause_titles


def test_the_class_makes_every_mistake_of_the_catalogue():
    catalogue = cause_titles(EXERCISES["rnn_cell_backward"]).keys()
    assert {cause for entry in CLASS for cause in entry.causes} == catalogue


def test_everybody_has_a_row_and_a_name(rows):
    assert {row.student: row.name for row in rows.values()} == {
        entry.student: f"{entry.first} {entry.last}" for entry in CLASS
    }


@pytest.mark.parametrize("entry", CLASS, ids=lambda entry: entry.student)
def test_row(rows, entry):
    row = rows[entry.student]
    assert row.status == entry.status
    assert tuple(row.causes) == entry.causes
    assert entry.says in row.reason
    assert {cell.cell: cell.scored for cell in row.cells if cell.cell in AUTO} == entry.points
    assert row.points == sum(entry.points.values())
    assert row.possible == 20


def test_the_solution_has_all_points_that_checks_give(rows):
    row = rows["s1001"]
    assert row.points == 16
    assert row.to_grade == ("explain-reuse",)
    assert row.reason == ""


def test_the_released_notebook_unfilled_has_no_points(rows):
    row = rows["s1301"]
    assert row.points == 0
    assert row.to_grade == (), "nobody should have to read the stub of a written answer"


def test_nbgrader_exports_every_student(rows, sample_class):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["nbgrader", "export"], cwd=sample_class, env=os.environ | {"PATH": path}, check=True, capture_output=True
    )
    with (sample_class / "grades.csv").open() as file:
        exported = {line["student_id"]: float(line["score"]) for line in csv.DictReader(file)}
    assert exported == {row.student: row.points for row in rows.values()}


def test_what_nbgrader_says_is_in_the_log(rows, sample_class):
    log = (sample_class / f"build/grade-{ASSIGNMENT}.log").read_text()
    assert "Converting notebook" in log
    assert "Graded s1001: graded" in log
