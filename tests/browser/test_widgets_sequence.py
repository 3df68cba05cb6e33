"""The widgets of lesson 02 about the loop over time, with functions of a learner, in JupyterLab."""

import pytest
from conftest import ROOT
from drawn import Drawn

from bptt import inputs
from bptt.viz import draw
from bptt.widgets.ablations import loops
from bptt_instructor.lessons.source import read_lesson

SINGLE = "seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4"
START = "import numpy as np\nfrom bptt import inputs, widgets\nfrom bptt.exact import rnn_cell_backward"


@pytest.fixture(scope="module")
def solutions():
    """Read the cells in which the lesson's own solutions are written."""
    return {cell.id: cell.source for cell in read_lesson(ROOT / "solutions/02_sequence_backward.py").notebook.cells}


def shown(learner, name, *cells):
    """Run a notebook whose last cell shows a widget."""
    learner.make(name, START, *cells)
    learner.open(name)
    learner.run_all()
    assert "application/vnd.jupyter.stderr" not in learner.kinds(learner.code_cells[-1])
    return Drawn(learner.page, learner.cell(learner.code_cells[-1]))


def test_two_roads(learner, solutions):
    widget = shown(
        learner, "two_roads", solutions["rnn_backward"], f"widgets.two_roads(*inputs.rnn({SINGLE}), rnn_backward)"
    )
    found = loops(*inputs.rnn(5, 1, 1, 2, 1, 4))
    widget.told("Yours: all exact.")
    for roads, road in (((True, False), "time path"), ((False, False), "loss path"), ((False, True), "time path")):
        widget.switch(road)
        mine, exact = (draw.number(found[r].returned["dx"][0, 0, 1]) for r in (roads, (True, True)))
        widget.told(f"dx[:, :, 1] is {mine}; exact is {exact}.")
        assert widget.texts().count("left out") == 2 - sum(roads)
    learner.look("without-the-loss-path", learner.code_cells[-1])


def test_roads_are_switched_and_steps_are_chosen_in_the_picture(learner):
    """Dragging over the chain moves the step; a click on an arrow leaves its road out, and brings it back."""
    widget = shown(learner, "touched", f"widgets.two_roads(*inputs.rnn({SINGLE}))")
    widget.told("At step 1")
    areas = widget.picture.locator(".touch")
    boxes = [areas.nth(i).bounding_box() for i in range(areas.count())]
    steps = sorted((box for box in boxes if box["height"] > 100), key=lambda box: box["x"])
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20) for box in steps]
    learner.page.mouse.move(*middles[0])
    learner.page.mouse.down()
    widget.told("At step 0")
    for t in (1, 2, 3):
        learner.page.mouse.move(*middles[t])
        widget.told(f"At step {t}")
    learner.page.mouse.up()
    # The areas of the loss path's arrows are narrow and tall, and lie over the others.
    arrow = next(box for box in boxes if box["height"] < 100 and box["height"] > 1.5 * box["width"])
    for said in ("The loop starts with the gradient of the last loss", "Both roads"):
        learner.page.mouse.click(arrow["x"] + arrow["width"] / 2, arrow["y"] + arrow["height"] / 3)
        widget.told(said)


def test_two_roads_of_one_step_before_the_exercise_is_solved(learner):
    stub = 'def rnn_backward(da, caches):\n    raise NotImplementedError("rnn_backward is still to be written")'
    widget = shown(learner, "one_step", stub, "widgets.two_roads(*inputs.rnn(seed=5, T_x=1), rnn_backward)")
    widget.told("Yours: rnn_backward is still to be written.")
    widget.slide("step t", "ArrowRight")
    widget.switch("time path")
    widget.told("No gradient reaches a step from later steps. Every gradient that the loop returns is exact.")


def test_tree_or_graph(learner, solutions):
    exercises = [solutions["rnn_backward"], solutions["rnn_backward_per_loss"]]
    widget = shown(
        learner, "traversals", *exercises, "widgets.tree_or_graph(rnn_backward, rnn_backward_per_loss, T_x=3)"
    )
    widget.told("T_x = 3, after 0 calls")
    widget.told(
        "Your rnn_backward makes 3 calls, and is right. Your rnn_backward_per_loss makes 6 calls, and is right."
    )
    widget.press("Next")
    widget.told("after 1 call: the traversal of loss 2 has passed 1 of 3 cells, with 5 calls still to come; the sweep")
    widget.press("Play")
    widget.told("3 + 2 + 1 = 6 calls")
    widget.slide("T_x", "End")
    widget.told("8 + 7 + 6 + 5 + 4 + 3 + 2 + 1 = 36 calls, one sweep 8 calls.")
    widget.told(
        "Your rnn_backward makes 8 calls, and is right. Your rnn_backward_per_loss makes 36 calls, and is right."
    )
    # A cell of the tree that is called late, and the first one.
    for call in ("22", "1"):
        cell = widget.picture.locator("text.code").get_by_text(call, exact=True).first.bounding_box()
        learner.page.mouse.click(cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2)
        widget.told(f"after {call} call")
    learner.look("longest", learner.code_cells[-1])
