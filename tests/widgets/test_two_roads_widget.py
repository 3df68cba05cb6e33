"""Two roads with switches: what the loops give that leave a road out, and what the widget shows and says of it."""

import re
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from learner_code import FROM_LAST, LSTM_SWEEP, NO_TIME, SWEEP, WITHOUT, written
from shapes import arrows, assert_tidy, texts

from bptt import check, exact, inputs, rnn, widgets
from bptt.viz import draw, style
from bptt.viz.sheet import Circle, Grid, Polyline, Rectangle, Text, Touch
from bptt.widgets.ablations import loops

STATES = list(WITHOUT)
SINGLE = {"seed": 5, "n_x": 1, "n_a": 1, "n_y": 2, "m": 1, "T_x": 4}

NO_MEMORY = ("+ da_prevt, dc_prevt, caches", "+ da_prevt, 0 * dc_prevt, caches")
# Of a loop over an LSTM, by whether the time path and the memory path are there.
LSTM_WITHOUT = {
    (True, True): (),
    (True, False): (NO_MEMORY,),
    (False, True): (NO_TIME,),
    (False, False): (NO_MEMORY, NO_TIME),
}


@pytest.fixture(scope="module")
def sequence():
    return inputs.rnn(**SINGLE)


@pytest.fixture(scope="module")
def live(sequence):
    return widgets.two_roads(*sequence, written(SWEEP))


def crosses(shapes):
    """Return the middle of each cross; it has two lines."""
    lines = [shape.points for shape in shapes if isinstance(shape, Polyline) and shape.colour == style.WRONG]
    assert len(lines) % 2 == 0
    return {tuple(np.mean(line, axis=0)) for line in lines}


def written_numbers(shapes):
    """Return all texts, and the numbers in tinted cells."""
    cells = [draw.number(shape.values[0][0]) for shape in shapes if isinstance(shape, Grid)]
    return texts(shapes) + cells


def assert_every_state_is_tidy(live, *, t):
    for loss, time in STATES:
        assert_tidy(live, t=t, loss=loss, time=time)


