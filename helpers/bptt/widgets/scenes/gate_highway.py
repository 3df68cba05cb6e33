"""Widget: gradient along an LSTM's memory, with a slider for each gate."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptt.lstm import LSTMCaches, lstm_forward
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.figures.highway import HEIGHT, HighwayPicture, MemoryGradient
from bptt.widgets.controls import number
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_influence import BackwardProbe
from bptt.widgets.scene import Scene

_GATE, _WEIGHT = (0.0, 1.0), (0.0, 1.5)
_STEP = 0.01
_DECADES = (-8.0, 4.0)
_SHUT_INPUT = 800.0
"""A weighted input of minus this makes a gate exactly 0."""
_MAX_RELATIVE_ERROR = 1e-6
"""Largest difference from the exact gradient, relative to it."""
_KEY = 164.0
_TEXT_HEIGHT = 22.0
"""Height of the text in the static figure, which this one has below it, in points."""
_YOURS: dict[str, Any] = {
    "color": style.YOURS,
    "markersize": 8,
    "fillstyle": "none",
    "markeredgewidth": 2,
    "zorder": 3.5,
}


@style.styled
def gate_highway(  # noqa: PLR0913 - one for each slider
    lstm_backward: Callable[..., Any] | None = None,
    *,
    f: float = 0.95,
    i: float = 0.5,
    o: float = 0.8,
    w: float = 0.2,
    T_x: int = 20,
) -> InteractiveFigure:
    r"""Set the gates of an LSTM with sliders, and see how much of the last loss's gradient is left many steps back.

    One unit with constant gates, and with slopes of tanh of 1. Through the memories alone, :math:`o f^n` of the
    gradient is left after n steps; through the states alone, :math:`(o\,i\,w)^n`, with the weight w that the candidate
    gives the previous state. All paths together leave :math:`o (f + o\,i\,w)^n` on the memory.

    Parameters
    ----------
    lstm_backward : callable, optional
        The learner's own function, called for such a unit. Its ``dx``, the gradient of the written values over all
        paths, is drawn as well.
    f, i, o : float
        Forget, update and output gate at the start, from 0 to 1.
    w : float
        Weight of the previous state at the start, from 0 to 1.5.
    T_x : int
        Number of steps, at least 2.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are fewer than two steps.
    """
    if T_x < len("ab"):
        raise ValueError(f"The way back needs at least two steps, not {T_x}.")
    labels = {"f": "forget f", "i": "update i", "o": "output o", "w": "weight w"}
    controls: dict[str, Any] = {
        name: number(labels[name], float(np.clip(value, *ends)), ends, _STEP)
        for name, value, ends in (("f", f, _GATE), ("i", i, _GATE), ("o", o, _GATE), ("w", w, _WEIGHT))
    }
    return InteractiveFigure(_Gates(lstm_backward, T_x), lines=4, **controls)


class _Gates(Scene):
    def __init__(self, function: Callable[..., Any] | None, length: int) -> None:
        title = "The memory is a highway: each step back passes one forget gate"
        super().__init__(
            Card(
                HEIGHT - _TEXT_HEIGHT,
                title=title,
                caption="Turn one gate at a time, and see which road fades first.",
                description="",
            )
        )
        self._length = length
        self._probe = None if function is None else BackwardProbe("lstm_backward", function, "dx")
        self._picture = HighwayPicture(self.card, length, _DECADES, gates="io", dashed="left on the road through a")
        self._picture.still()
        with self.moving():
            self._picture.moving()
            (self._yours,) = self._picture.axes.plot([], [], "o", **_YOURS)
        if function is not None:
            self.card.page.plot([style.MARGIN + 6], [_KEY], "o", **_YOURS)
            words = "your dx"
            draw.text(self.card.page, (style.MARGIN + 16, _KEY), words, ha="left", size=style.SMALL, color=style.MUTED)

    def update(self, *, f: float, i: float, o: float, w: float) -> str:
        through_a = o * i * w
        ft, it, ot = (np.full(self._length, gate) for gate in (f, i, o))
        gradient = MemoryGradient(ft, it, ot, through_a)
        self._picture.show(gradient)
        back = self._length - 1
        memory, written, state = (draw.number(left[0]) for left in (gradient.memory, gradient.written, gradient.rnn))
        words = (
            f"{back} steps back, {memory} of the gradient is left on the memory alone, {o:.2f} (o) times {f:.2f} (f) "
            f"to the power of {back}; {written} (times i) reaches what was written there. On the road through a alone, "
            f"each step is × o · i · w = {draw.number(through_a)}, which leaves {state}. "
            f"All ways together: × {draw.number(f + through_a)} per step."
        )
        return f"{words} {self._show_own(f, i, o, w)}".strip()

    def _show_own(self, f: float, i: float, o: float, w: float) -> str:
        """Show the learner's dx, and return in words whether it is exact."""
        self._yours.set_data([], [])
        if self._probe is None:
            return ""
        name = self._probe.name
        if self._probe.problem:
            return f"Your {name}: {self._probe.problem}"
        exact = i * o * (f + o * i * w) ** np.arange(self._length - 1.0, -1, -1)
        dx = self._probe.gradient(*unit(f, i, o, w, self._length))
        if dx is None or dx.shape != (1, 1, self._length):
            return f"Your {name} returns no dx that can be used here."
        size = np.abs(dx[0, 0])
        with np.errstate(divide="ignore", invalid="ignore"):
            powers = np.log10(np.where(np.isfinite(size) & (size > 0), size, np.nan))
        self._yours.set_data(np.arange(self._length) * self._picture.gap, powers)
        first = f"Your dx[:, :, 0] is {draw.number(dx[0, 0, 0])}"
        if np.allclose(dx[0, 0], exact, rtol=_MAX_RELATIVE_ERROR, atol=0):
            return f"{first}, and at every step exact: all ways together."
        return f"{first}; exact, with all ways together, is {draw.number(exact[0])}."


def unit(f: float, i: float, o: float, w: float, length: int) -> tuple[Array, LSTMCaches]:
    """Make an LSTM of one unit with constant gates and a memory of zero, with a loss at the last step.

    Parameters
    ----------
    f, i, o : float
        Forget, update and output gate, from 0 to 1.
    w : float
        Weight of the previous state in the candidate; that of the input is 1.
    length : int
        Number of steps.

    Returns
    -------
    da : ndarray (1, 1, T_x)
        1 at the last step.
    caches : LSTMCaches
    """
    parameters = {name: np.zeros((1, 2)) for name in ("Wf", "Wi", "Wo")}
    with np.errstate(divide="ignore"):
        biases = {f"b{gate}": np.log(value) - np.log1p(-value) for gate, value in (("f", f), ("i", i), ("o", o))}
    parameters |= {name: np.full((1, 1), np.clip(bias, -_SHUT_INPUT, _SHUT_INPUT)) for name, bias in biases.items()}
    parameters |= {"Wc": np.array([[w, 1.0]]), "bc": np.zeros((1, 1)), "Wy": np.zeros((1, 1)), "by": np.zeros((1, 1))}
    caches = lstm_forward(np.zeros((1, 1, length)), np.zeros((1, 1)), parameters)[-1]
    return np.eye(length)[-1].reshape(1, 1, -1), caches
