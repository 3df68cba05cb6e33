"""A new lesson is one that can be released as it is, and nothing that is there is written over."""

import pytest
from as_graded import run

from bptt.check.exercises import EXERCISES
from bptt_instructor.lessons.build import build
from bptt_instructor.lessons.lint import count_author_notes, lint
from bptt_instructor.lessons.scaffold import NewLessonError, new_lesson
from bptt_instructor.lessons.source import read_lesson


def test_the_skeleton_has_nothing_to_complain_about(course):
    path = new_lesson(course, "06_gru")
    assert path == course / "solutions/06_gru.py"
    assert lint(read_lesson(path), EXERCISES) == []
    build(course)
    assert (course / "notebooks/06_gru/06_gru.ipynb").exists()


def test_the_skeleton_runs_and_its_solution_passes(course, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    cells = read_lesson(new_lesson(course, "06_gru")).notebook.cells
    assert run(cells) == ({"check-relative_error": 2}, [])


def test_the_skeleton_has_one_of_everything(course):
    cells = read_lesson(new_lesson(course, "06_gru")).notebook.cells
    text = "\n".join(cell.source for cell in cells)
    for part in ("$$", "viz.", "BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME", "Something to think about"):
        assert part in text
    headings = [cell.source for cell in cells if cell.source.startswith(("# ", "## "))]
    assert all("<!-- AUTHOR: " in heading for heading in headings)


@pytest.mark.parametrize("name", ["gru", "5_gru", "06-gru", "05_", "05_GRU", "06_gru.py", "05_größe", "../06_gru", ""])
def test_a_name_of_another_form_is_refused(course, name):
    with pytest.raises(NewLessonError, match="Take two digits"):
        new_lesson(course, name)
    assert len(list((course / "solutions").iterdir())) == 1


@pytest.mark.parametrize("name", ["01_slope", "01_other"])
def test_a_number_belongs_to_one_lesson(course, name):
    before = (course / "solutions/01_slope.py").read_text()
    with pytest.raises(NewLessonError, match=r"solutions/01_slope\.py; the next number is 02"):
        new_lesson(course, name)
    assert (course / "solutions/01_slope.py").read_text() == before


@pytest.mark.parametrize("left", ["notebooks/06_gru", "submitted/ada/06_gru"])
def test_what_is_left_of_an_earlier_lesson_is_not_taken_over(course, left):
    (course / left).mkdir(parents=True)
    with pytest.raises(NewLessonError, match=left):
        new_lesson(course, "06_gru")


def test_only_lines_for_the_author_are_counted(course):
    path = new_lesson(course, "06_gru")
    assert count_author_notes(course) == {path: 12}
    path.write_text(path.read_text().replace("<!-- AUTHOR: ", "<!-- "))
    assert count_author_notes(course) == {}
