"""The walks of lessons 00 and 01, moved in JupyterLab and Notebook with mouse and keys."""

from contrast import ENOUGH, contrasts
from drawn import Drawn
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


def drawn(learner, name, *cells):
    """Open a notebook made for one walk, and run it."""
    learner.make(name, *cells)
    learner.open(name)
    learner.run_all()
    walk = Drawn(learner.page, learner.cell(learner.code_cells[-1]))
    expect(walk.picture).to_be_visible()
    return walk


def test_cell_walk(learner):
    walk = drawn(learner, "cell_walk", START, WRONG, CELL)
    cell = learner.code_cells[-1]
    da_next, cache = inputs.rnn_cell(seed=4)
    walk.told("Step 0 of 10, values only.")
    assert_fits(learner, cell)
    learner.look("start", cell)
    height = walk.host.bounding_box()["height"]
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
        walk.press("Next")
        assert f"Step {step} of 10" in walk.told(words)
        assert ("da_prev not exact yet" in walk.texts()) == (step == 5)
    assert "da_prev not exact yet." in walk.words
    learner.look("wrong", cell)
    dz = exact.rnn_cell_dz(da_next, cache)
    walk.slide("step", "ArrowLeft", 3)
    walk.told(f"Your line: dz = da_next * (1 - cache.a_next ** 2). dz (5, 4): largest {draw.number(draw.largest(dz))}.")
    for step in (10, 1, 3):
        walk.picture.locator(".touch").nth(step - 1).click()
        walk.told(f"Step {step} of 10")
    walk.press("Back")
    walk.told("Step 2 of 10")
    walk.slide("step", "Home")
    walk.press("Play")
    walk.told("Step 2 of 10")
    walk.slide("step", "End")
    walk.told("Step 10 of 10, at xt.")
    assert walk.host.bounding_box()["height"] == height
    learner.go_dark()
    learner.look("dark", cell)


def test_cell_walk_before_the_exercise_is_solved(learner):
    stub = 'def rnn_cell_backward(da_next, cache):\n    raise NotImplementedError("rnn_cell_backward is not there")'
    walk = drawn(learner, "unwritten_walk", START, stub, CELL)
    walk.told("rnn_cell_backward is not there. So these are the exact gradients.")
    walk.press("Next")
    walk.told("da_next (5, 4)")
    learner.look("start", learner.code_cells[-1])
    assert "application/vnd.jupyter.stderr" not in learner.kinds(learner.code_cells[-1])


def test_lstm_walk_on_a_small_laptop(learner):
    """All of it is on the screen, its controls and words too."""
    learner.page.set_viewport_size({"width": 1366, "height": 768})
    walk = drawn(learner, "lstm_walk", START, "widgets.cell_walk(None, *inputs.lstm_cell(seed=4))")
    cell = learner.code_cells[-1]
    walk.slide("step", "End")
    walk.told("Step 19 of 19, at xt.")
    learner.look("end", cell)
    walk.slide("step", "ArrowLeft", 6)
    walk.told("dWf (5, 8): largest")
    learner.look("weights", cell)
    assert walk.host.bounding_box()["height"] <= 620


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
