"""The nudge of lesson 00, moved in JupyterLab with the keyboard; what it says is compared with the truth."""

import re

from contrast import ENOUGH, contrasts
from moved import Moved

from bptt.viz import style

SQUARE = "from bptt import widgets\n\ndef square(x):\n    return x**2"
SAID = re.compile(r"At x = (\S+), a nudge dx = (\S+) moves y by dy = (\S+): dy / dx = (\S+)\. .* slope (\S+)")


def numbers(words):
    """Read x and dx, and see that all that is said about a nudge of x² is true."""
    x, dx, *said = (float(number.replace("−", "-")) for number in SAID.match(words).groups())
    for number, true in zip(said, ((x + dx) ** 2 - x**2, 2 * x + dx, 2 * x), strict=True):
        assert abs(number - true) <= 5e-4 * abs(true) + 1e-9
    return x, dx


def test_nudge(learner):
    widget = Moved(learner, "nudge", SQUARE, "widgets.nudge(square, x=1.5, dx=0.8)")
    assert numbers(widget.told("dy / dx = 3.8.")) == (1.5, 0.8)
    learner.look("start", widget.cell)
    height, gaps = widget.height, [widget.pixels(style.MARKER)]
    # The sizes of the nudge on the slider, downwards from 0.8; its right end is 1.
    for dx in (0.63, 0.5, 0.4):
        widget.slide("dx", "ArrowLeft")
        assert numbers(widget.told(f"dx = {dx} moves")) == (1.5, dx)
        gaps.append(widget.pixels(style.MARKER))
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < gaps[0]
    widget.slide("dx", "ArrowLeft", 26)
    assert numbers(widget.told("dx = 0.001 moves")) == (1.5, 0.001)
    assert widget.pixels(style.MARKER) < gaps[-1]
    learner.look("smallest", widget.cell)
    widget.slide("dx", "ArrowLeft")
    assert numbers(widget.told("dx = −0.001 moves")) == (1.5, -0.001)
    for key, dx in (("Home", -1), ("End", 1)):
        widget.slide("dx", key)
        widget.told(f"dx = {dx} moves".replace("-", "−"))
        for end, x in (("Home", -2), ("End", 2)):
            widget.slide("x", end)
            assert numbers(widget.told(f"At x = {x},".replace("-", "−"))) == (x, dx)
            learner.look(f"x = {x}, dx = {dx}", widget.cell)
            assert widget.height == height
    learner.go_dark()
    learner.look("dark", widget.cell)
    found = contrasts(widget.output.locator(".bptt-live"))
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_nudge_of_a_function_that_is_not_written(learner):
    stub = 'from bptt import widgets\n\ndef f(x):\n    raise NotImplementedError("later")'
    widget = Moved(learner, "unwritten", stub, "widgets.nudge(f)")
    widget.told("f is still to be written: there is nothing to nudge yet.")
    widget.slide("x", "End")
    widget.told("f is still to be written")
    learner.look("start", widget.cell)
    assert "application/vnd.jupyter.stderr" not in learner.kinds(widget.cell)
