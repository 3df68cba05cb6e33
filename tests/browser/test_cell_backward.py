"""Lesson 01 in JupyterLab, as learners go through it."""

import re
import time
from pathlib import Path

import pytest
from contrast import ENOUGH, contrasts
from playwright.sync_api import expect

from bptt.lessons.regions import hidden_lines
from bptt.lessons.source import read

LESSON = "01_cell_backward"
SOURCE = read(Path(__file__).parents[2] / f"solutions/{LESSON}.py").notebook.cells
STUB = """\
    # Your code goes here, in place of the line below.
    raise NotImplementedError("{} is still to be written")"""
WRONG = "    return da_next * (1 - cache.a_prev**2)"
RIGHT = "    return da_next * (1 - cache.a_next**2)"
NAMED = "The slope of tanh is taken at a_prev"
LESSON_SECONDS = 60

REPORT = "text/html"
RED = "application/vnd.jupyter.stderr"
"""What JupyterLab calls an error, as well as all that is written to stderr."""


@pytest.fixture
def solutions():
    """Return what to write in each exercise."""
    cells = [cell for cell in SOURCE if cell.cell_type == "code" and "BEGIN SOLUTION" in cell.source]
    return {cell.id: "\n".join(line for _, line in hidden_lines(cell.source)) for cell in cells}


@pytest.fixture
def checks():
    """List the cells that grade by running a check."""
    return [c.id for c in SOURCE if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")]


@pytest.fixture
def figures():
    """List the cells that draw."""
    return [c.id for c in SOURCE if c.cell_type == "code" and "viz." in c.source]


def report(learner, check):
    return learner.output(check).get_by_role("status")


def kinds(learner, cell):
    """Tell what kinds of output a cell shows, in order."""
    return learner.output(cell).evaluate_all("outputs => outputs.map(o => o.dataset.mimeType)")


def assert_figure(learner, cell):
    """See a picture that is really there, no wider than the page, and told in words too."""
    picture = learner.output(cell).locator("img")
    expect(picture).to_have_count(1)
    size = picture.evaluate("async img => (await img.decode(), [img.naturalWidth, img.naturalHeight])")
    assert min(size) > 100
    words = learner.output(cell).locator("details")
    assert len(words.locator("summary").text_content()) > 10
    assert len(words.locator("p").text_content()) > 50
    assert_fits(learner, cell)


def assert_fits(learner, cell):
    """See all of a cell, its code and what it shows, without scrolling sideways."""
    parts = learner.cell(cell).locator(".cm-scroller, .jp-OutputArea-output")
    for wide, page in parts.evaluate_all("parts => parts.map(part => [part.scrollWidth, part.clientWidth])"):
        assert wide <= page, f"{cell} is {wide - page} pixels too wide"


def assert_explained(learner, picture):
    """See the mistake in WRONG named in text that can be read, not buried by a traceback."""
    expect(report(learner, "check-dz").get_by_text(NAMED)).to_be_visible()
    assert "of the notebook" not in report(learner, "check-dz").text_content()
    report(learner, "check-dz").get_by_text("Your numbers beside the expected ones").click()
    expect(report(learner, "check-dz").get_by_role("table")).to_have_count(2)
    learner.look(picture, "check-dz")
    assert kinds(learner, "check-dz") == [REPORT, RED]
    assert learner.output("check-dz").last.text_content().strip() == "CheckFailed: rnn_cell_dz: dz is not right yet."
    assert_fits(learner, "check-dz")
    found = contrasts(learner.cell("check-dz").locator(".jp-OutputArea"))
    assert any(NAMED in text for text in found)
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_from_a_blank_exercise_to_a_right_one(learner, figures):
    learner.open(LESSON)
    learner.run_above("rnn_cell_dz")
    seen = [cell for cell in figures if cell in learner.above("rnn_cell_dz")]
    assert len(seen) >= 2
    for cell in seen:
        assert_figure(learner, cell)

    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    learner.look("blank", "check-dz")
    expect(report(learner, "check-dz")).to_contain_text("rnn_cell_dz is still to be written.")
    assert kinds(learner, "check-dz") == [REPORT, RED]

    learner.replace("rnn_cell_dz", STUB.format("rnn_cell_dz"), WRONG)
    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    assert_explained(learner, "wrong")
    named = re.search(r"as In (\[\d+\]) defined it", report(learner, "check-dz").text_content())
    assert f"{named[1]}:" == learner.prompt("rnn_cell_dz")

    learner.replace("rnn_cell_dz", WRONG, RIGHT)
    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    learner.look("right", "check-dz")
    expect(report(learner, "check-dz").get_by_text("\N{CHECK MARK} dz")).to_be_visible()
    expect(report(learner, "check-dz").get_by_text(NAMED)).to_have_count(0)
    assert kinds(learner, "check-dz") == [REPORT]


def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, solutions, checks, figures):
    learner.open(LESSON)
    for exercise, solution in solutions.items():
        learner.replace(exercise, STUB.format(exercise), solution)
    start = time.monotonic()
    learner.run_all()
    seconds = time.monotonic() - start
    for cell in learner.code_cells:
        assert re.fullmatch(r"\[\d+\]:", learner.prompt(cell)), f"{cell} was not run"
        assert RED not in kinds(learner, cell), f"{cell} shows an error or a warning"
        assert_fits(learner, cell)
    for check in checks:
        assert report(learner, check).text_content().startswith("\N{CHECK MARK}"), f"{check} does not pass"
    for figure in figures:
        assert_figure(learner, figure)
        learner.look(f"figure-{figure}", figure)
    learner.look("whole-cell", "check-rnn_cell_backward")
    assert seconds < LESSON_SECONDS


@pytest.mark.usefixtures("dark_theme")
def test_a_report_can_be_read_in_the_dark(learner):
    learner.open(LESSON)
    assert learner.page.locator("body").get_attribute("data-jp-theme-light") == "false"
    learner.replace("rnn_cell_dz", STUB.format("rnn_cell_dz"), WRONG)
    learner.run_above("check-dz")
    learner.run("check-dz")
    assert_explained(learner, "wrong-dark")
