"""Yours beside the exact: what is wrong is outlined and the worst is named."""

import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from pictures import assert_tidy, entries, words

from bptt import viz
from bptt.check.tolerance import agrees

EXACT = np.array([[0.5, -1.5, 2.5], [0.25, 0.75, -0.125]])


def outlined(figure):
    """Return how many entries are outlined, in each collection of outlines."""
    return [len(collection.get_paths()) for collection in figure.findobj(PatchCollection)]


def test_right_up_to_rounding():
    figure = viz.compare(EXACT * (1 + 1e-12), EXACT, "dxt")
    assert "All 6 entries of dxt agree" in words(figure)
    assert not outlined(figure)
    assert entries(figure)[-6:] == ["0"] * 6


def test_wrong_entries_are_outlined_and_the_worst_is_named():
    yours = EXACT + np.array([[0, 0, 0.25], [0, -2, 0]])
    figure = viz.compare(yours, EXACT, "dxt")
    assert "2 of 6 entries of dxt are wrong; the worst is dxt[1, 1]" in words(figure)
    assert "dxt[1, 1]: yours −1.25, exact 0.75." in words(figure)
    assert outlined(figure) == [2, 1, 2, 1]
    assert entries(figure)[-6:] == ["0", "0", "0.25", "0", "−2.00", "0"]
    assert "dxt[1, 1]" in figure.description


def test_not_a_number_is_the_worst():
    yours = EXACT + 5
    yours[0, 1] = np.nan
    assert "6 of 6 entries of dba are wrong; the worst is dba[0, 1]" in words(viz.compare(yours, EXACT, "dba"))


def test_one_wrong_entry_is_in_the_singular():
    yours = EXACT.copy()
    yours[1, 2] = 3
    assert "1 of 6 entries of dxt is wrong: dxt[1, 2]" in words(viz.compare(yours, EXACT))


@pytest.mark.parametrize("error", [1e-9, 1e-5])
def test_draws_the_line_where_the_checks_do(error):
    yours = EXACT + error
    figure = viz.compare(yours, EXACT)
    assert any("agree" in word for word in words(figure)) == agrees(yours, EXACT)
    assert (not outlined(figure)) == agrees(yours, EXACT)


def test_another_shape_is_not_subtracted():
    figure = viz.compare(np.ones(3), np.ones((3, 1)), "dba")
    assert "Your dba does not have the shape of the exact one" in words(figure)
    assert {"(3,)", "(3, 1)"} <= set(words(figure))
    assert "yours − exact" not in words(figure)
    assert_tidy(figure)


@pytest.mark.parametrize(
    ("shape", "value"),
    [((1, 1), np.nan), ((1, 30), 0.0), ((30, 1), -1e-12), ((5, 5), -1e12), ((60, 90), 1e12), ((5, 5), np.inf)],
    ids=str,
)
def test_extremes_are_tidy(shape, value):
    """Also where the exact gradient is zero."""
    assert_tidy(viz.compare(np.full(shape, value), np.zeros(shape), "dWaa"))
