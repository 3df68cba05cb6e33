"""Who is who: class lists of three kinds, and the names and numbers in the names of files."""

import re
from pathlib import PurePosixPath

import pytest
from nbgrader.api import Gradebook

from bptt_instructor.lms.canvas_moodle_filenames import (
    CANVAS_IS_ANONYMOUS,
    MOODLE_IS_BLIND,
    TYPED_TEXT,
    Upload,
    is_copy,
    parse_filename,
)
from bptt_instructor.lms.class_list import ClassListError, ListedStudent, read_class_list
from bptt_instructor.lms.student_lookup import StudentLookup, UnidentifiedError, add_to_gradebook

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
        ("x/Ada Lovelace_2001/a.ipynb", Upload("Ada Lovelace", "a.ipynb", participant="2001")),
        ("x/Group A-Ada Lovelace_2001_/a.ipynb", Upload("Group A-Ada Lovelace", "a.ipynb", participant="2001")),
        (
            "x/Ada Lovelace_2001_assignsubmission_file_/Grace Hopper_2003_assignsubmission_file_/hopper_103_5_a.ipynb",
            Upload("Ada Lovelace", "hopper_103_5_a.ipynb", participant="2001"),
        ),
        ("x/smith-jonesada_101_5001_a.ipynb", Upload("smith-jonesada", "a.ipynb", user="101", attempt=5001)),
        ("x/_103_5003_01_a.ipynb", Upload("", "01_a.ipynb", user="103", attempt=5003)),
        ("x/a.ipynb", None),
        ("x/sheet_2", None),
        ("x/folder/Ada Lovelace_2001_assignsubmission_file_/a.ipynb", None),
    ],
)
def test_a_files_name_tells_whose_it_is(path, sent):
    assert parse_filename(PurePosixPath(path)) == sent


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("x/anon_Xy9Qz_5001_01_a.ipynb", CANVAS_IS_ANONYMOUS),
        ("x/LATE_anon_ab3Cd_5002_01_a.ipynb", CANVAS_IS_ANONYMOUS),
        ("x/anon_ab3Cd_LATE_5002_01_a.ipynb", CANVAS_IS_ANONYMOUS),
        ("x/anon_ab3Cd_5002_work/hopper_103_5_a.ipynb", CANVAS_IS_ANONYMOUS),
        ("x/anon_ab3Cd_text.html", CANVAS_IS_ANONYMOUS),
        ("x/Participant 2001_2001_assignsubmission_file_/a.ipynb", MOODLE_IS_BLIND),
        ("x/Group A-Teilnehmer 2001_2001_assignsubmission_file_a.ipynb", MOODLE_IS_BLIND),
        ("x/Ada Lovelace_2001_assignsubmission_onlinetext_/onlinetext.html", TYPED_TEXT),
        ("x/lovelaceada_LATE_101_text.html", TYPED_TEXT),
    ],
)
def test_what_cannot_be_anybodys_work_is_said_to_be_so(path, refusal, book):
    book.add_student("ada", first_name="Ada", last_name="Lovelace", lms_user_id="5001")
    upload = parse_filename(PurePosixPath(path))
    assert upload.refusal == refusal
    with pytest.raises(UnidentifiedError, match=re.escape(refusal)):
        StudentLookup.from_gradebook(book).find(upload)


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
        ListedStudent(("zoe",), "Zoë", "O’Ünal", participant="2002", lms_user_id="102"),
        ListedStudent(("kim1",), "Kim", "Lee", participant="2003"),
        ListedStudent(("kim2",), "Kim", "Lee", participant="2004"),
        ListedStudent(("li",), "明", "李", lms_user_id="105"),
    ]
    add_to_gradebook(people, book)
    book.add_student("nameless", lms_user_id="106")
    roster = StudentLookup.from_gradebook(book, people)
    assert roster.find(Upload("lovelaceada", "a", user="101")) == "ada"
    assert roster.find(Upload("onalzo", "a", user="102")) == "zoe", "Canvas leaves out what is not ASCII"
    assert roster.find(Upload("", "a", user="105")) == "li"
    assert roster.find(Upload("whatever", "a", user="106")) == "nameless", "no name contradicts the number"
    assert roster.find(Upload("Zoe OUnal", "a", participant="2002")) == "zoe"
    assert roster.find(Upload("Group A-Zoe OUnal", "a", participant="2002")) == "zoe"
    assert roster.find(Upload("Team 1-b-Kim Lee", "a", participant="2003")) == "kim1"
    assert roster.find(Upload("Lovelace Ada", "a", participant="7")) == "ada", "no number contradicts the name"
    assert roster.find(Upload("Kim Lee", "a", participant="2004")) == "kim2"
    without_list = StudentLookup.from_gradebook(book)
    assert without_list.find(Upload("lovelaceada", "a", user="101")) == "ada", "the gradebook remembers"
    assert without_list.find(Upload("Zoë O'Ünal", "a", participant="7")) == "zoe"


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (Upload("hoppergrace", "a", user="101"), "its number 101 is of ada, and its name is not"),
        (Upload("team1", "a", user="101"), "Is it a group's"),
        (Upload("lovelaceada", "a", user="999"), "its name is of ada, whose number is 101 and not 999"),
        (Upload("leekim", "a", user="999"), "kim1, kim2 have this name"),
        (Upload("lovelaceadam", "a", user="101"), "its number 101 is of ada, and its name is not"),
        (Upload("lovelacejeanada", "a", user="999"), "nobody has this number or name"),
        (Upload("Ada Lovelace", "a", participant="2002"), "number 2002 is of zoe.* class list of another assignment"),
        (Upload("Zoë Ünal", "a", participant="9"), "its name is of zoe, whose number is 2002 and not 9"),
        (Upload("Kim Lee", "a", participant="7"), "kim1, kim2 have this name"),
        (Upload("Mary-Zoë Ünal", "a", participant="2002"), "its number 2002 is of zoe, and its name is not"),
        (
            Upload("Group A-Zoë Ünal", "a", participant="9"),
            "a group stands before its name. Give the grading worksheet",
        ),
        (Upload("Group A-Zoë Ünal", "a", participant="2003"), "its number 2003 is of kim1, and its name is not"),
        (Upload("Nobody", "a", participant="101"), "nobody has this number or name"),
        (Upload("Nobody", "a", participant="102"), "nobody has this number or name"),
    ],
)
def test_where_number_and_name_do_not_agree_nobody_gets_the_file(book, upload, why):
    people = [
        ListedStudent(("ada",), "Ada", "Lovelace", lms_user_id="101"),
        ListedStudent(("zoe",), "Zoë", "Ünal", participant="2002", lms_user_id="102"),
        ListedStudent(("mary",), "Mary-Zoë", "Ünal"),
        ListedStudent(("kim1",), "Kim", "Lee", participant="2003"),
        ListedStudent(("kim2",), "Kim", "Lee", participant="2004"),
    ]
    add_to_gradebook(people, book)
    with pytest.raises(UnidentifiedError, match=why):
        StudentLookup.from_gradebook(book, people).find(upload)


