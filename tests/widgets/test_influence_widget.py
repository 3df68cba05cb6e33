"""Influence with sliders: the learner's own measured in one call, the words, the maps and the curves."""

import numpy as np
import pytest
from crowds import assert_uncrowded
from learner_code import LSTM_SWEEP, NO_TIME, SWEEP, written
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from bptt import inputs, lstm, rnn, widgets
from bptt.influence import influence
from bptt.viz import style
from bptt.viz.draw import power_of_ten
from bptt.widgets.learner_influence import BackwardProbe, learner_influence


def rnn_sequence(radius, T_x=24):
    rng = np.random.default_rng(3)
    parameters = inputs.rnn_parameters(rng, n_x=3, n_a=6, n_y=2)
    parameters["Waa"] *= radius / np.abs(np.linalg.eigvals(parameters["Waa"])).max()
    x = 0.0001 * np.random.default_rng(4).standard_normal((3, 1, T_x))
    parameters["ba"] *= 0
    return np.random.default_rng(5).standard_normal((6, 1, T_x)), rnn.rnn_forward(x, np.zeros((6, 1)), parameters)[-1]


def lstm_sequence(forget_bias, T_x=24):
    parameters = inputs.lstm_parameters(np.random.default_rng(3), n_x=3, n_a=5, n_y=2)
    parameters["bf"] = np.full((5, 1), float(forget_bias))
    x = np.random.default_rng(4).standard_normal((3, 1, T_x))
    return np.random.default_rng(5).standard_normal((5, 1, T_x)), lstm.lstm_forward(x, np.zeros((5, 1)), parameters)[-1]


def stub(da, caches):
    raise NotImplementedError("rnn_backward is still to be written")


def shown(live, **values):
    """Draw one state and return its words; the card is then in that state."""
    return live.scene.update(**live.values | values)


def drawn(live, name):
    """Return the tints of a map, what stands above it, its curve, and whether it is framed as wrong."""
    image, _, head, frame = live.scene._maps[name]
    line, _ = live.scene._lines[name]
    assert isinstance(frame, Rectangle)
    return image.get_facecolor(), head.get_text(), line.get_ydata(), frame.get_edgecolor()[3] > 0


@pytest.mark.parametrize("m", [1, 3])
@pytest.mark.parametrize("T_x", [1, 2, 7])
def test_learners_own_is_measured_in_one_call(m, T_x):
    """Each pair has a sequence of its own; the reference follows nudges through the whole one."""
    count = ("n_a, m, T_x = da.shape", "n_a, m, T_x = da.shape; calls.append(T_x)")
    for name, draw, code in (("rnn_backward", inputs.rnn, SWEEP), ("lstm_backward", inputs.lstm, LSTM_SWEEP)):
        da, caches = draw(m=m, T_x=T_x)
        calls = []
        asked = BackwardProbe(name, written(code, count, calls=calls), "da0")
        calls.clear()
        np.testing.assert_allclose(learner_influence(asked, da, caches), influence(da, caches), rtol=1e-9, atol=1e-15)
        assert calls == [T_x - 1] * (T_x > 1)


def test_learners_mistake_is_measured():
    """Without the time path, a loss reaches the state before it and no other."""
    da, caches = inputs.rnn(T_x=5)
    right, wrong = (
        influence(da, caches),
        learner_influence(BackwardProbe("rnn_backward", written(SWEEP, NO_TIME), "da0"), da, caches),
    )
    near = np.tri(5, dtype=bool) & ~np.tri(5, k=-2, dtype=bool)
    np.testing.assert_allclose(wrong, np.where(near, right, 0))


@pytest.mark.parametrize("radius", [0.0, 0.6, 1.0, 1.4, 2.0])
@pytest.mark.parametrize("T_x", [1, 2, 9, 24])
def test_shown_is_what_was_measured(radius, T_x):
    """Shorter sequences are the first steps of the longest; medians are drawn, and the factor is told."""
    live = widgets.influence_map(rnn_sequence)
    words = shown(live, radius=radius, T_x=T_x)
    norms = influence(*rnn_sequence(radius))[:T_x, :T_x]
    tints, head, curve, _ = drawn(live, "RNN")
    shares = norms / np.diagonal(norms)[:, None]
    medians = np.array([np.median(np.diagonal(shares, -lag)) for lag in range(T_x)])
    with np.errstate(divide="ignore"):
        expected = np.log10(medians)
    np.testing.assert_allclose(curve, np.where(np.isfinite(expected), expected, np.nan))
    assert (tints[:, 3] > 0).sum() == T_x * (T_x + 1) / 2
    assert words.startswith(f"T_x = {T_x}. RNN, radius {radius:g}: the influence ")
    if radius and T_x > 2:
        fate = {0.6: "vanishes", 1.4: "explodes", 2.0: "explodes"}.get(radius)
        assert (fate or "") in words
        assert head == f"RNN: × {words.split('× ')[1].split(' per')[0]} per step"


def test_forget_bias_decides_for_the_lstm_alone():
    live = widgets.influence_map(rnn_sequence, lstm_sequence, radius=0.6)
    before = shown(live, forget_bias=-4.0)
    curves = drawn(live, "RNN")[2], drawn(live, "LSTM")[2]
    after = shown(live, forget_bias=6.0)
    assert "LSTM, forget bias −4: the influence vanishes" in before
    assert "LSTM, forget bias 6: the influence vanishes: × 0.89 per step" in after
    assert np.array_equal(drawn(live, "RNN")[2], curves[0])
    assert drawn(live, "LSTM")[2][-1] > curves[1][-1] + 3


