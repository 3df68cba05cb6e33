"""The memory as a highway: what is left at each step, on the road, in the plot and in words."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from pictures import assert_tidy, words

from bptt import viz
from bptt.viz import style


def heights(figure):
    """Return how wide the road is at each step."""
    (road,) = [c for c in figure.findobj(PolyCollection) if to_hex(c.get_facecolor()[0]).upper() == style.MEMORY_PATH]
    return np.array([np.ptp(path.vertices[:, 1]) for path in road.get_paths()])


def curves(figure):
    """Return the memory, what was written and the RNN, as drawn: powers of ten."""
    return [line.get_ydata() for line in figure.axes[1].lines[-3:]]


def test_each_step_back_passes_one_forget_gate():
    """The first gate stands before the first memory and takes no part."""
    figure = viz.highway(np.array([0.0, 0.5, 0.25, 0.8]))
    assert np.allclose(heights(figure) / heights(figure)[-1], [0.1, 0.2, 0.8, 1])
    assert np.allclose(10 ** curves(figure)[0], [0.1, 0.2, 0.8, 1])
    assert "3 steps back, 0.10 of the gradient is left on the memory." in words(figure)


def test_output_gate_lets_on_and_update_gates_let_off():
    figure = viz.highway(np.full(3, 0.5), it=np.array([1, 0.5, 0.1]), ot=np.array([0, 0, 0.4]))
    memory, written, _ = curves(figure)
    assert np.allclose(10**memory, [0.1, 0.2, 0.4])
    assert np.allclose(10**written, [0.1, 0.1, 0.04])


def test_gates_that_are_not_given_are_not_drawn():
    """They would be ramps as wide as the road."""
    alone, all_three = viz.highway(np.ones(4)), viz.highway(np.ones(4), it=np.ones(4), ot=np.ones(4))
    assert {"f"} == {"f", "i", "o"} & set(words(alone))
    assert {"f", "i", "o", "written"} <= set(words(all_three))
    assert np.isnan(curves(alone)[1]).all()
    assert "What reaches that which was written, at t = 3: 1.00" in all_three.description
    assert "written" not in alone.description


def test_rnn_is_drawn_for_comparison_only_if_given():
    figure = viz.highway(np.ones(5), factor=0.1)
    assert np.allclose(curves(figure)[2], [-4, -3, -2, -1, 0])
    assert "left in an RNN" in words(figure)
    assert "of an RNN's, with × 0.10 per step, 1e−4" in figure.caption
    assert "left in an RNN" not in words(viz.highway(np.ones(5)))


def test_shut_gate_leaves_nothing():
    """Zero has no logarithm, so the curve ends, and the words say where."""
    figure = viz.highway(np.array([1, 1, 0, 1.0]))
    assert np.isnan(curves(figure)[0][:2]).all()
    assert "A gate is shut: nothing is left before step 2." in figure.caption
    assert "nothing is left anywhere" in viz.highway(np.ones(3), ot=np.zeros(3)).caption


@pytest.mark.parametrize("length", [1, 2, 7, 24, 60, 200])
@pytest.mark.parametrize(
    ("gate", "factor"), [(0.0, None), (1e-200, 1.5), (0.5, 1.5), (0.5, 1e300), (0.99, 1e300), (1.0, 0.0)]
)
def test_extremes_are_tidy(length, gate, factor):
    gates = np.full(length, gate)
    assert_tidy(viz.highway(gates, gates, gates, factor=factor))


@pytest.mark.parametrize(
    ("gates", "factor", "said"),
    [
        ((np.ones((3, 1)), None, None), None, "one shape"),
        ((np.ones(0), None, None), None, "one number for each step"),
        ((np.ones(3), np.ones(2), None), None, r"\(3,\), \(2,\), \(3,\)"),
        ((np.array([0.5, 1.5]), None, None), None, "between 0"),
        ((np.array([0.5, np.nan]), None, None), None, "between 0"),
        ((np.ones(2), None, None), -1.0, "not -1.0"),
        ((np.ones(2), None, None), np.nan, "not nan"),
    ],
)
def test_what_cannot_be_drawn_is_refused(gates, factor, said):
    with pytest.raises(ValueError, match=said):
        viz.highway(*gates, factor=factor)
