"""Times of handing in, as nbgrader writes them and as people do; and that noting one changes nothing else."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from nbgrader.utils import parse_utc
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.timestamp import (
    MAX_TIMESTAMP_BYTES,
    TIMESTAMP,
    parse_listed_time,
    parse_timestamp,
)
from bptt_instructor.grading.models.submission import Submission

ANSWER = "explain-reuse"
DAY = (2026, 1, 10)


def utc(*moment, zone=UTC):
    return datetime(*moment, tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


EAST = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-03 12:00:00.000000 UTC", utc(2026, 2, 3, 12)),
        ("2026-01-10 08:00:00.25", utc(*DAY, 8, 0, 0, 250_000)),
        ("2026-01-10 08:00", utc(*DAY, 8)),
        ("2026-01-10", utc(*DAY)),
        ("2026-01-10 08:00 GMT", utc(*DAY, 8)),
        ("2026-01-10T08:00Z", utc(*DAY, 8)),
        ("2026-01-10T08:00+01:00\n", utc(*DAY, 8, zone=EAST)),
        ("2026-01-10 08:00:00-0530", utc(*DAY, 8, zone=timezone(-timedelta(hours=5, minutes=30)))),
        ("2026-01-01 00:30+01:00", utc(2026, 1, 1, 0, 30, zone=EAST)),
        ("2026-07-10 08:00 Europe/Vienna", utc(2026, 7, 10, 8, zone=ZoneInfo("Europe/Vienna"))),
        ("2026-01-10 08:00 CET", utc(*DAY, 8, zone=EAST)),
        ("Saturday, 10 January 2026, 8:00 PM", utc(*DAY, 20)),
        ("10 January 2026, 20:15", utc(*DAY, 20, 15)),
    ],
)
def test_a_time_is_read_in_utc_and_nbgrader_reads_the_same(text, time):
    assert parse_timestamp(text) == time == parse_utc(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10 08:00 +01:00",
        "2026-01-10 08:00 +0100",
        "2026-01-10 08:00 UTC+1",
        "2026-07-10 08:00 CEST",
        "2026-07-10 08:00 CET",
        "2026-07-10 08:00 XYZ",
        "10/01/2026",
        "10/01/2026 08:00",
        "10/01/26, 08:00",
        "12.1.2026",
        "26-01-10 08:00",
        "1768032000",
        "17680320000",
        "1768032000.5",
        "08:00",
        "Saturday",
        "10 January",
        "2026-01",
        "2026-02-30 08:00",
        "2026-01-10 24:00",
        "Sunday, 10 January 2026, 8:00 AM",
        "0001-01-01 00:00+01:00",
        "yesterday, more or less",
        "\ufeff2026-01-10 08:00",
        "9" * MAX_TIMESTAMP_BYTES,
        "2026-01-10 08:00" + " " * MAX_TIMESTAMP_BYTES + "x",
        "",
    ],
)
def test_what_is_no_time_or_could_be_another_is_none(text):
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Saturday, 10 January 2026, 8:00 AM", utc(*DAY, 7)),
        ("Saturday, 10 January 2026, 8:00\N{NARROW NO-BREAK SPACE}AM", utc(*DAY, 7)),
        ("Saturday, January 10, 2026, 8:00 AM", utc(*DAY, 7)),
        ("Friday, 10 July 2026, 20:15", utc(2026, 7, 10, 18, 15)),
        ("2026-01-10 08:00+05:00", utc(*DAY, 3)),
        ("10/01/2026, 08:00", None),
        ("Samstag, 10. Januar 2026, 08:00", None),
    ],
)
def test_a_time_of_a_class_list_is_in_the_zone_of_the_course_unless_it_names_one(text, time):
    assert parse_listed_time(text, ZoneInfo("Europe/Vienna")) == time


def test_the_file_has_nbgraders_own_name():
    assert TIMESTAMP == "timestamp.txt"


def mark(folder):
    """Do what formgrader does."""
    with gradebook(folder) as book:
        grade = book.find_grade(ANSWER, ASSIGNMENT, ASSIGNMENT, "s1001")
        grade.manual_score, grade.needs_manual_grade = 3, False
        book.find_comment(ANSWER, ASSIGNMENT, ASSIGNMENT, "s1001").manual_comment = "well said"
        book.db.commit()


def marked(folder):
    with gradebook(folder) as book:
        grade = book.find_grade(ANSWER, ASSIGNMENT, ASSIGNMENT, "s1001")
        comment = book.find_comment(ANSWER, ASSIGNMENT, ASSIGNMENT, "s1001").manual_comment
        submission = book.find_submission(ASSIGNMENT, "s1001")
        return (grade.manual_score, grade.needs_manual_grade, comment), submission.total_seconds_late


def seed_and_digest(folder):
    with AssignmentGradebook(Course(folder, ASSIGNMENT)) as book:
        record = book.records["s1001"]
    return record.seed, record.submission


@pytest.fixture
def folder(course_with):
    return course_with(MODEL, settings='\nc.AssignLatePenalties.plugin_class = "late.OnePoint"\n')


@pytest.fixture(autouse=True)
def one_point_off(folder, monkeypatch, request):
    if "folder" in request.fixturenames:
        plugin = "from nbgrader.plugins import BasePlugin\n\nclass OnePoint(BasePlugin):\n"
        plugin += "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n        return 1\n"
        (folder / "late.py").write_text(plugin)
        monkeypatch.syspath_prepend(folder)


@pytest.mark.parametrize("by", ["bptt", "nbgrader"])
def test_noting_a_time_later_changes_lateness_and_nothing_else(folder, rows_of, by):
    def grade():
        if by == "bptt":
            return rows_of(folder)["s1001"]
        command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return None

    rows_of(folder)
    mark(folder)
    before = seed_and_digest(folder)
    time = folder / "submitted/s1001" / ASSIGNMENT / TIMESTAMP
    with gradebook(folder) as book:
        due = book.find_assignment(ASSIGNMENT).duedate
    for hours in (2, 5, -1, 3, None):
        if hours is None:
            time.unlink()
        else:
            time.write_text(f"{due + timedelta(hours=hours)}")
        row = grade()
        late = max(hours or 0, 0) * 3600
        assert marked(folder) == ((3, False, "well said"), late)
        assert seed_and_digest(folder) == before
        with gradebook(folder) as book:
            assert book.find_submission(ASSIGNMENT, "s1001").late_submission_penalty == (1 if late else 0)
        if row:
            assert (row.status, row.points) == ("late" if late else "graded", 18 if late else 19)
            assert not row.to_grade


def test_a_time_that_is_not_understood_is_quoted_and_takes_away_an_earlier_one(folder, rows_of):
    time = folder / "submitted/s1001" / ASSIGNMENT / TIMESTAMP
    time.write_text("2999-01-01 08:00")
    assert rows_of(folder)["s1001"].status == "late"
    time.write_text("2999-01-10 08:00 +01:00")
    row = rows_of(folder)["s1001"]
    assert (row.status, row.points) == ("graded", 16)
    assert "timestamp.txt: '2999-01-10 08:00 +01:00' is not understood" in row.reason
    assert "write it as 2026-01-10 08:00:00 UTC" in row.reason


def test_nbgraders_own_command_says_the_same_of_a_time_that_it_would_misread(folder, rows_of):
    rows_of(folder)
    time = folder / "submitted/s1001" / ASSIGNMENT / TIMESTAMP
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"]
    for text, late in (("2999-01-10 08:00", True), ("2999-01-10 08:00 +01:00", False)):
        time.write_text(text)
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        with gradebook(folder) as book:
            assert (book.find_submission(ASSIGNMENT, "s1001").total_seconds_late > 0) == late
        assert (f"s1001: timestamp.txt: '{text}' is not understood" in done.stderr) != late


def test_a_record_from_before_counts_as_unchanged():
    def digest(**files):
        return Submission("ada", b"work", {name.replace("_", "."): text for name, text in files.items()}).digest

    # Made by the version that counted the time of handing in.
    old = "0d1cde7861bbae0986655c5e3d3757359630aacb3168f945edf3716f792a432d"
    submission = Submission("ada", b"work", {"a.txt": b"1", TIMESTAMP: b"2026-01-10", "z.txt": b"2"})
    assert submission.has_digest(old)
    assert submission.has_digest(digest(a_txt=b"1", z_txt=b"2"))
    assert not submission.has_digest(digest(a_txt=b"1"))
    assert not Submission("ada", b"work", {"sub/timestamp.txt": b"1"}).has_digest(digest()), "that is another file"
