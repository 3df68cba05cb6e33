"""Text in the pictures of widgets that stay in the kernel is large enough on the screen."""

import numpy as np
import pytest
from matplotlib.text import Text

from bptt import inputs, widgets
from bptt.letter_model import trained_letters
from bptt.viz import style
from bptt.viz.draw import TextCollection
from bptt.widgets.training.run import Run
from bptt.widgets.training.scene import TrainingScene

SMALLEST = 10 * 72 / style.DPI
"""Size of a font, in points, that has ten pixels on the screen."""


def panel():
    runs = [Run(name, 2) for name in ("RNN", "clipped", "LSTM")]
    for run in runs:
        run.add(1.0, {f"d{name}": np.ones(2) for name in "abcdefgh"}, 0.1)
    scene = style.styled(TrainingScene)(runs, "Training")
    scene.frame()
    return scene


SCENES = {
    "nudge": lambda: widgets.nudge(np.square).scene,
    "gate_highway": lambda: widgets.gate_highway().scene,
    "influence_map": lambda: (
        widgets.influence_map(
            lambda radius, T_x: inputs.rnn(T_x=T_x)[:2], lambda forget_bias, T_x: inputs.lstm(T_x=T_x)[:2]
        ).scene
    ),
    "next_letters": lambda: widgets.next_letters(trained_letters()).scene,
    "training_panel": panel,
}


@pytest.mark.parametrize("name", SCENES)
def test_text_has_ten_pixels(name):
    card = SCENES[name]().card
    sizes = [text.get_size() for text in card.findobj(Text) if text.get_text().strip()]
    sizes += [lines._size for lines in card.findobj(TextCollection)]
    assert min(sizes) >= SMALLEST
