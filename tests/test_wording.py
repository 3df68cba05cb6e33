"""Names as parts of a sentence."""

import pytest

from bptt.wording import join_names


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(["dxt"], "dxt"), (("dxt", "dba"), "dxt and dba"), ({"dxt": 0, "dWax": 1, "dba": 2}, "dxt, dWax and dba")],
    ids=len,
)
def test_names_are_joined_as_in_a_sentence(names, sentence):
    assert join_names(names) == sentence
