"""The small graph: values forward, gradients back, and what a value that is used twice collects."""

import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style

VALUES = {"x": 3.0, "y": 1.0, "s": 4.0, "c": 12.0}
GRADIENTS = {"dc": 1.0, "ds": 3.0, "dy": 3.0, "dx": (4.0, 3.0)}


def roads_back(figure):
    return [edge for edge in edges(figure, style.SUM) if isinstance(edge, FancyArrowPatch)]


def test_forward_shows_values_only():
    figure = viz.small_graph(VALUES)
    assert {"x = 3", "y = 1", "s = 4", "c = 12"} <= set(words(figure))
    assert not roads_back(figure)
    assert "dx" not in figure.caption


def test_what_comes_back_from_both_uses_is_added():
    figure = viz.small_graph(VALUES, GRADIENTS)
    assert {"dc = 1", "ds = 3", "dy = 3", "from the product: 4", "from the sum: 3", "dx = 4 + 3 = 7"} <= set(
        words(figure)
    )
    assert "4 + 3 = 7" in figure.description
    assert len(roads_back(figure)) == 5 + 1  # one for each edge, and the key


def test_only_what_is_given_flows_back():
    figure = viz.small_graph(VALUES, {"dc": 1.0})
    assert "dc = 1" in words(figure)
    assert len(roads_back(figure)) == 1 + 1


@pytest.mark.parametrize("gradients", [None, GRADIENTS, {"dc": -1.5, "ds": -0.125, "dy": 1e-9, "dx": (-2.25, 0.0)}])
def test_it_is_tidy(gradients):
    assert_tidy(viz.small_graph(VALUES, gradients))
