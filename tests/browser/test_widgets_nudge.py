"""The nudge of lesson 00, moved in JupyterLab and Notebook; what it says is compared with the truth, and what stays."""

import re

import nbformat
from contrast import ENOUGH, contrasts
from moved import Moved
from playwright.sync_api import expect

from bptt.viz import style

SHOW = "widgets.nudge(square, x=1.5, dx=0.8)"
SQUARE = "from bptt import widgets\n\ndef square(x):\n    return x**2"
# Its frames take a fifth of a second, and say how many there were.
SLOW = """\
import time
live, drawn = widgets.nudge(square, x=1.5, dx=0.8), []
update = live.scene.update
def slow(**values):
    drawn.append(values)
    time.sleep(0.2)
    return f"{update(**values)} Frame {len(drawn)}."
live.scene.update = slow
live"""
SAID = re.compile(r"At x = (\S+), a nudge dx = (\S+) moves y by dy = (\S+): dy / dx = (\S+)\. .* slope (\S+)")


def numbers(words):
    """Read x and dx, and see that all that is said about a nudge of x² is true."""
    x, dx, *said = (float(number.replace("−", "-")) for number in SAID.match(words).groups())
    for number, true in zip(said, ((x + dx) ** 2 - x**2, 2 * x + dx, 2 * x), strict=True):
        assert abs(number - true) <= 5e-4 * abs(true) + 1e-9
    return x, dx


def test_nudge(learner):
    widget = Moved(learner, "nudge", SQUARE, SHOW)
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


def test_nudge_on_a_small_laptop(learner):
    """All at once, as dark as the page, and moved by keys that JupyterLab would like to have."""
    widget = Moved(learner, "small", SQUARE, SHOW)
    widget.assert_fits_small_laptop()
    widget.assert_dark()
    for key, x in (("ArrowUp", 1.55), ("ArrowRight", 1.6), ("ArrowDown", 1.55), ("PageDown", 1.3), ("End", 2)):
        widget.slide("x", key)
        widget.told(f"At x = {x},")
    # Run again with the focus in it, and one step is still one step.
    learner.run(widget.cell)
    for x in (1.55, 1.6):
        widget.slide("x", "ArrowRight")
        widget.told(f"At x = {x},")
    widget.page.wait_for_timeout(500)
    assert widget.words.startswith("At x = 1.6,")
    readout = widget.output.locator(".widget-hslider", has_text="x").locator(".widget-readout").first
    readout.fill("1.25")
    readout.press("Enter")
    widget.told("At x = 1.25,")
    widget.slide("x", "ArrowLeft")
    widget.told("At x = 1.2,")
    learner.save()


def test_nudge_in_notebook(learner):
    """Where arrows go to the notebook, unless they are kept from it."""
    widget = Moved(learner, "in_notebook", SQUARE, SHOW, app="notebooks")
    assert learner.output(widget.cell).locator("img:visible").count() == 1
    for key, x in (("ArrowRight", 1.55), ("ArrowUp", 1.6), ("ArrowLeft", 1.55), ("Home", -2), ("End", 2)):
        widget.slide("x", key)
        widget.told(f"At x = {x},".replace("-", "−"))
    # Other keys are still the notebook's, and where the focus is elsewhere, arrows are too.
    learner.save()
    learner.cell(learner.code_cells[0]).locator(".jp-InputPrompt").click()
    widget.page.keyboard.press("ArrowDown")
    expect(learner.cell(widget.cell)).to_contain_class("jp-mod-selected")
    widget.told("At x = 2,")
    widget.assert_dark()


def test_still_picture_stays_when_the_kernel_is_gone(learner):
    """In JupyterLab, in Notebook, and where the notebook is not trusted, as one from somebody else is."""
    widget = Moved(learner, "still", SQUARE, SHOW)
    learner.save()
    saved = nbformat.read(learner.file, 4)
    assert learner.file.stat().st_size < 100_000
    assert "widgets" not in saved.metadata
    learner.reload()
    expect(widget.picture).to_be_visible()
    assert learner.output(widget.cell).locator("img:visible").count() == 1, "still picture beside the live one"
    again = learner.output(widget.cell).get_by_text("In the notebook, run this cell to move the picture.")
    expect(again).not_to_be_visible()
    learner.restart_kernel()
    expect(again).to_be_visible()
    expect(widget.picture).not_to_be_visible()
    saved.cells[-1].source += "  # from somebody else"
    nbformat.write(saved, learner.file.with_stem("untrusted"))
    for place, name, app in (
        ("JupyterLab", "", "lab/tree"),
        ("Notebook", "", "notebooks"),
        ("untrusted", "untrusted", "lab/tree"),
    ):
        learner.visit(name, app)
        still = learner.output(widget.cell).locator("img")
        expect(still).to_be_visible()
        expect(learner.output(widget.cell).get_by_text("Look at the gap between curve and tangent")).to_be_visible()
        learner.page.wait_for_timeout(1000)
        seen = learner.output(widget.cell).locator("visible=true").all_inner_texts()
        assert not [text for text in seen if "widget" in text], f"{place} shows {seen}"
        assert still.bounding_box()["width"] > 900
        learner.look(f"gone-{place}", widget.cell)


def test_what_is_moved_faster_than_it_is_drawn_ends_where_it_should(learner):
    """Sixteen keys in a moment: the last one is shown soon, and most of those between never."""
    widget = Moved(learner, "slow", SQUARE, SLOW)
    widget.slide("x", "ArrowLeft", 16)
    words = widget.told("At x = 0.7,")
    assert 2 < int(words.split()[-1].rstrip(".")) < 12
    widget.page.wait_for_timeout(1000)
    assert widget.words == words
