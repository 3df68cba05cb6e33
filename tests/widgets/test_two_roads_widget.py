"""Two roads with switches: what the loops give that leave a road out, and what the widget shows and says of it."""

import numpy as np
import pytest
from crowds import assert_uncrowded, numbers
from learner_code import FROM_LAST, NO_TIME, SWEEP, WITHOUT, written
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from pictures import words

from bptt import check, exact, inputs, rnn, widgets
from bptt.viz import draw, style
from bptt.widgets.ablations import loops

STATES = list(WITHOUT)
SINGLE = {"seed": 5, "n_x": 1, "n_a": 1, "n_y": 2, "m": 1, "T_x": 4}


@pytest.fixture(scope="module")
def sequence():
    return inputs.rnn(**SINGLE)


@pytest.fixture(scope="module")
def live(sequence):
    return widgets.two_roads(*sequence, written(SWEEP))


def shown(live, *, t=1, loss=True, time=True):
    """Move all controls and return what the widget says; its card is then in that state, even if the frame was kept."""
    for name, value in {"t": t, "loss": loss, "time": time}.items():
        live.controls[name].source.value = value
    assert live.scene.update(**live.values) == live.words
    return live.words


def crosses(live):
    return [line for line in live.scene.card.findobj(Line2D) if line.get_marker() == "x" and line.get_visible()]


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


@pytest.mark.parametrize("t", range(4))
def test_both_roads_are_told_at_every_step(live, sequence, t):
    da, caches = sequence
    loop = loops(da, caches)[True, True]
    loss, time, total = (draw.number(values[0, 0, t]) for values in (da, loop.da_prevt, loop.da_next))
    said = shown(live, t=t)
    assert f"At step {t}: loss path {loss} + time path {time} = {total}, which goes into the cell." in said
    assert f"dx[:, :, {t}] is {draw.number(exact.rnn_backward(da, caches)['dx'][0, 0, t])}." in said
    assert "All that it returns is exact." in said
    assert not crosses(live)


@pytest.mark.parametrize(("loss", "time"), STATES[1:], ids=str)
def test_wrong_answers_are_told_beside_exact_ones(live, sequence, loss, time):
    da, caches = sequence
    wrong = written(SWEEP, *WITHOUT[loss, time])(da, caches)["dx"]
    right = exact.rnn_backward(da, caches)["dx"]
    said = shown(live, t=1, loss=loss, time=time)
    assert f"dx[:, :, 1] is {draw.number(wrong[0, 0, 1])}; exact is {draw.number(right[0, 0, 1])}." in said
    steps = "0, 1, 2 and 3" if not (loss or time) else "0, 1 and 2"
    assert f"Wrong: dx at steps {steps}, da0, dWax, dWaa, dba." in said
    (cross,) = crosses(live)[:1]
    assert len(crosses(live)) == (not loss) + (not time)
    assert len(cross.get_xdata()) == 4


@pytest.mark.parametrize("roads", STATES, ids=str)
def test_picture_has_the_numbers_of_the_chosen_loop(live, sequence, roads):
    """Of the roads that are there, what arrives; of three loops, the exact one, this one and the learner's."""
    loss, time = roads
    shown(live, t=2, loss=loss, time=time)
    da, caches = sequence
    loop = loops(da, caches)[roads]
    rows = [values for values, there in ((da, loss), (loop.da_prevt, time), (loop.da_next, True)) if there]
    expected = [draw.number(value) for values in rows for value in values.flat]
    for found in (exact.rnn_backward(da, caches), loop.returned, exact.rnn_backward(da, caches)):
        parts = (found[name] for name in ("dx", "da0", "dWax", "dWaa", "dba"))
        expected += [draw.number(value) for part in parts for value in part.flat]
    written_there = numbers(live.scene.card)
    for number in set(expected):
        assert written_there.count(number) >= expected.count(number)


def test_lit_step_moves(live):
    """The light on the chain and the one on the numbers below it stand at the join of the step."""
    scene, pictures = live.scene, set()
    for t, join in enumerate(scene._joins):
        shown(live, t=t)
        pictures.add(live.frame.png)
        assert scene._halo.get_center()[0] == scene._column.get_x() + scene._column.get_width() / 2 == join
        assert f"a[:, :, {t}]" in words(scene.card)
    assert len(pictures) == len(scene._joins) == 4


