"""The widgets of lesson 02 about the loop over time, moved in JupyterLab with mouse and keys."""

import pytest
from conftest import ROOT
from contrast import ENOUGH, contrasts
from moved import Moved

from bptt import inputs
from bptt.viz import draw, style
from bptt.widgets.ablations import loops
from bptt_instructor.lessons.source import read_lesson

SINGLE = "seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4"
START = "import numpy as np\nfrom bptt import inputs, widgets\nfrom bptt.exact import rnn_cell_backward"
ROADS = {"loss path": style.LOSS_PATH, "time path": style.TIME_PATH}
WITHOUT = {
    (True, False): "without-the-time-path",
    (False, True): "without-the-loss-path",
    (False, False): "with-neither",
}
"""Names of screenshots, by whether the loss path and the time path are there."""


@pytest.fixture(scope="module")
def solutions():
    """Read the cells in which the lesson's own solutions are written."""
    return {cell.id: cell.source for cell in read_lesson(ROOT / "solutions/02_sequence_backward.py").notebook.cells}


def switch(widget, label):
    widget.output.get_by_role("checkbox", name=label).click()


def test_two_roads(learner, solutions):
    show = f"widgets.two_roads(*inputs.rnn({SINGLE}), rnn_backward)"
    widget = Moved(learner, "two_roads", START, solutions["rnn_backward"], show)
    da, caches = inputs.rnn(5, 1, 1, 2, 1, 4)
    found = loops(da, caches)
    both = found[True, True]
    widget.told("Yours: all exact.")
    height = widget.height
    learner.look("start", widget.cell)
    widget.slide("step t", "Home")
    for t in range(4):
        loss, time, total = (draw.number(values[0, 0, t]) for values in (da, both.da_prevt, both.da_next))
        widget.told(f"At step {t}: loss path {loss} + time path {time} = {total}, which goes into the cell.")
        widget.slide("step t", "ArrowRight")
    widget.slide("step t", "ArrowLeft", 2)
    widget.told("At step 1")
    coloured = {name: widget.pixels(colour) for name, colour in ROADS.items()}
    assert min(coloured.values()) > 500
    assert not widget.pixels(style.WRONG)
    switch(widget, "time path")
    for roads in ((True, False), (False, False), (False, True)):
        mine, exact = (draw.number(loop.returned["dx"][0, 0, 1]) for loop in (found[roads], both))
        widget.told(f"dx[:, :, 1] is {mine}; exact is {exact}.")
        learner.look(WITHOUT[roads], widget.cell)
        assert widget.pixels(style.WRONG) > 500
        for (name, colour), there in zip(ROADS.items(), roads, strict=True):
            assert (widget.pixels(colour) > coloured[name] / 2) == there
        assert widget.height == height
        switch(widget, "loss path" if roads == (True, False) else "time path")
    learner.go_dark()
    learner.look("dark", widget.cell)
    found = contrasts(widget.output.locator(".bptt-live"))
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_two_roads_of_one_step_before_the_exercise_is_solved(learner):
    stub = 'def rnn_backward(da, caches):\n    raise NotImplementedError("rnn_backward is still to be written")'
    show = "widgets.two_roads(*inputs.rnn(seed=5, T_x=1), rnn_backward)"
    widget = Moved(learner, "one_step", START, stub, show)
    widget.told("Yours: rnn_backward is still to be written.")
    widget.slide("step t", "ArrowRight")
    switch(widget, "time path")
    widget.told("No step hears of a later one. All that it returns is exact.")
    learner.look("without-the-time-path", widget.cell)
    assert learner.kinds(widget.cell).count("application/vnd.jupyter.stderr") == 0


def test_tree_or_graph(learner, solutions):
    exercises = [solutions["rnn_backward"], solutions["rnn_backward_per_loss"]]
    widget = Moved(
        learner, "traversals", START, *exercises, "widgets.tree_or_graph(rnn_backward, rnn_backward_per_loss)"
    )
    widget.told("T_x = 5, after 0 calls: the traversal of loss 4 has passed 0 of 5 cells, 15 to go")
    widget.told(
        "Your rnn_backward makes 5 calls, and is right. Your rnn_backward_per_loss makes 15 calls, and is right.",
    )
    learner.look("start", widget.cell)
    assert not widget.pixels(style.TIME_PATH)
    height = widget.height
    orange = [0]
    for call in range(1, 6):
        widget.press("Next")
        widget.told(f"after {call} call")
        orange.append(widget.pixels(style.TIME_PATH))
    # The first call has nothing from later steps; each of the others has one arrow more.
    assert orange[1] == 0
    assert orange == sorted(orange)
    assert len(set(orange)) == 5
    widget.press("Back")
    widget.told("after 4 calls: the traversal of loss 4 has passed 4 of 5 cells, 11 to go; the sweep has passed 4 of 5")
    learner.look("four-calls", widget.cell)
    widget.slide("calls", "End")
    widget.told("one traversal per loss takes 5 + 4 + 3 + 2 + 1 = 15 calls, one sweep 5 calls.")
    widget.slide("T_x", "End")
    widget.told("8 + 7 + 6 + 5 + 4 + 3 + 2 + 1 = 36 calls, one sweep 8 calls.")
    widget.told(
        "Your rnn_backward makes 8 calls, and is right. Your rnn_backward_per_loss makes 36 calls, and is right.",
    )
    learner.look("longest", widget.cell)
    widget.slide("T_x", "Home")
    widget.told("T_x = 1: one traversal per loss takes 1 call, one sweep 1 call.")
    learner.look("shortest", widget.cell)
    widget.slide("T_x", "ArrowRight", 2)
    widget.told("3 + 2 + 1 = 6 calls")
    widget.slide("calls", "Home")
    widget.told("T_x = 3, after 0 calls")
    widget.play()
    widget.told("3 + 2 + 1 = 6 calls")
    assert widget.height == height
    learner.go_dark()
    learner.look("dark", widget.cell)
