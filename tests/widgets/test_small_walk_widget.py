"""The walk back through the small graph: numbers at every step, for every x and y."""

import numpy as np
import pytest
from pictures import assert_tidy, words

from bptt import widgets
from bptt.viz.figures.small_graph import number


def at(live, **values):
    for name, value in values.items():
        live.controls[name].source.value = value
    return live.words


def test_gradients_are_found_one_node_at_a_time():
    live = widgets.small_walk(3, 1)
    expected = {"dc = 1", "ds = 3", "from the product: 4", "from the sum: 3", "dx = 4 + 3 = 7"}
    told, seen = [], []
    for step in range(5):
        told.append(at(live, step=step))
        seen.append(expected & set(words(live.scene.card)))
    assert "x = 3, y = 1, s = 4, c = 12." in told[0]
    assert "dc = 1." in told[1]
    assert "ds = 3, dx_product = 4." in told[2]
    assert "dx_sum = 3, dy = 3." in told[3]
    assert "dx = 7." in told[4]
    assert [len(texts) for texts in seen] == [0, 1, 3, 4, 5]


@pytest.mark.parametrize(("x", "y"), [(-5.0, 5.0), (0.0, 0.0), (2.5, -4.5), (5.0, 5.0)])
def test_gradient_is_what_a_nudge_measures(x, y):
    nudge = 1e-6
    measured = ((x + nudge + y) * (x + nudge) - (x - nudge + y) * (x - nudge)) / (2 * nudge)
    live = widgets.small_walk()
    assert f"dx = {number(np.round(measured, 6) + 0.0)}." in at(live, step=4, x=x, y=y)


@pytest.mark.parametrize(("x", "y"), [(-5, 5), (-5, -5), (0, 0), (5, 5)])
def test_every_picture_is_tidy(x, y):
    scene = widgets.small_walk().scene
    for step in range(5):
        scene.update(step=step, x=x, y=y)
        assert_tidy(scene.card)


def test_order_of_moves_does_not_matter():
    """Each frame is set from nothing but the controls."""
    one, other = widgets.small_walk(), widgets.small_walk()
    at(one, step=4, x=-2, y=3)
    at(other, y=3)
    at(other, step=4)
    at(other, x=-2)
    assert one.frame == other.frame
