"""The influence map: what is drawn for each pair, the curve against the lag, and what is said about it."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from pictures import assert_tidy, words

from bptt import inputs, viz
from bptt.influence import influence
from bptt.viz import style

LAG = np.subtract.outer(np.arange(8), np.arange(8))


def geometric(factor, lag=LAG):
    """Make a map that changes by a factor at every step."""
    return np.where(lag >= 0, float(factor) ** np.maximum(lag, 0), 0)


def picture(figure, which=1):
    """Return the colours of a map."""
    return figure.axes[which].images[0].get_array()


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (0.5, "vanishes: × 0.5 per step, × 0.0078 over 7 steps"),
        (0.8, "vanishes: × 0.8 per step, × 0.21 over 7 steps"),
        (0.95, "holds: × 0.95 per step, × 0.7 over 7 steps"),
        (1, "holds: × 1 per step"),
        (1.05, "holds: × 1.1 per step"),
        (2, "explodes: × 2 per step, × 128 over 7 steps"),
        (1e30, "explodes: × 10³⁰ per step, × 10²¹⁰ over 7 steps"),
        (1e-40, "vanishes: × 10⁻⁴⁰ per step"),
    ],
)
def test_says_what_becomes_of_it(factor, said):
    figure = viz.influence_map(geometric(factor))
    assert any(said in word for word in words(figure))
    assert said in figure.caption
    assert said in figure.description


def test_small_losses_of_a_long_sequence_add_up():
    """A factor that a short sequence holds vanishes over a hundred steps."""
    lag = np.subtract.outer(np.arange(100), np.arange(100))
    assert "vanishes" in viz.influence_map(geometric(0.95, lag)).caption


def test_map_is_darker_where_more_arrives_and_half_empty():
    colours = picture(viz.influence_map(geometric(0.5)))
    lightness = colours[..., :3].sum(-1)
    assert (np.diff(lightness[-1]) < 0).all()
    assert (colours[LAG < 0, 3] == 0).all()
    assert (colours[LAG >= 0, 3] == 1).all()


def test_curve_is_the_median_at_each_lag():
    norms = geometric(0.1)
    norms[3, 0] = 1e3
    curve = viz.influence_map(norms).axes[-1].lines[0]
    assert np.allclose(curve.get_ydata(), -np.arange(8))


def test_exact_zeros_have_a_sign_of_their_own():
    """As truncated backpropagation leaves them: no logarithm, but a grey entry, and words."""
    figure = viz.influence_map(geometric(0.5) * (LAG < 3))
    assert "exactly 0 from lag 3 on" in figure.caption
    assert "× 0.5 per step, × 0.25 over 2 steps" in figure.caption
    assert np.allclose(picture(figure)[7, 4, :3], to_rgb(style.HAIRLINE))
    assert [text.get_text() for text in figure.axes[1].texts].count("0") == 15
    assert np.isnan(figure.axes[-1].lines[0].get_ydata()[3:]).all()


def test_not_finite_norms_are_crossed_and_counted():
    norms = geometric(0.5)
    norms[5, 1], norms[6, 2] = np.nan, np.inf
    figure = viz.influence_map(norms)
    assert "2 norms are not finite." in figure.caption
    assert np.allclose(picture(figure)[5, 1, :3], to_rgb(style.WRONG))
    (crosses,) = figure.axes[1].collections
    assert sorted(map(tuple, crosses.get_offsets())) == [(1, 5), (2, 6)]


def test_two_maps_share_one_scale():
    figure = viz.influence_map(geometric(0.5), label="RNN", other=geometric(4), other_label="LSTM")
    assert {"RNN", "LSTM"} <= set(words(figure))
    assert "RNN: the influence vanishes" in figure.caption
    assert "LSTM: the influence explodes" in figure.caption
    first, second = picture(figure, 1), picture(figure, 2)
    assert np.allclose(first[0, 0], second[0, 0])
    assert not np.allclose(first[7, 0], second[7, 0])


@pytest.mark.parametrize("length", [1, 2, 6, 60])
@pytest.mark.parametrize("value", [0.0, 1.0, 1e300, 1e-310, np.inf, np.nan])
def test_extremes_are_tidy(length, value):
    """Alone and beside another map."""
    norms = np.full((length, length), value)
    assert_tidy(viz.influence_map(norms, other=None if length in {1, 6} else np.eye(length)))


@pytest.mark.parametrize("factor", [1e-40, 1e40])
def test_wide_range_is_tidy(factor):
    assert_tidy(viz.influence_map(geometric(factor), other=geometric(0.5)))


@pytest.mark.parametrize(
    ("norms", "said"),
    [
        ([[2]], "has no way to travel: there is one step"),
        (np.zeros((3, 3)), "is exactly 0 everywhere"),
        (np.eye(3), "reaches no earlier state"),
        (np.full((3, 3), np.nan), "cannot be measured"),
    ],
)
def test_nothing_to_fit_is_told(norms, said):
    assert said in viz.influence_map(norms).caption


def test_draws_what_was_measured():
    """A real map, with a heading of the reader's own."""
    figure = viz.influence_map(influence(*inputs.rnn(T_x=6)), title="Six steps")
    assert "Six steps" in words(figure)
    assert_tidy(figure)


@pytest.mark.parametrize(
    ("norms", "other"), [(np.ones((2, 3)), None), (np.ones(3), None), (np.ones((0, 0)), None), (np.eye(3), np.eye(2))]
)
def test_other_shapes_are_refused(norms, other):
    with pytest.raises(ValueError, match=r"shape \(T_x, T_x\)"):
        viz.influence_map(norms, other=other)


def test_first_steps_unlike_the_others_are_told_apart():
    """A loss leaves an LSTM's state for its memory at the first step, and then meets the forget gate alone."""
    lag = np.maximum(LAG, 0)
    norms = np.where(LAG >= 0, 0.95**lag * np.where(lag > 0, 0.1, 1), 0)
    said = "holds: × 0.95 per step, × 0.7 over 7 steps, after × 0.1 at the start."
    assert said in viz.influence_map(norms).caption
    assert "at the start" not in viz.influence_map(geometric(0.95)).caption
