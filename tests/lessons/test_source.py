"""A script becomes nbgrader's source notebook."""

import subprocess
import sys

import pytest

from bptt_instructor.lessons.source import LessonError, read_lesson, read_lessons


def test_cell_ids_come_from_the_grade_id_or_the_position(course):
    ids = [cell.id for cell in read_lesson(course / "solutions/01_slope.py").notebook.cells]
    assert ids == ["cell-000", "cell-001", "tanh_backward", "check-dz", "cell-004", "why-question", "why"]


def test_metadata_is_nbgraders_and_no_more(course):
    notebook = read_lesson(course / "solutions/01_slope.py").notebook
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(set(cell.metadata) <= {"nbgrader"} for cell in notebook.cells)


def test_lines_are_those_of_the_cell_headers(course, lesson):
    lines = lesson.splitlines()
    assert all(lines[number - 1].startswith("# %%") for number in read_lesson(course / "solutions/01_slope.py").lines)


def test_a_commented_magic_is_a_magic_in_the_notebook(tmp_path):
    path = tmp_path / "01_magic.py"
    path.write_text("# %%\n# %timeit 1 + 1\n\n# %%\n# %%timeit\n1 + 1\n")
    sources = [cell.source for cell in read_lesson(path).notebook.cells]
    assert sources == ["%timeit 1 + 1", "%%timeit\n1 + 1"]


def test_a_lesson_runs_as_a_plain_script(course):
    subprocess.run([sys.executable, course / "solutions/01_slope.py"], check=True)


@pytest.mark.parametrize(
    "text",
    ["x = 1\n\n# %%\ny = 2\n", '# %%\ntext = """\n# %% not a cell\n"""\n'],
    ids=["no header", "in a string"],
)
def test_a_cell_without_its_own_header_is_refused(tmp_path, text):
    path = tmp_path / "01_bad.py"
    path.write_text(text)
    with pytest.raises(LessonError, match="begin every cell with one"):
        read_lesson(path)


def test_only_numbered_scripts_are_lessons(course):
    (course / "solutions" / "helper.py").write_text("x = 1\n")
    assert [lesson.name for lesson in read_lessons(course / "solutions")] == ["01_slope"]
