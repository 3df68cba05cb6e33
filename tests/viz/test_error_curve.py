"""The error curve: the best nudge is found, zones lie on its sides, and zero errors have a place."""

import numpy as np
import pytest
from pictures import assert_tidy, words

from bptt import viz
from bptt.viz.figures.error_curve import _best

H = 10.0 ** np.arange(-15.5, 0.1, 0.25)


def measured(f=np.sin, x=0.7):
    exact = f(x + 1e-30j).imag / 1e-30
    return {
        "both_sides": [abs((f(x + h) - f(x - h)) / (2 * h) - exact) for h in H],
        "one_side": [abs((f(x + h) - f(x)) / h - exact) for h in H],
        "complex_step": [abs(f(x + 1j * h).imag / h - exact) for h in H],
    }


@pytest.mark.parametrize(("order", "expected"), [(1, 1e-8), (2, 4.6e-6)])
def test_the_best_nudge_is_where_both_errors_balance(order, expected):
    """For an error of h**order + 1e-16 / h the best place is known."""
    best, least = _best(H, H**order + 1e-16 / H, order)
    assert best == pytest.approx((1e-16 / order) ** (1 / (order + 1)), rel=0.01)
    assert best == pytest.approx(expected, rel=0.25)
    assert least == pytest.approx(best**order + 1e-16 / best, rel=0.01)


@pytest.mark.parametrize("f", [np.sin, np.tanh, np.exp])
def test_the_best_nudge_of_real_functions_is_some_millionths(f):
    errors = np.maximum(measured(f)["both_sides"], 1e-17)
    best, _ = _best(H, errors, 2)
    assert 1e-6 < best < 2e-5


def test_zones_and_curves_are_labelled():
    figure = viz.error_curve(H, **measured())
    assert {"cancellation", "truncation", "one side", "complex step"} <= set(words(figure))
    assert any(word.startswith("best: h = ") for word in words(figure))
    assert len(figure.axes[1].lines) == 3


def test_zero_errors_are_drawn_at_rounding():
    errors = measured()
    flat = viz.error_curve(H, **errors | {"complex_step": np.zeros(len(H))}).axes[1].lines[1].get_ydata()
    assert np.array_equal(np.unique(flat), [np.finfo(float).eps])


def test_it_is_tidy():
    assert_tidy(viz.error_curve(H, **measured()))
