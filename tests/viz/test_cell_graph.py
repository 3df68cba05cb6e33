"""The graph of the cell: what flows where, in which colour, and how it looks at the extremes."""

import time

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, cell, edges, entries, words

from bptt import viz
from bptt.viz import style
from bptt.viz.rnn_nodes import NODES


def test_forward_shows_values_and_shapes_only():
    figure = viz.cell_graph(cell()[0])
    for word in ("Wax", "Waa", "ba", "xt", "a_prev", "z (5, 4)", "a_next (5, 4)", "(3, 4)", "(5, 1)", "@", "+", "tanh"):
        assert word in words(figure)
    assert not any(word.startswith("d") and "(" in word for word in words(figure))
    assert not edges(figure, style.LOSS_PATH)


def test_backward_has_a_road_for_each_meaning():
    """Loss path blue and solid, time path orange and dashed; both have their names beside them."""
    figure = viz.cell_graph(*cell())
    for word in ("dxt", "da_prev", "dWax", "dWaa", "dba", "dz (5, 4)", "da_next (5, 4)", "loss path", "time path"):
        assert word in words(figure)
    loss, time_path = edges(figure, style.LOSS_PATH), edges(figure, style.TIME_PATH)
    assert {road.get_linestyle() for road in loss} == {"solid"}
    dashed = [road for road in time_path if road.get_linestyle() != "solid"]
    assert len(dashed) == 2


def test_only_what_is_given_flows_back():
    """A walk adds one gradient after the other, and with it the roads to where it is known; None is not there yet."""
    cache, gradients = cell()
    steps = [{}, {"da_next": gradients["da_next"], "dz": None}]
    steps += [steps[1] | {"dz": gradients["dz"]}, gradients]
    figures = [viz.cell_graph(cache, step) for step in steps]
    assert [any(word.startswith("dz") for word in words(figure)) for figure in figures] == [False, False, True, True]
    in_key = [0, 1, 1, 1]
    arrows = [sum(isinstance(edge, FancyArrowPatch) for edge in edges(figure, style.SUM)) for figure in figures]
    assert [drawn - key for drawn, key in zip(arrows, in_key, strict=True)] == [0, 1, 4, 8]


def test_roads_lead_to_what_is_given_and_nowhere_else():
    """To the gradient of Waa: tanh, sum, product, weights; and one arrow in the key."""
    cache, gradients = cell()
    figure = viz.cell_graph(cache, {"dWaa": gradients["dWaa"]})
    arrows = [edge for edge in edges(figure, style.SUM) if isinstance(edge, FancyArrowPatch)]
    assert len(arrows) == 4 + 1
    assert {"loss path", "time path"} <= set(words(figure))


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("backward", [False, True])
def test_lit_node_is_explained(name, backward):
    """The note stands below the graph and in the description, with arrays in numbers."""
    cache, gradients = cell()
    figure = viz.cell_graph(cache, gradients if backward else None, name)
    note = NODES[name].backward if backward else NODES[name].forward
    assert note in [word.replace("\n", " ") for word in words(figure)]
    assert note in figure.description
    assert len(entries(figure)) > len(entries(viz.cell_graph(cache, gradients if backward else None)))
    assert_tidy(figure)


def test_panel_shows_the_given_numbers():
    """Also where they are not what the cell would give."""
    cache, gradients = cell(n_a=2, m=2)
    gradients["dz"] = np.array([[0.11, -0.22], [0.33, 0.44]])
    shown = entries(viz.cell_graph(cache, gradients, "sum"))
    assert {"0.11", "−0.22", "0.33", "0.44"} <= set(shown)


def test_lighting_a_node_moves_nothing():
    """Every text of the plain graph stands in the same place when a node is lit."""

    def places(highlight):
        figure = viz.cell_graph(*cell(), highlight)
        return {(text.get_text(), text.get_position()) for text in figure.page.texts}

    assert places(None) < places("tanh")
    first, second = places("tanh"), places("Wax @ xt")
    assert places(None) <= first & second


@pytest.mark.parametrize(
    "sizes",
    [
        {"m": 1},
        {"n_x": 1, "n_a": 1, "m": 1},
        {"n_a": 30, "n_x": 20, "m": 13},
        {"n_a": 7, "n_x": 7, "m": 7},
        {"weight": 1e4},
        {"upstream": -1e-12},
        {"upstream": np.nan},
    ],
    ids=str,
)
def test_extremes_are_tidy(sizes):
    """The lit product has the most arrays in its panel."""
    assert_tidy(viz.cell_graph(*cell(**sizes), "Waa @ a_prev"))


def test_vanished_gradient_is_said():
    """Saturated: what leaves tanh is far below what enters, and the description has both."""
    cache, gradients = cell(weight=1e4)
    assert ", dz (5, 4) 0," in viz.cell_graph(cache, gradients).description
    assert "largest gradient: 0" in words(viz.cell_graph(*cell(upstream=0.0)))


def test_not_finite_gradient_is_crossed():
    cache, gradients = cell()
    gradients["dz"][0, 0] = np.nan
    assert "×" in entries(viz.cell_graph(cache, gradients))


def test_gradient_of_another_shape_is_named():
    """A flat dba shows its shape, which others do not need to."""
    cache, gradients = cell()
    gradients["dba"] = gradients["dba"][:, 0]
    figure = viz.cell_graph(cache, gradients)
    assert "dba (5,)" in words(figure)
    assert "dWax" in words(figure)
    assert_tidy(figure)


def test_unknown_node_is_refused():
    with pytest.raises(ValueError, match=r"no node 'sigmoid'.*tanh"):
        viz.cell_graph(cell()[0], highlight="sigmoid")


def test_draws_quickly():
    """Far below what a reader would notice as waiting, on a busy machine too."""
    cache, gradients = cell()
    times = []
    for _ in range(3):
        start = time.process_time()
        viz.cell_graph(cache, gradients, "tanh").png(2)
        times.append(time.process_time() - start)
    assert min(times) < 1
