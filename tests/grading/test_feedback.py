"""The page that a student gets back tells what is right, what is not, why, and how to go on; and nothing else."""

import copy
import re
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_output
from submissions.broken import cell, forgets_a_bracket
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT, Entry
from submissions.hostile.scripts import SCRIPT, in_text, runs_in
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt.check.exercises import EXERCISES
from bptt.check.findings import REPORT_MIME
from bptt_instructor.feedback.exporter import FeedbackExporter, points, prose
from bptt_instructor.feedback.extract import extract_feedback
from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.feedback.grades import Grade, Grades
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.course import Course
from bptt_instructor.lessons.solution_leaks import leaks
from bptt_instructor.lessons.source import read_lessons

ROOT = Path(__file__).parents[2]
PARAMETERS = "rnn_cell_parameters_backward"
COMMENT = "What became of the **shape**, and of $m$?"
BY_M = {"dWax": "dz @ cache.xt.T / dz.shape[1]", "dWaa": "dz @ cache.a_prev.T / dz.shape[1]"}


def stops_elsewhere(notebook):
    code = "import json\n\n\ndef read(text):\n    return json.loads(text)\n\n\nread('{')"
    notebook.cells.insert(3, new_code_cell(code, id="own"))
    return notebook


def with_scripts(notebook):
    cell(notebook, "explain-reuse").source = f"Because. {SCRIPT} And $x < 1$, *so to speak*."
    return in_text(notebook)


CLASS = (
    MODEL,
    Entry("slip", "Amal", "Haddad", parameters(**BY_M, dba="np.mean(dz, axis=1, keepdims=True)")),
    Entry("blank", "", "", blank=True),
    Entry("bracket", "B", "R", parameters(), then=forgets_a_bracket),
    Entry("own", "O", "W", then=stops_elsewhere),
    Entry("script", "<script>", "& Co", {"rnn_cell_dz": f"raise ValueError({SCRIPT!r})"}, then=with_scripts),
)


@pytest.fixture(scope="module")
def page(course_with, rows_of):
    """Grade the class, one answer of it by hand, and return a function that reads a student's page."""
    folder = course_with(*CLASS)
    rows_of(folder)
    about = ASSIGNMENT, ASSIGNMENT, "slip"
    with gradebook(folder) as book:
        book.find_grade("explain-reuse", *about).manual_score = 3.5
        book.find_comment("explain-reuse", *about).manual_comment = COMMENT
        book.find_submission_notebook(*about).late_submission_penalty = 1.0
        book.db.commit()
    course = Course(folder, ASSIGNMENT)
    assert all(well for _, well in generate_pages(course, [entry.student for entry in CLASS]))

    def read(student):
        return BeautifulSoup(course.feedback(student).read_text(), "html.parser")

    return read


def section(page, name):
    return page.find("section", id=name)


def said(element):
    return " ".join(element.get_text(" ").split())


def test_the_top_says_how_it_went_and_where_to_go_on(page):
    top = said(page("slip").header)
    assert "Feedback for Amal Haddad Lesson 1: one RNN cell, backward 12.5 of 20 points" in top
    assert (
        f"4 of 7 checks pass. Below, each of the others says what it has found. Go on with Exercise 3: {PARAMETERS}"
        in top
    )
    assert "handed in late: 1 point is taken off" in top
    assert "A comment for you: In your own words ." in top
    assert page("slip").header.find("a", string=PARAMETERS) or page("slip").header.find("a", href=f"#{PARAMETERS}")


def test_the_top_of_others(page):
    right, blank = said(page("s1001").header), said(page("blank").header)
    assert "16 of 20 points so far Every check passes. Well done! A written answer is still to be read" in right
    assert "still to be read by a person, for up to 4 more points." in right
    assert "Feedback for blank" in blank
    assert (
        "0 of 20 points Nothing is written yet. Each exercise below has hints to begin with. Start with Exercise 1"
        in blank
    )


def test_the_list_leads_to_each_exercise(page):
    entries = page("slip").nav.find_all("li")
    assert [said(entry) for entry in entries] == [
        "Exercise 1: rnn_cell_dz 3 of 3 points ✓ right",
        "Exercise 2: rnn_cell_inputs_backward 4 of 4 points ✓ dxt : right ✓ da_prev : right",
        f"Exercise 3: {PARAMETERS} 0 of 6 points ✗ dWax : not right yet ✗ dWaa : not right yet ✗ dba : not right yet",
        "Exercise 4: rnn_cell_backward 3 of 3 points ✓ right",
        "In your own words 3.5 of 4 points ✎ read by a person a comment for you",
    ]
    for student in ("slip", "blank"):
        whole = page(student)
        links = {link["href"] for link in whole.find_all("a")}
        assert links <= {f"#{element['id']}" for element in whole.find_all(id=True)}
    assert said(page("blank").nav.find_all("li")[-1]) == "In your own words 0 of 4 points ○ still to be written"


def test_a_mistake_is_explained_once_and_hints_go_one_step_further_each(page):
    exercise = section(page("slip"), PARAMETERS)
    reports = exercise.find_all(role="status")
    assert [bool(report.find_parent("details")) for report in reports] == [False, True, True]
    assert "The parameter gradients are divided by m" in said(reports[0])
    assert "✗ dba: the same mistake again" in said(exercise)
    hints = EXERCISES[PARAMETERS].hints
    steps = [step for step in exercise.find_all("details") if "of 4)" in said(step.summary)]
    assert [said(step.p) for step in steps] == list(hints)
    assert [said(step.summary) for step in steps] == [
        "A hint (1 of 4)",
        *(f"One step further ({n} of 4)" for n in (2, 3, 4)),
    ]
    assert all(inner.parent is outer for outer, inner in pairwise(steps))


