"""Lesson 03 in JupyterLab, as learners go through it."""

from playwright.sync_api import expect
from seen import assert_explained, assert_readable, assert_right, assert_whole_lesson

LESSON = "03_lstm_backward"
FORGETS_DC = "The gradient of the memory never reaches the step before"
FORGETS_DA = "What comes back to a_t from the next step is left out"


def test_a_loop_that_forgets_dc_is_told_apart_from_one_that_forgets_da(learner, lesson):
    right = lesson.solutions["lstm_backward"]
    forgets_dc = right.replace("+ da_prevt, dc_prevt,", "+ da_prevt, 0 * dc_prevt,")
    forgets_da = right.replace("da[:, :, t] + da_prevt,", "da[:, :, t],")
    assert len({right, forgets_dc, forgets_da}) == 3
    learner.open(LESSON)
    learner.run(learner.code_cells[0])
    learner.write("lstm_backward", forgets_dc)
    learner.run("lstm_backward")
    learner.run("check-dx")
    assert_explained(learner, "lstm_backward", "check-dx", FORGETS_DC)
    learner.look("forgets-dc", "check-dx")
    learner.go_dark()
    assert_readable(learner, "check-dx")
    learner.look("forgets-dc-dark", "check-dx")

    learner.replace("lstm_backward", forgets_dc, forgets_da)
    learner.run("lstm_backward")
    learner.run("check-dx")
    assert_explained(learner, "lstm_backward", "check-dx", FORGETS_DA)
    expect(learner.report("check-dx").get_by_text(FORGETS_DC)).to_have_count(0)

    learner.replace("lstm_backward", forgets_da, right)
    learner.run("lstm_backward")
    learner.run("check-dx")
    learner.look("right", "check-dx")
    assert_right(learner, "check-dx", "dx")


def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    assert_whole_lesson(learner, lesson)
