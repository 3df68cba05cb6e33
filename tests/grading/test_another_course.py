"""The grader knows nothing of this course's checks: a course of one exercise with checks of its own is graded alike."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from submissions.course import enrol
from submissions.entry import Entry

from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import grade_assignment, students_to_grade
from bptt_instructor.lessons.build import build

COURSE = Path(__file__).parent / "one_exercise"
LESSON = "01_add"
FORGED = "import sys\nsys.modules['sums.check'].add = lambda *given, **options: None\nreturn 5"
CLASS = (
    Entry("right", "", ""),
    Entry("minus", "", "", {"add": "return first - second"}),
    Entry("five", "", "", {"add": FORGED}),
    Entry("raises", "", "", {"add": "return first.plus(second)"}),
    Entry("never", "", "", {"add": "while True:\n    pass"}),
    Entry("blank", "", "", blank=True),
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the class; the course's package is imported from its own folder, here and in the sandbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(COURSE)
        folder = tmp_path_factory.mktemp("another") / "course"
        shutil.copytree(COURSE / "solutions", folder / "solutions")
        settings = (Path(__file__).parents[2] / "nbgrader_config.py").read_text()
        chosen = 'c.Grading.check_suite = "sums.suite:Suite"\nc.Limits.answer_seconds = 1\n'
        (folder / "nbgrader_config.py").write_text(settings + chosen)
        build(folder)
        enrol(folder, CLASS, LESSON)
        course = Course(folder, LESSON)
        rows = {row.student: row for row in grade_assignment(course, students_to_grade(course))}
        assert all(well for _, well in generate_pages(course, list(rows)))
        yield course, rows
        for name in [name for name in sys.modules if name.partition(".")[0] == "sums"]:
            del sys.modules[name]


@pytest.mark.parametrize(
    ("student", "points", "status", "says"),
    [
        ("right", 3, "graded", ""),
        ("minus", 0, "graded", ""),
        ("five", 0, "graded", "add: wrong"),
        ("raises", 0, "graded", "add: raises an error"),
        ("never", 0, "timed out", "add took too long and was stopped"),
        ("blank", 0, "graded", "add: raises an error"),
    ],
)
def test_points_and_reasons_are_those_of_its_own_checks(graded, student, points, status, says):
    row = graded[1][student]
    assert (row.points, row.status) == (points, status), row.reason
    assert says in row.reason


def test_its_mistakes_are_named(graded):
    assert graded[1]["minus"].causes == {"minus": "Minus in place of plus"}
    assert graded[1]["right"].causes == {}


def test_its_feedback_has_its_hints(graded):
    assert "Which sign?" in graded[0].feedback("minus").read_text()
    assert "Which sign?" not in graded[0].feedback("right").read_text()


def test_nothing_of_this_course_is_loaded_in_the_sandbox(graded):
    notebook = nbformat.read(graded[0].autograded("right"), as_version=4)
    assert notebook.cells[-1].outputs[0].text == "[]\n"


def test_its_checks_do_not_import_this_courses():
    texts = [path.read_text() for path in (COURSE / "sums").glob("*.py")]
    assert texts
    assert not [text for text in texts if "bptt." in text or "import bptt\n" in text]
