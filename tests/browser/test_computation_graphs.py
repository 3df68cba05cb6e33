"""Lesson 00 in JupyterLab, as learners go through it."""

from seen import assert_explained, assert_right, assert_whole_lesson

LESSON = "00_computation_graphs"


def test_a_use_that_was_forgotten_is_named(learner, lesson):
    right = lesson.solutions["fan_out"]
    wrong = right.replace(" + sigmoid_backward(dq, cache.q)", "")
    assert wrong != right
    learner.open(LESSON)
    # The exercises above are still to be written, which costs nothing here.
    learner.run(learner.code_cells[0])
    learner.write("fan_out", wrong)
    learner.run("fan_out")
    learner.run("check-fan_out-product")
    assert_right(learner, "check-fan_out-product", "dp")
    learner.run("check-fan_out-dx")
    assert_explained(learner, "fan_out", "check-fan_out-dx", "Only one of the two uses is counted")
    learner.look("wrong", "check-fan_out-dx")

    learner.replace("fan_out", wrong, right)
    learner.run("fan_out")
    learner.run("check-fan_out-dx")
    learner.look("right", "check-fan_out-dx")
    assert_right(learner, "check-fan_out-dx", "dx")


def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    assert_whole_lesson(learner, lesson)
