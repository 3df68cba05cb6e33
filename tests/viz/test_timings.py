"""Measured times: slopes that a disturbed measurement does not move, and words for what they mean."""

import numpy as np
import pytest
from pictures import assert_tidy, words

from bptt import viz

T_X = np.array([4, 8, 16, 32, 64, 128, 256])
NAMES = ["rnn_backward", "rnn_backward_per_loss"]


def test_slopes_are_written_at_the_lines():
    figure = viz.timings(T_X, [1e-5 * T_X, 1e-6 * T_X**2], NAMES)
    assert {"rnn_backward", "rnn_backward_per_loss", "slope 1.00", "slope 2.00"} <= set(words(figure))
    assert "rnn_backward_per_loss: slope 2.00, twice the length takes 4.0 times as long." in figure.caption
    assert "At T_x = 256: rnn_backward 2.56 ms, rnn_backward_per_loss 65.5 ms: 25.6 times as long." in words(figure)


@pytest.mark.parametrize("disturbed", range(7))
def test_one_disturbed_measurement_moves_no_slope(disturbed):
    """A factor of ten at any place, and a tenth more or less at all of them."""
    seconds = 1e-5 * T_X * np.exp(np.random.default_rng(1).uniform(-0.1, 0.1, 7))
    seconds[disturbed] *= 10
    caption = viz.timings(T_X, [seconds], NAMES[:1]).caption
    slope = float(caption.split("slope ")[1].split(",")[0])
    assert slope == pytest.approx(1, abs=0.15)


def test_cost_of_a_call_does_not_bend_the_slope():
    """Short sequences take a time that has nothing to do with their length."""
    lengths = 2 ** np.arange(10)
    figure = viz.timings(lengths, [1e-6 * lengths + 1e-5], NAMES[:1])
    assert "slope 0.9" in figure.caption


def test_references_have_slopes_one_and_two():
    axes = viz.timings(T_X, [1e-5 * T_X], NAMES[:1]).axes[1]
    for line, slope in zip(axes.lines[:2], (1, 2), strict=True):
        (x0, x1), (y0, y1) = np.log(line.get_data())
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)


def test_order_of_lengths_does_not_matter():
    seconds = np.array([1e-5 * T_X, 1e-6 * T_X**2])
    assert viz.timings(T_X[::-1], seconds[:, ::-1], NAMES).png() == viz.timings(T_X, seconds, NAMES).png()


def test_times_that_are_none_are_left_out_and_told():
    seconds = np.array([1e-5 * T_X, 1e-6 * T_X**2])
    seconds[1, -3:] = np.nan, np.inf, 0
    figure = viz.timings(T_X, seconds, NAMES)
    assert "slope 2.00" in figure.caption
    assert "3 of its times cannot be drawn." in figure.caption
    assert "At T_x = 32:" in figure.description
    assert_tidy(figure)


def test_single_point_has_a_name_and_no_slope():
    figure = viz.timings([8], [[1e-3], [2e-3]], NAMES)
    assert words(figure).count("slope unknown") == 2
    assert "too few measurements" in figure.caption
    assert_tidy(figure)


@pytest.mark.parametrize("lengths", [[1], [1, 1], [1, 2], T_X, np.arange(1, 400)], ids=len)
@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e-3, 1e9, np.nan])
def test_extremes_are_tidy(lengths, scale):
    lengths = np.asarray(lengths, dtype=float)
    assert_tidy(viz.timings(lengths, [scale * lengths, scale * lengths**3], NAMES))


@pytest.mark.parametrize("power", [-2, 0, 1])
def test_lines_close_together_are_tidy(power):
    assert_tidy(viz.timings(T_X, [1e-3 * T_X, 1.01e-3 * T_X.astype(float) ** power], NAMES))


@pytest.mark.parametrize(
    ("lengths", "seconds", "labels"),
    [
        ([1, 2], [[1, 2]], NAMES),
        ([1, 2], [[1, 2, 3]], NAMES[:1]),
        ([0, 2], [[1, 2]], NAMES[:1]),
        ([], [[]], NAMES[:1]),
        ([1], [[1]] * 3, ["a", "b", "c"]),
    ],
)
def test_what_does_not_fit_together_is_refused(lengths, seconds, labels):
    with pytest.raises(ValueError, match="a time at each length"):
        viz.timings(lengths, seconds, labels)


def test_times_may_be_measured_when_there_is_a_figure_to_draw():
    seconds = [1e-5 * T_X]
    assert viz.timings(T_X, lambda: seconds, NAMES[:1]).png() == viz.timings(T_X, seconds, NAMES[:1]).png()
