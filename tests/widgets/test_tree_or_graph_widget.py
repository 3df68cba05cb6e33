"""A traversal per loss beside one sweep: what is drawn and told after each call, and what learners' functions do."""

import pytest
from crowds import assert_uncrowded, numbers
from learner_code import NO_TIME, PER_LOSS, SWEEP, written
from matplotlib.colors import to_hex
from pictures import words

from bptt import exact, widgets
from bptt.viz import style

LENGTHS = range(1, 9)


@pytest.fixture(scope="module")
def live():
    return widgets.tree_or_graph()


def called(half):
    """Return the numbers in the cells of a half that have been called, and of those the one that is lit."""
    edges, faces = half._cells._boxes.get_edgecolor(), half._cells._boxes.get_facecolor()
    done = [i for i, edge in enumerate(edges, start=1) if to_hex(edge).upper() == style.INK.upper()]
    return done, [i for i, face in enumerate(faces, start=1) if to_hex(face).upper() == style.MARKER]


@pytest.mark.parametrize("T_x", LENGTHS)
def test_both_sides_make_one_call_after_the_other(live, T_x):
    """The sweep has made its last one long before the traversals have."""
    tree = T_x * (T_x + 1) // 2
    for calls in range(tree + 1):
        live.scene.update(T_x=T_x, calls=calls)
        left, right = live.scene._halves
        assert called(left) == (list(range(1, calls + 1)), [calls] if calls else [])
        assert called(right) == (list(range(1, min(calls, T_x) + 1)), [calls] if 0 < calls <= T_x else [])
        assert len(left._half.cells) == tree
        shown = words(live.scene.card)
        assert any(word.startswith(f"{calls} of {tree} call") for word in shown) == (calls < tree)
        assert any(word.startswith(f"{calls} of {T_x} call") for word in shown) >= (calls < T_x)


def test_each_traversal_has_its_line_and_colour(live):
    live.scene.update(T_x=4, calls=10)
    left, right = live.scene._halves
    looks = {}
    colours = left._shafts.get_color()
    for part, colour in zip(left._half.arrows, colours, strict=True):
        looks.setdefault(part.at[0][1], set()).add((to_hex(colour), str(part.look["linestyle"])))
    assert [len(found) for found in looks.values()] == [1, 1, 1, 1]
    assert len(set.union(*looks.values())) == 4
    swept = [to_hex(colour).upper() for colour in right._shafts.get_color()]
    assert [swept.count(colour) for colour in (style.LOSS_PATH, style.TIME_PATH, style.SUM)] == [4, 3, 4]


def test_what_is_ahead_is_pale(live):
    live.scene.update(T_x=3, calls=0)
    assert {to_hex(c).upper() for half in live.scene._halves for c in half._shafts.get_color()} == {style.HAIRLINE}


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (0, "after 0 calls: the traversal of loss 2 has passed 0 of 3 cells, 6 to go; the sweep has passed 0 of 3"),
        (2, "after 2 calls: the traversal of loss 2 has passed 2 of 3 cells, 4 to go; the sweep has passed 2 of 3"),
        (3, "after 3 calls: the traversal of loss 1 has passed 0 of 2 cells, 3 to go; the sweep is finished."),
        (5, "after 5 calls: the traversal of loss 0 has passed 0 of 1 cells, 1 to go; the sweep is finished."),
        (6, "one traversal per loss takes 3 + 2 + 1 = 6 calls, one sweep 3 calls. Both give the same gradient."),
    ],
)
def test_every_state_is_told(live, calls, told):
    assert told in live.scene.update(T_x=3, calls=calls)


