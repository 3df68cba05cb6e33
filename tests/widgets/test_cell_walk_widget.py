"""The walk back through a cell: what is lit and known at each step, whose gradients they are, and in whose lines."""

import json
import math
import time
import warnings
from itertools import pairwise

import numpy as np
import pytest
from shapes import arrows, assert_tidy, texts

from bptt import inputs, widgets
from bptt.viz import draw, style
from bptt.viz.sheet import Arrow, Circle, Grid, Polyline
from bptt.widgets.walk_steps import WALKS

RNN, LSTM = inputs.rnn_cell(seed=4), inputs.lstm_cell(seed=4)


def rnn_cell_dz(da_next, cache):
    slope = 1 - cache.a_next**2
    return da_next * slope


def rnn_cell_backward(da_next, cache):
    dz = rnn_cell_dz(da_next, cache)
    dxt = cache.parameters["Wax"].T @ dz
    learned = {"dWax": dz @ cache.xt.T, "dba": dz.sum(axis=1, keepdims=True)}
    learned["dWaa"] = dz @ cache.a_prev.T
    return {"dxt": dxt, "da_prev": cache.parameters["Waa"].T @ dz, **learned}


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


def steps(live):
    """Return all values of its slider."""
    return live.controls["step"].values


def walked(live):
    """Return the words of every step."""
    return [live.words(step=step) for step in steps(live)]


def shown(live, step, *, narrow=False):
    """Return the texts that can be seen at a step."""
    return set(texts(live.shapes(step=step, narrow=narrow)))


def entries(live, step):
    """Return the numbers of the panel's arrays."""
    grids = [shape for shape in live.shapes(step=step) if isinstance(shape, Grid) and shape.numbers]
    return {draw.number(value) for grid in grids for row in grid.values for value in row}


both_cells = pytest.mark.parametrize("case", [RNN, LSTM], ids=["RNN", "LSTM"])
both_layouts = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def places(case, narrow):
    return WALKS[type(case[-1])].picture.layouts[1 + narrow]


