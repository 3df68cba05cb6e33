"""Lesson 05 in JupyterLab: typing a beginning, a mistake that is named, and the whole lesson with its trainings."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from seen import assert_readable, assert_right, assert_whole_lesson

from bptt_instructor.lessons.source import read_lesson

LESSON = "05_names"
SOLUTIONS = Path(__file__).parents[2] / "solutions"
SHORTENED = (
    'network = learn_names("Names", names.train, steps=1500)',
    "cut_off = learn_names(title, names.train, steps=1500,",
    "steps = 1500",
)
"""How well it trains is asked in tests/training; here it shows."""


def cells_with(pattern):
    code = [cell for cell in read_lesson(SOLUTIONS / f"{LESSON}.py").notebook.cells if cell.cell_type == "code"]
    return [cell.id for cell in code if re.search(pattern, cell.source)]


@pytest.fixture
def earlier(learner):
    """Have the earlier lessons done."""
    for path in SOLUTIONS.glob("0[0-4]_*.py"):
        nbformat.write(read_lesson(path).notebook, learner.file / path.stem / f"{path.stem}.ipynb")


def test_typing_a_beginning_shows_what_is_expected(learner):
    first = cells_with("next_letters")[0]
    learner.open(LESSON)
    learner.run(first)
    words = learner.output(first).locator("[role=status]")
    expect(words).to_contain_text('After "tri" the network expects')
    field = learner.output(first).locator("input[type=text]")
    field.fill("")
    field.type("Velo!")
    expect(words).to_contain_text("so it reads velo. After")
    picture = learner.output(first).locator(".bptt-live")
    assert picture.bounding_box()["height"] <= 620
    learner.look("next-letters", first)
    learner.go_dark()
    assert_readable(learner, first)
    learner.look("next-letters-dark", first)


def test_a_name_that_never_ends_is_asked_for(learner, lesson):
    right = lesson.solutions["sample_name"]
    learner.open(LESSON)
    for cell in learner.code_cells[:2]:
        learner.run(cell)
    learner.write("sample_name", right.replace("            break\n", "            continue\n"))
    learner.run("sample_name")
    learner.run("check-sample_name")
    report = learner.report("check-sample_name")
    expect(report).to_contain_text("The name does not end at the mark")
    assert_readable(learner, "check-sample_name")
    learner.look("no-end", "check-sample_name")
    learner.replace("sample_name", "continue", "break")
    learner.run("sample_name")
    learner.run("check-sample_name")
    assert_right(learner, "check-sample_name", "letters")


@pytest.mark.usefixtures("earlier")
def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    shortened = [(cells_with(f"(?m)^{re.escape(long)}")[0], long, long.replace("1500", "40")) for long in SHORTENED]
    lesson.widgets += cells_with(r"^network = learn_names")
    assert len(lesson.widgets) == 3
    assert_whole_lesson(learner, lesson, shortened)
    (proof,) = cells_with("except check.CheckFailed")
    expect(learner.output(proof).first).to_contain_text("✗ dWax✗ dWaa✓ dWya✗ dba✓ dby")
    learner.look("cut-off", proof)
    (experiment,) = cells_with("^stuttered_test")
    expect(learner.output(experiment).last).to_contain_text("loss path alone:")
    learner.look("experiment", experiment)
    learner.go_dark()
    learner.look("experiment-dark", experiment)
