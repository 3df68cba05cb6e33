"""Widget: gradient along an LSTM's memory, with a slider for each gate."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptt.lstm import LSTMCaches, lstm_forward
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.figures.highway import HighwayPicture, MemoryGradient
from bptt.widgets.controls import number
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_influence import BackwardProbe
from bptt.widgets.scene import Scene

_GATE, _WEIGHT = (0.0, 1.0), (0.0, 1.5)
_STEP = 0.01
_DECADES = (-6.0, 3.0)
_SHUT_INPUT = 800.0
"""A weighted input of minus this makes a gate exactly 0."""
_MAX_RELATIVE_ERROR = 1e-6
"""Largest difference from the exact gradient, relative to it."""
_PLOT = (162.0, 72.0)
_TABLE, _ROW, _HEIGHT = 276.0, 15.0, 350.0
_COLUMNS = (style.MARGIN + 32, 220.0, 392.0)
"""Left end of each column of the table."""
_SMALL = 1e-3
"""Smaller numbers are written as powers of ten."""
_ALL: dict[str, Any] = {"color": style.SUM, "marker": "v", "markersize": 3.6, "linewidth": 0.8, "zorder": 3.2}
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
    gives the previous state. All paths together leave :math:`o (f + o\,i\,w)^n` on the memory, and i times that reaches
    the input: a table says so in numbers.

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
    return InteractiveFigure(_Gates(lstm_backward, T_x), lines=2, **controls)


class _Gates(Scene):
    def __init__(self, function: Callable[..., Any] | None, length: int) -> None:
        title = "The memory is a highway: each step back passes one forget gate"
        super().__init__(
            Card(
                _HEIGHT,
                title=title,
                caption="Turn one gate at a time, and see which road fades first.",
                description="",
            )
        )
        self._length = length
        self._probe = None if function is None else BackwardProbe("lstm_backward", function, "dx")
        self._picture = HighwayPicture(
            self.card, length, _DECADES, gates="io", dashed="through the states", plot=_PLOT, keyed=False
        )
        self._picture.still()
        self._table_still(yours=function is not None)
        with self.moving():
            self._picture.moving()
            (self._all,) = self._picture.axes.plot([], [], **_ALL)
            (self._yours,) = self._picture.axes.plot([], [], "o", **_YOURS)
            self._entries = [
                [draw.text(self.card.page, (x, self._row(row)), "", ha="left", size=style.SMALL) for x in _COLUMNS[1:]]
                for row in range(1, 5)
            ]

    @staticmethod
    def _row(row: int) -> float:
        return _TABLE + _ROW * row

    def _table_still(self, *, yours: bool) -> None:
        """Draw what never changes in the table; its first column is the key to the curves."""
        page = self.card.page
        heads = ("road back", "factor per step", f"left after {self._length - 1} steps")
        for x, words in zip(_COLUMNS, heads, strict=True):
            draw.text(page, (x, self._row(0)), words, ha="left", size=style.SMALL, color=style.MUTED)
        looks: list[dict[str, Any]] = [
            {"color": style.MEMORY_PATH, "linewidth": 2.4},
            {"color": style.TIME_PATH, "linestyle": style.DASHED, "linewidth": 1.8},
            _ALL,
            {**_YOURS, "linestyle": "none", "marker": "o"},
        ]
        names = ("memory to memory", "state to state", "all roads, into xt", "your dx[:, :, 0]")
        for row, (look, name) in enumerate(zip(looks, names, strict=True), start=1):
            if yours or row <= len("abc"):
                y = self._row(row)
                page.plot([style.MARGIN + x for x in (0, 11, 22)], [y] * 3, markevery=[1], **look)
                draw.text(page, (_COLUMNS[0], y), name, ha="left", size=style.SMALL)

    def update(self, *, f: float, i: float, o: float, w: float) -> str:
        through_a, back = o * i * w, self._length - 1
        ft, it, ot = (np.full(self._length, gate) for gate in (f, i, o))
        gradient = MemoryGradient(ft, it, ot, through_a)
        self._picture.show(gradient)
        into_x = i * o * (f + through_a) ** np.arange(back, -1.0, -1)
        self._all.set_data(np.arange(self._length) * self._picture.gap, _powers(into_x))
        power = draw.power_of_ten(back)[2:]
        memory, state, together = (_left(left[0]) for left in (gradient.memory, gradient.rnn, into_x))
        table = [
            (f"f = {f:.2f}", f"o · f{power} = {memory}"),
            (f"o · i · w = {draw.number(through_a)}", f"(o · i · w){power} = {state}"),
            (f"f + o · i · w = {draw.number(f + through_a)}", f"i · o · (f + o · i · w){power} = {together}"),
            ("", ""),
        ]
        words = (
            f"{back} steps back: {memory} is left from memory to memory, {state} from state to state, and {together} "
            "over all roads, into xt. (The memory is 0 here, where tanh has the slope 1.)"
        )
        own, entry = self._show_own(f, i, o, w, into_x)
        table[-1] = "", entry
        for texts, row in zip(self._entries, table, strict=True):
            for text, entry in zip(texts, row, strict=True):
                text.set_text(entry)
        return f"{words} {own}".strip()

    def _show_own(self, f: float, i: float, o: float, w: float, exact: Array) -> tuple[str, str]:
        """Show the learner's dx, and return in words whether it is exact, for the text and for the table."""
        self._yours.set_data([], [])
        if self._probe is None:
            return "", ""
        name = self._probe.name
        if self._probe.problem:
            return f"Your {name}: {self._probe.problem}", "not there yet"
        dx = self._probe.gradient(*unit(f, i, o, w, self._length))
        if dx is None or dx.shape != (1, 1, self._length):
            return f"Your {name} returns no dx that can be used here.", "not there yet"
        self._yours.set_data(np.arange(self._length) * self._picture.gap, _powers(np.abs(dx[0, 0])))
        first = _left(dx[0, 0, 0])
        if np.allclose(dx[0, 0], exact, rtol=_MAX_RELATIVE_ERROR, atol=0):
            return f"Your dx[:, :, 0] is {first}, and at every step exact.", f"{first}, and at every step exact"
        return f"Your dx[:, :, 0] is {first}; exact is {_left(exact[0])}.", f"{first}; exact is {_left(exact[0])}"


def _powers(values: Array) -> Array:
    """Return logarithms to base ten, NaN where there are none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms: Array = np.log10(np.where(np.isfinite(values) & (values > 0), values, np.nan))
    return logarithms


def _left(value: float) -> str:
    """Format a number; one that is very small as a power of ten."""
    small = np.isfinite(value) and 0 < abs(value) < _SMALL
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    return sign + draw.power_of_ten(np.log10(abs(value))) if small else draw.number(value)


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
