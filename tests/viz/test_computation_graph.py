"""The graphs of lesson 00: every value and operation is there, and an arrow for each use leaves the marked value."""

import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style

GRAPHS = {
    "weight": {"W", "Z₀", "Z₁", "Z₂", "loss", "× X₀", "× X₁", "× X₂"},
    "fan_out": {"x", "p", "q", "c", "tanh", "σ", "×"},
    "two_layer": {"X", "Z₁", "A₁", "Z₂", "A₂", "Y", "W₁, b₁", "W₂, b₂", "W₁X + b₁", "W₂A₁ + b₂", "tanh", "σ", "×"},
}


@pytest.mark.parametrize(("which", "uses"), [("weight", 3), ("fan_out", 2), ("two_layer", 2)])
def test_an_arrow_for_each_use_leaves_the_marked_value(which, uses):
    figure = viz.computation_graph(which)
    assert GRAPHS[which] <= set(words(figure))
    leaving = [edge for edge in edges(figure, style.INK) if isinstance(edge, FancyArrowPatch)]
    assert len(leaving) == uses
    assert_tidy(figure)
