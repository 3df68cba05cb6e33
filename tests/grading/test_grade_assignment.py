"""Grading again, and what one submission may do to others: nothing."""

import shutil
from dataclasses import replace

import nbformat
import pytest
from submissions.broken import as_a_report, deletes_the_check_of_dba
from submissions.course import hand_in
from submissions.entry import ASSIGNMENT, Entry
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.grade_assignment import grade_assignment, students_to_grade
from bptt_instructor.grading.gradebook import gradebook


def endless(notebook):
    notebook.cells.insert(2, nbformat.v4.new_code_cell("import time\nwhile True:\n    time.sleep(1)"))
    return notebook


def test_a_student_who_hands_in_again_changes_no_other_row(course_with, rows_of):
    folder = course_with(MODEL, Entry("b", "B", "B", parameters(dba="dz.sum(axis=1)")))
    first = rows_of(folder)
    assert rows_of(folder) == first, "grading again gives the same rows"
    assert first["b"].points == 14, "the cell as a whole is judged with exact stages"

    # Deleting the check that failed must not keep, or win, any points.
    hand_in(folder, Entry("b", "B", "B", parameters(dba="1 / 0"), then=deletes_the_check_of_dba))
    second = rows_of(folder)
    assert second["s1001"] == first["s1001"]
    assert {cell.cell: cell.scored for cell in second["b"].cells}["check-dba"] == 0

    hand_in(folder, Entry("b", "B", "B", then=as_a_report))
    third = rows_of(folder, "b")
    assert third["b"].status == "unreadable"
    assert third["b"].points == second["b"].points
    assert "points are those of an earlier submission" in third["b"].reason


@pytest.mark.filterwarnings("error")
def test_the_gradebook_forgets_students_that_it_has_stored(course_with, rows_of, monkeypatch):
    """A class of any size takes as much memory, and each row is as before."""
    folder = course_with(*(replace(MODEL, student=f"s{number}") for number in range(5)))
    remembered = []
    commit = gradebook.AssignmentGradebook.commit_record

    def watched(book, record):
        commit(book, record)
        remembered.append(len(book._book.db.identity_map))

    monkeypatch.setattr(gradebook, "COMMITS_IN_MEMORY", 2)
    monkeypatch.setattr(gradebook.AssignmentGradebook, "commit_record", watched)
    rows = rows_of(folder)
    assert remembered[3] == remembered[1] < remembered[2]
    assert {(row.status, row.points) for row in rows.values()} == {("graded", 16)}
    assert rows_of(folder) == rows


def test_an_endless_loop_costs_its_author_time_and_nobody_else(course_with, rows_of):
    folder = course_with(Entry("a", "A", "A", then=endless), MODEL, settings="\nc.Execute.timeout = 10\n")
    rows = rows_of(folder)
    assert rows["a"].status == "timed out"
    assert rows["a"].points == 16, "all that follows was run"
    assert rows["s1001"].status == "graded"


def brackets_without_end(_):
    return b"[]" * 10_000_000


def test_brackets_without_end_cost_their_author_the_points_and_nobody_else(course_with, rows_of):
    folder = course_with(Entry("a", "A", "A", then=brackets_without_end), MODEL)
    rows = rows_of(folder)
    assert (rows["a"].status, rows["a"].points) == ("unreadable", 0)
    assert rows["a"].reason.startswith("more than 10,000,000 brackets: clear its outputs, save it, and hand it in")
    assert rows["s1001"].status == "graded"


def test_a_time_that_is_none_costs_nothing(course_with, rows_of):
    folder = course_with(MODEL)
    (folder / "submitted/s1001" / ASSIGNMENT / "timestamp.txt").write_text("yesterday evening, more or less")
    row = rows_of(folder)["s1001"]
    assert (row.status, row.points) == ("graded", 16)
    assert "timestamp.txt: 'yesterday evening, more or less' is not understood" in row.reason


def test_somebody_in_the_gradebook_without_a_folder_has_a_row(course_with, rows_of):
    folder = course_with(Entry("a", "A", "A", then=as_a_report), Entry("b", "B", "B", then=as_a_report))
    shutil.rmtree(folder / "submitted/a")
    row = rows_of(folder)["a"]
    assert (row.status, row.reason, row.points, row.possible) == ("missing notebook", "there is no folder", 0, 20)


def test_feedback_shows_the_report_and_no_traceback(course_with, rows_of):
    folder = course_with(Entry("b", "B", "B", parameters(dba="dz.sum(axis=1)")))
    rows_of(folder, feedback=True)
    page = Course(folder, ASSIGNMENT).feedback("b").read_text()
    assert "dba has lost an axis" in page
    assert "bptt/check" not in page


def test_a_lesson_that_the_gradebook_refuses_stops_before_any_student(course_with, rows_of):
    folder = course_with(Entry("a", "A", "A"))
    rows_of(folder)
    source = folder / "build/source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "check-dba"]
    nbformat.write(notebook, source)
    course = Course(folder, ASSIGNMENT)
    with pytest.raises(GradingError, match="gained or lost cells"):
        next(grade_assignment(course, students_to_grade(course)))
