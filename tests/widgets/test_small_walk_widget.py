"""The walk back through the small graph: numbers at every step, for every x and y."""

import numpy as np
import pytest
from shapes import arrows, assert_tidy, texts

from bptt import widgets
from bptt.viz import style
from bptt.viz.figures.small_graph import PAGE, number


def test_gradients_are_found_one_node_at_a_time():
    live = widgets.small_walk(3, 1)
    expected = {"dc = 1", "ds = 3", "from the product: 4", "from the sum: 3", "dx = 4 + 3 = 7"}
    told = [live.words(step=step) for step in range(5)]
    seen = [expected & set(texts(live.shapes(step=step))) for step in range(5)]
    assert "x = 3, y = 1, s = 4, c = 12." in told[0]
    assert "dc = 1." in told[1]
    assert "ds = 3, dx_product = 4." in told[2]
    assert "dx_sum = 3, dy = 3." in told[3]
    assert "dx = 7." in told[4]
    assert [len(found) for found in seen] == [0, 1, 3, 4, 5]


@pytest.mark.parametrize("narrow", [False, True])
def test_arrows_back_are_those_of_the_nodes_that_were_passed(narrow):
    """One into each input of every node that the walk has passed."""
    live = widgets.small_walk()
    back = [len(arrows(live.shapes(narrow=narrow, step=step), style.SUM)) for step in range(5)]
    # The key has one, too.
    assert back == [1, 2, 4, 6, 6]


@pytest.mark.parametrize(("x", "y"), [(-5.0, 5.0), (0.0, 0.0), (2.5, -4.5), (5.0, 5.0)])
def test_gradient_is_what_a_nudge_measures(x, y):
    nudge = 1e-6
    measured = ((x + nudge + y) * (x + nudge) - (x - nudge + y) * (x - nudge)) / (2 * nudge)
    assert f"dx = {number(np.round(measured, 6) + 0.0)}." in widgets.small_walk().words(step=4, x=x, y=y)


@pytest.mark.parametrize(("x", "y"), [(-5, 5), (-5, -5), (0, 0), (5, 5), (-4.5, 4.5)])
def test_every_picture_is_tidy(x, y):
    live = widgets.small_walk()
    for step in range(5):
        assert_tidy(live, step=step, x=x, y=y)


def test_sliders_have_the_values_with_which_they_start():
    live = widgets.small_walk(1.25, 9)
    assert "x = 1.25, y = 5, s = 6.25" in live.words()
    assert live.controls["x"].texts[live.controls["x"].start] == "1.25"


def test_nodes_can_be_touched():
    live = widgets.small_walk()
    areas = {dict(shape.sets)["step"]: shape.at for shape in live.shapes() if hasattr(shape, "sets")}
    for step, node in enumerate(("c", "×", "+", "x"), 1):
        left, top, width, height = areas[step]
        x, y = PAGE.nodes[node]
        assert left < x < left + width
        assert top < y < top + height
