"""Answers that a person grades: the rubric stands above them, and what has been read stays read."""

import dataclasses
import subprocess
import sys

import nbformat
import pytest
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.grading.grade_assignment import GradingOptions

ANSWER = "explain-reuse"


@pytest.fixture
def folder(course_with):
    return course_with(*(dataclasses.replace(MODEL, student=name) for name in ("ada", "bob")))


def mark(folder, student, points):
    """Do what formgrader does."""
    with gradebook(folder) as book:
        grade = book.find_grade(ANSWER, ASSIGNMENT, ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def to_read(folder):
    with gradebook(folder) as book:
        grades = {name: book.find_grade(ANSWER, ASSIGNMENT, ASSIGNMENT, name) for name in ("ada", "bob")}
        return {name: bool(grade.needs_manual_grade) for name, grade in grades.items()}


def hand_in_again(folder, student):
    path = folder / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", id="more"))
    nbformat.write(notebook, path)


def by_nbgrader(folder):
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("by", ["bptt", "nbgrader"])
def test_the_rubric_is_there_and_what_has_been_read_stays_read_until_it_changes(folder, rows_of, by):
    def again():
        return rows_of(folder, how=GradingOptions(again=True)) if by == "bptt" else by_nbgrader(folder)

    rows = rows_of(folder)
    assert rows["ada"].to_grade == rows["bob"].to_grade == (ANSWER,)
    mark(folder, "ada", 3)
    again()
    assert to_read(folder) == {"ada": False, "bob": True}
    assert_rubric_above_the_answer(folder)
    hand_in_again(folder, "ada")
    again()
    assert to_read(folder) == {"ada": True, "bob": True}
    with gradebook(folder) as book:
        assert book.find_submission(ASSIGNMENT, "ada").score == 16 + 3, "points stay, and a person looks again"


def assert_rubric_above_the_answer(folder):
    graded = nbformat.read(folder / "autograded/ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    place = [cell.id for cell in graded.cells].index(ANSWER)
    assert "=== BEGIN MARK SCHEME ===" in graded.cells[place - 1].source
    assert "1 point: the slope `1 - a_next**2`" in graded.cells[place - 1].source
    code = "".join(cell.source for cell in graded.cells if cell.cell_type == "code")
    assert "HIDDEN TESTS" not in code


def lost(folder, student, change):
    """Change what a student has handed in."""
    path = folder / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = [cell.id for cell in notebook.cells].index(ANSWER)
    change(notebook.cells, place)
    nbformat.write(notebook, path)


def into_a_cell_below(cells, place):
    written, cells[place].source = cells[place].source, ""
    cells.insert(place + 1, nbformat.v4.new_markdown_cell(f"{written} <script>alert(1)</script>", id="mine"))


def into_a_comment(cells, place):
    written = cells[place].source
    cells[place] = nbformat.v4.new_code_cell(f"# {written}", id="mine")


@pytest.mark.parametrize("by", ["bptt", "nbgrader"])
@pytest.mark.parametrize("change", [into_a_cell_below, into_a_comment])
def test_an_answer_outside_of_its_cell_is_read_by_a_person_and_shown_on_the_page(folder, rows_of, by, change):
    rows_of(folder)
    lost(folder, "ada", change)
    if by == "bptt":
        row = rows_of(folder, feedback=True)["ada"]
        assert row.to_grade == (ANSWER,)
        assert row.status == ("graded" if change is into_a_cell_below else "repaired")
        assert f"{ANSWER} answered in another cell: copied, to be read" in row.reason
        page = (folder / "feedback/ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
        assert "copied here to be read" in page
        assert "used once for each example" in page
        assert "<script" not in page
    else:
        by_nbgrader(folder)
    assert to_read(folder)["ada"]
    graded = nbformat.read(folder / "autograded/ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    answer = next(cell.source for cell in graded.cells if cell.id == ANSWER)
    assert "copied here to be read" in answer
    assert "used once for each example" in answer
