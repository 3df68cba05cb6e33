"""Four gates in one matrix: slices, order and how it looks at the extremes."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from pictures import assert_tidy, words

from bptt import inputs, viz
from bptt.lstm import lstm_cell_z


@pytest.mark.parametrize("order", ["fico", "ifco", "iofc"])
def test_slices_are_the_weighted_inputs(order):
    """What the picture says of each slice holds for the arrays."""
    cache = inputs.lstm_cell(n_x=3, n_a=5)[2]
    W = np.concatenate([cache.parameters[f"W{gate}"] for gate in order])
    b = np.concatenate([cache.parameters[f"b{gate}"] for gate in order])
    z = W @ np.concatenate([cache.a_prev, cache.xt]) + b
    weighted = dict(zip("fico", lstm_cell_z(cache.xt, cache.a_prev, cache.parameters), strict=True))
    figure = viz.gate_layout(5, 3, order)
    for gate, said in zip(order, ("z[0:5]", "z[5:10]", "z[10:15]", "z[15:20]"), strict=True):
        assert said in words(figure)
        assert f"{said} is z{gate}" in figure.description
        first, last = map(int, said[2:-1].split(":"))
        assert np.allclose(z[first:last], weighted[gate])
    assert {"(20, 8)", "(8, m)", "(20, m)"} <= set(words(figure))


def test_blocks_stand_in_their_order():
    """The letters from top to bottom, beside the matrix and in the other order."""
    figure = viz.gate_layout(order="iofc")
    place = {text.get_text(): text.get_position()[1] for text in figure.page.texts}
    assert sorted(("Wi", "Wo", "Wf", "Wc"), key=place.get) == ["Wi", "Wo", "Wf", "Wc"]
    assert "another order: f, i, c, o" in words(figure)
    assert "another order: i, f, c, o" in words(viz.gate_layout())


def test_columns_part_where_the_inputs_do():
    """The shaded columns are to all columns as n_a is to n_a + n_x."""
    shaded = [p for p in viz.gate_layout(6, 2).findobj(Rectangle) if p.get_alpha()]
    whole = [p for p in viz.gate_layout(6, 2).findobj(Rectangle) if p.get_height() == shaded[0].get_height()]
    assert len(shaded) == 4
    assert np.isclose(shaded[0].get_width() / whole[0].get_width(), 6 / 8)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 100), (100, 1), (12, 12), (1024, 4096)], ids=str)
def test_extremes_are_tidy(sizes):
    assert_tidy(viz.gate_layout(*sizes))


@pytest.mark.parametrize(
    ("given", "said"),
    [((0, 3), "at least 1"), ((5, 3, "fic"), "not 'fic'"), ((5, 3, "ffco"), "once"), ((5, 3, "ifog"), "'ifog'")],
)
def test_what_cannot_be_drawn_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        viz.gate_layout(*given)
