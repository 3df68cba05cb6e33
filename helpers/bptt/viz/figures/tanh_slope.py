"""Draw the slope of tanh against its input and against its output."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card

_MAX_Z = 4.0
"""The curves are drawn for z from -4 to 4."""
_SATURATED_SLOPE = 0.1
"""Slope below which tanh counts as saturated: a gradient shrinks at least tenfold there."""
_SATURATED_A = float(np.sqrt(1 - _SATURATED_SLOPE))
_SATURATED_Z = float(np.arctanh(_SATURATED_A))


@style.styled
def tanh_slope(a: Array | None = None) -> Card:
    r"""Draw tanh and its slope against its input z, and the same slope against its output a.

    .. math:: a = \tanh(z), \quad \frac{\partial a}{\partial z} = 1 - \tanh^2(z) = 1 - a^2

    Parameters
    ----------
    a : ndarray, any shape, optional
        Outputs of tanh, e.g. ``cache.a_next``, to be marked on the curves.

    Returns
    -------
    Figure
    """
    marks = None if a is None else np.asarray(a, dtype=float).ravel()
    counts = "" if marks is None else _counts(marks)
    card = Card(
        292,
        title="The output of tanh tells its slope",
        caption="Compare the panels: the same slope, on the left against z, on the right against a. " + counts,
        description=(
            "Left: tanh(z) rises from \N{MINUS SIGN}1 to 1; its slope is 1 at z = 0 and falls to almost 0 on both "
            f"sides, below {_SATURATED_SLOPE} beyond z = ±{_SATURATED_Z:.2f}. Right: the same slope against the output "
            f"a is the parabola 1 \N{MINUS SIGN} a², 1 at a = 0 and 0 at a = ±1. " + counts
        ).rstrip(),
    )
    z_axes = card.plot_axes(52, 62, 238, 168)
    a_axes = card.plot_axes(346, 62, 238, 168)
    _against_input(z_axes)
    _against_output(a_axes)
    if marks is not None:
        _mark(z_axes, a_axes, marks)
    draw.text(card.page, (171, 47), "against the input", size=style.SMALL, color=style.MUTED)
    draw.text(card.page, (465, 47), "against the output, which the cache keeps", size=style.SMALL, color=style.MUTED)
    _key(card.page, marks)
    return card


def _counts(a: Array) -> str:
    words = f"Of {a.size} given values of a, {_saturated(a)} {'is' if _saturated(a) == 1 else 'are'} saturated."
    impossible = a.size - int((np.abs(a) <= 1).sum())
    return f"{words} No tanh gives {impossible} of them." if impossible else words


def _saturated(a: Array) -> int:
    return int(((np.abs(a) > _SATURATED_A) & (np.abs(a) <= 1)).sum())


def _slope(a: Array) -> Array:
    return 1 - a**2


def _against_input(axes: Axes) -> None:
    z = np.linspace(-_MAX_Z, _MAX_Z, 161)
    a = np.tanh(z)
    _frame(axes, "z", _MAX_Z, _SATURATED_Z, ticks=[-4, -2, 0, 2, 4])
    axes.plot(z, a, color=style.VALUE, linestyle=style.DASHED, linewidth=1.6)
    axes.plot(z, _slope(a), color=style.INK, linewidth=2.2)
    axes.set_ylim(-1.15, 1.15)
    axes.set_yticks([-1, 0, 1], ["\N{MINUS SIGN}1", "0", "1"])
    _label(axes, (-0.62, 0.92), "slope = 1 \N{MINUS SIGN} tanh²(z)", style.INK, "right")
    _label(axes, (-0.38, -0.66), "a = tanh(z)", style.VALUE, "left")


def _against_output(axes: Axes) -> None:
    a = np.linspace(-1, 1, 81)
    _frame(axes, "a = tanh(z)", 1.08, _SATURATED_A, ticks=[-1, -0.5, 0, 0.5, 1])
    axes.plot(a, _slope(a), color=style.INK, linewidth=2.2)
    axes.set_ylim(0, 1.15)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    _label(axes, (0, 0.72), "slope = 1 \N{MINUS SIGN} a²", style.INK, "center")


def _frame(axes: Axes, label: str, limit: float, saturated_from: float, ticks: list[float]) -> None:
    for side in (-1, 1):
        axes.axvspan(side * saturated_from, side * limit, facecolor=style.SHADE, linewidth=0, zorder=0)
    axes.axhline(0, color=style.HAIRLINE, linewidth=0.8, zorder=0.5)
    axes.set_xlim(-limit, limit)
    axes.set_xticks(ticks, [f"{t:g}".replace("-", "\N{MINUS SIGN}") for t in ticks])
    axes.set_xlabel(label)
    axes.tick_params(length=3)


def _label(axes: Axes, at: tuple[float, float], words: str, colour: str, side: str) -> None:
    axes.text(*at, words, color=colour, ha=side, va="center", size=style.BODY)


def _mark(z_axes: Axes, a_axes: Axes, a: Array) -> None:
    inside = a[np.abs(a) <= 1]
    with np.errstate(divide="ignore"):
        z = np.arctanh(inside).clip(-_MAX_Z, _MAX_Z)
    look: dict[str, Any] = {
        "s": 26,
        "color": style.YOURS,
        "edgecolors": "white",
        "linewidths": 0.7,
        "zorder": 3,
        "clip_on": False,
    }
    z_axes.scatter(z, _slope(inside), **look)
    a_axes.scatter(inside, _slope(inside), **look)


def _key(page: Axes, marks: Array | None) -> None:
    y = 272.0
    swatch = (52.0, y - 5, 16, 10)
    draw.box(page, swatch, radius=1, facecolor=style.SHADE, edgecolor=style.HAIRLINE)
    words = f"saturated: slope below {_SATURATED_SLOPE}, a gradient shrinks more than tenfold"
    draw.text(page, (76, y), words, size=style.SMALL, color=style.MUTED, ha="left")
    if marks is not None:
        page.scatter([354], [y], s=26, color=style.YOURS, edgecolors="white", linewidths=0.7)
        words = f"your a: {marks.size} values, {_saturated(marks)} saturated"
        draw.text(page, (365, y), words, size=style.SMALL, color=style.MUTED, ha="left")
