"""Two roads into every state: what arrives, what goes on, and what is missing when one is left out."""

import numpy as np
import pytest
from matplotlib.text import Text
from pictures import assert_tidy, edges, entries, words

from bptt import viz
from bptt.viz import style

DA = np.array([[[1.0, 2.0, 4.0]]])
DA_PREVT = np.array([[[0.25, 0.5, 0.0]]])


def test_blue_and_orange_add_to_black():
    """A row for each road and one for their sum, in numbers."""
    figure = viz.two_roads(DA, DA_PREVT)
    assert entries(figure) == ["1.00", "2.00", "4.00", "0.25", "0.50", "0", "1.25", "2.50", "4.00"]
    assert "t = 1: loss path 2.00, time path 0.50, into the cell 2.50" in figure.description


def test_roads_keep_their_colours_and_lines():
    """The time path starts with 0 at the last step, arrives at every state, and goes on to da0."""
    figure = viz.two_roads(DA, DA_PREVT)
    arrows = {
        colour: [edge for edge in edges(figure, colour) if hasattr(edge, "get_arrowstyle")]
        for colour in (style.LOSS_PATH, style.TIME_PATH, style.SUM)
    }
    assert [len(found) for found in arrows.values()] == [3, 4, 3]
    assert {edge.get_linestyle() for edge in arrows[style.LOSS_PATH] + arrows[style.SUM]} <= {"-", "solid"}
    assert not {edge.get_linestyle() for edge in arrows[style.TIME_PATH]} & {"-", "solid"}
    (start,) = [text for text in figure.findobj(Text) if text.get_text() == "0"]
    assert start.get_position()[0] > 400


@pytest.mark.parametrize(
    ("without", "sums"), [("time", ["1.00", "2.00", "4.00"]), ("loss", ["0.25", "0.50", "0"])], ids=str
)
def test_road_left_out_is_grey_crossed_and_not_added(without, sums):
    figure = viz.two_roads(DA, DA_PREVT, without=without)
    assert entries(figure) == sums + sums
    assert words(figure).count("×") == 3
    assert "left out" in words(figure)
    assert f"{without} path left out" in figure.description


def test_famous_wrong_answers_are_explained():
    started = np.array([[[0.25, 0.5, 4.0]]])
    assert "Only at the last step is nothing missing." in viz.two_roads(DA, DA_PREVT, without="time").caption
    assert "The loop starts with the gradient of the last loss" in viz.two_roads(DA, started, without="loss").caption
    assert "every gradient is 0" in viz.two_roads(DA, 0 * DA, without="loss").caption


def test_lit_step_is_written_out():
    figure = viz.two_roads(DA, DA_PREVT, highlight=1)
    assert "t = 1: 2.00 + 0.50 = 2.50" in words(figure)
    assert "t = 1: 2.00 = 2.00" in words(viz.two_roads(DA, DA_PREVT, without="time", highlight=1))
    assert edges(figure, style.INK.upper())


def test_larger_arrays_have_their_norm_and_norms_are_not_added():
    da = np.zeros((2, 3, 2))
    da[0, 0], da_prevt = 3, np.zeros((2, 3, 2))
    da_prevt[1, 1, 0] = 4
    figure = viz.two_roads(da, da_prevt, highlight=0)
    assert "t = 0: norms 3.00 and 4.00 arrive, norm 5.00 goes into the cell." in words(figure)
    assert "below each array: its norm" in words(figure)


@pytest.mark.parametrize("highlight", [None, 0, 1, 5, 17, 19])
def test_long_sequence_shows_first_last_and_lit_step(highlight):
    """Five steps, dots between, and a picture that keeps its size."""
    long = np.ones((1, 1, 20))
    figure = viz.two_roads(long, long, highlight=highlight)
    shown = [word for word in words(figure) if word.startswith("cell")]
    assert len(shown) == 5
    assert {"cell\n0", "cell\n19", f"cell\n{highlight or 0}"} <= set(shown)
    assert "···" in words(figure)
    assert_tidy(figure)


def test_lighting_a_step_moves_nothing():
    def places(highlight):
        figure = viz.two_roads(DA, DA_PREVT, highlight=highlight)
        return figure.height, {(t.get_text(), t.get_position()) for t in figure.page.texts[:-1]}

    assert places(0) == places(2) == places(None)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 6), (5, 4, 6), (5, 1, 6), (100, 32, 50)], ids=str)
@pytest.mark.parametrize("value", [0.0, 1e308, -1e-300, np.inf, np.nan])
def test_extremes_are_tidy(shape, value):
    filled = np.full(shape, value)
    assert_tidy(viz.two_roads(filled, filled, highlight=0))


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 6), (5, 4, 20)], ids=str)
@pytest.mark.parametrize("without", ["loss", "time"])
def test_road_left_out_is_tidy(shape, without):
    assert_tidy(viz.two_roads(np.ones(shape), np.ones(shape), without=without))


@pytest.mark.parametrize(
    ("da", "da_prevt", "more", "said"),
    [
        (np.ones((1, 1, 3)), np.ones((1, 1, 2)), {}, r"\(1, 1, 3\) and \(1, 1, 2\)"),
        (np.ones((1, 3)), np.ones((1, 3)), {}, "one shape"),
        (np.ones((1, 1, 0)), np.ones((1, 1, 0)), {}, "without a zero"),
        (DA, DA, {"without": "memory"}, "no road 'memory'"),
        (DA, DA, {"highlight": 3}, "no step 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(da, da_prevt, more, said):
    with pytest.raises(ValueError, match=said):
        viz.two_roads(da, da_prevt, **more)
