"""Words and what they did to a verdict: told by place and pattern, not by colour alone."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from pictures import assert_tidy, words

from bptt import viz

TEXT = ["the", "plot", "is", "dull", "but", "the", "cast", "shines"]
WEIGHTS = np.array([0, 0.1, 0, -2.0, -0.2, 0, 0.5, 4.0])


def bars(figure):
    """Return the height of the bar of each word, above it (positive) or below it (negative), in order of drawing."""
    found = [patch for patch in figure.findobj(Rectangle) if patch.get_linewidth()]
    return [patch for patch in found if patch.axes is figure.page and patch.get_height() > 0]


def test_every_word_is_written_and_told_with_its_weight():
    figure = viz.saliency(TEXT, WEIGHTS, "positive, 71%", sides=("positive", "negative"))
    assert set(TEXT) <= set(words(figure))
    assert "dull −2.00" in figure.description
    assert "“shines” (for positive), “dull” (for negative)" in figure.caption
    assert "Which words moved the verdict: positive, 71%" in words(figure)


def test_sides_differ_in_pattern():
    drawn = {
        bool(patch.get_hatch()): patch.get_height()
        for patch in bars(viz.saliency(["good", "bad"], np.array([1.0, -1.0])))
    }
    assert drawn.keys() == {True, False}


def test_sides_differ_in_hue_and_the_scale_says_how_much():
    figure = viz.saliency(["good", "bad"], np.array([2.5, -1.0]))
    good, bad = (np.array(bar.get_facecolor()[:3]) for bar in bars(figure)[:2])
    assert good[2] > good[0]
    assert bad[0] > bad[2]
    assert {"−2.50", "0", "+2.50"} <= set(words(figure))


def test_strength_is_in_proportion_to_the_largest():
    tall = [patch.get_height() for patch in bars(viz.saliency(["a", "b"], np.array([3.0, 1.5])))]
    assert tall[0] == pytest.approx(2 * tall[1])


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        (["word"], [0.0]),
        (["word"] * 80, np.linspace(-1, 1, 80)),
        (["x" * 300], [-1e300]),
        (["a", "b", "c"], [np.nan, np.inf, 1.0]),
        (["$100", "naïve", "$x^2$"], [1e-300, -1.0, 0.2]),
    ],
    ids=["nothing", "long", "one long word", "not finite", "signs"],
)
def test_extremes_are_tidy(text, weights):
    assert_tidy(viz.saliency(text, np.array(weights)))


def test_no_word_has_moved_a_verdict_of_zeros():
    assert "No word moved it." in viz.saliency(["a", "b"], np.zeros(2)).caption


@pytest.mark.parametrize(("text", "weights"), [([], []), (["a"], [1.0, 2.0]), (["a"], [[1.0]])])
def test_one_weight_for_each_word(text, weights):
    with pytest.raises(ValueError, match="one weight"):
        viz.saliency(text, np.array(weights))
