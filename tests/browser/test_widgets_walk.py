"""The walks of lessons 00 and 01, moved in JupyterLab and Notebook with mouse and keys."""

from contrast import ENOUGH, contrasts
from moved import Moved
from seen import assert_fits

from bptt import exact, inputs
from bptt.viz import draw, style

START = "from bptt import inputs, widgets"
# The function of lesson 01 as one learner might write it, with one mistake.
WRONG = """\
def rnn_cell_backward(da_next, cache):
    dz = da_next * (1 - cache.a_next**2)
    Wax, Waa = cache.parameters["Wax"], cache.parameters["Waa"]
    dxt = Wax.T @ dz
    da_prev = Waa @ dz
    return {
        "dxt": dxt,
        "da_prev": da_prev,
        "dWax": dz @ cache.xt.T,
        "dWaa": dz @ cache.a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }"""
CELL = "widgets.cell_walk(rnn_cell_backward, *inputs.rnn_cell(seed=4))"
SMALL = "widgets.small_walk()"
# Its frames take a fifth of a second, and say how many there were.
SLOW = """\
import time
live, drawn = widgets.small_walk(), []
update = live.scene.update
def slow(**values):
    drawn.append(values)
    time.sleep(0.2)
    return f"{update(**values)} Frame {len(drawn)}."
live.scene.update = slow
live"""


def test_cell_walk(learner):
    widget = Moved(learner, "cell_walk", START, WRONG, CELL)
    da_next, cache = inputs.rnn_cell(seed=4)
    widget.told("Step 0 of 10, values only.")
    assert_fits(learner, widget.cell)
    learner.look("start", widget.cell)
    height, black = widget.height, [widget.pixels(style.SUM)]
    assert not widget.pixels(style.TIME_PATH)
    assert not widget.pixels(style.LOSS_PATH)
    widget.watch()
    for step, words in enumerate(
        [
            f"da_next (5, 4): largest {draw.number(draw.largest(da_next))}.",
            "at tanh. Every entry of the gradient is multiplied by the slope",
            "at sum. An addition passes the gradient on",
            "Your line: dba = dz.sum(axis=1, keepdims=True).",
            "Your line: dWaa = dz @ cache.a_prev.T;  da_prev = Waa @ dz. dWaa (5, 5)",
        ],
        1,
    ):
        widget.press("Next")
        assert f"Step {step} of 10" in widget.told(words)
        black.append(widget.pixels(style.SUM))
        assert widget.pixels(style.MARKER) > 500, "no node is lit"
        assert (widget.pixels(style.WRONG) > 100) == (step == 5)
    assert "da_prev not exact yet." in widget.words
    assert widget.pixels(style.LOSS_PATH) > 500
    learner.look("wrong", widget.cell)
    # Where a gradient flows, there is a black road that was not there before.
    assert black[0] < black[1] < black[2] < black[4] < black[5]
    dz = exact.rnn_cell_dz(da_next, cache)
    widget.slide("step", "ArrowLeft", 3)
    widget.told(
        f"Your line: dz = da_next * (1 - cache.a_next ** 2). dz (5, 4): largest {draw.number(draw.largest(dz))}."
    )
    assert widget.pixels(style.SUM) == black[2]
    widget.slide("step", "ArrowRight", 3)
    widget.told("Step 5 of 10")
    widget.press("Back")
    widget.told("Step 4 of 10")
    assert widget.pixels(style.SUM) == black[4]
    widget.slide("step", "End")
    widget.told("Step 10 of 10, at xt.")
    learner.look("end", widget.cell)
    widget.slide("step", "Home")
    widget.told("Step 0 of 10")
    assert widget.pixels(style.SUM) == black[0]
    widget.play()
    widget.told("Step 2 of 10")
    assert widget.jumps() == []
    assert widget.height == height
    learner.go_dark()
    learner.look("dark", widget.cell)
    assert_readable(widget)


def test_cell_walk_before_the_exercise_is_solved(learner):
    stub = 'def rnn_cell_backward(da_next, cache):\n    raise NotImplementedError("rnn_cell_backward is not there")'
    widget = Moved(learner, "unwritten_walk", START, stub, CELL)
    widget.told("rnn_cell_backward is not there. So these are the exact gradients.")
    widget.press("Next")
    widget.told("da_next (5, 4)")
    learner.look("start", widget.cell)
    assert "application/vnd.jupyter.stderr" not in learner.kinds(widget.cell)


def test_lstm_walk_on_a_small_laptop(learner):
    """The picture is a little smaller there, so that it fits onto the screen with its controls."""
    learner.page.set_viewport_size({"width": 1366, "height": 768})
    widget = Moved(learner, "lstm_walk", START, "widgets.cell_walk(None, *inputs.lstm_cell(seed=4))")
    widget.told("Step 0 of 19, values only.")
    widget.slide("step", "End")
    widget.told("Step 19 of 19, at xt.")
    assert widget.pixels(style.MEMORY_PATH) > 1000
    learner.look("end", widget.cell)
    widget.slide("step", "ArrowLeft", 6)
    widget.told("dWf (5, 8): largest")
    learner.look("weights", widget.cell)
    assert widget.picture.bounding_box()["height"] < 768 - 100


def test_small_walk(learner):
    widget = Moved(learner, "small_walk", START, SMALL)
    widget.told("x = 3, y = 1, s = 4, c = 12.")
    assert_fits(learner, widget.cell)
    learner.look("start", widget.cell)
    height, black = widget.height, [widget.pixels(style.SUM)]
    for words in ("dc = 1.", "ds = 3, dx_product = 4.", "dx_sum = 3, dy = 3.", "dx = 7."):
        widget.press("Next")
        widget.told(words)
        black.append(widget.pixels(style.SUM))
    assert black[:4] == sorted(set(black[:4]))
    learner.look("end", widget.cell)
    for key, x in (("Home", -5), ("End", 5)):
        widget.slide("x", key)
        for other, y in (("Home", -5), ("End", 5)):
            widget.slide("y", other)
            widget.told(f"dx = {2 * x + y}.".replace("-", "\N{MINUS SIGN}"))
            learner.look(f"x = {x}, y = {y}", widget.cell)
    widget.slide("x", "ArrowLeft")
    widget.told("dx = 14.")
    widget.slide("step", "ArrowLeft", 4)
    widget.told("x = 4.5, y = 5, s = 9.5, c = 42.75.")
    assert widget.height == height
    learner.go_dark()
    learner.look("dark", widget.cell)
    assert_readable(widget)


def test_what_is_moved_faster_than_it_is_drawn_ends_where_it_should(learner):
    """Sixteen keys in a moment: the last one is shown soon, and most of those between never."""
    widget = Moved(learner, "slow", START, SLOW)
    widget.slide("x", "ArrowLeft", 16)
    words = widget.told("x = \N{MINUS SIGN}5, y = 1")
    assert 2 < int(words.split()[-1].rstrip(".")) < 12
    widget.page.wait_for_timeout(1000)
    assert widget.words == words


def test_in_notebook(learner):
    widget = Moved(learner, "in_notebook", START, SMALL, app="notebooks")
    widget.press("Next")
    widget.told("dc = 1.")
    widget.slide("x", "End")
    widget.slide("step", "End")
    widget.told("dx = 11.")
    learner.look("end", widget.cell)
    assert learner.output(widget.cell).locator("img:visible").count() == 1


def assert_readable(widget):
    found = contrasts(widget.output.locator(".bptt-live"))
    assert found
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}
