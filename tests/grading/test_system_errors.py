"""What the system refuses is told in one line that says what to do, by every command, and nothing else is printed."""

import dataclasses
import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from nbgrader.api import MissingEntry
from programs import started
from submissions.course import make_course
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL
from submissions.two_lessons import grade_two_lessons

from bptt_instructor.cli import main, run_folder
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.gradebook import opening
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook

BPTT = str(Path(sys.executable).with_name("bptt"))
GRADE = ("grade", ASSIGNMENT, "--workers", "1", "--no-feedback", "--again")
READS_GRADEBOOK = (GRADE, ("report",), ("export", "csv", "--to", "/dev/null"))
COMMANDS = (*READS_GRADEBOOK, ("build",))
STUDENTS = [f"s{number}" for number in range(3)]


@pytest.fixture(scope="module")
def graded(course_with, rows_of):
    folder = course_with(*(dataclasses.replace(MODEL, student=name) for name in STUDENTS))
    rows_of(folder, "s0")
    return folder


@pytest.fixture
def course(graded, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(graded, folder)
    return folder


@pytest.fixture
def temporary():
    """Make a folder for temporary files, with a path so short that there can be sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="t-") as folder:
        yield Path(folder)


def run(*arguments, before="", course=None, **environment):
    """Run a command as a process; ``before`` is a shell command that comes first."""
    command = [BPTT, *map(str, arguments), *(["--course", str(course)] if course else [])]
    return subprocess.run(
        ["sh", "-c", f'{before or ":"}; exec "$@"', "sh", *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def told(done):
    """Return the one line of an error."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    assert "Traceback" not in done.stdout
    return lines[0]


@pytest.mark.parametrize("command", READS_GRADEBOOK, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_text("This was a gradebook. " * 100), "The gradebook is damaged. Put back a copy"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000] + os.urandom(9000)), "The gradebook is damaged."),
        (lambda path: version(path, "282d30a0218e"), "of an older nbgrader. Copy it first, then run 'nbgrader db upg"),
        (lambda path: version(path, "aaaaaaaaaaaa"), "of a newer nbgrader, or of something else"),
        (lambda path: path.write_bytes(b""), ""),
    ],
    ids=["text", "malformed", "older", "newer", "empty"],
)
def test_a_gradebook_that_cannot_be_used(course, command, damage, says):
    damage(course / "gradebook.db")
    before = (course / "gradebook.db").read_bytes()
    done = run(*command, course=course)
    if says:
        assert says in told(done)
        assert (course / "gradebook.db").read_bytes() == before, "nothing is changed"
    else:
        assert "Traceback" not in done.stderr, "an empty file is a new gradebook"


def version(path, number):
    with closing(sqlite3.connect(path)) as book:
        book.execute("UPDATE alembic_version SET version_num = ?", [number])
        book.commit()


def test_versions_are_those_that_alembic_tells():
    known = subprocess.run(
        [sys.executable, "-m", "nbgrader.dbutil", "history"], capture_output=True, text=True, check=True
    ).stdout
    newest, revisions = opening.nbgrader_revisions()
    assert f"-> {newest} (head)" in known
    assert sorted(revisions) == sorted(line.split(" -> ")[1].split()[0].strip(",") for line in known.splitlines())


def test_a_gradebook_that_another_program_keeps_locked(course, monkeypatch):
    monkeypatch.setattr(opening, "MAX_LOCK_SECONDS", 1)
    with closing(sqlite3.connect(course / "gradebook.db")) as book:
        book.execute("BEGIN EXCLUSIVE")
        result = CliRunner().invoke(main, [*GRADE, "--course", str(course)])
    assert result.exit_code == 1
    assert "Error: Another program keeps the gradebook locked. Close it" in result.output
    assert "OperationalError" in (course / "build/error.log").read_text()


NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-ec")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("mount", "says"),
    [
        # The course, and about one page more.
        ("size={size}", "No space left on device. The disk is full. Free some space."),
        ("size=200m", "Read-only file system. It can only be read there."),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_is_full_or_can_only_be_read(course, tmp_path, command, mount, says):
    """On a file system that exists for the command alone."""
    if command[0] == "build":
        (course / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    disk = tmp_path / "disk"
    disk.mkdir()
    full = "size={size}" in mount
    script = (
        f'mount -t tmpfs -o size=200m none "{disk}"; cp -r "{course}/." "{disk}"; '
        + (f'dd if=/dev/zero of="{disk}/filler" bs=1k 2>/dev/null || :; ' if full else "")
        + ("" if full else f'mount -o remount,ro "{disk}"; ')
        + 'exec "$@"'
    )
    if command[0] == "export":
        command = ("export", "csv", "--to", disk / "grades.csv")
    bptt = [BPTT, *map(str, command), "--course", str(disk)]
    done = subprocess.run([*NAMESPACE, script, "sh", *bptt], capture_output=True, text=True, check=False, timeout=100)
    line = told(done)
    assert says in line or (full and "The disk is full" in line) or ("readonly" in line and not full), line


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("c.CourseDirectory.course_id = 5", "A setting in nbgrader_config.py is wrong: The 'course_id' trait"),
        ("import nothing_of_that_name", "cannot be loaded, at line"),
        ("c.Execute.timeout = 1 / 0", "ZeroDivisionError: division by zero. Correct it first."),
    ],
)
def test_settings_that_cannot_be(course, setting, says):
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{setting}\n")
    assert says in told(run(*GRADE, course=course))


