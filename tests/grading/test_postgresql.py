"""A gradebook in PostgreSQL, into which several processes write at a time, has what one in SQLite has."""

import csv
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text
from submissions.two_lessons import LESSONS, STUDENTS, grade_two_lessons

from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.gradebook.opening import open_book
from bptt_instructor.grading.gradebook.records import GradingRecords

NOBODY = 65534


@pytest.fixture(scope="module")
def database():
    """Start a server of the test's own, and return the address of a database that is empty."""
    # Debian keeps the server's programs off PATH.
    programs = [*Path("/usr/lib/postgresql").glob("*/bin"), Path(shutil.which("initdb") or "/none").resolve().parent]
    (program, *_) = [folder for folder in programs if (folder / "initdb").is_file()]
    # A server refuses to run as root.
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    # Short, because sockets are in it.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="pg-") as folder:
        if user:
            os.chown(folder, NOBODY, NOBODY)
        options = ["-D", f"{folder}/data"]
        settings = [f"-cunix_socket_directories={folder}", "-clisten_addresses=", "-cfsync=off"]
        making = [program / "initdb", *options, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*user, *making], cwd=folder, check=True, capture_output=True)
        server = subprocess.Popen(
            [*user, program / "postgres", *options, *settings], cwd=folder, stderr=subprocess.PIPE
        )
        try:
            for line in server.stderr:
                if b"ready to accept connections" in line:
                    break
            else:
                pytest.fail("the server has not started")
            yield f"postgresql+psycopg2://postgres@/postgres?host={folder}"
        finally:
            # Without waiting for those who are still connected.
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)


@pytest.fixture
def fresh(database, request):
    """Make a database, and return its address."""
    name = request.node.name.lower()[:40]
    with create_engine(database, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return database.replace("/postgres?", f"/{name}?")


def points(exported):
    """Return what was exported, without the time of grading."""
    rows = list(csv.DictReader(exported.splitlines()))
    return sorted(tuple(sorted(row.items())) for row in rows)


def test_two_lessons_graded_at_once_are_as_in_sqlite(fresh, tmp_path):
    there = points(grade_two_lessons(tmp_path / "postgresql", f"\nc.CourseDirectory.db_url = {fresh!r}\n"))
    here = points(grade_two_lessons(tmp_path / "sqlite"))
    assert there == here
    assert len(there) == len(LESSONS) * len(STUDENTS)
    assert not (tmp_path / "postgresql/gradebook.db").exists()
    with Gradebook(fresh, "bptt") as book:
        records = GradingRecords(book.db())
        assert [sorted(records.of(lesson)) for lesson in LESSONS] == [STUDENTS] * 2


def test_processes_that_make_a_gradebook_at_the_same_time_all_get_it(fresh):
    script = (
        "import sys\nfrom bptt_instructor.grading.gradebook.opening import open_book\n"
        "from bptt_instructor.grading.gradebook.records import GradingRecords\n"
        "sys.stdin.readline()\n"
        f"with open_book({fresh!r}, 'bptt') as book:\n    print(len(GradingRecords(book.db()).of('01')))\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(["python", "-c", script], **pipes) for _ in range(4)]
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60) for process in started] == [("0\n", "")] * 4
    with create_engine(fresh).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_gradebook_of_another_version_is_refused(fresh):
    open_book(fresh).close()
    with create_engine(fresh).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '282d30a0218e'"))
    with pytest.raises(GradingError, match="of an older nbgrader"):
        open_book(fresh)
