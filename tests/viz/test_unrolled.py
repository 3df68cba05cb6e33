"""The opening picture of lesson 01: one cell for each letter, and one for the start of the name."""

import pytest
from matplotlib.patches import FancyArrowPatch
from pictures import assert_tidy, edges, words

from bptt import viz
from bptt.viz import style


@pytest.mark.parametrize("name", ["a", "rex", "abcde"])
def test_each_step_has_a_cell_and_expects_the_next_letter(name):
    figure = viz.unrolled(name)
    drawn = words(figure)
    assert drawn.count("cell") == drawn.count("loss") == len(name) + 1
    for letter in {*name}:
        assert drawn.count(letter) == 2 + (letter == "a") * (len(name) - 1)  # the state is called a, too
    assert f"step {len(name)}: {name[-1]} goes in, end should follow" in figure.description
    states = [edge for edge in edges(figure, style.INK) if isinstance(edge, FancyArrowPatch)]
    assert len(states) == len(name) + 1  # one more leads into the first cell
    assert_tidy(figure)


@pytest.mark.parametrize("name", ["", "triceratops"])
def test_it_refuses_what_does_not_fit(name):
    with pytest.raises(ValueError, match="from one to 5 letters"):
        viz.unrolled(name)
