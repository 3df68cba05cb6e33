"""Lesson 01 in JupyterLab, as learners go through it."""

from playwright.sync_api import expect
from seen import RED, REPORT, assert_explained, assert_figure, assert_right, assert_whole_lesson

LESSON = "01_cell_backward"
WRONG = "    return da_next * (1 - cache.a_prev**2)"
RIGHT = "    return da_next * (1 - cache.a_next**2)"
NAMED = "The slope of tanh is taken at a_prev"


def test_from_a_blank_exercise_to_a_right_one(learner, lesson):
    learner.open(LESSON)
    learner.run_above("rnn_cell_dz")
    seen = [cell for cell in lesson.figures if cell in learner.above("rnn_cell_dz")]
    assert len(seen) >= 2
    for cell in seen:
        assert_figure(learner, cell)

    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    learner.look("blank", "check-dz")
    expect(learner.report("check-dz")).to_contain_text("rnn_cell_dz is still to be written.")
    assert learner.kinds("check-dz") == [REPORT, RED]

    learner.write("rnn_cell_dz", WRONG)
    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    assert_explained(learner, "rnn_cell_dz", "check-dz", NAMED)
    learner.look("wrong", "check-dz")

    learner.replace("rnn_cell_dz", WRONG, RIGHT)
    learner.run("rnn_cell_dz")
    learner.run("check-dz")
    learner.look("right", "check-dz")
    assert_right(learner, "check-dz", "dz")


def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    assert_whole_lesson(learner, lesson)
    learner.look("whole-cell", "check-rnn_cell_backward")


def test_a_report_can_be_read_in_the_dark(learner):
    learner.open(LESSON)
    learner.go_dark()
    learner.write("rnn_cell_dz", WRONG)
    learner.run_above("check-dz")
    learner.run("check-dz")
    assert_explained(learner, "rnn_cell_dz", "check-dz", NAMED)
    learner.look("wrong-dark", "check-dz")