@pytest.mark.parametrize("roads", STATES, ids=str)
@pytest.mark.parametrize("sizes", [{}, {"m": 1}, {"T_x": 1}], ids=str)
def test_loops_give_what_learners_loops_give(roads, sizes):
    """The numbers come from nudges that travel forward; here from loops that run backward."""
    da, caches = inputs.rnn(**sizes)
    loop = loops(da, caches)[roads]
    backward = written(SWEEP, *WITHOUT[roads])
    for name, gradient in backward(da, caches).items():
        np.testing.assert_allclose(loop.returned[name], gradient, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize(
    ("roads", "row"),
    [
        ((True, True), [-2.07101689, -0.59255627, 0.02466855, 0.01483317]),
        ((True, False), [-0.15028183, -0.34554547, 0.02071758, 0.01483317]),
        ((False, True), [0.04036334, 0.01590669, 0.00395097, 0.01483317]),
    ],
    ids=str,
)
def test_famous_rows_are_among_them(roads, row):
    legacy = np.random.RandomState(1)
    x, a0 = legacy.randn(3, 10, 4), legacy.randn(5, 10)
    shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
    _, _, caches = rnn.rnn_forward(x, a0, {name: legacy.randn(*shape) for name, shape in shapes.items()})
    np.testing.assert_allclose(loops(legacy.randn(5, 10, 4), caches)[roads].returned["dx"][1][2], row, atol=1e-8)


@pytest.mark.parametrize("roads", STATES, ids=str)
def test_what_arrives_adds_to_what_goes_on(roads, sequence):
    da, caches = sequence
    loop = loops(da, caches)[roads]
    loss, time = roads
    np.testing.assert_allclose(loop.da_next, loss * da + time * loop.da_prevt)
    if time:
        # Where the loss path is left out, learners start with the last loss; otherwise with zero.
        np.testing.assert_array_equal(loop.da_prevt[..., -1], 0 if loss else da[..., -1])


def assert_adds_up(live, da, loop, t):
    """Assert that a sentence and the picture have a sum that is right as it is written, and return its numbers."""
    said = live.words(t=t)
    written_sum = re.search(r"At step (\d): loss path \+ time path = (\S+) \+ (\S+) = (\S+), which goes into", said)
    step, *terms = written_sum.groups()
    assert step == str(t)
    digits = [Decimal(term.strip("()").replace("−", "-")) for term in terms]
    assert digits[0] + digits[1] == digits[2]
    assert len({-number.as_tuple().exponent for number in digits if number}) == 1
    assert terms[1].startswith("(") == (digits[1] < 0)
    for number, values in zip(digits, (da, loop.da_prevt, loop.da_next), strict=True):
        assert float(number) == pytest.approx(values[0, 0, t], abs=5.1e-3)
        assert bool(number) == bool(values[0, 0, t])
    for narrow in (False, True):
        assert set(terms) <= set(texts(live.shapes(narrow=narrow, t=t)))
    return terms


@pytest.mark.parametrize("make", [inputs.rnn, inputs.lstm])
@pytest.mark.parametrize("seed", range(8))
def test_sums_add_up_as_they_are_written(make, seed):
    da, caches = make(**{**SINGLE, "seed": seed})
    live = widgets.two_roads(da, caches)
    for t in range(4):
        assert_adds_up(live, da, loops(da, caches)[True, True], t)
        assert_tidy(live, t=t)


@pytest.mark.parametrize("t", range(4))
def test_both_roads_are_told_at_every_step(live, sequence, t):
    da, caches = sequence
    said = live.words(t=t)
    assert_adds_up(live, da, loops(da, caches)[True, True], t)
    assert f"dx[:, :, {t}] is {draw.number(exact.rnn_backward(da, caches)['dx'][0, 0, t])}." in said
    assert "Every gradient that the loop returns is exact." in said
    assert not crosses(live.shapes(t=t))


@pytest.mark.parametrize(("loss", "time"), STATES[1:], ids=str)
def test_wrong_answers_are_told_beside_exact_ones(live, sequence, loss, time):
    da, caches = sequence
    wrong = written(SWEEP, *WITHOUT[loss, time])(da, caches)["dx"]
    right = exact.rnn_backward(da, caches)["dx"]
    said = live.words(t=1, loss=loss, time=time)
    assert f"dx[:, :, 1] is {draw.number(wrong[0, 0, 1])}; exact is {draw.number(right[0, 0, 1])}." in said
    if loss or time:
        last = live.words(t=3, loss=loss, time=time)
        assert f"dx[:, :, 3] is {draw.number(right[0, 0, 3])}, which is exact." in last
    steps = "0, 1, 2 and 3" if not (loss or time) else "0, 1 and 2"
    assert f"Wrong: dx at steps {steps}, da0, dWax, dWaa, dba." in said


@pytest.mark.parametrize(
    ("roads", "said"),
    [
        ((True, False), "No gradient reaches a step from later steps."),
        ((False, True), "The loop starts with the gradient of the last loss, and no other loss is added."),
        ((False, False), "No gradient enters the loop."),
    ],
)
def test_what_is_left_out_is_told(live, roads, said):
    assert said in live.words(loss=roads[0], time=roads[1])


@pytest.mark.parametrize(
    ("roads", "said"),
    [
        ((True, False), "No gradient goes back from one memory to the memory before it."),
        ((False, True), "From later steps, gradients come back only along the memory."),
        ((False, False), "No gradient reaches a step from later steps."),
    ],
)
def test_what_is_left_out_of_an_lstm_is_told(lstm_live, roads, said):
    assert said in lstm_live.words(time=roads[0], memory=roads[1])


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("loss", "time"), STATES, ids=str)
def test_arrows_of_a_road_left_out_are_grey_and_crossed(live, narrow, loss, time):
    """Each road has an arrow at every step; the arrow to da0 stays, whatever is left out."""
    shapes = live.shapes(narrow=narrow, loss=loss, time=time)
    grey = arrows(shapes, style.AHEAD)
    assert len(arrows(shapes, style.LOSS_PATH)) == 4 * loss
    assert len(arrows(shapes, style.TIME_PATH)) == 4 * time + 1
    assert len(grey) == 4 * (not loss) + 4 * (not time)
    assert crosses(shapes) == {tuple(np.mean(arrow, axis=0)) for arrow in grey}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("roads", STATES, ids=str)
