"""What a learner should see in a lesson."""

import re
from collections.abc import Iterable
from types import SimpleNamespace

from contrast import ENOUGH, contrasts
from learner import Learner
from playwright.sync_api import expect

REPORT = "text/html"
RED = "application/vnd.jupyter.stderr"
"""What JupyterLab calls an error, as well as all that is written to stderr."""


def assert_fits(learner: Learner, cell: str) -> None:
    """See all of a cell, its code and what it shows, without scrolling sideways."""
    parts = learner.cell(cell).locator(".cm-scroller, .jp-OutputArea-output")
    for wide, page in parts.evaluate_all("parts => parts.map(part => [part.scrollWidth, part.clientWidth])"):
        assert wide <= page, f"{cell} is {wide - page} pixels too wide"


def assert_figure(learner: Learner, cell: str) -> None:
    """See a picture that is really there, no wider than the page, and told in words too."""
    picture = learner.output(cell).locator("img")
    expect(picture).to_have_count(1)
    size = picture.evaluate("async img => (await img.decode(), [img.naturalWidth, img.naturalHeight])")
    assert min(size) > 100
    words = learner.output(cell).locator("details")
    assert len(words.locator("summary").text_content()) > 10
    assert len(words.locator("p").text_content()) > 50
    assert_fits(learner, cell)


def assert_widget(learner: Learner, cell: str) -> None:
    """See a widget at work, with its picture and its words, and no still picture beside it."""
    learner.cell(cell).scroll_into_view_if_needed()
    output = learner.cell(cell).locator(".jp-OutputArea-output:visible")
    drawn = output.locator("[data-bptt]")
    expect(drawn.or_(output.locator(".bptt-live")).first).to_be_visible()
    if drawn.count():
        expect(output.locator("img:visible")).to_have_count(0)
        expect(drawn.locator("svg")).to_be_visible()
    else:
        expect(output.locator("img")).to_have_count(1)
        picture = output.locator(".bptt-live img")
        size = picture.evaluate("async img => (await img.decode(), [img.naturalWidth, img.naturalHeight])")
        assert min(size) > 100
    assert len(output.locator("[role=status]").text_content()) > 20
    assert_fits(learner, cell)


def assert_readable(learner: Learner, cell: str) -> None:
    """See no text in what a cell shows that hardly stands out from what is behind it."""
    found = contrasts(learner.cell(cell).locator(".jp-OutputArea"))
    assert found
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def assert_explained(learner: Learner, exercise: str, check: str, cause: str) -> None:
    """See a mistake named in text that can be read, with the numbers that are wrong, not buried by a traceback."""
    report = learner.report(check)
    expect(report.get_by_text(cause)).to_be_visible()
    assert "the notebook instead" not in report.text_content()
    report.get_by_text("Your numbers beside the expected ones").click()
    expect(report.get_by_role("table")).to_have_count(2)
    assert learner.kinds(check) == [REPORT, RED]
    assert re.fullmatch(rf"CheckFailed: {exercise}: \w+ is not right yet\.", learner.output(check).last.inner_text())
    assert_fits(learner, check)
    assert_readable(learner, check)
    named = re.search(r"as In (\[\d+\]) defined it", report.text_content())
    assert f"{named[1]}:" == learner.prompt(exercise)


def assert_right(learner: Learner, check: str, gradient: str) -> None:
    """See a gradient approved, and nothing else."""
    expect(learner.report(check).get_by_text(f"\N{CHECK MARK} {gradient}")).to_be_visible()
    assert learner.kinds(check) == [REPORT]


def assert_whole_lesson(
    learner: Learner, lesson: SimpleNamespace, shortened: Iterable[tuple[str, str, str]] = ()
) -> None:
    """See the whole lesson run with its solutions in place: to the end, each check passed, each figure drawn.

    Of what would take minutes ``shortened`` names cells, and in them what is to be replaced by what.
    """
    learner.open(lesson.name)
    for exercise, solution in lesson.solutions.items():
        learner.write(exercise, solution)
    for cell, long, short in shortened:
        learner.replace(cell, long, short)
    learner.run_all()
    for cell in learner.code_cells:
        assert re.fullmatch(r"\[\d+\]:", learner.prompt(cell)), f"{cell} was not run"
        assert RED not in learner.kinds(cell), f"{cell} shows an error or a warning"
        assert_fits(learner, cell)
    for check in lesson.checks:
        assert learner.report(check).text_content().startswith("\N{CHECK MARK}"), f"{check} does not pass"
    assert lesson.figures + lesson.widgets
    for figure in lesson.figures:
        assert_figure(learner, figure)
        learner.look(f"figure-{figure}", figure)
    for widget in lesson.widgets:
        assert_widget(learner, widget)
        learner.look(f"widget-{widget}", widget)
