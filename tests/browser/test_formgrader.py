"""An instructor's afternoon in formgrader: mark a submission, read an answer, write feedback, and look at it."""

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from server import serving

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions.course import enrol, make_course
from submissions.entry import ASSIGNMENT, Entry
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import grade_assignment, students_to_grade

SHOTS = Path(__file__).parents[2] / "build" / "screenshots" / "formgrader"
LATECOMER = Entry("late", "Amal", "Haddad", parameters(dba="dz.sum(axis=1)"))
COMMENT = "What became of the **shape**?"
TIMEOUT = 60_000
"""Milliseconds that one step may take on a busy machine; the first runs a submission."""


@pytest.fixture
def course(tmp_path):
    """Grade a class of one, as ``bptt grade`` does; then somebody else hands in."""
    folder = tmp_path / "course"
    make_course(folder)
    enrol(folder, [MODEL])
    course = Course(folder, ASSIGNMENT)
    assert [row.points for row in grade_assignment(course, students_to_grade(course))] == [16]
    enrol(folder, [LATECOMER])
    return folder


@pytest.fixture
def desk(course, browser, tmp_path):
    """Open JupyterLab as docs/instructor.md says: by its path, in the folder of the course."""
    home = tmp_path / "home"
    home.mkdir()
    jupyter = Path(sys.executable).parent / "jupyter"
    # Nobody has activated the environment.
    command = ["env", f"PATH={os.defpath}", jupyter, "lab", *(["--allow-root"] if os.getuid() == 0 else [])]
    with serving(home, command, cwd=course) as about, browser.new_page() as page:
        page.set_default_timeout(TIMEOUT)
        expect.set_options(timeout=TIMEOUT)
        page.goto(f"{about['url']}lab?reset&token={about['token']}")
        yield page, about["url"]


def look(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def test_from_a_submission_to_its_feedback(desk, course):
    page, url = desk
    page.get_by_role("menubar").get_by_text("Nbgrader", exact=True).click()
    page.get_by_role("menu").get_by_text("Formgrader", exact=True).click()
    formgrader = page.frame_locator("iframe")

    # Autograde, in the sandbox.
    formgrader.locator("tr", has_text=ASSIGNMENT).locator(".num-submissions a").click()
    row = formgrader.locator("tr", has_text="Haddad, Amal")
    expect(row.locator(".status")).to_have_text("needs autograding")
    row.locator(".autograde a").click()
    expect(formgrader.get_by_text("Successfully autograded")).to_be_visible()
    look(page, "autograded")
    formgrader.locator(".modal").get_by_role("button").first.click()
    expect(row.locator(".score")).to_have_text("14 / 20")
    expect(row.locator(".status")).to_have_text("needs manual grading")

    # Read the answer, with the rubric above it.
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=ASSIGNMENT).click()
    formgrader.locator("td").get_by_role("link", name=ASSIGNMENT).click()
    row.get_by_role("link").first.click()
    expect(formgrader.get_by_text("dba has lost an axis").first).to_be_visible()
    expect(formgrader.get_by_text("1 point: the slope 1 - a_next**2 in dz")).to_be_visible()
    answer = formgrader.locator(".nbgrader_cell", has_text="Student's answer").last
    for box, text in ((answer.locator("input.score"), "3"), (answer.locator("textarea.comment"), COMMENT)):
        with page.expect_response(lambda response: response.request.method == "PUT"):
            box.fill(text)
            box.press("Tab")
    look(page, "read")

    # Write the feedback.
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    formgrader.locator("tr", has_text=ASSIGNMENT).locator(".num-submissions a").click()
    expect(row.locator(".score")).to_have_text("17 / 20")
    row.locator(".generate-feedback a").click()
    expect(formgrader.get_by_text("Successfully generated feedback")).to_be_visible()

    # Look at it, where JupyterLab shows pages.
    path = f"feedback/{LATECOMER.student}/{ASSIGNMENT}/{ASSIGNMENT}.html"
    assert (course / path).is_file()
    page.goto(f"{url}lab/tree/{path}?reset")
    feedback = page.frame_locator("iframe")
    expect(feedback.locator("header")).to_contain_text("Feedback for Amal Haddad")
    expect(feedback.locator(".score")).to_have_text("17 of 20 points")
    feedback.get_by_role("link", name="a comment for you").click()
    expect(feedback.locator("#comment-explain-reuse")).to_be_in_viewport()
    expect(feedback.locator("#comment-explain-reuse strong")).to_have_text("shape")
    look(page, "comment")
    expect(feedback.get_by_text("dba has lost an axis").first).to_be_visible()
    expect(feedback.get_by_text("1 point: the slope")).to_have_count(0)


def test_learners_see_nothing_of_it(learner):
    learner.open(ASSIGNMENT)
    lab = learner.page
    expect(lab.get_by_role("menubar").get_by_text("Settings", exact=True)).to_be_visible()
    expect(lab.get_by_role("menubar").get_by_text("Nbgrader", exact=True)).to_have_count(0)
    expect(lab.get_by_role("tab", name="Create Assignment")).to_have_count(0)
    expect(lab.get_by_text("Validate", exact=True)).to_have_count(0)
    learner.look("without-nbgrader", "cell-000")
