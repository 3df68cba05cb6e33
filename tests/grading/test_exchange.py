"""nbgrader's exchange, as on a JupyterHub: from the release of a lesson to feedback, with our grading between."""

import shutil

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeList,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from nbgrader.utils import get_username
from submissions.course import fill
from submissions.entry import ASSIGNMENT, Entry
from traitlets.config import Config

from bptt_instructor.config import load_config

FILE = f"{ASSIGNMENT}.ipynb"


@pytest.fixture
def course(empty_course, tmp_path):
    return shutil.copytree(empty_course, tmp_path / "course")


@pytest.fixture
def exchange(course, tmp_path):
    """Run a step of the exchange, as an instructor with the course's settings, or as a student with hardly any."""
    place = {"Exchange": {"root": str(tmp_path / "exchange"), "cache": str(tmp_path / "cache")}}
    (tmp_path / "exchange").mkdir(mode=0o777)

    def run(step, *, student=False):
        mine = {"CourseDirectory": {"course_id": "bptt", "root": str(tmp_path / "home")}}
        config = Config(mine) if student else load_config(course)
        config.merge(Config({"CourseDirectory": {"assignment_id": ASSIGNMENT}, **place}))
        names = CourseDirectory(config=config)
        return step(coursedir=names, authenticator=Authenticator(config=config), config=config).start()

    return run


def test_from_release_to_a_row(course, exchange, tmp_path, monkeypatch, rows_of):
    exchange(ExchangeReleaseAssignment)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (offered,) = exchange(ExchangeList, student=True)
    assert offered["assignment_id"] == ASSIGNMENT
    exchange(ExchangeFetchAssignment, student=True)
    fetched = home / ASSIGNMENT
    assert {path.name for path in fetched.iterdir()} == {FILE}
    assert (fetched / FILE).read_bytes() == (course / "notebooks" / ASSIGNMENT / FILE).read_bytes()

    # First unfinished, then finished: the last one counts.
    exchange(ExchangeSubmit, student=True)
    nbformat.write(fill(course, Entry("x", "X", "X")), fetched / FILE)
    exchange(ExchangeSubmit, student=True)
    exchange(ExchangeCollect)

    student = get_username()
    assert (course / "submitted" / student / ASSIGNMENT / "timestamp.txt").is_file()
    (row,) = rows_of(course, feedback=True).values()
    assert (row.student, row.points, row.to_grade) == (student, 16, ("explain-reuse",))

    exchange(ExchangeReleaseFeedback)
    exchange(ExchangeFetchFeedback, student=True)
    (page,) = (fetched / "feedback").rglob("*.html")
    assert page.read_bytes() == (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()