def test_picture_has_the_numbers_of_the_chosen_loop(live, sequence, roads, narrow):
    """Of the roads that are there, what arrives; of three loops, the exact one, this one and the learner's."""
    loss, time = roads
    da, caches = sequence
    loop = loops(da, caches)[roads]
    rows = [values for values, there in ((da, loss), (loop.da_prevt, time), (loop.da_next, True)) if there]
    expected = [draw.number(value) for values in rows for value in values.flat]
    if not (loss and time):
        # Those of the lit step are written once more, in large, as they are in a sum.
        expected += [draw.number(values[0, 0, 2]) for values in rows]
    for found in (exact.rnn_backward(da, caches), loop.returned, exact.rnn_backward(da, caches)):
        parts = (found[name] for name in ("dx", "da0", "dWax", "dWaa", "dba"))
        expected += [draw.number(value) for part in parts for value in part.flat]
    shapes = live.shapes(narrow=narrow, t=2, loss=loss, time=time)
    written_there = written_numbers(shapes)
    for number in set(expected):
        assert written_there.count(number) >= expected.count(number)
    assert texts(shapes).count("left out") == (not loss) + (not time)


@pytest.mark.parametrize("narrow", [False, True])
def test_light_is_at_the_join(live, narrow):
    """On the chain, and on the numbers of the step below it."""
    joins = sorted(
        {shape.at[0] for shape in live.shapes(narrow=narrow) if isinstance(shape, Circle) if shape.radius < 6}
    )
    assert len(joins) == 4
    for t, join in enumerate(joins):
        shapes = live.shapes(narrow=narrow, t=t)
        (halo,) = [shape for shape in shapes if isinstance(shape, Circle) and shape.face == style.MARKER]
        lit = [s.at for s in shapes if isinstance(s, Rectangle) and s.face == style.MARKER_PALE and s.z < 1]
        assert halo.at[0] == join
        assert {left + wide / 2 for left, _, wide, _ in lit} == {join}
        numbers = [s.at for s in shapes if isinstance(s, Grid) and abs(s.at[0] + s.at[2] / 2 - join) < 1]
        assert len(numbers) == 3
        for _, top, _, tall in numbers:
            assert any(y < top and top + tall < y + high for _, y, _, high in lit)
        assert f"a[:, :, {t}]" in texts(shapes)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("roads", "wrong"), list(zip(STATES, (0, 7, 7, 8), strict=True)), ids=str)
def test_wrong_numbers_have_thick_outlines(live, roads, wrong, narrow):
    """Of dx at four steps, da0, dWax, dWaa and dba; without one road, dx at the last step is still right."""
    shapes = live.shapes(narrow=narrow, loss=roads[0], time=roads[1])
    boxes = [shape for shape in shapes if isinstance(shape, Rectangle)]
    assert sum(box.edge == style.WRONG for box in boxes) == sum(box.width > 2 for box in boxes) == wrong


def touched(shapes, x, y):
    """Return what a click sets at a point."""
    areas = sorted((s for s in shapes if isinstance(s, Touch)), key=lambda shape: -shape.z)
    inside = (s for s in areas if s.at[0] < x < s.at[0] + s.at[2] and s.at[1] < y < s.at[1] + s.at[3])
    return dict(next(inside).sets)


STUB = ("    n_a, m", "    raise NotImplementedError('It is still to be written')\n    n_a, m")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    ("changes", "roads", "noted"),
    [
        ((), (True, True), False),
        ((), (True, False), True),
        ((NO_TIME,), (True, True), True),
        ((STUB,), (True, True), False),
        ((STUB,), (False, True), True),
    ],
)
def test_thick_outlines_are_explained_while_there_are_any(sequence, changes, roads, noted, narrow):
    loss, time = roads
    shapes = widgets.two_roads(*sequence, written(SWEEP, *changes)).shapes(narrow=narrow, loss=loss, time=time)
    assert ("thick outline: wrong" in texts(shapes)) == noted
    assert any(shape.edge == style.WRONG for shape in shapes if isinstance(shape, Rectangle)) == noted


