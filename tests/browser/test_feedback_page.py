"""Feedback pages as students see them: on a phone and a laptop, by day and by night, with no network."""

import sys
from pathlib import Path

import pytest
from contrast import ENOUGH, contrasts
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions.course import enrol, make_course
from submissions.entry import Entry
from submissions.sequence import ASSIGNMENT, CLASS

from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import grade_assignment, students_to_grade

SHOTS = Path(__file__).parents[2] / "build" / "screenshots" / "feedback"
LONG = {"output_backward": f"raise ValueError('{'no_space_in_it_' * 20}')"}
STUDENTS = {
    "mistaken": next(entry for entry in CLASS if entry.causes == ("last-step-counted-twice",)),
    "blank": next(entry for entry in CLASS if entry.blank),
    "long": Entry("long", "A" * 60, "B" * 60, LONG),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    make_course(folder, ASSIGNMENT)
    enrol(folder, STUDENTS.values(), ASSIGNMENT)
    course = Course(folder, ASSIGNMENT)
    rows = list(grade_assignment(course, students_to_grade(course)))
    assert all(well for _, well in generate_pages(course, [row.student for row in rows]))
    return {name: course.feedback(entry.student) for name, entry in STUDENTS.items()}


@pytest.fixture
def page(browser):
    asked = []
    with browser.new_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        yield page
        assert len(asked) == 1, "nothing but the page itself is fetched"


@pytest.mark.parametrize("name", STUDENTS)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1366, "dark")])
def test_it_can_be_read(page, pages, name, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = contrasts(page.locator("body"))
    assert len(found) > 20
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_on_paper_it_is_black_on_white(page, pages):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(pages["mistaken"].as_uri())
    style = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert style == ["rgb(29, 35, 41)", "rgb(255, 255, 255)"]
    expect(page.get_by_text("Back to the top").first).to_be_hidden()


def test_from_the_list_to_the_picture_of_the_mistake(page, pages):
    page.goto(pages["mistaken"].as_uri())
    page.get_by_role("navigation").get_by_role("link", name="Exercise 2").click()
    exercise = page.locator("#rnn_backward")
    expect(exercise.get_by_role("heading")).to_be_in_viewport()
    expect(exercise.get_by_text("The last step's loss is counted twice").first).to_be_visible()
    picture = exercise.locator("table", has_text="yours").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_in_viewport()
    expect(exercise.get_by_text("da0: the same mistake again")).to_be_visible()
    hints = exercise.locator("details", has_text="(1 of 3)").locator("p")
    expect(hints.first).to_be_hidden()
    exercise.get_by_text("A hint").click()
    expect(hints.first).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()


def test_a_program_that_got_into_the_page_all_the_same_does_not_run(page, pages, tmp_path):
    programs = (
        "<script>window.ran = 1</script><img src='data:,' onerror='window.ran = 2'>"
        "<a id=link href='javascript:window.ran = 3'>link</a><iframe srcdoc='<script>parent.ran = 4</script>'></iframe>"
    )
    copy = tmp_path / "page.html"
    copy.write_text(pages["blank"].read_text().replace("<main>", f"<main>{programs}"))
    page.goto(copy.as_uri())
    page.locator("#link").click()
    expect(page.locator("#link")).to_be_visible()
    assert page.evaluate("window.ran") is None