def test_slider_of_calls_follows_the_length():
    """Finished stays finished, half-way stays at the same call, and no state has more calls than there are."""
    live = widgets.tree_or_graph()
    length, calls = (live.controls[name].source for name in ("T_x", "calls"))
    assert (length.value, calls.value, calls.max) == (5, 0, 15)
    drawn = []
    live.scene.update = lambda T_x, calls: drawn.append((T_x, calls)) or ""
    calls.value = 15
    length.value = 8
    assert (calls.value, calls.max) == (36, 36)
    calls.value = 20
    length.value = 3
    assert (calls.value, calls.max) == (6, 6)
    calls.value = 2
    length.value = 1
    assert (calls.value, calls.max) == (1, 1)
    assert all(made <= n * (n + 1) // 2 for n, made in drawn)


def test_picture_that_stays_in_the_notebook_is_finished():
    assert widgets.tree_or_graph(T_x=4)._still_values == {"calls": 10}


@pytest.mark.parametrize("T_x", LENGTHS)
def test_learners_calls_are_counted_at_every_length(T_x):
    live = widgets.tree_or_graph(written(SWEEP), written(PER_LOSS), T_x=T_x)
    tree = T_x * (T_x + 1) // 2
    made, swept = (f"{n} call{'' if n == 1 else 's'}" for n in (tree, T_x))
    assert f"Your rnn_backward makes {swept}, and is right. Your rnn_backward_per_loss makes {made}, and is right." in (
        live.words
    )
    assert f"yours, rnn_backward_per_loss: {made}, right" in words(live.scene.card)
    assert f"yours, rnn_backward: {swept}, right" in words(live.scene.card)


def other_way(code):
    """Write the second function so that it is what ``code`` says."""
    return written(f"{SWEEP}\ndef rnn_backward_per_loss(da, caches):\n    {code}\n")


@pytest.mark.parametrize(
    ("function", "said", "brief"),
    [
        (written(PER_LOSS, ("da_next = gradients", "unused = gradients")), "makes 15 calls, and is wrong", "15 calls"),
        (other_way("return rnn_backward(da, caches)"), "makes 5 calls, and is right", "5 calls, right"),
        (other_way("raise NotImplementedError('It is still to be written')"), "Yours: It is still to", "no result"),
        (other_way("return da[0, 0, 99]"), "(IndexError: index 99 is out of bounds", "no result"),
        (other_way("return {}"), "Yours: The dict has no dx.", "no result"),
        (other_way("return exact(da, caches)"), "(NameError: name 'exact' is not defined)", "no result"),
        (other_way("while True: rnn_cell_backward(da[:, :, 0], caches.steps[0])"), "more than 100 calls", "no result"),
        (3, "Yours: Give the function rnn_backward_per_loss itself", "no result"),
    ],
)
def test_whatever_a_learner_writes_is_told(function, said, brief):
    live = widgets.tree_or_graph(None, function)
    assert said in live.words
    assert any(word.startswith(f"yours, rnn_backward_per_loss: {brief}") for word in words(live.scene.card))
    assert "Your rnn_backward " not in live.words


def test_function_without_the_cell_has_nothing_to_count():
    """Such as one that has the cell's lines in its loop."""
    inside = written(
        SWEEP,
        ("rnn_cell_backward(", "own("),
        own=exact.allow_exact(exact.rnn_cell_backward),
    )
    assert "Your rnn_backward makes no call of rnn_cell_backward" in widgets.tree_or_graph(inside).words


def test_a_wrong_loop_is_told():
    assert "makes 5 calls, and is wrong" in widgets.tree_or_graph(written(SWEEP, NO_TIME)).words


@pytest.mark.parametrize("T_x", LENGTHS)
def test_every_length_is_tidy(T_x):
    live = widgets.tree_or_graph(written(SWEEP), written(PER_LOSS))
    for calls in (0, T_x * (T_x + 1) // 2):
        live.scene.frame(T_x=T_x, calls=calls)
        assert_uncrowded(live.scene.card)
    shown = numbers(live.scene.card)
    assert shown.count("1") >= 2
    assert f"loss {T_x - 1}" in shown


def test_state_depends_on_the_controls_alone(live):
    states = [(n, calls) for n in (8, 1, 3) for calls in (0, 1)]
    once = {state: live.scene.frame(T_x=state[0], calls=state[1]) for state in states}
    for n, calls in reversed(states):
        assert live.scene.frame(T_x=n, calls=calls) == once[n, calls]
    assert len({frame.png for frame in once.values()}) == len(states)


@pytest.mark.parametrize("T_x", [0, 9])
def test_other_lengths_are_refused(T_x):
    with pytest.raises(ValueError, match="1 to 8 steps"):
        widgets.tree_or_graph(T_x=T_x)
