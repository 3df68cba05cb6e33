"""The opening picture of lesson 00: names before and after training, and a review with what moved its verdict."""

import json

import pytest
from pictures import assert_tidy, words

from bptt import viz
from bptt.viz.figures import trained_networks

DATA = json.loads(trained_networks._FILE.read_text(encoding="utf-8"))
REVIEW = DATA["review"]


def test_the_file_has_one_weight_for_each_word_and_a_probability():
    assert len(REVIEW["words"]) == len(REVIEW["weights"]) > 3
    assert 0 < REVIEW["positive"] < 1


def test_the_first_names_are_untrained_and_training_goes_on():
    steps = [column["steps"] for column in DATA["names"]]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert {len(column["names"]) for column in DATA["names"]} == {6}


def test_every_name_and_word_is_drawn_and_told():
    figure = viz.trained_networks()
    names = [name for column in DATA["names"] for name in column["names"]]
    assert {*names, *REVIEW["words"]} <= set(words(figure))
    assert all(name in figure.description for name in names)
    strongest = max(zip(REVIEW["weights"], REVIEW["words"], strict=True))
    assert f"{strongest[1]} {strongest[0]:.2f}" in figure.description


@pytest.mark.parametrize("times", [1, 2])
def test_it_is_tidy_with_a_longer_review(monkeypatch, times):
    longer = {key: times * REVIEW[key] for key in ("words", "weights")}
    monkeypatch.setattr(trained_networks, "_read", lambda: DATA | {"review": REVIEW | longer})
    assert_tidy(viz.trained_networks())
