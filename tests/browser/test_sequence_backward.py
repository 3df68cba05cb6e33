"""Lesson 02 in JupyterLab, as learners go through it."""

from playwright.sync_api import expect
from seen import assert_explained, assert_readable, assert_right, assert_whole_lesson

LESSON = "02_sequence_backward"
NAMED = "The gradient never crosses from step t to t-1"
IMPULSE = "A gradient at step 5 should reach steps 0 to 5; yours reaches step 5 alone."


def assert_map(report, caption, arrives):
    """See in one of the two maps of the impulse test where a gradient arrives: coloured squares, and dots elsewhere."""
    # For those who cannot see the maps there is the sentence; to them the maps are hidden.
    shown = report.locator("[aria-hidden] table").filter(has_text=caption)
    expect(shown).to_be_visible()
    squares = shown.locator("tr:has(td)").evaluate_all("""
        rows => rows.map(row => [...row.cells].slice(1).map(square => square.textContent ? square.textContent :
            getComputedStyle(square).backgroundColor === "rgba(0, 0, 0, 0)" ? "invisible" : "coloured"))
    """)
    expected = [["coloured" if arrives(k, t) else "\N{MIDDLE DOT}" for t in range(6)] for k in range(6)]
    assert squares == expected


def test_a_missing_time_path_is_named_and_seen(learner, lesson):
    right = lesson.solutions["rnn_backward"]
    wrong = right.replace("da[:, :, t] + da_prevt", "da[:, :, t]")
    assert wrong != right
    learner.open(LESSON)
    for cell in learner.code_cells[:2]:
        learner.run(cell)
    learner.write("rnn_backward", wrong)
    learner.run("rnn_backward")
    learner.run("check-dx")
    assert_explained(learner, "rnn_backward", "check-dx", NAMED)
    expect(learner.report("check-dx").get_by_text(IMPULSE)).to_be_visible()
    assert_map(learner.report("check-dx"), "yours", lambda k, t: t == k)
    assert_map(learner.report("check-dx"), "exact", lambda k, t: t <= k)
    learner.look("wrong", "check-dx")
    learner.go_dark()
    assert_readable(learner, "check-dx")
    learner.look("wrong-dark", "check-dx")

    learner.replace("rnn_backward", wrong, right)
    learner.run("rnn_backward")
    learner.run("check-dx")
    learner.look("right", "check-dx")
    assert_right(learner, "check-dx", "dx")


def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    assert_whole_lesson(learner, lesson)
