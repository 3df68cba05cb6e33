"""tanh and its slope: curves, saturated zones, and the learner's values on them."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from pictures import assert_tidy, cell, words

from bptt import viz
from bptt.viz import style


def marks(figure):
    """Return the learner's points in both panels."""
    found = []
    for axes in figure.axes[1:]:
        (points,) = [c for c in axes.collections if isinstance(c, PathCollection)]
        assert to_hex(points.get_facecolor()[0]).upper() == style.YOURS
        found.append(np.asarray(points.get_offsets()))
    return found


def test_both_panels_draw_the_same_slope():
    """Each curve's heights are one minus the square of tanh at its place."""
    _, against_z, against_a = viz.tanh_slope().axes
    z, slope = against_z.lines[-1].get_data()
    assert np.allclose(slope, 1 / np.cosh(z) ** 2)
    a, slope = against_a.lines[-1].get_data()
    assert np.allclose(slope, (1 - a) * (1 + a))


def test_values_are_marked_on_both_curves_at_one_height():
    a = cell()[0].a_next
    against_z, against_a = marks(viz.tanh_slope(a))
    assert np.allclose(np.tanh(against_z[:, 0]), a.ravel(), atol=1e-3)
    assert np.array_equal(against_z[:, 1], against_a[:, 1])


def test_saturated_values_are_counted():
    figure = viz.tanh_slope(np.array([[0.0, 0.94, 0.95, -0.999]]))
    assert "your a: 4 values, 2 saturated" in words(figure)
    assert "Of 4 given values of a, 2 are saturated." in figure.caption


@pytest.mark.parametrize("a", [[1.0, -1.0], [0.0], [np.nan, 1.5], np.zeros(0), None], ids=str)
def test_extremes_are_tidy_and_stay_inside(a):
    """Fully saturated values stand at the rim, and what no tanh gives is told, not drawn."""
    a = None if a is None else np.array(a)
    figure = viz.tanh_slope(a)
    assert_tidy(figure)
    if a is not None:
        assert (np.abs(marks(figure)[0][:, 0]) <= 4).all()
        strange = int((~(np.abs(a) <= 1)).sum())
        assert (f"No tanh gives {strange} of them." in figure.description) == bool(strange)
