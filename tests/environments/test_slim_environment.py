"""What ``pip install .`` brings is enough for all lessons, and little."""

import os
import subprocess

import nbformat
import pytest
from conftest import LESSONS, Place

MAX_PACKAGES = 60
INSTRUCTORS = {"click", "distributed", "jupyterlab", "jupytext", "nbconvert", "nbgrader", "rich"}


@pytest.fixture(scope="module")
def place(made, package, tmp_path_factory):
    return Place("slim", tmp_path_factory.mktemp("slim"), package)


def command(place, *arguments):
    environment = os.environ | {"PYTHONPATH": place.packages}
    run = [place.python, "-m", "bptt", *arguments]
    return subprocess.run(run, check=False, env=environment, capture_output=True, text=True)


def test_it_is_small_and_has_nothing_that_grades(place):
    packages = place.versions()
    assert len(packages) <= MAX_PACKAGES
    assert INSTRUCTORS & set(packages) == set()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs(place, lessons, lesson, lesson_works):
    notebook = nbformat.read(lessons / lesson / f"{lesson}.ipynb", as_version=4)
    lesson_works(notebook, place.run(notebook, lessons / lesson))


def test_a_wrong_answer_is_explained(place, tmp_path, wrong_answer_is_explained):
    wrong_answer_is_explained(place, tmp_path)


def test_commands_say_who_they_are_for(place):
    """Here the instructor's package is installed, without what it needs."""
    assert "fetch what lessons train on" in command(place, "--help").stdout
    assert "9,000 sentences" in command(place, "data", "reviews", "--help").stdout
    done = command(place, "grade", LESSONS[1])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "pip install \"bptt[grading]\" (No module named 'click')" in done.stderr