def places(shapes):
    """Return where each text is."""
    return {shape.words: shape.at for shape in shapes if isinstance(shape, Text)}


def test_rows_are_explained(live, lstm_live):
    """By the path below each name, or after it in a narrow column."""
    paths = {"da[:, :, t]": "loss path", "da_prevt": "time path", "da_next": "into the cell", "dc_prevt": "memory path"}
    for figure, count in ((live, 3), (lstm_live, 4)):
        for name, path in list(paths.items())[:count]:
            # Each path stands in the sum, too.
            below = [s for s in figure.shapes() if isinstance(s, Text) and s.words == path and s.side == "left"]
            (x, y), (text,) = places(figure.shapes())[name], below
            assert text.at[0] == x
            assert y < text.at[1] < y + 12
            assert f"{name}, {path}" in texts(figure.shapes(narrow=True))


def test_names_before_the_first_cell_of_an_lstm_are_beside_their_arrows(lstm_live):
    """None touches the cell, and each is nearer to its own arrow than to the other one."""
    for narrow, name in ((False, "dc0, not returned"), (True, "dc0")):
        shapes = lstm_live.shapes(narrow=narrow)
        at = places(shapes)
        cell = min(
            s.at[0] for s in shapes if isinstance(s, Rectangle) and s.z == 3 and s.face == style.BOX and s.width == 1.1
        )
        forward = min(
            (ends for ends in arrows(shapes, style.VALUE) if ends[0][1] == ends[1][1]), key=lambda e: (-e[0][1], e)
        )
        back = min(arrows(shapes, style.MEMORY_PATH))
        assert at["c0"][1] < forward[0][1] < back[0][1] < at[name][1]
        if narrow:
            for word in ("a0", "da0", "c0"):
                assert at[word][0] + len(word) * 0.602 * 11 / 2 <= cell - 2


@pytest.mark.parametrize("narrow", [False, True])
def test_picture_can_be_touched(live, narrow):
    """Over each step of the chain, for the step; on each arrow of a road, to switch it."""
    shapes = live.shapes(narrow=narrow)
    joins = [shape.at for shape in shapes if isinstance(shape, Circle) and shape.radius < 6]
    assert [touched(shapes, x, y + 30) for x, y in joins] == [{"t": t} for t in range(4)]
    for road, colour in (("loss", style.LOSS_PATH), ("time", style.TIME_PATH)):
        # The last one of the time path leads to da0.
        for ends in sorted(arrows(shapes, colour))[road == "time" :]:
            assert touched(shapes, *np.mean(ends, axis=0)) == {road: None}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("T_x", [1, 4, 5])
@pytest.mark.parametrize("make", [inputs.rnn, inputs.lstm])
def test_dots_select_their_steps(make, T_x, narrow):
    """No arrow's area lies over a dot or near it."""
    shapes = widgets.two_roads(*make(**{**SINGLE, "T_x": T_x})).shapes(narrow=narrow)
    dots = [shape.at for shape in shapes if isinstance(shape, Circle) and shape.radius < 6]
    assert len(dots) == T_x
    for t, (x, y) in enumerate(dots):
        for right, down in product((-8, 0, 8), repeat=2):
            assert touched(shapes, x + right, y + down) == {"t": t}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "Yours: all exact."),
        ((NO_TIME,), "Yours is a loop without the time path. The check calls it: The gradient never crosses"),
        (WITHOUT[False, True], "Yours is a loop without the losses of the earlier steps. The check calls it"),
        (WITHOUT[False, False], "Yours is a loop into which nothing enters."),
        ((FROM_LAST,), "Yours is wrong: dx at steps 0, 1, 2 and 3, da0, dWax, dWaa, dba."),
        ((("dWaa += ", "dWaa = "),), "Yours is wrong: dWaa."),
        (
            (("caches.steps[t]", "caches"),),
            "for cache it is given all caches (RNNCaches), where the cache of one step belongs",
        ),
        ((('"dba": dba', '"db": dba'),), "Yours: The dict has no dba."),
        ((('"dx": dx', '"dx": dx[0]'),), "Yours: Dx has shape"),
        ((("return {", "return 3, {"),), "Yours: It returns a tuple."),
        ((STUB,), "Yours: It is still"),
        ((("    n_a, m", "    return rnn_whole(da, caches)\n    n_a, m"),), "Yours: Your function calls bptt.exact."),
    ],
)
def test_learners_own_gradients_are_judged_and_nothing_is_raised(sequence, changes, said):
    function = written(SWEEP, *changes, rnn_whole=exact.rnn_backward)
    live = widgets.two_roads(*sequence, function)
    assert said.casefold() in live.words().casefold()
    assert "exact" in live.words()
    assert_tidy(live)