def test_an_error_that_nobody_expected_is_one_line_that_names_the_log(course, monkeypatch):
    monkeypatch.setattr("bptt_instructor.cli.grade_console.students_to_grade", lambda *_: 1 / 0)
    result = CliRunner().invoke(main, [*GRADE, "--course", str(course)])
    assert result.exit_code == 1
    log = course / "build/error.log"
    assert result.output == (
        f"Error: ZeroDivisionError: division by zero. That should not happen: please report it, with {log}\n"
    )
    assert "Traceback" in log.read_text()
    shutil.rmtree(course / "build")
    (course / "build").write_text("no folder")
    monkeypatch.setattr("bptt_instructor.grading.course.lessons_of", lambda _: 1 / 0)
    result = CliRunner().invoke(main, [*GRADE, "--course", str(course)])
    elsewhere = Path(result.output.split("with ")[1].strip())
    assert "Traceback" in elsewhere.read_text()
    elsewhere.unlink()


@pytest.mark.parametrize("limits", ["ulimit -n 256", "ulimit -c 0 -t 600 -f 20000 -v 3000000", "ulimit -u 120"])
def test_hard_limits_below_those_of_a_sandbox_are_kept(course, limits):
    done = run(*GRADE[:-1], "--student", "s1", course=course, before=limits)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 / 20" in done.stdout


