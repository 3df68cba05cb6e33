"""Lesson 04 as students get it: unfilled it scores nothing, filled in all, and grading trains hardly at all."""

import re
import time

import platformdirs
import pytest
from as_graded import released, run, solved

from bptt import data

NAME = "04_training"


@pytest.fixture(autouse=True)
def graded(monkeypatch, tmp_path):
    """Be in a folder without any other lesson, as a submission is."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)


def test_filled_in_it_earns_all_points_and_every_cell_runs_soon():
    start = time.process_time()
    points, broken = run(solved(NAME))
    assert time.process_time() - start < 20
    assert not broken
    assert sum(points.values()) == 11
    assert 0 not in points.values()


def test_unfilled_it_earns_nothing():
    points, _ = run(released(NAME))
    assert len(points) == 6
    assert not any(points.values())


def test_all_points_add_up_to_fourteen():
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released(NAME)) == 14


def test_its_sentences_are_of_words_that_the_made_up_reviews_have_too(monkeypatch, tmp_path):
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / name)
    source = "\n".join(cell.source for cell in released(NAME) if cell.cell_type == "code")
    sentences = re.findall(r'(?:show\(|review = )"([^"]+)"', source)
    known = data.vocabulary(data.reviews().train.texts)
    assert len(sentences) == 4
    assert {word for sentence in sentences for word in data.tokenise(sentence)} <= known.keys()
