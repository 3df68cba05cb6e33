"""Lessons in, notebooks out: always the same, never half, and nothing of anyone else's touched."""

import nbformat
import pytest

from bptt_instructor.lessons.build import build, check
from bptt_instructor.lessons.solution_leaks import leaks
from bptt_instructor.lessons.source import LessonError

SOURCE = "build/source/01_slope/01_slope.ipynb"
RELEASED = "notebooks/01_slope/01_slope.ipynb"


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def cells(path):
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def edit(course, old, new):
    path = course / "solutions/01_slope.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_students_get_stubs_that_name_the_exercise(course):
    build(course)
    released = cells(course / RELEASED)
    assert released["tanh_backward"].source == (
        'def tanh_backward(da, a):\n    """Through a = tanh(z)."""\n'
        "    # Your code goes here, in place of the line below.\n"
        '    raise NotImplementedError("tanh_backward is still to be written")'
    )
    assert released["check-dz"].source == "check.tanh_backward(tanh_backward)"
    assert released["why-question"].source == "**To think about (3 points).** Why no sum?"
    assert released["why"].source.startswith("**Your answer.**")
    assert not released["check-dz"].metadata.editable


def test_the_source_notebook_keeps_everything(course):
    build(course)
    source = nbformat.read(course / SOURCE, as_version=4)
    text = "\n".join(cell.source for cell in source.cells)
    assert "dz = da * (1 - a**2)" in text
    assert "seed=20231" in text
    assert "Rubric" in text
    assert leaks(source, source)


def test_two_builds_are_byte_identical(course):
    build(course)
    first = files(course)
    for name in (SOURCE, RELEASED):
        (course / name).unlink()
    build(course)
    assert files(course) == first


def test_a_notebook_that_is_right_is_not_written_again(course):
    build(course)
    before = (course / RELEASED).stat().st_mtime_ns
    assert build(course) == []
    assert (course / RELEASED).stat().st_mtime_ns == before


def test_a_removed_lesson_takes_its_notebook_with_it(course):
    (course / "solutions/02_more.py").write_text("# %% [markdown]\n# More.\n")
    build(course)
    (course / "solutions/01_slope.py").unlink()
    assert [(change.kind, str(change.path)) for change in build(course)] == [("gone", RELEASED)]
    assert not (course / "notebooks/01_slope").exists()
    assert not (course / "build/source/01_slope").exists()


def test_files_beside_a_notebook_are_left_alone(course):
    build(course)
    notes = course / "notebooks/01_slope/notes.ipynb"
    notes.write_text("mine")
    (course / "solutions/02_more.py").write_text("# %% [markdown]\n# More.\n")
    (course / "solutions/01_slope.py").unlink()
    build(course)
    assert notes.read_text() == "mine"


@pytest.mark.parametrize("damage", ["changed", "new", "gone"])
def test_check_names_every_difference_and_writes_nothing(course, damage):
    build(course)
    assert check(course) == []
    path = course / RELEASED
    if damage == "changed":
        path.write_text(path.read_text().replace("Why no sum?", "Why thrice?"))
    elif damage == "new":
        path.unlink()
    else:
        path = course / "notebooks/09_old/09_old.ipynb"
        path.parent.mkdir()
        path.write_text("{}")
    before = files(course)
    assert [(change.kind, course / change.path) for change in check(course)] == [(damage, path)]
    assert files(course) == before


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"check-dz"', '"tanh_backward"', r'01_slope.py:16: grade_id "tanh_backward" is taken'),
        ("# # Slopes", "# Write `dz = da * (1 - a**2)`, and return it.", r"SOLUTION: dz = da \* \(1 - a\*\*2\)"),
    ],
    ids=["lint", "leak"],
)
def test_a_lesson_that_is_not_fit_changes_nothing(course, old, new, expected):
    edit(course, old, new)
    before = files(course)
    with pytest.raises(LessonError, match=expected):
        build(course)
    assert files(course) == before


def test_a_course_without_lessons_is_refused(course):
    (course / "solutions/01_slope.py").unlink()
    with pytest.raises(LessonError, match="no lesson here"):
        build(course)


def test_what_nbgrader_refuses_is_told(course, caplog):
    edit(course, "# **Rubric.**", "# ![rubric](attachment:rubric.png)")
    with pytest.raises(LessonError, match="nbgrader could not build a lesson"):
        build(course)
    assert "Encountered an attachment in a marking scheme" in caplog.text
    assert {record.name for record in caplog.records} == {"nbgrader"}, "traitlets' own log goes nowhere"