@pytest.mark.parametrize("name", ["a course [2026] * Übung é 课 {x} %s #1 '\"", "[ab"])
def test_any_path_of_a_course_will_do(course, tmp_path, name):
    place = tmp_path / name
    course.rename(place)
    (place / "gradebook.db").unlink()
    done = run("grade", ASSIGNMENT, "--workers", "1", course=place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Feedback: 3 pages" in done.stdout
    assert run("report", course=place).returncode == 0
    assert run("build", course=place).returncode == 0


def test_but_for_a_question_mark(course, tmp_path):
    course.rename(tmp_path / "where?")
    done = run(*GRADE, course=tmp_path / "where?")
    assert done.returncode == 2
    assert "has a question mark in its path" in " ".join(done.stderr.split())


@pytest.mark.parametrize("where", ["long", "missing", "file"])
def test_temporary_files_go_elsewhere_when_their_folder_will_not_do(course, tmp_path, where):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    (tmp_path / "file").touch()
    folder = {"long": long, "missing": tmp_path / "none", "file": tmp_path / "file"}[where]
    done = run("grade", ASSIGNMENT, "--workers", "2", "--no-feedback", "--again", course=course, TMPDIR=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one at a time" not in done.stdout


def test_without_workers_this_process_grades_and_says_why(course, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no connections here")

    monkeypatch.setattr("bptt_instructor.grading.executors.local_workers.LocalWorkers", refuse)
    command = ["grade", ASSIGNMENT, "--workers", "2", "--no-feedback", "--again", "--course", str(course)]
    result = CliRunner(env={"COLUMNS": "250"}).invoke(main, command)
    assert result.exit_code == 0, result.output
    assert (
        "No workers can be started here, so submissions are graded one at a time. (RuntimeError: no connections here)\n"
    ) in result.output
    assert "3 students: 3 graded." in result.output


@pytest.mark.parametrize("command", [("grade", ASSIGNMENT), ("build",), ("--help",)], ids=lambda command: command[0])
def test_a_reader_that_has_seen_enough_ends_a_command_quietly(course, command):
    arguments = command if command[0].startswith("-") else (*command, "--course", str(course))
    with started([BPTT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert said == ""


# One lesson, one grading.


def test_a_lesson_is_graded_once_at_a_time_and_it_is_said_by_whom(course):
    with grading(course) as first:
        line = told(run(*GRADE, course=course))
        assert f"{ASSIGNMENT} is being graded already, by process {first.pid} on {socket.gethostname()} since 2" in line
        first.kill()
    assert run(*GRADE, "--student", "s1", course=course).returncode == 0, "the lock ends with its process"


def test_where_files_cannot_be_locked_it_says_so_and_goes_on(course, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    result = CliRunner(env={"COLUMNS": "200"}).invoke(main, [*GRADE, "--student", "s1", "--course", str(course)])
    assert result.exit_code == 0, result.output
    assert "This file system cannot lock files" in result.output


def grading(course, *options, until="", **environment):
    """Start grading, and return when it has begun to."""
    command = [BPTT, "grade", ASSIGNMENT, "--again", "--course", str(course), *options]
    before = time.time()
    process = subprocess.Popen(
        command,
        env={**os.environ, "COLUMNS": "200", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    lock = Course(course, ASSIGNMENT).lock if not until else course / until
    while not (lock.exists() and lock.stat().st_mtime > before and lock.stat().st_size):
        assert process.poll() is None, process.stdout.read() + process.stderr.read()
        time.sleep(0.01)
    return process


# Stopped, it leaves nothing.


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("until", "options"),
    [
        ("", ["--workers", "2"]),
        ("", ["--workers", "1", "--cold"]),
        (f"build/results/{ASSIGNMENT}/s1.json", ["--workers", "2"]),
        (f"build/results/{ASSIGNMENT}/s1.json", ["--workers", "2", "--no-sandbox"]),
        (f"feedback/s0/{ASSIGNMENT}/{ASSIGNMENT}.html", ["--workers", "2"]),
        (f"feedback/s0/{ASSIGNMENT}/{ASSIGNMENT}.html", ["--workers", "1"]),
    ],
    ids=["start", "start-cold", "grading", "no-sandbox", "feedback", "feedback-alone"],
)
def test_stopped_at_any_time_it_leaves_no_temporary_file_and_tells_a_shell(course, temporary, until, options, stop):
    shutil.rmtree(course / "build/results")
    process = grading(course, *options, until=until, TMPDIR=str(temporary))
    os.killpg(process.pid, stop)
    said, errors = process.communicate(timeout=60)
    assert errors == ""
    assert "Traceback" not in said
    assert process.returncode == 128 + stop, said
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.6, 0.9, 1.2])
def test_stopped_while_it_starts_it_prints_nothing_and_tells_a_shell(course, seconds):
    with started(
        [BPTT, *GRADE, "--course", str(course)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while BPTT not in " ".join(psutil.Process(process.pid).cmdline()):
            time.sleep(0.01)
        time.sleep(seconds)
        was_done = process.poll() == 0
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0 if was_done else 130, "")


@pytest.mark.parametrize(
    "options",
    [["--workers", "2"], ["--workers", "2", "--cold"], ["--workers", "2", "--no-sandbox"], ["--student", "s1"]],
    ids=" ".join,
)
def test_a_run_leaves_no_temporary_file(course, temporary, options):
    done = run("grade", ASSIGNMENT, "--again", *options, course=course, TMPDIR=str(temporary))
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_leaves_is_removed_by_the_next_and_nothing_else(course, temporary, tmp_path):
    with grading(course, "--workers", "2", TMPDIR=str(temporary)) as first:
        # So that it cannot end meanwhile.
        first.send_signal(signal.SIGSTOP)
        (running,) = temporary.iterdir()
        assert running.name.startswith(run_folder.PREFIX)
        (temporary / "bptt-run-list.txt").touch()
        (temporary / "bptt-run-link").symlink_to(tmp_path)
        run("report", course=course, TMPDIR=str(temporary))
        assert running.is_dir(), "it is in use"
        others = psutil.Process(first.pid).children(recursive=True)
        first.kill()
        psutil.wait_procs(others, timeout=10)
    assert running.is_dir()
    run("report", course=course, TMPDIR=str(temporary))
    assert sorted(path.name for path in temporary.iterdir()) == ["bptt-run-link", "bptt-run-list.txt"]


# Two lessons at a time.


def test_two_lessons_are_graded_at_the_same_time_into_a_new_gradebook(tmp_path):
    assert grade_two_lessons(tmp_path / "course").count("\n") == 13


def test_nothing_is_left_for_two_lessons_to_enter_at_once(tmp_path, monkeypatch):
    """While a lesson is registered, nbgrader enters its default course, which two at once would both do."""
    make_course(tmp_path, ASSIGNMENT)
    (tmp_path / "gradebook.db").unlink()
    courses = []

    def look(_):
        with closing(sqlite3.connect(tmp_path / "gradebook.db")) as book:
            courses.extend(name for (name,) in book.execute("SELECT id FROM course"))

    monkeypatch.setattr("nbgrader.converters.GenerateAssignment.start", look)
    with AssignmentGradebook(Course(tmp_path, ASSIGNMENT)) as book, suppress(MissingEntry):
        book.register_lesson()
    assert sorted(courses) == ["bptt", "default_course"]


def test_the_lock_tells_what_anybody_can_read(course):
    with grading(course) as first:
        holder = json.loads(Course(course, ASSIGNMENT).lock.read_text())
        first.kill()
    assert holder["process"] == first.pid
