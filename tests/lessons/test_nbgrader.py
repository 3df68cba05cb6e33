"""nbgrader's own commands work on what ``bptt build`` makes, and make the same of it."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from bptt_instructor.lessons.build import build

RELEASED = "notebooks/01_slope/01_slope.ipynb"


@pytest.fixture
def nbgrader(course):
    """Run nbgrader in the course folder, as a teacher would; it finds its helper programs on the PATH."""

    def run(*arguments):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path}
        done = subprocess.run(
            ["nbgrader", *arguments], cwd=course, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    return run


def submit(course, student, answers):
    notebook = nbformat.read(course / RELEASED, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = course / "submitted" / student / "01_slope" / "01_slope.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def test_from_release_to_exported_grades(course, nbgrader):
    build(course)
    released = (course / RELEASED).read_bytes()
    nbgrader("generate_assignment", "01_slope")
    assert (course / RELEASED).read_bytes() == released

    right = "def tanh_backward(da, a):\n    return da - da * a * a"
    submit(course, "ada", {"tanh_backward": right, "why": "Each for itself."})
    submit(course, "blank", {})
    submit(course, "cheat", {"check-dz": "pass", "why-question": "Full marks, please."})
    nbgrader("autograde", "01_slope")
    nbgrader("generate_feedback", "01_slope")
    nbgrader("export")

    with (course / "grades.csv").open() as file:
        scores = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert scores == {"ada": (2, 5), "blank": (0, 5), "cheat": (0, 5)}
    for student in scores:
        graded = (course / "autograded" / student / "01_slope" / "01_slope.ipynb").read_text()
        assert "**Rubric.**" in graded, "the rubric is there for whoever grades by hand"
        page = (course / "feedback" / student / "01_slope" / "01_slope.html").read_text()
        assert "20231" not in graded + page, "hidden tests stay hidden"
    assert "is still to be written" in (course / "feedback/blank/01_slope/01_slope.html").read_text()
