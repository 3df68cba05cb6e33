"""A widget: its controls move picture and words, and it leaves a still picture where there is no kernel."""

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor

import ipywidgets as ipw
import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from pictures import image
from PIL import Image

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.widgets import controls
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.notebook_output import StaticFallback
from bptt.widgets.scene import Frame, Scene

VIEW = "application/vnd.jupyter.widget-view+json"


class Number(Scene):
    """A number, written on a card."""

    @style.styled
    def __init__(self):
        super().__init__(Card(60, title="A number", caption="A number <b>on a card</b>.", description=""))
        with self.moving():
            self.text = draw.text(self.card.page, (300, 40), "")
        self.drawn = []

    def update(self, *, n=0, sign=True):
        self.drawn.append((n, sign))
        self.text.set_text(f"{n if sign else -n}")
        return f"The number is {n if sign else -n} < 100."


@pytest.fixture
def live():
    return InteractiveFigure(Number(), n=controls.whole("n", 3, (0, 9)), sign=ipw.Checkbox(value=True))


def shown(live):
    InteractiveShell.instance()
    with capture_output() as captured:
        live._ipython_display_()
    return captured.outputs


def picture(live):
    """Return the PNG file that the browser has got."""
    address = bytes(next(child for child in live.box.children if isinstance(child, ipw.Image)).value)
    return base64.b64decode(address.removeprefix(b"data:image/png;base64,"), validate=True)


def told(live):
    return next(child for child in live.box.children if isinstance(child, ipw.HTML)).value


def test_controls_move_picture_and_words(live):
    before = picture(live)
    live.controls["n"].value = 8
    assert picture(live) == live.frame.png != before
    assert "The number is 8 &lt; 100." in told(live)
    live.controls["sign"].value = False
    assert live.words == "The number is -8 < 100."
    assert live.values == {"n": 8, "sign": False}


def test_words_are_announced(live):
    """In a region of their own, so that a screen reader tells them as they change."""
    assert 'role="status" aria-live="polite"' in told(live)


def test_going_back_draws_nothing(live):
    for n in (3, 4, 3, 4):
        live.controls["n"].value = n
    assert live.scene.drawn.count((4, True)) == 1


def run(coroutine):
    """Run it in a thread of its own: where a browser was driven before, this one has a running loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def test_next_step_is_drawn_ahead():
    """Once, in the direction of the last move, while a kernel waits; not past the end, and not for other controls."""
    walk = InteractiveFigure(Number(), n=controls.whole("n", 0, (0, 5)), sign=ipw.Checkbox(value=True))
    step, drawn = walk.controls["n"], walk.scene.drawn

    async def moved(*moves):
        for source, value in moves:
            source.value = value
        await asyncio.sleep(0.3)

    run(moved((step, 2)))
    assert drawn == [(2, True), (3, True)]
    assert walk.words == "The number is 2 < 100."
    run(moved((step, 4), (step, 3)))
    assert drawn[2:] == [(4, True)]
    run(moved((step, 5)))
    run(moved((walk.controls["sign"], False)))
    assert drawn[3:] == [(5, True), (5, False)]


def test_next_fraction_is_drawn_ahead_as_the_browser_writes_it():
    walk = InteractiveFigure(Number(), n=controls.number("radius", 0.0, (0.0, 0.5), 0.1))

    async def moved():
        walk.controls["n"].value = 0.2
        await asyncio.sleep(0.3)

    run(moved())
    assert walk.scene.drawn == [(0.2, True), (0.3, True)]
    walk.controls["n"].value = 0.3
    assert len(walk.scene.drawn) == 2


def test_frames_that_are_kept_are_few(live):
    slider = live.controls["n"]
    slider.max = 1000
    for n in range(100):
        slider.value = n
    assert len(live._cache) < 50


def test_still_picture_and_words_stand_before_the_widget(live):
    still, widget = shown(live)
    assert image(still)[0].startswith(b"\x89PNG")
    assert image(still)[2] == "The number is 3 < 100."
    assert "<p>The number is 3 &lt; 100.</p>" in still.data["text/html"]
    assert "<p>In the notebook, run this cell to move the picture.</p>" in still.data["text/html"]
    assert "<summary>A number &lt;b&gt;on a card" in still.data["text/html"]
    assert widget.data[VIEW]["model_id"] == live.box.model_id
    assert live.words == "The number is 3 < 100."


def test_code_is_set_as_code(live):
    """Between backticks, and safe from what is HTML in it."""
    live._show(Frame(live.frame.png, "In code: `a < b` and `c`."))
    assert "In code: <code>a &lt; b</code> and <code>c</code>." in told(live)
    InteractiveShell.instance()
    with capture_output() as captured:
        StaticFallback(live.frame, live.scene.card, "bptt-live-1").show()
    (still,) = captured.outputs
    assert image(still)[2] == "In code: a < b and c."
    assert "<p>In code: <code>a &lt; b</code> and <code>c</code>.</p>" in still.data["text/html"]


def test_still_picture_is_small_and_looks_alike(live):
    still = image(shown(live)[0])[0]
    frame = live.scene.frame(n=3)
    assert len(still) < len(frame.png) / 2
    few, all_colours = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int) for png in (still, frame.png)
    )
    assert np.abs(few - all_colours).mean() < 1


def test_code_can_set_a_state_and_keep_it(live):
    shown(live)
    live.show_state(n=42)
    assert live.words == "The number is 42 < 100."
    assert picture(live) == live.frame.png
    with capture_output() as captured:
        live.update_fallback()
    (still,) = captured.outputs
    assert image(still)[2] == "The number is 42 < 100."
    assert still.data["text/plain"] == "The number is 42 < 100."


def test_showing_it_twice_shows_the_same_widget(live):
    first, second = (shown(live)[-1].data[VIEW] for _ in range(2))
    assert first == second


def test_exported_page_has_picture_and_words():
    """As the notebook was saved: without the state of any widget."""
    source = "from bptt import widgets\nwidgets.nudge(abs)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3", store_widget_state=False).execute()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert page.count("<img ") == 1
    assert page.count("</details>") == 1
    assert "model_id" not in page.split("<main>")[-1]
    assert 'data-mime-type="text/plain"' not in page