def test_mistakes_are_called_what_the_check_calls_them(sequence):
    function = written(SWEEP, NO_TIME)
    (cause,) = check.run(check.EXERCISES["rnn_backward"], function).causes
    assert f"The check calls it: {cause.title}." in widgets.two_roads(*sequence, function).words()


def test_learners_own_cell_is_used(sequence):
    """What bptt.exact lends is not called in its place."""

    def rnn_cell_backward(da_next, cache):
        return {name: 2 * value for name, value in exact.allow_exact(exact.rnn_cell_backward)(da_next, cache).items()}

    live = widgets.two_roads(*sequence, written(SWEEP, rnn_cell_backward=rnn_cell_backward))
    assert "Yours is wrong" in live.words()


def test_result_instead_of_function_is_refused_in_words(sequence):
    live = widgets.two_roads(*sequence, {"dx": 1})
    assert "Yours: Give the function rnn_backward itself, without calling it." in live.words()


def test_without_a_function_there_is_nothing_of_yours(sequence):
    live = widgets.two_roads(*sequence)
    assert "ours" not in live.words()
    assert "yours" not in texts(live.shapes())
    for mine, others in zip(live.layouts, widgets.two_roads(*sequence, written(SWEEP)).layouts, strict=True):
        assert mine.height <= others.height


EXTREMES = {
    "zero gradient": lambda da, caches: (0 * da, caches),
    "huge gradient": lambda da, caches: (1e306 * da, caches),
    "not a number": lambda da, caches: (np.nan * da, caches),
}


@pytest.mark.parametrize("sizes", [(1, 1, 1), (1, 1, 5), (5, 4, 5)], ids=str)
@pytest.mark.parametrize("extreme", EXTREMES.values(), ids=EXTREMES)
def test_every_state_of_every_extreme_is_sane(sizes, extreme):
    n_a, m, length = sizes
    da, caches = extreme(*inputs.rnn(n_x=max(1, n_a - 2), n_a=n_a, m=m, T_x=length))
    live = widgets.two_roads(da, caches, written(SWEEP))
    for t in range(length):
        assert_every_state_is_tidy(live, t=t)
    assert live.data()


@pytest.mark.filterwarnings("error")
def test_huge_weights_are_sane(sequence):
    da, caches = sequence
    first = caches.steps[0]
    huge = {name: 1e200 * weights for name, weights in first.parameters.items()}
    _, _, caches = rnn.rnn_forward(caches.x, first.a_prev, {**first.parameters, "Waa": huge["Waa"]})
    live = widgets.two_roads(da, caches, written(SWEEP))
    assert "Yours: all exact." in live.words(time=False)
    assert_every_state_is_tidy(live, t=1)


def test_a_mistake_that_four_digits_do_not_show_is_told(sequence):
    da, caches = sequence
    first = caches.steps[0]
    parameters = {**first.parameters, "Waa": 1e-4 * first.parameters["Waa"]}
    _, _, caches = rnn.rnn_forward(caches.x, first.a_prev, parameters)
    wrong, right = (loops(da, caches)[roads].returned["dx"][0, 0, 1] for roads in ((True, False), (True, True)))
    said = widgets.two_roads(da, caches).words(t=1, time=False)
    assert 0 < abs(wrong - right) < 1e-4 * abs(right)
    assert f"which differs from the exact one by {draw.number(wrong - right)}." in said


