"""The walk back through a cell: what is lit and known at each step, whose gradients they are, and in whose lines."""

import io
import warnings

import numpy as np
import pytest
from pictures import assert_tidy, entries, words
from PIL import Image

from bptt import inputs, widgets
from bptt.viz import draw
from bptt.widgets.walk_steps import WALKS

RNN, LSTM = inputs.rnn_cell(seed=4), inputs.lstm_cell(seed=4)


def rnn_cell_dz(da_next, cache):
    slope = 1 - cache.a_next**2
    return da_next * slope


def rnn_cell_backward(da_next, cache):
    dz = rnn_cell_dz(da_next, cache)
    dxt = cache.parameters["Wax"].T @ dz
    learnt = {"dWax": dz @ cache.xt.T, "dba": dz.sum(axis=1, keepdims=True)}
    learnt["dWaa"] = dz @ cache.a_prev.T
    return {"dxt": dxt, "da_prev": cache.parameters["Waa"].T @ dz, **learnt}


def wrong_backward(da_next, cache):
    return rnn_cell_backward(da_next, cache) | {"da_prev": cache.parameters["Waa"] @ rnn_cell_dz(da_next, cache)}


def unwritten(da_next, cache):
    raise NotImplementedError("rnn_cell_backward is still to be written")


def failing(da_next, cache):
    print("on the way")
    warnings.warn("look", stacklevel=1)
    return da_next @ cache.a_next


def flat_bias(da_next, cache):
    gradients = rnn_cell_backward(da_next, cache)
    return gradients | {"dba": gradients["dba"][:, 0]}


def at(live, step):
    live.controls["step"].source.value = step
    return live.words


def shown(live):
    """Return the texts that can be seen on the card."""
    return set(words(live.scene.card))


def walked(live):
    """Return the words of every step."""
    return [live.scene.update(step=step) for step in range(live.controls["step"].source.max + 1)]


@pytest.mark.parametrize("case", [RNN, LSTM], ids=["RNN", "LSTM"])
def test_every_gradient_is_found_once_and_told(case):
    walk = WALKS[type(case[-1])]
    told = walked(widgets.cell_walk(None, *case))
    exact = walk.exact(*case)
    for name, gradient in exact.items():
        sentence = f"{name} {gradient.shape}: largest {draw.number(draw.largest(gradient))}."
        assert sum(sentence in words for words in told) == 1
    assert len(set(told)) == len(walk.stops) + 1


@pytest.mark.parametrize("case", [RNN, LSTM], ids=["RNN", "LSTM"])
def test_every_picture_is_tidy(case):
    """The panel is never covered by what it holds."""
    scene = widgets.cell_walk(None, *case).scene
    for step in range(len(WALKS[type(case[-1])].stops) + 1):
        scene.update(step=step)
        assert_tidy(scene.card)


def test_gradients_appear_as_they_are_found():
    live = widgets.cell_walk(rnn_cell_backward, *RNN)
    seen = []
    for step in (0, 1, 2, 5, 10):
        live.scene.update(step=step)
        seen.append({word.split(maxsplit=1)[0] for word in shown(live)} & {"da_next", "dz", "dWaa", "dxt"})
    assert seen == [set(), {"da_next"}, {"da_next", "dz"}, {"da_next", "dz", "dWaa"}, {"da_next", "dz", "dWaa", "dxt"}]


def test_going_back_takes_them_away():
    live = widgets.cell_walk(rnn_cell_backward, *RNN)
    at(live, 1)
    first = live.frame
    at(live, 10)
    live._cache.clear()
    at(live, 1)
    assert live.frame == first


def test_picture_changes_where_the_node_is():
    """The ring around tanh, and the panel below."""
    live = widgets.cell_walk(None, *RNN)
    pictures = []
    for step in (2, 3):
        at(live, step)
        pictures.append(np.asarray(Image.open(io.BytesIO(live.frame.png))).astype(int))
    rows, columns = np.nonzero(np.abs(pictures[0] - pictures[1]).sum(axis=-1) > 200)
    x, y = columns * 612 / pictures[0].shape[1], rows * 612 / pictures[0].shape[1]
    graph = y < 345
    assert (((x > 300) & (x < 445) & (y > 165) & (y < 215)) | ~graph).all()
    assert graph.any()
    assert not graph.all()


def test_numbers_are_the_learner_s():
    def doubled(da_next, cache):
        return {name: 2 * gradient for name, gradient in rnn_cell_backward(da_next, cache).items()}

    live = widgets.cell_walk(doubled, *RNN)
    assert "your gradients" in live.scene.card.caption
    told = at(live, 4)
    dba = 2 * rnn_cell_backward(*RNN)["dba"]
    assert f"dba (5, 1): largest {draw.number(draw.largest(dba))}. dba not exact yet." in told
    assert {draw.number(value) for value in dba.flat} <= set(entries(live.scene.card))


