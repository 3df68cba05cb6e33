"""One traversal per loss beside one sweep: the calls are drawn one by one, and counted."""

from collections import Counter

import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style


def arrows(figure, colour):
    return [edge for edge in edges(figure, colour.upper()) if hasattr(edge, "get_arrowstyle")]


def numbered(figure, left_half):
    """Return the numbers of calls on one side, with the colour of each."""
    texts = [text for text in figure.findobj(Text) if text.get_family() == [style.MONO] and text.get_text().isdigit()]
    return {int(t.get_text()): to_hex(t.get_color()) for t in texts if (t.get_position()[0] < 320) == left_half}


@pytest.mark.parametrize("T_x", range(1, 9))
def test_every_call_has_its_number(T_x):
    figure = viz.tree_or_graph(T_x)
    tree = T_x * (T_x + 1) // 2
    assert sorted(numbered(figure, left_half=True)) == list(range(1, tree + 1))
    assert sorted(numbered(figure, left_half=False)) == list(range(1, T_x + 1))
    counted = words(figure)
    assert any(word.endswith(f"{tree} calls") or (tree == 1 and word == "1 call") for word in counted)
    assert Counter(word.startswith("loss ") for word in counted)[True] == T_x
    assert_tidy(figure)


def test_counts_are_added_up_in_words():
    figure = viz.tree_or_graph(4)
    assert {"4 + 3 + 2 + 1 = 10 calls", "4 calls"} <= set(words(figure))
    assert "10 calls against 4" in figure.caption


def test_sweep_adds_blue_and_orange_to_black():
    figure = viz.tree_or_graph(5)
    assert len(arrows(figure, style.TIME_PATH)) == 4
    assert len(arrows(figure, style.SUM)) == 5
    assert "-" not in {arrow.get_linestyle() for arrow in arrows(figure, style.TIME_PATH)}


def test_steps_are_named_in_both_halves():
    counted = Counter(words(viz.tree_or_graph(3)))
    assert [counted[f"t = {t}"] for t in range(4)] == [2, 2, 2, 0]


def test_traversals_are_blue_and_solid():
    """Dashes are for the time path alone."""
    figure = viz.tree_or_graph(4)
    looks = {}
    for arrow in figure.findobj(lambda artist: hasattr(artist, "get_arrowstyle")):
        x, y = arrow.get_path().vertices[0] if arrow.get_path() is not None else (0, 0)
        if x < 320:
            looks.setdefault(round(y), set()).add((to_hex(arrow.get_edgecolor()).upper(), arrow.get_linestyle()))
    assert list(looks.values()) == [{(style.LOSS_PATH, "solid")}] * 4


@pytest.mark.parametrize(
    ("calls", "tree", "graph"), [(0, 0, 0), (2, 2, 2), (5, 5, 3), (6, 6, 3), (99, 6, 3), (-1, 0, 0)]
)
def test_what_is_ahead_is_thin_and_grey(calls, tree, graph):
    """Both sides have made as many calls, until the sweep is finished."""
    figure = viz.tree_or_graph(3, calls=calls)
    for left_half, done in ((True, tree), (False, graph)):
        numbers = numbered(figure, left_half)
        assert {n for n, colour in numbers.items() if colour == style.INK.lower()} == set(range(1, done + 1))
    assert (f"{tree} of 6 calls" in words(figure)) == (tree < 6)
    assert f"{tree} of 6, {graph} of 3" in figure.description


def test_steps_move_nothing():
    def places(calls):
        texts = viz.tree_or_graph(5, calls=calls).page.texts
        return {(t.get_text(), t.get_position()) for t in texts if "call" not in t.get_text()}

    assert places(0) == places(7) == places(None)


def test_what_is_ahead_can_be_read():
    figure = viz.tree_or_graph(3, calls=0)
    colours = {to_hex(a.get_edgecolor()).upper() for a in figure.findobj(lambda a: hasattr(a, "get_arrowstyle"))}
    assert colours == {style.MUTED}


@pytest.mark.parametrize("T_x", [0, -1, 9])
def test_other_lengths_are_refused(T_x):
    with pytest.raises(ValueError, match="1 to 8 steps"):
        viz.tree_or_graph(T_x)
