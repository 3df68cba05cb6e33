"""A nudge and its answer: the numbers are measured, the tangent is exact, and any direction is tidy."""

import numpy as np
import pytest
from pictures import assert_tidy, words

from bptt import viz


def square(x):
    return x**2


def test_both_panels_measure():
    figure = viz.nudge(square, 1.5, 0.8)
    assert {"dx = 0.8", "dy = 3.04", "dy / dx = 3.8", "dx = 0.05", "dy = 0.1525", "dy / dx = 3.05"} <= set(
        words(figure)
    )
    assert words(figure).count("tangent, slope 3") == 2


@pytest.mark.parametrize("panel", [1, 2])
def test_the_tangent_touches_with_the_exact_slope(panel):
    tangent = viz.nudge(np.sin, 0.4, -0.5).axes[panel].lines[0]
    x, y = tangent.get_data()
    assert np.allclose(y, np.sin(0.4) + np.cos(0.4) * (x - 0.4), atol=1e-12)


@pytest.mark.parametrize(
    ("function", "x", "dx"), [(square, 1.5, 0.8), (square, -1, 0.5), (np.tanh, 0, -1), (np.sin, 2, 1)]
)
def test_any_direction_is_tidy(function, x, dx):
    assert_tidy(viz.nudge(function, x, dx))


def test_a_nudge_of_zero_is_refused():
    with pytest.raises(ValueError, match="not zero"):
        viz.nudge(square, 1.0, 0.0)