def test_one_students_login_may_be_anothers_number(book):
    people = [
        ListedStudent(("103", "S1", "101"), "Ada", "Lovelace", lms_user_id="101"),
        ListedStudent(("grace", "S2", "103"), "Grace", "Hopper", lms_user_id="103"),
    ]
    book.add_student("103")
    for _ in range(2):
        add_to_gradebook(people, book)
        roster = StudentLookup.from_gradebook(book, people)
        assert {student.id for student in book.students} == {"103", "grace"}
        assert roster.find(Upload("hoppergrace", "a", user="103")) == "grace"
        assert roster.find(Upload("lovelaceada", "a", user="101")) == "103"


def test_an_id_that_the_gradebook_has_for_another_student_is_not_taken(book):
    book.add_student("7", first_name="Grace", last_name="Hopper")
    ada = ListedStudent(("ada", "7"), "Ada", "Lovelace")
    add_to_gradebook([ada], book)
    assert {student.id for student in book.students} == {"7", "ada"}
    with pytest.raises(ClassListError, match="The id '7' is of Ada Lovelace in the class list, and of Grace Hopper"):
        add_to_gradebook([ListedStudent(("7",), "Ada", "Lovelace", lms_user_id="7")], book)


@pytest.mark.parametrize(
    ("line", "what"),
    [('"Hopper, Grace",101,g', "Canvas number '101'"), ('"Hopper, Grace",102,ada', "id 'ada'")],
)
def test_a_class_list_with_one_number_for_two_students_is_refused(tmp_path, line, what):
    path = tmp_path / "list.csv"
    first = '"Lovelace, Ada",101,ada'
    path.write_text(f"Student,ID,SIS Login ID\n{first}\n{first}\n{line}\n")
    with pytest.raises(ClassListError, match=f"the {what} is of two students, Ada Lovelace and Grace Hopper"):
        read_class_list(path)
