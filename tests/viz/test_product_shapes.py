"""Shapes of a product: what meets, what remains, and what does not fit."""

import pytest
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style


def test_inner_dimension_meets_outer_remain():
    figure = viz.product_shapes(("P", ("n", 5), ("k", 4)), ("Q", ("k", 4), ("p", 3)), ("R", ("n", 5), ("p", 3)))
    assert "Inside, k meets k and is summed over. Outside, (n, p) remains." in words(figure)
    assert words(figure).count("k = 4") == 2
    assert "R (n = 5, p = 3) = P (n = 5, k = 4) @ Q (k = 4, p = 3)" in figure.description
    assert not edges(figure, style.WRONG)


@pytest.mark.parametrize(
    ("left", "right", "result", "verdict"),
    [
        (("A", "n", "k"), ("B", "p", "k"), ("C", "n", "p"), "Inside, k does not meet p: this product does not exist."),
        (("A", 5, 4), ("B", 4, 3), ("C", 3, 5), "Outside, (5, 3) remains, and C is (3, 5)."),
        (("A", 5, 4), ("B", 5, 4), ("C", 5, 4), "Inside, 4 does not meet 5: this product does not exist."),
    ],
)
def test_misfit_is_said(left, right, result, verdict):
    """In words, and no entry is marked."""
    figure = viz.product_shapes(left, right, result)
    assert verdict in words(figure)
    assert verdict in figure.caption
    assert not any(word.startswith("Marked") for word in words(figure))
    assert ("×" in words(figure)) == verdict.startswith("Inside")
    assert_tidy(figure)


def test_result_without_a_name_of_its_own_is_said_once():
    figure = viz.product_shapes(("A", "n", "k"), ("B", "k", "p"), ("A @ B", "n", "p"))
    assert "Shapes of A @ B" in words(figure)
    assert_tidy(figure)


def test_number_meets_named_number():
    assert "×" not in words(viz.product_shapes(("A", 2, ("k", 4)), ("B", 4, 3), ("C", 2, 3)))


def test_equal_dimensions_have_equal_sides():
    figure = viz.product_shapes(("A", "n", "k"), ("B", "k", "p"), ("C", "n", "p"))
    assert "×" not in words(figure)
    c, a, b = [patch for patch in edges(figure, style.VALUE) if patch.get_zorder() == 3]
    assert a.get_width() == pytest.approx(b.get_height())
    assert a.get_height() == pytest.approx(c.get_height())
    assert b.get_width() == pytest.approx(c.get_width())
    assert len({a.get_width(), a.get_height(), b.get_width()}) == 3


@pytest.mark.parametrize(
    "sizes", [(1, 1, 1), (1, 500, 1), (500, 1, 500), (("n_a", 100), ("m", 1), ("n_x", 20))], ids=str
)
def test_extremes_are_tidy(sizes):
    n, k, p = sizes
    assert_tidy(viz.product_shapes(("da_next", n, k), ("a_prev.T", k, p), ("dWaa", n, p)))
