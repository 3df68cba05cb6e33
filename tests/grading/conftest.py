"""What the tests of grading share: the sample class, graded once."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions.course import CLASS, enrol, make_course
from submissions.entry import ASSIGNMENT

from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.executors.backend import IN_PROCESS
from bptt_instructor.grading.grade_assignment import DEFAULT_OPTIONS, grade_assignment, students_to_grade


@pytest.fixture(scope="session")
def empty_course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty")
    make_course(folder)
    return folder


@pytest.fixture(scope="session")
def course_with(tmp_path_factory, empty_course):
    """Make a course with the submissions of some students."""

    def make(*entries, settings=""):
        folder = tmp_path_factory.mktemp("course")
        shutil.copytree(empty_course, folder, dirs_exist_ok=True)
        enrol(folder, entries)
        with (folder / "nbgrader_config.py").open("a") as config:
            config.write(settings)
        return folder

    return make


@pytest.fixture(scope="session")
def rows_of():
    """Grade a course, or some of its students, and return the rows by student."""

    def rows(folder, *only, feedback=False, how=DEFAULT_OPTIONS, place=IN_PROCESS):
        course = Course(folder, ASSIGNMENT)
        found = {
            row.student: row for row in grade_assignment(course, students_to_grade(course, only), how, backend=place)
        }
        if feedback:
            assert all(well for _, well in generate_pages(course, list(found)))
        return found

    return rows


@pytest.fixture(scope="session")
def sample_class(course_with):
    return course_with(*CLASS)


@pytest.fixture(scope="session")
def rows(sample_class, rows_of):
    """Grade the whole sample class: the slow thing, so once."""
    return rows_of(sample_class)
