"""The class report in a browser: it finds, sorts and shows who, prints, and asks the network for nothing."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions.made_up import make_class

from bptt_instructor.class_report.write_report import write_report

SHOTS = Path(__file__).parents[2] / "build" / "screenshots" / "class_report"
STUDENTS = 30


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    course = tmp_path_factory.mktemp("class") / "course"
    make_class(course, STUDENTS, ("01", "02"))
    return write_report(course, course / "build/report.html").path


@pytest.fixture
def page(browser, written):
    asked = []
    with browser.new_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.on("console", lambda message: asked.append(message.text))
        page.goto(written.as_uri())
        yield page
        assert asked == [written.as_uri()], "one request, no error, nothing on the console"


def shown(page, column):
    rows = page.locator("#table tbody tr:visible")
    return [row.locator("td").nth(column).inner_text() for row in rows.all()]


def test_it_sorts_by_points_and_by_name(page):
    page.locator("#table th button", has_text="Points").click()
    points = [float(text) for text in shown(page, 2)]
    assert len(points) == STUDENTS
    assert points == sorted(points, reverse=True)
    assert points[0] > points[-1]
    page.locator("#table th button", has_text="Points").click()
    assert [float(text) for text in shown(page, 2)] == points[::-1]
    expect(page.locator("th[aria-sort]")).to_have_text("Points")
    page.locator("#table th button", has_text="Student").click()
    assert shown(page, 0) == [f"s{number:04}" for number in range(1, STUDENTS + 1)]


def test_it_finds_a_student_and_shows_who_holds_a_mistake(page):
    expect(page.locator("#count")).to_have_text(f"{STUDENTS} of {STUDENTS}")
    page.get_by_label("Find").fill("s000")
    assert shown(page, 0) == [f"s000{number}" for number in range(1, 10)]

    first = page.locator(".mistakes tbody tr").first
    holders = int(first.locator(".share").inner_text().split()[0])
    first.get_by_role("button", name="who").click()
    expect(page.locator("#count")).to_have_text(f"{holders} of {STUDENTS}")
    expect(page.get_by_label("Find")).to_have_value("")
    assert all("1" in held.split() for held in shown(page, 5))
    assert 0 < holders < STUDENTS
    page.screenshot(path=_shot("who"))

    page.get_by_label("Show").select_option("missing")
    assert len(shown(page, 0)) == page.locator("#table tbody tr:visible", has_text="missing notebook").count() > 0


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (1366, "dark"), (390, "light")])
def test_it_fits_every_screen(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.screenshot(path=_shot(f"{scheme}-{width}"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper, ink = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    bright = [sum(map(int, colour[4:-1].split(","))) for colour in (paper, ink)]
    assert bright.index(max(bright)) == (0 if scheme == "light" else 1)


def test_on_paper_there_are_no_controls(page):
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".who").first).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.screenshot(path=_shot("paper"), full_page=True)


def _shot(name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS / f"{name}.png"
