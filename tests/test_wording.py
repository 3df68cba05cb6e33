"""Counts and lists of names, worded as in a sentence."""

import pytest

from bptt.wording import join_names, plural


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(["dxt"], "dxt"), (("dxt", "dba"), "dxt and dba"), ({"dxt": 0, "dWax": 1, "dba": 2}, "dxt, dWax and dba")],
    ids=len,
)
def test_names_are_joined_as_in_a_sentence(names, sentence):
    assert join_names(names) == sentence


@pytest.mark.parametrize(("count", "words"), [(0, "0 steps"), (1, "1 step"), (1200, "1200 steps")], ids=str)
def test_a_noun_gets_an_s_where_it_is_not_one(count, words):
    assert plural(count, "step") == words
