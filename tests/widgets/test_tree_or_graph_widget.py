"""A traversal per loss beside one sweep: what is drawn and told after each call, and what learners' functions do."""

import pytest
from learner_code import NO_TIME, PER_LOSS, SWEEP, written
from shapes import assert_tidy, texts

from bptt import exact, widgets
from bptt.viz import style
from bptt.viz.sheet import Arrow, Circle, Polyline, Rectangle, Text, Touch

LENGTHS = range(1, 9)
BOTH = pytest.mark.parametrize("narrow", [False, True])


@pytest.fixture(scope="module")
def live():
    return widgets.tree_or_graph()


def all_calls(T_x):
    return T_x * (T_x + 1) // 2


def in_tree(shapes, narrow):
    """Return what is on the side of the tree, and what is on that of the sweep."""
    divider = next(s.points[0] for s in shapes if isinstance(s, Polyline) and s.colour == style.HAIRLINE)
    halves = [], []
    for shape in shapes:
        at = shape.points[0] if hasattr(shape, "points") else shape.at
        halves[at[narrow] > divider[narrow]].append(shape)
    return halves


def called(shapes):
    """Return the numbers in the cells of a half that have been called, and of those the one that is lit."""
    boxes = [shape for shape in shapes if isinstance(shape, Rectangle) and shape.radius == 3]
    done, lit = [], []
    for text in (s for s in shapes if isinstance(s, Text) and s.words.isdigit() and s.code):
        (x, y), here = text.at, []
        here = [s for s in boxes if s.at[0] < x < s.at[0] + s.at[2] and s.at[1] < y < s.at[1] + s.at[3]]
        inked = max(here, key=lambda shape: shape.z)
        assert (inked.edge, text.colour) in {(style.INK, style.INK), (style.MUTED, style.MUTED)}
        if inked.edge == style.INK:
            done.append(int(text.words))
        if inked.face == style.MARKER:
            lit.append(int(text.words))
    return sorted(done), lit


@BOTH
@pytest.mark.parametrize("T_x", LENGTHS)
def test_both_sides_make_one_call_after_the_other(live, T_x, narrow):
    """The sweep has made its last one long before the traversals have."""
    tree = all_calls(T_x)
    for calls in range(tree + 1):
        shapes = live.shapes(narrow=narrow, T_x=T_x, calls=calls)
        left, right = in_tree(shapes, narrow)
        assert called(left) == (list(range(1, calls + 1)), [calls] if calls else [])
        assert called(right) == (list(range(1, min(calls, T_x) + 1)), [calls] if 0 < calls <= T_x else [])
        assert sum(word.isdigit() for word in texts(left)) == tree
        shown = texts(shapes)
        assert any(word.startswith(f"{calls} of {tree} call") for word in shown) == (calls < tree)
        assert any(word.startswith(f"{calls} of {T_x} call") for word in shown) >= (calls < T_x)


@BOTH
def test_traversals_are_blue_and_solid(live, narrow):
    """Dashes are for the time path alone."""
    left, right = in_tree(live.shapes(narrow=narrow, T_x=4, calls=10), narrow)
    called = [shape for shape in left if isinstance(shape, Arrow) and shape.colour != style.MUTED]
    assert len({arrow.points[0][1] for arrow in called}) == 4
    assert {(arrow.colour, arrow.dash) for arrow in called} == {(style.LOSS_PATH, ())}
    swept = [shape.colour for shape in right if isinstance(shape, Arrow)]
    assert [swept.count(colour) for colour in (style.LOSS_PATH, style.TIME_PATH, style.SUM)] == [4, 3, 4]
    assert {shape.colour for shape in right if isinstance(shape, Arrow) and shape.dash} == {
        style.MUTED,
        style.TIME_PATH,
    }


@BOTH
def test_what_is_ahead_is_thin_and_grey(live, narrow):
    shapes = live.shapes(narrow=narrow, T_x=3, calls=0)
    assert {shape.colour for shape in shapes if isinstance(shape, Arrow)} == {style.MUTED}
    assert {shape.face for shape in shapes if isinstance(shape, Circle)} == {style.MUTED}
    # What is called is drawn over it, each arrow over its own.
    done = live.shapes(narrow=narrow, T_x=3, calls=6)
    ways = [{s.points for s in done if isinstance(s, Arrow) and (s.colour == style.MUTED) == pale} for pale in (0, 1)]
    assert ways[0] == ways[1]
    assert max(shape.z for shape in shapes if isinstance(shape, Arrow)) < min(
        shape.z for shape in done if isinstance(shape, Arrow) and shape.colour != style.MUTED
    )


@BOTH
@pytest.mark.parametrize("T_x", LENGTHS)
def test_steps_are_named_below_their_cells(live, T_x, narrow):
    """In the tree, below its last row."""
    for half in in_tree(live.shapes(narrow=narrow, T_x=T_x), narrow):
        steps = [shape for shape in half if isinstance(shape, Text) and shape.words.startswith("t")]
        assert [text.words.replace(" ", "") for text in steps] == [f"t={t}" for t in range(T_x)]
        cells = [s.at for s in half if isinstance(s, Text) and s.words.isdigit() and s.code]
        assert sorted({x for x, _ in cells}) == [text.at[0] for text in steps]
        assert max(y for _, y in cells) + 9 < min(text.at[1] for text in steps)


