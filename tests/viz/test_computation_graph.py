"""The graphs of lesson 00: every value and operation is there, and two arrows leave the value that is used twice."""

import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style

GRAPHS = {
    "fan_out": {"x", "p", "q", "c", "tanh", "σ", "×"},
    "two_layer": {"X", "Z₁", "A₁", "Z₂", "A₂", "Y", "W₁, b₁", "W₂, b₂", "W₁X + b₁", "W₂A₁ + b₂", "tanh", "σ", "×"},
}


@pytest.mark.parametrize("which", GRAPHS)
def test_two_arrows_leave_the_value_that_is_used_twice(which):
    figure = viz.computation_graph(which)
    assert GRAPHS[which] <= set(words(figure))
    leaving = [edge for edge in edges(figure, style.INK) if isinstance(edge, FancyArrowPatch)]
    assert len(leaving) == 2
    assert_tidy(figure)
