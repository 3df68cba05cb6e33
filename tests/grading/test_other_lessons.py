"""Lessons 00 and 02 to 05 through nbgrader: blank nothing, solved everything, each mistake its own points and cause."""

import nbformat
import pytest
from submissions import graphs, memory, names, sequence, training
from submissions.course import enrol, make_course

from bptt.check import EXERCISES
from bptt.check.run import cause_titles
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import grade_assignment, students_to_grade

CLASSES = {sample.ASSIGNMENT: sample.CLASS for sample in (graphs, sequence, memory, training, names)}
EVERYBODY = [(name, entry) for name, entries in CLASSES.items() for entry in entries]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the classes, and return the rows and what each check is worth."""
    found = {}
    for name, entries in CLASSES.items():
        folder = tmp_path_factory.mktemp(name)
        make_course(folder, name)
        enrol(folder, entries, name)
        course = Course(folder, name)
        rows = {row.student: row for row in grade_assignment(course, students_to_grade(course))}
        cells = nbformat.read(folder / "notebooks" / name / f"{name}.ipynb", as_version=4).cells
        meta = [cell.metadata.get("nbgrader", {}) for cell in cells]
        found[name] = rows, {m["grade_id"]: m["points"] for m in meta if m.get("grade") and not m["solution"]}
    return found


def test_the_class_makes_every_mistake_of_the_loop():
    catalogue = cause_titles(EXERCISES["rnn_backward"]).keys()
    assert {cause for entry in sequence.CLASS for cause in entry.causes} == catalogue


@pytest.mark.parametrize(("name", "entry"), EVERYBODY, ids=lambda value: getattr(value, "student", value))
def test_points_and_cause(graded, name, entry):
    rows, worth = graded[name]
    loses = worth if entry.loses == ("*",) else entry.loses
    row = rows[entry.student]
    assert {cell.cell: cell.scored for cell in row.cells if cell.cell in worth} == {
        cell: 0 if cell in loses else points for cell, points in worth.items()
    }
    assert row.status == "graded"
    if entry.causes:
        assert tuple(row.causes) == entry.causes
