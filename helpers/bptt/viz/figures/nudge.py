"""Draw a finite difference against the derivative: a nudge dx, its effect dy and the tangent, at two scales."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bptt import exact
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point

_ZOOM = 16
"""Of the right panel, relative to the left one."""


@style.styled
def nudge(function: Callable[[Array], Array], x: float, dx: float) -> Card:
    r"""Draw how far y moves when x moves by dx, and the same with a dx sixteen times smaller, magnified as much.

    .. math:: dy = f(x + dx) - f(x) \approx f'(x)\, dx

    Parameters
    ----------
    function : callable
        From an array to one of the same shape, entry by entry. It must accept complex numbers.
    x : float
        Input that is moved.
    dx : float
        How far it is moved: positive or negative, not zero.

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
    near, close = (_difference(function, x, step) for step in (dx, dx / _ZOOM))
    card = Card(
        286,
        title="Nudge x, and see how far y moves",
        caption=f"Compare the panels: the smaller the nudge, the closer dy / dx to the slope, here {digits(slope)}.",
        description=(
            f"Two panels with the same curve at x = {digits(x)} and its tangent, of slope {digits(slope)}. Left, a "
            f"nudge dx = {digits(dx)} moves y by dy = {digits(near)}: dy / dx = {digits(near / dx)}, and the curve "
            f"leaves the tangent. Right, {_ZOOM} times closer, dx = {digits(dx / _ZOOM)} moves y by "
            f"{digits(close)}: dy / dx = {digits(close * _ZOOM / dx)}, and curve and tangent can hardly be told "
            "apart."
        ),
    )
    for left, step, words in (
        (58.0, dx, "a large nudge"),
        (352.0, dx / _ZOOM, f"the same, {_ZOOM} times closer"),
    ):
        axes = card.plot_axes(left, 66, 230, 164)
        _panel(axes, function, x, step, slope)
        draw.text(card.page, (left + 115, 48), words, size=style.SMALL, color=style.MUTED)
        ratio = f"dy / dx = {digits(_difference(function, x, step) / step)}"
        draw.text(card.page, (left + 115, 266), ratio, weight="bold")
    return card


def _difference(function: Callable[[Array], Array], x: float, dx: float) -> float:
    before, after = function(np.array([x, x + dx]))
    return float(after - before)


def _panel(axes: Axes, function: Callable[[Array], Array], x: float, dx: float, slope: float) -> None:
    xs = x + dx * np.linspace(-0.9, 1.7, 131)
    y, dy = float(function(np.array([x]))[0]), _difference(function, x, dx)
    axes.plot(xs, y + slope * (xs - x), color=style.INK, linestyle=style.DASHED, linewidth=1.2)
    axes.plot(xs, function(xs), color=style.VALUE, linewidth=2.2)
    axes.plot([x, x + dx, x + dx], [y, y, y + dy], color=style.INK, linewidth=1.6)
    axes.scatter([x, x + dx], [y, y + dy], s=30, color=style.INK, zorder=3)
    _annotate(axes, f"dx = {digits(dx)}", (x + dx / 2, y), (0, -7 if dy >= 0 else 7))
    _annotate(axes, f"dy = {digits(dy)}", (x + dx, y + dy / 2), (7 if dx > 0 else -7, 0))
    axes.set_xlim(float(xs.min()), float(xs.max()))
    axes.margins(y=0.08)
    axes.set_xlabel("x", labelpad=1)
    axes.set_ylabel("y", rotation=0, labelpad=8)
    axes.locator_params(nbins=5)
    drop_hidden_ticks(axes)
    axes.tick_params(length=3)
    _key(axes, slope, rising=slope * dx > 0)


def drop_hidden_ticks(axes: Axes) -> None:
    """Remove the ticks outside the axes' limits, which Matplotlib keeps and hides only when it draws."""
    axes.set_xticks([t for t in axes.get_xticks() if min(axes.get_xlim()) <= t <= max(axes.get_xlim())])
    axes.set_yticks([t for t in axes.get_yticks() if min(axes.get_ylim()) <= t <= max(axes.get_ylim())])


def _key(axes: Axes, slope: float, *, rising: bool) -> None:
    """Name the tangent, in the upper corner away from the curve."""
    left, transform = (0.03 if rising else 0.58), axes.transAxes
    look: dict[str, Any] = {"color": style.INK, "linestyle": style.DASHED, "linewidth": 1.2}
    axes.plot([left, left + 0.09], [0.94, 0.94], transform=transform, **look)
    words = f"tangent, slope {digits(slope)}"
    axes.text(left + 0.11, 0.94, words, size=style.SMALL, ha="left", va="center", transform=transform)


def _annotate(axes: Axes, words: str, at: Point, shift: Point) -> None:
    """Write a text beside a point of the axes, shifted right and up by so many points."""
    sides, heights = {1: "left", 0: "center", -1: "right"}, {1: "bottom", 0: "center", -1: "top"}
    look: dict[str, Any] = {"ha": sides[int(np.sign(shift[0]))], "va": heights[int(np.sign(shift[1]))]}
    axes.annotate(words, at, shift, textcoords="offset points", **look)


def digits(value: float) -> str:
    """Format a number with four significant digits; zero has no sign."""
    return f"{value + 0.0:.4g}".replace("-", "\N{MINUS SIGN}")
