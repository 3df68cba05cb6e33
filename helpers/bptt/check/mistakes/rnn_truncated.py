"""Known mistakes in truncated backpropagation through time: windows of another length."""

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Mistake
from bptt.types import Gradients


def _window(arguments: Arguments, right: Gradients, steps: int) -> Gradients:
    if steps == 0:
        return {name: np.zeros_like(gradient) for name, gradient in right.items()}
    return exact.rnn_backward_truncated(arguments["da"], arguments["caches"], steps)


TRUNCATED = (
    Mistake(
        "window-one-too-long",
        "The window is one cell too long",
        "The gradient of each loss passes steps + 1 cells. With steps = 1 it should pass its own step's cell alone.",
        lambda a, right: _window(a, right, a["steps"] + 1),
    ),
    Mistake(
        "window-one-too-short",
        "The window is one cell too short",
        "The gradient of each loss passes steps - 1 cells. With steps = 1 it should pass the cell of its own step.",
        lambda a, right: _window(a, right, a["steps"] - 1),
    ),
    Mistake(
        "not-truncated",
        "The gradient is not cut off",
        "These are the gradients of the whole sequence: every loss is followed back to the first step.",
        lambda a, _: exact.rnn_backward(a["da"], a["caches"]),
    ),
)