def boxes(case, narrow):
    """Return left, top, right and bottom of all nodes, and of what is outside of the cell."""
    where = places(case, narrow)
    found = [
        (name, (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
        for name, ((x, y), wide, tall) in where.sizes().items()
    ]
    edge, wide, tall = where.loss
    if case is RNN:
        left, across, down = where.next_cell
        outside, top = [(left, where.middle - down / 2, across, down)], edge - tall
    else:
        outside, top = where.next_cell, edge
    found += [("next cell", (x, y, x + across, y + down)) for x, y, across, down in outside]
    return [*found, ("prediction", (where.fork - wide / 2, top, where.fork + wide / 2, top + tall))]


def node_at(point, every):
    """Return the node at which a point is, or an empty text."""

    def away(box):
        return math.hypot(*(max(box[i] - point[i], 0, point[i] - box[i + 2]) for i in (0, 1)))

    name, box = min(every, key=lambda each: away(each[1]))
    return name if away(box) < 3.5 else ""


def drawn_edges(shapes, case, *, narrow, colours):
    """Return the two nodes of each arrow, the one at its start first; four ways share the last part of one arrow."""
    every, found = boxes(case, narrow), set()
    lines = [shape.points for shape in shapes if isinstance(shape, Polyline) and shape.colour in colours]
    for arrow in (shape for shape in shapes if isinstance(shape, Arrow) and shape.colour in colours):
        (x, y), (end, _) = arrow.points[0], arrow.points[-1]
        start, target = node_at(arrow.points[0], every), node_at(arrow.points[-1], every)
        if start and target:
            found.add((start, target))
        elif target == "[a_prev; xt]":
            found |= {(node_at(first, every), target) for first, last in lines if last[1] == y and end < last[0] <= x}
        elif target.startswith("W"):
            assert any(first[1] == y and first[0] < x <= last[0] + 1e-9 for first, last in lines)
            found.add(("[a_prev; xt]", target))
        else:
            assert not start, f"an arrow from {start} leads nowhere"
            assert not target, f"an arrow to {target} comes from nowhere"
    return found


BACK = {style.SUM, style.LOSS_PATH, style.TIME_PATH, style.MEMORY_PATH}


def graph(case):
    """Return every node, those outside of the cell among them, with its inputs."""
    picture = WALKS[type(case[-1])].picture
    return {name: node.inputs for name, node in picture.nodes.items()} | picture.outside


@both_layouts
@both_cells
def test_arrows_forward_are_the_edges_of_the_graph(case, narrow):
    found = drawn_edges(
        widgets.cell_walk(None, *case).shapes(narrow=narrow), case, narrow=narrow, colours={style.VALUE}
    )
    assert found == {(each, node) for node, inputs in graph(case).items() for each in inputs}


@both_layouts
@both_cells
def test_arrows_back_are_those_of_the_nodes_that_were_passed(case, narrow):
    """One from every node that the walk has passed to each of its inputs, and one into those from outside."""
    live, stops = widgets.cell_walk(None, *case), WALKS[type(case[-1])].stops
    outside = {"prediction", "next cell"}
    for step in steps(live):
        passed = {stop.node for stop in stops[:step]}
        allowed = {(node, each) for node, inputs in graph(case).items() for each in inputs if node in passed}
        allowed |= {(node, each) for node in outside for each in graph(case)[node] if each in passed}
        assert drawn_edges(live.shapes(step=step, narrow=narrow), case, narrow=narrow, colours=BACK) == allowed, step


def test_arrows_back_in_an_rnn():
    live = widgets.cell_walk(None, *RNN)
    found = [drawn_edges(live.shapes(step=step), RNN, narrow=False, colours=BACK) for step in range(6)]
    assert [after - before for before, after in pairwise(found)] == [
        {("prediction", "a_next"), ("next cell", "a_next"), ("a_next", "tanh")},
        {("tanh", "sum")},
        {("sum", "Waa @ a_prev"), ("sum", "Wax @ xt"), ("sum", "ba")},
        set(),
        {("Waa @ a_prev", "Waa"), ("Waa @ a_prev", "a_prev")},
    ]


def test_memory_path_arrives_where_it_meets_the_state():
    live = widgets.cell_walk(None, *LSTM)
    assert [len(arrows(live.shapes(step=step), style.MEMORY_PATH)) - 1 for step in range(7)] == [0, 0, 0, 0, 2, 4, 5]


@both_layouts
@both_cells
def test_node_of_the_step_is_lit(case, narrow):
    live = widgets.cell_walk(None, *case)
    for step, stop in enumerate(WALKS[type(case[-1])].stops, 1):
        shapes = live.shapes(step=step, narrow=narrow)
        (lit,) = [shape for shape in shapes if getattr(shape, "face", "") == style.MARKER]
        centre, wide, tall = places(case, narrow).sizes()[stop.node]
        if isinstance(lit, Circle):
            assert (lit.at, wide) == (centre, tall)
            assert lit.radius > wide / 2
        else:
            left, top, width, height = lit.at
            assert (left + width / 2, top + height / 2) == pytest.approx(centre)
            assert width > wide
            assert height > tall
        assert stop.node in texts(shapes)
    assert not [shape for shape in live.shapes(step=0) if getattr(shape, "face", "") == style.MARKER]


@both_layouts
@both_cells
def test_nodes_can_be_touched(case, narrow):
    shapes = widgets.cell_walk(None, *case).shapes(narrow=narrow)
    areas = {dict(shape.sets)["step"]: shape.at for shape in shapes if hasattr(shape, "sets")}
    for step, stop in enumerate(WALKS[type(case[-1])].stops, 1):
        (x, y), _, _ = places(case, narrow).sizes()[stop.node]
        left, top, width, height = areas.pop(step)
        assert left < x < left + width
        assert top < y < top + height
        assert min(width, height) >= 24
    assert not areas


@both_cells
def test_every_gradient_is_found_once_and_told(case):
    walk = WALKS[type(case[-1])]
    told = walked(widgets.cell_walk(None, *case))
    exact = walk.exact(*case)
    for name, gradient in exact.items():
        sentence = f"{name} {gradient.shape}: largest magnitude {draw.number(draw.largest(gradient))}."
        assert sum(sentence in words for words in told) == 1
    assert len(set(told)) == len(walk.stops) + 1


@both_cells
def test_every_picture_is_tidy(case):
    live = widgets.cell_walk(None, *case)
    for step in steps(live):
        assert_tidy(live, step=step)


@both_cells
def test_numbers_of_the_panel_can_be_read(case):
    """Every array of lessons' sizes has its numbers on a page; heading, controls and words need some 150 pixels."""
    live = widgets.cell_walk(None, *case)
    for step in steps(live):
        for shape in live.shapes(step=step):
            if isinstance(shape, Grid) and shape.numbers:
                cell = shape.at[2] / len(shape.values[0]), shape.at[3] / len(shape.values)
                assert draw.fits_numbers(*cell, size=11)
    page = live.layouts[0]
    assert page.height - page.top < 620 - 150
    assert page.most == page.width


@both_cells
def test_panel_shows_only_what_is_known(case):
    live, known = widgets.cell_walk(None, *case), set()
    of_all = WALKS[type(case[-1])].exact(*case)
    for step, stop in enumerate(WALKS[type(case[-1])].stops, 1):
        known |= set(stop.found)
        labels = {words.split(" (")[0] for words in shown(live, step) if " (" in words}
        assert labels & set(of_all) <= known
        assert set(stop.found) <= labels


def test_gradients_appear_as_they_are_found():
    live = widgets.cell_walk(rnn_cell_backward, *RNN)
    names = {"da_next", "dz", "dWaa", "dxt"}
    seen = [shown(live, step) & names for step in (0, 1, 2, 5, 10)]
    assert seen == [set(), {"da_next"}, {"da_next", "dz"}, {"da_next", "dz", "dWaa"}, names]


@both_cells
def test_opens_quickly_and_is_small(case):
    live, taken = widgets.cell_walk(None, *case), []
    for _ in range(3):
        start = time.process_time()
        page = live.page()
        taken.append(time.process_time() - start)
    assert min(taken) < 0.6
    assert len(page.encode()) < 150_000


def test_numbers_are_the_learner_s():
    def doubled(da_next, cache):
        return {name: 2 * gradient for name, gradient in rnn_cell_backward(da_next, cache).items()}

    live = widgets.cell_walk(doubled, *RNN)
    assert "your gradients" in live.title
    told = live.words(step=4)
    dba = 2 * rnn_cell_backward(*RNN)["dba"]
    assert f"dba (5, 1): largest magnitude {draw.number(draw.largest(dba))}. dba not exact yet." in told
    assert {draw.number(value) for value in dba.flat} <= entries(live, 4)


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

    told = widgets.cell_walk(halved, *RNN).words(step=2)
    assert f"dz (5, 4): largest magnitude {draw.number(draw.largest(rnn_cell_dz(*RNN)) / 2)}. dz not exact yet." in told


def test_wrong_gradient_is_named_where_it_is_found():
    live = widgets.cell_walk(wrong_backward, *RNN)
    assert [step for step, words in enumerate(walked(live)) if "da_prev not exact yet" in words] == [5]
    for narrow in (False, True):
        (remark,) = [s for s in live.shapes(step=5, narrow=narrow) if getattr(s, "colour", "") == style.WRONG_TEXT]
        assert remark.words == "da_prev not exact yet"


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
    told = live.words(step=4)
    assert reason in told
    assert "these are the exact gradients" in told
    assert "exact gradients" in live.title
    assert "Your line" not in told
    assert capsys.readouterr() == ("", "")


def test_gradient_of_the_wrong_shape_is_told_and_the_exact_one_is_shown():
    told = widgets.cell_walk(flat_bias, *RNN).words(step=4)
    assert "dba (5, 1)" in told
    assert "(5,)" in told


def test_exact_gradients_need_no_function():
    live = widgets.cell_walk(None, *RNN)
    assert "exact gradients" in live.title
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
    live = widgets.cell_walk(None, *case)
    last = steps(live)[-1]
    for step in (1, last // 2, last - 3, last):
        assert_tidy(live, step=step)


def test_long_lines_are_shortened():
    def wordy(da_next, cache):
        dz = rnn_cell_dz(da_next, cache) + 0 * (1111111111111111 + 2222222222222222 + 3333333333333333 + 4444444444444)
        return rnn_cell_backward(da_next, cache) | {"dba": dz.sum(axis=1, keepdims=True)}

    live = widgets.cell_walk(wordy, *RNN)
    assert_tidy(live, step=2)
    (yours,) = [words.replace("\n", " ") for words in shown(live, 2) if words.startswith("yours: dz = ")]
    assert yours.endswith(" ...")
    assert "4444444444444" not in yours
    assert "4444444444444" in live.words(step=2)


def test_message_of_a_learner_s_error_is_text():
    message = '</script><img src="x" onerror="alert(1)">'

    def hostile(da_next, cache):
        raise ValueError(message)

    live = widgets.cell_walk(hostile, *RNN)
    assert message in live.words()
    page = live.page()
    assert page.count("<img") == 1  # the still
    assert page.count("</script>") == 1
    assert json.dumps(message)[1:-1].replace("<", "\\u003c") in page


def test_still_picture_has_all_gradients():
    still = {text.get_text() for text in widgets.cell_walk(None, *RNN).still().page.texts}
    assert {"da_next", "dz", "dba", "dWaa", "da_prev", "dWax", "dxt"} <= still


@pytest.mark.parametrize("wrong", [(), (RNN[0],), (RNN[1],), (*LSTM[:1], LSTM[2])])
def test_other_arguments_are_refused(wrong):
    with pytest.raises(TypeError, match="da_next, cache or lstm_cell_backward"):
        widgets.cell_walk(None, *wrong)