def test_lines_are_the_learner_s():
    """Wherever they stand; a call of a function of one's own is followed into it."""
    told = walked(widgets.cell_walk(rnn_cell_backward, *RNN))
    assert "Your line: `dz = da_next * slope`." in told[2]
    assert "`dba = dz.sum(axis=1, keepdims=True)`" in told[4]
    assert "`dWaa = dz @ cache.a_prev.T;  da_prev = cache.parameters['Waa'].T @ dz`" in told[5]
    assert "dxt = cache.parameters['Wax'].T @ dz`" in told[8]


def test_line_that_only_names_tells_nothing_and_a_slice_does():
    def sliced(da_next, cache):
        parts = rnn_cell_backward(da_next, cache)
        dba = parts["dba"]
        dxt = np.vstack((parts["dxt"], parts["da_prev"]))[:3]
        return parts | {"dba": dba, "dxt": dxt}

    told = walked(widgets.cell_walk(sliced, *RNN))
    assert "`dba = dz.sum(axis=1, keepdims=True)`" in told[4]
    assert "dxt = np.vstack((parts['dxt'], parts['da_prev']))[:3]`" in told[8]


def test_values_inside_are_the_learner_s():
    """They are not returned, but computed on the way, under their name."""

    def halved(da_next, cache):
        dz = rnn_cell_dz(da_next, cache) / 2
        return rnn_cell_backward(da_next, cache) | {"dba": dz.sum(axis=1, keepdims=True)}

    told = at(widgets.cell_walk(halved, *RNN), 2)
    assert f"dz (5, 4): largest {draw.number(draw.largest(rnn_cell_dz(*RNN)) / 2)}. dz not exact yet." in told


def test_wrong_gradient_is_named_where_it_is_found():
    live = widgets.cell_walk(wrong_backward, *RNN)
    assert [step for step, words in enumerate(walked(live)) if "da_prev not exact yet" in words] == [5]
    live.scene.update(step=5)
    assert "da_prev not exact yet" in shown(live)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (unwritten, "rnn_cell_backward is still to be written."),
        (failing, "ValueError: matmul"),
        (lambda da_next, cache: None, "returns None"),
        (lambda da_next, cache: [1, 2], "returns a list"),
        (rnn_cell_backward(*RNN), "without calling it"),
    ],
)
def test_unusable_function_is_told_and_exact_gradients_are_shown(function, reason, capsys):
    live = widgets.cell_walk(function, *RNN)
    told = at(live, 4)
    assert reason in told
    assert "these are the exact gradients" in told
    assert "exact gradients" in live.scene.card.caption
    assert "Your line" not in told
    assert capsys.readouterr() == ("", "")


def test_gradient_of_the_wrong_shape_is_told_and_the_exact_one_is_shown():
    told = at(widgets.cell_walk(flat_bias, *RNN), 4)
    assert "dba (5, 1)" in told
    assert "(5,)" in told


def test_exact_gradients_need_no_function():
    live = widgets.cell_walk(None, *RNN)
    assert "exact gradients" in live.scene.card.caption
    assert "Your" not in "".join(walked(live))


@pytest.mark.parametrize(
    "case",
    [
        inputs.rnn_cell(n_x=1, n_a=1, m=1),
        inputs.rnn_cell(n_x=9, n_a=30, m=20),
        (np.zeros((5, 4)), RNN[1]),
        (1e12 * RNN[0], RNN[1]),
        (np.nan * RNN[0], RNN[1]),
        inputs.lstm_cell(n_x=1, n_a=1, m=1),
        inputs.lstm_cell(n_x=9, n_a=30, m=20),
    ],
    ids=["one number", "large", "zero", "huge", "not a number", "one number, LSTM", "large, LSTM"],
)
def test_extremes_are_tidy(case):
    scene = widgets.cell_walk(None, *case).scene
    last = len(WALKS[type(case[-1])].stops)
    for step in (1, last // 2, last):
        scene.update(step=step)
        assert_tidy(scene.card)


def test_still_picture_has_all_gradients():
    live = widgets.cell_walk(None, *RNN)
    assert live._still_values == {"step": live.controls["step"].source.max}


@pytest.mark.parametrize("wrong", [(), (RNN[0],), (RNN[1],), (*LSTM[:1], LSTM[2])])
def test_other_arguments_are_refused(wrong):
    with pytest.raises(TypeError, match="da_next, cache or lstm_cell_backward"):
        widgets.cell_walk(None, *wrong)
