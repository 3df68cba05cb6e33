"""Who is who: class lists of three kinds, and the names and numbers in the names of files."""

from pathlib import PurePosixPath

import pytest
from nbgrader.api import Gradebook

from bptt_instructor.lms.canvas_moodle_filenames import Upload, is_copy, parse_filename
from bptt_instructor.lms.class_list import ClassListError, ListedStudent, read_class_list
from bptt_instructor.lms.student_lookup import StudentLookup, add_to_gradebook

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,01_cell_backward (7)
    Points Possible,,,,,20
"Lovelace, Ada",101,S1,ada,A,12
"Student, Test",109,,secret,A,
"""
MOODLE = """\
\ufeffIdentifier;Full name;Email address;Status;Last modified (submission)
Participant 2001;Ada Lovelace;ada@example.org;Submitted;Monday, 4 March 2024, 10:15 PM
Participant 2002;Zoë Ünal;zoe@example.org;No submission;-
"""
NBGRADER = """\
id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,,101
"""


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (CANVAS, [ListedStudent(("ada", "S1", "101"), "Ada", "Lovelace", lms_user_id="101")]),
        (
            'Student,ID,Section\n"Lovelace, Ada",101,A\n',
            [ListedStudent(("101",), "Ada", "Lovelace", lms_user_id="101")],
        ),
        (
            MOODLE,
            [
                ListedStudent(
                    ("ada@example.org",),
                    "Ada",
                    "Lovelace",
                    "ada@example.org",
                    participant="2001",
                    time="Monday, 4 March 2024, 10:15 PM",
                ),
                ListedStudent(("zoe@example.org",), "Zoë", "Ünal", "zoe@example.org", participant="2002"),
            ],
        ),
        (NBGRADER, [ListedStudent(("ada",), "Ada", "Lovelace", lms_user_id="101")]),
    ],
    ids=["canvas", "canvas without logins", "moodle", "nbgrader"],
)
def test_class_lists_are_read(tmp_path, text, people):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    assert read_class_list(path) == people


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name,points\nada,3\n", "no column that tells who is who"),
        (b"", "no column that tells who is who"),
        (b"id,first_name\nZo\xeb,Z\n", "not in UTF-8"),
        (b"id,first_name\n../ada,A\n", r"line 2: '../ada' cannot be a student's id"),
        (b"id,first_name\n.ada,A\n", r"line 2: '.ada' cannot be a student's id"),
        (b"id,first_name\n,A\n", "line 2: no id"),
        (b"id," + b"x" * 200_000 + b"\n", "is not a table: field larger"),
    ],
)
def test_a_class_list_that_cannot_be_used_is_refused(tmp_path, content, why):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ClassListError, match=why):
        read_class_list(path)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("x/lovelaceada_101_5001_a.ipynb", Upload("lovelaceada", "a.ipynb", user="101", attempt=5001)),
        ("x/ünal_zoë_LATE_7_8_9_a_1.ipynb", Upload("ünal_zoë", "9_a_1.ipynb", user="7", attempt=8, late=True)),
        ("x/adam2_101_5001_work/sub/a.ipynb", Upload("adam2", "a.ipynb", user="101", attempt=5001)),
        ("x/Ada Lovelace_2001_assignsubmission_file_/a.ipynb", Upload("Ada Lovelace", "a.ipynb", participant="2001")),
        ("x/Ada Lovelace_2001_assignsubmission_file/s/a.ipynb", Upload("Ada Lovelace", "a.ipynb", participant="2001")),
        (
            "x/Ada Lovelace_2001_assignsubmission_file_a_b.ipynb",
            Upload("Ada Lovelace", "a_b.ipynb", participant="2001"),
        ),
        ("Ada Lovelace_2001_assignsubmission_file_/a.ipynb", Upload("Ada Lovelace", "a.ipynb", participant="2001")),
        ("bptt_2026_01_all/ada_1_2_a.ipynb", Upload("ada", "a.ipynb", user="1", attempt=2)),
        ("x/Ada Lovelace_2001_assignsubmission_onlinetext_/onlinetext.html", None),
        ("x/lovelaceada_101_text.html", None),
        ("x/a.ipynb", None),
    ],
)
def test_a_files_name_tells_whose_it_is(path, sent):
    assert parse_filename(PurePosixPath(path)) == sent


@pytest.mark.parametrize("file", ["a-1.ipynb", "a (12).ipynb", "a(1).ipynb", "A.ipynb", "a_2.ipynb", "a copy.ipynb"])
def test_a_copy_has_the_same_name(file):
    assert is_copy(file, "a")


@pytest.mark.parametrize("file", ["b.ipynb", "a-b.ipynb", "ab.ipynb", "a.zip", "xa.ipynb"])
def test_another_file_is_no_copy(file):
    assert not is_copy(file, "a")


@pytest.fixture
def book(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "bptt") as book:
        yield book


def test_a_class_list_fills_in_what_the_gradebook_does_not_know(book):
    book.add_student("S1", first_name="Augusta")
    book.add_student("emmy")
    people = [ListedStudent(("ada", "S1"), "Ada", "Lovelace", "a@b.c", "101"), ListedStudent(("zoe",), "Zoë", "Ünal")]
    assert add_to_gradebook(people, book) == 1
    ada = book.find_student("S1")
    assert (ada.first_name, ada.last_name, ada.email, ada.lms_user_id) == ("Augusta", "Lovelace", "a@b.c", "101")
    assert {student.id for student in book.students} == {"S1", "emmy", "zoe"}
    assert add_to_gradebook(people, book) == 0


def test_who_sent_a_file(book):
    people = [
        ListedStudent(("ada",), "Ada", "Lovelace", lms_user_id="101"),
        ListedStudent(("zoe",), "Zoë", "O’Ünal", participant="2002"),
        ListedStudent(("kim1",), "Kim", "Lee", participant="2003"),
        ListedStudent(("kim2",), "Kim", "Lee", participant="2004"),
    ]
    add_to_gradebook(people, book)
    roster = StudentLookup.from_gradebook(book, people)
    assert roster.find(Upload("somethingelse", "a", user="101")) == "ada", "Canvas' numbers are for ever"
    assert roster.find(Upload("lovelaceada", "a", user="999")) == "ada", "the name is left"
    assert roster.find(Upload("Zoe OUnal", "a", participant="2002")) == "zoe"
    assert roster.find(Upload("OUnal Zoe", "a", participant="7")) == "zoe"
    assert roster.find(Upload("Ada Lovelace", "a", participant="2002")) == "ada", "the list of another assignment"
    assert roster.find(Upload("Kim Lee", "a", participant="2004")) == "kim2"
    assert roster.find(Upload("Kim Lee", "a", participant="7")) is None, "two have this name"
    assert roster.find(Upload("Nobody", "a", participant="101")) is None, "Canvas' numbers are not Moodle's"
    assert StudentLookup.from_gradebook(book).find(Upload("x", "a", user="101")) == "ada", "the gradebook remembers"
