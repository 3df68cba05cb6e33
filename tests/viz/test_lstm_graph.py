"""The graph of the LSTM cell: what flows where, in which colour, and how it looks at the extremes."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, edges, entries, lstm_cell, words

from bptt import viz
from bptt.viz import style
from bptt.viz.lstm_nodes import NODES

GATES = ("dzf", "dzi", "dzc", "dzo")


def arrows(figure, colour):
    """Return the arrows of a colour that are not in the key."""
    found = [edge for edge in edges(figure, colour) if isinstance(edge, FancyArrowPatch)]
    return [edge for edge in found if edge.get_path().vertices[:, 0].max() > 60]


def some(gradients, *names):
    return {name: gradients[name] for name in names}


def test_forward_shows_values_only():
    figure = viz.cell_graph(lstm_cell()[0])
    assert "left to right" in figure.caption
    for word in ("Wf", "bo", "zc", "ft", "it", "cct", "ot", "ft * c_prev", "c_next", "a_next", "(3, 4)", "σ", "tanh"):
        assert word in words(figure)
    assert not any(word.startswith("d") and word != "stronger is larger, − is negative" for word in words(figure))
    assert not arrows(figure, style.MEMORY_PATH)


def test_memory_path_is_green_wide_and_named():
    """From the next cell to the cell before, and through the sum to what was written."""
    figure = viz.cell_graph(*lstm_cell())
    green = arrows(figure, style.MEMORY_PATH)
    assert len(green) == 5
    others = arrows(figure, style.SUM) + arrows(figure, style.LOSS_PATH) + arrows(figure, style.TIME_PATH)
    assert min(road.get_linewidth() for road in green) > max(road.get_linewidth() for road in others)
    assert {"memory path", "gradient of the memory", "dc", "dc_prev", "dc_next"} <= set(words(figure))


def test_time_path_stays_orange_and_dashed():
    roads = arrows(viz.cell_graph(*lstm_cell()), style.TIME_PATH)
    assert len(roads) == 2
    assert not {road.get_linestyle() for road in roads} & {"-", "solid"}


def test_only_what_is_given_flows_back():
    """A walk adds one gradient after the other, and with it the roads to where it is known; None is not there yet."""
    cache, gradients = lstm_cell()
    steps = [("da_next", "dc_next"), ("dc",), GATES, ("dxt", "da_prev", "dc_prev")]
    black, green, shown = [], [], {}
    for names in steps:
        shown |= some(gradients, *names)
        figure = viz.cell_graph(cache, {"dzf": None, **shown})
        black.append(len(arrows(figure, style.SUM)))
        green.append(len(arrows(figure, style.MEMORY_PATH)))
    assert black == [1, 3, 11, 13]
    assert green == [1, 3, 4, 5]


@pytest.mark.parametrize("given", [("da_next", "dzo"), ("dzo",)], ids=str)
def test_output_gate_needs_no_memory(given):
    """Its gradient comes from the state alone."""
    cache, gradients = lstm_cell()
    figure = viz.cell_graph(cache, some(gradients, *given))
    assert not arrows(figure, style.MEMORY_PATH)
    assert len(arrows(figure, style.SUM)) == 3


def test_own_cell_without_its_stages_is_drawn():
    """The eleven results alone: roads lead to where they are, and no array is invented on the way."""
    cache, gradients = lstm_cell()
    results = {name: a for name, a in gradients.items() if name not in {"da_next", "dc_next", "dc", *GATES}}
    figure = viz.cell_graph(cache, results)
    assert len(arrows(figure, style.MEMORY_PATH)) == 5
    assert not {"dc", "dc_next", "da_next", *GATES} & set(words(figure))


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("backward", [False, True])
def test_lit_node_is_explained(name, backward):
    """The note stands below the graph and in the description, with arrays in numbers."""
    cache, gradients = lstm_cell()
    figure = viz.cell_graph(cache, gradients if backward else None, name)
    note = NODES[name].backward if backward else NODES[name].forward
    assert note in [word.replace("\n", " ") for word in words(figure)]
    assert note in figure.description
    assert any("." in entry for entry in entries(figure))
    assert_tidy(figure)


@pytest.mark.parametrize(
    "sizes",
    [
        {"m": 1},
        {"n_x": 1, "n_a": 1, "m": 1},
        {"n_a": 30, "n_x": 20, "m": 13},
        {"n_a": 12, "n_x": 12, "m": 12},
        {"n_a": 2, "n_x": 12, "m": 5},
        {"weight": 1e4},
        {"upstream": -1e-12},
        {"upstream": 1e300},
        {"upstream": np.nan},
    ],
    ids=str,
)
@pytest.mark.parametrize("lit", ["Wf", "it * cct"])
def test_extremes_are_tidy(sizes, lit):
    """The lit weights have the widest panel, the product the most arrays."""
    assert_tidy(viz.cell_graph(*lstm_cell(**sizes), lit))


def test_vanished_gradient_is_said():
    assert "dzf (5, 4) 0," in viz.cell_graph(*lstm_cell(upstream=0.0)).description
    assert "largest gradient: 0" in words(viz.cell_graph(*lstm_cell(upstream=0.0)))


@pytest.mark.parametrize("name", ["dbf", "dzi", "dc", "dxt"])
def test_gradient_of_another_shape_is_marked(name):
    """In the colour of a mistake in the graph; the shape itself stands in the description."""
    cache, gradients = lstm_cell()
    gradients[name] = gradients[name][:, 0]
    figure = viz.cell_graph(cache, gradients)
    (label,) = [text for text in figure.page.texts if text.get_text() == name]
    assert label.get_color() == style.WRONG
    assert f"{name} ({len(gradients[name])},)" in figure.description
    assert_tidy(figure)


def test_unknown_node_is_refused():
    with pytest.raises(ValueError, match=r"no node 'Wax'.*c_next"):
        viz.cell_graph(lstm_cell()[0], highlight="Wax")