def test_what_is_right_is_short(page):
    exercise = section(page("slip"), "rnn_cell_dz")
    assert "hint" not in said(exercise)
    assert not exercise.find(role="status")
    assert not exercise.details.has_attr("open")
    assert section(page("slip"), PARAMETERS).details.has_attr("open")


def test_a_comment_stands_with_the_question_and_the_answer(page):
    exercise = section(page("slip"), "explain-reuse")
    assert said(exercise.find(id="comment-explain-reuse")) == "Comment What became of the shape , and of m ?"
    assert "which line makes all five wrong" in said(exercise)
    assert "The mean is m times smaller" in said(exercise.find(class_="answer"))


def test_an_error_of_ones_own_is_short(page):
    exercise = section(page("bracket"), PARAMETERS)
    assert exercise.pre.find_next("pre").get_text().splitlines()[-1] == "SyntaxError: '(' was never closed"
    elsewhere = page("own").main.find_all("section")[-1]
    assert "1 other cell of your notebook stopped with an error" in said(elsewhere)
    told = elsewhere.find_all("pre")[-1].get_text()
    assert "return json.loads(text)" in told
    assert told.splitlines()[-1].startswith("JSONDecodeError: Expecting property name")
    assert "decoder.py" not in told
    # Nor do cells that call what is still to be written say anything.
    assert "other cell" not in said(page("blank"))


def test_no_page_has_a_traceback_of_a_check_or_its_code(page):
    for entry in CLASS:
        text = page(entry.student).get_text()
        assert "bptt/check" not in text
        assert "Traceback" not in text
        assert "CheckFailed" not in text
        # Where to look for a mistake in an earlier function is no code of a check.
        assert "check.rnn_cell" not in re.sub(r"check\.\w+\(\w+\) says more|check\.hint", "", text)


def test_no_program_runs_and_nothing_is_fetched(page):
    whole = page("script")
    assert "window.stolen" in whole.get_text(), "it is there to be read"
    assert "Feedback for <script> & Co" in said(whole.header)
    assert not whole.find_all(["script", "iframe", "object", "link", "img"])
    assert not runs_in(str(whole))
    policy = whole.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert whole.head.find("meta", attrs={"name": "viewport"})


@pytest.mark.parametrize("lesson", read_lessons(ROOT / "solutions"), ids=lambda lesson: lesson.name)
def test_no_lesson_gives_anything_away(lesson):
    """Neither hidden tests nor mark schemes, which are in this notebook, nor, by its hints, a solution."""
    notebook = copy.deepcopy(lesson.notebook)
    grades = {}
    for each in notebook.cells:
        meta = each.metadata.get("nbgrader", {})
        if meta.get("solution"):
            each.source = "An answer."
        if meta.get("grade"):
            # As if each check had failed, so that the page has the hints.
            exercise = {"exercise": each.source.partition("(")[0].removeprefix("check."), "passed": False}
            data = {"text/plain": "Wrong.", REPORT_MIME: exercise}
            each.outputs = [new_output("display_data", data)] if each.cell_type == "code" else []
            grades[meta["grade_id"]] = Grade(0.0, meta["points"], waiting=False, read=False)
    assert any(leak.startswith("MARK SCHEME") for leak in leaks(lesson.notebook, notebook))
    assert any(leak.startswith("HIDDEN TESTS") for leak in leaks(lesson.notebook, notebook))

    feedback = extract_feedback(notebook, Grades("Ada", grades, {}, 0.0), lesson.name, BpttSuite().exercises)
    html, _ = FeedbackExporter().from_notebook_node(notebook, {"feedback": feedback})
    text = BeautifulSoup(html, "html.parser").get_text()
    assert "A hint" in text
    assert leaks(lesson.notebook, text) == []
    assert leaks(lesson.notebook, html) == []


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("$m < 1$", '<p><span class="formula">m &lt; 1</span></p>'),
        ("$$\\frac{1}{m}$$", '<p><div class="formula">\\frac{1}{m}</div></p>'),
        ("<script>1</script>", "<p>&lt; script&gt;1&lt; /script&gt;</p>"),
    ],
)
def test_prose(markdown, html):
    assert prose(markdown).strip() == html


@pytest.mark.parametrize(("number", "written"), [(3.0, "3"), (2.5, "2.5"), (1 / 3, "0.33"), (1234.0, "1234")])
def test_points(number, written):
    assert points(number) == written


def test_right_numbers_that_a_person_has_to_look_at_are_not_called_wrong(course_with, rows_of):
    entry = Entry(
        "n",
        "Nia",
        "N",
        {"rnn_cell_dz": "import threading\nthreading.Thread(target=int).start()\n" + DZ},
        loses=("check-dz",),
    )
    folder = course_with(entry)
    rows_of(folder, feedback=True)
    whole = BeautifulSoup(Course(folder, ASSIGNMENT).feedback("n").read_text(), "html.parser")
    top, first = said(whole.header), said(whole.nav.find_all("li")[0])
    assert "A person will look at what is marked with …, for up to 3 more points: its numbers may be right." in top
    assert first == "Exercise 1: rnn_cell_dz 3 points to be given … for a person to look at"
    assert "It starts processes or threads, so that what it costs cannot be measured" in said(whole)
    assert "✗" not in said(whole)


DZ = "return da_next * (1 - cache.a_next**2)"
