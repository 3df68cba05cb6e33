"""The class report: its counts, what stands on the page, and what does not."""

import dataclasses
import datetime as dt
import re

import pytest
from click.testing import CliRunner
from submissions.course import CLASS
from submissions.entry import AUTO
from submissions.made_up import make_class

from bptt_instructor.class_report import counts
from bptt_instructor.class_report.class_data import ClassData, Entry, ReportExercise, ReportLesson
from bptt_instructor.class_report.page import render_page
from bptt_instructor.class_report.read import load_class
from bptt_instructor.cli import main
from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.models.grade_row import Status

ONE = ReportLesson(
    "01_one", "Lesson one", (ReportExercise("dz", ("check-dz",), 3), ReportExercise("dW", ("check-dW", "check-db"), 4))
)
TWO = ReportLesson(
    "02_two", "Lesson two", (ReportExercise("loop", ("check-loop",), 5), ReportExercise("why", ("why",), 2))
)
MEAN, PATH = {"bias-is-mean": "dba is a mean"}, {"no-time-path": "The time path is missing"}


def day(number, hour=12):
    return dt.datetime(2026, 9, number, hour)  # noqa: DTZ001 - as nbgrader keeps times


CLASSROOM = ClassData(
    "course",
    {"ada": "Ada", "bob": "Bob", "cy": "Cy", "dan": "<b>Dan</b>"},
    (ONE, TWO),
    {
        (ONE.name, "ada"): Entry(Status.GRADED, "", {"dz": 3, "dW": 4}, handed_in=day(7)),
        (ONE.name, "bob"): Entry(Status.LATE, "late", {"dz": 3, "dW": 1}, (), 0.5, MEAN, handed_in=day(8)),
        (ONE.name, "cy"): Entry(
            Status.GRADED, "", {"dz": 0, "dW": 0}, (), 0, MEAN | PATH, {"dz": "raises an error"}, day(8, 1)
        ),
        (ONE.name, "dan"): Entry(Status.UNREADABLE, "not a notebook"),
        (TWO.name, "ada"): Entry(Status.TIMED_OUT, "<script>slow</script>", {"loop": 0, "why": 0}, ("why",), 0, PATH),
        (TWO.name, "bob"): Entry(Status.GRADED, "", {"loop": 5, "why": 2}, feedback="../feedback/bob/x%20y.html"),
        (TWO.name, "cy"): Entry(Status.MISSING, "there is no folder"),
    },
)


def test_lessons_are_counted():
    one, two = counts.count_lessons(CLASSROOM)
    assert (one.handed_in, one.students, one.to_review, one.to_grade) == (3, 4, 1, 0)
    assert (one.mean, one.median) == (pytest.approx((7 + 3.5 + 0) / 3), 3.5)
    assert (two.handed_in, two.to_review, two.to_grade, two.mean) == (2, 1, 1, 3.5)


def test_exercises_are_counted_among_those_who_have_handed_in():
    dz, dw = counts.count_exercises(CLASSROOM, ONE)
    assert (dz.full, dz.some, dz.none, dz.waiting, dz.mean) == (2, 0, 1, 0, 2)
    assert (dw.full, dw.some, dw.none) == (1, 1, 1)
    assert (dz.unexplained, dw.unexplained) == ({"raises an error": 1}, {})
    _, why = counts.count_exercises(CLASSROOM, TWO)
    assert (why.full, why.none, why.waiting) == (1, 0, 1)


def test_mistakes_are_counted_by_student_and_by_lesson():
    first, second = counts.count_misconceptions(CLASSROOM)
    assert (first.id, first.title, len(first.students), first.among) == ("bias-is-mean", "dba is a mean", 2, 3)
    assert first.by_lesson == {ONE.name: {"bob", "cy"}}
    assert (second.number, second.students, second.among) == (2, {"ada", "cy"}, 3)
    assert second.by_lesson == {ONE.name: {"cy"}, TWO.name: {"ada"}}


