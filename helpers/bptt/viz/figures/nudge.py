"""A derivative as the answer to a nudge: how far the output moves when the input moves a little."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bptt import exact
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point

_CLOSER = 16
"""How many times closer the right panel looks."""


@style.styled
def nudge(function: Callable[[Array], Array], x: float, dx: float) -> Card:
    r"""Draw a nudge dx, the answer dy, and the same at a place seen sixteen times closer.

    .. math:: dy = f(x + dx) - f(x) \approx f'(x)\, dx

    Parameters
    ----------
    function : callable
        From an array to one of the same shape, entry by entry. It must accept complex numbers.
    x : float
        Where to nudge.
    dx : float
        How far to nudge; not zero. It may be negative.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If ``dx`` is zero.
    """
    if not dx:
        raise ValueError("A nudge of zero moves nothing; give a dx that is not zero.")
    slope = float(exact.jacobians(lambda **at: function(at["x"]), {"x": np.array([x])})["x"][0, 0])
    near, close = (_answer(function, x, step) for step in (dx, dx / _CLOSER))
    card = Card(
        286,
        title="Nudge x, and see how far y moves",
        caption=f"The smaller the nudge, the closer dy / dx comes to the slope, here {digits(slope)}.",
        description=(
            f"Two panels with the same curve at x = {digits(x)} and its tangent, of slope {digits(slope)}. Left, a "
            f"nudge dx = {digits(dx)} moves y by dy = {digits(near)}: dy / dx = {digits(near / dx)}, and the curve "
            f"leaves the tangent. Right, {_CLOSER} times closer, dx = {digits(dx / _CLOSER)} moves y by "
            f"{digits(close)}: dy / dx = {digits(close * _CLOSER / dx)}, and curve and tangent can hardly be told "
            "apart."
        ),
    )
    for left, step, words in ((58.0, dx, "a large nudge"), (352.0, dx / _CLOSER, f"the same, {_CLOSER} times closer")):
        axes = card.plot_axes(left, 66, 230, 164)
        _panel(axes, function, x, step, slope)
        draw.text(card.page, (left + 115, 48), words, size=style.SMALL, color=style.MUTED)
        ratio = f"dy / dx = {digits(_answer(function, x, step) / step)}"
        draw.text(card.page, (left + 115, 266), ratio, weight="bold")
    return card


def _answer(function: Callable[[Array], Array], x: float, dx: float) -> float:
    here, there = function(np.array([x, x + dx]))
    return float(there - here)


def _panel(axes: Axes, function: Callable[[Array], Array], x: float, dx: float, slope: float) -> None:
    across = x + dx * np.linspace(-0.9, 1.7, 131)
    y, dy = float(function(np.array([x]))[0]), _answer(function, x, dx)
    axes.plot(across, y + slope * (across - x), color=style.INK, linestyle=style.DASHED, linewidth=1.2)
    axes.plot(across, function(across), color=style.VALUE, linewidth=2.2)
    axes.plot([x, x + dx, x + dx], [y, y, y + dy], color=style.INK, linewidth=1.6)
    axes.scatter([x, x + dx], [y, y + dy], s=30, color=style.INK, zorder=3)
    _beside(axes, f"dx = {digits(dx)}", (x + dx / 2, y), (0, -7 if dy >= 0 else 7))
    _beside(axes, f"dy = {digits(dy)}", (x + dx, y + dy / 2), (7 if dx > 0 else -7, 0))
    axes.set_xlim(float(across.min()), float(across.max()))
    axes.margins(y=0.08)
    axes.set_xlabel("x", labelpad=1)
    axes.set_ylabel("y", rotation=0, labelpad=8)
    axes.locator_params(nbins=5)
    only_ticks_in_sight(axes)
    axes.tick_params(length=3)
    _key(axes, slope, rising=slope * dx > 0)


def only_ticks_in_sight(axes: Axes) -> None:
    """Drop the ticks outside of the axes, which Matplotlib keeps, too, and hides only when it draws."""
    axes.set_xticks([t for t in axes.get_xticks() if min(axes.get_xlim()) <= t <= max(axes.get_xlim())])
    axes.set_yticks([t for t in axes.get_yticks() if min(axes.get_ylim()) <= t <= max(axes.get_ylim())])


def _key(axes: Axes, slope: float, *, rising: bool) -> None:
    """Name the tangent in the upper corner that the curve leaves free."""
    left, there = (0.03 if rising else 0.58), axes.transAxes
    look: dict[str, Any] = {"color": style.INK, "linestyle": style.DASHED, "linewidth": 1.2}
    axes.plot([left, left + 0.09], [0.94, 0.94], transform=there, **look)
    words = f"tangent, slope {digits(slope)}"
    axes.text(left + 0.11, 0.94, words, size=style.SMALL, ha="left", va="center", transform=there)


def _beside(axes: Axes, words: str, at: Point, shift: Point) -> None:
    """Write beside a place, so many points to its right and up."""
    sides, heights = {1: "left", 0: "center", -1: "right"}, {1: "bottom", 0: "center", -1: "top"}
    look: dict[str, Any] = {"ha": sides[int(np.sign(shift[0]))], "va": heights[int(np.sign(shift[1]))]}
    axes.annotate(words, at, shift, textcoords="offset points", **look)


def digits(value: float) -> str:
    """Write a number with four digits; zero has no sign."""
    return f"{value + 0.0:.4g}".replace("-", "\N{MINUS SIGN}")
