"""Points as Canvas, Moodle and spreadsheets read them, whatever students are called."""

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from bptt_instructor.cli import main
from bptt_instructor.export.canvas_moodle_tables import canvas, escape_formula, format_points, moodle, spreadsheet
from bptt_instructor.export.marks import GradedLesson, Mark, Marks, Student, read_marks
from bptt_instructor.export.write_grades import write_grades
from bptt_instructor.grading.course import GradingError

ROOT = Path(__file__).parents[2]
# nbgrader's own way of adding a submission.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")

NOTHING = "nothing handed in that could be graded, or not graded yet"
LESSONS = [GradedLesson("01_cell_backward", 20, "2026-11-20 23:59:00"), GradedLesson("02_sequence_backward", 18, "")]
STUDENTS = [
    Student("ada", "Ada", "Lovelace", "ada@example.org", "101"),
    Student("=cmd", "Zoë \n=1+1", 'Ünal, "the Ü"', "+x@example.org", "12abc"),
    Student("sum", "", "=SUM(A1:A9)", "", ""),
    Student("none", "", "", "", ""),
]
GIVEN = {
    ("ada", "01_cell_backward"): Mark(17.5, 2.125, 0, "2026-11-21 08:00:00"),
    ("ada", "02_sequence_backward"): Mark(18, 0, 0, ""),
    ("=cmd", "01_cell_backward"): Mark(1, 5, 0, ""),
    ("sum", "01_cell_backward"): Mark(12, 0, 4, ""),
}
CLASS = Marks(STUDENTS, LESSONS, GIVEN)


