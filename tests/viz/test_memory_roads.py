"""Two roads into every memory: the same picture as for states, with the roads, colours and words of an LSTM."""

import numpy as np
import pytest
from pictures import assert_tidy, edges, entries, memory_paths, words

from bptt import inputs, viz
from bptt.viz import style

THROUGH_A = np.array([[[1.0, 2.0, 4.0]]])
DC_NEXT = np.array([[[0.25, 0.5, 0.0]]])


def test_black_and_green_add_to_dc():
    figure = viz.memory_roads(THROUGH_A, DC_NEXT)
    assert entries(figure) == ["1.00", "2.00", "4.00", "0.25", "0.50", "0", "1.25", "2.50", "4.00"]
    assert "t = 1: from its state 2.00, memory path 0.50, into the cell 2.50" in figure.description
    assert {"through a_next", "dc_next", "dc", "c[:, :, 2]", "shown in\na[:, :, 0]"} <= set(words(figure))


def test_memory_is_green_and_wider_than_the_road_from_the_state():
    """Green arrives at every memory, goes on into every cell and out of the first one, and starts with 0."""
    figure = viz.memory_roads(THROUGH_A, DC_NEXT)
    green, black = (
        [edge for edge in edges(figure, colour) if hasattr(edge, "get_arrowstyle")]
        for colour in (style.MEMORY_PATH, style.SUM)
    )
    assert (len(green), len(black)) == (7, 3)
    assert min(edge.get_linewidth() for edge in green) > max(edge.get_linewidth() for edge in black)
    assert not edges(figure, style.TIME_PATH)
    assert not edges(figure, style.LOSS_PATH)


@pytest.mark.parametrize(
    ("without", "sums"), [("memory", ["1.00", "2.00", "4.00"]), ("state", ["0.25", "0.50", "0"])], ids=str
)
def test_road_left_out_is_grey_crossed_and_not_added(without, sums):
    figure = viz.memory_roads(THROUGH_A, DC_NEXT, without=without)
    assert entries(figure) == sums + sums
    assert words(figure).count("×") == 3
    assert "left out" in words(figure)


def test_road_left_out_is_explained():
    assert "Only at the last step is nothing missing." in viz.memory_roads(THROUGH_A, DC_NEXT, without="memory").caption
    assert "Nothing comes from the states" in viz.memory_roads(THROUGH_A, DC_NEXT, without="state").caption
    assert "every gradient is 0" in viz.memory_roads(THROUGH_A, 0 * DC_NEXT, without="state").caption


def test_lit_step_is_written_out():
    assert "t = 1: 2.00 + 0.50 = 2.50" in words(viz.memory_roads(THROUGH_A, DC_NEXT, highlight=1))


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 6), (5, 4, 6), (100, 32, 50)], ids=str)
@pytest.mark.parametrize("value", [0.0, 1e308, -1e-300, np.nan])
def test_extremes_are_tidy(shape, value):
    filled = np.full(shape, value)
    assert_tidy(viz.memory_roads(filled, filled, highlight=0))


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 6), (5, 4, 20)], ids=str)
@pytest.mark.parametrize("without", ["memory", "state", None])
def test_road_left_out_is_tidy(shape, without):
    assert_tidy(viz.memory_roads(np.ones(shape), np.ones(shape), without=without))


def test_draws_what_was_measured():
    assert_tidy(viz.memory_roads(*memory_paths(*inputs.lstm(T_x=5))))


@pytest.mark.parametrize(
    ("dc_next", "more", "said"),
    [
        (np.ones((1, 1, 2)), {}, r"through_a and dc_next need one shape"),
        (DC_NEXT, {"without": "time"}, "no road 'time'.*'state' and 'memory'"),
        (DC_NEXT, {"highlight": 3}, "no step 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(dc_next, more, said):
    with pytest.raises(ValueError, match=said):
        viz.memory_roads(THROUGH_A, dc_next, **more)
