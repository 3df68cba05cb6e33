"""Lesson 05's functions, trained for seconds: names are learned, and the road through time shows its worth."""

from pathlib import Path

import numpy as np
import pytest

from bptt import data, own

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture(scope="module")
def lesson(monkeypatch_module):
    monkeypatch_module.setenv("NBGRADER_EXECUTION", "autograde")
    return own.load_definitions(sorted(SOLUTIONS.glob("0*.py")))


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def perplexity_after(lesson, steps, change=lambda name: name, sequence_backward=None):
    """Train for some steps, and return how unsure the network is on names that it has not seen."""
    names = data.dinosaurs()
    learned, test = ([change(name) for name in some] for some in names)
    training, rng = lesson["Training"](lesson["new_network"](32)), np.random.default_rng(2)
    for _ in range(steps):
        batch = [learned[j] for j in rng.choice(len(learned), 32, replace=False)]
        given = lesson["next_letter_targets"](*data.as_letters(batch))
        training.step(lesson["letter_gradients"](training.parameters, **given, sequence_backward=sequence_backward))
    return lesson["perplexity"](training.parameters, test)


def test_a_new_network_knows_nothing_and_a_hundred_steps_teach_more_than_pairs_of_letters(lesson):
    assert 24 < perplexity_after(lesson, 0) < 40
    assert perplexity_after(lesson, 100) < 8.5


def test_without_the_road_through_time_nothing_is_remembered_on_purpose(lesson):
    both = perplexity_after(lesson, 300, lesson["stutter"])
    cut = perplexity_after(lesson, 300, lesson["stutter"], lesson["without_time_path"])
    assert both < 4.5
    assert cut > 5.5