def read(table):
    """Write a table as a file and read it back, as an importer does."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(table)
    assert len(file.getvalue().splitlines()) == len(table), "one line for each row"
    rows = list(csv.reader(io.StringIO(file.getvalue())))
    assert len({len(row) for row in rows}) == 1, "Canvas guesses the delimiter by it"
    return rows


def test_canvas_has_its_columns_and_the_row_of_what_lessons_are_worth():
    rows = read(canvas(CLASS))
    ids = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert rows[0] == [*ids, "01_cell_backward", "02_sequence_backward"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "20", "18"]
    assert rows[2] == ["Lovelace, Ada", "101", "", "ada", "", "15.375", "18"]
    assert rows[3] == ['Ünal, "the Ü", Zoë =1+1', "", "", "=cmd", "", "0", ""]
    assert rows[4] == ["'=SUM(A1:A9)", "", "", "sum", "", "12", ""]
    assert rows[5] == ["none", "", "", "none", "", "", ""]
    assert read(canvas(CLASS, missing_as_zero=True))[5][-2:] == ["0", "0"]


def test_nobody_is_taken_for_the_row_of_what_lessons_are_worth():
    student = Student("x", "Points Possible", "the", "", "1")
    assert read(canvas(Marks([student], LESSONS, {})))[2][0] == "x"


def test_moodle_has_a_row_for_each_student_and_no_grade_where_there_is_none():
    rows = read(moodle(CLASS))
    assert rows[0][:4] == ["Student ID", "First name", "Last name", "Email address"]
    assert rows[1] == ["ada", "Ada", "Lovelace", "ada@example.org", "15.375", "18"]
    assert rows[2] == ["=cmd", "Zoë =1+1", 'Ünal, "the Ü"', "+x@example.org", "0", "-"], (
        "what Moodle looks for is exact"
    )
    assert rows[3][2] == "'=SUM(A1:A9)"
    assert read(moodle(CLASS, missing_as_zero=True))[4][-2:] == ["0", "0"]


def test_a_spreadsheet_has_nbgraders_columns():
    rows = [dict(zip(spreadsheet(CLASS)[0], row, strict=True)) for row in read(spreadsheet(CLASS))[1:]]
    assert len(rows) == 8
    assert rows[0] == {
        "assignment": "01_cell_backward",
        "duedate": "2026-11-20 23:59:00",
        "timestamp": "2026-11-21 08:00:00",
        "student_id": "ada",
        "last_name": "Lovelace",
        "first_name": "Ada",
        "email": "ada@example.org",
        "raw_score": "17.5",
        "late_submission_penalty": "2.125",
        "score": "15.375",
        "max_score": "20",
    }
    assert rows[3]["score"] == "0"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", " =", "\t=", "\r\n-"])
def test_a_formula_becomes_text_that_still_says_the_name(sign):
    assert escape_formula(f"{sign}1+2") == f"'{sign.strip()}1+2"


@pytest.mark.parametrize("name", ["Ada", "O'Neil", "Ünal-Kaya", "李", ""])
def test_a_name_stays_as_it_is(name):
    assert escape_formula(name) == name


@pytest.mark.parametrize(("points", "text"), [(0, "0"), (20, "20"), (12.5, "12.5"), (10 / 3, "3.3333"), (1000, "1000")])
def test_points_have_no_needless_digits(points, text):
    assert format_points(points) == text


def test_remarks_say_what_a_person_should_know(tmp_path):
    said = write_grades(CLASS, "canvas", tmp_path / "out.csv")
    ungraded, missing, most_missing, unnumbered, formulas = said
    assert ungraded == (
        "01_cell_backward: 1 of 4 has answers that nobody has graded by hand yet, worth up to 4 points each; "
        "they count as 0."
    )
    assert missing == f"01_cell_backward: no grade for 1 of 4: {NOTHING}."
    assert most_missing == f"02_sequence_backward: no grade for 3 of 4: {NOTHING}."
    assert unnumbered.startswith("3 of 4 have no Canvas number")
    assert "they must stay as they are: =cmd, +x@example.org." in formulas
    assert (tmp_path / "out.csv").read_bytes().startswith(b"Student,ID,"), "no byte order mark"
    assert "Ünal" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    complete = Marks(STUDENTS[:1], LESSONS, GIVEN)
    assert write_grades(complete, "canvas", tmp_path / "out.csv") == []


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Make a course whose gradebook has one lesson with a check and a written answer, and two students."""
    folder = tmp_path_factory.mktemp("graded")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "bptt") as book:
        book.add_assignment("01_a")
        book.add_assignment("02_b")
        book.add_notebook("01_a", "01_a")
        book.add_grade_cell("check", "01_a", "01_a", max_score=3, cell_type="code")
        book.add_grade_cell("why", "01_a", "01_a", max_score=2, cell_type="markdown")
        book.add_student("ada", first_name="Ada", last_name="Lovelace, née Byron", lms_user_id="7")
        book.add_student("emmy")
        book.add_submission("01_a", "ada")
        check, why = (book.find_grade(name, "01_a", "01_a", "ada") for name in ("check", "why"))
        check.auto_score, check.needs_manual_grade = 3, False
        why.manual_score, why.needs_manual_grade = 1.5, False
        book.find_submission_notebook("01_a", "01_a", "ada").late_submission_penalty = 1
        book.db.commit()
    return folder


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def test_the_gradebooks_points_have_hand_grades_and_penalties_in_them(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "bptt") as book:
        found = read_marks(book)
        assert found.lessons == [GradedLesson("01_a", 5, "")], "nobody has done the other one"
        assert found.given["ada", "01_a"].score == 3.5
        assert list(found.given) == [("ada", "01_a")]
        book.find_grade("why", "01_a", "01_a", "ada").needs_manual_grade = True
        book.db.commit()
        assert read_marks(book).given["ada", "01_a"].to_grade == 2
        assert [one.id for one in read_marks(book, ["02_b"], ["emmy"]).students] == ["emmy"]
        with pytest.raises(GradingError, match=r"has no lesson 03_c\. It has: 01_a, 02_b\."):
            read_marks(book, ["03_c"])


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_writes_the_file_and_says_what_is_next(course):
    to = course / "out.csv"
    result = run("export", "canvas", "--to", to, "--course", course)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{to}: 2 students, 1 lesson.\nNext: in Canvas")
    assert f"no grade for 1 of 2: {NOTHING}." in result.stderr
    rows = list(csv.reader(to.open(encoding="utf-8")))
    assert rows[2:] == [["emmy", "", "", "emmy", "", ""], ["Lovelace, née Byron, Ada", "7", "", "ada", "", "3.5"]]


def test_without_a_gradebook_it_says_how_to_get_one(course):
    (course / "gradebook.db").unlink()
    result = run("export", "csv", "--course", course)
    assert result.exit_code == 1
    assert "There is no gradebook yet" in result.output
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("options", "file"),
    [
        ([], "grades.csv"),
        (["--exporter=bptt_instructor.nbgrader_plugins.exporters.ExportForCanvas", "--to=c.csv"], "c.csv"),
    ],
)
def test_nbgraders_own_command_does_the_same(course, options, file):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", *options],
        cwd=course,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert NOTHING in done.stderr
    assert '"Lovelace, née Byron' in (course / file).read_text(encoding="utf-8")
