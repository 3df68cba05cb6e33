"""A scene: what is still is drawn once, what moves for every frame, and both look as in a figure drawn at once."""

import io

import numpy as np
import pytest
from PIL import Image

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.widgets.scene import SCALE, Scene


class Dot(Scene):
    """A still line of text, a moving dot on axes, and a label that can be left out."""

    @style.styled
    def __init__(self):
        super().__init__(Card(100, title="A dot", caption="Where it is.", description=""))
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
    scene = Dot()
    frame = scene.frame(x=0.3)
    drawn, figure = pixels(frame.png), pixels(scene.card.png(SCALE))
    assert np.abs(drawn - figure).max() <= 2
    assert frame.words == "x = 0.3"


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