@BOTH
@pytest.mark.parametrize("T_x", [1, 4, 8])
def test_cells_can_be_touched(live, T_x, narrow):
    """Each leads to its own call."""
    halves = in_tree(live.shapes(narrow=narrow, T_x=T_x), narrow)
    for shapes in halves:
        areas = [shape for shape in shapes if isinstance(shape, Touch)]
        for text in (s for s in shapes if isinstance(s, Text) and s.words.isdigit() and s.code):
            x, y = text.at
            inside = [s for s in areas if s.at[0] < x < s.at[0] + s.at[2] and s.at[1] < y < s.at[1] + s.at[3]]
            assert [dict(shape.sets) for shape in inside] == [{"calls": int(text.words)}]


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (0, "loss 2 has passed 0 of 3 cells, with 6 calls still to come; the sweep has passed 0 of 3 cells."),
        (2, "loss 2 has passed 2 of 3 cells, with 4 calls still to come; the sweep has passed 2 of 3 cells."),
        (3, "loss 2 has passed 3 of 3 cells, with 3 calls still to come; the sweep is finished."),
        (4, "loss 1 has passed 1 of 2 cells, with 2 calls still to come; the sweep is finished."),
        (5, "loss 1 has passed 2 of 2 cells, with 1 call still to come; the sweep is finished."),
    ],
)
def test_every_state_is_told(live, calls, told):
    """Of the traversals, the one whose cell was just called."""
    assert f"T_x = 3, after {calls} calls: the traversal of {told}" in live.words(T_x=3, calls=calls)


def test_the_end_is_told(live):
    said = "one traversal per loss takes 3 + 2 + 1 = 6 calls, one sweep 3 calls. Both give the same gradient."
    assert said in live.words(T_x=3, calls=6)


def test_a_single_cell_is_told_as_one(live):
    said = live.words(T_x=1, calls=0)
    assert "loss 0 has passed 0 of 1 cell, with 1 call still to come; the sweep has passed 0 of 1 cell." in said


def test_no_state_has_more_calls_than_there_are(live):
    control = live.controls["calls"]
    assert control.limit == ("T_x", tuple(all_calls(n) + 1 for n in LENGTHS))
    assert len(control.values) == 37


def test_picture_that_stays_in_the_notebook_is_finished():
    live = widgets.tree_or_graph(T_x=4)
    assert "4 + 3 + 2 + 1 = 10 calls" in live.still().description
    assert "after 0 calls" in live.words()


@pytest.mark.parametrize("T_x", LENGTHS)
def test_learners_calls_are_counted_at_every_length(T_x):
    live = widgets.tree_or_graph(written(SWEEP), written(PER_LOSS), T_x=T_x)
    made, swept = (f"{n} call{'' if n == 1 else 's'}" for n in (all_calls(T_x), T_x))
    assert f"Your rnn_backward makes {swept}, and is right. Your rnn_backward_per_loss makes {made}, and is right." in (
        live.words()
    )
    for narrow, space in ((False, " "), (True, "\n")):
        shown = texts(live.shapes(narrow=narrow))
        assert f"yours, rnn_backward_per_loss:{space}{made}, right" in shown
        assert f"yours, rnn_backward:{space}{swept}, right" in shown


def test_functions_are_called_once_for_each_length():
    lengths = []

    def rnn_backward(da, caches):
        lengths.append(da.shape[-1])

    live = widgets.tree_or_graph(rnn_backward)
    live.words(T_x=3)
    live.page()
    assert lengths == list(LENGTHS)


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
    assert said in live.words()
    assert any(word.startswith(f"yours, rnn_backward_per_loss: {brief}") for word in texts(live.shapes()))
    assert "Your rnn_backward " not in live.words()


def test_function_without_the_cell_has_nothing_to_count():
    """Such as one that has the cell's lines in its loop."""
    inside = written(
        SWEEP,
        ("rnn_cell_backward(", "own("),
        own=exact.allow_exact(exact.rnn_cell_backward),
    )
    assert "Your rnn_backward makes no call of rnn_cell_backward" in widgets.tree_or_graph(inside).words()


def test_a_wrong_loop_is_told():
    assert "makes 5 calls, and is wrong" in widgets.tree_or_graph(written(SWEEP, NO_TIME)).words()


@pytest.mark.parametrize("own", [(), (SWEEP, PER_LOSS)], ids=["alone", "own"])
@pytest.mark.parametrize("T_x", LENGTHS)
def test_every_state_is_tidy(T_x, own):
    live = widgets.tree_or_graph(*map(written, own))
    for calls in range(all_calls(T_x) + 1):
        assert_tidy(live, T_x=T_x, calls=calls)
    shown = texts(live.shapes(T_x=T_x))
    assert shown.count("1") >= 2
    assert f"loss {T_x - 1}" in shown


@pytest.mark.parametrize("T_x", [0, 9])
def test_other_lengths_are_refused(T_x):
    with pytest.raises(ValueError, match="1 to 8 steps"):
        widgets.tree_or_graph(T_x=T_x)
