"""What lies in submitted/: students' folders, and what systems, archives and people leave there beside them."""

import os
import shutil

import pytest
from click.testing import CliRunner
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.cli import main
from bptt_instructor.grading.course import Course, can_be_student_id

FOLDERS = [
    *("__MACOSX", "@eaDir", "lost+found", "#recycle", "$RECYCLE.BIN", "System Volume Information", ".snapshot"),
    *("two\nlines", "x" * 129, os.fsdecode(b"\xe9ric")),
]
FILES = ["Thumbs.db", "desktop.ini", "submissions.zip"]


@pytest.fixture
def folder(course_with):
    folder = course_with(MODEL)
    submitted = folder / "submitted"
    for name in FOLDERS:
        shutil.copytree(submitted / "s1001", submitted / name)
    for name in FILES:
        (submitted / name).write_text("")
    (submitted / "broken").symlink_to("nowhere")
    return folder


def test_only_students_are_graded_and_the_rest_is_named_once(folder):
    done = CliRunner().invoke(main, ["grade", ASSIGNMENT, "--no-feedback", "--workers", "1", "--course", str(folder)])
    assert done.exit_code == 0, done.output
    log = Course(folder, ASSIGNMENT).log.read_text()
    for text in (done.output, log):
        (line,) = [line for line in text.splitlines() if "Passed over in submitted/" in line]
        for name in ("__MACOSX", "Thumbs.db", "submissions.zip", "broken", r"\xe9ric", "two\N{REPLACEMENT CHARACTER}l"):
            assert line.count(name) == 1
        assert "s1001" not in line
    with gradebook(folder) as book:
        assert [student.id for student in book.students] == ["s1001"]


def test_an_odd_id_that_the_gradebook_knows_is_a_students(folder, rows_of):
    with gradebook(folder) as book:
        book.add_student("#recycle")
    rows = rows_of(folder)
    assert {name: row.points for name, row in rows.items()} == {"s1001": 16, "#recycle": 16}
    course = Course(folder, ASSIGNMENT)
    assert "#recycle" not in course.not_students(rows)
    assert set(course.students_with_folders(rows)) == set(rows)


@pytest.mark.parametrize(
    "name", ["ada", "Zoë Ünal", "ada@example.org", "o'hara+1", "#1", "$x", "李", "Ada\xa0Lovelace"]
)
def test_what_looks_odd_can_be_an_id(name):
    assert can_be_student_id(name)


@pytest.mark.parametrize("name", ["", ".ada", " ada", "a/b", "a\\b", "a\nb", "a\x00", "\udce9", "x" * 129])
def test_what_a_gradebook_or_a_folder_cannot_hold_is_no_id(name):
    assert not can_be_student_id(name)
