"""Dreaming: the probability and the nearest words at every state, in both layouts."""

import pytest
from shapes import assert_tidy, texts

from bptt import widgets
from bptt.viz import style
from bptt.viz.sheet import Circle, Rectangle

WORDS = ["the", "story", "is", "dull", ",", "and", "the", "acting", "is", "weak", "."]
FLIPPED = [*WORDS[:6], "witty", "unexpected", "journey", "works", "."]
STATES = [WORDS] * 3 + [[*WORDS[:9], "predictable", "."], FLIPPED]
PROBABILITY = [0.05, 0.4, 0.6, 0.9, 0.999]


@pytest.fixture
def live():
    return widgets.dream(WORDS, STATES, PROBABILITY, every=5)


def marked(shapes):
    return sum(isinstance(shape, Rectangle) and shape.face == style.MARKER for shape in shapes)


@pytest.mark.parametrize("narrow", [False, True])
def test_words_that_have_changed_are_marked(live, narrow):
    assert [marked(live.shapes(narrow=narrow, state=state)) for state in range(5)] == [0, 0, 0, 1, 4]
    assert {"acting", "unexpected"} <= set(texts(live.shapes(narrow=narrow, state=4)))


def test_it_says_how_likely_and_which_words(live):
    assert live.words(state=1) == (
        "After 5 steps downhill the probability of positive is 0.400: every vector is still nearest to its own word."
    )
    assert live.words(state=3).endswith("is 0.900: “weak” has become “predictable”.")


def test_the_point_climbs_the_curve(live):
    heights = [next(s.at[1] for s in live.shapes(state=k) if isinstance(s, Circle)) for k in range(5)]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 5


@pytest.mark.parametrize(
    ("words", "states"),
    [(WORDS, STATES), (["x" * 60], [["x" * 60]]), (["word"] * 30, [["word"] * 30, ["another"] * 30])],
    ids=["usual", "one long word", "many words"],
)
def test_every_picture_is_tidy(words, states):
    live = widgets.dream(words, states, [0.5] * len(states))
    for state in range(len(states)):
        assert_tidy(live, state=state)


def test_it_fits_on_a_small_laptop(live):
    layout = live.layouts[0]
    assert layout.height * layout.most / layout.width < 400


@pytest.mark.parametrize(("words", "probability"), [([], [0.5]), (["a"], [0.5, 0.6]), (["a", "b"], [0.5])])
def test_states_and_words_belong_together(words, probability):
    with pytest.raises(ValueError, match="one probability, and one nearest word"):
        widgets.dream(words, [["a"]], probability)
