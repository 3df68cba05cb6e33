"""What an instructor sees: the table, the lines below it, and errors that say what to do."""

import pytest
from click.testing import CliRunner
from rich.console import Console
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.cli import main
from bptt_instructor.cli.grade_console import results_table, summary
from bptt_instructor.grading.models.grade_row import CellScore, GradeRow, Status

CELLS = (CellScore("check-dz", 3, 3), CellScore("explain-reuse", 0, 4, by_hand=True))
AXIS = {"sum-without-keepdims": "dba has lost an axis"}
ROWS = [
    GradeRow("b", "Grzegorz Brzęczyszczykiewicz", Status.GRADED, "", CELLS, 0.5, AXIS),
    GradeRow("a", "[bold]Åse[/]", Status.MISSING, "there is [red]x"),
    GradeRow("c", "", Status.GRADED, "", CELLS, 2, AXIS | {"bias-is-mean": "dba is a mean"}),
]


def printed(width):
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(results_table(ASSIGNMENT, ROWS))
    return console.export_text()


def test_the_table_fits_is_sorted_and_shows_points_possible():
    lines = printed(100).splitlines()
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    assert text.index("[bold]Åse[/]") < text.index("Grzegorz") < text.index("dba is a mean")
    assert "2.5 / 7" in text
    assert "+4" in text
    assert "there is [red]x" in text, "what students write is not markup"


def test_the_summary_counts_students_and_mistakes():
    lines = summary(ROWS)
    assert lines[0] == "3 students: 2 graded, 1 missing notebook."
    assert "  2 of 2: dba has lost an axis" in lines, "of those who have handed in"
    assert not any("mean" in line for line in lines), "once is not common"
    assert any(line.startswith("2 students have answers to grade by hand") for line in lines)


@pytest.fixture
def bptt():
    def run(*arguments):
        return CliRunner(env={"COLUMNS": "100"}).invoke(main, [str(argument) for argument in arguments])

    return run


def test_grade_prints_a_table_and_where_things_are(bptt, course_with):
    folder = course_with(MODEL)
    done = bptt("grade", ASSIGNMENT, "--course", folder)
    assert done.exit_code == 0, done.output
    assert "16 / 20" in done.output
    assert "Autograde" not in done.output
    page = folder / "feedback/s1001" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert page.is_file()
    assert page.as_uri() in done.output
    assert str(folder / f"build/grade-{ASSIGNMENT}.log") in done.output

    done = bptt("grade", ASSIGNMENT, "--course", folder, "--student", "nobody")
    assert done.exit_code == 1
    assert "There is no student nobody. There are: s1001." in done.output


def test_an_unknown_assignment_lists_those_there_are(bptt, course_with):
    done = bptt("grade", "homework", "--course", course_with())
    assert done.exit_code == 1
    assert f"There is no assignment 'homework'. There is: {ASSIGNMENT}." in done.output


def test_without_submissions_it_says_where_they_go(bptt, course_with):
    folder = course_with()
    done = bptt("grade", ASSIGNMENT, "--course", folder)
    assert done.exit_code == 1
    assert str(folder / "submitted/STUDENT" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb") in done.output