def test_right_and_wrong_of_the_learners_own():
    live = widgets.influence_map(
        rnn_sequence, lstm_sequence, rnn_backward=written(SWEEP, NO_TIME), lstm_backward=written(LSTM_SWEEP)
    )
    words = shown(live, T_x=10)
    assert "exactly 0 from lag 2 on. It differs from the exact one at 36 of 55 pairs." in words
    assert "Your lstm_backward: all as the exact one." in words
    assert drawn(live, "RNN, yours")[3]
    # A map that would be the same twice is drawn once; its curve is drawn under the exact one.
    assert set(live.scene._maps) == {"RNN", "LSTM", "RNN, yours"}
    own, exact = (live.scene._lines[name][0].get_ydata() for name in ("LSTM, yours", "LSTM"))
    np.testing.assert_allclose(own, exact)


def test_same_sizes_are_no_proof():
    live = widgets.influence_map(rnn_sequence, rnn_backward=written(SWEEP, ("dba += ", "dba -= ")))
    assert "the same sizes, but not all that it returns is right" in shown(live)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (stub, "Your rnn_backward: rnn_backward is still to be written."),
        (lambda da, caches: 1 / 0, "ZeroDivisionError"),
        (lambda da, caches: None, "returns None"),
        (lambda da, caches: {"da0": "?"}, "The dict has no dx"),
        (lambda da, caches: {"dx": da}, "dx has shape (3, 4, 3)"),
        (7, "Give the function rnn_backward itself"),
    ],
)
def test_unusable_functions_are_told_and_get_no_map(function, said, capsys):
    live = widgets.influence_map(rnn_sequence, rnn_backward=function)
    assert said in shown(live)
    assert list(live.scene._maps) == ["RNN"]
    assert not capsys.readouterr().out


def test_function_that_fails_on_long_sequences_alone():
    """The small sequence is right; at the settings of the widget nothing can be drawn."""
    short_breath = written(SWEEP, ("return {", 'return {"da0": None} if T_x > 3 else {'))
    live = widgets.influence_map(rnn_sequence, rnn_backward=short_breath)
    assert "Your rnn_backward gives no da0 that can be used here." in shown(live)
    assert_uncrowded(live.scene.card)


@pytest.mark.parametrize("networks", [1, 2, 3, 4])
def test_extremes_are_tidy(networks, recwarn):
    own = [
        {},
        {},
        {"lstm_backward": written(LSTM_SWEEP)},
        {"rnn_backward": written(SWEEP), "lstm_backward": written(LSTM_SWEEP)},
    ]
    makers = (rnn_sequence,) if networks == 1 else (rnn_sequence, lstm_sequence)
    live = widgets.influence_map(*makers, **own[networks - 1])
    for name, control in live.controls.items():
        for value in (control.min, control.max):
            assert "nan" not in shown(live, **{name: value})
            assert_uncrowded(live.scene.card)
    shown(live, radius=2.0, T_x=1)
    assert_uncrowded(live.scene.card)
    assert not recwarn


def test_norms_that_are_not_finite_are_told():
    def broken(radius, T_x=24):
        da, caches = rnn_sequence(radius, T_x)
        da[0, 0, 3] = np.inf
        return da, caches

    live = widgets.influence_map(broken, T_x=6)
    assert "not finite" in shown(live)
    assert live.scene._maps["RNN"][1].get_xdata().size


def test_each_control_changes_the_picture():
    live = widgets.influence_map(rnn_sequence, lstm_sequence)
    pictures = {live.frame.png}
    for name, value in (("T_x", 12), ("radius", 0.5), ("forget_bias", 0.0)):
        live.controls[name].value = value
        pictures.add(live.frame.png)
    assert len(pictures) == 4


def test_scale_is_the_same_at_all_settings():
    live = widgets.influence_map(rnn_sequence)
    shown(live, radius=0.6)
    before = live.scene._curves.get_ylim()
    shown(live, radius=2.0)
    assert live.scene._curves.get_ylim() == before
    assert power_of_ten(before[0]) == "10⁻⁶"


def test_radii_are_told_apart_by_colour():
    """On the diagonal orange; far from it pale, orange or dark."""
    live = widgets.influence_map(rnn_sequence)
    light = {}
    for radius in (0.6, 1.0, 1.4):
        shown(live, radius=radius)
        tints = drawn(live, "RNN")[0]
        losses, states = np.nonzero(np.tri(24, dtype=bool))
        light[radius] = tints[(losses == 23) & (states == 0)][0, :3].sum()
        np.testing.assert_allclose(tints[losses == states, :3], [to_rgb(style.TIME_PATH)] * 24, atol=0.02)
    assert light[0.6] > light[1.0] + 0.5 > light[1.4] + 1


def test_grey_and_crosses_are_explained_where_there_are_some():
    live = widgets.influence_map(rnn_sequence)
    for radius, there in ((0.0, True), (1.0, False)):
        shown(live, radius=radius)
        assert [artist.get_visible() for artist in live.scene._zero] == [there] * 2
        assert not any(artist.get_visible() for artist in live.scene._not_finite)


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "makes a sequence"), ({"rnn": rnn_sequence, "lstm_backward": stub}, "of its own kind")],
)
def test_what_cannot_be_shown_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        widgets.influence_map(**given)
