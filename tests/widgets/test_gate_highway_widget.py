"""The highway with sliders: what is left on either road, and what the learner's own function makes of it."""

import numpy as np
import pytest
from crowds import assert_uncrowded
from learner_code import LSTM_SWEEP, written

from bptt import exact, widgets
from bptt.influence import influence
from bptt.viz.draw import number
from bptt.widgets.scenes.gate_highway import _left, unit

SETTINGS = [(0.95, 0.5, 0.8, 0.8), (1.0, 1.0, 1.0, 1.5), (0.0, 0.5, 0.5, 1.0), (0.9, 0.3, 0.6, 0.0), (0.5, 0, 1, 1)]


def shown(live, **values):
    return live.scene.update(**live.values | values)


def curves(live):
    """Return the memory, what reaches the input, the road through the states, and the learner's, as numbers."""
    picture = live.scene._picture
    lines = (picture._memory, live.scene._all, picture._rnn, live.scene._yours)
    return [10 ** np.asarray(line.get_ydata(), dtype=float) for line in lines]


@pytest.mark.parametrize(("f", "i", "o", "w"), SETTINGS)
def test_unit_does_what_the_widget_says(f, i, o, w):
    """All ways together, from nudges of a whole LSTM; and with w = 0 the memory alone."""
    back = np.arange(5, -1, -1)
    together = influence(*unit(f, i, o, w, 6), state="c")[-1]
    np.testing.assert_allclose(together, o * (f + o * i * w) ** back, rtol=1e-12)
    np.testing.assert_allclose(influence(*unit(f, i, o, 0, 6), state="c")[-1], o * np.float64(f) ** back, rtol=1e-12)
    np.testing.assert_allclose(influence(*unit(0, i, o, w, 6))[-1], np.float64(o * i * w) ** back, rtol=1e-12)


@pytest.mark.parametrize(("f", "i", "o", "w"), SETTINGS)
def test_roads_are_drawn_and_told(f, i, o, w):
    live = widgets.gate_highway(f=f, i=i, o=o, w=w, T_x=8)
    words = shown(live)
    back = np.arange(7.0, -1, -1)
    memory, into_x, through_a, yours = curves(live)
    everything = i * o * (f + o * i * w) ** back
    for line, values in ((memory, o * f**back), (into_x, everything), (through_a, (o * i * w) ** back)):
        np.testing.assert_allclose(line, np.where(values > 0, values, np.nan))
    assert not yours.size
    left = [_left(value) for value in (o * f**7, (o * i * w) ** 7, everything[0])]
    said = "7 steps back: {} is left from memory to memory, {} from state to state, and {} over all roads".format(*left)
    assert said in words
    rows = [[text.get_text() for text in row] for row in live.scene._entries]
    assert rows == [
        [f"f = {f:.2f}", f"o · f⁷ = {left[0]}"],
        [f"o · i · w = {number(o * i * w)}", f"(o · i · w)⁷ = {left[1]}"],
        [f"f + o · i · w = {number(f + o * i * w)}", f"i · o · (f + o · i · w)⁷ = {left[2]}"],
        ["", ""],
    ]


@pytest.mark.parametrize(("f", "i", "o", "w"), SETTINGS)
def test_learners_dx_is_drawn(f, i, o, w):
    live = widgets.gate_highway(written(LSTM_SWEEP), f=f, i=i, o=o, w=w, T_x=8)
    words = shown(live)
    values = exact.lstm_backward(*unit(f, i, o, w, 8))["dx"][0, 0]
    np.testing.assert_allclose(curves(live)[3], np.where(values > 0, values, np.nan))
    assert f"Your dx[:, :, 0] is {_left(values[0])}, and at every step exact" in words
    assert live.scene._entries[-1][1].get_text() == f"{_left(values[0])}, and at every step exact"


def test_learner_who_forgets_the_memory_is_told():
    live = widgets.gate_highway(written(LSTM_SWEEP, ('dc_prevt = gradients["dc_prev"]', "pass")), T_x=8)
    words = shown(live, f=1.0, i=0.5, o=0.5, w=1.0)
    assert f"Your dx[:, :, 0] is {_left(0.25 * 0.25**7)}; exact is {_left(0.25 * 1.25**7)}." in words


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda da, caches: 1 / 0, "ZeroDivisionError"),
        (lambda da, caches: None, "returns None"),
        (lambda da, caches: {"dx": 3}, "dx"),
        (7, "Give the function lstm_backward itself"),
    ],
)
def test_unusable_functions_are_told(function, said):
    live = widgets.gate_highway(function)
    assert said in shown(live)
    assert not curves(live)[3].size


@pytest.mark.parametrize("T_x", [2, 20, 40])
def test_extremes_are_tidy(T_x, recwarn):
    live = widgets.gate_highway(written(LSTM_SWEEP), T_x=T_x)
    for gate in (0.0, 1.0):
        for w in (0.0, 1.5):
            assert "nan" not in shown(live, f=gate, i=gate, o=gate, w=w)
            assert_uncrowded(live.scene.card)
    for name in "fiow":
        assert "nan" not in shown(live, **{name: 0.0})
    assert not recwarn


def test_each_control_changes_the_picture():
    live = widgets.gate_highway()
    pictures = {live.frame.png}
    for name in "fiow":
        live.controls[name].value = 0.3
        pictures.add(live.frame.png)
    assert len(pictures) == 5


def test_one_step_has_no_way_back():
    with pytest.raises(ValueError, match="two steps"):
        widgets.gate_highway(T_x=1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.3, "0.30"), (1e-21, "10⁻²¹"), (-1e-7, "−10⁻⁷"), (0.0, "0"), (np.inf, "inf"), (np.nan, "nan")],
)
def test_very_small_numbers_are_powers_of_ten(value, shown):
    assert _left(value) == shown
