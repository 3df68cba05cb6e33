"""Taking in a submission: what is repaired, and what is refused in words that help."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bptt.grading.collect import collect
from bptt.grading.intake import take_in
from bptt.grading.refused import RefusedError


def cell(kind, source, grade_id, **meta):
    settings = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return kind(source, metadata={"nbgrader": settings | meta | {"grade_id": grade_id}})


RELEASED = new_notebook(
    cells=[
        new_markdown_cell("# A lesson"),
        cell(new_code_cell, "raise NotImplementedError", "double", solution=True),
        cell(new_code_cell, "check.double(double)", "check-double", grade=True, locked=True, points=2),
        cell(new_markdown_cell, "Why?", "why-question", locked=True),
        cell(new_markdown_cell, "**Your answer.**", "why", grade=True, solution=True, points=3),
    ]
)


@pytest.fixture
def submitted():
    return copy.deepcopy(RELEASED)


@pytest.fixture
def take(tmp_path):
    def hand_in(notebook, name="lesson.ipynb"):
        content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
        (tmp_path / name).write_bytes(content)
        return take_in(collect(tmp_path, "ada", "lesson").notebook, RELEASED)

    return hand_in


def ids(taken):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in taken.notebook.cells]


def test_an_honest_notebook_is_left_as_it_is(submitted, take):
    submitted.cells[1].source = "def double(x):\n    return x + x"
    submitted.cells.insert(1, new_code_cell("a = 1"))
    taken = take(submitted)
    assert (taken.missing, taken.changed) == ((), ())
    assert taken.notebook.cells == submitted.cells


@pytest.mark.parametrize("gone", [[2], [1, 2], [2, 3], [3, 4], [1, 2, 3]])
def test_cells_that_have_gone_are_put_back_in_order(submitted, take, gone):
    removed = [submitted.cells[at].metadata["nbgrader"]["grade_id"] for at in gone]
    submitted.cells = [cell for at, cell in enumerate(submitted.cells) if at not in gone]
    taken = take(submitted)
    # An exercise that has gone stays gone: there is nothing in it to grade.
    assert list(taken.missing) == [grade_id for grade_id in removed if grade_id != "double"]
    assert [i for i in ids(taken) if i] == [
        i for i in ("double", "check-double", "why-question", "why") if i != "double" or i not in removed
    ]


def test_a_cell_is_put_back_after_the_solution_wherever_that_is(submitted, take):
    submitted.cells = [submitted.cells[4], new_code_cell("a = 1"), submitted.cells[1]]
    assert ids(take(submitted)) == ["why", None, "double", "check-double", "why-question"]


@pytest.mark.parametrize("at", [2, 3])
def test_a_locked_cell_that_was_changed_is_restored(submitted, take, at):
    submitted.cells[at].source = "pass"
    taken = take(submitted)
    assert taken.changed == (RELEASED.cells[at].metadata["nbgrader"]["grade_id"],)
    assert taken.notebook.cells[at].source == RELEASED.cells[at].source


def test_a_test_made_text_is_a_test_again(submitted, take):
    submitted.cells[2] = cell(new_markdown_cell, "check.double(double)", "check-double", grade=True, points=2)
    taken = take(submitted)
    assert taken.changed == ("check-double",)
    assert taken.notebook.cells[2].cell_type == "code"


def test_points_and_locks_are_the_lessons_to_say(submitted, take):
    submitted.cells[2].metadata["nbgrader"] |= {"points": 200, "locked": False, "schema_version": 99}
    assert take(submitted).notebook.cells[2].metadata == RELEASED.cells[2].metadata


def test_of_two_cells_with_one_id_the_first_counts(submitted, take):
    second = copy.deepcopy(submitted.cells[1])
    second.id = "other"
    submitted.cells.insert(2, second)
    taken = take(submitted)
    assert ids(taken) == [None, "double", None, "check-double", "why-question", "why"]


def test_an_unknown_id_is_dropped(submitted, take):
    submitted.cells.append(cell(new_code_cell, "1", "mine", grade=True, locked=True, points=50))
    assert ids(take(submitted))[-1] is None


def test_a_renamed_notebook_is_found(submitted, take):
    assert take(submitted, "lesson (1).ipynb").missing == ()


def test_a_byte_order_mark_does_not_matter(submitted, take):
    assert take(b"\xef\xbb\xbf" + nbformat.writes(submitted).encode()).missing == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a notebook: the file is empty"),
        (b"\x89PNG\r\n", "not a notebook: the file begins with"),
        (b'{"cells": [', "damaged: the file begins with"),
        (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "damaged"),
        (b"[]", "not a notebook"),
        (nbformat.writes(new_notebook(cells=[new_code_cell("1")])).encode(), "another notebook"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(take, content, says):
    with pytest.raises(RefusedError, match=says) as refused:
        take(content)
    assert refused.value.status == "unreadable"


def test_a_link_is_not_followed(tmp_path, submitted):
    nbformat.write(submitted, tmp_path / "elsewhere.txt")
    (tmp_path / "lesson.ipynb").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(RefusedError) as refused:
        collect(tmp_path, "ada", "lesson")
    assert refused.value.status == "missing notebook"


def test_without_a_notebook_the_reason_says_what_is_there(tmp_path):
    with pytest.raises(RefusedError, match="the folder is empty"):
        collect(tmp_path, "ada", "lesson")
    (tmp_path / "essay.docx").touch()
    with pytest.raises(RefusedError, match=r"there is essay\.docx"):
        collect(tmp_path, "ada", "lesson")
    with pytest.raises(RefusedError, match="there is no folder"):
        collect(tmp_path / "nowhere", "ada", "lesson")
