"""A scene: what is still is drawn once, what moves for every frame, and both look as in a figure drawn at once."""

import io

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.widgets.scene import SCALE, Scene


class Dot(Scene):
    """A still line of text, a moving dot on axes, and a label that can be left out."""

    @style.styled
    def __init__(self):
        super().__init__(Card(100, title="A dot", caption="A dot.", description=""))
        draw.text(self.card.page, (100, 60), "still")
        self.axes = self.card.plot_axes(200, 20, 300, 60)
        self.axes.set(xlim=(0, 1), ylim=(0, 1))
        with self.moving():
            (self.dot,) = self.axes.plot([0], [0], "o")
        with self.moving() as self.label:
            draw.text(self.card.page, (100, 80), "label")
        self.drawn = 0

    def update(self, *, x, label=True):
        self.drawn += 1
        self.dot.set_data([x], [0.5])
        self.label.show(label)
        return f"x = {x}"


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


def test_frame_looks_like_the_figure_drawn_at_once():
    """But for the edges of letters, which are drawn in a way of their own, in the same places."""
    scene = Dot()
    frame = scene.frame(x=0.3)
    drawn, figure = pixels(frame.png), pixels(scene.card.png(SCALE))
    different = np.abs(drawn - figure).max(axis=-1) > 2
    assert np.abs(drawn - figure).mean() < 0.5
    assert different.mean() < 0.01
    letters = [text.get_window_extent().padded(2) for text in scene.card.findobj(Text) if text.get_text()]
    rows, columns = np.nonzero(different)
    assert all(any(box.contains(x, len(drawn) - y) for box in letters) for x, y in zip(columns, rows, strict=True))
    assert frame.words == "x = 0.3"


@pytest.mark.parametrize("words", ["Waa times a_prev (5, 4)", "two lines\nwith a g"])
@pytest.mark.parametrize(
    "look", [{"ha": "left"}, {"ha": "right", "va": "top"}, {"family": style.MONO, "weight": "bold"}]
)
def test_letters_are_where_matplotlib_puts_them(words, look):
    """The middle and the extent of what is inked agree within a pixel or two."""
    scene = Dot()
    with scene.label.refill():
        draw.text(scene.card.page, (100, 70), words, **look)
    places = []
    for png in (scene.frame(x=0).png, scene.card.png(SCALE)):
        rows, columns = np.nonzero(pixels(png)[90:, :300, :3].sum(axis=-1) < 300)
        places.append([f(axis) for axis in (rows, columns) for f in (np.min, np.mean, np.max)])
    np.testing.assert_allclose(*places, atol=2.5)


def test_turned_text_and_mathematics_are_left_to_matplotlib():
    scene = Dot()
    before = pixels(scene.frame(x=0).png)
    with scene.moving():
        draw.text(scene.card.page, (50, 50), "turned", rotation=90)
        draw.text(scene.card.page, (150, 70), "$a^2$")
    np.testing.assert_allclose(pixels(scene.frame(x=0).png).mean(), pixels(scene.card.png(SCALE)).mean(), atol=0.1)
    assert (before != pixels(scene.frame(x=0).png)).any()


def test_nothing_is_left_of_the_frame_before():
    first, other = Dot(), Dot()
    first.frame(x=0.9)
    assert first.frame(x=0.1, label=False) == other.frame(x=0.1, label=False)


def test_hidden_layer_is_not_drawn():
    scene = Dot()
    shown, hidden = (pixels(scene.frame(x=0.5, label=label).png) for label in (True, False))
    rows, columns = np.nonzero((shown != hidden).any(axis=-1))
    scale = SCALE * style.DPI / 72
    assert 60 < columns.min() / scale < columns.max() / scale < 140
    assert 70 < rows.min() / scale < rows.max() / scale < 90


def test_still_part_is_drawn_once(monkeypatch):
    scene = Dot()
    scene.frame(x=0)
    monkeypatch.setattr(scene.card, "draw", pytest.fail)
    scene.frame(x=1)


def test_layer_made_anew_holds_only_the_new():
    scene = Dot()
    scene.frame(x=0.5)
    for words in ("first", "second"):
        with scene.label.refill():
            draw.text(scene.card.page, (100, 80), words)
    assert [text.get_text() for text in scene.label.artists] == ["second"]
    assert [text.get_text() for text in scene.card.page.texts].count("label") == 0
    once = Dot()
    with once.label.refill():
        draw.text(once.card.page, (100, 80), "second")
    assert scene.frame(x=0.5).png == once.frame(x=0.5).png


def test_axes_can_move_as_a_whole():
    """Ticks and all."""
    scene = Dot()
    with scene.moving() as layer:
        axes = scene.card.plot_axes(520, 20, 60, 60)
        axes.plot([0, 1], [0, 1])
    assert axes in layer.artists
    before = pixels(scene.frame(x=0).png)
    axes.set_xlim(-5, 5)
    assert (before != pixels(scene.frame(x=0).png)).any()