@pytest.mark.parametrize(("roads", "wrong"), list(zip(STATES, (0, 7, 7, 8), strict=True)), ids=str)
def test_wrong_numbers_have_thick_outlines(live, roads, wrong):
    """Of dx at four steps, da0, dWax, dWaa and dba; without one road, dx at the last step is still right."""
    shown(live, loss=roads[0], time=roads[1])
    boxes = [boxes for boxes in live.scene.card.findobj(PathCollection) if boxes.get_visible()]
    edges = [to_hex(edge).upper() for each in boxes for edge in each.get_edgecolor()]
    widths = [width for each in boxes for width in each.get_linewidth()]
    assert edges.count(style.WRONG) == sum(width > 2 for width in widths) == wrong


def test_state_depends_on_the_controls_alone(live):
    once = {state: live.scene.frame(t=2, loss=state[0], time=state[1]) for state in STATES}
    for state in reversed(STATES):
        assert live.scene.frame(t=2, loss=state[0], time=state[1]) == once[state]


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
        (
            (("    n_a, m", "    raise NotImplementedError('It is still to be written')\n    n_a, m"),),
            "Yours: It is still",
        ),
        ((("    n_a, m", "    return rnn_whole(da, caches)\n    n_a, m"),), "Yours: Your function calls bptt.exact."),
    ],
)
def test_learners_own_gradients_are_judged_and_nothing_is_raised(sequence, changes, said):
    function = written(SWEEP, *changes, rnn_whole=exact.rnn_backward)
    live = widgets.two_roads(*sequence, function)
    assert said.casefold() in live.words.casefold()
    assert "exact" in live.words
    assert_uncrowded(live.scene.card)


def test_mistakes_are_called_what_the_check_calls_them(sequence):
    function = written(SWEEP, NO_TIME)
    (cause,) = check.run(check.EXERCISES["rnn_backward"], function).causes
    assert f"The check calls it: {cause.title}." in widgets.two_roads(*sequence, function).words


def test_learners_own_cell_is_used(sequence):
    """What bptt.exact lends is not called in its place."""

    def rnn_cell_backward(da_next, cache):
        return {name: 2 * value for name, value in exact.allow_exact(exact.rnn_cell_backward)(da_next, cache).items()}

    live = widgets.two_roads(*sequence, written(SWEEP, rnn_cell_backward=rnn_cell_backward))
    assert "Yours is wrong" in live.words


def test_result_instead_of_function_is_refused_in_words(sequence):
    live = widgets.two_roads(*sequence, {"dx": 1})
    assert "Yours: Give the function rnn_backward itself, without calling it." in live.words


def test_without_a_function_there_is_nothing_of_yours(sequence):
    live = widgets.two_roads(*sequence)
    assert "ours" not in live.words
    assert live.scene.card.height < widgets.two_roads(*sequence, written(SWEEP)).scene.card.height


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
    for loss, time in STATES:
        live.scene.frame(t=length - 1, loss=loss, time=time)
        assert_uncrowded(live.scene.card)


@pytest.mark.filterwarnings("error")
def test_huge_weights_are_sane(sequence):
    da, caches = sequence
    first = caches.steps[0]
    huge = {name: 1e200 * weights for name, weights in first.parameters.items()}
    _, _, caches = rnn.rnn_forward(caches.x, first.a_prev, {**first.parameters, "Waa": huge["Waa"]})
    live = widgets.two_roads(da, caches, written(SWEEP))
    assert "Yours: all exact." in shown(live, time=False)
    assert_uncrowded(live.scene.card)


def test_a_zero_gradient_leaves_nothing_wrong(sequence):
    da, caches = sequence
    live = widgets.two_roads(0 * da, caches)
    assert "All that it returns is exact." in shown(live, loss=False)


def test_larger_arrays_are_shown_by_their_norms():
    da, caches = inputs.rnn(T_x=3)
    live = widgets.two_roads(da, caches)
    norm = draw.number(np.linalg.norm(da[:, :, 1]))
    assert f"At step 1: the loss path brings {norm}, the time path " in live.words
    assert "(norms)" in live.words
    assert norm in numbers(live.scene.card)


@pytest.mark.parametrize(
    ("sizes", "cut", "said"),
    [({"T_x": 6}, 0, "1 to 5 steps, not for 6"), ({"T_x": 4}, 1, r"\(5, 4, 3\). With these caches it has \(5, 4, 4\)")],
)
def test_what_cannot_be_drawn_is_refused(sizes, cut, said):
    da, caches = inputs.rnn(**sizes)
    with pytest.raises(ValueError, match=said):
        widgets.two_roads(da[..., cut:], caches)
