"""Lesson 04 in JupyterLab, as learners go through it: with their own earlier lessons beside it, and without."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from seen import assert_explained, assert_figure, assert_readable, assert_right, assert_whole_lesson
from submissions.training import SHORTENED

from bptt_instructor.lessons.source import read_lesson

LESSON = "04_training"
SOLUTIONS = Path(__file__).parents[2] / "solutions"
EARLIER = ("01_cell_backward", "02_sequence_backward", "03_lstm_backward")


@pytest.fixture
def earlier(learner):
    """Have the earlier lessons done."""
    for name in EARLIER:
        nbformat.write(read_lesson(SOLUTIONS / f"{name}.py").notebook, learner.file / name / f"{name}.ipynb")


def cells_with(pattern):
    code = [cell for cell in read_lesson(SOLUTIONS / f"{LESSON}.py").notebook.cells if cell.cell_type == "code"]
    return [cell.id for cell in code if re.search(pattern, cell.source)]


def test_a_word_that_is_used_twice_is_asked_for(learner, lesson):
    right = lesson.solutions["embedding_backward"]
    learner.open(LESSON)
    learner.run(learner.code_cells[0])
    learner.write("embedding_backward", "    dE[:, words] += dx")
    learner.run("embedding_backward")
    learner.run("check-embedding_backward")
    cause = "Only the last use of each word counts"
    assert_explained(learner, "embedding_backward", "check-embedding_backward", cause)
    learner.look("used-twice", "check-embedding_backward")
    learner.go_dark()
    assert_readable(learner, "check-embedding_backward")
    learner.look("used-twice-dark", "check-embedding_backward")

    learner.replace("embedding_backward", "    dE[:, words] += dx", right)
    learner.run("embedding_backward")
    learner.run("check-embedding_backward")
    assert_right(learner, "check-embedding_backward", "dE")


def test_without_the_earlier_lessons_it_is_told_what_is_missing(learner, lesson):
    """The proofs run all the same; a training says what there is to do."""
    (own,) = cells_with(r"own\.function")
    (proof,) = cells_with(r"adding_loss\(p, of")
    training = cells_with(r"(?m)^race\(")[-1]
    trainings = cells_with(r"(?m)^race(_downhill)?\(")
    learner.open(LESSON)
    for exercise in ("many_to_one_upstream", "clip_gradients", "adam_step"):
        learner.write(exercise, lesson.solutions[exercise])
    for cell in [cell for cell in learner.above(training) if cell not in trainings and "check" not in cell]:
        learner.run(cell)
    expect(learner.output(own).first).to_contain_text("Write lstm_backward there")
    expect(learner.output(proof).first).to_contain_text("whole_model: dWf")
    learner.look("missing", own)
    learner.run(training)
    told = learner.output(training).last
    expect(told).to_contain_text("Write rnn_backward there")
    assert "Traceback" not in told.inner_text()
    learner.look("refuses-to-train", training)


@pytest.mark.usefixtures("earlier")
def test_the_whole_lesson_runs_with_the_solutions_in_place(learner, lesson):
    lesson.widgets += cells_with(r"(?m)^(race\(|race_downhill\(|reader = learn_to_read\()")
    assert len(lesson.widgets) == 5
    shortened = [(cells_with(re.escape(long))[0], long, short) for long, short in SHORTENED.items()]
    assert_whole_lesson(learner, lesson, shortened)
    saliency = cells_with(r"(?m)^show\(")[0]
    assert_figure(learner, saliency)
    learner.look("saliency", saliency)
    learner.go_dark()
    assert_readable(learner, saliency)
    learner.look("saliency-dark", saliency)
    for number, training in enumerate(lesson.widgets):
        learner.look(f"training-{number}-dark", training)
