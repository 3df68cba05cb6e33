"""Numbers in at most six characters, and arrays as tinted cells."""

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from pictures import entries

from bptt.viz import draw, style
from bptt.viz.card import Card


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.5, "0.50"),
        (-0.25, "−0.25"),
        (9.996, "10.0"),
        (-12.34, "−12.3"),
        (123.4, "123"),
        (12345.0, "1e4"),
        (-0.0042, "−4e−3"),
        (1e-300, "1e−300"),
        (-1e-300, "−1e−300"),
        (np.nan, "nan"),
        (-np.inf, "−inf"),
    ],
)
def test_number(value, written):
    assert draw.number(value) == written


def picture_of(values, *, scale=1.0, numbers=False):
    card = Card(100, title="", caption="", description="")
    values = np.array(values, dtype=float)
    rows, cols = values.shape
    draw.heatmap(card.page, values, (10, 10, 30 * cols, 15 * rows), draw.Tint("#000000", scale), numbers=numbers)
    (mesh,) = card.findobj(QuadMesh)
    return card, np.asarray(mesh.get_array()).reshape(rows, cols, -1)[..., 0]


def test_larger_is_darker_and_sign_is_written():
    card, grey = picture_of([[0, 0.25, -0.5, 1]])
    assert grey[0, 0] == 1
    assert (np.diff(grey[0]) < 0).all()
    assert entries(card) == ["−"]


def test_not_finite_is_crossed():
    """Zeros stay white also when the scale is zero."""
    card, grey = picture_of([[np.nan, np.inf, 0]], scale=0.0)
    assert entries(card) == ["×", "×"]
    assert (grey == 1).all()


def test_numbers_are_written_where_they_fit():
    assert entries(picture_of([[0, -1.5, np.nan]], numbers=True)[0]) == ["0", "−1.50", "nan"]
    narrow, _ = picture_of(np.ones((1, 3)), numbers=True)
    assert entries(narrow) == ["1.00"] * 3
    card = Card(100, title="", caption="", description="")
    draw.heatmap(card.page, np.full((2, 2), -1.0), (10, 10, 20, 20), draw.Tint(style.SUM, 1.0), numbers=True)
    assert entries(card) == ["−"] * 4


def test_tiny_cells_have_no_signs():
    card = Card(100, title="", caption="", description="")
    draw.heatmap(card.page, np.full((50, 50), -1.0), (10, 10, 50, 50), draw.Tint(style.SUM, 1.0))
    assert entries(card) == []


def test_flat_array_lies_down():
    assert draw.as_matrix(np.zeros(5)).shape == (1, 5)
    assert draw.as_matrix(np.zeros((5, 4, 3))).shape == (5, 12)


def test_largest_ignores_what_is_not_finite():
    assert draw.largest(np.array([1.0, np.nan]), np.array([-3.0, np.inf])) == 3
    assert draw.largest(np.array([np.nan])) == 0
    assert draw.largest() == 0