def test_time_is_counted_in_days_and_then_in_weeks():
    days, length = counts.count_periods(CLASSROOM)
    assert length == dt.timedelta(days=1)
    assert [(each.begins, each.submissions, each.mistake_counts) for each in days] == [
        (dt.date(2026, 9, 7), 1, {}),
        (dt.date(2026, 9, 8), 2, {"bias-is-mean": 2, "no-time-path": 1}),
    ]
    later = dataclasses.replace(CLASSROOM.entries[TWO.name, "bob"], handed_in=day(30))
    data = dataclasses.replace(CLASSROOM, entries={**CLASSROOM.entries, (TWO.name, "bob"): later})
    weeks, length = counts.count_periods(data)
    assert length == dt.timedelta(days=7)
    assert [(each.begins.day, each.submissions) for each in weeks] == [(7, 3), (28, 1)], "weeks begin on Mondays"


def test_the_page_says_it_and_asks_nobody():
    html = render_page(CLASSROOM)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "2 of 3 who" in words
    assert "1 to look at; 1 with answers to grade by hand" in words
    assert "&lt;script&gt;slow" in html
    assert "<script>slow" not in html
    assert "<b>Dan" not in html
    assert 'href="../feedback/bob/x%20y.html"' in html
    assert "default-src 'none'" in html
    assert not re.findall(r"""(?:src|href)=["'](?!#|\.\./feedback/)[^"']*""", html)
    assert set(re.findall(r"https?://[^\"'\s<]+", html)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_an_anonymous_page_is_about_nobody():
    html = render_page(CLASSROOM, anonymous=True)
    telling = (
        "ada",
        "Ada",
        "bob",
        "Bob",
        "cy",
        "Dan",
        "slow",
        "feedback/",
        "unreadable",
        "timed out",
        "late",
        "look at",
    )
    assert not [words for words in telling if re.search(rf"\b{words}\b", html)]
    named = render_page(CLASSROOM)
    assert [words for words in telling if not re.search(rf"\b{words}\b", named)] == []
    assert "2 of 3" in html
    assert "dba is a mean" in html
    assert "<script" not in html


def test_a_class_without_mistakes_dates_or_trouble_has_a_page():
    entries = {(ONE.name, "ada"): Entry(Status.GRADED, "", {"dz": 3, "dW": 4})}
    html = render_page(dataclasses.replace(CLASSROOM, entries=entries))
    assert "No known mistake was found." in html
    assert "every submission ran to its end" in html


def test_what_grading_found_is_what_the_report_counts(sample_class, rows_of):
    """The sample class says of each student what is wrong; the report has it from the gradebook alone."""
    rows_of(sample_class)
    data = load_class(sample_class, sample_class / "build")
    (lesson,) = data.lessons
    assert [exercise.name for exercise in lesson.exercises] == [
        *("rnn_cell_dz", "rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward"),
        "explain-reuse (written)",
    ]
    assert lesson.possible == sum(AUTO.values()) + 4
    entries = data.entries_of(lesson)
    assert {entry.student: set(entry.causes) for entry in CLASS if entry.causes} == {
        student: set(entry.causes) for student, entry in entries.items() if entry.causes
    }
    for entry in CLASS:
        assert entries[entry.student].status == entry.status
        assert entry.says in entries[entry.student].reason


def test_without_grades_it_says_what_to_do(empty_course, tmp_path):
    with pytest.raises(GradingError, match="'bptt grade LESSON'"):
        load_class(empty_course, tmp_path)


def test_without_a_gradebook_it_makes_none(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = '.'\n")
    told = CliRunner().invoke(main, ["report", "--course", str(tmp_path)])
    assert told.exit_code == 1
    assert "There is no gradebook yet" in told.output
    assert not (tmp_path / "gradebook.db").exists()


def test_the_command_writes_where_it_is_told(tmp_path):
    make_class(tmp_path / "course", 12, ("01", "02"))
    told = CliRunner().invoke(
        main, ["report", "--course", str(tmp_path / "course"), "--to", str(tmp_path / "a/b.html")]
    )
    assert told.exit_code == 0, told.output
    assert "12 students, 2 lessons." in told.output
    assert (tmp_path / "a/b.html").read_text().startswith("<!DOCTYPE html>")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.html"]
    told = CliRunner().invoke(main, ["report", "--anonymous", "--course", str(tmp_path / "course")])
    assert (tmp_path / "course/build/report-anonymous.html").is_file()
    (tmp_path / "file").write_text("")
    told = CliRunner().invoke(
        main, ["report", "--course", str(tmp_path / "course"), "--to", str(tmp_path / "file/x.html")]
    )
    assert told.exit_code == 1
    assert "A file stands where a folder should be." in told.output