def test_a_zero_gradient_leaves_nothing_wrong(sequence):
    da, caches = sequence
    live = widgets.two_roads(0 * da, caches)
    assert "Every gradient that the loop returns is exact." in live.words(loss=False)


def test_larger_arrays_are_shown_by_their_norms():
    da, caches = inputs.rnn(T_x=3)
    live = widgets.two_roads(da, caches)
    norm = draw.number(np.linalg.norm(da[:, :, 1]))
    assert f"At step 1: the loss path brings {norm}, the time path " in live.words()
    assert "(norms)" in live.words()
    for narrow in (False, True):
        assert norm in written_numbers(live.shapes(narrow=narrow))
        assert any("numbers are norms" in words for words in texts(live.shapes(narrow=narrow)))


@pytest.mark.parametrize(
    ("sizes", "cut", "said"),
    [({"T_x": 6}, 0, "1 to 5 steps, not for 6"), ({"T_x": 4}, 1, r"\(5, 4, 3\). With these caches it has \(5, 4, 4\)")],
)
def test_what_cannot_be_drawn_is_refused(sizes, cut, said):
    da, caches = inputs.rnn(**sizes)
    with pytest.raises(ValueError, match=said):
        widgets.two_roads(da[..., cut:], caches)


@pytest.fixture(scope="module")
def lstm_sequence():
    return inputs.lstm(**SINGLE)


@pytest.fixture(scope="module")
def lstm_live(lstm_sequence):
    return widgets.two_roads(*lstm_sequence, written(LSTM_SWEEP))


@pytest.mark.parametrize("roads", STATES, ids=str)
@pytest.mark.parametrize("sizes", [{}, {"m": 1}, {"T_x": 1}], ids=str)
def test_loops_over_an_lstm_give_what_learners_loops_give(roads, sizes):
    da, caches = inputs.lstm(**sizes)
    loop = loops(da, caches)[roads]
    backward = written(LSTM_SWEEP, *LSTM_WITHOUT[roads])
    gradients = backward(da, caches)
    assert gradients.keys() == loop.returned.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(loop.returned[name], gradient, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("t", range(4))
def test_all_three_roads_of_an_lstm_are_told(lstm_live, lstm_sequence, t):
    da, caches = lstm_sequence
    loop = loops(da, caches)[True, True]
    assert_adds_up(lstm_live, da, loop, t)
    memory = draw.number(loop.dc_prevt[0, 0, t])
    said = lstm_live.words(t=t)
    assert f"goes into the cell; the memory path brings {memory}." in said
    assert "Every gradient that the loop returns is exact." in said
    for narrow in (False, True):
        assert written_numbers(lstm_live.shapes(narrow=narrow, t=t)).count(memory) >= 2


@pytest.mark.parametrize(("time", "memory"), STATES[1:], ids=str)
def test_wrong_answers_of_an_lstm_are_told(lstm_live, lstm_sequence, time, memory):
    da, caches = lstm_sequence
    wrong = written(LSTM_SWEEP, *LSTM_WITHOUT[time, memory])(da, caches)["dx"]
    right = exact.lstm_backward(da, caches)["dx"]
    for t in range(3):
        # In as many digits as show that they differ.
        found = re.search(
            r"dx\[:, :, \d\] is (\S+); exact is (\S+)\. Yours", lstm_live.words(t=t, time=time, memory=memory)
        )
        mine, true = found.groups()
        assert mine != true
        assert float(mine.replace("−", "-")) == pytest.approx(wrong[0, 0, t], rel=0.12)
        assert float(true.replace("−", "-")) == pytest.approx(right[0, 0, t], rel=0.35)
    said = lstm_live.words(t=1, time=time, memory=memory)
    assert "Wrong: dx at steps 0, 1 and 2, da0, dWf, dbf, dWi, dbi, dWc, dbc, dWo, dbo." in said
    assert ("time path" in said) == time
    assert ("memory path" in said) == memory


@pytest.mark.parametrize("narrow", [False, True])
def test_what_is_wrong_looks_wrong(lstm_sequence, lstm_live, narrow):
    """Where a number is outlined as wrong, it has a digit more than elsewhere if that shows the difference."""
    for time, memory in STATES:
        shapes = lstm_live.shapes(narrow=narrow, time=time, memory=memory)
        boxes = [s for s in shapes if isinstance(s, Rectangle) and s.radius == 1 and s.edge != style.HAIRLINE]
        words = {s.at: s.words for s in shapes if isinstance(s, Text)}
        across = int(narrow)
        middles = {box: (box.at[0] + box.at[2] / 2, box.at[1] + box.at[3] / 2) for box in boxes}
        assert len(boxes) == 3 * 13
        for box, middle in middles.items():
            assert len(words[middle]) * 0.602 * (11 if narrow else 7.2) < box.at[2] - 2.2
            if box.edge != style.WRONG:
                continue
            beside = [words[at] for b, at in middles.items() if b.edge == style.EXACT and at[across] == middle[across]]
            assert len(beside) == 1
            # These differ by less than one more digit shows: dx at steps 0 and 1, da0 and dbo.
            assert words[middle] != beside[0] or words[middle] in {"−0.040", "−0.02", "−0.05", "−0.01"}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("time", "memory"), STATES, ids=str)
