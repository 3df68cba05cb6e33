"""One bias, many examples: what is copied, what is added, and where the learner's gradient lands."""

import numpy as np
import pytest
from pictures import assert_tidy, cell, entries, words

from bptt import viz

DZ = np.array([[0.11, 0.12, 0.13], [-0.21, 0.22, 0.23]])


def test_draws_the_shares_and_no_answer():
    """Every entry of dz is written; the result stays empty until the learner has one."""
    figure = viz.bias_columns(DZ)
    assert sorted(entries(figure)) == sorted(["0.11", "0.12", "0.13", "−0.21", "0.22", "0.23"])
    for word in ("ba (2, 1)", "ba, 3 times", "dz (2, 3)", "dba (2, 1)", "(2,)", "(2, 2)", "× not this"):
        assert word in words(figure)


@pytest.mark.parametrize(
    ("dba", "said"),
    [
        ([[7.5], [8.5]], "your dba (2, 1)"),
        ([7.5, 8.5], "your dba (2,)"),
        ([[7.5, 8.5]], "Your dba is (1, 2)."),
        (7.5, "Your dba is ()."),
    ],
)
def test_given_gradient_lands_where_its_shape_belongs(dba, said):
    """Its numbers are drawn if it has a place, and its shape is named if it has not."""
    figure = viz.bias_columns(DZ, np.array(dba))
    assert said in words(figure)
    assert (f"shape {np.shape(dba)}") in figure.description
    assert ("7.50" in entries(figure)) == said.startswith("your")
    assert_tidy(figure)


@pytest.mark.parametrize(
    ("shape", "value"), [((1, 1), 0.0), ((5, 1), -1e12), ((1, 6), np.nan), ((8, 7), -1.0), ((60, 200), 1.0)], ids=str
)
def test_extremes_are_tidy(shape, value):
    assert_tidy(viz.bias_columns(np.full(shape, value), np.full((shape[0], 1), value)))


def test_one_example_reads_as_one():
    assert "One bias, 1 example" in words(viz.bias_columns(cell(m=1)[1]["dz"]))