def test_roads_of_an_lstm_are_drawn(lstm_live, narrow, time, memory):
    """Each at every step; the arrows out of the first cell stay, and so does the loss path."""
    shapes = lstm_live.shapes(narrow=narrow, time=time, memory=memory)
    grey = arrows(shapes, style.AHEAD)
    assert len(arrows(shapes, style.LOSS_PATH)) == 4
    assert len(arrows(shapes, style.TIME_PATH)) == 4 * time + 1
    assert len(arrows(shapes, style.MEMORY_PATH)) == 4 * memory + 1
    assert len(grey) == 4 * (not time) + 4 * (not memory)
    assert crosses(shapes) == {tuple(np.mean(arrow, axis=0)) for arrow in grey}
    assert texts(shapes).count("left out") == (not time) + (not memory)
    switched = {name for s in shapes if isinstance(s, Touch) for name, value in s.sets if value is None}
    assert switched == {"time", "memory"}


@pytest.mark.parametrize(
    ("changes", "such"),
    [
        ((NO_MEMORY,), "a loop without the memory path"),
        ((NO_TIME,), "a loop without the time path"),
        ((NO_MEMORY, NO_TIME), "a loop that carries nothing back"),
    ],
)
def test_mistakes_in_an_lstm_are_called_what_the_check_calls_them(lstm_sequence, changes, such):
    function = written(LSTM_SWEEP, *changes)
    (cause,) = check.run(check.EXERCISES["lstm_backward"], function).causes
    said = widgets.two_roads(*lstm_sequence, function).words()
    assert f"Yours is {such}. The check calls it: {cause.title}." in said


@pytest.mark.parametrize("sizes", [(1, 1, 1), (1, 1, 5), (5, 4, 5)], ids=str)
@pytest.mark.parametrize("extreme", EXTREMES.values(), ids=EXTREMES)
def test_every_state_of_every_extreme_of_an_lstm_is_sane(sizes, extreme):
    n_a, m, length = sizes
    da, caches = extreme(*inputs.lstm(n_x=max(1, n_a - 2), n_a=n_a, m=m, T_x=length))
    live = widgets.two_roads(da, caches, written(LSTM_SWEEP))
    for t in range(length):
        for time, memory in STATES:
            assert_tidy(live, t=t, time=time, memory=memory)
    assert live.data()


def test_an_lstm_without_a_function_is_tidy(lstm_sequence):
    for time, memory in STATES:
        assert_tidy(widgets.two_roads(*lstm_sequence), time=time, memory=memory)
